// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The core as a service: kiosks, monitors and officers call it until it is told to end.

#define G_LOG_DOMAIN "trace-command-serve"

#include <signal.h>
#include <stdio.h>

#include <glib-unix.h>

#include "kiosk/trace/trace-certificate.h"
#include "kiosk/trace/trace-console-route.h"
#include "kiosk/trace/trace-core.h"
#include "kiosk/trace/trace-intake.h"
#include "kiosk/trace/trace-place.h"
#include "kiosk/trace/trace-server.h"

static gboolean
on_signal (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

static TraceServer *
start (const TraceCore *core,
       const TraceCertificate *certificate,
       const TraceRoute *routes,
       gsize n_routes,
       GError **error)
{
  const TraceConfig *config = &core->config;
  const TraceServerOptions options = {
    .listen = config->listen,
    .certificate = config->behind_proxy ? NULL : certificate,
    .connections_max = config->connections,
    .connections_per_address_max = config->connections_per_address,
    .idle_s = config->idle_s,
    .request_s = config->request_s,
  };
  return trace_server_start (&options, routes, n_routes, error);
}

// Says where it is, on standard output and for `enroll`.
static gboolean
announce (const TraceCore *core, const TraceServer *server, GError **error)
{
  guint16 port = trace_server_get_port (server);
  g_autofree char *own_url = trace_place_make_url (core->config.listen, port);
  const char *url = core->config.url[0] != '\0' ? core->config.url : own_url;
  const char *scheme = core->config.behind_proxy ? "http, for a proxy" : "https";
  // Whoever waits for the line may call `enroll` at once.
  if (!trace_place_write (trace_keys_get_folder (core->keys), url, error))
    return FALSE;
  (void) printf ("listening on port %u (%s), called %s\n", port, scheme, url);
  (void) fflush (stdout);
  return TRUE;
}

static gboolean
serve (TraceCore *core, GError **error)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autofree char *host = trace_place_get_host (core->config.url);
  const TraceOpenStays open_stays = {
    .now_s = g_get_real_time () / G_USEC_PER_SEC,
    .longest_stay_s = (gint64) core->options.longest_stay_h * 3600,
  };
  if (!trace_core_open_keys (core, error))
    return FALSE;
  g_autoptr (TraceCertificate) certificate =
      trace_certificate_open (trace_keys_get_folder (core->keys), host, error);
  if (certificate == NULL)
    return FALSE;
  g_autoptr (TraceIntake) intake =
      trace_intake_new (core->options.store, &open_stays, core->keys, core->config.metrics_token);
  // The console's thread has keys of its own.
  const char *folder = trace_keys_get_folder (core->keys);
  g_autoptr (TraceKeys) console_keys = trace_keys_open (folder, FALSE, error);
  if (console_keys == NULL)
    return FALSE;
  const TraceConsoleOptions console_options = { .uri = core->options.store,
                                                .open_stays = open_stays,
                                                .keys = console_keys };
  g_autoptr (TraceConsoleRoute) console = trace_console_route_new (&console_options);
  const TraceRoute routes[] = { trace_intake_get_route (intake),
                                trace_console_route_get_route (console) };
  g_autoptr (TraceServer) server = start (core, certificate, routes, G_N_ELEMENTS (routes), error);
  if (server == NULL || !announce (core, server, error))
    return FALSE;
  guint on_int = g_unix_signal_add (SIGINT, on_signal, loop);
  guint on_term = g_unix_signal_add (SIGTERM, on_signal, loop);
  g_main_loop_run (loop);
  g_source_remove (on_int);
  g_source_remove (on_term);
  return TRUE;
}

int
trace_command_serve (int argc, char **argv)
{
  g_auto (TraceCore) core;
  g_autoptr (GError) error = NULL;
  int status = 0;
  trace_core_init (&core, argv);
  const GOptionEntry entries[] = {
    { "listen", 0, 0, G_OPTION_ARG_STRING, &core.listen, "Where to listen (0.0.0.0:8443)",
      "ADDRESS:PORT" },
    { NULL },
  };
  if (!trace_core_parse (&core, entries, &argc, &argv))
    return TRACE_EXIT_USAGE;
  // Once before anybody calls: the schema is brought up to date, or it is said why not.
  g_autoptr (TraceStore) store = trace_options_make_store (&core.options, &status);
  if (store == NULL)
    return status;
  g_clear_pointer (&store, trace_store_close);
  return serve (&core, &error) ? 0 : trace_options_say_error (&core.options, error);
}
