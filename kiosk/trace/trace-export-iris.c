// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// IRIS connect's list of guests: one object, a guest for each stay or contact.

#define G_LOG_DOMAIN "trace-export"

#include "kiosk/trace/trace-export-private.h"
#include "kiosk/trace/trace-json.h"

typedef struct {
  TraceExporter *exporter;
  GString *text;
} Writing;

static void
add_time (JsonBuilder *builder, const char *member, gint64 time_s)
{
  char text[TRACE_TIME_TEXT_SIZE];
  if (time_s == TRACE_OPEN_S)
    return;
  trace_time_write (time_s, text);
  trace_json_add (builder, member, text);
}

static void
add_some (JsonBuilder *builder, const char *member, const char *text)
{
  if (text[0] != '\0')
    trace_json_add (builder, member, text);
}

static void
begin (JsonBuilder *builder, const char *member)
{
  (void) json_builder_set_member_name (builder, member); // returns @builder
  (void) json_builder_begin_object (builder);
}

static void
add_person (JsonBuilder *builder, const TraceExportRow *row)
{
  char *const *text = row->details->text;
  g_autofree char *phone = trace_phone_to_e164 (text[TRACE_DETAIL_PHONE]);
  trace_json_add (builder, "firstName", row->first_name);
  trace_json_add (builder, "lastName", row->last_name);
  add_some (builder, "dateOfBirth", text[TRACE_DETAIL_BIRTH_DATE]);
  trace_json_add (builder, "sex", trace_sex_to_word (text[TRACE_DETAIL_SEX]));
  add_some (builder, "email", text[TRACE_DETAIL_EMAIL]);
  add_some (builder, "phone", phone);
  if (text[TRACE_DETAIL_ADDRESS][0] != '\0') {
    begin (builder, "address");
    trace_json_add (builder, "street", text[TRACE_DETAIL_ADDRESS]);
    (void) json_builder_end_object (builder); // returns @builder
  }
}

static gboolean
write_guest (const TraceExportRow *row, gpointer user_data, GError **error)
{
  Writing *writing = user_data;
  TraceNote note = row->note; // n_more is written
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GString) note_text = g_string_new (NULL);
  g_autofree char *where =
      row->zone[0] != '\0' ? g_strdup_printf ("%s, %s", row->venue, row->zone) : NULL;
  trace_note_write (&note, row->officer, 0, note_text);
  (void) json_builder_begin_object (builder); // returns @builder
  add_person (builder, row);
  begin (builder, "attendanceInformation");
  trace_json_add (builder, "descriptionOfParticipation", where != NULL ? where : row->venue);
  add_time (builder, "attendFrom", row->first_s);
  add_time (builder, "attendTo", row->last_s);
  trace_json_add (builder, "additionalInformation", note_text->str);
  (void) json_builder_end_object (builder);
  (void) json_builder_set_member_name (builder, "identityChecked");
  (void) json_builder_add_boolean_value (builder, FALSE);
  (void) json_builder_end_object (builder);
  if (trace_output_count_rows (writing->exporter->output) > 0)
    g_string_append (writing->text, ",\n");
  trace_json_append (writing->text, builder);
  trace_output_add_row (writing->exporter->output);
  return trace_exporter_write (writing->exporter, writing->text, error);
}

// What stands around the guests, without its brackets.
static void
append_facts (TraceExporter *exporter, GString *text)
{
  const TraceExport *self = exporter->self;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GString) object = g_string_new (NULL);
  g_autofree char *more =
      g_strdup_printf ("officer \"%s\"; rows %" G_GINT64_FORMAT "; left out %u; %s",
                       exporter->form->officer, trace_output_count_rows (exporter->output),
                       exporter->self->left_out->len, trace_export_get_schema (self));
  (void) json_builder_begin_object (builder); // returns @builder
  begin (builder, "dataProvider");
  trace_json_add (builder, "name", self->venue != NULL ? self->venue : "Trạm Xanh");
  (void) json_builder_end_object (builder);
  trace_json_add (builder, "additionalInformation", more);
  add_time (builder, "startDate", self->question.from_s);
  add_time (builder, "endDate", self->question.to_s);
  (void) json_builder_end_object (builder);
  trace_json_append (object, builder);
  g_string_append_len (text, object->str + 1, (gssize) object->len - 2);
}

gboolean
trace_export_iris (TraceExporter *exporter, GError **error)
{
  g_autoptr (GString) text = g_string_new ("{\"guests\":[\n");
  Writing writing = { exporter, text };
  if (!trace_output_start_part (exporter->output, error) ||
      !trace_exporter_write (exporter, text, error) ||
      !trace_exporter_for_each (exporter, write_guest, &writing, error))
    return FALSE;
  g_string_append (text, "],\n");
  append_facts (exporter, text);
  g_string_append (text, "}\n");
  return trace_exporter_write (exporter, text, error);
}
