// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The journal as the feed sees it: batches, receipts, what waits for a core and for how long.

#include <string.h>

#include <sqlite3.h>

#include "kiosk/feed/feed-wire.h"
#include "kiosk/journal/journal-membership.h"
#include "kiosk/journal/journal-outbox.h"
#include "kiosk/journal/journal-pages.h"
#include "kiosk/journal/journal-verify.h"
#include "tests/kiosk/journal-harness.h"

#define DAY_MS (24 * HARNESS_HOUR_MS)

typedef struct {
  char *state_dir;
  JournalStore *store;
} Fixture;

static void
open_store (Fixture *fixture, gint64 after_ms)
{
  g_autoptr (GError) error = NULL;
  fixture->store = harness_store_new (fixture->state_dir, NULL);
  g_assert_true (harness_open (fixture->store, after_ms, &error));
  g_assert_no_error (error);
}

static void
close_store (Fixture *fixture)
{
  g_assert_finalize_object (g_steal_pointer (&fixture->store));
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->state_dir = harness_make_state_dir ();
  open_store (fixture, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  if (fixture->store != NULL)
    close_store (fixture);
  harness_remove_state_dir (fixture->state_dir);
}

static guint64
arrive (Fixture *fixture, guint number, gint64 after_ms)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) identity = harness_identity (number);
  g_autoptr (JournalCommitted) committed =
      harness_arrive (fixture->store, identity, NULL, after_ms, &error);
  g_assert_no_error (error);
  return journal_committed_get_seq (committed);
}

static JournalPosition
position_of (Fixture *fixture)
{
  JournalPosition position;
  journal_store_get_position (fixture->store, &position);
  return position;
}

static void
on_ready (GObject *source, GAsyncResult *result, gpointer place)
{
  *(GAsyncResult **) place = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    (void) g_main_context_iteration (NULL, TRUE); // the test's time limit is the deadline
  return *result;
}

static JournalBatch *
read_batch (Fixture *fixture, guint64 first, guint n_max, gsize bytes_max, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  journal_store_read_batch_async (fixture->store, first, n_max, bytes_max, feed_item_write, NULL,
                                  on_ready, &result);
  return journal_store_read_batch_finish (fixture->store, wait_for (&result), error);
}

static void
assert_whole (const JournalBatch *batch)
{
  const char *reason = NULL;
  FeedRange range = { .first = batch->first, .last = batch->last };
  memcpy (range.prev, batch->prev, sizeof range.prev);
  memcpy (range.head, batch->head, sizeof range.head);
  g_assert_true (feed_batch_check (batch->items->data, batch->items->len, &range, &reason));
}

static void
test_batches_hang_together (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  guint8 head[JOURNAL_HASH_SIZE];
  for (guint i = 0; i < 200; i++)
    (void) arrive (fixture, i, i);
  JournalPosition position = position_of (fixture);
  g_assert_cmpuint (position.last, ==, 202); // boot and configuration
  g_assert_cmpuint (position.delivered, ==, 0);
  journal_chain_begin (&position.origin, head);
  guint64 next = 1;
  for (guint n_batches = 0; next <= position.last; n_batches++) {
    g_autoptr (JournalBatch) batch = read_batch (fixture, next, 70, 256 * 1024, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (batch->first, ==, next);
    g_assert_cmpuint (batch->last, ==, MIN (next + 69, position.last));
    g_assert_cmpmem (batch->prev, sizeof batch->prev, head, sizeof head);
    assert_whole (batch);
    memcpy (head, batch->head, sizeof head);
    next = batch->last + 1;
  }
  g_assert_cmpmem (head, sizeof head, position.head, sizeof position.head);
  g_autoptr (JournalBatch) none = read_batch (fixture, next, 70, 256 * 1024, &error);
  g_assert_null (none);
  g_assert_error (error, JOURNAL_ERROR, JOURNAL_ERROR_CONFLICT);
  g_assert_false (journal_store_has_failed (fixture->store));
}

static void
test_batches_keep_to_their_size (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < 100; i++)
    (void) arrive (fixture, i, i);
  for (gsize bytes_max = 500; bytes_max < 20000; bytes_max += 1111) {
    g_autoptr (JournalBatch) batch = read_batch (fixture, 3, 500, bytes_max, &error);
    g_assert_no_error (error);
    assert_whole (batch);
    g_assert_cmpuint (batch->items->len, <=, bytes_max);
    g_autoptr (JournalBatch) more =
        read_batch (fixture, 3, (guint) (batch->last - 3 + 2), 256 * 1024, &error);
    if (more->last > batch->last)
      g_assert_cmpuint (more->items->len, >, bytes_max);
  }
  g_autoptr (JournalBatch) one = read_batch (fixture, 3, 500, 1, &error);
  g_assert_cmpuint (one->last, ==, 3);
  assert_whole (one);
}

static void
on_arrived (GObject *source, GAsyncResult *result, gpointer n_arrived)
{
  g_autoptr (JournalCommitted) committed =
      journal_store_open_visit_finish (JOURNAL_STORE (source), result, NULL);
  g_assert_nonnull (committed);
  (*(guint *) n_arrived)++;
}

// Whoever comes while a batch is read is served between two of its slices.
static void
test_the_door_comes_first (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  guint n_arrived = 0;
  for (guint i = 0; i < 200; i++)
    (void) arrive (fixture, i, i);
  journal_store_read_batch_async (fixture->store, 1, 200, 256 * 1024, feed_item_write, NULL,
                                  on_ready, &result);
  for (guint i = 200; i < 203; i++) {
    g_autoptr (GBytes) identity = harness_identity (i);
    JournalArrival arrival = { .stamp = harness_stamp (i), .identity = identity, .zone = "gate" };
    arrival.evidence = JOURNAL_EVIDENCE_QR;
    journal_store_open_visit_async (fixture->store, &arrival, NULL, on_arrived, &n_arrived);
  }
  while (n_arrived < 3)
    (void) g_main_context_iteration (NULL, TRUE);
  g_assert_null (result);
  g_autoptr (JournalBatch) batch =
      journal_store_read_batch_finish (fixture->store, wait_for (&result), &error);
  assert_whole (batch);
  g_assert_cmpuint (batch->last, ==, 200);
}

static const guint8 core_a[JOURNAL_KEY_SIZE] = { 0xa }, core_b[JOURNAL_KEY_SIZE] = { 0xb };

static void
join (Fixture *fixture, const guint8 core_key[JOURNAL_KEY_SIZE])
{
  g_autoptr (GError) error = NULL;
  JournalStamp stamp = harness_stamp (0);
  JournalMembership membership = { .url = "https://core.example", .venue = "v1", .zone = "z1" };
  memcpy (membership.core_key, core_key, sizeof membership.core_key);
  memset (membership.ingest_key, 9, sizeof membership.ingest_key);
  memset (membership.officer_key, 10, sizeof membership.officer_key);
  g_autoptr (JournalJoining) joining = journal_joining_begin (fixture->state_dir, &stamp, &error);
  g_assert_no_error (error);
  g_assert_true (journal_joining_finish (joining, &membership, &error));
}

static gboolean
keep_receipt (Fixture *fixture, const JournalReceipt *receipt, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  journal_store_keep_receipt_async (fixture->store, receipt, NULL, on_ready, &result);
  return journal_store_keep_receipt_finish (fixture->store, wait_for (&result), error);
}

// A receipt of @core_key for the records up to @seq.
static JournalReceipt
make_receipt (Fixture *fixture, const guint8 core_key[JOURNAL_KEY_SIZE], guint64 seq)
{
  g_autoptr (JournalBatch) batch = read_batch (fixture, seq, 1, 256 * 1024, NULL);
  JournalReceipt receipt = { .seq = seq, .core_ms = HARNESS_START_MS + 5 };
  memcpy (receipt.hash, batch->head, sizeof receipt.hash);
  memcpy (receipt.core_key, core_key, sizeof receipt.core_key);
  return receipt;
}

static void
test_receipts_are_kept (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  close_store (fixture);
  join (fixture, core_a);
  open_store (fixture, 10);
  g_assert_true (journal_store_is_enrolled (fixture->store));
  guint64 visit = arrive (fixture, 1, 20);
  JournalReceipt receipt = make_receipt (fixture, core_a, visit);
  g_assert_true (keep_receipt (fixture, &receipt, &error));
  g_assert_cmpuint (position_of (fixture).delivered, ==, visit);
  g_assert_cmpint (position_of (fixture).delivered_ms, ==, HARNESS_START_MS + 5);
  close_store (fixture);
  open_store (fixture, 30);
  g_assert_cmpuint (position_of (fixture).delivered, ==, visit);

  receipt.hash[0] ^= 1;
  g_assert_false (keep_receipt (fixture, &receipt, &error));
  g_assert_error (error, JOURNAL_ERROR, JOURNAL_ERROR_CONFLICT);
  g_clear_error (&error);
  receipt.seq = 1000;
  g_assert_false (keep_receipt (fixture, &receipt, &error));
  g_assert_error (error, JOURNAL_ERROR, JOURNAL_ERROR_CONFLICT);
  g_assert_cmpuint (position_of (fixture).delivered, ==, visit);
  close_store (fixture);

  join (fixture, core_b);
  open_store (fixture, 40);
  g_assert_cmpuint (position_of (fixture).delivered, ==, 0); // another core has nothing yet
}

// As in an attack: the tables are changed under the page sums.
static void
change (Fixture *fixture, const char *sql)
{
  g_autofree char *path = g_build_filename (fixture->state_dir, "journal.db", NULL);
  g_autofree char *script = g_strconcat ("PRAGMA journal_mode = DELETE;", sql, NULL);
  sqlite3 *db = NULL;
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, script, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
  g_autoptr (GByteArray) bytes = harness_read_file (fixture->state_dir, "journal.db");
  for (guint32 pgno = 1; pgno <= bytes->len / JOURNAL_PAGE_SIZE; pgno++)
    journal_page_seal (pgno, bytes->data + (gsize) (pgno - 1) * JOURNAL_PAGE_SIZE);
  harness_write_file (fixture->state_dir, "journal.db", bytes->data, bytes->len);
}

static void
assert_verified (Fixture *fixture, guint64 n_records)
{
  g_autoptr (GError) error = NULL;
  g_auto (JournalAudit) audit;
  journal_audit_init (&audit);
  gboolean ok = journal_verify (fixture->state_dir, &audit, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  g_assert_cmpuint (audit.n_records, ==, n_records);
}

// Tables as the release before made them.
static void
test_is_brought_up (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  guint64 visit = arrive (fixture, 1, 20);
  close_store (fixture);
  join (fixture, core_a);
  change (fixture, "DROP TABLE receipt; PRAGMA user_version = 1");
  assert_verified (fixture, visit); // by a program that is newer than the journal
  g_autoptr (GByteArray) before = harness_read_file (fixture->state_dir, "journal.db");
  assert_verified (fixture, visit);
  g_autoptr (GByteArray) after = harness_read_file (fixture->state_dir, "journal.db");
  g_assert_cmpmem (before->data, before->len, after->data, after->len);

  open_store (fixture, 30);
  JournalReceipt receipt = make_receipt (fixture, core_a, visit);
  g_assert_true (keep_receipt (fixture, &receipt, &error));
  close_store (fixture);
  assert_verified (fixture, visit + 1);
}

static void
test_a_receipt_for_another_chain_is_seen (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_auto (JournalAudit) audit;
  JournalReceipt receipt = make_receipt (fixture, core_a, arrive (fixture, 1, 20));
  g_assert_true (keep_receipt (fixture, &receipt, &error));
  close_store (fixture);
  change (fixture, "UPDATE receipt SET hash = zeroblob (32)");
  journal_audit_init (&audit);
  g_assert_false (journal_verify (fixture->state_dir, &audit, &error));
  g_assert_error (error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT);
  g_clear_error (&error);
  fixture->store = harness_store_new (fixture->state_dir, NULL);
  g_assert_false (harness_open (fixture->store, 30, &error));
  g_assert_error (error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT);
}

static gboolean
on_record (const JournalRecord *record, gpointer last_erased, GError **error)
{
  if (record->kind == JOURNAL_KIND_VISIT_OPEN && record->body.data == NULL)
    *(guint64 *) last_erased = record->seq;
  return TRUE;
}

static guint64
find_last_erased (Fixture *fixture, gint64 after_ms)
{
  g_autoptr (GError) error = NULL;
  g_auto (JournalAudit) audit;
  guint64 last_erased = 0;
  open_store (fixture, after_ms);
  g_assert_true (harness_tidy (fixture->store, after_ms, &error));
  close_store (fixture);
  journal_audit_init (&audit);
  gboolean ok = journal_verify_each (fixture->state_dir, &audit, on_record, &last_erased, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  return last_erased;
}

static void
test_retention_stand_alone (Fixture *fixture, gconstpointer unused)
{
  guint64 visit = arrive (fixture, 1, 20);
  close_store (fixture);
  g_assert_cmpuint (find_last_erased (fixture, 20 * DAY_MS), ==, 0);
  g_assert_cmpuint (find_last_erased (fixture, 22 * DAY_MS), ==, visit);
}

static void
test_retention_waits_for_the_core (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  close_store (fixture);
  join (fixture, core_a);
  open_store (fixture, 10);
  guint64 delivered = arrive (fixture, 1, 20);
  JournalReceipt receipt = make_receipt (fixture, core_a, delivered);
  guint64 undelivered = arrive (fixture, 2, 30);
  g_assert_true (keep_receipt (fixture, &receipt, &error));
  close_store (fixture);
  g_assert_cmpuint (find_last_erased (fixture, 22 * DAY_MS), ==, delivered);
  g_assert_cmpuint (find_last_erased (fixture, 29 * DAY_MS), ==, delivered);
  g_assert_cmpuint (find_last_erased (fixture, 31 * DAY_MS), ==, undelivered);

  // What is gone leaves no gap: its header and the hash of its body still go over the wire.
  open_store (fixture, 31 * DAY_MS);
  g_autoptr (JournalBatch) batch = read_batch (fixture, 1, 500, 256 * 1024, &error);
  g_assert_cmpuint (batch->last, ==, position_of (fixture).last);
  assert_whole (batch);
}

static void
test_clock_fix (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  JournalStamp stamp = harness_stamp (50);
  journal_store_append_clock_fix_async (fixture->store, &stamp, 17, NULL, on_ready, &result);
  g_autoptr (JournalCommitted) committed =
      journal_store_append_clock_fix_finish (fixture->store, wait_for (&result), &error);
  g_assert_no_error (error);
  g_autoptr (JournalBatch) batch =
      read_batch (fixture, journal_committed_get_seq (committed), 1, 256 * 1024, &error);
  JournalRecord record;
  JournalBody body;
  g_assert_cmpuint (feed_item_read (batch->items->data, batch->items->len, &record), >, 0);
  g_assert_cmpint (record.kind, ==, JOURNAL_KIND_CLOCK_FIX);
  g_assert_cmpint (record.stamp.wall_ms, ==, stamp.wall_ms);
  g_assert_true (journal_record_read (record.kind, record.body.data, record.body.len, &body));
  g_assert_cmpuint (body.clock_fix.max_error_ms, ==, 17);
}

static void
test_joining_takes_the_lock (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  JournalMembership membership;
  g_assert_false (journal_membership_read (fixture->state_dir, &membership, &error));
  g_assert_no_error (error);
  close_store (fixture);
  join (fixture, core_a);
  g_assert_true (journal_membership_read (fixture->state_dir, &membership, &error));
  g_assert_cmpstr (membership.venue, ==, "v1");
  g_assert_cmpmem (membership.core_key, JOURNAL_KEY_SIZE, core_a, JOURNAL_KEY_SIZE);

  g_autoptr (GByteArray) bytes = harness_read_file (fixture->state_dir, "keys/core.pub");
  bytes->data[40] ^= 1;
  harness_write_file (fixture->state_dir, "keys/core.pub", bytes->data, bytes->len);
  g_assert_false (journal_membership_read (fixture->state_dir, &membership, &error));
  g_assert_error (error, JOURNAL_ERROR, JOURNAL_ERROR_KEYS);
  g_clear_error (&error);
  fixture->store = harness_store_new (fixture->state_dir, NULL);
  g_assert_false (harness_open (fixture->store, 10, &error)); // never as if it stood alone
  g_assert_error (error, JOURNAL_ERROR, JOURNAL_ERROR_KEYS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/journal/outbox/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("batches-hang-together", test_batches_hang_together);
  ADD ("batches-keep-to-their-size", test_batches_keep_to_their_size);
  ADD ("the-door-comes-first", test_the_door_comes_first);
  ADD ("receipts-are-kept", test_receipts_are_kept);
  ADD ("a-receipt-for-another-chain-is-seen", test_a_receipt_for_another_chain_is_seen);
  ADD ("an-older-journal-is-brought-up", test_is_brought_up);
  ADD ("retention-of-a-stand-alone-kiosk", test_retention_stand_alone);
  ADD ("retention-waits-for-the-core-but-not-for-ever", test_retention_waits_for_the_core);
  ADD ("clock-fixes-are-recorded", test_clock_fix);
  ADD ("a-membership-is-whole-or-an-error", test_joining_takes_the_lock);
  return g_test_run ();
}
