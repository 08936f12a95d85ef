// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/kiosk/entrance-door.h"

#include <string.h>

#define MORNING_MS G_GINT64_CONSTANT (1795564800000) // 2026-11-25 00:00:00 UTC

static void
on_decided (EntranceSession *session, EntranceView *view, Door *door)
{
  door->n_decided++;
  door->n_greens += view->tone == ENTRANCE_TONE_GREEN && !view->is_repeat;
}

Door *
door_new (EntranceSecondScan second_scan)
{
  Door *door = g_new0 (Door, 1);
  door->profile = (EntranceProfile){ .venue_name = "Test",
                                     .zone = "main",
                                     .second_scan = second_scan,
                                     .cool_down_s = 10,
                                     .result_ms = 2500,
                                     .longest_stay_h = 16 };
  door->clock = fake_clock_new (MORNING_MS);
  door->panel = fake_panel_new ();
  door->journal = journal_store_new ("unused", 21, 16);
  door->session = entrance_session_new (&door->profile, ENTRANCE_CLOCK (door->clock), door->journal,
                                        HW_PANEL (door->panel), NULL);
  g_signal_connect (door->session, "decided", G_CALLBACK (on_decided), door);
  entrance_session_start (door->session);
  fake_journal_settle (door->journal);
  entrance_session_set_camera_state (door->session, HW_CAMERA_READY);
  return door;
}

void
door_free (Door *door)
{
  g_object_run_dispose (G_OBJECT (door->session));
  fake_journal_release (door->journal); // what was under way ends as cancelled
  g_assert_finalize_object (door->session);
  g_assert_cmpuint (fake_clock_get_n_timeouts (door->clock), ==, 0);
  g_assert_finalize_object (door->journal);
  g_assert_finalize_object (door->panel);
  g_assert_finalize_object (door->clock);
  g_free (door);
}

void
door_show (Door *door, const char *payload, ...)
{
  g_autoptr (GPtrArray) codes = g_ptr_array_new_with_free_func ((GDestroyNotify) hw_code_free);
  va_list more;
  va_start (more, payload);
  for (const char *next = payload; next != NULL; next = va_arg (more, const char *)) {
    HwCode *code = g_new0 (HwCode, 1);
    code->payload = g_bytes_new (next, strlen (next));
    code->partial = next[0] == '\0';
    g_ptr_array_add (codes, code);
  }
  va_end (more);
  entrance_session_see_codes (door->session, codes);
}

void
door_show_and_settle (Door *door, const char *payload)
{
  door_show (door, payload, NULL);
  fake_journal_settle (door->journal);
}

const EntranceView *
door_view (Door *door)
{
  return entrance_session_get_view (door->session);
}

void
door_wait (Door *door, guint ms)
{
  fake_journal_settle (door->journal);
  fake_clock_advance (door->clock, ms);
  fake_journal_settle (door->journal);
}

char *
door_person (guint number)
{
  return g_strdup_printf ("042090%06u||Nguyễn Văn Thử|15081990|Nam|Hà Tĩnh|10052021", number);
}
