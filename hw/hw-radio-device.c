// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// bluetoothd checks little of what it hears, and another service might pose as it: every type is
// checked here.

#define G_LOG_DOMAIN "hw-radio-device"

#include "hw/hw-radio-device.h"

#include <string.h>

#define RSSI_UNKNOWN     127
#define ADDRESS_TEXT_LEN 17

struct _HwRadioDevice {
  guint8 address[6];
  gboolean has_address;
  gboolean is_random;
  int rssi_dbm;
  GVariant *services;     // (nullable) as
  GVariant *makers;       // (nullable) a{qv}
  GVariant *service_data; // (nullable) a{sv}
};

HwRadioDevice *
hw_radio_device_new (void)
{
  HwRadioDevice *device = g_new0 (HwRadioDevice, 1);
  device->rssi_dbm = RSSI_UNKNOWN;
  return device;
}

void
hw_radio_device_free (HwRadioDevice *device)
{
  g_clear_pointer (&device->services, g_variant_unref);
  g_clear_pointer (&device->makers, g_variant_unref);
  g_clear_pointer (&device->service_data, g_variant_unref);
  g_free (device);
}

// Takes what is of @type and small enough; anything else means that nothing is known.
static void
keep (GVariant **place, GVariant *value, const char *type)
{
  g_clear_pointer (place, g_variant_unref);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE (type)) &&
      g_variant_get_size (value) <= HW_RADIO_PROPERTY_MAX) {
    *place = g_variant_ref (value);
    (void) g_variant_get_data (*place); // in one piece, so that views of its parts live as long
  }
}

static void
take_address (HwRadioDevice *device, GVariant *value)
{
  const char *text =
      g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) ? g_variant_get_string (value, NULL) : "";
  guint8 address[6];
  if (strlen (text) != ADDRESS_TEXT_LEN)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (address); i++) {
    int high = g_ascii_xdigit_value (text[3 * i]), low = g_ascii_xdigit_value (text[3 * i + 1]);
    if (high < 0 || low < 0)
      return;
    address[i] = (guint8) (high << 4 | low);
  }
  static const guint8 zeros[6] = { 0 }, ones[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
  device->has_address = memcmp (address, zeros, 6) != 0 && memcmp (address, ones, 6) != 0;
  memcpy (device->address, address, 6);
}

static gboolean
take_property (HwRadioDevice *device, const char *name, GVariant *value)
{
  if (g_str_equal (name, "Address")) {
    take_address (device, value);
  } else if (g_str_equal (name, "AddressType")) {
    device->is_random = g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) &&
                        g_str_equal (g_variant_get_string (value, NULL), "random");
  } else if (g_str_equal (name, "UUIDs")) {
    keep (&device->services, value, "as");
  } else if (g_str_equal (name, "RSSI")) {
    device->rssi_dbm = g_variant_is_of_type (value, G_VARIANT_TYPE_INT16)
                           ? g_variant_get_int16 (value)
                           : RSSI_UNKNOWN;
    return TRUE;
  } else if (g_str_equal (name, "ManufacturerData")) {
    keep (&device->makers, value, "a{qv}");
    return TRUE;
  } else if (g_str_equal (name, "ServiceData")) {
    keep (&device->service_data, value, "a{sv}");
    return TRUE;
  }
  return FALSE;
}

gboolean
hw_radio_device_update (HwRadioDevice *device, GVariant *properties)
{
  GVariantIter iter;
  const char *name = NULL;
  GVariant *value = NULL;
  gboolean was_heard = FALSE;
  g_variant_iter_init (&iter, properties);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    was_heard |= take_property (device, name, value);
  return was_heard;
}

// The view of an "ay"; it points into what it is a part of.
static struct ct_bytes
view_bytes (GVariant *value)
{
  gsize len = 0;
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    return (struct ct_bytes){ NULL, CT_ADVERT_DATA_MAX + 1 }; // is not taken
  const guint8 *bytes = g_variant_get_fixed_array (value, &len, 1);
  return (struct ct_bytes){ bytes, len };
}

static void
read_services (GVariant *services, struct ct_advert *advert)
{
  GVariantIter iter;
  const char *text = NULL;
  struct ct_uuid uuid;
  g_variant_iter_init (&iter, services);
  while (g_variant_iter_next (&iter, "&s", &text))
    if (ct_uuid_read (text, &uuid))
      ct_advert_add_service (advert, uuid);
}

static void
read_makers (GVariant *makers, struct ct_advert *advert)
{
  GVariantIter iter;
  guint16 company = 0;
  GVariant *value = NULL;
  g_variant_iter_init (&iter, makers);
  while (g_variant_iter_loop (&iter, "{qv}", &company, &value))
    ct_advert_add_maker (advert, company, view_bytes (value));
}

static void
read_service_data (GVariant *service_data, struct ct_advert *advert)
{
  GVariantIter iter;
  const char *text = NULL;
  GVariant *value = NULL;
  struct ct_uuid uuid;
  g_variant_iter_init (&iter, service_data);
  while (g_variant_iter_loop (&iter, "{&sv}", &text, &value))
    if (ct_uuid_read (text, &uuid))
      ct_advert_add_service_data (advert, uuid, view_bytes (value));
}

gboolean
hw_radio_device_read (const HwRadioDevice *device,
                      HwSighting *ret_sighting,
                      struct ct_advert *ret_advert)
{
  ct_advert_init (ret_advert);
  if (!device->has_address)
    return FALSE;
  if (device->services != NULL)
    read_services (device->services, ret_advert);
  if (device->makers != NULL)
    read_makers (device->makers, ret_advert);
  if (device->service_data != NULL)
    read_service_data (device->service_data, ret_advert);
  *ret_sighting = (HwSighting){ .address_is_random = device->is_random,
                                .rssi_dbm = device->rssi_dbm,
                                .advert = ret_advert };
  memcpy (ret_sighting->address, device->address, sizeof device->address);
  return TRUE;
}
