// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-command-index"

#include <stdio.h>

#include "kiosk/trace/trace-index.h"
#include "kiosk/trace/trace-options.h"

int
trace_command_index (int argc, char **argv)
{
  g_auto (TraceOptions) options = TRACE_OPTIONS (argv);
  const GOptionEntry none[] = { { NULL } };
  g_autoptr (GError) error = NULL;
  int status = 0;
  if (!trace_options_parse (&options, none, &argc, &argv))
    return TRACE_EXIT_USAGE;
  g_autofree char *path = trace_index_path (options.store);
  if (path == NULL)
    return trace_options_say (&options, TRACE_EXIT_USAGE, "--store: only sqlite:FILE has an index");
  g_autoptr (TraceStore) store = trace_options_open_store (&options, &status);
  if (store == NULL)
    return status;
  TraceIndexState state = TRACE_INDEX_ABSENT;
  TraceIndexStats stats = { 0 };
  if (!trace_index_build (store, path, &error))
    return trace_options_say_error (&options, error);
  g_autoptr (TraceIndex) index = trace_index_open (store, path, &state, &error);
  if (error != NULL)
    return trace_options_say_error (&options, error);
  if (index == NULL)
    return trace_options_say (&options, TRACE_EXIT_COULD_NOT,
                              "it was built, and too much has changed since");
  trace_index_count (index, &stats);
  (void) printf ("{\"stays\":%" G_GUINT64_FORMAT ",\"changes\":%" G_GUINT64_FORMAT
                 ",\"bytes\":%" G_GUINT64_FORMAT "}\n",
                 stats.n_stays, stats.n_changes, stats.n_bytes);
  return 0;
}
