// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Options with GOption, the configuration as the kiosk reads it.

#include "kiosk/ctl/ctl-call.h"

#include <stdarg.h>
#include <stdio.h>

#include "kiosk/kiosk-config.h"

int
ctl_call_fail (const CtlCall *call, int status, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  (void) fprintf (stderr, "tramxanhctl %s: %s\n", call->name, message);
  return status;
}

int
ctl_call_read (CtlCall *ret_call,
               const char *summary,
               const GOptionEntry *entries,
               int min,
               int max,
               int argc,
               char **argv)
{
  g_autofree char *config_path = NULL;
  const GOptionEntry common[] = {
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &config_path, "Configuration file", "FILE" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new (summary);
  *ret_call = (CtlCall){ .name = argv[0] };
  g_option_context_add_main_entries (context, common, NULL);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return ctl_call_fail (ret_call, CTL_USAGE, "%s", error->message);
  if (argc - 1 < min || argc - 1 > max)
    return ctl_call_fail (ret_call, CTL_USAGE, "wrong number of arguments; --help tells");
  if (!kiosk_config_read (config_path, &ret_call->config, &error))
    return ctl_call_fail (ret_call, CTL_COULD_NOT, "%s", error->message);
  ret_call->words = argv + 1;
  ret_call->n_words = argc - 1;
  return 0;
}
