// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// tramxanh-trace: the tracing core's subcommands.

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "kiosk/trace/trace-commands.h"

static const struct {
  const char *name;
  int (*run) (int argc, char **argv);
  const char *summary;
} commands[] = {
  { "audit", trace_command_audit,
    "verify [--head NUMBER:HASH] | list [--case ID] [--json] --store URI   who did what, and why" },
  { "case", trace_command_case,
    "open|add|withdraw|compute|close|levels --case ID [--officer NAME] | list --store URI\n"
    "            [--as LABEL] [--reason TEXT] [WHO] [WHEN] [RULE] [--json]   cases and their "
    "levels" },
  { "contacts", trace_command_contacts,
    "--store URI WHO WHEN [RULE] [--limit N] [--format csv|json|tree|dot]\n"
    "            [--summary venue|day] [--explain HEX]   who met whom, and why\n"
    "            WHO: --subject HEX | --credential - | --bluezone-keys FILE, [--keys FOLDER]\n"
    "            WHEN: --from T --to T | --onset DAY | --sample DAY\n"
    "            RULE: --profile NAME --levels 3 --min-overlap 900 --latency 0 --through-staff" },
  { "enroll", trace_command_enroll,
    "--store URI --venue ID [--zone Z] [--profile P] [--url URL] [--officer-key FILE] [--json]\n"
    "            a one-time code for a kiosk" },
  { "export", trace_command_export,
    "--store URI --officer NAME --format F\n"
    "            (WHO WHEN [RULE] [--limit N] | --case ID | --venue ID --from T --to T)\n"
    "            [--details FILE] [--output FILE] [--separator S] [--bom]\n"
    "            [--row-limit N]   csv, json, dot, iris, sormas-contacts, sormas-participants,\n"
    "            godata or bluezone, for another system or a sheet" },
  { "import", trace_command_import,
    "--store URI [--format csv|ndjson|iris|sormas|godata|bluezone] [--dry-run] [--lang vi|en]\n"
    "            [--separator S] [--ignore-extra] [--any-date] [--any-length]\n"
    "            [--details-to FILE] [FILE]   stays, all of them or none" },
  { "index", trace_command_index, "--store sqlite:FILE   builds what makes large answers fast" },
  { "kiosks", trace_command_kiosks, "--store URI [--json]   the fleet" },
  { "officer", trace_command_officer,
    "--store URI add|password NAME [--role officer|admin] | remove NAME | list [--json]\n"
    "            who may use the console; passwords on standard input" },
  { "officer-key", trace_command_officer_key,
    "new FILE [--passphrase-fd N]   a key that details are sealed to" },
  { "present", trace_command_present, "--store URI --venue ID --from T --to T   who was there" },
  { "release", trace_command_release,
    "--store URI KIOSK   takes from it again after a fork that people have looked at" },
  { "retain", trace_command_retain, "--store URI --days N   let older stays go" },
  { "revoke", trace_command_revoke, "--store URI KIOSK   takes nothing from it any more" },
  { "serve", trace_command_serve,
    "--store URI [--listen ADDRESS:PORT] [--config FILE] [--keys FOLDER] [--url URL]\n"
    "            [--officer-key FILE]   takes in what kiosks send" },
  { "reveal", trace_command_reveal,
    "--store URI --case ID --key FILE --officer NAME --reason TEXT [--subject HEX]   details" },
  { "rules", trace_command_rules, "[--rules FOLDER] [--json]   what counts as a contact" },
  { "stats", trace_command_stats,
    "--store URI [--hours [--venue ID] [--from T] [--to T]] [--json]   how much there is, and who\n"
    "            came past" },
  { "venues", trace_command_venues,
    "--store URI --subject HEX --from T --to T   where somebody was" },
};

static int
print_usage (FILE *stream, int status)
{
  (void) fprintf (stream, "usage: tramxanh-trace SUBCOMMAND ...\n\n");
  for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
    (void) fprintf (stream, "  %-11s %s\n", commands[i].name, commands[i].summary);
  return status;
}

int
main (int argc, char **argv)
{
  (void) setlocale (LC_ALL, "");
  if (sodium_init () < 0) {
    (void) fprintf (stderr, "tramxanh-trace: no source of randomness\n");
    return TRACE_EXIT_COULD_NOT;
  }
  if (argc < 2)
    return print_usage (stderr, TRACE_EXIT_USAGE);
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0)
    return print_usage (stdout, 0);
  if (strcmp (argv[1], "--version") == 0)
    return printf ("tramxanh-trace %s\n", TX_VERSION) > 0 ? 0 : TRACE_EXIT_COULD_NOT;
  for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
    if (strcmp (argv[1], commands[i].name) == 0)
      return commands[i].run (argc - 1, argv + 1);
  (void) fprintf (stderr, "tramxanh-trace: no subcommand '%s'\n", argv[1]);
  return print_usage (stderr, TRACE_EXIT_USAGE);
}
