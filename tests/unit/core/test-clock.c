// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// By hand, and against a thousand machines whose true time is known.

#include "kiosk/core/ct-clock.h"

#include <glib.h>

#define HOUR_MS G_GINT64_CONSTANT (3600000)
#define DAY_MS  (24 * HOUR_MS)
#define START   G_GINT64_CONSTANT (1794967200000)

static struct ct_clock_span
place (const struct ct_clock_boot *boots,
       size_t n_boots,
       size_t at,
       int64_t boottime_ms,
       int64_t now_ms)
{
  struct ct_clock_span span = { 0, 0 };
  g_assert_true (ct_clock_place (boots, n_boots, at, boottime_ms, now_ms, &span));
  return span;
}

// T05: the clock was 30 days off until a minute after the boot.
static void
test_shifts_by_the_fix (void)
{
  struct ct_clock_boot boot = {
    .first_ms = 10000, .last_ms = HOUR_MS, .has_fix = true, .first_fix = { 60000, START, 20 }
  };
  boot.last_fix = boot.first_fix;
  struct ct_clock_span span = place (&boot, 1, 0, 10000, START + DAY_MS);
  g_assert_cmpint (span.earliest_ms, <=, START - 50000 - 20);
  g_assert_cmpint (span.latest_ms, >=, START - 50000 + 20);
  g_assert_cmpint (span.latest_ms - span.earliest_ms, <, 80);
}

// T14: after a week the stated error is at least what 200 ppm make of it.
static void
test_states_the_drift (void)
{
  struct ct_clock_boot boot = { .last_ms = 7 * DAY_MS,
                                .has_fix = true,
                                .first_fix = { 0, START, 0 } };
  boot.last_fix = boot.first_fix;
  struct ct_clock_span span = place (&boot, 1, 0, 7 * DAY_MS, START + 8 * DAY_MS);
  g_assert_cmpint (span.latest_ms - (START + 7 * DAY_MS), >=, 120960);
  g_assert_cmpint (START + 7 * DAY_MS - span.earliest_ms, >=, 120960);
}

// T07: cut off before it knew the time: between its neighbours.
static void
test_lies_between_its_neighbours (void)
{
  const struct ct_clock_boot boots[] = {
    { 0, HOUR_MS, 0, true, { 0, START, 0 }, { HOUR_MS, START + HOUR_MS, 0 } },
    { .first_ms = 5000, .last_ms = HOUR_MS },
    { 0, HOUR_MS, 0, true, { 0, START + DAY_MS, 0 }, { 0, START + DAY_MS, 0 } },
  };
  struct ct_clock_span span = place (boots, 3, 1, HOUR_MS / 2, START + 2 * DAY_MS);
  g_assert_cmpint (ABS (span.earliest_ms - (START + HOUR_MS + HOUR_MS / 2)), <, 2000);
  g_assert_cmpint (ABS (span.latest_ms - (START + DAY_MS - HOUR_MS / 2)), <, 2000);
}

// T08: ten boots that never knew the time keep their order.
static void
test_keeps_the_order_of_boots (void)
{
  struct ct_clock_boot boots[12] = { { 0, HOUR_MS, 0, true, { 0, START, 0 }, { 0, START, 0 } } };
  struct ct_clock_span before = { 0, 0 };
  for (guint i = 1; i <= 10; i++)
    boots[i] = (struct ct_clock_boot){ .first_ms = 1000, .last_ms = HOUR_MS };
  boots[11] = boots[0];
  boots[11].first_fix.wall_ms = boots[11].last_fix.wall_ms = START + 5 * DAY_MS;
  for (guint i = 1; i <= 10; i++) {
    struct ct_clock_span span = place (boots, 12, i, HOUR_MS / 2, START + 9 * DAY_MS);
    g_assert_cmpint (span.earliest_ms, >, before.earliest_ms);
    g_assert_cmpint (span.latest_ms, >, before.latest_ms);
    before = span;
  }
}

static void
test_ends_now (void)
{
  const struct ct_clock_boot boot = { .first_ms = 1000, .last_ms = HOUR_MS };
  struct ct_clock_span span = place (&boot, 1, 0, HOUR_MS, START);
  g_assert_cmpint (span.latest_ms, ==, START);
  g_assert_cmpint (span.earliest_ms, <=, HOUR_MS);
}

// T55
static void
test_says_when_it_contradicts_itself (void)
{
  const struct ct_clock_boot boots[] = {
    { 0, HOUR_MS, 0, true, { 0, START + DAY_MS, 0 }, { 0, START + DAY_MS, 0 } },
    { .first_ms = 5000, .last_ms = HOUR_MS },
    { 0, HOUR_MS, 0, true, { 0, START, 0 }, { 0, START, 0 } },
  };
  struct ct_clock_span span = { 1, 2 };
  g_assert_false (ct_clock_place (boots, 3, 1, 6000, START + 2 * DAY_MS, &span));
  g_assert_cmpint (span.earliest_ms, ==, 1);
  const struct ct_clock_boot wild = { INT64_MIN,
                                      INT64_MAX,
                                      INT64_MAX,
                                      true,
                                      { INT64_MIN, INT64_MAX, INT64_MAX },
                                      { INT64_MAX, INT64_MIN, INT64_MAX } };
  (void) ct_clock_place (&wild, 1, 0, INT64_MAX, INT64_MIN, &span);
}

#define N_HISTORIES 1000
#define N_EVENTS    20
#define BOOTS_MAX   12

typedef struct {
  int64_t begin_ms; // truly
  double rate;      // of the oscillator
} TrueBoot;

static int64_t
boottime_at (const TrueBoot *boot, int64_t true_ms)
{
  return (int64_t) ((double) (true_ms - boot->begin_ms) * boot->rate);
}

static struct ct_clock_fix
make_fix (GRand *rand, const TrueBoot *boot, int64_t true_ms)
{
  int error_ms = g_rand_int_range (rand, 0, 500);
  return (struct ct_clock_fix){ boottime_at (boot, true_ms),
                                true_ms + g_rand_int_range (rand, -error_ms, error_ms + 1),
                                error_ms + 1 };
}

// T64
static void
test_holds_the_true_time (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261127);
  guint n_events = 0, n_fixed = 0;
  for (guint history = 0; history < N_HISTORIES; history++) {
    struct ct_clock_boot boots[BOOTS_MAX] = { 0 };
    TrueBoot truth[BOOTS_MAX];
    int64_t events[BOOTS_MAX][N_EVENTS], now_ms = START, saved_ms = 0;
    guint n_boots = (guint) g_rand_int_range (rand, 1, BOOTS_MAX + 1);
    for (guint b = 0; b < n_boots; b++) {
      struct ct_clock_boot *boot = &boots[b];
      now_ms += g_rand_int_range (rand, 1000, 40 * 86400) * G_GINT64_CONSTANT (1000);
      truth[b] = (TrueBoot){ now_ms, 1 + g_rand_double_range (rand, -199e-6, 199e-6) };
      now_ms += g_rand_int_range (rand, 1, 60000);
      boot->first_ms = boottime_at (&truth[b], now_ms);
      boot->not_before_ms = saved_ms;
      boot->has_fix = g_rand_int_range (rand, 0, 3) == 0;
      guint fixed_at = (guint) g_rand_int_range (rand, 0, N_EVENTS);
      for (guint e = 0; e < N_EVENTS; e++) {
        events[b][e] = now_ms;
        if (boot->has_fix && e >= fixed_at) {
          boot->last_fix = make_fix (rand, &truth[b], now_ms);
          boot->first_fix = e == fixed_at ? boot->last_fix : boot->first_fix;
          saved_ms = now_ms - 600;
        }
        boot->last_ms = boottime_at (&truth[b], now_ms);
        now_ms += g_rand_int_range (rand, 0, 7200) * G_GINT64_CONSTANT (1000);
      }
    }
    for (guint b = 0; b < n_boots; b++)
      for (guint e = 0; e < N_EVENTS; e++, n_events++, n_fixed += boots[b].has_fix) {
        struct ct_clock_span span =
            place (boots, n_boots, b, boottime_at (&truth[b], events[b][e]), now_ms);
        g_assert_cmpint (span.earliest_ms, <=, events[b][e]);
        g_assert_cmpint (span.latest_ms, >=, events[b][e]);
      }
  }
  g_test_message ("%u events, %u of them in boots that knew the time", n_events, n_fixed);
  g_assert_cmpuint (n_fixed, >, n_events / 5);
  g_assert_cmpuint (n_fixed, <, n_events / 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/clock/shifts-by-the-fix", test_shifts_by_the_fix);
  g_test_add_func ("/core/clock/states-the-drift", test_states_the_drift);
  g_test_add_func ("/core/clock/lies-between-its-neighbours", test_lies_between_its_neighbours);
  g_test_add_func ("/core/clock/keeps-the-order-of-boots", test_keeps_the_order_of_boots);
  g_test_add_func ("/core/clock/ends-now", test_ends_now);
  g_test_add_func ("/core/clock/says-when-it-contradicts-itself",
                   test_says_when_it_contradicts_itself);
  g_test_add_func ("/core/clock/holds-the-true-time", test_holds_the_true_time);
  return g_test_run ();
}
