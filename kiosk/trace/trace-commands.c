// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Arguments in, questions to the store, answers on standard output; what went wrong goes to
// standard error.

#define G_LOG_DOMAIN "trace-commands"

#include "kiosk/trace/trace-commands.h"

#include <stdio.h>
#include <string.h>

#include "kiosk/trace/trace-import.h"
#include "kiosk/trace/trace-report.h"

#define WINDOW_S           86400
#define MIN_OVERLAP_S      900
#define LEVELS             3
#define LEVELS_MAX         16
#define LONGEST_STAY_H     16 // of a visit that nobody ended, as the kiosk has it
#define LONGEST_STAY_MAX_H 168

// What the subcommands have in common.
typedef struct {
  const char *name;
  char *store, *subject, *venue, *from, *to;
  int longest_stay_h;
  guint8 subject_bytes[TRACE_SUBJECT_SIZE];
  gint64 from_s, to_s;
} Request;

static void
request_clear (Request *request)
{
  g_free (request->store);
  g_free (request->subject);
  g_free (request->venue);
  g_free (request->from);
  g_free (request->to);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Request, request_clear)

static int
say (const Request *request, int status, const char *message)
{
  (void) fprintf (stderr, "tramxanh-trace %s: %s\n", request->name, message);
  return status;
}

static int
say_error (const Request *request, const GError *error)
{
  gboolean is_input = g_error_matches (error, TRACE_ERROR, TRACE_ERROR_INPUT);
  return say (request, is_input ? TRACE_EXIT_USAGE : TRACE_EXIT_COULD_NOT, error->message);
}

// Seconds since 1970, or ISO 8601; without a zone it is local time.
static gboolean
read_time (const char *text, gint64 *ret_time_s)
{
  if (text == NULL)
    return FALSE;
  if (g_ascii_string_to_signed (text, 10, 0, G_MAXINT32 * G_GINT64_CONSTANT (100), ret_time_s,
                                NULL))
    return TRUE;
  g_autoptr (GTimeZone) local = g_time_zone_new_local ();
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, local);
  if (time != NULL)
    *ret_time_s = g_date_time_to_unix (time);
  return time != NULL;
}

static gboolean
parse (Request *request, GOptionEntry *own, int *argc, char ***argv)
{
  const GOptionEntry common[] = {
    { "store", 0, 0, G_OPTION_ARG_STRING, &request->store, "sqlite:FILE", "URI" },
    { "longest-stay", 0, 0, G_OPTION_ARG_INT, &request->longest_stay_h,
      "Hours after which a visit that nobody ended has ended (16)", "H" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_option_context_add_main_entries (context, common, NULL);
  g_option_context_add_main_entries (context, own, NULL);
  if (!g_option_context_parse (context, argc, argv, &error))
    (void) say (request, TRACE_EXIT_USAGE, error->message);
  else if (request->store == NULL)
    (void) say (request, TRACE_EXIT_USAGE, "--store URI is missing");
  else if (request->longest_stay_h < 1 || request->longest_stay_h > LONGEST_STAY_MAX_H)
    (void) say (request, TRACE_EXIT_USAGE, "--longest-stay is 1 to 168 hours");
  else
    return TRUE;
  return FALSE;
}

static gboolean
read_span (Request *request)
{
  if (read_time (request->from, &request->from_s) && read_time (request->to, &request->to_s) &&
      request->from_s < request->to_s)
    return TRUE;
  (void) say (request, TRACE_EXIT_USAGE,
              "--from T and --to T: seconds since 1970 or ISO 8601, the first before the second");
  return FALSE;
}

static gboolean
read_subject (Request *request)
{
  if (request->subject != NULL && trace_subject_read (request->subject, request->subject_bytes))
    return TRUE;
  (void) say (request, TRACE_EXIT_USAGE, "--subject HEX: 32 hexadecimal digits");
  return FALSE;
}

static TraceStore *
open_store (Request *request, int *ret_status)
{
  g_autoptr (GError) error = NULL;
  const TraceOpenStays open_stays = {
    .now_s = g_get_real_time () / G_USEC_PER_SEC,
    .longest_stay_s = (gint64) request->longest_stay_h * 3600,
  };
  TraceStore *store = trace_store_open (request->store, &open_stays, &error);
  if (store == NULL)
    *ret_status = say_error (request, error);
  return store;
}

static FILE *
open_input (const Request *request, int argc, char **argv)
{
  FILE *stream = argc < 2 || g_str_equal (argv[1], "-") ? stdin : fopen (argv[1], "re");
  if (stream == NULL)
    (void) fprintf (stderr, "tramxanh-trace %s: %s: cannot be read\n", request->name, argv[1]);
  return stream;
}

int
trace_command_import (int argc, char **argv)
{
  g_auto (Request) request = { .name = argv[0], .longest_stay_h = LONGEST_STAY_H };
  g_autofree char *format = NULL;
  gboolean dry_run = FALSE;
  int status = 0;
  GOptionEntry entries[] = {
    { "format", 0, 0, G_OPTION_ARG_STRING, &format, "csv", "F" },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run, "Look at every row, keep none", NULL },
    { NULL },
  };
  if (!parse (&request, entries, &argc, &argv))
    return TRACE_EXIT_USAGE;
  if (format != NULL && !g_str_equal (format, "csv"))
    return say (&request, TRACE_EXIT_USAGE, "--format: csv");
  g_autoptr (TraceStore) store = open_store (&request, &status);
  FILE *stream = store != NULL ? open_input (&request, argc, argv) : NULL;
  if (stream == NULL)
    return store == NULL ? status : TRACE_EXIT_COULD_NOT;
  g_autoptr (GError) error = NULL;
  TraceImport import;
  gboolean ok = trace_import_csv (store, stream, dry_run, &import, &error);
  if (stream != stdin)
    (void) fclose (stream); // only read
  if (!ok) {
    (void) say_error (&request, error);
    return g_error_matches (error, TRACE_ERROR, TRACE_ERROR_INPUT) ? 1 : TRACE_EXIT_COULD_NOT;
  }
  (void) printf ("{\"rows\":%" G_GINT64_FORMAT ",\"new\":%" G_GINT64_FORMAT "}\n", import.n_rows,
                 import.n_new);
  return 0;
}

static gboolean
check_question (
    const Request *request, int levels, gint64 min_overlap_s, gint64 latency_s, int limit)
{
  if (levels < 1 || levels > LEVELS_MAX)
    (void) say (request, TRACE_EXIT_USAGE, "--levels is 1 to 16");
  else if (min_overlap_s < 1 || min_overlap_s > WINDOW_S)
    (void) say (request, TRACE_EXIT_USAGE, "--min-overlap is 1 to 86400 seconds");
  else if (latency_s < 0)
    (void) say (request, TRACE_EXIT_USAGE, "--latency is not negative");
  else if (limit < 0)
    (void) say (request, TRACE_EXIT_USAGE, "--limit is not negative");
  else
    return TRUE;
  return FALSE;
}

static int
tell_contacts (const Request *request,
               TraceStore *store,
               const TraceQuestion *question,
               TraceFormat format)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TraceAnswer) answer = trace_search (store, request->subject_bytes, question, &error);
  if (answer == NULL)
    return say_error (request, error);
  g_autofree char *text = trace_report_contacts (store, request->subject_bytes, answer, format);
  (void) fputs (text, stdout);
  if (answer->n_cut > 0)
    (void) fprintf (stderr, "tramxanh-trace %s: %u more were found, and cut by --limit\n",
                    request->name, answer->n_cut);
  return 0;
}

int
trace_command_contacts (int argc, char **argv)
{
  g_auto (Request) request = { .name = argv[0], .longest_stay_h = LONGEST_STAY_H };
  TraceQuestion question = { .window_s = WINDOW_S, .min_overlap_s = MIN_OVERLAP_S };
  TraceFormat format = TRACE_FORMAT_CSV;
  g_autofree char *format_word = NULL;
  int levels = LEVELS, limit = 0, status = 0;
  GOptionEntry entries[] = {
    { "subject", 0, 0, G_OPTION_ARG_STRING, &request.subject, "The index case", "HEX" },
    { "from", 0, 0, G_OPTION_ARG_STRING, &request.from, "Infectious from", "T" },
    { "to", 0, 0, G_OPTION_ARG_STRING, &request.to, "Search to", "T" },
    { "levels", 0, 0, G_OPTION_ARG_INT, &levels, "F1 to F…", "N" },
    { "min-overlap", 0, 0, G_OPTION_ARG_INT64, &question.min_overlap_s,
      "Seconds together within a day (900)", "S" },
    { "latency", 0, 0, G_OPTION_ARG_INT64, &question.latency_s,
      "Seconds from an exposure to being infectious (0)", "S" },
    { "through-staff", 0, 0, G_OPTION_ARG_NONE, &question.through_staff,
      "Follow staff as anybody else", NULL },
    { "limit", 0, 0, G_OPTION_ARG_INT, &limit, "At most so many contacts (0: all)", "N" },
    { "format", 0, 0, G_OPTION_ARG_STRING, &format_word, "csv, json, tree or dot", "F" },
    { NULL },
  };
  if (!parse (&request, entries, &argc, &argv) || !read_subject (&request) ||
      !read_span (&request) ||
      !check_question (&request, levels, question.min_overlap_s, question.latency_s, limit))
    return TRACE_EXIT_USAGE;
  if (format_word != NULL && !trace_format_read (format_word, &format))
    return say (&request, TRACE_EXIT_USAGE, "--format: csv, json, tree or dot");
  question.from_s = request.from_s;
  question.to_s = request.to_s;
  question.levels = (guint) levels;
  question.limit = (guint) limit;
  g_autoptr (TraceStore) store = open_store (&request, &status);
  return store != NULL ? tell_contacts (&request, store, &question, format) : status;
}

static int
tell_stays (const Request *request, TraceStore *store, GArray *stays, const GError *error)
{
  if (stays == NULL)
    return say_error (request, error);
  g_autofree char *text = trace_report_stays (store, stays);
  (void) fputs (text, stdout);
  return 0;
}

int
trace_command_venues (int argc, char **argv)
{
  g_auto (Request) request = { .name = argv[0], .longest_stay_h = LONGEST_STAY_H };
  int status = 0;
  GOptionEntry entries[] = {
    { "subject", 0, 0, G_OPTION_ARG_STRING, &request.subject, "Who", "HEX" },
    { "from", 0, 0, G_OPTION_ARG_STRING, &request.from, "From", "T" },
    { "to", 0, 0, G_OPTION_ARG_STRING, &request.to, "To", "T" },
    { NULL },
  };
  if (!parse (&request, entries, &argc, &argv) || !read_subject (&request) || !read_span (&request))
    return TRACE_EXIT_USAGE;
  g_autoptr (GError) error = NULL;
  g_autoptr (TraceStore) store = open_store (&request, &status);
  if (store == NULL)
    return status;
  g_autoptr (GArray) stays =
      trace_find_stays (store, request.subject_bytes, request.from_s, request.to_s, &error);
  return tell_stays (&request, store, stays, error);
}

static GArray *
find_present_at_venue (TraceStore *store, const Request *request, GError **error)
{
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (TraceStay));
  if (!trace_store_find_places (store, request->venue, places, error))
    return NULL;
  for (guint i = 0; i < places->len; i++) {
    g_autoptr (GArray) stays = trace_find_present (store, g_array_index (places, guint32, i),
                                                   request->from_s, request->to_s, error);
    if (stays == NULL)
      return NULL;
    if (stays->len > 0)
      g_array_append_vals (all, stays->data, stays->len);
  }
  return g_steal_pointer (&all);
}

int
trace_command_present (int argc, char **argv)
{
  g_auto (Request) request = { .name = argv[0], .longest_stay_h = LONGEST_STAY_H };
  int status = 0;
  GOptionEntry entries[] = {
    { "venue", 0, 0, G_OPTION_ARG_STRING, &request.venue, "Where", "ID" },
    { "from", 0, 0, G_OPTION_ARG_STRING, &request.from, "From", "T" },
    { "to", 0, 0, G_OPTION_ARG_STRING, &request.to, "To", "T" },
    { NULL },
  };
  if (!parse (&request, entries, &argc, &argv) || !read_span (&request))
    return TRACE_EXIT_USAGE;
  if (request.venue == NULL)
    return say (&request, TRACE_EXIT_USAGE, "--venue ID is missing");
  g_autoptr (GError) error = NULL;
  g_autoptr (TraceStore) store = open_store (&request, &status);
  if (store == NULL)
    return status;
  g_autoptr (GArray) stays = find_present_at_venue (store, &request, &error);
  return tell_stays (&request, store, stays, error);
}

int
trace_command_stats (int argc, char **argv)
{
  g_auto (Request) request = { .name = argv[0], .longest_stay_h = LONGEST_STAY_H };
  gboolean as_json = FALSE;
  int status = 0;
  GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "One JSON object", NULL },
    { NULL },
  };
  if (!parse (&request, entries, &argc, &argv))
    return TRACE_EXIT_USAGE;
  g_autoptr (GError) error = NULL;
  g_autoptr (TraceStore) store = open_store (&request, &status);
  TraceStats stats;
  if (store == NULL)
    return status;
  if (!trace_store_count (store, &stats, &error))
    return say_error (&request, error);
  (void) printf (as_json ? "{\"stays\":%" G_GINT64_FORMAT ",\"open\":%" G_GINT64_FORMAT
                           ",\"subjects\":%" G_GINT64_FORMAT ",\"places\":%" G_GINT64_FORMAT
                           ",\"first\":%" G_GINT64_FORMAT ",\"last\":%" G_GINT64_FORMAT "}\n"
                         : "stays    %" G_GINT64_FORMAT "\nopen     %" G_GINT64_FORMAT
                           "\nsubjects %" G_GINT64_FORMAT "\nplaces   %" G_GINT64_FORMAT
                           "\nfirst    %" G_GINT64_FORMAT "\nlast     %" G_GINT64_FORMAT "\n",
                 stats.n_stays, stats.n_open, stats.n_subjects, stats.n_places, stats.first_s,
                 stats.last_s);
  return 0;
}
