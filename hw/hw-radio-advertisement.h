// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// An advertisement for bluetoothd to send (org.bluez.LEAdvertisement1): broadcast, so that nobody
// can connect to it.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define HW_RADIO_ADVERTISEMENT_MANAGER "org.bluez.LEAdvertisingManager1"
#define HW_RADIO_ADVERTISEMENT_PATH    "/vn/tramxanh/venue" // to be given to RegisterAdvertisement ()

// Exports it as long as the returned object lives. @service: a UUID, as text. @data: of the
// service.
GObject *hw_radio_advertisement_new (GDBusConnection *bus, const char *service, GBytes *data);

G_END_DECLS
