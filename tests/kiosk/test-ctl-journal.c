// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// tramxanhctl journal: answers and exit codes.

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kiosk/ctl/ctl-journal.h"
#include "tests/kiosk/journal-harness.h"

typedef struct {
  char *state_dir;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  fixture->state_dir = harness_make_state_dir ();
  JournalStore *store = harness_store_new (fixture->state_dir, NULL);
  g_assert_true (harness_open (store, 0, &error));
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GBytes) identity = harness_identity (i);
    g_autoptr (JournalCommitted) committed =
        harness_arrive (store, identity, NULL, i * HARNESS_HOUR_MS, &error);
    g_assert_no_error (error);
  }
  g_assert_finalize_object (store);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  harness_remove_state_dir (fixture->state_dir);
}

// Runs `journal --state DIR` and the words of @line; the answer is what it wrote to @fd.
static char *
run (Fixture *fixture, const char *line, int fd, int *ret_exit)
{
  g_autofree char *whole = g_strdup_printf ("journal --state %s %s", fixture->state_dir, line);
  g_auto (GStrv) argv = g_strsplit (whole, " ", -1);
  char answer[8192] = { 0 };
  FILE *out = tmpfile ();
  (void) fflush (stdout); // the test's own lines
  int saved = dup (fd);
  g_assert_cmpint (dup2 (fileno (out), fd), ==, fd);
  *ret_exit = ctl_journal ((int) g_strv_length (argv), argv);
  g_assert_cmpint (dup2 (saved, fd), ==, fd);
  g_assert_cmpint (close (saved), ==, 0);
  rewind (out);
  (void) fread (answer, 1, sizeof answer - 1, out); // may be nothing
  (void) fclose (out);                              // read only
  return g_strdup (answer);
}

static guint
count_lines (const char *text)
{
  guint n = 0;
  for (; *text != '\0'; text++)
    n += *text == '\n' ? 1 : 0;
  return n;
}

static void
test_verify (Fixture *fixture, gconstpointer unused)
{
  int exit = -1;
  g_autofree char *good = run (fixture, "verify", STDOUT_FILENO, &exit);
  g_assert_cmpint (exit, ==, 0);
  g_assert_true (g_str_has_prefix (good, "verified: 5 records, key "));

  g_autoptr (GByteArray) bytes = harness_read_file (fixture->state_dir, "journal.db");
  bytes->data[5000] ^= 1;
  harness_write_file (fixture->state_dir, "journal.db", bytes->data, bytes->len);
  g_autofree char *bad = run (fixture, "verify", STDERR_FILENO, &exit);
  g_assert_cmpint (exit, ==, 1);
  g_assert_cmpstr (bad, ==, "tramxanhctl: file: damaged page 2\n");
}

static void
test_stats (Fixture *fixture, gconstpointer unused)
{
  int exit = -1;
  g_autofree char *stats = run (fixture, "stats --json", STDOUT_FILENO, &exit);
  g_assert_cmpint (exit, ==, 0);
  g_assert_cmpuint (count_lines (stats), ==, 1);
  g_assert_nonnull (strstr (stats, "\"people_inside\":3"));
  g_assert_nonnull (strstr (stats, "\"visit-open\":3"));
  g_assert_nonnull (strstr (stats, "\"delivered\":0"));
  g_assert_nonnull (strstr (stats, "\"last_time\":\"2026-11-18T04:00:00Z\""));
}

static void
test_list (Fixture *fixture, gconstpointer unused)
{
  int exit = -1;
  g_autofree char *all = run (fixture, "list", STDOUT_FILENO, &exit);
  g_assert_cmpint (exit, ==, 0);
  g_assert_cmpuint (count_lines (all), ==, 5);
  g_autofree char *some = run (fixture, "list --json --from 2026-11-18T03:00:00Z --to 1794974400",
                               STDOUT_FILENO, &exit);
  g_assert_cmpint (exit, ==, 0);
  g_assert_cmpstr (some, ==,
                   "{\"seq\":4,\"kind\":\"visit-open\",\"time\":\"2026-11-18T03:00:00Z\","
                   "\"clock\":\"synced\",\"erased\":false}\n");
}

static void
test_purge_keeps_the_journal_verified (Fixture *fixture, gconstpointer unused)
{
  int exit = -1;
  g_autofree char *nothing = run (fixture, "purge", STDOUT_FILENO, &exit);
  g_assert_cmpint (exit, ==, 0);
  g_assert_cmpstr (nothing, ==, "");
  g_autofree char *good = run (fixture, "verify", STDOUT_FILENO, &exit);
  g_assert_cmpint (exit, ==, 0);
}

static void
test_wrong_usage (Fixture *fixture, gconstpointer unused)
{
  static const char *const lines[] = {
    "",
    "burn",
    "verify --json",
    "verify extra",
    "stats --from 5",
    "list --from yesterday",
    "list --to",
    "--verbose verify",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++) {
    int exit = -1;
    g_autofree char *answer = run (fixture, lines[i], STDERR_FILENO, &exit);
    g_assert_cmpint (exit, ==, 2);
    g_assert_nonnull (strstr (answer, "usage:"));
  }
}

static void
test_no_journal (Fixture *fixture, gconstpointer unused)
{
  static const char *const lines[] = { "verify", "stats", "list", "purge" };
  g_autofree char *path = fixture->state_dir;
  fixture->state_dir = g_build_filename (path, "nowhere", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++) {
    int exit = -1;
    g_autofree char *answer = run (fixture, lines[i], STDERR_FILENO, &exit);
    g_assert_cmpint (exit, ==, 3);
  }
  g_free (fixture->state_dir);
  fixture->state_dir = g_steal_pointer (&path);
}

static void
test_move_recovery (Fixture *fixture, gconstpointer unused)
{
  int exit = -1;
  g_autofree char *target = g_build_filename (fixture->state_dir, "stick.key", NULL);
  g_autofree char *kept = g_build_filename (fixture->state_dir, "keys", "recovery.key", NULL);
  g_autofree char *line = g_strdup_printf ("move-recovery %s", target);
  g_autofree char *moved = run (fixture, line, STDOUT_FILENO, &exit);
  g_assert_cmpint (exit, ==, 0);
  g_assert_true (g_file_test (target, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (kept, G_FILE_TEST_EXISTS));
  g_autofree char *again = run (fixture, line, STDERR_FILENO, &exit);
  g_assert_cmpint (exit, ==, 1);
  g_autofree char *nowhere = run (fixture, "move-recovery", STDERR_FILENO, &exit);
  g_assert_cmpint (exit, ==, 2);
  g_autofree char *too_much = run (fixture, "verify surplus", STDERR_FILENO, &exit);
  g_assert_cmpint (exit, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/ctl/journal/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("verify-says-what-is-wrong-and-where", test_verify);
  ADD ("stats-count", test_stats);
  ADD ("list-shows-a-span-of-time", test_list);
  ADD ("purge-keeps-the-journal-verified", test_purge_keeps_the_journal_verified);
  ADD ("the-recovery-key-moves-away-once", test_move_recovery);
  ADD ("wrong-usage-is-refused", test_wrong_usage);
  ADD ("no-journal-is-not-a-verdict", test_no_journal);
  return g_test_run ();
}
