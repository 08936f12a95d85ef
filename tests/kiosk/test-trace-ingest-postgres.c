// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Taking in, in a real PostgreSQL.

#include <stdio.h>
#include <string.h>

#include "kiosk/trace/trace-fold.h"
#include "trace-ingest-cases.h"
#include "trace-ingest-clock.h"
#include "trace-ingest-fixture.h"
#include "trace-ingest-radio.h"
#include "trace-postgres.h"

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
  const Core *core;
  guint8 token[FEED_TOKEN_SIZE];
  TestKiosk *kiosk;
  TraceAdmission admission;
} Second;

static gpointer
second_worker (gpointer user_data)
{
  Second *second = user_data;
  g_autoptr (GError) error = NULL;
  FeedWelcome welcome;
  Core there = *second->core;
  there.store = trace_store_open (there.uri, &(const TraceOpenStays){ 0 }, &error);
  g_assert_no_error (error);
  second->admission = core_ask_to_join (&there, second->kiosk, second->token, &welcome);
  g_assert_cmpstr (welcome.zone, ==, "gate");
  trace_store_close (there.store);
  return NULL;
}

// A kiosk that heard nothing comes to another server while the first still writes it down.
static void
test_welcomes_at_two_servers (gconstpointer user_data)
{
  g_autofree char *uri = make_uri ((gpointer) user_data);
  Core core;
  core_open (&core, uri);
  JournalStamp at = core_stamp (0);
  FeedWelcome welcome;
  Second second = { .core = &core, .kiosk = test_kiosk_new (2, 1, core.kiosk->ingest_key, &at) };
  core_offer (&core, "twice", "gate", second.token);
  g_assert_true (trace_store_begin (core.store, NULL));
  g_assert_false (core_ask_to_join (&core, second.kiosk, second.token, &welcome).is_again);
  GThread *thread = g_thread_new ("second", second_worker, &second);
  gint64 end_us = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  while (core_ask (&core, "SELECT count (*) FROM pg_locks WHERE NOT granted") == 0)
    g_assert_cmpint (g_get_monotonic_time (), <, end_us);
  g_assert_true (trace_store_commit (core.store, NULL));
  g_thread_join (thread);
  g_assert_null (second.admission.refusal);
  g_assert_true (second.admission.is_again);
  g_assert_cmpint (core_ask (&core, "SELECT count (*) FROM kiosk"), ==, 2);
  test_kiosk_free (second.kiosk);
  core_close (&core);
}

typedef struct {
  const Core *core;
  const TestKiosk *kiosk;
} Hearing;

static gpointer
hearing_worker (gpointer user_data)
{
  const Hearing *hearing = user_data;
  g_autoptr (GError) error = NULL;
  Core there = *hearing->core;
  there.store = trace_store_open (there.uri, &(const TraceOpenStays){ 0 }, &error);
  g_assert_no_error (error);
  g_assert_cmpint (core_send (&there, hearing->kiosk, 1, hearing->kiosk->seq).result, ==,
                   TRACE_INGEST_TAKEN);
  trace_store_close (there.store);
  return NULL;
}

// While one server writes down whose phone it is, another one takes in what was heard of it.
static void
test_folds_at_two_servers (gconstpointer user_data)
{
  g_autofree char *uri = make_uri ((gpointer) user_data);
  g_autoptr (GError) error = NULL;
  static const char identity[] = "beacon:bluezone:abababababababababababab";
  Core core;
  core_open (&core, uri);
  JournalBeacon phone = { .last_ms = 60000, .beacon.kind = CT_BEACON_BLUEZONE };
  guint8 id[12];
  memset (id, 0xab, sizeof id);
  g_assert_true (ct_beacon_set_id (&phone.beacon, id, sizeof id));
  JournalStamp end = core_stamp (5 * MINUTE);
  test_kiosk_hear (core.kiosk, &end, BEGIN_MS, &phone, 1);
  TraceLink link = { .subject = { 1 }, .at_s = BEGIN_MS / 1000 + 60, .stream = 99, .seq = 7 };
  trace_keys_make_subject (core.keys, identity, sizeof identity - 1, link.beacon);
  g_assert_true (trace_store_begin (core.store, &error));
  g_assert_true (trace_fold_link (core.store, &link, &error));
  Hearing hearing = { &core, core.kiosk };
  GThread *thread = g_thread_new ("hearing", hearing_worker, &hearing);
  gint64 end_us = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  while (core_ask (&core, "SELECT count (*) FROM pg_locks WHERE NOT granted") == 0)
    g_assert_cmpint (g_get_monotonic_time (), <, end_us);
  g_assert_true (trace_store_commit (core.store, &error));
  g_thread_join (thread);
  g_assert_no_error (error);
  g_assert_cmpint (core_ask (&core, "SELECT count (*) FROM stay"), ==, 1);
  g_assert_cmpint (core_ask (&core, "SELECT count (*) FROM fold"), ==, 1);
  core_close (&core);
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
  trace_ingest_cases_add ("postgres", make_uri, &server);
  trace_ingest_clock_add ("postgres", make_uri, &server);
  trace_ingest_radio_add ("postgres", make_uri, &server);
  g_test_add_data_func ("/trace/ingest/postgres/welcomes-at-two-servers", &server,
                        test_welcomes_at_two_servers);
  g_test_add_data_func ("/trace/ingest/postgres/folds-at-two-servers", &server,
                        test_folds_at_two_servers);
  int status = g_test_run ();
  trace_postgres_stop (server.postgres);
  return status;
}
