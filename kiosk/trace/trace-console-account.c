// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Signing in and out, passwords, and what an administrator sees.

#define G_LOG_DOMAIN "trace-console"

#include <string.h>

#include "kiosk/trace/trace-console-private.h"

#define TYPED_MAX 1024

static void
tell_session (TraceCall *call, guint status)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  trace_body_add_bool (builder, "signed_in", call->has_session);
  if (call->has_session) {
    const TraceSession *session = &call->session;
    trace_body_add_text (builder, "officer", session->officer.name);
    trace_body_add_text (builder, "role", trace_role_to_string (session->officer.role));
    trace_body_add_text (builder, "csrf", session->csrf);
    trace_body_add_int (builder, "idle_s", TRACE_SESSION_IDLE_MS / 1000);
    trace_body_add_int (builder, "ends_at", (session->made_ms + TRACE_SESSION_ABSOLUTE_MS) / 1000);
  }
  json_builder_end_object (builder);
  trace_call_answer (call, status, builder);
}

static void
set_cookie (TraceCall *call, const char *token)
{
  g_autofree char *cookie =
      g_strdup_printf (TRACE_CONSOLE_COOKIE "=%s; Path=/; Secure; HttpOnly; SameSite=Strict%s",
                       token, token[0] == '\0' ? "; Max-Age=0" : "");
  trace_reply_add_field (call->reply, "Set-Cookie", cookie);
}

// An address's own share first, then that of all.
static gint64
take_turn (TraceCall *call)
{
  gint64 wait_ms =
      trace_rate_take (call->console->sign_ins_by_address, call->network, call->now_ms);
  return wait_ms > 0 ? wait_ms : trace_rate_take (call->console->sign_ins, "", call->now_ms);
}

static void
sign_in (TraceCall *call)
{
  g_autoptr (GError) error = NULL;
  TraceSignIn sign_in;
  g_autoptr (JsonObject) body = trace_call_read (call);
  if (body == NULL)
    return;
  const char *name = trace_body_get_text (body, "name", TYPED_MAX);
  const char *password = trace_body_get_text (body, "password", TYPED_MAX);
  gint64 wait_ms = name != NULL && password != NULL ? take_turn (call) : 0;
  if (name == NULL || password == NULL) {
    trace_call_refuse (call, 400, "input");
  } else if (wait_ms > 0) {
    trace_call_wait (call, wait_ms);
  } else if (!trace_session_sign_in (trace_call_get_db (call), name, password, call->network,
                                     call->now_ms, &sign_in, &error)) {
    trace_call_fail (call, error);
  } else if (sign_in.verdict == TRACE_SIGN_IN_WAIT) {
    trace_call_wait (call, sign_in.wait_ms);
  } else if (sign_in.verdict == TRACE_SIGN_IN_REFUSED) {
    trace_call_refuse (call, 401, "password");
  } else {
    call->session = sign_in.session;
    call->has_session = TRUE;
    if (!trace_call_note (call, "sign-in", NULL, NULL))
      return;
    set_cookie (call, sign_in.token);
    tell_session (call, 200);
  }
}

static void
sign_out (TraceCall *call)
{
  g_autoptr (GError) error = NULL;
  if (call->has_session) {
    trace_console_stop_searches (call->console, call->session.officer.number);
    if (!trace_call_note (call, "sign-out", NULL, NULL))
      return;
    if (!trace_session_end (trace_call_get_db (call), &call->session, &error)) {
      trace_call_fail (call, error);
      return;
    }
    call->has_session = FALSE;
  }
  set_cookie (call, "");
  trace_reply_add_field (call->reply, "Clear-Site-Data", "\"cache\", \"storage\"");
  tell_session (call, 200);
}

void
trace_console_session (TraceCall *call)
{
  if (call->rest[0] != '\0')
    trace_call_refuse (call, 404, "not-found");
  else if (g_str_equal (call->request->method, "GET"))
    tell_session (call, 200);
  else if (g_str_equal (call->request->method, "POST"))
    sign_in (call);
  else
    sign_out (call);
}

// Every session of the officer ends, this one too.
void
trace_console_password (TraceCall *call)
{
  g_autoptr (GError) error = NULL;
  TraceSignIn check;
  gboolean found = FALSE;
  g_autoptr (JsonObject) body = trace_call_read (call);
  if (body == NULL)
    return;
  TraceDb *db = trace_call_get_db (call);
  const char *name = call->session.officer.name;
  const char *old = trace_body_get_text (body, "old", TYPED_MAX);
  const char *new = trace_body_get_text (body, "new", TYPED_MAX);
  if (old == NULL || new == NULL)
    trace_call_refuse (call, 400, "input");
  else if (!trace_session_check (db, name, old, call->network, call->now_ms, &check, &error))
    trace_call_fail (call, error);
  else if (check.verdict == TRACE_SIGN_IN_WAIT)
    trace_call_wait (call, check.wait_ms);
  else if (check.verdict == TRACE_SIGN_IN_REFUSED)
    trace_call_refuse (call, 403, "password");
  else if (!trace_call_note (call, "password", NULL, NULL))
    return;
  else if (!trace_officer_set_password (db, name, new, &found, &error))
    trace_call_fail (call, error);
  else {
    call->has_session = FALSE;
    set_cookie (call, "");
    tell_session (call, 200);
  }
}

void
trace_console_officers (TraceCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) officers = trace_officer_list (trace_call_get_db (call), &error);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  if (officers == NULL) {
    trace_call_fail (call, error);
    return;
  }
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "officers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < officers->len; i++) {
    const TraceOfficer *officer = &g_array_index (officers, TraceOfficer, i);
    json_builder_begin_object (builder);
    trace_body_add_text (builder, "name", officer->name);
    trace_body_add_text (builder, "role", trace_role_to_string (officer->role));
    trace_body_add_int (builder, "made_at", officer->made_ms / 1000);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  trace_call_answer (call, 200, builder);
}
