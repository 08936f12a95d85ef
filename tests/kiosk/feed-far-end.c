// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// libmicrohttpd's own thread answers; what it and the test share is behind one lock.

#include "tests/kiosk/feed-far-end.h"

#include <netinet/in.h>
#include <string.h>

#include <gnutls/abstract.h>
#include <gnutls/x509.h>
#include <microhttpd.h>
#include <sodium.h>
#include <zstd.h>

#include "tests/kiosk/held-port.h"

#define BODY_MAX (1 << 20)
#define DAY_S    86400

struct _FarEnd {
  struct MHD_Daemon *daemon;
  guint16 port;
  int held; // the port, while it is cut
  char *key_pem, *certificate_pem, *url;
  guint8 pin[32];
  guint8 core_key[JOURNAL_KEY_SIZE];
  guint8 core_secret[crypto_sign_SECRETKEYBYTES];
  guint8 stranger_secret[crypto_sign_SECRETKEYBYTES];
  guint8 token[FEED_TOKEN_SIZE];

  GMutex lock; // of what follows
  FarEndMood mood;
  guint n_moods;
  gboolean has_token;
  gboolean has_kiosk, is_unheard; // it did not hear that it was taken in
  guint8 kiosk_key[JOURNAL_KEY_SIZE];
  GHashTable *hashes; // seq → hash
  GByteArray *bytes;
  guint64 last;
  guint n_requests, n_doubles, n_heartbeats, n_elsewhere;
  FeedHeartbeat heartbeat;
  gint64 shift_ms;
  GPtrArray *suspended; // of struct MHD_Connection
};

static void
make_certificate (FarEnd *self, gboolean is_expired)
{
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t certificate;
  gnutls_pubkey_t public_key;
  gnutls_datum_t pem, spki;
  time_t now = time (NULL);
  g_assert_cmpint (gnutls_x509_privkey_init (&key), ==, 0);
  g_assert_cmpint (gnutls_x509_privkey_generate (
                       key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0),
                   ==, 0);
  g_assert_cmpint (gnutls_x509_crt_init (&certificate), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_key (certificate, key), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_version (certificate, 3), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_serial (certificate, "\1", 1), ==, 0);
  g_assert_cmpint (
      gnutls_x509_crt_set_dn_by_oid (certificate, GNUTLS_OID_X520_COMMON_NAME, 0, "core", 4), ==,
      0);
  time_t expires = is_expired ? now - 300 * DAY_S : now + 300 * DAY_S;
  g_assert_cmpint (gnutls_x509_crt_set_activation_time (certificate, now - 600 * DAY_S), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_expiration_time (certificate, expires), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_sign2 (certificate, certificate, key, GNUTLS_DIG_SHA256, 0), ==,
                   0);

  g_assert_cmpint (gnutls_x509_privkey_export2 (key, GNUTLS_X509_FMT_PEM, &pem), ==, 0);
  self->key_pem = g_strndup ((const char *) pem.data, pem.size);
  gnutls_free (pem.data);
  g_assert_cmpint (gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_PEM, &pem), ==, 0);
  self->certificate_pem = g_strndup ((const char *) pem.data, pem.size);
  gnutls_free (pem.data);
  g_assert_cmpint (gnutls_pubkey_init (&public_key), ==, 0);
  g_assert_cmpint (gnutls_pubkey_import_x509 (public_key, certificate, 0), ==, 0);
  g_assert_cmpint (gnutls_pubkey_export2 (public_key, GNUTLS_X509_FMT_DER, &spki), ==, 0);
  (void) crypto_hash_sha256 (self->pin, spki.data, spki.size); // cannot fail
  gnutls_free (spki.data);
  gnutls_pubkey_deinit (public_key);
  gnutls_x509_crt_deinit (certificate);
  gnutls_x509_privkey_deinit (key);
}

static enum MHD_Result
answer (struct MHD_Connection *connection,
        guint status,
        gconstpointer body,
        gsize len,
        const char *field,
        const char *value)
{
  struct MHD_Response *response =
      MHD_create_response_from_buffer (len, (void *) body, MHD_RESPMEM_MUST_COPY);
  if (field != NULL)
    (void) MHD_add_response_header (response, field, value); // valid
  enum MHD_Result result = MHD_queue_response (connection, status, response);
  MHD_destroy_response (response);
  return result;
}

static enum MHD_Result
answer_text (struct MHD_Connection *connection, guint status, const char *field, const char *value)
{
  return answer (connection, status, "no\n", 3, field, value);
}

static ssize_t
on_endless (void *user_data, uint64_t at, char *data, size_t len)
{
  memset (data, 'x', len);
  return (ssize_t) len;
}

static enum MHD_Result
answer_endless (struct MHD_Connection *connection, gboolean in_headers)
{
  struct MHD_Response *response =
      in_headers
          ? MHD_create_response_from_buffer (0, NULL, MHD_RESPMEM_PERSISTENT)
          : MHD_create_response_from_callback (MHD_SIZE_UNKNOWN, 4096, on_endless, NULL, NULL);
  g_autofree char *long_value = g_strnfill (1000, 'y');
  for (guint i = 0; in_headers && i < 100; i++)
    (void) MHD_add_response_header (response, "X-Endless", long_value); // valid
  enum MHD_Result result = MHD_queue_response (connection, 200, response);
  MHD_destroy_response (response);
  return result;
}

static FarEndMood
next_mood (FarEnd *self)
{
  if (self->n_moods == 0)
    return FAR_END_WELL;
  self->n_moods--;
  return self->mood;
}

static gboolean
read_hex (const char *text, guint8 *ret_bytes, gsize n)
{
  gsize n_read = 0;
  return text != NULL && strlen (text) == 2 * n &&
         sodium_hex2bin (ret_bytes, n, text, 2 * n, NULL, &n_read, NULL) == 0 && n_read == n;
}

typedef struct {
  JournalOrigin origin;
  FeedRange range;
  GByteArray *items;
} Batch;

static const char *
field_of (struct MHD_Connection *connection, const char *name)
{
  return MHD_lookup_connection_value (connection, MHD_HEADER_KIND, name);
}

// Whatever the kiosk sends must be right; a test that sends nonsense has failed.
static void
read_batch (FarEnd *self,
            struct MHD_Connection *connection,
            const char *url,
            const GByteArray *body,
            Batch *ret_batch)
{
  JournalStatement statement;
  const char *reason = NULL;
  gsize n_signature = 0;
  g_auto (GStrv) parts = g_strsplit (url, "/", -1); // "", v1, feed, KIOSK, EPOCH, FIRST-LAST
  g_assert_cmpuint (g_strv_length (parts), ==, 6);
  g_assert_true (read_hex (parts[3], ret_batch->origin.kiosk, JOURNAL_ID_SIZE));
  g_assert_true (read_hex (parts[4], ret_batch->origin.epoch, JOURNAL_ID_SIZE));
  g_assert_cmpint (sscanf (parts[5], "%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT,
                           &ret_batch->range.first, &ret_batch->range.last),
                   ==, 2);
  g_assert_true (
      read_hex (field_of (connection, FEED_FIELD_PREV), ret_batch->range.prev, JOURNAL_HASH_SIZE));
  g_assert_true (
      read_hex (field_of (connection, FEED_FIELD_HEAD), ret_batch->range.head, JOURNAL_HASH_SIZE));
  g_assert_cmpstr (field_of (connection, "Content-Type"), ==, FEED_TYPE_BATCH);
  g_assert_cmpstr (field_of (connection, "Content-Encoding"), ==, "zstd");

  ret_batch->items = g_byte_array_new ();
  g_byte_array_set_size (ret_batch->items, BODY_MAX);
  gsize len = ZSTD_decompress (ret_batch->items->data, BODY_MAX, body->data, body->len);
  g_assert_false (ZSTD_isError (len));
  g_byte_array_set_size (ret_batch->items, (guint) len);
  g_assert_cmpuint (len, <=, FEED_BATCH_BYTES_MAX);
  g_assert_cmpuint (ret_batch->range.last - ret_batch->range.first + 1, <=, FEED_BATCH_RECORDS_MAX);
  g_assert_true (feed_batch_check (ret_batch->items->data, len, &ret_batch->range, &reason));
  if (!self->has_kiosk)
    return;
  g_autofree guchar *signature =
      g_base64_decode (field_of (connection, FEED_FIELD_SIGNATURE), &n_signature);
  g_assert_cmpuint (n_signature, ==, JOURNAL_SIG_SIZE);
  feed_statement_batch (&statement, &ret_batch->origin, &ret_batch->range);
  g_assert_true (journal_statement_verify (&statement, signature, self->kiosk_key));
}

static void
keep_batch (FarEnd *self, const Batch *batch)
{
  JournalRecord record;
  guint8 hash[JOURNAL_HASH_SIZE];
  memcpy (hash, batch->range.prev, sizeof hash);
  g_byte_array_append (self->bytes, batch->items->data, batch->items->len);
  for (gsize at = 0; at < batch->items->len;) {
    at += feed_item_read (batch->items->data + at, batch->items->len - at, &record);
    memcpy (record.prev, hash, sizeof hash);
    journal_chain_link (&record, hash);
    const guint8 *known = g_hash_table_lookup (self->hashes, &record.seq);
    if (known != NULL) {
      g_assert_cmpmem (known, sizeof hash, hash, sizeof hash);
      self->n_doubles++;
      continue;
    }
    g_hash_table_insert (self->hashes, g_memdup2 (&record.seq, sizeof record.seq),
                         g_memdup2 (hash, sizeof hash));
    self->last = MAX (self->last, record.seq);
  }
}

static enum MHD_Result
answer_receipt (FarEnd *self,
                struct MHD_Connection *connection,
                const Batch *batch,
                FarEndMood mood)
{
  JournalStatement statement;
  FeedReceipt receipt = { .origin = batch->origin, .last = batch->range.last };
  guint8 bytes[FEED_RECEIPT_SIZE];
  receipt.core_ms = g_get_real_time () / 1000 + self->shift_ms;
  memcpy (receipt.head, batch->range.head, sizeof receipt.head);
  if (mood == FAR_END_OTHER_KIOSK)
    receipt.origin.kiosk[0] ^= 1;
  if (mood == FAR_END_OTHER_SEQ)
    receipt.last--;
  feed_statement_receipt (&statement, &receipt);
  (void) crypto_sign_detached (receipt.signature, NULL, statement.bytes, statement.len,
                               mood == FAR_END_STRANGER ? self->stranger_secret
                                                        : self->core_secret); // cannot fail
  feed_receipt_write (&receipt, bytes);
  if (mood == FAR_END_ALTERED_RECEIPT)
    bytes[60] ^= 4;
  return answer (connection, 200, bytes, mood == FAR_END_EMPTY ? 0 : sizeof bytes, "Content-Type",
                 FEED_TYPE_RECEIPT);
}

static enum MHD_Result
answer_batch (FarEnd *self, struct MHD_Connection *connection, const Batch *batch)
{
  char gap[40];
  FarEndMood mood = next_mood (self);
  gboolean is_large = batch->range.last - batch->range.first + 1 > 10;
  switch (mood) {
  case FAR_END_PORTAL:
    return answer (connection, 200, "<html>sign in</html>", 20, "Content-Type", "text/html");
  case FAR_END_MOVED:
    return answer_text (connection, 301, "Location", "/elsewhere");
  case FAR_END_TOO_LARGE:
    if (is_large)
      return answer_text (connection, 413, NULL, NULL);
    break;
  case FAR_END_TOO_MANY:
    return answer_text (connection, 429, "Retry-After", "1");
  case FAR_END_BUSY:
    return answer_text (connection, 503, "Retry-After", "1");
  case FAR_END_BROKEN:
    return answer_text (connection, 500, NULL, NULL);
  case FAR_END_ENDLESS:
  case FAR_END_ENDLESS_HEADERS:
    return answer_endless (connection, mood == FAR_END_ENDLESS_HEADERS);
  case FAR_END_RESET:
    keep_batch (self, batch);
    return MHD_NO;
  case FAR_END_SILENT:
    MHD_suspend_connection (connection);
    g_ptr_array_add (self->suspended, connection);
    return MHD_YES;
  case FAR_END_FORGETS:
    g_hash_table_remove_all (self->hashes);
    self->last = 0;
    return answer_text (connection, 409, FEED_FIELD_CONFLICT, "gap 1");
  case FAR_END_FORK:
    return answer_text (connection, 409, FEED_FIELD_CONFLICT, "fork");
  case FAR_END_EPOCH:
    return answer_text (connection, 409, FEED_FIELD_CONFLICT, "epoch");
  case FAR_END_REVOKED:
    return answer_text (connection, 403, NULL, NULL);
  case FAR_END_WELL:
  case FAR_END_ALTERED_RECEIPT:
  case FAR_END_OTHER_KIOSK:
  case FAR_END_OTHER_SEQ:
  case FAR_END_STRANGER:
  case FAR_END_EMPTY:
    break;
  }
  if (batch->range.first > self->last + 1) {
    (void) g_snprintf (gap, sizeof gap, "gap %" G_GUINT64_FORMAT, self->last + 1);
    return answer_text (connection, 409, FEED_FIELD_CONFLICT, gap);
  }
  keep_batch (self, batch);
  return answer_receipt (self, connection, batch, mood);
}

static enum MHD_Result
answer_enrolment (FarEnd *self, struct MHD_Connection *connection, const GByteArray *body)
{
  FeedEnrolment enrolment;
  FeedWelcome welcome = { .venue = "khach-san", .zone = "sanh", .profile = "hotel" };
  guint8 bytes[FEED_WELCOME_SIZE];
  FarEndMood mood = next_mood (self);
  if (mood == FAR_END_PORTAL)
    return answer (connection, 200, "<html>sign in</html>", 20, "Content-Type", "text/html");
  if (mood == FAR_END_MOVED)
    return answer_text (connection, 301, "Location", "/elsewhere");
  if (!feed_enrolment_read (body->data, body->len, &enrolment) || !self->has_token ||
      memcmp (enrolment.token, self->token, sizeof self->token) != 0 ||
      (self->is_unheard &&
       memcmp (enrolment.kiosk_key, self->kiosk_key, sizeof self->kiosk_key) != 0))
    return answer_text (connection, 403, NULL, NULL);
  self->is_unheard = mood == FAR_END_RESET;
  self->has_token = self->is_unheard; // once, or for the same kiosk again
  self->has_kiosk = TRUE;
  memcpy (self->kiosk_key, enrolment.kiosk_key, sizeof self->kiosk_key);
  memcpy (welcome.core_key, self->core_key, sizeof welcome.core_key);

  guint8 secret[JOURNAL_KEY_SIZE];
  (void) crypto_box_keypair (welcome.ingest_key, secret);  // cannot fail
  (void) crypto_box_keypair (welcome.officer_key, secret); // cannot fail
  feed_welcome_write (&welcome, bytes);
  if (self->is_unheard)
    return MHD_NO;
  return answer (connection, 200, bytes, sizeof bytes, "Content-Type", FEED_TYPE_MESSAGE);
}

static enum MHD_Result
answer_heartbeat (FarEnd *self, struct MHD_Connection *connection, const GByteArray *body)
{
  g_assert_cmpuint (body->len, ==, FEED_HEARTBEAT_SIZE);
  if (self->has_kiosk)
    g_assert_true (feed_heartbeat_read (body->data, body->len, self->kiosk_key, &self->heartbeat));
  self->n_heartbeats++;
  return answer (connection, 200, "ok\n", 3, NULL, NULL);
}

static enum MHD_Result
answer_whole (FarEnd *self,
              struct MHD_Connection *connection,
              const char *url,
              const char *method,
              const GByteArray *body)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  if (g_str_has_prefix (url, "/v1/heartbeat/"))
    return answer_heartbeat (self, connection, body);
  self->n_requests++;
  if (g_str_equal (url, "/v1/enroll"))
    return answer_enrolment (self, connection, body);
  if (!g_str_has_prefix (url, "/v1/feed/") || !g_str_equal (method, "PUT")) {
    self->n_elsewhere++;
    return answer_text (connection, 404, NULL, NULL);
  }
  Batch batch = { .items = NULL };
  read_batch (self, connection, url, body, &batch);
  enum MHD_Result result = answer_batch (self, connection, &batch);
  g_byte_array_unref (batch.items);
  return result;
}

static enum MHD_Result
on_request (void *user_data,
            struct MHD_Connection *connection,
            const char *url,
            const char *method,
            const char *version,
            const char *data,
            size_t *data_len,
            void **request)
{
  FarEnd *self = user_data;
  if (*request == NULL) {
    *request = g_byte_array_new ();
    return MHD_YES;
  }
  if (*data_len > 0) {
    g_byte_array_append (*request, (const guint8 *) data, (guint) *data_len);
    *data_len = 0;
    return MHD_YES;
  }
  return answer_whole (self, connection, url, method, *request);
}

static void
on_request_over (void *user_data,
                 struct MHD_Connection *connection,
                 void **request,
                 enum MHD_RequestTerminationCode code)
{
  if (*request != NULL)
    g_byte_array_unref (*request);
  *request = NULL;
}

void
far_end_mend (FarEnd *self)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons (self->port),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  self->daemon = MHD_start_daemon (
      MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_TLS | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL,
      on_request, self, MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_HTTPS_MEM_KEY, self->key_pem,
      MHD_OPTION_HTTPS_MEM_CERT, self->certificate_pem, MHD_OPTION_LISTENING_ADDRESS_REUSE, 1,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t) 512 * 1024, MHD_OPTION_NOTIFY_COMPLETED,
      on_request_over, NULL, MHD_OPTION_END);
  g_assert_nonnull (self->daemon);
}

void
far_end_cut (FarEnd *self)
{
  // The silent ones would answer when they are resumed: in a mood that closes them.
  g_mutex_lock (&self->lock);
  g_autoptr (GPtrArray) suspended = g_steal_pointer (&self->suspended);
  self->suspended = g_ptr_array_new ();
  FarEndMood mood = self->mood;
  guint n_moods = self->n_moods;
  if (suspended->len > 0) {
    self->mood = FAR_END_BROKEN;
    self->n_moods = G_MAXUINT;
  }
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < suspended->len; i++)
    MHD_resume_connection (g_ptr_array_index (suspended, i));
  MHD_stop_daemon (self->daemon);
  self->daemon = NULL;
  self->mood = mood;
  self->n_moods = n_moods;
}

FarEnd *
far_end_new (gboolean is_expired)
{
  static const guint8 seed[crypto_sign_SEEDBYTES] = { 3 },
                      other_seed[crypto_sign_SEEDBYTES] = { 4 };
  guint8 unused[JOURNAL_KEY_SIZE];
  FarEnd *self = g_new0 (FarEnd, 1);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_mutex_init (&self->lock);
  self->hashes = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->bytes = g_byte_array_new ();
  self->suspended = g_ptr_array_new ();
  (void) crypto_sign_seed_keypair (self->core_key, self->core_secret, seed);   // cannot fail
  (void) crypto_sign_seed_keypair (unused, self->stranger_secret, other_seed); // cannot fail
  make_certificate (self, is_expired);
  self->held = held_port_take (&self->port);
  far_end_mend (self);
  self->url = g_strdup_printf ("https://localhost:%u", self->port);
  return self;
}

void
far_end_set_core_seed (FarEnd *self, guint8 number)
{
  const guint8 seed[crypto_sign_SEEDBYTES] = { number };
  (void) crypto_sign_seed_keypair (self->core_key, self->core_secret, seed); // cannot fail
}

void
far_end_free (FarEnd *self)
{
  if (self->daemon != NULL)
    far_end_cut (self);
  held_port_let_go (self->held);
  g_hash_table_unref (self->hashes);
  g_byte_array_unref (self->bytes);
  g_ptr_array_unref (self->suspended);
  g_mutex_clear (&self->lock);
  g_free (self->key_pem);
  g_free (self->certificate_pem);
  g_free (self->url);
  g_free (self);
}

void
far_end_set_mood (FarEnd *self, FarEndMood mood, guint n)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  self->mood = mood;
  self->n_moods = n;
}

const char *
far_end_get_url (FarEnd *self)
{
  return self->url;
}

const guint8 *
far_end_get_pin (FarEnd *self)
{
  return self->pin;
}

const guint8 *
far_end_get_core_key (FarEnd *self)
{
  return self->core_key;
}

FeedCode
far_end_make_code (FarEnd *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  FeedCode code = { .url = "" };
  memset (self->token, 0x77, sizeof self->token);
  self->has_token = TRUE;
  memcpy (code.token, self->token, sizeof code.token);
  memcpy (code.pin, self->pin, sizeof code.pin);
  (void) g_strlcpy (code.url, self->url, sizeof code.url); // it is short
  return code;
}

guint
far_end_count_requests (FarEnd *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  return self->n_requests;
}

guint
far_end_count_records (FarEnd *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  return g_hash_table_size (self->hashes);
}

guint
far_end_count_doubles (FarEnd *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  return self->n_doubles;
}

guint
far_end_count_heartbeats (FarEnd *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  return self->n_heartbeats;
}

guint
far_end_count_elsewhere (FarEnd *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  return self->n_elsewhere;
}

guint64
far_end_get_last (FarEnd *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  return self->last;
}

FeedHeartbeat
far_end_get_heartbeat (FarEnd *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  return self->heartbeat;
}

GByteArray *
far_end_get_bytes (FarEnd *self)
{
  return self->bytes;
}

void
far_end_set_shift_ms (FarEnd *self, gint64 shift_ms)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  self->shift_ms = shift_ms;
}
