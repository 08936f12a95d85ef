// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "kiosk/core/ct-clock.h"

#define MILLION     1000000
#define FAR_MS      (INT64_MAX / 8) // beyond every date; sums of two stay numbers
#define ROUNDING_MS 1

static int64_t
clamp (int64_t time_ms)
{
  return time_ms > FAR_MS ? FAR_MS : time_ms < -FAR_MS ? -FAR_MS : time_ms;
}

// How far off the oscillator may be after so long.
static int64_t
drift_of (int64_t elapsed_ms)
{
  int64_t length_ms = elapsed_ms < 0 ? -elapsed_ms : elapsed_ms;
  return length_ms / MILLION * CT_CLOCK_DRIFT_PPM +
         length_ms % MILLION * CT_CLOCK_DRIFT_PPM / MILLION + ROUNDING_MS;
}

// What has truly passed at least, when the machine counted @elapsed_ms.
static int64_t
least_of (int64_t elapsed_ms)
{
  int64_t least_ms = elapsed_ms - drift_of (elapsed_ms);
  return least_ms > 0 ? least_ms : 0;
}

static struct ct_clock_span
place_by_fix (const struct ct_clock_fix *fix, int64_t boottime_ms)
{
  int64_t elapsed_ms = clamp (boottime_ms) - clamp (fix->boottime_ms);
  int64_t error_ms = clamp (fix->error_ms) + drift_of (elapsed_ms);
  int64_t wall_ms = clamp (fix->wall_ms) + elapsed_ms;
  return (struct ct_clock_span){ clamp (wall_ms - error_ms), clamp (wall_ms + error_ms) };
}

// Where both fixes agree; if they do not, anywhere that one of them says.
static struct ct_clock_span
place_by_fixes (const struct ct_clock_boot *boot, int64_t boottime_ms)
{
  struct ct_clock_span a = place_by_fix (&boot->first_fix, boottime_ms);
  struct ct_clock_span b = place_by_fix (&boot->last_fix, boottime_ms);
  bool agree = a.earliest_ms <= b.latest_ms && b.earliest_ms <= a.latest_ms;
  return (struct ct_clock_span){
    (a.earliest_ms > b.earliest_ms) == agree ? a.earliest_ms : b.earliest_ms,
    (a.latest_ms < b.latest_ms) == agree ? a.latest_ms : b.latest_ms,
  };
}

static int64_t
later_of (int64_t a_ms, int64_t b_ms)
{
  return a_ms > b_ms ? a_ms : b_ms;
}

// The earliest that boot @at can have begun: time only went on since the last fix before it.
static int64_t
find_earliest_begin (const struct ct_clock_boot *boots, size_t at)
{
  size_t from = at;
  int64_t begin_ms = 0;
  while (from > 0 && !boots[from - 1].has_fix)
    from--;
  if (from > 0)
    begin_ms = place_by_fixes (&boots[from - 1], boots[from - 1].last_ms).earliest_ms;
  for (size_t i = from;; i++) {
    int64_t first_ms = clamp (boots[i].first_ms);
    if (boots[i].not_before_ms > 0)
      begin_ms =
          later_of (begin_ms, clamp (boots[i].not_before_ms) - first_ms - drift_of (first_ms));
    if (i == at)
      return begin_ms;
    begin_ms = clamp (begin_ms + least_of (clamp (boots[i].last_ms)));
  }
}

// The latest that the last record of boot @at can be from.
static int64_t
find_latest_end (const struct ct_clock_boot *boots, size_t n_boots, size_t at, int64_t now_ms)
{
  size_t to = at + 1;
  while (to < n_boots && !boots[to].has_fix)
    to++;
  int64_t end_ms = to < n_boots ? place_by_fixes (&boots[to], 0).latest_ms : now_ms;
  for (size_t i = to - 1; i > at; i--)
    end_ms = clamp (end_ms - least_of (clamp (boots[i].last_ms)));
  return end_ms;
}

bool
ct_clock_place (const struct ct_clock_boot *boots,
                size_t n_boots,
                size_t at,
                int64_t boottime_ms,
                int64_t now_ms,
                struct ct_clock_span *ret_span)
{
  const struct ct_clock_boot *boot = &boots[at];
  struct ct_clock_span span;
  if (boot->has_fix) {
    span = place_by_fixes (boot, boottime_ms);
  } else {
    int64_t since_begin_ms = clamp (boottime_ms);
    int64_t until_end_ms = clamp (boot->last_ms) - since_begin_ms;
    span.earliest_ms = clamp (find_earliest_begin (boots, at) + least_of (since_begin_ms));
    span.latest_ms =
        clamp (find_latest_end (boots, n_boots, at, clamp (now_ms)) - least_of (until_end_ms));
  }
  if (span.earliest_ms > span.latest_ms)
    return false;
  *ret_span = span;
  return true;
}
