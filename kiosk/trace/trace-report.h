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

// (transfer full)
char *trace_report_contacts (TraceStore *store,
                             const guint8 index_case[TRACE_SUBJECT_SIZE],
                             const TraceAnswer *answer,
                             TraceFormat format);

// The same in pieces, for those formats that have a line a contact. @source knows their keys.
gboolean trace_format_is_lines (TraceFormat format);
void trace_report_begin (GString *text, TraceFormat format);
void trace_report_append (GString *text,
                          TraceStore *store,
                          TraceSource *source,
                          const GArray *contacts, // of TraceContact
                          TraceFormat format);

// (transfer full) As CSV.
char *trace_report_by_venue (TraceStore *store, const TraceSummary *summary);
char *trace_report_by_day (const TraceSummary *summary);
char *trace_report_stays (TraceStore *store, GArray *stays); // of TraceStay, as CSV

G_END_DECLS
