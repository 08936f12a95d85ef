// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A process that is killed at any moment: what it said it had recorded is recorded.

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "kiosk/journal/journal-verify.h"
#include "kiosk/journal/journal-writer.h"
#include "tests/kiosk/journal-harness.h"

#define CYCLES         200
#define CONTROL_CYCLES 200
#define ACKS_MAX       12

typedef void (*Writer) (const char *state_dir, int ack_fd, guint cycle);

static void
acknowledge (int ack_fd, guint64 seq)
{
  if (write (ack_fd, &seq, sizeof seq) != (gssize) sizeof seq)
    _exit (1);
}

// Visits without end, with a tidying now and then, so that the kill also meets a merge of the log.
static void
write_journal (const char *state_dir, int ack_fd, guint cycle)
{
  JournalWriter *writer = journal_writer_new (state_dir, NULL, 21, 12);
  JournalStamp stamp = harness_stamp (cycle * 60000);
  if (!journal_writer_open (writer, &stamp, NULL))
    _exit (2);
  for (guint i = 0;; i++) {
    g_autoptr (GBytes) identity = harness_identity (cycle * 1000 + i);
    JournalArrival arrival = { .stamp = harness_stamp (cycle * 60000 + i),
                               .identity = identity,
                               .evidence = JOURNAL_EVIDENCE_QR,
                               .zone = "gate" };
    JournalCommit commit;
    if (!journal_writer_open_visit (writer, &arrival, &commit, NULL))
      _exit (3);
    acknowledge (ack_fd, commit.seq);
    if (i % 4 == 3 && !journal_writer_tidy (writer, &arrival.stamp, NULL))
      _exit (4);
  }
}

// The mistake that this test must be able to see.
static void
write_after_acknowledging (const char *state_dir, int ack_fd, guint cycle)
{
  g_autofree char *path = g_build_filename (state_dir, "control.db", NULL);
  sqlite3 *db = NULL;
  if (sqlite3_open (path, &db) != SQLITE_OK ||
      sqlite3_exec (db,
                    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE IF NOT "
                    "EXISTS t (x INTEGER PRIMARY KEY)",
                    NULL, NULL, NULL) != SQLITE_OK)
    _exit (2);
  for (;;) {
    if (sqlite3_exec (db, "BEGIN; INSERT INTO t DEFAULT VALUES", NULL, NULL, NULL) != SQLITE_OK)
      _exit (3);
    acknowledge (ack_fd, (guint64) sqlite3_last_insert_rowid (db));
    if (sqlite3_exec (db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
      _exit (4);
  }
}

static gboolean
read_ack (int fd, guint64 *ret_seq)
{
  gssize n;
  do {
    n = read (fd, ret_seq, sizeof *ret_seq);
  } while (n < 0 && errno == EINTR);
  return n == (gssize) sizeof *ret_seq;
}

// Runs @writer, kills it after @n_acks, and returns the last number that it acknowledged, the ones
// still in the pipe included.
static guint64
kill_after (Writer writer, const char *state_dir, guint cycle, guint n_acks)
{
  int fds[2];
  guint64 seq = 0, last = 0;
  g_assert_cmpint (pipe (fds), ==, 0);
  pid_t pid = fork ();
  g_assert_cmpint (pid, >=, 0);
  if (pid == 0) {
    (void) close (fds[0]); // the parent's
    writer (state_dir, fds[1], cycle);
    _exit (0);
  }
  g_assert_cmpint (close (fds[1]), ==, 0);
  for (guint i = 0; i < n_acks && read_ack (fds[0], &seq); i++)
    last = seq;
  g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
  while (read_ack (fds[0], &seq))
    last = seq;
  int status = 0;
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFSIGNALED (status)); // or it gave up by itself, and the exit code says where
  g_assert_cmpint (close (fds[0]), ==, 0);
  return last;
}

static void
assert_holds (const char *state_dir, guint cycle, guint64 last)
{
  g_autoptr (GError) error = NULL;
  g_auto (JournalAudit) audit;
  g_autoptr (JournalWriter) writer = journal_writer_new (state_dir, NULL, 21, 12);
  JournalStamp stamp = harness_stamp (cycle * 60000 + 30000);
  if (!journal_writer_open (writer, &stamp, &error))
    g_error ("cycle %u: %s", cycle, error->message);
  g_clear_pointer (&writer, journal_writer_free);
  journal_audit_init (&audit);
  if (!journal_verify (state_dir, &audit, &error))
    g_error ("cycle %u: %s", cycle, error->message);
  if (audit.n_lost > 0 || audit.seq <= last)
    g_error ("cycle %u: %" G_GUINT64_FORMAT " acknowledged, %" G_GUINT64_FORMAT " is the last",
             cycle, last, audit.seq);
}

static void
test_nothing_acknowledged_is_lost (void)
{
  char *state_dir = harness_make_state_dir ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (20);
  guint64 n_acked = 0, last = 0;
  for (guint cycle = 1; cycle <= CYCLES; cycle++) {
    guint64 before = last;
    // No acknowledgement at all: killed while it opens.
    guint64 acked =
        kill_after (write_journal, state_dir, cycle, (guint) g_rand_int_range (rand, 0, ACKS_MAX));
    last = MAX (last, acked);
    n_acked += last - before;
    // Now and then two kills in a row, without an orderly end between them.
    if (cycle % 3 != 0)
      assert_holds (state_dir, cycle, last);
  }
  assert_holds (state_dir, CYCLES, last);
  g_test_message ("%d kills, %" G_GUINT64_FORMAT " records acknowledged", CYCLES, n_acked);
  harness_remove_state_dir (state_dir);
}

static void
test_control_is_caught (void)
{
  char *state_dir = harness_make_state_dir ();
  g_autofree char *path = g_build_filename (state_dir, "control.db", NULL);
  gboolean is_caught = FALSE;
  for (guint cycle = 1; cycle <= CONTROL_CYCLES && !is_caught; cycle++) {
    guint64 last = kill_after (write_after_acknowledging, state_dir, cycle, 1 + cycle % 5);
    sqlite3 *db = NULL;
    sqlite3_stmt *max = NULL;
    g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
    g_assert_cmpint (sqlite3_prepare_v2 (db, "SELECT max (x) FROM t", -1, &max, NULL), ==,
                     SQLITE_OK);
    g_assert_cmpint (sqlite3_step (max), ==, SQLITE_ROW);
    is_caught = (guint64) sqlite3_column_int64 (max, 0) < last;
    (void) sqlite3_finalize (max);
    (void) sqlite3_close (db); // only read
    if (is_caught)
      g_test_message ("caught at kill %u", cycle);
  }
  g_assert_true (is_caught);
  harness_remove_state_dir (state_dir);
}

// The verifier beside a kiosk that writes and merges: never a false alarm.
static void
test_verifies_beside_a_running_writer (void)
{
  char *state_dir = harness_make_state_dir ();
  int fds[2];
  guint64 seq = 0;
  g_assert_cmpint (pipe (fds), ==, 0);
  pid_t pid = fork ();
  g_assert_cmpint (pid, >=, 0);
  if (pid == 0) {
    (void) close (fds[0]); // the parent's: without it writing ends with the parent
    write_journal (state_dir, fds[1], 1);
  }
  g_assert_cmpint (close (fds[1]), ==, 0);
  for (guint i = 0; i < 60 && read_ack (fds[0], &seq); i++) {
    g_autoptr (GError) error = NULL;
    g_auto (JournalAudit) audit;
    journal_audit_init (&audit);
    gboolean ok = journal_verify (state_dir, &audit, &error);
    g_assert_no_error (error);
    g_assert_true (ok);
    g_assert_cmpuint (audit.seq, >=, seq);
  }
  g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
  g_assert_cmpint (close (fds[0]), ==, 0);
  harness_remove_state_dir (state_dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/journal/kill/nothing-acknowledged-is-lost", test_nothing_acknowledged_is_lost);
  g_test_add_func ("/journal/kill/control-is-caught", test_control_is_caught);
  g_test_add_func ("/journal/kill/verifies-beside-a-running-writer",
                   test_verifies_beside_a_running_writer);
  return g_test_run ();
}
