// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/kiosk/trace-serve.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include <curl/curl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <zlib.h>
#include <zstd.h>

#define PROGRAM TX_BINARY_DIR "/kiosk/trace/tramxanh-trace"
#define WAIT_S  60
#define REST_MS 300

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  g_assert_nonnull (dir);
  for (const char *name = NULL; (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree char *child = g_build_filename (path, name, NULL);
    if (g_file_test (child, G_FILE_TEST_IS_DIR))
      remove_folder (child);
    else
      g_assert_cmpint (g_unlink (child), ==, 0);
  }
  g_assert_cmpint (g_rmdir (path), ==, 0);
}

char *
serve_path (const Serve *serve, const char *name)
{
  return g_build_filename (serve->folder, name, NULL);
}

static void
write_file (const Serve *serve, const char *name, const char *text)
{
  g_autofree char *path = serve_path (serve, name);
  g_autoptr (GError) error = NULL;
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

void
serve_init (Serve *serve)
{
  g_autoptr (GError) error = NULL;
  *serve = (Serve){ .folder = g_dir_make_tmp ("tramxanh-serve-XXXXXX", &error) };
  g_assert_no_error (error);
  g_assert_cmpint (sodium_init (), >=, 0);
  serve->store = g_strdup_printf ("sqlite:%s/core.db", serve->folder);
  write_file (serve, "officer.pub",
              "tramxanh-officer-public "
              "0900000000000000000000000000000000000000000000000000000000000000\n");
}

void
serve_clear (Serve *serve)
{
  if (serve->child != NULL)
    serve_stop (serve);
  remove_folder (serve->folder);
  g_free (serve->folder);
  g_free (serve->store);
}

// A test that fails leaves nobody behind.
static void
on_child (gpointer unused)
{
  (void) prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static GSubprocessLauncher *
make_launcher (GSubprocessFlags flags)
{
  GSubprocessLauncher *launcher = g_subprocess_launcher_new (flags);
  g_subprocess_launcher_set_child_setup (launcher, on_child, NULL, NULL);
  g_subprocess_launcher_unsetenv (launcher, "G_DEBUG"); // as its operator has it
  return launcher;
}

void
serve_start (Serve *serve, const char *config)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *officer = serve_path (serve, "officer.pub");
  g_autofree char *config_path = serve_path (serve, "core.conf");
  g_autoptr (GSubprocessLauncher) launcher = make_launcher (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  write_file (serve, "core.conf", config != NULL ? config : "");
  serve->is_plain = config != NULL && strstr (config, "behind-proxy = yes") != NULL;
  serve->child = g_subprocess_launcher_spawn (
      launcher, &error, PROGRAM, "serve", "--store", serve->store, "--listen", "127.0.0.1:0",
      "--officer-key", officer, "--config", config_path, NULL);
  g_assert_no_error (error);
  g_autoptr (GDataInputStream) output =
      g_data_input_stream_new (g_subprocess_get_stdout_pipe (serve->child));
  g_autofree char *line = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  g_assert_true (g_str_has_prefix (line, "listening on port "));
  serve->port = (guint16) g_ascii_strtoull (line + strlen ("listening on port "), NULL, 10);
}

void
serve_kill (Serve *serve)
{
  g_subprocess_force_exit (serve->child);
  (void) g_subprocess_wait (serve->child, NULL, NULL);
  g_clear_object (&serve->child);
}

void
serve_stop (Serve *serve)
{
  g_subprocess_send_signal (serve->child, SIGTERM);
  g_assert_true (g_subprocess_wait (serve->child, NULL, NULL));
  g_assert_true (g_subprocess_get_if_exited (serve->child));
  g_assert_cmpint (g_subprocess_get_exit_status (serve->child), ==, 0);
  g_clear_object (&serve->child);
}

int
serve_run (const Serve *serve, const char *command, const char *arguments, char **ret_output)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = g_strsplit (arguments, " ", -1);
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();
  g_strv_builder_add_many (argv, PROGRAM, command, "--store", serve->store, NULL);
  g_strv_builder_addv (argv, (const char **) words);
  g_auto (GStrv) all = g_strv_builder_end (argv);
  g_autoptr (GSubprocessLauncher) launcher =
      make_launcher (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autoptr (GSubprocess) child =
      g_subprocess_launcher_spawnv (launcher, (const char *const *) all, &error);
  g_assert_no_error (error);
  g_autofree char *output = NULL;
  g_assert_true (g_subprocess_communicate_utf8 (child, NULL, NULL, &output, NULL, &error));
  if (ret_output != NULL)
    *ret_output = g_steal_pointer (&output);
  return g_subprocess_get_exit_status (child);
}

TraceStore *
serve_open_store (const Serve *serve)
{
  g_autoptr (GError) error = NULL;
  const TraceOpenStays open_stays = { 0, 57600 };
  TraceStore *store = trace_store_open (serve->store, &open_stays, &error);
  g_assert_no_error (error);
  return store;
}

gint64
serve_ask (const Serve *serve, const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TraceStore) store = serve_open_store (serve);
  gint64 number = 0;
  trace_db_query_int (trace_store_get_db (store), sql, TRACE_NO_VALUES, -1, &number, &error);
  g_assert_no_error (error);
  return number;
}

void
answer_clear (Answer *answer)
{
  g_clear_pointer (&answer->body, g_byte_array_unref);
  if (answer->head != NULL)
    g_string_free (g_steal_pointer (&answer->head), TRUE);
}

char *
answer_get_field (const Answer *answer, const char *name)
{
  g_auto (GStrv) lines = g_strsplit (answer->head->str, "\r\n", -1);
  gsize len = strlen (name);
  for (guint i = 0; lines[i] != NULL; i++)
    if (g_ascii_strncasecmp (lines[i], name, len) == 0 && lines[i][len] == ':')
      return g_strdup (g_strstrip (lines[i] + len + 1));
  return NULL;
}

static size_t
on_body (char *data, size_t size, size_t n, void *user_data)
{
  g_byte_array_append (user_data, (const guint8 *) data, (guint) (size * n));
  return size * n;
}

static size_t
on_head (char *data, size_t size, size_t n, void *user_data)
{
  g_string_append_len (user_data, data, (gssize) (size * n));
  return size * n;
}

static struct curl_slist *
make_fields (const Question *question)
{
  struct curl_slist *fields = curl_slist_append (NULL, "Expect:");
  if (question->type != NULL) {
    g_autofree char *type = g_strconcat ("Content-Type: ", question->type, NULL);
    fields = curl_slist_append (fields, type);
  }
  if (question->encoding != NULL) {
    g_autofree char *encoding = g_strconcat ("Content-Encoding: ", question->encoding, NULL);
    fields = curl_slist_append (fields, encoding);
  }
  for (guint i = 0; i < G_N_ELEMENTS (question->fields) && question->fields[i] != NULL; i++)
    fields = curl_slist_append (fields, question->fields[i]);
  return fields;
}

static void
set_pin (CURL *curl, const guint8 *pin)
{
  g_autofree char *base64 = g_base64_encode (pin, 32);
  g_autofree char *text = g_strconcat ("sha256//", base64, NULL);
  curl_easy_setopt (curl, CURLOPT_PINNEDPUBLICKEY, text);
}

void
serve_call (const Serve *serve, const Question *question, Answer *ret_answer)
{
  CURL *curl = curl_easy_init ();
  g_autofree char *url = g_strdup_printf ("%s://127.0.0.1:%u%s", serve->is_plain ? "http" : "https",
                                          serve->port, question->path);
  struct curl_slist *fields = make_fields (question);
  gsize len = 0;
  const void *body = question->body != NULL ? g_bytes_get_data (question->body, &len) : "";
  *ret_answer = (Answer){ 0, g_byte_array_new (), g_string_new (NULL) };
  curl_easy_setopt (curl, CURLOPT_URL, url);
  curl_easy_setopt (curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt (curl, CURLOPT_TIMEOUT, (long) WAIT_S);
  curl_easy_setopt (curl, CURLOPT_SSL_VERIFYPEER, 0L); // the pin says who it is
  curl_easy_setopt (curl, CURLOPT_SSL_VERIFYHOST, 0L);
  if (question->pin != NULL)
    set_pin (curl, question->pin);
  if (question->from != NULL)
    curl_easy_setopt (curl, CURLOPT_INTERFACE, question->from);
  if (question->tls_max != 0)
    curl_easy_setopt (curl, CURLOPT_SSLVERSION, question->tls_max);
  if (question->body != NULL) {
    curl_easy_setopt (curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt (curl, CURLOPT_POSTFIELDSIZE, (long) len);
  }
  curl_easy_setopt (curl, CURLOPT_CUSTOMREQUEST, question->method);
  curl_easy_setopt (curl, CURLOPT_HTTPHEADER, fields);
  curl_easy_setopt (curl, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt (curl, CURLOPT_WRITEDATA, ret_answer->body);
  curl_easy_setopt (curl, CURLOPT_HEADERFUNCTION, on_head);
  curl_easy_setopt (curl, CURLOPT_HEADERDATA, ret_answer->head);
  if (curl_easy_perform (curl) == CURLE_OK)
    curl_easy_getinfo (curl, CURLINFO_RESPONSE_CODE, &ret_answer->status);
  curl_slist_free_all (fields);
  curl_easy_cleanup (curl);
}

void
serve_offer (const Serve *serve, const char *venue, FeedCode *ret_code)
{
  g_autofree char *arguments = g_strdup_printf (
      "--venue %s --zone z1 --profile hotel --keys %s/core.db.keys", venue, serve->folder);
  g_autofree char *output = NULL;
  int status = serve_run (serve, "enroll", arguments, &output);
  if (status != 0)
    g_test_message ("%s", output);
  g_assert_cmpint (status, ==, 0);
  char *end = strchr (output, '\n');
  g_assert_nonnull (end);
  g_assert_true (feed_code_read (output, (gsize) (end - output), ret_code));
}

void
serve_ask_to_join (
    const Serve *serve, guint8 number, const FeedCode *code, const guint8 *pin, Answer *ret_answer)
{
  guint8 nothing[JOURNAL_KEY_SIZE] = { 9 };
  JournalStamp stamp = test_stamp (1, g_get_real_time () / 1000, 0, JOURNAL_CLOCK_SYNCED);
  g_autoptr (TestKiosk) keys = test_kiosk_new (number, 1, nothing, &stamp);
  g_autoptr (GBytes) body = test_kiosk_ask (keys, code->token);
  const Question question = {
    .method = "POST", .path = "/v1/enroll", .type = FEED_TYPE_MESSAGE, .body = body, .pin = pin
  };
  serve_call (serve, &question, ret_answer);
}

TestKiosk *
serve_take_welcome (guint8 number, const Answer *answer, FeedWelcome *ret_welcome)
{
  JournalStamp stamp =
      test_stamp (1, g_get_real_time () / 1000 - 3600000, 1000, JOURNAL_CLOCK_SYNCED);
  g_assert_cmpint (answer->status, ==, 200);
  g_assert_true (feed_welcome_read (answer->body->data, answer->body->len, ret_welcome));
  return test_kiosk_new (number, 1, ret_welcome->ingest_key, &stamp);
}

TestKiosk *
serve_join (const Serve *serve, guint8 number, const FeedCode *code, FeedWelcome *ret_welcome)
{
  g_auto (Answer) answer = { 0 };
  serve_ask_to_join (serve, number, code, serve->is_plain ? NULL : code->pin, &answer);
  return serve_take_welcome (number, &answer, ret_welcome);
}

static GBytes *
pack_gzip (GBytes *body)
{
  g_autoptr (GZlibCompressor) gzip = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 6);
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) packed = g_converter_output_stream_new (memory, G_CONVERTER (gzip));
  gsize len = 0;
  const void *data = g_bytes_get_data (body, &len);
  g_assert_true (g_output_stream_write_all (packed, data, len, NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (packed, NULL, NULL));
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

static GBytes *
pack_zstd (GBytes *body)
{
  gsize len = 0;
  const void *data = g_bytes_get_data (body, &len);
  gsize size = ZSTD_compressBound (len);
  guint8 *packed = g_malloc (size);
  gsize n = ZSTD_compress (packed, size, data, len, 3);
  g_assert_false (ZSTD_isError (n));
  return g_bytes_new_take (packed, n);
}

void
serve_feed (const Serve *serve,
            const TestKiosk *kiosk,
            guint64 first,
            guint64 last,
            const char *encoding,
            Answer *ret_answer)
{
  FeedRange range;
  guint8 signature[JOURNAL_SIG_SIZE];
  char digits[2][2 * JOURNAL_HASH_SIZE + 1];
  g_autoptr (GBytes) plain = test_kiosk_make_batch (kiosk, first, last, &range, signature);
  g_autoptr (GBytes) body = g_strcmp0 (encoding, "gzip") == 0   ? pack_gzip (plain)
                            : g_strcmp0 (encoding, "zstd") == 0 ? pack_zstd (plain)
                                                                : g_bytes_ref (plain);
  sodium_bin2hex (digits[0], sizeof digits[0], range.prev, sizeof range.prev);
  sodium_bin2hex (digits[1], sizeof digits[1], range.head, sizeof range.head);
  g_autofree char *prev = g_strconcat (FEED_FIELD_PREV ": ", digits[0], NULL);
  g_autofree char *head = g_strconcat (FEED_FIELD_HEAD ": ", digits[1], NULL);
  g_autofree char *base64 = g_base64_encode (signature, sizeof signature);
  g_autofree char *signed_by = g_strconcat (FEED_FIELD_SIGNATURE ": ", base64, NULL);
  sodium_bin2hex (digits[0], sizeof digits[0], kiosk->origin.kiosk, JOURNAL_ID_SIZE);
  sodium_bin2hex (digits[1], sizeof digits[1], kiosk->origin.epoch, JOURNAL_ID_SIZE);
  g_autofree char *path = g_strdup_printf (
      "/v1/feed/%s/%s/%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT, digits[0], digits[1], first, last);
  const Question question = { .method = "PUT",
                              .path = path,
                              .type = FEED_TYPE_BATCH,
                              .encoding = encoding,
                              .body = body,
                              .fields = { prev, head, signed_by } };
  serve_call (serve, &question, ret_answer);
}

char *
serve_tell (const Serve *serve, const char *bytes, gsize len, guint limit_ms)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  GString *answer = g_string_new (NULL);
  char buffer[4096];
  gint64 end_us = g_get_monotonic_time () + limit_ms * G_GINT64_CONSTANT (1000);
  g_socket_client_set_enable_proxy (client, FALSE);
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_to_host (client, "127.0.0.1", serve->port, NULL, &error);
  g_assert_no_error (error);
  GSocket *socket = g_socket_connection_get_socket (connection);
  // It may have closed before all was said.
  (void) g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), bytes,
                                    len, NULL, NULL, NULL);
  while (g_get_monotonic_time () < end_us &&
         g_socket_condition_timed_wait (socket, G_IO_IN, end_us - g_get_monotonic_time (), NULL,
                                        NULL)) {
    gssize n = g_socket_receive (socket, buffer, sizeof buffer, NULL, NULL);
    if (n <= 0)
      break;
    g_string_append_len (answer, buffer, n);
    if (serve_status_of (answer->str) >= 200 &&
        strstr (answer->str, "\r\n\r\n") != NULL) // the rest comes at once, or never
      end_us = MIN (end_us, g_get_monotonic_time () + REST_MS * G_GINT64_CONSTANT (1000));
  }
  return g_string_free (answer, FALSE);
}

guint
serve_status_of (const char *answer)
{
  return g_str_has_prefix (answer, "HTTP/1.") && strlen (answer) > 12
             ? (guint) g_ascii_strtoull (answer + 9, NULL, 10)
             : 0;
}
