// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A scanner that types, on the kernel's keyboards: one is the kiosk's alone, the other nobody's
// business.

#include <signal.h>
#include <string.h>

#include "tests/rig/rig.h"

#define CARD      "079090012345||Nguyễn Văn An|15081990|Nam|Hà Tĩnh|10052021"
#define ANOTHER   "042303000017||Trần Thị Ba|21032003|Nữ|Hà Tĩnh|14082021"
#define THIRD     "079090012346||Nguyễn Văn Tư|16081990|Nam|Hà Tĩnh|10052021"
#define READY_MS  15000
#define SCANS_MAX 6
#define SCAN_MS   1500 // an answer is there by then, and still shown
#define HEAL_MS   10000

static void
open_entrance (Rig *rig, gboolean with_screen)
{
  rig_forget_disk (rig);
  rig_boot (rig);
  rig_plug (rig, "scanner");
  rig_visitor_steps_back (rig);
  rig_start_kiosk (rig, RIG_CAMERA RIG_PANEL RIG_SCANNER, with_screen);
  rig_says (rig, "kiosk", "scanner: ready", READY_MS);
  rig_says (rig, "kiosk", "camera: ready", READY_MS);
}

// Ends the kiosk; its journal has so many visits.
static void
close_entrance (Rig *rig, guint n_visits)
{
  int status = -1;
  rig_signal (rig, "tramxanh", SIGTERM);
  g_assert_cmpint (rig_wait_for_end (rig, "kiosk", 5000), ==, 0);
  g_autofree char *list =
      rig_ask_ctl (rig, "journal --state " RIG_STATE "/tramxanh list --json", &status);
  g_auto (GStrv) visits = g_strsplit (list, "\"visit-open\"", -1);
  g_assert_cmpuint (g_strv_length (visits) - 1, ==, n_visits);
  rig_shut_down (rig);
}

static void
test_takes_typed_cards (Rig *rig)
{
  open_entrance (rig, TRUE);
  rig_visitor_types_on (rig, "scanner", CARD "\n");
  rig_line_turns (rig, "GREEN", TRUE, READY_MS);
  rig_line_turns (rig, "RELAY", TRUE, READY_MS);
  rig_says (rig, "kiosk", "decided: welcome", READY_MS);
  g_assert_cmpuint (rig_count_rises (rig, "GREEN"), ==, 1);
  rig_visitor_types_on (rig, "scanner", ANOTHER "\n" THIRD "\n"); // no pause in between
  rig_says (rig, "kiosk", "decided: welcome", READY_MS);
  rig_says (rig, "kiosk", "decided: welcome", READY_MS);
  close_entrance (rig, 3);
}

static void
test_hears_no_other_keyboard (Rig *rig)
{
  int status = -1;
  open_entrance (rig, FALSE);
  rig_visitor_types_on (rig, "keyboard", CARD "\n");
  // What all processes have open, by the kernel's account: one keyboard, the scanner.
  g_autofree char *open_nodes = rig_run (rig,
                                         "for n in $(ls -l /proc/[0-9]*/fd 2>/dev/null |"
                                         " sed -n 's|.*/dev/input/||p');"
                                         " do cat /sys/class/input/$n/device/name; done",
                                         &status);
  g_assert_cmpstr (open_nodes, ==, "Rig Scanner\n");
  rig_visitor_types_on (rig, "scanner", ANOTHER "\n");
  rig_says (rig, "kiosk", "decided: welcome", READY_MS);
  close_entrance (rig, 1);
}

static void
test_keeps_its_keys_to_itself (Rig *rig)
{
  int status = -1;
  open_entrance (rig, FALSE);
  // Whoever else listens to the same node, as a compositor or a logger would, hears nothing.
  rig_start (rig, "listener",
             "n=$(grep -l 'Rig Scanner' /sys/class/input/event*/device/name | cut -d/ -f5);"
             "echo listening; timeout 3 od -An -tx1 /dev/input/$n; echo over");
  rig_says (rig, "listener", "listening", READY_MS);
  rig_visitor_types_on (rig, "scanner", CARD "\n");
  rig_says (rig, "kiosk", "decided: welcome", READY_MS);
  rig_says (rig, "listener", "over", READY_MS);
  g_autofree char *heard = rig_read_log (rig, "listener");
  g_assert_cmpstr (heard, ==, "listening\nover\n");
  g_autofree char *verdict =
      rig_ask_ctl (rig, "doctor --config /run/scratch/tramxanh.conf", &status);
  g_assert_nonnull (strstr (verdict, "another program holds the scanner"));
  close_entrance (rig, 1);
}

static void
test_refuses_bad_barcodes (Rig *rig)
{
  open_entrance (rig, FALSE);
  rig_visitor_types_on (rig, "scanner", "079090012345\x12|An\n"); // Ctrl+R
  rig_says (rig, "kiosk", "scanner: refused: control", READY_MS);
  rig_says (rig, "kiosk", "decided: unreadable", READY_MS);
  rig_line_turns (rig, "RED", TRUE, 1000);
  g_autofree char *endless = g_strnfill (4400, '7');
  for (guint i = 0; i < 4; i++) { // in pieces: the wire to the guest takes lines of some length
    g_autofree char *piece = g_strndup (endless, 1100);
    rig_visitor_types_on (rig, "scanner", piece);
  }
  rig_visitor_types_on (rig, "scanner", "\n");
  rig_says (rig, "kiosk", "scanner: refused: too-long", READY_MS);
  rig_visitor_types_on (rig, "scanner", "07909001"); // and no end
  rig_says (rig, "kiosk", "scanner: refused: cut", READY_MS);
  rig_visitor_types_on (rig, "scanner", CARD "\n");
  rig_says (rig, "kiosk", "decided: welcome", READY_MS);
  close_entrance (rig, 1);
}

static void
test_goes_and_returns (Rig *rig)
{
  open_entrance (rig, FALSE);
  rig_visitor_types_on (rig, "scanner", "0790900");
  rig_unplug (rig, "scanner");
  rig_says (rig, "kiosk", "gone", HEAL_MS);
  rig_plug (rig, "scanner");
  rig_says (rig, "kiosk", "scanner: ready", HEAL_MS);
  rig_visitor_types_on (rig, "scanner", CARD "\n"); // nothing of the half before it
  rig_says (rig, "kiosk", "decided: welcome", READY_MS);
  close_entrance (rig, 1);
}

// While the kiosk does not listen, the kernel drops keys: the code must not come out shorter.
static void
test_late_kiosk (Rig *rig)
{
  open_entrance (rig, FALSE);
  rig_signal (rig, "tramxanh", SIGSTOP);
  rig_visitor_types_on (rig, "scanner", CARD "\n");
  rig_signal (rig, "tramxanh", SIGCONT);
  rig_says (rig, "kiosk", "scanner: refused: cut", READY_MS);
  // The visitor is asked to scan again; a busy machine may be too late once more.
  for (guint i = 0; i < SCANS_MAX && rig_count_rises (rig, "GREEN") == 0; i++) {
    rig_visitor_types_on (rig, "scanner", CARD "\n");
    rig_wait (rig, SCAN_MS);
  }
  rig_line_turns (rig, "GREEN", TRUE, READY_MS);
  close_entrance (rig, 1);
}

int
main (int argc, char **argv)
{
  static const RigTest tests[] = {
    { "/rig/wedge/takes-cards-that-a-scanner-types", test_takes_typed_cards },
    { "/rig/wedge/hears-no-other-keyboard", test_hears_no_other_keyboard },
    { "/rig/wedge/nobody-else-hears-the-scanner", test_keeps_its_keys_to_itself },
    { "/rig/wedge/refuses-bad-barcodes", test_refuses_bad_barcodes },
    { "/rig/wedge/a-scanner-that-returns-is-heard-again", test_goes_and_returns },
    { "/rig/wedge/a-code-that-came-too-fast-is-refused", test_late_kiosk },
  };
  return rig_main (argc, argv, tests, G_N_ELEMENTS (tests));
}
