// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Stays that come one after another, taken in by many. Between trace_store_begin () and
// trace_store_commit ().

#pragma once

#include "kiosk/trace/trace-fault.h"
#include "kiosk/trace/trace-store.h"

G_BEGIN_DECLS

typedef struct TraceLoad TraceLoad;

// @n_expected: about how many are going to come; 0: unknown. When they are many beside what is
// there, SQLite leaves the index by subject for the end. @faults: (nullable) told of rows that say
// of a kiosk's record what contradicts another row or the store (without, they are joined to it),
// and of the first one of a day too many; nothing is to be committed then.
TraceLoad *
trace_load_new (TraceStore *store, gint64 n_expected, TraceFaults *faults, GError **error);
void trace_load_free (TraceLoad *load);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TraceLoad, trace_load_free)

gboolean trace_load_add (TraceLoad *load, const TraceArrival *arrival, GError **error);
// After the last one. Adds to @n_new how many were not there.
gboolean trace_load_finish (TraceLoad *load, gint64 *n_new, GError **error);
// Then: who was at two places at once, of whom something came. Adds to @n_marked the stays that
// were not marked before.
gboolean trace_load_mark_conflicts (TraceLoad *load, gint64 *n_marked, GError **error);
// Arrivals with another end or evidence of a stay than was known.
gint64 trace_load_count_joined (const TraceLoad *load);

G_END_DECLS
