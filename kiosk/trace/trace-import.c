// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-import"

#include "kiosk/trace/trace-import-private.h"

#include <string.h>
#include <sys/stat.h>

#include "kiosk/trace/trace-note.h"
#include "kiosk/trace/trace-spelling.h"

#define NAME_MAX_BYTES 256
#define ROW_BYTES      90 // about

// By a stay's missing end, and by its evidence.
#define TOLD_OTHERWISE (TRACE_DOUBT_OPEN | TRACE_DOUBT_BEACON)

static const char *const format_words[] = {
  [TRACE_IMPORT_CSV] = "csv",           [TRACE_IMPORT_NDJSON] = "ndjson",
  [TRACE_IMPORT_IRIS] = "iris",         [TRACE_IMPORT_GODATA] = "godata",
  [TRACE_IMPORT_BLUEZONE] = "bluezone",
};

gboolean
trace_import_format_read (const char *word, TraceImportFormat *ret_format)
{
  // What export calls them too.
  if (g_str_equal (word, "json"))
    word = "ndjson";
  if (g_str_has_prefix (word, "sormas"))
    word = "csv";
  for (guint i = 0; i < G_N_ELEMENTS (format_words); i++)
    if (g_str_equal (word, format_words[i])) {
      *ret_format = (TraceImportFormat) i;
      return TRUE;
    }
  return FALSE;
}

static gboolean
is_direction_mark (gunichar letter)
{
  return (letter >= 0x202A && letter <= 0x202E) || (letter >= 0x2066 && letter <= 0x2069);
}

static TraceFault
check_name (const char *text)
{
  gsize len = strlen (text);
  for (gsize i = 0; i < len; i++)
    if ((guchar) text[i] < ' ' || text[i] == 0x7f)
      return TRACE_FAULT_TEXT;
  if (len > NAME_MAX_BYTES || !g_utf8_validate (text, (gssize) len, NULL))
    return TRACE_FAULT_TEXT;
  for (const char *at = strchr (text, '\xE2'); at != NULL && *at != '\0';
       at = g_utf8_next_char (at))
    if (is_direction_mark (g_utf8_get_char (at)))
      return TRACE_FAULT_HIDDEN;
  return TRACE_FAULT_NONE;
}

// A name that is there, in its one spelling.
static TraceFault
read_name (TraceImporter *importer, TraceField field, const char *text, const char **ret_name)
{
  TraceFault fault = check_name (text);
  *ret_name = text;
  if (fault != TRACE_FAULT_NONE)
    return fault;
  *ret_name = trace_spelling_of (text, importer->spelt[field]);
  if (field == TRACE_FIELD_VENUE && (*ret_name)[0] == '\0')
    return TRACE_FAULT_EMPTY;
  return strlen (*ret_name) <= NAME_MAX_BYTES ? TRACE_FAULT_NONE : TRACE_FAULT_TEXT;
}

static TraceFault
read_subject (const char *text, guint8 ret_subject[TRACE_SUBJECT_SIZE])
{
  if (trace_subject_read (text, ret_subject))
    return TRACE_FAULT_NONE;
  gsize n_digits = strspn (text, "0123456789");
  if (n_digits > 0 && (text[n_digits] == '.' || text[n_digits] == ',' || text[n_digits] == 'E') &&
      strstr (text, "E+") != NULL)
    return TRACE_FAULT_SHEET_NUMBER;
  if (n_digits > 0 && text[n_digits] == '\0' && n_digits < 2 * TRACE_SUBJECT_SIZE)
    return TRACE_FAULT_SHEET_ZEROS;
  return TRACE_FAULT_SUBJECT;
}

TraceFault
trace_importer_check_date (const TraceImporter *importer, gint64 arrived_s)
{
  const TraceImportOptions *options = importer->options;
  if (options->any_date)
    return TRACE_FAULT_NONE;
  if (arrived_s < TRACE_EARLIEST_S)
    return TRACE_FAULT_EARLY;
  return arrived_s <= options->now_s + TRACE_AHEAD_S ? TRACE_FAULT_NONE : TRACE_FAULT_LATE;
}

static TraceFault
check_length (gint64 arrived_s, gint64 left_s, gboolean may_be_long)
{
  if (left_s == TRACE_OPEN_S)
    return TRACE_FAULT_NONE;
  if (left_s <= arrived_s)
    return TRACE_FAULT_ORDER;
  if (left_s - arrived_s > TRACE_LONGEST_S)
    return TRACE_FAULT_YEAR;
  return may_be_long || left_s - arrived_s <= TRACE_LONG_S ? TRACE_FAULT_NONE : TRACE_FAULT_LONG;
}

static TraceFault
read_arrived (TraceImporter *importer, const char *text, TraceArrival *arrival)
{
  TraceFault fault = trace_moment_read (text, &arrival->arrived_s);
  return fault != TRACE_FAULT_NONE ? fault
                                   : trace_importer_check_date (importer, arrival->arrived_s);
}

// What a clock was in doubt of was widened by that doubt.
static TraceFault
read_left (TraceImporter *importer, const char *text, TraceArrival *arrival)
{
  gboolean may_be_long =
      importer->options->any_length || (arrival->doubts & TRACE_DOUBT_CLOCK) != 0;
  arrival->left_s = TRACE_OPEN_S;
  if (text[0] == '\0')
    return TRACE_FAULT_NONE;
  TraceFault fault = trace_moment_read (text, &arrival->left_s);
  if (fault == TRACE_FAULT_TIME)
    return TRACE_FAULT_LEFT;
  return fault != TRACE_FAULT_NONE
             ? fault
             : check_length (arrival->arrived_s, arrival->left_s, may_be_long);
}

static TraceFault
read_field (TraceImporter *importer, TraceField field, const char *text, TraceArrival *arrival)
{
  guint8 evidence = 0;
  switch ((guint) field) {
  case TRACE_FIELD_SUBJECT:
    return read_subject (text, arrival->subject);
  case TRACE_FIELD_VENUE:
    return read_name (importer, field, text, &arrival->venue);
  case TRACE_FIELD_ZONE:
    return read_name (importer, field, text, &arrival->zone);
  case TRACE_FIELD_ARRIVED:
    return read_arrived (importer, text, arrival);
  case TRACE_FIELD_LEFT:
    return read_left (importer, text, arrival);
  case TRACE_FIELD_EVIDENCE:
    if (!trace_evidence_read (text, &evidence))
      return TRACE_FAULT_EVIDENCE;
    arrival->evidence = (TraceEvidence) evidence;
    return TRACE_FAULT_NONE;
  case TRACE_FIELD_KIOSK:
    return read_name (importer, field, text, &arrival->kiosk);
  case TRACE_FIELD_SEQ:
    return text[0] == '\0' ||
                   g_ascii_string_to_signed (text, 10, 0, G_MAXINT64, &arrival->seq, NULL)
               ? TRACE_FAULT_NONE
               : TRACE_FAULT_NUMBER;
  default:
    return TRACE_FAULT_NONE;
  }
}

gboolean
trace_importer_put (TraceImporter *importer, const TraceArrival *arrival, GError **error)
{
  return trace_faults_count (importer->faults) > 0 ||
         trace_load_add (importer->load, arrival, error);
}

static gboolean
take_stay (TraceImporter *importer,
           gint64 row,
           const char *const fields[TRACE_N_FIELDS],
           GError **error)
{
  TraceArrival arrival = { .row = row };
  gboolean are_doubts = trace_doubts_read (fields[TRACE_FIELD_DOUBTS], &arrival.doubts);
  for (TraceField field = 0; field < TRACE_N_STAY_FIELDS; field++) {
    TraceFault fault = read_field (importer, field, fields[field], &arrival);
    if (fault != TRACE_FAULT_NONE) {
      trace_faults_add (importer->faults, row, trace_stay_field_names[field], fault);
      return TRUE;
    }
  }
  if (!are_doubts) {
    trace_faults_add (importer->faults, row, "doubts", TRACE_FAULT_DOUBTS);
    return TRUE;
  }
  arrival.doubts &= (guint8) ~TOLD_OTHERWISE;
  return trace_importer_put (importer, &arrival, error);
}

// What a list carries has no number of its own: its length, and how it was seen, tell apart what
// began in the same second.
static gboolean
put_seen (TraceImporter *importer,
          const TraceMeeting *meeting,
          const char *subject,
          guint evidence,
          guint doubts,
          GError **error)
{
  gboolean is_open = meeting->to_s == TRACE_OPEN_S;
  doubts &= (guint) ~TRACE_DOUBT_BEACON; // it is said by the evidence
  guint32 length_s = is_open ? 0 : (guint32) (meeting->to_s - meeting->from_s);
  TraceArrival arrival = {
    .venue = trace_spelling_of (meeting->venue, importer->spelt[TRACE_FIELD_VENUE]),
    .zone = trace_spelling_of (meeting->zone, importer->spelt[TRACE_FIELD_ZONE]),
    .arrived_s = meeting->from_s,
    .left_s = meeting->to_s,
    .evidence = (TraceEvidence) evidence,
    .doubts = (guint8) doubts,
    .kiosk = "",
    .part = is_open ? 0 : (length_s << 6 | evidence << 4 | doubts),
    .row = importer->row,
  };
  (void) trace_subject_read (subject, arrival.subject); // was read before
  return trace_importer_put (importer, &arrival, error);
}

// Both sides of a meeting. @doubts: of a note that does not say what of a meeting is in doubt.
static gboolean
put_meeting (TraceImporter *importer,
             const TraceNote *note,
             const TraceMeeting *meeting,
             guint doubts,
             GError **error)
{
  return put_seen (importer, meeting, note->subject, meeting->evidence, meeting->doubts | doubts,
                   error) &&
         (note->level == 0 || put_seen (importer, meeting, note->via, meeting->via_evidence,
                                        meeting->via_doubts | doubts, error));
}

// Staff whom nobody but the radio has seen here: that they are is an empty stay, which no other one
// of the same second is joined with.
static gboolean
put_staff (TraceImporter *importer, const TraceNote *note, GError **error)
{
  TraceArrival arrival = { .evidence = TRACE_EVIDENCE_STAFF,
                           .kiosk = "",
                           .part = TRACE_EVIDENCE_STAFF << 4,
                           .row = importer->row };
  for (guint i = note->meetings->len; i > 0; i--) {
    const TraceMeeting *meeting = &g_array_index (note->meetings, TraceMeeting, i - 1);
    if (meeting->evidence == TRACE_EVIDENCE_STAFF)
      return TRUE;
    arrival.venue = trace_spelling_of (meeting->venue, importer->spelt[TRACE_FIELD_VENUE]);
    arrival.zone = trace_spelling_of (meeting->zone, importer->spelt[TRACE_FIELD_ZONE]);
    arrival.arrived_s = arrival.left_s = meeting->from_s;
  }
  (void) trace_subject_read (note->subject, arrival.subject); // was read before
  return arrival.venue == NULL || trace_importer_put (importer, &arrival, error);
}

static TraceFault
check_meeting (TraceImporter *importer, const TraceMeeting *meeting)
{
  const char *name = NULL;
  TraceFault fault = read_name (importer, TRACE_FIELD_VENUE, meeting->venue, &name);
  if (fault == TRACE_FAULT_NONE)
    fault = read_name (importer, TRACE_FIELD_ZONE, meeting->zone, &name);
  if (fault == TRACE_FAULT_NONE)
    fault = trace_importer_check_date (importer, meeting->from_s);
  // Our own lists tell of whatever a store has.
  return fault != TRACE_FAULT_NONE ? fault : check_length (meeting->from_s, meeting->to_s, TRUE);
}

static void
add_details (TraceImporter *importer,
             const TraceNote *note,
             const char *const fields[TRACE_N_FIELDS])
{
  g_autoptr (TraceDetails) details = trace_details_new ();
  for (guint i = 0; i < TRACE_N_DETAILS; i++)
    trace_details_set (details, i, fields[TRACE_FIELD_DETAILS + i]);
  trace_details_set (details, TRACE_DETAIL_SEX,
                     trace_sex_from_word (fields[TRACE_FIELD_DETAILS + TRACE_DETAIL_SEX]));
  const char *first = fields[TRACE_FIELD_FIRST_NAME], *last = fields[TRACE_FIELD_LAST_NAME];
  if (!g_str_equal (first, note->subject) && (first[0] != '\0' || last[0] != '\0')) {
    g_autofree char *name = trace_name_join (last, first);
    trace_details_set (details, TRACE_DETAIL_NAME, name);
  }
  if (fields[TRACE_FIELD_BIRTH_YEAR][0] != '\0') {
    g_autofree char *date =
        g_strdup_printf ("%s-%s-%s", fields[TRACE_FIELD_BIRTH_YEAR],
                         fields[TRACE_FIELD_BIRTH_MONTH], fields[TRACE_FIELD_BIRTH_DAY]);
    trace_details_set (details, TRACE_DETAIL_BIRTH_DATE, date);
  }
  if (!trace_details_is_empty (details))
    trace_details_append (importer->import->details, note->subject, details);
}

static gboolean
take_note (TraceImporter *importer,
           gint64 row,
           const char *const fields[TRACE_N_FIELDS],
           GError **error)
{
  g_auto (TraceNote) note;
  trace_note_init (&note);
  TraceFault fault = trace_note_read (fields[TRACE_FIELD_NOTE], &note);
  for (guint i = 0; fault == TRACE_FAULT_NONE && i < note.meetings->len; i++)
    fault = check_meeting (importer, &g_array_index (note.meetings, TraceMeeting, i));
  if (fault != TRACE_FAULT_NONE) {
    trace_faults_add (importer->faults, row, "note", fault);
    return TRUE;
  }
  importer->row = row;
  importer->import->n_absent += note.n_more;
  if (importer->import->details != NULL)
    add_details (importer, &note, fields);
  guint doubts = note.doubts & (guint) ~(note.level > 0 ? TRACE_DOUBT_BEACON : TOLD_OTHERWISE);
  for (guint i = 0; i < note.meetings->len; i++) {
    const TraceMeeting *meeting = &g_array_index (note.meetings, TraceMeeting, i);
    if ((meeting->doubts | meeting->via_doubts) != 0)
      doubts = 0;
  }
  for (guint i = 0; i < note.meetings->len; i++)
    if (!put_meeting (importer, &note, &g_array_index (note.meetings, TraceMeeting, i), doubts,
                      error))
      return FALSE;
  return !note.is_staff || put_staff (importer, &note, error);
}

gboolean
trace_importer_take (TraceImporter *importer,
                     gint64 row,
                     const char *const fields[TRACE_N_FIELDS],
                     GError **error)
{
  importer->import->n_rows++;
  return fields[TRACE_FIELD_NOTE][0] != '\0' ? take_note (importer, row, fields, error)
                                             : take_stay (importer, row, fields, error);
}

void
trace_importer_check_rows (TraceImporter *importer, gint64 row, const char *n_rows)
{
  gint64 n = 0;
  if (!g_ascii_string_to_signed (n_rows, 10, 0, G_MAXINT64, &n, NULL) ||
      n != importer->import->n_rows)
    trace_faults_add (importer->faults, row, NULL, TRACE_FAULT_ROW_COUNT);
}

static gboolean
read_all (TraceImporter *importer, FILE *stream, GError **error)
{
  static gboolean (*const readers[]) (TraceImporter *, TraceInput *, GError **) = {
    [TRACE_IMPORT_CSV] = trace_import_csv,           [TRACE_IMPORT_NDJSON] = trace_import_ndjson,
    [TRACE_IMPORT_IRIS] = trace_import_iris,         [TRACE_IMPORT_GODATA] = trace_import_godata,
    [TRACE_IMPORT_BLUEZONE] = trace_import_bluezone,
  };
  TraceFault fault = TRACE_FAULT_NONE;
  g_autofree TraceInput *input = trace_input_new (stream, &fault);
  if (input != NULL && !readers[importer->options->format](importer, input, error))
    return FALSE;
  if (input != NULL)
    fault = trace_input_check (input);
  if (fault != TRACE_FAULT_NONE)
    trace_faults_add (importer->faults, 0, NULL, fault);
  return TRUE;
}

// Of a pipe nobody knows.
static gint64
guess_rows (FILE *stream)
{
  struct stat facts;
  return fstat (fileno (stream), &facts) == 0 && S_ISREG (facts.st_mode) ? facts.st_size / ROW_BYTES
                                                                         : 0;
}

gboolean
trace_import (TraceStore *store,
              FILE *stream,
              const TraceImportOptions *options,
              TraceImport *import,
              TraceFaults *faults,
              GError **error)
{
  TraceImporter importer = { .options = options, .import = import, .faults = faults };
  if (!(options->dry_run ? trace_store_begin_trial : trace_store_begin) (store, error))
    return FALSE;
  for (guint i = 0; i < TRACE_N_STAY_FIELDS; i++)
    importer.spelt[i] = g_string_new (NULL);
  importer.load = trace_load_new (store, options->dry_run ? 0 : guess_rows (stream), faults, error);
  gboolean ok = importer.load != NULL && read_all (&importer, stream, error) &&
                trace_faults_count (faults) == 0 &&
                trace_load_finish (importer.load, &import->n_new, error) &&
                trace_faults_count (faults) == 0 &&
                trace_load_mark_conflicts (importer.load, &import->n_conflicts, error) &&
                (options->dry_run || trace_store_commit (store, error));
  if (!ok || options->dry_run)
    trace_store_roll_back (store);
  import->n_joined = importer.load != NULL ? trace_load_count_joined (importer.load) : 0;
  g_clear_pointer (&importer.load, trace_load_free);
  for (guint i = 0; i < TRACE_N_STAY_FIELDS; i++)
    g_string_free (importer.spelt[i], TRUE);
  return ok;
}
