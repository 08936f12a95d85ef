// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-command-stats"

#include <stdio.h>

#include "kiosk/trace/trace-options.h"

int
trace_command_stats (int argc, char **argv)
{
  g_auto (TraceOptions) options = TRACE_OPTIONS (argv);
  gboolean as_json = FALSE;
  int status = 0;
  GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "One JSON object", NULL },
    { NULL },
  };
  if (!trace_options_parse (&options, entries, &argc, &argv))
    return TRACE_EXIT_USAGE;
  g_autoptr (GError) error = NULL;
  g_autoptr (TraceStore) store = trace_options_open_store (&options, &status);
  TraceStats stats;
  if (store == NULL)
    return status;
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
