// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "kiosk/trace/trace-config.h"

#include <string.h>

#define LEN_MAX (64 * 1024)

typedef enum { TYPE_TEXT, TYPE_NUMBER, TYPE_YES_NO } Type;

static const struct {
  const char *name;
  Type type;
  gsize offset;
  const char *fallback;
  guint min, max; // of a number
} keys[] = {
#define AT(member) G_STRUCT_OFFSET (TraceConfig, member)
  { "listen", TYPE_TEXT, AT (listen), "0.0.0.0:8443", 0, 0 },
  { "url", TYPE_TEXT, AT (url), "", 0, 0 },
  { "keys", TYPE_TEXT, AT (keys), "", 0, 0 },
  { "metrics-token", TYPE_TEXT, AT (metrics_token), "", 0, 0 },
  { "behind-proxy", TYPE_YES_NO, AT (behind_proxy), "no", 0, 0 },
  { "connections", TYPE_NUMBER, AT (connections), "2000", 1, 60000 },
  { "connections-per-address", TYPE_NUMBER, AT (connections_per_address), "32", 0, 60000 },
  { "idle-s", TYPE_NUMBER, AT (idle_s), "15", 1, 600 },
  { "request-s", TYPE_NUMBER, AT (request_s), "60", 1, 3600 },
  { "longest-stay-h", TYPE_NUMBER, AT (longest_stay_h), "16", 1, 168 },
#undef AT
};

static gboolean
set (TraceConfig *config, gsize i, const char *value)
{
  gpointer at = (guint8 *) config + keys[i].offset;
  guint64 number = 0;
  switch (keys[i].type) {
  case TYPE_TEXT:
    g_free (*(char **) at);
    *(char **) at = g_strdup (value);
    return TRUE;
  case TYPE_NUMBER:
    if (!g_ascii_string_to_unsigned (value, 10, keys[i].min, keys[i].max, &number, NULL))
      return FALSE;
    *(guint *) at = (guint) number;
    return TRUE;
  case TYPE_YES_NO:
    *(gboolean *) at = g_str_equal (value, "yes");
    return g_str_equal (value, "yes") || g_str_equal (value, "no");
  }
  return FALSE;
}

void
trace_config_init (TraceConfig *config)
{
  *config = (TraceConfig){ NULL };
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    (void) set (config, i, keys[i].fallback); // is in bounds
}

void
trace_config_clear (TraceConfig *config)
{
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (keys[i].type == TYPE_TEXT)
      g_free (*(char **) ((guint8 *) config + keys[i].offset));
}

static const char *
parse_line (TraceConfig *config, char *line, guint64 *seen)
{
  g_strstrip (line);
  if (line[0] == '\0' || line[0] == '#')
    return NULL;
  char *value = strchr (line, '=');
  if (value == NULL)
    return "not KEY = VALUE";
  *value++ = '\0';
  g_strchomp (line);
  g_strchug (value);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (g_str_equal (line, keys[i].name)) {
      if ((*seen & (G_GUINT64_CONSTANT (1) << i)) != 0)
        return "given twice";
      *seen |= G_GUINT64_CONSTANT (1) << i;
      return set (config, i, value) ? NULL : "no value of this key";
    }
  return "no key of ours";
}

gboolean
trace_config_parse (TraceConfig *config, const char *name, char *text, GError **error)
{
  guint64 seen = 0;
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    const char *why = parse_line (config, lines[i], &seen);
    if (why != NULL) {
      g_set_error (error, TRACE_ERROR, TRACE_ERROR_INPUT, "configuration %s: line %u: %s", name,
                   i + 1, why);
      return FALSE;
    }
  }
  return TRUE;
}

gboolean
trace_config_read (TraceConfig *config, const char *path, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autofree char *text = NULL;
  const char *why = NULL;
  gsize len = 0;
  if (!g_file_get_contents (path, &text, &len, &cause))
    why = cause->message;
  else if (len > LEN_MAX)
    why = "longer than 64 KiB";
  else if (memchr (text, '\0', len) != NULL || !g_utf8_validate (text, (gssize) len, NULL))
    why = "not text";
  if (why == NULL)
    return trace_config_parse (config, path, text, error);
  g_set_error (error, TRACE_ERROR, TRACE_ERROR_INPUT, "configuration %s: %s", path, why);
  return FALSE;
}
