// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Many kiosks at one core: bench-core [KIOSKS] [RECORDS] [BATCH]. The real server over TLS on
// loopback, each batch a connection of its own, as after a quarter of an hour's silence; as many at
// once as callers. Visits that open and close.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#include <unistd.h>

#include "kiosk/trace/trace-kiosks.h"
#include "tests/kiosk/trace-serve.h"

#define N_CALLERS 16

typedef struct {
  Serve serve;
  GPtrArray *kiosks; // of TestKiosk
  guint n_batch;
  GAsyncQueue *turns; // of numbers of kiosks, from 1
  GMutex mutex;
  GArray *times_us; // of gint64
} Bench;

static void
join_all (Bench *bench, guint n_kiosks, guint n_records)
{
  g_autoptr (TraceStore) store = serve_open_store (&bench->serve);
  TraceDb *db = trace_store_get_db (store);
  gint64 now_ms = g_get_real_time () / 1000;
  FeedCode code;
  FeedWelcome welcome;
  serve_offer (&bench->serve, "v0", &code);
  g_ptr_array_add (bench->kiosks, serve_join (&bench->serve, 1, &code, &welcome));
  for (guint i = 1; i < n_kiosks; i++) {
    JournalStamp stamp = test_stamp (1, now_ms - 3600000, 1000, JOURNAL_CLOCK_SYNCED);
    TestKiosk *kiosk = test_kiosk_new (i + 1, 1, welcome.ingest_key, &stamp);
    g_autofree char *venue = g_strdup_printf ("v%u", i);
    FeedEnrolment enrolment;
    TraceAdmission admission;
    memcpy (enrolment.kiosk_key, kiosk->key, sizeof enrolment.kiosk_key);
    g_assert_true (trace_enrolment_offer (db, venue, "z", "p", now_ms, enrolment.token, NULL));
    g_assert_true (trace_enrolment_use (db, &enrolment, now_ms, &welcome, &admission, NULL));
    g_ptr_array_add (bench->kiosks, kiosk);
  }
  for (guint i = 0; i < n_kiosks; i++) {
    TestKiosk *kiosk = g_ptr_array_index (bench->kiosks, i);
    for (guint n = 0; kiosk->seq < n_records; n++) {
      g_autofree char *who = g_strdup_printf ("code:%u-%u", i, n);
      JournalStamp at = test_stamp (1, now_ms - 3600000, 2000 + n, JOURNAL_CLOCK_SYNCED);
      guint64 visit = test_kiosk_arrive (kiosk, &at, who);
      test_kiosk_leave (kiosk, &at, visit);
    }
  }
}

static gpointer
call_worker (gpointer user_data)
{
  Bench *bench = user_data;
  gpointer turn = NULL;
  while ((turn = g_async_queue_try_pop (bench->turns)) != NULL) {
    TestKiosk *kiosk = g_ptr_array_index (bench->kiosks, GPOINTER_TO_UINT (turn) - 1);
    for (guint64 first = 1; first <= kiosk->seq; first += bench->n_batch) {
      g_auto (Answer) answer = { 0 };
      gint64 began_us = g_get_monotonic_time ();
      serve_feed (&bench->serve, kiosk, first, MIN (kiosk->seq, first + bench->n_batch - 1), "zstd",
                  &answer);
      gint64 took_us = g_get_monotonic_time () - began_us;
      g_assert_cmpint (answer.status, ==, 200);
      g_mutex_lock (&bench->mutex);
      g_array_append_val (bench->times_us, took_us);
      g_mutex_unlock (&bench->mutex);
    }
  }
  return NULL;
}

// User and system time of the server so far.
static double
read_cpu_s (const Serve *serve)
{
  g_autofree char *path =
      g_strdup_printf ("/proc/%s/stat", g_subprocess_get_identifier (serve->child));
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_auto (GStrv) fields = g_strsplit (strrchr (text, ')') + 2, " ", -1);
  return (g_ascii_strtod (fields[11], NULL) + g_ascii_strtod (fields[12], NULL)) /
         (double) sysconf (_SC_CLK_TCK);
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *) a, other = *(const gint64 *) b;
  return (one > other) - (one < other);
}

static double
percentile_ms (GArray *times_us, guint percent)
{
  return (double) g_array_index (times_us, gint64, (times_us->len - 1) * percent / 100) / 1000;
}

static void
run (Bench *bench)
{
  GThread *callers[N_CALLERS];
  double cpu_s = read_cpu_s (&bench->serve);
  gint64 began_us = g_get_monotonic_time ();
  for (guint i = 1; i <= bench->kiosks->len; i++)
    g_async_queue_push (bench->turns, GUINT_TO_POINTER (i));
  for (guint i = 0; i < N_CALLERS; i++)
    callers[i] = g_thread_new ("caller", call_worker, bench);
  for (guint i = 0; i < N_CALLERS; i++)
    g_thread_join (callers[i]);
  double took_s = (double) (g_get_monotonic_time () - began_us) / G_USEC_PER_SEC;
  cpu_s = read_cpu_s (&bench->serve) - cpu_s;
  gint64 n_records = serve_ask (&bench->serve, "SELECT sum (last) FROM stream");
  g_array_sort (bench->times_us, compare_times);
  (void) printf ("%u kiosks, %" G_GINT64_FORMAT " records in %u batches: %.1f s, %.0f records/s, "
                 "p50 %.1f ms, p99 %.1f ms a batch, server %.0f us of CPU a record\n",
                 bench->kiosks->len, n_records, bench->times_us->len, took_s,
                 (double) n_records / took_s, percentile_ms (bench->times_us, 50),
                 percentile_ms (bench->times_us, 99), cpu_s * 1e6 / (double) n_records);
}

int
main (int argc, char **argv)
{
  guint n_kiosks = argc > 1 ? (guint) strtoul (argv[1], NULL, 10) : 500;
  guint n_records = argc > 2 ? (guint) strtoul (argv[2], NULL, 10) : 200;
  Bench bench = { .n_batch = argc > 3 ? (guint) strtoul (argv[3], NULL, 10) : 100 };
  curl_global_init (CURL_GLOBAL_DEFAULT);
  serve_init (&bench.serve);
  serve_start (&bench.serve, "connections-per-address = 0\n");
  bench.kiosks = g_ptr_array_new_with_free_func ((GDestroyNotify) test_kiosk_free);
  bench.turns = g_async_queue_new ();
  bench.times_us = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_mutex_init (&bench.mutex);
  join_all (&bench, n_kiosks, n_records);
  run (&bench);
  g_array_unref (bench.times_us);
  g_async_queue_unref (bench.turns);
  g_ptr_array_unref (bench.kiosks);
  serve_clear (&bench.serve);
  return 0;
}
