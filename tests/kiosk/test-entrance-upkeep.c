// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What staff are asked to look after, and that visitors get in all the same.

#include "kiosk/entrance/entrance-upkeep.h"

#include "tests/kiosk/entrance-door.h"

typedef struct {
  Door *door;
  EntranceUpkeep *upkeep;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->door = door_new (ENTRANCE_SECOND_SCAN_NOTICE);
  fixture->upkeep =
      entrance_upkeep_new (fixture->door->session, ENTRANCE_CLOCK (fixture->door->clock),
                           HW_PANEL (fixture->door->panel));
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_assert_finalize_object (fixture->upkeep);
  door_free (fixture->door);
}

static void
turn (Fixture *fixture, HwPanelInput input, gboolean is_active)
{
  fake_panel_set_input (fixture->door->panel, input, is_active);
}

static void
assert_need (Fixture *fixture, EntranceNeed need)
{
  g_assert_cmpint (door_view (fixture->door)->need, ==, need);
}

static void
assert_takes_visitors (Fixture *fixture)
{
  door_show_and_settle (fixture->door, PERSON_AN);
  g_assert_cmpuint (fixture->door->n_greens, ==, 1);
}

static void
test_a_button_hangs (Fixture *fixture, gconstpointer unused)
{
  turn (fixture, HW_PANEL_PRINT_BUTTON, TRUE);
  door_wait (fixture->door, ENTRANCE_UPKEEP_HELD_MS - ENTRANCE_UPKEEP_LOOK_MS);
  assert_need (fixture, ENTRANCE_NEED_NOTHING); // somebody leans on it
  door_wait (fixture->door, 2 * ENTRANCE_UPKEEP_LOOK_MS);
  assert_need (fixture, ENTRANCE_NEED_BUTTON);
  assert_takes_visitors (fixture);
  turn (fixture, HW_PANEL_PRINT_BUTTON, FALSE);
  assert_need (fixture, ENTRANCE_NEED_NOTHING);
}

static void
test_presses_are_no_hang (Fixture *fixture, gconstpointer unused)
{
  for (guint i = 0; i < 20; i++) { // down at every look, and up in between
    turn (fixture, HW_PANEL_LEAVING_BUTTON, TRUE);
    door_wait (fixture->door, ENTRANCE_UPKEEP_LOOK_MS);
    turn (fixture, HW_PANEL_LEAVING_BUTTON, FALSE);
  }
  assert_need (fixture, ENTRANCE_NEED_NOTHING);
}

static void
test_a_panel_is_missed (Fixture *fixture, gconstpointer unused)
{
  fake_panel_set_missing (fixture->door->panel, TRUE);
  assert_need (fixture, ENTRANCE_NEED_PANEL);
  assert_takes_visitors (fixture);
  fake_panel_set_missing (fixture->door->panel, FALSE);
  assert_need (fixture, ENTRANCE_NEED_NOTHING);
}

static void
expect_case (const char *words)
{
  g_test_expect_message ("entrance-upkeep", G_LOG_LEVEL_MESSAGE, words);
}

static void
test_a_case_is_opened (Fixture *fixture, gconstpointer unused)
{
  expect_case ("case: open, changes: 1");
  turn (fixture, HW_PANEL_TAMPER, TRUE);
  assert_need (fixture, ENTRANCE_NEED_CASE);
  for (guint i = 0; i < 500; i++) { // a contact that flaps, for 5 s
    turn (fixture, HW_PANEL_TAMPER, i % 2 != 0);
    door_wait (fixture->door, 10);
  }
  turn (fixture, HW_PANEL_TAMPER, FALSE);
  assert_need (fixture, ENTRANCE_NEED_CASE); // not gone before anybody could look
  g_test_assert_expected_messages ();
  expect_case ("case: closed, changes: 501");
  door_wait (fixture->door, ENTRANCE_UPKEEP_CASE_MS);
  g_test_assert_expected_messages ();
  door_wait (fixture->door, ENTRANCE_UPKEEP_CASE_MS);
  assert_need (fixture, ENTRANCE_NEED_NOTHING);
  assert_takes_visitors (fixture);
}

static void
test_the_power_flickers (Fixture *fixture, gconstpointer unused)
{
  turn (fixture, HW_PANEL_POWER_FAIL, TRUE);
  door_wait (fixture->door, 5);
  turn (fixture, HW_PANEL_POWER_FAIL, FALSE);
  g_assert_cmpint (door_view (fixture->door)->page, ==, ENTRANCE_PAGE_OUT_OF_SERVICE);
  g_assert_cmpint (door_view (fixture->door)->message, ==, ENTRANCE_MESSAGE_POWER);
  g_assert_cmpint (fake_panel_get_lamp (fixture->door->panel), ==, HW_LAMP_RED);
  door_show_and_settle (fixture->door, PERSON_BA);
  g_assert_cmpuint (fixture->door->n_greens, ==, 0);
  door_wait (fixture->door, ENTRANCE_UPKEEP_POWER_MS);
  g_assert_cmpint (door_view (fixture->door)->page, ==, ENTRANCE_PAGE_WAITING);
  assert_need (fixture, ENTRANCE_NEED_NOTHING);
  g_assert_cmpuint (fake_journal_get_n_gaps (fixture->door->journal), ==, 1);
  assert_takes_visitors (fixture);
}

static void
test_a_power_sensor_is_stuck (Fixture *fixture, gconstpointer unused)
{
  turn (fixture, HW_PANEL_POWER_FAIL, TRUE);
  door_wait (fixture->door, ENTRANCE_UPKEEP_STUCK_MS);
  assert_need (fixture, ENTRANCE_NEED_POWER);
  assert_takes_visitors (fixture);
  turn (fixture, HW_PANEL_POWER_FAIL, FALSE);
  door_wait (fixture->door, ENTRANCE_UPKEEP_POWER_MS);
  assert_need (fixture, ENTRANCE_NEED_NOTHING);
}

static void
test_a_power_sensor_chatters (Fixture *fixture, gconstpointer unused)
{
  for (guint i = 0; i < 12; i++) {
    turn (fixture, HW_PANEL_POWER_FAIL, i % 2 == 0);
    door_wait (fixture->door, 1000);
  }
  assert_need (fixture, ENTRANCE_NEED_POWER);
  assert_takes_visitors (fixture);
  door_wait (fixture->door, ENTRANCE_UPKEEP_POWER_MS);
  assert_need (fixture, ENTRANCE_NEED_NOTHING);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                            \
  g_test_add ("/entrance/upkeep/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("a-button-hangs", test_a_button_hangs);
  ADD ("presses-are-no-hang", test_presses_are_no_hang);
  ADD ("a-panel-is-missed", test_a_panel_is_missed);
  ADD ("a-case-is-opened", test_a_case_is_opened);
  ADD ("the-power-flickers", test_the_power_flickers);
  ADD ("a-power-sensor-is-stuck", test_a_power_sensor_is_stuck);
  ADD ("a-power-sensor-chatters", test_a_power_sensor_chatters);
  return g_test_run ();
}
