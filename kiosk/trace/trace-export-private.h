// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a format is given of an export: one row after another.

#pragma once

#include "kiosk/trace/trace-details.h"
#include "kiosk/trace/trace-export.h"
#include "kiosk/trace/trace-note.h"
#include "kiosk/trace/trace-table.h"

G_BEGIN_DECLS

// Never a whole store's key: only those who are in the export.
typedef struct {
  TraceContact contact; // of a guest nothing
  TraceStay stay;       // of a contact nothing
  const char *zone;     // likewise; borrowed
  guint8 key[TRACE_SUBJECT_SIZE];
} TraceExportItem;

struct TraceExport {
  TraceStore *store;
  TraceSource *source;    // the store's
  TraceQuestion question; // of guests only the span
  char *venue;            // NULL: contacts
  GArray *items;          // of TraceExportItem, in the order of keys where all else is the same
  GHashTable *contacts;   // subject's number → TraceContact
  GHashTable *stays;      // subject's number → GArray of TraceStay, of those who met
  GHashTable *seeds;   // index case's number → GArray of TraceLimit, of all that is known of it
  GHashTable *details; // (nullable)
  GPtrArray *left_out; // of strings
};

TraceExport *trace_export_new (TraceStore *store);
gboolean trace_export_add_contact (TraceExport *self, const TraceContact *contact, GError **error);
void trace_export_leave_out (TraceExport *self,
                             const guint8 subject[TRACE_SUBJECT_SIZE],
                             const char *why);
void trace_export_sort_contacts (TraceExport *self);
// Whoever was with one of its names was with that person.
void trace_export_add_seed (TraceExport *self, const TraceSeed *seed);

typedef struct {
  TraceNote note;
  gint64 first_s, last_s;
  guint n_same;                 // guests before it with the same subject, place and arrival
  const char *venue, *zone;     // of the exposure, or the stay
  const TraceDetails *details;  // empty ones: not revealed
  char *last_name, *first_name; // for systems that ask for both: a pseudonym when not revealed
  const char *officer;
} TraceExportRow;

#define TRACE_EXPORT_LAST_NAME "tramxanh" // beside a pseudonym

void trace_export_row_clear (TraceExportRow *row);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TraceExportRow, trace_export_row_clear)

// TRACE_ERROR_INPUT: this one cannot be told.
gboolean trace_export_get (
    TraceExport *self, gsize i, const char *officer, TraceExportRow *ret_row, GError **error);
const char *trace_export_get_schema (const TraceExport *self);

typedef struct {
  TraceExport *self;
  const TraceExportForm *form;
  TraceOutput *output;
} TraceExporter;

typedef gboolean (*TraceExportEach) (const TraceExportRow *row, gpointer user_data, GError **error);
// A row that cannot be told, or of which @each says so, is left out, and the others follow.
gboolean trace_exporter_for_each (TraceExporter *exporter,
                                  TraceExportEach each,
                                  gpointer user_data,
                                  GError **error);
// @text into the part that was started, which it empties.
gboolean trace_exporter_write (TraceExporter *exporter, GString *text, GError **error);

struct TraceExportFormat {
  const char *word;
  gboolean (*write) (TraceExporter *exporter, GError **error);
  // Of a table: how it looks, but for what is asked.
  void (*describe) (const TraceExport *self, TraceTableForm *form);
  gboolean is_of_contacts, is_of_guests;
};

void trace_export_form_table (const TraceExport *self,
                              const TraceExportForm *form,
                              void (*describe) (const TraceExport *, TraceTableForm *),
                              TraceTableForm *ret_table);

gboolean trace_export_csv (TraceExporter *exporter, GError **error);
void trace_export_csv_describe (const TraceExport *self, TraceTableForm *form);
gboolean trace_export_json (TraceExporter *exporter, GError **error);
gboolean trace_export_dot (TraceExporter *exporter, GError **error);
gboolean trace_export_iris (TraceExporter *exporter, GError **error);
gboolean trace_export_sormas_contacts (TraceExporter *exporter, GError **error);
void trace_export_sormas_contacts_describe (const TraceExport *self, TraceTableForm *form);
gboolean trace_export_sormas_participants (TraceExporter *exporter, GError **error);
void trace_export_sormas_participants_describe (const TraceExport *self, TraceTableForm *form);
gboolean trace_export_godata (TraceExporter *exporter, GError **error);
gboolean trace_export_bluezone (TraceExporter *exporter, GError **error);

G_END_DECLS
