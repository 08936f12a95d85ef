// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/fakes/fake-manager.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct FakeManager {
  int fd;
  char *folder;
  char *path;
};

FakeManager *
fake_manager_new (guint64 watchdog_us)
{
  FakeManager *manager = g_new0 (FakeManager, 1);
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  g_autofree char *usec = g_strdup_printf ("%" G_GUINT64_FORMAT, watchdog_us);
  g_autofree char *pid = g_strdup_printf ("%d", (int) getpid ());
  manager->folder = g_dir_make_tmp ("tramxanh-manager-XXXXXX", NULL);
  manager->path = g_build_filename (manager->folder, "notify", NULL);
  g_strlcpy (address.sun_path, manager->path, sizeof address.sun_path);
  manager->fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (manager->fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_true (g_setenv ("NOTIFY_SOCKET", manager->path, TRUE));
  if (watchdog_us > 0)
    g_assert_true (g_setenv ("WATCHDOG_USEC", usec, TRUE) && g_setenv ("WATCHDOG_PID", pid, TRUE));
  return manager;
}

void
fake_manager_free (FakeManager *manager)
{
  g_unsetenv ("NOTIFY_SOCKET");
  g_unsetenv ("WATCHDOG_USEC");
  g_unsetenv ("WATCHDOG_PID");
  (void) close (manager->fd); // a test's socket
  g_assert_cmpint (g_remove (manager->path), ==, 0);
  g_assert_cmpint (g_rmdir (manager->folder), ==, 0);
  g_free (manager->path);
  g_free (manager->folder);
  g_free (manager);
}

char *
fake_manager_read (FakeManager *manager)
{
  GString *all = g_string_new (NULL);
  char bytes[512];
  for (ssize_t n = 0; (n = recv (manager->fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0;) {
    g_string_append_len (all, bytes, n);
    g_string_append_c (all, '\n');
  }
  return g_string_free (all, FALSE);
}
