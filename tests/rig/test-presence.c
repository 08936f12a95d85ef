// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The kiosk hears phones through controller, kernel and bluetoothd, and its journal says who was
// there, as the script has it.

#include <signal.h>
#include <string.h>

#include "tests/rig/rig.h"

#define READY_MS      60000
#define WINDOW_S      20
#define ROUND_S       30 // a phone's burst and its pause: a window of this length has a whole burst
#define N_PHONES      40
#define LONG_WINDOW_S 60
#define KEPT_MS       45000 // half a minute, and as much as a busy machine may be late
#define LATE_MS       5000  // a tick, on a busy machine
#define RADIO                                                                                      \
  "[radio]\nsource = bluez:\n"                                                                     \
  "tags = eddystone-uid:000102030405060708091a1b1c1d1e1f\n"
#define TAG                                                                                        \
  "00:11:22:33:44:02 public -85 0 1000000 1 0 "                                                    \
  "0303AAFE1716AAFE00EC000102030405060708091a1b1c1d1e1f0000\n"
#define LAST_TAG                                                                                   \
  "00:11:22:33:44:02 public -85 0 1000000 1 0 "                                                    \
  "0303AAFE1716AAFE00EC000102030405060708091a1b1c1d1e1f0000 0 2000\n"
#define QUIET_MS 60000 // two remedies, and not the next ones
#define NEAR_MS  2000  // on a busy machine
#define DEAF_MS  120000
#define HELD_TAG                                                                                   \
  "00:11:22:33:44:02 public -25 1 150000 1 0 "                                                     \
  "0303AAFE1716AAFE00EC000102030405060708091a1b1c1d1e1f0000\n"
#define FLOOD      "40:00:00:00:00:00 flood -60 5 500 1 0 0201061AFF4C0010\n" // 2,000 a second
#define FLOOD_MS   60000
#define FLOOD_RATE 2000
#define GROWTH_KB  8192
// Phones that never come back, each with a name: 200 a second.
#define PARADE                                                                                     \
  "40:00:00:00:00:00 flood -60 5 5000 1 0 "                                                        \
  "0201020303564E0FFFB522B9A665D754FE65E665D76A45070941424344454600\n"
#define PARADE_RATE 200
#define FORGET_MS   40000 // bluetoothd keeps a stranger for 30 s
#define BENCH_S     20

// Bluezone phones, each 15 s of 30 s on the air, four adverts a second.
static char *
make_phones (guint n_phones)
{
  g_autoptr (GString) air = g_string_new (TAG);
  for (guint i = 0; i < n_phones; i++)
    g_string_append_printf (air,
                            "C0:00:00:00:01:%02X random -65 4 250000 15000 15000 "
                            "0201020303564E0FFFB522B9A665D754FE65E665D7%02X%02X\n",
                            i, i, 255 - i);
  return g_string_free (g_steal_pointer (&air), FALSE);
}

static void
open_kiosk (Rig *rig, const char *air, guint window_s, gboolean with_screen)
{
  g_autofree char *config =
      g_strdup_printf (RIG_CAMERA RIG_PANEL RADIO "window-s = %u\n", window_s);
  rig_forget_disk (rig);
  rig_boot (rig);
  rig_plug (rig, "radio");
  rig_start_bluetooth (rig, "-E");
  rig_air_is (rig, air);
  rig_visitor_steps_back (rig);
  rig_start_kiosk (rig, config, with_screen);
  rig_says (rig, "kiosk", "radio: hearing", READY_MS);
}

// The number behind "NAME": in a line of JSON; -1: there is none.
static gint64
read_number (const char *line, const char *name)
{
  g_autofree char *key = g_strdup_printf ("\"%s\":", name);
  const char *at = strstr (line, key);
  return at != NULL ? g_ascii_strtoll (at + strlen (key), NULL, 10) : -1;
}

// Lines of the journal with @kind. (transfer full)
static GStrv
list_records (Rig *rig, const char *kind)
{
  int status = -1;
  g_autofree char *list =
      rig_ask_ctl (rig, "journal --state " RIG_STATE "/tramxanh list --json", &status);
  g_assert_cmpint (status, ==, 0);
  g_auto (GStrv) lines = g_strsplit (list, "\n", -1);
  g_autoptr (GStrvBuilder) found = g_strv_builder_new ();
  for (guint i = 0; lines[i] != NULL; i++)
    if (strstr (lines[i], kind) != NULL)
      g_strv_builder_add (found, lines[i]);
  return g_strv_builder_end (found);
}

static void
test_windows (Rig *rig)
{
  g_autofree char *phones = make_phones (N_PHONES);
  guint n_whole = 0;
  open_kiosk (rig, phones, ROUND_S, TRUE);
  for (guint i = 0; i < 4; i++)
    rig_says (rig, "kiosk", "window: ", ROUND_S * 1000 + READY_MS);
  (void) rig_look (rig, "rig-people-near", "green"); // a picture for people
  rig_close_entrance (rig);
  g_auto (GStrv) windows = list_records (rig, "presence-window");
  for (guint i = 0; windows[i] != NULL; i++) {
    if (strstr (windows[i], "\"cut\":true") != NULL || n_whole++ == 0)
      continue; // in the first one they came
    g_assert_cmpint (read_number (windows[i], "start_ms") % (ROUND_S * 1000), <,
                     LATE_MS); // aligned
    g_assert_cmpint (read_number (windows[i], "heard_ms"), >, ROUND_S * 1000 - LATE_MS);
    g_assert_cmpint (read_number (windows[i], "bluezone"), ==, N_PHONES);
    g_assert_cmpint (read_number (windows[i], "eddystone-uid"), ==, 1);
  }
  g_assert_cmpuint (n_whole, >=, 3);
  rig_shut_down (rig);
}

static void
test_gaps (Rig *rig)
{
  int status = -1;
  g_autofree char *phones = make_phones (3);
  open_kiosk (rig, phones, WINDOW_S, FALSE);
  rig_says (rig, "kiosk", ": discovery, with a monitor", READY_MS);
  rig_unplug (rig, "radio");
  rig_says (rig, "kiosk", "radio: missing: the adapter is gone", READY_MS);
  rig_wait (rig, 2000);
  rig_plug (rig, "radio");
  rig_says (rig, "kiosk", "radio: hearing", READY_MS);
  rig_signal (rig, "bluetoothd", SIGKILL);
  rig_says (rig, "kiosk", "radio: missing", READY_MS);
  rig_start_bluetoothd (rig, "-E");
  rig_says (rig, "kiosk", "radio: hearing", READY_MS);
  g_autofree char *table =
      rig_ask_ctl (rig, "ble --config /run/scratch/tramxanh.conf --watch --for-s 20", &status);
  g_assert_cmpint (status, ==, 0); // beside the kiosk
  g_assert_nonnull (strstr (table, "bluezone"));
  g_assert_nonnull (strstr (table, "enrolled"));
  g_assert_null (strstr (table, "b9a665d7")); // masked
  g_autofree char *verdict =
      rig_ask_ctl (rig, "doctor --config /run/scratch/tramxanh.conf", &status);
  g_assert_nonnull (strstr (verdict, "radio    ok       hears"));
  rig_close_entrance (rig);
  g_auto (GStrv) gaps = list_records (rig, "\"what\":\"radio\"");
  g_assert_cmpuint (g_strv_length (gaps), ==, 2);
  g_assert_cmpint (read_number (gaps[0], "gap_ms"), >=, 2000);
  rig_shut_down (rig);
}

// Nobody is on the air any more: whether it hears is asked by a scan that is begun anew, and by
// switching the adapter off and on. Nothing else is a gap, and the controller knows for how long it
// did not scan.
static void
test_quiet_night (Rig *rig)
{
  open_kiosk (rig, TAG, WINDOW_S, FALSE);
  rig_says (rig, "kiosk", ": discovery, with a monitor", READY_MS);
  rig_air_is (rig, LAST_TAG);
  rig_wait (rig, QUIET_MS);
  gint64 off_ms = rig_count_off_ms (rig);
  g_autofree char *log = rig_read_log (rig, "kiosk");
  g_assert_null (strstr (strstr (log, "radio: hearing") + 1, " radio: ")); // it is well
  rig_close_entrance (rig);
  g_auto (GStrv) gaps = list_records (rig, "\"what\":\"radio\"");
  gint64 gaps_ms = 0;
  for (guint i = 0; gaps[i] != NULL; i++)
    gaps_ms += read_number (gaps[i], "gap_ms");
  g_test_message ("%u gaps, %" G_GINT64_FORMAT " ms; off for %" G_GINT64_FORMAT " ms",
                  g_strv_length (gaps), gaps_ms, off_ms);
  g_assert_cmpuint (g_strv_length (gaps), ==, 2);
  g_assert_cmpint (gaps_ms, >=, off_ms - NEAR_MS);
  g_assert_cmpint (gaps_ms, <=, off_ms + 2 * NEAR_MS);
  rig_shut_down (rig);
}

// The same silence, but they are there: one gap since they were heard, with both remedies in it;
// and the scan is narrowed again.
static void
test_stuck (Rig *rig)
{
  g_autofree char *phones = make_phones (2);
  open_kiosk (rig, phones, WINDOW_S, FALSE);
  rig_says (rig, "kiosk", ": discovery, with a monitor", READY_MS);
  rig_wait (rig, 3000);
  rig_radio_sticks (rig);
  rig_says (rig, "kiosk", "radio: deaf", DEAF_MS);
  rig_says (rig, "kiosk", "radio: hearing", READY_MS);
  rig_wait (rig, 3000);
  rig_close_entrance (rig);
  g_auto (GStrv) gaps = list_records (rig, "\"what\":\"radio\"");
  for (guint i = 0; gaps[i] != NULL; i++)
    g_test_message ("%s", gaps[i]);
  g_assert_cmpuint (g_strv_length (gaps), ==, 2);
  g_assert_cmpint (read_number (gaps[0], "gap_ms"), >=, 25000);
  g_assert_cmpint (read_number (gaps[1], "gap_ms"), <, 10000);
  rig_shut_down (rig);
}

// The power goes in the middle of a window: what was heard until the last half minute is recorded.
static void
test_power_cut (Rig *rig)
{
  g_autofree char *phones = make_phones (N_PHONES);
  open_kiosk (rig, phones, LONG_WINDOW_S, FALSE);
  rig_says (rig, "kiosk", "window: ", LONG_WINDOW_S * 1000 + READY_MS); // a whole one begins
  rig_wait (rig, KEPT_MS);
  rig_cut_power (rig);
  rig_boot (rig);
  rig_visitor_steps_back (rig);
  rig_start_kiosk (rig, RIG_CAMERA RIG_PANEL, FALSE);
  rig_says (rig, "kiosk", "camera: ready", READY_MS);
  rig_close_entrance (rig);
  g_auto (GStrv) windows = list_records (rig, "\"recovered\":true");
  g_assert_cmpuint (g_strv_length (windows), ==, 1);
  g_assert_cmpint (read_number (windows[0], "bluezone"), ==, N_PHONES);
  g_assert_cmpint (read_number (windows[0], "heard_ms"), >=, 30000 - LATE_MS);
  rig_shut_down (rig);
}

// Nobody shows a code: the tag is held at the kiosk, and that is a visit.
static void
test_tap (Rig *rig)
{
  open_kiosk (rig, TAG, WINDOW_S, FALSE);
  rig_wait (rig, 8000); // far away, for long enough
  g_assert_cmpuint (rig_count_rises (rig, "GREEN"), ==, 0);
  rig_air_is (rig, HELD_TAG);
  rig_line_turns (rig, "GREEN", TRUE, READY_MS);
  rig_line_turns (rig, "GREEN", FALSE, READY_MS);
  rig_wait (rig, 5000);
  g_assert_cmpuint (rig_count_rises (rig, "GREEN"), ==, 1); // once, however long
  rig_close_entrance (rig);
  g_auto (GStrv) visits = list_records (rig, "visit-open");
  g_assert_cmpuint (g_strv_length (visits), ==, 1);
  rig_shut_down (rig);
}

// The venue is told to whoever listens: that, and nothing to connect to; also after a healing.
static void
test_venue (Rig *rig)
{
  static const char sent[] = "broadcast 0201040303aafe1716aafe00ee"
                             "0a0b0c0d0e0f1011121300000000000700"
                             "00";
  int status = -1;
  rig_forget_disk (rig);
  rig_boot (rig);
  rig_plug (rig, "radio");
  rig_start_bluetooth (rig, "-E");
  rig_air_is (rig, TAG);
  rig_visitor_steps_back (rig);
  rig_start_kiosk (rig,
                   RIG_CAMERA RIG_PANEL RADIO
                   "venue = eddystone-uid:0a0b0c0d0e0f10111213000000000007\nwindow-s = 20\n",
                   FALSE);
  rig_radio_sends (rig, sent, READY_MS);
  rig_says (rig, "kiosk", "radio: hearing", READY_MS);
  rig_signal (rig, "bluetoothd", SIGKILL);
  rig_says (rig, "kiosk", "radio: missing", READY_MS);
  rig_start_bluetoothd (rig, "-E");
  rig_says (rig, "kiosk", "radio: hearing", READY_MS);
  rig_radio_sends (rig, sent, READY_MS);
  g_free (rig_run (rig, "bluetoothctl power off", &status));
  rig_says (rig, "kiosk", "radio: off", READY_MS);
  rig_says (rig, "kiosk", "radio: hearing", READY_MS);
  rig_radio_sends (rig, sent, READY_MS);
  rig_says (rig, "kiosk", "window: ", WINDOW_S * 1000 + READY_MS);
  rig_says (rig, "kiosk", "window: ", WINDOW_S * 1000 + READY_MS); // it hears, too
  rig_close_entrance (rig);
  g_auto (GStrv) windows = list_records (rig, "presence-window");
  g_assert_cmpint (read_number (windows[1], "eddystone-uid"), ==, 1);
  rig_radio_sends (rig, "nothing", READY_MS);
  rig_shut_down (rig);
}

static gint64
read_memory_kb (Rig *rig, const char *program)
{
  int status = -1;
  g_autofree char *command =
      g_strdup_printf ("awk '/^VmRSS/ { print $2 }' /proc/$(pidof %s)/status", program);
  g_autofree char *text = rig_run (rig, command, &status);
  g_assert_cmpint (status, ==, 0);
  return g_ascii_strtoll (text, NULL, 10);
}

// Random addresses at 2,000 adverts a second: memory stays, a tag is heard all the same.
static void
test_flood (Rig *rig)
{
  open_kiosk (rig, TAG, WINDOW_S, FALSE);
  rig_says (rig, "kiosk", "window: ", WINDOW_S * 1000 + READY_MS);
  gint64 before_kb = read_memory_kb (rig, "tramxanh");
  rig_air_is (rig, TAG FLOOD);
  rig_wait (rig, FLOOD_MS);
  guint n_reported = 0;
  double aired = (double) rig_count_aired (rig, &n_reported) / (FLOOD_RATE * (FLOOD_MS / 1000));
  gint64 after_kb = read_memory_kb (rig, "tramxanh");
  g_test_message ("kiosk: %" G_GINT64_FORMAT " KiB, then %" G_GINT64_FORMAT
                  "; bluetoothd: %" G_GINT64_FORMAT "; aired: %.1f %%",
                  before_kb, after_kb, read_memory_kb (rig, "bluetoothd"), 100 * aired);
  rig_close_entrance (rig);
  g_auto (GStrv) windows = list_records (rig, "presence-window");
  guint n_windows = g_strv_length (windows), n_with_tag = 0;
  for (guint i = 0; i < n_windows; i++) {
    g_test_message ("%s", windows[i]);
    // One advert a second, of which a busy machine sends fewer.
    n_with_tag +=
        (double) read_number (windows[i], "sightings") >= 0.95 * MIN (1, aired) * WINDOW_S &&
        read_number (windows[i], "eddystone-uid") == 1;
  }
  g_assert_cmpfloat (aired, >=, 0.5); // else it was no flood
  g_assert_cmpuint (n_with_tag, >=, 2);
  g_assert_cmpuint (n_with_tag + 3, >=, n_windows); // the first two and the last are not whole
  g_assert_cmpint (after_kb, <=, before_kb + GROWTH_KB);
  rig_shut_down (rig);
}

// What a shell in the guest counted.
static gint64
count (Rig *rig, const char *command)
{
  int status = -1;
  g_autofree char *text = rig_run (rig, command, &status);
  return g_ascii_strtoll (text, NULL, 10);
}

// bluetoothd forgets who passed, in memory and on its disk.
static void
test_parade (Rig *rig)
{
  open_kiosk (rig, TAG, WINDOW_S, FALSE);
  rig_unplug (rig, "camera"); // which takes most of the guest's one CPU
  rig_air_is (rig, TAG PARADE);
  rig_wait (rig, FORGET_MS);
  gint64 before_kb = read_memory_kb (rig, "bluetoothd");
  rig_wait (rig, FORGET_MS);
  gint64 after_kb = read_memory_kb (rig, "bluetoothd");
  guint n_reported = 0;
  (void) rig_count_aired (rig, &n_reported);
  gint64 n_files = count (rig, "find /var/lib/bluetooth -type f | wc -l");
  rig_close_entrance (rig);
  g_auto (GStrv) windows = list_records (rig, "presence-window");
  gint64 n_heard = 0;
  for (guint i = 0; windows[i] != NULL; i++)
    n_heard += read_number (windows[i], "sightings");
  g_test_message ("heard %" G_GINT64_FORMAT " of %u; bluetoothd: %" G_GINT64_FORMAT
                  " KiB, then %" G_GINT64_FORMAT ", and %" G_GINT64_FORMAT " files",
                  n_heard, n_reported, before_kb, after_kb, n_files);
  g_assert_cmpuint (n_reported, >=, PARADE_RATE * 10); // a busy machine sends fewer
  g_assert_cmpint (n_heard, >=, (gint64) n_reported / 2);
  g_assert_cmpint (after_kb, <=, before_kb + GROWTH_KB);
  g_assert_cmpint (n_files, <=, 10);
  rig_shut_down (rig);
}

// CPU ticks that the programs of a name have used.
static gint64
read_ticks (Rig *rig, const char *program)
{
  int status = -1;
  g_autofree char *command =
      g_strdup_printf ("awk '{ print $14 + $15 }' /proc/$(pidof %s)/stat", program);
  g_autofree char *text = rig_run (rig, command, &status);
  g_assert_cmpint (status, ==, 0);
  return g_ascii_strtoll (text, NULL, 10);
}

static gint64
count_sightings (Rig *rig)
{
  g_auto (GStrv) windows = list_records (rig, "presence-window");
  gint64 n = 0;
  for (guint i = 0; windows[i] != NULL; i++)
    n += read_number (windows[i], "sightings");
  return n;
}

// The listener's last word.
static gint64
count_listened (Rig *rig)
{
  g_autofree char *log = rig_read_log (rig, "listen");
  const char *last = g_strrstr (log, "heard ");
  return last != NULL ? g_ascii_strtoll (last + strlen ("heard "), NULL, 10) : 0;
}

// What a crowd costs on the guest's one CPU, and how much of it is heard: `test-rig-presence
// bench`. Beside the kiosk run a program that only counts what the bus tells, and btmon, which
// hears the kernel itself.
static void
bench_rate (Rig *rig, guint rate)
{
  static const char *const programs[] = { "tramxanh", "bluetoothd", "dbus-daemon", "radio-listen",
                                          "btmon" };
  g_autoptr (GString) air = g_string_new (NULL);
  g_autoptr (GString) line = g_string_new (NULL);
  gint64 ticks[G_N_ELEMENTS (programs)] = { 0 };
  for (guint i = 0; i < rate / 4; i++)
    g_string_append_printf (air,
                            "C0:00:00:00:%02X:%02X random -65 4 250000 1 0 "
                            "0201020303564E0FFFB522B9A665D754FE65E665D7%04X\n",
                            i >> 8, i & 255, i);
  open_kiosk (rig, TAG, 3600 / 4, FALSE);
  rig_unplug (rig, "camera"); // which takes most of the guest's one CPU
  rig_start (rig, "btmon", "exec btmon -w /dev/null >/dev/null");
  rig_start (rig, "listen", "exec " TX_BINARY_DIR "/tests/rig/radio-listen");
  rig_air_is (rig, air->str);
  rig_wait (rig, 5000); // bluetoothd meets them
  gint64 n_listened = count_listened (rig);
  for (guint i = 0; i < G_N_ELEMENTS (programs); i++)
    ticks[i] = read_ticks (rig, programs[i]);
  rig_wait (rig, BENCH_S * 1000);
  for (guint i = 0; i < G_N_ELEMENTS (programs); i++)
    g_string_append_printf (line, "  %s %.1f %%", programs[i],
                            (double) (read_ticks (rig, programs[i]) - ticks[i]) / BENCH_S);
  n_listened = count_listened (rig) - n_listened;
  rig_close_entrance (rig);
  g_test_message ("%4u adverts/s:%s; the kiosk heard %.1f %%, the listener %.1f %%", rate,
                  line->str, 100.0 * (double) count_sightings (rig) / (rate * (BENCH_S + 5.0)),
                  100.0 * (double) n_listened / (rate * (double) BENCH_S));
  rig_shut_down (rig);
}

static void
bench (Rig *rig)
{
  static const guint rates[] = { 100, 500, 2000 };
  for (guint i = 0; i < G_N_ELEMENTS (rates); i++)
    bench_rate (rig, rates[i]);
}

int
main (int argc, char **argv)
{
  static const RigTest benches[] = { { "/rig/presence/bench", bench } };
  static const RigTest tests[] = {
    { "/rig/presence/windows-say-who-was-there", test_windows },
    { "/rig/presence/every-deaf-span-is-a-record", test_gaps },
    { "/rig/presence/a-quiet-night-is-told-from-its-remedies", test_quiet_night },
    { "/rig/presence/a-stuck-radio-is-one-gap", test_stuck },
    { "/rig/presence/a-power-cut-loses-half-a-minute", test_power_cut },
    { "/rig/presence/a-tag-held-at-the-kiosk-is-a-visit", test_tap },
    { "/rig/presence/the-venue-is-told", test_venue },
    { "/rig/presence/a-flood-hides-no-tag", test_flood },
    { "/rig/presence/bluetoothd-forgets-who-passed", test_parade },
  };
  if (argc > 1 && g_str_equal (argv[1], "bench"))
    return rig_main (argc, argv, benches, G_N_ELEMENTS (benches));
  return rig_main (argc, argv, tests, G_N_ELEMENTS (tests));
}
