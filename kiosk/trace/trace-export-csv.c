// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Our own tables: a line list of contacts, and a list of guests, which is a file of stays with more
// columns.

#define G_LOG_DOMAIN "trace-export"

#include "kiosk/trace/trace-export-private.h"

#define DETAIL_COLUMNS "name", "birth_date", "sex", "phone", "email", "address"

static const char *const contact_columns[] = {
  "level", "subject", "exposed_at", "overlap_s",    "first", "last",    "venue",  "zone",
  "via",   "staff",   "doubts",     DETAIL_COLUMNS, "note",  "officer", "schema", NULL,
};
static const char *const guest_columns[] = {
  "subject", "venue",  "zone",         "arrived", "left",   "evidence", "kiosk",
  "seq",     "doubts", DETAIL_COLUMNS, "officer", "schema", NULL,
};

typedef struct {
  TraceTable *table;
  const char *schema;
  GString *note, *doubts;
} Writing;

void
trace_export_csv_describe (const TraceExport *self, TraceTableForm *form)
{
  form->header = self->venue != NULL ? guest_columns : contact_columns;
}

static void
fill_details (const TraceExportRow *row, const char **fields, char **phone)
{
  for (guint i = 0; i < TRACE_N_DETAILS; i++)
    fields[i] = row->details->text[i];
  *phone = trace_phone_to_e164 (row->details->text[TRACE_DETAIL_PHONE]);
  fields[TRACE_DETAIL_PHONE] = *phone;
}

static gboolean
write_contact (const TraceExportRow *row, gpointer user_data, GError **error)
{
  Writing *writing = user_data;
  const char *fields[G_N_ELEMENTS (contact_columns) - 1];
  char level[16], overlap[24], exposed[TRACE_TIME_TEXT_SIZE], first[TRACE_TIME_TEXT_SIZE],
      last[TRACE_TIME_TEXT_SIZE];
  g_autofree char *phone = NULL;
  TraceNote note = row->note; // n_more is written
  gsize n = 0;
  (void) g_snprintf (level, sizeof level, "%u", note.level);
  (void) g_snprintf (overlap, sizeof overlap, "%" G_GINT64_FORMAT, note.overlap_s);
  trace_time_write (note.exposed_s, exposed);
  trace_time_write (row->first_s, first);
  trace_time_write (row->last_s, last);
  g_string_truncate (writing->note, 0);
  g_string_truncate (writing->doubts, 0);
  trace_doubts_write (note.doubts, writing->doubts);
  trace_note_write (&note, row->officer, 0, writing->note);
  const char *const start[] = { level,
                                note.subject,
                                exposed,
                                overlap,
                                first,
                                last,
                                row->venue,
                                row->zone,
                                note.via,
                                note.is_staff ? "yes" : "",
                                writing->doubts->str };
  for (; n < G_N_ELEMENTS (start); n++)
    fields[n] = start[n];
  fill_details (row, fields + n, &phone);
  n += TRACE_N_DETAILS;
  fields[n++] = writing->note->str;
  fields[n++] = row->officer;
  fields[n++] = writing->schema;
  return trace_table_add (writing->table, fields, error);
}

static gboolean
write_guest (const TraceExportRow *row, gpointer user_data, GError **error)
{
  Writing *writing = user_data;
  const char *fields[G_N_ELEMENTS (guest_columns) - 1];
  char arrived[TRACE_TIME_TEXT_SIZE], left[TRACE_TIME_TEXT_SIZE] = "", seq[16] = "";
  g_autofree char *phone = NULL;
  const TraceMeeting *stay = &g_array_index (row->note.meetings, TraceMeeting, 0);
  gsize n = 0;
  trace_time_write (row->first_s, arrived);
  if (row->last_s != TRACE_OPEN_S)
    trace_time_write (row->last_s, left);
  if (row->n_same > 0) // so that it is another stay when it is taken in
    (void) g_snprintf (seq, sizeof seq, "%u", row->n_same);
  g_string_truncate (writing->doubts, 0);
  trace_doubts_write (row->note.doubts, writing->doubts);
  const char *const start[] = { row->note.subject,
                                row->venue,
                                row->zone,
                                arrived,
                                left,
                                trace_evidence_to_string (stay->evidence),
                                "",
                                seq,
                                writing->doubts->str };
  for (; n < G_N_ELEMENTS (start); n++)
    fields[n] = start[n];
  fill_details (row, fields + n, &phone);
  n += TRACE_N_DETAILS;
  fields[n++] = row->officer;
  fields[n++] = writing->schema;
  return trace_table_add (writing->table, fields, error);
}

gboolean
trace_export_csv (TraceExporter *exporter, GError **error)
{
  TraceTableForm form;
  trace_export_form_table (exporter->self, exporter->form, trace_export_csv_describe, &form);
  g_autoptr (TraceTable) table = trace_table_new (exporter->output, &form);
  g_autoptr (GString) note = g_string_new (NULL), doubts = g_string_new (NULL);
  Writing writing = { .table = table, .schema = form.schema, .note = note, .doubts = doubts };
  return trace_exporter_for_each (exporter,
                                  exporter->self->venue != NULL ? write_guest : write_contact,
                                  &writing, error) &&
         trace_table_finish (table, error);
}
