// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What becomes known of a stay after it was taken in: when it really was, that it cannot be true.
// Within a transaction.

#pragma once

#include "kiosk/trace/trace-store.h"

G_BEGIN_DECLS

// Moves the stay that @was names (its subject, place, arrival, kiosk, seq and part) to the times
// and slack of @now; the end of one that is open stays open unless @now has one. @ret_found: FALSE
// when it is not there.
gboolean trace_amend_times (TraceStore *store,
                            const TraceArrival *was,
                            const TraceArrival *now,
                            gboolean *ret_found,
                            GError **error);

// Its end is a rule's, not the visitor's.
gboolean trace_amend_ended_by_rule (TraceStore *store, const TraceArrival *stay, GError **error);

// Marks @stay and every other that contradicts it, as trace-conflict.h has it.
gboolean trace_amend_conflicts (TraceStore *store,
                                const TraceArrival *stay,
                                gboolean is_ended_by_visitor,
                                gboolean *ret_conflict,
                                GError **error);

G_END_DECLS
