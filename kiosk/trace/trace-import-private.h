// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a format's reader hands over: a row as texts, whichever way they were written.

#pragma once

#include "kiosk/trace/trace-import.h"
#include "kiosk/trace/trace-load.h"

G_BEGIN_DECLS

typedef enum {
  TRACE_FIELD_SUBJECT,
  TRACE_FIELD_VENUE,
  TRACE_FIELD_ZONE,
  TRACE_FIELD_ARRIVED,
  TRACE_FIELD_LEFT,
  TRACE_FIELD_EVIDENCE,
  TRACE_FIELD_KIOSK,
  TRACE_FIELD_SEQ,
  TRACE_N_STAY_FIELDS,
  TRACE_FIELD_DOUBTS = TRACE_N_STAY_FIELDS,
  TRACE_FIELD_NOTE,    // stands for all of them
  TRACE_FIELD_DETAILS, // of TRACE_N_DETAILS
  TRACE_FIELD_LAST_NAME = TRACE_FIELD_DETAILS + TRACE_N_DETAILS,
  TRACE_FIELD_FIRST_NAME,
  TRACE_FIELD_BIRTH_DAY,
  TRACE_FIELD_BIRTH_MONTH,
  TRACE_FIELD_BIRTH_YEAR,
  TRACE_N_FIELDS,
  TRACE_FIELD_SCHEMA,  // only tables of ours have it
  TRACE_FIELD_IGNORED, // one of ours that says nothing new
  TRACE_FIELD_UNKNOWN,
} TraceField;

// A column's or member's name, in any case, spaces around it.
TraceField trace_field_find (const char *name);
extern const char *const trace_stay_field_names[TRACE_N_STAY_FIELDS];

typedef struct {
  TraceLoad *load;
  const TraceImportOptions *options;
  TraceImport *import;
  TraceFaults *faults;
  // Of what is looked at:
  gint64 row;
  GString *spelt[TRACE_N_STAY_FIELDS];
} TraceImporter;

// Readers: FALSE only for what is not the file's fault.
gboolean trace_import_csv (TraceImporter *importer, TraceInput *input, GError **error);
gboolean trace_import_ndjson (TraceImporter *importer, TraceInput *input, GError **error);
gboolean trace_import_iris (TraceImporter *importer, TraceInput *input, GError **error);
gboolean trace_import_godata (TraceImporter *importer, TraceInput *input, GError **error);
gboolean trace_import_bluezone (TraceImporter *importer, TraceInput *input, GError **error);

// @fields: none is NULL. With a note, the row is one of a list.
gboolean trace_importer_take (TraceImporter *importer,
                              gint64 row,
                              const char *const fields[TRACE_N_FIELDS],
                              GError **error);
TraceFault trace_importer_check_date (const TraceImporter *importer, gint64 arrived_s);
// A stay that was looked at already; not put when there was a fault.
gboolean trace_importer_put (TraceImporter *importer, const TraceArrival *arrival, GError **error);
// What the end of a file says.
void trace_importer_check_rows (TraceImporter *importer, gint64 row, const char *n_rows);

G_END_DECLS
