// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-table"

#include "kiosk/trace/trace-table.h"

#include <string.h>

#include "kiosk/trace/trace-csv.h"

#define LINE_END        "\r\n"
#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

struct TraceTable {
  TraceOutput *output;
  TraceTableForm form;
  gsize n_columns;
  gboolean is_started;
  GString *line;
};

TraceTable *
trace_table_new (TraceOutput *output, const TraceTableForm *form)
{
  TraceTable *table = g_new0 (TraceTable, 1);
  table->output = output;
  table->form = *form;
  table->n_columns = g_strv_length ((char **) form->header);
  table->line = g_string_new (NULL);
  return table;
}

void
trace_table_free (TraceTable *table)
{
  (void) g_string_free (table->line, TRUE);
  g_free (table);
}

gint64
trace_table_get_capacity (const TraceTableForm *form)
{
  return form->row_limit - (form->upper != NULL) - (form->officer != NULL);
}

static gboolean
write_line (TraceTable *table, const char *const *fields, gsize n_fields, GError **error)
{
  for (gsize i = 0; i < n_fields; i++) {
    if (i > 0)
      g_string_append_c (table->line, table->form.separator);
    trace_csv_append_separated (table->line, fields[i], table->form.separator);
  }
  g_string_append (table->line, LINE_END);
  gboolean ok = trace_output_write (table->output, table->line->str, table->line->len, error);
  g_string_truncate (table->line, 0);
  return ok;
}

static gboolean
start (TraceTable *table, GError **error)
{
  table->is_started = TRUE;
  if (!trace_output_start_part (table->output, error))
    return FALSE;
  if (table->form.has_byte_order_mark)
    g_string_append (table->line, BYTE_ORDER_MARK);
  if (table->form.upper != NULL && !write_line (table, table->form.upper, table->n_columns, error))
    return FALSE;
  return write_line (table, table->form.header, table->n_columns, error);
}

static gboolean
end (TraceTable *table, GError **error)
{
  if (table->form.officer == NULL)
    return TRUE;
  char count[24];
  (void) g_snprintf (count, sizeof count, "%" G_GINT64_FORMAT,
                     trace_output_count_rows (table->output));
  const char *const fields[] = { TRACE_TABLE_END, count, table->form.officer, table->form.schema };
  return write_line (table, fields, G_N_ELEMENTS (fields), error);
}

gboolean
trace_table_add (TraceTable *table, const char *const *fields, GError **error)
{
  if (table->is_started &&
      trace_output_count_rows (table->output) == trace_table_get_capacity (&table->form)) {
    if (!end (table, error))
      return FALSE;
    table->is_started = FALSE;
  }
  if (!table->is_started && !start (table, error))
    return FALSE;
  if (!write_line (table, fields, table->n_columns, error))
    return FALSE;
  trace_output_add_row (table->output);
  return TRUE;
}

gboolean
trace_table_finish (TraceTable *table, GError **error)
{
  return (table->is_started || start (table, error)) && end (table, error);
}
