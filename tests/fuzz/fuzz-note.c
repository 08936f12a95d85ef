// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A note: what is one is understood again when it is written.

#include <stdint.h>

#include "kiosk/trace/trace-note.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GString) written = g_string_new (NULL), twice = g_string_new (NULL);
  g_auto (TraceNote) note, again;
  trace_note_init (&note);
  trace_note_init (&again);
  if (trace_note_read (text, &note) != TRACE_FAULT_NONE)
    return 0;
  trace_note_write (&note, "x", 0, written);
  g_assert_true (trace_note_read (written->str, &again) == TRACE_FAULT_NONE);
  again.exposed_s = note.exposed_s; // for people only
  again.overlap_s = note.overlap_s;
  trace_note_write (&again, "x", 0, twice);
  g_assert_cmpuint (again.meetings->len, ==, note.meetings->len);
  g_assert_cmpstr (twice->str, ==, written->str);
  return 0;
}
