// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The key schedule against what phones really sent (two captures of an audit, github.com/thaidn/
// bluezone; their keys were published there) and against vectors that were computed elsewhere.

#include <glib.h>
#include <sodium.h>
#include <string.h>

#include "kiosk/core/ct-bluezone.h"

#define MIDNIGHT_MS (G_GINT64_CONSTANT (1596844800) * 1000) // 2020-08-08 UTC

static const char capture[] = "4C5224B397F8AB3896781D5AA0F3119F280513F1B592CA280EBDED6357E21084";
static const char readme[] = "66B07D33DA4E16A359B590EDA1E8DC90892D341C86A6491376041FE44505FFB5";
static const char counting[] = "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F";

// @seen_ms: since 1970, of the first line that a phone wrote; 0: computed.
static const struct {
  const char *key;
  guint day;
  guint slot;
  const char *id;
  gint64 seen_ms;
} vectors[] = {
  { capture, 0, 0, "29ABD013B41C90269332AB5D", 0 },
  { capture, 0, 1, "E26B0FCB3A70A8892B38A074", 0 },
  { capture, 0, 23, "B9A665D754FE65E665D76A45", 1596866191387 },
  { capture, 0, 23, "B9A665D754FE65E665D76A45", 1596866384067 },
  { capture, 0, 24, "3AA8DFC0A15682B27216FC31", 1596866588130 },
  { capture, 0, 25, "B9A232358A6C89E7A00B673C", 1596867559031 },
  { capture, 0, 26, "C5DAD2EC90AFFA065D1E0A70", 1596868203060 },
  { capture, 0, 27, "E376E0B409BCE18ECF5F2ED4", 1596869100153 },
  { capture, 0, 95, "B0A3CA441EEC82955E4E6252", 0 },
  { capture, 1, 0, "64C0D2707C49D2F0D5E3E348", 0 },
  { capture, 1, 95, "171787F26942039E5161ABB8", 0 },
  { readme, 0, 47, "286BCE589AB994EFA5F73CAD", 1596887252275 },
  { counting, 0, 0, "130CEA6472130C185D8643DF", 0 },
  { counting, 0, 1, "893DAE342437130CE5E23837", 0 },
  { counting, 0, 95, "0AE9AB99C50104E835045ABF", 0 },
};

static void
sha256 (const uint8_t *data, size_t len, uint8_t ret_hash[32])
{
  (void) crypto_hash_sha256 (ret_hash, data, len); // always 0
}

static void
read_hex (const char *hex, guint8 *ret_bytes, gsize size)
{
  gsize len = 0;
  g_assert_cmpint (sodium_hex2bin (ret_bytes, size, hex, strlen (hex), NULL, &len, NULL), ==, 0);
  g_assert_cmpuint (len, ==, size);
}

static void
test_agrees_with_phones (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++) {
    guint8 key[CT_BLUEZONE_KEY_SIZE], id[CT_BLUEZONE_ID_SIZE];
    guint8 ids[CT_BLUEZONE_SLOTS][CT_BLUEZONE_ID_SIZE];
    read_hex (vectors[i].key, key, sizeof key);
    read_hex (vectors[i].id, id, sizeof id);
    for (guint day = 0; day < vectors[i].day; day++)
      ct_bluezone_step_day (sha256, key);
    ct_bluezone_list_ids (sha256, key, CT_BLUEZONE_SLOTS, ids);
    g_assert_cmpmem (ids[vectors[i].slot], sizeof id, id, sizeof id);
    if (vectors[i].seen_ms != 0)
      g_assert_cmpuint (ct_bluezone_slot_at (CT_BLUEZONE_SLOTS, vectors[i].seen_ms - MIDNIGHT_MS),
                        ==, vectors[i].slot);
  }
}

static void
test_steps_to_the_next_day (void)
{
  guint8 key[CT_BLUEZONE_KEY_SIZE], next[CT_BLUEZONE_KEY_SIZE];
  read_hex (capture, key, sizeof key);
  read_hex ("4814DD132F8E308694A55AC8319581EA33CADA16B80CDB7FE1191115B76B9224", next, sizeof next);
  ct_bluezone_step_day (sha256, key);
  g_assert_cmpmem (key, sizeof key, next, sizeof next);
}

// Every millisecond belongs to the slot whose span it lies in, also where 7 slots do not fill a
// day.
static void
test_slots_fill_the_day (void)
{
  const guint n_slots[] = { CT_BLUEZONE_SLOTS, 1, 7, CT_BLUEZONE_SLOTS_MAX };
  for (gsize i = 0; i < G_N_ELEMENTS (n_slots); i++) {
    gint64 end_ms = 0;
    for (guint slot = 0; slot < n_slots[i]; slot++) {
      gint64 from_ms = 0, to_ms = 0;
      ct_bluezone_slot_span (n_slots[i], slot, &from_ms, &to_ms);
      g_assert_cmpint (from_ms, ==, end_ms);
      g_assert_cmpuint (ct_bluezone_slot_at (n_slots[i], from_ms), ==, slot);
      g_assert_cmpuint (ct_bluezone_slot_at (n_slots[i], to_ms - 1), ==, slot);
      end_ms = to_ms;
    }
    g_assert_cmpint (end_ms, ==, 86400000);
  }
  g_assert_cmpuint (ct_bluezone_slot_at (7, 86399999), ==, 6); // the division alone says 7
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/core/bluezone/agrees-with-phones", test_agrees_with_phones);
  g_test_add_func ("/core/bluezone/steps-to-the-next-day", test_steps_to_the_next_day);
  g_test_add_func ("/core/bluezone/slots-fill-the-day", test_slots_fill_the_day);
  return g_test_run ();
}
