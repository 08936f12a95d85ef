// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Strangers at the core's door while somebody else writes into its store: they are answered at
// once. What people decide while a kiosk waits at that door holds.

#include <string.h>

#include <curl/curl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <sqlite3.h>

#include "tests/kiosk/trace-ingest-fixture.h"
#include "tests/kiosk/trace-serve.h"

typedef struct {
  Serve serve;
  TestKiosk *kiosk, *stranger; // of the same name and records, with another key
  TraceStore *store;           // holds the lock
} Locked;

static void
lock (Locked *locked, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  FeedCode code;
  FeedWelcome welcome;
  serve_init (&locked->serve);
  serve_start (&locked->serve, NULL);
  serve_offer (&locked->serve, "v", &code);
  locked->kiosk = serve_join (&locked->serve, 1, &code, &welcome);
  locked->stranger = test_kiosk_copy (locked->kiosk);
  guint8 key[JOURNAL_KEY_SIZE], seed[crypto_sign_SEEDBYTES] = { 77 };
  g_assert_cmpint (crypto_sign_seed_keypair (key, locked->stranger->secret, seed), ==, 0);
  locked->store = serve_open_store (&locked->serve);
  g_assert_true (trace_store_begin (locked->store, &error));
}

static void
unlock (Locked *locked, gconstpointer unused)
{
  trace_store_roll_back (locked->store);
  trace_store_close (locked->store);
  test_kiosk_free (locked->kiosk);
  test_kiosk_free (locked->stranger);
  serve_clear (&locked->serve);
}

static void
beat (Locked *locked, const TestKiosk *kiosk, Answer *ret_answer)
{
  char names[2][2 * JOURNAL_ID_SIZE + 1];
  sodium_bin2hex (names[0], sizeof names[0], kiosk->origin.kiosk, JOURNAL_ID_SIZE);
  sodium_bin2hex (names[1], sizeof names[1], kiosk->origin.epoch, JOURNAL_ID_SIZE);
  g_autofree char *path = g_strdup_printf ("/v1/heartbeat/%s/%s", names[0], names[1]);
  g_autoptr (GBytes) body = test_kiosk_beat (kiosk, 0, 0);
  const Question question = {
    .method = "POST", .path = path, .type = FEED_TYPE_MESSAGE, .body = body
  };
  serve_call (&locked->serve, &question, ret_answer);
}

// Its own kiosk has to wait, and is told so; the others are not let in, which needs no lock.
static void
test_strangers_wait_for_nothing (Locked *locked, gconstpointer unused)
{
  g_auto (Answer) batch = { 0 }, alive = { 0 }, code = { 0 }, own = { 0 };
  const FeedCode none = { .token = { 1 } };
  serve_feed (&locked->serve, locked->stranger, 1, 1, NULL, &batch);
  g_assert_cmpint (batch.status, ==, 403);
  beat (locked, locked->stranger, &alive);
  g_assert_cmpint (alive.status, ==, 403);
  serve_ask_to_join (&locked->serve, 2, &none, NULL, &code);
  g_assert_cmpint (code.status, ==, 403);
  serve_feed (&locked->serve, locked->kiosk, 1, 1, NULL, &own);
  g_assert_cmpint (own.status, ==, 503);
}

// Somebody else's connection, and what it does just before ours begins to write.
typedef struct {
  TraceDb *other;
  const char *sql;
} Meanwhile;

static Meanwhile meanwhile; // SQLite's extensions come without user data

static int
on_statement (unsigned type, void *unused, void *statement, void *sql)
{
  g_autoptr (GError) error = NULL;
  const char *now = g_steal_pointer (&meanwhile.sql);
  if (now != NULL && g_str_has_prefix (sql, "BEGIN IMMEDIATE"))
    g_assert_true (trace_db_run_script (meanwhile.other, now, &error));
  else
    meanwhile.sql = now;
  return 0;
}

static int
watch (sqlite3 *sqlite, char **ret_error, const struct sqlite3_api_routines *unused)
{
  return sqlite3_trace_v2 (sqlite, SQLITE_TRACE_STMT, on_statement, NULL);
}

static void
check_meanwhile (Core *core, const char *sql, TraceIngestResult result, const char *reason)
{
  g_autoptr (GError) error = NULL;
  TraceIngestAnswer answer;
  JournalStamp at = core_stamp (MINUTE);
  guint64 seq = test_kiosk_fix (core->kiosk, &at, 1);
  g_autoptr (GBytes) alive = test_kiosk_beat (core->kiosk, 1, 1);
  meanwhile.sql = sql;
  answer = core_send (core, core->kiosk, seq, seq);
  g_assert_cmpint (answer.result, ==, result);
  g_assert_cmpstr (answer.reason, ==, reason);
  g_assert_null (meanwhile.sql);
  g_assert_cmpint (core_ask (core, "SELECT last FROM stream"), ==, seq - 1);
  g_assert_true (trace_db_run_script (
      meanwhile.other, "UPDATE kiosk SET revoked_ms = NULL, frozen_ms = NULL;", &error));
  meanwhile.sql = sql;
  g_assert_true (trace_ingest_heartbeat (core->store, &core->kiosk->origin, alive, core->now_ms,
                                         &answer, &error));
  g_assert_null (meanwhile.sql);
  g_assert_cmpint (answer.result, ==,
                   result == TRACE_INGEST_FORBIDDEN ? result : TRACE_INGEST_TAKEN);
  g_assert_true (trace_db_run_script (
      meanwhile.other, "UPDATE kiosk SET revoked_ms = NULL, frozen_ms = NULL;", &error));
  g_assert_cmpint (core_send (core, core->kiosk, seq, seq).result, ==, TRACE_INGEST_TAKEN);
}

static void
test_sees_what_was_decided_meanwhile (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("trace-guard-XXXXXX", NULL);
  g_autofree char *uri = g_strdup_printf ("sqlite:%s/core.db", folder);
  g_autofree char *path = g_build_filename (folder, "core.db", NULL);
  Core core;
  g_assert_cmpint (sqlite3_auto_extension ((void (*) (void)) watch), ==, SQLITE_OK);
  core_open (&core, uri);
  sqlite3_reset_auto_extension ();
  meanwhile.other = trace_db_open (uri, &error);
  g_assert_no_error (error);
  g_assert_cmpint (core_send (&core, core.kiosk, 1, 1).result, ==, TRACE_INGEST_TAKEN);
  check_meanwhile (&core, "UPDATE kiosk SET revoked_ms = 1;", TRACE_INGEST_FORBIDDEN,
                   "revoked kiosk");
  check_meanwhile (&core, "UPDATE kiosk SET frozen_ms = 1;", TRACE_INGEST_FORK, "frozen");
  trace_db_close (meanwhile.other);
  core_close (&core);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  curl_global_init (CURL_GLOBAL_DEFAULT);
  g_test_add ("/trace/guard/strangers-wait-for-nothing", Locked, NULL, lock,
              test_strangers_wait_for_nothing, unlock);
  g_test_add_func ("/trace/guard/sees-what-was-decided-meanwhile",
                   test_sees_what_was_decided_meanwhile);
  return g_test_run ();
}
