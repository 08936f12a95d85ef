// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-bluezone-history"

#include "kiosk/trace/trace-bluezone-history.h"

#include <string.h>

#include "kiosk/trace/trace-import-private.h"

#define SUBJECT_MARK      "TXBZ"
#define MARK_LEN          4
#define N_COLUMNS         4
#define RSSI_MIN_DBM      (-127)
#define RSSI_MAX_DBM      20
#define RSSI_RANGE        256
#define RSSI_OFFSET       128
#define LATEST_MS         (G_GINT64_CONSTANT (253402300799) * 1000) // 9999-12-31
#define ID_TEXT_LEN       (2 * TRACE_BLUEZONE_ID_SIZE)
#define SIGHTING_LENGTH_S 1

static gboolean
read_id (const char *text, guint8 ret_id[TRACE_BLUEZONE_ID_SIZE])
{
  for (guint i = 0; i < ID_TEXT_LEN; i++)
    if (!g_ascii_isxdigit (text[i]))
      return FALSE;
  for (guint i = 0; i < TRACE_BLUEZONE_ID_SIZE; i++)
    ret_id[i] =
        (guint8) (g_ascii_xdigit_value (text[2 * i]) * 16 + g_ascii_xdigit_value (text[2 * i + 1]));
  return text[ID_TEXT_LEN] == '\0';
}

static void
append_id (GString *text, const guint8 id[TRACE_BLUEZONE_ID_SIZE])
{
  for (guint i = 0; i < TRACE_BLUEZONE_ID_SIZE; i++)
    g_string_append_printf (text, "%02X", id[i]);
}

TraceFault
trace_sighting_read (const char *line, TraceSighting *ret_sighting, const char **ret_column)
{
  TraceSighting sighting;
  gint64 rssi_dbm = 0;
  g_auto (GStrv) fields = g_strsplit (line, "\t", N_COLUMNS + 1);
  *ret_column = NULL;
  if (g_strv_length (fields) != N_COLUMNS)
    return TRACE_FAULT_N_COLUMNS;
  *ret_column = "own";
  if (!read_id (fields[0], sighting.own))
    return TRACE_FAULT_SIGHTING_ID;
  *ret_column = "peer";
  if (!read_id (fields[1], sighting.peer))
    return TRACE_FAULT_SIGHTING_ID;
  *ret_column = "rssi";
  if (!g_ascii_string_to_signed (fields[2], 10, RSSI_MIN_DBM, RSSI_MAX_DBM, &rssi_dbm, NULL))
    return TRACE_FAULT_RSSI;
  *ret_column = "time";
  if (!g_ascii_string_to_signed (fields[3], 10, 0, LATEST_MS, &sighting.time_ms, NULL))
    return TRACE_FAULT_TIME;
  *ret_column = NULL;
  sighting.rssi_dbm = (int) rssi_dbm;
  *ret_sighting = sighting;
  return TRACE_FAULT_NONE;
}

void
trace_sighting_write (const TraceSighting *sighting, GString *text)
{
  append_id (text, sighting->own);
  g_string_append_c (text, '\t');
  append_id (text, sighting->peer);
  g_string_append_printf (text, "\t%d\t%" G_GINT64_FORMAT "\n", sighting->rssi_dbm,
                          sighting->time_ms);
}

void
trace_sighting_make_subject (const guint8 id[TRACE_BLUEZONE_ID_SIZE],
                             guint8 ret_subject[TRACE_SUBJECT_SIZE])
{
  memcpy (ret_subject, SUBJECT_MARK, MARK_LEN);
  memcpy (ret_subject + MARK_LEN, id, TRACE_BLUEZONE_ID_SIZE);
}

gboolean
trace_sighting_read_subject (const guint8 subject[TRACE_SUBJECT_SIZE],
                             guint8 ret_id[TRACE_BLUEZONE_ID_SIZE])
{
  if (memcmp (subject, SUBJECT_MARK, MARK_LEN) != 0)
    return FALSE;
  memcpy (ret_id, subject + MARK_LEN, TRACE_BLUEZONE_ID_SIZE);
  return TRUE;
}

gint64
trace_sighting_make_seq (const TraceSighting *sighting)
{
  return sighting->time_ms * RSSI_RANGE + sighting->rssi_dbm + RSSI_OFFSET;
}

void
trace_sighting_read_seq (gint64 seq, TraceSighting *sighting)
{
  sighting->time_ms = seq / RSSI_RANGE;
  sighting->rssi_dbm = (int) (seq % RSSI_RANGE) - RSSI_OFFSET;
}

static gboolean
put_sighting (TraceImporter *importer, gint64 row, const TraceSighting *sighting, GError **error)
{
  g_autoptr (GString) venue = g_string_new (TRACE_BLUEZONE_VENUE), zone = g_string_new (NULL);
  append_id (venue, sighting->own);
  append_id (zone, sighting->peer);
  TraceArrival arrival = {
    .venue = venue->str,
    .zone = zone->str,
    .arrived_s = sighting->time_ms / 1000,
    .left_s = sighting->time_ms / 1000 + SIGHTING_LENGTH_S,
    .evidence = TRACE_EVIDENCE_BLE,
    .kiosk = TRACE_BLUEZONE_KIOSK,
    .seq = trace_sighting_make_seq (sighting),
    .row = row,
  };
  trace_sighting_make_subject (sighting->own, arrival.subject);
  if (!trace_importer_put (importer, &arrival, error))
    return FALSE;
  trace_sighting_make_subject (sighting->peer, arrival.subject);
  arrival.part = 1;
  return trace_importer_put (importer, &arrival, error);
}

gboolean
trace_import_bluezone (TraceImporter *importer, TraceInput *input, GError **error)
{
  g_autoptr (GString) line = g_string_new (NULL);
  TraceFault fault = TRACE_FAULT_NONE;
  for (gint64 row = 1; trace_input_get_line (input, line, TRACE_BLUEZONE_LINE_MAX, &fault); row++) {
    const char *column = NULL;
    TraceSighting sighting;
    if (line->len == 0)
      continue;
    importer->import->n_rows++;
    TraceFault of_row = strlen (line->str) < line->len
                            ? TRACE_FAULT_ZERO_BYTE
                            : trace_sighting_read (line->str, &sighting, &column);
    if (of_row == TRACE_FAULT_NONE) {
      of_row = trace_importer_check_date (importer, sighting.time_ms / 1000);
      column = "time";
    }
    if (of_row != TRACE_FAULT_NONE)
      trace_faults_add (importer->faults, row, column, of_row);
    else if (!put_sighting (importer, row, &sighting, error))
      return FALSE;
  }
  if (fault != TRACE_FAULT_NONE)
    trace_faults_add (importer->faults, 0, NULL, fault);
  return TRUE;
}
