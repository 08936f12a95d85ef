// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-command-import"

#include <stdio.h>

#include "kiosk/trace/trace-import.h"
#include "kiosk/trace/trace-options.h"

static FILE *
open_input (const TraceOptions *options, int argc, char **argv)
{
  FILE *stream = argc < 2 || g_str_equal (argv[1], "-") ? stdin : fopen (argv[1], "re");
  if (stream == NULL)
    (void) fprintf (stderr, "tramxanh-trace %s: %s: cannot be read\n", options->name, argv[1]);
  return stream;
}

int
trace_command_import (int argc, char **argv)
{
  g_auto (TraceOptions) options = TRACE_OPTIONS (argv);
  g_autofree char *format = NULL;
  gboolean dry_run = FALSE;
  int status = 0;
  GOptionEntry entries[] = {
    { "format", 0, 0, G_OPTION_ARG_STRING, &format, "csv", "F" },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run, "Look at every row, keep none", NULL },
    { NULL },
  };
  if (!trace_options_parse (&options, entries, &argc, &argv))
    return TRACE_EXIT_USAGE;
  if (format != NULL && !g_str_equal (format, "csv"))
    return trace_options_say (&options, TRACE_EXIT_USAGE, "--format: csv");
  g_autoptr (TraceStore) store = trace_options_open_store (&options, &status);
  FILE *stream = store != NULL ? open_input (&options, argc, argv) : NULL;
  if (stream == NULL)
    return store == NULL ? status : TRACE_EXIT_COULD_NOT;
  g_autoptr (GError) error = NULL;
  TraceImport import;
  gboolean ok = trace_import_csv (store, stream, dry_run, &import, &error);
  if (stream != stdin)
    (void) fclose (stream); // only read
  if (!ok) {
    (void) trace_options_say_error (&options, error);
    return g_error_matches (error, TRACE_ERROR, TRACE_ERROR_INPUT) ? 1 : TRACE_EXIT_COULD_NOT;
  }
  (void) printf ("{\"rows\":%" G_GINT64_FORMAT ",\"new\":%" G_GINT64_FORMAT "}\n", import.n_rows,
                 import.n_new);
  return 0;
}
