// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The order of contacts, and who comes first when not all can be told.

#pragma once

#include "kiosk/trace/trace-search.h"

G_BEGIN_DECLS

// What a contact's risk is beside others of the same answer, from 0 to 1: more with the time they
// shared, never more than @via_risk (1 for the index case), less with each doubt. Not the
// probability of anything.
double trace_rank_weigh (const TraceContact *contact, double via_risk, gint64 min_overlap_s);

// @contacts: of TraceContact, all of one level. By exposure, then the subject's key.
gboolean trace_rank_sort (TraceSource *source, GArray *contacts, GError **error);

// The @n riskiest, in the order that they have. (transfer full)
GArray *trace_rank_keep (GArray *contacts, guint n);

G_END_DECLS
