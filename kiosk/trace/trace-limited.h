// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A source in which some subjects are where they were only for a span of time: a phone's identifier
// in its own slot, a case in its infectious days. Asked for these subjects it cuts their stays to
// their spans; everything else is the source's.

#pragma once

#include "kiosk/trace/trace-source.h"

G_BEGIN_DECLS

typedef struct {
  guint32 subject;
  gint64 from_s, to_s; // half-open
} TraceLimit;

// @source: borrowed. A subject may have several limits, and then counts in each of them.
TraceSource *trace_limited_new (TraceSource *source, const TraceLimit *limits, gsize n_limits);
void trace_limited_free (TraceSource *source);

G_END_DECLS
