// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What of the kiosk itself wants somebody's hand: a panel that does not answer, a button that
// hangs, an opened case, power that is about to go. Staff see it on the strip, the log keeps it,
// and people get in all the same.

#pragma once

#include "hw/hw-panel.h"
#include "kiosk/entrance/entrance-session.h"

G_BEGIN_DECLS

#define ENTRANCE_UPKEEP_HELD_MS  30000 // a button that is down for this long hangs
#define ENTRANCE_UPKEEP_LOOK_MS  5000
#define ENTRANCE_UPKEEP_CASE_MS  10000 // an opened case is told, and logged, no more often
#define ENTRANCE_UPKEEP_POWER_MS 2000  // power that flickered is waited for
#define ENTRANCE_UPKEEP_STUCK_MS 10000 // a sensor that says so for longer is broken

#define ENTRANCE_TYPE_UPKEEP (entrance_upkeep_get_type ())
G_DECLARE_FINAL_TYPE (EntranceUpkeep, entrance_upkeep, ENTRANCE, UPKEEP, GObject)

EntranceUpkeep *
entrance_upkeep_new (EntranceSession *session, EntranceClock *clock, HwPanel *panel);

G_END_DECLS
