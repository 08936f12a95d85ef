// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The store in a real PostgreSQL, and what only that has: several who write at once, connections
// that are lost.

#include <stdio.h>
#include <string.h>

#include "trace-postgres.h"
#include "trace-store-cases.h"

#define N_WRITERS 4
#define N_BATCHES 12
#define N_BATCH   60
#define T         900000000

typedef struct {
  TracePostgres *postgres;
  guint n_databases;
} Server;

static char *
make_uri (gpointer user_data)
{
  Server *server = user_data;
  g_autofree char *name = g_strdup_printf ("case%u", ++server->n_databases);
  g_autofree char *conninfo = trace_postgres_make_database (server->postgres, name);
  return g_strconcat ("postgres:", conninfo, NULL);
}

typedef struct {
  const char *uri;
  guint number;
} Writer;

// Everybody meets the same people at the same places for the first time, in another order, and
// some of them are staff; what was recorded is each one's own.
static gpointer
write_worker (gpointer user_data)
{
  const Writer *writer = user_data;
  g_autoptr (GRand) random = g_rand_new_with_seed (writer->number);
  g_autoptr (TraceStore) store = trace_store_case_open (writer->uri);
  g_autofree char *kiosk = g_strdup_printf ("k%u", writer->number);
  for (guint batch = 0; batch < N_BATCHES; batch++) {
    TraceArrival arrivals[N_BATCH];
    char venues[N_BATCH][8];
    g_autoptr (GError) error = NULL;
    gint64 n_new = 0;
    for (guint i = 0; i < N_BATCH; i++) {
      guint who = (guint) g_rand_int_range (random, 0, 200);
      (void) snprintf (venues[i], sizeof venues[i], "v%d", g_rand_int_range (random, 0, 50));
      arrivals[i] =
          (TraceArrival){ .venue = venues[i],
                          .zone = "",
                          .arrived_s = T + g_rand_int_range (random, 0, 30) * 86400,
                          .evidence = who % 10 == 0 ? TRACE_EVIDENCE_STAFF : TRACE_EVIDENCE_QR,
                          .kiosk = kiosk,
                          .seq = batch * N_BATCH + i + 1 };
      arrivals[i].left_s = arrivals[i].arrived_s + 60 + i * batch;
      trace_store_case_subject (who, arrivals[i].subject);
    }
    g_assert_true (trace_store_begin (store, &error));
    if (writer->number % 2 == 0)
      (void) trace_store_put_many (store, arrivals, N_BATCH, &n_new, &error);
    else
      for (guint i = 0; i < N_BATCH; i++) {
        gboolean is_new = FALSE;
        g_assert_no_error (error);
        (void) trace_store_put (store, &arrivals[i], &is_new, &error);
      }
    g_assert_no_error (error);
    (void) trace_store_commit (store, &error);
    g_assert_no_error (error);
  }
  return NULL;
}

static void
test_several_writers (gconstpointer user_data)
{
  g_autofree char *uri = make_uri ((gpointer) user_data);
  GThread *threads[N_WRITERS];
  Writer writers[N_WRITERS];
  for (guint i = 0; i < N_WRITERS; i++) {
    writers[i] = (Writer){ uri, i };
    threads[i] = g_thread_new ("writer", write_worker, &writers[i]);
  }
  for (guint i = 0; i < N_WRITERS; i++)
    g_thread_join (threads[i]);
  g_autofree char *counts = trace_postgres_ask (
      uri + strlen ("postgres:"),
      "SELECT (SELECT count (*) FROM stay) || ' ' || (SELECT count (*) FROM subject) || ' ' ||"
      " (SELECT count (*) FROM place) || ' ' || (SELECT count (*) FROM source) || ' ' ||"
      " (SELECT count (*) FROM subject WHERE is_staff = 1) || ' ' ||"
      " (SELECT count (*) FROM pg_inherits WHERE inhparent = 'stay'::regclass)");
  g_assert_cmpstr (counts, ==, "2880 200 50 4 20 30");
}

static void
test_lost_connection (gconstpointer user_data)
{
  const Server *server = user_data;
  g_autofree char *uri = make_uri ((gpointer) user_data);
  g_autoptr (GError) error = NULL;
  TraceArrival arrival = { .venue = "v", .zone = "", .arrived_s = T, .left_s = T + 1, .kiosk = "" };
  gboolean is_new = FALSE;
  g_autoptr (TraceStore) store = trace_store_case_open (uri);
  g_assert_true (trace_store_put (store, &arrival, &is_new, &error));
  g_assert_true (trace_store_begin (store, &error));
  arrival.arrived_s++;
  arrival.left_s++;
  g_assert_true (trace_store_put (store, &arrival, &is_new, &error));
  trace_postgres_kill (server->postgres);
  g_assert_false (trace_store_commit (store, &error));
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_BUSY);
  trace_store_roll_back (store);
  g_clear_error (&error);
  const TraceOpenStays open_stays = { TRACE_CASE_NOW_S, 3600 };
  g_assert_null (trace_store_open (uri, &open_stays, &error));
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_BUSY);
  g_clear_error (&error);
  trace_postgres_start_again (server->postgres);
  g_autoptr (TraceStore) again = trace_store_case_open (uri);
  TraceStats stats = { 0 };
  g_assert_true (trace_store_count (again, &stats, &error));
  g_assert_cmpint (stats.n_stays, ==, 1);
}

static void
test_conflict (gconstpointer user_data)
{
  g_autofree char *uri = make_uri ((gpointer) user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (TraceStore) store = trace_store_case_open (uri);
  g_autoptr (TraceStore) other = trace_store_case_open (uri);
  TraceDb *db = trace_store_get_db (store), *other_db = trace_store_get_db (other);
  const char sql[] = "UPDATE bound SET slack_s = slack_s + 1";
  g_assert_true (trace_db_run_script (db, "BEGIN ISOLATION LEVEL REPEATABLE READ;", &error));
  g_assert_true (trace_db_run (db, "SELECT 1 FROM bound", TRACE_NO_VALUES, NULL, &error));
  g_assert_true (trace_db_run (other_db, sql, TRACE_NO_VALUES, NULL, &error));
  g_assert_false (trace_db_run (db, sql, TRACE_NO_VALUES, NULL, &error));
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_false (trace_db_commit (db, &error)); // a failure is not a success at the end
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_STORAGE);
}

// A question opens the tables of the days that it is about, and there an index.
static void
assert_plan (const char *conninfo, const char *question, const char *index)
{
  g_autofree char *sql =
      g_strdup_printf ("SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off;"
                       "PREPARE question (bigint, bigint, bigint) AS %s;"
                       "EXPLAIN (COSTS OFF) EXECUTE question (1, %d, %d);",
                       question, T, T + 3600);
  g_autofree char *plan = trace_postgres_ask (conninfo, sql);
  g_test_message ("%s", plan);
  g_assert_nonnull (strstr (plan, "Subplans Removed: 29"));
  g_assert_nonnull (strstr (plan, index));
}

static void
test_plans (gconstpointer user_data)
{
  g_autofree char *uri = make_uri ((gpointer) user_data);
  const char *conninfo = uri + strlen ("postgres:");
  const Writer writer = { uri, 0 };
  (void) write_worker ((gpointer) &writer); // 30 days
  assert_plan (conninfo,
               "SELECT * FROM stay WHERE place = $1 AND arrived_s > $2 AND arrived_s < $3",
               "_pkey");
  assert_plan (conninfo,
               "SELECT * FROM stay_by_subject WHERE subject = $1 AND arrived_s > $2"
               " AND arrived_s < $3",
               "_subject_idx");
}

static void
test_wrong_conninfo (gconstpointer unused)
{
  const TraceOpenStays open_stays = { TRACE_CASE_NOW_S, 3600 };
  g_autoptr (GError) error = NULL;
  g_assert_null (trace_store_open ("postgres:colour=green", &open_stays, &error));
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_INPUT);
}

static void
test_numbers (gconstpointer user_data)
{
  static const struct {
    const char *sql;
    gint64 number;
  } cases[] = {
    { "SELECT 7::smallint", 7 },
    { "SELECT (-7)::integer", -7 },
    { "SELECT 4000000000", 4000000000 },
    { "SELECT true", 1 },
    { "SELECT sum (n) FROM (VALUES (30000000000), (12345)) AS t (n)", 30000012345 },
    { "SELECT sum (n) FROM (VALUES (0::bigint), (-20000)) AS t (n)", -20000 },
    { "SELECT sum (n) FROM (VALUES (0::bigint)) AS t (n)", 0 },
    { "SELECT 100000000::numeric", 100000000 },
    { "SELECT 9.99::numeric", 9 },
    { "SELECT NULL::bigint", 0 },
    { "SELECT 1 WHERE false", 42 },
  };
  g_autofree char *uri = make_uri ((gpointer) user_data);
  g_autoptr (TraceStore) store = trace_store_case_open (uri);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    gint64 number = 1;
    g_assert_true (trace_db_query_int (trace_store_get_db (store), cases[i].sql, TRACE_NO_VALUES,
                                       42, &number, &error));
    g_assert_cmpint (number, ==, cases[i].number);
  }
}

#define N_DAYS 800

static void
restart (const Server *server, const char *conninfo, const char *setting)
{
  trace_postgres_run (conninfo, setting);
  trace_postgres_kill (server->postgres);
  trace_postgres_start_again (server->postgres);
}

// A store of more days than its server has locks for, as one of before the limit may be.
static void
test_more_days_than_locks (gconstpointer user_data)
{
  const Server *server = user_data;
  g_autofree char *uri = make_uri ((gpointer) user_data);
  const char *conninfo = uri + strlen ("postgres:");
  g_autoptr (GError) error = NULL;
  TraceStats stats = { 0 };
  gint64 n_stays = 0, to_s = T + (gint64) N_DAYS * 86400;
  g_autoptr (TraceStore) made = trace_store_case_open (uri);
  trace_postgres_run (conninfo, "CREATE OR REPLACE FUNCTION stay_days_max () RETURNS bigint"
                                " LANGUAGE sql AS 'SELECT 4000::bigint'");
  for (guint i = 0; i < N_DAYS; i++) {
    TraceArrival arrival = { .venue = "v", .zone = "", .kiosk = "" };
    gboolean is_new = FALSE;
    arrival.arrived_s = T + (gint64) i * 86400;
    arrival.left_s = arrival.arrived_s + 60;
    (void) trace_store_put (made, &arrival, &is_new, &error);
    g_assert_no_error (error);
  }
  g_clear_pointer (&made, trace_store_close);
  restart (server, conninfo, "ALTER SYSTEM SET max_locks_per_transaction = 10");
  g_autoptr (TraceStore) store = trace_store_case_open (uri);
  g_assert_false (trace_store_count (store, &stats, &error)); // so it is stuck
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_BUSY);
  g_clear_error (&error);
  (void) trace_store_retain (store, to_s - 30 * 86400, &n_stays, &error);
  g_assert_no_error (error);
  g_assert_cmpint (n_stays, ==, N_DAYS - 30); // T is in the midst of a day
  g_assert_true (trace_store_count (store, &stats, &error));
  g_assert_cmpint (stats.n_stays, ==, 30);
  g_clear_pointer (&store, trace_store_close);
  restart (server, conninfo, "ALTER SYSTEM RESET max_locks_per_transaction");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_autofree char *why = NULL;
  Server server = { trace_postgres_start (&why), 0 };
  if (server.postgres == NULL) {
    (void) printf ("skipped: %s\n", why);
    return 77;
  }
  trace_store_cases_add ("postgres", make_uri, &server);
#define ADD(name, func) g_test_add_data_func ("/trace/store/postgres/" name, &server, func)
  ADD ("several-write-at-once", test_several_writers);
  ADD ("says-busy-when-the-connection-is-lost", test_lost_connection);
  ADD ("says-busy-when-transactions-conflict", test_conflict);
  ADD ("a-question-opens-the-days-that-it-needs", test_plans);
  ADD ("more-days-than-locks-can-be-let-go", test_more_days_than_locks);
  ADD ("refuses-a-wrong-conninfo", test_wrong_conninfo);
  ADD ("reads-every-kind-of-number", test_numbers);
  int status = g_test_run ();
  trace_postgres_stop (server.postgres);
  return status;
}
