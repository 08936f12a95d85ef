// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What can be refused by the header is refused there, in the server's thread; what takes the store
// is done in the route's.

#define G_LOG_DOMAIN "trace-intake"

#include "kiosk/trace/trace-intake.h"

#include <string.h>

#include <sodium.h>

#include "kiosk/trace/trace-feed-request.h"
#include "kiosk/trace/trace-inflate.h"
#include "kiosk/trace/trace-kiosks.h"
#include "kiosk/trace/trace-metrics.h"

#define SLACK_BYTES  1024 // what does not compress grows a little
#define RETRY_BUSY_S "5"
#define RETRY_DOWN_S "30"

struct TraceIntake {
  char *store_uri;
  TraceOpenStays open_stays;
  const TraceKeys *keys;
  char *metrics_token;
  TraceStore *store; // (nullable) the route's thread's
  TraceMetrics metrics;
};

typedef struct {
  const char *prefix, *method, *type;
  guint64 len_min, len_max;
  void (*answer) (TraceIntake *intake, const TraceRequest *request, TraceReply *reply);
} Entry;

static gint64
now_ms (void)
{
  return g_get_real_time () / 1000;
}

static void
drop_store (TraceIntake *intake)
{
  g_clear_pointer (&intake->store, trace_store_close);
}

// Trying again later may help, whatever it was: the kiosk keeps what it has.
static void
fail (TraceIntake *intake, TraceReply *reply, const GError *error)
{
  gboolean is_busy = g_error_matches (error, TRACE_ERROR, TRACE_ERROR_BUSY);
  g_message ("%s", error->message);
  intake->metrics.n_busy++;
  trace_reply_set_text (reply, 503, "try again later");
  trace_reply_add_field (reply, "Retry-After", is_busy ? RETRY_BUSY_S : RETRY_DOWN_S);
  // A connection that was lost does not come back by itself.
  if (intake->store != NULL && trace_db_is_postgres (trace_store_get_db (intake->store)))
    drop_store (intake);
}

static gboolean
open_store (TraceIntake *intake, TraceReply *reply)
{
  g_autoptr (GError) error = NULL;
  if (intake->store == NULL)
    intake->store = trace_store_open_existing (intake->store_uri, &intake->open_stays, &error);
  if (error != NULL)
    fail (intake, reply, error);
  return intake->store != NULL;
}

static void
set_bytes (TraceReply *reply, const char *type, const guint8 *bytes, gsize len)
{
  reply->status = 200;
  reply->type = type;
  reply->body = g_bytes_new (bytes, len);
}

static void
reply_with (TraceReply *reply, const TraceIngestAnswer *answer)
{
  g_autofree char *expected = g_strdup_printf ("gap %" G_GUINT64_FORMAT, answer->expected);
  switch (answer->result) {
  case TRACE_INGEST_TAKEN:
    set_bytes (reply, FEED_TYPE_RECEIPT, answer->receipt, sizeof answer->receipt);
    return;
  case TRACE_INGEST_MALFORMED:
    trace_reply_set_text (reply, 400, answer->reason);
    return;
  case TRACE_INGEST_TOO_MANY:
    trace_reply_set_text (reply, 413, answer->reason);
    return;
  case TRACE_INGEST_FORBIDDEN:
    trace_reply_set_text (reply, 403, answer->reason);
    return;
  case TRACE_INGEST_GAP:
    trace_reply_add_field (reply, FEED_FIELD_CONFLICT, expected);
    break;
  case TRACE_INGEST_FORK:
    trace_reply_add_field (reply, FEED_FIELD_CONFLICT, "fork");
    break;
  case TRACE_INGEST_EPOCH:
    trace_reply_add_field (reply, FEED_FIELD_CONFLICT, "epoch");
    break;
  }
  trace_reply_set_text (reply, 409, answer->reason);
}

static gboolean
unpack (const TraceRequest *request, TraceReply *reply, GBytes **ret_body)
{
  const char *encoding = trace_request_get_field (request, "Content-Encoding");
  switch (trace_inflate (encoding, request->body, FEED_BATCH_BYTES_MAX, ret_body)) {
  case TRACE_INFLATE_OK:
    return TRUE;
  case TRACE_INFLATE_ENCODING:
    trace_reply_set_text (reply, 415, "zstd or gzip");
    return FALSE;
  case TRACE_INFLATE_MALFORMED:
    trace_reply_set_text (reply, 400, "cannot be unpacked");
    return FALSE;
  case TRACE_INFLATE_TOO_LONG:
    trace_reply_set_text (reply, 413, "a batch is 256 KiB at most");
    return FALSE;
  }
  return FALSE;
}

static void
answer_feed (TraceIntake *intake, const TraceRequest *request, TraceReply *reply)
{
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) error = NULL;
  TraceBatch batch;
  TraceIngestAnswer answer;
  if (!trace_feed_path_read (request->path, &batch.origin, &batch.range) ||
      !trace_feed_fields_read (request, &batch.range, batch.signature)) {
    trace_reply_set_text (reply, 400, "malformed path or fields");
    return;
  }
  if (!unpack (request, reply, &body) || !open_store (intake, reply))
    return;
  batch.body = body;
  if (!trace_ingest_batch (intake->store, intake->keys, &batch, now_ms (), &answer, &error)) {
    fail (intake, reply, error);
    return;
  }
  intake->metrics.n_batches[answer.result]++;
  intake->metrics.n_records += answer.n_new;
  intake->metrics.n_quarantined += answer.n_quarantined;
  if (answer.result == TRACE_INGEST_FORK)
    g_message ("a kiosk's records contradict what it sent before; its feed is frozen");
  reply_with (reply, &answer);
}

static void
answer_heartbeat (TraceIntake *intake, const TraceRequest *request, TraceReply *reply)
{
  g_autoptr (GError) error = NULL;
  JournalOrigin origin;
  TraceIngestAnswer answer;
  if (!trace_heartbeat_path_read (request->path, &origin)) {
    trace_reply_set_text (reply, 400, "malformed path");
    return;
  }
  if (!open_store (intake, reply))
    return;
  if (!trace_ingest_heartbeat (intake->store, &origin, request->body, now_ms (), &answer, &error)) {
    fail (intake, reply, error);
    return;
  }
  intake->metrics.n_heartbeats++;
  if (answer.result == TRACE_INGEST_TAKEN)
    trace_reply_set_text (reply, 200, answer.reason != NULL ? answer.reason : "ok");
  else
    reply_with (reply, &answer);
}

static gboolean
enrol (TraceIntake *intake,
       const FeedEnrolment *enrolment,
       FeedWelcome *welcome,
       TraceAdmission *ret_admission,
       GError **error)
{
  TraceDb *db = trace_store_get_db (intake->store);
  gboolean is_offered = FALSE;
  *ret_admission = (TraceAdmission){ .refusal = TRACE_ENROLMENT_UNKNOWN };
  if (!trace_enrolment_find (db, enrolment->token, &is_offered, error))
    return FALSE;
  if (!is_offered) // and whoever tries does not make the store wait
    return TRUE;
  if (!trace_store_begin (intake->store, error))
    return FALSE;
  if (trace_enrolment_use (db, enrolment, now_ms (), welcome, ret_admission, error) &&
      trace_store_commit (intake->store, error))
    return TRUE;
  trace_store_roll_back (intake->store);
  return FALSE;
}

static void
answer_enrol (TraceIntake *intake, const TraceRequest *request, TraceReply *reply)
{
  g_autoptr (GError) error = NULL;
  FeedEnrolment enrolment;
  FeedWelcome welcome = { .venue = "" };
  TraceAdmission admission;
  const guint8 *officer_key = trace_keys_get_officer_key (intake->keys);
  guint8 bytes[FEED_WELCOME_SIZE];
  gsize len = 0;
  const guint8 *data = g_bytes_get_data (request->body, &len);
  if (!feed_enrolment_read (data, len, &enrolment)) {
    trace_reply_set_text (reply, 400, "no enrolment request");
    return;
  }
  if (officer_key == NULL) {
    trace_reply_set_text (reply, 503, "this core has no officer's key yet");
    return;
  }
  if (!open_store (intake, reply))
    return;
  if (!enrol (intake, &enrolment, &welcome, &admission, &error)) {
    fail (intake, reply, error);
    return;
  }
  if (admission.refusal != NULL) {
    intake->metrics.n_refused_enrolments++;
    g_message ("enrolment refused: %s", admission.refusal);
    trace_reply_set_text (reply, 403, admission.refusal);
    return;
  }
  intake->metrics.n_enrolled += !admission.is_again;
  memcpy (welcome.core_key, trace_keys_get_core_key (intake->keys), sizeof welcome.core_key);
  memcpy (welcome.ingest_key, trace_keys_get_ingest_key (intake->keys), sizeof welcome.ingest_key);
  memcpy (welcome.officer_key, officer_key, sizeof welcome.officer_key);
  feed_welcome_write (&welcome, bytes);
  set_bytes (reply, FEED_TYPE_MESSAGE, bytes, sizeof bytes);
}

static void
answer_health (TraceIntake *intake, const TraceRequest *request, TraceReply *reply)
{
  g_autoptr (GError) error = NULL;
  gint64 one = 0;
  if (!open_store (intake, reply))
    return;
  if (trace_db_query_int (trace_store_get_db (intake->store), "SELECT 1", TRACE_NO_VALUES, 0, &one,
                          &error))
    trace_reply_set_text (reply, 200, "ok");
  else
    fail (intake, reply, error);
}

static void
answer_metrics (TraceIntake *intake, const TraceRequest *request, TraceReply *reply)
{
  TraceReply unused = { .status = 0 };
  gboolean is_open = open_store (intake, &unused);
  g_autofree char *text = trace_metrics_write (
      &intake->metrics, is_open ? trace_store_get_db (intake->store) : NULL, now_ms ());
  trace_reply_clear (&unused);
  set_bytes (reply, TRACE_METRICS_TYPE, (const guint8 *) text, strlen (text));
}

static const Entry entries[] = {
  { TRACE_FEED_PATH, "PUT", FEED_TYPE_BATCH, 1, FEED_BATCH_BYTES_MAX + SLACK_BYTES, answer_feed },
  { TRACE_HEARTBEAT_PATH, "POST", FEED_TYPE_MESSAGE, FEED_HEARTBEAT_SIZE, FEED_HEARTBEAT_SIZE,
    answer_heartbeat },
  { TRACE_ENROL_PATH, "POST", FEED_TYPE_MESSAGE, FEED_ENROLMENT_SIZE, FEED_ENROLMENT_SIZE,
    answer_enrol },
  { "/health", "GET", NULL, 0, 0, answer_health },
  { "/metrics", "GET", NULL, 0, 0, answer_metrics },
};

static const Entry *
find_entry (const char *path)
{
  for (gsize i = 0; i < G_N_ELEMENTS (entries); i++)
    if (g_str_has_suffix (entries[i].prefix, "/") ? g_str_has_prefix (path, entries[i].prefix)
                                                  : g_str_equal (path, entries[i].prefix))
      return &entries[i];
  return NULL;
}

static TraceAdmit
refuse (TraceReply *reply, guint status, const char *why)
{
  trace_reply_set_text (reply, status, why);
  return TRACE_ADMIT_REFUSED;
}

// Figures of the fleet are nobody else's business.
static gboolean
may_see_metrics (const TraceIntake *intake, const TraceRequest *request)
{
  const char *given = trace_request_get_field (request, "Authorization");
  g_autofree char *wanted = g_strconcat ("Bearer ", intake->metrics_token, NULL);
  g_autoptr (GInetAddress) peer = g_inet_address_new_from_string (request->peer);
  if (intake->metrics_token[0] == '\0')
    return peer != NULL && g_inet_address_get_is_loopback (peer);
  return given != NULL && strlen (given) == strlen (wanted) &&
         sodium_memcmp (given, wanted, strlen (wanted)) == 0;
}

static TraceAdmit
admit_batch (const TraceRequest *request, TraceReply *reply)
{
  JournalOrigin origin;
  FeedRange range;
  return trace_feed_path_read (request->path, &origin, &range)
             ? TRACE_ADMIT_YES
             : refuse (reply, 400, "malformed path");
}

static TraceAdmit
admit (gpointer user_data, const TraceRequest *request, guint64 body_len, TraceReply *reply)
{
  const TraceIntake *intake = user_data;
  const Entry *entry = find_entry (request->path);
  const char *type = trace_request_get_field (request, "Content-Type");
  gboolean is_get = entry != NULL && g_str_equal (entry->method, "GET");
  if (entry == NULL)
    return g_str_has_prefix (request->path, "/v1/") ? refuse (reply, 404, "not here")
                                                    : TRACE_ADMIT_OTHER;
  if (!g_str_equal (request->method, entry->method) &&
      !(is_get && g_str_equal (request->method, "HEAD"))) {
    trace_reply_add_field (reply, "Allow", is_get ? "GET, HEAD" : entry->method);
    return refuse (reply, 405, "another method");
  }
  if (entry->type != NULL && g_strcmp0 (type, entry->type) != 0)
    return refuse (reply, 415, entry->type);
  if (body_len > entry->len_max)
    return refuse (reply, 413, "too long");
  if (body_len < entry->len_min)
    return refuse (reply, 400, "too short");
  if (entry->answer == answer_metrics && !may_see_metrics (intake, request))
    return refuse (reply, 403, "not for you");
  return entry->answer == answer_feed ? admit_batch (request, reply) : TRACE_ADMIT_YES;
}

static void
answer_worker (gpointer user_data, const TraceRequest *request, TraceReply *reply)
{
  TraceIntake *intake = user_data;
  gint64 started_us = g_get_monotonic_time ();
  find_entry (request->path)->answer (intake, request, reply);
  intake->metrics.n_requests++;
  intake->metrics.busy_us += (guint64) (g_get_monotonic_time () - started_us);
}

TraceIntake *
trace_intake_new (const char *store_uri,
                  const TraceOpenStays *open_stays,
                  const TraceKeys *keys,
                  const char *metrics_token)
{
  TraceIntake *intake = g_new0 (TraceIntake, 1);
  intake->store_uri = g_strdup (store_uri);
  intake->open_stays = *open_stays;
  intake->keys = keys;
  intake->metrics_token = g_strdup (metrics_token);
  return intake;
}

void
trace_intake_free (TraceIntake *intake)
{
  drop_store (intake);
  g_free (intake->store_uri);
  g_free (intake->metrics_token);
  g_free (intake);
}

TraceRoute
trace_intake_get_route (TraceIntake *intake)
{
  return (TraceRoute){ admit, answer_worker, intake };
}
