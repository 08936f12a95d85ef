// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the subcommands of a running core have in common: options, configuration, keys.

#pragma once

#include "kiosk/trace/trace-config.h"
#include "kiosk/trace/trace-keys.h"
#include "kiosk/trace/trace-options.h"

G_BEGIN_DECLS

typedef struct {
  TraceOptions options;
  TraceConfig config;
  char *config_path, *listen, *keys_folder, *url, *officer_key;
  TraceKeys *keys;
} TraceCore;

void trace_core_init (TraceCore *core, char **argv);
void trace_core_clear (TraceCore *core);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TraceCore, trace_core_clear)

// Reads the common options, @own (nullable) ones, and the configuration. FALSE: wrong usage, and
// said so.
gboolean trace_core_parse (TraceCore *core, const GOptionEntry *own, int *argc, char ***argv);
// Opens the keys, making them when there are none, and takes --officer-key over.
gboolean trace_core_open_keys (TraceCore *core, GError **error);

G_END_DECLS
