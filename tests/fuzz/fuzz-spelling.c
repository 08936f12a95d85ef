// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Any text as a venue's name: what is spelt once stays so.

#include <stdint.h>

#include "kiosk/trace/trace-spelling.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_utf8_make_valid ((const char *) data, (gssize) size);
  g_autoptr (GString) once = g_string_new (NULL), twice = g_string_new (NULL);
  const char *spelt = trace_spelling_of (text, once);
  g_assert_true (g_utf8_validate (spelt, -1, NULL));
  g_assert_true (trace_spelling_of (spelt, twice) == spelt || g_str_equal (twice->str, spelt));
  return 0;
}
