// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Taking in, in a real PostgreSQL.

#include <stdio.h>

#include "trace-ingest-cases.h"
#include "trace-ingest-clock.h"
#include "trace-postgres.h"

typedef struct {
  TracePostgres *postgres;
  guint n_databases;
} Server;

static char *
make_uri (gpointer user_data)
{
  Server *server = user_data;
  g_autofree char *name = g_strdup_printf ("case%u", ++server->n_databases);
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
  trace_ingest_cases_add ("postgres", make_uri, &server);
  trace_ingest_clock_add ("postgres", make_uri, &server);
  int status = g_test_run ();
  trace_postgres_stop (server.postgres);
  return status;
}
