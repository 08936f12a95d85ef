// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The installer's tool on real lines and a real printer: beside a kiosk, and without one.

#include <signal.h>
#include <string.h>

#include "tests/rig/rig.h"

#define READY_MS 60000
#define CTL      TX_BINARY_DIR "/kiosk/ctl/tramxanhctl "
#define CONFIG   " --config /run/scratch/tramxanh.conf"

static void
assert_says (Rig *rig, const char *words, int wanted, const char *says)
{
  int status = -1;
  g_autofree char *answer = rig_ask_ctl (rig, words, &status);
  if (status != wanted || strstr (answer, says) == NULL)
    g_error ("%s: %d, %s", words, status, answer);
}

static void
test_by_hand (Rig *rig)
{
  rig_forget_disk (rig);
  rig_boot (rig);
  rig_write_file (rig, "tramxanh.conf", RIG_PANEL RIG_PRINTER);
  rig_start (rig, "light", CTL "light amber --for-s 1" CONFIG);
  rig_line_turns (rig, "AMBER", TRUE, READY_MS);
  g_assert_false (rig_line_is_high (rig, "GREEN"));
  rig_line_turns (rig, "AMBER", FALSE, READY_MS);
  g_assert_cmpint (rig_wait_for_end (rig, "light", READY_MS), ==, 0);
  g_assert_cmpuint (rig_count_rises (rig, "RELAY"), ==, 0); // a light opens no door

  assert_says (rig, "light green --for-s 1" CONFIG, 0, "");
  g_assert_cmpuint (rig_count_rises (rig, "GREEN"), ==, 1);
  assert_says (rig, "buzz twice" CONFIG, 0, "");
  g_assert_cmpuint (rig_count_rises (rig, "BUZZER"), ==, 2);
  assert_says (rig, "light off" CONFIG, 0, "");
  g_assert_cmpuint (rig_count_rises (rig, "RELAY"), ==, 0);

  assert_says (rig, "print --test" CONFIG, 1, "missing; check its cable");
  rig_plug (rig, "printer");
  assert_says (rig, "print --test" CONFIG, 0, "printed");
  rig_wait_for_slips (rig, 1, READY_MS);
  g_autofree char *code = rig_read_slip (rig, 0);
  g_assert_cmpstr (code, ==, "THỬ MÁY IN");
  rig_shut_down (rig);
}

static void
test_beside_a_kiosk (Rig *rig)
{
  rig_forget_disk (rig);
  rig_boot (rig);
  rig_visitor_steps_back (rig);
  rig_start_kiosk (rig, RIG_CAMERA RIG_PANEL, FALSE);
  rig_says (rig, "kiosk", "panel: ready", READY_MS);
  rig_says (rig, "kiosk", "camera: ready", READY_MS);
  assert_says (rig, "light green" CONFIG, 1, "green is used by 'tramxanh'; stop that program");
  assert_says (rig, "buzz" CONFIG, 1, "is used by 'tramxanh'; stop that program");
  assert_says (rig, "gpio" CONFIG, 0, "[rig-panel]  panel.source");
  assert_says (rig, "gpio" CONFIG, 0, "GREEN            output used by 'tramxanh'  panel: green");
  g_assert_cmpuint (rig_count_rises (rig, "GREEN"), ==, 0);
  rig_signal (rig, "tramxanh", SIGTERM);
  g_assert_cmpint (rig_wait_for_end (rig, "kiosk", READY_MS), ==, 0);
  assert_says (rig, "gpio" CONFIG, 0, "PRINT            input   panel: print");
  rig_write_file (rig, "tramxanh.conf", "[panel]\nsource = gpio:rig-panel\nlines = green=GRN\n");
  assert_says (rig, "gpio" CONFIG, 1, "chip 'rig-panel' has no line for 'green'");
  // A pass of this box is worth something at its entrance.
  int status = -1;
  g_autofree char *verdict =
      rig_run (rig,
               CTL "pass issue --state " RIG_STATE "/tramxanh >/run/pass && " CTL
                   "pass verify --state " RIG_STATE "/tramxanh </run/pass",
               &status);
  g_assert_cmpstr (verdict, ==, "valid\n");
  g_assert_cmpint (status, ==, 0);
  rig_shut_down (rig);
}

int
main (int argc, char **argv)
{
  static const RigTest tests[] = {
    { "/rig/ctl/tries-each-device-by-hand", test_by_hand },
    { "/rig/ctl/leaves-a-kiosk-its-lines", test_beside_a_kiosk },
  };
  return rig_main (argc, argv, tests, G_N_ELEMENTS (tests));
}
