// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The contact search: from an index case outwards, level by level, never backwards in time.

#pragma once

#include "kiosk/trace/trace-store.h"

G_BEGIN_DECLS

#define TRACE_MERGE_GAP_S 600 // presence windows nearer than this are one stay

typedef struct {
  gint64 from_s, to_s; // of the index case's contacts
  guint levels;        // at least 1
  gint64 window_s;     // 86400
  gint64 min_overlap_s;
  gint64 latency_s;       // from one's exposure to one's first contact that counts
  gboolean through_staff; // staff are always told, but followed only then
  guint limit;            // contacts; 0: all
} TraceQuestion;

typedef struct {
  guint8 subject[TRACE_SUBJECT_SIZE];
  guint8 via[TRACE_SUBJECT_SIZE]; // of the level before
  guint level;                    // 1: met the index case
  gint64 exposed_s;
  gint64 overlap_s;       // with @via, in all
  gint64 first_s, last_s; // of what they shared
  guint32 place;          // where the exposure was
  gboolean is_staff;
} TraceContact;

typedef struct {
  GArray *contacts; // of TraceContact, by level, exposure, subject
  guint n_cut;      // more than the limit: these were found, and are not in @contacts
} TraceAnswer;

void trace_answer_free (TraceAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TraceAnswer, trace_answer_free)

// Overlaps of a pair are united over all places and added up within the window; a contact's
// exposure is the earliest over all of the level before, and the smaller subject gives it when two
// do. Nobody has two levels. A stay has evidence "staff": its subject is staff.
TraceAnswer *trace_search (TraceStore *store,
                           const guint8 index_case[TRACE_SUBJECT_SIZE],
                           const TraceQuestion *question,
                           GError **error);

// A subject's stays in [from_s, to_s), near presence windows made one. (transfer full, of
// TraceStay)
GArray *trace_find_stays (TraceStore *store,
                          const guint8 subject[TRACE_SUBJECT_SIZE],
                          gint64 from_s,
                          gint64 to_s,
                          GError **error);
// All stays at a place likewise, by subject and arrival.
GArray *
trace_find_present (TraceStore *store, guint32 place, gint64 from_s, gint64 to_s, GError **error);

G_END_DECLS
