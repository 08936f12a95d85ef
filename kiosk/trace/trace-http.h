// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A request and its answer, without a server's types: what serves them is trace-server.h.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct {
  const char *method; // "GET", "POST", …
  const char *path;   // decoded, begins with '/'
  GHashTable *query;  // text → text
  GHashTable *fields; // header fields, lower case → text; of a repeated field the first
  GBytes *body;       // never NULL
  const char *peer;   // address of whoever asks
  gboolean is_secure; // TLS here, or at a proxy that is trusted
} TraceRequest;

typedef struct {
  guint status;      // 200, …
  const char *type;  // Content-Type, a constant
  GBytes *body;      // (transfer full, nullable)
  GPtrArray *fields; // (nullable) "Name: value" texts, more header fields
} TraceReply;

void trace_reply_clear (TraceReply *reply);
// (nullable) @text becomes the body, as text/plain.
void trace_reply_set_text (TraceReply *reply, guint status, const char *text);
void trace_reply_add_field (TraceReply *reply, const char *name, const char *value);
const char *trace_request_get_field (const TraceRequest *request, const char *name); // (nullable)
// Who is counted as one: the address; of IPv6 the network that one customer has. (transfer full)
char *trace_request_make_network (const TraceRequest *request);

G_END_DECLS
