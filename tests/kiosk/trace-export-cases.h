// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What exports have to do, whichever engine keeps the stays.

#pragma once

#include "tests/kiosk/trace-runner.h"

typedef struct {
  TraceRunnerMakeUri make_uri; // as of trace_runner_set_up ()
  gpointer user_data;
} TraceExportEngine;

// @engine stays the caller's while tests run.
void trace_export_cases_add (const char *name, const TraceExportEngine *engine);
