// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the service manager hears, and what a device would get. A real device bites in
// tests/rig/test-watchdog.c.

#include "hw/hw-watchdog.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "tests/fakes/fake-manager.h"

static void
test_manager (void)
{
  g_autoptr (FakeManager) manager = fake_manager_new (3000000);
  HwWatchdog *watchdog = hw_watchdog_new (NULL);
  g_assert_cmpuint (hw_watchdog_get_period_ms (watchdog), ==, 1000);
  g_autofree char *silence = fake_manager_read (manager);
  g_assert_cmpstr (silence, ==, "");
  hw_watchdog_tell (watchdog, "running");
  g_autofree char *ready = fake_manager_read (manager);
  g_assert_cmpstr (ready, ==, "READY=1\nSTATUS=running\n");
  hw_watchdog_ping (watchdog);
  hw_watchdog_tell (watchdog, "stuck");
  g_autofree char *ping = fake_manager_read (manager);
  g_assert_cmpstr (ping, ==, "WATCHDOG=1\nSTATUS=stuck\n");
  g_assert_finalize_object (watchdog);
  g_autofree char *end = fake_manager_read (manager);
  g_assert_cmpstr (end, ==, "STOPPING=1\n");
}

static void
test_nobody_watches (void)
{
  HwWatchdog *watchdog = hw_watchdog_new (NULL);
  g_assert_cmpuint (hw_watchdog_get_period_ms (watchdog), ==, HW_WATCHDOG_PERIOD_MS);
  hw_watchdog_tell (watchdog, "running");
  hw_watchdog_ping (watchdog);
  g_assert_finalize_object (watchdog);
}

static void
test_device (void)
{
  g_autofree char *folder = g_dir_make_tmp ("tramxanh-watchdog-XXXXXX", NULL);
  g_autofree char *device = g_build_filename (folder, "watchdog", NULL);
  HwWatchdog *watchdog = hw_watchdog_new (device);
  g_autofree char *problem = hw_watchdog_dup_problem (watchdog);
  g_assert_nonnull (problem);
  g_assert_true (g_file_set_contents (device, "", 0, NULL));
  hw_watchdog_ping (watchdog); // it has come
  g_assert_null (hw_watchdog_dup_problem (watchdog));
  g_assert_finalize_object (watchdog);
  g_autofree char *last_words = NULL;
  g_assert_true (g_file_get_contents (device, &last_words, NULL, NULL));
  g_assert_cmpstr (last_words, ==, "V");
  g_assert_cmpint (g_remove (device), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hw/watchdog/tells-the-service-manager", test_manager);
  g_test_add_func ("/hw/watchdog/works-when-nobody-watches", test_nobody_watches);
  g_test_add_func ("/hw/watchdog/finds-a-device-late-and-disarms-it-at-the-end", test_device);
  return g_test_run ();
}
