// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Opening the file. PRAGMAs are set and read back, because builds differ in their defaults.

#include "kiosk/journal/journal-db-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "kiosk/journal/journal-pages.h"
#include "kiosk/journal/journal-schema.h"

#define APPLICATION_ID 0x54584a31             // "TXJ1"
#define LOG_SIZE_LIMIT "16777216"             // bytes
#define ERASABLE_KINDS "(3, 4, 5, 6, 10, 12)" // journal_kind_is_erasable ()
#define VERSION_OFFSET 60                     // of user_version in the file's header

static const char *const statement_sql[N_STATEMENTS] = {
  [STATEMENT_INSERT_RECORD] =
      "INSERT INTO record (seq, kind, boot_id, boottime_ns, wall_ms, clock_quality, body, "
      "body_hash, prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
  [STATEMENT_EACH_RECORD] =
      "SELECT seq, kind, boot_id, boottime_ns, wall_ms, clock_quality, body, body_hash, prev, hash "
      "FROM record WHERE seq BETWEEN ? AND ? ORDER BY seq",
  [STATEMENT_READ_HEAD] = "SELECT seq, hash, signature FROM head",
  [STATEMENT_WRITE_HEAD] = "REPLACE INTO head (id, seq, hash, signature) VALUES (1, ?, ?, ?)",
  [STATEMENT_INSERT_OPEN_VISIT] = "INSERT INTO open_visit (visit, subject) VALUES (?, ?)",
  [STATEMENT_DELETE_OPEN_VISIT] = "DELETE FROM open_visit WHERE visit = ?",
  [STATEMENT_FIND_OPEN_VISIT] = "SELECT visit, boot_id, boottime_ns, wall_ms, clock_quality "
                                "FROM open_visit JOIN record ON seq = visit WHERE subject = ?",
  [STATEMENT_EACH_OPEN_VISIT] =
      "SELECT visit, boot_id, boottime_ns, wall_ms, clock_quality, subject "
      "FROM open_visit LEFT JOIN record ON seq = visit ORDER BY visit",
  [STATEMENT_ERASE_BODIES] = "UPDATE record SET body = NULL WHERE seq <= ? AND body IS NOT NULL "
                             "AND kind IN " ERASABLE_KINDS,
  [STATEMENT_READ_RECEIPT] = "SELECT seq, hash, core_ms, signature, core_key FROM receipt",
  [STATEMENT_WRITE_RECEIPT] = "REPLACE INTO receipt (id, seq, hash, core_ms, signature, core_key) "
                              "VALUES (1, ?, ?, ?, ?, ?)",
};

static JournalError
code_of (sqlite3 *sqlite, int rc)
{
  if (rc == SQLITE_IOERR_DATA)
    return JOURNAL_ERROR_CORRUPT;
  switch (rc & 0xff) {
  case SQLITE_FULL:
    return JOURNAL_ERROR_FULL;
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
  case SQLITE_CONSTRAINT:
  case SQLITE_SCHEMA:
    return JOURNAL_ERROR_CORRUPT;
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return JOURNAL_ERROR_LOCKED;
  default:
    return sqlite != NULL && sqlite3_system_errno (sqlite) == ENOSPC ? JOURNAL_ERROR_FULL
                                                                     : JOURNAL_ERROR_STORAGE;
  }
}

gboolean
journal_db_fail (JournalDb *db, int rc, const char *doing, GError **error)
{
  g_set_error (error, JOURNAL_ERROR, code_of (db->sqlite, rc), "journal: %s: %s", doing,
               sqlite3_errstr (rc));
  return FALSE;
}

gboolean
journal_db_execute (JournalDb *db, const char *sql, GError **error)
{
  int rc = sqlite3_exec (db->sqlite, sql, NULL, NULL, NULL);
  return rc == SQLITE_OK || journal_db_fail (db, rc, sql, error);
}

// The first column of the first row, as text.
static char *
query (JournalDb *db, const char *sql, GError **error)
{
  sqlite3_stmt *statement = NULL;
  char *text = NULL;
  int rc = sqlite3_prepare_v2 (db->sqlite, sql, -1, &statement, NULL);
  if (rc == SQLITE_OK)
    rc = sqlite3_step (statement);
  if (rc == SQLITE_ROW)
    text = g_strdup ((const char *) sqlite3_column_text (statement, 0));
  else if (rc == SQLITE_DONE)
    text = g_strdup ("");
  else
    (void) journal_db_fail (db, rc, sql, error);
  (void) sqlite3_finalize (statement); // repeats the error of the step
  return text;
}

static gboolean
require (JournalDb *db, const char *sql, const char *expected, JournalError code, GError **error)
{
  g_autofree char *text = query (db, sql, error);
  if (text == NULL)
    return FALSE;
  if (g_str_equal (text, expected))
    return TRUE;
  g_set_error (error, JOURNAL_ERROR, code, "journal: %s: %s, not %s", sql, text, expected);
  return FALSE;
}

static int
on_commit_to_log (void *user_data, sqlite3 *sqlite, const char *database, int n_pages)
{
  JournalDb *db = user_data;
  db->log_pages = n_pages;
  return SQLITE_OK;
}

static gboolean
configure (JournalDb *db, GError **error)
{
  int is_on = 0;
  (void) sqlite3_extended_result_codes (db->sqlite, 1); // cannot fail on an open connection
  int rc = sqlite3_db_config (db->sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, &is_on);
  if (rc != SQLITE_OK || is_on != 1)
    return journal_db_fail (db, SQLITE_MISUSE, "switching defensive mode on", error);
  return require (db, "PRAGMA locking_mode = EXCLUSIVE", "exclusive", JOURNAL_ERROR_STORAGE,
                  error) &&
         require (db, "PRAGMA secure_delete = ON", "1", JOURNAL_ERROR_STORAGE, error) &&
         journal_db_execute (db, "PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF",
                             error) &&
         require (db, "PRAGMA cell_size_check", "1", JOURNAL_ERROR_STORAGE, error) &&
         require (db, "PRAGMA trusted_schema", "0", JOURNAL_ERROR_STORAGE, error);
}

// Sums need their reserved bytes from the first page on.
static gboolean
reserve_bytes (JournalDb *db, gboolean is_new, GError **error)
{
  int n_reserved = is_new ? JOURNAL_PAGE_SUM : -1;
  int rc = sqlite3_file_control (db->sqlite, "main", SQLITE_FCNTL_RESERVE_BYTES, &n_reserved);
  n_reserved = -1;
  if (rc == SQLITE_OK)
    rc = sqlite3_file_control (db->sqlite, "main", SQLITE_FCNTL_RESERVE_BYTES, &n_reserved);
  if (rc != SQLITE_OK)
    return journal_db_fail (db, rc, "reserving bytes for page sums", error);
  if (n_reserved != JOURNAL_PAGE_SUM) {
    g_set_error (error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT,
                 "journal: pages without room for sums");
    return FALSE;
  }
  return TRUE;
}

static gboolean
bring_up (JournalDb *db, guint64 version, GError **error)
{
  for (; version < JOURNAL_SCHEMA_VERSION; version++) {
    int rc = sqlite3_exec (db->sqlite, journal_schema_steps[version], NULL, NULL, NULL);
    // SQLite's word for tables that are there already, or are not: not those of that version.
    if (rc != SQLITE_OK)
      return journal_db_fail (db, rc == SQLITE_ERROR ? SQLITE_CORRUPT : rc, "bringing it up",
                              error);
  }
  return journal_db_execute (db, "PRAGMA application_id = " G_STRINGIFY (APPLICATION_ID), error) &&
         journal_db_execute (db, "PRAGMA user_version = " G_STRINGIFY (JOURNAL_SCHEMA_VERSION),
                             error);
}

static gboolean
has_our_version (JournalDb *db, GError **error)
{
  return require (db, "PRAGMA user_version", G_STRINGIFY (JOURNAL_SCHEMA_VERSION),
                  JOURNAL_ERROR_CORRUPT, error);
}

static gboolean
migrate (JournalDb *db, GError **error)
{
  g_autofree char *text = query (db, "PRAGMA user_version", error);
  if (text == NULL)
    return FALSE;
  guint64 version = g_ascii_strtoull (text, NULL, 10);
  // A file of a later program is refused, never guessed at.
  return version < JOURNAL_SCHEMA_VERSION ? bring_up (db, version, error)
                                          : has_our_version (db, error);
}

static gboolean
is_ours (JournalDb *db, GError **error)
{
  g_autofree char *expected = g_strdup_printf ("%d", APPLICATION_ID);
  return require (db, "PRAGMA application_id", expected, JOURNAL_ERROR_CORRUPT, error);
}

static gboolean
prepare (JournalDb *db, GError **error)
{
  for (int i = 0; i < N_STATEMENTS; i++) {
    int rc = sqlite3_prepare_v3 (db->sqlite, statement_sql[i], -1, SQLITE_PREPARE_PERSISTENT,
                                 &db->statements[i], NULL);
    if (rc != SQLITE_OK)
      return journal_db_fail (db, rc, "preparing a statement", error);
  }
  return TRUE;
}

// Nothing is changed in a file of somebody else. One without tables is ours if it has room for
// sums: the power went before the first transaction.
static gboolean
is_ours_or_unfinished (JournalDb *db, GError **error)
{
  g_autofree char *n_tables = query (db, "SELECT count (*) FROM sqlite_schema", error);
  return n_tables != NULL && (g_str_equal (n_tables, "0") || is_ours (db, error));
}

static gboolean
set_up_file (JournalDb *db, GError **error)
{
  if (!configure (db, error))
    return FALSE;
  g_autofree char *n_pages = query (db, "PRAGMA page_count", error);
  if (n_pages == NULL || !reserve_bytes (db, g_str_equal (n_pages, "0"), error) ||
      !is_ours_or_unfinished (db, error))
    return FALSE;
  if (!require (db, "PRAGMA journal_mode = WAL", "wal", JOURNAL_ERROR_STORAGE, error) ||
      !journal_db_execute (db, "PRAGMA synchronous = FULL", error) ||
      !require (db, "PRAGMA synchronous", "2", JOURNAL_ERROR_STORAGE, error) ||
      !require (db, "PRAGMA wal_autocheckpoint = 0", "0", JOURNAL_ERROR_STORAGE, error) ||
      !require (db, "PRAGMA journal_size_limit = " LOG_SIZE_LIMIT, LOG_SIZE_LIMIT,
                JOURNAL_ERROR_STORAGE, error))
    return FALSE;
  (void) sqlite3_wal_hook (db->sqlite, on_commit_to_log,
                           db); // returns the previous hook's argument
  if (!journal_db_execute (db, "BEGIN IMMEDIATE", error) || !migrate (db, error) ||
      !journal_db_execute (db, "COMMIT", error))
    return FALSE;
  return require (db, "PRAGMA locking_mode", "exclusive", JOURNAL_ERROR_STORAGE, error) &&
         is_ours (db, error) && journal_db_check (db, error) && prepare (db, error);
}

// SQLite would create the file readable by all. An existing file is not opened here: closing any
// descriptor of a file drops this process's locks on it. An empty one is new as well: the power
// went.
static gboolean
create_private (const char *path, GError **error)
{
  int fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd >= 0 ? close (fd) == 0 : errno == EEXIST)
    return TRUE;
  g_set_error (error, JOURNAL_ERROR, JOURNAL_ERROR_STORAGE, "creating %s: %s", path,
               g_strerror (errno));
  return FALSE;
}

JournalDb *
journal_db_open (const char *path, const char *vfs_name, GError **error)
{
  if (!create_private (path, error))
    return NULL;
  JournalDb *db = g_new0 (JournalDb, 1);
  db->vfs = journal_vfs_new (vfs_name);
  if (db->vfs == NULL) {
    g_set_error (error, JOURNAL_ERROR, JOURNAL_ERROR_STORAGE, "journal: no file layer");
    g_free (db);
    return NULL;
  }
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX;
  int rc = sqlite3_open_v2 (path, &db->sqlite, flags, journal_vfs_get_name (db->vfs));
  gboolean ok = rc == SQLITE_OK || journal_db_fail (db, rc, "opening the file", error);
  ok = ok && set_up_file (db, error);
  if (!ok) {
    journal_db_close (db, FALSE);
    return NULL;
  }
  return db;
}

// One of an earlier version is brought up in a copy of its own.
static gboolean
load_image (JournalDb *db, const GByteArray *image, GError **error)
{
  guint32 version_be = 0;
  if (image->len >= VERSION_OFFSET + sizeof version_be)
    memcpy (&version_be, image->data + VERSION_OFFSET, sizeof version_be);
  gboolean is_old = GUINT32_FROM_BE (version_be) < JOURNAL_SCHEMA_VERSION;
  guint8 *data = image->data;
  unsigned flags = SQLITE_DESERIALIZE_READONLY;
  if (is_old) {
    data = sqlite3_malloc64 (image->len);
    g_assert (data != NULL || image->len == 0);
    if (image->len > 0)
      memcpy (data, image->data, image->len);
    flags = SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE;
  }
  int rc = sqlite3_deserialize (db->sqlite, "main", data, image->len, image->len, flags);
  if (rc != SQLITE_OK)
    return journal_db_fail (db, rc, "reading the image", error);
  return journal_db_execute (db, "PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF",
                             error) &&
         is_ours_or_unfinished (db, error) && migrate (db, error);
}

JournalDb *
journal_db_open_image (const GByteArray *image, GError **error)
{
  JournalDb *db = g_new0 (JournalDb, 1);
  int rc =
      sqlite3_open_v2 (":memory:", &db->sqlite, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
  gboolean ok = rc == SQLITE_OK || journal_db_fail (db, rc, "opening the image", error);
  ok = ok && load_image (db, image, error) && journal_db_check (db, error) && prepare (db, error);
  if (!ok) {
    journal_db_close (db, FALSE);
    return NULL;
  }
  return db;
}

void
journal_db_close (JournalDb *db, gboolean is_clean)
{
  for (int i = 0; i < N_STATEMENTS; i++)
    (void) sqlite3_finalize (db->statements[i]); // repeats the error of the last step
  if (db->sqlite != NULL)
    (void) sqlite3_db_config (db->sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !is_clean,
                              NULL); // best effort
  int rc = sqlite3_close (db->sqlite);
  g_assert (rc == SQLITE_OK); // all statements are finalized
  g_clear_pointer (&db->vfs, journal_vfs_free);
  g_free (db);
}

#define SCHEMA_TEXT                                                                                \
  "SELECT group_concat (type || ' ' || name || ' ' || tbl_name || ' ' || coalesce (sql, ''), "     \
  "';') FROM "                                                                                     \
  "(SELECT * FROM sqlite_schema ORDER BY name)"

gboolean
journal_db_check (JournalDb *db, GError **error)
{
  JournalDb fresh = { .sqlite = NULL };
  int rc = sqlite3_open_v2 (":memory:", &fresh.sqlite, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                            NULL);
  gboolean ok =
      rc == SQLITE_OK || journal_db_fail (&fresh, rc, "opening a schema to compare with", error);
  g_autofree char *expected =
      ok && bring_up (&fresh, 0, error) ? query (&fresh, SCHEMA_TEXT, error) : NULL;
  (void) sqlite3_close (fresh.sqlite); // it is in memory
  if (expected == NULL ||
      !require (db, "PRAGMA quick_check (1)", "ok", JOURNAL_ERROR_CORRUPT, error))
    return FALSE;
  g_autofree char *schema = query (db, SCHEMA_TEXT, error);
  if (schema == NULL || g_str_equal (schema, expected))
    return schema != NULL;
  g_set_error_literal (error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT,
                       "journal: tables that are not ours, or not all of them");
  return FALSE;
}
