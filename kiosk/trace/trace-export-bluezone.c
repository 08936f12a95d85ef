// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A phone's history again, as it was taken in. What kiosks saw is not among it: they tell
// pseudonyms, and identifiers cannot be had back from those.

#define G_LOG_DOMAIN "trace-export"

#include <string.h>

#include "kiosk/trace/trace-bluezone-history.h"
#include "kiosk/trace/trace-export-private.h"

static gboolean
read_id (const char *digits, guint8 ret_id[TRACE_BLUEZONE_ID_SIZE])
{
  for (guint i = 0; i < TRACE_BLUEZONE_ID_SIZE; i++) {
    int high = g_ascii_xdigit_value (digits[2 * i]);
    int low = high >= 0 ? g_ascii_xdigit_value (digits[2 * i + 1]) : -1;
    if (low < 0)
      return FALSE;
    ret_id[i] = (guint8) (high * 16 + low);
  }
  return digits[2 * TRACE_BLUEZONE_ID_SIZE] == '\0';
}

static gboolean
read_sighting (TraceRows *rows, TraceSighting *sighting)
{
  gsize len = 0;
  const guint8 *subject = trace_rows_get_bytes (rows, 0, &len);
  trace_sighting_read_seq (trace_rows_get_int (rows, 1), sighting);
  return len == TRACE_SUBJECT_SIZE && trace_sighting_read_subject (subject, sighting->peer);
}

static TraceRows *
query (const TraceExport *self, GError **error)
{
  return trace_db_query (
      trace_store_get_db (self->store),
      "SELECT subject.key, stay.seq FROM place JOIN stay ON stay.place = place.id"
      " JOIN subject ON subject.id = stay.subject JOIN source ON source.id = stay.source"
      " WHERE place.venue = $1 AND source.name = $2 AND stay.part = 1"
      " AND stay.arrived_s >= $3 AND stay.arrived_s < $4 ORDER BY stay.seq, subject.key",
      TRACE_VALUES (TRACE_TEXT (self->venue), TRACE_TEXT (TRACE_BLUEZONE_KIOSK),
                    TRACE_INT (self->question.from_s), TRACE_INT (self->question.to_s)),
      error);
}

static void
leave_out (TraceExport *self, TraceRows *rows)
{
  gsize len = 0;
  const guint8 *subject = trace_rows_get_bytes (rows, 0, &len);
  if (len == TRACE_SUBJECT_SIZE)
    trace_export_leave_out (self, subject, "no sighting by a phone");
}

gboolean
trace_export_bluezone (TraceExporter *exporter, GError **error)
{
  TraceExport *self = exporter->self;
  TraceSighting sighting = { .rssi_dbm = 0 };
  g_autoptr (GString) line = g_string_new (NULL);
  g_autoptr (GError) own_error = NULL;
  if (!g_str_has_prefix (self->venue, TRACE_BLUEZONE_VENUE) ||
      !read_id (self->venue + strlen (TRACE_BLUEZONE_VENUE), sighting.own)) {
    g_set_error (error, TRACE_ERROR, TRACE_ERROR_INPUT,
                 "of a phone's history the venue is bluezone: and its 24 digits");
    return FALSE;
  }
  g_autoptr (TraceRows) rows = query (self, error);
  if (rows == NULL || !trace_output_start_part (exporter->output, error))
    return FALSE;
  while (trace_rows_next (rows, &own_error)) {
    if (!read_sighting (rows, &sighting)) {
      leave_out (self, rows);
      continue;
    }
    trace_sighting_write (&sighting, line);
    trace_output_add_row (exporter->output);
    if (!trace_exporter_write (exporter, line, error))
      return FALSE;
  }
  if (own_error != NULL)
    g_propagate_error (error, g_steal_pointer (&own_error));
  return own_error == NULL;
}
