// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A database of the core: one file of SQLite, or PostgreSQL. One SQL text serves both: parameters
// are $1, $2, …, each used by its type; ON CONFLICT and RETURNING are there on both,
// engine-specific functions are not used. One connection, one thread. Statements are prepared once
// and kept.
//
// All functions fail with TRACE_ERROR_STORAGE, or TRACE_ERROR_BUSY when trying again later may help
// (locked, connection lost, disk full).

#pragma once

#include "kiosk/trace/trace-error.h"

G_BEGIN_DECLS

typedef struct TraceDb TraceDb;

// A value on its way in. Bytes and text are borrowed for the call.
typedef struct {
  char type; // 'i' integer, 't' text, 'b' bytes
  gint64 integer;
  const void *bytes; // text, bytes; NULL: null
  gsize len;         // bytes
} TraceValue;

#define TRACE_INT(n)         ((TraceValue){ .type = 'i', .integer = (n) })
#define TRACE_TEXT(s)        ((TraceValue){ .type = 't', .bytes = (s) })
#define TRACE_BYTES(data, n) ((TraceValue){ .type = 'b', .bytes = (data), .len = (n) })
#define TRACE_NULL_INT       ((TraceValue){ .type = 'n' })

// @uri: "sqlite:FILE" (made when it is not there), "sqlite::memory:" or "postgres:CONNINFO" (as
// libpq has it). Brings the schema up to date; an older program refuses a newer schema.
TraceDb *trace_db_open (const char *uri, GError **error);
// Likewise, but makes none: neither a file nor, in an empty database, tables.
TraceDb *trace_db_open_existing (const char *uri, GError **error);
void trace_db_close (TraceDb *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TraceDb, trace_db_close)
gboolean trace_db_is_postgres (const TraceDb *db);

gboolean trace_db_begin (TraceDb *db, GError **error);
gboolean trace_db_commit (TraceDb *db, GError **error);
void trace_db_roll_back (TraceDb *db);

// One statement without rows. @ret_n_changed: (nullable) rows inserted, updated or deleted.
gboolean trace_db_run (TraceDb *db,
                       const char *sql, // a constant
                       const TraceValue *values,
                       gsize n_values,
                       gint64 *ret_n_changed,
                       GError **error);
#define TRACE_VALUES(...)                                                                          \
  (const TraceValue[]){ __VA_ARGS__ },                                                             \
      sizeof ((const TraceValue[]){ __VA_ARGS__ }) / sizeof (TraceValue)
#define TRACE_NO_VALUES NULL, 0

// Several statements of a schema, with a semicolon after each; no values.
gboolean trace_db_run_script (TraceDb *db, const char *sql, GError **error);

// A statement's rows, one after another; at most one reading of the same SQL text at a time. What
// a getter returns is valid until the next row. PostgreSQL sends the answer as a whole: a large one
// is asked for in parts.
typedef struct TraceRows TraceRows;
TraceRows *trace_db_query (TraceDb *db,
                           const char *sql, // a constant
                           const TraceValue *values,
                           gsize n_values,
                           GError **error);
// FALSE: there is no more, or it failed and @error is set.
gboolean trace_rows_next (TraceRows *rows, GError **error);
gboolean trace_rows_is_null (TraceRows *rows, guint column);
gint64 trace_rows_get_int (TraceRows *rows, guint column);       // 0 for null
const char *trace_rows_get_text (TraceRows *rows, guint column); // "" for null
const guint8 *trace_rows_get_bytes (TraceRows *rows, guint column, gsize *ret_len);
void trace_rows_free (TraceRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TraceRows, trace_rows_free)

// The first column of the first row, as a number; @fallback when there is no row.
gboolean trace_db_query_int (TraceDb *db,
                             const char *sql,
                             const TraceValue *values,
                             gsize n_values,
                             gint64 fallback,
                             gint64 *ret_number,
                             GError **error);

G_END_DECLS
