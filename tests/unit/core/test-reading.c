// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include <glib.h>
#include <string.h>

#include "kiosk/core/ct-reading.h"

static const guint8 id[CT_READING_ID] = { 0xb1, 2, 3 };

static const guint8 *
hear (struct ct_reading *self, guint8 who, int rssi_dbm, gint64 slot, gint64 now_ms)
{
  const guint8 address[6] = { 0xc0, 0, 0, 0, 0, who };
  return ct_reading_hear (self, address, rssi_dbm, slot * CT_READING_SLOT_MS, now_ms);
}

// -1: nobody.
static int
begin_at (struct ct_reading *self, gint64 wall_ms, gint64 now_ms)
{
  guint8 address[6];
  return ct_reading_begin (self, wall_ms, now_ms, address) ? address[5] : -1;
}

// In the middle of the slot.
static int
begin (struct ct_reading *self, gint64 now_ms)
{
  return begin_at (self, self->slot * CT_READING_SLOT_MS + CT_READING_SLOT_MS / 2, now_ms);
}

static void
take (struct ct_reading *self, guint8 who, const guint8 *found, gint64 now_ms)
{
  const guint8 address[6] = { 0xc0, 0, 0, 0, 0, who };
  ct_reading_take (self, address, found, now_ms);
}

// For long enough.
static void
meet (struct ct_reading *self, guint8 who, int rssi_dbm, gint64 slot, gint64 now_ms)
{
  (void) hear (self, who, rssi_dbm, slot, now_ms - CT_READING_STAY_MS);
  (void) hear (self, who, rssi_dbm, slot, now_ms);
}

static void
test_strongest (void)
{
  struct ct_reading self = { .slot = 0 };
  g_assert_cmpint (begin (&self, 0), ==, -1);
  meet (&self, 1, -70, 5, 11000);
  meet (&self, 2, -60, 5, 11000);
  meet (&self, 3, 127, 5, 11000);                 // as if far
  meet (&self, 4, -90, 5, 11000);                 // too far
  g_assert_cmpint (begin (&self, 10999), ==, -1); // may only pass
  g_assert_cmpint (begin (&self, 11000), ==, 2);
  take (&self, 2, id, 12000);
  g_assert_cmpmem (hear (&self, 2, -60, 5, 13000), CT_READING_ID, id, CT_READING_ID);
  (void) hear (&self, 1, -70, 5, 15000);
  g_assert_cmpint (begin (&self, 12000 + CT_READING_REST_MS - 1), ==, -1);
  g_assert_cmpint (begin (&self, 12000 + CT_READING_REST_MS), ==, 1);   // once in a slot
  g_assert_cmpint (begin (&self, 15000 + CT_READING_FRESH_MS), ==, -1); // it may have gone
}

static void
test_slot (void)
{
  struct ct_reading self = { .slot = 0 };
  meet (&self, 2, -60, 5, 11000);
  g_assert_cmpint (begin (&self, 11000), ==, 2);
  take (&self, 2, id, 12000);
  g_assert_nonnull (hear (&self, 2, -60, 5, 899000));
  g_assert_null (hear (&self, 2, -60, 6, 901000)); // may be somebody else by now
  meet (&self, 2, -60, 6, 911000);
  g_assert_cmpint (begin (&self, 911000), ==, 2);
  (void) hear (&self, 9, -60, 7, 1900000);
  take (&self, 2, id, 1900000); // too late: forgotten
  g_assert_null (hear (&self, 2, -60, 7, 1900001));
}

// It began to answer in one slot, and was heard in the next before the answer had come.
static void
test_edge (void)
{
  struct ct_reading self = { .slot = 0 };
  gint64 edge_ms = 6 * CT_READING_SLOT_MS;
  meet (&self, 2, -60, 5, 11000);
  g_assert_cmpint (begin_at (&self, edge_ms - CT_READING_EDGE_MS, 11000), ==, -1);
  g_assert_cmpint (begin_at (&self, edge_ms - CT_READING_EDGE_MS - 1, 11000), ==, 2);
  g_assert_null (hear (&self, 2, -60, 6, 12000));
  take (&self, 2, id, 13000);
  g_assert_null (hear (&self, 2, -60, 6, 33000)); // the old one
  g_assert_cmpint (begin_at (&self, edge_ms + CT_READING_EDGE_MS - 1, 33000), ==, -1);
  g_assert_cmpint (begin_at (&self, edge_ms + CT_READING_EDGE_MS, 33000), ==, 2);
  take (&self, 2, id, 34000);
  g_assert_nonnull (hear (&self, 2, -60, 6, 34000));
}

static void
test_back_off (void)
{
  static const gint64 waits_ms[] = { 30000, 60000, 120000, 240000, 480000, 900000, 900000 };
  struct ct_reading self = { .slot = 0 };
  gint64 now_ms = 11000;
  meet (&self, 2, -60, 5, now_ms);
  for (guint i = 0; i < G_N_ELEMENTS (waits_ms); i++) {
    (void) hear (&self, 2, -60, 5, now_ms);
    g_assert_cmpint (begin (&self, now_ms), ==, 2);
    take (&self, 2, NULL, now_ms);
    (void) hear (&self, 2, -60, 5, now_ms + waits_ms[i] - 1);
    g_assert_cmpint (begin (&self, now_ms + waits_ms[i] - 1), ==, -1);
    now_ms += waits_ms[i];
  }
}

static void
test_full (void)
{
  struct ct_reading self = { .slot = 0 };
  meet (&self, 200, -60, 5, 11000); // the only one that stays
  for (guint i = 0; i < 2 * CT_READING_PHONES; i++)
    (void) hear (&self, (guint8) i, -50, 5, 11001 + i);
  g_assert_cmpint (begin (&self, 12000), ==, 200);
  take (&self, 200, id, 12000);
  g_assert_nonnull (hear (&self, 200, -60, 5, 12000));
  for (guint i = 0; i < 2 * CT_READING_PHONES; i++)
    meet (&self, (guint8) i, -50, 5, 30000 + i);
  g_assert_nonnull (hear (&self, 200, -60, 5, 31000)); // one that is known stays known
}

typedef struct {
  guint n_begun;
  gint64 reading_ms;
  gint64 read_ms; // when HONEST was; -1: never
} Told;

#define HONEST 200

// For a quarter of an hour: @n_posing senders at a time, each with another address after so many
// seconds; none of them answers. One honest phone is further away, and does.
static Told
face (guint n_posing, guint seconds)
{
  struct ct_reading self = { .slot = 0 };
  Told told = { .read_ms = -1 };
  gint64 until_ms = 0;
  guint8 asked[6] = { 0 };
  for (gint64 now_ms = 1000; now_ms < CT_READING_SLOT_MS - CT_READING_EDGE_MS; now_ms += 1000) {
    gint64 wall_ms = 5 * CT_READING_SLOT_MS + now_ms;
    for (guint i = 0; i < n_posing; i++) {
      guint64 number = i + 100 * (guint64) (now_ms / 1000 / seconds);
      guint8 address[6] = { 1 };
      memcpy (address + 1, &number, 4);
      (void) ct_reading_hear (&self, address, -40, wall_ms, now_ms);
    }
    (void) hear (&self, HONEST, -75, 5, now_ms);
    gboolean is_honest = asked[5] == HONEST;
    if (until_ms > 0 && now_ms >= until_ms) {
      ct_reading_take (&self, asked, is_honest ? id : NULL, now_ms);
      told.read_ms = is_honest ? now_ms : told.read_ms;
      until_ms = 0;
    } else if (until_ms == 0 && ct_reading_begin (&self, wall_ms, now_ms, asked)) {
      until_ms = now_ms + (asked[5] == HONEST ? 3000 : 10000);
      told.n_begun++;
      told.reading_ms += until_ms - now_ms;
    }
  }
  return told;
}

static void
test_posing (void)
{
  static const guint n_posing[] = { 1, 1, 20, 60 }, seconds[] = { 1, 12, 12, 60 };
  Told quiet = face (0, 1);
  g_assert_cmpint (quiet.read_ms, <=, 40000);
  g_assert_cmpuint (quiet.n_begun, ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (n_posing); i++) {
    Told told = face (n_posing[i], seconds[i]);
    g_test_message ("%u posing, new each %u s: %u connections, %" G_GINT64_FORMAT
                    " ms, honest one read at %" G_GINT64_FORMAT " ms",
                    n_posing[i], seconds[i], told.n_begun, told.reading_ms, told.read_ms);
    g_assert_cmpuint (told.n_begun, <=, i == 0 ? 1 : 9);
    g_assert_cmpint (told.reading_ms, <=, CT_READING_SLOT_MS / 10);
    g_assert_cmpint (told.read_ms, >, 0); // within its slot
  }
}

// Ten people with iPhones that answer in three seconds.
static void
test_share (void)
{
  struct ct_reading self = { .slot = 0 };
  gint64 last_ms = 0, until_ms = 0;
  int asked = -1;
  guint n_read = 0;
  for (gint64 now_ms = 1000; now_ms < 300000; now_ms += 1000) {
    for (guint8 i = 0; i < 10; i++)
      (void) hear (&self, i, -60, 5, now_ms);
    if (asked >= 0 && now_ms >= until_ms) {
      take (&self, (guint8) asked, id, now_ms);
      n_read++;
      last_ms = now_ms;
      asked = -1;
    } else if (asked < 0) {
      asked = begin (&self, now_ms);
      until_ms = now_ms + 3000;
    }
  }
  g_assert_cmpuint (n_read, ==, 10);
  g_assert_cmpint (last_ms, >=, 9 * 3000 * CT_READING_SHARE);
  g_assert_cmpint (last_ms, <=, 20000 + 10 * 3000 * CT_READING_SHARE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/reading/takes-the-strongest-once", test_strongest);
  g_test_add_func ("/core/reading/forgets-with-the-slot", test_slot);
  g_test_add_func ("/core/reading/carries-nothing-into-the-next-slot", test_edge);
  g_test_add_func ("/core/reading/backs-off", test_back_off);
  g_test_add_func ("/core/reading/has-room-for-who-stays", test_full);
  g_test_add_func ("/core/reading/is-not-kept-busy-by-who-only-poses", test_posing);
  g_test_add_func ("/core/reading/takes-a-fifth-of-the-time", test_share);
  return g_test_run ();
}
