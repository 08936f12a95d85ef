// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-details"

#include "kiosk/trace/trace-details.h"

#include <string.h>

#include "kiosk/trace/trace-input.h"
#include "kiosk/trace/trace-json.h"
#include "kiosk/trace/trace-store.h"

#define COUNTRY_CODE     "+84"
#define NATIONAL_MIN_LEN 9 // digits behind the leading zero
#define NATIONAL_MAX_LEN 10
#define DETAIL_MAX_BYTES 4096

const char *const trace_detail_names[TRACE_N_DETAILS] = {
  [TRACE_DETAIL_NAME] = "name",   [TRACE_DETAIL_BIRTH_DATE] = "birth_date",
  [TRACE_DETAIL_SEX] = "sex",     [TRACE_DETAIL_PHONE] = "phone",
  [TRACE_DETAIL_EMAIL] = "email", [TRACE_DETAIL_ADDRESS] = "address",
};

TraceDetails *
trace_details_new (void)
{
  TraceDetails *details = g_new (TraceDetails, 1);
  for (guint i = 0; i < TRACE_N_DETAILS; i++)
    details->text[i] = g_strdup ("");
  return details;
}

void
trace_details_free (TraceDetails *details)
{
  for (guint i = 0; i < TRACE_N_DETAILS; i++)
    g_free (details->text[i]);
  g_free (details);
}

void
trace_details_set (TraceDetails *details, TraceDetail detail, const char *text)
{
  g_free (details->text[detail]);
  details->text[detail] = g_strdup (text);
}

gboolean
trace_details_is_empty (const TraceDetails *details)
{
  for (guint i = 0; i < TRACE_N_DETAILS; i++)
    if (details->text[i][0] != '\0')
      return FALSE;
  return TRUE;
}

static TraceFault
take_object (GHashTable *all, JsonObject *object, const char **ret_member)
{
  g_autoptr (TraceDetails) details = trace_details_new ();
  char buffer[TRACE_JSON_NUMBER_SIZE];
  guint8 bytes[TRACE_SUBJECT_SIZE];
  const char *text = NULL;
  *ret_member = "subject";
  if (!trace_json_get_text (object, "subject", buffer, &text) || !trace_subject_read (text, bytes))
    return TRACE_FAULT_SUBJECT;
  g_autofree char *subject = g_ascii_strdown (text, -1);
  for (guint i = 0; i < TRACE_N_DETAILS; i++) {
    *ret_member = trace_detail_names[i];
    if (!trace_json_get_text (object, trace_detail_names[i], buffer, &text) ||
        strlen (text) > DETAIL_MAX_BYTES || !g_utf8_validate (text, -1, NULL))
      return TRACE_FAULT_TEXT;
    trace_details_set (details, i, text);
  }
  (void) g_hash_table_replace (all, g_steal_pointer (&subject), g_steal_pointer (&details));
  return TRACE_FAULT_NONE;
}

static void
take_line (GHashTable *all, const GString *line, gint64 number, TraceFaults *faults)
{
  const char *member = NULL;
  TraceFault fault = TRACE_FAULT_JSON;
  g_autoptr (JsonNode) root = trace_json_read (line->str, line->len, &fault);
  if (root != NULL)
    fault = JSON_NODE_HOLDS_OBJECT (root) ? take_object (all, json_node_get_object (root), &member)
                                          : TRACE_FAULT_JSON;
  if (fault != TRACE_FAULT_NONE)
    trace_faults_add (faults, number, member, fault);
}

GHashTable *
trace_details_read (FILE *stream, TraceFaults *faults)
{
  GHashTable *all =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) trace_details_free);
  g_autoptr (GString) line = g_string_new (NULL);
  TraceFault fault = TRACE_FAULT_NONE;
  g_autofree TraceInput *input = trace_input_new (stream, &fault);
  gint64 number = 0;
  while (input != NULL && trace_input_get_line (input, line, TRACE_JSON_LINE_MAX, &fault)) {
    number++;
    if (line->len > 0)
      take_line (all, line, number, faults);
  }
  if (input != NULL && fault == TRACE_FAULT_NONE)
    fault = trace_input_check (input);
  if (fault != TRACE_FAULT_NONE)
    trace_faults_add (faults, input != NULL ? number + 1 : 0, NULL, fault);
  return all;
}

void
trace_details_append (GString *text, const char *subject, const TraceDetails *details)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  (void) json_builder_begin_object (builder); // returns @builder
  trace_json_add (builder, "subject", subject);
  for (guint i = 0; i < TRACE_N_DETAILS; i++)
    if (details->text[i][0] != '\0')
      trace_json_add (builder, trace_detail_names[i], details->text[i]);
  (void) json_builder_end_object (builder);
  trace_json_append (text, builder);
  g_string_append_c (text, '\n');
}

void
trace_name_split (const char *name, char **ret_last, char **ret_first)
{
  const char *space = strchr (name, ' ');
  gboolean has_first = space != NULL && space[1] != '\0';
  *ret_last = has_first ? g_strndup (name, (gsize) (space - name)) : g_strdup (name);
  *ret_first = g_strdup (has_first ? space + 1 : "");
}

char *
trace_name_join (const char *last, const char *first)
{
  return first[0] == '\0' ? g_strdup (last) : g_strconcat (last, " ", first, NULL);
}

char *
trace_phone_to_e164 (const char *phone)
{
  g_autoptr (GString) digits = g_string_new (NULL);
  for (const char *at = phone; *at != '\0'; at++)
    if (g_ascii_isdigit (*at) || (*at == '+' && at == phone))
      g_string_append_c (digits, *at);
    else if (strchr (" .-()", *at) == NULL)
      return g_strdup (phone);
  if (digits->str[0] == '+')
    return g_strdup (digits->str);
  gsize n_national = digits->len - (digits->len > 0);
  if (digits->str[0] == '0' && n_national >= NATIONAL_MIN_LEN && n_national <= NATIONAL_MAX_LEN)
    return g_strconcat (COUNTRY_CODE, digits->str + 1, NULL);
  return g_strdup (phone);
}

static const struct {
  const char *sex, *word;
} sexes[] = {
  { "female", "FEMALE" }, // before what it ends with
  { "male", "MALE" },
  { "other", "OTHER" },
  { "", "UNKNOWN" },
};

const char *
trace_sex_to_word (const char *sex)
{
  if (g_str_equal (sex, "Nam")) // as cards have it
    return "MALE";
  if (g_str_equal (sex, "Nữ"))
    return "FEMALE";
  for (guint i = 0; i < G_N_ELEMENTS (sexes); i++)
    if (g_ascii_strcasecmp (sex, sexes[i].sex) == 0)
      return sexes[i].word;
  return "OTHER";
}

const char *
trace_sex_from_word (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (sexes); i++)
    if (g_str_has_suffix (word, sexes[i].word))
      return sexes[i].sex;
  return word;
}
