// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A JSON object a line, its members named as the columns of CSV are.

#pragma once

#include <json-glib/json-glib.h>

#include "kiosk/trace/trace-import-private.h"
#include "kiosk/trace/trace-json.h"

G_BEGIN_DECLS

typedef struct {
  JsonNode *root; // owns the texts
  const char *fields[TRACE_N_FIELDS];
  const char *n_rows; // (nullable) the last line's
  char numbers[TRACE_N_FIELDS][TRACE_JSON_NUMBER_SIZE];
} TraceNdjsonRow;

TraceFault
trace_ndjson_read (const char *line, gsize len, gboolean ignore_extra, TraceNdjsonRow *ret_row);
void trace_ndjson_row_clear (TraceNdjsonRow *row);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TraceNdjsonRow, trace_ndjson_row_clear)

G_END_DECLS
