// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A body as JSON. One from outside is read with limits; members by name, each of the type that was
// asked for.

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define TRACE_BODY_DEPTH_MAX 16

// (transfer full) NULL: not UTF-8, not JSON, nested too deeply, or not an object.
JsonObject *trace_body_read (const void *data, gsize len);

// NULL: not there, no text, longer than @max_len bytes, or with control characters in it.
const char *trace_body_get_text (JsonObject *object, const char *name, gsize max_len);
// FALSE: there, but no whole number from @min to @max. Not there: @fallback.
gboolean trace_body_get_int (JsonObject *object,
                             const char *name,
                             gint64 min,
                             gint64 max,
                             gint64 fallback,
                             gint64 *ret_number);
gboolean trace_body_get_bool (JsonObject *object, const char *name, gboolean *ret_is_true);
// NULL: not there, or no object.
JsonObject *trace_body_get_object (JsonObject *object, const char *name);

void trace_body_add_text (JsonBuilder *builder, const char *name, const char *text);
void trace_body_add_int (JsonBuilder *builder, const char *name, gint64 number);
void trace_body_add_bool (JsonBuilder *builder, const char *name, gboolean is_true);

G_END_DECLS
