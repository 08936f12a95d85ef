// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A line of a phone's history: what is one is written as it was, but for its letters' case.

#include <stdint.h>
#include <string.h>

#include "kiosk/trace/trace-bluezone-history.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *line = g_strndup ((const char *) data, size);
  g_autoptr (GString) once = g_string_new (NULL), twice = g_string_new (NULL);
  TraceSighting sighting;
  const char *column = NULL;
  if (trace_sighting_read (line, &sighting, &column) != TRACE_FAULT_NONE)
    return 0;
  trace_sighting_write (&sighting, once);
  trace_sighting_read_seq (trace_sighting_make_seq (&sighting), &sighting);
  trace_sighting_write (&sighting, twice);
  g_assert_cmpstr (twice->str, ==, once->str);
  return 0;
}
