// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One file of SQLite, with a write-ahead log so that who reads does not wait for who writes.

#define G_LOG_DOMAIN "trace-db-sqlite"

#include "kiosk/trace/trace-db-private.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#define BUSY_TIMEOUT_MS 5000
#define VALUES_MAX      16
#define FILE_MODE       0600 // it is about people; the log and its index get the same

typedef struct {
  TraceDb base;
  sqlite3 *sqlite;
  GHashTable *statements; // address of the SQL text → Statement
} Db;

// A prepared statement, and its rows while they are read.
typedef struct {
  TraceRows base;
  Db *db;
  sqlite3_stmt *statement;
  guint n_bindings;
  int bindings[VALUES_MAX]; // of $1, …: its number in SQLite, which counts as they appear
} Statement;

static gboolean
fail (Db *db, GError **error)
{
  int rc = sqlite3_errcode (db->sqlite) & 0xff; // the rest says more about the same
  gboolean is_busy = rc == SQLITE_BUSY || rc == SQLITE_LOCKED || rc == SQLITE_FULL;
  g_set_error (error, TRACE_ERROR, is_busy ? TRACE_ERROR_BUSY : TRACE_ERROR_STORAGE, "sqlite: %s",
               sqlite3_errmsg (db->sqlite));
  return FALSE;
}

static void
statement_free (gpointer user_data)
{
  Statement *statement = user_data;
  (void) sqlite3_finalize (statement->statement); // repeats an error that was told
  g_free (statement);
}

static void
db_close (TraceDb *base)
{
  Db *db = (Db *) base;
  g_hash_table_unref (db->statements);
  (void) sqlite3_close (db->sqlite); // with nothing left open it cannot fail
  g_free (db);
}

static gboolean
rows_next (TraceRows *rows, GError **error)
{
  Statement *statement = (Statement *) rows;
  int rc = sqlite3_step (statement->statement);
  return rc == SQLITE_ROW || (rc != SQLITE_DONE && fail (statement->db, error));
}

static gboolean
rows_is_null (TraceRows *rows, guint column)
{
  return sqlite3_column_type (((Statement *) rows)->statement, (int) column) == SQLITE_NULL;
}

static gint64
rows_get_int (TraceRows *rows, guint column)
{
  return sqlite3_column_int64 (((Statement *) rows)->statement, (int) column);
}

static const char *
rows_get_text (TraceRows *rows, guint column)
{
  const guchar *text = sqlite3_column_text (((Statement *) rows)->statement, (int) column);
  return text != NULL ? (const char *) text : "";
}

static const guint8 *
rows_get_bytes (TraceRows *rows, guint column, gsize *ret_len)
{
  sqlite3_stmt *statement = ((Statement *) rows)->statement;
  const guint8 *bytes = sqlite3_column_blob (statement, (int) column);
  *ret_len = (gsize) sqlite3_column_bytes (statement, (int) column);
  return bytes;
}

static void
rows_free (TraceRows *rows)
{
  (void) sqlite3_reset (((Statement *) rows)->statement); // repeats an error that was told
}

static const TraceRowsEngine rows_engine = {
  .next = rows_next,
  .is_null = rows_is_null,
  .get_int = rows_get_int,
  .get_text = rows_get_text,
  .get_bytes = rows_get_bytes,
  .free = rows_free,
};

static Statement *
prepare (Db *db, const char *sql, GError **error)
{
  Statement *statement = g_hash_table_lookup (db->statements, sql);
  if (statement != NULL && strcmp (sqlite3_sql (statement->statement), sql) == 0)
    return statement;
  sqlite3_stmt *prepared = NULL;
  if (sqlite3_prepare_v3 (db->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, &prepared, NULL) !=
      SQLITE_OK) {
    (void) fail (db, error);
    return NULL;
  }
  statement = g_new0 (Statement, 1);
  statement->base.engine = &rows_engine;
  statement->db = db;
  statement->statement = prepared;
  for (; statement->n_bindings < VALUES_MAX; statement->n_bindings++) {
    char name[8];
    (void) g_snprintf (name, sizeof name, "$%u", statement->n_bindings + 1);
    statement->bindings[statement->n_bindings] = sqlite3_bind_parameter_index (prepared, name);
  }
  g_hash_table_replace (db->statements, (gpointer) sql, statement);
  return statement;
}

static int
bind (sqlite3_stmt *statement, int number, const TraceValue *value)
{
  switch (value->type) {
  case 'i':
    return sqlite3_bind_int64 (statement, number, value->integer);
  case 't':
    return sqlite3_bind_text (statement, number, value->bytes, -1, SQLITE_STATIC);
  case 'b':
    return value->bytes == NULL
               ? sqlite3_bind_null (statement, number)
               : sqlite3_bind_blob64 (statement, number, value->bytes, value->len, SQLITE_STATIC);
  default:
    return sqlite3_bind_null (statement, number);
  }
}

static Statement *
start (Db *db, const char *sql, const TraceValue *values, gsize n_values, GError **error)
{
  Statement *statement = prepare (db, sql, error);
  if (statement == NULL)
    return NULL;
  g_return_val_if_fail (n_values <= VALUES_MAX, NULL);
  (void) sqlite3_reset (statement->statement); // repeats an error that was told
  for (gsize i = 0; i < n_values; i++)
    if (statement->bindings[i] > 0 &&
        bind (statement->statement, statement->bindings[i], &values[i]) != SQLITE_OK) {
      (void) fail (db, error);
      return NULL;
    }
  return statement;
}

static gboolean
db_run (TraceDb *base,
        const char *sql,
        const TraceValue *values,
        gsize n_values,
        gint64 *ret_n_changed,
        GError **error)
{
  Db *db = (Db *) base;
  Statement *statement = start (db, sql, values, n_values, error);
  if (statement == NULL)
    return FALSE;
  int rc = sqlite3_step (statement->statement);
  gboolean ok = rc == SQLITE_DONE || rc == SQLITE_ROW || fail (db, error);
  if (ok && ret_n_changed != NULL)
    *ret_n_changed = sqlite3_changes64 (db->sqlite);
  (void) sqlite3_reset (statement->statement); // repeats an error that was told
  return ok;
}

static gboolean
db_run_script (TraceDb *base, const char *sql, GError **error)
{
  Db *db = (Db *) base;
  return sqlite3_exec (db->sqlite, sql, NULL, NULL, NULL) == SQLITE_OK || fail (db, error);
}

static TraceRows *
db_query (TraceDb *base, const char *sql, const TraceValue *values, gsize n_values, GError **error)
{
  return (TraceRows *) start ((Db *) base, sql, values, n_values, error);
}

static const TraceDbEngine engine = {
  .is_postgres = FALSE,
  .close = db_close,
  .run = db_run,
  .run_script = db_run_script,
  .query = db_query,
};

// One that is there keeps the mode that somebody gave it.
static void
make_private (const char *path)
{
  int fd = path[0] != '\0' && path[0] != ':'
               ? open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE)
               : -1;
  if (fd >= 0)
    (void) close (fd); // nothing was written; what could not be made SQLite says
}

TraceDb *
trace_db_sqlite_open (const char *path, gboolean may_make, GError **error)
{
  int flags = SQLITE_OPEN_READWRITE | (may_make ? SQLITE_OPEN_CREATE : 0);
  if (!may_make && !g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_set_error (error, TRACE_ERROR, TRACE_ERROR_STORAGE,
                 "store %s: there is none; " TRACE_DB_MAKERS, path);
    return NULL;
  }
  Db *db = g_new0 (Db, 1);
  g_autoptr (TraceDb) base = &db->base;
  base->engine = &engine;
  db->statements = g_hash_table_new_full (NULL, NULL, NULL, statement_free);
  if (may_make)
    make_private (path);
  if (sqlite3_open_v2 (path, &db->sqlite, flags, NULL) != SQLITE_OK ||
      !db_run_script (base, "", NULL)) {
    (void) fail (db, error);
    g_prefix_error (error, "store %s: ", path);
    return NULL;
  }
  (void) sqlite3_busy_timeout (db->sqlite, BUSY_TIMEOUT_MS); // cannot fail
  if (!db_run_script (base,
                      "PRAGMA journal_mode = WAL;"
                      "PRAGMA synchronous = FULL;"
                      "PRAGMA cache_size = -131072;", // KiB
                      error)) {
    g_prefix_error (error, "store %s: ", path);
    return NULL;
  }
  return g_steal_pointer (&base);
}
