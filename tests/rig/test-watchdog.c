// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The kernel's watchdog: it bites a kiosk that hangs, and lets one go that ends.

#include <signal.h>
#include <string.h>

#include "tests/rig/rig.h"

#define CONFIG   RIG_CAMERA RIG_PANEL "[watchdog]\nsource = device:/dev/watchdog0\n"
#define READY_MS 60000
#define BITE_MS  90000 // 30 s without a ping, on a busy machine

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
test_orderly_end (Rig *rig)
{
  open_entrance (rig);
  rig_signal (rig, "tramxanh", SIGTERM);
  g_assert_cmpint (rig_wait_for_end (rig, "kiosk", READY_MS), ==, 0);
  g_autofree char *console = rig_read_log (rig, "console");
  g_assert_null (strstr (console, "did not stop"));
  rig_shut_down (rig);
}

static void
test_killed (Rig *rig)
{
  open_entrance (rig);
  rig_signal (rig, "tramxanh", SIGKILL);
  rig_kernel_says (rig, "watchdog did not stop", READY_MS); // and bites, unless it is started again
  rig_shut_down (rig);
}

static void
test_hangs (Rig *rig)
{
  open_entrance (rig);
  rig_signal (rig, "tramxanh", SIGSTOP);
  rig_kernel_says (rig, "softdog: Triggered", BITE_MS);
  rig_shut_down (rig);
}

int
main (int argc, char **argv)
{
  static const RigTest tests[] = {
    { "/rig/watchdog/lets-a-kiosk-go-that-ends", test_orderly_end },
    { "/rig/watchdog/stays-armed-when-it-is-killed", test_killed },
    { "/rig/watchdog/bites-a-kiosk-that-hangs", test_hangs },
  };
  return rig_main (argc, argv, tests, G_N_ELEMENTS (tests));
}
