// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A table: what was read and is written again reads as the same; no cell begins a formula.

#include <stdint.h>
#include <string.h>

#include "kiosk/trace/trace-csv.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
copy_table (const void *data, size_t size, char separator, GString *table)
{
  FILE *stream = fmemopen ((void *) data, size, "r");
  TraceFault fault = TRACE_FAULT_NONE;
  g_autofree TraceInput *input = trace_input_new (stream, &fault);
  g_autoptr (TraceCsvReader) reader =
      input != NULL ? trace_csv_reader_new (input, separator) : NULL;
  char *const *fields = NULL;
  gsize n_fields = reader != NULL;
  while (n_fields > 0 && trace_csv_reader_next (reader, &fields, &n_fields) == TRACE_FAULT_NONE)
    for (gsize i = 0; i < n_fields; i++) {
      gsize start = table->len;
      trace_csv_append (table, fields[i]);
      g_assert_true (table->len == start || strchr ("=+-@\t", table->str[start]) == NULL);
      g_string_append_c (table, i + 1 < n_fields ? ',' : '\n');
    }
  (void) fclose (stream); // only read
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GString) once = g_string_new ("x\n"); // so that it begins as no other kind of file
  g_autoptr (GString) twice = g_string_new (NULL);
  if (size > 0)
    copy_table (data, size, '\0', once);
  copy_table (once->str, once->len, ',', twice);
  g_assert_cmpstr (twice->str, ==, once->str);
  return 0;
}
