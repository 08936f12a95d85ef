// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-command-stats"

#include <stdio.h>

#include "kiosk/trace/trace-missed.h"
#include "kiosk/trace/trace-options.h"
#include "kiosk/trace/trace-zone.h"

// Every hour, unless a span is given.
static gboolean
read_span (TraceOptions *options)
{
  options->from_s = G_MININT64;
  options->to_s = G_MAXINT64;
  if ((options->from == NULL || trace_time_read (options->from, &options->from_s)) &&
      (options->to == NULL || trace_time_read (options->to, &options->to_s)) &&
      options->from_s < options->to_s)
    return TRUE;
  (void) trace_options_say (
      options, TRACE_EXIT_USAGE,
      "--from T and --to T: seconds since 1970 or ISO 8601 (without a zone " TRACE_ZONE_TEXT
      "), the first before the second");
  return FALSE;
}

static int
tell_hours (const TraceOptions *options, TraceStore *store, gboolean as_json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) scratch = g_string_new (NULL);
  if (options->venue != NULL && !trace_options_knows_venue (options, store, &error))
    return trace_options_say_error (options, error);
  g_autoptr (GArray) hours = trace_missed_count (
      store, trace_options_spell_venue (options, scratch), options->from_s, options->to_s, &error);
  if (hours == NULL)
    return trace_options_say_error (options, error);
  g_autofree char *text = as_json ? trace_missed_to_json (hours) : trace_missed_to_text (hours);
  (void) fputs (text, stdout); // a closed pipe has ended us
  return 0;
}

int
trace_command_stats (int argc, char **argv)
{
  g_auto (TraceOptions) options = TRACE_OPTIONS (argv);
  gboolean as_json = FALSE, by_hour = FALSE;
  int status = 0;
  GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "One JSON object a line", NULL },
    { "hours", 0, 0, G_OPTION_ARG_NONE, &by_hour,
      "By venue and hour, what the radio heard: phones near, against codes shown", NULL },
    { "venue", 0, 0, G_OPTION_ARG_STRING, &options.venue, "With --hours: only there", "ID" },
    { "from", 0, 0, G_OPTION_ARG_STRING, &options.from, "With --hours: from", "T" },
    { "to", 0, 0, G_OPTION_ARG_STRING, &options.to, "With --hours: to", "T" },
    { NULL },
  };
  if (!trace_options_parse (&options, entries, &argc, &argv) || !read_span (&options))
    return TRACE_EXIT_USAGE;
  if (!by_hour && (options.venue != NULL || options.from != NULL || options.to != NULL))
    return trace_options_say (&options, TRACE_EXIT_USAGE, "--venue, --from, --to: with --hours");
  g_autoptr (GError) error = NULL;
  g_autoptr (TraceStore) store = trace_options_open_store (&options, &status);
  TraceStats stats;
  if (store == NULL)
    return status;
  if (by_hour)
    return tell_hours (&options, store, as_json);
  if (!trace_store_count (store, &stats, &error))
    return trace_options_say_error (&options, error);
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
