// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Needs no store: the officer's key is made on the officer's machine.

#define G_LOG_DOMAIN "trace-command-officer"

#include <stdio.h>
#include <string.h>

#include "kiosk/trace/trace-options.h"
#include "kiosk/trace/trace-passphrase.h"

static gboolean
read_twice (int fd, TracePassphrase ret_passphrase, GError **error)
{
  TracePassphrase again;
  if (!trace_passphrase_read (fd, "Passphrase for the new key: ", ret_passphrase, error))
    return FALSE;
  if (fd >= 0)
    return TRUE;
  gboolean ok = trace_passphrase_read (fd, "Once more: ", again, error);
  gboolean is_same = ok && strcmp (ret_passphrase, again) == 0;
  trace_passphrase_wipe (again);
  if (ok && !is_same)
    g_set_error_literal (error, TRACE_ERROR, TRACE_ERROR_REFUSED, "the two passphrases differ");
  return is_same;
}

static int
make_key (const TraceOptions *options, const char *path, int passphrase_fd)
{
  g_autoptr (GError) error = NULL;
  guint8 public_key[TRACE_OFFICER_KEY_SIZE];
  TracePassphrase passphrase;
  gboolean ok = read_twice (passphrase_fd, passphrase, &error) &&
                trace_officer_key_make (path, passphrase, public_key, &error);
  trace_passphrase_wipe (passphrase);
  if (!ok)
    return trace_options_say_error (options, error);
  g_autofree char *line = trace_officer_public_to_line (public_key);
  (void) fputs (line, stdout); // a closed pipe has ended us
  (void) fprintf (stderr,
                  "tramxanh-trace %s: keep %s and its passphrase away from the core; the line is "
                  "the core's officer.pub\n",
                  options->name, path);
  return 0;
}

int
trace_command_officer_key (int argc, char **argv)
{
  const TraceOptions options = TRACE_OPTIONS (argv);
  int passphrase_fd = -1;
  const GOptionEntry entries[] = {
    { "passphrase-fd", 0, 0, G_OPTION_ARG_INT, &passphrase_fd,
      "The passphrase comes from there, not from the terminal", "N" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new ("new FILE");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return trace_options_say (&options, TRACE_EXIT_USAGE, error->message);
  if (argc != 3 || strcmp (argv[1], "new") != 0)
    return trace_options_say (&options, TRACE_EXIT_USAGE, "officer-key new FILE");
  return make_key (&options, argv[2], passphrase_fd);
}
