// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A clock that stands still until the test moves it.

#pragma once

#include "kiosk/entrance/entrance-clock.h"

G_BEGIN_DECLS

#define FAKE_TYPE_CLOCK (fake_clock_get_type ())
G_DECLARE_FINAL_TYPE (FakeClock, fake_clock, FAKE, CLOCK, GObject)

// Starts at this wall clock, synchronised.
FakeClock *fake_clock_new (gint64 wall_ms);

// Moves on, and calls the timeouts that fall due on the way, each at its own time.
void fake_clock_advance (FakeClock *self, guint ms);
// Time passes, and nothing runs: the machine was asleep. What is due runs with the next advance.
void fake_clock_sleep (FakeClock *self, guint ms);
void fake_clock_set_quality (FakeClock *self, JournalClockQuality quality);
// Somebody sets the wall clock.
void fake_clock_step (FakeClock *self, gint64 ms);
void fake_clock_set_error_ms (FakeClock *self, guint error_ms);
guint fake_clock_get_n_timeouts (FakeClock *self);

G_END_DECLS
