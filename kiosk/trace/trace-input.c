// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-input"

#include "kiosk/trace/trace-input.h"

#include <string.h>

static const struct {
  const char *bytes;
  gsize len;
  TraceFault fault;
} signatures[] = {
  { "\xFF\xFE", 2, TRACE_FAULT_UTF16 },
  { "\xFE\xFF", 2, TRACE_FAULT_UTF16 },
  { "PK\x03\x04", 4, TRACE_FAULT_ZIP },
  { "\x1F\x8B", 2, TRACE_FAULT_GZIP },
  { "\x28\xB5\x2F\xFD", 4, TRACE_FAULT_GZIP },
  { "\xFD"
    "7zXZ",
    5, TRACE_FAULT_GZIP },
  { "\xD0\xCF\x11\xE0", 4, TRACE_FAULT_OLD_SHEET },
};
static const char byte_order_mark[] = "\xEF\xBB\xBF";

gboolean
trace_input_fill (TraceInput *input)
{
  gsize n = fread (input->bytes, 1, sizeof input->bytes, input->stream);
  input->at = input->bytes;
  input->end = input->bytes + n;
  return n > 0;
}

static gboolean
starts_with (const TraceInput *input, const char *bytes, gsize len)
{
  return (gsize) (input->end - input->at) >= len && memcmp (input->at, bytes, len) == 0;
}

TraceInput *
trace_input_new (FILE *stream, TraceFault *ret_fault)
{
  g_autofree TraceInput *input = g_new (TraceInput, 1);
  input->stream = stream;
  int fd = fileno (stream); // none: a stream in memory
  input->is_file =
      fd >= 0 && fstat (fd, &input->at_start) == 0 && S_ISREG (input->at_start.st_mode);
  (void) trace_input_fill (input); // an empty one is no fault here
  for (guint i = 0; i < G_N_ELEMENTS (signatures); i++)
    if (starts_with (input, signatures[i].bytes, signatures[i].len)) {
      *ret_fault = signatures[i].fault;
      return NULL;
    }
  if (starts_with (input, byte_order_mark, strlen (byte_order_mark)))
    input->at += strlen (byte_order_mark);
  return g_steal_pointer (&input);
}

TraceFault
trace_input_check (TraceInput *input)
{
  struct stat now;
  if (ferror (input->stream))
    return TRACE_FAULT_UNREADABLE;
  if (input->is_file &&
      (fstat (fileno (input->stream), &now) != 0 || now.st_size != input->at_start.st_size ||
       now.st_mtim.tv_sec != input->at_start.st_mtim.tv_sec ||
       now.st_mtim.tv_nsec != input->at_start.st_mtim.tv_nsec))
    return TRACE_FAULT_CHANGED;
  return TRACE_FAULT_NONE;
}

gboolean
trace_input_get_line (TraceInput *input, GString *line, gsize len_max, TraceFault *ret_fault)
{
  g_string_truncate (line, 0);
  if (trace_input_peek (input) == EOF)
    return FALSE;
  while (trace_input_peek (input) != EOF) {
    const guint8 *end = memchr (input->at, '\n', (gsize) (input->end - input->at));
    gsize n = (gsize) ((end != NULL ? end : input->end) - input->at);
    if (line->len + n > len_max) {
      *ret_fault = TRACE_FAULT_LONG_FIELD;
      return FALSE;
    }
    g_string_append_len (line, (const char *) input->at, (gssize) n);
    input->at += n + (end != NULL);
    if (end != NULL)
      break;
  }
  if (line->len > 0 && line->str[line->len - 1] == '\r')
    g_string_truncate (line, line->len - 1);
  return TRUE;
}
