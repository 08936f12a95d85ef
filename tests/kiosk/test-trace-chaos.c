// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Exactly once, whatever happens between a kiosk and its core: a bad line, a core that is killed at
// any moment. What the core holds in the end is what the kiosks recorded.

#include <stdio.h>
#include <string.h>

#include <curl/curl.h>

#include "tests/kiosk/trace-chaos-line.h"
#include "tests/kiosk/trace-postgres.h"
#include "tests/kiosk/trace-serve.h"

#define N_KIOSKS   20
#define N_RECORDS  100
#define N_KILLS    40
#define N_FAILURES 4
#define HARM       30
#define PLAIN      "behind-proxy = yes\nconnections = 200\n"

typedef struct {
  const Serve *serve; // as it is called by the kiosk
  TestKiosk *kiosk;
  const FeedWelcome *welcome;
  guint32 seed;
  guint n_asked, n_again;
} Stream;

static void
fill (TestKiosk *kiosk, guint n)
{
  gint64 begin_ms = g_get_real_time () / 1000 - 3600000;
  for (guint i = 0; kiosk->seq < n; i++) {
    g_autofree char *who = g_strdup_printf ("code:%02x-%u", kiosk->seed[0], i);
    JournalStamp at = test_stamp (1, begin_ms, 1000 + i, JOURNAL_CLOCK_SYNCED);
    guint64 visit = test_kiosk_arrive (kiosk, &at, who);
    if (i % 3 == 0 && kiosk->seq < n)
      test_kiosk_leave (kiosk, &at, visit);
  }
}

// The kiosk's side as feed-wire.h has it: the oldest that no receipt is held for, again and again.
static guint64
send_once (Stream *stream, guint64 delivered, GRand *rand)
{
  g_auto (Answer) answer = { 0 };
  FeedReceipt receipt;
  guint64 n = (guint64) g_rand_int_range (rand, 1, 20);
  guint64 last = MIN (stream->kiosk->seq, delivered + n);
  serve_feed (stream->serve, stream->kiosk, delivered + 1, last, NULL, &answer);
  stream->n_asked++;
  if (answer.status == 200 &&
      feed_receipt_read (answer.body->data, answer.body->len, stream->welcome->core_key,
                         &receipt) &&
      receipt.last == last)
    return last;
  g_assert_true (answer.status == 0 || answer.status == 200 || answer.status == 503);
  stream->n_again++;
  return delivered;
}

// A code is good for this kiosk until it has heard the welcome.
static TestKiosk *
join (Stream *stream, guint8 number, const FeedCode *code, FeedWelcome *ret_welcome)
{
  for (;;) {
    g_auto (Answer) answer = { 0 };
    stream->n_asked++;
    serve_ask_to_join (stream->serve, number, code, NULL, &answer);
    if (answer.status == 200 && answer.body->len == FEED_WELCOME_SIZE)
      return serve_take_welcome (number, &answer, ret_welcome);
    g_assert_true (answer.status == 0 || answer.status == 200);
    stream->n_again++;
  }
}

static gpointer
feed_worker (gpointer user_data)
{
  Stream *stream = user_data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (stream->seed);
  for (guint64 delivered = 0; delivered < stream->kiosk->seq;)
    delivered = send_once (stream, delivered, rand);
  return NULL;
}

// Every record once, in its place: as many stays as visits, every hash that of the kiosk.
static void
check_kiosk (TraceStore *store, const TestKiosk *kiosk)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) held = g_byte_array_new ();
  TraceDb *db = trace_store_get_db (store);
  gint64 next = 1;
  g_autoptr (TraceRows) rows =
      trace_db_query (db,
                      "SELECT r.first, r.last, r.hashes FROM run r JOIN stream s ON s.id = r.stream"
                      " WHERE s.kiosk = $1 ORDER BY r.first",
                      TRACE_VALUES (TRACE_BYTES (kiosk->origin.kiosk, JOURNAL_ID_SIZE)), &error);
  while (trace_rows_next (rows, &error)) {
    gsize len = 0;
    const guint8 *hashes = trace_rows_get_bytes (rows, 2, &len);
    g_assert_cmpint (trace_rows_get_int (rows, 0), ==, next);
    next = trace_rows_get_int (rows, 1) + 1;
    g_byte_array_append (held, hashes, (guint) len);
  }
  g_assert_no_error (error);
  g_assert_cmpuint (held->len, ==, kiosk->seq * JOURNAL_HASH_SIZE);
  for (guint i = 0; i < kiosk->seq; i++)
    g_assert_cmpmem (held->data + i * JOURNAL_HASH_SIZE, JOURNAL_HASH_SIZE,
                     g_array_index (kiosk->hashes, JournalRecord, i).hash, JOURNAL_HASH_SIZE);
}

static guint
count_visits (const TestKiosk *kiosk)
{
  guint n = 0;
  for (guint i = 0; i < kiosk->hashes->len; i++)
    n += g_array_index (kiosk->hashes, JournalRecord, i).kind == JOURNAL_KIND_VISIT_OPEN;
  return n;
}

static void
check_all (const Serve *serve, TestKiosk **kiosks, guint n_kiosks)
{
  g_autoptr (TraceStore) store = serve_open_store (serve);
  guint n_visits = 0;
  for (guint i = 0; i < n_kiosks; i++) {
    check_kiosk (store, kiosks[i]);
    n_visits += count_visits (kiosks[i]);
  }
  g_clear_pointer (&store, trace_store_close);
  g_assert_cmpint (serve_ask (serve, "SELECT count (*) FROM stay"), ==, n_visits);
  g_assert_cmpint (serve_ask (serve, "SELECT count (*) FROM quarantine"), ==, 0);
  g_assert_cmpint (serve_ask (serve, "SELECT count (*) FROM incident"), ==, 0);
}

static void
run_bad_line (Serve *serve)
{
  TestKiosk *kiosks[N_KIOSKS];
  FeedWelcome welcome;
  Stream streams[N_KIOSKS];
  GThread *threads[N_KIOSKS];
  guint n_asked = 0, n_again = 0, n_joined_again = 0;
  ChaosLine *line = chaos_line_start (serve->port, HARM, 30);
  Serve called = *serve;
  called.port = chaos_line_get_port (line);
  for (guint i = 0; i < N_KIOSKS; i++) {
    FeedCode code;
    serve_offer (serve, "v", &code);
    streams[i] = (Stream){ &called, NULL, &welcome, i, 0, 0 };
    streams[i].kiosk = kiosks[i] = join (&streams[i], (guint8) (i + 1), &code, &welcome);
    fill (kiosks[i], N_RECORDS);
    n_joined_again += streams[i].n_again;
  }
  g_assert_cmpuint (n_joined_again, >, 0);
  g_assert_cmpint (serve_ask (serve, "SELECT count (*) FROM kiosk"), ==, N_KIOSKS);
  for (guint i = 0; i < N_KIOSKS; i++)
    threads[i] = g_thread_new ("kiosk", feed_worker, &streams[i]);
  for (guint i = 0; i < N_KIOSKS; i++) {
    g_thread_join (threads[i]);
    n_asked += streams[i].n_asked;
    n_again += streams[i].n_again;
  }
  g_test_message ("%u asked, %u again, %u of them to join; %u exchanges harmed", n_asked, n_again,
                  n_joined_again, chaos_line_count_harm (line));
  g_assert_cmpuint (n_again * 100, >, n_asked * 10);
  chaos_line_stop (line);
  check_all (serve, kiosks, N_KIOSKS);
  for (guint i = 0; i < N_KIOSKS; i++)
    test_kiosk_free (kiosks[i]);
}

static void
test_survives_a_bad_line (void)
{
  Serve serve;
  serve_init (&serve);
  serve_start (&serve, PLAIN);
  run_bad_line (&serve);
  serve_clear (&serve);
}

static void
test_survives_a_bad_line_on_postgres (void)
{
  g_autofree char *why = NULL;
  TracePostgres *postgres = trace_postgres_start (&why);
  if (postgres == NULL) {
    g_test_skip (why);
    return;
  }
  Serve serve;
  serve_init (&serve);
  g_autofree char *conninfo = trace_postgres_make_database (postgres, "chaos");
  g_autofree char *config = g_strdup_printf (PLAIN "keys = %s/core.db.keys\n", serve.folder);
  g_free (serve.store);
  serve.store = g_strconcat ("postgres:", conninfo, NULL);
  serve_start (&serve, config);
  run_bad_line (&serve);
  serve_clear (&serve);
  trace_postgres_stop (postgres);
}

// H59: the database goes and comes back, in the middle of whatever.
static void
test_survives_its_database (void)
{
  g_autofree char *why = NULL;
  TracePostgres *postgres = trace_postgres_start (&why);
  if (postgres == NULL) {
    g_test_skip (why);
    return;
  }
  Serve serve;
  FeedCode code;
  FeedWelcome welcome;
  serve_init (&serve);
  g_autofree char *conninfo = trace_postgres_make_database (postgres, "failing");
  g_autofree char *config = g_strdup_printf (PLAIN "keys = %s/core.db.keys\n", serve.folder);
  g_free (serve.store);
  serve.store = g_strconcat ("postgres:", conninfo, NULL);
  serve_start (&serve, config);
  serve_offer (&serve, "v", &code);
  g_autoptr (TestKiosk) kiosk = serve_join (&serve, 1, &code, &welcome);
  fill (kiosk, 1500);
  Stream stream = { &serve, kiosk, &welcome, 1, 0, 0 };
  GThread *feeder = g_thread_new ("kiosk", feed_worker, &stream);
  g_autoptr (GRand) rand = g_rand_new_with_seed (59);
  for (guint i = 0; i < N_FAILURES; i++) {
    g_usleep ((gulong) g_rand_int_range (rand, 100000, 400000)); // when is what the test varies
    trace_postgres_kill (postgres);
    trace_postgres_start_again (postgres);
  }
  g_thread_join (feeder);
  g_test_message ("%u batches asked, %u again", stream.n_asked, stream.n_again);
  g_assert_cmpuint (stream.n_again, >, 0);
  check_all (&serve, (TestKiosk *[]){ kiosk }, 1);
  serve_clear (&serve);
  trace_postgres_stop (postgres);
}

// Killed and started again all the while: between a commit and its answer, in the middle of either.
static void
test_survives_being_killed (void)
{
  Serve serve;
  FeedCode code;
  FeedWelcome welcome;
  serve_init (&serve);
  serve_start (&serve, PLAIN);
  serve_offer (&serve, "v", &code);
  g_autoptr (TestKiosk) kiosk = serve_join (&serve, 1, &code, &welcome);
  fill (kiosk, 2000);
  Stream stream = { &serve, kiosk, &welcome, 1, 0, 0 };
  GThread *feeder = g_thread_new ("kiosk", feed_worker, &stream);
  g_autoptr (GRand) rand = g_rand_new_with_seed (9);
  for (guint i = 0; i < N_KILLS; i++) {
    g_usleep ((gulong) g_rand_int_range (rand, 1000, 60000)); // when is what the test varies
    serve_kill (&serve);
    serve_start (&serve, PLAIN);
  }
  g_thread_join (feeder);
  g_test_message ("%u batches asked, %u again", stream.n_asked, stream.n_again);
  g_assert_cmpuint (stream.n_again, >, 0);
  check_all (&serve, (TestKiosk *[]){ kiosk }, 1);
  serve_clear (&serve);
}

// What is held is held: the core commits, is killed before it could say so, and is asked again.
static void
test_answers_again_what_it_committed (void)
{
  Serve serve;
  FeedCode code;
  FeedWelcome welcome;
  serve_init (&serve);
  serve_start (&serve, PLAIN);
  serve_offer (&serve, "v", &code);
  g_autoptr (TestKiosk) kiosk = serve_join (&serve, 1, &code, &welcome);
  fill (kiosk, 100);
  g_auto (Answer) first = { 0 }, again = { 0 };
  serve_feed (&serve, kiosk, 1, 100, NULL, &first); // nobody hears this one
  serve_kill (&serve);
  serve_start (&serve, PLAIN);
  serve_feed (&serve, kiosk, 1, 100, NULL, &again);
  g_assert_cmpint (again.status, ==, 200);
  g_assert_cmpmem (first.body->data, first.body->len, again.body->data, again.body->len);
  check_all (&serve, (TestKiosk *[]){ kiosk }, 1);
  serve_clear (&serve);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  curl_global_init (CURL_GLOBAL_DEFAULT);
  g_test_add_func ("/trace/chaos/survives-a-bad-line", test_survives_a_bad_line);
  g_test_add_func ("/trace/chaos/survives-a-bad-line-on-postgres",
                   test_survives_a_bad_line_on_postgres);
  g_test_add_func ("/trace/chaos/survives-its-database", test_survives_its_database);
  g_test_add_func ("/trace/chaos/survives-being-killed", test_survives_being_killed);
  g_test_add_func ("/trace/chaos/answers-again-what-it-committed",
                   test_answers_again_what_it_committed);
  return g_test_run ();
}
