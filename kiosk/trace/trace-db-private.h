// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What an engine does for trace-db.h.

#pragma once

#include "kiosk/trace/trace-db.h"

G_BEGIN_DECLS

typedef struct {
  gboolean is_postgres;
  void (*close) (TraceDb *db);
  gboolean (*run) (TraceDb *db,
                   const char *sql,
                   const TraceValue *values,
                   gsize n_values,
                   gint64 *ret_n_changed,
                   GError **error);
  gboolean (*run_script) (TraceDb *db, const char *sql, GError **error);
  // (nullable) PostgreSQL's COPY … FROM STDIN.
  gboolean (*copy) (TraceDb *db, const char *sql, const void *data, gsize len, GError **error);
  TraceRows *(*query) (
      TraceDb *db, const char *sql, const TraceValue *values, gsize n_values, GError **error);
} TraceDbEngine;

typedef struct {
  gboolean (*next) (TraceRows *rows, GError **error);
  gboolean (*is_null) (TraceRows *rows, guint column);
  gint64 (*get_int) (TraceRows *rows, guint column);
  const char *(*get_text) (TraceRows *rows, guint column);
  const guint8 *(*get_bytes) (TraceRows *rows, guint column, gsize *ret_len);
  void (*free) (TraceRows *rows);
} TraceRowsEngine;

struct TraceDb {
  const TraceDbEngine *engine;
};

struct TraceRows {
  const TraceRowsEngine *engine;
};

#define TRACE_DB_MAKERS "import, serve, enroll and officer add make one"

TraceDb *trace_db_sqlite_open (const char *path, gboolean may_make, GError **error);
TraceDb *trace_db_postgres_open (const char *conninfo, GError **error);

G_END_DECLS
