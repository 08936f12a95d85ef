// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-schema"

#include "kiosk/trace/trace-schema.h"

// Whoever brings a PostgreSQL up to date does it alone.
#define LOCK_POSTGRES "SELECT pg_advisory_xact_lock (7236001);"

static const TraceSchemaArea *const areas[] = {
  &trace_schema_stays, &trace_schema_index,   &trace_schema_feed,
  &trace_schema_cases, &trace_schema_console,
};

gboolean
trace_schema_is_made (TraceDb *db, gboolean *ret_is_made, GError **error)
{
  gint64 n = 0;
  if (!trace_db_query_int (
          db,
          trace_db_is_postgres (db)
              ? "SELECT count (*) FROM pg_catalog.pg_class"
                " WHERE oid = to_regclass ('schema_version')"
              : "SELECT count (*) FROM sqlite_schema WHERE name = 'schema_version'",
          TRACE_NO_VALUES, 0, &n, error))
    return FALSE;
  *ret_is_made = n > 0;
  return TRUE;
}

static gboolean
read_version (TraceDb *db, const TraceSchemaArea *area, gint64 *ret_version, GError **error)
{
  return trace_db_query_int (db, "SELECT version FROM schema_version WHERE area = $1",
                             TRACE_VALUES (TRACE_TEXT (area->name)), 0, ret_version, error);
}

static gboolean
make_versions (TraceDb *db, GError **error)
{
  return trace_db_run_script (db,
                              trace_db_is_postgres (db)
                                  ? "CREATE TABLE IF NOT EXISTS schema_version"
                                    " (area text PRIMARY KEY, version bigint NOT NULL);"
                                  : "CREATE TABLE IF NOT EXISTS schema_version"
                                    " (area TEXT PRIMARY KEY, version INTEGER NOT NULL)"
                                    " STRICT, WITHOUT ROWID;",
                              error);
}

// Somebody else may have been faster.
static gboolean
take_step (TraceDb *db, const TraceSchemaArea *area, gint64 number, GError **error)
{
  const TraceSchemaStep *step = &area->steps[number];
  gboolean is_postgres = trace_db_is_postgres (db);
  gint64 version = 0;
  if (is_postgres && !trace_db_run_script (db, LOCK_POSTGRES, error))
    return FALSE;
  if (!make_versions (db, error) || !read_version (db, area, &version, error))
    return FALSE;
  return version > number ||
         (trace_db_run_script (db, is_postgres ? step->postgres : step->sqlite, error) &&
          trace_db_run (db,
                        "INSERT INTO schema_version (area, version) VALUES ($1, $2)"
                        " ON CONFLICT (area) DO UPDATE SET version = $2",
                        TRACE_VALUES (TRACE_TEXT (area->name), TRACE_INT (number + 1)), NULL,
                        error));
}

static gboolean
update_area (TraceDb *db, const TraceSchemaArea *area, gboolean has_versions, GError **error)
{
  gint64 version = 0;
  if (has_versions && !read_version (db, area, &version, error))
    return FALSE;
  if (version > (gint64) area->n_steps) {
    g_set_error (error, TRACE_ERROR, TRACE_ERROR_STORAGE,
                 "schema of %s: version %" G_GINT64_FORMAT ", this program knows %" G_GSIZE_FORMAT,
                 area->name, version, area->n_steps);
    return FALSE;
  }
  for (; version < (gint64) area->n_steps; version++) {
    if (!trace_db_begin (db, error))
      return FALSE;
    if (!take_step (db, area, version, error) || !trace_db_commit (db, error)) {
      trace_db_roll_back (db);
      g_prefix_error (error, "schema of %s, step %" G_GINT64_FORMAT ": ", area->name, version + 1);
      return FALSE;
    }
  }
  return TRUE;
}

gboolean
trace_schema_update (TraceDb *db, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (areas); i++) {
    gboolean is_made = FALSE;
    if (!trace_schema_is_made (db, &is_made, error) || !update_area (db, areas[i], is_made, error))
      return FALSE;
  }
  return TRUE;
}
