// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-command-contacts"

#include <stdio.h>

#include "kiosk/trace/trace-index.h"
#include "kiosk/trace/trace-options.h"
#include "kiosk/trace/trace-report.h"

#define WINDOW_S      86400
#define MIN_OVERLAP_S 900
#define LEVELS        3
#define LEVELS_MAX    16

static gboolean
check_question (
    const TraceOptions *options, int levels, gint64 min_overlap_s, gint64 latency_s, int limit)
{
  if (levels < 1 || levels > LEVELS_MAX)
    (void) trace_options_say (options, TRACE_EXIT_USAGE, "--levels is 1 to 16");
  else if (min_overlap_s < 1 || min_overlap_s > WINDOW_S)
    (void) trace_options_say (options, TRACE_EXIT_USAGE, "--min-overlap is 1 to 86400 seconds");
  else if (latency_s < 0)
    (void) trace_options_say (options, TRACE_EXIT_USAGE, "--latency is not negative");
  else if (limit < 0)
    (void) trace_options_say (options, TRACE_EXIT_USAGE, "--limit is not negative");
  else
    return TRUE;
  return FALSE;
}

typedef enum {
  SUMMARY_NONE,
  SUMMARY_VENUE,
  SUMMARY_DAY,
} Summary;

// What is asked, and how far it has been answered.
typedef struct {
  const TraceOptions *options;
  TraceStore *store;
  TraceSource *source;
  TraceQuestion question;
  TraceFormat format;
  Summary summary;
  guint n_told; // levels
} Talk;

static gboolean
on_progress (guint level, gsize n_done, gsize n_members, const GArray *contacts, gpointer user_data)
{
  Talk *talk = user_data;
  if (contacts == NULL || level <= talk->n_told || talk->summary != SUMMARY_NONE ||
      !trace_format_is_lines (talk->format))
    return TRUE;
  g_autoptr (GString) text = g_string_new (NULL);
  if (talk->n_told == 0)
    trace_report_begin (text, talk->format);
  trace_report_append (text, talk->store, talk->source, contacts, talk->format);
  talk->n_told = level;
  return fputs (text->str, stdout) >= 0 && fflush (stdout) == 0;
}

static void
tell_rest (const Talk *talk, const TraceAnswer *answer)
{
  g_autofree char *text = NULL;
  if (talk->summary == SUMMARY_VENUE)
    text = trace_report_by_venue (talk->store, answer->summary);
  else if (talk->summary == SUMMARY_DAY)
    text = trace_report_by_day (answer->summary);
  else if (!trace_format_is_lines (talk->format))
    text = trace_report_contacts (talk->store, talk->options->subject_bytes, answer, talk->format);
  if (text != NULL)
    (void) fputs (text, stdout); // a closed pipe has ended us
  if (answer->n_cut == 0)
    return;
  (void) fprintf (stderr, "tramxanh-trace %s: %u more were found, and cut by --limit (",
                  talk->options->name, answer->n_cut);
  for (guint i = 0; i < answer->n_of_level->len; i++)
    (void) fprintf (stderr, "%sF%u: %u", i > 0 ? ", " : "", i + 1,
                    g_array_index (answer->n_of_level, guint, i));
  (void) fprintf (stderr, " in all)\n");
}

// From the index when there is one; whatever is wrong with it, the tables know the answer.
static TraceAnswer *
find_answer (Talk *talk, const guint32 *subject, GError **error)
{
  g_autoptr (GError) index_error = NULL;
  g_autoptr (TraceIndex) index =
      trace_index_open_or_build (talk->store, talk->options->store, &index_error);
  TraceAnswer *answer = NULL;
  talk->source =
      index != NULL ? trace_index_get_source (index) : trace_store_get_source (talk->store);
  answer = trace_search (talk->source, subject, *subject != 0, &talk->question, on_progress, talk,
                         index != NULL ? &index_error : error);
  if (answer == NULL && index != NULL && !trace_index_is_damaged (index))
    g_propagate_error (error, g_steal_pointer (&index_error));
  if (index_error != NULL)
    (void) fprintf (stderr, "tramxanh-trace %s: %s; the tables answer\n", talk->options->name,
                    index_error->message);
  if (answer != NULL || index == NULL || !trace_index_is_damaged (index))
    return answer;
  talk->source = trace_store_get_source (talk->store);
  return trace_search (talk->source, subject, *subject != 0, &talk->question, on_progress, talk,
                       error);
}

static int
tell_contacts (Talk *talk)
{
  g_autoptr (GError) error = NULL;
  guint32 subject = 0;
  if (!trace_options_find_subject (talk->options, talk->store, &subject, &error))
    return trace_options_say_error (talk->options, error);
  g_autoptr (TraceAnswer) answer = find_answer (talk, &subject, &error);
  if (answer == NULL)
    return trace_options_say_error (talk->options, error);
  tell_rest (talk, answer);
  return 0;
}

static gboolean
read_summary (const char *word, Summary *ret_summary)
{
  *ret_summary = word == NULL                  ? SUMMARY_NONE
                 : g_str_equal (word, "venue") ? SUMMARY_VENUE
                                               : SUMMARY_DAY;
  return word == NULL || g_str_equal (word, "venue") || g_str_equal (word, "day");
}

static gint64
local_offset_s (gint64 time_s)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (time_s);
  return time != NULL ? g_date_time_get_utc_offset (time) / G_USEC_PER_SEC : 0;
}

int
trace_command_contacts (int argc, char **argv)
{
  g_auto (TraceOptions) options = TRACE_OPTIONS (argv);
  TraceQuestion question = { .window_s = WINDOW_S, .min_overlap_s = MIN_OVERLAP_S };
  TraceFormat format = TRACE_FORMAT_CSV;
  Summary summary = SUMMARY_NONE;
  g_autofree char *format_word = NULL;
  g_autofree char *summary_word = NULL;
  int levels = LEVELS, limit = 0, status = 0;
  GOptionEntry entries[] = {
    { "subject", 0, 0, G_OPTION_ARG_STRING, &options.subject, "The index case", "HEX" },
    { "from", 0, 0, G_OPTION_ARG_STRING, &options.from, "Infectious from", "T" },
    { "to", 0, 0, G_OPTION_ARG_STRING, &options.to, "Search to", "T" },
    { "levels", 0, 0, G_OPTION_ARG_INT, &levels, "F1 to F…", "N" },
    { "min-overlap", 0, 0, G_OPTION_ARG_INT64, &question.min_overlap_s,
      "Seconds together within a day (900)", "S" },
    { "latency", 0, 0, G_OPTION_ARG_INT64, &question.latency_s,
      "Seconds from an exposure to being infectious (0)", "S" },
    { "through-staff", 0, 0, G_OPTION_ARG_NONE, &question.through_staff,
      "Follow staff as anybody else", NULL },
    { "limit", 0, 0, G_OPTION_ARG_INT, &limit, "At most so many contacts (0: all)", "N" },
    { "format", 0, 0, G_OPTION_ARG_STRING, &format_word, "csv, json, tree or dot", "F" },
    { "summary", 0, 0, G_OPTION_ARG_STRING, &summary_word,
      "Only how many there are by venue or by day", "S" },
    { NULL },
  };
  if (!trace_options_parse (&options, entries, &argc, &argv) ||
      !trace_options_read_subject (&options) || !trace_options_read_span (&options) ||
      !check_question (&options, levels, question.min_overlap_s, question.latency_s, limit))
    return TRACE_EXIT_USAGE;
  if (format_word != NULL && !trace_format_read (format_word, &format))
    return trace_options_say (&options, TRACE_EXIT_USAGE, "--format: csv, json, tree or dot");
  if (!read_summary (summary_word, &summary))
    return trace_options_say (&options, TRACE_EXIT_USAGE, "--summary: venue or day");
  question.from_s = options.from_s;
  question.to_s = options.to_s;
  question.levels = (guint) levels;
  question.limit = (guint) limit;
  question.day_offset_s = local_offset_s (question.from_s);
  g_autoptr (TraceStore) store = trace_options_open_store (&options, &status);
  Talk talk = {
    .options = &options, .store = store, .question = question, .format = format, .summary = summary
  };
  return store != NULL ? tell_contacts (&talk) : status;
}
