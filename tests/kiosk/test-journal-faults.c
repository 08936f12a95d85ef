// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Every write, sync, cut and removal of a day in the journal's life fails once: what was
// acknowledged is there afterwards, and nothing was acknowledged that is not. Each harness has a
// control, a writer that breaks the promise and must be caught.

#include <sqlite3.h>

#include "kiosk/journal/journal-keys.h"
#include "kiosk/journal/journal-verify.h"
#include "kiosk/journal/journal-writer.h"
#include "tests/kiosk/journal-fault-vfs.h"
#include "tests/kiosk/journal-harness.h"

#define OPERATIONS_MAX 2000

typedef struct {
  guint64 last_acked;
  guint n_acked;
  GError *failure;
} Day;

static void
note (Day *day, gboolean ok, const JournalCommit *commit, GError *error)
{
  if (!ok) {
    g_assert_nonnull (error);
    g_assert_cmpuint (error->domain, ==, JOURNAL_ERROR);
    if (day->failure == NULL)
      day->failure = g_error_copy (error);
    g_error_free (error);
    return;
  }
  // After the first failure nothing works until the journal is opened anew.
  g_assert_no_error (day->failure);
  g_assert_cmpuint (commit->seq, >, day->last_acked);
  day->last_acked = commit->seq;
  day->n_acked++;
}

static void
arrive (JournalWriter *writer, guint number, gint64 after_ms, Day *day)
{
  GError *error = NULL;
  g_autoptr (GBytes) identity = harness_identity (number);
  JournalArrival arrival = { .stamp = harness_stamp (after_ms),
                             .identity = identity,
                             .evidence = JOURNAL_EVIDENCE_QR,
                             .zone = "gate" };
  JournalCommit commit;
  gboolean ok = journal_writer_open_visit (writer, &arrival, &commit, &error);
  note (day, ok, &commit, error);
}

static void
leave (JournalWriter *writer, guint64 visit, gint64 after_ms, Day *day)
{
  GError *error = NULL;
  JournalStamp stamp = harness_stamp (after_ms);
  JournalCommit commit;
  gboolean ok =
      journal_writer_close_visit (writer, visit, JOURNAL_CLOSE_SCAN, &stamp, &commit, &error);
  note (day, ok, &commit, error);
}

static void
tidy (JournalWriter *writer, gint64 after_ms, Day *day)
{
  GError *error = NULL;
  JournalStamp stamp = harness_stamp (after_ms);
  if (!journal_writer_tidy (writer, &stamp, &error))
    note (day, FALSE, NULL, error);
}

static gboolean
live_a_day (const char *state_dir, Day *ret_day)
{
  GError *error = NULL;
  JournalStamp stamp = harness_stamp (0);
  g_autoptr (JournalWriter) writer = journal_writer_new (state_dir, FAULT_VFS_NAME, 21, 12);
  *ret_day = (Day){ 0 };
  if (!journal_writer_open (writer, &stamp, &error)) {
    note (ret_day, FALSE, NULL, error);
    return FALSE;
  }
  for (guint i = 0; i < 3; i++)
    arrive (writer, i, 1000 + i, ret_day);
  leave (writer, 4, 2000, ret_day); // the second arrival: boot, config, visits from 3 on
  tidy (writer, 3000, ret_day);
  arrive (writer, 7, 4000, ret_day);
  tidy (writer, 15 * HARNESS_HOUR_MS, ret_day);
  arrive (writer, 8, 15 * HARNESS_HOUR_MS + 1000, ret_day);
  return TRUE;
}

static void
assert_nothing_lost (const char *state_dir, const Day *day, guint nth)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JournalWriter) writer = journal_writer_new (state_dir, NULL, 21, 12);
  JournalStamp stamp = harness_stamp (16 * HARNESS_HOUR_MS);
  if (!journal_writer_open (writer, &stamp, &error))
    g_error ("operation %u: not opened again: %s", nth, error->message);
  g_clear_pointer (&writer, journal_writer_free);

  g_auto (JournalAudit) audit;
  journal_audit_init (&audit);
  if (!journal_verify (state_dir, &audit, &error))
    g_error ("operation %u: %s", nth, error->message);
  if (audit.n_lost > 0 || audit.seq <= day->last_acked)
    g_error ("operation %u: %" G_GUINT64_FORMAT " acknowledged, %" G_GUINT64_FORMAT " lost", nth,
             day->last_acked, audit.n_lost);
  g_assert_cmpuint (audit.n_of_kind[JOURNAL_KIND_VISIT_OPEN] +
                        audit.n_of_kind[JOURNAL_KIND_VISIT_CLOSE],
                    >=, day->n_acked);
}

typedef struct {
  Fault fault;
  int error_code;
  JournalError expected;
} Sweep;

static void
test_sweep (gconstpointer user_data)
{
  const Sweep *sweep = user_data;
  FaultVfs *vfs = fault_vfs_new ();
  gboolean has_struck = TRUE;
  guint nth = 0;
  while (has_struck) {
    g_assert_cmpuint (++nth, <, OPERATIONS_MAX);
    char *state_dir = harness_make_state_dir ();
    Day day;
    fault_vfs_arm (vfs, sweep->fault, nth, sweep->error_code, nth);
    gboolean is_open = live_a_day (state_dir, &day);
    has_struck = fault_vfs_has_struck (vfs);
    if (day.failure != NULL)
      g_assert_error (day.failure, JOURNAL_ERROR, (int) sweep->expected);
    // A fault while the file is closed has nobody to tell.
    g_assert_true (has_struck || (is_open && day.failure == NULL && day.n_acked == 6));
    assert_nothing_lost (state_dir, &day, nth);
    g_clear_error (&day.failure);
    harness_remove_state_dir (state_dir);
  }
  g_assert_cmpuint (nth, >, 60);
  g_test_message ("%u operations", nth - 1);
  fault_vfs_free (vfs);
}

// Acknowledges rows as the journal would, with what the database was told to do for durability.
static guint
count_lost (FaultVfs *vfs, const char *pragmas)
{
  guint n_lost = 0;
  gboolean has_struck = TRUE;
  for (guint nth = 1; has_struck; nth++) {
    char *state_dir = harness_make_state_dir ();
    g_autofree char *path = g_build_filename (state_dir, "control.db", NULL);
    sqlite3 *db = NULL;
    int acked = 0, rc = SQLITE_OK;
    fault_vfs_arm (vfs, FAULT_NONE, 0, SQLITE_IOERR_WRITE, nth);
    g_assert_cmpint (
        sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, FAULT_VFS_NAME), ==,
        SQLITE_OK);
    g_assert_cmpint (
        sqlite3_exec (
            db,
            "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; CREATE TABLE t (x);"
            "PRAGMA wal_checkpoint (TRUNCATE)",
            NULL, NULL, NULL),
        ==, SQLITE_OK);
    g_assert_cmpint (sqlite3_exec (db, pragmas, NULL, NULL, NULL), ==, SQLITE_OK);
    fault_vfs_arm (vfs, FAULT_POWER_CUT, nth, SQLITE_IOERR_WRITE, nth);
    for (int i = 0; i < 5 && rc == SQLITE_OK; i++) {
      rc = sqlite3_exec (db, "INSERT INTO t VALUES (1)", NULL, NULL, NULL);
      acked += rc == SQLITE_OK ? 1 : 0;
    }
    has_struck = fault_vfs_has_struck (vfs);
    (void) sqlite3_close (db); // the power is off
    sqlite3_stmt *count = NULL;
    g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
    g_assert_cmpint (sqlite3_prepare_v2 (db, "SELECT count (*) FROM t", -1, &count, NULL), ==,
                     SQLITE_OK);
    g_assert_cmpint (sqlite3_step (count), ==, SQLITE_ROW);
    n_lost += sqlite3_column_int (count, 0) < acked ? 1 : 0;
    (void) sqlite3_finalize (count);
    (void) sqlite3_close (db); // only read
    harness_remove_state_dir (state_dir);
  }
  return n_lost;
}

static void
test_control_loses_without_full (void)
{
  FaultVfs *vfs = fault_vfs_new ();
  g_assert_cmpuint (count_lost (vfs, "PRAGMA synchronous = OFF"), >, 0);
  g_assert_cmpuint (count_lost (vfs, "PRAGMA synchronous = NORMAL"), >, 0);
  g_assert_cmpuint (count_lost (vfs, "PRAGMA synchronous = FULL"), ==, 0);
  fault_vfs_free (vfs);
}

static void
test_store_stays_failed_until_opened_anew (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) again = NULL;
  g_autoptr (GBytes) first = harness_identity (1);
  g_autoptr (GBytes) second = harness_identity (2);
  FaultVfs *vfs = fault_vfs_new ();
  char *state_dir = harness_make_state_dir ();
  JournalStore *store = harness_store_new (state_dir, FAULT_VFS_NAME);
  g_assert_true (harness_open (store, 0, &error));
  g_autoptr (JournalCommitted) committed = harness_arrive (store, first, NULL, 1000, &error);
  g_assert_nonnull (committed);

  fault_vfs_arm (vfs, FAULT_ERROR_ONCE, 2, SQLITE_FULL, 1);
  g_assert_null (harness_arrive (store, second, NULL, 2000, &error));
  g_assert_true (journal_error_is_disk_full (error));
  g_assert_true (journal_store_has_failed (store));
  g_assert_null (harness_arrive (store, second, NULL, 3000, &again));
  g_assert_true (journal_error_is_disk_full (again));
  g_clear_error (&again);
  g_assert_false (harness_probe (store, &again)); // a question that nobody's visit hangs on
  g_assert_true (journal_error_is_disk_full (again));
  g_assert_true (journal_store_has_failed (store));
  g_assert_true (journal_error_is_disk_full (journal_store_get_failure (store)));
  g_clear_error (&error);
  g_assert_true (harness_open (store, 4000, &error));
  g_assert_no_error (error);
  g_assert_false (journal_store_has_failed (store));
  g_assert_cmpuint (harness_find (store, first, 5000).seq, ==,
                    journal_committed_get_seq (committed));
  g_assert_finalize_object (store);
  fault_vfs_free (vfs);
  harness_remove_state_dir (state_dir);
}

// A kiosk that is out of service tells its core so: by its key, which takes no journal.
static void
test_failed_store_still_signs (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) identity = harness_identity (1);
  JournalStatement statement;
  guint8 signature[JOURNAL_SIG_SIZE];
  FaultVfs *vfs = fault_vfs_new ();
  char *state_dir = harness_make_state_dir ();
  JournalStore *store = harness_store_new (state_dir, FAULT_VFS_NAME);
  g_assert_false (harness_sign_end (store, &statement, signature, &error)); // no keys yet
  g_assert_error (error, JOURNAL_ERROR, JOURNAL_ERROR_STORAGE);
  g_clear_error (&error);
  g_assert_true (harness_open (store, 0, &error));
  g_autoptr (JournalKeys) keys = journal_keys_load (state_dir, &error);
  g_assert_no_error (error);

  fault_vfs_arm (vfs, FAULT_ERROR_ONCE, 2, SQLITE_FULL, 1);
  g_assert_null (harness_arrive (store, identity, NULL, 1000, &error));
  g_clear_error (&error);
  for (guint i = 0; i < 2; i++) {
    g_assert_true (journal_store_has_failed (store));
    g_assert_true (harness_sign_end (store, &statement, signature, &error));
    g_assert_no_error (error);
    g_assert_true (
        journal_statement_verify (&statement, signature, journal_keys_get_kiosk_key (keys)));
    g_assert_true (journal_store_has_failed (store)); // as before
    fault_vfs_arm (vfs, FAULT_ERROR_ONCE, 2, SQLITE_FULL, 1);
    g_assert_false (harness_open (store, 2000, &error));
    g_clear_error (&error);
  }
  g_assert_finalize_object (store);
  fault_vfs_free (vfs);
  harness_remove_state_dir (state_dir);
}

// A disk that confirms and forgets: the journal says so, and does not use the numbers again.
static void
test_lost_records_are_declared (void)
{
  static const char *const names[] = { "journal.db", "journal.db-wal" };
  g_autoptr (GError) error = NULL;
  char *state_dir = harness_make_state_dir ();
  GByteArray *before[2];
  JournalStore *store = harness_store_new (state_dir, NULL);
  g_assert_true (harness_open (store, 0, &error));
  for (guint i = 0; i < 2; i++)
    before[i] = harness_read_file (state_dir, names[i]);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GBytes) identity = harness_identity (i);
    g_autoptr (JournalCommitted) committed = harness_arrive (store, identity, NULL, 1000, &error);
    g_assert_cmpuint (journal_committed_get_seq (committed), ==, 3 + i);
  }
  g_assert_finalize_object (store);
  for (guint i = 0; i < 2; i++) {
    harness_write_file (state_dir, names[i], before[i]->data, before[i]->len);
    g_byte_array_unref (before[i]);
  }

  store = harness_store_new (state_dir, NULL);
  g_assert_true (harness_open (store, 2000, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (journal_store_get_people_inside (store), ==, 0);
  g_assert_finalize_object (store);
  g_auto (JournalAudit) audit;
  journal_audit_init (&audit);
  g_assert_true (journal_verify (state_dir, &audit, &error));
  g_assert_cmpuint (audit.n_lost, ==, 3);
  g_assert_cmpuint (audit.n_of_kind[JOURNAL_KIND_TOMBSTONE], ==, 1);
  g_assert_cmpuint (audit.seq, ==, 7);
  harness_remove_state_dir (state_dir);
}

int
main (int argc, char **argv)
{
  static const Sweep once = { FAULT_ERROR_ONCE, SQLITE_IOERR_WRITE, JOURNAL_ERROR_STORAGE };
  static const Sweep sticky = { FAULT_ERROR_STICKY, SQLITE_IOERR_WRITE, JOURNAL_ERROR_STORAGE };
  static const Sweep power_cut = { FAULT_POWER_CUT, SQLITE_IOERR_WRITE, JOURNAL_ERROR_STORAGE };
  static const Sweep torn = { FAULT_POWER_CUT_TORN, SQLITE_IOERR_WRITE, JOURNAL_ERROR_STORAGE };
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/journal/faults/loses-nothing-when-an-operation-fails", &once, test_sweep);
  g_test_add_data_func ("/journal/faults/loses-nothing-when-all-operations-fail", &sticky,
                        test_sweep);
  g_test_add_data_func ("/journal/faults/loses-nothing-when-the-power-goes", &power_cut,
                        test_sweep);
  g_test_add_data_func ("/journal/faults/loses-nothing-when-the-power-tears-writes", &torn,
                        test_sweep);
  g_test_add_func ("/journal/faults/control-loses-without-full", test_control_loses_without_full);
  g_test_add_func ("/journal/faults/store-stays-failed-until-opened-anew",
                   test_store_stays_failed_until_opened_anew);
  g_test_add_func ("/journal/faults/failed-store-still-signs", test_failed_store_still_signs);
  g_test_add_func ("/journal/faults/lost-records-are-declared", test_lost_records_are_declared);
  return g_test_run ();
}
