// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/kiosk/trace-ingest-fixture.h"

#include <string.h>

#include <glib/gstdio.h>

void
core_open (Core *core, const char *uri)
{
  g_autoptr (GError) error = NULL;
  const TraceOpenStays open_stays = { BEGIN_MS / 1000 + 86400, 57600 };
  core->keys_folder = g_dir_make_tmp ("trace-keys-XXXXXX", &error);
  g_assert_no_error (error);
  core->keys = trace_keys_open (core->keys_folder, TRUE, &error);
  g_assert_no_error (error);
  core->uri = g_strdup (uri);
  core->store = trace_store_open (uri, &open_stays, &error);
  g_assert_no_error (error);
  core->now_ms = BEGIN_MS + 24 * 60 * MINUTE;
  core->kiosk = core_join (core, 1, 1);
}

void
core_close (Core *core)
{
  static const char *const names[] = { "core.key", "ingest.key", "pseudonym.key" };
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (core->keys_folder, names[i], NULL);
    g_assert_cmpint (g_unlink (path), ==, 0);
  }
  g_assert_cmpint (g_rmdir (core->keys_folder), ==, 0);
  test_kiosk_free (core->kiosk);
  trace_store_close (core->store);
  trace_keys_free (core->keys);
  g_free (core->keys_folder);
  g_free (core->uri);
}

void
core_set_up (Core *core, gconstpointer engine)
{
  const CoreEngine *of = engine;
  g_autofree char *uri = of->make_uri (of->user_data);
  core_open (core, uri);
}

void
core_tear_down (Core *core, gconstpointer engine)
{
  core_close (core);
}

JournalStamp
core_stamp (gint64 after_ms)
{
  return test_stamp (1, BEGIN_MS, after_ms, SYNCED);
}

TraceAdmission
core_ask_to_join (Core *core,
                  const TestKiosk *kiosk,
                  const guint8 token[FEED_TOKEN_SIZE],
                  FeedWelcome *ret_welcome)
{
  g_autoptr (GError) error = NULL;
  TraceAdmission admission;
  FeedEnrolment enrolment;
  memcpy (enrolment.token, token, sizeof enrolment.token);
  memcpy (enrolment.kiosk_key, kiosk->key, sizeof enrolment.kiosk_key);
  trace_enrolment_use (trace_store_get_db (core->store), &enrolment, core->now_ms, ret_welcome,
                       &admission, &error);
  g_assert_no_error (error);
  return admission;
}

void
core_offer (Core *core, const char *venue, const char *zone, guint8 ret_token[FEED_TOKEN_SIZE])
{
  g_autoptr (GError) error = NULL;
  trace_enrolment_offer (trace_store_get_db (core->store), venue, zone, "default", core->now_ms,
                         ret_token, &error);
  g_assert_no_error (error);
}

void
core_admit (Core *core, const TestKiosk *kiosk, const char *venue)
{
  guint8 token[FEED_TOKEN_SIZE];
  FeedWelcome welcome;
  core_offer (core, venue, "main", token);
  g_assert_null (core_ask_to_join (core, kiosk, token, &welcome).refusal);
  g_assert_cmpstr (welcome.venue, ==, venue);
}

TestKiosk *
core_join (Core *core, guint number, guint8 epoch)
{
  JournalStamp stamp = core_stamp (0);
  TestKiosk *kiosk = test_kiosk_new (number, epoch, trace_keys_get_ingest_key (core->keys), &stamp);
  g_autofree char *venue = g_strdup_printf ("v%u", number);
  core_admit (core, kiosk, venue);
  return kiosk;
}

TraceIngestAnswer
core_send_batch (Core *core,
                 const TestKiosk *kiosk,
                 const FeedRange *range,
                 const guint8 *signature,
                 GBytes *body)
{
  g_autoptr (GError) error = NULL;
  TraceIngestAnswer answer;
  TraceBatch batch = { .origin = kiosk->origin, .range = *range, .body = body };
  memcpy (batch.signature, signature, sizeof batch.signature);
  trace_ingest_batch (core->store, core->keys, &batch, core->now_ms, &answer, &error);
  g_assert_no_error (error);
  return answer;
}

TraceIngestAnswer
core_send (Core *core, const TestKiosk *kiosk, guint64 first, guint64 last)
{
  FeedRange range;
  FeedReceipt receipt;
  guint8 signature[JOURNAL_SIG_SIZE];
  g_autoptr (GBytes) body = test_kiosk_make_batch (kiosk, first, last, &range, signature);
  TraceIngestAnswer answer = core_send_batch (core, kiosk, &range, signature, body);
  if (answer.result != TRACE_INGEST_TAKEN)
    return answer;
  g_assert_true (feed_receipt_read (answer.receipt, sizeof answer.receipt,
                                    trace_keys_get_core_key (core->keys), &receipt));
  g_assert_cmpuint (receipt.last, ==, last);
  g_assert_cmpmem (receipt.head, sizeof receipt.head, range.head, sizeof range.head);
  g_assert_cmpmem (&receipt.origin, sizeof receipt.origin, &kiosk->origin, sizeof kiosk->origin);
  return answer;
}

gint64
core_ask (Core *core, const char *sql)
{
  g_autoptr (GError) error = NULL;
  gint64 number = 0;
  trace_db_query_int (trace_store_get_db (core->store), sql, TRACE_NO_VALUES, -1, &number, &error);
  g_assert_no_error (error);
  return number;
}

gint64
core_ask_of (Core *core, const char *sql, const char *identity)
{
  g_autoptr (GError) error = NULL;
  guint8 subject[TRACE_SUBJECT_SIZE];
  gint64 number = 0;
  trace_keys_make_subject (core->keys, identity, strlen (identity), subject);
  trace_db_query_int (trace_store_get_db (core->store), sql,
                      TRACE_VALUES (TRACE_BYTES (subject, sizeof subject)), -1, &number, &error);
  g_assert_no_error (error);
  return number;
}
