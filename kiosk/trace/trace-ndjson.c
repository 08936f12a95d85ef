// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-ndjson"

#include "kiosk/trace/trace-ndjson.h"

#include "kiosk/trace/trace-json.h"

static TraceFault
take_member (TraceNdjsonRow *row, JsonObject *object, const char *name, gboolean ignore_extra)
{
  const char *text = NULL;
  TraceField field = trace_field_find (name);
  if (field == TRACE_FIELD_UNKNOWN)
    return ignore_extra ? TRACE_FAULT_NONE : TRACE_FAULT_EXTRA_COLUMN;
  if (field >= TRACE_N_FIELDS)
    return TRACE_FAULT_NONE;
  if (row->fields[field][0] != '\0')
    return TRACE_FAULT_TWICE; // in another case
  if (!trace_json_get_text (object, name, row->numbers[field], &text))
    return TRACE_FAULT_JSON;
  row->fields[field] = text;
  return TRACE_FAULT_NONE;
}

TraceFault
trace_ndjson_read (const char *line, gsize len, gboolean ignore_extra, TraceNdjsonRow *ret_row)
{
  TraceFault fault = TRACE_FAULT_NONE;
  const char *n_rows = NULL;
  for (guint i = 0; i < TRACE_N_FIELDS; i++)
    ret_row->fields[i] = "";
  ret_row->n_rows = NULL;
  ret_row->root = trace_json_read (line, len, &fault);
  if (ret_row->root == NULL)
    return fault;
  if (!JSON_NODE_HOLDS_OBJECT (ret_row->root))
    return TRACE_FAULT_JSON;
  JsonObject *object = json_node_get_object (ret_row->root);
  if (json_object_has_member (object, "rows")) {
    gboolean ok = trace_json_get_text (object, "rows", ret_row->numbers[0], &n_rows);
    ret_row->n_rows = n_rows;
    return ok ? TRACE_FAULT_NONE : TRACE_FAULT_JSON;
  }
  g_autoptr (GList) names = json_object_get_members (object);
  for (const GList *at = names; at != NULL && fault == TRACE_FAULT_NONE; at = at->next)
    fault = take_member (ret_row, object, at->data, ignore_extra);
  return fault;
}

void
trace_ndjson_row_clear (TraceNdjsonRow *row)
{
  g_clear_pointer (&row->root, json_node_unref);
}

gboolean
trace_import_ndjson (TraceImporter *importer, TraceInput *input, GError **error)
{
  g_autoptr (GString) line = g_string_new (NULL);
  TraceFault fault = TRACE_FAULT_NONE;
  gboolean ok = TRUE;
  for (gint64 number = 1; ok && trace_input_get_line (input, line, TRACE_JSON_LINE_MAX, &fault);
       number++) {
    g_auto (TraceNdjsonRow) row = { .root = NULL };
    if (line->len == 0)
      continue;
    TraceFault of_row =
        trace_ndjson_read (line->str, line->len, importer->options->ignore_extra, &row);
    if (of_row != TRACE_FAULT_NONE) {
      importer->import->n_rows++;
      trace_faults_add (importer->faults, number, NULL, of_row);
    } else if (row.n_rows != NULL)
      trace_importer_check_rows (importer, number, row.n_rows);
    else
      ok = trace_importer_take (importer, number, row.fields, error);
  }
  if (fault != TRACE_FAULT_NONE)
    trace_faults_add (importer->faults, 0, NULL, fault);
  return ok;
}
