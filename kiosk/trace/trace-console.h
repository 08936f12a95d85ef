// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The officer's console: its pages, and what they ask for. Pure dispatch, one thread; a search runs
// in a thread of its own, on its own connection.

#pragma once

#include "kiosk/trace/trace-http.h"
#include "kiosk/trace/trace-keys.h"
#include "kiosk/trace/trace-store.h"

G_BEGIN_DECLS

#define TRACE_CONSOLE_SEARCH_MS 30000
#define TRACE_CONSOLE_PAGE_ROWS 500
#define TRACE_CONSOLE_BODY_MAX  (4 << 20)

typedef struct {
  const char *uri;                       // of the store: every search opens it for itself
  TraceOpenStays open_stays;             // now_s is the console's business
  const TraceKeys *keys;                 // (nullable) without them no code makes a subject
  const char *rules_folder;              // (nullable) more disease profiles
  gint64 search_ms;                      // 0: TRACE_CONSOLE_SEARCH_MS
  guint page_rows;                       // 0: TRACE_CONSOLE_PAGE_ROWS
  gint64 (*now_ms) (gpointer user_data); // (nullable) the system's clock
  gpointer user_data;
} TraceConsoleOptions;

typedef struct TraceConsole TraceConsole;

// @store is borrowed.
TraceConsole *trace_console_new (TraceStore *store, const TraceConsoleOptions *options);
// Stops every search and waits for it.
void trace_console_free (TraceConsole *console);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TraceConsole, trace_console_free)

// Another connection to the same store; the one before may be gone.
void trace_console_set_store (TraceConsole *console, TraceStore *store);

gboolean trace_console_is_path (const char *path);
// FALSE: not a path of the console's, and @reply is untouched.
gboolean
trace_console_handle (TraceConsole *console, const TraceRequest *request, TraceReply *reply);

G_END_DECLS
