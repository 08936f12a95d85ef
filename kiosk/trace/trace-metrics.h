// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Counters of one server since it began, and how the fleet is, as Prometheus reads it (text format
// 0.0.4). One thread.

#pragma once

#include "kiosk/trace/trace-db.h"
#include "kiosk/trace/trace-ingest.h"

G_BEGIN_DECLS

#define TRACE_METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

typedef struct {
  guint64 n_batches[TRACE_INGEST_EPOCH + 1]; // by TraceIngestResult
  guint64 n_busy;                            // answered with 503
  guint64 n_records, n_quarantined, n_heartbeats;
  guint64 n_enrolled, n_refused_enrolments;
  guint64 busy_us; // spent on requests
  guint64 n_requests;
} TraceMetrics;

// @db: nullable, when the store does not answer. (transfer full)
char *trace_metrics_write (const TraceMetrics *metrics, TraceDb *db, gint64 now_ms);

G_END_DECLS
