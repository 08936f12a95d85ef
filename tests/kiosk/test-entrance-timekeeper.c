// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// When the clock is said to be right, and how often.

#include "kiosk/entrance/entrance-timekeeper.h"

#include "tests/kiosk/entrance-door.h"

typedef struct {
  Door *door;
  EntranceTimekeeper *timekeeper;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer quality)
{
  fixture->door = door_new (ENTRANCE_SECOND_SCAN_NOTICE);
  fake_clock_set_quality (fixture->door->clock, GPOINTER_TO_INT (quality));
  fake_clock_set_error_ms (fixture->door->clock, 31);
  fixture->timekeeper =
      entrance_timekeeper_new (fixture->door->session, ENTRANCE_CLOCK (fixture->door->clock));
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_assert_finalize_object (fixture->timekeeper);
  door_free (fixture->door);
}

static guint
count (Fixture *fixture)
{
  fake_journal_settle (fixture->door->journal);
  return fake_journal_get_n_clock_fixes (fixture->door->journal);
}

static gint64
now_ms (Fixture *fixture)
{
  JournalStamp stamp;
  entrance_clock_read (ENTRANCE_CLOCK (fixture->door->clock), &stamp);
  return stamp.wall_ms;
}

static void
test_right_from_the_start (Fixture *fixture, gconstpointer unused)
{
  g_assert_cmpuint (count (fixture), ==, 1);
  g_assert_cmpint (fake_journal_get_last_clock_fix_ms (fixture->door->journal), ==,
                   now_ms (fixture));
  g_assert_cmpuint (fake_journal_get_last_clock_error_ms (fixture->door->journal), ==, 31);
  door_wait (fixture->door, 3600000);
  g_assert_cmpuint (count (fixture), ==, 1); // nothing new to say
}

static void
test_becomes_right (Fixture *fixture, gconstpointer unused)
{
  door_wait (fixture->door, 600000);
  g_assert_cmpuint (count (fixture), ==, 0);
  fake_clock_step (fixture->door->clock, 86400000); // by hand: nobody vouches for it
  g_assert_cmpuint (count (fixture), ==, 0);
  fake_clock_set_quality (fixture->door->clock, JOURNAL_CLOCK_SYNCED);
  door_wait (fixture->door, ENTRANCE_TIMEKEEPER_LOOK_MS);
  g_assert_cmpuint (count (fixture), ==, 1);
  fake_clock_set_quality (fixture->door->clock, JOURNAL_CLOCK_RESTORED);
  door_wait (fixture->door, 600000);
  fake_clock_set_quality (fixture->door->clock, JOURNAL_CLOCK_SYNCED);
  door_wait (fixture->door, ENTRANCE_TIMEKEEPER_LOOK_MS);
  g_assert_cmpuint (count (fixture), ==, 2);
}

static void
test_is_set_later (Fixture *fixture, gconstpointer unused)
{
  door_wait (fixture->door, 600000);
  fake_clock_step (fixture->door->clock, ENTRANCE_TIMEKEEPER_STEP_MS - 1);
  g_assert_cmpuint (count (fixture), ==, 1);
  fake_clock_step (fixture->door->clock, -3600000);
  g_assert_cmpuint (count (fixture), ==, 2);
  g_assert_cmpint (fake_journal_get_last_clock_fix_ms (fixture->door->journal), ==,
                   now_ms (fixture));
}

// A thousand steps are told once, and in the end the last one is what is known.
static void
test_is_set_all_the_time (Fixture *fixture, gconstpointer unused)
{
  door_wait (fixture->door, 600000);
  for (guint i = 0; i < 1000; i++)
    fake_clock_step (fixture->door->clock, i % 2 == 0 ? 7000 : -5000);
  g_assert_cmpuint (count (fixture), ==, 2);
  door_wait (fixture->door, ENTRANCE_TIMEKEEPER_PAUSE_MS + ENTRANCE_TIMEKEEPER_LOOK_MS);
  g_assert_cmpuint (count (fixture), ==, 3);
  door_wait (fixture->door, 3600000);
  g_assert_cmpuint (count (fixture), ==, 3);
}

// What was told to a journal that broke may be lost: it is told again.
static void
test_the_journal_breaks (Fixture *fixture, gconstpointer unused)
{
  door_wait (fixture->door, 600000);
  fake_journal_fail_next (fixture->door->journal, JOURNAL_ERROR_STORAGE);
  fake_clock_step (fixture->door->clock, 3600000);
  g_assert_cmpuint (count (fixture), ==, 1);
  door_wait (fixture->door, 2500);
  g_assert_cmpuint (count (fixture), ==, 2);
  g_assert_cmpint (fake_journal_get_last_clock_fix_ms (fixture->door->journal), >=,
                   now_ms (fixture) - 2500);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, quality, func)                                                                   \
  g_test_add ("/entrance/timekeeper/" name, Fixture, GINT_TO_POINTER (quality), set_up, func,      \
              tear_down)
  ADD ("a-clock-that-is-right-from-the-start", JOURNAL_CLOCK_SYNCED, test_right_from_the_start);
  ADD ("a-clock-that-becomes-right", JOURNAL_CLOCK_UNSET, test_becomes_right);
  ADD ("a-clock-that-is-set-later", JOURNAL_CLOCK_SYNCED, test_is_set_later);
  ADD ("a-clock-that-is-set-all-the-time", JOURNAL_CLOCK_SYNCED, test_is_set_all_the_time);
  ADD ("a-journal-that-breaks", JOURNAL_CLOCK_SYNCED, test_the_journal_breaks);
  return g_test_run ();
}
