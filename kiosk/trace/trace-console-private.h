// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the console's files have in common.

#pragma once

#include "kiosk/trace/trace-console-body.h"
#include "kiosk/trace/trace-console-computing.h"
#include "kiosk/trace/trace-console-rate.h"
#include "kiosk/trace/trace-console.h"
#include "kiosk/trace/trace-session.h"

G_BEGIN_DECLS

#define TRACE_CONSOLE_COOKIE   "__Host-tramxanh"
#define TRACE_CONSOLE_CASE_MAX 64

struct TraceConsole {
  TraceStore *store;
  TraceConsoleOptions options;
  char *uri;
  TraceRate *by_session, *by_address, *sign_ins, *sign_ins_by_address;
  GHashTable *jobs; // id → TraceJob
  TraceComputing *computing;
};

// One request on its way through.
typedef struct {
  TraceConsole *console;
  const TraceRequest *request;
  const char *network; // who is counted as one
  TraceReply *reply;
  gint64 now_ms;
  gboolean has_session;
  TraceSession session;
  const char *rest; // of the path, behind what chose the function
} TraceCall;

gint64 trace_console_get_now_ms (const TraceConsole *console);
TraceDb *trace_call_get_db (const TraceCall *call);

// Each answers the call. A word tells the page which sentence to show.
void trace_call_refuse (TraceCall *call, guint status, const char *word);
void trace_call_fail (TraceCall *call, const GError *error); // the store
void trace_call_answer (TraceCall *call, guint status, JsonBuilder *builder);
void trace_call_wait (TraceCall *call, gint64 wait_ms); // 429

// The request's body as a JSON object; NULL: answered already. (transfer full)
JsonObject *trace_call_read (TraceCall *call);
// Writes who did what in which case down, before it is answered. FALSE: answered already.
gboolean trace_call_note (TraceCall *call,
                          const char *action,
                          const char *case_id,
                          const char *what); // nullable

// Whether the officer may work in this case. FALSE: answered already.
gboolean trace_call_may_use_case (TraceCall *call, const char *case_id); // nullable

// The paths behind /api/.
void trace_console_session (TraceCall *call);
void trace_console_password (TraceCall *call);
void trace_console_officers (TraceCall *call);
void trace_console_audit (TraceCall *call);
void trace_console_cases (TraceCall *call);
void trace_console_profiles (TraceCall *call);
void trace_console_search (TraceCall *call);
void trace_console_stop_searches (TraceConsole *console, gint64 officer);

// A page's file; FALSE: there is none of this path.
gboolean trace_console_send_file (TraceCall *call);

G_END_DECLS
