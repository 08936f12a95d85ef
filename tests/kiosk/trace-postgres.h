// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A PostgreSQL of the test's own: in a temporary folder, on a Unix socket, gone when the test is,
// however that ends.

#pragma once

#include <glib.h>

typedef struct TracePostgres TracePostgres;

// NULL: it is not installed; @ret_why (transfer full) says so.
TracePostgres *trace_postgres_start (char **ret_why);
void trace_postgres_stop (TracePostgres *postgres);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TracePostgres, trace_postgres_stop)

const char *trace_postgres_get_folder (TracePostgres *postgres); // where its socket is

// An empty database. Returns how libpq reaches it. (transfer full)
char *trace_postgres_make_database (TracePostgres *postgres, const char *name);

// Runs statements in it; a failure fails the test.
void trace_postgres_run (const char *conninfo, const char *sql);
// The first column of the rows, a line each. (transfer full)
char *trace_postgres_ask (const char *conninfo, const char *sql);

// At once, whatever it is doing; then again, with what was committed.
void trace_postgres_kill (TracePostgres *postgres);
void trace_postgres_start_again (TracePostgres *postgres);
