// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// An explanation in words, and as JSON.

#define G_LOG_DOMAIN "trace-explain"

#include <json-glib/json-glib.h>

#include "kiosk/trace/trace-explain.h"
#include "kiosk/trace/trace-note.h"

#define RECORDS_TOLD 20 // of one person within one span
#define SHORT_S      60 // gaps of less, of one kind, are told one by one up to
#define SHORT_TOLD   3

static const struct {
  guint8 bit;
  const char *word, *text;
} doubt_words[] = {
  { TRACE_DOUBT_STATIC, "static", "a code that can be copied" },
  { TRACE_DOUBT_CLOCK, "clock", "an uncertain clock" },
  { TRACE_DOUBT_CONFLICT, "conflict", "two places at once" },
  { TRACE_DOUBT_OPEN, "open", "nobody ended the visit" },
  { TRACE_DOUBT_BEACON, "beacon", "a beacon that can be imitated" },
};

char *
trace_doubts_to_text (guint8 doubts)
{
  GString *text = g_string_new (NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (doubt_words); i++)
    if ((doubts & doubt_words[i].bit) != 0)
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", doubt_words[i].text);
  return g_string_free (text, FALSE);
}

static char *
subject_to_text (const TraceAnswered *answered, guint32 number)
{
  guint8 subject[TRACE_SUBJECT_SIZE];
  char digits[2 * TRACE_SUBJECT_SIZE + 1] = "?"; // cannot be read any more
  if (answered->source->get_key (answered->source, number, subject, NULL))
    trace_subject_write (subject, digits);
  return g_strdup (digits);
}

static void
append_time (GString *text, gint64 time_s)
{
  char words[TRACE_TIME_TEXT_SIZE];
  trace_time_write (time_s, words);
  g_string_append (text, words);
}

static void
append_doubts (GString *text, const char *before, guint8 doubts)
{
  g_autofree char *words = trace_doubts_to_text (doubts);
  if (doubts != 0)
    g_string_append_printf (text, "%s%s", before, words);
}

static void
append_records (GString *text, const TraceAnswered *answered, const GArray *records)
{
  for (guint i = 0; i < records->len && i < RECORDS_TOLD; i++) {
    const TraceRecord *record = &g_array_index (records, TraceRecord, i);
    g_autofree char *subject = subject_to_text (answered, record->subject);
    g_string_append_printf (text, "      %s  %s", subject,
                            trace_evidence_to_string (record->evidence));
    if (record->kiosk[0] != '\0')
      g_string_append_printf (text, "  %s", record->kiosk);
    if (record->seq != 0)
      g_string_append_printf (text, " #%" G_GINT64_FORMAT, record->seq);
    g_string_append (text, "  ");
    append_time (text, record->arrived_s);
    g_string_append (text, " to ");
    if (record->left_s == TRACE_OPEN_S)
      g_string_append (text, "?");
    else
      append_time (text, record->left_s);
    if (record->slack_s > 0)
      g_string_append_printf (text, ", give or take %" G_GINT64_FORMAT " s", record->slack_s);
    if (record->is_phone)
      g_string_append (text, "  (heard as the phone held beside the code)");
    g_string_append_c (text, '\n');
  }
  if (records->len > RECORDS_TOLD)
    g_string_append_printf (text, "      and %u records more\n", records->len - RECORDS_TOLD);
}

// Short gaps of one kind.
typedef struct {
  guint n;
  gint64 from_s, to_s;
  gint64 seconds; // one that several tell of is counted once
} ShortGaps;

static gboolean
is_short (const TraceGap *gap)
{
  return gap->to_s - gap->from_s < SHORT_S;
}

// what → ShortGaps; @gaps are by time. (transfer full)
static GHashTable *
sum_short_gaps (const GArray *gaps)
{
  GHashTable *sums = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  for (guint i = 0; i < gaps->len; i++) {
    const TraceGap *gap = &g_array_index (gaps, TraceGap, i);
    ShortGaps *sum = g_hash_table_lookup (sums, gap->what);
    if (!is_short (gap))
      continue;
    if (sum == NULL) {
      sum = g_new0 (ShortGaps, 1);
      sum->from_s = sum->to_s = gap->from_s;
      (void) g_hash_table_insert (sums, gap->what, sum); // it is new
    }
    sum->n++;
    sum->seconds += MAX (0, gap->to_s - MAX (gap->from_s, sum->to_s));
    sum->to_s = MAX (sum->to_s, gap->to_s);
  }
  return sums;
}

static void
append_gap_times (GString *text, gint64 from_s, gint64 to_s)
{
  append_time (text, from_s);
  g_string_append (text, " to ");
  append_time (text, to_s);
  g_string_append_c (text, '\n');
}

static void
append_gaps (GString *text, const GArray *gaps)
{
  g_autoptr (GHashTable) sums = sum_short_gaps (gaps);
  for (guint i = 0; i < gaps->len; i++) {
    const TraceGap *gap = &g_array_index (gaps, TraceGap, i);
    const ShortGaps *sum = is_short (gap) ? g_hash_table_lookup (sums, gap->what) : NULL;
    if (sum != NULL && sum->n > SHORT_TOLD)
      continue;
    g_string_append_printf (text, "      nobody looked (%s): ", gap->what);
    append_gap_times (text, gap->from_s, gap->to_s);
  }
  for (guint i = 0; i < gaps->len; i++) {
    const char *what = g_array_index (gaps, TraceGap, i).what;
    const ShortGaps *sum = g_hash_table_lookup (sums, what);
    if (sum == NULL || sum->n <= SHORT_TOLD)
      continue;
    g_string_append_printf (
        text, "      nobody looked (%s) for moments: %u gaps, %" G_GINT64_FORMAT " s in all, ",
        what, sum->n, sum->seconds);
    append_gap_times (text, sum->from_s, sum->to_s);
    (void) g_hash_table_remove (sums, what); // told once
  }
}

static void
append_span (GString *text, const TraceAnswered *answered, const TraceSharedSpan *span)
{
  const char *zone = trace_store_get_zone (answered->store, span->place);
  g_string_append_printf (text, "    %s%s%s  ",
                          trace_store_get_venue (answered->store, span->place),
                          zone[0] != '\0' ? ", " : "", zone);
  append_time (text, span->from_s);
  g_string_append (text, " to ");
  append_time (text, span->to_s);
  g_string_append_printf (text, "  %" G_GINT64_FORMAT " s%s\n", span->to_s - span->from_s,
                          span->counts ? "" : "  (not within the window before the exposure)");
  append_records (text, answered, span->via_records);
  append_records (text, answered, span->own_records);
  append_doubts (text, "      in doubt: ", span->doubts);
  if (span->doubts != 0)
    g_string_append_c (text, '\n');
  append_gaps (text, span->gaps);
}

static void
append_step (GString *text, const TraceAnswered *answered, const TraceExplainedStep *step)
{
  g_autofree char *subject = subject_to_text (answered, step->contact.subject);
  g_autofree char *via = subject_to_text (answered, step->contact.via);
  g_string_append_printf (text, "F%u %s%s\n  exposed ", step->contact.level, subject,
                          step->contact.is_staff ? "  (staff)" : "");
  append_time (text, step->contact.exposed_s);
  g_string_append_printf (text, " by F%u %s, %" G_GINT64_FORMAT " s together\n",
                          step->contact.level - 1u, via, step->contact.overlap_s);
  for (guint i = 0; i < step->spans->len; i++)
    append_span (text, answered, g_ptr_array_index (step->spans, i));
  append_doubts (text, "  rests on: ", step->contact.doubts);
  if (step->contact.doubts != 0)
    g_string_append_c (text, '\n');
  if (!step->is_sure)
    g_string_append_printf (
        text, "  WEAK: beyond doubt they shared %" G_GINT64_FORMAT " s, which is no contact\n",
        step->sure_s);
}

char *
trace_explanation_to_text (const TraceExplanation *explanation,
                           const TraceAnswered *answered,
                           guint32 subject)
{
  GString *text = g_string_new (NULL);
  g_autofree char *index_case =
      subject_to_text (answered, answered->n_index_case > 0 ? answered->index_case[0] : subject);
  g_string_append_printf (text,
                          "rule %s\n  %" G_GINT64_FORMAT " s together within %" G_GINT64_FORMAT
                          " s; %" G_GINT64_FORMAT " s from an exposure to being infectious\n",
                          explanation->rule, explanation->min_overlap_s, explanation->window_s,
                          explanation->latency_s);
  g_string_append_printf (text, "F0 %s", index_case);
  if (answered->n_index_case > 1)
    g_string_append_printf (text, " and %" G_GSIZE_FORMAT " names more",
                            answered->n_index_case - 1);
  g_string_append_c (text, '\n');
  for (guint i = 0; i < explanation->steps->len; i++)
    append_step (text, answered, g_ptr_array_index (explanation->steps, i));
  return g_string_free (text, FALSE);
}

static void
add_text (JsonBuilder *builder, const char *member, const char *text)
{
  (void) json_builder_set_member_name (builder, member); // returns itself
  (void) json_builder_add_string_value (builder, text);
}

static void
add_number (JsonBuilder *builder, const char *member, gint64 number)
{
  (void) json_builder_set_member_name (builder, member);
  (void) json_builder_add_int_value (builder, number);
}

static void
begin_list (JsonBuilder *builder, const char *member)
{
  (void) json_builder_set_member_name (builder, member);
  (void) json_builder_begin_array (builder);
}

static void
add_subject (JsonBuilder *builder,
             const char *member,
             const TraceAnswered *answered,
             guint32 number)
{
  g_autofree char *subject = subject_to_text (answered, number);
  add_text (builder, member, subject);
}

static void
add_doubts (JsonBuilder *builder, guint8 doubts)
{
  begin_list (builder, "doubts");
  for (gsize i = 0; i < G_N_ELEMENTS (doubt_words); i++)
    if ((doubts & doubt_words[i].bit) != 0)
      (void) json_builder_add_string_value (builder, doubt_words[i].word);
  (void) json_builder_end_array (builder);
}

static void
add_records (JsonBuilder *builder,
             const char *member,
             const TraceAnswered *answered,
             const GArray *records)
{
  begin_list (builder, member);
  for (guint i = 0; i < records->len; i++) {
    const TraceRecord *record = &g_array_index (records, TraceRecord, i);
    (void) json_builder_begin_object (builder);
    add_subject (builder, "subject", answered, record->subject);
    add_text (builder, "evidence", trace_evidence_to_string (record->evidence));
    add_text (builder, "kiosk", record->kiosk);
    add_number (builder, "seq", record->seq);
    add_number (builder, "arrived", record->arrived_s);
    if (record->left_s != TRACE_OPEN_S)
      add_number (builder, "left", record->left_s);
    add_number (builder, "slack_s", record->slack_s);
    if (record->is_phone) {
      (void) json_builder_set_member_name (builder, "phone");
      (void) json_builder_add_boolean_value (builder, TRUE);
    }
    add_doubts (builder, record->doubts);
    (void) json_builder_end_object (builder);
  }
  (void) json_builder_end_array (builder);
}

static void
add_span (JsonBuilder *builder, const TraceAnswered *answered, const TraceSharedSpan *span)
{
  (void) json_builder_begin_object (builder);
  add_text (builder, "venue", trace_store_get_venue (answered->store, span->place));
  add_text (builder, "zone", trace_store_get_zone (answered->store, span->place));
  add_number (builder, "from", span->from_s);
  add_number (builder, "to", span->to_s);
  add_number (builder, "seconds", span->to_s - span->from_s);
  (void) json_builder_set_member_name (builder, "counts");
  (void) json_builder_add_boolean_value (builder, span->counts);
  add_doubts (builder, span->doubts);
  add_records (builder, "via_records", answered, span->via_records);
  add_records (builder, "records", answered, span->own_records);
  begin_list (builder, "gaps");
  for (guint i = 0; i < span->gaps->len; i++) {
    const TraceGap *gap = &g_array_index (span->gaps, TraceGap, i);
    (void) json_builder_begin_object (builder);
    add_text (builder, "what", gap->what);
    add_number (builder, "from", gap->from_s);
    add_number (builder, "to", gap->to_s);
    (void) json_builder_end_object (builder);
  }
  (void) json_builder_end_array (builder);
  (void) json_builder_end_object (builder);
}

static void
add_step (JsonBuilder *builder, const TraceAnswered *answered, const TraceExplainedStep *step)
{
  (void) json_builder_begin_object (builder);
  add_number (builder, "level", step->contact.level);
  add_subject (builder, "subject", answered, step->contact.subject);
  add_subject (builder, "via", answered, step->contact.via);
  add_number (builder, "exposed_at", step->contact.exposed_s);
  add_number (builder, "overlap_s", step->contact.overlap_s);
  add_doubts (builder, step->contact.doubts);
  add_number (builder, "sure_s", step->sure_s);
  (void) json_builder_set_member_name (builder, "weak");
  (void) json_builder_add_boolean_value (builder, !step->is_sure);
  begin_list (builder, "spans");
  for (guint i = 0; i < step->spans->len; i++)
    add_span (builder, answered, g_ptr_array_index (step->spans, i));
  (void) json_builder_end_array (builder);
  (void) json_builder_end_object (builder);
}

char *
trace_explanation_to_json (const TraceExplanation *explanation,
                           const TraceAnswered *answered,
                           guint32 subject)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  (void) json_builder_begin_object (builder);
  add_subject (builder, "subject", answered, subject);
  add_number (builder, "level", explanation->steps->len);
  add_text (builder, "rule", explanation->rule);
  add_number (builder, "min_overlap_s", explanation->min_overlap_s);
  add_number (builder, "window_s", explanation->window_s);
  add_number (builder, "latency_s", explanation->latency_s);
  begin_list (builder, "path");
  for (guint i = 0; i < explanation->steps->len; i++)
    add_step (builder, answered, g_ptr_array_index (explanation->steps, i));
  (void) json_builder_end_array (builder);
  (void) json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *json = json_to_string (root, FALSE);
  return g_strconcat (json, "\n", NULL);
}
