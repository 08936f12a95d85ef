// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Properties as bluetoothd tells them, and as it should not.

#include "hw/hw-radio-devices.h"

#include <string.h>

#define ADDRESS "'Address': <'C0:01:02:03:04:05'>, 'AddressType': <'random'>"

static const guint8 address[6] = { 0xc0, 1, 2, 3, 4, 5 };

static void
read_device (const char *properties, HwSighting *ret_sighting, struct ct_advert *ret_advert)
{
  static HwRadioDevice *device; // the views live as long as it does
  g_clear_pointer (&device, hw_radio_device_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) parsed =
      g_variant_parse (G_VARIANT_TYPE_VARDICT, properties, NULL, NULL, &error);
  g_assert_no_error (error);
  device = hw_radio_device_new (address);
  (void) hw_radio_device_update (device, parsed);
  hw_radio_device_read (device, ret_sighting, ret_advert);
}

static void
test_reads (void)
{
  HwSighting sighting;
  struct ct_advert advert;
  read_device (
      "{" ADDRESS ", 'RSSI': <int16 -61>,"
      " 'UUIDs': <['00004e56-0000-1000-8000-00805f9b34fb', 'not-a-uuid']>,"
      " 'ManufacturerData': <{uint16 8885: <[byte 1, 2, 3]>}>,"
      " 'ServiceData': <{'0000fd6f-0000-1000-8000-00805f9b34fb': <[byte 9]>, 'x': <[byte 1]>}>}",
      &sighting, &advert);
  g_assert_cmpmem (sighting.address, 6, "\xc0\x01\x02\x03\x04\x05", 6);
  g_assert_true (sighting.address_is_random);
  g_assert_cmpint (sighting.rssi_dbm, ==, -61);
  g_assert_cmpuint (advert.n_services, ==, 1);
  g_assert_true (ct_advert_has_service (&advert, ct_uuid_of_16 (0x4e56)));
  g_assert_cmpuint (advert.n_makers, ==, 1);
  g_assert_cmpint (advert.makers[0].company, ==, 0x22b5);
  g_assert_cmpmem (advert.makers[0].data.at, advert.makers[0].data.len, "\1\2\3", 3);
  g_assert_cmpuint (advert.n_service_data, ==, 1);
  g_assert_cmpmem (advert.service_data[0].data.at, advert.service_data[0].data.len, "\x09", 1);
}

// What is not as it should be is as if it were not there.
static void
test_wrong_types (void)
{
  static const char *const wrong[] = {
    "{" ADDRESS ", 'RSSI': <int32 -61>, 'UUIDs': <'a'>, 'ManufacturerData': <[byte 1]>}",
    "{" ADDRESS ", 'RSSI': <'strong'>, 'ServiceData': <{uint16 1: <[byte 1]>}>}",
    "{" ADDRESS ", 'ManufacturerData': <{uint16 8885: <'text'>}>}",
    "{" ADDRESS ", 'ServiceData': <{'0000fd6f-0000-1000-8000-00805f9b34fb': <uint32 5>}>}",
    "{" ADDRESS "}",
  };
  HwSighting sighting;
  struct ct_advert advert;
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    read_device (wrong[i], &sighting, &advert);
    g_assert_cmpint (sighting.rssi_dbm, ==, 127);
    g_assert_cmpuint (advert.n_services + advert.n_makers + advert.n_service_data, ==, 0);
  }
}

static void
test_addresses (void)
{
  static const char *const none[] = {
    "/",
    "/org/bluez/hci0",
    "/org/bluez/hci0/dev_",
    "/org/bluez/hci0/dev_C0_01_02_03_04",
    "/org/bluez/hci0/dev_C0_01_02_03_04_0G",
    "/org/bluez/hci0/dev_C0_01_02_03_04_055",
    "/org/bluez/hci0/dev_C0:01:02:03:04:05",
    "/org/bluez/hci0/dev_C0_01_02_03_04_05/service0001",
    "/org/bluez/hci0/dev_00_00_00_00_00_00",
    "/org/bluez/hci0/dev_FF_FF_FF_FF_FF_FF",
  };
  guint8 read[6] = { 0 };
  for (guint i = 0; i < G_N_ELEMENTS (none); i++)
    g_assert_false (hw_radio_device_read_path (none[i], read));
  g_assert_true (hw_radio_device_read_path ("/org/bluez/hci0/dev_C0_01_02_03_04_05", read));
  g_assert_cmpmem (read, 6, address, 6);
}

static char *
make_path (guint i)
{
  return g_strdup_printf ("/org/bluez/hci0/dev_C0_00_00_00_%02X_%02X", i >> 8, i & 255);
}

static void
take (HwRadioDevices *devices, guint i, const char *properties)
{
  g_autofree char *path = make_path (i);
  g_autoptr (GVariant) parsed =
      g_variant_parse (G_VARIANT_TYPE_VARDICT, properties, NULL, NULL, NULL);
  (void) hw_radio_device_update (hw_radio_devices_take (devices, path), parsed);
}

static gboolean
is_known (HwRadioDevices *devices, guint i)
{
  g_autofree char *path = make_path (i);
  HwSighting sighting;
  struct ct_advert advert;
  hw_radio_device_read (hw_radio_devices_take (devices, path), &sighting, &advert);
  return advert.n_services > 0;
}

// Who is heard again and again is kept, however many others there are.
static void
test_many (void)
{
  static const char phone[] = "{'UUIDs': <['00004e56-0000-1000-8000-00805f9b34fb']>}";
  HwRadioDevices *devices = hw_radio_devices_new (100);
  for (guint i = 0; i < 1000; i++) {
    take (devices, i, phone);
    take (devices, 0, "{'RSSI': <int16 -60>}");
    g_assert_cmpuint (hw_radio_devices_count (devices), ==, MIN (i + 1, 100));
  }
  g_assert_true (is_known (devices, 0));
  g_assert_true (is_known (devices, 999));
  g_assert_true (is_known (devices, 901));
  g_assert_false (is_known (devices, 900));
  hw_radio_devices_forget (devices, "/org/bluez/hci0/dev_C0_00_00_00_00_00");
  hw_radio_devices_forget (devices, "/org/bluez/hci0/dev_C0_00_00_00_00_00"); // twice
  hw_radio_devices_forget (devices, "/org/bluez/hci0");
  g_assert_cmpuint (hw_radio_devices_count (devices), ==, 99);
  hw_radio_devices_clear (devices);
  g_assert_cmpuint (hw_radio_devices_count (devices), ==, 0);
  take (devices, 5, phone);
  g_assert_true (is_known (devices, 5));
  hw_radio_devices_free (devices);
}

static GVariant *
make_much (const char *name, gsize n_bytes)
{
  g_autofree guint8 *bytes = g_malloc0 (n_bytes);
  GVariantBuilder makers, properties;
  g_variant_builder_init (&makers, G_VARIANT_TYPE ("a{qv}"));
  g_variant_builder_add (&makers, "{qv}", 8885,
                         g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, n_bytes, 1));
  g_variant_builder_init (&properties, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&properties, "{sv}", "Address",
                         g_variant_new_string ("C0:01:02:03:04:05"));
  g_variant_builder_add (&properties, "{sv}", name, g_variant_builder_end (&makers));
  return g_variant_ref_sink (g_variant_builder_end (&properties));
}

static void
test_too_much (void)
{
  static const gsize sizes[] = { CT_ADVERT_DATA_MAX + 1, HW_RADIO_PROPERTY_MAX + 1, 65536 };
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (HwRadioDevice) device = hw_radio_device_new (address);
    g_autoptr (GVariant) much = make_much ("ManufacturerData", sizes[i]);
    HwSighting sighting;
    struct ct_advert advert;
    g_assert_true (hw_radio_device_update (device, much));
    hw_radio_device_read (device, &sighting, &advert);
    g_assert_cmpuint (advert.n_makers, ==, 0);
  }
}

// A change comes alone; what was known stays, and what came last counts.
static void
test_changes (void)
{
  g_autoptr (HwRadioDevice) device = hw_radio_device_new (address);
  static const char *const changes[] = {
    "{" ADDRESS ", 'UUIDs': <['00004e56-0000-1000-8000-00805f9b34fb']>}",
    "{'ManufacturerData': <{uint16 8885: <[byte 1]>}>, 'RSSI': <int16 -50>}",
    "{'ManufacturerData': <{uint16 8885: <[byte 2]>}>}",
    "{'Connected': <true>, 'Alias': <'=1+1'>}",
  };
  static const gboolean is_heard[] = { FALSE, TRUE, TRUE, FALSE };
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++) {
    g_autoptr (GVariant) change =
        g_variant_parse (G_VARIANT_TYPE_VARDICT, changes[i], NULL, NULL, NULL);
    g_assert_cmpint (hw_radio_device_update (device, change), ==, is_heard[i]);
  }
  HwSighting sighting;
  struct ct_advert advert;
  hw_radio_device_read (device, &sighting, &advert);
  g_assert_cmpint (sighting.rssi_dbm, ==, -50);
  g_assert_cmpuint (advert.n_services, ==, 1);
  g_assert_cmpint (advert.makers[0].data.at[0], ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hw/radio-device/reads-what-it-should", test_reads);
  g_test_add_func ("/hw/radio-device/believes-no-wrong-type", test_wrong_types);
  g_test_add_func ("/hw/radio-device/keeps-who-is-heard", test_many);
  g_test_add_func ("/hw/radio-device/is-nobody-without-an-address", test_addresses);
  g_test_add_func ("/hw/radio-device/bounds-what-it-keeps", test_too_much);
  g_test_add_func ("/hw/radio-device/changes-add-up", test_changes);
  return g_test_run ();
}
