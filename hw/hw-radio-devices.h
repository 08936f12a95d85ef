// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The devices of one adapter, as bluetoothd names them. A change tells only what changed, so each
// is remembered; when there are too many, who was not heard for longest is forgotten. bluetoothd
// forgets a stranger after 30 s, and then tells everything anew. Pure.

#pragma once

#include "hw/hw-radio-device.h"

G_BEGIN_DECLS

typedef struct _HwRadioDevices HwRadioDevices;

HwRadioDevices *hw_radio_devices_new (guint n_max);
void hw_radio_devices_free (HwRadioDevices *devices);
void hw_radio_devices_clear (HwRadioDevices *devices);
guint hw_radio_devices_count (const HwRadioDevices *devices);

// (nullable) The device of @path, which is the youngest from now on; made, if it was not known. It
// lives until the next call. NULL: @path is no device's.
HwRadioDevice *hw_radio_devices_take (HwRadioDevices *devices, const char *path);
void hw_radio_devices_forget (HwRadioDevices *devices, const char *path); // if it is there

G_END_DECLS
