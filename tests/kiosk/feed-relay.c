// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A thread that accepts, and one for each connection.

#include "tests/kiosk/feed-relay.h"

// A heartbeat on a new line has 498 bytes with its header; a batch of one record, which a busy
// machine sends often, some 840, and its header alone more than this.
#define BATCH_LEN_MIN 560

struct FeedRelay {
  GSocketListener *listener;
  GCancellable *end;
  GThread *accepter;
  guint16 port, to_port;
  GMutex mutex;      // for what is below
  GSubprocess *core; // (nullable) to be killed
};

typedef struct {
  FeedRelay *relay;
  GSocketConnection *kiosk;
} Line;

static gboolean
pass_on (GSocket *from, GSocket *to, gsize *ret_len)
{
  char buffer[8192];
  gssize n = g_socket_receive (from, buffer, sizeof buffer, NULL, NULL);
  for (gssize sent = 0, n_more = 0; sent < n; sent += n_more)
    if ((n_more = g_socket_send (to, buffer + sent, (gsize) (n - sent), NULL, NULL)) <= 0)
      return FALSE;
  *ret_len = n > 0 ? (gsize) n : 0;
  return n > 0;
}

static gboolean
strike (FeedRelay *relay)
{
  g_mutex_lock (&relay->mutex);
  gboolean strikes = relay->core != NULL;
  if (strikes)
    g_subprocess_force_exit (g_steal_pointer (&relay->core));
  g_mutex_unlock (&relay->mutex);
  return strikes;
}

static void
relay_all (FeedRelay *relay, GSocket *kiosk, GSocket *core)
{
  gsize asked = 0, len = 0; // since the last answer
  GPollFD fds[] = { { g_socket_get_fd (kiosk), G_IO_IN, 0 },
                    { g_socket_get_fd (core), G_IO_IN, 0 },
                    { g_cancellable_get_fd (relay->end), G_IO_IN, 0 } };
  while (g_poll (fds, G_N_ELEMENTS (fds), -1) > 0 && fds[2].revents == 0) {
    if (fds[0].revents != 0) {
      if (!pass_on (kiosk, core, &len))
        return;
      asked += len;
    }
    if (fds[1].revents != 0) {
      if ((asked > BATCH_LEN_MIN && strike (relay)) || !pass_on (core, kiosk, &len))
        return;
      asked = 0;
    }
  }
}

static gpointer
line_worker (gpointer user_data)
{
  g_autofree Line *line = user_data;
  g_autoptr (GSocketConnection) kiosk = line->kiosk;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_socket_client_set_enable_proxy (client, FALSE);
  g_autoptr (GSocketConnection) core =
      g_socket_client_connect_to_host (client, "127.0.0.1", line->relay->to_port, NULL, NULL);
  if (core != NULL)
    relay_all (line->relay, g_socket_connection_get_socket (kiosk),
               g_socket_connection_get_socket (core));
  return NULL;
}

static gpointer
accept_worker (gpointer user_data)
{
  FeedRelay *relay = user_data;
  g_autoptr (GPtrArray) threads = g_ptr_array_new ();
  GSocketConnection *kiosk = NULL;
  while ((kiosk = g_socket_listener_accept (relay->listener, NULL, relay->end, NULL)) != NULL) {
    Line *line = g_new (Line, 1);
    *line = (Line){ relay, kiosk };
    g_ptr_array_add (threads, g_thread_new ("line", line_worker, line));
  }
  for (guint i = 0; i < threads->len; i++)
    g_thread_join (g_ptr_array_index (threads, i));
  return NULL;
}

FeedRelay *
feed_relay_start (guint16 to_port)
{
  FeedRelay *relay = g_new0 (FeedRelay, 1);
  g_autoptr (GError) error = NULL;
  g_mutex_init (&relay->mutex);
  relay->to_port = to_port;
  relay->listener = g_socket_listener_new ();
  relay->end = g_cancellable_new ();
  relay->port = g_socket_listener_add_any_inet_port (relay->listener, NULL, &error);
  g_assert_no_error (error);
  relay->accepter = g_thread_new ("accepter", accept_worker, relay);
  return relay;
}

void
feed_relay_stop (FeedRelay *relay)
{
  g_cancellable_cancel (relay->end);
  g_thread_join (relay->accepter);
  g_object_unref (relay->listener);
  g_object_unref (relay->end);
  g_mutex_clear (&relay->mutex);
  g_free (relay);
}

guint16
feed_relay_get_port (const FeedRelay *relay)
{
  return relay->port;
}

void
feed_relay_strike_next (FeedRelay *relay, GSubprocess *core)
{
  g_mutex_lock (&relay->mutex);
  relay->core = core;
  g_mutex_unlock (&relay->mutex);
}

gboolean
feed_relay_has_struck (FeedRelay *relay)
{
  g_mutex_lock (&relay->mutex);
  gboolean has_struck = relay->core == NULL;
  g_mutex_unlock (&relay->mutex);
  return has_struck;
}
