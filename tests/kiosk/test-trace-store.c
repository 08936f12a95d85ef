// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The store in a file of SQLite.

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "kiosk/trace/trace-index.h"
#include "kiosk/trace/trace-load.h"
#include "trace-store-cases.h"

typedef struct {
  char *folder;
  guint n_files;
} Folder;

static char *
make_uri (gpointer user_data)
{
  Folder *folder = user_data;
  return g_strdup_printf ("sqlite:%s/%u.db", folder->folder, ++folder->n_files);
}

static void
remove_folder (const Folder *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder->folder, 0, NULL);
  for (const char *name = NULL; (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree char *path = g_build_filename (folder->folder, name, NULL);
    g_assert_cmpint (g_remove (path), ==, 0);
  }
  g_assert_cmpint (g_rmdir (folder->folder), ==, 0);
}

static void
test_busy (gconstpointer user_data)
{
  g_autofree char *uri = make_uri ((gpointer) user_data);
  g_autoptr (TraceStore) store = trace_store_case_open (uri);
  g_autoptr (TraceStore) other = trace_store_case_open (uri);
  g_autoptr (GError) error = NULL;
  g_assert_true (
      trace_db_run_script (trace_store_get_db (other), "PRAGMA busy_timeout = 20;", &error));
  g_assert_true (trace_store_begin (store, &error));
  g_assert_false (trace_store_begin (other, &error));
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_BUSY);
  g_clear_error (&error);
  TraceStats stats;
  g_assert_true (trace_store_count (other, &stats, &error)); // who reads does not wait
  g_autoptr (TraceStore) third = trace_store_case_open (uri);
  g_assert_true (trace_store_commit (store, &error));
  g_assert_true (trace_store_begin (other, &error));
  trace_store_roll_back (other);
}

static void
test_full (gconstpointer user_data)
{
  g_autofree char *uri = make_uri ((gpointer) user_data);
  g_autoptr (TraceStore) store = trace_store_case_open (uri);
  g_autoptr (GError) error = NULL;
  g_assert_true (
      trace_db_run_script (trace_store_get_db (store), "PRAGMA max_page_count = 40;", &error));
  g_assert_true (trace_store_begin (store, &error));
  gboolean ok = TRUE;
  for (guint i = 0; ok && i < 100000; i++) {
    gboolean is_new = FALSE;
    TraceArrival arrival = {
      .venue = "v", .zone = "", .arrived_s = i, .left_s = i + 1, .kiosk = ""
    };
    ok = trace_store_put (store, &arrival, &is_new, &error);
  }
  g_assert_false (ok);
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_BUSY);
  trace_store_roll_back (store);
  TraceStats stats = { 0 };
  g_clear_error (&error);
  g_assert_true (trace_store_count (store, &stats, &error));
  g_assert_cmpint (stats.n_stays, ==, 0);
}

static gboolean
has_index (TraceStore *store)
{
  g_autoptr (GError) error = NULL;
  gint64 n = 0;
  g_assert_true (trace_db_query_int (trace_store_get_db (store),
                                     "SELECT count (*) FROM sqlite_schema WHERE name = 'stay_of'",
                                     TRACE_NO_VALUES, 0, &n, &error));
  return n == 1;
}

static void
test_index_is_back (gconstpointer user_data)
{
  g_autofree char *uri = make_uri ((gpointer) user_data);
  g_autoptr (TraceStore) store = trace_store_case_open (uri);
  g_autoptr (GError) error = NULL;
  for (guint round = 0; round < 3; round++) {
    gint64 n_new = 0;
    g_assert_true (trace_store_begin (store, &error));
    g_autoptr (TraceLoad) load = trace_load_new (store, round == 2 ? 0 : 1000000, NULL, &error);
    g_assert_cmpint (has_index (store), ==, round == 2);
    if (round == 1)
      g_assert_true (trace_load_finish (load, &n_new, &error));
    if (round == 1)
      g_assert_true (trace_store_commit (store, &error));
    else
      trace_store_roll_back (store);
    g_assert_true (has_index (store));
  }
}

static gboolean
is_in_files (const char *uri, const guint8 key[TRACE_SUBJECT_SIZE])
{
  static const char *const suffixes[] = { "", "-wal" };
  gboolean is_there = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *path = g_strconcat (uri + strlen ("sqlite:"), suffixes[i], NULL);
    g_autofree char *bytes = NULL;
    gsize len = 0;
    g_assert_true (g_file_get_contents (path, &bytes, &len, NULL));
    is_there |= memmem (bytes, len, key, TRACE_SUBJECT_SIZE) != NULL;
  }
  return is_there;
}

// Not even in what is free, or in the log.
static void
test_erases (gconstpointer user_data)
{
  g_autofree char *uri = make_uri ((gpointer) user_data);
  g_autoptr (TraceStore) store = trace_store_case_open (uri);
  g_autoptr (GError) error = NULL;
  TraceArrival arrival = {
    .venue = "v", .zone = "", .arrived_s = 1000, .left_s = 2000, .kiosk = ""
  };
  gboolean is_new = FALSE;
  gint64 n_stays = 0;
  trace_store_case_subject (77, arrival.subject);
  g_assert_true (trace_store_put (store, &arrival, &is_new, &error));
  g_assert_true (is_in_files (uri, arrival.subject));
  g_assert_true (trace_store_retain (store, 5000, &n_stays, &error));
  g_assert_no_error (error);
  g_assert_cmpint (n_stays, ==, 1);
  g_assert_false (is_in_files (uri, arrival.subject));
}

static void
test_damaged (gconstpointer user_data)
{
  const TraceOpenStays open_stays = { TRACE_CASE_NOW_S, 3600 };
  g_autofree char *uri = make_uri ((gpointer) user_data);
  g_autoptr (GError) error = NULL;
  g_assert_true (g_file_set_contents (uri + 7, "This is no database, it is a letter.", -1, NULL));
  g_assert_null (trace_store_open (uri, &open_stays, &error));
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_STORAGE);
}

static guint
get_mode (const char *uri, const char *suffix)
{
  g_autofree char *path = g_strconcat (uri + strlen ("sqlite:"), suffix, NULL);
  GStatBuf facts;
  g_assert_cmpint (g_stat (path, &facts), ==, 0);
  return facts.st_mode & 0777;
}

static void
test_private (gconstpointer user_data)
{
  static const char *const suffixes[] = { "", "-wal", "-shm", ".index" };
  g_autofree char *uri = make_uri ((gpointer) user_data);
  g_autofree char *index = trace_index_path (uri);
  g_autoptr (GError) error = NULL;
  mode_t before = umask (0);
  g_autoptr (TraceStore) store = trace_store_case_open (uri);
  g_assert_true (trace_index_build (store, index, &error));
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    g_assert_cmpuint (get_mode (uri, suffixes[i]), ==, 0600);
  g_assert_cmpint (g_chmod (uri + strlen ("sqlite:"), 0640), ==, 0);
  g_autoptr (TraceStore) again = trace_store_case_open (uri);
  g_assert_cmpuint (get_mode (uri, ""), ==, 0640); // somebody wanted that
  (void) umask (before);                           // cannot fail
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  Folder folder = { g_dir_make_tmp ("tramxanh-store-XXXXXX", NULL), 0 };
  trace_store_cases_add ("sqlite", make_uri, &folder);
  g_test_add_data_func ("/trace/store/sqlite/says-busy", &folder, test_busy);
  g_test_add_data_func ("/trace/store/sqlite/says-full", &folder, test_full);
  g_test_add_data_func ("/trace/store/sqlite/the-index-is-back-after-a-load", &folder,
                        test_index_is_back);
  g_test_add_data_func ("/trace/store/sqlite/erases-what-it-lets-go", &folder, test_erases);
  g_test_add_data_func ("/trace/store/sqlite/refuses-what-is-no-database", &folder, test_damaged);
  g_test_add_data_func ("/trace/store/sqlite/is-for-its-owner-alone", &folder, test_private);
  int status = g_test_run ();
  remove_folder (&folder);
  g_free (folder.folder);
  return status;
}
