// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What can be wrong with a row that comes in, in words for whoever sent it.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  TRACE_LANGUAGE_EN,
  TRACE_LANGUAGE_VI,
  TRACE_N_LANGUAGES,
} TraceLanguage;

typedef enum {
  TRACE_FAULT_NONE,
  // of a file
  TRACE_FAULT_NO_HEADER,
  TRACE_FAULT_UTF16,
  TRACE_FAULT_ZIP,
  TRACE_FAULT_GZIP,
  TRACE_FAULT_OLD_SHEET,
  TRACE_FAULT_UNREADABLE,
  TRACE_FAULT_CHANGED,
  TRACE_FAULT_TOO_LARGE,
  TRACE_FAULT_NOT_A_LIST,
  TRACE_FAULT_ROW_COUNT,
  // of a header
  TRACE_FAULT_MISSING_COLUMN,
  TRACE_FAULT_EXTRA_COLUMN,
  TRACE_FAULT_TWICE,
  // of a row
  TRACE_FAULT_QUOTES,
  TRACE_FAULT_ZERO_BYTE,
  TRACE_FAULT_LONG_FIELD,
  TRACE_FAULT_MANY_COLUMNS,
  TRACE_FAULT_N_COLUMNS,
  TRACE_FAULT_JSON,
  TRACE_FAULT_NOTE,
  TRACE_FAULT_CLASH,
  // of a field
  TRACE_FAULT_SUBJECT,
  TRACE_FAULT_SHEET_NUMBER,
  TRACE_FAULT_SHEET_ZEROS,
  TRACE_FAULT_EMPTY,
  TRACE_FAULT_TEXT,
  TRACE_FAULT_HIDDEN,
  TRACE_FAULT_TIME,
  TRACE_FAULT_ZONE,
  TRACE_FAULT_LEFT,
  TRACE_FAULT_ORDER,
  TRACE_FAULT_YEAR,
  TRACE_FAULT_LONG,
  TRACE_FAULT_EARLY,
  TRACE_FAULT_LATE,
  TRACE_FAULT_DAYS,
  TRACE_FAULT_EVIDENCE,
  TRACE_FAULT_DOUBTS,
  TRACE_FAULT_NUMBER,
  TRACE_FAULT_SIGHTING_ID,
  TRACE_FAULT_RSSI,
  TRACE_N_FAULTS,
} TraceFault;

const char *trace_fault_get_reason (TraceFault fault, TraceLanguage language);

// What was found, in the order of the rows.
typedef struct TraceFaults TraceFaults;
#define TRACE_FAULTS_KEPT 100

TraceFaults *trace_faults_new (void);
void trace_faults_free (TraceFaults *faults);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TraceFaults, trace_faults_free)

// @row: from 1; 0: the file itself. @column: (nullable)
void trace_faults_add (TraceFaults *faults, gint64 row, const char *column, TraceFault fault);
gint64 trace_faults_count (const TraceFaults *faults);
// A line each, and one that says how many more there are; (transfer full).
char *trace_faults_tell (const TraceFaults *faults, TraceLanguage language);

G_END_DECLS
