// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The kernel's watchdog: it bites a kiosk that hangs, and lets one go that ends.

#include <signal.h>
#include <string.h>

#include "tests/rig/rig.h"

#define CONFIG   RIG_CAMERA RIG_PANEL "[watchdog]\nsource = device:/dev/watchdog0\n"
#define READY_MS 15000
#define BITE_MS  40000 // 30 s without a ping

static void
open_entrance (Rig *rig)
{
  rig_forget_disk (rig);
  rig_boot (rig);
  rig_visitor_steps_back (rig);
  rig_start_kiosk (rig, CONFIG, FALSE);
  rig_says (rig, "kiosk", "camera: ready", READY_MS);
}

static void
test_orderly_end (gconstpointer data)
{
  Rig *rig = (Rig *) data;
  open_entrance (rig);
  rig_signal (rig, "tramxanh", SIGTERM);
  g_assert_cmpint (rig_wait_for_end (rig, "kiosk", 5000), ==, 0);
  g_autofree char *console = rig_read_log (rig, "console");
  g_assert_null (strstr (console, "did not stop"));
  rig_shut_down (rig);
}

static void
test_killed (gconstpointer data)
{
  Rig *rig = (Rig *) data;
  open_entrance (rig);
  rig_signal (rig, "tramxanh", SIGKILL);
  rig_kernel_says (rig, "watchdog did not stop", READY_MS); // and bites, unless it is started again
  rig_shut_down (rig);
}

static void
test_hangs (gconstpointer data)
{
  Rig *rig = (Rig *) data;
  open_entrance (rig);
  rig_signal (rig, "tramxanh", SIGSTOP);
  rig_kernel_says (rig, "softdog: Triggered", BITE_MS);
  rig_shut_down (rig);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  const char *why = NULL;
  g_autoptr (Rig) rig = rig_new (&why);
  if (rig == NULL) {
    g_print ("%s\n", why);
    return 77;
  }
  g_test_add_data_func ("/rig/watchdog/lets-a-kiosk-go-that-ends", rig, test_orderly_end);
  g_test_add_data_func ("/rig/watchdog/stays-armed-when-it-is-killed", rig, test_killed);
  g_test_add_data_func ("/rig/watchdog/bites-a-kiosk-that-hangs", rig, test_hangs);
  return g_test_run ();
}
