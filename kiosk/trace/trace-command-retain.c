// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Lets old stays go. Meant for a timer, once a day.

#define G_LOG_DOMAIN "trace-command-retain"

#include <stdio.h>

#include "kiosk/trace/trace-feed-retain.h"
#include "kiosk/trace/trace-index.h"
#include "kiosk/trace/trace-options.h"

#define DAYS_MAX 3660
#define DAY_S    86400

int
trace_command_retain (int argc, char **argv)
{
  g_auto (TraceOptions) options = TRACE_OPTIONS (argv);
  int days = 0, status = 0;
  gint64 n_stays = 0;
  const GOptionEntry entries[] = {
    { "days", 0, 0, G_OPTION_ARG_INT, &days, "Stays of the last N days are kept", "N" },
    { NULL },
  };
  if (!trace_options_parse (&options, entries, &argc, &argv))
    return TRACE_EXIT_USAGE;
  if (days < 1 || days > DAYS_MAX)
    return trace_options_say (&options, TRACE_EXIT_USAGE, "--days N: 1 to 3660");
  g_autoptr (GError) error = NULL;
  g_autoptr (TraceStore) store = trace_options_open_store (&options, &status);
  if (store == NULL)
    return status;
  gint64 today = g_get_real_time () / G_USEC_PER_SEC / DAY_S;
  g_autofree char *index = trace_index_path (options.store);
  if (!trace_store_retain (store, (today - days) * DAY_S, &n_stays, &error) ||
      !trace_feed_retain (trace_store_get_db (store), (today - days) * DAY_S, &error) ||
      (index != NULL && !trace_index_renew (store, index, &error)))
    return trace_options_say_error (&options, error);
  (void) printf ("{\"removed\":%" G_GINT64_FORMAT "}\n", n_stays);
  return 0;
}
