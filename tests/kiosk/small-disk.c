// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/kiosk/small-disk.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define FILLER "small-disk.filler"

static void
write_setting (const char *path, const char *text)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  if (fd < 0)
    return; // the mount fails then, and says so
  (void) !write (fd, text, strlen (text));
  (void) close (fd); // nothing is kept back in /proc
}

// Who was root before stays it, and others stay who they are: programs under test see no change.
static void
keep_ids (uid_t uid, gid_t gid)
{
  g_autofree char *uids = g_strdup_printf ("%u %u 1\n", uid, uid);
  g_autofree char *gids = g_strdup_printf ("%u %u 1\n", gid, gid);
  write_setting ("/proc/self/setgroups", "deny");
  write_setting ("/proc/self/uid_map", uids);
  write_setting ("/proc/self/gid_map", gids);
}

void
small_disk_init (void)
{
  uid_t uid = geteuid ();
  gid_t gid = getegid ();
  if (unshare (CLONE_NEWNS) < 0) {
    if (unshare (CLONE_NEWUSER | CLONE_NEWNS) < 0)
      return; // small_disk_mount () fails, and says so
    keep_ids (uid, gid);
  }
  // What is mounted from here on is nobody else's.
  (void) mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

gboolean
small_disk_mount (const char *folder, guint n_mib)
{
  g_autofree char *size = g_strdup_printf ("size=%um,mode=0700", n_mib);
  if (mount ("small-disk", folder, "tmpfs", MS_NOSUID | MS_NODEV, size) == 0)
    return TRUE;
  g_test_skip_printf ("no small disk can be mounted here: %s", g_strerror (errno));
  return FALSE;
}

static guint64
count_used (const struct statvfs *volume)
{
  return (guint64) volume->f_blocks - volume->f_bfree;
}

// As long as there is room.
static void
lengthen (int fd, guint64 n_blocks, gsize block)
{
  g_autofree char *zeros = g_malloc0 (block);
  g_assert_cmpint (lseek (fd, 0, SEEK_END), >=, 0);
  for (guint64 i = 0; i < n_blocks; i++) {
    gssize n_written = write (fd, zeros, block);
    if (n_written < 0)
      g_assert_cmpint (errno, ==, ENOSPC);
    if (n_written < (gssize) block)
      break;
  }
}

void
small_disk_fill (const char *folder, guint percent)
{
  struct statvfs volume;
  struct stat filler;
  g_autofree char *path = g_build_filename (folder, FILLER, NULL);
  int fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  g_assert_no_errno (fd);
  g_assert_no_errno (fstat (fd, &filler));
  g_assert_no_errno (fstatvfs (fd, &volume));
  guint64 n_wanted = (guint64) volume.f_blocks * percent / 100;
  guint64 n_used = count_used (&volume);
  guint64 n_filler = (guint64) filler.st_size / volume.f_frsize;
  if (percent >= 100)
    lengthen (fd, G_MAXUINT64, volume.f_frsize); // others may make room meanwhile
  else if (n_used < n_wanted)
    lengthen (fd, n_wanted - n_used, volume.f_frsize);
  else
    g_assert_no_errno (
        ftruncate (fd, (off_t) ((n_filler - MIN (n_filler, n_used - n_wanted)) * volume.f_frsize)));
  g_assert_no_errno (close (fd));
}

void
small_disk_unmount (const char *folder)
{
  g_assert_no_errno (umount (folder));
}
