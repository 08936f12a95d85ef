// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Loaded before a program's own libraries, it forgets to sync: what a database does whose writes
// are called durable too early. The tests of the power cut must notice. LAZY_SYNC=wal forgets the
// write-ahead log only (as SQLite's synchronous=NORMAL between checkpoints), LAZY_SYNC=all
// everything.

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
is_forgotten (int fd)
{
  const char *what = getenv ("LAZY_SYNC");
  char link[64], path[4096];
  (void) snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t len = readlink (link, path, sizeof path - 1);
  if (what == NULL || len < 4)
    return 0;
  path[len] = '\0';
  return strcmp (what, "all") == 0 || strcmp (path + len - 4, "-wal") == 0;
}

static int
sync_unless_forgotten (int fd, const char *name)
{
  int (*real) (int) = (int (*) (int)) dlsym (RTLD_NEXT, name);
  return is_forgotten (fd) ? 0 : real (fd);
}

int fsync (int fd);
int fdatasync (int fd);

int
fsync (int fd)
{
  return sync_unless_forgotten (fd, "fsync");
}

int
fdatasync (int fd)
{
  return sync_unless_forgotten (fd, "fdatasync");
}
