// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// InfoF, out of as many envelopes as the app's push has. json-glib calls itself for every bracket,
// so that brackets are counted before.

#define G_LOG_DOMAIN "trace-bluezone"

#include <string.h>

#include <json-glib/json-glib.h>

#include "kiosk/core/ct-bluezone.h"
#include "kiosk/trace/trace-bluezone.h"

#define DAY_S         86400
#define NESTING_MAX   8
#define ENVELOPES_MAX 6
#define TIME_MAX_S    G_GINT64_CONSTANT (4102444800) // 2100

static gboolean
refuse (GError **error, const char *why)
{
  g_set_error (error, TRACE_ERROR, TRACE_ERROR_INPUT, "bluezone keys: %s", why);
  return FALSE;
}

static gboolean
refuse_entry (GError **error, guint number, const char *why)
{
  g_set_error (error, TRACE_ERROR, TRACE_ERROR_INPUT, "bluezone keys: entry %u: %s", number + 1,
               why);
  return FALSE;
}

// Nothing but JSON's own characters outside of texts (a comment would hide a quote), and few
// brackets within each other.
static gboolean
check_shape (const char *text, gsize len, GError **error)
{
  static const char outside[] = " \t\r\n{}[]:,0123456789+-.eEtrufalsn";
  gboolean is_in_text = FALSE;
  guint depth = 0;
  for (gsize i = 0; i < len; i++) {
    char c = text[i];
    if (c == '\\' && is_in_text)
      i++;
    else if (c == '"')
      is_in_text = !is_in_text;
    else if (is_in_text)
      continue;
    else if (c == '\0' || strchr (outside, c) == NULL)
      return refuse (error, "not JSON");
    else if (c == '{' || c == '[')
      depth++;
    else if ((c == '}' || c == ']') && depth > 0)
      depth--;
    if (depth > NESTING_MAX)
      return refuse (error, "more than 8 brackets within each other");
  }
  return TRUE;
}

static JsonObject *
get_object (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static const char *
get_text (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);
  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

static gboolean
get_number (JsonObject *object, const char *member, gint64 min, gint64 max, gint64 *ret_number)
{
  JsonNode *node = json_object_get_member (object, member);
  if (node == NULL || json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  *ret_number = json_node_get_int (node);
  return *ret_number >= min && *ret_number <= max;
}

static gboolean
read_key (const char *hex, guint8 ret_key[CT_BLUEZONE_KEY_SIZE])
{
  if (hex == NULL || strlen (hex) != 2 * CT_BLUEZONE_KEY_SIZE)
    return FALSE;
  for (guint i = 0; i < CT_BLUEZONE_KEY_SIZE; i++) {
    int high = g_ascii_xdigit_value (hex[2 * i]), low = g_ascii_xdigit_value (hex[2 * i + 1]);
    if (high < 0 || low < 0)
      return FALSE;
    ret_key[i] = (guint8) (high << 4 | low);
  }
  return TRUE;
}

static gboolean
read_entry (JsonNode *node, guint number, TraceBluezoneKey *key, GError **error)
{
  JsonObject *entry = get_object (node);
  gint64 n_slots = CT_BLUEZONE_SLOTS;
  if (entry == NULL)
    return refuse_entry (error, number, "not an object");
  if (!read_key (get_text (entry, "daily_key"), key->key))
    return refuse_entry (error, number, "daily_key: not 64 hexadecimal digits");
  if (!get_number (entry, "time_start", 0, TIME_MAX_S, &key->from_s))
    return refuse_entry (error, number, "time_start: not seconds since 1970");
  if (key->from_s % DAY_S != 0)
    return refuse_entry (error, number, "time_start: not midnight UTC");
  if (!get_number (entry, "time_end", 0, TIME_MAX_S, &key->last_s))
    return refuse_entry (error, number, "time_end: not seconds since 1970");
  if (key->last_s < key->from_s)
    return refuse_entry (error, number, "time_end: before time_start");
  if (key->last_s - key->from_s >= (gint64) TRACE_BLUEZONE_DAYS_MAX * DAY_S)
    return refuse_entry (error, number, "time_end: more than 60 days after time_start");
  if (!get_number (entry, "max", 1, CT_BLUEZONE_SLOTS_MAX, &n_slots) || DAY_S % n_slots != 0)
    return refuse_entry (error, number, "max: not a number of slots that a day divides into");
  key->n_slots = (guint) n_slots;
  return TRUE;
}

static GArray *
read_entries (JsonArray *entries, GError **error)
{
  guint n = json_array_get_length (entries);
  g_autoptr (GArray) keys = g_array_new (FALSE, TRUE, sizeof (TraceBluezoneKey));
  if (n == 0 || n > TRACE_BLUEZONE_KEYS_MAX) {
    (void) refuse (error, n == 0 ? "no entries" : "more than 100000 entries");
    return NULL;
  }
  g_array_set_size (keys, n);
  for (guint i = 0; i < n; i++)
    if (!read_entry (json_array_get_element (entries, i), i,
                     &g_array_index (keys, TraceBluezoneKey, i), error))
      return NULL;
  return g_steal_pointer (&keys);
}

// What is in an envelope; NULL: @object is none.
static JsonNode *
open_envelope (JsonObject *object)
{
  static const char *const members[] = { "InfoF", "DataContent", "data" };
  for (guint i = 0; i < G_N_ELEMENTS (members); i++) {
    JsonNode *inner = json_object_get_member (object, members[i]);
    if (inner != NULL && !JSON_NODE_HOLDS_ARRAY (inner))
      return inner;
  }
  return NULL;
}

static GArray *
read_text (const char *text, gsize len, guint n_envelopes, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) cause = NULL;
  if (!check_shape (text, len, error))
    return NULL;
  if (!json_parser_load_from_data (parser, text, (gssize) len, &cause) ||
      json_parser_get_root (parser) == NULL) {
    (void) refuse (error, "not JSON");
    return NULL;
  }
  JsonNode *node = json_parser_get_root (parser);
  for (; node != NULL && n_envelopes < ENVELOPES_MAX; n_envelopes++) {
    JsonObject *object = get_object (node);
    if (json_node_get_value_type (node) == G_TYPE_STRING) {
      const char *inner = json_node_get_string (node);
      return read_text (inner, strlen (inner), n_envelopes + 1, error);
    }
    if (object == NULL)
      break;
    JsonNode *data = json_object_get_member (object, "data");
    if (data != NULL && JSON_NODE_HOLDS_ARRAY (data))
      return read_entries (json_node_get_array (data), error);
    node = open_envelope (object);
  }
  (void) refuse (error, "neither an object with \"data\", nor \"InfoF\" with one in it");
  return NULL;
}

GArray *
trace_bluezone_read (const char *text, gsize len, GError **error)
{
  if (len <= TRACE_BLUEZONE_BYTES_MAX && g_utf8_validate_len (text, len, NULL))
    return read_text (text, len, 0, error);
  (void) refuse (error, len > TRACE_BLUEZONE_BYTES_MAX ? "more than 16 MiB" : "not UTF-8");
  return NULL;
}
