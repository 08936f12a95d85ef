// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What is kept back for root counts as used.

#include "kiosk/journal/journal-disk.h"

#include <sys/statvfs.h>

guint
journal_disk_percent (const char *folder)
{
  struct statvfs volume;
  if (statvfs (folder, &volume) < 0 || volume.f_blocks == 0)
    return 0;
  guint64 n_used = (guint64) volume.f_blocks - MIN (volume.f_bfree, volume.f_blocks);
  guint64 n_all = n_used + volume.f_bavail;
  return n_all > 0 ? (guint) ((n_used * 100 + n_all - 1) / n_all) : 100;
}
