// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "kiosk/trace/trace-place.h"

#include <string.h>

#include <gio/gio.h>

#include "kiosk/feed/feed-wire.h"

#define URL_NAME "url"
#define SCHEME   "https://"

gboolean
trace_place_is_url (const char *url)
{
  gsize len = strlen (url);
  if (!g_str_has_prefix (url, SCHEME) || len > FEED_URL_MAX || url[len - 1] == '/')
    return FALSE;
  for (gsize i = 0; i < len; i++)
    if (!g_ascii_isgraph (url[i]))
      return FALSE;
  return g_uri_is_valid (url, G_URI_FLAGS_NONE, NULL);
}

char *
trace_place_get_host (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  return g_strdup (host != NULL && host[0] != '\0' ? host : g_get_host_name ());
}

char *
trace_place_make_url (const char *listen, guint16 port)
{
  g_autoptr (GSocketConnectable) connectable = g_network_address_parse (listen, port, NULL);
  const char *host = connectable != NULL
                         ? g_network_address_get_hostname (G_NETWORK_ADDRESS (connectable))
                         : g_get_host_name ();
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);
  if (address != NULL && g_inet_address_get_is_any (address))
    host = g_get_host_name ();
  gboolean is_ipv6 = strchr (host, ':') != NULL;
  return g_strdup_printf (is_ipv6 ? SCHEME "[%s]:%u" : SCHEME "%s:%u", host, port);
}

gboolean
trace_place_write (const char *folder, const char *url, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autofree char *path = g_build_filename (folder, URL_NAME, NULL);
  g_autofree char *line = g_strconcat (url, "\n", NULL);
  if (g_file_set_contents (path, line, -1, &cause))
    return TRUE;
  g_set_error (error, TRACE_ERROR, TRACE_ERROR_STORAGE, "%s: %s", path, cause->message);
  return FALSE;
}

char *
trace_place_read (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, URL_NAME, NULL);
  g_autofree char *line = NULL;
  if (g_file_get_contents (path, &line, NULL, NULL) && trace_place_is_url (g_strchomp (line)))
    return g_steal_pointer (&line);
  g_set_error (error, TRACE_ERROR, TRACE_ERROR_INPUT,
               "where kiosks reach this core: --url https://HOST[:PORT], the configuration's url,"
               " or start `serve` first");
  return NULL;
}
