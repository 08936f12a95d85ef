// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The kernel's clock: set by a time service, once, later, and all the time.

#include <signal.h>
#include <string.h>

#include "kiosk/entrance/entrance-timekeeper.h"
#include "tests/rig/rig.h"

#define READY_MS 60000

static void
set_clock (Rig *rig, const char *how)
{
  int status = -1;
  g_autofree char *command = g_strconcat (TX_BINARY_DIR "/tests/rig/set-clock ", how, NULL);
  g_autofree char *said = rig_run (rig, command, &status);
  g_assert_cmpint (status, ==, 0);
  g_assert_cmpstr (said, ==, "set\n");
}

static guint
count_fixes (Rig *rig)
{
  int status = -1;
  g_autofree char *stats =
      rig_ask_ctl (rig, "journal --state " RIG_STATE "/tramxanh stats --json", &status);
  g_assert_cmpint (status, ==, 0);
  const char *number = strstr (stats, "\"clock-fix\":");
  return number != NULL ? (guint) g_ascii_strtoull (number + strlen ("\"clock-fix\":"), NULL, 10)
                        : 0;
}

static void
test_is_told (Rig *rig)
{
  rig_open_entrance (rig, RIG_CAMERA RIG_PANEL);
  g_assert_cmpuint (count_fixes (rig), ==, 0); // nobody vouched for it
  set_clock (rig, "0");
  rig_says (rig, "kiosk", "clock: right to", ENTRANCE_TIMEKEEPER_LOOK_MS + READY_MS);
  rig_wait (rig, ENTRANCE_TIMEKEEPER_PAUSE_MS);
  set_clock (rig, "3600");
  rig_says (rig, "kiosk", "clock: right to", READY_MS);
  g_assert_cmpuint (count_fixes (rig), ==, 2);

  set_clock (rig, "1800 3001"); // for three seconds
  rig_says (rig, "kiosk", "clock: right to", ENTRANCE_TIMEKEEPER_PAUSE_MS + READY_MS);
  g_assert_cmpuint (count_fixes (rig), ==, 3);
  rig_close_entrance (rig);
}

int
main (int argc, char **argv)
{
  static const RigTest tests[] = {
    { "/rig/clock/that-is-set-is-on-record", test_is_told },
  };
  return rig_main (argc, argv, tests, G_N_ELEMENTS (tests));
}
