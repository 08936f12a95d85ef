// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The core behind a real nginx, configured as kiosk/trace/nginx.conf says.

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <curl/curl.h>
#include <sys/prctl.h>

#include "kiosk/trace/trace-session.h"
#include "tests/kiosk/held-port.h"
#include "tests/kiosk/trace-serve.h"

#define NGINX "/usr/sbin/nginx"
#define FRAME                                                                                      \
  "user root;\nworker_processes 1;\npid %1$s/nginx.pid;\nerror_log %1$s/nginx.log;\n"              \
  "events { worker_connections 200; }\n"                                                           \
  "http {\n access_log off;\n client_body_temp_path %1$s/t1;\n proxy_temp_path %1$s/t2;\n"         \
  " fastcgi_temp_path %1$s/t3;\n uwsgi_temp_path %1$s/t4;\n scgi_temp_path %1$s/t5;\n%2$s\n}\n"

typedef struct {
  Serve core, proxy; // as it is called directly, and through nginx
  GSubprocess *nginx;
  int held; // its port
} Fixture;

static void
replace (GString *text, const char *find, const char *with)
{
  g_assert_cmpuint (g_string_replace (text, find, with, 0), >, 0);
}

static char *
write_configuration (const Fixture *fixture)
{
  g_autofree char *text = NULL;
  g_autofree char *keys = serve_path (&fixture->core, "core.db.keys");
  g_autofree char *core = g_strdup_printf ("http://127.0.0.1:%u;", fixture->core.port);
  g_autofree char *port = g_strdup_printf ("listen 127.0.0.1:%u ssl", fixture->proxy.port);
  char *path = serve_path (&fixture->core, "nginx.conf");
  g_assert_true (g_file_get_contents (TX_SOURCE_DIR "/kiosk/trace/nginx.conf", &text, NULL, NULL));
  g_autoptr (GString) server = g_string_new (text);
  replace (server, "/var/lib/tramxanh-trace/keys", keys);
  replace (server, "http://127.0.0.1:8480;", core);
  replace (server, "listen 8443 ssl", port);
  g_autofree char *all = g_strdup_printf (FRAME, fixture->core.folder, server->str);
  g_assert_true (g_file_set_contents (path, all, -1, NULL));
  return path;
}

static gboolean
answers (const Serve *serve)
{
  const Question question = { .method = "GET", .path = "/health" };
  g_auto (Answer) answer = { 0 };
  serve_call (serve, &question, &answer);
  return answer.status == 200;
}

static void
on_child (gpointer unused)
{
  (void) prctl (PR_SET_PDEATHSIG, SIGTERM);
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  serve_init (&fixture->core);
  serve_start (&fixture->core, "behind-proxy = yes\nmetrics-token = s3cret\n");
  fixture->proxy = fixture->core;
  fixture->held = held_port_take (&fixture->proxy.port);
  fixture->proxy.is_plain = FALSE;
  g_autofree char *path = write_configuration (fixture);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_subprocess_launcher_set_child_setup (launcher, on_child, NULL, NULL);
  fixture->nginx = g_subprocess_launcher_spawn (launcher, &error, NGINX, "-c", path, "-p",
                                                fixture->core.folder, "-g", "daemon off;", NULL);
  g_assert_no_error (error);
  gint64 end_us = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  while (!answers (&fixture->proxy))
    g_assert_cmpint (g_get_monotonic_time (), <, end_us);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_subprocess_send_signal (fixture->nginx, SIGTERM);
  g_assert_true (g_subprocess_wait (fixture->nginx, NULL, NULL));
  g_object_unref (fixture->nginx);
  held_port_let_go (fixture->held);
  serve_clear (&fixture->core);
}

static void
test_feeds_through_it (Fixture *fixture, gconstpointer unused)
{
  FeedCode code;
  FeedWelcome welcome;
  FeedReceipt receipt;
  serve_offer (&fixture->proxy, "v", &code);
  g_autoptr (TestKiosk) kiosk = serve_join (&fixture->proxy, 1, &code, &welcome); // by its pin
  for (guint i = 0; i < 50; i++) {
    JournalStamp at =
        test_stamp (1, g_get_real_time () / 1000 - 3600000, 2000 + i, JOURNAL_CLOCK_SYNCED);
    test_kiosk_arrive (kiosk, &at, "cccd:079190000001");
  }
  g_auto (Answer) answer = { 0 };
  serve_feed (&fixture->proxy, kiosk, 1, 51, "zstd", &answer);
  g_assert_cmpint (answer.status, ==, 200);
  g_assert_true (
      feed_receipt_read (answer.body->data, answer.body->len, welcome.core_key, &receipt));
  g_assert_cmpuint (receipt.last, ==, 51);
}

static void
test_hides_figures (Fixture *fixture, gconstpointer unused)
{
  const Question anybody = { .method = "GET", .path = "/metrics" };
  const Question monitor = { .method = "GET",
                             .path = "/metrics",
                             .fields = { "Authorization: Bearer s3cret" } };
  const Question guesser = { .method = "GET",
                             .path = "/metrics",
                             .fields = { "Authorization: Bearer s3creT" } };
  g_auto (Answer) through = { 0 }, wrong = { 0 }, without = { 0 }, well = { 0 };
  serve_call (&fixture->proxy, &anybody, &through);
  serve_call (&fixture->core, &guesser, &wrong);
  serve_call (&fixture->core, &anybody, &without);
  serve_call (&fixture->core, &monitor, &well);
  g_assert_cmpint (through.status, ==, 404);
  g_assert_cmpint (wrong.status, ==, 403);
  g_assert_cmpint (without.status, ==, 403);
  g_assert_cmpint (well.status, ==, 200);
}

static void
test_bounds_what_comes_in (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GBytes) body = g_bytes_new_take (g_malloc0 (300 * 1024), 300 * 1024);
  const Question question = {
    .method = "PUT", .path = "/v1/feed/a", .type = FEED_TYPE_BATCH, .body = body
  };
  g_auto (Answer) answer = { 0 };
  serve_call (&fixture->proxy, &question, &answer);
  g_assert_cmpint (answer.status, ==, 413);
}

#define PASSWORD "một mật khẩu dài"
#define COOKIE   "__Host-tramxanh="

typedef struct {
  Fixture *fixture;
  const char *from;    // (nullable) the address to call from
  char *origin, *real; // fields: of the page, and what it claims to be
  char *cookie, *csrf; // fields, once signed in
} Browser;

static void
browser_init (Browser *browser, Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TraceStore) store = serve_open_store (&fixture->core);
  *browser = (Browser){ .fixture = fixture };
  browser->origin = g_strdup_printf ("Origin: https://127.0.0.1:%u", fixture->proxy.port);
  (void) trace_officer_add (trace_store_get_db (store), "lan", TRACE_ROLE_OFFICER, PASSWORD, 1,
                            &error);
  g_assert_no_error (error);
}

static void
browser_clear (Browser *browser)
{
  g_free (browser->origin);
  g_free (browser->real);
  g_free (browser->cookie);
  g_free (browser->csrf);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Browser, browser_clear)

static void
ask (const Browser *browser, const char *method, const char *path, const char *body, Answer *answer)
{
  const char *const fields[] = { browser->origin, browser->real, browser->cookie, browser->csrf };
  g_autoptr (GBytes) bytes = body != NULL ? g_bytes_new_static (body, strlen (body)) : NULL;
  Question question = { .method = method,
                        .path = path,
                        .type = body != NULL ? "application/json" : NULL,
                        .body = bytes,
                        .from = browser->from };
  for (gsize i = 0, n = 0; i < G_N_ELEMENTS (fields); i++)
    if (fields[i] != NULL)
      question.fields[n++] = fields[i];
  serve_call (&browser->fixture->proxy, &question, answer);
}

static long
sign_in (const Browser *browser, const char *name, const char *password, Answer *answer)
{
  g_autofree char *body = g_strdup_printf ("{\"name\":\"%s\",\"password\":\"%s\"}", name, password);
  ask (browser, "POST", "/api/session", body, answer);
  return answer->status;
}

static long
try_to (const Browser *browser, const char *method, const char *path, const char *body)
{
  g_auto (Answer) answer = { 0 };
  ask (browser, method, path, body, &answer);
  return answer.status;
}

static char *
read_text (const Answer *answer, const char *member)
{
  g_autofree char *text = g_strndup ((const char *) answer->body->data, answer->body->len);
  g_autofree char *before = g_strdup_printf ("\"%s\":\"", member);
  g_auto (GStrv) halves = g_strsplit (text, before, 2);
  g_assert_cmpuint (g_strv_length (halves), ==, 2);
  return g_strndup (halves[1], strcspn (halves[1], "\""));
}

static void
test_signs_an_officer_in (Fixture *fixture, gconstpointer unused)
{
  g_auto (Browser) browser = { 0 };
  g_auto (Answer) page = { 0 }, answer = { 0 }, session = { 0 };
  browser_init (&browser, fixture);
  ask (&browser, "GET", "/", NULL, &page);
  g_assert_cmpint (page.status, ==, 200);
  g_autofree char *only_tls = answer_get_field (&page, "Strict-Transport-Security");
  g_assert_nonnull (only_tls);

  g_autofree char *own = g_steal_pointer (&browser.origin);
  browser.origin = g_strdup ("Origin: https://elsewhere.example");
  g_assert_cmpint (
      try_to (&browser, "POST", "/api/session", "{\"name\":\"lan\",\"password\":\"" PASSWORD "\"}"),
      ==, 403);
  g_free (browser.origin);
  browser.origin = g_steal_pointer (&own);
  g_assert_cmpint (sign_in (&browser, "lan", PASSWORD, &answer), ==, 200);
  g_autofree char *cookie = answer_get_field (&answer, "Set-Cookie");
  g_assert_true (g_str_has_prefix (cookie, COOKIE));
  g_assert_true (g_str_has_suffix (cookie, "; Path=/; Secure; HttpOnly; SameSite=Strict"));
  *strchr (cookie, ';') = '\0';

  g_assert_cmpint (try_to (&browser, "GET", "/api/cases", NULL), ==, 401);
  browser.cookie = g_strconcat ("Cookie: ", cookie, NULL);
  g_assert_cmpint (try_to (&browser, "GET", "/api/cases", NULL), ==, 200);
  g_assert_cmpint (try_to (&browser, "DELETE", "/api/session", NULL), ==, 403);
  g_autofree char *csrf = read_text (&answer, "csrf");
  browser.csrf = g_strconcat ("X-CSRF-Token: ", csrf, NULL);
  g_assert_cmpint (try_to (&browser, "DELETE", "/api/session", NULL), ==, 200);
  g_assert_cmpint (try_to (&browser, "GET", "/api/cases", NULL), ==, 401);
}

// Whatever a caller says of itself, nginx says where it calls from.
static void
test_counts_who_calls_nginx (Fixture *fixture, gconstpointer unused)
{
  g_auto (Browser) stranger = { 0 };
  g_auto (Answer) answer = { 0 };
  long status = 401;
  guint n_tried = 0;
  browser_init (&stranger, fixture);
  for (; status == 401 && n_tried < 60; n_tried++) {
    g_auto (Answer) refusal = { 0 };
    g_autofree char *name = g_strdup_printf ("stranger-%u", n_tried);
    g_free (stranger.real);
    stranger.real = g_strdup_printf ("X-Real-IP: 203.0.113.%u", n_tried);
    status = sign_in (&stranger, name, "wrong", &refusal);
  }
  g_assert_cmpint (status, ==, 429);
  g_assert_cmpuint (n_tried, >, 10);
  g_assert_cmpint (serve_ask (&fixture->core, "SELECT count (*) FROM officer_attempt"
                                              " WHERE who LIKE 'address %'"),
                   ==, 1);
  g_assert_cmpint (serve_ask (&fixture->core, "SELECT count (*) FROM officer_attempt"
                                              " WHERE who = 'address 127.0.0.1'"),
                   ==, 1);
  stranger.from = "127.0.0.2"; // somebody else, who is an officer
  g_assert_cmpint (sign_in (&stranger, "lan", PASSWORD, &answer), ==, 200);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  curl_global_init (CURL_GLOBAL_DEFAULT);
  if (!g_file_test (NGINX, G_FILE_TEST_IS_EXECUTABLE)) {
    (void) printf ("skipped: nginx is not installed\n");
    return 77;
  }
#define ADD(name, func) g_test_add ("/trace/proxy/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("feeds-through-it", test_feeds_through_it);
  ADD ("hides-figures", test_hides_figures);
  ADD ("bounds-what-comes-in", test_bounds_what_comes_in);
  ADD ("signs-an-officer-in", test_signs_an_officer_in);
  ADD ("counts-who-calls-nginx", test_counts_who_calls_nginx);
  return g_test_run ();
}
