// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A line of a CSV file: what was split and is written again splits into the same.

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "kiosk/trace/trace-csv.h"

#define FIELDS 8

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *line = g_strndup ((const char *) data, size);
  char *fields[FIELDS], *again[FIELDS];
  gsize n_fields = MIN (trace_csv_split (line, fields, FIELDS), FIELDS);
  g_autoptr (GString) written = g_string_new (NULL);
  for (gsize i = 0; i < n_fields; i++) {
    if (i > 0)
      g_string_append_c (written, ',');
    trace_csv_append (written, fields[i]);
  }
  if (strpbrk (written->str, "\r\n") != NULL)
    return 0; // within a field there is no line end
  gsize n_again = trace_csv_split (written->str, again, FIELDS);
  g_assert_true (n_again == n_fields || n_fields == 0);
  for (gsize i = 0; i < n_fields; i++)
    g_assert_true (g_str_has_suffix (again[i], fields[i])); // but for the apostrophe
  return 0;
}
