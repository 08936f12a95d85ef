// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Puts the F0 of a search into its case, or takes one out, and has computed who follows from it.

#pragma once

#include "kiosk/trace/trace-console-job.h"
#include "kiosk/trace/trace-console-private.h"

G_BEGIN_DECLS

// → {"label", "is_new"}: what the F0 is called in the case.
void trace_console_add (TraceCall *call, const TraceJob *job);
// {"label", "reason"} → {"label"}. Whoever had it is in the log.
void trace_console_withdraw (TraceCall *call, const char *case_id);

G_END_DECLS
