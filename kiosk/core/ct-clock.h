// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// When something happened on a machine without a real-time clock: it knows how long it has been
// running, and now and then what time it is. Milliseconds; "boot time" is since the boot, sleep
// included, and true to CT_CLOCK_DRIFT_PPM.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CT_CLOCK_DRIFT_PPM 200

// At this boot time it was that time, give or take.
struct ct_clock_fix {
  int64_t boottime_ms, wall_ms, error_ms;
};

// One boot of one machine, as far as its records tell.
struct ct_clock_boot {
  int64_t first_ms, last_ms; // boot times of its first and last record
  int64_t not_before_ms;     // what a clock that was restored said at first_ms: it stood still, so
                             // it was not earlier; 0: nothing is known
  bool has_fix;
  struct ct_clock_fix first_fix, last_fix;
};

struct ct_clock_span {
  int64_t earliest_ms, latest_ms;
};

// When the boot time @boottime_ms of boot @at was. @boots are in order, with none left out between
// @at and the nearest that has a fix, before and behind. With a fix of its own: that time, within
// the fix's error and the drift since. Without: after the last record of the boot before, and
// before the first of the next; behind the last boot comes @now_ms. False, and nothing filled: what
// is known contradicts itself.
bool ct_clock_place (const struct ct_clock_boot *boots,
                     size_t n_boots,
                     size_t at,
                     int64_t boottime_ms,
                     int64_t now_ms,
                     struct ct_clock_span *ret_span);
