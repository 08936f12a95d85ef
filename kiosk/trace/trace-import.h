// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Stays from a CSV file: all of them or none, and a second time changes nothing.

#pragma once

#include <stdio.h>

#include "kiosk/trace/trace-store.h"

G_BEGIN_DECLS

#define TRACE_IMPORT_HEADER "subject,venue,zone,arrived,left,evidence,kiosk,seq"
#define TRACE_LONGEST_S     (366 * 86400) // no stay is longer

typedef struct {
  gint64 n_rows;
  gint64 n_new; // the others were there already
} TraceImport;

// Fails with the row, the column and the reason. @dry_run: looks at every row and keeps none.
gboolean trace_import_csv (
    TraceStore *store, FILE *stream, gboolean dry_run, TraceImport *ret_import, GError **error);

G_END_DECLS
