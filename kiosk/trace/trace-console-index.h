// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The index case and the question, as an officer gives them to the console.

#pragma once

#include "kiosk/trace/trace-console-private.h"
#include "kiosk/trace/trace-search.h"
#include "kiosk/trace/trace-seed.h"

G_BEGIN_DECLS

#define TRACE_CONSOLE_SPAN_MAX_S  (90 * 86400)
#define TRACE_CONSOLE_LEVELS_MAX  16
#define TRACE_CONSOLE_LIMIT       2000
#define TRACE_CONSOLE_LIMIT_MAX   20000
#define TRACE_CONSOLE_LATENCY_MAX (30 * 86400)

#define TRACE_CONSOLE_KEYS_MAX 64 // of Bluezone: one person's are up to 21

typedef struct {
  GArray *limits; // of TraceLimit: each of its names that the store knows
  GArray *keys;   // of 16 bytes: its pseudonyms; also one that the store does not know
} TraceConsoleIndex;

void trace_console_index_clear (TraceConsoleIndex *index_case);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TraceConsoleIndex, trace_console_index_clear)

// Who it is about, which may be nobody that the store knows. FALSE: answered already.
gboolean trace_console_read_index_case (TraceCall *call,
                                        JsonObject *body,
                                        const TraceQuestion *question,
                                        TraceConsoleIndex *ret_index_case);
// @ret_rule: (transfer full, nullable) the profile's name and version. @ret_until_s: what the
// question ends with if that is in the future; G_MAXINT64: nothing. FALSE: answered already.
gboolean trace_console_read_question (TraceCall *call,
                                      JsonObject *body,
                                      TraceQuestion *ret_question,
                                      char **ret_rule,
                                      gint64 *ret_until_s);

G_END_DECLS
