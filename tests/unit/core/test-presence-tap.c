// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What is held at the kiosk, and what only lies or walks there.

#include <glib.h>
#include <math.h>
#include <string.h>

#include "kiosk/core/ct-presence.h"

#define FAR_DBM  -75
#define HELD_DBM -30
#define TAG      CT_BEACON_EDDYSTONE_UID
#define HOUR_MS  3600000

static uint64_t
hash (const uint8_t *bytes, size_t len, const uint8_t secret[CT_PRESENCE_SECRET])
{
  uint64_t sum = 14695981039346656037u ^ secret[0];
  for (size_t i = 0; i < len; i++)
    sum = (sum ^ bytes[i]) * 1099511628211u;
  return sum ^ sum >> 29;
}

typedef struct {
  struct ct_presence *engine;
  gint64 now_ms;
  gint64 tapped_ms; // last
  guint n_tapped;
} Door;

static void
door_open (Door *door)
{
  static const guint8 secret[CT_PRESENCE_SECRET] = { 7 };
  *door = (Door){ .now_ms = 1000 };
  door->engine = ct_presence_init (g_malloc (ct_presence_size (100)), 100, &ct_presence_defaults,
                                   hash, secret);
  ct_presence_open_window (door->engine, 0);
}

static void
door_close (Door *door)
{
  g_free (door->engine); // begins its memory
}

static void
on_change (void *user_data, enum ct_presence_change change, const struct ct_presence_window *beacon)
{
  Door *door = user_data;
  if (change != CT_PRESENCE_TAPPED)
    return;
  door->n_tapped++;
  door->tapped_ms = door->now_ms;
}

// Number 0: without an identifier. Tags are enrolled.
static void
hear (Door *door, enum ct_beacon_kind kind, guint8 number, guint8 address, int rssi_dbm)
{
  struct ct_beacon beacon = { .kind = kind, .id = { number }, .id_len = number > 0 ? 12 : 0 };
  struct ct_sighting sighting = { .at_ms = door->now_ms,
                                  .address = { address },
                                  .rssi_dbm = rssi_dbm,
                                  .beacon = &beacon,
                                  .is_enrolled = kind == TAG };
  ct_presence_see (door->engine, &sighting, on_change, door);
}

static void
wait (Door *door, gint64 ms)
{
  for (gint64 until_ms = door->now_ms + ms; door->now_ms < until_ms; door->now_ms += 100)
    if (door->now_ms % 1000 == 0)
      ct_presence_pass_time (door->engine, door->now_ms, on_change, door);
}

// The first tag, one advert each @interval_ms.
static void
be (Door *door, gint64 ms, gint64 interval_ms, int rssi_dbm)
{
  for (gint64 until_ms = door->now_ms + ms; door->now_ms < until_ms;) {
    hear (door, TAG, 1, 1, rssi_dbm);
    wait (door, interval_ms);
  }
}

static void
test_once (void)
{
  Door door;
  door_open (&door);
  be (&door, 10000, 100, FAR_DBM);
  g_assert_cmpuint (door.n_tapped, ==, 0);
  be (&door, 900, 100, HELD_DBM); // too short
  be (&door, 300, 100, FAR_DBM);
  g_assert_cmpuint (door.n_tapped, ==, 0);
  be (&door, 10000, 100, HELD_DBM);
  g_assert_cmpuint (door.n_tapped, ==, 1);
  be (&door, 3000, 100, FAR_DBM); // not long enough away
  be (&door, 10000, 100, HELD_DBM);
  g_assert_cmpuint (door.n_tapped, ==, 1);
  be (&door, 60000, 100, -50); // away it is not
  be (&door, 10000, 100, HELD_DBM);
  g_assert_cmpuint (door.n_tapped, ==, 1);
  be (&door, 10000, 100, FAR_DBM);
  be (&door, 10000, 100, HELD_DBM);
  g_assert_cmpuint (door.n_tapped, ==, 2);
  door_close (&door);
}

// Some tags cannot be told to advertise more often than once a second.
static void
test_slow (void)
{
  static const gint64 intervals_ms[] = { 100, 300, 500, 1000 };
  for (guint i = 0; i < G_N_ELEMENTS (intervals_ms); i++) {
    Door door;
    door_open (&door);
    be (&door, 20000, intervals_ms[i], FAR_DBM);
    gint64 held_ms = door.now_ms;
    be (&door, 10000, intervals_ms[i], HELD_DBM);
    g_assert_cmpuint (door.n_tapped, ==, 1);
    g_assert_cmpint (door.tapped_ms - held_ms, <=, 2000);
    door_close (&door);
  }
}

static void
test_few (void)
{
  Door door;
  door_open (&door);
  be (&door, 10000, 1000, FAR_DBM);
  be (&door, 2000, 1000, HELD_DBM); // two
  wait (&door, 5000);
  be (&door, 2000, 1000, HELD_DBM);
  wait (&door, 5000);
  be (&door, 40000, 10000, HELD_DBM); // four, with nothing between them
  g_assert_cmpuint (door.n_tapped, ==, 0);
  door_close (&door);
}

static double
gauss (GRand *random)
{
  return sqrt (-2 * log (1 - g_rand_double (random))) * cos (2 * G_PI * g_rand_double (random));
}

// Somebody lays it down at the kiosk; each ten minutes a body is in between, for a minute too.
static void
test_lies_near (void)
{
  Door door;
  g_autoptr (GRand) random = g_rand_new_with_seed (9);
  door_open (&door);
  be (&door, 10000, 100, FAR_DBM);
  for (guint i = 0; i < 4 * HOUR_MS / 100; i++) {
    gboolean is_hidden = i % 6000 >= 3000 && i % 6000 < (i < HOUR_MS / 50 ? 3040 : 3600);
    be (&door, 100, 100, (int) round (-36 + 3 * gauss (random) - (is_hidden ? 15 : 0)));
  }
  g_assert_cmpuint (door.n_tapped, ==, 1);
  door_close (&door);
}

// The kiosk starts with the tag beside it; the radio goes for a minute, or for a night.
static void
test_was_there (void)
{
  static const gint64 silences_ms[] = { 0, 30000, 60000, 10 * HOUR_MS };
  Door door;
  door_open (&door);
  for (guint i = 0; i < G_N_ELEMENTS (silences_ms); i++) {
    wait (&door, silences_ms[i]);
    be (&door, 60000, 100, HELD_DBM);
  }
  g_assert_cmpuint (door.n_tapped, ==, 0);
  be (&door, 10000, 100, FAR_DBM);
  wait (&door, 30000); // it could have been laid down meanwhile
  be (&door, 10000, 100, HELD_DBM);
  g_assert_cmpuint (door.n_tapped, ==, 0);
  be (&door, 10000, 100, FAR_DBM);
  be (&door, 10000, 100, HELD_DBM);
  g_assert_cmpuint (door.n_tapped, ==, 1);
  door_close (&door);
}

// In the same hand: the owner's phone, stronger still; and the tag tells of its battery.
static void
test_in_one_hand (void)
{
  Door door;
  door_open (&door);
  for (guint i = 0; i < 150; i++) {
    int nearer_db = i < 100 ? 0 : 45;
    hear (&door, TAG, 1, 1, FAR_DBM + nearer_db);
    hear (&door, CT_BEACON_BLUEZONE, 9, 9, FAR_DBM + nearer_db + 4);
    if (i % 10 == 0)
      hear (&door, CT_BEACON_NONE, 0, 1, FAR_DBM + nearer_db);
    wait (&door, 100);
    if (i == 99)
      g_assert_cmpuint (door.n_tapped, ==, 0);
  }
  g_assert_cmpuint (door.n_tapped, ==, 2); // the phone, too: it joins a code
  door_close (&door);
}

static guint
count_taps (enum ct_beacon_kind kind, guint8 number, guint8 address, int rssi_dbm)
{
  Door door;
  door_open (&door);
  for (guint i = 0; i < 150; i++) {
    int nearer_db = i < 100 ? 0 : 45;
    hear (&door, kind == TAG ? TAG : CT_BEACON_BLUEZONE, 1, 1, FAR_DBM + nearer_db);
    hear (&door, kind, number, address, rssi_dbm + nearer_db);
    wait (&door, 100);
  }
  door_close (&door);
  return door.n_tapped;
}

static void
test_another (void)
{
  g_assert_cmpuint (count_taps (TAG, 2, 2, -80), ==, 0); // which of them is meant?
  g_assert_cmpuint (count_taps (TAG, 2, 2, -90), ==, 1);
  g_assert_cmpuint (count_taps (CT_BEACON_BLUEZONE, 2, 2, -80), ==, 0);
  g_assert_cmpuint (count_taps (CT_BEACON_BLUEZONE_IOS, 0, 2, -80), ==, 0);
  g_assert_cmpuint (count_taps (CT_BEACON_BLUEZONE_IOS, 0, 1, -75), ==, 1); // before it was read
  g_assert_cmpuint (count_taps (CT_BEACON_EXPOSURE, 0, 2, -75), ==, 1); // maybe the same phone's
  g_assert_cmpuint (count_taps (CT_BEACON_IBEACON, 2, 2, -60), ==, 1);  // nobody's tag
}

// At 40 cm, at an easy walk, 200 times.
static void
test_walks_past (void)
{
  Door door;
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  door_open (&door);
  for (guint i = 0; i < 200; i++)
    for (double at_m = -10; at_m < 10; at_m += 0.12) {
      double away_m = sqrt (at_m * at_m + 0.4 * 0.4);
      be (&door, 100, 100, (int) round (-59 - 25 * log10 (away_m) + 4 * gauss (random)));
    }
  g_assert_cmpuint (door.n_tapped, ==, 0);
  door_close (&door);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/presence-tap/what-is-held-taps-once", test_once);
  g_test_add_func ("/core/presence-tap/a-slow-tag-taps-within-two-seconds", test_slow);
  g_test_add_func ("/core/presence-tap/few-adverts-are-no-tap", test_few);
  g_test_add_func ("/core/presence-tap/what-lies-near-taps-once", test_lies_near);
  g_test_add_func ("/core/presence-tap/what-was-there-does-not-tap", test_was_there);
  g_test_add_func ("/core/presence-tap/a-phone-in-the-same-hand-may-be-stronger", test_in_one_hand);
  g_test_add_func ("/core/presence-tap/one-of-two-alike-does-not-tap", test_another);
  g_test_add_func ("/core/presence-tap/who-walks-past-does-not-tap", test_walks_past);
  return g_test_run ();
}
