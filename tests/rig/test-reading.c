// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// iPhones with Bluezone, which tell who they are to who connects: through the kernel and
// bluetoothd.

#include <string.h>

#include "tests/rig/rig.h"

#define READY_MS         60000
#define READ_MS          120000
#define GIVE_UP_S        10
#define LET_GO_S         5 // at most
#define TIMES            5 // a fifth of the time goes into reading
#define ASLEEP_MS        10000
#define NEAR_MS          1000 // of a rest, on a busy machine
#define WINDOW_MS        20000
#define SERVICE          "020106110667A607ADD1172FA1C44BF573564E0000"
#define PHONE(last, dbm) "C0:11:22:33:44:" last " random -" dbm " 1 200000 1 0 " SERVICE "\n"
#define ANDROID                                                                                    \
  "C0:00:00:00:00:01 random -60 2 250000 1 0 0201020303564E0FFFB522B9A665D754FE65E665D76A45\n"
#define BEHIND "14FF4C00010800000000000000000000000000000000" // its app is in the background
#define RADIO  "[radio]\nsource = bluez:\nwindow-s = 20\nread-iphones = yes\n"

static void
open_kiosk (Rig *rig, const char *air, const char *config)
{
  rig_forget_disk (rig);
  rig_boot (rig);
  rig_plug (rig, "radio");
  rig_start_bluetooth (rig, "-E");
  rig_air_is (rig, air);
  rig_visitor_steps_back (rig);
  g_autofree char *all = g_strconcat (RIG_CAMERA RIG_PANEL RADIO, config, NULL);
  rig_start_kiosk (rig, all, FALSE);
  rig_says (rig, "kiosk", "radio: hearing", READY_MS);
}

static gint64
read_number (const char *line, const char *name)
{
  g_autofree char *key = g_strdup_printf ("\"%s\":", name);
  const char *at = strstr (line, key);
  return at != NULL ? g_ascii_strtoll (at + strlen (key), NULL, 10) : -1;
}

// Whoever connects scans less, and is not deaf. A busy machine may sleep over some seconds, which
// is a gap of its own, so the state is looked at.
static void
assert_heard_all_along (Rig *rig)
{
  g_autofree char *log = rig_read_log (rig, "kiosk");
  const char *hearing = strstr (log, "radio: hearing");
  g_assert_nonnull (hearing);
  if (strstr (hearing + 1, " radio: ") != NULL)
    g_error ("the radio changed its state:\n%s", log);
}

// The journal's last whole window. (transfer full)
static char *
find_whole_window (Rig *rig)
{
  int status = -1;
  g_autofree char *list =
      rig_ask_ctl (rig, "journal --state " RIG_STATE "/tramxanh list --json", &status);
  const char *at = g_strrstr (list, "\"cut\":false");
  g_assert_nonnull (at);
  assert_heard_all_along (rig);
  return g_strndup (at, strcspn (at, "\n"));
}

// In all windows together.
static gint64
count_sightings (Rig *rig)
{
  int status = -1;
  gint64 n = 0;
  g_autofree char *list =
      rig_ask_ctl (rig, "journal --state " RIG_STATE "/tramxanh list --json", &status);
  for (const char *at = list; (at = strstr (at, "\"sightings\":")) != NULL; at++)
    n += read_number (at, "sightings");
  return n;
}

// Of the radio, and how long they are together; a machine that slept is another matter.
static guint
count_gaps (Rig *rig, gint64 *ret_ms)
{
  int status = -1;
  guint n = 0;
  g_autofree char *list =
      rig_ask_ctl (rig, "journal --state " RIG_STATE "/tramxanh list --json", &status);
  *ret_ms = 0;
  for (const char *at = list; (at = strstr (at, "\"what\":\"radio\"")) != NULL; at++) {
    gint64 gap_ms = read_number (at, "gap_ms");
    g_assert_cmpint (gap_ms, >, 0);
    n += gap_ms < ASLEEP_MS;
    *ret_ms += gap_ms < ASLEEP_MS ? gap_ms : 0;
  }
  return n;
}

// What the controller knows of it: @off_ms it did not scan.
static void
assert_gaps (Rig *rig, guint n_min, guint n_max, gint64 off_ms)
{
  gint64 gaps_ms = 0;
  guint n_gaps = count_gaps (rig, &gaps_ms);
  g_test_message ("%u gaps, %" G_GINT64_FORMAT " ms; off for %" G_GINT64_FORMAT " ms", n_gaps,
                  gaps_ms, off_ms);
  g_assert_cmpuint (n_gaps, >=, n_min);
  g_assert_cmpuint (n_gaps, <=, n_max);
  g_assert_cmpint (gaps_ms, >=, off_ms - NEAR_MS);
  g_assert_cmpint (gaps_ms, <=, off_ms + n_gaps * NEAR_MS);
}

static void
wait_for_connected (Rig *rig, const char *wanted)
{
  gint64 until_us = g_get_monotonic_time () + READ_MS * 1000;
  for (;;) {
    g_autofree char *connected = rig_list_connected (rig);
    if (g_str_equal (connected, wanted))
      return;
    if (g_get_monotonic_time () > until_us)
      g_error ("connected %s, and not %s", connected, wanted);
    rig_wait (rig, 100);
  }
}

// The strongest first, each once; they become what Android phones are. The scan goes on afterwards,
// and what it reports is heard.
static void
test_reads (Rig *rig)
{
  open_kiosk (rig, ANDROID PHONE ("51", "50"), "");
  rig_wait (rig, 2000); // they have been there for ten seconds one after the other
  rig_air_is (rig,
              ANDROID PHONE ("50", "70") PHONE ("51", "50") PHONE ("52", "60") PHONE ("53", "90"));
  gint64 off_ms = rig_count_off_ms (rig);
  wait_for_connected (rig, "to 51 52 50");
  rig_wait (rig, 10000); // it is read, and there
  guint n_reported = 0, n_before = 0;
  guint n_aired = rig_count_aired (rig, &n_before);
  rig_wait (rig, 2 * WINDOW_MS);           // a whole window
  wait_for_connected (rig, "to 51 52 50"); // nobody again, nobody far
  n_aired = rig_count_aired (rig, &n_reported) - n_aired;
  off_ms = rig_count_off_ms (rig) - off_ms;
  rig_close_entrance (rig);
  g_autofree char *window = find_whole_window (rig);
  gint64 n_heard = count_sightings (rig);
  g_test_message ("after the last one %u of %u reported; %" G_GINT64_FORMAT " of %u heard; %s",
                  n_reported - n_before, n_aired, n_heard, n_reported, window);
  g_assert_cmpint (read_number (window, "bluezone"), ==, 4);
  g_assert_cmpuint (n_reported - n_before, >=, n_aired * 8 / 10);
  g_assert_cmpint (n_heard, >=, (gint64) n_reported * 8 / 10);
  assert_gaps (rig, 3, 6, off_ms); // each once, or twice if Linux scanned in between
  rig_shut_down (rig);
}

// Who answers nothing is given up, and the next one has its turn. Linux scans again before that, so
// each leaves a gap when it is connected to and another one when the scan is begun anew.
static void
test_hangs (Rig *rig)
{
  open_kiosk (rig, ANDROID PHONE ("51", "50"), "");
  rig_wait (rig, 2000);
  rig_air_is (rig, ANDROID PHONE ("50", "70") PHONE ("51", "50"));
  rig_phones (rig, "hang", TRUE);
  gint64 off_ms = rig_count_off_ms (rig);
  wait_for_connected (rig, "to 51");
  gint64 began_us = g_get_monotonic_time ();
  wait_for_connected (rig, "to 51 50");
  gint64 took_s = (g_get_monotonic_time () - began_us) / G_USEC_PER_SEC;
  g_test_message ("%" G_GINT64_FORMAT " s from one to the next", took_s);
  g_assert_cmpint (took_s, >=, (TIMES - 1) * GIVE_UP_S);
  g_assert_cmpint (took_s, <=, TIMES * (GIVE_UP_S + LET_GO_S));
  rig_phones (rig, "hang", FALSE);
  rig_phones (rig, "lie", TRUE);
  wait_for_connected (rig, "to 51 50"); // each after a while only
  rig_wait (rig, 2 * WINDOW_MS);
  off_ms = rig_count_off_ms (rig) - off_ms;
  rig_close_entrance (rig);
  g_autofree char *window = find_whole_window (rig);
  g_test_message ("%s", window);
  assert_gaps (rig, 2, 8, off_ms);
  g_assert_cmpint (read_number (window, "bluezone"), ==, 1); // the Android phone
  g_assert_cmpint (read_number (window, "bluezone-ios"), ==, 2);
  rig_shut_down (rig);
}

// It names no service any more, so it is heard only by who hears all; and read all the same.
static void
test_behind (Rig *rig)
{
  open_kiosk (rig, ANDROID "C0:11:22:33:44:60 random -60 1 200000 1 0 020106" BEHIND "\n",
              "hear-all = yes\n");
  wait_for_connected (rig, "to 60");
  rig_wait (rig, 10000 + 2 * WINDOW_MS);
  rig_close_entrance (rig);
  g_autofree char *window = find_whole_window (rig);
  g_assert_cmpint (read_number (window, "bluezone"), ==, 2);
  rig_shut_down (rig);
}

int
main (int argc, char **argv)
{
  static const RigTest tests[] = {
    { "/rig/reading/iphones-are-read-one-by-one", test_reads },
    { "/rig/reading/one-in-the-background-is-read", test_behind },
    { "/rig/reading/one-that-hangs-is-given-up", test_hangs },
  };
  return rig_main (argc, argv, tests, G_N_ELEMENTS (tests));
}
