// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-console"

#include "kiosk/trace/trace-console-body.h"

#include <string.h>

// json-glib calls itself for every level: how deep it gets is known before it starts.
static gboolean
is_shallow (const char *text, gsize len)
{
  gsize depth = 0;
  gboolean in_string = FALSE;
  for (gsize i = 0; i < len; i++) {
    if (in_string && text[i] == '\\')
      i++;
    else if (text[i] == '"')
      in_string = !in_string;
    else if (!in_string && (text[i] == '[' || text[i] == '{') && ++depth > TRACE_BODY_DEPTH_MAX)
      return FALSE;
    else if (!in_string && (text[i] == ']' || text[i] == '}') && depth > 0)
      depth--;
  }
  return TRUE;
}

// The parser's own comments would hide a bracket from the count above, as would single quotes.
static gboolean
is_strict (const char *text, gsize len)
{
  gboolean in_string = FALSE;
  for (gsize i = 0; i < len; i++) {
    if (in_string && text[i] == '\\')
      i++;
    else if (text[i] == '"')
      in_string = !in_string;
    else if (!in_string && (text[i] == '/' || text[i] == '#' || text[i] == '\''))
      return FALSE;
  }
  return !in_string;
}

JsonObject *
trace_body_read (const void *data, gsize len)
{
  const char *text = data;
  g_autoptr (JsonParser) parser = json_parser_new ();
  if (len == 0 || !g_utf8_validate_len (text, len, NULL) || !is_strict (text, len) ||
      !is_shallow (text, len) || !json_parser_load_from_data (parser, text, (gssize) len, NULL))
    return NULL;
  JsonNode *root = json_parser_get_root (parser);
  return root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_dup_object (root) : NULL;
}

static JsonNode *
find (JsonObject *object, const char *name, GType type)
{
  JsonNode *node = json_object_get_member (object, name);
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type
             ? node
             : NULL;
}

const char *
trace_body_get_text (JsonObject *object, const char *name, gsize max_len)
{
  JsonNode *node = find (object, name, G_TYPE_STRING);
  const char *text = node != NULL ? json_node_get_string (node) : NULL;
  if (text == NULL || strlen (text) > max_len)
    return NULL;
  for (const char *at = text; *at != '\0'; at++)
    if ((guchar) *at < 0x20 && *at != '\n' && *at != '\t' && *at != '\r')
      return NULL;
  return text;
}

gboolean
trace_body_get_int (JsonObject *object,
                    const char *name,
                    gint64 min,
                    gint64 max,
                    gint64 fallback,
                    gint64 *ret_number)
{
  JsonNode *node = find (object, name, G_TYPE_INT64);
  if (node == NULL && json_object_has_member (object, name))
    return FALSE;
  gint64 number = node != NULL ? json_node_get_int (node) : fallback;
  if (node != NULL && (number < min || number > max))
    return FALSE;
  *ret_number = number;
  return TRUE;
}

gboolean
trace_body_get_bool (JsonObject *object, const char *name, gboolean *ret_is_true)
{
  JsonNode *node = find (object, name, G_TYPE_BOOLEAN);
  if (node == NULL && json_object_has_member (object, name))
    return FALSE;
  *ret_is_true = node != NULL && json_node_get_boolean (node);
  return TRUE;
}

JsonObject *
trace_body_get_object (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);
  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

void
trace_body_add_text (JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text);
}

void
trace_body_add_int (JsonBuilder *builder, const char *name, gint64 number)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, number);
}

void
trace_body_add_bool (JsonBuilder *builder, const char *name, gboolean is_true)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, is_true);
}
