// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Any of our tables: the header says which column is what. Empty lines and those that begin with
// '#' are left out; a table of ours ends with one that counts its rows.

#define G_LOG_DOMAIN "trace-import"

#include <string.h>

#include "kiosk/trace/trace-csv.h"
#include "kiosk/trace/trace-import-private.h"
#include "kiosk/trace/trace-table.h"

#define UPPER_HEADER "EventParticipant" // above SORMAS's own

const char *const trace_stay_field_names[TRACE_N_STAY_FIELDS] = {
  "subject", "venue", "zone", "arrived", "left", "evidence", "kiosk", "seq",
};

static const struct {
  const char *name;
  TraceField field;
} other_names[] = {
  { "note", TRACE_FIELD_NOTE },
  { "level", TRACE_FIELD_IGNORED },
  { "exposed_at", TRACE_FIELD_IGNORED },
  { "overlap_s", TRACE_FIELD_IGNORED },
  { "first", TRACE_FIELD_IGNORED },
  { "last", TRACE_FIELD_IGNORED },
  { "via", TRACE_FIELD_IGNORED },
  { "staff", TRACE_FIELD_IGNORED },
  { "doubts", TRACE_FIELD_DOUBTS },
  { "officer", TRACE_FIELD_IGNORED },
  { "schema", TRACE_FIELD_SCHEMA },
  // SORMAS
  { "description", TRACE_FIELD_NOTE },
  { "involvementDescription", TRACE_FIELD_NOTE },
  { "person.firstName", TRACE_FIELD_FIRST_NAME },
  { "person.lastName", TRACE_FIELD_LAST_NAME },
  { "person.sex", TRACE_FIELD_DETAILS + TRACE_DETAIL_SEX },
  { "person.birthdateDD", TRACE_FIELD_BIRTH_DAY },
  { "person.birthdateMM", TRACE_FIELD_BIRTH_MONTH },
  { "person.birthdateYYYY", TRACE_FIELD_BIRTH_YEAR },
  { "person.phone", TRACE_FIELD_DETAILS + TRACE_DETAIL_PHONE },
  { "person.emailAddress", TRACE_FIELD_DETAILS + TRACE_DETAIL_EMAIL },
  { "person.address.postalCode", TRACE_FIELD_IGNORED },
  { "person.address.city", TRACE_FIELD_IGNORED },
  { "person.address.street", TRACE_FIELD_DETAILS + TRACE_DETAIL_ADDRESS },
  { "person.address.houseNumber", TRACE_FIELD_IGNORED },
};

typedef struct {
  TraceField of_column[TRACE_CSV_COLUMNS_MAX];
  gsize n_columns;
  gboolean has_end, is_at_end; // a table of ours, and its last line
} Header;

TraceField
trace_field_find (const char *name)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (name));
  for (guint i = 0; i < TRACE_N_STAY_FIELDS; i++)
    if (g_ascii_strcasecmp (trimmed, trace_stay_field_names[i]) == 0)
      return i;
  for (guint i = 0; i < TRACE_N_DETAILS; i++)
    if (g_ascii_strcasecmp (trimmed, trace_detail_names[i]) == 0)
      return TRACE_FIELD_DETAILS + i;
  for (guint i = 0; i < G_N_ELEMENTS (other_names); i++)
    if (g_ascii_strcasecmp (trimmed, other_names[i].name) == 0)
      return other_names[i].field;
  return TRACE_FIELD_UNKNOWN;
}

static void
read_header (TraceImporter *importer, Header *header, gint64 row, char *const *names, gsize n_names)
{
  gboolean has[TRACE_N_FIELDS] = { FALSE };
  header->n_columns = n_names;
  for (gsize i = 0; i < n_names; i++) {
    char number[16]; // without a header the first line is about somebody
    TraceField field = trace_field_find (names[i]);
    (void) g_snprintf (number, sizeof number, "%" G_GSIZE_FORMAT, i + 1);
    header->of_column[i] = field;
    header->has_end |= field == TRACE_FIELD_SCHEMA;
    if (field == TRACE_FIELD_UNKNOWN && !importer->options->ignore_extra)
      trace_faults_add (importer->faults, row, number, TRACE_FAULT_EXTRA_COLUMN);
    if (field < TRACE_N_FIELDS && has[field])
      trace_faults_add (importer->faults, row, number, TRACE_FAULT_TWICE);
    if (field < TRACE_N_FIELDS)
      has[field] = TRUE;
  }
  for (guint i = 0; !has[TRACE_FIELD_NOTE] && i < TRACE_N_STAY_FIELDS; i++)
    if (!has[i])
      trace_faults_add (importer->faults, row, trace_stay_field_names[i],
                        TRACE_FAULT_MISSING_COLUMN);
}

// Spaces around numbers and words are nobody's; those around names are.
static const char *
trim (TraceField field, char *text)
{
  return field == TRACE_FIELD_SUBJECT || field == TRACE_FIELD_ARRIVED ||
                 field == TRACE_FIELD_LEFT || field == TRACE_FIELD_EVIDENCE ||
                 field == TRACE_FIELD_SEQ
             ? g_strstrip (text)
             : text;
}

static gboolean
take_record (TraceImporter *importer,
             Header *header,
             gint64 row,
             char *const *fields,
             gsize n_fields,
             GError **error)
{
  const char *sorted[TRACE_N_FIELDS];
  if (g_str_equal (fields[0], TRACE_TABLE_END)) {
    header->is_at_end = TRUE;
    trace_importer_check_rows (importer, row, n_fields > 1 ? fields[1] : "");
    return TRUE;
  }
  if (fields[0][0] == '#' || (n_fields == 1 && fields[0][0] == '\0'))
    return TRUE;
  if (n_fields != header->n_columns) {
    importer->import->n_rows++;
    trace_faults_add (importer->faults, row, NULL, TRACE_FAULT_N_COLUMNS);
    return TRUE;
  }
  for (guint i = 0; i < TRACE_N_FIELDS; i++)
    sorted[i] = "";
  for (gsize i = 0; i < n_fields; i++)
    if (header->of_column[i] < TRACE_N_FIELDS)
      sorted[header->of_column[i]] = trim (header->of_column[i], fields[i]);
  return trace_importer_take (importer, row, sorted, error);
}

gboolean
trace_import_csv (TraceImporter *importer, TraceInput *input, GError **error)
{
  g_autoptr (TraceCsvReader) reader = trace_csv_reader_new (input, importer->options->separator);
  Header header = { .n_columns = 0 };
  char *const *fields = NULL;
  for (;;) {
    gsize n_fields = 0;
    TraceFault fault = trace_csv_reader_next (reader, &fields, &n_fields);
    gint64 row = trace_csv_reader_get_row (reader);
    if (fault != TRACE_FAULT_NONE)
      trace_faults_add (importer->faults, row, NULL, fault);
    else if (n_fields == 0)
      break;
    else if (header.n_columns == 0 && !g_str_equal (fields[0], UPPER_HEADER)) {
      read_header (importer, &header, row, fields, n_fields);
      if (trace_faults_count (importer->faults) > 0)
        return TRUE; // the rows would all be wrong
    } else if (header.n_columns > 0 &&
               !take_record (importer, &header, row, fields, n_fields, error))
      return FALSE;
    if (fault == TRACE_FAULT_LONG_FIELD || (fault != TRACE_FAULT_NONE && header.n_columns == 0))
      return TRUE;
  }
  if (header.n_columns == 0)
    trace_faults_add (importer->faults, 0, NULL, TRACE_FAULT_NO_HEADER);
  if (header.has_end && !header.is_at_end)
    trace_faults_add (importer->faults, 0, NULL, TRACE_FAULT_ROW_COUNT);
  return TRUE;
}
