// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "kiosk/trace/trace-metrics.h"

#define SILENT_MS (15 * 60 * G_GINT64_CONSTANT (1000))

static void
head (GString *text, const char *name, const char *type, const char *help)
{
  g_string_append_printf (text, "# HELP tramxanh_%s %s\n# TYPE tramxanh_%s %s\n", name, help, name,
                          type);
}

static void
number (GString *text, const char *name, const char *type, const char *help, gint64 value)
{
  head (text, name, type, help);
  g_string_append_printf (text, "tramxanh_%s %" G_GINT64_FORMAT "\n", name, value);
}

static void
write_batches (GString *text, const TraceMetrics *metrics)
{
  static const char *const words[TRACE_INGEST_EPOCH + 1] = {
    [TRACE_INGEST_TAKEN] = "taken",       [TRACE_INGEST_MALFORMED] = "malformed",
    [TRACE_INGEST_TOO_MANY] = "too-many", [TRACE_INGEST_FORBIDDEN] = "forbidden",
    [TRACE_INGEST_GAP] = "gap",           [TRACE_INGEST_FORK] = "fork",
    [TRACE_INGEST_EPOCH] = "epoch",
  };
  head (text, "batches_total", "counter", "Batches by how they were answered.");
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    g_string_append_printf (text, "tramxanh_batches_total{result=\"%s\"} %" G_GUINT64_FORMAT "\n",
                            words[i], metrics->n_batches[i]);
  g_string_append_printf (text, "tramxanh_batches_total{result=\"busy\"} %" G_GUINT64_FORMAT "\n",
                          metrics->n_busy);
}

static void
count (GString *text,
       TraceDb *db,
       const char *name,
       const char *help,
       const char *sql,
       gint64 since_ms)
{
  gint64 value = 0;
  if (trace_db_query_int (db, sql, TRACE_VALUES (TRACE_INT (since_ms)), 0, &value, NULL))
    number (text, name, "gauge", help, value); // what cannot be read is not told
}

static void
write_fleet (GString *text, TraceDb *db, gint64 now_ms)
{
  count (text, db, "kiosks", "Kiosks that may feed this core.",
         "SELECT count (*) FROM kiosk WHERE revoked_ms IS NULL AND $1 >= 0", 0);
  count (text, db, "kiosks_silent", "Of these, without a heartbeat for 15 minutes.",
         "SELECT count (*) FROM kiosk WHERE revoked_ms IS NULL"
         " AND (beat_ms IS NULL OR beat_ms < $1)",
         now_ms - SILENT_MS);
  count (text, db, "kiosks_frozen", "Of these, frozen by a fork.",
         "SELECT count (*) FROM kiosk WHERE revoked_ms IS NULL AND frozen_ms > $1", 0);
  count (text, db, "incidents", "Incidents of all kiosks.",
         "SELECT count (*) FROM incident WHERE at_ms > $1", 0);
  count (text, db, "quarantine", "Records in quarantine.",
         "SELECT count (*) FROM quarantine WHERE taken_ms > $1", 0);
}

char *
trace_metrics_write (const TraceMetrics *metrics, TraceDb *db, gint64 now_ms)
{
  GString *text = g_string_new (NULL);
  number (text, "store_up", "gauge", "Whether the store answers.", db != NULL);
  write_batches (text, metrics);
  number (text, "records_total", "counter", "Records taken in.", (gint64) metrics->n_records);
  number (text, "records_quarantined_total", "counter", "Of these, put into quarantine.",
          (gint64) metrics->n_quarantined);
  number (text, "heartbeats_total", "counter", "Heartbeats taken.", (gint64) metrics->n_heartbeats);
  number (text, "enrolments_total", "counter", "Kiosks that joined.", (gint64) metrics->n_enrolled);
  number (text, "enrolments_refused_total", "counter", "Codes that were refused.",
          (gint64) metrics->n_refused_enrolments);
  number (text, "requests_total", "counter", "Requests answered by the store's thread.",
          (gint64) metrics->n_requests);
  number (text, "requests_microseconds_total", "counter", "Time that it took.",
          (gint64) metrics->busy_us);
  if (db != NULL)
    write_fleet (text, db, now_ms);
  return g_string_free (text, FALSE);
}
