// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A socket that is bound and does not listen (socket(7), SO_REUSEADDR).

#include "tests/kiosk/held-port.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

int
held_port_take (guint16 *ret_port)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t size = sizeof address;
  const int reuse = 1;
  int held = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (held, >=, 0);
  g_assert_cmpint (bind (held, (struct sockaddr *) &address, size), ==, 0);
  // Afterwards: a port that is chosen among those in use by such sockets would not be ours alone.
  g_assert_cmpint (setsockopt (held, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse), ==, 0);
  g_assert_cmpint (getsockname (held, (struct sockaddr *) &address, &size), ==, 0);
  *ret_port = ntohs (address.sin_port);
  return held;
}

void
held_port_let_go (int held)
{
  (void) close (held); // a test's socket
}
