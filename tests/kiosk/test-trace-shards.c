// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A nation on three PostgreSQLs gives the answers that one gives, and asks one shard for each
// question.

#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kiosk/trace/trace-load.h"
#include "kiosk/trace/trace-report.h"
#include "trace-postgres.h"
#include "trace-store-cases.h"

#define N_SHARDS   3
#define N_STAYS    6000
#define N_SUBJECTS 700
#define N_VENUES   90
#define T          900000000
#define DAY_S      86400

typedef struct {
  TracePostgres *shards[N_SHARDS];
  char *core, *nation; // how libpq reaches them
} Fixture;

// @variables: "NAME=TEXT", …, NULL.
static void
run_psql (const char *conninfo, const char *script, char *const *variables)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (TX_SOURCE_DIR, "kiosk/trace", script, NULL);
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();
  g_strv_builder_add_many (argv, "psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", "-d", conninfo, "-f",
                           path, NULL);
  for (gsize i = 0; variables != NULL && variables[i] != NULL; i++)
    g_strv_builder_add_many (argv, "-v", variables[i], NULL);
  g_auto (GStrv) all = g_strv_builder_end (argv);
  g_autoptr (GSubprocess) child =
      g_subprocess_newv ((const char *const *) all, G_SUBPROCESS_FLAGS_NONE, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (child, NULL, &error));
}

static TraceStore *
open_store (const char *conninfo)
{
  g_autofree char *uri = g_strconcat ("postgres:", conninfo, NULL);
  return trace_store_case_open (uri);
}

static void
fill_core (const char *conninfo)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (11);
  g_autoptr (GError) error = NULL;
  g_autoptr (TraceStore) store = open_store (conninfo);
  gint64 n_new = 0;
  g_assert_true (trace_store_begin (store, &error));
  g_autoptr (TraceLoad) load = trace_load_new (store, 0, NULL, &error);
  for (guint i = 0; i < N_STAYS; i++) {
    char venue[16];
    (void) snprintf (venue, sizeof venue, "v%d", g_rand_int_range (random, 0, N_VENUES));
    TraceArrival arrival = { .venue = venue, .zone = "", .kiosk = venue, .seq = i + 1 };
    arrival.arrived_s = T + g_rand_int_range (random, 0, 4 * DAY_S);
    arrival.left_s =
        i % 50 == 0 ? TRACE_OPEN_S : arrival.arrived_s + g_rand_int_range (random, 300, 7200);
    arrival.evidence = i % 200 == 0 ? TRACE_EVIDENCE_STAFF : TRACE_EVIDENCE_QR;
    arrival.slack_s = i % 70 == 0 ? 120 : 0;
    trace_store_case_subject ((guint) g_rand_int_range (random, 0, N_SUBJECTS), arrival.subject);
    g_assert_true (trace_load_add (load, &arrival, &error));
  }
  g_assert_true (trace_load_finish (load, &n_new, &error));
  g_assert_true (trace_store_commit (store, &error));
  g_assert_cmpint (n_new, ==, N_STAYS);
}

static void
make_nation (const Fixture *fixture)
{
  g_autoptr (GStrvBuilder) variables = g_strv_builder_new ();
  g_strv_builder_add (variables, "user=tracer");
  for (guint i = 0; i < N_SHARDS; i++) {
    g_autofree char *host =
        g_strdup_printf ("host%u=%s", i + 1, trace_postgres_get_folder (fixture->shards[i]));
    g_strv_builder_add (variables, host);
  }
  g_auto (GStrv) all = g_strv_builder_end (variables);
  trace_store_close (open_store (fixture->nation)); // makes its tables
  run_psql (fixture->nation, "nation.sql", all);
}

static void
load_province (const Fixture *fixture)
{
  g_autofree char *host =
      g_strdup_printf ("host=%s", trace_postgres_get_folder (fixture->shards[0]));
  char *const variables[] = { host, (char *) "dbname=core", (char *) "user=tracer",
                              (char *) "since=0", NULL };
  run_psql (fixture->nation, "province.sql", variables);
}

static void
test_is_divided (gconstpointer user_data)
{
  const Fixture *fixture = user_data;
  guint n_at = 0, n_of = 0;
  for (guint i = 0; i < N_SHARDS; i++) {
    g_autofree char *shard = g_strdup_printf ("host=%s user=tracer dbname=shard",
                                              trace_postgres_get_folder (fixture->shards[i]));
    g_autofree char *at = trace_postgres_ask (shard, "SELECT count (*) FROM stay_at");
    g_autofree char *of = trace_postgres_ask (shard, "SELECT count (*) FROM stay_of");
    g_assert_cmpint (atoi (at), >, N_STAYS / 6);
    g_assert_cmpint (atoi (of), >, N_STAYS / 6);
    n_at += (guint) atoi (at);
    n_of += (guint) atoi (of);
  }
  g_assert_cmpuint (n_at, ==, N_STAYS);
  g_assert_cmpuint (n_of, ==, N_STAYS);
}

static char *
ask (TraceStore *store, guint who, guint *n_found)
{
  const TraceQuestion question = {
    .from_s = T, .to_s = T + 4 * DAY_S, .levels = 2, .window_s = DAY_S, .min_overlap_s = 900
  };
  g_autoptr (GError) error = NULL;
  guint8 key[TRACE_SUBJECT_SIZE];
  TraceLimit limit = { 0, 0, G_MAXINT64, FALSE };
  trace_store_case_subject (who, key);
  g_assert_true (trace_store_find_subject (store, key, &limit.subject, &error));
  const TraceSeed seed = { &limit, limit.subject != 0 };
  g_autoptr (TraceAnswer) answer =
      trace_search (trace_store_get_source (store), &seed, 1, &question, NULL, NULL, &error);
  g_assert_no_error (error);
  *n_found += answer->contacts->len;
  return trace_report_contacts (store, key, answer, TRACE_FORMAT_CSV);
}

static void
test_same_answers (gconstpointer user_data)
{
  const Fixture *fixture = user_data;
  g_autoptr (TraceStore) core = open_store (fixture->core);
  g_autoptr (TraceStore) nation = open_store (fixture->nation);
  guint n_found = 0, n_found_there = 0;
  for (guint who = 0; who < N_SUBJECTS; who += 100) {
    g_autofree char *here = ask (core, who, &n_found);
    g_autofree char *there = ask (nation, who, &n_found_there);
    g_assert_cmpstr (here, ==, there);
  }
  g_test_message ("%u contacts", n_found);
  g_assert_cmpuint (n_found, >, 100);
}

static void
assert_plan (const Fixture *fixture, const char *question, const char *remote)
{
  g_autofree char *sql =
      g_strdup_printf ("SET plan_cache_mode = force_generic_plan;"
                       "PREPARE question (bigint, bigint, bigint) AS %s;"
                       "EXPLAIN (ANALYZE, VERBOSE, COSTS OFF) EXECUTE question (5, %d, %d);",
                       question, T, T + 3600);
  g_autofree char *plan = trace_postgres_ask (fixture->nation, sql);
  g_auto (GStrv) parts = g_strsplit (plan, "Foreign Scan", -1);
  g_test_message ("%s", plan);
  g_assert_cmpuint (g_strv_length (parts), ==, 2); // one
  g_assert_nonnull (strstr (plan, "Subplans Removed: 2"));
  g_assert_nonnull (strstr (plan, remote)); // and there it looks for no more than that
  g_assert_nonnull (strstr (plan, "((arrived_s > $"));
  g_assert_nonnull (strstr (plan, "((arrived_s < $"));
}

static void
test_one_shard (gconstpointer user_data)
{
  const Fixture *fixture = user_data;
  assert_plan (fixture, "SELECT * FROM stay WHERE place = $1 AND arrived_s > $2 AND arrived_s < $3",
               "((place = $");
  assert_plan (fixture,
               "SELECT * FROM stay_by_subject WHERE subject = $1 AND arrived_s > $2"
               " AND arrived_s < $3",
               "((subject = $");
}

// What many subjects are found by goes there too.
static void
test_many_subjects (gconstpointer user_data)
{
  const Fixture *fixture = user_data;
  g_autofree char *plan = trace_postgres_ask (
      fixture->nation, "EXPLAIN (VERBOSE, COSTS OFF) SELECT * FROM stay_by_subject"
                       " WHERE subject = ANY (ARRAY (SELECT unnest (string_to_array"
                       " ('1,2', ','))::integer)) AND arrived_s > 5");
  g_assert_nonnull (strstr (plan, "(subject = ANY ($1::integer[]))"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  Fixture fixture = { .core = NULL };
  g_autofree char *why = NULL;
  for (guint i = 0; i < N_SHARDS; i++) {
    fixture.shards[i] = trace_postgres_start (&why);
    if (fixture.shards[i] == NULL) {
      (void) printf ("skipped: %s\n", why);
      return 77;
    }
    g_autofree char *shard = trace_postgres_make_database (fixture.shards[i], "shard");
    run_psql (shard, "shard.sql", NULL);
  }
  fixture.core = trace_postgres_make_database (fixture.shards[0], "core");
  fixture.nation = trace_postgres_make_database (fixture.shards[1], "nation");
  fill_core (fixture.core);
  make_nation (&fixture);
  load_province (&fixture);
  load_province (&fixture); // changes nothing
#define ADD(name, func) g_test_add_data_func ("/trace/shards/" name, &fixture, func)
  ADD ("stays-are-divided", test_is_divided);
  ADD ("answers-are-those-of-one", test_same_answers);
  ADD ("a-question-goes-to-one-shard", test_one_shard);
  ADD ("many-subjects-are-looked-for-where-they-are", test_many_subjects);
  int status = g_test_run ();
  for (guint i = 0; i < N_SHARDS; i++)
    trace_postgres_stop (fixture.shards[i]);
  g_free (fixture.core);
  g_free (fixture.nation);
  return status;
}
