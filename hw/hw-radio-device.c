// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// bluetoothd checks little of what it hears, and another service might pose as it: every type is
// checked here. What is kept is written as the structures that it was on the air, for there may be
// thousands of devices.

#define G_LOG_DOMAIN "hw-radio-device"

#include "hw/hw-radio-device.h"

#include <string.h>

#define RSSI_UNKNOWN 127

enum { SERVICES, MAKERS, SERVICE_DATA, N_FIELDS };

struct _HwRadioDevice {
  guint8 address[6];
  gboolean is_random;
  gint8 rssi_dbm;
  guint8 len[N_FIELDS];
  guint8 *structures[N_FIELDS]; // (nullable)
};

HwRadioDevice *
hw_radio_device_new (const guint8 address[6])
{
  HwRadioDevice *device = g_new0 (HwRadioDevice, 1);
  memcpy (device->address, address, sizeof device->address);
  device->rssi_dbm = RSSI_UNKNOWN;
  return device;
}

void
hw_radio_device_free (HwRadioDevice *device)
{
  for (guint i = 0; i < N_FIELDS; i++)
    g_free (device->structures[i]);
  g_free (device);
}

gboolean
hw_radio_device_read_path (const char *path, guint8 ret_address[6])
{
  static const guint8 zeros[6] = { 0 }, ones[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
  const char *name = strrchr (path, '/');
  guint8 address[6];
  if (name == NULL || !g_str_has_prefix (name, "/dev_"))
    return FALSE;
  const char *at = name + strlen ("/dev_");
  for (guint i = 0; i < G_N_ELEMENTS (address); i++, at += 3) {
    int high = g_ascii_xdigit_value (at[0]);
    int low = high >= 0 ? g_ascii_xdigit_value (at[1]) : -1;
    if (low < 0 || at[2] != (i < 5 ? '_' : '\0'))
      return FALSE;
    address[i] = (guint8) (high << 4 | low);
  }
  if (memcmp (address, zeros, 6) == 0 || memcmp (address, ones, 6) == 0)
    return FALSE;
  memcpy (ret_address, address, 6);
  return TRUE;
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

static const struct {
  const char *type;
  void (*read) (GVariant *value, struct ct_advert *advert);
} fields[N_FIELDS] = {
  [SERVICES] = { "as", read_services },
  [MAKERS] = { "a{qv}", read_makers },
  [SERVICE_DATA] = { "a{sv}", read_service_data },
};

// Takes what is of its type and small enough; anything else means that nothing is known.
static void
keep (HwRadioDevice *device, guint field, GVariant *value)
{
  struct ct_advert advert;
  guint8 structures[HW_RADIO_FIELD_MAX];
  gsize len = 0;
  if (g_variant_is_of_type (value, G_VARIANT_TYPE (fields[field].type)) &&
      g_variant_get_size (value) <= HW_RADIO_PROPERTY_MAX) {
    (void) g_variant_get_data (value); // in one piece, so that views of its parts live as long
    ct_advert_init (&advert);
    fields[field].read (value, &advert);
    len = ct_advert_write (&advert, structures, sizeof structures);
  }
  if (len != device->len[field]) {
    g_free (device->structures[field]);
    device->structures[field] = len > 0 ? g_malloc (len) : NULL;
  }
  device->len[field] = (guint8) len;
  if (len > 0)
    memcpy (device->structures[field], structures, len);
}

static gboolean
take_property (HwRadioDevice *device, const char *name, GVariant *value)
{
  if (g_str_equal (name, "AddressType")) {
    device->is_random = g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) &&
                        g_str_equal (g_variant_get_string (value, NULL), "random");
  } else if (g_str_equal (name, "UUIDs")) {
    keep (device, SERVICES, value);
  } else if (g_str_equal (name, "RSSI")) {
    gint16 rssi_dbm = g_variant_is_of_type (value, G_VARIANT_TYPE_INT16)
                          ? g_variant_get_int16 (value)
                          : RSSI_UNKNOWN;
    device->rssi_dbm =
        rssi_dbm >= G_MININT8 && rssi_dbm <= G_MAXINT8 ? (gint8) rssi_dbm : RSSI_UNKNOWN;
    return TRUE;
  } else if (g_str_equal (name, "ManufacturerData")) {
    keep (device, MAKERS, value);
    return TRUE;
  } else if (g_str_equal (name, "ServiceData")) {
    keep (device, SERVICE_DATA, value);
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

void
hw_radio_device_read (const HwRadioDevice *device,
                      HwSighting *ret_sighting,
                      struct ct_advert *ret_advert)
{
  ct_advert_init (ret_advert);
  for (guint i = 0; i < N_FIELDS; i++) // well formed, as it was written here
    (void) ct_advert_parse (ret_advert, (struct ct_bytes){ device->structures[i], device->len[i] });
  *ret_sighting = (HwSighting){ .address_is_random = device->is_random,
                                .rssi_dbm = device->rssi_dbm,
                                .advert = ret_advert };
  memcpy (ret_sighting->address, device->address, sizeof device->address);
}
