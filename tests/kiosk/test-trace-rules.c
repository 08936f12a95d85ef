// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Disease profiles: ours are all readable, and a wrong line is refused by its number.

#include <glib/gstdio.h>
#include <string.h>

#include "kiosk/trace/trace-rules.h"

#define WHOLE                                                                                      \
  "name = X-1\nversion = 2\ndisease = any\nsource = somebody\nvalid-from = 2026-01-01\n"           \
  "closed-space = yes\nmin-overlap-s = 900\nwindow-s = 86400\nlatency-s = 0\n"                     \
  "infectious-before-onset-d = 2\ninfectious-before-sample-d = 3\nchain-depth = 3\n"               \
  "merge-gap-s = 600\n"
#define N_LINES 13

static TraceRule *
read_rule (const char *text, GError **error)
{
  return trace_rule_read ("x.conf", text, strlen (text), error);
}

static void
test_reads_every_field (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TraceRule) rule =
      read_rule ("# ours\r\n\r\n" WHOLE "distance-m = 1.83\nnote=a = b\n"
                 "valid-until = 2026-12-31\ninfectious-after-onset-d = 14\n",
                 &error);
  g_assert_no_error (error);
  g_assert_cmpstr (rule->name, ==, "X-1");
  g_assert_cmpint (rule->version, ==, 2);
  g_assert_cmpint (rule->distance_cm, ==, 183);
  g_assert_cmpint (rule->closed_space, ==, 1);
  g_assert_cmpint (rule->infectious_before_sample_d, ==, 3);
  g_assert_cmpint (rule->infectious_after_onset_d, ==, 14);
  g_assert_cmpstr (rule->note, ==, "a = b");
  g_autofree char *words = trace_rule_to_string (rule);
  g_assert_cmpstr (words, ==,
                   "X-1, version 2 (in force from 2026-01-01 until 2026-12-31: somebody)");
  g_autoptr (TraceRule) least = read_rule (WHOLE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (least->distance_cm, ==, TRACE_RULE_UNSET);
  g_assert_cmpint (least->infectious_after_onset_d, ==, TRACE_RULE_UNSET);
  g_assert_null (least->valid_until);
}

static void
test_refuses_by_line (void)
{
  static const struct {
    const char *text, *message;
  } cases[] = {
    { "", "rule x.conf, line 1: name: missing" },
    { "min-overlap = 900\n" WHOLE, "rule x.conf, line 1: no such key" },
    { WHOLE "version = 3\n", "rule x.conf, line 14: version: given twice" },
    { WHOLE "hello\n", "rule x.conf, line 14: neither a key with a value nor a comment" },
    { WHOLE "distance-m = far\n", "rule x.conf, line 14: distance-m: 0.01 to 100" },
    { WHOLE "distance-m = 0\n", "rule x.conf, line 14: distance-m: 0.01 to 100" },
    { WHOLE "distance-m = 1.234\n", "rule x.conf, line 14: distance-m: 0.01 to 100" },
    { WHOLE "valid-until = 2026-02-30\n", "rule x.conf, line 14: valid-until: a date, YYYY-MM-DD" },
    { WHOLE "valid-until = 2026-02-03T00:00\n",
      "rule x.conf, line 14: valid-until: a date, YYYY-MM-DD" },
    { WHOLE "valid-until = 2025-12-31\n", "valid-until: before valid-from" },
    { WHOLE "note =\n", "rule x.conf, line 14: note: up to 400 bytes of text" },
    { WHOLE "note = a\x07\n", "rule x.conf, line 14: a control character" },
    { WHOLE "note = \xff\n", "rule x.conf, line 14: not UTF-8" },
    { "name = a b\n", "rule x.conf, line 1: name: 1 to 32 letters" },
    { "version = 0\n", "rule x.conf, line 1: version: 1 to 9999" },
    { "version = 1.0\n", "rule x.conf, line 1: version: 1 to 9999" },
    { "closed-space = maybe\n", "rule x.conf, line 1: closed-space: yes or no" },
    { "min-overlap-s = 0\n", "rule x.conf, line 1: min-overlap-s: 1 to 86400" },
    { "merge-gap-s = 300\n", "rule x.conf, line 1: merge-gap-s: 600" },
    { "chain-depth = 17\n", "rule x.conf, line 1: chain-depth: 1 to 16" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (read_rule (cases[i].text, &error));
    g_assert_error (error, TRACE_ERROR, TRACE_ERROR_INPUT);
    g_assert_nonnull (strstr (error->message, cases[i].message));
  }
}

// Without any one of its lines a rule is not whole.
static void
test_refuses_what_is_missing (void)
{
  g_auto (GStrv) lines = g_strsplit (WHOLE, "\n", -1);
  for (guint left_out = 0; left_out < N_LINES; left_out++) {
    g_autoptr (GString) text = g_string_new (NULL);
    g_autoptr (GError) error = NULL;
    for (guint i = 0; i < N_LINES; i++)
      if (i != left_out)
        g_string_append_printf (text, "%s\n", lines[i]);
    g_assert_null (read_rule (text->str, &error));
    g_assert_nonnull (strstr (error->message, ": missing"));
  }
}

static void
test_has_the_presets (void)
{
  static const struct {
    const char *name;
    gint64 min_overlap_s, before_onset_d, before_sample_d, after_onset_d, distance_cm, depth;
  } presets[] = {
    { "default", 900, 2, 2, TRACE_RULE_UNSET, TRACE_RULE_UNSET, 3 },
    { "VN-2021-07", 1, 3, 14, TRACE_RULE_UNSET, 200, 3 },
    { "VN-2021-12", 900, 2, 2, TRACE_RULE_UNSET, 200, 3 },
    { "VN-2022-04", 900, 2, 2, TRACE_RULE_UNSET, 100, 3 },
    { "CDC-2020-10", 900, 2, 2, TRACE_RULE_UNSET, 183, 1 },
    { "ECDC-2020-04", 901, 2, 2, TRACE_RULE_UNSET, 200, 1 },
    { "WHO-2020", 900, 2, 2, 14, 100, 1 },
    { "NHS-2020", 901, 2, 2, TRACE_RULE_UNSET, 200, 1 },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rules = trace_rules_load (NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rules->len, ==, G_N_ELEMENTS (presets));
  for (gsize i = 0; i < G_N_ELEMENTS (presets); i++) {
    const TraceRule *rule = trace_rules_find (rules, presets[i].name, &error);
    g_assert_no_error (error);
    g_assert_cmpint (rule->min_overlap_s, ==, presets[i].min_overlap_s);
    g_assert_cmpint (rule->infectious_before_onset_d, ==, presets[i].before_onset_d);
    g_assert_cmpint (rule->infectious_before_sample_d, ==, presets[i].before_sample_d);
    g_assert_cmpint (rule->infectious_after_onset_d, ==, presets[i].after_onset_d);
    g_assert_cmpint (rule->distance_cm, ==, presets[i].distance_cm);
    g_assert_cmpint (rule->chain_depth, ==, presets[i].depth);
  }
}

static void
write_rule (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
test_a_folder_adds_and_does_not_replace (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("tramxanh-rules-XXXXXX", &error);
  write_rule (folder, "a.conf", WHOLE);
  write_rule (folder, "README", "not a rule");
  g_autoptr (GPtrArray) rules = trace_rules_load (folder, &error);
  g_assert_no_error (error);
  g_assert_nonnull (trace_rules_find (rules, "X-1@2", &error));
  g_assert_null (trace_rules_find (rules, "X-1@1", &error));
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_INPUT);
  g_clear_error (&error);

  g_autofree char *newer =
      g_strconcat ("version = 10\n", strstr (WHOLE, "disease"), "name = X-1\n", NULL);
  write_rule (folder, "b.conf", newer);
  g_clear_pointer (&rules, g_ptr_array_unref);
  rules = trace_rules_load (folder, &error);
  g_assert_cmpint (trace_rules_find (rules, "X-1", NULL)->version, ==, 10);
  g_assert_cmpint (trace_rules_find (rules, "X-1@2", NULL)->version, ==, 2);

  write_rule (folder, "c.conf", WHOLE);
  g_assert_null (trace_rules_load (folder, &error));
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_INPUT);
  g_clear_error (&error);
  g_autofree char *long_text = g_strnfill (TRACE_RULE_BYTES_MAX + 1, '\n');
  write_rule (folder, "c.conf", long_text);
  g_assert_null (trace_rules_load (folder, &error));
  g_assert_nonnull (strstr (error->message, "more than 16384 bytes"));
  g_clear_error (&error);
  g_assert_null (trace_rules_load ("/nowhere", &error));
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_STORAGE);
  for (const char *const *name =
           (const char *const[]){ "a.conf", "b.conf", "c.conf", "README", NULL };
       *name != NULL; name++) {
    g_autofree char *path = g_build_filename (folder, *name, NULL);
    g_assert_cmpint (g_remove (path), ==, 0);
  }
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_dates_become_a_span (void)
{
  g_autoptr (GPtrArray) rules = trace_rules_load (NULL, NULL);
  const TraceRule *rule = trace_rules_find (rules, "WHO-2020", NULL);
  gint64 from_s = 0, to_s = 0;
  g_assert_true (trace_rule_span (rule, "2021-08-10", FALSE, &from_s, &to_s));
  g_assert_cmpint (from_s, ==, 1628355600); // 2021-08-08 in Việt Nam; tests run in UTC
  g_assert_cmpint (to_s, ==, 1628355600 + 17 * 86400);
  rule = trace_rules_find (rules, "VN-2021-07", NULL);
  g_assert_true (trace_rule_span (rule, "2021-08-10", TRUE, &from_s, &to_s));
  g_assert_cmpint (from_s, ==, 1628355600 - 12 * 86400);
  g_assert_cmpint (to_s, ==, G_MAXINT64);
  g_assert_false (trace_rule_span (rule, "10/08/2021", TRUE, &from_s, &to_s));
  g_assert_false (trace_rule_span (rule, "2021-8-10", TRUE, &from_s, &to_s));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trace/rules/reads-every-field", test_reads_every_field);
  g_test_add_func ("/trace/rules/refuses-by-line", test_refuses_by_line);
  g_test_add_func ("/trace/rules/refuses-what-is-missing", test_refuses_what_is_missing);
  g_test_add_func ("/trace/rules/has-the-presets", test_has_the_presets);
  g_test_add_func ("/trace/rules/a-folder-adds-and-does-not-replace",
                   test_a_folder_adds_and_does_not_replace);
  g_test_add_func ("/trace/rules/dates-become-a-span", test_dates_become_a_span);
  return g_test_run ();
}
