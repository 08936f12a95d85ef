// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// tramxanh-trace as its user runs it, in a temporary folder.

#pragma once

#include <gio/gio.h>

typedef char *(*TraceRunnerMakeUri) (const char *folder, const char *name, gpointer user_data);

typedef struct {
  char *folder;
  char *output, *errors;  // of the last run
  GPtrArray *environment; // NAME, VALUE, …
  TraceRunnerMakeUri make_uri;
  gpointer user_data;
} TraceRunner;

// @make_uri: NULL: SQLite, a file of that name in the folder.
void trace_runner_set_up (TraceRunner *program, TraceRunnerMakeUri make_uri, gpointer user_data);
void trace_runner_tear_down (TraceRunner *program);

char *trace_runner_make_store (TraceRunner *program, const char *name); // (transfer full) URI
char *trace_runner_get_path (TraceRunner *program, const char *name);   // (transfer full)
char *trace_runner_read (TraceRunner *program, const char *name);       // (transfer full)
gboolean trace_runner_has (TraceRunner *program, const char *name);
void trace_runner_write (TraceRunner *program, const char *name, const char *bytes, gssize len);
void trace_runner_set_environment (TraceRunner *program, const char *name, const char *value);

// Words to NULL. Returns the exit status.
int trace_runner_run (TraceRunner *program, const char *input, ...) G_GNUC_NULL_TERMINATED;
GSubprocess *trace_runner_start (TraceRunner *program, const char *const *words);
