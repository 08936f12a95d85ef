// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A server of its own in a folder, as an ordinary user, on a socket there. Two covering indexes,
// read without the table. Nothing is safe here from a crash.

#include <glib/gstdio.h>
#include <libpq-fe.h>
#include <string.h>
#include <unistd.h>

#include "sql.h"

#define CHUNK_BYTES 1000000

typedef struct {
  Sql base;
  PGconn *connection;
  char *folder, *programs;
} Engine;

static PGresult *
ask (Engine *engine, const char *text)
{
  PGresult *result = PQexec (engine->connection, text);
  ExecStatusType status = PQresultStatus (result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_COPY_IN)
    g_error ("%s: %s", text, PQerrorMessage (engine->connection));
  return result;
}

static void
run (Sql *sql, const char *text)
{
  PQclear (ask ((Engine *) sql, text));
}

static void
read_answer (Sql *sql, const char *text, RivalAnswer *answer)
{
  PGresult *rows = ask ((Engine *) sql, text);
  for (int i = 0; i < PQntuples (rows); i++) {
    guint64 subject = g_ascii_strtoull (PQgetvalue (rows, i, 0), NULL, 10);
    guint64 level = g_ascii_strtoull (PQgetvalue (rows, i, 1), NULL, 10);
    answer->level[subject] = (guint8) level;
    answer->exposed_s[subject] = (guint32) g_ascii_strtoull (PQgetvalue (rows, i, 2), NULL, 10);
    answer->n[level]++;
  }
  PQclear (rows);
}

static double
get_bytes (Sql *sql)
{
  PGresult *rows = ask ((Engine *) sql, "SELECT pg_total_relation_size ('stay')");
  double n = g_ascii_strtod (PQgetvalue (rows, 0, 0), NULL);
  PQclear (rows);
  return n;
}

// Of the one process of the server that works for us.
static double
now_s (Sql *sql)
{
  g_autofree char *path =
      g_strdup_printf ("/proc/%d/schedstat", PQbackendPID (((Engine *) sql)->connection));
  g_autofree char *text = NULL;
  if (!g_file_get_contents (path, &text, NULL, NULL))
    g_error ("%s: cannot be read", path);
  return (double) g_ascii_strtoull (text, NULL, 10) / 1e9;
}

// As an ordinary user also when root runs this.
static gboolean
spawn (const Engine *engine, const char *program, const char *arguments)
{
  g_autoptr (GError) error = NULL;
  int status = 0;
  g_autofree char *line =
      g_strdup_printf ("%s%s/%s %s", geteuid () == 0 ? "runuser -u postgres -- " : "",
                       engine->programs, program, arguments);
  g_auto (GStrv) argv = NULL;
  return g_shell_parse_argv (line, NULL, &argv, &error) &&
         g_spawn_sync (engine->folder, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL,
                       NULL, NULL, NULL, NULL, &status, &error) &&
         g_spawn_check_wait_status (status, &error);
}

static char *
find_programs (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/usr/lib/postgresql", 0, NULL);
  const char *name = dir != NULL ? g_dir_read_name (dir) : NULL;
  return name != NULL ? g_build_filename ("/usr/lib/postgresql", name, "bin", NULL) : NULL;
}

static void
engine_free (Sql *sql)
{
  Engine *engine = (Engine *) sql;
  PQfinish (engine->connection);
  (void) spawn (engine, "pg_ctl", "-D data -m immediate -w stop");
  g_autofree char *remove = g_strdup_printf ("rm -rf %s", engine->folder);
  (void) g_spawn_command_line_sync (remove, NULL, NULL, NULL, NULL);
  g_free (engine->folder);
  g_free (engine->programs);
  g_free (engine);
}

static void
load (Engine *engine, const Province *province)
{
  g_autoptr (GString) text = g_string_new (NULL);
  PQclear (ask (engine, "COPY stay FROM STDIN"));
  for (gsize i = 0; i < province->n_stays; i++) {
    const ProvinceStay *stay = &province->stays[i];
    g_string_append_printf (text, "%u\t%u\t%u\t%u\t%u\n", stay->place, sql_kind_of (stay),
                            stay->arrived_s, stay->subject, stay->left_s);
    if (text->len < CHUNK_BYTES && i + 1 < province->n_stays)
      continue;
    if (PQputCopyData (engine->connection, text->str, (int) text->len) != 1)
      g_error ("COPY: %s", PQerrorMessage (engine->connection));
    g_string_truncate (text, 0);
  }
  if (PQputCopyEnd (engine->connection, NULL) != 1)
    g_error ("COPY: %s", PQerrorMessage (engine->connection));
  PQclear (PQgetResult (engine->connection));
  PQclear (PQgetResult (engine->connection));
}

static gboolean
start (Engine *engine)
{
  g_autofree char *options = g_strdup_printf (
      "-D data -w -l log -o \"-k %s -c listen_addresses= -c fsync=off -c full_page_writes=off"
      " -c synchronous_commit=off -c wal_level=minimal -c max_wal_senders=0"
      " -c shared_buffers=4GB -c work_mem=1GB -c maintenance_work_mem=1GB"
      " -c effective_cache_size=12GB -c random_page_cost=1.1 -c max_wal_size=8GB -c jit=off"
      " -c autovacuum=off -c max_parallel_workers_per_gather=0 -c join_collapse_limit=1\" start",
      engine->folder);
  g_autofree char *conninfo = g_strdup_printf ("host=%s dbname=postgres user=%s", engine->folder,
                                               geteuid () == 0 ? "postgres" : g_get_user_name ());
  g_autofree char *take = g_strdup_printf ("chown postgres %s", engine->folder);
  if (g_mkdir (engine->folder, 0700) != 0 ||
      (geteuid () == 0 && !g_spawn_command_line_sync (take, NULL, NULL, NULL, NULL)) ||
      !spawn (engine, "initdb", "-D data -A trust -E UTF8 --locale=C -N") ||
      !spawn (engine, "pg_ctl", options))
    return FALSE;
  engine->connection = PQconnectdb (conninfo);
  return PQstatus (engine->connection) == CONNECTION_OK;
}

Sql *
sql_postgres_new (const Province *province, const char *folder)
{
  g_autofree char *programs = find_programs ();
  if (programs == NULL)
    return NULL;
  Engine *engine = g_new0 (Engine, 1);
  engine->base = (Sql){
    .greatest = "greatest",
    .least = "least",
    .join = "JOIN",
    .clear = "DELETE FROM",
    .analyze = "ANALYZE",
    .now_s = now_s,
    .run = run,
    .read = read_answer,
    .get_bytes = get_bytes,
    .free = engine_free,
  };
  engine->programs = g_steal_pointer (&programs);
  engine->folder = g_build_filename (folder, "postgres", NULL);
  if (!start (engine)) {
    engine_free (&engine->base);
    return NULL;
  }
  run (&engine->base, "CREATE UNLOGGED TABLE stay (place integer NOT NULL, kind integer NOT NULL,"
                      " arrived integer NOT NULL, subject integer NOT NULL,"
                      " left_s integer NOT NULL)");
  load (engine, province);
  g_autofree char *staff = g_strdup_printf (
      "INSERT INTO staff SELECT DISTINCT subject FROM stay WHERE subject > %u", province->n_people);
  run (&engine->base, "CREATE TABLE staff (subject integer PRIMARY KEY)");
  run (&engine->base, staff);
  run (&engine->base,
       "CREATE INDEX stay_at ON stay (place, kind, arrived) INCLUDE (left_s, subject)");
  run (&engine->base, "CREATE INDEX stay_of ON stay (subject, arrived) INCLUDE (left_s, place)");
  sql_make_tables (&engine->base);
  run (&engine->base, "VACUUM ANALYZE");
  return &engine->base;
}
