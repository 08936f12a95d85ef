// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Nobody is at two venues at once: of two stays that say so, both are doubtful. One of them has an
// end that the visitor made, and the other one began within it. Radio is left out, for a beacon may
// be carried by somebody else, and so is what lists of contacts carry, which is a part of a stay.
// What a kiosk feeds is looked at as it comes (trace-amend.h), a file when all of it is there.

#pragma once

#include "kiosk/trace/trace-store.h"

G_BEGIN_DECLS

// Whether a stay is left out, in SQL: of the columns of @stay.
#define TRACE_CONFLICT_SQL_COUNTS(stay)                                                            \
  stay ".evidence <> 1 AND coalesce (" stay ".length_s, 1) > 0 AND (" stay ".source <> 0 OR " stay \
       ".seq <> 0 OR " stay ".part = 0)"

// A place and time that somebody was at.
typedef struct {
  const char *venue;       // borrowed
  gint64 earliest_s;       // it began not before,
  gint64 from_s;           // and not after this,
  gint64 to_s;             // and lasted at least until this; 0: nobody knows
  gboolean is_conflicting; // set by trace_conflicts_find ()
} TraceVisit;

// Of one subject. Takes n log n, however many are at once.
void trace_conflicts_find (TraceVisit *visits, guint n_visits);

// Marks all stays of these subjects that contradict another one and arrived between. Within a
// transaction. @n_marked: adds those that were not marked.
gboolean trace_conflicts_mark (TraceStore *store,
                               const guint32 *subjects,
                               gsize n_subjects,
                               gint64 after_s,
                               gint64 before_s,
                               gint64 *n_marked,
                               GError **error);

G_END_DECLS
