// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A line of NDJSON: whatever it is, each field is a text or there is a fault.

#include <stdint.h>
#include <string.h>

#include "kiosk/trace/trace-ndjson.h"
#include "kiosk/trace/trace-note.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_auto (TraceNdjsonRow) row = { .root = NULL };
  g_auto (TraceNote) note;
  trace_note_init (&note);
  if (trace_ndjson_read ((const char *) data, size, size % 2 == 0, &row) != TRACE_FAULT_NONE)
    return 0;
  for (guint i = 0; i < TRACE_N_FIELDS; i++)
    g_assert_cmpuint (strlen (row.fields[i]), <=, MAX (size, TRACE_JSON_NUMBER_SIZE));
  (void) trace_note_read (row.fields[TRACE_FIELD_NOTE], &note); // whatever it says
  return 0;
}
