// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Files by hand, and our own; btmon reads ours. What btmon writes is read in tests/rig.

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "kiosk/core/ct-btsnoop.h"

#define ADDRESS "\x06\x05\x04\x03\x02\xc1" // as a controller has it

static void
on_logged (void *all, const struct ct_logged *logged)
{
  g_array_append_vals (all, logged, 1);
}

// All sightings of a file; *@ret_is_whole: to its end. (transfer full)
static GArray *
read_file (const void *bytes, gsize len, gboolean *ret_is_whole)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (struct ct_logged));
  struct ct_btsnoop reader;
  gsize at = ct_btsnoop_begin (&reader, (struct ct_bytes){ bytes, len });
  for (gsize n = at; n > 0 && at < len; at += n)
    n = ct_btsnoop_next (&reader, (struct ct_bytes){ (const guint8 *) bytes + at, len - at },
                         on_logged, all);
  *ret_is_whole = at == len;
  return all;
}

// A file with one packet of @datalink.
static GArray *
read_packet (guint8 datalink_low, guint8 flags, const void *packet, guint8 len)
{
  guint8 bytes[400] = "btsnoop\0\0\0\0\1\0\0\3";
  gboolean is_whole = FALSE;
  bytes[14] = datalink_low == 0xd1 ? 7 : 3;
  bytes[15] = datalink_low;
  bytes[16 + 3] = bytes[16 + 7] = len;
  bytes[16 + 11] = flags;
  memcpy (bytes + 16 + 24, packet, len);
  GArray *all = read_file (bytes, 40u + len, &is_whole);
  g_assert_true (is_whole);
  return all;
}

#define LEGACY "\x3e\x0f\x02\x01\x00\x01" ADDRESS "\x03\x02\x01\x06\xc4"

static void
test_datalinks (void)
{
  static const struct {
    guint8 datalink, flags;
    const char *prefix;
    gsize prefix_len;
    guint n_wanted;
  } rows[] = {
    { 0xe9, 3, "", 0, 1 },     // 1001: received, an event
    { 0xe9, 2, "", 0, 0 },     // a command
    { 0xea, 1, "\x04", 1, 1 }, // 1002: H4
    { 0xea, 1, "\x02", 1, 0 }, // data
    { 0xd1, 3, "", 0, 1 },     // 2001: Linux
    { 0xd1, 4, "", 0, 0 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    guint8 packet[64];
    memcpy (packet, rows[i].prefix, rows[i].prefix_len);
    memcpy (packet + rows[i].prefix_len, LEGACY, sizeof LEGACY - 1);
    g_autoptr (GArray) all = read_packet (rows[i].datalink, rows[i].flags, packet,
                                          (guint8) (rows[i].prefix_len + sizeof LEGACY - 1));
    g_assert_cmpuint (all->len, ==, rows[i].n_wanted);
    if (all->len == 0)
      continue;
    const struct ct_logged *logged = &g_array_index (all, struct ct_logged, 0);
    g_assert_cmpmem (logged->address, 6, "\xc1\x02\x03\x04\x05\x06", 6);
    g_assert_true (logged->address_is_random);
    g_assert_cmpint (logged->rssi_dbm, ==, -60);
    g_assert_cmpmem (logged->structures, logged->len, "\x02\x01\x06", 3);
  }
}

// What is no advertisement of a beacon, or not what it says.
static void
test_ignores (void)
{
  static const struct {
    const char *packet;
    guint8 len;
  } rows[] = {
    { "\x3e\x0f\x02\x01\x04\x01" ADDRESS "\x03\x02\x01\x06\xc4", 17 }, // answers a scan request
    { "\x3e\x0f\x02\x01\x00\x01" ADDRESS "\x09\x02\x01\x06\xc4", 17 }, // longer than there is
    { "\x3e\x0e\x02\x01\x00\x01" ADDRESS "\x03\x02\x01\x06\xc4", 17 }, // length of the event
    { "\x3e\x0f\x02\xff\x00\x01" ADDRESS "\x03\x02\x01\x06", 16 },
    { "\x3e\x02\x0a\x01", 4 }, // another event
    { "\x3e", 1 },
    { "", 0 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GArray) all = read_packet (0xd1, 3, rows[i].packet, rows[i].len);
    g_assert_cmpuint (all->len, ==, 0);
  }
}

static struct ct_logged
make (guint i, gsize len)
{
  struct ct_logged logged = { .at_ms = i * 1000,
                              .address = { 0xc0, 1, 2, 3, 4, (guint8) i },
                              .address_is_random = i % 2 == 0,
                              .rssi_dbm = -40 - (int) i,
                              .len = len };
  for (gsize k = 0; k < len; k++)
    logged.structures[k] = (guint8) (k == 0 ? len - 1 : k == 1 ? 0xff : k * i);
  return logged;
}

static GByteArray *
write_file (const gsize *lens, guint n)
{
  GByteArray *file = g_byte_array_new ();
  guint8 bytes[CT_BTSNOOP_RECORD_MAX];
  g_byte_array_append (file, bytes, (guint) ct_btsnoop_write_header (bytes));
  for (guint i = 0; i < n; i++) {
    struct ct_logged logged = make (i, lens[i]);
    gsize len = ct_btsnoop_write (&logged, G_GUINT64_CONSTANT (1790000000000000), bytes);
    g_byte_array_append (file, bytes, (guint) len);
  }
  return file;
}

static const gsize lens[] = { 0, 3, 31, 32, 229, 230, 255 }; // the last two come in pieces

static void
test_comes_back (void)
{
  gboolean is_whole = FALSE;
  g_autoptr (GByteArray) file = write_file (lens, G_N_ELEMENTS (lens));
  g_autoptr (GArray) all = read_file (file->data, file->len, &is_whole);
  g_assert_true (is_whole);
  g_assert_cmpuint (all->len, ==, G_N_ELEMENTS (lens));
  for (guint i = 0; i < all->len; i++) {
    const struct ct_logged *logged = &g_array_index (all, struct ct_logged, i);
    struct ct_logged wanted = make (i, lens[i]);
    g_assert_cmpint (logged->at_ms, ==, wanted.at_ms);
    g_assert_cmpint (logged->rssi_dbm, ==, wanted.rssi_dbm);
    g_assert_true (logged->address_is_random == wanted.address_is_random);
    g_assert_cmpmem (logged->address, 6, wanted.address, 6);
    g_assert_cmpmem (logged->structures, logged->len, wanted.structures, wanted.len);
  }
}

static void
test_torn (void)
{
  g_autoptr (GByteArray) file = write_file (lens, G_N_ELEMENTS (lens));
  guint n_whole = 0;
  for (gsize len = 0; len <= file->len; len++) {
    gboolean is_whole = FALSE;
    g_autofree guint8 *exact = g_memdup2 (file->data, len);
    g_autoptr (GArray) all = read_file (exact, len, &is_whole);
    n_whole += is_whole && len >= CT_BTSNOOP_HEADER_SIZE;
  }
  g_assert_cmpuint (n_whole, ==, 1 + 9); // between two packets only
}

static void
test_btmon (void)
{
  g_autofree char *program = g_find_program_in_path ("btmon");
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  if (program == NULL) {
    g_test_skip ("btmon is not there");
    return;
  }
  g_autoptr (GByteArray) file = write_file (lens, G_N_ELEMENTS (lens));
  g_assert_true (g_close (g_file_open_tmp ("XXXXXX.btsnoop", &path, &error), NULL));
  g_assert_true (g_file_set_contents (path, (const char *) file->data, file->len, &error));
  const char *argv[] = { program, "-r", path, NULL };
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &text, NULL,
                               NULL, &error));
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_nonnull (strstr (text, "LE Extended Advertising Report"));
  g_assert_nonnull (strstr (text, "Address: C0:01:02:03:04:02"));
  g_assert_nonnull (strstr (text, "RSSI: -42 dBm"));
  g_assert_nonnull (strstr (text, "Data length: 0xe5")); // the first of two pieces
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/btsnoop/reads-three-datalinks", test_datalinks);
  g_test_add_func ("/core/btsnoop/ignores-what-is-no-advertisement", test_ignores);
  g_test_add_func ("/core/btsnoop/what-is-written-comes-back", test_comes_back);
  g_test_add_func ("/core/btsnoop/ends-where-it-is-torn", test_torn);
  g_test_add_func ("/core/btsnoop/is-read-by-btmon", test_btmon);
  return g_test_run ();
}
