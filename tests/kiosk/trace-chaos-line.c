// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One exchange a connection, each on a thread of a pool.

#include "tests/kiosk/trace-chaos-line.h"

#include <string.h>

#define LEN_MAX   (1024 * 1024)
#define LATE_US   30000
#define N_THREADS 32

typedef enum {
  HARM_LOSE_REQUEST,
  HARM_REPEAT_REQUEST,
  HARM_LOSE_ANSWER,
  HARM_CUT_ANSWER,
  HARM_DELAY_ANSWER,
  N_HARMS,
} Harm;

struct ChaosLine {
  GSocketListener *listener;
  GCancellable *end;
  GThread *accepter;
  GThreadPool *exchanges;
  guint16 port, to_port;
  guint percent;
  GMutex mutex; // for what is below
  GRand *rand;
  guint n_harm;
};

// What one side says: a header, and as much as its Content-Length announces. NULL: it broke off.
static GByteArray *
read_message (GInputStream *stream)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();
  gsize wanted = 0;
  guint8 buffer[8192];
  for (;;) {
    gssize n = g_input_stream_read (stream, buffer, sizeof buffer, NULL, NULL);
    if (n <= 0 || message->len > LEN_MAX)
      return NULL;
    g_byte_array_append (message, buffer, (guint) n);
    g_autofree char *text = g_strndup ((const char *) message->data, message->len);
    const char *end = strstr (text, "\r\n\r\n");
    const char *length = strcasestr (text, "\r\ncontent-length:");
    if (end == NULL)
      continue;
    wanted = (gsize) (end - text) + 4;
    if (length != NULL && length < end)
      wanted += g_ascii_strtoull (length + strlen ("\r\ncontent-length:"), NULL, 10);
    if (message->len >= wanted)
      return g_steal_pointer (&message);
  }
}

static GByteArray *
pass_on (const ChaosLine *line, const GByteArray *request)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_socket_client_set_enable_proxy (client, FALSE);
  g_autoptr (GSocketConnection) core =
      g_socket_client_connect_to_host (client, "127.0.0.1", line->to_port, NULL, NULL);
  if (core == NULL ||
      !g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (core)), request->data,
                                  request->len, NULL, NULL, NULL))
    return NULL;
  return read_message (g_io_stream_get_input_stream (G_IO_STREAM (core)));
}

static int
choose (ChaosLine *line, guint *ret_cut)
{
  g_mutex_lock (&line->mutex);
  int harm = -1;
  if (g_rand_int_range (line->rand, 0, 100) < (gint32) line->percent) {
    harm = g_rand_int_range (line->rand, 0, N_HARMS);
    line->n_harm++;
  }
  *ret_cut = (guint) g_rand_int_range (line->rand, 0, 400);
  g_mutex_unlock (&line->mutex);
  return harm;
}

static void
exchange_worker (gpointer data, gpointer user_data)
{
  g_autoptr (GSocketConnection) kiosk = data;
  ChaosLine *line = user_data;
  guint cut = 0;
  int harm = choose (line, &cut);
  g_autoptr (GByteArray) request =
      read_message (g_io_stream_get_input_stream (G_IO_STREAM (kiosk)));
  if (request == NULL || harm == HARM_LOSE_REQUEST)
    return;
  if (harm == HARM_REPEAT_REQUEST)
    g_clear_pointer (&(GByteArray *){ pass_on (line, request) }, g_byte_array_unref);
  g_autoptr (GByteArray) answer = pass_on (line, request);
  if (answer == NULL || harm == HARM_LOSE_ANSWER)
    return;
  if (harm == HARM_CUT_ANSWER)
    g_byte_array_set_size (answer, MIN (answer->len - 1, cut));
  if (harm == HARM_DELAY_ANSWER)
    g_usleep (LATE_US); // is the harm, not a way to wait for anything
  (void) g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (kiosk)),
                                    answer->data, answer->len, NULL, NULL, NULL);
}

static gpointer
accept_worker (gpointer user_data)
{
  ChaosLine *line = user_data;
  GSocketConnection *kiosk = NULL;
  while ((kiosk = g_socket_listener_accept (line->listener, NULL, line->end, NULL)) != NULL)
    (void) g_thread_pool_push (line->exchanges, kiosk, NULL); // its threads are there
  return NULL;
}

ChaosLine *
chaos_line_start (guint16 to_port, guint percent, guint32 seed)
{
  ChaosLine *line = g_new0 (ChaosLine, 1);
  g_autoptr (GError) error = NULL;
  g_mutex_init (&line->mutex);
  line->rand = g_rand_new_with_seed (seed);
  line->to_port = to_port;
  line->percent = percent;
  line->listener = g_socket_listener_new ();
  line->end = g_cancellable_new ();
  line->exchanges = g_thread_pool_new (exchange_worker, line, N_THREADS, TRUE, NULL);
  line->port = g_socket_listener_add_any_inet_port (line->listener, NULL, &error);
  g_assert_no_error (error);
  line->accepter = g_thread_new ("accepter", accept_worker, line);
  return line;
}

void
chaos_line_stop (ChaosLine *line)
{
  g_cancellable_cancel (line->end);
  g_thread_join (line->accepter);
  g_thread_pool_free (line->exchanges, FALSE, TRUE);
  g_object_unref (line->listener);
  g_object_unref (line->end);
  g_rand_free (line->rand);
  g_mutex_clear (&line->mutex);
  g_free (line);
}

guint16
chaos_line_get_port (const ChaosLine *line)
{
  return line->port;
}

guint
chaos_line_count_harm (ChaosLine *line)
{
  g_mutex_lock (&line->mutex);
  guint n = line->n_harm;
  g_mutex_unlock (&line->mutex);
  return n;
}
