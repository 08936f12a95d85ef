// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How long a visitor waits for the disk: bench-journal [FOLDER]. The store, from call to answer on
// the main thread, beside bare SQLite writers of one row of the same size, with and without
// durability, on the same disk in one run, taking turns.

#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>
#include <sqlite3.h>

#include "kiosk/journal/journal-store.h"

#define N_VISITS 2000
#define ROW_SIZE 640 // bytes: about a visit-open without details

typedef enum { SUBJECT_STORE, SUBJECT_BARE_FULL, SUBJECT_BARE_NORMAL, N_SUBJECTS } Subject;

static const char *const names[N_SUBJECTS] = { "journal store", "bare SQLite, FULL",
                                               "bare SQLite, NORMAL" };

typedef struct {
  JournalStore *store;
  sqlite3 *bare[N_SUBJECTS];
  gint64 times_us[N_SUBJECTS][N_VISITS];
} Bench;

static JournalStamp
stamp_at (guint i)
{
  JournalStamp stamp = { .boottime_ns = i * G_GINT64_CONSTANT (1000000000),
                         .wall_ms = G_GINT64_CONSTANT (1794967200000) + i * 1000,
                         .quality = JOURNAL_CLOCK_SYNCED };
  return stamp;
}

static void
on_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static gboolean
open_store (Bench *bench, const char *folder)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  JournalStamp stamp = stamp_at (0);
  bench->store = journal_store_new (folder, 21, 24);
  journal_store_open_async (bench->store, &stamp, NULL, on_ready, &result);
  if (journal_store_open_finish (bench->store, wait_for (&result), &error))
    return TRUE;
  (void) fprintf (stderr, "%s\n", error->message);
  return FALSE;
}

static gboolean
arrive (Bench *bench, guint i)
{
  g_autoptr (GAsyncResult) result = NULL;
  char *text = g_strdup_printf ("cccd:079190%06u", i);
  g_autoptr (GBytes) identity = g_bytes_new_take (text, strlen (text));
  JournalArrival arrival = {
    .stamp = stamp_at (i), .identity = identity, .evidence = JOURNAL_EVIDENCE_QR, .zone = "gate"
  };
  gint64 start_us = g_get_monotonic_time ();
  journal_store_open_visit_async (bench->store, &arrival, NULL, on_ready, &result);
  g_autoptr (JournalCommitted) committed =
      journal_store_open_visit_finish (bench->store, wait_for (&result), NULL);
  bench->times_us[SUBJECT_STORE][i] = g_get_monotonic_time () - start_us;
  return committed != NULL;
}

static gboolean
open_bare (Bench *bench, Subject subject, const char *folder, const char *synchronous)
{
  g_autofree char *path = g_strdup_printf ("%s/bare-%s.db", folder, synchronous);
  g_autofree char *sql = g_strdup_printf (
      "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;"
      "PRAGMA synchronous = %s; CREATE TABLE t (id INTEGER PRIMARY KEY, body BLOB)",
      synchronous);
  return sqlite3_open (path, &bench->bare[subject]) == SQLITE_OK &&
         sqlite3_exec (bench->bare[subject], sql, NULL, NULL, NULL) == SQLITE_OK;
}

static gboolean
insert (Bench *bench, Subject subject, guint i)
{
  g_autofree char *sql =
      g_strdup_printf ("INSERT INTO t (body) VALUES (randomblob (%d))", ROW_SIZE);
  gint64 start_us = g_get_monotonic_time ();
  int rc = sqlite3_exec (bench->bare[subject], sql, NULL, NULL, NULL);
  bench->times_us[subject][i] = g_get_monotonic_time () - start_us;
  return rc == SQLITE_OK;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;
  return x < y ? -1 : x > y;
}

static void
print_table (Bench *bench)
{
  for (int i = 0; i < N_SUBJECTS; i++)
    qsort (bench->times_us[i], N_VISITS, sizeof (gint64), compare);
  double median_us = (double) bench->times_us[SUBJECT_BARE_FULL][N_VISITS / 2];
  double p99_us = (double) bench->times_us[SUBJECT_BARE_FULL][N_VISITS * 99 / 100];
  (void) printf ("%-20s %10s %10s %10s %8s %8s\n", "", "median us", "p99 us", "max us", "median",
                 "p99");
  for (int i = 0; i < N_SUBJECTS; i++) {
    const gint64 *times_us = bench->times_us[i];
    (void) printf ("%-20s %10" G_GINT64_FORMAT " %10" G_GINT64_FORMAT " %10" G_GINT64_FORMAT
                   " %7.2fx %7.2fx\n",
                   names[i], times_us[N_VISITS / 2], times_us[N_VISITS * 99 / 100],
                   times_us[N_VISITS - 1], (double) times_us[N_VISITS / 2] / median_us,
                   (double) times_us[N_VISITS * 99 / 100] / p99_us);
  }
}

int
main (int argc, char **argv)
{
  g_autofree char *template =
      g_build_filename (argc > 1 ? argv[1] : g_get_tmp_dir (), "bench-journal-XXXXXX", NULL);
  g_autofree Bench *bench = g_new0 (Bench, 1);
  if (g_mkdtemp (template) == NULL || !open_store (bench, template) ||
      !open_bare (bench, SUBJECT_BARE_FULL, template, "FULL") ||
      !open_bare (bench, SUBJECT_BARE_NORMAL, template, "NORMAL"))
    return 3;
  for (guint i = 0; i < N_VISITS; i++) {
    if (!arrive (bench, i) || !insert (bench, SUBJECT_BARE_FULL, i) ||
        !insert (bench, SUBJECT_BARE_NORMAL, i))
      return 3;
  }
  print_table (bench);
  (void) printf ("%d visits each, left in %s\n", N_VISITS, template);
  (void) sqlite3_close (bench->bare[SUBJECT_BARE_FULL]);   // measured already
  (void) sqlite3_close (bench->bare[SUBJECT_BARE_NORMAL]); // measured already
  g_object_unref (bench->store);
  return 0;
}
