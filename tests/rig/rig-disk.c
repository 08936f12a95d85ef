// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The guest's disk, and its past: the log that dm-log-writes keeps (Linux,
// Documentation/admin-guide/device-mapper/log-writes.rst). It holds a write only once a flush has
// made it durable, so what stands before a mark is the least that a disk may have kept.

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/rig/rig-private.h"

#define DISK_BYTES (64 * 1024 * 1024)
#define LOG_BYTES  (1024 * 1024 * 1024)
#define SECTOR     512
#define LOG_MAGIC  0x6a736677736872ull
#define IS_DISCARD (1 << 2)
#define IS_MARK    (1 << 3)

// Both begin a sector of the log, little-endian.
typedef struct {
  guint64 magic, version, n_entries;
  guint32 sector_bytes;
} Super;
typedef struct {
  guint64 sector, n_sectors, flags, data_len;
} Entry;

static void
make_sparse (const char *path, gsize bytes)
{
  (void) g_remove (path); // not there the first time
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (ftruncate (fd, (off_t) bytes), ==, 0);
  g_assert_cmpint (close (fd), ==, 0);
}

void
rig_forget_disk (Rig *rig)
{
  rig->logs_writes = FALSE;
  g_autofree char *disk = rig_path (rig, "disk.img");
  const char *argv[] = { "mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0",
                         disk,        NULL };
  make_sparse (disk, DISK_BYTES);
  int status = -1;
  g_autofree char *path = g_strconcat (g_getenv ("PATH"), ":/sbin:/usr/sbin", NULL);
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), "PATH", path, TRUE);
  g_assert_true (g_spawn_sync (NULL, (char **) argv, environment, G_SPAWN_SEARCH_PATH_FROM_ENVP,
                               NULL, NULL, NULL, NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
}


static void
copy_disk (Rig *rig, const char *from, const char *to)
{
  g_autofree char *from_path = rig_path (rig, from);
  g_autofree char *to_path = rig_path (rig, to);
  const char *argv[] = { "cp", "--sparse=always", from_path, to_path, NULL };
  int status = -1;
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
}

void
rig_log_writes (Rig *rig)
{
  g_autofree char *log = rig_path (rig, "writes.log");
  make_sparse (log, LOG_BYTES);
  copy_disk (rig, "disk.img", "first.img");
  rig->logs_writes = TRUE;
}

static void
read_at (int fd, void *memory, gsize len, guint64 at)
{
  g_assert_cmpint (pread (fd, memory, len, (off_t) at), ==, (gssize) len);
}

// Goes through the log up to the mark of that number, counting from 1; writes what it finds to
// @disk_fd unless that is negative. Returns how many marks there were.
static guint
replay (Rig *rig, guint mark, int disk_fd)
{
  g_autofree char *path = rig_path (rig, "writes.log");
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  Super super;
  guint n_marks = 0;
  g_assert_cmpint (fd, >=, 0);
  read_at (fd, &super, sizeof super, 0);
  g_assert_cmpuint (super.magic, ==, LOG_MAGIC);
  guint64 at = super.sector_bytes;
  for (guint64 i = 0; i < super.n_entries && n_marks < mark; i++) {
    Entry entry;
    read_at (fd, &entry, sizeof entry, at);
    at += super.sector_bytes;
    n_marks += (entry.flags & IS_MARK) != 0;
    if ((entry.flags & IS_DISCARD) != 0)
      continue;
    gsize len = entry.n_sectors * super.sector_bytes;
    if (disk_fd >= 0 && (entry.flags & IS_MARK) == 0 && len > 0) {
      g_autofree guint8 *bytes = g_malloc (len);
      read_at (fd, bytes, len, at);
      g_assert_cmpint (pwrite (disk_fd, bytes, len, (off_t) (entry.sector * SECTOR)), ==,
                       (gssize) len);
    }
    at += len;
  }
  (void) close (fd); // only read
  return n_marks;
}

guint
rig_count_marks (Rig *rig)
{
  return replay (rig, G_MAXUINT, -1);
}

void
rig_rewind_disk (Rig *rig, guint mark)
{
  rig->logs_writes = FALSE;
  copy_disk (rig, "first.img", "disk.img");
  g_autofree char *disk = rig_path (rig, "disk.img");
  int fd = open (disk, O_WRONLY | O_CLOEXEC);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpuint (replay (rig, mark, fd), ==, mark);
  g_assert_cmpint (close (fd), ==, 0);
}
