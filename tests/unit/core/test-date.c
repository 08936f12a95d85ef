// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Dates on cards, and the day in Viet Nam. GLib's calendar is the second opinion.

#include <glib.h>

#include "kiosk/core/ct-date.h"

typedef bool (*Reader) (struct ct_span, struct ct_date *);

static void
test_reads_three_ways_of_writing (void)
{
  static const struct {
    Reader read;
    const char *text;
    int year, month, day; // year -1: refused
  } cases[] = {
    { ct_date_read_digits, "15081990", 1990, 8, 15 },
    { ct_date_read_digits, "00001950", 1950, 0, 0 },
    { ct_date_read_digits, "00031950", 1950, 3, 0 },
    { ct_date_read_digits, "05001950", -1, 0, 0 },
    { ct_date_read_digits, "00000000", -1, 0, 0 },
    { ct_date_read_digits, "1508199", -1, 0, 0 },
    { ct_date_read_digits, "32011990", -1, 0, 0 },
    { ct_date_read_digits, "01131990", -1, 0, 0 },
    { ct_date_read_digits, "31121899", -1, 0, 0 },
    { ct_date_read_digits, "01011900", 1900, 1, 1 },
    { ct_date_read_digits, "29021900", -1, 0, 0 },
    { ct_date_read_digits, "29022000", 2000, 2, 29 },
    { ct_date_read_digits, "31122399", 2399, 12, 31 },
    { ct_date_read_digits, "01012400", -1, 0, 0 },
    { ct_date_read_slashes, "29/03/1988", 1988, 3, 29 },
    { ct_date_read_slashes, "1988", 1988, 0, 0 },
    { ct_date_read_slashes, "0000", 0, 0, 0 },
    { ct_date_read_slashes, "29-03-1988", -1, 0, 0 },
    { ct_date_read_slashes, "29/3/1988", -1, 0, 0 },
    { ct_date_read_slashes, "31/04/1988", -1, 0, 0 },
    { ct_date_read_slashes, "-", -1, 0, 0 },
    { ct_date_read_slashes, "", -1, 0, 0 },
    { ct_date_read_dashes, "1987-01-18", 1987, 1, 18 },
    { ct_date_read_dashes, "1987-**-**", 1987, 0, 0 },
    { ct_date_read_dashes, "****-**-**", 0, 0, 0 },
    { ct_date_read_dashes, "19**-01-18", 0, 1, 18 },
    { ct_date_read_dashes, "1987-**-31", 1987, 0, 31 },
    { ct_date_read_dashes, "1987-**-32", -1, 0, 0 },
    { ct_date_read_dashes, "****-02-29", 0, 2, 29 },
    { ct_date_read_dashes, "****-02-30", -1, 0, 0 },
    { ct_date_read_dashes, "1987-00-18", -1, 0, 0 },
    { ct_date_read_dashes, "0000-01-18", -1, 0, 0 },
    { ct_date_read_dashes, "1987-0a-18", -1, 0, 0 },
    { ct_date_read_dashes, "1987/01/18", -1, 0, 0 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    struct ct_date date = { 1, 1, 1 };
    g_test_message ("%s", cases[i].text);
    g_assert_cmpint (cases[i].read (ct_span_of (cases[i].text), &date), ==, cases[i].year >= 0);
    g_assert_cmpint (date.year, ==, cases[i].year >= 0 ? cases[i].year : 1);
    if (cases[i].year >= 0) {
      g_assert_cmpint (date.month, ==, cases[i].month);
      g_assert_cmpint (date.day, ==, cases[i].day);
    }
  }
}

static void
test_compares_what_is_known (void)
{
  static const struct {
    struct ct_date a, b;
    int order;
  } cases[] = {
    { { 1990, 8, 15 }, { 1990, 8, 15 }, 0 }, { { 1990, 8, 15 }, { 1990, 8, 16 }, -1 },
    { { 1990, 9, 1 }, { 1990, 8, 16 }, 1 },  { { 1989, 12, 31 }, { 1990, 1, 1 }, -1 },
    { { 1990, 0, 0 }, { 1990, 8, 15 }, 0 },  { { 1990, 8, 0 }, { 1990, 8, 15 }, 0 },
    { { 1990, 0, 0 }, { 1991, 1, 1 }, -1 },  { { 0, 8, 15 }, { 1990, 1, 1 }, 0 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    int order = ct_date_compare (cases[i].a, cases[i].b),
        back = ct_date_compare (cases[i].b, cases[i].a);
    g_assert_cmpint ((order > 0) - (order < 0), ==, cases[i].order);
    g_assert_cmpint ((back > 0) - (back < 0), ==, -cases[i].order);
  }
}

static void
test_knows_the_day_in_viet_nam (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_offset (7 * 3600);
  for (gint64 now_s = 0; now_s < G_GINT64_CONSTANT (4102444800); now_s += 86400 * 3 + 1777) {
    g_autoptr (GDateTime) moment = g_date_time_new_from_unix_utc (now_s);
    g_autoptr (GDateTime) local = g_date_time_to_timezone (moment, zone);
    struct ct_date day = ct_date_at (now_s);
    g_assert_cmpint (day.year, ==, g_date_time_get_year (local));
    g_assert_cmpint (day.month, ==, g_date_time_get_month (local));
    g_assert_cmpint (day.day, ==, g_date_time_get_day_of_month (local));
  }
  g_assert_cmpint (ct_date_at (1781542799).day, ==, 15); // 23:59:59 there
  g_assert_cmpint (ct_date_at (1781542800).day, ==, 16);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/date/reads-three-ways-of-writing", test_reads_three_ways_of_writing);
  g_test_add_func ("/core/date/compares-what-is-known", test_compares_what_is_known);
  g_test_add_func ("/core/date/knows-the-day-in-viet-nam", test_knows_the_day_in_viet_nam);
  return g_test_run ();
}
