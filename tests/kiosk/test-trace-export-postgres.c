// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Exports, from PostgreSQL.

#include <stdio.h>

#include "tests/kiosk/trace-export-cases.h"
#include "tests/kiosk/trace-postgres.h"

typedef struct {
  TracePostgres *postgres;
  guint n_databases;
} Server;

static char *
make_uri (const char *folder, const char *unused, gpointer user_data)
{
  Server *server = user_data;
  g_autofree char *name = g_strdup_printf ("export%u", server->n_databases++);
  g_autofree char *conninfo = trace_postgres_make_database (server->postgres, name);
  return g_strconcat ("postgres:", conninfo, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_autofree char *why = NULL;
  Server server = { trace_postgres_start (&why), 0 };
  if (server.postgres == NULL) {
    (void) printf ("skipped: %s\n", why);
    return 77;
  }
  const TraceExportEngine engine = { make_uri, &server };
  trace_export_cases_add ("postgres", &engine);
  int status = g_test_run ();
  trace_postgres_stop (server.postgres);
  return status;
}
