// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// An object a line, its members as the columns of our tables; the last line counts them.

#define G_LOG_DOMAIN "trace-export"

#include "kiosk/trace/trace-export-private.h"
#include "kiosk/trace/trace-json.h"

typedef struct {
  TraceExporter *exporter;
  GString *line;
} Writing;

static void
add_time (JsonBuilder *builder, const char *member, gint64 time_s)
{
  char text[TRACE_TIME_TEXT_SIZE] = "";
  if (time_s != TRACE_OPEN_S)
    trace_time_write (time_s, text);
  trace_json_add (builder, member, text);
}

static void
add_contact (JsonBuilder *builder, const TraceExportRow *row)
{
  TraceNote note = row->note; // n_more is written
  g_autoptr (GString) text = g_string_new (NULL);
  trace_json_add_int (builder, "level", note.level);
  trace_json_add (builder, "subject", note.subject);
  add_time (builder, "exposed_at", note.exposed_s);
  trace_json_add_int (builder, "overlap_s", note.overlap_s);
  add_time (builder, "first", row->first_s);
  add_time (builder, "last", row->last_s);
  trace_json_add (builder, "venue", row->venue);
  trace_json_add (builder, "zone", row->zone);
  trace_json_add (builder, "via", note.via);
  trace_json_add (builder, "staff", note.is_staff ? "yes" : "");
  trace_note_write (&note, row->officer, 0, text);
  trace_json_add (builder, "note", text->str);
}

static void
add_guest (JsonBuilder *builder, const TraceExportRow *row)
{
  const TraceMeeting *stay = &g_array_index (row->note.meetings, TraceMeeting, 0);
  trace_json_add (builder, "subject", row->note.subject);
  trace_json_add (builder, "venue", row->venue);
  trace_json_add (builder, "zone", row->zone);
  add_time (builder, "arrived", row->first_s);
  add_time (builder, "left", row->last_s);
  trace_json_add (builder, "evidence", trace_evidence_to_string (stay->evidence));
  trace_json_add (builder, "kiosk", "");
  trace_json_add_int (builder, "seq", row->n_same);
}

static gboolean
write_row (const TraceExportRow *row, gpointer user_data, GError **error)
{
  Writing *writing = user_data;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GString) doubts = g_string_new (NULL);
  (void) json_builder_begin_object (builder); // returns @builder
  (row->note.level > 0 ? add_contact : add_guest) (builder, row);
  trace_doubts_write (row->note.doubts, doubts);
  trace_json_add (builder, "doubts", doubts->str);
  for (guint i = 0; i < TRACE_N_DETAILS; i++) {
    g_autofree char *phone =
        i == TRACE_DETAIL_PHONE ? trace_phone_to_e164 (row->details->text[i]) : NULL;
    if (row->details->text[i][0] != '\0')
      trace_json_add (builder, trace_detail_names[i],
                      phone != NULL ? phone : row->details->text[i]);
  }
  (void) json_builder_end_object (builder);
  trace_json_append (writing->line, builder);
  g_string_append_c (writing->line, '\n');
  trace_output_add_row (writing->exporter->output);
  return trace_exporter_write (writing->exporter, writing->line, error);
}

gboolean
trace_export_json (TraceExporter *exporter, GError **error)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  Writing writing = { exporter, line };
  if (!trace_output_start_part (exporter->output, error) ||
      !trace_exporter_for_each (exporter, write_row, &writing, error))
    return FALSE;
  (void) json_builder_begin_object (builder); // returns @builder
  trace_json_add_int (builder, "rows", trace_output_count_rows (exporter->output));
  trace_json_add (builder, "officer", exporter->form->officer);
  trace_json_add (builder, "schema", trace_export_get_schema (exporter->self));
  (void) json_builder_end_object (builder);
  trace_json_append (line, builder);
  g_string_append_c (line, '\n');
  return trace_exporter_write (exporter, line, error);
}
