// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Records when the clock is right: when the journal is opened if it is, when it becomes so, and
// whenever it was set after that. With one such record everything else of the same boot has a time.

#pragma once

#include "kiosk/entrance/entrance-session.h"

G_BEGIN_DECLS

#define ENTRANCE_TIMEKEEPER_LOOK_MS 10000
#define ENTRANCE_TIMEKEEPER_STEP_MS 50 // a smaller step changes nothing for anybody
#define ENTRANCE_TIMEKEEPER_PAUSE_MS                                                               \
  60000 // between two records, whatever somebody does to the clock

#define ENTRANCE_TYPE_TIMEKEEPER (entrance_timekeeper_get_type ())
G_DECLARE_FINAL_TYPE (EntranceTimekeeper, entrance_timekeeper, ENTRANCE, TIMEKEEPER, GObject)

EntranceTimekeeper *entrance_timekeeper_new (EntranceSession *session, EntranceClock *clock);

G_END_DECLS
