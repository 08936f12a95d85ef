// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A scanner that types, on the kernel's keyboards: one is the kiosk's alone, the other nobody's
// business.

#include <signal.h>
#include <string.h>

#include "hw/hw-wedge.h"
#include "tests/rig/rig.h"

#define CARD      "079090012345||Nguyễn Văn An|15081990|Nam|Hà Tĩnh|10052021"
#define ANOTHER   "042303000017||Trần Thị Ba|21032003|Nữ|Hà Tĩnh|14082021"
#define ANY_CARD  "042090%06u||Nguyễn Văn Thử|15081990|Nam|Hà Tĩnh|10052021"
#define READY_MS  60000
#define SCANS_MAX 30
#define LOOK_MS   20
#define CUT       "scanner: refused: cut"
#define WELCOME   "decided: welcome"
#define HEAL_MS   60000

static guint
count_said (Rig *rig, const char *words)
{
  g_autofree char *log = rig_read_log (rig, "kiosk");
  guint n = 0;
  for (const char *at = log; (at = strstr (at, words)) != NULL; at++)
    n++;
  return n;
}

// Whatever else it said before or after.
static void
wait_for_word (Rig *rig, const char *words)
{
  gint64 until_us = g_get_monotonic_time () + READY_MS * 1000;
  while (count_said (rig, words) == 0) {
    g_assert_cmpint (g_get_monotonic_time (), <, until_us);
    rig_wait (rig, LOOK_MS);
  }
}

static void
open_entrance (Rig *rig, gboolean with_screen)
{
  rig_forget_disk (rig);
  rig_boot (rig);
  rig_plug (rig, "scanner");
  rig_visitor_steps_back (rig);
  rig_start_kiosk (rig, RIG_CAMERA RIG_PANEL RIG_SCANNER, with_screen);
  wait_for_word (rig, "journal: open"); // who scans before that is not heard
  wait_for_word (rig, "panel: ready");
  rig_says (rig, "kiosk", "scanner: ready", READY_MS);
  rig_says (rig, "kiosk", "camera: ready", READY_MS);
}

// Types @text until the kiosk said @words after it. A scanner waits for nobody: on a busy
// machine the kernel drops keys, the kiosk asks to scan again, and the visitor does.
static void
visitor_scans (Rig *rig, const char *text, const char *words)
{
  for (guint i = 0; i < SCANS_MAX; i++) {
    guint n_before = count_said (rig, words), n_cut = count_said (rig, CUT);
    gint64 until_us = g_get_monotonic_time () + READY_MS * 1000;
    rig_visitor_types_on (rig, "scanner", text);
    while (count_said (rig, words) == n_before && count_said (rig, CUT) == n_cut) {
      g_assert_cmpint (g_get_monotonic_time (), <, until_us);
      rig_wait (rig, LOOK_MS);
    }
    if (count_said (rig, words) > n_before)
      return;
    rig_wait (rig, HW_WEDGE_PATIENCE_MS); // the rest of it may be another code
  }
  g_error ("this machine drops keys of each of %u scans", SCANS_MAX);
}

// Ends the kiosk; its journal has so many visits, and whoever is in it was welcomed.
static void
close_entrance (Rig *rig, guint n_visits)
{
  int status = -1;
  rig_signal (rig, "tramxanh", SIGTERM);
  g_assert_cmpint (rig_wait_for_end (rig, "kiosk", READY_MS), ==, 0);
  g_autofree char *list =
      rig_ask_ctl (rig, "journal --state " RIG_STATE "/tramxanh list --json", &status);
  g_auto (GStrv) visits = g_strsplit (list, "\"visit-open\"", -1);
  g_assert_cmpuint (g_strv_length (visits) - 1, ==, n_visits);
  g_assert_cmpuint (count_said (rig, WELCOME), ==, n_visits);
  rig_shut_down (rig);
}

static void
test_takes_typed_cards (Rig *rig)
{
  guint n_visits = 1;
  open_entrance (rig, TRUE);
  visitor_scans (rig, CARD "\n", WELCOME);
  rig_wait_for_rises (rig, "GREEN", 1, READY_MS);
  rig_wait_for_rises (rig, "RELAY", 1, READY_MS);
  g_assert_cmpuint (rig_count_rises (rig, "GREEN"), ==, 1);
  // No pause in between: others each time, since of two who are cut one may be in already.
  for (guint i = 0, n_before = 1; n_visits < n_before + 2; i += 2) {
    g_assert_cmpuint (i, <, 2 * SCANS_MAX);
    g_autofree char *two = g_strdup_printf (ANY_CARD "\n" ANY_CARD "\n", i, i + 1);
    guint n_cut = count_said (rig, CUT);
    n_before = count_said (rig, WELCOME);
    rig_visitor_types_on (rig, "scanner", two);
    gint64 until_us = g_get_monotonic_time () + READY_MS * 1000;
    while (count_said (rig, WELCOME) < n_before + 2 && count_said (rig, CUT) == n_cut) {
      g_assert_cmpint (g_get_monotonic_time (), <, until_us);
      rig_wait (rig, LOOK_MS);
    }
    rig_wait (rig, HW_WEDGE_PATIENCE_MS);
    n_visits = count_said (rig, WELCOME);
  }
  close_entrance (rig, n_visits);
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
  visitor_scans (rig, ANOTHER "\n", WELCOME);
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
  visitor_scans (rig, CARD "\n", WELCOME);
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
  visitor_scans (rig, "079090012345\x12|An\n", "scanner: refused: control"); // Ctrl+R
  rig_wait_for_rises (rig, "RED", 1, READY_MS);
  visitor_scans (rig, "07909001", CUT); // and no end
  guint n_refused = count_said (rig, "scanner: refused: ");
  g_autofree char *endless = g_strnfill (4400, '7');
  for (guint i = 0; i < 4; i++) { // in pieces: the wire to the guest takes lines of some length
    g_autofree char *piece = g_strndup (endless, 1100);
    rig_visitor_types_on (rig, "scanner", piece);
  }
  rig_visitor_types_on (rig, "scanner", "\n");
  gint64 until_us = g_get_monotonic_time () + READY_MS * 1000;
  while (count_said (rig, "scanner: refused: ") == n_refused) { // too long, or it lost keys
    g_assert_cmpint (g_get_monotonic_time (), <, until_us);
    rig_wait (rig, LOOK_MS);
  }
  visitor_scans (rig, CARD "\n", WELCOME);
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
  visitor_scans (rig, CARD "\n", WELCOME); // nothing of the half before it
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
  visitor_scans (rig, CARD "\n", WELCOME);
  rig_wait_for_rises (rig, "GREEN", 1, READY_MS);
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
