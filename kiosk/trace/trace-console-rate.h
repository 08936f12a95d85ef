// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How often somebody may ask: a bucket of tokens each, in bounded memory.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct TraceRate TraceRate;

TraceRate *trace_rate_new (guint burst, double per_s);
void trace_rate_free (TraceRate *rate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TraceRate, trace_rate_free)

// How long @who has to wait; 0: now, and one is taken.
gint64 trace_rate_take (TraceRate *rate, const char *who, gint64 now_ms);

G_END_DECLS
