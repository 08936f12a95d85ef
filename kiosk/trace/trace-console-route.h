// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The route that officers' browsers ask: "/", /console/ and /api/.

#pragma once

#include "kiosk/trace/trace-console.h"
#include "kiosk/trace/trace-server.h"

G_BEGIN_DECLS

typedef struct TraceConsoleRoute TraceConsoleRoute;

// @options: copied, and what it points to stays the caller's; by now the route's thread uses it.
// The store is opened by that thread when it is first needed, and again when it was lost.
TraceConsoleRoute *trace_console_route_new (const TraceConsoleOptions *options);
void trace_console_route_free (TraceConsoleRoute *self); // after its server
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TraceConsoleRoute, trace_console_route_free)

TraceRoute trace_console_route_get_route (TraceConsoleRoute *self);

G_END_DECLS
