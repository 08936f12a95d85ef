// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-report"

#include "kiosk/trace/trace-report.h"

#include <string.h>

#include "kiosk/trace/trace-csv.h"

static const char *const format_words[] = {
  [TRACE_FORMAT_CSV] = "csv",
  [TRACE_FORMAT_JSON] = "json",
  [TRACE_FORMAT_TREE] = "tree",
  [TRACE_FORMAT_DOT] = "dot",
};

gboolean
trace_format_read (const char *word, TraceFormat *ret_format)
{
  for (guint i = 0; i < G_N_ELEMENTS (format_words); i++)
    if (g_str_equal (format_words[i], word)) {
      *ret_format = (TraceFormat) i;
      return TRUE;
    }
  return FALSE;
}

static void
append_subject (GString *text, TraceStore *store, guint32 number)
{
  guint8 subject[TRACE_SUBJECT_SIZE];
  char digits[2 * TRACE_SUBJECT_SIZE + 1] = "?"; // cannot be read any more
  if (trace_store_get_subject (store, number, subject, NULL))
    trace_subject_write (subject, digits);
  g_string_append (text, digits);
}

// As their subjects' keys have it: numbers say who came in first.
static int
compare_contacts (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const TraceContact *one = a, *other = b;
  guint8 keys[2][TRACE_SUBJECT_SIZE] = { { 0 }, { 0 } };
  if (one->level != other->level)
    return one->level < other->level ? -1 : 1;
  if (one->exposed_s != other->exposed_s)
    return one->exposed_s < other->exposed_s ? -1 : 1;
  (void) trace_store_get_subject (user_data, one->subject, keys[0], NULL); // likewise
  (void) trace_store_get_subject (user_data, other->subject, keys[1], NULL);
  return memcmp (keys[0], keys[1], sizeof keys[0]);
}

static void
append_csv (GString *text, TraceStore *store, const TraceContact *contact)
{
  g_string_append_printf (text, "%u,", contact->level);
  append_subject (text, store, contact->subject);
  g_string_append_printf (
      text, ",%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ",",
      contact->exposed_s, contact->overlap_s, contact->first_s, contact->last_s);
  trace_csv_append (text, trace_store_get_venue (store, contact->place));
  g_string_append_c (text, ',');
  trace_csv_append (text, trace_store_get_zone (store, contact->place));
  g_string_append_c (text, ',');
  append_subject (text, store, contact->via);
  g_string_append_c (text, '\n');
}

// Control characters never got in; what is left to escape is these two.
static void
append_json_text (GString *text, const char *key, const char *value)
{
  g_string_append_printf (text, "\"%s\":\"", key);
  for (const char *at = value; *at != '\0'; at++) {
    if (*at == '"' || *at == '\\')
      g_string_append_c (text, '\\');
    g_string_append_c (text, *at);
  }
  g_string_append (text, "\",");
}

static void
append_json (GString *text, TraceStore *store, const TraceContact *contact)
{
  g_string_append_printf (text, "{\"level\":%u,\"subject\":\"", contact->level);
  append_subject (text, store, contact->subject);
  g_string_append_printf (text,
                          "\",\"exposed_at\":%" G_GINT64_FORMAT ",\"overlap_s\":%" G_GINT64_FORMAT
                          ",\"first\":%" G_GINT64_FORMAT ",\"last\":%" G_GINT64_FORMAT ",",
                          contact->exposed_s, contact->overlap_s, contact->first_s,
                          contact->last_s);
  append_json_text (text, "venue", trace_store_get_venue (store, contact->place));
  append_json_text (text, "zone", trace_store_get_zone (store, contact->place));
  g_string_append_printf (text, "\"staff\":%s,\"via\":\"", contact->is_staff ? "true" : "false");
  append_subject (text, store, contact->via);
  g_string_append (text, "\"}\n");
}

static void
append_time (GString *text, gint64 time_s)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (time_s);
  g_autofree char *words = time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M") : NULL;
  g_string_append (text, words != NULL ? words : "?");
}

// Everybody that @subject exposed, and whom they exposed, further and further to the right.
static void
append_branch (GString *text,
               TraceStore *store,
               const GArray *contacts,
               guint32 subject, // 0: the index case
               guint level)
{
  for (guint i = 0; i < contacts->len; i++) {
    const TraceContact *contact = &g_array_index (contacts, TraceContact, i);
    if (contact->level != level || (subject != 0 && contact->via != subject))
      continue;
    g_string_append_printf (text, "%*sF%u ", (int) (2 * level), "", level);
    append_subject (text, store, contact->subject);
    g_string_append (text, "  ");
    append_time (text, contact->exposed_s);
    g_string_append_printf (text, "  %" G_GINT64_FORMAT " min  %s%s%s%s\n", contact->overlap_s / 60,
                            trace_store_get_venue (store, contact->place),
                            trace_store_get_zone (store, contact->place)[0] != '\0' ? ", " : "",
                            trace_store_get_zone (store, contact->place),
                            contact->is_staff ? "  (staff)" : "");
    append_branch (text, store, contacts, contact->subject, level + 1);
  }
}

static void
append_dot (GString *text, TraceStore *store, const TraceContact *contact)
{
  g_string_append (text, "  \"");
  append_subject (text, store, contact->via);
  g_string_append (text, "\" -> \"");
  append_subject (text, store, contact->subject);
  g_string_append_printf (text, "\" [label=\"F%u, %" G_GINT64_FORMAT " min\"];\n", contact->level,
                          contact->overlap_s / 60);
}

char *
trace_report_contacts (TraceStore *store,
                       const guint8 index_case[TRACE_SUBJECT_SIZE],
                       const TraceAnswer *answer,
                       TraceFormat format)
{
  GString *text = g_string_new (NULL);
  g_array_sort_with_data (answer->contacts, compare_contacts, store);
  if (format == TRACE_FORMAT_CSV)
    g_string_append (text, "level,subject,exposed_at,overlap_s,first,last,venue,zone,via\n");
  if (format == TRACE_FORMAT_DOT)
    g_string_append (text, "digraph contacts {\n");
  if (format == TRACE_FORMAT_TREE) {
    char digits[2 * TRACE_SUBJECT_SIZE + 1];
    trace_subject_write (index_case, digits);
    g_string_append_printf (text, "F0 %s\n", digits);
    append_branch (text, store, answer->contacts, 0, 1);
  }
  for (guint i = 0; i < answer->contacts->len; i++) {
    const TraceContact *contact = &g_array_index (answer->contacts, TraceContact, i);
    if (format == TRACE_FORMAT_CSV)
      append_csv (text, store, contact);
    else if (format == TRACE_FORMAT_JSON)
      append_json (text, store, contact);
    else if (format == TRACE_FORMAT_DOT)
      append_dot (text, store, contact);
  }
  if (format == TRACE_FORMAT_DOT)
    g_string_append (text, "}\n");
  return g_string_free (text, FALSE);
}

char *
trace_report_stays (TraceStore *store, GArray *stays)
{
  GString *text = g_string_new ("subject,venue,zone,arrived,left,evidence\n");
  for (guint i = 0; i < stays->len; i++) {
    const TraceStay *stay = &g_array_index (stays, TraceStay, i);
    append_subject (text, store, stay->subject);
    g_string_append_c (text, ',');
    trace_csv_append (text, trace_store_get_venue (store, stay->place));
    g_string_append_c (text, ',');
    trace_csv_append (text, trace_store_get_zone (store, stay->place));
    g_string_append_printf (text, ",%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ",%s\n",
                            stay->arrived_s, stay->left_s,
                            trace_evidence_to_string ((TraceEvidence) stay->evidence));
  }
  return g_string_free (text, FALSE);
}
