// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The clock of a demo day: runs like any other, but can be moved forward to the next scripted
// minute of its day, which is yesterday.

#pragma once

#include "kiosk/entrance/entrance-clock.h"

G_BEGIN_DECLS

#define DEMO_TYPE_CLOCK (demo_clock_get_type ())
G_DECLARE_FINAL_TYPE (DemoClock, demo_clock, DEMO, CLOCK, GObject)

DemoClock *demo_clock_new (void);
gint64 demo_clock_get_midnight_s (DemoClock *self); // when the day begins

// Moves on to this minute of the local day, never back. Timeouts that are running keep their
// length.
void demo_clock_move_to (DemoClock *self, guint minute_of_day);

G_END_DECLS
