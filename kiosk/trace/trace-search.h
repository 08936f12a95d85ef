// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The contact search: from index cases outwards, level by level, never backwards in time.

#pragma once

#include "kiosk/trace/trace-seed.h"
#include "kiosk/trace/trace-summary.h"

G_BEGIN_DECLS

typedef struct {
  gint64 from_s, to_s; // of the index cases' contacts
  guint levels;        // at least 1
  gint64 window_s;     // 86400
  gint64 min_overlap_s;
  gint64 latency_s;       // from one's exposure to one's first contact that counts
  gboolean through_staff; // staff are always told, but followed only then
  guint limit;            // contacts kept: lower levels first, the riskiest of a level; 0: all
  gint64 day_offset_s;    // what local time is ahead of UTC: for counts by day
} TraceQuestion;

typedef struct {
  guint32 subject;
  guint32 via;   // of the level before; an index case by the first of its limits
  guint32 place; // where the exposure was
  guint8 level;  // 1: met an index case
  guint8 doubts; // TRACE_DOUBT_… of the stays that the exposure rests on
  gboolean is_staff;
  gboolean is_known; // it was not found, but given
  gint64 exposed_s;
  gint64 overlap_s;       // with @via, in all
  gint64 first_s, last_s; // of what they shared
  double risk; // for ranking within the answer, from 0: overlap, level, strength of the path
} TraceContact;

typedef struct {
  GArray *contacts;   // of TraceContact, by level, exposure, subject's key
  guint n_cut;        // more than the limit: these were found, and are not in @contacts
  GArray *n_of_level; // of guint, [0] for level 1: all that were found
  TraceSummary *summary;
  guint64 n_touched; // stays that were looked at
} TraceAnswer;

void trace_answer_free (TraceAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TraceAnswer, trace_answer_free)

// As far as the search is. FALSE stops it: trace_search () then fails with G_IO_ERROR_CANCELLED.
// @contacts: of the level that was just completed; NULL while one is being searched.
typedef gboolean (*TraceProgress) (guint level,
                                   gsize n_done,
                                   gsize n_members, // of the level before
                                   const GArray *contacts,
                                   gpointer user_data);

// Overlaps of a pair are united over all places and added up within the window; a contact's
// exposure is the earliest over all of the level before, and the smaller subject gives it when two
// do. Nobody has two levels, and no index case has one. A stay has evidence "staff": its subject is
// staff. @seeds: the index cases; time with two of them does not add up. @progress: nullable.
TraceAnswer *trace_search (TraceSource *source,
                           const TraceSeed *seeds,
                           gsize n_seeds,
                           const TraceQuestion *question,
                           TraceProgress progress,
                           gpointer user_data,
                           GError **error);

// Likewise; and who is in @known (of TraceContact) has that level and exposure, unless what there
// is gives them a lower one, or one as early.
TraceAnswer *trace_search_on (TraceSource *source,
                              const TraceSeed *seeds,
                              gsize n_seeds,
                              const GArray *known,
                              const TraceQuestion *question,
                              TraceProgress progress,
                              gpointer user_data,
                              GError **error);

// Subjects' stays in [from_s, to_s), near presence windows made one, by arrival. (transfer full, of
// TraceStay)
GArray *trace_find_stays (TraceSource *source,
                          const guint32 *subjects,
                          gsize n_subjects,
                          gint64 from_s,
                          gint64 to_s,
                          GError **error);
// All stays at a place likewise, by subject and arrival.
GArray *
trace_find_present (TraceSource *source, guint32 place, gint64 from_s, gint64 to_s, GError **error);

G_END_DECLS
