// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// tramxanhctl: the installer's and operator's tool on the box. One subcommand, one file.

#include "kiosk/ctl/ctl-ble.h"
#include "kiosk/ctl/ctl-decode.h"
#include "kiosk/ctl/ctl-doctor.h"
#include "kiosk/ctl/ctl-enroll.h"
#include "kiosk/ctl/ctl-gpio.h"
#include "kiosk/ctl/ctl-journal.h"
#include "kiosk/ctl/ctl-panel.h"
#include "kiosk/ctl/ctl-pass.h"
#include "kiosk/ctl/ctl-print.h"
#include "kiosk/ctl/ctl-read.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

#define EXIT_USAGE 2

static const struct {
  const char *name;
  int (*run) (int argc, char **argv);
  const char *summary;
} subcommands[] = {
  { "ble", ctl_ble,
    "[--config FILE] [--for-s N] --watch|--calibrate|--record LOG   what the radio hears" },
  { "buzz", ctl_buzz, "[--config FILE] [short|twice|long]   sound the panel's buzzer" },
  { "decode", ctl_decode,
    "[--json] [--engine-report] [--budget-ms N] IMAGE...   read the codes in pictures" },
  { "doctor", ctl_doctor,
    "[--json] [--config FILE] [--state DIR]   is everything there, and what to do if not" },
  { "enroll", ctl_enroll,
    "[--config FILE] [--state DIR] [--again] CODE|--qr   join a tracing core; '-' reads the code "
    "from standard input" },
  { "gpio", ctl_gpio, "[--config FILE]   every GPIO line, its holder, and the panel's wiring" },
  { "journal", ctl_journal,
    "--state DIR verify | stats [--json] | list [--json] [--from T] [--to T] | hours [--json] | "
    "purge" },
  { "light", ctl_light,
    "[--config FILE] [--for-s N] green|amber|red|off   light one lamp of the panel" },
  { "pass", ctl_pass,
    "issue [--hours N] | verify [--state DIR]   passes of this kiosk; verify reads standard "
    "input" },
  { "print", ctl_print, "[--config FILE] FILE|--test   print one slip" },
  { "read", ctl_read, "[--json] [--show]   what kind of credential is on standard input" },
};

static int
print_usage (FILE *stream, int status)
{
  (void) fprintf (stream, "usage: tramxanhctl SUBCOMMAND ...\n\n");
  for (size_t i = 0; i < sizeof subcommands / sizeof subcommands[0]; i++)
    (void) fprintf (stream, "  %-8s %s\n", subcommands[i].name, subcommands[i].summary);
  return status;
}

int
main (int argc, char **argv)
{
  (void) setlocale (LC_ALL, "");
  if (argc < 2)
    return print_usage (stderr, EXIT_USAGE);
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0)
    return print_usage (stdout, 0);
  if (strcmp (argv[1], "--version") == 0)
    return printf ("tramxanhctl %s\n", TX_VERSION) > 0 ? 0 : 3;
  for (size_t i = 0; i < sizeof subcommands / sizeof subcommands[0]; i++)
    if (strcmp (argv[1], subcommands[i].name) == 0)
      return subcommands[i].run (argc - 1, argv + 1);
  (void) fprintf (stderr, "tramxanhctl: no subcommand '%s'\n", argv[1]);
  return print_usage (stderr, EXIT_USAGE);
}
