// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the verifier must notice: every single byte, and what an attacker does through SQL.

#include <string.h>

#include <glib/gstdio.h>
#include <sodium.h>
#include <sqlite3.h>

#include "kiosk/journal/journal-keys.h"
#include "kiosk/journal/journal-pages.h"
#include "kiosk/journal/journal-verify.h"
#include "tests/kiosk/journal-harness.h"

#define DB      "journal.db"
#define LOG     "journal.db-wal"
#define WITNESS "journal.head"

typedef struct {
  char *state_dir;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->state_dir = harness_make_state_dir ();
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  harness_remove_state_dir (fixture->state_dir);
}

static gboolean
is_verified (const char *state_dir, GError **error)
{
  g_auto (JournalAudit) audit;
  journal_audit_init (&audit);
  return journal_verify (state_dir, &audit, error);
}

static void
assert_verified (const char *state_dir)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = is_verified (state_dir, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
}

static void
assert_not_verified (const char *state_dir, const char *what)
{
  g_autoptr (GError) error = NULL;
  if (is_verified (state_dir, &error))
    g_error ("verified in spite of: %s", what);
  g_assert_error (error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT);
  g_test_message ("%s: %s", what, error->message);
}

static void
arrive (JournalStore *store, guint number, gint64 after_ms)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) identity = harness_identity (number);
  g_autoptr (GBytes) details = g_bytes_new_static ("{}", 2);
  g_autoptr (JournalCommitted) committed =
      harness_arrive (store, identity, details, after_ms, &error);
  g_assert_no_error (error);
}

// A day of visits, the turn of a day with its new record key, and a visitor of the next morning.
static JournalStore *
write_journal (const char *state_dir, guint n_visits)
{
  g_autoptr (GError) error = NULL;
  JournalStore *store = harness_store_new (state_dir, NULL);
  g_assert_true (harness_open (store, 0, &error));
  for (guint i = 0; i < n_visits; i++)
    arrive (store, i, 1000 + i);
  g_autoptr (GBytes) first = harness_identity (0);
  g_autoptr (JournalCommitted) left =
      harness_leave (store, harness_find (store, first, 5000).seq, 5000, &error);
  g_assert_true (harness_tidy (store, 15 * HARNESS_HOUR_MS, &error));
  arrive (store, 1000, 15 * HARNESS_HOUR_MS + 1000);
  g_assert_no_error (error);
  return store;
}

static void
write_closed_journal (const char *state_dir, guint n_visits)
{
  JournalStore *store = write_journal (state_dir, n_visits);
  g_assert_finalize_object (store);
}

// What a kill leaves: the files as they lie while the store is still open.
static char *
write_killed_journal (const char *state_dir, guint n_visits)
{
  static const char *const names[] = { DB, LOG, WITNESS };
  JournalStore *store = write_journal (state_dir, n_visits);
  char *copy_dir = harness_make_state_dir ();
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    // Reading drops this process's locks; nobody else wants them.
    g_autoptr (GByteArray) bytes = harness_read_file (state_dir, names[i]);
    harness_write_file (copy_dir, names[i], bytes->data, bytes->len);
  }
  g_assert_finalize_object (store);
  return copy_dir;
}

static void
flip_bytes (const char *state_dir, const char *name, gsize step)
{
  g_autofree char *path = g_build_filename (state_dir, name, NULL);
  g_autoptr (GByteArray) bytes = harness_read_file (state_dir, name);
  g_assert_cmpuint (bytes->len, >, 0);
  FILE *file = fopen (path, "r+b");
  g_assert_nonnull (file);
  gsize n_flipped = 0;
  for (gsize offset = 0; offset < bytes->len; offset += step, n_flipped++) {
    // One bit, another one at each offset.
    guint8 flipped = bytes->data[offset] ^ (guint8) (1 << (offset % 8));
    g_assert_cmpint (fseek (file, (long) offset, SEEK_SET), ==, 0);
    g_assert_cmpint (fputc (flipped, file), ==, flipped);
    g_assert_cmpint (fflush (file), ==, 0);
    g_autoptr (GError) error = NULL;
    if (is_verified (state_dir, &error))
      g_error ("%s: byte %" G_GSIZE_FORMAT " of %u flipped, and verified", name, offset,
               bytes->len);
    g_assert_error (error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT);
    g_assert_cmpint (fseek (file, (long) offset, SEEK_SET), ==, 0);
    g_assert_cmpint (fputc (bytes->data[offset], file), ==, bytes->data[offset]);
    g_assert_cmpint (fflush (file), ==, 0);
  }
  (void) fclose (file); // flushed
  g_test_message ("%s: %" G_GSIZE_FORMAT " of %u bytes flipped", name, n_flipped, bytes->len);
}

static void
test_every_byte_of_a_closed_journal (Fixture *fixture, gconstpointer unused)
{
  write_closed_journal (fixture->state_dir, 3);
  assert_verified (fixture->state_dir);
  g_autoptr (GByteArray) log = harness_read_file (fixture->state_dir, LOG);
  g_assert_cmpuint (log->len, ==, 0);
  flip_bytes (fixture->state_dir, DB, 1);
  flip_bytes (fixture->state_dir, WITNESS, 1);
  assert_verified (fixture->state_dir);
}

static void
test_every_byte_of_a_killed_journal (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *copy_dir = write_killed_journal (fixture->state_dir, 1);
  assert_verified (copy_dir);
  flip_bytes (copy_dir, DB, 1);
  flip_bytes (copy_dir, LOG, 1);
  flip_bytes (copy_dir, WITNESS, 1);
  assert_verified (copy_dir);
  harness_remove_state_dir (g_steal_pointer (&copy_dir));
}

static void
test_bytes_of_a_larger_journal (Fixture *fixture, gconstpointer unused)
{
  write_closed_journal (fixture->state_dir, 150);
  assert_verified (fixture->state_dir);
  flip_bytes (fixture->state_dir, DB, 331); // prime: all offsets of a page come up
}

static void
cut (const char *state_dir, const char *name, const GByteArray *bytes, gsize len)
{
  g_autofree char *what = g_strdup_printf ("%s cut to %" G_GSIZE_FORMAT, name, len);
  harness_write_file (state_dir, name, bytes->data, len);
  assert_not_verified (state_dir, what);
  harness_write_file (state_dir, name, bytes->data, bytes->len);
}

static void
append_byte (const char *state_dir, const char *name, const GByteArray *bytes, guint8 byte)
{
  g_autofree char *what = g_strdup_printf ("%s with a byte more", name);
  g_autoptr (GByteArray) longer = g_byte_array_new ();
  g_byte_array_append (longer, bytes->data, bytes->len);
  g_byte_array_append (longer, &byte, 1);
  harness_write_file (state_dir, name, longer->data, longer->len);
  assert_not_verified (state_dir, what);
  harness_write_file (state_dir, name, bytes->data, bytes->len);
}

static void
test_cut_and_lengthened_files (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *copy_dir = write_killed_journal (fixture->state_dir, 2);
  g_autoptr (GByteArray) db = harness_read_file (copy_dir, DB);
  g_autoptr (GByteArray) log = harness_read_file (copy_dir, LOG);
  g_autoptr (GByteArray) witness = harness_read_file (copy_dir, WITNESS);
  const gsize frame = JOURNAL_PAGE_SIZE + 24;
  cut (copy_dir, DB, db, db->len - 1);
  cut (copy_dir, DB, db, db->len - JOURNAL_PAGE_SIZE);
  cut (copy_dir, DB, db, 0);
  cut (copy_dir, LOG, log, log->len - 1);
  cut (copy_dir, LOG, log, 31);
  cut (copy_dir, LOG, log, 0);
  // At every frame: a log cut at a commit is a whole, older journal, and only the witness knows.
  for (gsize len = 32; len < log->len; len += frame)
    cut (copy_dir, LOG, log, len);
  cut (copy_dir, WITNESS, witness, witness->len - 1);
  append_byte (copy_dir, DB, db, 0);
  append_byte (copy_dir, LOG, log, 0);
  append_byte (copy_dir, WITNESS, witness, 0);
  assert_verified (copy_dir);
  harness_write_file (copy_dir, DB "-journal", db->data, 512);
  assert_not_verified (copy_dir, "a rollback journal planted");
  harness_remove_state_dir (g_steal_pointer (&copy_dir));
}

// The power went between the first record and the witness's first word.
static void
test_a_blank_witness_says_nothing (Fixture *fixture, gconstpointer unused)
{
  write_closed_journal (fixture->state_dir, 1);
  g_autoptr (GByteArray) witness = harness_read_file (fixture->state_dir, WITNESS);
  memset (witness->data, 0, witness->len);
  harness_write_file (fixture->state_dir, WITNESS, witness->data, witness->len);
  assert_verified (fixture->state_dir);
  flip_bytes (fixture->state_dir, WITNESS, 1);
  cut (fixture->state_dir, WITNESS, witness, 0);
}

// An attacker with a good SQLite tool and our page sums, but without keys.
static void
attack (const char *state_dir, const char *sql)
{
  g_autofree char *path = g_build_filename (state_dir, DB, NULL);
  sqlite3 *db = NULL;
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_autofree char *script = g_strconcat (
      "PRAGMA journal_mode = DELETE; PRAGMA ignore_check_constraints = ON;", sql, NULL);
  char *message = NULL;
  if (sqlite3_exec (db, script, NULL, NULL, &message) != SQLITE_OK)
    g_error ("%s: %s", sql, message);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);

  g_autoptr (GByteArray) bytes = harness_read_file (state_dir, DB);
  for (guint32 pgno = 1; pgno <= bytes->len / JOURNAL_PAGE_SIZE; pgno++)
    journal_page_seal (pgno, bytes->data + (gsize) (pgno - 1) * JOURNAL_PAGE_SIZE);
  harness_write_file (state_dir, DB, bytes->data, bytes->len);
}

static void
assert_says (const char *state_dir, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_assert_false (is_verified (state_dir, &error));
  g_assert_error (error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, words));
}

// The power went while the kiosk made its journal: it is no damage, and the kiosk goes on.
static void
test_a_journal_that_was_just_begun (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (fixture->state_dir, DB, NULL);
  sqlite3 *db = NULL;
  int n_reserved = JOURNAL_PAGE_SUM;
  harness_write_file (fixture->state_dir, DB, NULL, 0);
  assert_says (fixture->state_dir, "file: empty");
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_file_control (db, "main", SQLITE_FCNTL_RESERVE_BYTES, &n_reserved), ==,
                   SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
  g_autoptr (GByteArray) page = harness_read_file (fixture->state_dir, DB);
  g_assert_cmpuint (page->len, ==, JOURNAL_PAGE_SIZE);
  journal_page_seal (1, page->data);
  harness_write_file (fixture->state_dir, DB, page->data, page->len);
  assert_says (fixture->state_dir, "no record");
  write_closed_journal (fixture->state_dir, 1);
  assert_verified (fixture->state_dir);
}

static void
test_changes_through_sql (Fixture *fixture, gconstpointer unused)
{
  static const char *const attacks[] = {
    "DELETE FROM record WHERE seq = 4",
    "DELETE FROM record WHERE seq = (SELECT max (seq) FROM record)",
    "DELETE FROM record",
    "UPDATE record SET wall_ms = wall_ms + 1 WHERE seq = 5",
    "UPDATE record SET boottime_ns = boottime_ns + 1 WHERE seq = 5",
    "UPDATE record SET boot_id = zeroblob (16) WHERE seq = 5",
    "UPDATE record SET clock_quality = 1 WHERE seq = 5",
    "UPDATE record SET kind = 4 WHERE seq = 5",
    "UPDATE record SET body = NULL WHERE seq = 5",
    "UPDATE record SET body = NULL WHERE seq = 1",
    "UPDATE record SET body = (SELECT body FROM record WHERE seq = 4) WHERE seq = 5",
    "UPDATE record SET body_hash = (SELECT body_hash FROM record WHERE seq = 4),"
    " body = (SELECT body FROM record WHERE seq = 4) WHERE seq = 5",
    "UPDATE record SET seq = -1 WHERE seq = 4; UPDATE record SET seq = 4 WHERE seq = 5;"
    "UPDATE record SET seq = 5 WHERE seq = -1",
    "UPDATE record SET seq = 1000 WHERE seq = (SELECT max (seq) FROM record)",
    "UPDATE head SET seq = seq - 1",
    "UPDATE head SET signature = zeroblob (64)",
    "UPDATE head SET seq = 5, hash = (SELECT hash FROM record WHERE seq = 5); DELETE FROM record "
    "WHERE seq > 5",
    "DELETE FROM head",
    "DELETE FROM open_visit",
    "UPDATE open_visit SET subject = zeroblob (16) WHERE visit = (SELECT min (visit) FROM "
    "open_visit)",
    "INSERT INTO open_visit VALUES (1, zeroblob (16))",
    "CREATE TABLE notes (text)",
    "CREATE TRIGGER quiet AFTER INSERT ON record BEGIN DELETE FROM open_visit; END",
    "DROP TABLE open_visit",
    "PRAGMA user_version = 3",
    "PRAGMA user_version = 1",
    "DROP TABLE receipt",
    "PRAGMA application_id = 7",
  };
  write_closed_journal (fixture->state_dir, 4);
  g_autoptr (GByteArray) db = harness_read_file (fixture->state_dir, DB);
  attack (fixture->state_dir, "SELECT 1"); // the harness itself changes nothing that matters
  assert_verified (fixture->state_dir);
  for (gsize i = 0; i < G_N_ELEMENTS (attacks); i++) {
    harness_write_file (fixture->state_dir, DB, db->data, db->len);
    attack (fixture->state_dir, attacks[i]);
    assert_not_verified (fixture->state_dir, attacks[i]);
  }
}

typedef struct {
  JournalAudit *audit;
  GPtrArray *sql;
  guint64 victim;
  const JournalKeys *keys;
} Forgery;

static char *
blob (const guint8 *data, gsize len)
{
  GString *text = g_string_new ("x'");
  for (gsize i = 0; i < len; i++)
    g_string_append_printf (text, "%02x", data[i]);
  g_string_append_c (text, '\'');
  return g_string_free (text, FALSE);
}

// Changes one old record and repairs all that follows with what is on the kiosk today: hashes, and
// signatures by today's key.
static gboolean
forge_record (const JournalRecord *record, gpointer user_data, GError **error)
{
  Forgery *forgery = user_data;
  guint8 encoded[JOURNAL_BODY_MAX], signature[JOURNAL_SIG_SIZE];
  JournalRecord forged = *record;
  JournalBody body;
  if (record->seq < forgery->victim) {
    memcpy (forgery->audit->hash, record->hash, sizeof record->hash);
    return TRUE;
  }
  if (record->seq == forgery->victim)
    forged.stamp.wall_ms += 3600000;
  g_assert_true (journal_record_read (record->kind, record->body.data, record->body.len, &body));
  if (record->kind == JOURNAL_KIND_CHECKPOINT) {
    JournalStatement statement;
    journal_statement_head (&statement, &forgery->audit->origin, record->seq - 1,
                            forgery->audit->hash, body.checkpoint.next_key.data);
    journal_keys_sign_record (forgery->keys, &statement, signature);
    body.checkpoint.signature = (JournalBytes){ signature, sizeof signature };
    forged.body = (JournalBytes){ encoded, journal_record_write (&body, encoded, sizeof encoded) };
    journal_chain_hash_body (&forged.body, forged.body_hash);
  }
  memcpy (forged.prev, forgery->audit->hash, sizeof forged.prev);
  journal_chain_link (&forged, forged.hash);
  memcpy (forgery->audit->hash, forged.hash, sizeof forged.hash);
  forgery->audit->seq = forged.seq;
  g_autofree char *body_sql = blob (forged.body.data, forged.body.len);
  g_autofree char *body_hash = blob (forged.body_hash, sizeof forged.body_hash);
  g_autofree char *prev = blob (forged.prev, sizeof forged.prev);
  g_autofree char *hash = blob (forged.hash, sizeof forged.hash);
  g_ptr_array_add (
      forgery->sql,
      g_strdup_printf (
          "UPDATE record SET wall_ms = %" G_GINT64_FORMAT
          ", body = %s, body_hash = %s, prev = %s, hash = %s WHERE seq = %" G_GUINT64_FORMAT ";",
          forged.stamp.wall_ms, body_sql, body_hash, prev, hash, forged.seq));
  return TRUE;
}

static void
forge (const char *state_dir, guint64 victim)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JournalKeys) keys = journal_keys_load (state_dir, &error);
  g_assert_no_error (error);
  g_auto (JournalAudit) audit;
  journal_audit_init (&audit);
  g_assert_true (journal_verify (state_dir, &audit, &error));
  g_autoptr (GPtrArray) sql = g_ptr_array_new_with_free_func (g_free);
  g_auto (JournalAudit) second;
  journal_audit_init (&second);
  Forgery forgery = { &audit, sql, victim, keys };
  g_assert_true (journal_verify_each (state_dir, &second, forge_record, &forgery, &error));

  guint8 signature[JOURNAL_SIG_SIZE], witness_bytes[8 + JOURNAL_HASH_SIZE + JOURNAL_SIG_SIZE];
  JournalStatement statement;
  journal_statement_head (&statement, &audit.origin, audit.seq, audit.hash, NULL);
  journal_keys_sign_record (keys, &statement, signature);
  g_autofree char *hash = blob (audit.hash, sizeof audit.hash);
  g_autofree char *signature_sql = blob (signature, sizeof signature);
  g_ptr_array_add (
      sql, g_strdup_printf ("UPDATE head SET hash = %s, signature = %s;", hash, signature_sql));
  g_ptr_array_add (sql, NULL);
  g_autofree char *script = g_strjoinv ("", (char **) sql->pdata);
  attack (state_dir, script);
  guint64 seq_be = GUINT64_TO_BE (audit.seq);
  memcpy (witness_bytes, &seq_be, 8);
  memcpy (witness_bytes + 8, audit.hash, JOURNAL_HASH_SIZE);
  memcpy (witness_bytes + 8 + JOURNAL_HASH_SIZE, signature, sizeof signature);
  harness_write_file (state_dir, WITNESS, witness_bytes, sizeof witness_bytes);
}

static void
test_yesterday_sealed_again_with_todays_key (Fixture *fixture, gconstpointer unused)
{
  write_closed_journal (fixture->state_dir, 4);
  g_autoptr (GByteArray) db = harness_read_file (fixture->state_dir, DB);
  g_auto (JournalAudit) audit;
  g_autoptr (GError) error = NULL;
  journal_audit_init (&audit);
  g_assert_true (journal_verify (fixture->state_dir, &audit, &error));
  // Today's last record can be rewritten with today's key: this shows that the forger does
  // everything right.
  forge (fixture->state_dir, audit.seq);
  assert_verified (fixture->state_dir);
  harness_write_file (fixture->state_dir, DB, db->data, db->len);
  g_autoptr (JournalStore) store = harness_store_new (fixture->state_dir, NULL);
  g_assert_true (harness_open (store, 15 * HARNESS_HOUR_MS + 2000, &error));
  g_assert_finalize_object (g_steal_pointer (&store));
  forge (fixture->state_dir, 4);
  assert_not_verified (fixture->state_dir, "yesterday sealed again with today's key");
}

static void
test_missing_journal_could_not_be_verified (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_assert_false (is_verified (fixture->state_dir, &error));
  g_assert_error (error, JOURNAL_ERROR, JOURNAL_ERROR_STORAGE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/journal/verify/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("notices-every-byte-of-a-closed-journal", test_every_byte_of_a_closed_journal);
  ADD ("notices-every-byte-of-a-killed-journal", test_every_byte_of_a_killed_journal);
  ADD ("notices-bytes-of-a-larger-journal", test_bytes_of_a_larger_journal);
  ADD ("notices-cut-and-lengthened-files", test_cut_and_lengthened_files);
  ADD ("a-blank-witness-says-nothing", test_a_blank_witness_says_nothing);
  ADD ("a-journal-that-was-just-begun-has-no-record", test_a_journal_that_was_just_begun);
  ADD ("notices-changes-through-sql", test_changes_through_sql);
  ADD ("notices-yesterday-sealed-again-with-todays-key",
       test_yesterday_sealed_again_with_todays_key);
  ADD ("missing-journal-could-not-be-verified", test_missing_journal_could_not_be_verified);
  return g_test_run ();
}
