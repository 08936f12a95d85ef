// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// An F0 who was searched for becomes one of the case's, with the time that was searched, until
// somebody says why not.

#define G_LOG_DOMAIN "trace-console"

#include <string.h>

#include "kiosk/trace/trace-audit.h"
#include "kiosk/trace/trace-case.h"
#include "kiosk/trace/trace-console-add.h"
#include "kiosk/trace/trace-console-view.h"

static void
compute (TraceCall *call, const char *case_id)
{
  TraceOpenStays open_stays = call->console->options.open_stays;
  open_stays.now_s = call->now_ms / 1000;
  trace_computing_start (call->console->computing, case_id, call->session.officer.name,
                         &open_stays);
}

// Bluezone's identifiers count at their own times only, anybody else the whole time.
static gboolean
list_entries (TraceCall *call, const TraceJob *job, GArray *entries)
{
  g_autoptr (GError) error = NULL;
  TraceSource *source = trace_store_get_source (call->console->store);
  for (guint i = 0; i < job->task.limits->len; i++) {
    const TraceLimit *limit = &g_array_index (job->task.limits, TraceLimit, i);
    TraceIndexCase entry = { .from_s = limit->from_s,
                             .to_s = limit->is_slot ? limit->to_s : job->owner.until_s,
                             .is_slot = limit->is_slot };
    if (!source->get_key (source, limit->subject, entry.subject, &error)) {
      trace_call_fail (call, error);
      return FALSE;
    }
    g_array_append_val (entries, entry);
  }
  return TRUE;
}

static gboolean
has_subject (const GArray *entries, const guint8 subject[TRACE_SUBJECT_SIZE])
{
  for (guint i = 0; i < entries->len; i++)
    if (memcmp (g_array_index (entries, TraceIndexCase, i).subject, subject, TRACE_SUBJECT_SIZE) ==
        0)
      return TRUE;
  return FALSE;
}

// What they are called in the case already, or F0-1, F0-2, …
static gboolean
choose_label (TraceCall *call, const char *case_id, GArray *entries, gboolean *ret_is_new)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) there = trace_case_list_index (trace_call_get_db (call), case_id, &error);
  TraceIndexCase *own = (TraceIndexCase *) (void *) entries->data;
  guint64 last = 0, number = 0;
  if (there == NULL) {
    trace_call_fail (call, error);
    return FALSE;
  }
  const char *label = NULL;
  for (guint i = 0; i < there->len; i++) {
    const TraceIndexCase *one = &g_array_index (there, TraceIndexCase, i);
    if (g_str_has_prefix (one->label, "F0-") &&
        g_ascii_string_to_unsigned (one->label + strlen ("F0-"), 10, 1, G_MAXUINT32, &number, NULL))
      last = MAX (last, number);
    if (!one->is_withdrawn && has_subject (entries, one->subject))
      label = one->label;
  }
  *ret_is_new = label == NULL;
  if (label != NULL)
    (void) g_strlcpy (own->label, label, sizeof own->label);
  else
    (void) g_snprintf (own->label, sizeof own->label, "F0-%" G_GUINT64_FORMAT, last + 1);
  for (guint i = 1; i < entries->len; i++)
    memcpy (own[i].label, own->label, sizeof own->label);
  return TRUE;
}

void
trace_console_add (TraceCall *call, const TraceJob *job)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GArray) entries = g_array_new (FALSE, TRUE, sizeof (TraceIndexCase));
  const char *case_id = job->owner.case_id;
  gboolean is_new = FALSE;
  if (!trace_call_may_use_case (call, case_id) || !list_entries (call, job, entries) ||
      !choose_label (call, case_id, entries, &is_new))
    return;
  const TraceIndexCase *own = (const TraceIndexCase *) (void *) entries->data;
  if (!trace_case_add (trace_call_get_db (call), case_id, own, entries->len,
                       call->session.officer.name, &error)) {
    if (!g_error_matches (error, TRACE_ERROR, TRACE_ERROR_REFUSED))
      trace_call_fail (call, error);
    else if (trace_call_may_use_case (call, case_id)) // else it was closed meanwhile
      trace_call_refuse (call, 409, "case-label");
    return;
  }
  compute (call, case_id);
  json_builder_begin_object (builder);
  trace_body_add_text (builder, "label", own->label);
  trace_body_add_bool (builder, "is_new", is_new);
  json_builder_end_object (builder);
  trace_call_answer (call, 200, builder);
}

void
trace_console_withdraw (TraceCall *call, const char *case_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) body = trace_call_read (call);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  if (body == NULL || !trace_call_may_use_case (call, case_id))
    return;
  const char *label = trace_body_get_text (body, "label", TRACE_CONSOLE_CASE_MAX);
  const char *reason = trace_body_get_text (body, "reason", TRACE_AUDIT_REASON_MAX);
  if (!trace_audit_check_reason (reason, NULL)) {
    trace_call_refuse (call, 400, "reason");
  } else if (label == NULL || !trace_case_is_word (label)) {
    trace_call_refuse (call, 400, "label");
  } else if (trace_case_withdraw (trace_call_get_db (call), case_id, label,
                                  call->session.officer.name, reason, &error)) {
    compute (call, case_id);
    json_builder_begin_object (builder);
    trace_body_add_text (builder, "label", label);
    json_builder_end_object (builder);
    trace_call_answer (call, 200, builder);
  } else if (g_error_matches (error, TRACE_ERROR, TRACE_ERROR_REFUSED)) {
    trace_call_refuse (call, 409, "label-gone");
  } else {
    trace_call_fail (call, error);
  }
}
