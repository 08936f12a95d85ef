// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// An advertisement monitor for bluetoothd (org.bluez.AdvertisementMonitor1). While one is
// registered Linux does not let the controller drop duplicates, so that every advertisement is
// heard and not one in ten seconds (net/bluetooth/hci_sync.c, hci_active_scan_sync). It matches
// nothing itself: what is heard comes by discovery.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define HW_RADIO_MONITOR_MANAGER "org.bluez.AdvertisementMonitorManager1"
#define HW_RADIO_MONITOR_ROOT    "/vn/tramxanh/radio" // to be given to RegisterMonitor ()

// Exports it as long as the returned object lives.
GObject *hw_radio_monitor_new (GDBusConnection *bus);

G_END_DECLS
