// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Who may ask for what, and what every answer carries.

#define G_LOG_DOMAIN "trace-console"

#include "kiosk/trace/trace-console.h"

#include <sodium.h>
#include <string.h>

#include "kiosk/trace/trace-console-job.h"
#include "kiosk/trace/trace-console-private.h"

#define API "/api/"
#define POLICY                                                                                     \
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "  \
  "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
#define PERMISSIONS                                                                                \
  "camera=(), microphone=(), geolocation=(), usb=(), serial=(), payment=(), "                      \
  "display-capture=(), clipboard-read=()"

typedef enum {
  OPEN,   // to anybody
  SIGNED, // to whoever signed in
  ADMIN,
} Access;

static const struct {
  const char *path; // behind API; what follows it begins with '/' or is nothing
  const char *methods;
  Access access;
  void (*answer) (TraceCall *call);
} routes[] = {
  { "session", "GET POST DELETE", OPEN, trace_console_session },
  { "password", "POST", SIGNED, trace_console_password },
  { "officers", "GET", ADMIN, trace_console_officers },
  { "audit", "GET", ADMIN, trace_console_audit },
  { "cases", "GET POST", SIGNED, trace_console_cases },
  { "profiles", "GET", SIGNED, trace_console_profiles },
  { "search", "GET POST DELETE", SIGNED, trace_console_search },
};

TraceConsole *
trace_console_new (TraceStore *store, const TraceConsoleOptions *options)
{
  TraceConsole *console = g_new0 (TraceConsole, 1);
  console->store = store;
  console->options = *options;
  console->uri = g_strdup (options->uri);
  if (console->options.search_ms == 0)
    console->options.search_ms = TRACE_CONSOLE_SEARCH_MS;
  if (console->options.page_rows == 0)
    console->options.page_rows = TRACE_CONSOLE_PAGE_ROWS;
  console->by_session = trace_rate_new (120, 20);
  console->by_address = trace_rate_new (240, 20);
  console->sign_ins_by_address = trace_rate_new (20, 0.2); // so that one cannot use up all others'
  console->sign_ins = trace_rate_new (30, 2); // argon2id is work: all addresses together
  console->jobs =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) trace_job_free);
  console->computing = trace_computing_new (console->uri);
  return console;
}

void
trace_console_free (TraceConsole *console)
{
  trace_computing_free (console->computing);
  g_hash_table_unref (console->jobs);
  trace_rate_free (console->sign_ins);
  trace_rate_free (console->sign_ins_by_address);
  trace_rate_free (console->by_address);
  trace_rate_free (console->by_session);
  g_free (console->uri);
  g_free (console);
}

void
trace_console_set_store (TraceConsole *console, TraceStore *store)
{
  console->store = store;
}

gint64
trace_console_get_now_ms (const TraceConsole *console)
{
  return console->options.now_ms != NULL ? console->options.now_ms (console->options.user_data)
                                         : g_get_real_time () / 1000;
}

TraceDb *
trace_call_get_db (const TraceCall *call)
{
  return trace_store_get_db (call->console->store);
}

static void
add_fields (TraceCall *call, gboolean is_api)
{
  static const char *const fields[][2] = {
    { "Content-Security-Policy", POLICY },
    { "X-Content-Type-Options", "nosniff" },
    { "X-Frame-Options", "DENY" },
    { "Referrer-Policy", "no-referrer" },
    { "Permissions-Policy", PERMISSIONS },
    { "Cross-Origin-Opener-Policy", "same-origin" },
    { "Cross-Origin-Resource-Policy", "same-origin" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    trace_reply_add_field (call->reply, fields[i][0], fields[i][1]);
  trace_reply_add_field (call->reply, "Cache-Control", is_api ? "no-store" : "no-cache");
  if (call->request->is_secure)
    trace_reply_add_field (call->reply, "Strict-Transport-Security", "max-age=31536000");
}

// Without TLS nobody but this machine may ask: a password or a name would be readable on the way.
static gboolean
is_private (const TraceRequest *request)
{
  g_autoptr (GInetAddress) address =
      request->peer != NULL ? g_inet_address_new_from_string (request->peer) : NULL;
  return request->is_secure || (address != NULL && g_inet_address_get_is_loopback (address));
}

// Another site's page cannot forge these two fields.
static gboolean
is_same_origin (const TraceRequest *request)
{
  const char *origin = trace_request_get_field (request, "origin");
  const char *host = trace_request_get_field (request, "host");
  const char *site = trace_request_get_field (request, "sec-fetch-site");
  if (site != NULL && !g_str_equal (site, "same-origin"))
    return FALSE;
  if (origin == NULL || host == NULL)
    return FALSE;
  const char *scheme = request->is_secure ? "https://" : "http://";
  return g_str_has_prefix (origin, scheme) &&
         g_ascii_strcasecmp (origin + strlen (scheme), host) == 0;
}

static gboolean
has_token (const TraceCall *call)
{
  const char *csrf = trace_request_get_field (call->request, "x-csrf-token");
  gsize len = strlen (call->session.csrf);
  return csrf != NULL && strlen (csrf) == len && sodium_memcmp (csrf, call->session.csrf, len) == 0;
}

// Of the console's own; there may be others of the same host.
static char *
find_cookie (const TraceRequest *request)
{
  const char *cookies = trace_request_get_field (request, "cookie");
  g_auto (GStrv) parts = g_strsplit (cookies != NULL ? cookies : "", ";", 32);
  for (guint i = 0; parts[i] != NULL; i++)
    if (g_str_has_prefix (g_strstrip (parts[i]), TRACE_CONSOLE_COOKIE "="))
      return g_strdup (parts[i] + strlen (TRACE_CONSOLE_COOKIE "="));
  return NULL;
}

static gboolean
find_session (TraceCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *token = find_cookie (call->request);
  if (token != NULL && !trace_session_find (trace_call_get_db (call), token, call->now_ms,
                                            &call->has_session, &call->session, &error)) {
    trace_call_fail (call, error);
    return FALSE;
  }
  return TRUE;
}

static gboolean
may_ask (TraceCall *call, Access access, gboolean changes)
{
  gint64 wait_ms =
      call->has_session
          ? trace_rate_take (call->console->by_session, call->session.csrf, call->now_ms)
          : trace_rate_take (call->console->by_address, call->network, call->now_ms);
  if (wait_ms > 0)
    trace_call_wait (call, wait_ms);
  else if (changes && !is_same_origin (call->request))
    trace_call_refuse (call, 403, "origin");
  else if (access != OPEN && !call->has_session)
    trace_call_refuse (call, 401, "sign-in");
  else if (changes && call->has_session && !has_token (call))
    trace_call_refuse (call, 403, "csrf");
  else if (access == ADMIN && call->session.officer.role != TRACE_ROLE_ADMIN)
    trace_call_refuse (call, 403, "role");
  else
    return TRUE;
  return FALSE;
}

static gboolean
is_among (const char *methods, const char *method)
{
  g_auto (GStrv) words = g_strsplit (methods, " ", -1);
  return g_strv_contains ((const char *const *) words, method);
}

static void
answer_api (TraceCall *call)
{
  const char *path = call->request->path + strlen (API);
  gboolean changes = !g_str_equal (call->request->method, "GET");
  for (gsize i = 0; i < G_N_ELEMENTS (routes); i++) {
    gsize len = strlen (routes[i].path);
    if (strncmp (path, routes[i].path, len) != 0 || (path[len] != '\0' && path[len] != '/'))
      continue;
    call->rest = path + len;
    if (!is_among (routes[i].methods, call->request->method)) {
      trace_reply_add_field (call->reply, "Allow", routes[i].methods);
      trace_call_refuse (call, 405, "method");
    } else if (find_session (call) && may_ask (call, routes[i].access, changes)) {
      routes[i].answer (call);
    }
    return;
  }
  trace_call_refuse (call, 404, "not-found");
}

static void
answer_page (TraceCall *call)
{
  const char *method = call->request->method;
  gint64 wait_ms = trace_rate_take (call->console->by_address, call->network, call->now_ms);
  if (wait_ms > 0) {
    trace_call_wait (call, wait_ms);
  } else if (!g_str_equal (method, "GET") && !g_str_equal (method, "HEAD")) {
    trace_reply_add_field (call->reply, "Allow", "GET, HEAD");
    trace_call_refuse (call, 405, "method");
  } else if (!trace_console_send_file (call)) {
    trace_call_refuse (call, 404, "not-found");
  }
}

gboolean
trace_console_is_path (const char *path)
{
  return g_str_equal (path, "/") || g_str_has_prefix (path, API) ||
         g_str_has_prefix (path, "/console/");
}

gboolean
trace_console_handle (TraceConsole *console, const TraceRequest *request, TraceReply *reply)
{
  g_autofree char *network = trace_request_make_network (request);
  TraceCall call = {
    .console = console,
    .request = request,
    .network = network,
    .reply = reply,
    .now_ms = trace_console_get_now_ms (console),
  };
  gboolean is_api = g_str_has_prefix (request->path, API);
  if (!trace_console_is_path (request->path))
    return FALSE;
  add_fields (&call, is_api);
  if (!is_private (request))
    trace_call_refuse (&call, 403, "tls");
  else if (is_api)
    answer_api (&call);
  else
    answer_page (&call);
  sodium_memzero (&call.session, sizeof call.session);
  return TRUE;
}
