// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One contact in full: who it is, and what the level rests on.

#define G_LOG_DOMAIN "trace-console"

#include <string.h>

#include "kiosk/trace/trace-console-view.h"
#include "kiosk/trace/trace-explain.h"

#define SHOWN_MAX 100 // of one list

static void
add_records (JsonBuilder *builder, const char *name, const GArray *records)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < MIN (records->len, SHOWN_MAX); i++) {
    const TraceRecord *record = &g_array_index (records, TraceRecord, i);
    json_builder_begin_object (builder);
    trace_body_add_int (builder, "from", record->arrived_s);
    if (record->left_s != TRACE_OPEN_S)
      trace_body_add_int (builder, "to", record->left_s);
    trace_body_add_text (builder, "evidence", trace_evidence_to_string (record->evidence));
    trace_body_add_doubts (builder, record->doubts);
    trace_body_add_text (builder, "kiosk", record->kiosk);
    trace_body_add_int (builder, "seq", record->seq);
    trace_body_add_int (builder, "slack_s", record->slack_s);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static int
compare_lengths (gconstpointer a, gconstpointer b)
{
  const TraceGap *one = a, *other = b;
  gint64 one_s = one->to_s - one->from_s, other_s = other->to_s - other->from_s;
  return (one_s < other_s) - (one_s > other_s);
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  const TraceGap *one = a, *other = b;
  return (one->from_s > other->from_s) - (one->from_s < other->from_s);
}

// The longest ones, by time: of a radio's moments there may be hundreds.
static void
add_gaps (JsonBuilder *builder, const GArray *gaps)
{
  g_autoptr (GArray) shown = g_array_new (FALSE, FALSE, sizeof (TraceGap)); // their words are lent
  g_array_append_vals (shown, gaps->data, gaps->len);
  g_array_sort (shown, compare_lengths);
  g_array_set_size (shown, MIN (gaps->len, SHOWN_MAX));
  g_array_sort (shown, compare_times);
  json_builder_set_member_name (builder, "gaps");
  json_builder_begin_array (builder);
  for (guint i = 0; i < shown->len; i++) {
    const TraceGap *gap = &g_array_index (shown, TraceGap, i);
    json_builder_begin_object (builder);
    trace_body_add_int (builder, "from", gap->from_s);
    trace_body_add_int (builder, "to", gap->to_s);
    trace_body_add_text (builder, "what", gap->what);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static void
add_spans (JsonBuilder *builder, TraceStore *store, const GPtrArray *spans)
{
  json_builder_set_member_name (builder, "shared");
  json_builder_begin_array (builder);
  for (guint i = 0; i < MIN (spans->len, SHOWN_MAX); i++) {
    const TraceSharedSpan *span = g_ptr_array_index (spans, i);
    json_builder_begin_object (builder);
    trace_body_add_text (builder, "venue", trace_store_get_venue (store, span->place));
    trace_body_add_text (builder, "zone", trace_store_get_zone (store, span->place));
    trace_body_add_int (builder, "from", span->from_s);
    trace_body_add_int (builder, "to", span->to_s);
    trace_body_add_bool (builder, "counts", span->counts);
    trace_body_add_doubts (builder, span->doubts);
    add_records (builder, "via", span->via_records);
    add_records (builder, "own", span->own_records);
    add_gaps (builder, span->gaps);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

// From the contact back to the index case.
static void
add_steps (TraceCall *call,
           const TraceJob *job,
           JsonBuilder *builder,
           const TraceExplanation *explanation)
{
  json_builder_set_member_name (builder, "steps");
  json_builder_begin_array (builder);
  for (guint i = explanation->steps->len; i > 0; i--) {
    const TraceExplainedStep *step = g_ptr_array_index (explanation->steps, i - 1);
    const TraceJobRow *row = trace_job_find_row (job, step->contact.subject);
    char subject[33] = "";
    if (row != NULL)
      trace_subject_write (row->subject, subject);
    json_builder_begin_object (builder);
    trace_body_add_int (builder, "level", step->contact.level);
    trace_body_add_text (builder, "subject", subject);
    trace_body_add_bool (builder, "staff", step->contact.is_staff);
    trace_body_add_int (builder, "exposed_at", step->contact.exposed_s);
    trace_body_add_int (builder, "overlap_s", step->contact.overlap_s);
    trace_body_add_int (builder, "sure_s", step->sure_s);
    trace_body_add_bool (builder, "is_sure", step->is_sure);
    add_spans (builder, call->console->store, step->spans);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static void
send_explanation (TraceCall *call, const TraceJob *job, guint32 subject)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (TraceAnswer) answer = trace_console_list_contacts (job);
  const TraceAnswered answered = {
    .store = call->console->store,
    .source = trace_store_get_source (call->console->store),
    .seed = TRACE_SEED (job->task.limits),
    .question = &job->task.question,
    .answer = answer,
    .rule = job->owner.rule,
  };
  g_autoptr (TraceExplanation) explanation = trace_explain (&answered, subject, &error);
  if (explanation == NULL && error == NULL) {
    trace_call_refuse (call, 409, "edition"); // the store has changed since
  } else if (explanation == NULL) {
    trace_call_fail (call, error);
  } else {
    json_builder_begin_object (builder);
    trace_body_add_text (builder, "rule", job->owner.rule);
    add_steps (call, job, builder, explanation);
    json_builder_end_object (builder);
    trace_call_answer (call, 200, builder);
  }
}

void
trace_console_explain (TraceCall *call, const TraceJob *job)
{
  gint64 row = 0, edition = 0;
  g_autoptr (JsonObject) body = trace_call_read (call);
  if (body == NULL || !trace_call_may_use_case (call, job->owner.case_id))
    return;
  if (!trace_body_get_int (body, "row", 0, G_MAXINT32, -1, &row) ||
      !trace_body_get_int (body, "edition", 0, G_MAXINT32, -1, &edition)) {
    trace_call_refuse (call, 400, "input");
  } else if (edition != job->edition || row < 0 || row >= job->rows->len) {
    trace_call_refuse (call, 409, "edition");
  } else {
    const TraceJobRow *found = &g_array_index (job->rows, TraceJobRow, row);
    char subject[33];
    trace_subject_write (found->subject, subject);
    if (trace_call_note (call, "explain", job->owner.case_id, subject))
      send_explanation (call, job, found->contact.subject);
  }
}
