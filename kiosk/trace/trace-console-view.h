// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What an officer gets to see of a search. Subjects are shortened until one is asked for.

#pragma once

#include "kiosk/trace/trace-console-job.h"
#include "kiosk/trace/trace-console-private.h"

G_BEGIN_DECLS

// Enough to tell people of one answer apart, too little to look anybody up.
#define TRACE_CONSOLE_SHORT_SIZE 16 // "0123…cdef"
void trace_console_shorten (const guint8 subject[TRACE_SUBJECT_SIZE],
                            char ret_text[TRACE_CONSOLE_SHORT_SIZE]);
// What was asked about whom, for the audit log: subjects, nobody's identity. @keys: of 16 bytes.
// (transfer full)
char *trace_console_describe (const GArray *keys, const TraceQuestion *question, const char *rule);
void trace_body_add_doubts (JsonBuilder *builder, guint doubts);
// The rows that are kept. (transfer full)
TraceAnswer *trace_console_list_contacts (const TraceJob *job);
// Rows from @after on, a page of them.
void trace_console_tell_job (TraceCall *call, guint status, const TraceJob *job, guint after);
// {"edition", "row"} → the whole subject, and what its level rests on.
void trace_console_explain (TraceCall *call, const TraceJob *job);
// {"format"} → a file.
void trace_console_export (TraceCall *call, const TraceJob *job);

G_END_DECLS
