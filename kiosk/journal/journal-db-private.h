// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the two files of the database share: the connection, and its prepared statements.

#pragma once

#include <sqlite3.h>

#include "kiosk/journal/journal-db.h"
#include "kiosk/journal/journal-vfs.h"

G_BEGIN_DECLS

typedef enum {
  STATEMENT_INSERT_RECORD,
  STATEMENT_EACH_RECORD,
  STATEMENT_READ_HEAD,
  STATEMENT_WRITE_HEAD,
  STATEMENT_INSERT_OPEN_VISIT,
  STATEMENT_DELETE_OPEN_VISIT,
  STATEMENT_FIND_OPEN_VISIT,
  STATEMENT_EACH_OPEN_VISIT,
  STATEMENT_ERASE_BODIES,
  STATEMENT_READ_RECEIPT,
  STATEMENT_WRITE_RECEIPT,
  N_STATEMENTS,
} Statement;

struct _JournalDb {
  sqlite3 *sqlite;
  JournalVfs *vfs; // NULL for an image
  sqlite3_stmt *statements[N_STATEMENTS];
  int log_pages;
};

gboolean journal_db_fail (JournalDb *db, int rc, const char *doing, GError **error);
gboolean journal_db_execute (JournalDb *db, const char *sql, GError **error);

G_END_DECLS
