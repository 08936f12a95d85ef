// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// tramxanh-trace in a folder of its own, as its user runs it.

#pragma once

#include <gio/gio.h>

#include "kiosk/trace/trace-keys.h"
#include "kiosk/trace/trace-store.h"
#include "trace-engine.h"

typedef struct {
  char *folder, *uri;     // of the store
  TraceKeys *keys;        // of the core
  char *output, *errors;  // of the last run
  GPtrArray *environment; // NAME, VALUE, …: of those to come
} TraceProgram;

// @engine: (nullable) whose the store is; NULL: "core.db" in the folder.
void trace_program_init (TraceProgram *program, TraceEngine *engine);
void trace_program_clear (TraceProgram *program);

// "tramxanh-trace COMMAND --store URI ARGUMENT…" with @input on its standard input; returns the
// exit status.
int trace_program_run (TraceProgram *program, const char *input, const char *command, ...)
    G_GNUC_NULL_TERMINATED;
// Likewise, without a store.
int trace_program_run_alone (TraceProgram *program, const char *input, const char *command, ...)
    G_GNUC_NULL_TERMINATED;

// Likewise, and does not wait. @words: to NULL. (transfer full)
GSubprocess *trace_program_start (TraceProgram *program, const char *const *words);
void trace_program_set_environment (TraceProgram *program, const char *name, const char *value);

// Files in the folder. @len: -1 for text. (transfer full) a path; what it says
char *trace_program_get_path (TraceProgram *program, const char *name);
char *trace_program_write (TraceProgram *program, const char *name, const char *bytes, gssize len);
char *trace_program_read (TraceProgram *program, const char *name);
gboolean trace_program_has (TraceProgram *program, const char *name);

// The store, to look into or to put something in; to be closed.
TraceStore *trace_program_open_store (TraceProgram *program);

// One stay, in a transaction of its own.
void trace_program_put (TraceProgram *program, const TraceArrival *arrival);
