// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Computes cases anew while their officers go on, one after another in a thread of its own, and
// remembers as long as the console runs whose level changed by it. The console's thread only.

#pragma once

#include <gio/gio.h>

#include "kiosk/trace/trace-store.h"

G_BEGIN_DECLS

#define TRACE_COMPUTING_LISTED_MAX 1000

typedef enum {
  TRACE_COMPUTING_NONE,    // since the console began
  TRACE_COMPUTING_RUNNING, // asked for, or begun
  TRACE_COMPUTING_DONE,
  TRACE_COMPUTING_FAILED, // the last of them
} TraceComputingState;

const char *trace_computing_state_to_string (TraceComputingState state);

typedef struct TraceComputing TraceComputing;

TraceComputing *trace_computing_new (const char *uri);
void trace_computing_free (TraceComputing *self); // what is being computed is left

// For @officer, who is in the log with it.
void trace_computing_start (TraceComputing *self,
                            const char *case_id,
                            const char *officer,
                            const TraceOpenStays *open_stays);
// What changed by all that were asked for before the last of them was done: the first of two may
// have computed what the second was asked for. DONE and FAILED only: @ret_n, whose level changed;
// @ret_changes, (transfer none) TraceCaseChange, the nearest levels first, until the next call.
TraceComputingState trace_computing_find (TraceComputing *self,
                                          const char *case_id,
                                          guint *ret_n,
                                          const GArray **ret_changes);

G_END_DECLS
