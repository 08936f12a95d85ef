// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// SORMAS: contacts, as its import takes them, and participants of an event, whose table has a line
// above its header that says what each column belongs to.

#define G_LOG_DOMAIN "trace-export"

#include <string.h>

#include "kiosk/trace/trace-export-private.h"

#define NOTE_MAX_BYTES 4000 // its texts end at 4096

static const char *const contact_columns[] = {
  "description",
  "person.firstName",
  "person.lastName",
  "person.sex",
  "person.phone",
  "person.emailAddress",
  "person.address.postalCode",
  "person.address.city",
  "person.address.street",
  "person.address.houseNumber",
  NULL,
};
static const char *const participant_upper[] = {
  "EventParticipant", "Person", "Person", "Person", "Person", "Person",
  "Person",           "Person", "Person", "Person", NULL,
};
static const char *const participant_columns[] = {
  "involvementDescription",
  "person.firstName",
  "person.lastName",
  "person.sex",
  "person.birthdateDD",
  "person.birthdateMM",
  "person.birthdateYYYY",
  "person.phone",
  "person.emailAddress",
  "person.address.street",
  NULL,
};

typedef struct {
  TraceTable *table;
  GString *note;
} Writing;

void
trace_export_sormas_contacts_describe (const TraceExport *self, TraceTableForm *form)
{
  form->header = contact_columns;
  form->officer = NULL; // no line of ours at its end: each description names them
}

void
trace_export_sormas_participants_describe (const TraceExport *self, TraceTableForm *form)
{
  form->header = participant_columns;
  form->upper = participant_upper;
  form->officer = NULL; // likewise
}

static void
write_note (Writing *writing, const TraceExportRow *row)
{
  TraceNote note = row->note; // n_more is written
  g_string_truncate (writing->note, 0);
  trace_note_write (&note, row->officer, NOTE_MAX_BYTES, writing->note);
}

static gboolean
write_contact (const TraceExportRow *row, gpointer user_data, GError **error)
{
  Writing *writing = user_data;
  char *const *text = row->details->text;
  g_autofree char *phone = trace_phone_to_e164 (text[TRACE_DETAIL_PHONE]);
  write_note (writing, row);
  const char *const fields[] = { writing->note->str,
                                 row->first_name,
                                 row->last_name,
                                 trace_sex_to_word (text[TRACE_DETAIL_SEX]),
                                 phone,
                                 text[TRACE_DETAIL_EMAIL],
                                 "",
                                 "",
                                 text[TRACE_DETAIL_ADDRESS],
                                 "" };
  return trace_table_add (writing->table, fields, error);
}

static gboolean
write_participant (const TraceExportRow *row, gpointer user_data, GError **error)
{
  Writing *writing = user_data;
  char *const *text = row->details->text;
  g_autofree char *phone = trace_phone_to_e164 (text[TRACE_DETAIL_PHONE]);
  const char *born = text[TRACE_DETAIL_BIRTH_DATE];
  gboolean is_date = strlen (born) == strlen ("YYYY-MM-DD") && born[4] == '-' && born[7] == '-';
  g_autofree char *year = g_strndup (born, is_date ? 4 : 0);
  g_autofree char *month = g_strndup (born + (is_date ? 5 : 0), is_date ? 2 : 0);
  write_note (writing, row);
  const char *const fields[] = { writing->note->str,
                                 row->first_name,
                                 row->last_name,
                                 trace_sex_to_word (text[TRACE_DETAIL_SEX]),
                                 is_date ? born + 8 : "",
                                 month,
                                 year,
                                 phone,
                                 text[TRACE_DETAIL_EMAIL],
                                 text[TRACE_DETAIL_ADDRESS] };
  return trace_table_add (writing->table, fields, error);
}

static gboolean
write_table (TraceExporter *exporter,
             void (*describe) (const TraceExport *, TraceTableForm *),
             TraceExportEach each,
             GError **error)
{
  TraceTableForm form;
  trace_export_form_table (exporter->self, exporter->form, describe, &form);
  g_autoptr (TraceTable) table = trace_table_new (exporter->output, &form);
  g_autoptr (GString) note = g_string_new (NULL);
  Writing writing = { table, note };
  return trace_exporter_for_each (exporter, each, &writing, error) &&
         trace_table_finish (table, error);
}

gboolean
trace_export_sormas_contacts (TraceExporter *exporter, GError **error)
{
  return write_table (exporter, trace_export_sormas_contacts_describe, write_contact, error);
}

gboolean
trace_export_sormas_participants (TraceExporter *exporter, GError **error)
{
  return write_table (exporter, trace_export_sormas_participants_describe, write_participant,
                      error);
}
