// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where an export goes: standard output, or one file or several, which have no name before all of
// them are whole. Nothing is ever written over.

#pragma once

#include "kiosk/trace/trace-error.h"

G_BEGIN_DECLS

typedef struct TraceOutput TraceOutput;

// @path: NULL: standard output, which is one part.
TraceOutput *trace_output_new (const char *path);
// What was not finished is gone.
void trace_output_free (TraceOutput *output);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TraceOutput, trace_output_free)
gboolean trace_output_is_stdout (const TraceOutput *output);

gboolean trace_output_start_part (TraceOutput *output, GError **error);
gboolean trace_output_write (TraceOutput *output, const char *text, gsize len, GError **error);
gint64 trace_output_count_rows (const TraceOutput *output); // of the part; the caller's to raise
void trace_output_add_row (TraceOutput *output);

// Who answers for the export, and what it is. Texts are borrowed.
typedef struct {
  const char *schema, *format, *officer;
  const char *rule; // (nullable) by which somebody is a contact
  gint64 n_bad;     // records that could not be written
} TraceManifest;

// Names the parts: FILE, or FILE-1, FILE-2, … before the extension, and beside them
// FILE.manifest.json, with how many rows and what SHA-256 each has.
gboolean trace_output_finish (TraceOutput *output, const TraceManifest *manifest, GError **error);
guint trace_output_count_parts (const TraceOutput *output);
gint64 trace_output_count_all_rows (const TraceOutput *output);

G_END_DECLS
