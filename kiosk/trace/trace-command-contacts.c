// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-command-contacts"

#include <stdio.h>

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

static int
tell_contacts (const TraceOptions *options,
               TraceStore *store,
               const TraceQuestion *question,
               TraceFormat format)
{
  g_autoptr (GError) error = NULL;
  guint32 subject = 0;
  if (!trace_options_find_subject (options, store, &subject, &error))
    return trace_options_say_error (options, error);
  g_autoptr (TraceAnswer) answer = trace_search (trace_store_get_source (store), &subject,
                                                 subject != 0, question, NULL, NULL, &error);
  if (answer == NULL)
    return trace_options_say_error (options, error);
  g_autofree char *text = trace_report_contacts (store, options->subject_bytes, answer, format);
  (void) fputs (text, stdout);
  if (answer->n_cut > 0)
    (void) fprintf (stderr, "tramxanh-trace %s: %u more were found, and cut by --limit\n",
                    options->name, answer->n_cut);
  return 0;
}

int
trace_command_contacts (int argc, char **argv)
{
  g_auto (TraceOptions) options = TRACE_OPTIONS (argv);
  TraceQuestion question = { .window_s = WINDOW_S, .min_overlap_s = MIN_OVERLAP_S };
  TraceFormat format = TRACE_FORMAT_CSV;
  g_autofree char *format_word = NULL;
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
    { NULL },
  };
  if (!trace_options_parse (&options, entries, &argc, &argv) ||
      !trace_options_read_subject (&options) || !trace_options_read_span (&options) ||
      !check_question (&options, levels, question.min_overlap_s, question.latency_s, limit))
    return TRACE_EXIT_USAGE;
  if (format_word != NULL && !trace_format_read (format_word, &format))
    return trace_options_say (&options, TRACE_EXIT_USAGE, "--format: csv, json, tree or dot");
  question.from_s = options.from_s;
  question.to_s = options.to_s;
  question.levels = (guint) levels;
  question.limit = (guint) limit;
  g_autoptr (TraceStore) store = trace_options_open_store (&options, &status);
  return store != NULL ? tell_contacts (&options, store, &question, format) : status;
}
