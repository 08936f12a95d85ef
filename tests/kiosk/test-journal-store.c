// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The store as its users see it: open, find, arrive, leave, turn of the day, locks and failures.

#include <glib/gstdio.h>

#include "tests/kiosk/journal-harness.h"

typedef struct {
  char *state_dir;
  JournalStore *store;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  fixture->state_dir = harness_make_state_dir ();
  fixture->store = harness_store_new (fixture->state_dir, NULL);
  g_assert_true (harness_open (fixture->store, 0, &error));
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  if (fixture->store != NULL)
    g_assert_finalize_object (fixture->store);
  harness_remove_state_dir (fixture->state_dir);
}

static void
reopen (Fixture *fixture, gint64 after_ms)
{
  g_autoptr (GError) error = NULL;
  g_assert_finalize_object (g_steal_pointer (&fixture->store));
  fixture->store = harness_store_new (fixture->state_dir, NULL);
  g_assert_true (harness_open (fixture->store, after_ms, &error));
  g_assert_no_error (error);
}

static guint64
arrive (Fixture *fixture, guint number, gint64 after_ms)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) identity = harness_identity (number);
  g_autoptr (JournalCommitted) committed =
      harness_arrive (fixture->store, identity, NULL, after_ms, &error);
  g_assert_no_error (error);
  g_assert_nonnull (committed);
  g_assert_cmpint (journal_committed_get_wall_ms (committed), ==, HARNESS_START_MS + after_ms);
  g_assert_cmpint (journal_committed_get_commit_us (committed), >, 0);
  return journal_committed_get_seq (committed);
}

static JournalVisit
find (Fixture *fixture, guint number, gint64 after_ms)
{
  g_autoptr (GBytes) identity = harness_identity (number);
  return harness_find (fixture->store, identity, after_ms);
}

static void
leave (Fixture *fixture, guint64 visit, gint64 after_ms)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JournalCommitted) committed = harness_leave (fixture->store, visit, after_ms, &error);
  g_assert_no_error (error);
  g_assert_nonnull (committed);
}

static void
test_arrival_and_departure (Fixture *fixture, gconstpointer unused)
{
  g_assert_false (find (fixture, 1, 0).is_open);
  guint64 visit = arrive (fixture, 1, 1000);
  JournalVisit found = find (fixture, 1, 2000);
  g_assert_true (found.is_open);
  g_assert_cmpuint (found.seq, ==, visit);
  g_assert_cmpint (found.arrived_ms, ==, HARNESS_START_MS + 1000);
  g_assert_cmpuint (journal_store_get_people_inside (fixture->store), ==, 1);
  g_assert_false (find (fixture, 2, 2000).is_open);

  leave (fixture, visit, 3000);
  g_assert_false (find (fixture, 1, 4000).is_open);
  g_assert_cmpuint (journal_store_get_people_inside (fixture->store), ==, 0);
  g_assert_cmpuint (arrive (fixture, 1, 5000), >, visit);
}

// The identity that a pass with this id is read as.
static GBytes *
pass_identity (const guint8 id[16])
{
  GString *text = g_string_new ("pass:");
  for (guint i = 0; i < 16; i++)
    g_string_append_printf (text, "%02x", id[i]);
  return g_string_free_to_bytes (text);
}

static void
test_a_pass_for_a_visit_finds_it (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GBytes) identity = harness_identity (1);
  g_autoptr (JournalCommitted) committed = harness_arrive (fixture->store, identity, NULL, 0, NULL);
  g_autoptr (GBytes) pass = pass_identity (journal_committed_get_subject (committed));
  (void) arrive (fixture, 2, 0);
  reopen (fixture, 500);
  g_assert_cmpuint (harness_find (fixture->store, pass, 1000).seq, ==,
                    journal_committed_get_seq (committed));
  leave (fixture, journal_committed_get_seq (committed), 2000);
  g_assert_false (harness_find (fixture->store, pass, 3000).is_open);

  static const guint8 nobody[16] = { 1 };
  g_autoptr (GBytes) other = pass_identity (nobody);
  g_assert_false (harness_find (fixture->store, other, 3000).is_open);
}

static void
test_people_inside_survive_a_restart (Fixture *fixture, gconstpointer unused)
{
  guint64 visit = arrive (fixture, 1, 0);
  (void) arrive (fixture, 2, 0);
  reopen (fixture, 1000);
  g_assert_cmpuint (journal_store_get_people_inside (fixture->store), ==, 2);
  g_assert_cmpuint (find (fixture, 1, 2000).seq, ==, visit);
  leave (fixture, visit, 2000);
}

static void
test_conflicts_leave_the_store_working (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) inside = NULL;
  g_autoptr (GError) outside = NULL;
  g_autoptr (GBytes) identity = harness_identity (1);
  guint64 visit = arrive (fixture, 1, 0);
  g_assert_null (harness_arrive (fixture->store, identity, NULL, 1000, &inside));
  g_assert_error (inside, JOURNAL_ERROR, JOURNAL_ERROR_CONFLICT);
  g_assert_null (harness_leave (fixture->store, visit + 1, 1000, &outside));
  g_assert_error (outside, JOURNAL_ERROR, JOURNAL_ERROR_CONFLICT);
  g_assert_false (journal_store_has_failed (fixture->store));
  leave (fixture, visit, 2000);
}

static void
test_finds_yesterdays_visitor_until_the_longest_stay (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  // 22:00, so that midnight comes after two hours; the longest stay is 12 h.
  guint64 visit = arrive (fixture, 1, 13 * HARNESS_HOUR_MS);
  g_assert_true (harness_tidy (fixture->store, 15 * HARNESS_HOUR_MS, &error));
  (void) arrive (fixture, 2, 15 * HARNESS_HOUR_MS + 1);
  g_assert_cmpuint (find (fixture, 1, 16 * HARNESS_HOUR_MS).seq, ==, visit);
  reopen (fixture, 17 * HARNESS_HOUR_MS);
  g_assert_cmpuint (find (fixture, 1, 17 * HARNESS_HOUR_MS).seq, ==, visit);

  g_assert_true (harness_tidy (fixture->store, 26 * HARNESS_HOUR_MS, &error));
  g_assert_no_error (error);
  g_assert_false (find (fixture, 1, 26 * HARNESS_HOUR_MS).is_open);
  g_assert_true (find (fixture, 2, 26 * HARNESS_HOUR_MS).is_open);
  g_assert_cmpuint (journal_store_get_people_inside (fixture->store), ==, 1);
}

static void
test_second_opener_is_locked_out (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JournalStore) second = harness_store_new (fixture->state_dir, NULL);
  g_assert_false (harness_open (second, 0, &error));
  g_assert_error (error, JOURNAL_ERROR, JOURNAL_ERROR_LOCKED);
  g_assert_true (journal_store_has_failed (second));
  (void) arrive (fixture, 1, 1000);
  g_assert_finalize_object (g_steal_pointer (&second));
}

static void
test_refuses_a_file_of_another_kind (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_assert_finalize_object (g_steal_pointer (&fixture->store));
  g_autofree guint8 *text = g_malloc0 (8192);
  harness_write_file (fixture->state_dir, "journal.db", text, 8192);
  fixture->store = harness_store_new (fixture->state_dir, NULL);
  g_assert_false (harness_open (fixture->store, 0, &error));
  g_assert_error (error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT);
}

static void
test_refuses_a_journal_without_its_keys (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_assert_finalize_object (g_steal_pointer (&fixture->store));
  g_autofree char *path = g_build_filename (fixture->state_dir, "keys", "ratchet.key", NULL);
  g_assert_cmpint (g_unlink (path), ==, 0);
  fixture->store = harness_store_new (fixture->state_dir, NULL);
  g_assert_false (harness_open (fixture->store, 0, &error));
  g_assert_error (error, JOURNAL_ERROR, JOURNAL_ERROR_KEYS);
}

static void
test_fails_before_it_is_open (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) identity = harness_identity (1);
  g_assert_finalize_object (g_steal_pointer (&fixture->store));
  fixture->store = harness_store_new (fixture->state_dir, NULL);
  g_assert_null (harness_arrive (fixture->store, identity, NULL, 0, &error));
  g_assert_error (error, JOURNAL_ERROR, JOURNAL_ERROR_STORAGE);
  g_assert_true (journal_store_has_failed (fixture->store));
  g_clear_error (&error);
  g_assert_true (harness_open (fixture->store, 0, &error));
  g_assert_false (journal_store_has_failed (fixture->store));
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

static void
test_dropped_store_finishes_what_was_asked (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GBytes) identity = harness_identity (1);
  JournalArrival arrival = { .stamp = harness_stamp (0),
                             .identity = identity,
                             .evidence = JOURNAL_EVIDENCE_STAFF,
                             .zone = "gate" };
  gboolean is_done = FALSE;
  journal_store_open_visit_async (fixture->store, &arrival, NULL, on_done, &is_done);
  g_object_unref (g_steal_pointer (&fixture->store));
  while (!is_done)
    g_main_context_iteration (NULL, TRUE);
  fixture->store = harness_store_new (fixture->state_dir, NULL);
  g_autoptr (GError) error = NULL;
  g_assert_true (harness_open (fixture->store, 1000, &error));
  g_assert_no_error (error);
  g_assert_true (find (fixture, 1, 2000).is_open);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/journal/store/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("finds-who-arrived-until-they-leave", test_arrival_and_departure);
  ADD ("a-pass-for-a-visit-finds-it", test_a_pass_for_a_visit_finds_it);
  ADD ("people-inside-survive-a-restart", test_people_inside_survive_a_restart);
  ADD ("conflicts-leave-the-store-working", test_conflicts_leave_the_store_working);
  ADD ("finds-yesterdays-visitor-until-the-longest-stay",
       test_finds_yesterdays_visitor_until_the_longest_stay);
  ADD ("second-opener-is-locked-out", test_second_opener_is_locked_out);
  ADD ("refuses-a-file-of-another-kind", test_refuses_a_file_of_another_kind);
  ADD ("refuses-a-journal-without-its-keys", test_refuses_a_journal_without_its_keys);
  ADD ("fails-before-it-is-open", test_fails_before_it_is_open);
  ADD ("dropped-store-finishes-what-was-asked", test_dropped_store_finishes_what_was_asked);
  return g_test_run ();
}
