// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Why somebody has the level they have: the path back to the index case and, for each step of it,
// what the two shared, the kiosks' records it is known from, what of it is in doubt, and when
// nobody was looking.

#pragma once

#include "kiosk/trace/trace-search.h"
#include "kiosk/trace/trace-store.h"

G_BEGIN_DECLS

// What was asked and what came of it. @answer: of @source, without a limit.
typedef struct {
  TraceStore *store;
  TraceSource *source;
  TraceSeed seed;
  const guint32 *index_case; // its names, each once
  gsize n_index_case;
  const TraceQuestion *question;
  const TraceAnswer *answer;
  const char *rule; // in words
} TraceAnswered;

// A row of the store that tells of a stay; its times are the kiosk's, not widened.
typedef struct {
  guint32 subject;
  gint64 arrived_s, left_s; // TRACE_OPEN_S: nobody ended it
  gint64 slack_s;
  guint8 evidence, doubts;
  char *kiosk;       // "": unknown
  gint64 seq;        // 0: unknown
  gboolean is_phone; // heard as the phone that they held beside their code
} TraceRecord;

typedef struct {
  gint64 from_s, to_s;
  char *what; // as the kiosk has it
} TraceGap;

typedef struct {
  guint32 place;
  guint32 via; // by the name that was there
  gint64 from_s, to_s;
  guint8 doubts;
  gboolean counts;     // lies in the window before the exposure
  GArray *via_records; // of TraceRecord: of whom they met
  GArray *own_records; // of TraceRecord: of the contact
  GArray *gaps;        // of TraceGap, at the place within the span
} TraceSharedSpan;

typedef struct {
  TraceContact contact;
  GPtrArray *spans; // of TraceSharedSpan, by time
  gint64 sure_s;    // shared beyond doubt
  gboolean is_sure; // with that alone it would be a contact too
} TraceExplainedStep;

typedef struct {
  char *rule;
  gint64 window_s, min_overlap_s, latency_s;
  GPtrArray *steps; // of TraceExplainedStep, from level 1 on; empty for the index case itself
} TraceExplanation;

// NULL without an error: @subject has no level.
TraceExplanation *trace_explain (const TraceAnswered *answered, guint32 subject, GError **error);
void trace_explanation_free (TraceExplanation *explanation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TraceExplanation, trace_explanation_free)

// (transfer full) For people; and one JSON object, a line.
char *trace_explanation_to_text (const TraceExplanation *explanation,
                                 const TraceAnswered *answered,
                                 guint32 subject);
char *trace_explanation_to_json (const TraceExplanation *explanation,
                                 const TraceAnswered *answered,
                                 guint32 subject);

// "static code, imitable beacon"; "" without doubts. (transfer full)
char *trace_doubts_to_text (guint8 doubts);

G_END_DECLS
