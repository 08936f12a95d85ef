// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The running core, over TLS as kiosks call it, and over plain sockets for what no client would
// say.

#include <string.h>

#include <curl/curl.h>
#include <unistd.h>

#include "tests/kiosk/small-disk.h"
#include "tests/kiosk/trace-serve.h"

#define ANSWER_MS G_GINT64_CONSTANT (60000) // on a busy machine

static void
set_up (Serve *serve, gconstpointer config)
{
  serve_init (serve);
  serve_start (serve, config);
}

static void
tear_down (Serve *serve, gconstpointer unused)
{
  serve_clear (serve);
}

static JournalStamp
recent (gint64 after_ms)
{
  gint64 begin_ms = g_get_real_time () / 1000 - 3600000;
  return test_stamp (1, begin_ms, 1000 + after_ms, JOURNAL_CLOCK_SYNCED);
}

static void
fill (TestKiosk *kiosk, guint n)
{
  for (guint i = 0; i < n; i++) {
    g_autofree char *who = g_strdup_printf ("cccd:0791900%05u", i);
    JournalStamp at = recent (i);
    test_kiosk_arrive (kiosk, &at, who);
  }
}

static void
check_receipt (const Answer *answer, const FeedWelcome *welcome, guint64 last)
{
  FeedReceipt receipt;
  g_autofree char *type = answer_get_field (answer, "Content-Type");
  g_assert_cmpint (answer->status, ==, 200);
  g_assert_cmpstr (type, ==, FEED_TYPE_RECEIPT);
  g_assert_true (
      feed_receipt_read (answer->body->data, answer->body->len, welcome->core_key, &receipt));
  g_assert_cmpuint (receipt.last, ==, last);
}

static void
test_joins_and_feeds (Serve *serve, gconstpointer unused)
{
  FeedCode code;
  FeedWelcome welcome;
  serve_offer (serve, "khach-san", &code);
  g_autoptr (TestKiosk) kiosk = serve_join (serve, 1, &code, &welcome);
  g_assert_cmpstr (welcome.venue, ==, "khach-san");
  g_assert_cmpstr (welcome.zone, ==, "z1");
  g_assert_cmpstr (welcome.profile, ==, "hotel");
  fill (kiosk, 12);
  const char *const encodings[] = { NULL, "gzip", "zstd" };
  for (guint i = 0; i < 3; i++) {
    g_auto (Answer) answer = { 0 };
    serve_feed (serve, kiosk, 1 + 4 * i, 4 + 4 * i, encodings[i], &answer);
    check_receipt (&answer, &welcome, 4 + 4 * i);
    g_assert_null (strstr (answer.head->str, "Server:"));
  }
  g_assert_cmpint (serve_ask (serve, "SELECT count (*) FROM stay"), ==, 11);

  g_auto (Answer) again = { 0 }, gap = { 0 }, beat = { 0 };
  serve_feed (serve, kiosk, 5, 8, NULL, &again);
  check_receipt (&again, &welcome, 8);
  fill (kiosk, 5);
  serve_feed (serve, kiosk, 15, 17, NULL, &gap);
  g_autofree char *conflict = answer_get_field (&gap, FEED_FIELD_CONFLICT);
  g_assert_cmpint (gap.status, ==, 409);
  g_assert_cmpstr (conflict, ==, "gap 13");

  char digits[2][2 * JOURNAL_ID_SIZE + 1] = { "", "" };
  for (guint i = 0; i < JOURNAL_ID_SIZE; i++) {
    g_snprintf (digits[0] + 2 * i, 3, "%02x", kiosk->origin.kiosk[i]);
    g_snprintf (digits[1] + 2 * i, 3, "%02x", kiosk->origin.epoch[i]);
  }
  g_autofree char *path = g_strdup_printf ("/v1/heartbeat/%s/%s", digits[0], digits[1]);
  g_autoptr (GBytes) body = test_kiosk_beat (kiosk, 17, 12);
  const Question question = {
    "POST", path, FEED_TYPE_MESSAGE, NULL, body, { NULL }, NULL, NULL, 0
  };
  serve_call (serve, &question, &beat);
  g_assert_cmpint (beat.status, ==, 200);
  g_autofree char *fleet = NULL, *words = feed_words_of (kiosk->key);
  g_assert_cmpint (serve_run (serve, "kiosks", "--json", &fleet), ==, 0);
  g_assert_nonnull (strstr (fleet, digits[0]));
  g_assert_nonnull (strstr (fleet, "\"venue\":\"khach-san\",\"zone\":\"z1\""));
  g_assert_nonnull (strstr (fleet, "\"backlog\":5,\"clock\":\"synced\",\"broken\":\"printer\""));
  g_assert_nonnull (strstr (fleet, words));

  // A cloned card contradicts it; when people have looked, the kiosk goes on where it was.
  g_autoptr (TestKiosk) clone = test_kiosk_copy (kiosk);
  g_auto (Answer) fork = { 0 }, frozen = { 0 }, released = { 0 };
  JournalStamp other = recent (99);
  memcpy (clone->head, g_array_index (clone->hashes, JournalRecord, 11).prev, sizeof clone->head);
  g_ptr_array_set_size (clone->items, 11);
  g_array_set_size (clone->hashes, 11);
  clone->seq = 11;
  test_kiosk_arrive (clone, &other, "somebody else");
  serve_feed (serve, clone, 12, 12, NULL, &fork);
  g_assert_cmpint (fork.status, ==, 409);
  serve_feed (serve, kiosk, 13, 17, NULL, &frozen);
  g_assert_cmpint (frozen.status, ==, 409);
  g_assert_cmpint (serve_run (serve, "release", digits[0], NULL), ==, 0);
  g_assert_cmpint (serve_run (serve, "release", digits[0], NULL), ==, 1);
  serve_feed (serve, kiosk, 13, 17, NULL, &released);
  check_receipt (&released, &welcome, 17);
  fill (kiosk, 2);

  g_assert_cmpint (serve_run (serve, "revoke", digits[0], NULL), ==, 0);
  g_assert_cmpint (serve_run (serve, "revoke", digits[0], NULL), ==, 1);
  g_auto (Answer) refused = { 0 };
  serve_feed (serve, kiosk, 18, kiosk->seq, NULL, &refused);
  g_assert_cmpint (refused.status, ==, 403);
}

static long
ask_to_join (const Serve *serve, const FeedCode *code, guint8 number, const guint8 *pin)
{
  g_auto (Answer) answer = { 0 };
  serve_ask_to_join (serve, number, code, pin, &answer);
  return answer.status;
}

static void
test_lets_a_code_join_one_kiosk (Serve *serve, gconstpointer unused)
{
  FeedCode code, other;
  FeedWelcome welcome;
  serve_offer (serve, "v", &code);
  serve_offer (serve, "v", &other);
  guint8 wrong_pin[32] = { 0 };
  g_assert_cmpint (ask_to_join (serve, &code, 1, wrong_pin), ==, 0); // an impostor
  g_autoptr (TestKiosk) kiosk = serve_join (serve, 1, &code, &welcome);
  g_assert_cmpint (ask_to_join (serve, &code, 2, code.pin), ==, 403);
  g_assert_cmpint (serve_ask (serve, "SELECT count (*) FROM incident"), ==, 1);
  FeedCode elsewhere;
  serve_offer (serve, "w", &elsewhere); // what it has not sent yet was seen at "v"
  g_assert_cmpint (ask_to_join (serve, &elsewhere, 1, code.pin), ==, 403);
  g_assert_cmpint (serve_ask (serve, "SELECT count (*) FROM kiosk WHERE venue = 'w'"), ==, 0);
  other.token[0] ^= 1;
  g_assert_cmpint (ask_to_join (serve, &other, 2, code.pin), ==, 403);
  other.token[0] ^= 1;
  (void) serve_ask (serve, "UPDATE enrolment SET expires_ms = made_ms WHERE used_ms IS NULL"
                           " RETURNING 1");
  g_assert_cmpint (ask_to_join (serve, &other, 2, code.pin), ==, 403);
  g_assert_cmpint (serve_ask (serve, "SELECT count (*) FROM kiosk"), ==, 1);
  // What is kept of a code does not let anybody join.
  g_assert_cmpint (serve_ask (serve, "SELECT min (length (token)) FROM enrolment"), ==, 32);
}

// The core is killed before its answer arrives, and the kiosk comes with the same code again.
static void
test_welcomes_a_kiosk_again (Serve *serve, gconstpointer unused)
{
  FeedCode code;
  g_auto (Answer) first = { 0 }, again = { 0 }, figures = { 0 };
  const Question question = { .method = "GET", .path = "/metrics" };
  serve_offer (serve, "v", &code);
  serve_ask_to_join (serve, 1, &code, code.pin, &first);
  g_assert_cmpint (first.status, ==, 200);
  serve_kill (serve);
  serve_start (serve, NULL);
  serve_ask_to_join (serve, 1, &code, code.pin, &again);
  g_assert_cmpint (again.status, ==, 200);
  g_assert_cmpmem (again.body->data, again.body->len, first.body->data, first.body->len);
  g_assert_cmpint (serve_ask (serve, "SELECT count (*) FROM kiosk"), ==, 1);
  g_assert_cmpint (serve_ask (serve, "SELECT count (*) FROM incident"), ==, 0);
  serve_call (serve, &question, &figures);
  g_byte_array_append (figures.body, (const guint8 *) "", 1);
  g_assert_nonnull (strstr ((const char *) figures.body->data, "enrolments_total 0\n"));
}

// Who is not behind a proxy hears from no proxy where a call comes from.
static void
test_sees_who_calls (Serve *serve, gconstpointer unused)
{
  static const char body[] = "{\"name\":\"lan\",\"password\":\"wrong\"}";
  g_autofree char *origin = g_strdup_printf ("Origin: https://127.0.0.1:%u", serve->port);
  g_autoptr (GBytes) bytes = g_bytes_new_static (body, strlen (body));
  const Question question = { .method = "POST",
                              .path = "/api/session",
                              .type = "application/json",
                              .body = bytes,
                              .fields = { origin, "X-Real-IP: 203.0.113.9" } };
  g_auto (Answer) answer = { 0 };
  serve_call (serve, &question, &answer);
  g_assert_cmpint (answer.status, ==, 401);
  g_assert_cmpint (serve_ask (serve, "SELECT count (*) FROM officer_attempt"
                                     " WHERE who = 'address 127.0.0.1'"),
                   ==, 1);
}

static void
test_needs_an_officer (Serve *serve, gconstpointer unused)
{
  g_autofree char *officer = g_build_filename (serve->folder, "core.db.keys", "officer.pub", NULL);
  g_autofree char *output = NULL;
  g_assert_cmpint (unlink (officer), ==, 0);
  g_assert_cmpint (serve_run (serve, "enroll", "--venue v", &output), ==, 3);
  g_assert_nonnull (strstr (output, "--officer-key"));
  g_assert_cmpint (serve_run (serve, "enroll", "--venue a/b", NULL), ==, 2);
}

static void
test_speaks_tls_of_today (Serve *serve, gconstpointer unused)
{
  static const struct {
    long tls_max, status;
  } versions[] = { { CURL_SSLVERSION_MAX_TLSv1_0, 0 },
                   { CURL_SSLVERSION_MAX_TLSv1_1, 0 },
                   { CURL_SSLVERSION_MAX_TLSv1_2, 200 },
                   { CURL_SSLVERSION_MAX_TLSv1_3, 200 } };
  for (gsize i = 0; i < G_N_ELEMENTS (versions); i++) {
    const Question question = { .method = "GET",
                                .path = "/health",
                                .tls_max = versions[i].tls_max };
    g_auto (Answer) answer = { 0 };
    serve_call (serve, &question, &answer);
    g_assert_cmpint (answer.status, ==, versions[i].status);
  }
  static const char hello[] = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";
  g_autofree char *plain = serve_tell (serve, hello, strlen (hello), ANSWER_MS);
  g_assert_cmpuint (serve_status_of (plain), ==, 0);
}

static void
test_counts (Serve *serve, gconstpointer unused)
{
  const Question question = { .method = "GET", .path = "/metrics" };
  g_auto (Answer) answer = { 0 };
  serve_call (serve, &question, &answer);
  g_assert_cmpint (answer.status, ==, 200);
  g_byte_array_append (answer.body, (const guint8 *) "", 1);
  const char *text = (const char *) answer.body->data;
  g_assert_nonnull (strstr (text, "\ntramxanh_batches_total{result=\"taken\"} 0\n"));
  g_assert_nonnull (strstr (text, "\ntramxanh_store_up 1\n"));
  g_assert_nonnull (strstr (text, "# TYPE tramxanh_kiosks gauge\ntramxanh_kiosks 0\n"));
}

#define FEED_TARGET "/v1/feed/00000000000000000000000000000000/00000000000000000000000000000000/"
#define PUT         "PUT " FEED_TARGET "1-1 HTTP/1.1\r\nHost: a\r\nContent-Type: application/cbor-seq\r\n"
#define SHORT       "Content-Length: 3\r\n\r\nabc"

// What smugglers, scanners and broken clients say; 0: it is cut without an answer.
static const struct {
  const char *id, *text;
  guint status;
} rows[] = {
  { "H07", "GET " FEED_TARGET "1-1 HTTP/1.1\r\nHost: a\r\n\r\n", 405 },
  { "H07", "DELETE " FEED_TARGET "1-1 HTTP/1.1\r\nHost: a\r\n\r\n", 405 },
  { "H07", "TRACE /v1/enroll HTTP/1.1\r\nHost: a\r\n\r\n", 405 },
  { "H07", "FOO /health HTTP/1.1\r\nHost: a\r\n\r\n", 405 },
  { "H08", "PUT " FEED_TARGET "1-1 HTTP/1.1\r\nHost: a\r\n" SHORT, 415 },
  { "H08", "PUT " FEED_TARGET "1-1 HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n" SHORT,
    415 },
  { "H10", PUT "Content-Length: 263169\r\n\r\n", 413 },
  { "H10", PUT "Content-Length: 99999999999\r\n\r\n", 413 },
  { "H11", PUT "Content-Length: -1\r\n\r\n", 400 },
  { "H11", PUT "Content-Length: +5\r\n\r\nabcde", 400 },
  { "H11", PUT "Content-Length: 0x10\r\n\r\n", 400 },
  { "H11", PUT "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400 },
  { "H11", PUT "Content-Length: 3, 3\r\n\r\nabc", 400 },
  { "H11", PUT "Content-Length: 18446744073709551616\r\n\r\n", 413 },
  { "H13", PUT "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n", 411 },
  { "H13", PUT "Transfer-Encoding: chunked\r\n\r\n3\nabc\n0\n\n", 411 },
  { "H13", PUT "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400 },
  { "H13", PUT "Transfer-Encoding: xchunked\r\n" SHORT, 400 },
  { "H19", "GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400 },
  { "H19", "GET /health HTTP/1.1\r\n\r\n", 400 },
  { "H19", "GET http://a/health HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
  { "H23", PUT "Content-Length: 0\r\n\r\n", 400 },
  { "H23", PUT "\r\n", 400 },
  { "H28",
    "PUT " FEED_TARGET
    "1e400-2 HTTP/1.1\r\nHost: a\r\nContent-Type: application/cbor-seq\r\n" SHORT,
    400 },
  { "H28",
    "PUT " FEED_TARGET "01-2 HTTP/1.1\r\nHost: a\r\nContent-Type: application/cbor-seq\r\n" SHORT,
    400 },
  { "H28",
    "PUT " FEED_TARGET "0-0 HTTP/1.1\r\nHost: a\r\nContent-Type: application/cbor-seq\r\n" SHORT,
    400 },
  { "H28",
    "PUT " FEED_TARGET "2-1 HTTP/1.1\r\nHost: a\r\nContent-Type: application/cbor-seq\r\n" SHORT,
    400 },
  { "H28",
    "PUT " FEED_TARGET
    "1-9223372036854775808 HTTP/1.1\r\nHost: a\r\nContent-Type: application/cbor-seq\r\n" SHORT,
    400 },
  { "fields", PUT SHORT, 400 },
  { "encoding", PUT "Content-Encoding: br\r\n" SHORT, 400 },
  { "path", "GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n", 404 },
  { "path", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 200 }, // the console
  { "path", "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n", 404 },
  { "path", "GET /v1/ HTTP/1.1\r\nHost: a\r\n\r\n", 404 },
  { "enrol",
    "POST /v1/enroll HTTP/1.1\r\nHost: a\r\nContent-Type: "
    "application/vnd.tramxanh.message\r\n" SHORT,
    400 },
  { "enrol",
    "POST /v1/enroll HTTP/1.1\r\nHost: a\r\nContent-Type: application/vnd.tramxanh.message\r\n"
    "Content-Length: 5000\r\n\r\n",
    413 },
  { "garbage", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 0 },
};

static void
test_answers_nonsense (Serve *serve, gconstpointer unused)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *text = g_strdup (rows[i].text);
    g_autofree char *answer =
        serve_tell (serve, text, strlen (text), rows[i].status == 0 ? 500 : ANSWER_MS);
    g_test_message ("%s: %.60s -> %.30s", rows[i].id, rows[i].text, answer);
    g_assert_cmpuint (serve_status_of (answer), ==, rows[i].status);
  }
}

// Refused or read as a space, says RFC 9112; libmicrohttpd before 1.0 does the latter.
static void
test_trips_over_no_folded_field (Serve *serve, gconstpointer unused)
{
  const char *folded =
      "GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: a\r\n b\r\n\r\n"; // H17
  g_autofree char *answer = serve_tell (serve, folded, strlen (folded), ANSWER_MS);
  guint status = serve_status_of (answer);
  g_assert_true (status == 400 || status == 200);
}

static guint
count_answers (const char *text)
{
  guint n = 0;
  for (const char *at = strstr (text, "HTTP/1.1 "); at != NULL; at = strstr (at + 1, "HTTP/1.1 "))
    n++;
  return n;
}

// H17: NUL, a bare CR, too many fields, too long ones.
static void
test_answers_hostile_headers (Serve *serve, gconstpointer unused)
{
  static const char nul[] = "GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: "
                            "a\0\r\n\r\nGET / HTTP/1.1\r\n\r\n";
  static const char cr[] = "GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: "
                           "a\rTransfer-Encoding: chunked\r\n\r\n";
  g_autofree char *at_nul = serve_tell (serve, nul, sizeof nul - 1, ANSWER_MS);
  g_autofree char *at_cr = serve_tell (serve, cr, sizeof cr - 1, ANSWER_MS);
  // Whatever it makes of them, nothing is hidden behind them.
  g_assert_cmpuint (count_answers (at_nul), ==, 1);
  g_assert_cmpuint (count_answers (at_cr), ==, 1);
  g_autoptr (GString) many = g_string_new ("GET /health HTTP/1.1\r\nHost: a\r\n");
  for (guint i = 0; i < 101; i++)
    g_string_append_printf (many, "X-%u: a\r\n", i);
  g_string_append (many, "\r\n");
  g_autofree char *at_many = serve_tell (serve, many->str, many->len, ANSWER_MS);
  g_assert_cmpuint (serve_status_of (at_many), ==, 431);
  g_autofree char *filler = g_strnfill (65536, 'a');
  g_autofree char *long_field =
      g_strconcat ("GET /health HTTP/1.1\r\nHost: a\r\nX: ", filler, "\r\n\r\n", NULL);
  g_autofree char *at_long = serve_tell (serve, long_field, strlen (long_field), ANSWER_MS);
  g_assert_cmpuint (serve_status_of (at_long), ==, 431);
  g_autofree char *long_path = g_strconcat ("GET /", filler, " HTTP/1.1\r\nHost: a\r\n\r\n", NULL);
  g_autofree char *at_path = serve_tell (serve, long_path, strlen (long_path), ANSWER_MS);
  g_assert_cmpuint (serve_status_of (at_path), ==, 414);
  static const char hello[] = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";
  g_autofree char *well = serve_tell (serve, hello, strlen (hello), ANSWER_MS);
  g_assert_cmpuint (serve_status_of (well), ==, 200);
}

// H14, H20: whoever does not say what they announced is cut, and keeps nobody else waiting.
static void
test_cuts_the_slow (Serve *serve, gconstpointer unused)
{
  static const char *const halves[] = { PUT "Content-Length: 100\r\n\r\nabc",
                                        PUT "Content-Length: 100\r\nExpect: 100-continue\r\n\r\n",
                                        "GET /health HTTP/1.1\r\nHo", "" };
  for (gsize i = 0; i < G_N_ELEMENTS (halves); i++) {
    gint64 began_us = g_get_monotonic_time ();
    g_autofree char *answer = serve_tell (serve, halves[i], strlen (halves[i]), ANSWER_MS);
    gint64 took_ms = (g_get_monotonic_time () - began_us) / 1000;
    g_test_message ("cut after %d ms: %.20s", (int) took_ms, answer);
    g_assert_cmpint (took_ms, >=, 800);
    g_assert_cmpint (took_ms, <, ANSWER_MS); // the core closed the line
  }
}

// A byte now and then keeps the line busy, but not for ever.
static void
test_cuts_the_trickling (Serve *serve, gconstpointer unused)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_to_host (client, "127.0.0.1", serve->port, NULL, &error);
  g_assert_no_error (error);
  GSocket *socket = g_socket_connection_get_socket (connection);
  gint64 began_us = g_get_monotonic_time ();
  char byte = 'G';
  gboolean is_cut = FALSE;
  while (!is_cut && g_get_monotonic_time () - began_us < ANSWER_MS * 1000) {
    is_cut = g_socket_send (socket, &byte, 1, NULL, NULL) != 1 ||
             (g_socket_condition_timed_wait (socket, G_IO_IN, 200000, NULL, NULL) &&
              g_socket_receive (socket, &byte, 1, NULL, NULL) <= 0);
  }
  g_assert_true (is_cut);
  g_assert_cmpint (g_get_monotonic_time () - began_us, >=, 2 * G_USEC_PER_SEC);
}

static gboolean
is_closed (GSocketConnection *connection, gint64 within_us)
{
  char byte;
  GSocket *socket = g_socket_connection_get_socket (connection);
  return g_socket_condition_timed_wait (socket, G_IO_IN, within_us, NULL, NULL) &&
         g_socket_receive (socket, &byte, 1, NULL, NULL) <= 0;
}

// H16: who holds all that one may have keeps others neither out nor waiting.
static void
test_bounds_connections_of_one (Serve *serve, gconstpointer unused)
{
  enum { N = 40, N_MAX = 32 };
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  GSocketConnection *held[N];
  for (guint i = 0; i < N; i++)
    held[i] = g_socket_client_connect_to_host (client, "127.0.0.1", serve->port, NULL, NULL);
  gint64 until_us = g_get_monotonic_time () + ANSWER_MS * 1000;
  for (guint i = 0, n_open = N; n_open > N_MAX; i = (i + 1) % N)
    if (held[i] != NULL && is_closed (held[i], 1000)) {
      g_clear_object (&held[i]);
      n_open--;
    } else
      g_assert_cmpint (g_get_monotonic_time (), <, until_us);
  for (guint i = 0; i < N; i++) // and no more of them
    g_assert_true (held[i] == NULL || !is_closed (held[i], 10000));
  const Question question = { .method = "GET", .path = "/health", .from = "127.0.0.9" };
  g_auto (Answer) answer = { 0 };
  serve_call (serve, &question, &answer);
  g_assert_cmpint (answer.status, ==, 200);
  for (guint i = 0; i < N; i++)
    g_clear_object (&held[i]);
}

static void
test_refuses_what_unpacks_too_far (Serve *serve, gconstpointer unused)
{
  FeedCode code;
  FeedWelcome welcome;
  serve_offer (serve, "v", &code);
  g_autoptr (TestKiosk) kiosk = serve_join (serve, 1, &code, &welcome);
  guint8 *zeros = g_malloc0 (100 * 1024 * 1024);
  g_ptr_array_add (kiosk->items, g_bytes_new_take (zeros, 100 * 1024 * 1024));
  JournalRecord record = { .seq = 2 };
  g_array_append_val (kiosk->hashes, record);
  const char *const encodings[] = { "gzip", "zstd" };
  for (guint i = 0; i < 2; i++) {
    g_auto (Answer) answer = { 0 };
    serve_feed (serve, kiosk, 2, 2, encodings[i], &answer);
    g_assert_cmpint (answer.status, ==, 413);
  }
  g_auto (Answer) mislabelled = { 0 };
  serve_feed (serve, kiosk, 1, 1, "br", &mislabelled);
  g_assert_cmpint (mislabelled.status, ==, 415);
}

// Somebody else holds the store: later, and nothing is half-done.
static void
test_says_later_when_the_store_is_locked (Serve *serve, gconstpointer unused)
{
  FeedCode code;
  FeedWelcome welcome;
  g_autoptr (GError) error = NULL;
  serve_offer (serve, "v", &code);
  g_autoptr (TestKiosk) kiosk = serve_join (serve, 1, &code, &welcome);
  fill (kiosk, 3);
  g_autoptr (TraceStore) store = serve_open_store (serve);
  g_assert_true (trace_store_begin (store, &error));
  g_auto (Answer) busy = { 0 }, well = { 0 };
  serve_feed (serve, kiosk, 1, 4, NULL, &busy);
  g_autofree char *retry = answer_get_field (&busy, "Retry-After");
  g_assert_cmpint (busy.status, ==, 503);
  g_assert_nonnull (retry);
  trace_store_roll_back (store);
  serve_feed (serve, kiosk, 1, 4, NULL, &well);
  check_receipt (&well, &welcome, 4);
}

// H58: on a disk that is full.
static void
test_says_later_when_the_disk_is_full (Serve *serve, gconstpointer unused)
{
  serve_init (serve);
  g_autofree char *disk = serve_path (serve, "disk");
  g_assert_cmpint (g_mkdir_with_parents (disk, 0700), ==, 0);
  if (!small_disk_mount (disk, 8))
    return;
  g_free (serve->store);
  serve->store = g_strdup_printf ("sqlite:%s/core.db", disk);
  g_autofree char *config = g_strdup_printf ("keys = %s/core.db.keys\n", serve->folder);
  serve_start (serve, config);
  FeedCode code;
  FeedWelcome welcome;
  serve_offer (serve, "v", &code);
  g_autoptr (TestKiosk) kiosk = serve_join (serve, 1, &code, &welcome);
  fill (kiosk, 150);
  small_disk_fill (disk, 100);
  g_auto (Answer) full = { 0 }, well = { 0 };
  serve_feed (serve, kiosk, 1, 151, NULL, &full);
  g_assert_cmpint (full.status, ==, 503);
  small_disk_fill (disk, 0);
  serve_feed (serve, kiosk, 1, 151, NULL, &well);
  check_receipt (&well, &welcome, 151);
  g_assert_cmpint (serve_ask (serve, "SELECT count (*) FROM stay"), ==, 150);
  serve_stop (serve);
  small_disk_unmount (disk);
}

static void
test_refuses_a_wrong_configuration (Serve *serve, gconstpointer unused)
{
  static const struct {
    const char *text, *why;
  } wrong[] = {
    { "listen = 127.0.0.1:0\nlisten = 127.0.0.1:0\n", "line 2: given twice" },
    { "# ok\n\nkolor = red\n", "line 3: no key of ours" },
    { "connections = 0\n", "line 1: no value of this key" },
    { "behind-proxy = maybe\n", "line 1: no value of this key" },
    { "idle-s\n", "line 1: not KEY = VALUE" },
    { "url = http://a\n", "url: https://" },
    { "behind-proxy = yes\n", "only a loopback address" },
    { "listen = example\n", "not ADDRESS:PORT" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autofree char *path = serve_path (serve, "wrong.conf");
    g_autofree char *arguments = g_strdup_printf ("--config %s", path);
    g_autofree char *output = NULL;
    g_assert_true (g_file_set_contents (path, wrong[i].text, -1, NULL));
    g_assert_cmpint (serve_run (serve, "serve", arguments, &output), ==, 2);
    g_test_message ("%s", output);
    g_assert_nonnull (strstr (output, wrong[i].why));
  }
}

int
main (int argc, char **argv)
{
  small_disk_init ();
  static const char hasty[] = "behind-proxy = yes\nidle-s = 1\n";
  static const char patient[] = "behind-proxy = yes\nidle-s = 5\nrequest-s = 2\n";
  g_test_init (&argc, &argv, NULL);
  curl_global_init (CURL_GLOBAL_DEFAULT);
#define ADD(name, config, func)                                                                    \
  g_test_add ("/trace/serve/" name, Serve, config, set_up, func, tear_down)
  ADD ("joins-and-feeds", NULL, test_joins_and_feeds);
  ADD ("lets-a-code-join-one-kiosk", NULL, test_lets_a_code_join_one_kiosk);
  ADD ("welcomes-a-kiosk-again", NULL, test_welcomes_a_kiosk_again);
  ADD ("sees-who-calls", NULL, test_sees_who_calls);
  ADD ("needs-an-officer", NULL, test_needs_an_officer);
  ADD ("speaks-tls-of-today", NULL, test_speaks_tls_of_today);
  ADD ("counts", NULL, test_counts);
  ADD ("answers-nonsense", "behind-proxy = yes\n", test_answers_nonsense);
  ADD ("trips-over-no-folded-field", "behind-proxy = yes\n", test_trips_over_no_folded_field);
  ADD ("answers-hostile-headers", "behind-proxy = yes\n", test_answers_hostile_headers);
  ADD ("cuts-the-slow", hasty, test_cuts_the_slow);
  ADD ("cuts-the-trickling", patient, test_cuts_the_trickling);
  ADD ("bounds-connections-of-one", "idle-s = 600\n", test_bounds_connections_of_one);
  ADD ("refuses-what-unpacks-too-far", NULL, test_refuses_what_unpacks_too_far);
  ADD ("says-later-when-the-store-is-locked", NULL, test_says_later_when_the_store_is_locked);
  g_test_add ("/trace/serve/says-later-when-the-disk-is-full", Serve, NULL, NULL,
              test_says_later_when_the_disk_is_full, tear_down);
  ADD ("refuses-a-wrong-configuration", NULL, test_refuses_a_wrong_configuration);
  return g_test_run ();
}
