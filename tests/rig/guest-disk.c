// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The kiosk's disk. With a second disk beside it, dm-log-writes keeps every write that the first
// one was told to make durable, in order, and our marks between them.

#include "tests/rig/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define DISK    "/dev/ubda"
#define LOG     "/dev/ubdb"
#define MAPPED  "/dev/mapper/logged"
#define CONTROL "/dev/mapper/control"
#define STATE   "/run/state"
#define TEXT    64

static const char map_disk[] =
    "dmsetup create logged --noudevsync --table "
    "\"0 $(blockdev --getsz " DISK ") log-writes " DISK " " LOG "\" && dmsetup mknodes";

gboolean
guest_disk_mount (GError **error)
{
  const char *argv[] = { "/bin/sh", "-c", map_disk, NULL };
  gboolean is_logged = access (LOG, F_OK) == 0;
  int status = 0;
  (void) mkdir (STATE, 0700);
  if (access (DISK, F_OK) != 0)
    return TRUE;
  if (is_logged && (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL,
                                   NULL, &status, error) ||
                    !g_spawn_check_wait_status (status, error)))
    return FALSE;
  if (mount (is_logged ? MAPPED : DISK, STATE, "ext4", 0, NULL) == 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "mounting the disk: %s",
               g_strerror (errno));
  return FALSE;
}

void
guest_disk_unmount (void)
{
  (void) umount (STATE); // may be in use: then its journal knows
  sync ();
}

void
guest_disk_mark (const char *name)
{
  struct {
    struct dm_ioctl head;
    guint64 sector; // struct dm_target_msg, whose text has no length in C
    char text[TEXT];
  } message = {
    .head = { .version = { DM_VERSION_MAJOR, 0, 0 },
              .data_size = sizeof message,
              .data_start = sizeof message.head,
              .name = "logged" },
  };
  int fd = access (LOG, F_OK) == 0 ? open (CONTROL, O_RDWR | O_CLOEXEC) : -1;
  if (fd < 0)
    return; // nobody logs
  (void) g_snprintf (message.text, sizeof message.text, "mark %s", name);
  if (ioctl (fd, DM_TARGET_MSG, &message) < 0)
    guest_tell ("event broken mark: %s", g_strerror (errno));
  (void) close (fd); // a control file keeps nothing
}
