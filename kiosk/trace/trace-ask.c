// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-ask"

#include "kiosk/trace/trace-ask.h"

#include "kiosk/trace/trace-zone.h"

#define DEFAULT_RULE  "default"
#define WINDOW_MAX_S  86400
#define LEVELS_MAX    16
#define LATENCY_MAX_S (30 * 86400)

void
trace_ask_clear (TraceAsk *ask)
{
  g_free (ask->profile);
  g_free (ask->rules_folder);
  g_free (ask->onset);
  g_free (ask->sample);
  g_clear_pointer (&ask->rules, g_ptr_array_unref);
}

static gboolean
usage (const TraceOptions *options, const char *message)
{
  (void) trace_options_say (options, TRACE_EXIT_USAGE, message);
  return FALSE;
}

static gboolean
check (const TraceAsk *ask, const TraceOptions *options)
{
  if (ask->levels != TRACE_ASK_UNSET && (ask->levels < 1 || ask->levels > LEVELS_MAX))
    return usage (options, "--levels is 1 to 16");
  if (ask->min_overlap_s != TRACE_ASK_UNSET &&
      (ask->min_overlap_s < 1 || ask->min_overlap_s > WINDOW_MAX_S))
    return usage (options, "--min-overlap is 1 to 86400 seconds");
  if (ask->latency_s != TRACE_ASK_UNSET && ask->latency_s < 0)
    return usage (options, "--latency is not negative");
  if (ask->latency_s > LATENCY_MAX_S)
    return usage (options, "--latency is 30 days at most");
  if (ask->limit < 0)
    return usage (options, "--limit is not negative");
  return TRUE;
}

gboolean
trace_ask_read_rule (TraceAsk *ask, const TraceOptions *options, TraceQuestion *ret_question)
{
  g_autoptr (GError) error = NULL;
  if (!check (ask, options))
    return FALSE;
  ask->rules = trace_rules_load (ask->rules_folder, &error);
  if (ask->rules != NULL)
    ask->rule =
        trace_rules_find (ask->rules, ask->profile != NULL ? ask->profile : DEFAULT_RULE, &error);
  if (ask->rule == NULL)
    return usage (options, error->message);
  *ret_question = (TraceQuestion){
    .levels = (guint) (ask->levels != TRACE_ASK_UNSET ? ask->levels : ask->rule->chain_depth),
    .window_s = ask->rule->window_s,
    .min_overlap_s =
        ask->min_overlap_s != TRACE_ASK_UNSET ? ask->min_overlap_s : ask->rule->min_overlap_s,
    .latency_s = ask->latency_s != TRACE_ASK_UNSET ? ask->latency_s : ask->rule->latency_s,
    .through_staff = ask->through_staff,
    .limit = (guint) ask->limit,
  };
  return TRUE;
}

gboolean
trace_ask_read_span (const TraceAsk *ask,
                     const TraceOptions *options,
                     gint64 *ret_from_s,
                     gint64 *ret_to_s)
{
  const char *day = ask->onset != NULL ? ask->onset : ask->sample;
  *ret_from_s = G_MAXINT64;
  *ret_to_s = G_MAXINT64;
  if (ask->onset != NULL && ask->sample != NULL)
    return usage (options, "--onset or --sample, not both");
  if (day != NULL && !trace_rule_span (ask->rule, day, ask->sample != NULL, ret_from_s, ret_to_s))
    return usage (options, "--onset DAY, --sample DAY: YYYY-MM-DD");
  if ((options->from != NULL && !trace_time_read (options->from, ret_from_s)) ||
      (options->to != NULL && !trace_time_read (options->to, ret_to_s)) || *ret_from_s >= *ret_to_s)
    return usage (
        options,
        "--from T and --to T: seconds since 1970 or ISO 8601 (without a zone " TRACE_ZONE_TEXT
        "), the first before the second; or --onset DAY or --sample DAY");
  return TRUE;
}

gboolean
trace_ask_read_question (TraceAsk *ask, const TraceOptions *options, TraceQuestion *ret_question)
{
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;
  if (!trace_ask_read_rule (ask, options, ret_question) ||
      !trace_ask_read_span (ask, options, &ret_question->from_s, &ret_question->to_s))
    return FALSE;
  if (options->to == NULL)
    ret_question->to_s = MIN (ret_question->to_s, MAX (now_s, ret_question->from_s + 1));
  ret_question->day_offset_s = TRACE_ZONE_S;
  return TRUE;
}

char *
trace_ask_to_string (const TraceAsk *ask, const TraceQuestion *question)
{
  g_autofree char *rule = trace_rule_to_string (ask->rule);
  GString *text = g_string_new (rule);
  if (question->min_overlap_s != ask->rule->min_overlap_s)
    g_string_append_printf (text, ", but --min-overlap %" G_GINT64_FORMAT, question->min_overlap_s);
  if (question->latency_s != ask->rule->latency_s)
    g_string_append_printf (text, ", but --latency %" G_GINT64_FORMAT, question->latency_s);
  if (question->levels != ask->rule->chain_depth)
    g_string_append_printf (text, ", but --levels %u", question->levels);
  if (question->through_staff)
    g_string_append (text, ", but --through-staff");
  return g_string_free (text, FALSE);
}
