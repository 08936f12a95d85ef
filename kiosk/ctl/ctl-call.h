// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How a subcommand that works on the kiosk's own devices is called: --config, options of its own,
// words.

#pragma once

#include <glib.h>

#include "kiosk/core/ct-config.h"

G_BEGIN_DECLS

#define CTL_NO        1 // exit statuses, as the README has them
#define CTL_USAGE     2
#define CTL_COULD_NOT 3

typedef struct {
  const char *name; // of the subcommand, for messages
  struct ct_config config;
  char **words; // (transfer none) behind the options, NULL-terminated
  int n_words;
} CtlCall;

// Reads the command line, then the configuration. @entries: (nullable). Between @min and @max words
// are wanted. Returns 0; or says what is wrong, and returns what to exit with.
int ctl_call_read (CtlCall *ret_call,
                   const char *summary,
                   const GOptionEntry *entries,
                   int min,
                   int max,
                   int argc,
                   char **argv);

// "tramxanhctl NAME: MESSAGE" on standard error. Returns @status.
int ctl_call_fail (const CtlCall *call, int status, const char *format, ...) G_GNUC_PRINTF (3, 4);

G_END_DECLS
