// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A table as CSV, for spreadsheets: no formulas in it, and no more rows in one file than a sheet
// has. A table of ours ends with a line that says how many rows there were.

#pragma once

#include "kiosk/trace/trace-output.h"

G_BEGIN_DECLS

#define TRACE_TABLE_ROW_LIMIT 1048575 // of a sheet of 1,048,576, below its header
#define TRACE_TABLE_END       "#rows"

typedef struct {
  char separator; // ',', ';' or '\t'
  gboolean has_byte_order_mark;
  gint64 row_limit;             // lines below the first one, in one file
  const char *const *header;    // NULL at its end
  const char *const *upper;     // (nullable) above the header, as long
  const char *officer, *schema; // (nullable) of the line at the end; NULL: there is none
} TraceTableForm;

typedef struct TraceTable TraceTable;

// @output is borrowed; @form's texts too.
TraceTable *trace_table_new (TraceOutput *output, const TraceTableForm *form);
void trace_table_free (TraceTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TraceTable, trace_table_free)

// How many rows go into one file.
gint64 trace_table_get_capacity (const TraceTableForm *form);
// @fields: as many as the header has.
gboolean trace_table_add (TraceTable *table, const char *const *fields, GError **error);
// Without any row there still is a header.
gboolean trace_table_finish (TraceTable *table, GError **error);

G_END_DECLS
