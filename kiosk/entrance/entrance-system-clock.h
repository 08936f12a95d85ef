// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The machine's own clock: boot id, time since boot with sleep, wall clock, and how far the wall
// clock can be believed.

#pragma once

#include "kiosk/entrance/entrance-clock.h"

G_BEGIN_DECLS

#define ENTRANCE_TYPE_SYSTEM_CLOCK (entrance_system_clock_get_type ())
G_DECLARE_FINAL_TYPE (EntranceSystemClock, entrance_system_clock, ENTRANCE, SYSTEM_CLOCK, GObject)

EntranceSystemClock *entrance_system_clock_new (void);

G_END_DECLS
