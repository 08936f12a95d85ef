// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-json"

#include "kiosk/trace/trace-json.h"

#include <string.h>

// Before the parser, which goes down into itself for every bracket.
static gboolean
is_shallow (const char *text, gsize len)
{
  gboolean is_in_text = FALSE;
  guint depth = 0;
  for (gsize i = 0; i < len; i++) {
    if (is_in_text && text[i] == '\\')
      i++;
    else if (text[i] == '"')
      is_in_text = !is_in_text;
    else if (!is_in_text && (text[i] == '[' || text[i] == '{') && ++depth > TRACE_JSON_DEPTH_MAX)
      return FALSE;
    else if (!is_in_text && (text[i] == ']' || text[i] == '}') && depth > 0)
      depth--;
  }
  return TRUE;
}

// As JSON has it, and as the parser takes it too: a comment would hide brackets from us.
static gboolean
has_comment (const char *text, gsize len)
{
  gboolean is_in_text = FALSE;
  for (gsize i = 0; i < len; i++) {
    if (is_in_text && text[i] == '\\')
      i++;
    else if (text[i] == '"')
      is_in_text = !is_in_text;
    else if (!is_in_text && (text[i] == '/' || text[i] == '\'' || text[i] == '#'))
      return TRUE;
  }
  return FALSE;
}

JsonNode *
trace_json_read (const char *text, gsize len, TraceFault *ret_fault)
{
  if (len > TRACE_JSON_BYTES_MAX || !is_shallow (text, len)) {
    *ret_fault = TRACE_FAULT_TOO_LARGE;
    return NULL;
  }
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root = NULL;
  if (g_utf8_validate (text, (gssize) len, NULL) && !has_comment (text, len) &&
      memmem (text, len, "\\u0000", 6) == NULL &&
      json_parser_load_from_data (parser, text, (gssize) len, NULL))
    root = json_parser_steal_root (parser);
  if (root == NULL)
    *ret_fault = TRACE_FAULT_JSON;
  return root;
}

gboolean
trace_json_get_text (JsonObject *object,
                     const char *member,
                     char buffer[TRACE_JSON_NUMBER_SIZE],
                     const char **ret_text)
{
  JsonNode *node = json_object_get_member (object, member);
  *ret_text = "";
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node))
    return FALSE;
  if (json_node_get_value_type (node) == G_TYPE_STRING) {
    *ret_text = json_node_get_string (node);
    return TRUE;
  }
  if (json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  (void) g_snprintf (buffer, TRACE_JSON_NUMBER_SIZE, "%" G_GINT64_FORMAT, json_node_get_int (node));
  *ret_text = buffer;
  return TRUE;
}

void
trace_json_append (GString *text, JsonBuilder *builder)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  (void) json_generator_to_gstring (generator, text); // returns @text
}

void
trace_json_add (JsonBuilder *builder, const char *member, const char *value)
{
  (void) json_builder_set_member_name (builder, member); // returns @builder
  (void) json_builder_add_string_value (builder, value);
}

void
trace_json_add_int (JsonBuilder *builder, const char *member, gint64 value)
{
  (void) json_builder_set_member_name (builder, member); // returns @builder
  (void) json_builder_add_int_value (builder, value);
}
