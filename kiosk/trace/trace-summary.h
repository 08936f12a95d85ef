// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How many contacts of each level there are by place and by day: of all that were found, also
// those that a limit cuts.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct TraceSummary TraceSummary;

typedef struct {
  gint64 number; // of the place; of the day, since 1970
  guint level;
  guint n;
} TraceCount;

// @day_offset_s: what local time is ahead of UTC.
TraceSummary *trace_summary_new (gint64 day_offset_s);
void trace_summary_free (TraceSummary *summary);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TraceSummary, trace_summary_free)

// @contacts: of TraceContact.
void trace_summary_add (TraceSummary *summary, const GArray *contacts);

// (transfer full, of TraceCount) Places: the fullest first, a place's levels together. Days: in
// their order.
GArray *trace_summary_by_place (const TraceSummary *summary);
GArray *trace_summary_by_day (const TraceSummary *summary);

G_END_DECLS
