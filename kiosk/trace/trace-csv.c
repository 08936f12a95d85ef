// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What starts a formula: OWASP, "CSV Injection". A cell is looked at in pieces: a program may begin
// a new cell at a line end, or at another separator than ours.

#define G_LOG_DOMAIN "trace-csv"

#include "kiosk/trace/trace-csv.h"

#include <string.h>

#define PIECE_ENDS   "\r\n\t,;"
#define QUOTE_REASON "\r\n\t,;\""

struct TraceCsvReader {
  TraceInput *input;
  char separator;
  gint64 row;
  GString *record; // fields, a zero byte after each
  GArray *starts;  // of gsize
  GPtrArray *fields;
};

static gboolean
starts_formula (gunichar letter, gboolean is_first_piece)
{
  switch (letter) {
  case '=':
  case '+':
  case '-':
  case '@':
  case '\t':
  case 0xFF1D: // full-width = + - @
  case 0xFF0B:
  case 0xFF0D:
  case 0xFF20:
    return TRUE;
  case '\r':
  case '\n':
    return is_first_piece;
  default:
    return FALSE;
  }
}

// What a program may skip before it looks for a formula. Apostrophes are among it, so that one in
// front changes nothing about what is behind it: that is why taking it away again is exact.
static gboolean
is_skipped (gunichar letter)
{
  if (letter == '\t' || letter == '\r' || letter == '\n')
    return FALSE;
  return letter == '\'' || letter == '"' || letter < ' ' || letter == 0x7F ||
         g_unichar_isspace (letter) || g_unichar_type (letter) == G_UNICODE_FORMAT;
}

static gboolean
is_formula (const char *piece, gboolean is_first_piece)
{
  for (const char *at = piece; *at != '\0';) {
    gunichar letter = g_utf8_get_char_validated (at, -1);
    if (letter == (gunichar) -1 || letter == (gunichar) -2)
      return FALSE;
    if (!is_skipped (letter))
      return starts_formula (letter, is_first_piece);
    at = g_utf8_next_char (at);
  }
  return FALSE;
}

void
trace_csv_neutralise (GString *cell, const char *field)
{
  for (const char *piece = field; *piece != '\0';) {
    gsize len = strcspn (piece, PIECE_ENDS);
    len += piece[len] != '\0';
    if (is_formula (piece, piece == field))
      g_string_append_c (cell, '\'');
    g_string_append_len (cell, piece, (gssize) len);
    piece += len;
  }
}

void
trace_csv_restore (char *cell)
{
  char *to = cell;
  gboolean is_first_piece = TRUE;
  for (const char *piece = cell; *piece != '\0'; is_first_piece = FALSE) {
    piece += piece[0] == '\'' && is_formula (piece, is_first_piece);
    gsize len = strcspn (piece, PIECE_ENDS);
    len += piece[len] != '\0';
    memmove (to, piece, len);
    to += len;
    piece += len;
  }
  *to = '\0';
}

void
trace_csv_append_separated (GString *line, const char *field, char separator)
{
  gsize start = line->len;
  if (strpbrk (field, PIECE_ENDS "=+-@\xEF") == NULL) // the usual case
    g_string_append (line, field);
  else
    trace_csv_neutralise (line, field);
  const char *cell = line->str + start;
  gsize len = line->len - start;
  if (len == 0 || (strpbrk (cell, QUOTE_REASON) == NULL && memchr (cell, separator, len) == NULL &&
                   cell[0] != ' ' && cell[len - 1] != ' '))
    return;
  g_autofree char *copy = g_strdup (cell);
  g_string_truncate (line, start);
  g_string_append_c (line, '"');
  for (const char *at = copy; *at != '\0'; at++) {
    if (*at == '"')
      g_string_append_c (line, '"');
    g_string_append_c (line, *at);
  }
  g_string_append_c (line, '"');
}

gboolean
trace_separator_read (const char *word, char *ret_separator)
{
  if (g_str_equal (word, "tab"))
    word = "\t";
  if (word[0] == '\0' || word[1] != '\0' || strchr (",;\t", word[0]) == NULL)
    return FALSE;
  *ret_separator = word[0];
  return TRUE;
}

void
trace_csv_append (GString *line, const char *field)
{
  trace_csv_append_separated (line, field, ',');
}

// As far as the input's first bytes show it.
static char
find_separator (const TraceInput *input)
{
  static const char separators[] = ",;\t";
  gsize counts[sizeof separators] = { 0 };
  gsize best = 0;
  for (const guint8 *at = input->at; at < input->end && *at != '\n' && *at != '\r'; at++)
    for (gsize i = 0; separators[i] != '\0'; i++)
      counts[i] += *at == (guint8) separators[i];
  for (gsize i = 1; separators[i] != '\0'; i++)
    if (counts[i] > counts[best])
      best = i;
  return separators[best];
}

TraceCsvReader *
trace_csv_reader_new (TraceInput *input, char separator)
{
  TraceCsvReader *reader = g_new0 (TraceCsvReader, 1);
  reader->input = input;
  reader->separator = separator != '\0' ? separator : find_separator (input);
  reader->record = g_string_new (NULL);
  reader->starts = g_array_new (FALSE, FALSE, sizeof (gsize));
  reader->fields = g_ptr_array_new ();
  return reader;
}

void
trace_csv_reader_free (TraceCsvReader *reader)
{
  (void) g_string_free (reader->record, TRUE);
  g_array_unref (reader->starts);
  g_ptr_array_unref (reader->fields);
  g_free (reader);
}

static gboolean
is_end (const TraceCsvReader *reader, int byte)
{
  return byte == reader->separator || byte == '\n' || byte == '\r' || byte == EOF;
}

static TraceFault
take_quoted (TraceCsvReader *reader, gsize start)
{
  GString *record = reader->record;
  for (int byte = trace_input_get (reader->input); byte != EOF;
       byte = trace_input_get (reader->input)) {
    if (byte == '"' && trace_input_peek (reader->input) != '"')
      return is_end (reader, trace_input_peek (reader->input)) ? TRACE_FAULT_NONE
                                                               : TRACE_FAULT_QUOTES;
    if (byte == '"')
      (void) trace_input_get (reader->input); // the second of two
    if (byte == '\0')
      return TRACE_FAULT_ZERO_BYTE;
    g_string_append_c (record, (char) byte);
    if (record->len - start > TRACE_CSV_FIELD_MAX || record->len > TRACE_CSV_RECORD_MAX)
      return TRACE_FAULT_LONG_FIELD;
  }
  return TRACE_FAULT_QUOTES;
}

static TraceFault
take_plain (TraceCsvReader *reader, gsize start)
{
  GString *record = reader->record;
  while (!is_end (reader, trace_input_peek (reader->input))) {
    char byte = (char) trace_input_get (reader->input);
    if (byte == '\0')
      return TRACE_FAULT_ZERO_BYTE;
    g_string_append_c (record, byte);
    if (record->len - start > TRACE_CSV_FIELD_MAX || record->len > TRACE_CSV_RECORD_MAX)
      return TRACE_FAULT_LONG_FIELD;
  }
  return TRACE_FAULT_NONE;
}

// Takes the line's end, whichever it is. FALSE: there is another field.
static gboolean
take_end (TraceCsvReader *reader)
{
  int byte = trace_input_get (reader->input);
  if (byte == '\r' && trace_input_peek (reader->input) == '\n')
    (void) trace_input_get (reader->input); // one end
  return byte != reader->separator;
}

static void
skip_line (TraceCsvReader *reader)
{
  int byte = trace_input_get (reader->input);
  while (byte != EOF && byte != '\n' && byte != '\r')
    byte = trace_input_get (reader->input);
  if (byte == '\r' && trace_input_peek (reader->input) == '\n')
    (void) trace_input_get (reader->input); // one end
}

static TraceFault
take_record (TraceCsvReader *reader)
{
  TraceFault fault = TRACE_FAULT_NONE;
  do {
    gsize start = reader->record->len;
    gboolean is_quoted = trace_input_peek (reader->input) == '"';
    if (is_quoted)
      (void) trace_input_get (reader->input); // the quote
    fault = is_quoted ? take_quoted (reader, start) : take_plain (reader, start);
    if (fault == TRACE_FAULT_NONE && reader->starts->len == TRACE_CSV_COLUMNS_MAX)
      fault = TRACE_FAULT_MANY_COLUMNS;
    if (fault != TRACE_FAULT_NONE) {
      skip_line (reader);
      return fault;
    }
    g_array_append_val (reader->starts, start);
    g_string_append_c (reader->record, '\0');
  } while (!take_end (reader));
  return TRACE_FAULT_NONE;
}

TraceFault
trace_csv_reader_next (TraceCsvReader *reader, char *const **ret_fields, gsize *ret_n_fields)
{
  g_string_truncate (reader->record, 0);
  g_array_set_size (reader->starts, 0);
  g_ptr_array_set_size (reader->fields, 0);
  *ret_n_fields = 0;
  if (trace_input_peek (reader->input) == EOF)
    return TRACE_FAULT_NONE;
  reader->row++;
  TraceFault fault = take_record (reader);
  if (fault != TRACE_FAULT_NONE)
    return fault;
  for (guint i = 0; i < reader->starts->len; i++) {
    char *field = reader->record->str + g_array_index (reader->starts, gsize, i);
    if (strchr (field, '\'') != NULL)
      trace_csv_restore (field);
    g_ptr_array_add (reader->fields, field);
  }
  *ret_fields = (char *const *) reader->fields->pdata;
  *ret_n_fields = reader->fields->len;
  return TRACE_FAULT_NONE;
}

gint64
trace_csv_reader_get_row (const TraceCsvReader *reader)
{
  return reader->row;
}

char
trace_csv_reader_get_separator (const TraceCsvReader *reader)
{
  return reader->separator;
}
