// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A real file system of a few mebibytes, filled up at will. Only the test's own process and those
// that it starts see it, and it goes with them.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

// Before anything else in main (): a process that has threads gets no mounts of its own. Takes no
// root where the system lets users have namespaces.
void small_disk_init (void);

// Mounts an empty one on @folder, which exists. FALSE: not here, and the running test is skipped.
gboolean small_disk_mount (const char *folder, guint n_mib);

// Makes it so full, with a file of its own: more or less than before. 100: to the last block.
void small_disk_fill (const char *folder, guint percent);
void small_disk_unmount (const char *folder);

G_END_DECLS
