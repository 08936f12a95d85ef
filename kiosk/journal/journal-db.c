// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The statements, one function each.

#include "kiosk/journal/journal-db-private.h"

#include <string.h>

gboolean
journal_db_begin (JournalDb *db, GError **error)
{
  return journal_db_execute (db, "BEGIN IMMEDIATE", error);
}

gboolean
journal_db_commit (JournalDb *db, GError **error)
{
  return journal_db_execute (db, "COMMIT", error);
}

void
journal_db_rollback (JournalDb *db)
{
  if (sqlite3_get_autocommit (db->sqlite) == 0)
    (void) sqlite3_exec (db->sqlite, "ROLLBACK", NULL, NULL,
                         NULL); // the first error is the one that counts
}

static void
bind_blob (sqlite3_stmt *statement, int column, const guint8 *data, gsize len)
{
  (void) sqlite3_bind_blob (statement, column, data, (int) len,
                            SQLITE_STATIC); // a failure leaves NULL: refused by NOT NULL
}

static void
bind_number (sqlite3_stmt *statement, int column, gint64 number)
{
  (void) sqlite3_bind_int64 (statement, column,
                             number); // a failure leaves NULL: refused by NOT NULL
}

static gboolean
finish (JournalDb *db, Statement which, const char *doing, GError **error)
{
  int rc = sqlite3_step (db->statements[which]);
  (void) sqlite3_reset (db->statements[which]); // repeats the error of the step
  return rc == SQLITE_DONE || journal_db_fail (db, rc, doing, error);
}

gboolean
journal_db_insert_record (JournalDb *db, const JournalRecord *record, GError **error)
{
  sqlite3_stmt *statement = db->statements[STATEMENT_INSERT_RECORD];
  bind_number (statement, 1, (gint64) record->seq);
  bind_number (statement, 2, record->kind);
  bind_blob (statement, 3, record->stamp.boot_id, sizeof record->stamp.boot_id);
  bind_number (statement, 4, record->stamp.boottime_ns);
  bind_number (statement, 5, record->stamp.wall_ms);
  bind_number (statement, 6, record->stamp.quality);
  bind_blob (statement, 7, record->body.data, record->body.len);
  bind_blob (statement, 8, record->body_hash, sizeof record->body_hash);
  bind_blob (statement, 9, record->prev, sizeof record->prev);
  bind_blob (statement, 10, record->hash, sizeof record->hash);
  return finish (db, STATEMENT_INSERT_RECORD, "appending a record", error);
}

// FALSE when the column is not a blob of @len bytes.
static gboolean
copy_blob (sqlite3_stmt *statement, int column, guint8 *ret_data, gsize len)
{
  const void *data = sqlite3_column_blob (statement, column);
  if (data == NULL || (gsize) sqlite3_column_bytes (statement, column) != len)
    return FALSE;
  memcpy (ret_data, data, len);
  return TRUE;
}

static gboolean
read_stamp (sqlite3_stmt *statement, int column, JournalStamp *ret_stamp)
{
  ret_stamp->boottime_ns = sqlite3_column_int64 (statement, column + 1);
  ret_stamp->wall_ms = sqlite3_column_int64 (statement, column + 2);
  ret_stamp->quality = (JournalClockQuality) sqlite3_column_int (statement, column + 3);
  return copy_blob (statement, column, ret_stamp->boot_id, sizeof ret_stamp->boot_id);
}

static gboolean
read_record (sqlite3_stmt *statement, JournalRecord *ret_record)
{
  ret_record->seq = (guint64) sqlite3_column_int64 (statement, 0);
  ret_record->kind = (JournalKind) sqlite3_column_int (statement, 1);
  ret_record->body.data = sqlite3_column_blob (statement, 6);
  ret_record->body.len = (gsize) sqlite3_column_bytes (statement, 6);
  return read_stamp (statement, 2, &ret_record->stamp) &&
         copy_blob (statement, 7, ret_record->body_hash, sizeof ret_record->body_hash) &&
         copy_blob (statement, 8, ret_record->prev, sizeof ret_record->prev) &&
         copy_blob (statement, 9, ret_record->hash, sizeof ret_record->hash);
}

gboolean
journal_db_each_record (JournalDb *db,
                        guint64 first,
                        guint64 last,
                        JournalRecordFunc func,
                        gpointer user_data,
                        GError **error)
{
  sqlite3_stmt *statement = db->statements[STATEMENT_EACH_RECORD];
  bind_number (statement, 1, (gint64) first);
  bind_number (statement, 2, (gint64) MIN (last, G_MAXINT64));
  gboolean ok = TRUE;
  int rc = SQLITE_DONE;
  while (ok && (rc = sqlite3_step (statement)) == SQLITE_ROW) {
    JournalRecord record;
    ok = read_record (statement, &record)
             ? func (&record, user_data, error)
             : journal_db_fail (db, SQLITE_CORRUPT, "reading a record", error);
  }
  if (ok && rc != SQLITE_DONE)
    ok = journal_db_fail (db, rc, "reading records", error);
  (void) sqlite3_reset (statement); // repeats the error of the step
  return ok;
}

gboolean
journal_db_read_head (JournalDb *db, JournalHead *ret_head, GError **error)
{
  sqlite3_stmt *statement = db->statements[STATEMENT_READ_HEAD];
  *ret_head = (JournalHead){ .seq = 0 };
  int rc = sqlite3_step (statement);
  gboolean ok = rc == SQLITE_DONE;
  if (rc == SQLITE_ROW) {
    ret_head->seq = (guint64) sqlite3_column_int64 (statement, 0);
    ok = copy_blob (statement, 1, ret_head->hash, sizeof ret_head->hash) &&
         copy_blob (statement, 2, ret_head->signature, sizeof ret_head->signature);
    rc = SQLITE_CORRUPT;
  }
  (void) sqlite3_reset (statement); // repeats the error of the step
  return ok || journal_db_fail (db, rc, "reading the head", error);
}

gboolean
journal_db_write_head (JournalDb *db, const JournalHead *head, GError **error)
{
  sqlite3_stmt *statement = db->statements[STATEMENT_WRITE_HEAD];
  bind_number (statement, 1, (gint64) head->seq);
  bind_blob (statement, 2, head->hash, sizeof head->hash);
  bind_blob (statement, 3, head->signature, sizeof head->signature);
  return finish (db, STATEMENT_WRITE_HEAD, "writing the head", error);
}

gboolean
journal_db_read_receipt (JournalDb *db, JournalReceipt *ret_receipt, GError **error)
{
  sqlite3_stmt *statement = db->statements[STATEMENT_READ_RECEIPT];
  *ret_receipt = (JournalReceipt){ .seq = 0 };
  int rc = sqlite3_step (statement);
  gboolean ok = rc == SQLITE_DONE;
  if (rc == SQLITE_ROW) {
    ret_receipt->seq = (guint64) sqlite3_column_int64 (statement, 0);
    ret_receipt->core_ms = sqlite3_column_int64 (statement, 2);
    ok = copy_blob (statement, 1, ret_receipt->hash, sizeof ret_receipt->hash) &&
         copy_blob (statement, 3, ret_receipt->signature, sizeof ret_receipt->signature) &&
         copy_blob (statement, 4, ret_receipt->core_key, sizeof ret_receipt->core_key);
    rc = SQLITE_CORRUPT;
  }
  (void) sqlite3_reset (statement); // repeats the error of the step
  return ok || journal_db_fail (db, rc, "reading the receipt", error);
}

gboolean
journal_db_write_receipt (JournalDb *db, const JournalReceipt *receipt, GError **error)
{
  sqlite3_stmt *statement = db->statements[STATEMENT_WRITE_RECEIPT];
  bind_number (statement, 1, (gint64) receipt->seq);
  bind_blob (statement, 2, receipt->hash, sizeof receipt->hash);
  bind_number (statement, 3, receipt->core_ms);
  bind_blob (statement, 4, receipt->signature, sizeof receipt->signature);
  bind_blob (statement, 5, receipt->core_key, sizeof receipt->core_key);
  return finish (db, STATEMENT_WRITE_RECEIPT, "keeping a receipt", error);
}

gboolean
journal_db_insert_open_visit (JournalDb *db,
                              guint64 visit,
                              const guint8 subject[JOURNAL_ID_SIZE],
                              GError **error)
{
  sqlite3_stmt *statement = db->statements[STATEMENT_INSERT_OPEN_VISIT];
  bind_number (statement, 1, (gint64) visit);
  bind_blob (statement, 2, subject, JOURNAL_ID_SIZE);
  return finish (db, STATEMENT_INSERT_OPEN_VISIT, "noting an open visit", error);
}

gboolean
journal_db_delete_open_visit (JournalDb *db, guint64 visit, GError **error)
{
  bind_number (db->statements[STATEMENT_DELETE_OPEN_VISIT], 1, (gint64) visit);
  if (!finish (db, STATEMENT_DELETE_OPEN_VISIT, "removing an open visit", error))
    return FALSE;
  if (sqlite3_changes (db->sqlite) == 1)
    return TRUE;
  g_set_error (error, JOURNAL_ERROR, JOURNAL_ERROR_CONFLICT,
               "journal: visit %" G_GUINT64_FORMAT " is not open", visit);
  return FALSE;
}

gboolean
journal_db_clear_open_visits (JournalDb *db, GError **error)
{
  return journal_db_execute (db, "DELETE FROM open_visit", error);
}

gboolean
journal_db_find_open_visit (JournalDb *db,
                            const guint8 subject[JOURNAL_ID_SIZE],
                            guint64 *ret_visit,
                            JournalStamp *ret_stamp,
                            GError **error)
{
  sqlite3_stmt *statement = db->statements[STATEMENT_FIND_OPEN_VISIT];
  bind_blob (statement, 1, subject, JOURNAL_ID_SIZE);
  *ret_visit = 0;
  int rc = sqlite3_step (statement);
  gboolean ok = rc == SQLITE_DONE;
  if (rc == SQLITE_ROW) {
    *ret_visit = (guint64) sqlite3_column_int64 (statement, 0);
    ok = read_stamp (statement, 1, ret_stamp);
    rc = SQLITE_CORRUPT;
  }
  (void) sqlite3_reset (statement); // repeats the error of the step
  return ok || journal_db_fail (db, rc, "looking for an open visit", error);
}

gboolean
journal_db_each_open_visit (JournalDb *db,
                            JournalOpenVisitFunc func,
                            gpointer user_data,
                            GError **error)
{
  sqlite3_stmt *statement = db->statements[STATEMENT_EACH_OPEN_VISIT];
  gboolean ok = TRUE;
  int rc = SQLITE_DONE;
  while (ok && (rc = sqlite3_step (statement)) == SQLITE_ROW) {
    guint8 subject[JOURNAL_ID_SIZE];
    JournalStamp arrived;
    ok = read_stamp (statement, 1, &arrived) && copy_blob (statement, 5, subject, sizeof subject);
    ok = ok ? func ((guint64) sqlite3_column_int64 (statement, 0), subject, &arrived, user_data,
                    error)
            : journal_db_fail (db, SQLITE_CORRUPT, "reading open visits", error);
  }
  if (ok && rc != SQLITE_DONE)
    ok = journal_db_fail (db, rc, "reading open visits", error);
  (void) sqlite3_reset (statement); // repeats the error of the step
  return ok;
}

gboolean
journal_db_erase_bodies (JournalDb *db, guint64 through, guint64 *ret_n_erased, GError **error)
{
  bind_number (db->statements[STATEMENT_ERASE_BODIES], 1, (gint64) through);
  if (!finish (db, STATEMENT_ERASE_BODIES, "erasing bodies", error))
    return FALSE;
  *ret_n_erased = (guint64) sqlite3_changes64 (db->sqlite);
  return TRUE;
}

gboolean
journal_db_truncate_log (JournalDb *db, GError **error)
{
  int rc = sqlite3_wal_checkpoint_v2 (db->sqlite, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
  if (rc != SQLITE_OK)
    return journal_db_fail (db, rc, "merging the log", error);
  db->log_pages = 0;
  return TRUE;
}

guint
journal_db_get_log_pages (const JournalDb *db)
{
  return (guint) db->log_pages;
}
