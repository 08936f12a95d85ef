// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Adverts through a controller, the kernel and bluetoothd; and whatever may go wrong with them.

#include <signal.h>
#include <string.h>

#include "tests/rig/rig.h"

#define READY_MS  60000
#define HEAL_MS   60000 // on a busy machine
#define SOON_MS   10000
#define DEAF_MS   120000
#define WATCH     "exec " TX_BINARY_DIR "/tests/rig/radio-watch all"
#define PHONE     "0201020303564E0FFFB522B9A665D754FE65E665D76A45"
#define IBEACON   "0201061AFF4C000215E2C56DB5DFFB48D2B060D0F5A71096E000010002C5"
#define WITH      "-E" // advertisement monitors
#define WITHOUT   ""
#define N_KILLS   20
#define N_SECONDS 12

#define AIR                                                                                        \
  "C0:00:00:00:00:01 random -60 2 250000 1 0 " PHONE "\n"                                          \
  "00:11:22:33:44:02 public -75 0 500000 1 0 " IBEACON "\n"

#define CROWD                                                                                      \
  AIR "C0:00:00:00:00:03 random -60 2 250000 1 0 0201020303564E0FFFB522B9A665D754FE65E665D76A46\n" \
      "C0:00:00:00:00:04 random -60 2 250000 1 0 0201020303564E0FFFB522B9A665D754FE65E665D76A47\n"

static void
start (Rig *rig, const char *options, gboolean is_legacy)
{
  rig_forget_disk (rig);
  rig_boot (rig);
  if (is_legacy)
    rig_radio_is_legacy (rig);
  rig_plug (rig, "radio");
  rig_start_bluetooth (rig, options);
  rig_air_is (rig, AIR);
  rig_start (rig, "watch", WATCH);
  rig_says (rig, "watch", "state: hearing", READY_MS);
}

// How many adverts were told in each of the last full seconds, together.
static guint
count_heard (Rig *rig)
{
  g_autofree char *log = rig_read_log (rig, "watch");
  g_auto (GStrv) seconds = g_strsplit (log, "second: ", -1);
  guint n_all = 0, n = g_strv_length (seconds);
  for (guint i = n - MIN (n, N_SECONDS); i < n; i++)
    n_all += (guint) g_ascii_strtoull (seconds[i], NULL, 10);
  return n_all;
}

static void
test_hears (Rig *rig)
{
  start (rig, WITH, FALSE);
  rig_says (rig, "watch", "heard 00:01 random -6", READY_MS);
  rig_says (rig, "watch", "s1 m1 d0", READY_MS);
  rig_says (rig, "watch", "heard 44:02 public -75 s0 m1 d0", READY_MS);
  rig_wait (rig, N_SECONDS * 1000 + 1000);
  guint n = count_heard (rig);
  g_test_message ("%u of %u adverts", n, N_SECONDS * 6);
  g_assert_cmpuint (n, >=, N_SECONDS * 6 * 9 / 10); // between two scans there is a moment
  rig_shut_down (rig);
}

// Without a monitor a controller may drop duplicates: each is heard at least in each scan.
static void
test_hears_without_monitor (Rig *rig)
{
  start (rig, WITHOUT, TRUE);
  for (guint i = 0; i < 3; i++) {
    rig_says (rig, "watch", "heard 00:01", READY_MS);
    rig_says (rig, "watch", "heard 44:02", READY_MS);
  }
  rig_shut_down (rig);
}

// Nobody can find it, pair with it or ask an agent, whatever it went through.
static void
assert_hidden (Rig *rig)
{
  int status = -1;
  g_autofree char *open = rig_run (rig,
                                   "busctl get-property org.bluez /org/bluez/hci0"
                                   " org.bluez.Adapter1 Powered Discovering Discoverable Pairable",
                                   &status);
  g_assert_cmpint (status, ==, 0);
  g_assert_cmpstr (open, ==, "b true\nb true\nb false\nb false\n");
}

static void
test_bluetoothd_ends (Rig *rig)
{
  guint n_soon = 0;
  start (rig, WITH, FALSE);
  assert_hidden (rig);
  for (guint i = 0; i < N_KILLS; i++) {
    rig_signal (rig, "bluetoothd", SIGKILL);
    rig_says (rig, "watch", "state: missing: radio: bluetoothd is not there", HEAL_MS);
    gint64 begin_us = g_get_monotonic_time ();
    rig_start_bluetoothd (rig, WITH);
    rig_says (rig, "watch", "state: hearing", HEAL_MS);
    n_soon += g_get_monotonic_time () - begin_us <= SOON_MS * 1000;
    rig_says (rig, "watch", "heard 44:02", HEAL_MS);
    assert_hidden (rig);
  }
  g_test_message ("%u of %u times within %u ms", n_soon, N_KILLS, SOON_MS);
  g_assert_cmpuint (n_soon, >=, N_KILLS / 4); // a busy machine takes longer
  rig_shut_down (rig);
}

static void
test_adapter_goes (Rig *rig)
{
  start (rig, WITH, FALSE);
  rig_unplug (rig, "radio");
  rig_says (rig, "watch", "state: missing: radio: the adapter is gone", HEAL_MS);
  rig_plug (rig, "radio");
  rig_says (rig, "watch", "state: hearing", HEAL_MS);
  rig_says (rig, "watch", "heard 44:02", HEAL_MS);
  assert_hidden (rig);
  rig_shut_down (rig);
}

static void
close_by_rfkill (Rig *rig, gboolean is_closed)
{
  int status = -1;
  g_autofree char *command =
      g_strdup_printf ("for f in /sys/class/rfkill/*/soft; do echo %d >$f; done", is_closed);
  g_free (rig_run (rig, command, &status));
  g_assert_cmpint (status, ==, 0);
}

// Another program turns what we rely on.
static void
test_another_program (Rig *rig)
{
  int status = -1;
  start (rig, WITH, FALSE);
  g_free (rig_run (rig, "bluetoothctl power off", &status));
  rig_says (rig, "watch", "state: off", HEAL_MS);
  rig_says (rig, "watch", "state: hearing", HEAL_MS);
  rig_says (rig, "watch", "heard 44:02", HEAL_MS);
  assert_hidden (rig);
  g_free (rig_run (rig, "bluetoothctl discoverable on; bluetoothctl pairable on", &status));
  g_free (rig_run (rig,
                   "until bluetoothctl show | grep -q 'Discoverable: no' &&"
                   " bluetoothctl show | grep -q 'Pairable: no'; do :; done",
                   &status));
  g_assert_cmpint (status, ==, 0);
  close_by_rfkill (rig, TRUE);
  rig_says (rig, "watch", "state: off", HEAL_MS);
  rig_wait (rig, 4000); // it tries, and may not
  close_by_rfkill (rig, FALSE);
  rig_says (rig, "watch", "state: hearing", HEAL_MS);
  assert_hidden (rig);
  rig_start (rig, "other", "exec bluetoothctl --timeout 5 scan on");
  g_assert_cmpint (rig_wait_for_end (rig, "other", READY_MS), ==, 0);
  rig_says (rig, "watch", "heard 44:02", HEAL_MS);
  rig_shut_down (rig);
}

// One that hears nothing until it is switched off and on: it was deaf, as is known afterwards.
static void
test_stuck (Rig *rig)
{
  start (rig, WITH, FALSE);
  rig_says (rig, "watch", "heard 44:02", READY_MS);
  rig_radio_sticks (rig);
  rig_says (rig, "watch", "state: deaf: radio: it heard nothing", DEAF_MS);
  rig_says (rig, "watch", "state: hearing", HEAL_MS);
  rig_says (rig, "watch", "heard 44:02", HEAL_MS);
  assert_hidden (rig);
  rig_shut_down (rig);
}

// It scans, and hears nothing: remedies, then a state that says so, until it hears.
static void
test_deaf (Rig *rig)
{
  start (rig, WITH, FALSE);
  rig_air_is (rig, CROWD);
  rig_says (rig, "watch", "heard 00:04", READY_MS);
  rig_radio_goes_deaf (rig, TRUE);
  rig_says (rig, "watch", "state: deaf", DEAF_MS);
  rig_radio_goes_deaf (rig, FALSE);
  rig_says (rig, "watch", "state: hearing", HEAL_MS);
  rig_says (rig, "watch", "heard 44:02", HEAL_MS);
  rig_shut_down (rig);
}

#define LONG_NAME                                                                                  \
  "1E09"                                                                                           \
  "3D312B313C623E27273B1B5B324AC3A9E280AEFF00FFFFFFFFFFFFFFFFFF"

static void
test_malformed (Rig *rig)
{
  start (rig, WITH, FALSE);
  rig_air_is (rig,
              AIR "C0:00:00:00:00:10 random -60 2 200000 1 0\n"
                  "C0:00:00:00:00:11 random -60 2 200000 1 0 00030356\n"
                  "C0:00:00:00:00:12 random -60 2 200000 1 0 FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF\n"
                  "C0:00:00:00:00:13 random -60 2 200000 1 0 01FF010301160107\n"
                  "C0:00:00:00:00:14 random -60 2 200000 1 0 " LONG_NAME "\n"
                  "00:00:00:00:00:00 public -60 2 200000 1 0 " PHONE "\n"
                  "FF:FF:FF:FF:FF:FF random -60 2 200000 1 0 " PHONE "\n");
  for (guint i = 0; i < 5; i++)
    rig_says (rig, "watch", "heard 44:02", HEAL_MS);
  rig_shut_down (rig);
}

// What a controller should not say: cut short, unknown, of another length than it claims, a part of
// an advertisement whose rest never comes, an answer to nobody's question.
static void
test_broken_events (Rig *rig)
{
  static const char *const packets[] = {
    "04FF00",
    "040E00",
    "040E0301FFFF",
    "040F01AA",
    "040500",
    "041303010000",
    "043E00",
    "043E0100",
    "043E02FF01",
    "043E010D",
    "043E020DFF",
    "043E050D01130001",
    "043E0C020100010203040506C0FF",
    "043E1D0D0120000103000000 00C00100FF7FC4000000000000000000 03",
    "043E1A0D011B0001 04000000 00C00100FF7FC400000000000000000000",
    "04AB0401020304",
  };
  start (rig, WITH, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (packets); i++) {
    g_auto (GStrv) parts = g_strsplit (packets[i], " ", -1);
    g_autofree char *packet = g_strjoinv (NULL, parts);
    rig_radio_utters (rig, packet);
  }
  for (guint i = 0; i < 5; i++)
    rig_says (rig, "watch", "heard 44:02", HEAL_MS);
  rig_radio_utters (rig, "04100142"); // its hardware failed
  rig_says (rig, "watch", "second: 0", HEAL_MS);
  rig_says (rig, "watch", "heard 44:02", DEAF_MS);
  assert_hidden (rig);
  rig_shut_down (rig);
}

// It answers no command when it is switched on again; and then it does.
static void
test_blocked (Rig *rig)
{
  start (rig, WITH, FALSE);
  close_by_rfkill (rig, TRUE);
  rig_says (rig, "watch", "state: off", HEAL_MS);
  rig_radio_blocks (rig, TRUE);
  close_by_rfkill (rig, FALSE);
  rig_says (rig, "watch", "state: off: radio: switching the adapter on", HEAL_MS);
  rig_wait (rig, SOON_MS); // it tries
  rig_radio_blocks (rig, FALSE);
  rig_says (rig, "watch", "state: hearing", DEAF_MS);
  rig_says (rig, "watch", "heard 44:02", DEAF_MS);
  assert_hidden (rig);
  rig_shut_down (rig);
}

// What btmon records of the air is played again, beacon by beacon.
static void
test_btmon (Rig *rig)
{
  int status = -1;
  start (rig, WITH, FALSE);
  rig_start (rig, "btmon", "exec btmon -w /run/scratch/air.btsnoop");
  for (guint i = 0; i < 3; i++)
    rig_says (rig, "watch", "heard 44:02", READY_MS);
  rig_signal (rig, "btmon", SIGTERM);
  (void) rig_wait_for_end (rig, "btmon", HEAL_MS);
  rig_write_file (rig, "radio.conf", "[radio]\nsource = log:/run/scratch/air.btsnoop\n");
  g_free (rig_ask_ctl (
      rig, "ble --config /run/scratch/radio.conf --record /run/scratch/again.log --for-s 4",
      &status));
  g_assert_cmpint (status, ==, 0);
  g_autofree char *again = rig_run (rig, "cat /run/scratch/again.log", &status);
  g_assert_nonnull (strstr (again, " random -6")); // the phone,
  g_assert_nonnull (strstr (again, "0fffb522b9a665d754fe65e665d76a45"));
  g_assert_nonnull (strstr (again, " public -75 1aff4c000215e2c56db5dffb48d2b060")); // and the tag
  rig_shut_down (rig);
}

int
main (int argc, char **argv)
{
  static const RigTest tests[] = {
    { "/rig/radio/hears-what-is-on-the-air", test_hears },
    { "/rig/radio/hears-without-a-monitor", test_hears_without_monitor },
    { "/rig/radio/bluetoothd-may-end", test_bluetoothd_ends },
    { "/rig/radio/the-adapter-may-go", test_adapter_goes },
    { "/rig/radio/another-program-may-meddle", test_another_program },
    { "/rig/radio/a-deaf-one-is-told", test_deaf },
    { "/rig/radio/a-stuck-one-is-healed-and-told", test_stuck },
    { "/rig/radio/malformed-adverts-hurt-nobody", test_malformed },
    { "/rig/radio/broken-events-hurt-nobody", test_broken_events },
    { "/rig/radio/one-that-answers-nothing-may-come-back", test_blocked },
    { "/rig/radio/what-btmon-records-is-played", test_btmon },
  };
  return rig_main (argc, argv, tests, G_N_ELEMENTS (tests));
}
