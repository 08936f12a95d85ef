// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-rules"

#include "kiosk/trace/trace-rules.h"

#include <string.h>

#include "kiosk/trace/trace-search.h"
#include "kiosk/trace/trace-zone.h"

GResource *trace_rules_get_resource (void); // assets/rules, made a C file

#define FOLDER      "/vn/tramxanh/rules"
#define DAY_S       86400
#define TEXT_MAX    400
#define LINES_MAX   200
#define LEVELS_MAX  16
#define FILES_MAX   1000
#define VERSION_MAX 9999

typedef enum {
  FIELD_NAME,
  FIELD_TEXT,
  FIELD_DATE,
  FIELD_NUMBER,
  FIELD_METRES,
  FIELD_YES
} FieldType;

typedef struct {
  const char *key;
  FieldType type;
  gboolean is_optional;
  gsize offset;
  gint64 min, max; // numbers
  const char *accepts;
} Field;

#define AT(member) G_STRUCT_OFFSET (TraceRule, member)

static const Field fields[] = {
  { "name", FIELD_NAME, FALSE, AT (name), 0, 0, "1 to 32 letters, digits, '-' and '_'" },
  { "version", FIELD_NUMBER, FALSE, AT (version), 1, VERSION_MAX, "1 to 9999" },
  { "disease", FIELD_TEXT, FALSE, AT (disease), 0, 0, "up to 400 bytes of text" },
  { "source", FIELD_TEXT, FALSE, AT (source), 0, 0, "up to 400 bytes of text" },
  { "note", FIELD_TEXT, TRUE, AT (note), 0, 0, "up to 400 bytes of text" },
  { "valid-from", FIELD_DATE, FALSE, AT (valid_from), 0, 0, "a date, YYYY-MM-DD" },
  { "valid-until", FIELD_DATE, TRUE, AT (valid_until), 0, 0, "a date, YYYY-MM-DD" },
  { "distance-m", FIELD_METRES, TRUE, AT (distance_cm), 1, 10000, "0.01 to 100" },
  { "closed-space", FIELD_YES, FALSE, AT (closed_space), 0, 1, "yes or no" },
  { "min-overlap-s", FIELD_NUMBER, FALSE, AT (min_overlap_s), 1, DAY_S, "1 to 86400" },
  { "window-s", FIELD_NUMBER, FALSE, AT (window_s), 1, 30 * DAY_S, "1 to 2592000" },
  { "latency-s", FIELD_NUMBER, FALSE, AT (latency_s), 0, 30 * DAY_S, "0 to 2592000" },
  { "infectious-before-onset-d", FIELD_NUMBER, FALSE, AT (infectious_before_onset_d), 0, 60,
    "0 to 60" },
  { "infectious-before-sample-d", FIELD_NUMBER, FALSE, AT (infectious_before_sample_d), 0, 60,
    "0 to 60" },
  { "infectious-after-onset-d", FIELD_NUMBER, TRUE, AT (infectious_after_onset_d), 0, 60,
    "0 to 60" },
  { "chain-depth", FIELD_NUMBER, FALSE, AT (chain_depth), 1, LEVELS_MAX, "1 to 16" },
  // The stores merge by this one gap; a rule that wants another would not be kept.
  { "merge-gap-s", FIELD_NUMBER, FALSE, AT (merge_gap_s), TRACE_MERGE_GAP_S, TRACE_MERGE_GAP_S,
    "600" },
};

void
trace_rule_free (TraceRule *rule)
{
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    if (fields[i].type == FIELD_NAME || fields[i].type == FIELD_TEXT ||
        fields[i].type == FIELD_DATE)
      g_free (G_STRUCT_MEMBER (char *, rule, fields[i].offset));
  g_free (rule);
}

static gboolean
is_name (const char *text)
{
  gsize len = strspn (text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
  return len >= 1 && len <= 32 && text[len] == '\0';
}

// Digits only, so that a time of day is no date.
static GDateTime *
read_date (const char *text)
{
  static const char form[] = "dddd-dd-dd";
  g_autoptr (GTimeZone) zone = g_time_zone_new_offset (TRACE_ZONE_S);
  for (gsize i = 0; i < sizeof form; i++)
    if (form[i] == 'd' ? !g_ascii_isdigit (text[i]) : text[i] != form[i])
      return NULL;
  g_autofree char *time = g_strconcat (text, "T00:00:00", NULL);
  return g_date_time_new_from_iso8601 (time, zone);
}

// "2", "1.83": hundredths, exactly.
static gboolean
read_metres (const char *text, gint64 *ret_cm)
{
  g_auto (GStrv) parts = g_strsplit (text, ".", 2);
  guint64 metres = 0, cm = 0;
  gsize n_digits = parts[0] != NULL && parts[1] != NULL ? strlen (parts[1]) : 0;
  if (parts[0] == NULL || !g_ascii_string_to_unsigned (parts[0], 10, 0, 100, &metres, NULL))
    return FALSE;
  if (parts[1] != NULL && (n_digits < 1 || n_digits > 2 ||
                           !g_ascii_string_to_unsigned (parts[1], 10, 0, 99, &cm, NULL)))
    return FALSE;
  *ret_cm = (gint64) (metres * 100 + (n_digits == 1 ? cm * 10 : cm));
  return TRUE;
}

static gboolean
set_field (TraceRule *rule, const Field *field, const char *value)
{
  gint64 number = 0;
  g_autoptr (GDateTime) date = NULL;
  switch (field->type) {
  case FIELD_NAME:
    if (!is_name (value))
      return FALSE;
    break;
  case FIELD_TEXT:
    if (value[0] == '\0' || strlen (value) > TEXT_MAX)
      return FALSE;
    break;
  case FIELD_DATE:
    if ((date = read_date (value)) == NULL)
      return FALSE;
    break;
  case FIELD_NUMBER:
    if (!g_ascii_string_to_signed (value, 10, field->min, field->max, &number, NULL))
      return FALSE;
    break;
  case FIELD_METRES:
    if (!read_metres (value, &number) || number < field->min || number > field->max)
      return FALSE;
    break;
  case FIELD_YES:
    number = g_str_equal (value, "yes");
    if (number == 0 && !g_str_equal (value, "no"))
      return FALSE;
    break;
  }
  if (field->type == FIELD_NUMBER || field->type == FIELD_METRES || field->type == FIELD_YES)
    G_STRUCT_MEMBER (gint64, rule, field->offset) = number;
  else
    G_STRUCT_MEMBER (char *, rule, field->offset) = g_strdup (value);
  return TRUE;
}

static gboolean
refuse (GError **error, const char *name, guint line, const char *key, const char *why)
{
  g_set_error (error, TRACE_ERROR, TRACE_ERROR_INPUT, "rule %s, line %u: %s%s%s", name, line, key,
               key[0] != '\0' ? ": " : "", why);
  return FALSE;
}

static gboolean
has_control (const char *line)
{
  for (const char *at = line; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)) && *at != '\t')
      return TRUE;
  return FALSE;
}

// @line: in place.
static gboolean
read_line (TraceRule *rule, const char *name, guint number, char *line, guint *seen, GError **error)
{
  gsize len = strlen (line);
  if (len > 0 && line[len - 1] == '\r')
    line[len - 1] = '\0';
  if (has_control (line))
    return refuse (error, name, number, "", "a control character");
  g_strstrip (line);
  if (line[0] == '\0' || line[0] == '#')
    return TRUE;
  char *equals = strchr (line, '=');
  if (equals == NULL)
    return refuse (error, name, number, "", "neither a key with a value nor a comment");
  *equals = '\0';
  const char *key = g_strchomp (line), *value = g_strchug (equals + 1);
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    if (!g_str_equal (fields[i].key, key))
      continue;
    if ((*seen >> i & 1) != 0)
      return refuse (error, name, number, fields[i].key, "given twice");
    *seen |= 1u << i;
    return set_field (rule, &fields[i], value) ||
           refuse (error, name, number, fields[i].key, fields[i].accepts);
  }
  return refuse (error, name, number, "", "no such key");
}

static gboolean
check_whole (const TraceRule *rule, const char *name, guint n_lines, guint seen, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (!fields[i].is_optional && (seen >> i & 1) == 0)
      return refuse (error, name, n_lines, fields[i].key, "missing");
  if (rule->min_overlap_s > rule->window_s)
    return refuse (error, name, n_lines, "min-overlap-s", "more than window-s");
  if (rule->valid_until != NULL && strcmp (rule->valid_until, rule->valid_from) < 0)
    return refuse (error, name, n_lines, "valid-until", "before valid-from");
  return TRUE;
}

TraceRule *
trace_rule_read (const char *name, const char *text, gsize len, GError **error)
{
  g_autoptr (TraceRule) rule = g_new0 (TraceRule, 1);
  rule->distance_cm = TRACE_RULE_UNSET;
  rule->infectious_after_onset_d = TRACE_RULE_UNSET;
  guint seen = 0, n_lines = 0;
  const char *end = text;
  if (len > TRACE_RULE_BYTES_MAX || !g_utf8_validate_len (text, len, &end)) {
    for (const char *at = text; at < end; at++)
      n_lines += *at == '\n';
    (void) refuse (error, name, n_lines + 1, "",
                   len > TRACE_RULE_BYTES_MAX ? "a file of more than 16384 bytes" : "not UTF-8");
    return NULL;
  }
  g_autofree char *copy = g_strndup (text, len);
  g_auto (GStrv) lines = g_strsplit (copy, "\n", LINES_MAX + 1);
  for (; lines[n_lines] != NULL; n_lines++) {
    if (n_lines == LINES_MAX) {
      (void) refuse (error, name, n_lines + 1, "", "more than 200 lines");
      return NULL;
    }
    if (!read_line (rule, name, n_lines + 1, lines[n_lines], &seen, error))
      return NULL;
  }
  return check_whole (rule, name, MAX (n_lines, 1), seen, error) ? g_steal_pointer (&rule) : NULL;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const TraceRule *one = *(const TraceRule *const *) a, *other = *(const TraceRule *const *) b;
  int order = strcmp (one->name, other->name);
  return order != 0 ? order : (one->version > other->version) - (one->version < other->version);
}

static gboolean
add (GPtrArray *rules, const char *name, GBytes *bytes, GError **error)
{
  gsize len = 0;
  const char *text = g_bytes_get_data (bytes, &len);
  TraceRule *rule = trace_rule_read (name, text != NULL ? text : "", len, error);
  if (rule == NULL)
    return FALSE;
  for (guint i = 0; i < rules->len; i++)
    if (compare (&g_ptr_array_index (rules, i), &rule) == 0) {
      g_set_error (error, TRACE_ERROR, TRACE_ERROR_INPUT,
                   "rule %s: there is another %s of version %" G_GINT64_FORMAT, name, rule->name,
                   rule->version);
      trace_rule_free (rule);
      return FALSE;
    }
  g_ptr_array_add (rules, rule);
  return TRUE;
}

static gboolean
add_own (GPtrArray *rules, GError **error)
{
  GResource *resource = trace_rules_get_resource ();
  g_auto (GStrv) names =
      g_resource_enumerate_children (resource, FOLDER, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    g_autofree char *path = g_strconcat (FOLDER "/", names[i], NULL);
    g_autoptr (GBytes) bytes =
        g_resource_lookup_data (resource, path, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
    if (bytes == NULL || !add (rules, names[i], bytes, error))
      return FALSE;
  }
  return names != NULL;
}

static gboolean
add_file (GPtrArray *rules, const char *folder, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) cause = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, &cause);
  // One byte more than is allowed, so that the reader refuses it.
  g_autoptr (GBytes) bytes =
      stream != NULL ? g_input_stream_read_bytes (G_INPUT_STREAM (stream), TRACE_RULE_BYTES_MAX + 1,
                                                  NULL, &cause)
                     : NULL;
  if (bytes != NULL)
    return add (rules, path, bytes, error);
  g_set_error (error, TRACE_ERROR, TRACE_ERROR_STORAGE, "rule %s: %s", path, cause->message);
  return FALSE;
}

static gboolean
add_folder (GPtrArray *rules, const char *folder, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &cause);
  if (dir == NULL) {
    g_set_error (error, TRACE_ERROR, TRACE_ERROR_STORAGE, "rules: %s", cause->message);
    return FALSE;
  }
  for (const char *name = NULL; (name = g_dir_read_name (dir)) != NULL;)
    if (g_str_has_suffix (name, ".conf") && !add_file (rules, folder, name, error))
      return FALSE;
  return TRUE;
}

GPtrArray *
trace_rules_load (const char *folder, GError **error)
{
  g_autoptr (GPtrArray) rules = g_ptr_array_new_with_free_func ((GDestroyNotify) trace_rule_free);
  if (!add_own (rules, error) || (folder != NULL && !add_folder (rules, folder, error)))
    return NULL;
  g_ptr_array_sort (rules, compare);
  return g_steal_pointer (&rules);
}

const TraceRule *
trace_rules_find (const GPtrArray *rules, const char *name, GError **error)
{
  const TraceRule *found = NULL;
  g_auto (GStrv) parts = g_strsplit (name, "@", 2);
  gint64 version = 0;
  gboolean is_possible =
      parts[0] != NULL &&
      (parts[1] == NULL || g_ascii_string_to_signed (parts[1], 10, 1, VERSION_MAX, &version, NULL));
  for (guint i = 0; is_possible && i < rules->len; i++) {
    const TraceRule *rule = g_ptr_array_index (rules, i);
    if (g_str_equal (rule->name, parts[0]) && (version == 0 || rule->version == version))
      found = rule; // of several the last one, which is the latest
  }
  if (found == NULL)
    g_set_error (error, TRACE_ERROR, TRACE_ERROR_INPUT,
                 "no such rule; `tramxanh-trace rules` lists them");
  return found;
}

gboolean
trace_rule_span (const TraceRule *rule,
                 const char *day,
                 gboolean is_sample,
                 gint64 *ret_from_s,
                 gint64 *ret_to_s)
{
  gint64 before_d = is_sample ? rule->infectious_before_sample_d : rule->infectious_before_onset_d;
  g_autoptr (GDateTime) date = read_date (day);
  if (date == NULL)
    return FALSE;
  g_autoptr (GDateTime) from = g_date_time_add_days (date, -(gint) before_d);
  *ret_from_s = g_date_time_to_unix (from);
  *ret_to_s = G_MAXINT64;
  if (rule->infectious_after_onset_d != TRACE_RULE_UNSET) {
    g_autoptr (GDateTime) to =
        g_date_time_add_days (date, (gint) rule->infectious_after_onset_d + 1); // that day too
    *ret_to_s = g_date_time_to_unix (to);
  }
  return TRUE;
}

char *
trace_rule_to_string (const TraceRule *rule)
{
  return g_strdup_printf ("%s, version %" G_GINT64_FORMAT " (in force from %s%s%s: %s)", rule->name,
                          rule->version, rule->valid_from,
                          rule->valid_until != NULL ? " until " : "",
                          rule->valid_until != NULL ? rule->valid_until : "", rule->source);
}
