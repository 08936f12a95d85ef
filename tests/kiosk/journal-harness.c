// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Waiting is done on the result, with a deadline.

#include "tests/kiosk/journal-harness.h"

#include <string.h>

#include <glib/gstdio.h>

#define DEADLINE_S 60

JournalStamp
harness_stamp (gint64 after_ms)
{
  JournalStamp stamp = { .boottime_ns = (60000 + after_ms) * 1000000,
                         .wall_ms = HARNESS_START_MS + after_ms,
                         .quality = JOURNAL_CLOCK_SYNCED };
  memset (stamp.boot_id, 0xb0, sizeof stamp.boot_id);
  return stamp;
}

char *
harness_make_state_dir (void)
{
  g_autoptr (GError) error = NULL;
  char *dir = g_dir_make_tmp ("journal-XXXXXX", &error);
  g_assert_no_error (error);
  return dir;
}

static void
remove_folder (const char *path)
{
  GDir *dir = g_dir_open (path, 0, NULL);
  g_assert_nonnull (dir);
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir)) {
    g_autofree char *child = g_build_filename (path, name, NULL);
    if (g_file_test (child, G_FILE_TEST_IS_DIR))
      remove_folder (child);
    else
      g_assert_cmpint (g_unlink (child), ==, 0);
  }
  g_dir_close (dir);
  g_assert_cmpint (g_rmdir (path), ==, 0);
}

void
harness_remove_state_dir (char *state_dir)
{
  remove_folder (state_dir);
  g_free (state_dir);
}

JournalStore *
harness_store_new (const char *state_dir, const char *vfs_name)
{
  return g_object_new (JOURNAL_TYPE_STORE, "state-dir", state_dir, "vfs-name", vfs_name,
                       "retention-days", 21, "longest-stay-h", 12, NULL);
}

GBytes *
harness_identity (guint number)
{
  char *text = g_strdup_printf ("cccd:079190%06u", number);
  return g_bytes_new_take (text, strlen (text));
}

static void
on_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
on_deadline (gpointer user_data)
{
  g_error ("no answer within %d s", DEADLINE_S);
  return G_SOURCE_REMOVE;
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  guint deadline = g_timeout_add_seconds (DEADLINE_S, on_deadline, NULL);
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
  return *result;
}

gboolean
harness_open (JournalStore *store, gint64 after_ms, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  JournalStamp stamp = harness_stamp (after_ms);
  journal_store_open_async (store, &stamp, NULL, on_ready, &result);
  return journal_store_open_finish (store, wait_for (&result), error);
}

JournalVisit
harness_find (JournalStore *store, GBytes *identity, gint64 after_ms)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  JournalStamp stamp = harness_stamp (after_ms);
  JournalVisit visit;
  journal_store_find_visit_async (store, identity, &stamp, NULL, on_ready, &result);
  gboolean ok = journal_store_find_visit_finish (store, wait_for (&result), &visit, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  return visit;
}

JournalCommitted *
harness_arrive (
    JournalStore *store, GBytes *identity, GBytes *details, gint64 after_ms, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  JournalArrival arrival = { .stamp = harness_stamp (after_ms),
                             .identity = identity,
                             .details = details,
                             .credential_kind = 1,
                             .evidence = JOURNAL_EVIDENCE_QR,
                             .zone = "gate-1" };
  journal_store_open_visit_async (store, &arrival, NULL, on_ready, &result);
  return journal_store_open_visit_finish (store, wait_for (&result), error);
}

JournalCommitted *
harness_leave (JournalStore *store, guint64 visit, gint64 after_ms, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  JournalStamp stamp = harness_stamp (after_ms);
  journal_store_close_visit_async (store, visit, JOURNAL_CLOSE_SCAN, &stamp, NULL, on_ready,
                                   &result);
  return journal_store_close_visit_finish (store, wait_for (&result), error);
}

gboolean
harness_tidy (JournalStore *store, gint64 after_ms, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  JournalStamp stamp = harness_stamp (after_ms);
  journal_store_tidy_async (store, &stamp, NULL, on_ready, &result);
  return journal_store_tidy_finish (store, wait_for (&result), error);
}

gboolean
harness_probe (JournalStore *store, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  JournalStamp stamp = harness_stamp (0);
  journal_store_probe_async (store, &stamp, NULL, on_ready, &result);
  return journal_store_probe_finish (store, wait_for (&result), error);
}

gboolean
harness_sign_end (JournalStore *store,
                  JournalStatement *ret_statement,
                  guint8 ret_signature[JOURNAL_SIG_SIZE],
                  GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  JournalPosition position;
  journal_store_get_position (store, &position);
  journal_statement_head (ret_statement, &position.origin, position.last, position.head, NULL);
  journal_store_sign_as_kiosk_async (store, ret_statement, NULL, on_ready, &result);
  return journal_store_sign_as_kiosk_finish (store, wait_for (&result), ret_signature, error);
}

GByteArray *
harness_read_file (const char *state_dir, const char *name)
{
  g_autofree char *path = g_build_filename (state_dir, name, NULL);
  char *contents = NULL;
  gsize len = 0;
  if (!g_file_get_contents (path, &contents, &len, NULL))
    return g_byte_array_new ();
  return g_byte_array_new_take ((guint8 *) contents, len);
}

void
harness_write_file (const char *state_dir, const char *name, const guint8 *data, gsize len)
{
  g_autofree char *path = g_build_filename (state_dir, name, NULL);
  g_autoptr (GError) error = NULL;
  g_assert_true (g_file_set_contents_full (path, (const char *) data, (gssize) len,
                                           G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error));
  g_assert_no_error (error);
}
