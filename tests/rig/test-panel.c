// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The panel of a real kernel: lines that are busy or gone, contacts that bounce, a kiosk that dies.

#include <signal.h>
#include <string.h>

#include "tests/rig/rig.h"

#define CARD            "079090012345||Nguyễn Văn An|15081990|Nam|Hà Tĩnh|10052021"
#define ANOTHER         "042303000017||Trần Thị Ba|21032003|Nữ|Hà Tĩnh|14082021"
#define READY_MS        60000
#define BUTTON_MS       120000 // 30 s, and a look
#define N_FLAPS         20
#define FLICKER_MS      5
#define SEEN_MS         200
#define STRIP_OF_SCREEN 0.008

static const char *const outputs[] = { "GREEN", "AMBER", "RED", "BUZZER", "RELAY" };

static void
assert_all_off (Rig *rig)
{
  for (guint i = 0; i < G_N_ELEMENTS (outputs); i++)
    g_assert_false (rig_line_is_high (rig, outputs[i]));
}

static void
test_one_lamp_at_a_time (Rig *rig)
{
  rig_open_entrance (rig, RIG_CAMERA RIG_PANEL);
  rig_visitor_shows (rig, DEMO_PROP_PHONE, "https://example.org/menu");
  rig_line_turns (rig, "RED", TRUE, READY_MS);
  g_assert_false (rig_line_is_high (rig, "GREEN"));
  g_assert_cmpuint (rig_count_rises (rig, "RELAY"), ==, 0); // nobody gets in with a link
  rig_visitor_shows (rig, DEMO_PROP_PHONE, CARD);
  rig_line_turns (rig, "GREEN", TRUE, READY_MS);
  g_assert_false (rig_line_is_high (rig, "RED"));
  rig_visitor_shows (rig, DEMO_PROP_PHONE, ANOTHER); // while the first answer shows
  rig_wait_for_rises (rig, "GREEN", 2, READY_MS);
  rig_visitor_steps_back (rig);
  rig_line_turns (rig, "GREEN", FALSE, READY_MS);
  rig_close_entrance (rig);
  assert_all_off (rig);
  rig_shut_down (rig);
}

static void
test_killed (Rig *rig)
{
  rig_open_entrance (rig, RIG_CAMERA RIG_PANEL);
  rig_visitor_shows (rig, DEMO_PROP_PHONE, CARD);
  rig_line_turns (rig, "RELAY", TRUE, READY_MS);
  rig_signal (rig, "tramxanh", SIGKILL);
  g_assert_cmpint (rig_wait_for_end (rig, "kiosk", READY_MS), ==, 128 + SIGKILL);
  assert_all_off (rig);
  rig_shut_down (rig);
}

// Beside the kiosk, until its journal has so many.
static void
wait_for_visits (Rig *rig, guint n_visits)
{
  for (gint64 until_us = g_get_monotonic_time () + READY_MS * 1000;;) {
    int status = -1;
    g_autofree char *list =
        rig_ask_ctl (rig, "journal --state " RIG_STATE "/tramxanh list --json", &status);
    g_auto (GStrv) visits = g_strsplit (list, "\"visit-open\"", -1);
    if (g_strv_length (visits) == n_visits + 1)
      return;
    if (g_get_monotonic_time () > until_us) {
      g_autofree char *log = rig_read_log (rig, "kiosk");
      g_error ("the journal has not %u visits, but:\n%s\nthe kiosk said:\n%s", n_visits, list, log);
    }
  }
}

static void
test_chip_goes_and_returns (Rig *rig)
{
  rig_open_entrance (rig, RIG_CAMERA RIG_PANEL);
  rig_unplug (rig, "panel");
  rig_visitor_shows (rig, DEMO_PROP_PHONE, CARD); // recorded without a lamp
  rig_says (rig, "kiosk", "decided: welcome", READY_MS);
  rig_plug (rig, "panel");
  rig_visitor_steps_back (rig);
  rig_says (rig, "kiosk", "panel: ready", READY_MS);
  rig_wait (rig, 3000); // the first answer is over
  guint n_rises = rig_count_rises (rig, "GREEN");
  rig_visitor_shows (rig, DEMO_PROP_PHONE, ANOTHER);
  rig_wait_for_rises (rig, "GREEN", n_rises + 1, READY_MS);
  wait_for_visits (rig, 2);
  rig_close_entrance (rig);
  rig_shut_down (rig);
}

static void
test_busy_line (Rig *rig)
{
  int status = -1;
  rig_open_entrance (rig, RIG_CAMERA RIG_PANEL);
  g_autofree char *verdict =
      rig_ask_ctl (rig, "doctor --config /run/scratch/tramxanh.conf", &status);
  g_assert_cmpint (status, ==, 1);
  g_assert_nonnull (strstr (verdict, "another program holds a line of the panel"));
  rig_close_entrance (rig);
  g_autofree char *free = rig_ask_ctl (rig, "doctor --config /run/scratch/tramxanh.conf", &status);
  g_assert_null (strstr (free, "another program"));
  rig_shut_down (rig);
}

#define N_PRESSES      40
#define PRESS_MS       50 // the shortest that counts
#define UNREAD_PRESSES 30
#define NOISE_EDGES    1000
#define NOISE_MAX_MS   20              // well below the debounce
#define MISSES_MAX     (N_PRESSES / 4) // of a machine that stood still meanwhile
#define TRIES_MAX      200

static guint
count (const char *text, const char *word)
{
  guint n = 0;
  for (const char *at = text; (at = strstr (at, word)) != NULL; at++)
    n++;
  return n;
}

// After the contact has come to rest.
static guint
count_presses (Rig *rig)
{
  gint64 until_us = g_get_monotonic_time () + READY_MS * 1000;
  for (;;) {
    rig_wait (rig, 100); // longer than the debounce
    g_autofree char *log = rig_read_log (rig, "watch");
    guint n = count (log, "print button on");
    if (count (log, "print button off") == n)
      return n;
    g_assert_cmpint (g_get_monotonic_time (), <, until_us); // the release was lost
  }
}

// @mode: "edges", as the kernel tells them, or "polls".
static void
test_noise (Rig *rig, const char *mode)
{
  g_autofree char *watch =
      g_strdup_printf ("exec " TX_BINARY_DIR "/tests/rig/panel-watch rig-panel %s", mode);
  guint n_edges = 0, n_presses = 0, n_missed = 0;
  rig_forget_disk (rig);
  rig_boot (rig);
  rig_start (rig, "watch", watch);
  rig_says (rig, "watch", "ready", READY_MS);
  for (guint i = 0; n_edges < NOISE_EDGES; i++) {
    g_assert_cmpuint (i, <, TRIES_MAX); // else this machine is too busy for such a test
    guint n_before = count_presses (rig);
    if (rig_shake (rig, "PRINT", NOISE_EDGES / 10) > NOISE_MAX_MS)
      continue;
    g_assert_cmpuint (count_presses (rig), ==, n_before);
    n_edges += NOISE_EDGES / 10;
  }
  for (guint i = 0; n_presses < N_PRESSES; i++) { // a contact closes, and opens, with a chatter
    g_assert_cmpuint (i, <, TRIES_MAX);
    guint n_before = count_presses (rig);
    guint closing_ms = rig_shake (rig, "PRINT", 6);
    rig_press (rig, "PRINT", PRESS_MS);
    guint opening_ms = rig_shake (rig, "PRINT", 6);
    if (MAX (closing_ms, opening_ms) > NOISE_MAX_MS)
      continue;
    guint n_seen = count_presses (rig) - n_before;
    g_assert_cmpuint (n_seen, <=, 1);
    n_presses += n_seen;
    n_missed += 1 - n_seen;
    g_assert_cmpuint (n_missed, <=, MISSES_MAX);
  }
  g_test_message ("%u presses, %u missed", n_presses, n_missed);
  rig_shut_down (rig);
}

static void
test_noise_by_edges (Rig *rig)
{
  test_noise (rig, "edges");
}

static void
test_noise_by_polls (Rig *rig)
{
  test_noise (rig, "polls");
}

// More edges than anybody keeps, while nobody reads: what counts is how it ends.
static void
test_unread (Rig *rig)
{
  rig_forget_disk (rig);
  rig_boot (rig);
  rig_start (rig, "watch", "exec " TX_BINARY_DIR "/tests/rig/panel-watch rig-panel edges");
  rig_says (rig, "watch", "ready", READY_MS);
  rig_signal (rig, "panel-watch", SIGSTOP);
  for (guint i = 0; i < UNREAD_PRESSES; i++) { // the kernel keeps 16 edges of a line
    rig_press (rig, "DOOR", PRESS_MS);
    rig_wait (rig, PRESS_MS);
  }
  rig_pull (rig, "DOOR", TRUE);
  rig_wait (rig, 2 * PRESS_MS);
  rig_signal (rig, "panel-watch", SIGCONT);
  rig_pull (rig, "LEAVE", TRUE); // comes after all of that
  rig_says (rig, "watch", "leaving button on", READY_MS);
  g_autofree char *log = rig_read_log (rig, "watch");
  g_assert_cmpuint (count (log, "door on"), ==, count (log, "door off") + 1);
  rig_shut_down (rig);
}

static void
test_active_low (Rig *rig)
{
  rig_forget_disk (rig);
  rig_boot (rig);
  rig_visitor_steps_back (rig);
  rig_start_kiosk (rig,
                   RIG_CAMERA "[panel]\nsource = gpio:rig-panel\n"
                              "lines = green=GREEN:active-low red=RED relay=RELAY:active-low\n",
                   FALSE);
  rig_line_turns (rig, "GREEN", TRUE, READY_MS); // dark
  rig_says (rig, "kiosk", "camera: ready", READY_MS);
  g_assert_true (rig_line_is_high (rig, "RELAY"));
  rig_visitor_shows (rig, DEMO_PROP_PHONE, CARD);
  rig_line_turns (rig, "GREEN", FALSE, READY_MS);
  rig_line_turns (rig, "RELAY", FALSE, READY_MS);
  rig_visitor_steps_back (rig);
  rig_line_turns (rig, "GREEN", TRUE, READY_MS);
  rig_close_entrance (rig);
  rig_shut_down (rig);
}

static void
test_twins (Rig *rig)
{
  rig_forget_disk (rig);
  rig_boot (rig);
  rig_plug (rig, "panel-twin");
  rig_visitor_steps_back (rig);
  rig_start_kiosk (rig, RIG_CAMERA RIG_PANEL, FALSE);
  rig_says (rig, "kiosk", "two chips of that label", READY_MS); // which one is the door's?
  rig_unplug (rig, "panel-twin");
  rig_says (rig, "kiosk", "panel: ready", READY_MS);
  rig_visitor_shows (rig, DEMO_PROP_PHONE, CARD);
  rig_line_turns (rig, "GREEN", TRUE, READY_MS);
  rig_close_entrance (rig);
  rig_shut_down (rig);
}

// Held down since before the start, then let go and pressed: one press.
static void
test_stuck_button (Rig *rig)
{
  rig_forget_disk (rig);
  rig_boot (rig);
  rig_pull (rig, "LEAVE", TRUE);
  rig_pull (rig, "DOOR", TRUE);
  rig_start (rig, "watch", "exec " TX_BINARY_DIR "/tests/rig/panel-watch rig-panel edges");
  rig_says (rig, "watch", "ready", READY_MS);
  rig_says (rig, "watch", "door on", READY_MS); // a contact tells how things stand
  rig_pull (rig, "LEAVE", FALSE);
  rig_says (rig, "watch", "leaving button off", READY_MS);
  rig_press (rig, "LEAVE", 100);
  rig_says (rig, "watch", "leaving button on", READY_MS);
  rig_says (rig, "watch", "leaving button off", READY_MS);
  g_autofree char *log = rig_read_log (rig, "watch");
  g_assert_cmpuint (count (log, "leaving button on"), ==, 1);
  rig_shut_down (rig);
}

// What hangs, flaps or flickers is told to staff; people get in.
static void
test_upkeep (Rig *rig)
{
  rig_forget_disk (rig);
  rig_boot (rig);
  rig_pull (rig, "LEAVE", TRUE); // since before the start
  rig_visitor_steps_back (rig);
  rig_start_kiosk (rig, RIG_CAMERA RIG_PANEL, TRUE);
  rig_says (rig, "kiosk", "camera: ready", READY_MS);
  g_assert_cmpfloat (rig_look (rig, "rig-upkeep-none", "amber"), <, STRIP_OF_SCREEN / 10);
  for (guint i = 0; i < N_FLAPS; i++) {
    rig_press (rig, "TAMPER", PRESS_MS);
    rig_wait (rig, PRESS_MS);
  }
  rig_says (rig, "kiosk", "case: open, changes: 1", READY_MS);
  rig_screen_turns (rig, "rig-upkeep-case", "amber", STRIP_OF_SCREEN);
  rig_says (rig, "kiosk", "case: closed, changes: ", READY_MS);
  rig_says (rig, "kiosk", "leaving button hangs", BUTTON_MS);
  rig_screen_turns (rig, "rig-upkeep-button", "amber", STRIP_OF_SCREEN);
  rig_visitor_shows (rig, DEMO_PROP_PHONE, CARD);
  rig_line_turns (rig, "GREEN", TRUE, READY_MS); // an arrival: nobody pressed "leaving"
  rig_visitor_steps_back (rig);
  rig_line_turns (rig, "GREEN", FALSE, READY_MS);
  g_autofree char *log = rig_read_log (rig, "kiosk");
  g_assert_cmpuint (count (log, "case: "), ==, 2);
  rig_shut_down (rig);
}

static void
test_power (Rig *rig)
{
  rig_open_entrance (rig, RIG_CAMERA RIG_PANEL);
  rig_press (rig, "SUPPLY", FLICKER_MS);
  rig_wait_for_rises (rig, "RED", 1, READY_MS); // nobody is let in on half a capacitor
  rig_visitor_shows (rig, DEMO_PROP_PHONE, CARD);
  rig_says (rig, "kiosk", "power: steady", READY_MS);
  rig_line_turns (rig, "RED", FALSE, READY_MS);
  rig_line_turns (rig, "GREEN", TRUE, READY_MS);
  g_assert_cmpuint (rig_count_rises (rig, "GREEN"), ==, 1);
  rig_visitor_steps_back (rig);
  rig_pull (rig, "SUPPLY", TRUE); // a sensor that is broken
  rig_line_turns (rig, "RED", TRUE, READY_MS);
  rig_says (rig, "kiosk", "said to fail, and does not", READY_MS);
  rig_visitor_shows (rig, DEMO_PROP_PHONE, ANOTHER);
  rig_line_turns (rig, "GREEN", TRUE, READY_MS);
  rig_close_entrance (rig);
  rig_shut_down (rig);
}

// While programs take every moment that they are given. A press that is seen late was seen on a
// machine that has others to serve.
static void
test_busy_box (Rig *rig)
{
  rig_forget_disk (rig);
  rig_boot (rig);
  rig_start (rig, "watch", "exec " TX_BINARY_DIR "/tests/rig/panel-watch rig-panel edges");
  rig_says (rig, "watch", "ready", READY_MS);
  rig_start (rig, "load", "for i in 1 2 3 4; do (while :; do :; done) & done; echo busy; wait");
  rig_says (rig, "load", "busy", READY_MS);
  guint n_soon = 0;
  for (guint i = 0; i < N_PRESSES / 4; i++) {
    rig_press (rig, "PRINT", 2 * PRESS_MS);
    gint64 until_us = g_get_monotonic_time () + SEEN_MS * 1000;
    rig_says (rig, "watch", "print button on", READY_MS);
    n_soon += g_get_monotonic_time () < until_us;
    rig_says (rig, "watch", "print button off", READY_MS);
  }
  g_test_message ("%u of %u presses within %u ms", n_soon, N_PRESSES / 4, SEEN_MS);
  g_assert_cmpuint (n_soon, >=, N_PRESSES / 8);
  rig_cut_power (rig);
}

int
main (int argc, char **argv)
{
  static const RigTest tests[] = {
    { "/rig/panel/one-lamp-at-a-time-and-none-at-the-end", test_one_lamp_at_a_time },
    { "/rig/panel/a-killed-kiosk-leaves-nothing-on", test_killed },
    { "/rig/panel/a-chip-that-returns-is-used-again", test_chip_goes_and_returns },
    { "/rig/panel/the-doctor-names-a-busy-line", test_busy_line },
    { "/rig/panel/noise-presses-nothing-and-hides-no-press", test_noise_by_edges },
    { "/rig/panel/a-chip-without-interrupts-is-as-good", test_noise_by_polls },
    { "/rig/panel/a-button-that-hangs-is-no-press", test_stuck_button },
    { "/rig/panel/edges-that-nobody-read-end-in-the-right-level", test_unread },
    { "/rig/panel/active-low-lines-are-high-at-rest", test_active_low },
    { "/rig/panel/two-chips-of-one-label-are-refused", test_twins },
    { "/rig/panel/staff-are-asked-for-a-hand", test_upkeep },
    { "/rig/panel/nobody-gets-in-while-the-power-flickers", test_power },
    { "/rig/panel/a-press-is-seen-by-a-busy-box", test_busy_box },
  };
  return rig_main (argc, argv, tests, G_N_ELEMENTS (tests));
}
