// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Joining a core: what it leaves on the kiosk, and what it must not take away.

#include <string.h>

#include <glib/gstdio.h>

#include "kiosk/journal/journal-keys.h"
#include "kiosk/journal/journal-membership.h"
#include "kiosk/journal/journal-witness.h"
#include "tests/kiosk/journal-harness.h"

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

static JournalJoining *
begin (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  JournalStamp stamp = harness_stamp (0);
  JournalJoining *joining = journal_joining_begin (fixture->state_dir, &stamp, &error);
  g_assert_no_error (error);
  return joining;
}

static void
finish (JournalJoining *joining, const char *venue)
{
  g_autoptr (GError) error = NULL;
  JournalMembership membership = { .url = "https://core.example" };
  (void) g_strlcpy (membership.venue, venue, sizeof membership.venue); // it fits
  memset (membership.core_key, 8, sizeof membership.core_key);
  memset (membership.ingest_key, 9, sizeof membership.ingest_key);
  memset (membership.officer_key, 10, sizeof membership.officer_key);
  g_assert_true (journal_joining_finish (joining, &membership, &error));
  g_assert_no_error (error);
}

static void
join (Fixture *fixture, const char *venue)
{
  g_autoptr (JournalJoining) joining = begin (fixture);
  finish (joining, venue);
}

static void
record (Fixture *fixture, guint number)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JournalStore) store = harness_store_new (fixture->state_dir, NULL);
  g_autoptr (GBytes) identity = harness_identity (number);
  g_assert_true (harness_open (store, 10, &error));
  g_autoptr (JournalCommitted) committed = harness_arrive (store, identity, NULL, 20, &error);
  g_assert_no_error (error);
}

// To an archive, as an operator would.
static void
move_away (Fixture *fixture, const char *name)
{
  g_autofree char *archive = g_build_filename (fixture->state_dir, "archive", NULL);
  g_autofree char *from = g_build_filename (fixture->state_dir, name, NULL);
  g_autofree char *to = g_build_filename (archive, name, NULL);
  g_assert_cmpint (g_mkdir_with_parents (archive, 0700), ==, 0);
  g_assert_cmpint (g_rename (from, to), ==, 0);
}

static void
test_idle_recovery (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (JournalJoining) joining = begin (fixture);
  g_assert_true (journal_keys_have_recovery (fixture->state_dir)); // it may yet stay alone
  finish (joining, "v1");
  g_assert_false (journal_keys_have_recovery (fixture->state_dir));
}

static void
test_needed_recovery (Fixture *fixture, gconstpointer unused)
{
  record (fixture, 1);
  join (fixture, "v1");
  g_assert_true (journal_keys_have_recovery (fixture->state_dir));
}

// The records are in the archive, and the key to them is here.
static void
test_moved_journal (Fixture *fixture, gconstpointer unused)
{
  record (fixture, 1);
  move_away (fixture, "journal.db");
  join (fixture, "v1");
  g_assert_true (journal_keys_have_recovery (fixture->state_dir));
  move_away (fixture, JOURNAL_WITNESS_NAME);
  join (fixture, "v2");
  g_assert_true (journal_keys_have_recovery (fixture->state_dir));
}

// The power went before the first record was acknowledged.
static void
test_blank_witness (Fixture *fixture, gconstpointer unused)
{
  record (fixture, 1);
  g_autoptr (GByteArray) witness = harness_read_file (fixture->state_dir, JOURNAL_WITNESS_NAME);
  memset (witness->data, 0, witness->len);
  harness_write_file (fixture->state_dir, JOURNAL_WITNESS_NAME, witness->data, witness->len);
  move_away (fixture, "journal.db");
  join (fixture, "v1");
  g_assert_false (journal_keys_have_recovery (fixture->state_dir));
}

// Nobody knows how it ended: the same kiosk asks again.
static void
test_unfinished (Fixture *fixture, gconstpointer unused)
{
  guint8 first_key[JOURNAL_KEY_SIZE];
  JournalMembership membership;
  JournalJoining *joining = begin (fixture);
  memcpy (first_key, journal_joining_get_kiosk_key (joining), sizeof first_key);
  journal_joining_free (joining);
  g_assert_false (journal_membership_read (fixture->state_dir, &membership, NULL));
  joining = begin (fixture);
  g_assert_cmpmem (first_key, sizeof first_key, journal_joining_get_kiosk_key (joining),
                   JOURNAL_KEY_SIZE);
  journal_joining_free (joining);
  join (fixture, "v1");
  g_assert_false (journal_keys_have_recovery (fixture->state_dir)); // still of no use
  record (fixture, 1);
}

// Also a key that an earlier joining has left.
static void
test_refused (Fixture *fixture, gconstpointer unused)
{
  guint8 first_key[JOURNAL_KEY_SIZE];
  JournalMembership membership;
  journal_joining_free (begin (fixture));
  JournalJoining *joining = begin (fixture);
  memcpy (first_key, journal_joining_get_kiosk_key (joining), sizeof first_key);
  journal_joining_refuse (joining);
  journal_joining_free (joining);
  g_assert_false (journal_membership_read (fixture->state_dir, &membership, NULL));
  g_assert_false (journal_keys_exist (fixture->state_dir));
  g_assert_false (journal_keys_have_recovery (fixture->state_dir));
  joining = begin (fixture); // as another kiosk
  g_assert_true (memcmp (first_key, journal_joining_get_kiosk_key (joining), sizeof first_key) !=
                 0);
  journal_joining_free (joining);
  record (fixture, 1);
}

// A kiosk that works alone: what it recorded is sealed to its keys, refused or not.
static void
test_refused_after_recording (Fixture *fixture, gconstpointer unused)
{
  journal_joining_free (begin (fixture)); // its keys come from a joining
  record (fixture, 1);
  JournalJoining *joining = begin (fixture);
  journal_joining_refuse (joining);
  journal_joining_free (joining);
  g_assert_true (journal_keys_exist (fixture->state_dir));
  move_away (fixture, "journal.db"); // an empty journal says nothing
  joining = begin (fixture);
  journal_joining_refuse (joining);
  journal_joining_free (joining);
  g_assert_true (journal_keys_have_recovery (fixture->state_dir));
  move_away (fixture, JOURNAL_WITNESS_NAME);
  joining = begin (fixture);
  journal_joining_refuse (joining);
  journal_joining_free (joining);
  g_assert_true (journal_keys_have_recovery (fixture->state_dir));
}

static void
test_unfinished_of_a_life_before (Fixture *fixture, gconstpointer unused)
{
  JournalMembership membership;
  record (fixture, 1);
  join (fixture, "v1");
  JournalJoining *joining = begin (fixture);
  journal_joining_refuse (joining);
  journal_joining_free (joining);
  g_assert_true (journal_membership_read (fixture->state_dir, &membership, NULL));
  g_assert_cmpstr (membership.venue, ==, "v1");
  g_assert_true (journal_keys_have_recovery (fixture->state_dir));
  record (fixture, 2); // with the keys of before
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                            \
  g_test_add ("/journal/membership/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("a-recovery-key-that-opens-nothing-goes", test_idle_recovery);
  ADD ("a-recovery-key-that-opens-records-stays", test_needed_recovery);
  ADD ("a-recovery-key-stays-when-the-journal-was-moved", test_moved_journal);
  ADD ("a-recovery-key-goes-when-nothing-was-acknowledged", test_blank_witness);
  ADD ("a-joining-without-an-end-is-gone-on-with", test_unfinished);
  ADD ("a-joining-that-is-refused-leaves-no-keys", test_refused);
  ADD ("keys-that-recorded-outlive-a-refusal", test_refused_after_recording);
  ADD ("a-joining-without-an-end-leaves-the-keys-of-before", test_unfinished_of_a_life_before);
  return g_test_run ();
}
