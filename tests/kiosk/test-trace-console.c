// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Who gets in at the console, and who does not.

#include <string.h>

#include "kiosk/trace/trace-session.h"
#include "tests/kiosk/console-officer.h"

#define MINUTE_MS 60000
#define HOUR_MS   (60 * MINUTE_MS)

static void
test_signs_in_and_out (Officer *officer, gconstpointer unused)
{
  g_assert_cmpuint (officer_ask (officer, "GET", "/api/cases", NULL), ==, 401);
  g_assert_cmpuint (officer_ask (officer, "GET", "/api/session", NULL), ==, 200);
  g_assert_false (json_object_get_boolean_member (officer->json, "signed_in"));
  g_assert_cmpuint (officer_sign_in (officer, "lan", PASSWORD), ==, 200);
  const char *cookie = officer_get_field (officer, "set-cookie");
  g_assert_true (g_str_has_prefix (cookie, "__Host-tramxanh="));
  g_assert_true (g_str_has_suffix (cookie, "; Path=/; Secure; HttpOnly; SameSite=Strict"));
  g_assert_cmpstr (officer_get_text (officer, "officer"), ==, "lan");
  g_assert_cmpstr (officer_get_text (officer, "role"), ==, "officer");
  g_assert_cmpuint (officer_ask (officer, "GET", "/api/cases", NULL), ==, 200);
  g_autofree char *old = g_strdup (officer->cookie);
  g_assert_cmpuint (officer_ask (officer, "DELETE", "/api/session", NULL), ==, 200);
  g_assert_nonnull (strstr (officer_get_field (officer, "set-cookie"), "Max-Age=0"));
  officer->cookie = g_steal_pointer (&old); // one that somebody kept
  g_assert_cmpuint (officer_ask (officer, "GET", "/api/cases", NULL), ==, 401);
}

static void
test_keeps_no_secret (Officer *officer, gconstpointer unused)
{
  g_autofree char *content = NULL, *path = g_strdup (officer->uri + strlen ("sqlite:"));
  gsize len = 0;
  g_assert_cmpuint (officer_sign_in (officer, "lan", PASSWORD), ==, 200);
  g_assert_cmpuint (officer_sign_in (officer, "secret-word-as-name", "x"), ==, 401);
  const char *token = strchr (officer->cookie, '=') + 1;
  guint8 raw[32];
  for (guint i = 0; i < sizeof raw; i++)
    raw[i] = (guint8) (g_ascii_xdigit_value (token[2 * i]) * 16 +
                       g_ascii_xdigit_value (token[2 * i + 1]));
  g_autofree char *wal = g_strconcat (path, "-wal", NULL);
  const char *const files[] = { path, wal };
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    if (!g_file_get_contents (files[i], &content, &len, NULL))
      continue;
    g_assert_null (memmem (content, len, token, strlen (token)));
    g_assert_null (memmem (content, len, raw, sizeof raw));
    g_assert_null (memmem (content, len, PASSWORD, strlen (PASSWORD)));
    g_assert_null (memmem (content, len, "secret-word-as-name", 19));
    g_clear_pointer (&content, g_free);
  }
}

static void
test_tells_nothing_of_accounts (Officer *officer, gconstpointer unused)
{
  static const char *const names[] = { "lan", "nobody", "x' OR '1'='1", "" };
  for (guint i = 0; i < 6; i++)
    for (guint j = 0; j < G_N_ELEMENTS (names); j++) {
      g_autofree char *peer = g_strdup_printf ("198.51.100.%u", 10 * i + j);
      officer->peer = peer;
      guint status = officer_sign_in (officer, names[j], "wrong, all the time");
      g_assert_cmpuint (status, ==, i < 5 ? 401 : 429);
      g_assert_cmpstr (officer->text, ==,
                       i < 5 ? "{\"error\":\"password\"}" : "{\"error\":\"wait\",\"wait_s\":2}");
      officer->now_ms += 100;
    }
  officer->peer = "192.0.2.7";
}

// The fifth failure makes everybody wait, each further one twice as long; the right password does
// not help before, and clears it after.
static void
test_makes_guessing_slow (Officer *officer, gconstpointer unused)
{
  gint64 before_s = 1;
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (officer_sign_in (officer, "lan", "a wrong password"), ==, 401);
  for (guint i = 0; i < 8; i++) {
    g_assert_cmpuint (officer_sign_in (officer, "lan", "a wrong password"), ==, 401);
    g_assert_cmpuint (officer_sign_in (officer, "lan", PASSWORD), ==, 429);
    gint64 wait_s = officer_get_int (officer, "wait_s");
    g_assert_cmpint (wait_s, ==, MIN (2 * before_s, 300));
    g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, wait_s);
    g_assert_cmpstr (officer_get_field (officer, "retry-after"), ==, text);
    officer->now_ms += wait_s * 1000;
    before_s = wait_s;
  }
  g_assert_cmpuint (officer_sign_in (officer, "lan", PASSWORD), ==, 200);
  g_clear_pointer (&officer->cookie, g_free);
  g_assert_cmpuint (officer_sign_in (officer, "lan", "a wrong password"), ==, 401);
  g_assert_cmpuint (officer_sign_in (officer, "lan", PASSWORD), ==, 200);
}

static void
test_makes_an_address_wait (Officer *officer, gconstpointer unused)
{
  officer->peer = "2001:db8:1:2::1";
  for (guint i = 0; i < 17; i++) {
    g_autofree char *name = g_strdup_printf ("guess-%u", i);
    g_assert_cmpuint (officer_sign_in (officer, name, "wrong"), ==, 401);
    officer->now_ms += 1000;
  }
  g_assert_cmpuint (officer_sign_in (officer, "lan", PASSWORD), ==, 429);
  officer->peer = "2001:db8:1:2:ffff::9"; // the same network
  g_assert_cmpuint (officer_sign_in (officer, "lan", PASSWORD), ==, 429);
  officer->peer = "2001:db8:1:3::1";
  g_assert_cmpuint (officer_sign_in (officer, "lan", PASSWORD), ==, 200);
}

// One address uses up its own share, not everybody's; a network of IPv6 is one.
static void
test_lets_no_stranger_shut_officers_out (Officer *officer, gconstpointer unused)
{
  static const char *const networks[] = { "203.0.113.9", "2001:db8:1:2::", "::ffff:203.0.113.10" };
  for (gsize i = 0; i < G_N_ELEMENTS (networks); i++) {
    guint n_refused = 0;
    gboolean is_ipv6 = g_str_has_suffix (networks[i], "::");
    for (guint j = 0; j < 60; j++) {
      g_autofree char *name = g_strdup_printf ("stranger-%u", j);
      g_autofree char *peer =
          is_ipv6 ? g_strdup_printf ("%s%x", networks[i], j + 1) : g_strdup (networks[i]);
      officer->peer = peer;
      n_refused += officer_sign_in (officer, name, "wrong") == 429;
    }
    g_assert_cmpuint (n_refused, >=, 40);
    officer->peer = "::ffff:192.0.2.7"; // as a socket of both kinds has it
    g_assert_cmpuint (officer_sign_in (officer, "lan", PASSWORD), ==, 200);
    g_clear_pointer (&officer->cookie, g_free);
    officer->now_ms += 3600000;
  }
  officer->peer = "192.0.2.7";
}

static void
test_ends_sessions (Officer *officer, gconstpointer unused)
{
  g_assert_cmpuint (officer_sign_in (officer, "lan", PASSWORD), ==, 200);
  officer->now_ms += 14 * MINUTE_MS;
  g_assert_cmpuint (officer_ask (officer, "GET", "/api/cases", NULL), ==, 200);
  officer->now_ms += 15 * MINUTE_MS;
  g_assert_cmpuint (officer_ask (officer, "GET", "/api/cases", NULL), ==, 401);
  g_clear_pointer (&officer->cookie, g_free);
  g_assert_cmpuint (officer_sign_in (officer, "lan", PASSWORD), ==, 200);
  gint64 until_ms = officer->now_ms + 8 * HOUR_MS;
  for (; officer->now_ms < until_ms; officer->now_ms += 10 * MINUTE_MS)
    g_assert_cmpuint (officer_ask (officer, "GET", "/api/cases", NULL), ==, 200);
  g_assert_cmpuint (officer_ask (officer, "GET", "/api/cases", NULL), ==, 401); // used all the time
}

static void
test_changes_a_password (Officer *officer, gconstpointer unused)
{
  g_assert_cmpuint (officer_sign_in (officer, "lan", PASSWORD), ==, 200);
  g_autofree char *first = g_strdup (officer->cookie);
#define CHANGE(old, new)                                                                           \
  officer_ask (officer, "POST", "/api/password", "{\"old\":\"" old "\",\"new\":\"" new "\"}")
  g_assert_cmpuint (CHANGE ("a wrong one", "another long word"), ==, 403);
  g_assert_cmpuint (CHANGE (PASSWORD, "short"), ==, 400);
  g_assert_cmpuint (CHANGE (PASSWORD, "my name is Lan, lan"), ==, 400);
  g_assert_cmpuint (CHANGE (PASSWORD, "thêm một mật khẩu"), ==, 200);
  officer->cookie = g_steal_pointer (&first);
  g_assert_cmpuint (officer_ask (officer, "GET", "/api/cases", NULL), ==, 401);
  g_clear_pointer (&officer->cookie, g_free);
  g_assert_cmpuint (officer_sign_in (officer, "lan", PASSWORD), ==, 401);
  // The same letters, in pieces, as another keyboard types them.
  g_autofree char *pieces = g_utf8_normalize ("thêm một mật khẩu", -1, G_NORMALIZE_NFD);
  g_assert_cmpstr (pieces, !=, "thêm một mật khẩu");
  g_assert_cmpuint (officer_sign_in (officer, "lan", pieces), ==, 200);
}

static void
test_refuses_forged_requests (Officer *officer, gconstpointer unused)
{
  g_assert_cmpuint (officer_sign_in (officer, "lan", PASSWORD), ==, 200);
  const Officer good = *officer;
#define OPEN_CASE(n)                                                                               \
  officer_ask (officer, "POST", "/api/cases", "{\"id\":\"c" n "\",\"rule\":\"default\"}")
#define WITH(member, value, id, status_, word)                                                     \
  G_STMT_START                                                                                     \
  {                                                                                                \
    officer->member = value;                                                                       \
    g_assert_cmpuint (OPEN_CASE (id), ==, status_);                                                \
    g_assert_cmpstr (officer_get_text (officer, "error"), ==, word);                               \
    officer->member = good.member;                                                                 \
  }                                                                                                \
  G_STMT_END
  WITH (csrf_field, "", "1", 403, "csrf");
  WITH (csrf_field, "0000000000000000000000000000000000000000000000000000000000000000", "2", 403,
        "csrf");
  WITH (origin, NULL, "3", 403, "origin");
  WITH (origin, "https://evil.example", "4", 403, "origin");
  WITH (origin, "http://core.example:8443", "5", 403, "origin");
  WITH (origin, "https://core.example:84430", "6", 403, "origin");
  WITH (origin, "null", "7", 403, "origin");
  WITH (host, NULL, "8", 403, "origin");
  WITH (site, "cross-site", "9", 403, "origin");
  WITH (site, "same-site", "10", 403, "origin");
  WITH (type, "text/plain", "11", 415, "type");
  WITH (type, NULL, "12", 415, "type");
  g_assert_cmpuint (officer_ask (officer, "GET", "/api/cases", NULL), ==, 200);
  g_assert_cmpstr (officer->text, ==, "{\"cases\":[]}");
  officer->site = NULL; // an older browser
  g_assert_cmpuint (OPEN_CASE ("13"), ==, 201);
}

static void
test_asks_for_tls (Officer *officer, gconstpointer unused)
{
  officer->is_secure = FALSE;
  officer->origin = "http://core.example:8443";
  g_assert_cmpuint (officer_ask (officer, "GET", "/", NULL), ==, 403);
  g_assert_cmpuint (officer_sign_in (officer, "lan", PASSWORD), ==, 403);
  g_assert_cmpstr (officer_get_text (officer, "error"), ==, "tls");
  officer->peer = "127.0.0.1";
  g_assert_cmpuint (officer_sign_in (officer, "lan", PASSWORD), ==, 200);
  officer->peer = "::1";
  g_assert_cmpuint (officer_ask (officer, "GET", "/", NULL), ==, 200);
  g_assert_null (officer_get_field (officer, "strict-transport-security"));
}

static void
check_fields (Officer *officer)
{
  static const char *const expected[][2] = {
    { "content-security-policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src "
      "'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'" },
    { "x-content-type-options", "nosniff" },
    { "x-frame-options", "DENY" },
    { "referrer-policy", "no-referrer" },
    { "strict-transport-security", "max-age=31536000" },
    { "cross-origin-opener-policy", "same-origin" },
    { "cross-origin-resource-policy", "same-origin" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpstr (officer_get_field (officer, expected[i][0]), ==, expected[i][1]);
  g_assert_nonnull (officer_get_field (officer, "permissions-policy"));
}

static void
test_protects_every_answer (Officer *officer, gconstpointer unused)
{
  static const struct {
    const char *method, *path, *body;
    guint status;
    const char *cache;
  } cases[] = {
    { "GET", "/", NULL, 200, "no-cache" },
    { "HEAD", "/console/console.js", NULL, 200, "no-cache" },
    { "GET", "/console/none.js", NULL, 404, "no-cache" },
    { "POST", "/", NULL, 405, "no-cache" },
    { "GET", "/api/session", NULL, 200, "no-store" },
    { "GET", "/api/cases", NULL, 401, "no-store" },
    { "PATCH", "/api/session", NULL, 405, "no-store" },
    { "GET", "/api/nothing", NULL, 404, "no-store" },
    { "GET", "/api/sessions", NULL, 404, "no-store" },
    { "POST", "/api/session", "{", 400, "no-store" },
    { "POST", "/api/session", "{\"name\":1,\"password\":[]}", 400, "no-store" },
    { "POST", "/api/session", "{\"name\":\"lan\",\"password\":\"w\"}", 401, "no-store" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_assert_cmpuint (officer_ask (officer, cases[i].method, cases[i].path, cases[i].body), ==,
                      cases[i].status);
    g_assert_cmpstr (officer_get_field (officer, "cache-control"), ==, cases[i].cache);
    check_fields (officer);
  }
  guint status = 0;
  for (guint i = 0; i < 400 && status != 429; i++)
    status = officer_ask (officer, "GET", "/api/session", NULL);
  g_assert_cmpuint (status, ==, 429);
  check_fields (officer);
  officer->peer = "192.0.2.8"; // is not who asked so much
  g_assert_cmpuint (officer_ask (officer, "GET", "/api/session", NULL), ==, 200);
  g_assert_cmpuint (officer_ask (officer, "GET", "/v1/feed/x", NULL), ==, 0);
  g_assert_cmpuint (officer_ask (officer, "GET", "/metrics", NULL), ==, 0);
}

static void
test_sends_its_pages_only (Officer *officer, gconstpointer unused)
{
  static const char *const wrong[] = {
    "/console/",
    "/console/../core.key",
    "/console/..%2fcore.key",
    "/console//etc/passwd",
    "/console/console.gresource.xml",
    "/console/console",
    "/console/index.html/",
    "/console/CONSOLE.JS",
  };
  g_assert_cmpuint (officer_ask (officer, "GET", "/", NULL), ==, 200);
  g_assert_nonnull (strstr (officer->text, "<html lang=\"vi\">"));
  g_assert_cmpuint (officer_ask (officer, "GET", "/console/console.css", NULL), ==, 200);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_cmpuint (officer_ask (officer, "GET", wrong[i], NULL), ==, 404);
}

static void
test_knows_its_roles (Officer *officer, gconstpointer unused)
{
  static const char *const admins[] = { "/api/officers", "/api/audit" };
  g_assert_cmpuint (officer_sign_in (officer, "lan", PASSWORD), ==, 200);
  officer_open_case (officer, "HN-1");
  for (guint i = 0; i < G_N_ELEMENTS (admins); i++) {
    g_assert_cmpuint (officer_ask (officer, "GET", admins[i], NULL), ==, 403);
    g_assert_cmpstr (officer_get_text (officer, "error"), ==, "role");
  }
  g_clear_pointer (&officer->cookie, g_free);
  g_assert_cmpuint (officer_sign_in (officer, "minh", PASSWORD), ==, 200);
  g_assert_cmpuint (officer_ask (officer, "GET", "/api/cases", NULL), ==, 200);
  g_assert_cmpstr (officer->text, ==, "{\"cases\":[]}");
  g_assert_cmpuint (officer_ask (officer, "GET", "/api/cases/HN-1", NULL), ==, 404);
  g_autofree char *gone = g_strdup (officer->text);
  g_assert_cmpuint (officer_ask (officer, "GET", "/api/cases/HN-2", NULL), ==, 404);
  g_assert_cmpstr (officer->text, ==, gone); // as one that never was
  g_clear_pointer (&officer->cookie, g_free);
  g_assert_cmpuint (officer_sign_in (officer, "quan-tri", PASSWORD), ==, 200);
  g_assert_cmpuint (officer_ask (officer, "GET", "/api/cases/HN-1", NULL), ==, 200);
  g_assert_cmpuint (officer_ask (officer, "GET", "/api/officers", NULL), ==, 200);
  g_assert_null (strstr (officer->text, "argon2"));
  g_assert_nonnull (strstr (officer->text, "\"quan-tri\""));
  g_assert_cmpuint (officer_ask (officer, "GET", "/api/audit", NULL), ==, 200);
  g_assert_nonnull (strstr (officer->text, "\"sign-in\""));
}

static void
test_forgets_who_was_removed (Officer *officer, gconstpointer unused)
{
  gboolean found = FALSE;
  g_assert_cmpuint (officer_sign_in (officer, "lan", PASSWORD), ==, 200);
  g_assert_true (trace_officer_remove (trace_store_get_db (officer->store), "lan", &found, NULL));
  g_assert_true (found);
  g_assert_cmpuint (officer_ask (officer, "GET", "/api/cases", NULL), ==, 401);
  g_clear_pointer (&officer->cookie, g_free);
  g_assert_cmpuint (officer_sign_in (officer, "lan", PASSWORD), ==, 401);
}

int
main (int argc, char **argv)
{
  g_autofree char *why = NULL;
  g_test_init (&argc, &argv, NULL);
  g_autoptr (TracePostgres) postgres = trace_postgres_start (&why);
#define ADD(name, func)                                                                            \
  g_test_add ("/trace/console/" name, Officer, NULL, officer_set_up, func, officer_tear_down)
  ADD ("signs-in-and-out", test_signs_in_and_out);
  ADD ("keeps-neither-passwords-nor-tokens", test_keeps_no_secret);
  ADD ("tells-nothing-of-accounts", test_tells_nothing_of_accounts);
  ADD ("makes-guessing-slow", test_makes_guessing_slow);
  ADD ("makes-an-address-that-guesses-wait", test_makes_an_address_wait);
  ADD ("lets-no-stranger-shut-officers-out", test_lets_no_stranger_shut_officers_out);
  ADD ("ends-sessions-that-are-idle-or-old", test_ends_sessions);
  ADD ("changes-a-password", test_changes_a_password);
  ADD ("refuses-forged-requests", test_refuses_forged_requests);
  ADD ("asks-for-tls", test_asks_for_tls);
  ADD ("protects-every-answer", test_protects_every_answer);
  ADD ("sends-its-pages-only", test_sends_its_pages_only);
  ADD ("knows-its-roles", test_knows_its_roles);
  ADD ("forgets-who-was-removed", test_forgets_who_was_removed);
#define AGAIN(name, func)                                                                          \
  g_test_add ("/trace/console/postgres/" name, Officer, postgres, officer_set_up, func,            \
              officer_tear_down)
  if (postgres == NULL) {
    g_test_message ("without PostgreSQL: %s", why);
    return g_test_run ();
  }
  AGAIN ("signs-in-and-out", test_signs_in_and_out);
  AGAIN ("makes-guessing-slow", test_makes_guessing_slow);
  AGAIN ("ends-sessions-that-are-idle-or-old", test_ends_sessions);
  AGAIN ("knows-its-roles", test_knows_its_roles);
  AGAIN ("forgets-who-was-removed", test_forgets_who_was_removed);
  return g_test_run ();
}
