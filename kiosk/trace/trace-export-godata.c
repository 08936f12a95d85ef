// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Contacts for Go.Data: an array, each found again by its visualId, so that the same list a second
// time changes those that are there. Its locations and an outbreak have to be there first.

#define G_LOG_DOMAIN "trace-export"

#include "kiosk/trace/trace-export-private.h"
#include "kiosk/trace/trace-json.h"

#define WORDS        "LNG_REFERENCE_DATA_CATEGORY_"
#define TYPE_CONTACT WORDS "PERSON_TYPE_CONTACT"
#define TYPE_HOME    WORDS "ADDRESS_TYPE_USUAL_PLACE_OF_RESIDENCE"
#define GENDER       WORDS "GENDER_"

typedef struct {
  TraceExporter *exporter;
  GString *text;
} Writing;

static void
add_address (JsonBuilder *builder, char *const *text)
{
  g_autofree char *phone = trace_phone_to_e164 (text[TRACE_DETAIL_PHONE]);
  (void) json_builder_set_member_name (builder, "addresses"); // returns @builder, as all of these
  (void) json_builder_begin_array (builder);
  (void) json_builder_begin_object (builder);
  trace_json_add (builder, "typeId", TYPE_HOME);
  trace_json_add (builder, "addressLine1", text[TRACE_DETAIL_ADDRESS]);
  trace_json_add (builder, "phoneNumber", phone);
  trace_json_add (builder, "emailAddress", text[TRACE_DETAIL_EMAIL]);
  (void) json_builder_end_object (builder);
  (void) json_builder_end_array (builder);
}

static void
add_time (JsonBuilder *builder, const char *member, gint64 time_s)
{
  char text[TRACE_TIME_TEXT_SIZE];
  trace_time_write (time_s, text);
  trace_json_add (builder, member, text);
}

static gboolean
write_contact (const TraceExportRow *row, gpointer user_data, GError **error)
{
  Writing *writing = user_data;
  TraceNote note = row->note; // n_more is written
  char *const *details = row->details->text;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GString) reason = g_string_new (NULL);
  g_autofree char *gender =
      g_strconcat (GENDER, trace_sex_to_word (details[TRACE_DETAIL_SEX]), NULL);
  char id[64];
  // A contact has one key; of a guest each stay has.
  if (note.level > 0)
    (void) g_strlcpy (id, note.subject, sizeof id);
  else
    (void) g_snprintf (id, sizeof id, "%s-%" G_GINT64_FORMAT, note.subject, row->first_s);
  trace_note_write (&note, row->officer, 0, reason);
  (void) json_builder_begin_object (builder); // returns @builder
  trace_json_add (builder, "visualId", id);
  trace_json_add (builder, "type", TYPE_CONTACT);
  trace_json_add (builder, "firstName", row->first_name);
  trace_json_add (builder, "lastName", row->last_name);
  trace_json_add (builder, "gender", gender);
  if (details[TRACE_DETAIL_BIRTH_DATE][0] != '\0')
    trace_json_add (builder, "dob", details[TRACE_DETAIL_BIRTH_DATE]);
  add_time (builder, "dateOfReporting", note.level > 0 ? note.exposed_s : row->first_s);
  if (row->last_s != TRACE_OPEN_S)
    add_time (builder, "dateOfLastContact", row->last_s);
  trace_json_add (builder, "riskReason", reason->str);
  if (!trace_details_is_empty (row->details))
    add_address (builder, details);
  (void) json_builder_end_object (builder);
  if (trace_output_count_rows (writing->exporter->output) > 0)
    g_string_append (writing->text, ",\n");
  trace_json_append (writing->text, builder);
  trace_output_add_row (writing->exporter->output);
  return trace_exporter_write (writing->exporter, writing->text, error);
}

gboolean
trace_export_godata (TraceExporter *exporter, GError **error)
{
  g_autoptr (GString) text = g_string_new ("[\n");
  Writing writing = { .exporter = exporter, .text = text };
  if (!trace_output_start_part (exporter->output, error) ||
      !trace_exporter_write (exporter, text, error) ||
      !trace_exporter_for_each (exporter, write_contact, &writing, error))
    return FALSE;
  g_string_append (text, "]\n");
  return trace_exporter_write (exporter, text, error);
}
