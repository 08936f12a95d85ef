// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-console"

#include "kiosk/trace/trace-console-view.h"

#include <string.h>

#include "kiosk/trace/trace-audit.h"
#include "kiosk/trace/trace-report.h"


char *
trace_console_describe (const GArray *keys, const TraceQuestion *question, const char *rule)
{
  GString *what = g_string_new ("F0 ");
  if (keys->len == 0)
    g_string_append (what, "that no kiosk has heard");
  trace_audit_append_subjects (what, keys);
  g_string_append_printf (
      what,
      ", from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT ", %u levels, %" G_GINT64_FORMAT
      " s together, latency %" G_GINT64_FORMAT " s, %sat most %u: %s",
      question->from_s, question->to_s, question->levels, question->min_overlap_s,
      question->latency_s, question->through_staff ? "through staff, " : "", question->limit, rule);
  return g_string_free (what, FALSE);
}

void
trace_console_shorten (const guint8 subject[TRACE_SUBJECT_SIZE],
                       char ret_text[TRACE_CONSOLE_SHORT_SIZE])
{
  char whole[33];
  trace_subject_write (subject, whole);
  (void) g_snprintf (ret_text, TRACE_CONSOLE_SHORT_SIZE, "%.4s…%s", whole, whole + 28);
}

void
trace_body_add_doubts (JsonBuilder *builder, guint doubts)
{
  static const struct {
    guint bit;
    const char *word;
  } words[] = {
    { TRACE_DOUBT_STATIC, "static" },     { TRACE_DOUBT_CLOCK, "clock" },
    { TRACE_DOUBT_CONFLICT, "conflict" }, { TRACE_DOUBT_OPEN, "open" },
    { TRACE_DOUBT_BEACON, "beacon" },
  };
  json_builder_set_member_name (builder, "doubts");
  json_builder_begin_array (builder);
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if ((doubts & words[i].bit) != 0)
      json_builder_add_string_value (builder, words[i].word);
  json_builder_end_array (builder);
}

static void
add_stay (JsonBuilder *builder, const TraceStay *stay)
{
  trace_body_add_int (builder, "from", stay->arrived_s);
  trace_body_add_int (builder, "to", stay->left_s);
  trace_body_add_text (builder, "evidence", trace_evidence_to_string (stay->evidence));
  trace_body_add_doubts (builder, stay->doubts);
}

static void
add_question (JsonBuilder *builder, const TraceJob *job)
{
  const TraceQuestion *question = &job->task.question;
  json_builder_set_member_name (builder, "question");
  json_builder_begin_object (builder);
  trace_body_add_int (builder, "from", question->from_s);
  trace_body_add_int (builder, "to", question->to_s);
  trace_body_add_int (builder, "levels", question->levels);
  trace_body_add_int (builder, "min_overlap_s", question->min_overlap_s);
  trace_body_add_int (builder, "latency_s", question->latency_s);
  trace_body_add_bool (builder, "through_staff", question->through_staff);
  trace_body_add_int (builder, "limit", question->limit);
  trace_body_add_text (builder, "rule", job->owner.rule);
  json_builder_end_object (builder);
}

static void
add_stays (JsonBuilder *builder, const TraceJob *job)
{
  json_builder_set_member_name (builder, "stays");
  json_builder_begin_array (builder);
  for (guint i = 0; i < job->stays->len; i++) {
    const TraceJobStay *stay = &g_array_index (job->stays, TraceJobStay, i);
    json_builder_begin_object (builder);
    trace_body_add_text (builder, "venue", stay->venue);
    trace_body_add_text (builder, "zone", stay->zone);
    add_stay (builder, &stay->stay);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static gint64
find_row_number (const TraceJob *job, guint32 subject)
{
  return (gint64) GPOINTER_TO_UINT (g_hash_table_lookup (job->row_of, GUINT_TO_POINTER (subject))) -
         1;
}

static void
add_row (JsonBuilder *builder, const TraceJob *job, guint number)
{
  const TraceJobRow *row = &g_array_index (job->rows, TraceJobRow, number);
  const TraceContact *contact = &row->contact;
  char text[TRACE_CONSOLE_SHORT_SIZE];
  trace_console_shorten (row->subject, text);
  json_builder_begin_object (builder);
  trace_body_add_int (builder, "row", number);
  trace_body_add_int (builder, "level", contact->level);
  trace_body_add_text (builder, "subject", text);
  trace_body_add_int (builder, "via", find_row_number (job, contact->via)); // -1: F0, or cut
  trace_body_add_text (builder, "venue", row->venue);
  trace_body_add_text (builder, "zone", row->zone);
  trace_body_add_int (builder, "exposed_at", contact->exposed_s);
  trace_body_add_int (builder, "overlap_s", contact->overlap_s);
  trace_body_add_int (builder, "first", contact->first_s);
  trace_body_add_int (builder, "last", contact->last_s);
  trace_body_add_bool (builder, "staff", contact->is_staff);
  trace_body_add_doubts (builder, contact->doubts);
  json_builder_set_member_name (builder, "risk");
  json_builder_add_double_value (builder, contact->risk);
  json_builder_end_object (builder);
}

static void
add_levels (JsonBuilder *builder, const TraceJob *job)
{
  json_builder_set_member_name (builder, "levels");
  json_builder_begin_array (builder);
  for (guint i = 0; i < job->n_of_level->len; i++)
    json_builder_add_int_value (builder, g_array_index (job->n_of_level, guint, i));
  json_builder_end_array (builder);
}

// Of all that were found, also of what was cut.
static void
add_counts (JsonBuilder *builder, const TraceJob *job)
{
  json_builder_set_member_name (builder, "counts");
  json_builder_begin_array (builder);
  for (guint i = 0; i < job->counts->len; i++) {
    const TraceJobCount *count = &g_array_index (job->counts, TraceJobCount, i);
    json_builder_begin_object (builder);
    if (count->venue != NULL) {
      trace_body_add_text (builder, "venue", count->venue);
      trace_body_add_text (builder, "zone", count->zone);
    } else {
      trace_body_add_int (builder, "day", count->day);
    }
    trace_body_add_int (builder, "level", count->level);
    trace_body_add_int (builder, "n", count->n);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

void
trace_console_tell_job (TraceCall *call, guint status, const TraceJob *job, guint after)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  guint n_rows = job->rows->len;
  guint first = MIN (after, n_rows);
  guint end = first + MIN (call->console->options.page_rows, n_rows - first);
  json_builder_begin_object (builder);
  trace_body_add_text (builder, "id", job->id);
  trace_body_add_text (builder, "case", job->owner.case_id);
  trace_body_add_text (builder, "state", trace_job_state_to_string (job->state));
  add_question (builder, job);
  trace_body_add_int (builder, "level", job->level);
  trace_body_add_int (builder, "n_done", (gint64) job->n_done);
  trace_body_add_int (builder, "n_members", (gint64) job->n_members);
  trace_body_add_int (builder, "took_ms", job->took_ms);
  trace_body_add_int (builder, "edition", job->edition);
  trace_body_add_int (builder, "n_rows", n_rows);
  trace_body_add_int (builder, "n_cut", job->n_cut);
  add_levels (builder, job);
  if (first == 0) {
    add_stays (builder, job);
    add_counts (builder, job);
  }
  trace_body_add_int (builder, "first", first);
  json_builder_set_member_name (builder, "rows");
  json_builder_begin_array (builder);
  for (guint i = first; i < end; i++)
    add_row (builder, job, i);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  trace_call_answer (call, status, builder);
}

TraceAnswer *
trace_console_list_contacts (const TraceJob *job)
{
  TraceAnswer *answer = g_new0 (TraceAnswer, 1);
  answer->contacts = g_array_new (FALSE, FALSE, sizeof (TraceContact));
  answer->n_of_level = g_array_ref (job->n_of_level);
  answer->summary = trace_summary_new (0);
  for (guint i = 0; i < job->rows->len; i++)
    g_array_append_val (answer->contacts, g_array_index (job->rows, TraceJobRow, i).contact);
  return answer;
}

// As the contract has it.
static char *
write_report (TraceCall *call, const TraceJob *job, TraceFormat format)
{
  static const guint8 index_case[TRACE_SUBJECT_SIZE]; // of a tree only
  g_autoptr (TraceAnswer) answer = trace_console_list_contacts (job);
  return trace_report_contacts (call->console->store, index_case, answer, format);
}

static void
send_text (TraceCall *call, const char *type, const char *ending, char *text)
{
  g_autofree char *field = g_strdup_printf ("attachment; filename=\"contacts.%s\"", ending);
  trace_reply_add_field (call->reply, "Content-Disposition", field);
  call->reply->status = 200;
  call->reply->type = type;
  call->reply->body = g_bytes_new_take (text, strlen (text));
}

void
trace_console_export (TraceCall *call, const TraceJob *job)
{
  static const struct {
    const char *word, *type;
    TraceFormat format;
  } formats[] = {
    { "csv", "text/csv; charset=utf-8", TRACE_FORMAT_CSV },
    { "json", "application/x-ndjson; charset=utf-8", TRACE_FORMAT_JSON },
    { "dot", "text/vnd.graphviz; charset=utf-8", TRACE_FORMAT_DOT },
  };
  g_autoptr (JsonObject) body = trace_call_read (call);
  if (body == NULL || !trace_call_may_use_case (call, job->owner.case_id))
    return;
  const char *word = trace_body_get_text (body, "format", 16);
  g_autofree char *what =
      g_strdup_printf ("%u contacts as %s", job->rows->len, word != NULL ? word : "");
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++) {
    if (word == NULL || !g_str_equal (word, formats[i].word))
      continue;
    if (job->state == TRACE_JOB_RUNNING) {
      trace_call_refuse (call, 409, "running");
    } else if (trace_call_note (call, "export", job->owner.case_id, what)) {
      send_text (call, formats[i].type, word, write_report (call, job, formats[i].format));
    }
    return;
  }
  trace_call_refuse (call, 400, "format");
}
