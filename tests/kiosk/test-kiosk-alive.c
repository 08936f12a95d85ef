// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Who is pinged, and when no longer.

#include "kiosk/kiosk-alive.h"

#include <string.h>

#include "tests/fakes/fake-clock.h"
#include "tests/fakes/fake-journal.h"
#include "tests/fakes/fake-manager.h"

#define START_MS    1795564800000
#define WATCHDOG_US 60000 // a ping every 20 ms
#define DEADLINE_MS 30000

static void
wait_for (FakeManager *manager, const char *words)
{
  g_autoptr (GString) heard = g_string_new (NULL);
  gint64 until_us = g_get_monotonic_time () + DEADLINE_MS * 1000;
  while (strstr (heard->str, words) == NULL && g_get_monotonic_time () < until_us) {
    (void) g_main_context_iteration (NULL, TRUE); // the next tick at the latest
    g_autofree char *text = fake_manager_read (manager);
    g_string_append (heard, text);
  }
  g_assert_nonnull (strstr (heard->str, words));
}

static void
test_journal_that_hangs (void)
{
  g_autoptr (FakeManager) manager = fake_manager_new (WATCHDOG_US);
  g_autoptr (HwWatchdog) watchdog = hw_watchdog_new (NULL);
  g_autoptr (FakeClock) clock = fake_clock_new (START_MS);
  g_autoptr (HwCamera) camera =
      hw_camera_new ("push:640x480@30"); // not started: no news is no hang
  g_autoptr (JournalStore) journal = journal_store_new ("unused", 21, 16);
  KioskAlive *alive = kiosk_alive_new (watchdog, camera, journal, ENTRANCE_CLOCK (clock));
  wait_for (manager, "READY=1");
  wait_for (manager, "WATCHDOG=1");
  fake_journal_hold (journal);
  wait_for (manager, "WATCHDOG=1"); // patience
  wait_for (manager, "WATCHDOG=1");
  fake_clock_advance (clock, KIOSK_ALIVE_PROBE_MS + 1000);
  g_test_expect_message ("kiosk-alive", G_LOG_LEVEL_WARNING, "*the journal does not answer");
  wait_for (manager, "STATUS=the journal does not answer");
  g_test_assert_expected_messages ();
  g_autofree char *silence = fake_manager_read (manager);
  for (gint64 until_us = g_get_monotonic_time () + 5 * WATCHDOG_US;
       g_get_monotonic_time () < until_us;)
    (void) g_main_context_iteration (NULL, TRUE);
  g_autofree char *more_silence = fake_manager_read (manager);
  g_assert_cmpstr (more_silence, ==, "");
  fake_journal_release (journal);
  wait_for (manager, "WATCHDOG=1");
  wait_for (manager, "WATCHDOG=1");
  fake_journal_settle (journal);
  g_assert_finalize_object (alive);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kiosk/alive/a-journal-that-hangs-is-not-alive", test_journal_that_hangs);
  return g_test_run ();
}
