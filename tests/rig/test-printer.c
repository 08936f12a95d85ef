// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Slips out of a USB printer that runs out of paper, is pulled out, or says nothing. Whatever it
// does, people get in.

#include <signal.h>
#include <string.h>

#include "tests/rig/rig.h"

#define READY_MS     60000
#define SLIP_MS      60000
#define BUTTON_MS    10000 // for how long a press prints the last visitor's slip
#define LEANINGS     8
#define LEANINGS_MAX 40   // a machine that is so slow proves nothing
#define PAUSE_MS     2000 // between two slips for one visitor

static void
visitor_comes (Rig *rig, guint number)
{
  g_autofree char *card =
      g_strdup_printf ("042090%06u||Nguyễn Văn Thử|15081990|Nam|Hà Tĩnh|10052021", number);
  guint n_rises = rig_count_rises (rig, "GREEN");
  rig_visitor_shows (rig, DEMO_PROP_PHONE, card);
  rig_wait_for_rises (rig, "GREEN", n_rises + 1, READY_MS);
}

static void
assert_is_a_pass (Rig *rig, guint i)
{
  g_autofree char *code = rig_read_slip (rig, i);
  g_assert_nonnull (code);
  rig_write_file (rig, "code", code);
  int status = -1;
  g_autofree char *kind = rig_run (
      rig, "exec " TX_BINARY_DIR "/kiosk/ctl/tramxanhctl read --json </run/scratch/code", &status);
  g_assert_nonnull (strstr (kind, "pass"));
}

static void
test_button (Rig *rig)
{
  guint n_before = rig_count_slips (rig);
  rig_open_entrance (rig, RIG_CAMERA RIG_PANEL RIG_PRINTER);
  rig_press (rig, "PRINT", 100); // nobody was there yet
  visitor_comes (rig, 1);
  gint64 came_us = g_get_monotonic_time ();
  int status = -1;
  g_free (rig_run (rig, "date --set '1 hour ago'", &status)); // a second is a second
  g_assert_cmpint (status, ==, 0);
  rig_press (rig, "PRINT", 100);
  rig_wait_for_slips (rig, n_before + 1, SLIP_MS);
  rig_says (rig, "kiosk", "slip 1: printed", SLIP_MS);
  g_assert_true (rig_line_is_high (rig, "POWER"));
  g_assert_cmpuint (rig_count_rises (rig, "TRIGGER"), ==, 1);
  rig_line_turns (rig, "TRIGGER", FALSE, READY_MS);
  assert_is_a_pass (rig, n_before);
  rig_save_slip (rig, n_before, TX_BINARY_DIR "/screenshots/rig-slip.png");
  gint64 since_ms = (g_get_monotonic_time () - came_us) / 1000;
  rig_wait (rig, (guint) MAX (0, BUTTON_MS + 500 - since_ms));
  rig_press (rig, "PRINT", 100); // too late
  visitor_comes (rig, 2);
  rig_press (rig, "PRINT", 100);
  rig_wait_for_slips (rig, n_before + 2, SLIP_MS);
  rig_close_entrance (rig);
  rig_shut_down (rig);
  g_assert_cmpuint (rig_count_slips (rig), ==, n_before + 2);
}

static void
test_paper_out (Rig *rig)
{
  guint n_before = rig_count_slips (rig);
  rig_open_entrance (rig, RIG_CAMERA RIG_PANEL RIG_PRINTER "slip = always\n");
  visitor_comes (rig, 1);
  rig_says (rig, "kiosk", "slip 1: printed", SLIP_MS);
  rig_paper_runs_out (rig);
  visitor_comes (rig, 2); // its slip waits here, or lies in the printer already
  rig_says (rig, "kiosk", "printer: paper-out", SLIP_MS);
  visitor_comes (rig, 3); // gets in, as the green line just said
  rig_paper_is_put_in (rig);
  rig_wait_for_slips (rig, n_before + 3, SLIP_MS);
  visitor_comes (rig, 4);
  rig_wait_for_slips (rig, n_before + 4, SLIP_MS); // each once
  rig_close_entrance (rig);
  rig_shut_down (rig);
}

static void
test_pulled_out (Rig *rig)
{
  guint n_before = rig_count_slips (rig);
  rig_open_entrance (rig, RIG_CAMERA RIG_PANEL RIG_PRINTER "slip = always\n");
  visitor_comes (rig, 1);
  rig_says (rig, "kiosk", "slip 1: printed", SLIP_MS);
  rig_unplug (rig, "printer");
  visitor_comes (rig, 2);
  rig_says (rig, "kiosk", "printer: missing", SLIP_MS);
  rig_plug (rig, "printer");
  rig_says (rig, "kiosk", "slip 2: printed", SLIP_MS); // waited for less than a minute
  g_assert_cmpuint (rig_count_slips (rig), ==, n_before + 2);
  rig_close_entrance (rig);
  rig_shut_down (rig);
}

static void
test_held_by_another (Rig *rig)
{
  guint n_before = rig_count_slips (rig);
  rig_forget_disk (rig);
  rig_boot (rig);
  rig_plug (rig, "printer");
  // As a print service would.
  rig_start (rig, "holder",
             "until [ -c /dev/usb/lp0 ]; do :; done; exec 3<>/dev/usb/lp0; echo holds; "
             "exec tail -f /dev/null");
  rig_says (rig, "holder", "holds", READY_MS);
  rig_visitor_steps_back (rig);
  rig_start_kiosk (rig, RIG_CAMERA RIG_PANEL RIG_PRINTER "slip = always\n", FALSE);
  rig_says (rig, "kiosk", "printer: busy", READY_MS);
  visitor_comes (rig, 1);
  rig_signal (rig, "tail", SIGKILL);
  rig_says (rig, "kiosk", "slip 1: printed", SLIP_MS);
  g_assert_cmpuint (rig_count_slips (rig), ==, n_before + 1);
  rig_close_entrance (rig);
  rig_shut_down (rig);
}

static void
test_takes_nothing (Rig *rig)
{
  guint n_before = rig_count_slips (rig);
  rig_open_entrance (rig, RIG_CAMERA RIG_PANEL RIG_PRINTER "slip = always\n");
  visitor_comes (rig, 1);
  rig_says (rig, "kiosk", "slip 1: printed", SLIP_MS);
  rig_printer_takes (rig, FALSE);
  visitor_comes (rig, 2);
  rig_says (rig, "kiosk", "printer: offline", READY_MS);
  visitor_comes (rig, 3); // nobody waits for it
  rig_printer_takes (rig, TRUE);
  rig_says (rig, "kiosk", "printer: ready", READY_MS);
  visitor_comes (rig, 4);
  rig_says (rig, "kiosk", "slip 4: printed", SLIP_MS);
  g_assert_cmpuint (rig_count_slips (rig), <=, n_before + 4); // none twice
  rig_close_entrance (rig);
  rig_shut_down (rig);
}

static void
test_wants_a_hand (Rig *rig)
{
  guint n_before = rig_count_slips (rig);
  rig_open_entrance (rig, RIG_CAMERA RIG_PANEL RIG_PRINTER "slip = always\n");
  rig_says (rig, "kiosk", "printer: ready", READY_MS);
  rig_printer_is_opened (rig, TRUE);
  rig_says (rig, "kiosk", "printer: cover-open", READY_MS);
  visitor_comes (rig, 1); // the slip waits, nobody else does
  rig_printer_is_opened (rig, FALSE);
  rig_says (rig, "kiosk", "slip 1: printed", SLIP_MS);
  rig_printer_jams (rig, TRUE);
  rig_says (rig, "kiosk", "printer: failed", READY_MS);
  visitor_comes (rig, 2);
  rig_printer_jams (rig, FALSE);
  rig_says (rig, "kiosk", "slip 2: printed", SLIP_MS);
  g_assert_cmpuint (rig_count_slips (rig), ==, n_before + 2);
  rig_close_entrance (rig);
  rig_shut_down (rig);
}

// A button that somebody leans on: one slip each two seconds at most, however slow the machine is.
static void
test_held_button (Rig *rig)
{
  guint n_before = rig_count_slips (rig), n_presses = 0;
  rig_open_entrance (rig, RIG_CAMERA RIG_PANEL RIG_PRINTER);
  rig_says (rig, "kiosk", "printer: ready", READY_MS);
  visitor_comes (rig, 1);
  gint64 began_us = g_get_monotonic_time ();
  guint n_pauses = 1; // what is pressed soon may be seen late
  for (; n_presses < LEANINGS_MAX && (n_presses < LEANINGS || n_presses <= 1 + n_pauses);
       n_presses++) {
    rig_press (rig, "PRINT", 60);
    rig_wait (rig, 60);
    n_pauses = 1 + (guint) ((g_get_monotonic_time () - began_us) / 1000 / PAUSE_MS);
  }
  rig_wait_for_slips (rig, n_before + 1, SLIP_MS);
  rig_close_entrance (rig);
  g_test_message ("%u presses, %u pauses", n_presses, n_pauses);
  g_assert_cmpuint (rig_count_slips (rig), <=, n_before + 1 + n_pauses);
  rig_shut_down (rig);
}

static void
test_doctor (Rig *rig)
{
  int status = -1;
  rig_forget_disk (rig);
  rig_boot (rig);
  rig_plug (rig, "printer");
  g_free (rig_run (rig, "until [ -c /dev/usb/lp0 ]; do :; done", &status)); // it is known
  rig_write_file (rig, "doctor.conf", RIG_PRINTER);
  rig_paper_runs_out (rig);
  g_autofree char *empty = rig_ask_ctl (rig, "doctor --config /run/scratch/doctor.conf", &status);
  g_assert_nonnull (strstr (empty, "out of paper"));
  rig_paper_is_put_in (rig);
  g_autofree char *full = rig_ask_ctl (rig, "doctor --config /run/scratch/doctor.conf", &status);
  g_assert_nonnull (strstr (full, "printer  ok"));
  rig_unplug (rig, "printer");
  g_autofree char *gone = rig_ask_ctl (rig, "doctor --config /run/scratch/doctor.conf", &status);
  g_assert_nonnull (strstr (gone, "no such printer"));
  rig_shut_down (rig);
}

static void
test_silent (Rig *rig)
{
  guint n_before = rig_count_slips (rig);
  rig_printer_falls_silent (rig);
  rig_open_entrance (rig, RIG_CAMERA RIG_PANEL RIG_PRINTER "slip = always\n");
  visitor_comes (rig, 1);
  rig_says (rig, "kiosk", "slip 1: sent, unconfirmed", SLIP_MS);
  rig_wait_for_slips (rig, n_before + 1, SLIP_MS);
  rig_close_entrance (rig);
  rig_shut_down (rig);
}

static void
test_power_cut (Rig *rig)
{
  guint n_before = rig_count_slips (rig);
  rig_open_entrance (rig, RIG_CAMERA RIG_PANEL RIG_PRINTER "slip = always\n");
  visitor_comes (rig, 1); // the printer has some of the slip, all, or nothing
  rig_cut_power (rig);
  rig_printer_is_reset (rig);
  rig_boot (rig);
  rig_plug (rig, "printer");
  rig_visitor_steps_back (rig);
  rig_start_kiosk (rig, RIG_CAMERA RIG_PANEL RIG_PRINTER "slip = always\n", FALSE);
  rig_says (rig, "kiosk", "printer: ready", READY_MS);
  visitor_comes (rig, 2);
  rig_says (rig, "kiosk", "slip 1: printed", SLIP_MS); // the first of this life
  g_assert_cmpuint (rig_count_slips (rig), <=, n_before + 2);
  rig_close_entrance (rig);
  rig_shut_down (rig);
}

int
main (int argc, char **argv)
{
  static const RigTest tests[] = {
    { "/rig/printer/a-press-prints-for-the-last-visitor-and-not-too-late", test_button },
    { "/rig/printer/no-paper-keeps-nobody-out-and-prints-nothing-twice", test_paper_out },
    { "/rig/printer/one-that-is-pulled-out-and-back-prints-on", test_pulled_out },
    { "/rig/printer/a-power-cut-prints-nothing-twice", test_power_cut },
    { "/rig/printer/one-that-another-program-holds-is-waited-for", test_held_by_another },
    { "/rig/printer/one-that-takes-nothing-holds-nobody-up", test_takes_nothing },
    { "/rig/printer/one-that-wants-a-hand-says-so-and-prints-on", test_wants_a_hand },
    { "/rig/printer/a-button-that-is-leaned-on-prints-no-roll", test_held_button },
    { "/rig/printer/the-doctor-says-what-is-the-matter", test_doctor },
    { "/rig/printer/one-that-says-nothing-prints-unconfirmed", test_silent },
  };
  return rig_main (argc, argv, tests, G_N_ELEMENTS (tests));
}
