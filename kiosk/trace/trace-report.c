// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-report"

#include "kiosk/trace/trace-report.h"

#include <string.h>

#include "kiosk/trace/trace-csv.h"
#include "kiosk/trace/trace-explain.h"
#include "kiosk/trace/trace-note.h"

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

gboolean
trace_format_is_lines (TraceFormat format)
{
  return format == TRACE_FORMAT_CSV || format == TRACE_FORMAT_JSON;
}

static void
append_subject (GString *text, TraceSource *source, guint32 number)
{
  guint8 subject[TRACE_SUBJECT_SIZE];
  char digits[2 * TRACE_SUBJECT_SIZE + 1] = "?"; // cannot be read any more
  if (source->get_key (source, number, subject, NULL))
    trace_subject_write (subject, digits);
  g_string_append (text, digits);
}

static void
append_csv (GString *text, TraceStore *store, TraceSource *source, const TraceContact *contact)
{
  g_string_append_printf (text, "%u,", contact->level);
  append_subject (text, source, contact->subject);
  g_string_append_printf (
      text, ",%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ",",
      contact->exposed_s, contact->overlap_s, contact->first_s, contact->last_s);
  trace_csv_append (text, trace_store_get_venue (store, contact->place));
  g_string_append_c (text, ',');
  trace_csv_append (text, trace_store_get_zone (store, contact->place));
  g_string_append_c (text, ',');
  append_subject (text, source, contact->via);
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
append_json_doubts (GString *text, guint8 doubts)
{
  static const char *const words[] = { "static", "clock", "conflict", "open", "beacon" };
  const char *separator = "";
  g_string_append (text, "\"doubts\":[");
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if ((doubts >> i & 1) != 0) {
      g_string_append_printf (text, "%s\"%s\"", separator, words[i]);
      separator = ",";
    }
  g_string_append (text, "],");
}

static void
append_json (GString *text, TraceStore *store, TraceSource *source, const TraceContact *contact)
{
  char risk[G_ASCII_DTOSTR_BUF_SIZE];
  g_string_append_printf (text, "{\"level\":%u,\"subject\":\"", contact->level);
  append_subject (text, source, contact->subject);
  g_string_append_printf (text,
                          "\",\"exposed_at\":%" G_GINT64_FORMAT ",\"overlap_s\":%" G_GINT64_FORMAT
                          ",\"first\":%" G_GINT64_FORMAT ",\"last\":%" G_GINT64_FORMAT ",",
                          contact->exposed_s, contact->overlap_s, contact->first_s,
                          contact->last_s);
  append_json_text (text, "venue", trace_store_get_venue (store, contact->place));
  append_json_text (text, "zone", trace_store_get_zone (store, contact->place));
  append_json_doubts (text, contact->doubts);
  g_string_append_printf (text, "\"risk\":%s,\"staff\":%s,\"via\":\"",
                          g_ascii_formatd (risk, sizeof risk, "%.4f", contact->risk),
                          contact->is_staff ? "true" : "false");
  append_subject (text, source, contact->via);
  g_string_append (text, "\"}\n");
}

static void
append_time (GString *text, gint64 time_s)
{
  char words[TRACE_TIME_TEXT_SIZE];
  trace_time_write (time_s, words);
  g_string_append (text, words);
}

// Who exposed whom.
static int
compare_vias (gconstpointer a, gconstpointer b)
{
  const TraceContact *one = *(const TraceContact *const *) a;
  const TraceContact *other = *(const TraceContact *const *) b;
  if (one->level != other->level)
    return one->level < other->level ? -1 : 1;
  if (one->level > 1 && one->via != other->via)
    return one->via < other->via ? -1 : 1;
  return (one > other) - (one < other); // as the answer has them
}

static guint
find_branch (const GPtrArray *by_via, guint level, guint32 via)
{
  guint first = 0, end = by_via->len;
  while (first < end) {
    guint middle = first + (end - first) / 2;
    const TraceContact *contact = g_ptr_array_index (by_via, middle);
    if (contact->level < level || (contact->level == level && level > 1 && contact->via < via))
      first = middle + 1;
    else
      end = middle;
  }
  return first;
}

// Everybody that @subject exposed, and whom they exposed, further and further to the right.
static void
append_branch (
    GString *text, TraceStore *store, const GPtrArray *by_via, guint32 subject, guint level)
{
  for (guint i = find_branch (by_via, level, subject); i < by_via->len; i++) {
    const TraceContact *contact = g_ptr_array_index (by_via, i);
    if (contact->level != level || (level > 1 && contact->via != subject))
      break;
    g_string_append_printf (text, "%*sF%u ", (int) (2 * level), "", level);
    append_subject (text, trace_store_get_source (store), contact->subject);
    g_string_append (text, "  ");
    append_time (text, contact->exposed_s);
    g_string_append_printf (text, "  %" G_GINT64_FORMAT " min  %s%s%s%s", contact->overlap_s / 60,
                            trace_store_get_venue (store, contact->place),
                            trace_store_get_zone (store, contact->place)[0] != '\0' ? ", " : "",
                            trace_store_get_zone (store, contact->place),
                            contact->is_staff ? "  (staff)" : "");
    g_autofree char *doubts = trace_doubts_to_text (contact->doubts);
    if (contact->doubts != 0)
      g_string_append_printf (text, "  (rests on: %s)", doubts);
    g_string_append_c (text, '\n');
    append_branch (text, store, by_via, contact->subject, level + 1);
  }
}

static void
append_tree (GString *text,
             TraceStore *store,
             const guint8 index_case[TRACE_SUBJECT_SIZE],
             const GArray *contacts)
{
  char digits[2 * TRACE_SUBJECT_SIZE + 1];
  g_autoptr (GPtrArray) by_via = g_ptr_array_new ();
  for (guint i = 0; i < contacts->len; i++)
    g_ptr_array_add (by_via, &g_array_index (contacts, TraceContact, i));
  g_ptr_array_sort (by_via, compare_vias);
  trace_subject_write (index_case, digits);
  g_string_append_printf (text, "F0 %s\n", digits);
  append_branch (text, store, by_via, 0, 1);
}

static void
append_dot (GString *text, TraceSource *source, const TraceContact *contact)
{
  g_string_append (text, "  \"");
  append_subject (text, source, contact->via);
  g_string_append (text, "\" -> \"");
  append_subject (text, source, contact->subject);
  g_string_append_printf (text, "\" [label=\"F%u, %" G_GINT64_FORMAT " min\"];\n", contact->level,
                          contact->overlap_s / 60);
}

void
trace_report_begin (GString *text, TraceFormat format)
{
  if (format == TRACE_FORMAT_CSV)
    g_string_append (text, "level,subject,exposed_at,overlap_s,first,last,venue,zone,via\n");
}

void
trace_report_append (GString *text,
                     TraceStore *store,
                     TraceSource *source,
                     const GArray *contacts,
                     TraceFormat format)
{
  for (guint i = 0; i < contacts->len; i++) {
    const TraceContact *contact = &g_array_index (contacts, TraceContact, i);
    if (format == TRACE_FORMAT_CSV)
      append_csv (text, store, source, contact);
    else if (format == TRACE_FORMAT_JSON)
      append_json (text, store, source, contact);
    else if (format == TRACE_FORMAT_DOT)
      append_dot (text, source, contact);
  }
}

char *
trace_report_contacts (TraceStore *store,
                       const guint8 index_case[TRACE_SUBJECT_SIZE],
                       const TraceAnswer *answer,
                       TraceFormat format)
{
  GString *text = g_string_new (NULL);
  trace_report_begin (text, format);
  if (format == TRACE_FORMAT_TREE)
    append_tree (text, store, index_case, answer->contacts);
  if (format == TRACE_FORMAT_DOT)
    g_string_append (text, "digraph contacts {\n");
  trace_report_append (text, store, trace_store_get_source (store), answer->contacts, format);
  if (format == TRACE_FORMAT_DOT)
    g_string_append (text, "}\n");
  return g_string_free (text, FALSE);
}

char *
trace_report_by_venue (TraceStore *store, const TraceSummary *summary)
{
  GString *text = g_string_new ("venue,zone,level,contacts\n");
  g_autoptr (GArray) counts = trace_summary_by_place (summary);
  for (guint i = 0; i < counts->len; i++) {
    const TraceCount *count = &g_array_index (counts, TraceCount, i);
    trace_csv_append (text, trace_store_get_venue (store, (guint32) count->number));
    g_string_append_c (text, ',');
    trace_csv_append (text, trace_store_get_zone (store, (guint32) count->number));
    g_string_append_printf (text, ",%u,%u\n", count->level, count->n);
  }
  return g_string_free (text, FALSE);
}

char *
trace_report_by_day (const TraceSummary *summary)
{
  GString *text = g_string_new ("day,level,contacts\n");
  g_autoptr (GArray) counts = trace_summary_by_day (summary);
  for (guint i = 0; i < counts->len; i++) {
    const TraceCount *count = &g_array_index (counts, TraceCount, i);
    g_autoptr (GDateTime) day = g_date_time_new_from_unix_utc (count->number * 86400);
    g_autofree char *word = day != NULL ? g_date_time_format (day, "%Y-%m-%d") : NULL;
    g_string_append_printf (text, "%s,%u,%u\n", word != NULL ? word : "?", count->level, count->n);
  }
  return g_string_free (text, FALSE);
}

char *
trace_report_stays (TraceStore *store, GArray *stays)
{
  GString *text = g_string_new ("subject,venue,zone,arrived,left,evidence\n");
  for (guint i = 0; i < stays->len; i++) {
    const TraceStay *stay = &g_array_index (stays, TraceStay, i);
    append_subject (text, trace_store_get_source (store), stay->subject);
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
