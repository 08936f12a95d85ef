// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The same tests on both engines: SQLite, and a real PostgreSQL where there is one.

#pragma once

#include <glib.h>

typedef struct TraceEngine TraceEngine;

// A new store. (transfer full)
char *trace_engine_make_uri (TraceEngine *engine);

// Starting programs on it is dear: what has nothing to do with an engine is tested on the other.
gboolean trace_engine_is_postgres (const TraceEngine *engine);

// "/trace/AREA/ENGINE/NAME"; the fixture gets the engine as its data.
#define TRACE_ENGINE_ADD(engine, area, name, Fixture, set_up, test, tear_down)                     \
  g_test_add (trace_engine_path (engine, area, name), Fixture, engine, set_up, test, tear_down)
const char *trace_engine_path (TraceEngine *engine, const char *area, const char *name);

// Calls @add for each engine, then runs all that was added; returns the exit status.
int trace_engines_run (void (*add) (TraceEngine *engine));
