// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A stream that somebody gave us, byte by byte; it is told when it is something else than UTF-8
// text, or does not stay as it was.

#pragma once

#include <stdio.h>
#include <sys/stat.h>

#include "kiosk/trace/trace-fault.h"

G_BEGIN_DECLS

typedef struct {
  FILE *stream; // borrowed
  struct stat at_start;
  gboolean is_file;
  guint8 bytes[65536];
  const guint8 *at, *end;
} TraceInput;

// Skips a byte order mark. Fails with what the stream is instead of text.
TraceInput *trace_input_new (FILE *stream, TraceFault *ret_fault);
gboolean trace_input_fill (TraceInput *input);

// The next byte without taking it; EOF at the end.
static inline int
trace_input_peek (TraceInput *input)
{
  return input->at < input->end || trace_input_fill (input) ? *input->at : EOF;
}

static inline int
trace_input_get (TraceInput *input)
{
  return input->at < input->end || trace_input_fill (input) ? *input->at++ : EOF;
}

// At the end: whether all of it was read, and it is the file that it was.
TraceFault trace_input_check (TraceInput *input);

// A line without its end, into @line; FALSE: there is none, or it is longer than @len_max and
// @ret_fault is set.
gboolean
trace_input_get_line (TraceInput *input, GString *line, gsize len_max, TraceFault *ret_fault);

G_END_DECLS
