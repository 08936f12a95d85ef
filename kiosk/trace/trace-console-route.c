// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-console"

#include "kiosk/trace/trace-console-route.h"

#define STRANGER_BODY_MAX 16384 // before anybody signed in

#define STORE_S 10 // a store is used for so long

struct TraceConsoleRoute {
  TraceConsoleOptions options;
  TraceStore *store; // (nullable)
  gint64 opened_s;
  TraceConsole *console; // (nullable)
};

static TraceAdmit
admit (gpointer user_data, const TraceRequest *request, guint64 body_len, TraceReply *reply)
{
  gboolean is_stranger = trace_request_get_field (request, "cookie") == NULL;
  if (!trace_console_is_path (request->path))
    return TRACE_ADMIT_OTHER;
  if (body_len <= (is_stranger ? STRANGER_BODY_MAX : TRACE_CONSOLE_BODY_MAX))
    return TRACE_ADMIT_YES;
  trace_reply_set_text (reply, 413, "too long");
  return TRACE_ADMIT_REFUSED;
}

static gboolean
open_store (TraceConsoleRoute *self, TraceReply *reply)
{
  g_autoptr (GError) error = NULL;
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;
  // A store ends open visits by when it was opened, and remembers numbers that another program's
  // retention may have let go.
  if (ABS (now_s - self->opened_s) > STORE_S)
    g_clear_pointer (&self->store, trace_store_close);
  if (self->store != NULL)
    return TRUE;
  TraceOpenStays open_stays = self->options.open_stays;
  open_stays.now_s = self->opened_s = now_s;
  self->store = trace_store_open_existing (self->options.uri, &open_stays, &error);
  if (self->store == NULL) {
    g_warning ("answering an officer: %s", error->message);
    trace_reply_set_text (reply, 503, "the store cannot be opened");
    return FALSE;
  }
  if (self->console == NULL)
    self->console = trace_console_new (self->store, &self->options);
  else
    trace_console_set_store (self->console, self->store);
  return TRUE;
}

static void
answer_worker (gpointer user_data, const TraceRequest *request, TraceReply *reply)
{
  TraceConsoleRoute *self = user_data;
  if (!open_store (self, reply))
    return;
  if (!trace_console_handle (self->console, request, reply))
    trace_reply_set_text (reply, 404, "not here");
  if (reply->status >= 500) // it may be the connection
    g_clear_pointer (&self->store, trace_store_close);
}

TraceConsoleRoute *
trace_console_route_new (const TraceConsoleOptions *options)
{
  TraceConsoleRoute *self = g_new0 (TraceConsoleRoute, 1);
  self->options = *options;
  return self;
}

void
trace_console_route_free (TraceConsoleRoute *self)
{
  g_clear_pointer (&self->console, trace_console_free);
  g_clear_pointer (&self->store, trace_store_close);
  g_free (self);
}

TraceRoute
trace_console_route_get_route (TraceConsoleRoute *self)
{
  return (TraceRoute){ admit, answer_worker, self };
}
