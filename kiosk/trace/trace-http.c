// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "kiosk/trace/trace-http.h"

#include <string.h>

#define TEXT_MAX 64 // of what is no address

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

char *
trace_request_make_network (const TraceRequest *request)
{
  static const guint8 mapped[12] = { [10] = 0xff, [11] = 0xff }; // ::ffff:A.B.C.D
  const char *peer = request->peer != NULL ? request->peer : "";
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (peer);
  if (address == NULL)
    return g_strndup (peer, TEXT_MAX);
  const guint8 *bytes = g_inet_address_to_bytes (address);
  if (g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV6)
    return g_inet_address_to_string (address);
  if (memcmp (bytes, mapped, sizeof mapped) == 0)
    return g_strdup_printf ("%u.%u.%u.%u", bytes[12], bytes[13], bytes[14], bytes[15]);
  return g_strdup_printf ("%02x%02x:%02x%02x:%02x%02x:%02x%02x::/64", bytes[0], bytes[1], bytes[2],
                          bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]);
}
