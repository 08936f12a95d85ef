// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The route that kiosks and monitors ask: /v1/feed, /v1/enroll, /v1/heartbeat (feed-wire.h),
// /health and /metrics.

#pragma once

#include "kiosk/trace/trace-keys.h"
#include "kiosk/trace/trace-server.h"
#include "kiosk/trace/trace-store.h"

G_BEGIN_DECLS

typedef struct TraceIntake TraceIntake;

// @keys: borrowed, from now on by the route's thread. The store is opened by that thread when it is
// first needed, and again when it was lost. @metrics_token: "": metrics are for this machine.
TraceIntake *trace_intake_new (const char *store_uri,
                               const TraceOpenStays *open_stays,
                               const TraceKeys *keys,
                               const char *metrics_token);
void trace_intake_free (TraceIntake *intake); // after its server
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TraceIntake, trace_intake_free)

TraceRoute trace_intake_get_route (TraceIntake *intake);

G_END_DECLS
