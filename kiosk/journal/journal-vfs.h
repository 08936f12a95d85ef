// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A thin layer between SQLite and a file system layer: every page written to the database file gets
// its sum (journal-pages.h), every page read is checked. Everything else passes through.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _JournalVfs JournalVfs;

// Registers a layer over the VFS named @base_name (nullable: SQLite's default). NULL when there is
// no such VFS.
JournalVfs *journal_vfs_new (const char *base_name);

// Unregisters; no connection may use it any more.
void journal_vfs_free (JournalVfs *vfs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (JournalVfs, journal_vfs_free)

// To be given to sqlite3_open_v2; valid as long as the layer.
const char *journal_vfs_get_name (const JournalVfs *vfs);

G_END_DECLS
