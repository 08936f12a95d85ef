// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads one value of a device nearby through bluetoothd: connects, waits for its services, reads,
// disconnects and has bluetoothd forget the device. Nothing is paired: a value that asks for it is
// not read.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define HW_RADIO_GATT_MS 10000 // for all of it

// @owner: bluetoothd's own name on @bus. @adapter, @device: paths. @characteristic: a UUID in lower
// case. On the main thread. It ends with G_IO_ERROR_TIMED_OUT when it takes too long.
void hw_radio_gatt_read_async (GDBusConnection *bus,
                               const char *owner,
                               const char *adapter,
                               const char *device,
                               const char *characteristic,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
// (transfer full)
GBytes *hw_radio_gatt_read_finish (GAsyncResult *result, GError **error);

G_END_DECLS
