// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The core's tables, by area. An area's steps are never changed once they were released: a new
// version is a new step. Times are seconds (…_s) or milliseconds (…_ms) since 1970 UTC.

#pragma once

#include "kiosk/trace/trace-db.h"

G_BEGIN_DECLS

typedef struct {
  const char *sqlite, *postgres; // statements, a semicolon after each
} TraceSchemaStep;

typedef struct {
  const char *name;
  const TraceSchemaStep *steps;
  gsize n_steps;
} TraceSchemaArea;

extern const TraceSchemaArea trace_schema_stays;   // places, subjects, stays
extern const TraceSchemaArea trace_schema_index;   // what changed since the index beside an SQLite
extern const TraceSchemaArea trace_schema_feed;    // kiosks, enrolment, what they sent
extern const TraceSchemaArea trace_schema_cases;   // cases, details, the audit log
extern const TraceSchemaArea trace_schema_console; // officers who sign in

// SQLite's index by subject, which is made again after much was taken in.
#define TRACE_SCHEMA_STAY_OF "CREATE INDEX stay_of ON stay (subject, arrived_s);"

gboolean trace_schema_is_made (TraceDb *db, gboolean *ret_is_made, GError **error);
// Brings every area up to date, each step in a transaction of its own.
gboolean trace_schema_update (TraceDb *db, GError **error);

G_END_DECLS
