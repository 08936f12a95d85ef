// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What is verified is a copy in memory: the very bytes whose sums were checked are the ones that
// SQLite reads.

#include "kiosk/journal/journal-verify.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <sodium.h>

#include "kiosk/journal/journal-pages.h"
#include "kiosk/journal/journal-witness.h"

#define DB_NAME       "journal.db"
#define LOG_NAME      "journal.db-wal"
#define LOCK_START    0x40000000 // "The SQLite OS Interface", locking bytes
#define LOCK_SIZE     512
#define LIVE_ATTEMPTS 10

typedef struct {
  GByteArray *image;
  GByteArray *log;
  gboolean is_live;
  gboolean has_witness;
  JournalHead witness;
} Snapshot;

static void
snapshot_clear (Snapshot *snapshot)
{
  g_clear_pointer (&snapshot->image, g_byte_array_unref);
  g_clear_pointer (&snapshot->log, g_byte_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Snapshot, snapshot_clear)

static gboolean
could_not (const char *doing, const char *path, GError **error)
{
  g_set_error (error, JOURNAL_ERROR, JOURNAL_ERROR_STORAGE, "%s %s: %s", doing, path,
               g_strerror (errno));
  return FALSE;
}

static gboolean
read_all (int fd, GByteArray *bytes)
{
  guint8 chunk[65536];
  gssize n;
  while ((n = read (fd, chunk, sizeof chunk)) != 0) {
    if (n < 0 && errno != EINTR)
      return FALSE;
    if (n > 0)
      g_byte_array_append (bytes, chunk, (guint) n);
  }
  return TRUE;
}

// Is the file locked by another process?
static gboolean
is_locked (int fd)
{
  struct flock lock = {
    .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = LOCK_START, .l_len = LOCK_SIZE
  };
  return fcntl (fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

static gboolean
read_file (const char *state_dir,
           const char *name,
           gboolean is_optional,
           GByteArray *bytes,
           gboolean *ret_is_locked,
           GError **error)
{
  g_autofree char *path = g_build_filename (state_dir, name, NULL);
  int fd = open (path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    return (is_optional && errno == ENOENT) || could_not ("opening", path, error);
  *ret_is_locked = is_locked (fd);
  gboolean ok = read_all (fd, bytes) || could_not ("reading", path, error);
  (void) close (fd); // read only
  return ok;
}

// The log is read before the file: a merge in between would otherwise leave neither with the pages.
// The witness comes first of all, so that it cannot have seen more than they hold.
static gboolean
take_snapshot (const char *state_dir, Snapshot *ret_snapshot, GError **error)
{
  gboolean is_log_locked = FALSE; // never: locks are on the database file
  ret_snapshot->image = g_byte_array_new ();
  ret_snapshot->log = g_byte_array_new ();
  ret_snapshot->has_witness = journal_witness_read (state_dir, &ret_snapshot->witness);
  return read_file (state_dir, LOG_NAME, TRUE, ret_snapshot->log, &is_log_locked, error) &&
         read_file (state_dir, DB_NAME, FALSE, ret_snapshot->image, &ret_snapshot->is_live, error);
}

static gboolean
not_verified (const char *what, GError **error)
{
  g_set_error_literal (error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT, what);
  return FALSE;
}

// SQLite would play back a rollback journal found beside the file; this journal never leaves one.
static gboolean
check_strangers (const char *state_dir, GError **error)
{
  static const char *const names[] = { DB_NAME "-journal", DB_NAME "-shm" };
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (state_dir, names[i], NULL);
    if (g_file_test (path, G_FILE_TEST_EXISTS)) {
      g_set_error (error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT, "%s: does not belong here",
                   names[i]);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
on_witnessed (const JournalRecord *record, gpointer user_data, GError **error)
{
  const JournalHead *witness = user_data;
  return memcmp (record->hash, witness->hash, sizeof witness->hash) == 0 ||
         not_verified (JOURNAL_WITNESS_NAME ": of another journal", error);
}

static gboolean
check_witness (Snapshot *snapshot, const JournalAudit *audit, JournalDb *db, GError **error)
{
  JournalHead *witness = &snapshot->witness;
  if (snapshot->has_witness && journal_witness_is_blank (witness))
    return TRUE;
  if (!snapshot->has_witness || !journal_witness_is_credible (witness, audit))
    return not_verified (JOURNAL_WITNESS_NAME ": missing or damaged", error);
  if (witness->seq <= audit->seq)
    return journal_db_each_record (db, witness->seq, witness->seq, on_witnessed, witness, error);
  g_set_error (error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT,
               "records %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT
               ": acknowledged, but missing at the end",
               audit->seq + 1, witness->seq);
  return FALSE;
}

static gboolean
verify_db (Snapshot *snapshot, JournalDb *db, JournalAudit *audit, GError **error)
{
  if (!journal_audit_run (audit, db, error))
    return FALSE;
  if (audit->n_records == 0)
    return not_verified ("no record", error);
  return journal_audit_compare_open_visits (audit, db, error) &&
         check_witness (snapshot, audit, db, error);
}

static gboolean
verify_once (const char *state_dir,
             JournalAudit *audit,
             JournalRecordFunc func,
             gpointer user_data,
             gboolean *ret_is_live,
             GError **error)
{
  g_auto (Snapshot) snapshot = { .image = NULL };
  if (!take_snapshot (state_dir, &snapshot, error))
    return FALSE;
  *ret_is_live = snapshot.is_live;
  g_autofree char *problem =
      journal_pages_merge (snapshot.image, snapshot.log->data, snapshot.log->len, snapshot.is_live);
  if (problem != NULL)
    return not_verified (problem, error);
  JournalDb *db = journal_db_open_image (snapshot.image, error);
  if (db == NULL)
    return FALSE;
  gboolean ok =
      verify_db (&snapshot, db, audit, error) &&
      (func == NULL || journal_db_each_record (db, 0, G_MAXINT64, func, user_data, error));
  journal_db_close (db, FALSE);
  return ok;
}

gboolean
journal_verify_each (const char *state_dir,
                     JournalAudit *audit,
                     JournalRecordFunc func,
                     gpointer user_data,
                     GError **error)
{
  if (sodium_init () < 0 || !check_strangers (state_dir, error))
    return FALSE;
  // A merge of the log while it is read makes a live journal look broken; a broken one stays
  // broken.
  gboolean ok = FALSE, is_live = TRUE;
  for (int i = 0; i < LIVE_ATTEMPTS && is_live && !ok; i++) {
    g_clear_error (error); // of the attempt before
    journal_audit_clear (audit);
    journal_audit_init (audit);
    is_live = FALSE;
    ok = verify_once (state_dir, audit, func, user_data, &is_live, error);
  }
  return ok;
}

gboolean
journal_verify (const char *state_dir, JournalAudit *audit, GError **error)
{
  return journal_verify_each (state_dir, audit, NULL, NULL, error);
}
