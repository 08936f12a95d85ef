// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Booking and ticket codes by a venue's patterns.

#include <glib.h>
#include <string.h>

#include "kiosk/core/ct-credential.h"
#include "kiosk/core/ct-venue-code.h"

static void
test_matches_patterns (void)
{
  static const struct {
    const char *pattern, *text;
    bool matches;
  } cases[] = {
    { "HOTEL-####", "HOTEL-0042", true },
    { "HOTEL-####", "hotel-0042", false },
    { "HOTEL-####", "HOTEL-004", false },
    { "HOTEL-####", "HOTEL-00423", false },
    { "HOTEL-####", "HOTEL-00４2", false },
    { "@@##", "vN12", true },
    { "@@##", "1N12", false },
    { "??", "a1", true },
    { "??", "a-", false },
    { "BUS*", "BUS", true },
    { "BUS*", "BUS 29B 000.11 / 7", true },
    { "BUS*", "BU", false },
    { "BUS*", "BUS\n", false },
    { "BUS*", "BUS vé", false },
    { "#*", "1abc", true },
    { "https://book.example/#*", "https://book.example/7f", true },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s %s", cases[i].pattern, cases[i].text);
    g_assert_true (ct_venue_pattern_is_valid (ct_span_of (cases[i].pattern)));
    g_assert_cmpint (
        ct_venue_pattern_matches (ct_span_of (cases[i].pattern), ct_span_of (cases[i].text)), ==,
        cases[i].matches);
  }
}

static void
test_refuses_patterns_that_say_nothing (void)
{
  static const char *const wrong[] = { "", "*", "**", "A*B", "vé#", "A\n", "\x7F" };
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (ct_venue_pattern_is_valid (ct_span_of (wrong[i])));
  g_autofree char *longest = g_strnfill (CT_VENUE_PATTERN_MAX, '#');
  g_autofree char *longer = g_strnfill (CT_VENUE_PATTERN_MAX + 1, '#');
  g_assert_true (ct_venue_pattern_is_valid (ct_span_of (longest)));
  g_assert_false (ct_venue_pattern_is_valid (ct_span_of (longer)));
}

static enum ct_refusal
read_text (const char *text, struct ct_credential *ret_credential)
{
  static const char *const patterns[] = { "*", "HOTEL-####", "BUS*", "https://book.example/#*" };
  const struct ct_read_context context = { .venue = { patterns, G_N_ELEMENTS (patterns) } };
  return ct_credential_read (&context, (const guint8 *) text, strlen (text), ret_credential, NULL);
}

static void
test_reads_a_code_as_its_own_identity (void)
{
  struct ct_credential credential;
  g_assert_cmpint (read_text ("HOTEL-0042\r\n", &credential), ==, CT_REFUSAL_NONE);
  g_assert_cmpint (credential.kind, ==, CT_KIND_VENUE_CODE);
  g_assert_cmpstr (credential.subject, ==, "code:HOTEL-0042");
  g_assert_cmpstr (credential.name, ==, "");
  g_assert_cmpint (read_text ("https://book.example/42", &credential), ==, CT_REFUSAL_NONE);
}

static void
test_leaves_other_codes_what_they_are (void)
{
  struct ct_credential credential;
  g_assert_cmpint (read_text ("HOTEL-004", &credential), ==, CT_REFUSAL_UNKNOWN);
  g_assert_cmpint (read_text ("https://evil.example/42", &credential), ==, CT_REFUSAL_LINK);
  g_assert_cmpint (read_text ("WIFI:S:BUS;;", &credential), ==, CT_REFUSAL_WIFI);
}

static void
test_bounds_a_code (void)
{
  struct ct_credential credential;
  g_autofree char *rest = g_strnfill (CT_SUBJECT_MAX - 1 - strlen ("code:BUS"), 'x');
  g_autofree char *longest = g_strconcat ("BUS", rest, NULL);
  g_autofree char *longer = g_strconcat (longest, "x", NULL);
  g_assert_cmpint (read_text (longest, &credential), ==, CT_REFUSAL_NONE);
  g_assert_cmpuint (strlen (credential.subject), ==, CT_SUBJECT_MAX - 1);
  g_assert_cmpint (read_text (longer, &credential), ==, CT_REFUSAL_TOO_LONG);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/venue-code/matches-patterns", test_matches_patterns);
  g_test_add_func ("/core/venue-code/refuses-patterns-that-say-nothing",
                   test_refuses_patterns_that_say_nothing);
  g_test_add_func ("/core/venue-code/reads-a-code-as-its-own-identity",
                   test_reads_a_code_as_its_own_identity);
  g_test_add_func ("/core/venue-code/leaves-other-codes-what-they-are",
                   test_leaves_other_codes_what_they_are);
  g_test_add_func ("/core/venue-code/bounds-a-code", test_bounds_a_code);
  return g_test_run ();
}
