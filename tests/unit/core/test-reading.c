// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include <glib.h>

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

static void
test_strongest (void)
{
  struct ct_reading self = { .slot = 0 };
  g_assert_cmpint (begin (&self, 0), ==, -1);
  g_assert_null (hear (&self, 1, -70, 5, 1000));
  g_assert_null (hear (&self, 2, -60, 5, 1000));
  g_assert_null (hear (&self, 3, 127, 5, 1000)); // as if far
  g_assert_null (hear (&self, 4, -90, 5, 1000)); // too far
  g_assert_cmpint (begin (&self, 1000), ==, 2);
  take (&self, 2, id, 2000);
  g_assert_cmpmem (hear (&self, 2, -60, 5, 3000), CT_READING_ID, id, CT_READING_ID);
  g_assert_cmpint (begin (&self, 3000), ==, 1);                        // once in a slot
  g_assert_cmpint (begin (&self, 1000 + CT_READING_FRESH_MS), ==, -1); // it may have gone
}

static void
test_slot (void)
{
  struct ct_reading self = { .slot = 0 };
  (void) hear (&self, 2, -60, 5, 1000);
  g_assert_cmpint (begin (&self, 1000), ==, 2);
  take (&self, 2, id, 2000);
  g_assert_nonnull (hear (&self, 2, -60, 5, 899000));
  g_assert_null (hear (&self, 2, -60, 6, 901000)); // may be somebody else by now
  g_assert_cmpint (begin (&self, 901000), ==, 2);
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
  (void) hear (&self, 2, -60, 5, 1000);
  g_assert_cmpint (begin_at (&self, edge_ms - CT_READING_EDGE_MS, 1000), ==, -1);
  g_assert_cmpint (begin_at (&self, edge_ms - CT_READING_EDGE_MS - 1, 1000), ==, 2);
  g_assert_null (hear (&self, 2, -60, 6, 2000));
  take (&self, 2, id, 3000);
  g_assert_null (hear (&self, 2, -60, 6, 3000)); // the old one
  g_assert_cmpint (begin_at (&self, edge_ms + CT_READING_EDGE_MS - 1, 3000), ==, -1);
  g_assert_cmpint (begin_at (&self, edge_ms + CT_READING_EDGE_MS, 3000), ==, 2);
  take (&self, 2, id, 4000);
  g_assert_nonnull (hear (&self, 2, -60, 6, 4000));
}

static void
test_back_off (void)
{
  static const gint64 waits_ms[] = { 30000, 60000, 120000, 240000, 480000, 900000, 900000 };
  struct ct_reading self = { .slot = 0 };
  gint64 now_ms = 1000;
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
  for (guint i = 0; i < 2 * CT_READING_PHONES; i++)
    (void) hear (&self, (guint8) i, -60, 5, 1000 + i);
  (void) begin (&self, 2000);
  take (&self, 0, id, 2000); // has gone
  g_assert_null (hear (&self, 0, -60, 5, 2000));
  take (&self, 2 * CT_READING_PHONES - 1, id, 2000);
  g_assert_nonnull (hear (&self, 2 * CT_READING_PHONES - 1, -60, 5, 2000));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/reading/takes-the-strongest-once", test_strongest);
  g_test_add_func ("/core/reading/forgets-with-the-slot", test_slot);
  g_test_add_func ("/core/reading/carries-nothing-into-the-next-slot", test_edge);
  g_test_add_func ("/core/reading/backs-off", test_back_off);
  g_test_add_func ("/core/reading/has-room-for-the-latest", test_full);
  return g_test_run ();
}
