// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A disk that can be told to fail, for SQLite. What is written lies in memory until it is
// synchronised; the real file is what the platters hold. When the power goes, unsynchronised writes
// are gone, or some of them, or halves.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  FAULT_NONE,
  FAULT_ERROR_ONCE,     // the operation fails, the next one works again
  FAULT_ERROR_STICKY,   // and all later ones
  FAULT_POWER_CUT,      // and nothing that was not synchronised is on the disk
  FAULT_POWER_CUT_TORN, // a random part of what was not synchronised is on the disk, sectors of 512
                        // bytes each for themselves
} Fault;

#define FAULT_VFS_NAME "fault"

typedef struct _FaultVfs FaultVfs;

FaultVfs *fault_vfs_new (void);
void fault_vfs_free (FaultVfs *vfs);

// The @nth operation from now on (write, sync, truncate, delete; from 1) fails with @error_code, an
// SQLite result code.
void fault_vfs_arm (FaultVfs *vfs, Fault fault, guint nth, int error_code, guint32 seed);

// Did it come to that?
gboolean fault_vfs_has_struck (const FaultVfs *vfs);

G_END_DECLS
