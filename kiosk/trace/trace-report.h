// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Answers as text.

#pragma once

#include "kiosk/trace/trace-search.h"
#include "kiosk/trace/trace-store.h"

G_BEGIN_DECLS

typedef enum {
  TRACE_FORMAT_CSV,
  TRACE_FORMAT_JSON, // an object a line
  TRACE_FORMAT_TREE,
  TRACE_FORMAT_DOT,
} TraceFormat;

gboolean trace_format_read (const char *word, TraceFormat *ret_format);

// (transfer full) Puts @answer's contacts in the order in which they are told.
char *trace_report_contacts (TraceStore *store,
                             const guint8 index_case[TRACE_SUBJECT_SIZE],
                             const TraceAnswer *answer,
                             TraceFormat format);
char *trace_report_stays (TraceStore *store, GArray *stays); // of TraceStay, as CSV

G_END_DECLS
