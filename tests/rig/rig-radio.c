// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The radio in words: the bus and bluetoothd as a real machine starts them, and the air.

#include "tests/rig/rig-private.h"

void
rig_start_bluetoothd (Rig *rig, const char *options)
{
  g_autofree char *command =
      g_strdup_printf ("exec /usr/libexec/bluetooth/bluetoothd -n %s", options);
  rig_start (rig, "bluetoothd", command);
}

void
rig_start_bluetooth (Rig *rig, const char *options)
{
  int status = -1;
  g_free (rig_run (rig, "mkdir -p /run/dbus && exec dbus-daemon --system --fork", &status));
  g_assert_cmpint (status, ==, 0);
  rig_start_bluetoothd (rig, options);
}

void
rig_air_is (Rig *rig, const char *air)
{
  rig_write_file (rig, "air", air);
  RIG_TELL (rig, "air /run/scratch/air");
}

void
rig_radio_goes_deaf (Rig *rig, gboolean is_deaf)
{
  RIG_TELL (rig, "radio deaf %s", is_deaf ? "on" : "off");
}

void
rig_radio_sticks (Rig *rig)
{
  RIG_TELL (rig, "radio stuck on");
}

void
rig_radio_utters (Rig *rig, const char *hex)
{
  RIG_TELL (rig, "utter %s", hex);
}

void
rig_radio_blocks (Rig *rig, gboolean is_blocked)
{
  RIG_TELL (rig, "radio blocked %s", is_blocked ? "on" : "off");
}

void
rig_radio_sends (Rig *rig, const char *wanted, guint within_ms)
{
  gint64 deadline_us = rig_deadline (within_ms);
  for (;;) {
    g_autofree char *sent = rig_ask (rig, "sent");
    if (g_str_equal (sent, wanted))
      return;
    if (rig_left_ms (deadline_us) <= 0)
      g_error ("the radio sends '%s', and not '%s'", sent, wanted);
    rig_listen (rig, 100);
  }
}

void
rig_phones (Rig *rig, const char *how, gboolean is_set)
{
  RIG_TELL (rig, "radio %s %s", how, is_set ? "on" : "off");
}

guint
rig_count_aired (Rig *rig, guint *ret_reported)
{
  g_autofree char *counts = rig_ask (rig, "aired");
  char *reported = NULL;
  guint n_aired = (guint) g_ascii_strtoull (counts, &reported, 10);
  *ret_reported = (guint) g_ascii_strtoull (reported, NULL, 10);
  return n_aired;
}

guint
rig_count_off_ms (Rig *rig)
{
  g_autofree char *counts = rig_ask (rig, "aired");
  return (guint) g_ascii_strtoull (g_strrstr (counts, " "), NULL, 10);
}

char *
rig_list_connected (Rig *rig)
{
  return rig_ask (rig, "connected");
}

void
rig_radio_is_legacy (Rig *rig)
{
  RIG_TELL (rig, "radio legacy on");
}
