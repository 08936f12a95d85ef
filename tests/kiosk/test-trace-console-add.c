// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What an officer searched for becomes part of the case.

#include <string.h>

#include "kiosk/trace/trace-case.h"
#include "kiosk/trace/trace-console-private.h"
#include "tests/kiosk/console-officer.h"

#define CASE       "\"case\":\"HN-1\","
#define GOOD       "{" CASE "\"index\":{\"subject\":\"" AN "\"}," QUESTION "}"
#define DEADLINE_S 60

static void
set_up (Officer *officer, gconstpointer postgres)
{
  officer_set_up (officer, postgres);
  g_assert_cmpuint (officer_sign_in (officer, "lan", PASSWORD), ==, 200);
  officer_open_case (officer, "HN-1");
}

static char *
start (Officer *officer, const char *body)
{
  if (officer_ask (officer, "POST", "/api/search", body) != 202)
    g_error ("%s", officer->text);
  return g_strdup_printf ("/api/search/%s/add", officer_get_text (officer, "id"));
}

static void
add (Officer *officer, const char *path, const char *label, gboolean is_new)
{
  g_assert_cmpuint (officer_ask (officer, "POST", path, "{}"), ==, 200);
  g_assert_cmpstr (officer_get_text (officer, "label"), ==, label);
  g_assert_cmpint (json_object_get_boolean_member (officer->json, "is_new"), ==, is_new);
}

// "SELECT …" is a number; until it is @wanted.
static void
wait_for (Officer *officer, const char *sql, gint64 wanted)
{
  gint64 until_us = g_get_monotonic_time () + DEADLINE_S * G_USEC_PER_SEC, number = -1;
  while (number != wanted) {
    g_assert_cmpint (g_get_monotonic_time (), <, until_us);
    g_assert_true (trace_db_query_int (trace_store_get_db (officer->store), sql, TRACE_NO_VALUES,
                                       -1, &number, NULL));
  }
}

static gint64
ask_number (Officer *officer, const char *sql)
{
  gint64 number = 0;
  g_assert_true (trace_db_query_int (trace_store_get_db (officer->store), sql, TRACE_NO_VALUES, -1,
                                     &number, NULL));
  return number;
}

#define N_OF(level) "SELECT count (*) FROM case_level WHERE case_id = 'HN-1' AND level = " level

static void
test_joins_the_case (Officer *officer, gconstpointer unused)
{
  guint8 ba[TRACE_SUBJECT_SIZE];
  gboolean has_ba = TRUE;
  TraceDb *db = trace_store_get_db (officer->store);
  g_assert_true (trace_subject_read (BA, ba));
  g_assert_cmpuint (officer_ask (officer, "GET", "/api/cases/HN-1", NULL), ==, 200);
  g_assert_nonnull (strstr (officer->text, "\"index\":[]"));
  g_autofree char *path = start (officer, GOOD);
  g_assert_true (trace_case_has_subject (db, "HN-1", ba, &has_ba, NULL));
  g_assert_false (has_ba);
  add (officer, path, "F0-1", TRUE);
  wait_for (officer, N_OF ("1"), 1);
  g_assert_cmpint (ask_number (officer, N_OF ("0")), ==, 1);
  g_assert_cmpint (ask_number (officer, N_OF ("2")), ==, 1);
  g_assert_true (trace_case_has_subject (db, "HN-1", ba, &has_ba, NULL));
  g_assert_true (has_ba);
  g_assert_cmpuint (officer_ask (officer, "GET", "/api/cases/HN-1", NULL), ==, 200);
  g_assert_nonnull (strstr (officer->text,
                            "\"index\":[{\"label\":\"F0-1\",\"subject\":\"0000…00a1\","
                            "\"from\":990000,\"to\":1020000}]"));
  g_assert_null (strstr (officer->text, AN)); // nobody is named in full
  g_assert_cmpint (ask_number (officer, "SELECT count (*) FROM audit WHERE officer = 'lan'"
                                        " AND case_id = 'HN-1' AND action = 'case-add'"
                                        " AND what = 'F0-1, known by 1: " AN "'"),
                   ==, 1);
  wait_for (officer,
            "SELECT count (*) FROM audit WHERE officer = 'lan' AND action = 'case-compute'", 1);
}

static void
test_counts_them (Officer *officer, gconstpointer unused)
{
  g_autofree char *an = start (officer, GOOD);
  g_autofree char *chi =
      start (officer, "{" CASE "\"index\":{\"subject\":\"" CHI "\"}," QUESTION "}");
  add (officer, an, "F0-1", TRUE);
  add (officer, chi, "F0-2", TRUE);
  add (officer, an, "F0-1", FALSE); // once more changes nothing
  wait_for (officer, N_OF ("0"), 2);
  g_assert_cmpint (ask_number (officer, "SELECT count (*) FROM case_index"), ==, 2);
  // Withdrawn on the core, and searched for again: another entry, for the log tells of the first.
  g_assert_true (trace_case_withdraw (trace_store_get_db (officer->store), "HN-1", "F0-1", "lan",
                                      "nhầm người", NULL));
  g_assert_cmpuint (officer_ask (officer, "GET", "/api/cases/HN-1", NULL), ==, 200);
  g_assert_null (strstr (officer->text, "F0-1"));
  add (officer, an, "F0-3", TRUE);
}

#define WITHDRAW "/api/cases/HN-1/withdraw"

// Whoever is no F0 after all hands nobody a level any more, and the log says why.
static void
test_withdraws_them (Officer *officer, gconstpointer unused)
{
  static const struct {
    const char *body, *word;
    guint status;
  } bad[] = {
    { "{\"label\":\"F0-1\"}", "reason", 400 },
    { "{\"label\":\"F0-1\",\"reason\":\"\"}", "reason", 400 },
    { "{\"reason\":\"sai\"}", "label", 400 },
    { "{\"label\":\"F0 1\",\"reason\":\"sai\"}", "label", 400 },
    { "{\"label\":\"F0-9\",\"reason\":\"sai\"}", "label-gone", 409 },
  };
  g_autofree char *an = start (officer, GOOD);
  add (officer, an, "F0-1", TRUE);
  wait_for (officer, N_OF ("1"), 1);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_assert_cmpuint (officer_ask (officer, "POST", WITHDRAW, bad[i].body), ==, bad[i].status);
    g_assert_cmpstr (officer_get_text (officer, "error"), ==, bad[i].word);
  }
  const char *good = "{\"label\":\"F0-1\",\"reason\":\"xét nghiệm nhầm\"}";
  g_assert_cmpuint (officer_sign_in (officer, "minh", PASSWORD), ==, 200);
  g_assert_cmpuint (officer_ask (officer, "POST", WITHDRAW, good), ==, 404); // not hers
  g_assert_cmpuint (officer_sign_in (officer, "lan", PASSWORD), ==, 200);
  g_assert_cmpint (ask_number (officer, N_OF ("1")), ==, 1);
  g_assert_cmpuint (officer_ask (officer, "POST", WITHDRAW, good), ==, 200);
  g_assert_cmpstr (officer_get_text (officer, "label"), ==, "F0-1");
  wait_for (officer, "SELECT count (*) FROM case_level", 0);
  g_assert_cmpuint (officer_ask (officer, "GET", "/api/cases/HN-1", NULL), ==, 200);
  g_assert_nonnull (strstr (officer->text, "\"index\":[]"));
  g_assert_cmpint (ask_number (officer, "SELECT count (*) FROM audit WHERE officer = 'lan'"
                                        " AND case_id = 'HN-1' AND action = 'case-withdraw'"
                                        " AND what = 'F0-1' AND reason = 'xét nghiệm nhầm'"),
                   ==, 1);
  g_assert_cmpuint (officer_ask (officer, "POST", WITHDRAW, good), ==, 409); // once
  g_assert_true (
      trace_case_close (trace_store_get_db (officer->store), "HN-1", "lan", "xong", NULL));
  g_assert_cmpuint (officer_ask (officer, "POST", WITHDRAW, good), ==, 409);
  g_assert_cmpstr (officer_get_text (officer, "error"), ==, "case-closed");
}

#define CHANGES "/api/cases/HN-1/changes"

// What the page is told when nothing is being computed any more.
static const char *
wait_for_changes (Officer *officer)
{
  gint64 until_us = g_get_monotonic_time () + DEADLINE_S * G_USEC_PER_SEC;
  do {
    g_assert_cmpint (g_get_monotonic_time (), <, until_us);
    officer->now_ms += 50; // as often as an officer may ask
    g_assert_cmpuint (officer_ask (officer, "GET", CHANGES, NULL), ==, 200);
  } while (g_str_equal (officer_get_text (officer, "state"), "computing"));
  return officer->text;
}

static void
test_tells_whose_level_changed (Officer *officer, gconstpointer unused)
{
  const char *none = "{\"state\":\"done\",\"n\":0,\"changes\":[]}";
  g_autofree char *an = start (officer, GOOD);
  g_assert_cmpstr (wait_for_changes (officer), ==, "{\"state\":\"none\",\"n\":0,\"changes\":[]}");
  add (officer, an, "F0-1", TRUE);
  g_assert_cmpstr (wait_for_changes (officer), ==,
                   "{\"state\":\"done\",\"n\":3,\"changes\":["
                   "{\"subject\":\"0000…00a1\",\"after\":0},"
                   "{\"subject\":\"0000…00b2\",\"after\":1},"
                   "{\"subject\":\"0000…00c3\",\"after\":2}]}");
  g_autofree char *chi =
      start (officer, "{" CASE "\"index\":{\"subject\":\"" CHI "\"}," QUESTION "}");
  add (officer, chi, "F0-2", TRUE);
  g_assert_cmpstr (wait_for_changes (officer), ==,
                   "{\"state\":\"done\",\"n\":1,\"changes\":["
                   "{\"subject\":\"0000…00c3\",\"before\":2,\"after\":0}]}");
  add (officer, an, "F0-1", FALSE);
  g_assert_cmpstr (wait_for_changes (officer), ==, none);
  const char *no_an = "{\"label\":\"F0-1\",\"reason\":\"xét nghiệm nhầm\"}";
  g_assert_cmpuint (officer_ask (officer, "POST", WITHDRAW, no_an), ==, 200);
  g_assert_cmpstr (wait_for_changes (officer), ==, // Ba met Chi, too
                   "{\"state\":\"done\",\"n\":1,\"changes\":["
                   "{\"subject\":\"0000…00a1\",\"before\":0}]}");
  const char *no_chi = "{\"label\":\"F0-2\",\"reason\":\"xét nghiệm nhầm\"}";
  g_assert_cmpuint (officer_ask (officer, "POST", WITHDRAW, no_chi), ==, 200);
  g_assert_cmpstr (wait_for_changes (officer), ==,
                   "{\"state\":\"done\",\"n\":2,\"changes\":["
                   "{\"subject\":\"0000…00c3\",\"before\":0},"
                   "{\"subject\":\"0000…00b2\",\"before\":1}]}");
  g_assert_cmpuint (officer_sign_in (officer, "minh", PASSWORD), ==, 200);
  g_assert_cmpuint (officer_ask (officer, "GET", CHANGES, NULL), ==, 404); // not hers
  g_assert_cmpuint (officer_sign_in (officer, "lan", PASSWORD), ==, 200);
  g_assert_cmpuint (officer_ask (officer, "GET", CHANGES "/x", NULL), ==, 400);
  g_assert_true (
      trace_case_close (trace_store_get_db (officer->store), "HN-1", "lan", "xong", NULL));
  g_assert_nonnull (strstr (wait_for_changes (officer), "\"n\":2")); // whoever reads it later
}

static TraceComputingState
wait_for_computing (Officer *officer, guint *ret_n, const GArray **ret_changes)
{
  gint64 until_us = g_get_monotonic_time () + DEADLINE_S * G_USEC_PER_SEC;
  TraceComputingState state = TRACE_COMPUTING_RUNNING;
  while (state == TRACE_COMPUTING_RUNNING) {
    g_assert_cmpint (g_get_monotonic_time (), <, until_us);
    state = trace_computing_find (officer->console->computing, "HN-1", ret_n, ret_changes);
  }
  return state;
}

// What the first computes is news to whoever asked for the second.
static void
test_tells_of_two_on_end (Officer *officer, gconstpointer unused)
{
  TraceDb *db = trace_store_get_db (officer->store);
  TraceIndexCase an = { .label = "F0-1", .from_s = 990000, .to_s = 1020000 };
  const TraceOpenStays open_stays = { .now_s = officer->now_ms / 1000 };
  const GArray *changes = NULL;
  guint n = 0;
  TraceComputing *computing = officer->console->computing;
  g_assert_true (trace_subject_read (AN, an.subject));
  g_assert_true (trace_case_add (db, "HN-1", &an, 1, "lan", NULL));
  g_assert_true (trace_db_begin (db, NULL)); // nothing can be computed meanwhile
  g_assert_true (trace_db_run_script (db, "UPDATE cases SET version = version;", NULL));
  trace_computing_start (computing, "HN-1", "lan", &open_stays);
  trace_computing_start (computing, "HN-1", "lan", &open_stays);
  g_assert_cmpint (trace_computing_find (computing, "HN-1", &n, &changes), ==,
                   TRACE_COMPUTING_RUNNING);
  trace_db_roll_back (db);
  g_assert_cmpint (wait_for_computing (officer, &n, &changes), ==, TRACE_COMPUTING_DONE);
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpint (g_array_index (changes, TraceCaseChange, 1).before, ==, TRACE_CASE_NO_LEVEL);
  g_assert_cmpint (g_array_index (changes, TraceCaseChange, 1).after, ==, 1);
  g_assert_true (trace_case_close (db, "HN-1", "lan", "xong", NULL));
  trace_computing_start (computing, "HN-1", "lan", &open_stays);
  g_assert_cmpint (wait_for_computing (officer, &n, &changes), ==, TRACE_COMPUTING_FAILED);
  g_assert_cmpuint (n, ==, 0);
}

static void
test_lists_the_first (Officer *officer, gconstpointer unused)
{
  g_autoptr (GArray) all = g_array_new (FALSE, TRUE, sizeof (TraceIndexCase));
  const TraceOpenStays open_stays = { .now_s = officer->now_ms / 1000 };
  const GArray *changes = NULL;
  guint n = 0;
  for (guint i = 0; i <= TRACE_COMPUTING_LISTED_MAX; i++) {
    TraceIndexCase one = { .subject = { 1, (guint8) (i / 256), (guint8) i }, .to_s = 1020000 };
    (void) g_snprintf (one.label, sizeof one.label, "F0-%u", i);
    g_array_append_val (all, one);
  }
  g_assert_true (trace_case_add (trace_store_get_db (officer->store), "HN-1",
                                 (const TraceIndexCase *) (void *) all->data, all->len, "lan",
                                 NULL));
  trace_computing_start (officer->console->computing, "HN-1", "lan", &open_stays);
  g_assert_cmpint (wait_for_computing (officer, &n, &changes), ==, TRACE_COMPUTING_DONE);
  g_assert_cmpuint (n, ==, TRACE_COMPUTING_LISTED_MAX + 1);
  g_assert_cmpuint (changes->len, ==, TRACE_COMPUTING_LISTED_MAX);
  const guint8 *first = g_array_index (changes, TraceCaseChange, 0).subject;
  g_assert_cmpmem (first, TRACE_SUBJECT_SIZE, g_array_index (all, TraceIndexCase, 0).subject,
                   TRACE_SUBJECT_SIZE);
}

// A profile without an end: the F0 is infectious until somebody says otherwise.
static void
test_keeps_an_open_end (Officer *officer, gconstpointer unused)
{
  g_autofree char *path = start (officer, "{" CASE "\"index\":{\"subject\":\"" AN
                                          "\"},\"rule\":\"VN-2021-12\",\"day\":\"1970-01-13\"}");
  add (officer, path, "F0-1", TRUE);
  g_assert_cmpint (ask_number (officer, "SELECT count (*) FROM case_index WHERE to_s IS NULL"), ==,
                   1);
  g_assert_cmpuint (officer_ask (officer, "GET", "/api/cases/HN-1", NULL), ==, 200);
  g_assert_nonnull (strstr (officer->text, "\"from\":838800}]"));
}

static void
test_only_into_an_open_case_of_theirs (Officer *officer, gconstpointer unused)
{
  g_autofree char *path = start (officer, GOOD);
  g_assert_cmpuint (officer_sign_in (officer, "minh", PASSWORD), ==, 200);
  g_assert_cmpuint (officer_ask (officer, "POST", path, "{}"), ==, 404);
  g_assert_cmpuint (officer_sign_in (officer, "lan", PASSWORD), ==, 200);
  g_assert_cmpuint (officer_ask (officer, "GET", path, NULL), ==, 404);
  g_assert_true (
      trace_case_close (trace_store_get_db (officer->store), "HN-1", "lan", "xong", NULL));
  g_assert_cmpuint (officer_ask (officer, "POST", path, "{}"), ==, 409);
  g_assert_cmpstr (officer_get_text (officer, "error"), ==, "case-closed");
  g_assert_cmpint (ask_number (officer, "SELECT count (*) FROM case_index"), ==, 0);
}

static void
add_cases (const char *engine, TracePostgres *postgres)
{
  static const struct {
    const char *name;
    void (*test) (Officer *officer, gconstpointer unused);
  } cases[] = {
    { "joins-the-case", test_joins_the_case },
    { "counts-them", test_counts_them },
    { "withdraws-them", test_withdraws_them },
    { "tells-whose-level-changed", test_tells_whose_level_changed },
    { "tells-of-two-on-end", test_tells_of_two_on_end },
    { "lists-the-first", test_lists_the_first },
    { "keeps-an-open-end", test_keeps_an_open_end },
    { "only-into-an-open-case-of-theirs", test_only_into_an_open_case_of_theirs },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/trace/console-add/%s/%s", engine, cases[i].name);
    g_test_add (path, Officer, postgres, set_up, cases[i].test, officer_tear_down);
  }
}

int
main (int argc, char **argv)
{
  g_autofree char *why = NULL;
  g_test_init (&argc, &argv, NULL);
  TracePostgres *postgres = trace_postgres_start (&why);
  add_cases ("sqlite", NULL);
  if (postgres != NULL)
    add_cases ("postgres", postgres);
  else
    g_print ("# postgres is left out: %s\n", why);
  int status = g_test_run ();
  g_clear_pointer (&postgres, trace_postgres_stop);
  return status != 0 || why == NULL ? status : 77;
}
