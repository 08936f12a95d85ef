// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A quiet night is not a deaf radio, and a deaf radio is not a quiet night.

#include "hw/hw-radio-silence.h"

#define S G_USEC_PER_SEC

static HwHeard
hear (HwRadioSilence *silence, guint8 who, gint64 at_s)
{
  const guint8 address[6] = { 0xc0, 0, 0, 0, 0, who };
  return hw_radio_silence_hear (silence, address, TRUE, at_s * S);
}

// Looks each second; the remedy that came, and when.
static HwRemedy
wait_for_remedy (HwRadioSilence *silence, gint64 *at_s, gint64 until_s)
{
  HwRemedy remedy = HW_REMEDY_NONE;
  while (remedy == HW_REMEDY_NONE && *at_s < until_s)
    remedy = hw_radio_silence_look (silence, ++*at_s * S);
  return remedy;
}

static void
fill (HwRadioSilence *silence, guint8 n, gint64 until_s)
{
  hw_radio_silence_begin (silence, S);
  for (gint64 at_s = 1; at_s <= until_s; at_s++)
    for (guint8 who = 1; who <= n; who++)
      g_assert_cmpint (hear (silence, who, at_s), ==, HW_HEARD);
}

static void
test_lively (void)
{
  HwRadioSilence silence = { .n_recent = 0 };
  gint64 at_s = 100;
  fill (&silence, 4, at_s);
  g_assert_false (hw_radio_silence_is_wide (&silence));
  g_assert_cmpint (wait_for_remedy (&silence, &at_s, 1000), ==, HW_REMEDY_SCAN);
  g_assert_cmpint (at_s, ==, 100 + HW_SILENCE_SCAN_S);
  g_assert_true (hw_radio_silence_is_wide (&silence));
  g_assert_cmpint (wait_for_remedy (&silence, &at_s, 1000), ==, HW_REMEDY_CYCLE);
  g_assert_cmpint (at_s, ==, 100 + HW_SILENCE_CYCLE_S);
  g_assert_cmpint (wait_for_remedy (&silence, &at_s, 1000), ==, HW_REMEDY_DEAF);
  g_assert_cmpint (at_s, ==, 100 + HW_SILENCE_GIVE_S);
  g_assert_cmpint (wait_for_remedy (&silence, &at_s, 1000), ==, HW_REMEDY_SCAN); // once more
  g_assert_cmpint (at_s, ==, 100 + HW_SILENCE_AGAIN_S);
  g_assert_cmpint (wait_for_remedy (&silence, &at_s, 1000), ==, HW_REMEDY_CYCLE);
  g_assert_cmpint (at_s, ==, 100 + HW_SILENCE_AGAIN_S + HW_SILENCE_CYCLE_S - HW_SILENCE_SCAN_S);
  g_assert_cmpint (hear (&silence, 9, at_s + 3), ==, HW_HEARD_AGAIN);
  g_assert_cmpint (hear (&silence, 1, at_s + 4), ==, HW_HEARD); // it was told once
}

// One phone leaves: nothing is heard any more, and nothing is wrong.
static void
test_quiet (void)
{
  HwRadioSilence silence = { .n_recent = 0 };
  gint64 at_s = 100;
  fill (&silence, 2, at_s);
  g_assert_cmpint (wait_for_remedy (&silence, &at_s, 1000), ==, HW_REMEDY_SCAN);
  g_assert_cmpint (wait_for_remedy (&silence, &at_s, 1000), ==, HW_REMEDY_CYCLE);
  g_assert_cmpint (wait_for_remedy (&silence, &at_s, 100 + HW_SILENCE_AGAIN_S - 1), ==,
                   HW_REMEDY_NONE);
  g_assert_cmpint (hear (&silence, 9, at_s + 1), ==, HW_HEARD); // the next visitor
  g_assert_false (hw_radio_silence_is_wide (&silence));
}

// A night without anybody has two remedies in 275 s, and no more: each is a time in which nothing
// is heard, and a record.
static void
test_night (void)
{
  HwRadioSilence silence = { .n_recent = 0 };
  gint64 at_s = 0;
  guint n_remedies = 0;
  hw_radio_silence_begin (&silence, S);
  while (wait_for_remedy (&silence, &at_s, 10 * 3600) != HW_REMEDY_NONE)
    n_remedies++;
  g_test_message ("%u remedies in ten hours", n_remedies);
  g_assert_cmpuint (n_remedies, <=, 2 * (10 * 3600 / (HW_SILENCE_AGAIN_S - HW_SILENCE_SCAN_S) + 1));
}

// A television set shows that it hears; that is asked for again after a while only.
static void
test_stranger (void)
{
  static const guint8 television[6] = { 1, 2, 3, 4, 5, 6 };
  HwRadioSilence silence = { .n_recent = 0 };
  gint64 at_s = 0;
  hw_radio_silence_begin (&silence, S);
  g_assert_cmpint (wait_for_remedy (&silence, &at_s, 1000), ==, HW_REMEDY_SCAN);
  g_assert_cmpint (hw_radio_silence_hear (&silence, television, FALSE, (at_s + 1) * S), ==,
                   HW_HEARD);
  gint64 shown_s = at_s + 1;
  g_assert_cmpint (wait_for_remedy (&silence, &at_s, 1000), ==, HW_REMEDY_SCAN);
  g_assert_cmpint (at_s, ==, shown_s + HW_SILENCE_AGAIN_S);
}

// Somebody who was there before is heard again right after the scan was begun anew.
static void
test_healed (void)
{
  HwRadioSilence silence = { .n_recent = 0 };
  gint64 at_s = 100;
  fill (&silence, 1, at_s);
  g_assert_cmpint (wait_for_remedy (&silence, &at_s, 1000), ==, HW_REMEDY_SCAN);
  g_assert_cmpint (hear (&silence, 1, at_s + 2), ==, HW_HEARD_AGAIN);
  at_s += 2;
  g_assert_cmpint (wait_for_remedy (&silence, &at_s, 1000), ==, HW_REMEDY_SCAN);
  g_assert_cmpint (hear (&silence, 1, at_s + HW_SILENCE_RETURN_S + 1), ==, HW_HEARD); // came back
}

// A phone that pauses for 15 s, as Bluezone's do, needs no remedy; nor does a radio that is off.
static void
test_pauses (void)
{
  HwRadioSilence silence = { .n_recent = 0 };
  hw_radio_silence_begin (&silence, S);
  for (gint64 at_s = 1; at_s < 600; at_s++) {
    if (at_s % 30 < 15)
      g_assert_cmpint (hear (&silence, 1, at_s), ==, HW_HEARD);
    g_assert_cmpint (hw_radio_silence_look (&silence, at_s * S), ==, HW_REMEDY_NONE);
  }
  hw_radio_silence_end (&silence);
  gint64 at_s = 600;
  g_assert_cmpint (wait_for_remedy (&silence, &at_s, 2000), ==, HW_REMEDY_NONE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hw/radio-silence/of-several-at-once-is-deafness", test_lively);
  g_test_add_func ("/hw/radio-silence/after-somebody-left-is-quiet", test_quiet);
  g_test_add_func ("/hw/radio-silence/all-night-has-few-remedies", test_night);
  g_test_add_func ("/hw/radio-silence/ends-with-any-stranger", test_stranger);
  g_test_add_func ("/hw/radio-silence/that-a-remedy-ends-was-deafness", test_healed);
  g_test_add_func ("/hw/radio-silence/of-a-pausing-phone-is-none", test_pauses);
  return g_test_run ();
}
