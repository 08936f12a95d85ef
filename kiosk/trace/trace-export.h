// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// An answer for another system or a sheet: contacts, or who was at a venue. EXPORTS.md has the
// formats. Whoever is in it is a pseudonym, but for those whose details are given.

#pragma once

#include "kiosk/trace/trace-output.h"
#include "kiosk/trace/trace-search.h"
#include "kiosk/trace/trace-store.h"

G_BEGIN_DECLS

typedef struct TraceExport TraceExport;

// What was asked of a store, and the answer. All borrowed for the call.
typedef struct {
  const TraceQuestion *question;
  const TraceAnswer *answer;
  const GArray *limits; // of TraceLimit: the index case
} TraceExportAnswer;

// The store is borrowed.
TraceExport *
trace_export_new_contacts (TraceStore *store, const TraceExportAnswer *answer, GError **error);
// As the case was computed last. TRACE_ERROR_REFUSED: there is none, or it never was.
TraceExport *trace_export_new_case (TraceStore *store, const char *id, GError **error);
TraceExport *trace_export_new_guests (
    TraceStore *store, const char *venue, gint64 from_s, gint64 to_s, GError **error);
void trace_export_free (TraceExport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TraceExport, trace_export_free)

// @details: (transfer full) as trace_details_read () has it.
void trace_export_set_details (TraceExport *self, GHashTable *details);
gsize trace_export_count (const TraceExport *self);
// Of strings "HEX: why": whom it cannot tell. Some are known of once it is written.
const GPtrArray *trace_export_get_left_out (const TraceExport *self);

typedef struct {
  const char *officer; // whose export it is; it says so everywhere
  const char *rule;    // (nullable) by which somebody is a contact
  // of a table
  char separator;
  gboolean has_byte_order_mark;
  gint64 row_limit;
} TraceExportForm;

typedef struct TraceExportFormat TraceExportFormat;

// (nullable) "sormas" is "sormas-contacts".
const TraceExportFormat *trace_export_format_find (const char *word);
gboolean trace_export_format_takes (const TraceExportFormat *format, const TraceExport *self);
// The rows that one file has room for; G_MAXINT64: it is no table.
gint64 trace_export_format_get_capacity (const TraceExportFormat *format,
                                         const TraceExport *self,
                                         const TraceExportForm *form);
// Writes all of it, but for whom it cannot tell.
gboolean trace_export_write (TraceExport *self,
                             const TraceExportFormat *format,
                             const TraceExportForm *form,
                             TraceOutput *output,
                             GError **error);

G_END_DECLS
