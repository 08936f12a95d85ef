// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Stays in the order of place, kind and arrival, and a covering index by subject. Nothing is safe
// here from a crash.

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "sql.h"

typedef struct {
  Sql base;
  sqlite3 *sqlite;
  char *path;
} Engine;

static void
check (Engine *engine, int rc, const char *text)
{
  if (rc != SQLITE_OK && rc != SQLITE_DONE)
    g_error ("%s: %s", text, sqlite3_errmsg (engine->sqlite));
}

static void
run (Sql *sql, const char *text)
{
  Engine *engine = (Engine *) sql;
  check (engine, sqlite3_exec (engine->sqlite, text, NULL, NULL, NULL), text);
}

static void
read_answer (Sql *sql, const char *text, RivalAnswer *answer)
{
  Engine *engine = (Engine *) sql;
  sqlite3_stmt *rows = NULL;
  check (engine, sqlite3_prepare_v2 (engine->sqlite, text, -1, &rows, NULL), text);
  while (sqlite3_step (rows) == SQLITE_ROW) {
    gint64 subject = sqlite3_column_int64 (rows, 0);
    int level = sqlite3_column_int (rows, 1);
    answer->level[subject] = (guint8) level;
    answer->exposed_s[subject] = (guint32) sqlite3_column_int64 (rows, 2);
    answer->n[level]++;
  }
  check (engine, sqlite3_finalize (rows), text);
}

static double
get_bytes (Sql *sql)
{
  GStatBuf status;
  return g_stat (((Engine *) sql)->path, &status) == 0 ? (double) status.st_size : 0;
}

static double
now_s (Sql *sql)
{
  return rival_cpu_s ();
}

static void
engine_free (Sql *sql)
{
  Engine *engine = (Engine *) sql;
  (void) sqlite3_close (engine->sqlite);
  (void) g_unlink (engine->path);
  g_free (engine->path);
  g_free (engine);
}

typedef struct {
  const ProvinceStay *stay;
  guint kind;
} Keyed;

static int
compare (const void *a, const void *b)
{
  const Keyed *one = a, *other = b;
  if (one->stay->place != other->stay->place)
    return one->stay->place < other->stay->place ? -1 : 1;
  if (one->kind != other->kind)
    return one->kind < other->kind ? -1 : 1;
  return (one->stay > other->stay) - (one->stay < other->stay);
}

static void
load (Engine *engine, const Province *province)
{
  sqlite3_stmt *insert = NULL;
  g_autofree Keyed *keyed = g_new (Keyed, province->n_stays);
  for (gsize i = 0; i < province->n_stays; i++)
    keyed[i] = (Keyed){ &province->stays[i], sql_kind_of (&province->stays[i]) };
  qsort (keyed, province->n_stays, sizeof *keyed, compare);
  run (&engine->base, "BEGIN");
  check (engine,
         sqlite3_prepare_v2 (engine->sqlite, "INSERT OR IGNORE INTO stay VALUES (?, ?, ?, ?, ?)",
                             -1, &insert, NULL),
         "insert");
  for (gsize i = 0; i < province->n_stays; i++) {
    (void) sqlite3_bind_int64 (insert, 1, keyed[i].stay->place);
    (void) sqlite3_bind_int64 (insert, 2, keyed[i].kind);
    (void) sqlite3_bind_int64 (insert, 3, keyed[i].stay->arrived_s);
    (void) sqlite3_bind_int64 (insert, 4, keyed[i].stay->subject);
    (void) sqlite3_bind_int64 (insert, 5, keyed[i].stay->left_s);
    check (engine, sqlite3_step (insert), "insert");
    (void) sqlite3_reset (insert);
  }
  check (engine, sqlite3_finalize (insert), "insert");
  run (&engine->base, "COMMIT");
}

Sql *
sql_sqlite_new (const Province *province, const char *folder)
{
  Engine *engine = g_new0 (Engine, 1);
  engine->base = (Sql){
    .greatest = "max",
    .least = "min",
    .join = "CROSS JOIN",
    .clear = "DELETE FROM",
    .analyze = "SELECT 1 --",
    .now_s = now_s,
    .run = run,
    .read = read_answer,
    .get_bytes = get_bytes,
    .free = engine_free,
  };
  engine->path = g_build_filename (folder, "rival.sqlite", NULL);
  (void) g_unlink (engine->path); // of an earlier run
  check (engine, sqlite3_open (engine->path, &engine->sqlite), engine->path);
  run (&engine->base, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
                      "PRAGMA cache_size = -2000000; PRAGMA temp_store = MEMORY;"
                      "PRAGMA mmap_size = 8000000000; PRAGMA page_size = 8192;"
                      "CREATE TABLE stay (place INTEGER, kind INTEGER, arrived INTEGER,"
                      " subject INTEGER, left_s INTEGER,"
                      " PRIMARY KEY (place, kind, arrived, subject, left_s)) WITHOUT ROWID;"
                      "CREATE TABLE staff (subject INTEGER PRIMARY KEY);");
  load (engine, province);
  g_autofree char *staff = g_strdup_printf (
      "INSERT INTO staff SELECT DISTINCT subject FROM stay WHERE subject > %u", province->n_people);
  run (&engine->base, "CREATE INDEX stay_of ON stay (subject, arrived, left_s, place)");
  run (&engine->base, staff);
  sql_make_tables (&engine->base); // and no ANALYZE: it only leads the planner astray here
  return &engine->base;
}
