// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which advertisement is whose: published vectors, near misses, and bytes that end too early.

#include "kiosk/core/ct-beacon.h"
#include "kiosk/core/ct-radio-log.h"

#include <glib.h>
#include <string.h>

static gsize
read_hex (const char *hex, guint8 *ret_bytes, gsize size)
{
  gsize len = 0;
  for (; *hex != '\0'; hex++) {
    if (*hex == ' ')
      continue;
    g_assert_cmpuint (len, <, size);
    ret_bytes[len++] =
        (guint8) (g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]));
    hex++;
  }
  return len;
}

static gboolean
read_beacon (const char *hex, struct ct_beacon *ret_beacon)
{
  guint8 bytes[256];
  struct ct_advert advert;
  ct_advert_init (&advert);
  (void) ct_advert_parse (&advert, (struct ct_bytes){ bytes, read_hex (hex, bytes, sizeof bytes) });
  return ct_beacon_read (&advert, ret_beacon);
}

#define BLID   "B9A665D754FE65E665D76A45"
#define RPI    "8be6cd371c5c891604bfbe49df845096"
#define UUID   "E2C56DB5DFFB48D2B060D0F5A71096E0"
#define SPACE  "000102030405060708091a1b1c1d1e1f"
#define BLANKS "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"

static const struct {
  const char *name;
  const char *bytes;
  enum ct_beacon_kind kind;
  const char *id;
  int power_at_1m_dbm; // 0: not said
} cases[] = {
  { "bluezone", "02 01 02 03 03 56 4E 0F FF B5 22" BLID, CT_BEACON_BLUEZONE, BLID, 0 },
  { "bluezone-other-order", "0F FF B5 22" BLID "03 02 56 4E", CT_BEACON_BLUEZONE, BLID, 0 },
  { "bluezone-no-service", "02 01 02 0F FF B5 22" BLID, CT_BEACON_NONE, "", 0 },
  { "bluezone-no-maker", "02 01 02 03 03 56 4E", CT_BEACON_NONE, "", 0 },
  { "bluezone-other-maker", "03 03 56 4E 0F FF B6 22" BLID, CT_BEACON_NONE, "", 0 },
  { "bluezone-short", "03 03 56 4E 0E FF B5 22 B9A665D754FE65E665D76A", CT_BEACON_NONE, "", 0 },
  { "bluezone-long", "03 03 56 4E 10 FF B5 22 00" BLID, CT_BEACON_NONE, "", 0 },
  { "bluezone-ios", "02 01 06 11 07 67 A6 07 AD D1 17 2F A1 C4 4B F5 73 56 4E 00 00",
    CT_BEACON_BLUEZONE_IOS, "", 0 },
  { "bluezone-ios-behind", "14 FF 4C 00 01 08" BLANKS, CT_BEACON_BLUEZONE_IOS, "", 0 },
  { "bluezone-ios-behind-others", "14 FF 4C 00 01 0C" BLANKS, CT_BEACON_BLUEZONE_IOS, "", 0 },
  { "others-behind", "14 FF 4C 00 01 04" BLANKS, CT_BEACON_NONE, "", 0 },
  { "exposure", "02 01 1A 03 03 6F FD 17 16 6F FD" RPI "72033874", CT_BEACON_EXPOSURE, RPI, 0 },
  { "exposure-short", "03 03 6F FD 16 16 6F FD" RPI "720338", CT_BEACON_NONE, "", 0 },
  { "herald", "03 03 F6 FC 09 FF F1 05 010203040506", CT_BEACON_HERALD, "010203040506", 0 },
  { "herald-ios", "03 03 F6 FC", CT_BEACON_HERALD, "", 0 },
  { "herald-legacy",
    "11 07 9B FD 5B D6 72 45 1E 80 D3 42 46 47 AF 32 81 42 09 FF FA FF 0a0b0c0d0e0f",
    CT_BEACON_HERALD, "0a0b0c0d0e0f", 0 },
  { "herald-short", "03 03 F6 FC 08 FF F1 05 0102030405", CT_BEACON_NONE, "", 0 },
  { "bluetrace", "11 07 F9 18 C2 4C 09 FE F0 80 6A 4F 95 15 FC B3 2A B8 06 FF FF 03 61 62 63",
    CT_BEACON_BLUETRACE, "", 0 },
  { "bluetrace-behind", "14 FF 4C 00 01 01" BLANKS, CT_BEACON_BLUETRACE, "", 0 },
  { "ibeacon", "02 01 06 1A FF 4C 00 02 15" UUID "0001 0002 C5", CT_BEACON_IBEACON, UUID "00010002",
    -59 },
  { "ibeacon-wrong-length", "02 01 06 1A FF 4C 00 02 14" UUID "0001 0002 C5", CT_BEACON_NONE, "",
    0 },
  { "ibeacon-short", "19 FF 4C 00 02 15" UUID "0001 0002", CT_BEACON_NONE, "", 0 },
  { "ibeacon-no-power", "1A FF 4C 00 02 15" UUID "0001 0002 7F", CT_BEACON_IBEACON, UUID "00010002",
    0 },
  { "altbeacon", "1B FF 18 01 BE AC" UUID "0001 0002 C5 00", CT_BEACON_ALTBEACON, UUID "00010002",
    -59 },
  { "eddystone-uid", "03 03 AA FE 17 16 AA FE 00 EC" SPACE "00 00", CT_BEACON_EDDYSTONE_UID, SPACE,
    -61 },
  { "eddystone-uid-no-rfu", "03 03 AA FE 15 16 AA FE 00 EC" SPACE, CT_BEACON_EDDYSTONE_UID, SPACE,
    -61 },
  { "eddystone-eid", "03 03 AA FE 0D 16 AA FE 30 EC 0102030405060708", CT_BEACON_EDDYSTONE_EID,
    "0102030405060708", -61 },
  { "eddystone-url", "03 03 AA FE 0A 16 AA FE 10 EC 02 65 76 69 6c 07", CT_BEACON_NONE, "", 0 },
  { "eddystone-tlm", "11 16 AA FE 20 00 00 00 80 00 00 00 00 01 00 00 00 02", CT_BEACON_NONE, "",
    0 },
  { "nothing", "", CT_BEACON_NONE, "", 0 },
  { "early-end", "00 03 03 56 4E 0F FF B5 22" BLID, CT_BEACON_NONE, "", 0 },
  { "cut-off", "03 03 56 4E 0F FF B5 22 B9A665", CT_BEACON_NONE, "", 0 },
  { "ones", "FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF", CT_BEACON_NONE, "", 0 },
};

static void
test_case (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  struct ct_beacon beacon;
  guint8 id[CT_BEACON_ID_MAX];
  gsize id_len = read_hex (cases[i].id, id, sizeof id);
  g_assert_cmpint (read_beacon (cases[i].bytes, &beacon), ==, cases[i].kind != CT_BEACON_NONE);
  g_assert_cmpstr (ct_beacon_kind_to_string (beacon.kind), ==,
                   ct_beacon_kind_to_string (cases[i].kind));
  g_assert_cmpmem (beacon.id, beacon.id_len, id, id_len);
  g_assert_cmpint (beacon.has_power, ==, cases[i].power_at_1m_dbm != 0);
  if (beacon.has_power)
    g_assert_cmpint (beacon.power_at_1m_dbm, ==, cases[i].power_at_1m_dbm);
}

// A type and no data, for every type.
static void
test_empty_structures (void)
{
  for (guint type = 0; type < 256; type++) {
    const guint8 bytes[] = { 1, (guint8) type };
    struct ct_advert advert;
    struct ct_beacon beacon;
    ct_advert_init (&advert);
    g_assert_true (ct_advert_parse (&advert, (struct ct_bytes){ bytes, sizeof bytes }));
    g_assert_false (ct_beacon_read (&advert, &beacon));
  }
}

static void
test_bounds (void)
{
  struct ct_advert advert;
  guint8 much[CT_ADVERT_DATA_MAX + 1] = { 0 };
  ct_advert_init (&advert);
  for (guint i = 0; i < 10000; i++) {
    ct_advert_add_service (&advert, ct_uuid_of_16 ((guint16) i));
    ct_advert_add_maker (&advert, (guint16) i, (struct ct_bytes){ much, 2 });
    ct_advert_add_service_data (&advert, ct_uuid_of_16 ((guint16) i), (struct ct_bytes){ much, 2 });
  }
  g_assert_cmpuint (advert.n_services, ==, CT_ADVERT_SERVICES_MAX);
  g_assert_cmpuint (advert.n_makers, ==, CT_ADVERT_ITEMS_MAX);
  g_assert_cmpuint (advert.n_service_data, ==, CT_ADVERT_ITEMS_MAX);
  ct_advert_init (&advert);
  ct_advert_add_maker (&advert, 1, (struct ct_bytes){ much, sizeof much });
  ct_advert_add_service_data (&advert, ct_uuid_of_16 (1), (struct ct_bytes){ much, sizeof much });
  g_assert_cmpuint (advert.n_makers + advert.n_service_data, ==, 0);
}

static void
test_uuids (void)
{
  static const char *const wrong[] = { "",
                                       "not-a-uuid",
                                       "00004e56-0000-1000-8000-00805f9b34f",
                                       "00004e56-0000-1000-8000-00805f9b34fbb",
                                       "00004e56-0000-1000-8000_00805f9b34fb",
                                       "00004e56-0000-1000-80000-0805f9b34fb",
                                       "00004e5g-0000-1000-8000-00805f9b34fb" };
  struct ct_uuid uuid;
  g_assert_true (ct_uuid_read ("00004e56-0000-1000-8000-00805F9B34FB", &uuid));
  g_assert_true (ct_uuid_equals (uuid, ct_uuid_of_16 (0x4e56)));
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (ct_uuid_read (wrong[i], &uuid));
}

// Fields that become bytes become the same fields again.
static void
test_writes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    struct ct_beacon beacon, again;
    struct ct_advert advert, advert_again;
    guint8 bytes[256], written[256];
    ct_advert_init (&advert);
    ct_advert_init (&advert_again);
    (void) ct_advert_parse (
        &advert, (struct ct_bytes){ bytes, read_hex (cases[i].bytes, bytes, sizeof bytes) });
    gsize len = ct_advert_write (&advert, written, sizeof written);
    g_assert_true (ct_advert_parse (&advert_again, (struct ct_bytes){ written, len }));
    g_assert_cmpuint (advert_again.n_services, ==, advert.n_services);
    g_assert_cmpuint (advert_again.n_makers, ==, advert.n_makers);
    g_assert_cmpuint (advert_again.n_service_data, ==, advert.n_service_data);
    (void) ct_beacon_read (&advert, &beacon);
    (void) ct_beacon_read (&advert_again, &again);
    g_assert_cmpmem (&again, sizeof again, &beacon, sizeof beacon);
    for (gsize size = 0; size < len; size++)
      g_assert_cmpuint (ct_advert_write (&advert, written, size), <=, size);
  }
}

static void
test_log (void)
{
  static const char *const right[] = {
    "0 C0:00:00:00:00:01 random -60 0303564E0FFFB522B9A665D754FE65E665D76A45",
    "86400000 00:11:22:33:44:55 public 127 -",
    "5 00:11:22:33:44:55 public -127 00",
  };
  static const char *const wrong[] = {
    "0",
    "0 C0:00:00:00:00:01 random -60",
    "0 C0:00:00:00:00:01 random -60 ",
    "0 C0:00:00:00:00:01 random -60 0",
    "0 C0:00:00:00:00:01 random -60 00 more",
    "0 C0:00:00:00:00:01 random -600 00",
    "0 C0:00:00:00:00:01 other -60 00",
    "0 C0:00:00:00:00:0 random -60 00",
    "0 C0-00:00:00:00:01 random -60 00",
    "-1 C0:00:00:00:00:01 random -60 00",
    "99999999999999999999 C0:00:00:00:00:01 random -60 00",
  };
  struct ct_logged logged;
  char line[CT_RADIO_LOG_LINE_MAX];
  for (guint i = 0; i < G_N_ELEMENTS (right); i++) {
    g_assert_cmpint (ct_radio_log_read (ct_span_of (right[i]), &logged), ==, CT_LOG_SIGHTING);
    g_assert_cmpuint (ct_radio_log_write (&logged, line), ==, strlen (right[i]) + 1);
    line[strlen (line) - 1] = '\0';
    g_assert_cmpint (g_ascii_strcasecmp (line, right[i]), ==, 0);
  }
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_cmpint (ct_radio_log_read (ct_span_of (wrong[i]), &logged), ==, CT_LOG_WRONG);
  g_assert_cmpint (ct_radio_log_read (ct_span_of ("# a morning"), &logged), ==, CT_LOG_NOTHING);
  g_assert_cmpint (ct_radio_log_read (ct_span_of (""), &logged), ==, CT_LOG_NOTHING);
  memset (logged.structures, 0xff, sizeof logged.structures);
  logged.len = sizeof logged.structures; // the longest there is
  logged.at_ms = 4102444800000;
  g_assert_cmpuint (ct_radio_log_write (&logged, line), <, sizeof line);
}

static void
test_words (void)
{
  for (enum ct_beacon_kind kind = CT_BEACON_BLUEZONE; kind < CT_BEACON_N_KINDS; kind++)
    g_assert_cmpint (ct_beacon_kind_from_string (ct_beacon_kind_to_string (kind)), ==, kind);
  g_assert_cmpint (ct_beacon_kind_from_string ("none"), ==, CT_BEACON_NONE);
  g_assert_cmpint (ct_beacon_kind_from_string ("wifi"), ==, CT_BEACON_NONE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/core/beacon/reads/", cases[i].name, NULL);
    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_case);
  }
  g_test_add_func ("/core/beacon/empty-structures-are-nothing", test_empty_structures);
  g_test_add_func ("/core/beacon/bounds-what-it-takes", test_bounds);
  g_test_add_func ("/core/beacon/reads-uuids", test_uuids);
  g_test_add_func ("/core/beacon/fields-become-bytes-again", test_writes);
  g_test_add_func ("/core/beacon/logs-and-reads-a-morning", test_log);
  g_test_add_func ("/core/beacon/kinds-have-words", test_words);
  return g_test_run ();
}
