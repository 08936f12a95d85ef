// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where somebody was, and who was there.

#define G_LOG_DOMAIN "trace-command-venues"

#include <stdio.h>

#include "kiosk/trace/trace-options.h"
#include "kiosk/trace/trace-report.h"

static int
tell_stays (const TraceOptions *options, TraceStore *store, GArray *stays, const GError *error)
{
  if (stays == NULL)
    return trace_options_say_error (options, error);
  g_autofree char *text = trace_report_stays (store, stays);
  (void) fputs (text, stdout);
  return 0;
}

int
trace_command_venues (int argc, char **argv)
{
  g_auto (TraceOptions) options = TRACE_OPTIONS (argv);
  int status = 0;
  GOptionEntry entries[] = {
    { "subject", 0, 0, G_OPTION_ARG_STRING, &options.subject, "Who", "HEX" },
    { "from", 0, 0, G_OPTION_ARG_STRING, &options.from, "From", "T" },
    { "to", 0, 0, G_OPTION_ARG_STRING, &options.to, "To", "T" },
    { NULL },
  };
  if (!trace_options_parse (&options, entries, &argc, &argv) ||
      !trace_options_read_subject (&options) || !trace_options_read_span (&options))
    return TRACE_EXIT_USAGE;
  g_autoptr (GError) error = NULL;
  g_autoptr (TraceStore) store = trace_options_open_store (&options, &status);
  if (store == NULL)
    return status;
  guint32 subject = 0;
  if (!trace_options_find_subject (&options, store, &subject, &error))
    return trace_options_say_error (&options, error);
  g_autoptr (GArray) stays = trace_find_stays (trace_store_get_source (store), &subject, 1,
                                               options.from_s, options.to_s, &error);
  return tell_stays (&options, store, stays, error);
}

static GArray *
find_present_at_venue (TraceStore *store, const TraceOptions *options, GError **error)
{
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (TraceStay));
  if (!trace_store_find_places (store, options->venue, places, error))
    return NULL;
  for (guint i = 0; i < places->len; i++) {
    g_autoptr (GArray) stays =
        trace_find_present (trace_store_get_source (store), g_array_index (places, guint32, i),
                            options->from_s, options->to_s, error);
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
  g_auto (TraceOptions) options = TRACE_OPTIONS (argv);
  int status = 0;
  GOptionEntry entries[] = {
    { "venue", 0, 0, G_OPTION_ARG_STRING, &options.venue, "Where", "ID" },
    { "from", 0, 0, G_OPTION_ARG_STRING, &options.from, "From", "T" },
    { "to", 0, 0, G_OPTION_ARG_STRING, &options.to, "To", "T" },
    { NULL },
  };
  if (!trace_options_parse (&options, entries, &argc, &argv) || !trace_options_read_span (&options))
    return TRACE_EXIT_USAGE;
  if (options.venue == NULL)
    return trace_options_say (&options, TRACE_EXIT_USAGE, "--venue ID is missing");
  g_autoptr (GError) error = NULL;
  g_autoptr (TraceStore) store = trace_options_open_store (&options, &status);
  if (store == NULL)
    return status;
  if (!trace_options_knows_venue (&options, store, &error))
    return trace_options_say_error (&options, error);
  g_autoptr (GArray) stays = find_present_at_venue (store, &options, &error);
  return tell_stays (&options, store, stays, error);
}
