// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// CSV (RFC 4180), and what keeps a spreadsheet from running a cell as a formula: in front of what
// it would take for one stands an apostrophe. Reading takes away exactly the apostrophes that
// writing put there; no letter is ever lost.

#pragma once

#include "kiosk/trace/trace-input.h"

G_BEGIN_DECLS

#define TRACE_CSV_FIELD_MAX   (1024 * 1024)
#define TRACE_CSV_RECORD_MAX  (4 * TRACE_CSV_FIELD_MAX)
#define TRACE_CSV_COLUMNS_MAX 64

typedef struct TraceCsvReader TraceCsvReader;

// @input is borrowed. @separator: ',', ';' or '\t'; 0: the one that the first line has most of.
TraceCsvReader *trace_csv_reader_new (TraceInput *input, char separator);
void trace_csv_reader_free (TraceCsvReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TraceCsvReader, trace_csv_reader_free)

// The next record: its fields, valid until the next one; no fields: there is no more. After a
// fault of one record the next may still be read, but for TRACE_FAULT_LONG_FIELD.
TraceFault
trace_csv_reader_next (TraceCsvReader *reader, char *const **ret_fields, gsize *ret_n_fields);
// The number of the record that was read last, from 1; empty lines count.
gint64 trace_csv_reader_get_row (const TraceCsvReader *reader);
char trace_csv_reader_get_separator (const TraceCsvReader *reader);

// Writes a field, in quotes where it needs them. The first form is for a comma.
void trace_csv_append (GString *line, const char *field);
void trace_csv_append_separated (GString *line, const char *field, char separator);

// A word for it: ",", ";" or "tab".
gboolean trace_separator_read (const char *word, char *ret_separator);

// What stands in the cell of @field, appended to @cell; and back, in place.
void trace_csv_neutralise (GString *cell, const char *field);
void trace_csv_restore (char *cell);

G_END_DECLS
