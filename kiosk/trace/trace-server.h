// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// HTTP/1.1 (RFC 9110, 9112) for the core: whole requests in, whole answers out, bounded in every
// direction. The network is served in the default main context; every route answers on one thread
// of its own, one request at a time, so that whatever it owns needs no lock and a long question of
// one does not keep the other waiting.
//
// Refused before any route is asked: a body without one Content-Length, a field that counts (Host,
// Content-Length) given twice, a target that is not a path. What does not arrive in time is cut.

#pragma once

#include "kiosk/trace/trace-certificate.h"
#include "kiosk/trace/trace-http.h"

G_BEGIN_DECLS

typedef enum {
  TRACE_ADMIT_OTHER,   // not this route's
  TRACE_ADMIT_REFUSED, // @reply says why; the body is not read
  TRACE_ADMIT_YES,
} TraceAdmit;

typedef struct {
  // Called in the main context, before the body is read: @request->body is empty.
  TraceAdmit (*admit) (gpointer user_data,
                       const TraceRequest *request,
                       guint64 body_len,
                       TraceReply *reply);
  // Called on the route's thread. @reply is zeroed.
  void (*answer_worker) (gpointer user_data, const TraceRequest *request, TraceReply *reply);
  gpointer user_data;
} TraceRoute;

typedef struct {
  const char *listen;                  // ADDRESS:PORT, port 0: any
  const TraceCertificate *certificate; // NULL: plain HTTP, for a proxy on this machine
  guint connections_max;
  guint connections_per_address_max; // not behind a proxy
  guint idle_s;                      // without a byte
  guint request_s;                   // for a request to be there
} TraceServerOptions;

typedef struct TraceServer TraceServer;

// @routes: copied, the first that admits a request answers it. Plain HTTP is served on loopback
// addresses only. TRACE_ERROR_INPUT: @listen cannot be used; TRACE_ERROR_STORAGE: no socket.
TraceServer *trace_server_start (const TraceServerOptions *options,
                                 const TraceRoute *routes,
                                 gsize n_routes,
                                 GError **error);
// Lets what is being answered end, drops the rest.
void trace_server_stop (TraceServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TraceServer, trace_server_stop)

guint16 trace_server_get_port (const TraceServer *server);
guint trace_server_get_connections (const TraceServer *server);

G_END_DECLS
