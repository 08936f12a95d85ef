// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "trace-postgres.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <libpq-fe.h>
#include <signal.h>
#include <unistd.h>

#define VERSIONS     "/usr/lib/postgresql" // where Debian has them
#define USER         "postgres"            // PostgreSQL refuses to be run by root
#define READY_MAX_US (60 * G_USEC_PER_SEC)
#define STEP_US      20000

struct TracePostgres {
  char *folder, *data, *programs;
  GSubprocess *server;
};

static char *
find_programs (void)
{
  g_autoptr (GDir) dir = g_dir_open (VERSIONS, 0, NULL);
  gint64 newest = 0;
  for (const char *name = NULL; dir != NULL && (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree char *server = g_build_filename (VERSIONS, name, "bin", "postgres", NULL);
    if (g_file_test (server, G_FILE_TEST_IS_EXECUTABLE))
      newest = MAX (newest, g_ascii_strtoll (name, NULL, 10));
  }
  return newest > 0 ? g_strdup_printf (VERSIONS "/%" G_GINT64_FORMAT "/bin", newest) : NULL;
}

// As an ordinary user, and not for longer than the test lives.
static GSubprocess *
run (TracePostgres *postgres, const char *program, const char *const *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();
  g_autofree char *path = g_build_filename (postgres->programs, program, NULL);
  g_strv_builder_add_many (argv, "setpriv", "--pdeathsig=QUIT", NULL);
  if (geteuid () == 0)
    g_strv_builder_add_many (argv, "--reuid=" USER, "--regid=" USER, "--clear-groups", NULL);
  g_strv_builder_add (argv, path);
  for (gsize i = 0; arguments[i] != NULL; i++)
    g_strv_builder_add (argv, arguments[i]);
  g_auto (GStrv) all = g_strv_builder_end (argv);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autofree char *log = g_build_filename (postgres->folder, "log", NULL);
  g_subprocess_launcher_set_cwd (launcher, postgres->folder);
  g_subprocess_launcher_set_stdout_file_path (launcher, log);
  g_subprocess_launcher_set_stderr_file_path (launcher, log);
  GSubprocess *child = g_subprocess_launcher_spawnv (launcher, (const char *const *) all, &error);
  g_assert_no_error (error);
  return child;
}

static char *
name_database (TracePostgres *postgres, const char *name)
{
  return g_strdup_printf ("host=%s user=tracer dbname=%s", postgres->folder, name);
}

static void
start_server (TracePostgres *postgres)
{
  const char *const arguments[] = {
    "-D", postgres->data,
    "-k", postgres->folder,
    "-c", "listen_addresses=",
    "-c", "fsync=off",
    "-c", "full_page_writes=off",
    "-c", "shared_buffers=256MB",
    "-c", "max_wal_size=2GB",
    "-c", "max_prepared_transactions=8",
    "-c", "unix_socket_permissions=0777",
    NULL,
  };
  g_autofree char *conninfo = name_database (postgres, "postgres");
  gint64 until_us = g_get_monotonic_time () + READY_MAX_US;
  postgres->server = run (postgres, "postgres", arguments);
  while (PQping (conninfo) != PQPING_OK) {
    g_assert_cmpint (g_get_monotonic_time (), <, until_us);
    g_usleep (STEP_US);
  }
}

TracePostgres *
trace_postgres_start (char **ret_why)
{
  g_autofree char *programs = find_programs ();
  g_autoptr (GError) error = NULL;
  if (programs == NULL) {
    *ret_why = g_strdup ("PostgreSQL is not installed");
    return NULL;
  }
  TracePostgres *postgres = g_new0 (TracePostgres, 1);
  postgres->programs = g_steal_pointer (&programs);
  postgres->folder = g_dir_make_tmp ("tramxanh-postgres-XXXXXX", &error);
  g_assert_no_error (error);
  postgres->data = g_build_filename (postgres->folder, "data", NULL);
  g_assert_cmpint (g_chmod (postgres->folder, 0777), ==, 0);
  const char *const arguments[] = { "-D",
                                    postgres->data,
                                    "-U",
                                    "tracer",
                                    "-A",
                                    "trust",
                                    "-E",
                                    "UTF8",
                                    "--locale=C.UTF-8",
                                    "--no-sync",
                                    "--no-instructions",
                                    NULL };
  g_autoptr (GSubprocess) initdb = run (postgres, "initdb", arguments);
  g_assert_true (g_subprocess_wait_check (initdb, NULL, &error));
  start_server (postgres);
  return postgres;
}

void
trace_postgres_kill (TracePostgres *postgres)
{
  g_subprocess_send_signal (postgres->server, SIGQUIT);
  g_assert_true (g_subprocess_wait (postgres->server, NULL, NULL));
  g_clear_object (&postgres->server);
}

void
trace_postgres_start_again (TracePostgres *postgres)
{
  start_server (postgres);
}

void
trace_postgres_stop (TracePostgres *postgres)
{
  const char *const argv[] = { "rm", "-rf", postgres->folder, NULL };
  if (postgres->server != NULL)
    trace_postgres_kill (postgres);
  g_autoptr (GSubprocess) remove = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_NONE, NULL);
  g_assert_true (g_subprocess_wait_check (remove, NULL, NULL));
  g_free (postgres->folder);
  g_free (postgres->data);
  g_free (postgres->programs);
  g_free (postgres);
}

const char *
trace_postgres_get_folder (TracePostgres *postgres)
{
  return postgres->folder;
}

static void
on_notice (void *user_data, const char *message)
{
}

char *
trace_postgres_ask (const char *conninfo, const char *sql)
{
  PGconn *connection = PQconnectdb (conninfo);
  if (PQstatus (connection) != CONNECTION_OK)
    g_error ("%s: %s", conninfo, PQerrorMessage (connection));
  GString *text = g_string_new (NULL);
  (void) PQsetNoticeProcessor (connection, on_notice, NULL);
  PGresult *result = PQexec (connection, sql);
  ExecStatusType status = PQresultStatus (result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
    g_error ("%s: %s", sql, PQerrorMessage (connection));
  for (int i = 0; i < PQntuples (result); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", PQgetvalue (result, i, 0));
  PQclear (result);
  PQfinish (connection);
  return g_string_free (text, FALSE);
}

void
trace_postgres_run (const char *conninfo, const char *sql)
{
  g_free (trace_postgres_ask (conninfo, sql));
}

char *
trace_postgres_make_database (TracePostgres *postgres, const char *name)
{
  g_autofree char *conninfo = name_database (postgres, "postgres");
  g_autofree char *sql = g_strdup_printf ("CREATE DATABASE %s", name);
  trace_postgres_run (conninfo, sql);
  return name_database (postgres, name);
}
