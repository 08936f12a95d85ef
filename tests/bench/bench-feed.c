// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Does the door notice the feed? bench-feed [FOLDER]. Visits from call to answer on the main
// thread, with nothing else to do and while the whole journal is sent to a far end on TLS again and
// again, taking turns in one run on one disk. The far end runs in this process, too, and takes its
// share of the processor.

#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>

#include "kiosk/feed/feed-client.h"
#include "tests/kiosk/feed-far-end.h"

#define N_BACKLOG 20000
#define N_ROUNDS  20
#define N_VISITS  900 // of a round

typedef enum { SUBJECT_ALONE, SUBJECT_FEEDING, SUBJECT_RACING, N_SUBJECTS } Subject;

static const char *const names[N_SUBJECTS] = { "no feed", "a backlog, with rests",
                                               "a backlog, without" };

typedef struct {
  JournalStore *store;
  FarEnd *far_end;
  FeedOptions options;
  guint n_visitors;
  gint64 sending_us;
  gint64 times_us[N_SUBJECTS][N_ROUNDS * N_VISITS];
} Bench;

static void
read_clock (gpointer bench, JournalStamp *ret_stamp)
{
  gint64 n = ((const Bench *) bench)->n_visitors;
  *ret_stamp = (JournalStamp){ .boottime_ns = n * G_GINT64_CONSTANT (100000000),
                               .wall_ms = G_GINT64_CONSTANT (1794967200000) + n * 100,
                               .quality = JOURNAL_CLOCK_SYNCED };
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
join (Bench *bench, const char *folder, GError **error)
{
  JournalStamp stamp;
  JournalMembership *membership = &bench->options.membership;
  memcpy (membership->core_key, far_end_get_core_key (bench->far_end), JOURNAL_KEY_SIZE);
  memcpy (membership->pin, far_end_get_pin (bench->far_end), sizeof membership->pin);
  (void) g_strlcpy (membership->url, far_end_get_url (bench->far_end), sizeof membership->url);
  memset (membership->ingest_key, 9, sizeof membership->ingest_key);
  memset (membership->officer_key, 9, sizeof membership->officer_key);
  read_clock (bench, &stamp);
  g_autoptr (JournalJoining) joining = journal_joining_begin (folder, &stamp, error);
  return joining != NULL && journal_joining_finish (joining, membership, error);
}

static gboolean
open_store (Bench *bench, const char *folder)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  JournalStamp stamp;
  bench->far_end = far_end_new (FALSE);
  feed_options_init (&bench->options);
  bench->options.read_clock = read_clock;
  bench->options.clock = bench;
  bench->options.linger_ms = 0;
  bench->options.backoff_min_ms = 1;
  read_clock (bench, &stamp);
  bench->store = journal_store_new (folder, 21, 24);
  if (join (bench, folder, &error)) {
    journal_store_open_async (bench->store, &stamp, NULL, on_ready, &result);
    if (journal_store_open_finish (bench->store, wait_for (&result), &error))
      return TRUE;
  }
  (void) fprintf (stderr, "%s\n", error->message);
  return FALSE;
}

static gint64
arrive (Bench *bench)
{
  g_autoptr (GAsyncResult) result = NULL;
  char *text = g_strdup_printf ("cccd:0791%08u", bench->n_visitors++);
  g_autoptr (GBytes) identity = g_bytes_new_take (text, strlen (text));
  JournalArrival arrival = { .identity = identity, .evidence = JOURNAL_EVIDENCE_QR };
  arrival.zone = "gate";
  read_clock (bench, &arrival.stamp);
  gint64 start_us = g_get_monotonic_time ();
  journal_store_open_visit_async (bench->store, &arrival, NULL, on_ready, &result);
  g_autoptr (JournalCommitted) committed =
      journal_store_open_visit_finish (bench->store, wait_for (&result), NULL);
  return committed != NULL ? g_get_monotonic_time () - start_us : 0;
}

static void
run_round (Bench *bench, Subject subject, guint round)
{
  gint64 start_us = g_get_monotonic_time ();
  FeedClient *client = NULL;
  bench->options.rest_ms = subject == SUBJECT_RACING ? 0 : FEED_REST_MS;
  if (subject != SUBJECT_ALONE)
    client = feed_client_new (bench->store, &bench->options);
  for (guint i = 0; i < N_VISITS; i++) {
    bench->times_us[subject][round * N_VISITS + i] = arrive (bench);
    // Whatever was delivered is wanted again: there is always a backlog.
    if (far_end_get_last (bench->far_end) + 200 > bench->n_visitors)
      far_end_set_mood (bench->far_end, FAR_END_FORGETS, 1);
  }
  if (client == NULL)
    return;
  bench->sending_us += g_get_monotonic_time () - start_us;
  feed_client_stop (client);
  while (feed_client_is_busy (client))
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (client);
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
  guint n = N_ROUNDS * N_VISITS;
  (void) printf ("%-22s %10s %10s %10s %10s\n", "", "median us", "p99 us", "p99.9 us", "max us");
  for (int i = 0; i < N_SUBJECTS; i++) {
    gint64 *times_us = bench->times_us[i];
    qsort (times_us, n, sizeof (gint64), compare);
    (void) printf ("%-22s %10" G_GINT64_FORMAT " %10" G_GINT64_FORMAT " %10" G_GINT64_FORMAT
                   " %10" G_GINT64_FORMAT "\n",
                   names[i], times_us[n / 2], times_us[n * 99 / 100], times_us[n * 999 / 1000],
                   times_us[n - 1]);
  }
}

int
main (int argc, char **argv)
{
  g_autofree char *template =
      g_build_filename (argc > 1 ? argv[1] : g_get_tmp_dir (), "bench-feed-XXXXXX", NULL);
  g_autofree Bench *bench = g_new0 (Bench, 1);
  if (g_mkdtemp (template) == NULL || !open_store (bench, template))
    return 3;
  for (guint i = 0; i < N_BACKLOG; i++)
    (void) arrive (bench);
  for (guint round = 0; round < N_ROUNDS; round++) {
    for (Subject subject = 0; subject < N_SUBJECTS; subject++)
      run_round (bench, subject, round);
  }
  print_table (bench);
  (void) printf ("%u batches in %.1f s of feeding, %u records waiting at first, left in %s\n",
                 far_end_count_requests (bench->far_end), (double) bench->sending_us / 1e6,
                 N_BACKLOG, template);
  g_object_unref (bench->store);
  far_end_free (bench->far_end);
  return 0;
}
