// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-import"

#include "kiosk/trace/trace-import.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "kiosk/trace/trace-csv.h"
#include "kiosk/trace/trace-load.h"

#define LINE_MAX_BYTES 4096
#define ROW_BYTES      90 // about
#define NAME_MAX_BYTES 256
#define LATEST_S       253402300799 // 9999-12-31

typedef enum {
  COLUMN_SUBJECT,
  COLUMN_VENUE,
  COLUMN_ZONE,
  COLUMN_ARRIVED,
  COLUMN_LEFT,
  COLUMN_EVIDENCE,
  COLUMN_KIOSK,
  COLUMN_SEQ,
  N_COLUMNS,
} Column;

static const char *const column_names[N_COLUMNS] = { "subject", "venue",    "zone",  "arrived",
                                                     "left",    "evidence", "kiosk", "seq" };
static const char byte_order_mark[] = "\xEF\xBB\xBF";

static gboolean
read_number (const char *text, gint64 max, gint64 *ret_number)
{
  return g_ascii_string_to_signed (text, 10, 0, max, ret_number, NULL);
}

static gboolean
is_name (const char *text, gsize min_len)
{
  gsize len = strlen (text);
  for (gsize i = 0; i < len; i++)
    if ((guchar) text[i] < ' ' || text[i] == 0x7f)
      return FALSE;
  return len >= min_len && len <= NAME_MAX_BYTES && g_utf8_validate (text, (gssize) len, NULL);
}

static gboolean
read_evidence (const char *text, TraceEvidence *ret_evidence)
{
  for (TraceEvidence evidence = 0; evidence < TRACE_N_EVIDENCES; evidence++)
    if (g_str_equal (text, trace_evidence_to_string (evidence))) {
      *ret_evidence = evidence;
      return TRUE;
    }
  return FALSE;
}

// Returns what is wrong with it, or NULL.
static const char *
read_column (Column column, const char *text, TraceArrival *stay)
{
  switch (column) {
  case COLUMN_SUBJECT:
    return trace_subject_read (text, stay->subject) ? NULL : "not 32 hexadecimal digits";
  case COLUMN_VENUE:
    stay->venue = text;
    return is_name (text, 1) ? NULL : "empty, too long, or not plain UTF-8 text";
  case COLUMN_ZONE:
    stay->zone = text;
    return is_name (text, 0) ? NULL : "too long, or not plain UTF-8 text";
  case COLUMN_ARRIVED:
    return read_number (text, LATEST_S, &stay->arrived_s) ? NULL : "not a time in seconds";
  case COLUMN_LEFT:
    stay->left_s = TRACE_OPEN_S;
    if (text[0] == '\0')
      return NULL;
    if (!read_number (text, LATEST_S, &stay->left_s))
      return "neither empty nor a time in seconds";
    if (stay->left_s <= stay->arrived_s)
      return "not later than arrived";
    return stay->left_s - stay->arrived_s <= TRACE_LONGEST_S ? NULL : "more than a year";
  case COLUMN_EVIDENCE:
    return read_evidence (text, &stay->evidence) ? NULL : "not qr, ble, manual or staff";
  case COLUMN_KIOSK:
    stay->kiosk = text;
    return is_name (text, 0) ? NULL : "too long, or not plain UTF-8 text";
  case COLUMN_SEQ:
    stay->seq = 0;
    return text[0] == '\0' || read_number (text, G_MAXINT64, &stay->seq) ? NULL : "not a number";
  case N_COLUMNS:
    break;
  }
  return NULL;
}

static gboolean
refuse (gint64 number, const char *column, const char *why, GError **error)
{
  g_set_error (error, TRACE_ERROR, TRACE_ERROR_INPUT, "row %" G_GINT64_FORMAT "%s%s: %s", number,
               column != NULL ? ", column " : "", column != NULL ? column : "", why);
  return FALSE;
}

static gboolean
take_line (TraceLoad *load, gint64 number, char *line, GError **error)
{
  char *fields[N_COLUMNS];
  TraceArrival arrival = { .seq = 0 };
  gsize n_fields = trace_csv_split (line, fields, N_COLUMNS);
  if (n_fields != N_COLUMNS)
    return refuse (number, NULL, n_fields == 0 ? "quotes do not match" : "not eight columns",
                   error);
  for (Column column = 0; column < N_COLUMNS; column++) {
    const char *wrong = read_column (column, fields[column], &arrival);
    if (wrong != NULL)
      return refuse (number, column_names[column], wrong, error);
  }
  return trace_load_add (load, &arrival, error);
}

static gboolean
is_header (char *line)
{
  const char *text =
      g_str_has_prefix (line, byte_order_mark) ? line + strlen (byte_order_mark) : line;
  return strncmp (text, TRACE_IMPORT_HEADER, strlen (TRACE_IMPORT_HEADER)) == 0 &&
         text[strlen (TRACE_IMPORT_HEADER) +
              strspn (text + strlen (TRACE_IMPORT_HEADER), "\r\n")] == '\0';
}

static gboolean
take_rows (TraceLoad *load, FILE *stream, gint64 *n_rows, GError **error)
{
  char line[LINE_MAX_BYTES];
  for (gint64 number = 1; fgets (line, sizeof line, stream) != NULL; number++) {
    gboolean is_whole = strchr (line, '\n') != NULL || feof (stream);
    if (!is_whole)
      return refuse (number, NULL, "longer than 4095 bytes, or a zero byte in it", error);
    if (number == 1 && !is_header (line))
      return refuse (number, NULL, "the header is not " TRACE_IMPORT_HEADER, error);
    if (number == 1 || line[strspn (line, "\r\n")] == '\0')
      continue;
    if (!take_line (load, number, line, error))
      return FALSE;
    (*n_rows)++;
  }
  return !ferror (stream) || refuse (0, NULL, "reading the file failed", error);
}

// Of a pipe nobody knows.
static gint64
guess_rows (FILE *stream)
{
  struct stat facts;
  return fstat (fileno (stream), &facts) == 0 && S_ISREG (facts.st_mode) ? facts.st_size / ROW_BYTES
                                                                         : 0;
}

static gboolean
take_file (TraceStore *store, FILE *stream, gint64 n_expected, TraceImport *import, GError **error)
{
  g_autoptr (TraceLoad) load = trace_load_new (store, n_expected, error);
  return load != NULL && take_rows (load, stream, &import->n_rows, error) &&
         trace_load_finish (load, &import->n_new, error);
}

gboolean
trace_import_csv (
    TraceStore *store, FILE *stream, gboolean dry_run, TraceImport *ret_import, GError **error)
{
  TraceImport import = { 0 };
  if (!(dry_run ? trace_store_begin_trial : trace_store_begin) (store, error))
    return FALSE;
  gboolean ok = take_file (store, stream, dry_run ? 0 : guess_rows (stream), &import, error) &&
                (dry_run || trace_store_commit (store, error));
  if (dry_run || !ok)
    trace_store_roll_back (store);
  if (ok)
    *ret_import = import;
  return ok;
}
