// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "kiosk/trace/trace-csv.h"

#include <string.h>

#define FORMULA_STARTS "=+-@\t\r"

// Takes the quotes off the field at @at, in place. Returns what stands behind it: a comma, the end,
// or something that should not be there.
static char *
unquote (char *at)
{
  char *to = at;
  for (char *from = at + 1; *from != '\0'; from++) {
    if (from[0] == '"' && from[1] != '"') {
      char *behind = from + 1;
      *to = '\0'; // at or before the quote
      return behind;
    }
    from += from[0] == '"';
    *to++ = *from;
  }
  return NULL;
}

gsize
trace_csv_split (char *line, char **ret_fields, gsize n_fields)
{
  gsize n = 0;
  line[strcspn (line, "\r\n")] = '\0';
  for (char *at = line;;) {
    gboolean is_quoted = at[0] == '"';
    char *behind = is_quoted ? unquote (at) : at + strcspn (at, ",");
    if (behind == NULL || (behind[0] != ',' && behind[0] != '\0'))
      return 0;
    if (n < n_fields)
      ret_fields[n] = at;
    n++;
    if (behind[0] == '\0')
      return n;
    *behind = '\0';
    at = behind + 1;
  }
}

void
trace_csv_append (GString *line, const char *field)
{
  gboolean is_formula = field[0] != '\0' && strchr (FORMULA_STARTS, field[0]) != NULL;
  gboolean needs_quotes = strpbrk (field, ",\"\r\n") != NULL;
  if (needs_quotes)
    g_string_append_c (line, '"');
  if (is_formula)
    g_string_append_c (line, '\'');
  for (const char *at = field; *at != '\0'; at++) {
    if (*at == '"')
      g_string_append_c (line, '"');
    g_string_append_c (line, *at);
  }
  if (needs_quotes)
    g_string_append_c (line, '"');
}
