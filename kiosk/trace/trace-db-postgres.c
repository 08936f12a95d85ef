// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// PostgreSQL through libpq: statements are prepared with the types of their values, all answers are
// binary. A connection that is lost stays lost: whoever asked opens another.

#define G_LOG_DOMAIN "trace-db-postgres"

#include <libpq-fe.h>
#include <string.h>

#include "kiosk/trace/trace-db-private.h"

#define VALUES_MAX   16
#define BINARY       1
#define COPY_CHUNK   (1 << 20)
#define OID_BYTEA    17
#define OID_INT8     20
#define OID_TEXT     25
#define OID_NUMERIC  1700
#define NUMERIC_BASE 10000

typedef struct {
  TraceDb base;
  PGconn *connection;
  GHashTable *statements; // address of the SQL text → Statement
  guint n_statements;     // that were ever prepared
} Db;

typedef struct {
  char *sql;
  char name[16];
} Statement;

// An answer is here as a whole, so that others may be asked for meanwhile.
typedef struct {
  TraceRows base;
  PGresult *result;
  int row;
} Rows;

static void
statement_free (gpointer user_data)
{
  Statement *statement = user_data;
  g_free (statement->sql);
  g_free (statement);
}

// Classes of SQLSTATE after which the same may succeed: the connection, a lock or a conflict
// between transactions, resources such as the disk, an operator's doing. No class: libpq says it,
// of the connection.
static gboolean
is_busy (const char *state) // (nullable)
{
  static const char *const classes[] = { "08", "25006", "40", "53", "55P03", "57" };
  if (state == NULL)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (classes); i++)
    if (g_str_has_prefix (state, classes[i]))
      return TRUE;
  return FALSE;
}

// Only the first line: details repeat values.
static gboolean
fail (Db *db, const PGresult *result, GError **error)
{
  const char *state = PQresultErrorField (result, PG_DIAG_SQLSTATE);
  const char *message = PQresultErrorField (result, PG_DIAG_MESSAGE_PRIMARY);
  g_autofree char *lost = g_strdup (PQerrorMessage (db->connection));
  lost[strcspn (lost, "\n")] = '\0';
  g_set_error (error, TRACE_ERROR, is_busy (state) ? TRACE_ERROR_BUSY : TRACE_ERROR_STORAGE,
               "postgres: %s", message != NULL ? message : lost);
  return FALSE;
}

static void
db_close (TraceDb *base)
{
  Db *db = (Db *) base;
  g_hash_table_unref (db->statements);
  PQfinish (db->connection);
  g_free (db);
}

static Statement *
prepare (Db *db, const char *sql, const TraceValue *values, gsize n_values, GError **error)
{
  Statement *statement = g_hash_table_lookup (db->statements, sql);
  Oid types[VALUES_MAX];
  if (statement != NULL && strcmp (statement->sql, sql) == 0)
    return statement;
  g_return_val_if_fail (n_values <= VALUES_MAX, NULL);
  for (gsize i = 0; i < n_values; i++)
    types[i] = values[i].type == 't' ? OID_TEXT : values[i].type == 'b' ? OID_BYTEA : OID_INT8;
  statement = g_new0 (Statement, 1);
  statement->sql = g_strdup (sql);
  (void) g_snprintf (statement->name, sizeof statement->name, "s%u", ++db->n_statements);
  PGresult *result = PQprepare (db->connection, statement->name, sql, (int) n_values, types);
  gboolean ok = PQresultStatus (result) == PGRES_COMMAND_OK || fail (db, result, error);
  PQclear (result);
  if (!ok) {
    statement_free (statement);
    return NULL;
  }
  g_hash_table_replace (db->statements, (gpointer) sql, statement);
  return statement;
}

static PGresult *
execute (Db *db, const char *sql, const TraceValue *values, gsize n_values, GError **error)
{
  const char *bytes[VALUES_MAX];
  int lengths[VALUES_MAX], formats[VALUES_MAX];
  gint64 integers[VALUES_MAX];
  const Statement *statement = prepare (db, sql, values, n_values, error);
  if (statement == NULL)
    return NULL;
  for (gsize i = 0; i < n_values; i++) {
    const TraceValue *value = &values[i];
    integers[i] = GINT64_TO_BE (value->integer);
    formats[i] = BINARY;
    bytes[i] = value->type == 'i'   ? (const char *) &integers[i]
               : value->type == 'n' ? NULL
                                    : value->bytes;
    lengths[i] = value->type == 'i'   ? (int) sizeof integers[i]
                 : value->type == 'b' ? (int) value->len
                 : bytes[i] != NULL   ? (int) strlen (bytes[i])
                                      : 0;
  }
  PGresult *result = PQexecPrepared (db->connection, statement->name, (int) n_values, bytes,
                                     lengths, formats, BINARY);
  ExecStatusType status = PQresultStatus (result);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
    return result;
  (void) fail (db, result, error);
  PQclear (result);
  return NULL;
}

static gboolean
db_run (TraceDb *base,
        const char *sql,
        const TraceValue *values,
        gsize n_values,
        gint64 *ret_n_changed,
        GError **error)
{
  PGresult *result = execute ((Db *) base, sql, values, n_values, error);
  if (result == NULL)
    return FALSE;
  if (ret_n_changed != NULL)
    *ret_n_changed = g_ascii_strtoll (PQcmdTuples (result), NULL, 10);
  PQclear (result);
  return TRUE;
}

static gboolean
db_run_script (TraceDb *base, const char *sql, GError **error)
{
  Db *db = (Db *) base;
  PGresult *result = PQexec (db->connection, sql);
  ExecStatusType status = PQresultStatus (result);
  gboolean ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ||
                status == PGRES_EMPTY_QUERY || fail (db, result, error);
  // A transaction that failed is rolled back by COMMIT, which calls that a success.
  if (ok && g_str_equal (sql, "COMMIT;") && !g_str_equal (PQcmdStatus (result), "COMMIT")) {
    g_set_error (error, TRACE_ERROR, TRACE_ERROR_STORAGE,
                 "postgres: the transaction had failed before its end");
    ok = FALSE;
  }
  PQclear (result);
  return ok;
}

static gboolean
db_copy (TraceDb *base, const char *sql, const void *data, gsize len, GError **error)
{
  Db *db = (Db *) base;
  PGresult *result = PQexec (db->connection, sql);
  gboolean ok = PQresultStatus (result) == PGRES_COPY_IN || fail (db, result, error);
  PQclear (result);
  if (!ok)
    return FALSE;
  for (gsize done = 0; ok && done < len; done += COPY_CHUNK)
    ok = PQputCopyData (db->connection, (const char *) data + done,
                        (int) MIN (len - done, COPY_CHUNK)) == 1;
  ok = ok && PQputCopyEnd (db->connection, NULL) == 1;
  while ((result = PQgetResult (db->connection)) != NULL) {
    if (ok && PQresultStatus (result) != PGRES_COMMAND_OK)
      ok = fail (db, result, error);
    PQclear (result);
  }
  return ok || (error != NULL && *error != NULL) ? ok : fail (db, NULL, error);
}

static gboolean
rows_next (TraceRows *base, GError **error)
{
  Rows *rows = (Rows *) base;
  return ++rows->row < PQntuples (rows->result);
}

static gboolean
rows_is_null (TraceRows *base, guint column)
{
  const Rows *rows = (const Rows *) base;
  return PQgetisnull (rows->result, rows->row, (int) column) == 1;
}

static guint16
read_16 (const char *bytes)
{
  guint16 number = 0;
  memcpy (&number, bytes, sizeof number);
  return GUINT16_FROM_BE (number);
}

// What sum () of whole numbers is: digits of base 10000, of which the first has the weight.
static gint64
read_numeric (const char *bytes, int len)
{
  gint64 number = 0;
  int n_digits = len >= 8 ? read_16 (bytes) : 0;
  int weight = len >= 8 ? (gint16) read_16 (bytes + 2) : -1;
  for (int i = 0; i <= weight; i++)
    number = number * NUMERIC_BASE +
             (i < n_digits && 8 + 2 * i + 2 <= len ? read_16 (bytes + 8 + 2 * i) : 0);
  return len >= 8 && read_16 (bytes + 4) != 0 ? -number : number;
}

static gint64
rows_get_int (TraceRows *base, guint column)
{
  const Rows *rows = (const Rows *) base;
  const char *bytes = PQgetvalue (rows->result, rows->row, (int) column);
  int len = PQgetlength (rows->result, rows->row, (int) column);
  guint64 number = 0;
  if (len == 0)
    return 0; // null
  if (PQftype (rows->result, (int) column) == OID_NUMERIC)
    return read_numeric (bytes, len);
  if ((gint8) bytes[0] < 0)
    number = G_MAXUINT64;
  for (int i = 0; i < len; i++)
    number = number << 8 | (guint8) bytes[i];
  return (gint64) number;
}

static const char *
rows_get_text (TraceRows *base, guint column)
{
  const Rows *rows = (const Rows *) base;
  return PQgetvalue (rows->result, rows->row, (int) column);
}

static const guint8 *
rows_get_bytes (TraceRows *base, guint column, gsize *ret_len)
{
  const Rows *rows = (const Rows *) base;
  *ret_len = (gsize) PQgetlength (rows->result, rows->row, (int) column);
  return (const guint8 *) PQgetvalue (rows->result, rows->row, (int) column);
}

static void
rows_free (TraceRows *base)
{
  Rows *rows = (Rows *) base;
  PQclear (rows->result);
  g_free (rows);
}

static TraceRows *
db_query (TraceDb *base, const char *sql, const TraceValue *values, gsize n_values, GError **error)
{
  static const TraceRowsEngine rows_engine = {
    .next = rows_next,
    .is_null = rows_is_null,
    .get_int = rows_get_int,
    .get_text = rows_get_text,
    .get_bytes = rows_get_bytes,
    .free = rows_free,
  };
  PGresult *result = execute ((Db *) base, sql, values, n_values, error);
  if (result == NULL)
    return NULL;
  Rows *rows = g_new (Rows, 1);
  *rows = (Rows){ { &rows_engine }, result, -1 };
  return &rows->base;
}

static const TraceDbEngine engine = {
  .is_postgres = TRUE,
  .close = db_close,
  .run = db_run,
  .run_script = db_run_script,
  .copy = db_copy,
  .query = db_query,
};

static void
on_notice (void *user_data, const char *message)
{
  // "already exists, skipping": whoever asked knows
}

static gboolean
check_conninfo (const char *conninfo, GError **error)
{
  char *why = NULL;
  PQconninfoOption *options = PQconninfoParse (conninfo, &why);
  if (options == NULL)
    g_set_error (error, TRACE_ERROR, TRACE_ERROR_INPUT, "store postgres: %s",
                 why != NULL ? g_strchomp (why) : "no memory");
  PQconninfoFree (options);
  PQfreemem (why);
  return options != NULL;
}

TraceDb *
trace_db_postgres_open (const char *conninfo, GError **error)
{
  static const char *const keys[] = { "dbname", "client_encoding", "fallback_application_name",
                                      NULL };
  // Compiling takes longer than our questions do, and so does planning again for each value. What
  // we say is kept is kept, whatever the server usually does.
  static const char set_up[] = "SET jit = off;"
                               "SET plan_cache_mode = force_generic_plan;"
                               "SELECT set_config ('synchronous_commit', 'on', false)"
                               " WHERE current_setting ('synchronous_commit') = 'off';";
  const char *values[] = { conninfo, "UTF8", "tramxanh-trace", NULL };
  if (!check_conninfo (conninfo, error))
    return NULL;
  Db *db = g_new0 (Db, 1);
  g_autoptr (TraceDb) base = &db->base;
  base->engine = &engine;
  db->statements = g_hash_table_new_full (NULL, NULL, NULL, statement_free);
  db->connection = PQconnectdbParams (keys, values, TRUE);
  (void) PQsetNoticeProcessor (db->connection, on_notice, NULL); // returns the one before
  if (PQstatus (db->connection) != CONNECTION_OK) {
    (void) fail (db, NULL, error);
    return NULL;
  }
  return db_run_script (base, set_up, error) ? g_steal_pointer (&base) : NULL;
}
