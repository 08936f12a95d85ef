// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The daily ratchet and the ages of records, under clocks of every kind.

#include <string.h>

#include <glib/gstdio.h>

#include "kiosk/journal/journal-keys.h"
#include "kiosk/journal/journal-retention.h"
#include "tests/kiosk/journal-harness.h"

#define DAY_MS (24 * HARNESS_HOUR_MS)

static JournalStamp
stamp_at (gint64 wall_ms, gint64 boottime_ms, JournalClockQuality quality, guint8 boot)
{
  JournalStamp stamp = { .boottime_ns = boottime_ms * 1000000,
                         .wall_ms = wall_ms,
                         .quality = quality };
  memset (stamp.boot_id, boot, sizeof stamp.boot_id);
  return stamp;
}

static void
first_pseudonym (const JournalKeys *keys, guint8 ret_subject[JOURNAL_ID_SIZE])
{
  guint8 subjects[JOURNAL_KEYS_DAYS][JOURNAL_ID_SIZE];
  g_autoptr (GBytes) identity = harness_identity (1);
  (void) journal_keys_pseudonyms (keys, identity, subjects); // the newest is meant
  memcpy (ret_subject, subjects[0], JOURNAL_ID_SIZE);
}

static void
test_ratchet_never_goes_back (void)
{
  g_autoptr (GError) error = NULL;
  char *state_dir = harness_make_state_dir ();
  JournalStamp noon = harness_stamp (0), tomorrow = harness_stamp (15 * HARNESS_HOUR_MS);
  JournalStamp back = harness_stamp (14 * HARNESS_HOUR_MS),
               later = harness_stamp (39 * HARNESS_HOUR_MS);
  g_autoptr (JournalKeys) keys = journal_keys_create (state_dir, &noon, &error);
  g_assert_no_error (error);
  guint8 first[JOURNAL_ID_SIZE], second[JOURNAL_ID_SIZE], again[JOURNAL_ID_SIZE],
      announced[JOURNAL_KEY_SIZE];
  first_pseudonym (keys, first);
  g_assert_false (journal_keys_is_due (keys, &back));
  g_assert_true (journal_keys_is_due (keys, &tomorrow));
  journal_keys_peek (keys, announced);
  journal_keys_step (keys, &tomorrow);
  g_assert_true (journal_keys_save (keys, &error));
  g_assert_cmpmem (journal_keys_get_record_key (keys), JOURNAL_KEY_SIZE, announced,
                   JOURNAL_KEY_SIZE);
  first_pseudonym (keys, second);
  g_assert_cmpint (memcmp (first, second, sizeof first), !=, 0);

  // The clock steps back across midnight: same key, and midnight again turns nothing.
  g_assert_false (journal_keys_is_due (keys, &back));
  g_assert_false (journal_keys_is_due (keys, &tomorrow));
  g_assert_true (journal_keys_is_due (keys, &later));
  g_autoptr (JournalKeys) loaded = journal_keys_load (state_dir, &error);
  g_assert_no_error (error);
  first_pseudonym (loaded, again);
  g_assert_cmpmem (again, sizeof again, second, sizeof second);
  harness_remove_state_dir (state_dir);
}

static void
test_clock_put_right_by_days_goes_on_turning (void)
{
  g_autoptr (GError) error = NULL;
  char *state_dir = harness_make_state_dir ();
  JournalStamp wrong = harness_stamp (3650 * DAY_MS), right = harness_stamp (0),
               next = harness_stamp (DAY_MS);
  g_autoptr (JournalKeys) keys = journal_keys_create (state_dir, &wrong, &error);
  g_assert_true (journal_keys_is_due (keys, &right));
  journal_keys_step (keys, &right);
  g_assert_false (journal_keys_is_due (keys, &right));
  g_assert_true (journal_keys_is_due (keys, &next));
  harness_remove_state_dir (state_dir);
}

static void
test_without_a_clock_the_running_time_turns (void)
{
  g_autoptr (GError) error = NULL;
  char *state_dir = harness_make_state_dir ();
  JournalStamp start = stamp_at (0, 60000, JOURNAL_CLOCK_UNSET, 1);
  JournalStamp soon = stamp_at (0, 60000 + DAY_MS - 1, JOURNAL_CLOCK_UNSET, 1);
  JournalStamp later = stamp_at (0, 60000 + DAY_MS, JOURNAL_CLOCK_RESTORED, 1);
  g_autoptr (JournalKeys) keys = journal_keys_create (state_dir, &start, &error);
  g_assert_false (journal_keys_is_due (keys, &soon));
  g_assert_true (journal_keys_is_due (keys, &later));
  harness_remove_state_dir (state_dir);
}

static void
test_old_days_are_retired (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) identity = harness_identity (1);
  guint8 subjects[JOURNAL_KEYS_DAYS][JOURNAL_ID_SIZE];
  char *state_dir = harness_make_state_dir ();
  JournalStamp noon = harness_stamp (0), midnight = harness_stamp (15 * HARNESS_HOUR_MS);
  JournalStamp early = harness_stamp (27 * HARNESS_HOUR_MS - 1),
               late = harness_stamp (27 * HARNESS_HOUR_MS);
  g_autoptr (JournalKeys) keys = journal_keys_create (state_dir, &noon, &error);
  journal_keys_step (keys, &midnight);
  g_assert_cmpuint (journal_keys_pseudonyms (keys, identity, subjects), ==, 2);
  g_assert_false (journal_keys_retire (keys, &early, 12));
  g_assert_true (journal_keys_retire (keys, &late, 12));
  g_assert_cmpuint (journal_keys_pseudonyms (keys, identity, subjects), ==, 1);
  for (guint i = 0; i < 20; i++)
    journal_keys_step (keys, &late);
  g_assert_cmpuint (journal_keys_pseudonyms (keys, identity, subjects), ==, JOURNAL_KEYS_DAYS);
  harness_remove_state_dir (state_dir);
}

static void
test_damaged_key_file_is_refused (void)
{
  g_autoptr (GError) error = NULL;
  char *state_dir = harness_make_state_dir ();
  JournalStamp noon = harness_stamp (0);
  g_autoptr (JournalKeys) keys = journal_keys_create (state_dir, &noon, &error);
  g_autoptr (GByteArray) bytes = harness_read_file (state_dir, "keys/ratchet.key");
  for (gsize i = 0; i < bytes->len; i += 7) {
    g_autoptr (GError) refusal = NULL;
    bytes->data[i] ^= 4;
    harness_write_file (state_dir, "keys/ratchet.key", bytes->data, bytes->len);
    g_assert_null (journal_keys_load (state_dir, &refusal));
    g_assert_error (refusal, JOURNAL_ERROR, JOURNAL_ERROR_KEYS);
    bytes->data[i] ^= 4;
  }
  harness_remove_state_dir (state_dir);
}

static void
test_ages (void)
{
  const gint64 now_ms = HARNESS_START_MS;
  static const gint64 day = DAY_MS;
  const struct {
    const char *what;
    JournalMark marks[3];
    JournalStamp last;
    JournalStamp now;
    guint64 through;
  } cases[] = {
    { "two of three are old",
      { { 1, 0, now_ms - 30 * day }, { 5, 0, now_ms - 22 * day }, { 9, 0, now_ms - day } },
      stamp_at (now_ms, 0, JOURNAL_CLOCK_SYNCED, 1),
      stamp_at (now_ms, 0, JOURNAL_CLOCK_SYNCED, 1),
      8 },
    { "all are old",
      { { 1, 0, now_ms - 30 * day }, { 5, 0, now_ms - 29 * day }, { 9, 0, now_ms - 28 * day } },
      stamp_at (now_ms, 0, JOURNAL_CLOCK_SYNCED, 1),
      stamp_at (now_ms, 0, JOURNAL_CLOCK_SYNCED, 1),
      12 },
    { "exactly the retention is not old",
      { { 1, 0, now_ms - 21 * day }, { 5, 0, now_ms }, { 9, 0, now_ms } },
      stamp_at (now_ms, 0, JOURNAL_CLOCK_SYNCED, 1),
      stamp_at (now_ms, 0, JOURNAL_CLOCK_SYNCED, 1),
      0 },
    { "an untrusted clock erases nothing",
      { { 1, 0, now_ms - 30 * day }, { 5, 0, 0 }, { 9, 0, 0 } },
      stamp_at (now_ms, 0, JOURNAL_CLOCK_SYNCED, 1),
      stamp_at (now_ms, 0, JOURNAL_CLOCK_RESTORED, 1),
      0 },
    { "a clock a year back is outrun by running time",
      { { 1, 0, now_ms }, { 5, day * 1000000 * 10, now_ms }, { 9, day * 1000000 * 30, now_ms } },
      stamp_at (now_ms, 0, JOURNAL_CLOCK_SYNCED, 1),
      stamp_at (now_ms - 365 * day, 2 * day, JOURNAL_CLOCK_SYNCED, 1),
      8 },
    { "a liar after a young record erases nothing of it",
      { { 1, 0, now_ms - 30 * day }, { 5, 0, now_ms - day }, { 9, 0, 86400000 } },
      stamp_at (now_ms, 0, JOURNAL_CLOCK_SYNCED, 1),
      stamp_at (now_ms, 0, JOURNAL_CLOCK_SYNCED, 1),
      4 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (JournalAudit) audit;
    journal_audit_init (&audit);
    g_array_append_vals (audit.marks, cases[i].marks, 3);
    audit.seq = 12;
    audit.stamp = cases[i].last;
    audit.uptime_ns = cases[i].marks[2].uptime_ns;
    g_test_message ("%s", cases[i].what);
    g_assert_cmpuint (journal_retention_through (&audit, &cases[i].now, 21), ==, cases[i].through);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/journal/keys/ratchet-never-goes-back", test_ratchet_never_goes_back);
  g_test_add_func ("/journal/keys/clock-put-right-by-days-goes-on-turning",
                   test_clock_put_right_by_days_goes_on_turning);
  g_test_add_func ("/journal/keys/without-a-clock-the-running-time-turns",
                   test_without_a_clock_the_running_time_turns);
  g_test_add_func ("/journal/keys/old-days-are-retired", test_old_days_are_retired);
  g_test_add_func ("/journal/keys/damaged-key-file-is-refused", test_damaged_key_file_is_refused);
  g_test_add_func ("/journal/retention/ages-by-clock-and-by-running-time", test_ages);
  return g_test_run ();
}
