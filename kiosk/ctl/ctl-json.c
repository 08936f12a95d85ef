// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Writing JSON (RFC 8259).

#include "kiosk/ctl/ctl-json.h"

#include <math.h>
#include <string.h>

static void
append_quoted (GString *json, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_string_append_c (json, '"');
  for (const char *at = valid; *at != '\0'; at++) {
    if (*at == '"' || *at == '\\')
      g_string_append_printf (json, "\\%c", *at);
    else if ((guchar) *at < 0x20 || *at == 0x7F) // DEL need not be escaped, but terminals act on it
      g_string_append_printf (json, "\\u%04x", (guint) *at);
    else
      g_string_append_c (json, *at);
  }
  g_string_append_c (json, '"');
}

// What stands in front of a value: a comma, unless it is the first of its object or array or of a
// line, and its key.
static void
begin_value (GString *json, const char *key)
{
  if (json->len > 0 && strchr ("{[\n", json->str[json->len - 1]) == NULL)
    g_string_append_c (json, ',');
  if (key == NULL)
    return;
  append_quoted (json, key);
  g_string_append_c (json, ':');
}

void
ctl_json_open_object (GString *json, const char *key)
{
  begin_value (json, key);
  g_string_append_c (json, '{');
}

void
ctl_json_close_object (GString *json)
{
  g_string_append_c (json, '}');
}

void
ctl_json_open_array (GString *json, const char *key)
{
  begin_value (json, key);
  g_string_append_c (json, '[');
}

void
ctl_json_close_array (GString *json)
{
  g_string_append_c (json, ']');
}

void
ctl_json_add_text (GString *json, const char *key, const char *text)
{
  begin_value (json, key);
  if (text == NULL)
    g_string_append (json, "null");
  else
    append_quoted (json, text);
}

void
ctl_json_add_integer (GString *json, const char *key, gint64 number)
{
  begin_value (json, key);
  g_string_append_printf (json, "%" G_GINT64_FORMAT, number);
}

void
ctl_json_add_real (GString *json, const char *key, double number)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  begin_value (json, key);
  if (isfinite (number))
    g_string_append (json, g_ascii_formatd (digits, sizeof digits, "%.6g", number));
  else
    g_string_append (json, "null");
}

void
ctl_json_add_boolean (GString *json, const char *key, gboolean value)
{
  begin_value (json, key);
  g_string_append (json, value ? "true" : "false");
}
