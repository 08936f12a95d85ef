// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What `serve` and `enroll` are told by a file: lines of KEY = VALUE, '#' begins a comment. An
// unknown key, a key given twice and a value out of bounds are errors with their line.

#pragma once

#include "kiosk/trace/trace-error.h"

G_BEGIN_DECLS

typedef struct {
  char *listen;                  // ADDRESS:PORT
  char *url;                     // what kiosks call; "": by where it listens
  char *keys;                    // folder; "": beside the store
  char *metrics_token;           // "": metrics for this machine only
  gboolean behind_proxy;         // plain HTTP on loopback
  guint connections;             // at once
  guint connections_per_address; // likewise
  guint idle_s, request_s;       // see trace-server.h
  guint longest_stay_h;
} TraceConfig;

void trace_config_init (TraceConfig *config); // the defaults
void trace_config_clear (TraceConfig *config);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TraceConfig, trace_config_clear)

// @text: NUL-terminated; changed. TRACE_ERROR_INPUT; @name is what the error calls it.
gboolean trace_config_parse (TraceConfig *config, const char *name, char *text, GError **error);
gboolean trace_config_read (TraceConfig *config, const char *path, GError **error);

G_END_DECLS
