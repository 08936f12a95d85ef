// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-explain"

#include "kiosk/trace/trace-explain.h"

#include "kiosk/core/ct-contact.h"

static void
record_clear (gpointer record)
{
  g_free (((TraceRecord *) record)->kiosk);
}

static void
gap_clear (gpointer gap)
{
  g_free (((TraceGap *) gap)->what);
}

static void
span_free (gpointer user_data)
{
  TraceSharedSpan *span = user_data;
  g_array_unref (span->via_records);
  g_array_unref (span->own_records);
  g_array_unref (span->gaps);
  g_free (span);
}

static void
step_free (gpointer user_data)
{
  TraceExplainedStep *step = user_data;
  g_ptr_array_unref (step->spans);
  g_free (step);
}

void
trace_explanation_free (TraceExplanation *explanation)
{
  g_ptr_array_unref (explanation->steps);
  g_free (explanation->rule);
  g_free (explanation);
}

// Rows that touch the span, or are near enough to have been made one with one that does.
static gboolean
find_records (TraceStore *store,
              guint32 subject,
              const TraceSharedSpan *span,
              GArray *records,
              GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (TraceRows) rows = trace_db_query (
      trace_store_get_db (store),
      "SELECT s.arrived_s, s.length_s, s.slack_s, s.evidence, s.doubts, o.name, s.seq, f.beacon"
      " FROM stay s LEFT JOIN source o ON o.id = s.source"
      " LEFT JOIN fold f ON f.source = s.source AND f.seq = s.seq AND f.part = s.part"
      " WHERE s.subject = $1 AND s.place = $2 AND s.arrived_s - s.slack_s < $3"
      " AND (s.length_s IS NULL OR s.arrived_s + s.length_s + s.slack_s > $4)"
      " ORDER BY s.arrived_s, s.seq, s.part",
      TRACE_VALUES (TRACE_INT (subject), TRACE_INT (span->place),
                    TRACE_INT (span->to_s + TRACE_MERGE_GAP_S),
                    TRACE_INT (span->from_s - TRACE_MERGE_GAP_S)),
      error);
  if (rows == NULL)
    return FALSE;
  while (trace_rows_next (rows, &cause)) {
    TraceRecord record = { .subject = subject,
                           .arrived_s = trace_rows_get_int (rows, 0),
                           .left_s = TRACE_OPEN_S,
                           .slack_s = trace_rows_get_int (rows, 2),
                           .evidence = (guint8) trace_rows_get_int (rows, 3),
                           .doubts = (guint8) trace_rows_get_int (rows, 4),
                           .seq = trace_rows_get_int (rows, 6),
                           .is_phone = !trace_rows_is_null (rows, 7) };
    if (!trace_rows_is_null (rows, 1))
      record.left_s = record.arrived_s + trace_rows_get_int (rows, 1);
    gboolean touches =
        record.arrived_s - record.slack_s < span->to_s &&
        (record.left_s == TRACE_OPEN_S || record.left_s + record.slack_s > span->from_s);
    if (!touches && record.evidence != TRACE_EVIDENCE_BLE)
      continue;
    record.kiosk = g_strdup (trace_rows_get_text (rows, 5));
    g_array_append_val (records, record);
  }
  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  return cause == NULL;
}

static gboolean
find_gaps (TraceStore *store, TraceSharedSpan *span, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (TraceRows) rows =
      trace_db_query (trace_store_get_db (store),
                      "SELECT from_s, to_s, what FROM gap WHERE venue = $1 AND zone = $2"
                      " AND from_s - slack_s < $3 AND to_s + slack_s > $4 ORDER BY from_s, what",
                      TRACE_VALUES (TRACE_TEXT (trace_store_get_venue (store, span->place)),
                                    TRACE_TEXT (trace_store_get_zone (store, span->place)),
                                    TRACE_INT (span->to_s), TRACE_INT (span->from_s)),
                      error);
  if (rows == NULL)
    return FALSE;
  while (trace_rows_next (rows, &cause)) {
    TraceGap gap = { trace_rows_get_int (rows, 0), trace_rows_get_int (rows, 1),
                     g_strdup (trace_rows_get_text (rows, 2)) };
    g_array_append_val (span->gaps, gap);
  }
  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  return cause == NULL;
}

static GArray *
records_new (void)
{
  GArray *records = g_array_new (FALSE, FALSE, sizeof (TraceRecord));
  g_array_set_clear_func (records, record_clear);
  return records;
}

static TraceSharedSpan *
span_new (const TraceStay *via, const TraceStay *own, gint64 from_s, gint64 to_s)
{
  gboolean is_heard = via->evidence == TRACE_EVIDENCE_BLE || own->evidence == TRACE_EVIDENCE_BLE;
  TraceSharedSpan *span = g_new0 (TraceSharedSpan, 1);
  span->place = own->place;
  span->via = via->subject;
  span->from_s = MAX (MAX (via->arrived_s, own->arrived_s), from_s);
  span->to_s = MIN (MIN (via->left_s, own->left_s), to_s);
  span->doubts = (guint8) (via->doubts | own->doubts | (is_heard ? TRACE_DOUBT_BEACON : 0));
  span->via_records = records_new ();
  span->own_records = records_new ();
  span->gaps = g_array_new (FALSE, FALSE, sizeof (TraceGap));
  g_array_set_clear_func (span->gaps, gap_clear);
  return span;
}

static int
compare_spans (gconstpointer a, gconstpointer b)
{
  const TraceSharedSpan *one = *(const TraceSharedSpan *const *) a;
  const TraceSharedSpan *other = *(const TraceSharedSpan *const *) b;
  return (one->from_s > other->from_s) - (one->from_s < other->from_s);
}

// The time that is beyond doubt, and whether it would do.
static void
judge_sure (const TraceAnswered *answered, TraceExplainedStep *step)
{
  const struct ct_contact_rule rule = { answered->question->window_s,
                                        answered->question->min_overlap_s };
  g_autofree struct ct_shared *sure = g_new (struct ct_shared, step->spans->len + 1);
  size_t n = 0, index = 0;
  gint64 exposed_s = 0;
  for (guint i = 0; i < step->spans->len; i++) {
    const TraceSharedSpan *span = g_ptr_array_index (step->spans, i);
    if (span->doubts == 0)
      sure[n++] = (struct ct_shared){ span->from_s, span->to_s, span->place };
  }
  n = ct_shared_unite (sure, n);
  step->sure_s = ct_shared_measure (sure, n);
  step->is_sure = ct_exposure_find (&rule, sure, n, &exposed_s, &index);
}

static gboolean
add_evidence (const TraceAnswered *answered, TraceExplainedStep *step, GError **error)
{
  for (guint i = 0; i < step->spans->len; i++) {
    TraceSharedSpan *span = g_ptr_array_index (step->spans, i);
    span->counts = span->from_s < step->contact.exposed_s &&
                   span->to_s > step->contact.exposed_s - answered->question->window_s;
    if (!find_records (answered->store, span->via, span, span->via_records, error) ||
        !find_records (answered->store, step->contact.subject, span, span->own_records, error) ||
        !find_gaps (answered->store, span, error))
      return FALSE;
  }
  return TRUE;
}

// @before: who they met; NULL: the index case, by all of its names.
static TraceExplainedStep *
explain_step (const TraceAnswered *answered,
              const TraceContact *before,
              const TraceContact *contact,
              GError **error)
{
  const TraceQuestion *question = answered->question;
  gint64 from_s = before == NULL ? question->from_s
                                 : MAX (question->from_s, before->exposed_s + question->latency_s);
  g_autoptr (GArray) theirs =
      before == NULL
          ? trace_seed_find_stays (answered->source, &answered->seed, from_s, question->to_s, error)
          : trace_find_stays (answered->source, &before->subject, 1, from_s, question->to_s, error);
  g_autoptr (GArray) own = theirs != NULL ? trace_find_stays (answered->source, &contact->subject,
                                                              1, from_s, question->to_s, error)
                                          : NULL;
  if (own == NULL)
    return NULL;
  TraceExplainedStep *step = g_new0 (TraceExplainedStep, 1);
  step->contact = *contact;
  step->spans = g_ptr_array_new_with_free_func (span_free);
  for (guint i = 0; i < theirs->len; i++)
    for (guint j = 0; j < own->len; j++) {
      const TraceStay *one = &g_array_index (theirs, TraceStay, i);
      const TraceStay *other = &g_array_index (own, TraceStay, j);
      if (one->place == other->place && MAX (MAX (one->arrived_s, other->arrived_s), from_s) <
                                            MIN (MIN (one->left_s, other->left_s), question->to_s))
        g_ptr_array_add (step->spans, span_new (one, other, from_s, question->to_s));
    }
  g_ptr_array_sort (step->spans, compare_spans);
  judge_sure (answered, step);
  if (add_evidence (answered, step, error))
    return step;
  step_free (step);
  return NULL;
}

static const TraceContact *
find_contact (const TraceAnswer *answer, guint32 subject)
{
  for (guint i = 0; i < answer->contacts->len; i++) {
    const TraceContact *contact = &g_array_index (answer->contacts, TraceContact, i);
    if (contact->subject == subject)
      return contact;
  }
  return NULL;
}

static gboolean
explain_path (const TraceAnswered *answered,
              TraceExplanation *explanation,
              const TraceContact *contact,
              GError **error)
{
  for (; contact != NULL;
       contact = contact->level > 1 ? find_contact (answered->answer, contact->via) : NULL) {
    const TraceContact *before =
        contact->level > 1 ? find_contact (answered->answer, contact->via) : NULL;
    TraceExplainedStep *step = explain_step (answered, before, contact, error);
    if (step == NULL)
      return FALSE;
    g_ptr_array_insert (explanation->steps, 0, step);
  }
  return TRUE;
}

TraceExplanation *
trace_explain (const TraceAnswered *answered, guint32 subject, GError **error)
{
  const TraceContact *contact = find_contact (answered->answer, subject);
  gboolean is_index_case = FALSE;
  for (gsize i = 0; i < answered->n_index_case; i++)
    is_index_case = is_index_case || answered->index_case[i] == subject;
  if (contact == NULL && !is_index_case)
    return NULL;
  g_autoptr (TraceExplanation) explanation = g_new0 (TraceExplanation, 1);
  explanation->rule = g_strdup (answered->rule);
  explanation->window_s = answered->question->window_s;
  explanation->min_overlap_s = answered->question->min_overlap_s;
  explanation->latency_s = answered->question->latency_s;
  explanation->steps = g_ptr_array_new_with_free_func (step_free);
  return explain_path (answered, explanation, contact, error) ? g_steal_pointer (&explanation)
                                                              : NULL;
}
