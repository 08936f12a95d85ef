// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The console's pages, as they were compiled in.

#define G_LOG_DOMAIN "trace-console"

#include <sodium.h>
#include <string.h>

#include "kiosk/trace/trace-console-private.h"


GResource *trace_console_get_resource (void); // assets/console, made a C file

#define FOLDER "/vn/tramxanh/console/"

static const char *
find_type (const char *name)
{
  static const char *const types[][2] = {
    { ".html", "text/html; charset=utf-8" },
    { ".css", "text/css; charset=utf-8" },
    { ".js", "text/javascript; charset=utf-8" },
    { ".svg", "image/svg+xml" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_has_suffix (name, types[i][0]))
      return types[i][1];
  return NULL;
}

gboolean
trace_console_send_file (TraceCall *call)
{
  const char *path = call->request->path;
  const char *name = g_str_equal (path, "/") ? "index.html" : path + strlen ("/console/");
  const char *type = find_type (name);
  if (type == NULL || strspn (name, "abcdefghijklmnopqrstuvwxyz-.") != strlen (name))
    return FALSE;
  g_autofree char *resource = g_strconcat (FOLDER, name, NULL);
  g_autoptr (GBytes) content =
      g_resource_lookup_data (trace_console_get_resource (), resource, G_RESOURCE_LOOKUP_FLAGS_NONE,
                              NULL); // NULL: not there
  if (content == NULL)
    return FALSE;
  guint8 hash[16];
  char text[2 * sizeof hash + 1];
  gsize len = 0;
  const guint8 *data = g_bytes_get_data (content, &len);
  (void) crypto_generichash (hash, sizeof hash, data, len, NULL, 0);
  (void) sodium_bin2hex (text, sizeof text, hash, sizeof hash);
  g_autofree char *tag = g_strdup_printf ("\"%s\"", text);
  const char *known = trace_request_get_field (call->request, "if-none-match");
  gboolean is_known = known != NULL && strstr (known, tag) != NULL;
  trace_reply_add_field (call->reply, "ETag", tag);
  call->reply->status = is_known ? 304 : 200;
  call->reply->type = type;
  if (!is_known)
    call->reply->body = g_steal_pointer (&content);
  return TRUE;
}
