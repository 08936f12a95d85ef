// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// JSON that somebody gave us, and JSON that we give.

#pragma once

#include <json-glib/json-glib.h>

#include "kiosk/trace/trace-fault.h"

G_BEGIN_DECLS

#define TRACE_JSON_BYTES_MAX (256 * 1024 * 1024)
#define TRACE_JSON_LINE_MAX  (1024 * 1024)
#define TRACE_JSON_DEPTH_MAX 32

// (transfer full, nullable) Refuses what is no UTF-8, too large, too deep, or has a zero in a text.
JsonNode *trace_json_read (const char *text, gsize len, TraceFault *ret_fault);

// A member of text or number, as text; "" when it is null or not there. FALSE: it is something
// else. @buffer: for a number.
#define TRACE_JSON_NUMBER_SIZE 32
gboolean trace_json_get_text (JsonObject *object,
                              const char *member,
                              char buffer[TRACE_JSON_NUMBER_SIZE],
                              const char **ret_text);

// What @builder has built, on one line, without its end.
void trace_json_append (GString *text, JsonBuilder *builder);
void trace_json_add (JsonBuilder *builder, const char *member, const char *value);
void trace_json_add_int (JsonBuilder *builder, const char *member, gint64 value);

G_END_DECLS
