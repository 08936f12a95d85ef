// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The real kiosk at a real entrance: camera, panel and disk are the kernel's.

#include <signal.h>
#include <string.h>

#include "tests/rig/rig.h"

#define CARD     "079090012345||Nguyễn Văn An|15081990|Nam|Hà Tĩnh|10052021"
#define ANOTHER  "042303000017||Trần Thị Ba|21032003|Nữ|Hà Tĩnh|14082021"
#define READY_MS 60000

#define SCREEN_FILLED   0.5   // an answer
#define STRIP_OF_SCREEN 0.008 // what staff should see to

static void
open_entrance (Rig *rig, gboolean with_screen)
{
  rig_forget_disk (rig);
  rig_boot (rig);
  rig_plug (rig, "printer");
  rig_visitor_steps_back (rig);
  rig_start_kiosk (rig, RIG_CAMERA RIG_PANEL RIG_PRINTER "slip = always\n", with_screen);
  rig_line_turns (rig, "RELAY", FALSE, READY_MS); // the kiosk holds the panel
  rig_says (rig, "kiosk", "camera: ready", READY_MS);
}

static void
assert_records (Rig *rig, const char *wanted)
{
  int status = -1;
  rig_signal (rig, "tramxanh", SIGTERM);
  g_assert_cmpint (rig_wait_for_end (rig, "kiosk", READY_MS), ==, 0);
  g_autofree char *verdict =
      rig_ask_ctl (rig, "journal --state " RIG_STATE "/tramxanh verify", &status);
  g_assert_cmpint (status, ==, 0);
  g_autofree char *stats =
      rig_ask_ctl (rig, "journal --state " RIG_STATE "/tramxanh stats --json", &status);
  if (strstr (stats, wanted) == NULL)
    g_error ("%s is not in %s", wanted, stats);
}

static void
test_card_turns_the_lamp_green (Rig *rig)
{
  open_entrance (rig, TRUE);
  rig_visitor_shows (rig, DEMO_PROP_CARD, CARD);
  gint64 green_us = rig_line_turns (rig, "GREEN", TRUE, READY_MS);
  g_test_message ("first frame to line: %.1f ms", (double) (green_us - rig_shown_us (rig)) / 1000);
  rig_line_turns (rig, "RELAY", TRUE, READY_MS);
  g_assert_false (rig_line_is_high (rig, "RED"));
  rig_says (rig, "kiosk", "slip 1: printed", READY_MS);
  g_assert_cmpuint (rig_count_slips (rig), ==, 1);
  rig_visitor_steps_back (rig);
  rig_line_turns (rig, "GREEN", FALSE, READY_MS);
  rig_line_turns (rig, "RELAY", FALSE, READY_MS);
  assert_records (rig, "\"visit-open\":1");
  rig_shut_down (rig);
}

static void
test_no_paper_is_told_to_staff_only (Rig *rig)
{
  rig_forget_disk (rig);
  rig_boot (rig);
  rig_plug (rig, "printer");
  rig_visitor_steps_back (rig);
  rig_start_kiosk (rig, RIG_CAMERA RIG_PANEL RIG_PRINTER, TRUE);
  rig_says (rig, "kiosk", "printer: ready", READY_MS);
  g_assert_cmpfloat (rig_look (rig, "rig-waiting", "amber"), <, STRIP_OF_SCREEN / 10);
  rig_paper_runs_out (rig);
  rig_says (rig, "kiosk", "printer: paper-out", READY_MS);
  rig_screen_turns (rig, "rig-paper-out", "amber", STRIP_OF_SCREEN);
  rig_visitor_shows (rig, DEMO_PROP_CARD, ANOTHER);
  rig_line_turns (rig, "GREEN", TRUE, READY_MS);
  rig_screen_turns (rig, "rig-welcome", "green", SCREEN_FILLED);
  rig_paper_is_put_in (rig);
  rig_says (rig, "kiosk", "printer: ready", READY_MS);
  assert_records (rig, "\"visit-open\":1");
  rig_shut_down (rig);
}

int
main (int argc, char **argv)
{
  static const RigTest tests[] = {
    { "/rig/entrance/a-card-turns-the-lamp-green-and-prints-one-slip",
      test_card_turns_the_lamp_green },
    { "/rig/entrance/no-paper-is-told-to-staff-and-keeps-nobody-out",
      test_no_paper_is_told_to_staff_only },
  };
  return rig_main (argc, argv, tests, G_N_ELEMENTS (tests));
}
