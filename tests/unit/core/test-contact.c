// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The rule by hand, and against a count of every second.

#include "kiosk/core/ct-contact.h"

#include <glib.h>
#include <string.h>

#define DAY_S 86400

typedef struct {
  const char *what;
  struct ct_shared spans[5];
  size_t n_spans;
  int64_t exposed_s; // -1: no contact
} Case;

static void
test_by_hand (void)
{
  static const Case cases[] = {
    { "nothing", { { 0, 0, 0 } }, 0, -1 },
    { "a second too short", { { 1000, 1899, 0 } }, 1, -1 },
    { "exactly long enough", { { 1000, 1900, 0 } }, 1, 1900 },
    { "long enough in the middle", { { 1000, 9000, 0 } }, 1, 1900 },
    { "in three parts", { { 0, 300, 0 }, { 1000, 1300, 0 }, { 2000, 2300, 0 } }, 3, 2300 },
    { "a second counts once", { { 0, 600, 0 }, { 100, 600, 1 }, { 5000, 5299, 0 } }, 3, -1 },
    { "out of order", { { 5000, 5300, 0 }, { 0, 600, 0 } }, 2, 5300 },
    { "parts more than a day apart", { { 0, 600, 0 }, { DAY_S + 300, DAY_S + 600, 0 } }, 2, -1 },
    { "parts within a day, to the second", { { 0, 600, 0 }, { DAY_S - 300, DAY_S, 0 } }, 2, DAY_S },
    { "gains what it loses", { { 0, 600, 0 }, { DAY_S, DAY_S + 600, 0 } }, 2, -1 },
    { "longer than a day", { { 0, 2 * DAY_S, 0 } }, 1, 900 },
  };
  const struct ct_contact_rule rule = { DAY_S, 900 };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    struct ct_shared spans[5];
    int64_t exposed_s = -1;
    size_t index = 0;
    memcpy (spans, cases[i].spans, sizeof spans);
    size_t n = ct_shared_unite (spans, cases[i].n_spans);
    g_test_message ("%s", cases[i].what);
    g_assert_true (ct_exposure_find (&rule, spans, n, &exposed_s, &index) ==
                   (cases[i].exposed_s >= 0));
    g_assert_cmpint (exposed_s, ==, cases[i].exposed_s);
  }
}

#define END_S     400
#define N_WORLDS  20000
#define SPANS_MAX 8

// The earliest x, by trying each.
static int64_t
count_seconds (const bool shared[END_S], const struct ct_contact_rule *rule)
{
  for (int64_t x = 0; x <= END_S; x++) {
    int64_t sum_s = 0;
    for (int64_t t = MAX (0, x - rule->window_s); t < x; t++)
      sum_s += shared[t];
    if (sum_s >= rule->min_overlap_s)
      return x;
  }
  return -1;
}

static void
test_every_second (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (20261124);
  guint n_contacts = 0;
  for (guint world = 0; world < N_WORLDS; world++) {
    const struct ct_contact_rule rule = { g_rand_int_range (random, 5, 150),
                                          g_rand_int_range (random, 1, 60) };
    struct ct_shared spans[SPANS_MAX];
    bool shared[END_S] = { false };
    size_t n = (size_t) g_rand_int_range (random, 0, SPANS_MAX + 1);
    int64_t measured_s = 0, exposed_s = -1;
    size_t index = 0;
    for (size_t i = 0; i < n; i++) {
      spans[i].from_s = g_rand_int_range (random, 0, END_S - 1);
      spans[i].to_s = spans[i].from_s + g_rand_int_range (random, 1, 60);
      spans[i].to_s = MIN (END_S, spans[i].to_s);
      spans[i].place = i % 3;
      for (int64_t t = spans[i].from_s; t < spans[i].to_s; t++)
        shared[t] = true;
    }
    n = ct_shared_unite (spans, n);
    for (guint t = 0; t < END_S; t++)
      measured_s += shared[t];
    g_assert_cmpint (ct_shared_measure (spans, n), ==, measured_s);
    if (ct_exposure_find (&rule, spans, n, &exposed_s, &index)) {
      g_assert_cmpint (exposed_s, >, spans[index].from_s);
      g_assert_cmpint (exposed_s, <=, spans[index].to_s);
      n_contacts++;
    }
    g_assert_cmpint (exposed_s, ==, count_seconds (shared, &rule));
  }
  g_assert_cmpuint (n_contacts, >, N_WORLDS / 10);
  g_assert_cmpuint (n_contacts, <, N_WORLDS * 9 / 10);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/contact/holds-for-worlds-made-by-hand", test_by_hand);
  g_test_add_func ("/core/contact/agrees-with-a-count-of-every-second", test_every_second);
  return g_test_run ();
}
