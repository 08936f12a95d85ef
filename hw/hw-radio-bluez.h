// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The radio that bluetoothd serves. It is found, switched on, made to scan without end, and healed:
// bluetoothd may restart, the adapter be pulled out, rfkill close it, the scan stop, or everything
// look well while nothing is heard: hw-radio-silence.h has what is done then. A radio that proves
// to have been deaf, without anybody's knowledge, says so by turning deaf and hearing again at
// once.
//
// What is heard comes by discovery, of the services by which beacons are known: Linux drops all
// else before bluetoothd sees it, which matters, for bluetoothd tells nothing any more when it
// hears 2,000 strangers a second. iBeacons and AltBeacons have no service: to hear them everything
// is heard. Where bluetoothd offers advertisement monitors (it runs with
// --experimental), one is registered, so that the controller does not drop duplicates; without it a
// strict controller tells of each beacon once in ten seconds. Not with BlueZ 5.79 to 5.82: there
// one long extended advertisement ends bluetoothd while a monitor is registered, so one that ends
// three times within a minute of the registration gets none any more. The adapter is never
// discoverable or pairable, and there is no agent.

#pragma once

#include <gio/gio.h>

#include "hw/hw-radio.h"

G_BEGIN_DECLS

#define HW_RADIO_DEVICES_MAX 10000 // that are remembered; bluetoothd keeps a stranger for 30 s

#define HW_TYPE_RADIO_BLUEZ (hw_radio_bluez_get_type ())
G_DECLARE_FINAL_TYPE (HwRadioBluez, hw_radio_bluez, HW, RADIO_BLUEZ, GObject)

// @adapter: its address, "00:11:22:33:44:55" in upper case, or "" for one that is
// switched on, else the first; one that fails three times in a row is left for another. @hears_all:
// beacons without a service, too.
HwRadioBluez *hw_radio_bluez_new (const char *adapter, gboolean hears_all);
// Before the main loop turns: it also sends, to everybody, this service and its data; at most 20
// bytes. @service: a UUID in lower case. An adapter that cannot hears all the same.
void hw_radio_bluez_advertise (HwRadioBluez *self, const char *service, GBytes *data);
gboolean hw_radio_bluez_adapter_is_valid (const char *adapter);

G_END_DECLS
