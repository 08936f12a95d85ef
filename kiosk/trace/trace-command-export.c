// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-command-export"

#include <stdio.h>
#include <string.h>

#include "kiosk/trace/trace-ask.h"
#include "kiosk/trace/trace-audit.h"
#include "kiosk/trace/trace-csv.h"
#include "kiosk/trace/trace-details.h"
#include "kiosk/trace/trace-export.h"
#include "kiosk/trace/trace-index.h"
#include "kiosk/trace/trace-options.h"
#include "kiosk/trace/trace-person.h"
#include "kiosk/trace/trace-table.h"

#define OFFICER_MAX_BYTES 64
#define ROW_LIMIT_MIN     10

typedef struct {
  TraceOptions *options;
  TracePerson *person;
  TraceAsk *ask;
  char *format_word, *officer, *separator, *output, *details, *case_id, *rule;
  gboolean has_byte_order_mark;
  gint64 row_limit;
  TraceQuestion question;
  const TraceExportFormat *format;
  TraceExportForm form;
} Request;

static void
request_clear (Request *request)
{
  g_free (request->format_word);
  g_free (request->officer);
  g_free (request->separator);
  g_free (request->output);
  g_free (request->details);
  g_free (request->case_id);
  g_free (request->rule);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Request, request_clear)

static gboolean
is_officer (const char *name)
{
  if (name == NULL || name[strspn (name, " ")] == '\0' || strlen (name) > OFFICER_MAX_BYTES ||
      !g_utf8_validate (name, -1, NULL))
    return FALSE;
  for (const char *at = name; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      return FALSE;
  return TRUE;
}

// What is asked: a case, who was at a venue, or somebody's contacts.
static gboolean
read_question (Request *request)
{
  TraceOptions *options = request->options;
  if (request->case_id != NULL)
    return TRUE;
  if (options->venue != NULL)
    return trace_options_read_span (options);
  if (!trace_person_check (request->person, options) ||
      !trace_ask_read_question (request->ask, options, &request->question))
    return FALSE;
  request->rule = trace_ask_to_string (request->ask, &request->question);
  request->form.rule = request->rule;
  return TRUE;
}

static gboolean
check (Request *request)
{
  TraceOptions *options = request->options;
  const TracePerson *person = request->person;
  const char *wrong = NULL;
  gboolean is_of_person =
      person->subject != NULL || person->credential != NULL || person->bluezone_keys != NULL;
  request->form = (TraceExportForm){ .officer = request->officer,
                                     .separator = ',',
                                     .has_byte_order_mark = request->has_byte_order_mark,
                                     .row_limit = request->row_limit };
  request->format =
      request->format_word != NULL ? trace_export_format_find (request->format_word) : NULL;
  if (!is_officer (request->officer))
    wrong = "--officer NAME: who answers for this export, up to 64 bytes";
  else if (request->format == NULL)
    wrong = "--format: csv, json, dot, iris, sormas-contacts, sormas-participants, godata"
            " or bluezone";
  else if (is_of_person + (options->venue != NULL) + (request->case_id != NULL) != 1)
    wrong = "one of --subject HEX, --credential -, --bluezone-keys FILE, --case ID, --venue ID";
  else if (request->case_id != NULL && (options->from != NULL || options->to != NULL))
    wrong = "--case ID has its own --from and --to";
  else if (request->separator != NULL &&
           !trace_separator_read (request->separator, &request->form.separator))
    wrong = "--separator: , ; or tab";
  else if (request->row_limit < ROW_LIMIT_MIN)
    wrong = "--row-limit is at least 10";
  if (wrong != NULL) {
    (void) trace_options_say (options, TRACE_EXIT_USAGE, wrong);
    return FALSE;
  }
  return read_question (request);
}

static TraceAnswer *
search (const Request *request, TraceSource *source, GError **error)
{
  const TraceSeed seed = TRACE_SEED (request->person->limits);
  return trace_search (source, &seed, 1, &request->question, NULL, NULL, error);
}

// From the index when there is one; whatever is wrong with it, the tables know the answer.
static TraceAnswer *
find_answer (const Request *request, TraceStore *store, GError **error)
{
  g_autoptr (TraceIndex) index = trace_index_open_or_build (store, request->options->store, NULL);
  TraceAnswer *answer =
      index != NULL ? search (request, trace_index_get_source (index), NULL) : NULL;
  return answer != NULL ? answer : search (request, trace_store_get_source (store), error);
}

static TraceExport *
find_contacts (const Request *request, TraceStore *store, GError **error)
{
  TracePerson *person = request->person;
  const TraceQuestion *question = &request->question;
  if (!trace_person_find (person, store, request->options->store, question->from_s, question->to_s,
                          error) ||
      !trace_person_is_known (person, error))
    return NULL;
  g_autoptr (TraceAnswer) answer = find_answer (request, store, error);
  if (answer == NULL)
    return NULL;
  if (answer->n_cut > 0)
    (void) fprintf (stderr, "tramxanh-trace %s: %u more were found, and cut by --limit\n",
                    request->options->name, answer->n_cut);
  const TraceExportAnswer answered = { question, answer, person->limits };
  return trace_export_new_contacts (store, &answered, error);
}

static TraceExport *
find_rows (const Request *request, TraceStore *store, GError **error)
{
  const TraceOptions *options = request->options;
  if (request->case_id != NULL)
    return trace_export_new_case (store, request->case_id, error);
  if (options->venue != NULL)
    return trace_options_knows_venue (options, store, error)
               ? trace_export_new_guests (store, options->venue, options->from_s, options->to_s,
                                          error)
               : NULL;
  return find_contacts (request, store, error);
}

// What is not in the log is not given away.
static gboolean
note_in_log (const Request *request, TraceStore *store, gsize n_rows, GError **error)
{
  g_autoptr (GString) what = g_string_new (request->format_word);
  char subject[2 * TRACE_SUBJECT_SIZE + 1];
  trace_subject_write (request->person->first, subject);
  g_string_append_printf (what, ", %" G_GSIZE_FORMAT " rows, %s", n_rows,
                          request->options->venue != NULL ? "guests" : "contacts");
  if (request->rule != NULL)
    g_string_append_printf (what, " of %s, rule %s", subject, request->rule);
  const TraceAuditEntry entry = { .officer = request->officer,
                                  .action = "export",
                                  .case_id = request->case_id != NULL ? request->case_id : "",
                                  .reason = "",
                                  .what = what->str };
  return trace_audit_write (trace_store_get_db (store), &entry, error);
}

// What cannot be used of the details is said, by its line; the others are told.
static gboolean
read_details (const Request *request, TraceExport *export)
{
  if (request->details == NULL)
    return TRUE;
  FILE *stream = fopen (request->details, "re");
  g_autoptr (TraceFaults) faults = trace_faults_new ();
  if (stream == NULL) {
    (void) trace_options_say (request->options, TRACE_EXIT_COULD_NOT, "the details cannot be read");
    return FALSE;
  }
  trace_export_set_details (export, trace_details_read (stream, faults));
  (void) fclose (stream); // only read
  if (trace_faults_count (faults) > 0) {
    g_autofree char *text = trace_faults_tell (faults, TRACE_LANGUAGE_EN);
    (void) trace_options_say (request->options, 0, "of the details, left out:");
    (void) fputs (text, stderr);
  }
  return TRUE;
}

static int
write_export (const Request *request, TraceStore *store, TraceExport *export)
{
  const TraceOptions *options = request->options;
  g_autoptr (GError) error = NULL;
  g_autoptr (TraceOutput) output = trace_output_new (request->output);
  const GPtrArray *left_out = trace_export_get_left_out (export);
  gint64 capacity = trace_export_format_get_capacity (request->format, export, &request->form);
  if (!trace_export_format_takes (request->format, export))
    return trace_options_say (options, TRACE_EXIT_USAGE,
                              "--format dot is for contacts, bluezone for --venue");
  if (request->output == NULL && (gint64) trace_export_count (export) > capacity)
    return trace_options_say (options, TRACE_EXIT_USAGE,
                              "more rows than one file holds: give --output FILE");
  if (!read_details (request, export))
    return TRACE_EXIT_COULD_NOT;
  if (!note_in_log (request, store, trace_export_count (export), &error) ||
      !trace_export_write (export, request->format, &request->form, output, &error))
    return trace_options_say_error (options, error);
  (void) fprintf (stderr, "tramxanh-trace %s: %" G_GINT64_FORMAT " rows, %u parts, for %s",
                  options->name, trace_output_count_all_rows (output),
                  trace_output_count_parts (output), request->officer);
  (void) fprintf (stderr, left_out->len > 0 ? ", %u left out:\n" : "\n", left_out->len);
  for (guint i = 0; i < left_out->len; i++)
    (void) fprintf (stderr, "%s\n", (const char *) g_ptr_array_index (left_out, i));
  return left_out->len > 0 ? TRACE_EXIT_NO : 0;
}

static int
export_answer (const Request *request)
{
  int status = 0;
  g_autoptr (GError) error = NULL;
  g_autoptr (TraceStore) store = trace_options_open_store (request->options, &status);
  if (store == NULL)
    return status;
  g_autoptr (TraceExport) export = find_rows (request, store, &error);
  return export != NULL ? write_export (request, store, export)
                        : trace_options_say_error (request->options, error);
}

int
trace_command_export (int argc, char **argv)
{
  g_auto (TraceOptions) options = TRACE_OPTIONS (argv);
  g_auto (TraceAsk) ask = TRACE_ASK;
  g_auto (TracePerson) person = { NULL };
  g_auto (Request) request = {
    .options = &options, .person = &person, .ask = &ask, .row_limit = TRACE_TABLE_ROW_LIMIT
  };
  GOptionEntry entries[] = {
    { "format", 0, 0, G_OPTION_ARG_STRING, &request.format_word, "For which system", "F" },
    { "officer", 0, 0, G_OPTION_ARG_STRING, &request.officer, "Who answers for it", "NAME" },
    { "case", 0, 0, G_OPTION_ARG_STRING, &request.case_id, "Contacts of a case", "ID" },
    { "venue", 0, 0, G_OPTION_ARG_STRING, &options.venue, "Who was there", "ID" },
    TRACE_PERSON_ENTRIES (&person),
    TRACE_ASK_SPAN_ENTRIES (&ask, &options),
    TRACE_ASK_RULE_ENTRIES (&ask),
    { "limit", 0, 0, G_OPTION_ARG_INT, &ask.limit, "At most so many contacts (0: all)", "N" },
    { "details", 0, 0, G_OPTION_ARG_FILENAME, &request.details,
      "Who subjects are, as it was revealed to the officer", "FILE" },
    { "output", 0, 0, G_OPTION_ARG_FILENAME, &request.output, "A file, with a manifest", "FILE" },
    { "separator", 0, 0, G_OPTION_ARG_STRING, &request.separator, "Of columns: , ; or tab (,)",
      "S" },
    { "bom", 0, 0, G_OPTION_ARG_NONE, &request.has_byte_order_mark,
      "Begin tables with a byte order mark", NULL },
    { "row-limit", 0, 0, G_OPTION_ARG_INT64, &request.row_limit,
      "Lines below the first in one file (1048575)", "N" },
    { NULL },
  };
  if (!trace_options_parse (&options, entries, &argc, &argv) || !check (&request))
    return TRACE_EXIT_USAGE;
  return export_answer (&request);
}
