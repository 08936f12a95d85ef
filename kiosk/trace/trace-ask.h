// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a subcommand's options ask: which rule, from when, how far. What is not said is the rule's.

#pragma once

#include "kiosk/trace/trace-options.h"
#include "kiosk/trace/trace-rules.h"
#include "kiosk/trace/trace-search.h"

G_BEGIN_DECLS

#define TRACE_ASK_UNSET G_MININT

typedef struct {
  char *profile, *rules_folder;
  char *onset, *sample; // days
  int levels, limit;
  gint64 min_overlap_s, latency_s;
  gboolean through_staff;
  GPtrArray *rules;
  const TraceRule *rule; // that was chosen
} TraceAsk;

#define TRACE_ASK                                                                                  \
  {                                                                                                \
    .levels = TRACE_ASK_UNSET, .min_overlap_s = TRACE_ASK_UNSET, .latency_s = TRACE_ASK_UNSET      \
  }

void trace_ask_clear (TraceAsk *ask);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TraceAsk, trace_ask_clear)

#define TRACE_ASK_RULE_ENTRIES(ask)                                                                \
  { "profile", 0, 0, G_OPTION_ARG_STRING, &(ask)->profile, "Rule, as `rules` lists it", "NAME" },  \
      { "rules", 0, 0, G_OPTION_ARG_FILENAME, &(ask)->rules_folder, "More rules", "FOLDER" },      \
      { "levels", 0, 0, G_OPTION_ARG_INT, &(ask)->levels, "F1 to F…", "N" },                       \
      { "min-overlap",                                                                             \
        0,                                                                                         \
        0,                                                                                         \
        G_OPTION_ARG_INT64,                                                                        \
        &(ask)->min_overlap_s,                                                                     \
        "Seconds together within a day",                                                           \
        "S" },                                                                                     \
      { "latency",                                                                                 \
        0,                                                                                         \
        0,                                                                                         \
        G_OPTION_ARG_INT64,                                                                        \
        &(ask)->latency_s,                                                                         \
        "Seconds from an exposure to being infectious",                                            \
        "S" },                                                                                     \
  {                                                                                                \
    "through-staff", 0, 0, G_OPTION_ARG_NONE, &(ask)->through_staff,                               \
        "Follow staff as anybody "                                                                 \
        "else",                                                                                    \
        NULL                                                                                       \
  }
#define TRACE_ASK_SPAN_ENTRIES(ask, options)                                                       \
  { "from", 0, 0, G_OPTION_ARG_STRING, &(options)->from, "Infectious from", "T" },                 \
      { "to", 0, 0, G_OPTION_ARG_STRING, &(options)->to, "Search to", "T" },                       \
      { "onset", 0, 0, G_OPTION_ARG_STRING, &(ask)->onset, "Day of the first symptoms", "DAY" },   \
  {                                                                                                \
    "sample", 0, 0, G_OPTION_ARG_STRING, &(ask)->sample,                                           \
        "Day of the test, of who has no symptoms", "DAY"                                           \
  }

// Chooses the rule and fills in what it says, but for the span. FALSE: wrong usage, and said so.
gboolean
trace_ask_read_rule (TraceAsk *ask, const TraceOptions *options, TraceQuestion *ret_question);
// From --from and --to, or the rule's days around --onset or --sample. @ret_to_s: G_MAXINT64 when
// neither says it.
gboolean trace_ask_read_span (const TraceAsk *ask,
                              const TraceOptions *options,
                              gint64 *ret_from_s,
                              gint64 *ret_to_s);

// Both, about a time that is over, or until now.
gboolean
trace_ask_read_question (TraceAsk *ask, const TraceOptions *options, TraceQuestion *ret_question);

// The rule, and in what the question differs from it. (transfer full)
char *trace_ask_to_string (const TraceAsk *ask, const TraceQuestion *question);

G_END_DECLS
