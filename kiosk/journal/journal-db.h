// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The journal's SQLite file: how it is opened, its schema and migrations, its few statements. One
// connection, exclusive, used by one thread. All functions fail with JOURNAL_ERROR_FULL, _STORAGE,
// _CORRUPT or _LOCKED, by what SQLite said.

#pragma once

#include "kiosk/journal/journal-chain.h"

G_BEGIN_DECLS

typedef struct _JournalDb JournalDb;

// Where the journal ends, signed by the record key of the day.
typedef struct {
  guint64 seq; // 0: no record yet
  guint8 hash[JOURNAL_HASH_SIZE];
  guint8 signature[JOURNAL_SIG_SIZE];
} JournalHead;

// The tracing core's word that it holds the records up to @seq; signed by @core_key.
typedef struct {
  guint64 seq; // 0: none
  guint8 hash[JOURNAL_HASH_SIZE];
  gint64 core_ms; // the core's clock
  guint8 signature[JOURNAL_SIG_SIZE];
  guint8 core_key[JOURNAL_KEY_SIZE];
} JournalReceipt;

// Opens or creates @path: exclusive, write-ahead log, synchronous FULL, all read back. @vfs_name:
// nullable.
JournalDb *journal_db_open (const char *path, const char *vfs_name, GError **error);

// Opens a merged image (journal-pages.h) in memory, brought up to the tables of today. @image stays
// as it is, and must outlive the connection.
JournalDb *journal_db_open_image (const GByteArray *image, GError **error);

// With @is_clean the log is merged and removed; otherwise it is left for the next open, as after a
// crash.
void journal_db_close (JournalDb *db, gboolean is_clean);

gboolean journal_db_begin (JournalDb *db, GError **error);
gboolean journal_db_commit (JournalDb *db, GError **error);
void journal_db_rollback (JournalDb *db);

gboolean journal_db_insert_record (JournalDb *db, const JournalRecord *record, GError **error);

// Calls @func for records @first to @last in order; their bodies are valid during the call. Stops
// when it returns FALSE.
typedef gboolean (*JournalRecordFunc) (const JournalRecord *record,
                                       gpointer user_data,
                                       GError **error);
gboolean journal_db_each_record (JournalDb *db,
                                 guint64 first,
                                 guint64 last,
                                 JournalRecordFunc func,
                                 gpointer user_data,
                                 GError **error);

gboolean journal_db_read_head (JournalDb *db, JournalHead *ret_head, GError **error);
gboolean journal_db_write_head (JournalDb *db, const JournalHead *head, GError **error);

// The latest, which covers whatever an earlier one did.
gboolean journal_db_read_receipt (JournalDb *db, JournalReceipt *ret_receipt, GError **error);
gboolean journal_db_write_receipt (JournalDb *db, const JournalReceipt *receipt, GError **error);

gboolean journal_db_insert_open_visit (JournalDb *db,
                                       guint64 visit,
                                       const guint8 subject[JOURNAL_ID_SIZE],
                                       GError **error);
// JOURNAL_ERROR_CONFLICT when it is not open.
gboolean journal_db_delete_open_visit (JournalDb *db, guint64 visit, GError **error);
gboolean journal_db_clear_open_visits (JournalDb *db, GError **error);

// @ret_visit is 0 when the subject is not inside; else also fills @ret_stamp with that of the
// arrival.
gboolean journal_db_find_open_visit (JournalDb *db,
                                     const guint8 subject[JOURNAL_ID_SIZE],
                                     guint64 *ret_visit,
                                     JournalStamp *ret_stamp,
                                     GError **error);

typedef gboolean (*JournalOpenVisitFunc) (guint64 visit,
                                          const guint8 subject[JOURNAL_ID_SIZE],
                                          const JournalStamp *arrived,
                                          gpointer user_data,
                                          GError **error);
gboolean journal_db_each_open_visit (JournalDb *db,
                                     JournalOpenVisitFunc func,
                                     gpointer user_data,
                                     GError **error);

// Erases the bodies of all erasable records up to @through.
gboolean
journal_db_erase_bodies (JournalDb *db, guint64 through, guint64 *ret_n_erased, GError **error);

// Merges the log into the file and cuts it to nothing, so that erased bytes are gone from both.
gboolean journal_db_truncate_log (JournalDb *db, GError **error);
guint journal_db_get_log_pages (const JournalDb *db);

// SQLite's own checks of its structures, and that the schema is exactly ours.
gboolean journal_db_check (JournalDb *db, GError **error);

G_END_DECLS
