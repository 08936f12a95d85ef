// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// libcurl's easy interface (curl_easy_setopt(3)). The pinned key is checked by
// CURLOPT_PINNEDPUBLICKEY within the handshake, before a byte of the request is sent.

#define G_LOG_DOMAIN "feed-transfer"

#include "kiosk/feed/feed-transfer.h"

#include <string.h>

#include <curl/curl.h>
#include <zstd.h>

#include "kiosk/feed/feed-wire.h"

#define ZSTD_LEVEL 3

G_DEFINE_QUARK (feed - error - quark, feed_error)

FeedRequest *
feed_request_new (const char *method, const guint8 pin[FEED_PIN_SIZE])
{
  FeedRequest *request = g_new0 (FeedRequest, 1);
  request->method = method;
  request->timeout_ms = FEED_TIMEOUT_MS;
  memcpy (request->pin, pin, sizeof request->pin);
  return request;
}

void
feed_request_free (FeedRequest *request)
{
  g_free (request->url);
  g_strfreev (request->fields);
  g_clear_pointer (&request->body, g_bytes_unref);
  g_free (request);
}

void
feed_reply_free (FeedReply *reply)
{
  g_byte_array_unref (reply->body);
  g_free (reply->conflict);
  g_free (reply->retry_after);
  g_free (reply);
}

struct _FeedCarrier {
  CURL *curl;
};

// What one exchange writes into.
typedef struct {
  FeedReply *reply;
  gsize n_header_bytes;
  gboolean is_too_long;
  GCancellable *cancellable;
} Exchange;

FeedCarrier *
feed_carrier_new (void)
{
  FeedCarrier *carrier = g_new0 (FeedCarrier, 1);
  CURLcode rc = curl_global_init (CURL_GLOBAL_ALL); // counts; safe from any thread since 7.84
  carrier->curl = rc == CURLE_OK ? curl_easy_init () : NULL;
  g_assert (carrier->curl != NULL); // out of memory
  return carrier;
}

void
feed_carrier_free (FeedCarrier *carrier)
{
  curl_easy_cleanup (carrier->curl);
  curl_global_cleanup ();
  g_free (carrier);
}

static size_t
on_body (char *data, size_t size, size_t len, void *user_data)
{
  Exchange *exchange = user_data;
  exchange->is_too_long = exchange->reply->body->len + len > FEED_REPLY_MAX;
  if (exchange->is_too_long)
    return 0; // ends the exchange
  g_byte_array_append (exchange->reply->body, (const guint8 *) data, (guint) len);
  return len;
}

static void
take_field (const char *line, size_t len, const char *name, char **ret_value)
{
  size_t name_len = strlen (name);
  if (len <= name_len || line[name_len] != ':' || g_ascii_strncasecmp (line, name, name_len) != 0)
    return;
  g_free (*ret_value);
  *ret_value = g_strstrip (g_strndup (line + name_len + 1, len - name_len - 1));
}

static size_t
on_header (char *line, size_t size, size_t len, void *user_data)
{
  Exchange *exchange = user_data;
  exchange->n_header_bytes += len;
  exchange->is_too_long = exchange->n_header_bytes > FEED_REPLY_MAX;
  if (exchange->is_too_long)
    return 0; // ends the exchange
  take_field (line, len, FEED_FIELD_CONFLICT, &exchange->reply->conflict);
  take_field (line, len, "Retry-After", &exchange->reply->retry_after);
  return len;
}

static int
on_progress (
    void *user_data, curl_off_t to_get, curl_off_t got, curl_off_t to_send, curl_off_t sent)
{
  return g_cancellable_is_cancelled (((Exchange *) user_data)->cancellable);
}

// Options of one kind at a time, because curl_easy_setopt () takes anything.
static void
set_number (CURL *curl, CURLoption option, long value)
{
  CURLcode rc = curl_easy_setopt (curl, option, value);
  g_assert (rc == CURLE_OK); // known options and values
}

static void
set_text (CURL *curl, CURLoption option, const char *value)
{
  CURLcode rc = curl_easy_setopt (curl, option, value);
  g_assert (rc == CURLE_OK); // known options; curl copies the text
}

static void
set_up_tls (CURL *curl, const FeedRequest *request)
{
  g_autofree char *digest = g_base64_encode (request->pin, sizeof request->pin);
  g_autofree char *pin = g_strconcat ("sha256//", digest, NULL);
  set_text (curl, CURLOPT_PINNEDPUBLICKEY, pin);
  // The pin says more than an authority and a calendar could.
  set_number (curl, CURLOPT_SSL_VERIFYPEER, 0);
  set_number (curl, CURLOPT_SSL_VERIFYHOST, 0);
  set_text (curl, CURLOPT_CAINFO, NULL);
  set_text (curl, CURLOPT_CAPATH, NULL);
  set_number (curl, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
}

static GBytes *
pack (GBytes *body)
{
  gsize len = 0;
  gconstpointer data = g_bytes_get_data (body, &len);
  gsize size = ZSTD_compressBound (len);
  guint8 *packed = g_malloc (size);
  gsize packed_len = ZSTD_compress (packed, size, data, len, ZSTD_LEVEL);
  g_assert (ZSTD_isError (packed_len) == 0); // the bound is enough
  return g_bytes_new_take (packed, packed_len);
}

static void
set_up (CURL *curl,
        const FeedRequest *request,
        GBytes *body,
        Exchange *exchange,
        struct curl_slist *fields)
{
  curl_easy_reset (curl); // keeps the connection
  set_text (curl, CURLOPT_URL, request->url);
  set_text (curl, CURLOPT_PROTOCOLS_STR, "https");
  set_text (curl, CURLOPT_PROXY, ""); // nor one of the environment
  set_number (curl, CURLOPT_FOLLOWLOCATION, 0);
  set_number (curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  set_number (curl, CURLOPT_NOSIGNAL, 1);
  set_number (curl, CURLOPT_QUICK_EXIT, 1); // a name server that is dead holds nobody up
  set_number (curl, CURLOPT_TIMEOUT_MS, request->timeout_ms);
  set_number (curl, CURLOPT_CONNECTTIMEOUT_MS, request->timeout_ms);
  set_up_tls (curl, request);

  set_number (curl, CURLOPT_POST, 1);
  set_text (curl, CURLOPT_CUSTOMREQUEST, request->method);
  (void) curl_easy_setopt (curl, CURLOPT_POSTFIELDS, g_bytes_get_data (body, NULL));
  set_number (curl, CURLOPT_POSTFIELDSIZE, (long) g_bytes_get_size (body));
  (void) curl_easy_setopt (curl, CURLOPT_HTTPHEADER, fields); // pointers: cannot fail

  (void) curl_easy_setopt (curl, CURLOPT_WRITEFUNCTION, on_body);
  (void) curl_easy_setopt (curl, CURLOPT_WRITEDATA, exchange);
  (void) curl_easy_setopt (curl, CURLOPT_HEADERFUNCTION, on_header);
  (void) curl_easy_setopt (curl, CURLOPT_HEADERDATA, exchange);
  (void) curl_easy_setopt (curl, CURLOPT_XFERINFOFUNCTION, on_progress);
  (void) curl_easy_setopt (curl, CURLOPT_XFERINFODATA, exchange);
  set_number (curl, CURLOPT_NOPROGRESS, 0);
}

static void
set_error (GError **error, CURLcode rc, const Exchange *exchange)
{
  if (rc == CURLE_ABORTED_BY_CALLBACK)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
  else if (exchange->is_too_long)
    g_set_error_literal (error, FEED_ERROR, FEED_ERROR_REPLY, "the core: an endless answer");
  else if (rc == CURLE_OPERATION_TIMEDOUT)
    g_set_error_literal (error, FEED_ERROR, FEED_ERROR_TIMEOUT, "the core: no answer in time");
  else if (rc == CURLE_SSL_PINNEDPUBKEYNOTMATCH)
    g_set_error_literal (error, FEED_ERROR, FEED_ERROR_PIN, "the core: another one's key");
  else
    g_set_error (error, FEED_ERROR, FEED_ERROR_UNREACHABLE, "the core: %s",
                 curl_easy_strerror (rc));
}

FeedReply *
feed_carrier_exchange_worker (FeedCarrier *carrier,
                              const FeedRequest *request,
                              GCancellable *cancellable,
                              GError **error)
{
  g_autoptr (FeedReply) reply = g_new0 (FeedReply, 1);
  Exchange exchange = { .reply = reply, .cancellable = cancellable };
  struct curl_slist *fields = curl_slist_append (NULL, "Expect:"); // no wait for "100 Continue"
  reply->body = g_byte_array_new ();
  for (char **field = request->fields; field != NULL && *field != NULL; field++)
    fields = curl_slist_append (fields, *field);
  g_autoptr (GBytes) body = request->is_packed ? pack (request->body) : g_bytes_ref (request->body);
  if (request->is_packed)
    fields = curl_slist_append (fields, "Content-Encoding: zstd");
  set_up (carrier->curl, request, body, &exchange, fields);
  CURLcode rc = curl_easy_perform (carrier->curl);
  long status = 0;
  (void) curl_easy_getinfo (carrier->curl, CURLINFO_RESPONSE_CODE, &status); // stays 0
  curl_slist_free_all (fields);
  if (rc != CURLE_OK) {
    set_error (error, rc, &exchange);
    return NULL;
  }
  reply->status = (guint) status;
  return g_steal_pointer (&reply);
}

struct _FeedTransfer {
  GObject parent_instance;

  GThreadPool *pool;
  FeedCarrier *carrier; // the worker's, made by its first exchange
};

G_DEFINE_FINAL_TYPE (FeedTransfer, feed_transfer, G_TYPE_OBJECT)

typedef struct {
  GTask *task; // the main thread's
  GCancellable *cancellable;
  FeedRequest *request;
  FeedReply *reply;
  GError *error;
} Job;

static void
job_free (Job *job)
{
  g_clear_object (&job->cancellable);
  feed_request_free (job->request);
  g_clear_pointer (&job->reply, feed_reply_free);
  g_clear_error (&job->error); // told
  g_free (job);
}

static gboolean
on_job_done (gpointer user_data)
{
  Job *job = user_data;
  g_autoptr (GTask) task = g_steal_pointer (&job->task);
  if (job->error != NULL)
    g_task_return_error (task, g_steal_pointer (&job->error));
  else
    g_task_return_pointer (task, g_steal_pointer (&job->reply), (GDestroyNotify) feed_reply_free);
  return G_SOURCE_REMOVE;
}

static void
job_worker (gpointer data, gpointer user_data)
{
  Job *job = data;
  FeedCarrier **carrier = user_data;
  if (*carrier == NULL)
    *carrier = feed_carrier_new ();
  job->reply = feed_carrier_exchange_worker (*carrier, job->request, job->cancellable, &job->error);
  (void) g_idle_add_full (G_PRIORITY_DEFAULT, on_job_done, job, NULL); // never removed
}

void
feed_transfer_send_async (FeedTransfer *self,
                          FeedRequest *request,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_return_if_fail (FEED_IS_TRANSFER (self));
  Job *job = g_new0 (Job, 1);
  job->request = request;
  job->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  job->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (job->task, feed_transfer_send_async);
  g_task_set_task_data (job->task, job, (GDestroyNotify) job_free);
  (void) g_thread_pool_push (self->pool, job, NULL); // an exclusive pool has its thread already
}

FeedReply *
feed_transfer_send_finish (FeedTransfer *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
feed_transfer_finalize (GObject *object)
{
  FeedTransfer *self = FEED_TRANSFER (object);
  g_thread_pool_free (self->pool, FALSE, TRUE); // every job's task held a reference: it is idle
  g_clear_pointer (&self->carrier, feed_carrier_free);
  G_OBJECT_CLASS (feed_transfer_parent_class)->finalize (object);
}

static void
feed_transfer_class_init (FeedTransferClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = feed_transfer_finalize;
}

static void
feed_transfer_init (FeedTransfer *self)
{
  self->pool = g_thread_pool_new (job_worker, &self->carrier, 1, TRUE, NULL);
}

FeedTransfer *
feed_transfer_new (void)
{
  return g_object_new (FEED_TYPE_TRANSFER, NULL);
}
