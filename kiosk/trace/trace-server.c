// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// GNU libmicrohttpd without threads of its own: its epoll descriptor is one more source of the main
// context. A request that a route answers is suspended, crosses to the route's thread as a Call,
// and comes back by an idle source.

#define G_LOG_DOMAIN "trace-server"

#include "kiosk/trace/trace-server.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gio/gnetworking.h>
#include <microhttpd.h>

#define HEAD_MEMORY_SIZE (24 * 1024) // of a connection: 16 KiB of header, and what MHD adds
#define FIELDS_MAX       64
#define ANSWER_S         300 // for an answer to be taken
#define BACKLOG          256
#define ROUTES_MAX       4
#define PRIORITIES       "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE"

struct TraceServer {
  TraceServerOptions options;
  struct MHD_Daemon *daemon;
  GSource *source;
  guint watch_id;
  TraceRoute routes[ROUTES_MAX];
  GThreadPool *workers[ROUTES_MAX];
  gsize n_routes;
  GHashTable *peers; // of Peer, a set
  GHashTable *calls; // of Call, a set: on their way to a worker and back
};

// One connection.
typedef struct {
  TraceServer *server;
  struct MHD_Connection *connection;
  gint64 since_us; // it began, or its last answer was taken
  gboolean is_answering;
} Peer;

// One request.
typedef struct {
  TraceServer *server;
  struct MHD_Connection *connection;
  Peer *peer;
  gsize route;
  TraceRequest request;
  GByteArray *body;
  guint64 body_len; // as announced
  TraceReply reply;
  gboolean is_answered;
  guint n_hosts, n_lengths, n_fields;
  gboolean is_chunked;
} Call;

typedef struct {
  GSource source;
  struct MHD_Daemon *daemon;
  gpointer tag;
} NetSource;

static gboolean
on_net_prepare (GSource *source, int *ret_timeout_ms)
{
  MHD_UNSIGNED_LONG_LONG timeout_ms = 0;
  *ret_timeout_ms = -1;
  if (MHD_get_timeout (((NetSource *) source)->daemon, &timeout_ms) == MHD_YES)
    *ret_timeout_ms = (int) MIN (timeout_ms, 1000);
  return *ret_timeout_ms == 0;
}

static gboolean
on_net_check (GSource *source)
{
  MHD_UNSIGNED_LONG_LONG timeout_ms = 0;
  NetSource *net = (NetSource *) source;
  return g_source_query_unix_fd (source, net->tag) != 0 ||
         (MHD_get_timeout (net->daemon, &timeout_ms) == MHD_YES && timeout_ms == 0);
}

static gboolean
on_net_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  g_source_set_ready_time (source, -1);
  (void) MHD_run (((NetSource *) source)->daemon); // what fails shows at its connection
  return G_SOURCE_CONTINUE;
}

static GSource *
net_source_new (struct MHD_Daemon *daemon)
{
  static GSourceFuncs funcs = { on_net_prepare, on_net_check, on_net_dispatch, NULL, NULL, NULL };
  GSource *source = g_source_new (&funcs, sizeof (NetSource));
  NetSource *net = (NetSource *) source;
  const union MHD_DaemonInfo *info = MHD_get_daemon_info (daemon, MHD_DAEMON_INFO_EPOLL_FD);
  net->daemon = daemon;
  net->tag = g_source_add_unix_fd (source, info->epoll_fd, G_IO_IN);
  (void) g_source_attach (source, NULL); // the id is not needed: it is destroyed by itself
  return source;
}

static void
call_free (Call *call)
{
  g_clear_pointer (&call->request.query, g_hash_table_unref);
  g_clear_pointer (&call->request.fields, g_hash_table_unref);
  g_clear_pointer (&call->request.body, g_bytes_unref);
  g_free ((char *) call->request.method);
  g_free ((char *) call->request.path);
  g_free ((char *) call->request.peer);
  g_byte_array_unref (call->body);
  trace_reply_clear (&call->reply);
  g_free (call);
}

static enum MHD_Result
on_query (void *user_data, enum MHD_ValueKind kind, const char *name, const char *value)
{
  GHashTable *query = user_data;
  if (!g_hash_table_contains (query, name))
    g_hash_table_insert (query, g_strdup (name), g_strdup (value != NULL ? value : ""));
  return MHD_YES;
}

static enum MHD_Result
on_field (void *user_data, enum MHD_ValueKind kind, const char *name, const char *value)
{
  Call *call = user_data;
  g_autofree char *key = g_ascii_strdown (name, -1);
  call->n_fields++;
  call->n_hosts += g_str_equal (key, "host");
  call->n_lengths += g_str_equal (key, "content-length");
  call->is_chunked = call->is_chunked || g_str_equal (key, "transfer-encoding");
  if (!g_hash_table_contains (call->request.fields, key))
    g_hash_table_insert (call->request.fields, g_steal_pointer (&key),
                         g_strdup (value != NULL ? value : ""));
  return MHD_YES;
}

static GInetAddress *
get_address (struct MHD_Connection *connection)
{
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info (connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  gsize size = info->client_addr->sa_family == AF_INET6 ? sizeof (struct sockaddr_in6)
                                                        : sizeof (struct sockaddr_in);
  g_autoptr (GSocketAddress) address = g_socket_address_new_from_native (info->client_addr, size);
  return g_object_ref (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address))); // of IP alone
}

// Who asks, and whether nobody can listen in: a proxy on this machine tells.
static void
fill_peer (Call *call)
{
  g_autoptr (GInetAddress) address = get_address (call->connection);
  const char *real = g_hash_table_lookup (call->request.fields, "x-real-ip");
  const char *scheme = g_hash_table_lookup (call->request.fields, "x-forwarded-proto");
  gboolean is_proxied = call->server->options.certificate == NULL && real != NULL;
  call->request.is_secure =
      call->server->options.certificate != NULL || (is_proxied && g_strcmp0 (scheme, "https") == 0);
  call->request.peer = is_proxied ? g_strdup (real) : g_inet_address_to_string (address);
}

static Call *
call_new (TraceServer *server,
          struct MHD_Connection *connection,
          const char *method,
          const char *url)
{
  Call *call = g_new0 (Call, 1);
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info (connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  call->server = server;
  call->connection = connection;
  call->peer = info->socket_context;
  call->request.method = g_strdup (method);
  call->request.path = g_strdup (url);
  call->request.query = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  call->request.fields = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  call->request.body = g_bytes_new (NULL, 0);
  call->body = g_byte_array_new ();
  (void) MHD_get_connection_values (connection, MHD_GET_ARGUMENT_KIND, on_query,
                                    call->request.query); // how many is not needed
  (void) MHD_get_connection_values (connection, MHD_HEADER_KIND, on_field, call);
  fill_peer (call);
  return call;
}

static guint
find_flaw (const Call *call, const char *version, const char **ret_why)
{
  const char *length = g_hash_table_lookup (call->request.fields, "content-length");
  guint64 body_len = 0;
  *ret_why = "malformed request";
  if (call->n_fields > FIELDS_MAX) {
    *ret_why = "too many header fields";
    return MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE;
  }
  if (call->request.path[0] != '/' || call->n_lengths > 1 || call->n_hosts > 1 ||
      (g_strcmp0 (version, MHD_HTTP_VERSION_1_1) == 0 && call->n_hosts == 0))
    return MHD_HTTP_BAD_REQUEST;
  if (call->is_chunked) {
    *ret_why = "a body comes with its length";
    return call->n_lengths > 0 ? MHD_HTTP_BAD_REQUEST : MHD_HTTP_LENGTH_REQUIRED;
  }
  if (length != NULL && !g_ascii_string_to_unsigned (length, 10, 0, G_MAXINT64, &body_len, NULL))
    return MHD_HTTP_BAD_REQUEST;
  return 0;
}

static TraceAdmit
find_route (Call *call)
{
  for (gsize i = 0; i < call->server->n_routes; i++) {
    const TraceRoute *route = &call->server->routes[i];
    TraceAdmit admit =
        route->admit (route->user_data, &call->request, call->body_len, &call->reply);
    call->route = i;
    if (admit != TRACE_ADMIT_OTHER)
      return admit;
  }
  trace_reply_set_text (&call->reply, MHD_HTTP_NOT_FOUND, "not here");
  return TRACE_ADMIT_REFUSED;
}

static enum MHD_Result
send_reply (Call *call)
{
  gsize len = 0;
  const void *bytes = call->reply.body != NULL ? g_bytes_get_data (call->reply.body, &len) : "";
  struct MHD_Response *response =
      MHD_create_response_from_buffer (len, (void *) bytes, MHD_RESPMEM_MUST_COPY);
  if (response == NULL)
    return MHD_NO;
  if (call->reply.type != NULL)
    (void) MHD_add_response_header (response, MHD_HTTP_HEADER_CONTENT_TYPE, call->reply.type);
  (void) MHD_add_response_header (response, "X-Content-Type-Options", "nosniff");
  for (guint i = 0; call->reply.fields != NULL && i < call->reply.fields->len; i++) {
    g_auto (GStrv) parts = g_strsplit (g_ptr_array_index (call->reply.fields, i), ": ", 2);
    // A value that no field can have is left out rather than sent in part.
    (void) MHD_add_response_header (response, parts[0], parts[1] != NULL ? parts[1] : "");
  }
  call->peer->is_answering = TRUE;
  call->peer->since_us = g_get_monotonic_time ();
  enum MHD_Result result = MHD_queue_response (call->connection, call->reply.status, response);
  MHD_destroy_response (response);
  return result;
}

static enum MHD_Result
begin_call (TraceServer *server,
            struct MHD_Connection *connection,
            const char *url,
            const char *method,
            const char *version,
            void **context)
{
  const char *why = NULL;
  Call *call = call_new (server, connection, method, url);
  *context = call;
  guint flaw = find_flaw (call, version, &why);
  if (flaw != 0) {
    trace_reply_set_text (&call->reply, flaw, why);
    return send_reply (call);
  }
  const char *length = g_hash_table_lookup (call->request.fields, "content-length");
  call->body_len = length != NULL ? g_ascii_strtoull (length, NULL, 10) : 0;
  return find_route (call) == TRACE_ADMIT_YES ? MHD_YES : send_reply (call);
}

static gboolean
on_answered (gpointer user_data)
{
  Call *call = user_data;
  call->is_answered = TRUE;
  (void) g_hash_table_remove (call->server->calls, call);
  MHD_resume_connection (call->connection);
  g_source_set_ready_time (call->server->source, 0); // nothing else wakes libmicrohttpd up for it
  return G_SOURCE_REMOVE;
}

static void
answer_worker (gpointer data, gpointer user_data)
{
  Call *call = data;
  const TraceRoute *route = &call->server->routes[call->route];
  route->answer_worker (route->user_data, &call->request, &call->reply);
  (void) g_idle_add_full (G_PRIORITY_DEFAULT, on_answered, call, NULL);
}

static enum MHD_Result
on_request (void *user_data,
            struct MHD_Connection *connection,
            const char *url,
            const char *method,
            const char *version,
            const char *upload,
            size_t *upload_len,
            void **context)
{
  TraceServer *server = user_data;
  Call *call = *context;
  if (call == NULL)
    return begin_call (server, connection, url, method, version, context);
  if (*upload_len > 0) {
    if (call->body->len + *upload_len > call->body_len)
      return MHD_NO;
    g_byte_array_append (call->body, (const guint8 *) upload, (guint) *upload_len);
    *upload_len = 0;
    return MHD_YES;
  }
  if (call->is_answered)
    return send_reply (call);
  g_bytes_unref (call->request.body);
  call->request.body = g_byte_array_free_to_bytes (call->body);
  call->body = g_byte_array_new ();
  call->peer->is_answering = TRUE;
  call->peer->since_us = g_get_monotonic_time ();
  (void) g_hash_table_add (server->calls, call);
  MHD_suspend_connection (connection);
  (void) g_thread_pool_push (server->workers[call->route], call, NULL); // its thread is there
  return MHD_YES;
}

static void
on_completed (void *user_data,
              struct MHD_Connection *connection,
              void **context,
              enum MHD_RequestTerminationCode code)
{
  Call *call = *context;
  *context = NULL;
  if (call == NULL)
    return;
  call->peer->is_answering = FALSE;
  call->peer->since_us = g_get_monotonic_time ();
  call_free (call);
}

static void
on_connection (void *user_data,
               struct MHD_Connection *connection,
               void **socket_context,
               enum MHD_ConnectionNotificationCode code)
{
  TraceServer *server = user_data;
  if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
    g_hash_table_remove (server->peers, *socket_context);
    return;
  }
  Peer *peer = g_new0 (Peer, 1);
  peer->server = server;
  peer->connection = connection;
  peer->since_us = g_get_monotonic_time ();
  *socket_context = peer;
  g_hash_table_add (server->peers, peer);
}

// The socket's end reaches libmicrohttpd as the peer's.
static void
cut_if_late (gpointer key, gpointer value, gpointer user_data)
{
  const Peer *peer = key;
  guint limit_s = peer->is_answering ? ANSWER_S : peer->server->options.request_s;
  if (g_get_monotonic_time () - peer->since_us < limit_s * G_USEC_PER_SEC)
    return;
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info (peer->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  (void) shutdown (info->connect_fd, SHUT_RDWR); // it may be gone already
}

static gboolean
on_watch (gpointer user_data)
{
  TraceServer *server = user_data;
  g_hash_table_foreach (server->peers, cut_if_late, NULL);
  return G_SOURCE_CONTINUE;
}

static GSocketAddress *
read_listen (const TraceServerOptions *options, GError **error)
{
  g_autoptr (GSocketConnectable) connectable =
      g_network_address_parse (options->listen, G_MAXUINT16, NULL);
  GNetworkAddress *network = G_NETWORK_ADDRESS (connectable);
  guint16 port = network != NULL ? g_network_address_get_port (network) : G_MAXUINT16;
  g_autoptr (GInetAddress) address =
      network != NULL ? g_inet_address_new_from_string (g_network_address_get_hostname (network))
                      : NULL;
  const char *why = NULL;
  if (address == NULL || port == G_MAXUINT16)
    why = "not ADDRESS:PORT";
  else if (options->certificate == NULL && !g_inet_address_get_is_loopback (address))
    why = "behind a proxy, only a loopback address is listened on";
  if (why == NULL)
    return g_inet_socket_address_new (address, port);
  g_set_error (error, TRACE_ERROR, TRACE_ERROR_INPUT, "listen %s: %s", options->listen, why);
  return NULL;
}

static int
open_socket (const TraceServerOptions *options, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GSocketAddress) address = read_listen (options, error);
  if (address == NULL)
    return -1;
  g_autoptr (GSocket) listener = g_socket_new (g_socket_address_get_family (address),
                                               G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &cause);
  if (listener != NULL)
    g_socket_set_listen_backlog (listener, BACKLOG);
  if (listener != NULL && g_socket_bind (listener, address, TRUE, &cause) &&
      g_socket_listen (listener, &cause))
    return fcntl (g_socket_get_fd (listener), F_DUPFD_CLOEXEC, 0);
  g_set_error (error, TRACE_ERROR, TRACE_ERROR_STORAGE, "listen %s: %s", options->listen,
               cause->message);
  return -1;
}

static void
on_log (void *user_data, const char *format, va_list arguments)
{
  g_autofree char *message = g_strdup_vprintf (format, arguments);
  g_debug ("%s", g_strchomp (message));
}

static struct MHD_Daemon *
start_daemon (TraceServer *server, int listen_fd)
{
  const TraceServerOptions *options = &server->options;
  struct MHD_OptionItem tls[] = {
    { MHD_OPTION_END, 0, NULL },
    { MHD_OPTION_HTTPS_MEM_CERT, 0, NULL },
    { MHD_OPTION_HTTPS_PRIORITIES, 0, (void *) PRIORITIES },
    { MHD_OPTION_END, 0, NULL },
  };
  if (options->certificate != NULL) {
    tls[0] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_KEY, 0, options->certificate->key_pem };
    tls[1].ptr_value = options->certificate->certificate_pem;
  }
  return MHD_start_daemon (MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
                               (options->certificate != NULL ? MHD_USE_TLS : 0),
                           0, NULL, NULL, on_request, server, MHD_OPTION_EXTERNAL_LOGGER, on_log,
                           NULL, MHD_OPTION_LISTEN_SOCKET, listen_fd, MHD_OPTION_CONNECTION_LIMIT,
                           options->connections_max, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
                           options->certificate != NULL ? options->connections_per_address_max : 0,
                           MHD_OPTION_CONNECTION_TIMEOUT, options->idle_s,
                           MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t) HEAD_MEMORY_SIZE,
                           MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_COMPLETED,
                           on_completed, NULL, MHD_OPTION_NOTIFY_CONNECTION, on_connection, server,
                           MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
}

TraceServer *
trace_server_start (const TraceServerOptions *options,
                    const TraceRoute *routes,
                    gsize n_routes,
                    GError **error)
{
  g_return_val_if_fail (n_routes <= ROUTES_MAX, NULL);
  int listen_fd = open_socket (options, error);
  if (listen_fd < 0)
    return NULL;
  TraceServer *server = g_new0 (TraceServer, 1);
  server->options = *options;
  server->n_routes = n_routes;
  server->peers = g_hash_table_new_full (NULL, NULL, g_free, NULL);
  server->calls = g_hash_table_new (NULL, NULL);
  for (gsize i = 0; i < n_routes; i++) {
    server->routes[i] = routes[i];
    server->workers[i] = g_thread_pool_new (answer_worker, NULL, 1, TRUE, NULL);
  }
  server->daemon = start_daemon (server, listen_fd);
  if (server->daemon == NULL) {
    (void) close (listen_fd); // nobody came
    g_set_error (error, TRACE_ERROR, TRACE_ERROR_INPUT, "listen %s: the server cannot start",
                 options->listen);
    trace_server_stop (server);
    return NULL;
  }
  server->source = net_source_new (server->daemon);
  server->watch_id = g_timeout_add_seconds (1, on_watch, server);
  return server;
}

void
trace_server_stop (TraceServer *server)
{
  for (gsize i = 0; i < server->n_routes; i++)
    g_thread_pool_free (server->workers[i], FALSE, TRUE);
  // A suspended request has to come back before libmicrohttpd may end.
  GHashTableIter iter;
  gpointer call = NULL;
  g_hash_table_iter_init (&iter, server->calls);
  while (g_hash_table_iter_next (&iter, &call, NULL)) {
    (void) g_idle_remove_by_data (call); // it was answered just now
    MHD_resume_connection (((Call *) call)->connection);
  }
  g_clear_handle_id (&server->watch_id, g_source_remove);
  if (server->source != NULL) {
    g_source_destroy (server->source);
    g_source_unref (server->source);
  }
  if (server->daemon != NULL)
    MHD_stop_daemon (server->daemon);
  g_hash_table_unref (server->calls);
  g_hash_table_unref (server->peers);
  g_free (server);
}

guint16
trace_server_get_port (const TraceServer *server)
{
  return MHD_get_daemon_info (server->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

guint
trace_server_get_connections (const TraceServer *server)
{
  return g_hash_table_size (server->peers);
}
