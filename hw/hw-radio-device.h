// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A device as bluetoothd tells it (org.bluez.Device1): properties of any type and size, of which
// those that are what they should be become fields of an advertisement. Pure.

#pragma once

#include <gio/gio.h>

#include "hw/hw-radio.h"

G_BEGIN_DECLS

#define HW_RADIO_PROPERTY_MAX 4096 // bytes of one that is read,
#define HW_RADIO_FIELD_MAX    192  // and of what of it is kept: whole items

typedef struct _HwRadioDevice HwRadioDevice;

HwRadioDevice *hw_radio_device_new (const guint8 address[6]);
void hw_radio_device_free (HwRadioDevice *device);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwRadioDevice, hw_radio_device_free)

// The address in "/org/bluez/hci0/dev_C0_01_02_03_04_05". FALSE: it is no device's path, or
// nobody's address. A change tells the path only.
gboolean hw_radio_device_read_path (const char *path, guint8 ret_address[6]);

// @properties: a{sv}, all or those that changed. TRUE: an advertisement was heard, that is, one of
// them comes with every advertisement.
gboolean hw_radio_device_update (HwRadioDevice *device, GVariant *properties);

// Fills both; the views live until the next update.
void hw_radio_device_read (const HwRadioDevice *device,
                           HwSighting *ret_sighting,
                           struct ct_advert *ret_advert);

G_END_DECLS
