// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The least that a program on the bus can do: it counts the adverts that bluetoothd tells, and
// looks at nothing. What the kiosk's radio costs is to be compared with it.

#include <gio/gio.h>
#include <stdio.h>

static guint64 n_heard;

static void
on_signal (GDBusConnection *bus,
           const char *sender,
           const char *object,
           const char *interface,
           const char *signal,
           GVariant *arguments,
           gpointer unused)
{
  n_heard++;
}

static gboolean
on_second (gpointer unused)
{
  (void) printf ("heard %" G_GUINT64_FORMAT "\n", n_heard);
  return G_SOURCE_CONTINUE;
}

int
main (void)
{
  (void) setvbuf (stdout, NULL, _IOLBF, 0); // somebody reads along
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  (void) g_dbus_connection_signal_subscribe (bus, "org.bluez", "org.freedesktop.DBus.Properties",
                                             "PropertiesChanged", NULL, "org.bluez.Device1",
                                             G_DBUS_SIGNAL_FLAGS_NONE, on_signal, NULL, NULL);
  (void) g_timeout_add_seconds (1, on_second, NULL);
  g_main_loop_run (loop);
  return 0;
}
