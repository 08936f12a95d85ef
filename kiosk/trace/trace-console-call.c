// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How a call is answered.

#define G_LOG_DOMAIN "trace-console"

#include <string.h>

#include "kiosk/trace/trace-console-private.h"

void
trace_call_answer (TraceCall *call, guint status, JsonBuilder *builder)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  gsize len = 0;
  json_generator_set_root (generator, root);
  char *text = json_generator_to_data (generator, &len);
  call->reply->status = status;
  call->reply->type = "application/json; charset=utf-8";
  g_clear_pointer (&call->reply->body, g_bytes_unref);
  call->reply->body = g_bytes_new_take (text, len);
}

void
trace_call_refuse (TraceCall *call, guint status, const char *word)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  trace_body_add_text (builder, "error", word);
  json_builder_end_object (builder);
  trace_call_answer (call, status, builder);
}

void
trace_call_wait (TraceCall *call, gint64 wait_ms)
{
  g_autofree char *wait_s = g_strdup_printf ("%" G_GINT64_FORMAT, (wait_ms + 999) / 1000);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  trace_body_add_text (builder, "error", "wait");
  trace_body_add_int (builder, "wait_s", (wait_ms + 999) / 1000);
  json_builder_end_object (builder);
  trace_reply_add_field (call->reply, "Retry-After", wait_s);
  trace_call_answer (call, 429, builder);
}

void
trace_call_fail (TraceCall *call, const GError *error)
{
  if (g_error_matches (error, TRACE_ERROR, TRACE_ERROR_INPUT)) {
    trace_call_refuse (call, 400, "input");
    return;
  }
  gboolean is_busy = g_error_matches (error, TRACE_ERROR, TRACE_ERROR_BUSY);
  g_warning ("answering an officer: %s", error->message);
  if (is_busy)
    trace_reply_add_field (call->reply, "Retry-After", "2");
  trace_call_refuse (call, is_busy ? 503 : 500, is_busy ? "busy" : "storage");
}

JsonObject *
trace_call_read (TraceCall *call)
{
  const char *type = trace_request_get_field (call->request, "content-type");
  gsize len = 0;
  const void *data = g_bytes_get_data (call->request->body, &len);
  JsonObject *object = NULL;
  // A form of another site's page cannot have this type.
  if (type == NULL || !g_str_has_prefix (type, "application/json"))
    trace_call_refuse (call, 415, "type");
  else if (len > TRACE_CONSOLE_BODY_MAX)
    trace_call_refuse (call, 413, "size");
  else if ((object = trace_body_read (data, len)) == NULL)
    trace_call_refuse (call, 400, "json");
  return object;
}
