// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Any properties from the bus: the bytes are an a{sv}, in the order of the machine or not.

#include "hw/hw-radio-device.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (HwRadioDevice) device = hw_radio_device_new ((const guint8[]){ 0xc0, 1, 2, 3, 4, 5 });
  g_autoptr (GBytes) bytes = g_bytes_new (data, size); // aligned
  g_autoptr (GVariant) raw =
      g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes, FALSE));
  g_autoptr (GVariant) properties = g_variant_get_normal_form (raw);
  HwSighting sighting;
  struct ct_advert advert;
  volatile guint sum = 0;
  (void) hw_radio_device_update (device, properties);
  hw_radio_device_read (device, &sighting, &advert);
  for (size_t i = 0; i < advert.n_makers; i++)
    for (size_t k = 0; k < advert.makers[i].data.len; k++)
      sum += advert.makers[i].data.at[k];
  return 0;
}
