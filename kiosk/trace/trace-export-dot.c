// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A graph for Graphviz: who was exposed through whom.

#define G_LOG_DOMAIN "trace-export"

#include "kiosk/trace/trace-export-private.h"

typedef struct {
  TraceExporter *exporter;
  GString *text;
} Writing;

// Within quotes of DOT; a line end in it would begin one of ours.
static void
append_label (GString *text, const char *label)
{
  for (const char *at = label; *at != '\0'; at++) {
    if (*at == '"' || *at == '\\')
      g_string_append_c (text, '\\');
    g_string_append_c (text, (guchar) *at < ' ' ? ' ' : *at);
  }
}

static gboolean
write_row (const TraceExportRow *row, gpointer user_data, GError **error)
{
  Writing *writing = user_data;
  const TraceNote *note = &row->note;
  const char *name = row->details->text[TRACE_DETAIL_NAME];
  g_string_append_printf (writing->text, "  \"%s\" [label=\"F%u ", note->subject, note->level);
  append_label (writing->text, name[0] != '\0' ? name : note->subject);
  g_string_append_printf (writing->text, "\"%s];\n", note->is_staff ? ", shape=box" : "");
  g_string_append_printf (writing->text, "  \"%s\" -> \"%s\" [label=\"%" G_GINT64_FORMAT " min, ",
                          note->via, note->subject, note->overlap_s / 60);
  append_label (writing->text, row->venue);
  g_string_append (writing->text, "\"];\n");
  trace_output_add_row (writing->exporter->output);
  return trace_exporter_write (writing->exporter, writing->text, error);
}

gboolean
trace_export_dot (TraceExporter *exporter, GError **error)
{
  g_autoptr (GString) text = g_string_new ("digraph contacts {\n  label=\"");
  Writing writing = { exporter, text };
  append_label (text, exporter->form->officer);
  g_string_append_printf (text, ", %s\";\n", trace_export_get_schema (exporter->self));
  if (!trace_output_start_part (exporter->output, error) ||
      !trace_exporter_write (exporter, text, error) ||
      !trace_exporter_for_each (exporter, write_row, &writing, error))
    return FALSE;
  g_string_append_printf (text, "  // %" G_GINT64_FORMAT " rows\n}\n",
                          trace_output_count_rows (exporter->output));
  return trace_exporter_write (exporter, text, error);
}
