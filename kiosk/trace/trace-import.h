// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Stays from a file: all of them or none, and a second time changes nothing. Of stays that no
// kiosk's record tells apart the later end is kept; a record that contradicts another is a fault,
// whichever came first. EXPORTS.md has the
// formats; every one that export writes is read here again, as far as it carries stays.

#pragma once

#include "kiosk/trace/trace-details.h"
#include "kiosk/trace/trace-input.h"
#include "kiosk/trace/trace-store.h"

G_BEGIN_DECLS

// What an ordinary file has: other years are a wrong clock or a slip, longer stays a missed exit.
#define TRACE_EARLIEST_S G_GINT64_CONSTANT (1577836800) // 2020: before the first kiosk
#define TRACE_AHEAD_S    86400
#define TRACE_LONG_S     86400
#define TRACE_LONGEST_S  (366 * 86400) // no stay is longer, whatever is asked for

typedef enum {
  TRACE_IMPORT_CSV, // its header says of what
  TRACE_IMPORT_NDJSON,
  TRACE_IMPORT_IRIS,
  TRACE_IMPORT_GODATA,
  TRACE_IMPORT_BLUEZONE,
} TraceImportFormat;

gboolean trace_import_format_read (const char *word, TraceImportFormat *ret_format);

typedef struct {
  TraceImportFormat format;
  char separator; // of CSV; 0: see for yourself
  gint64 now_s;
  gboolean any_date;   // arrivals before TRACE_EARLIEST_S, or more than TRACE_AHEAD_S from now
  gboolean any_length; // stays of more than TRACE_LONG_S that no clock was in doubt of
  gboolean dry_run;
  gboolean ignore_extra;
} TraceImportOptions;

typedef struct {
  gint64 n_rows;
  gint64 n_new;       // stays; the others were there already
  gint64 n_joined;    // rows with another end or evidence of a stay than was known
  gint64 n_conflicts; // stays that are at two places at once, by these rows
  gint64 n_absent;    // meetings that the file says had no room in it
  GString *details; // (nullable) what it says about people is added here, as trace-details.h has it
} TraceImport;

// FALSE: nothing was kept: @faults say why, or @error when it is not the file's fault.
gboolean trace_import (TraceStore *store,
                       FILE *stream,
                       const TraceImportOptions *options,
                       TraceImport *import,
                       TraceFaults *faults,
                       GError **error);

G_END_DECLS
