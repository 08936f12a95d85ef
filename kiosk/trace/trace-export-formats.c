// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-export"

#include "kiosk/trace/trace-export-private.h"

static const TraceExportFormat formats[] = {
  { "csv", trace_export_csv, trace_export_csv_describe, TRUE, TRUE },
  { "json", trace_export_json, NULL, TRUE, TRUE },
  { "dot", trace_export_dot, NULL, TRUE, FALSE },
  { "iris", trace_export_iris, NULL, TRUE, TRUE },
  { "sormas-contacts", trace_export_sormas_contacts, trace_export_sormas_contacts_describe, TRUE,
    TRUE },
  { "sormas-participants", trace_export_sormas_participants,
    trace_export_sormas_participants_describe, TRUE, TRUE },
  { "godata", trace_export_godata, NULL, TRUE, TRUE },
  { "bluezone", trace_export_bluezone, NULL, FALSE, TRUE },
};

const TraceExportFormat *
trace_export_format_find (const char *word)
{
  if (g_str_equal (word, "sormas"))
    word = "sormas-contacts";
  if (g_str_equal (word, "ndjson")) // as import calls it
    word = "json";
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (g_str_equal (word, formats[i].word))
      return &formats[i];
  return NULL;
}

gboolean
trace_export_format_takes (const TraceExportFormat *format, const TraceExport *self)
{
  return self->venue != NULL ? format->is_of_guests : format->is_of_contacts;
}

void
trace_export_form_table (const TraceExport *self,
                         const TraceExportForm *form,
                         void (*describe) (const TraceExport *, TraceTableForm *),
                         TraceTableForm *ret_table)
{
  *ret_table = (TraceTableForm){
    .separator = form->separator,
    .has_byte_order_mark = form->has_byte_order_mark,
    .row_limit = form->row_limit,
    .officer = form->officer,
    .schema = trace_export_get_schema (self),
  };
  describe (self, ret_table);
}

gint64
trace_export_format_get_capacity (const TraceExportFormat *format,
                                  const TraceExport *self,
                                  const TraceExportForm *form)
{
  TraceTableForm table;
  if (format->describe == NULL)
    return G_MAXINT64;
  trace_export_form_table (self, form, format->describe, &table);
  return trace_table_get_capacity (&table);
}

gboolean
trace_exporter_for_each (TraceExporter *exporter,
                         TraceExportEach each,
                         gpointer user_data,
                         GError **error)
{
  TraceExport *self = exporter->self;
  for (gsize i = 0; i < trace_export_count (self); i++) {
    g_auto (TraceExportRow) row = { .officer = NULL };
    g_autoptr (GError) own_error = NULL;
    if (trace_export_get (self, i, exporter->form->officer, &row, &own_error) &&
        each (&row, user_data, &own_error))
      continue;
    if (!g_error_matches (own_error, TRACE_ERROR, TRACE_ERROR_INPUT)) {
      g_propagate_error (error, g_steal_pointer (&own_error));
      return FALSE;
    }
    trace_export_leave_out (self, g_array_index (self->items, TraceExportItem, i).key,
                            own_error->message);
  }
  return TRUE;
}

gboolean
trace_exporter_write (TraceExporter *exporter, GString *text, GError **error)
{
  gboolean ok = trace_output_write (exporter->output, text->str, text->len, error);
  g_string_truncate (text, 0);
  return ok;
}

gboolean
trace_export_write (TraceExport *self,
                    const TraceExportFormat *format,
                    const TraceExportForm *form,
                    TraceOutput *output,
                    GError **error)
{
  TraceExporter exporter = { .self = self, .form = form, .output = output };
  gboolean ok = format->write (&exporter, error);
  const TraceManifest manifest = { trace_export_get_schema (self), format->word, form->officer,
                                   form->rule, self->left_out->len };
  return ok && trace_output_finish (output, &manifest, error);
}
