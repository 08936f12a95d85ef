// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The bytes of a journal on the disk, below SQL. SQLite does not read every byte of its own file
// (free space, unused header fields), so a sum of our own covers every page whole: it lies in 16
// reserved bytes at the page's end. The write-ahead log has sums of SQLite's, but a broken one
// silently ends the log; here it is an error. Pure: bytes in, verdict out. SQLite's "Database File
// Format", sections 1.2, 1.3 and 4.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define JOURNAL_PAGE_SIZE 4096
#define JOURNAL_PAGE_SUM  16 // reserved bytes at the end of every page

// Writes the sum of page number @pgno (from 1) into its last bytes. The number is covered: pages
// cannot change places.
void journal_page_seal (guint32 pgno, guint8 page[JOURNAL_PAGE_SIZE]);
gboolean journal_page_check (guint32 pgno, const guint8 page[JOURNAL_PAGE_SIZE]);

// Lays the write-ahead log over the database image, so that it is what SQLite would read. Every
// byte of both must make sense: pages have their sums, log frames theirs, the log ends with a
// commit, and nothing follows. With @is_live somebody is writing at this moment: the log counts up
// to its last whole commit.
//
// @image: the database file; grows as needed and is changed. NULL when all is well, else what is
// wrong and where.
char *journal_pages_merge (GByteArray *image, const guint8 *log, gsize log_len, gboolean is_live);

G_END_DECLS
