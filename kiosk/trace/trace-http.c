// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "kiosk/trace/trace-http.h"

void
trace_reply_clear (TraceReply *reply)
{
  g_clear_pointer (&reply->body, g_bytes_unref);
  g_clear_pointer (&reply->fields, g_ptr_array_unref);
}

void
trace_reply_set_text (TraceReply *reply, guint status, const char *text)
{
  g_clear_pointer (&reply->body, g_bytes_unref);
  reply->status = status;
  reply->type = "text/plain; charset=utf-8";
  if (text != NULL)
    reply->body = g_bytes_new_take (g_strconcat (text, "\n", NULL), strlen (text) + 1);
}

void
trace_reply_add_field (TraceReply *reply, const char *name, const char *value)
{
  if (reply->fields == NULL)
    reply->fields = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (reply->fields, g_strconcat (name, ": ", value, NULL));
}

const char *
trace_request_get_field (const TraceRequest *request, const char *name)
{
  g_autofree char *key = g_ascii_strdown (name, -1);
  return g_hash_table_lookup (request->fields, key);
}
