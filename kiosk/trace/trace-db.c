// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which engine a URI names, and what both do alike.

#define G_LOG_DOMAIN "trace-db"

#include "kiosk/trace/trace-db.h"

#include <string.h>

#include "kiosk/trace/trace-db-private.h"
#include "kiosk/trace/trace-schema.h"

#define SQLITE_PREFIX   "sqlite:"
#define POSTGRES_PREFIX "postgres:"

G_DEFINE_QUARK (trace - error - quark, trace_error)

static TraceDb *
open_engine (const char *uri, gboolean may_make, GError **error)
{
  if (g_str_has_prefix (uri, SQLITE_PREFIX))
    return trace_db_sqlite_open (uri + strlen (SQLITE_PREFIX), may_make, error);
  if (g_str_has_prefix (uri, POSTGRES_PREFIX))
    return trace_db_postgres_open (uri + strlen (POSTGRES_PREFIX), error);
  g_set_error (error, TRACE_ERROR, TRACE_ERROR_INPUT,
               "store %s: neither sqlite:FILE nor postgres:CONNINFO", uri);
  return NULL;
}

TraceDb *
trace_db_open (const char *uri, GError **error)
{
  g_autoptr (TraceDb) db = open_engine (uri, TRUE, error);
  return db != NULL && trace_schema_update (db, error) ? g_steal_pointer (&db) : NULL;
}

TraceDb *
trace_db_open_existing (const char *uri, GError **error)
{
  g_autoptr (TraceDb) db = open_engine (uri, FALSE, error);
  gboolean is_made = FALSE;
  if (db == NULL || !trace_schema_is_made (db, &is_made, error))
    return NULL;
  if (is_made)
    return trace_schema_update (db, error) ? g_steal_pointer (&db) : NULL;
  g_set_error (error, TRACE_ERROR, TRACE_ERROR_STORAGE,
               "there is no store in that database; " TRACE_DB_MAKERS);
  return NULL;
}

void
trace_db_close (TraceDb *db)
{
  db->engine->close (db);
}

gboolean
trace_db_is_postgres (const TraceDb *db)
{
  return db->engine->is_postgres;
}

gboolean
trace_db_begin (TraceDb *db, GError **error)
{
  return trace_db_run_script (db, db->engine->is_postgres ? "BEGIN;" : "BEGIN IMMEDIATE;", error);
}

gboolean
trace_db_commit (TraceDb *db, GError **error)
{
  return trace_db_run_script (db, "COMMIT;", error);
}

void
trace_db_roll_back (TraceDb *db)
{
  (void) trace_db_run_script (db, "ROLLBACK;", NULL); // what failed said so
}

gboolean
trace_db_run (TraceDb *db,
              const char *sql,
              const TraceValue *values,
              gsize n_values,
              gint64 *ret_n_changed,
              GError **error)
{
  return db->engine->run (db, sql, values, n_values, ret_n_changed, error);
}

gboolean
trace_db_run_script (TraceDb *db, const char *sql, GError **error)
{
  return db->engine->run_script (db, sql, error);
}

TraceRows *
trace_db_query (
    TraceDb *db, const char *sql, const TraceValue *values, gsize n_values, GError **error)
{
  return db->engine->query (db, sql, values, n_values, error);
}

gboolean
trace_rows_next (TraceRows *rows, GError **error)
{
  return rows->engine->next (rows, error);
}

gboolean
trace_rows_is_null (TraceRows *rows, guint column)
{
  return rows->engine->is_null (rows, column);
}

gint64
trace_rows_get_int (TraceRows *rows, guint column)
{
  return rows->engine->get_int (rows, column);
}

const char *
trace_rows_get_text (TraceRows *rows, guint column)
{
  return rows->engine->get_text (rows, column);
}

const guint8 *
trace_rows_get_bytes (TraceRows *rows, guint column, gsize *ret_len)
{
  return rows->engine->get_bytes (rows, column, ret_len);
}

void
trace_rows_free (TraceRows *rows)
{
  rows->engine->free (rows);
}

gboolean
trace_db_query_int (TraceDb *db,
                    const char *sql,
                    const TraceValue *values,
                    gsize n_values,
                    gint64 fallback,
                    gint64 *ret_number,
                    GError **error)
{
  g_autoptr (GError) own_error = NULL;
  g_autoptr (TraceRows) rows = trace_db_query (db, sql, values, n_values, error);
  if (rows == NULL)
    return FALSE;
  gboolean is_there = trace_rows_next (rows, &own_error);
  if (own_error != NULL) {
    g_propagate_error (error, g_steal_pointer (&own_error));
    return FALSE;
  }
  *ret_number = is_there ? trace_rows_get_int (rows, 0) : fallback;
  return TRUE;
}
