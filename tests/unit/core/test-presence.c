// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The engine against a list that forgets nothing, and against mornings whose truth is known.

#include "kiosk/core/ct-presence.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#define WINDOW_MS 300000
#define CANARY    0x5a

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
  guint8 *memory;
  gsize size;
  guint n_entered;
  guint n_left;
  guint n_tapped;
  gint64 window_ms;
} Door;

static void
door_open (Door *door, guint n_beacons)
{
  static const guint8 secret[CT_PRESENCE_SECRET] = { 7 };
  *door = (Door){ .size = ct_presence_size (n_beacons) };
  door->memory = g_malloc (door->size + 1);
  memset (door->memory, CANARY, door->size + 1);
  door->engine = ct_presence_init (door->memory, n_beacons, &ct_presence_defaults, hash, secret);
  ct_presence_open_window (door->engine, 0);
}

static void
door_close (Door *door)
{
  g_assert_cmphex (door->memory[door->size], ==, CANARY);
  g_free (door->memory);
}

static void
on_change (void *user_data, enum ct_presence_change change, const struct ct_presence_window *beacon)
{
  Door *door = user_data;
  door->n_entered += change == CT_PRESENCE_ENTERED;
  door->n_left += change == CT_PRESENCE_LEFT;
  door->n_tapped += change == CT_PRESENCE_TAPPED;
}

static struct ct_beacon
make_beacon (enum ct_beacon_kind kind, guint number)
{
  struct ct_beacon beacon = { .kind = kind };
  guint8 id[12] = { 0 };
  memcpy (id, &number, sizeof number);
  g_assert_true (ct_beacon_set_id (&beacon, id, sizeof id));
  return beacon;
}

static void
hear (Door *door, gint64 at_ms, const struct ct_beacon *beacon, guint address, int rssi_dbm)
{
  struct ct_sighting sighting = {
    .at_ms = at_ms,
    .address_is_random = TRUE,
    .rssi_dbm = rssi_dbm,
    .beacon = beacon,
    .is_enrolled = beacon->kind == CT_BEACON_IBEACON,
  };
  memcpy (sighting.address, &address, sizeof address);
  ct_presence_see (door->engine, &sighting, on_change, door);
}

static void
hear_for (Door *door, const struct ct_beacon *beacon, gint64 from_ms, gint64 to_ms, int rssi_dbm)
{
  for (gint64 at_ms = from_ms; at_ms < to_ms; at_ms += 100)
    hear (door, at_ms, beacon, 1, rssi_dbm);
}

static void
pass (Door *door, gint64 now_ms)
{
  ct_presence_pass_time (door->engine, now_ms, on_change, door);
}

static void
append (void *user_data, const struct ct_presence_window *window)
{
  g_array_append_val ((GArray *) user_data, *window);
}

// (transfer full, of struct ct_presence_window)
static GArray *
list_window (Door *door, struct ct_presence_counts *ret_counts)
{
  GArray *windows = g_array_new (FALSE, FALSE, sizeof (struct ct_presence_window));
  ct_presence_list_window (door->engine, append, windows, ret_counts);
  return windows;
}

static void
test_memory (void)
{
  for (guint n = 1000; n <= CT_PRESENCE_BEACONS; n += 500)
    g_assert_cmpuint (ct_presence_size (n), <=, 100 * n);
}

static void
test_a_moment_is_no_presence (void)
{
  Door door;
  door_open (&door, 100);
  struct ct_beacon beacon = make_beacon (CT_BEACON_BLUEZONE, 1);
  hear_for (&door, &beacon, 0, 300, -50);
  hear_for (&door, &beacon, 100000, 104000, -50); // long after, and short again
  g_autoptr (GArray) windows = list_window (&door, NULL);
  g_assert_cmpuint (windows->len, ==, 0);
  g_assert_cmpuint (door.n_entered, ==, 0);
  g_assert_cmpuint (ct_presence_count_people (door.engine), ==, 0);
  door_close (&door);
}

static void
test_bursts_are_one_presence (void)
{
  Door door;
  door_open (&door, 100);
  struct ct_beacon beacon = make_beacon (CT_BEACON_BLUEZONE, 1);
  for (guint i = 0; i < 8; i++) { // 15 s of 45 s
    hear_for (&door, &beacon, i * 45000, i * 45000 + 15000, -60);
    pass (&door, (i + 1) * 45000 - 100);
    g_assert_cmpuint (ct_presence_count_people (door.engine), ==, 1);
  }
  g_assert_cmpuint (door.n_entered, ==, 1);
  g_assert_cmpuint (door.n_left, ==, 0);
  pass (&door, 8 * 45000 + 45000);
  g_assert_cmpuint (door.n_left, ==, 1);
  g_assert_cmpuint (ct_presence_count_people (door.engine), ==, 0);
  door_close (&door);
}

// Near by -88, gone by -94: what lies between changes nothing.
// A tag that is forgotten on the desk: one stay of 48 h, in windows that all know it.
static void
test_two_days (void)
{
  Door door;
  door_open (&door, 100);
  struct ct_beacon tag = make_beacon (CT_BEACON_IBEACON, 1);
  for (gint64 at_ms = 0; at_ms < 48 * 3600000; at_ms += 1000) {
    hear (&door, at_ms, &tag, 1, -60);
    pass (&door, at_ms);
    if ((at_ms + 1000) % WINDOW_MS != 0)
      continue;
    g_autoptr (GArray) windows = list_window (&door, NULL);
    g_assert_cmpuint (windows->len, ==, 1);
    const struct ct_presence_window *window =
        &g_array_index (windows, struct ct_presence_window, 0);
    g_assert_cmpuint (window->n_sightings, ==, WINDOW_MS / 1000);
    g_assert_cmpint (window->last_ms, ==, at_ms);
    ct_presence_open_window (door.engine, at_ms + 1000);
  }
  g_assert_cmpuint (door.n_entered, ==, 1);
  g_assert_cmpuint (door.n_left, ==, 0);
  door_close (&door);
}

static void
test_hysteresis (void)
{
  Door door;
  door_open (&door, 100);
  struct ct_beacon beacon = make_beacon (CT_BEACON_BLUEZONE, 1);
  hear_for (&door, &beacon, 0, 60000, -91);
  g_assert_cmpuint (door.n_entered, ==, 0);
  hear_for (&door, &beacon, 60000, 70000, -80);
  g_assert_cmpuint (door.n_entered, ==, 1);
  hear_for (&door, &beacon, 70000, 170000, -91);
  pass (&door, 170000);
  g_assert_cmpuint (door.n_left, ==, 0);
  hear_for (&door, &beacon, 170000, 220000, -97);
  pass (&door, 220000);
  g_assert_cmpuint (door.n_left, ==, 1);
  door_close (&door);
}

static void
test_an_identifier_changes (void)
{
  Door door;
  door_open (&door, 100);
  guint most = 0;
  for (guint i = 0; i < 12; i++) { // three hours
    struct ct_beacon beacon = make_beacon (CT_BEACON_BLUEZONE, i);
    for (gint64 at_ms = i * 900000; at_ms < (i + 1) * 900000; at_ms += 1000) {
      if (at_ms % 30000 < 15000)
        hear (&door, at_ms, &beacon, i, -65);
      pass (&door, at_ms);
      most = MAX (most, ct_presence_count_people (door.engine));
    }
  }
  g_assert_cmpuint (most, ==, 1);
  g_assert_cmpuint (door.n_entered, ==, 12); // told apart all the same
  door_close (&door);
}

// Ten of each of Bluezone's, and 15 with Exposure Notification; an iPhone becomes known meanwhile.
static void
test_people (void)
{
  Door door;
  door_open (&door, 100);
  for (gint64 at_ms = 0; at_ms < 60000; at_ms += 500) {
    for (guint i = 0; i < 10; i++) {
      struct ct_beacon android = make_beacon (CT_BEACON_BLUEZONE, i);
      struct ct_beacon iphone = { .kind = CT_BEACON_BLUEZONE_IOS };
      struct ct_beacon read = make_beacon (CT_BEACON_BLUEZONE, 50);
      hear (&door, at_ms, &android, i, -65);
      hear (&door, at_ms, i == 0 && at_ms >= 30000 ? &read : &iphone, 1000 + i, -65);
    }
    for (guint i = 0; i < 15; i++) {
      struct ct_beacon exposure = make_beacon (CT_BEACON_EXPOSURE, i);
      hear (&door, at_ms, &exposure, 2000 + i, -65);
    }
    if (at_ms >= 6000)
      g_assert_cmpuint (ct_presence_count_people (door.engine), ==, 20);
    pass (&door, at_ms);
  }
  door_close (&door);
}

static void
test_addresses (void)
{
  Door door;
  door_open (&door, 100);
  struct ct_beacon tag = make_beacon (CT_BEACON_IBEACON, 1);
  struct ct_beacon unknown = { .kind = CT_BEACON_NONE };
  struct ct_sighting sighting = { .rssi_dbm = -60, .beacon = &unknown };
  for (guint i = 0; i < 100; i++) { // another address each time
    hear (&door, i * 100, &tag, i, -60);
    sighting.at_ms = i * 100;
    sighting.address_is_random = i % 2 == 0; // the same bytes, of two types
    ct_presence_see (door.engine, &sighting, on_change, &door);
  }
  struct ct_presence_counts counts;
  g_autoptr (GArray) windows = list_window (&door, &counts);
  g_assert_cmpuint (windows->len, ==, 3);
  g_assert_cmpuint (counts.n_present[CT_BEACON_IBEACON], ==, 1);
  g_assert_cmpuint (counts.n_present[CT_BEACON_NONE], ==, 2);
  door_close (&door);
}

static void
test_unknown_rssi (void)
{
  static const int rssis[] = { 127, 0, -128, 100, 32767 };
  Door door;
  door_open (&door, 100);
  struct ct_beacon tag = make_beacon (CT_BEACON_IBEACON, 1);
  for (guint i = 0; i < 100; i++)
    hear (&door, i * 100, &tag, 1, rssis[i % G_N_ELEMENTS (rssis)]);
  g_autoptr (GArray) windows = list_window (&door, NULL);
  g_assert_cmpuint (windows->len, ==, 1); // heard is heard
  const struct ct_presence_window *window = &g_array_index (windows, struct ct_presence_window, 0);
  g_assert_cmpint (window->rssi_max_dbm, ==, CT_RSSI_UNKNOWN);
  g_assert_cmpint (window->rssi_median_dbm, ==, CT_RSSI_UNKNOWN);
  g_assert_cmpuint (door.n_tapped, ==, 0);
  door_close (&door);
}

// 100,000 addresses, 2,000 adverts a second, for a minute; 200 phones and a tag in the middle.
static void
test_flood (void)
{
  Door door;
  struct ct_beacon unknown = { .kind = CT_BEACON_NONE };
  struct ct_beacon tag = make_beacon (CT_BEACON_IBEACON, 1);
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  guint n_tag = 0;
  door_open (&door, CT_PRESENCE_BEACONS);
  for (gint64 at_ms = 0; at_ms < 20000; at_ms += 1000)
    for (guint i = 0; i < 200; i++) {
      struct ct_beacon phone = make_beacon (CT_BEACON_BLUEZONE, i);
      hear (&door, at_ms, &phone, i, -70);
    }
  for (guint i = 0; i < 120000; i++) {
    gint64 at_ms = 20000 + i / 2;
    hear (&door, at_ms, &unknown, 1000 + g_rand_int_range (random, 0, 100000), -60);
    if (i % 1000 == 0) {
      hear (&door, at_ms, &tag, 1, -85); // weaker than all of them
      n_tag++;
    }
    if (i % 2000 == 0) {
      pass (&door, at_ms);
      for (guint j = 0; j < 200; j++) {
        struct ct_beacon phone = make_beacon (CT_BEACON_BLUEZONE, j);
        hear (&door, at_ms, &phone, j, -70);
      }
    }
  }
  struct ct_presence_counts counts;
  g_autoptr (GArray) windows = list_window (&door, &counts);
  g_assert_cmpuint (counts.n_present[CT_BEACON_BLUEZONE], ==, 200);
  g_assert_cmpuint (counts.n_present[CT_BEACON_IBEACON], ==, 1);
  g_assert_cmpuint (ct_presence_count_people (door.engine), ==, 200);
  for (guint i = 0; i < windows->len; i++) {
    const struct ct_presence_window *window =
        &g_array_index (windows, struct ct_presence_window, i);
    if (window->is_enrolled)
      g_assert_cmpuint (window->n_sightings, ==, n_tag); // not one was missed
  }
  door_close (&door);
}

// Fifty phones, weaker than all of it.
static void
test_come_in_a_flood (void)
{
  Door door;
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  struct ct_presence_counts counts;
  struct ct_beacon unknown = { .kind = CT_BEACON_NONE };
  door_open (&door, CT_PRESENCE_BEACONS);
  for (gint64 at_ms = 0; at_ms < 50000; at_ms++) {
    for (guint i = 0; i < 2; i++)
      hear (&door, at_ms, &unknown, 1000 + g_rand_int_range (random, 0, 100000), -60);
    for (guint i = 0; at_ms >= 30000 && at_ms % 500 == 0 && i < 50; i++) {
      struct ct_beacon phone = make_beacon (CT_BEACON_BLUEZONE, i);
      hear (&door, at_ms, &phone, i, -85);
    }
    if (at_ms % 1000 == 0)
      pass (&door, at_ms);
  }
  g_autoptr (GArray) windows = list_window (&door, &counts);
  g_assert_cmpuint (counts.n_present[CT_BEACON_BLUEZONE], ==, 50);
  for (guint i = 0; i < windows->len; i++) {
    const struct ct_presence_window *window =
        &g_array_index (windows, struct ct_presence_window, i);
    if (window->beacon.kind == CT_BEACON_BLUEZONE)
      g_assert_cmpuint (window->n_sightings, ==, 40); // not one was missed
  }
  door_close (&door);
}

static void
hear_crowd (Door *door, enum ct_beacon_kind kind, guint n, gint64 from_ms, int rssi_dbm)
{
  for (gint64 at_ms = from_ms; at_ms < from_ms + 10000; at_ms += 500)
    for (guint i = 0; i < n; i++) {
      struct ct_beacon beacon = make_beacon (kind, i);
      hear (door, at_ms, &beacon, i, rssi_dbm);
    }
}

static void
test_full (void)
{
  Door door;
  struct ct_presence_counts counts;
  struct ct_beacon tag = make_beacon (CT_BEACON_IBEACON, 5000);
  struct ct_beacon newcomer = make_beacon (CT_BEACON_BLUEZONE, 2000);
  door_open (&door, 1000);
  hear_crowd (&door, CT_BEACON_BLUEZONE, 1000, 0, -70);
  hear_for (&door, &newcomer, 10000, 20000, -65); // no stronger than those who are there
  g_autoptr (GArray) before = list_window (&door, &counts);
  g_assert_cmpuint (counts.n_present[CT_BEACON_BLUEZONE], ==, 1000);
  g_assert_cmpuint (counts.n_dropped, ==, 100);
  hear_for (&door, &newcomer, 20000, 30000, -45); // it is
  g_autoptr (GArray) after = list_window (&door, &counts);
  g_assert_cmpuint (counts.n_dropped, ==, 100);                      // found room
  g_assert_cmpuint (counts.n_present[CT_BEACON_BLUEZONE], ==, 1001); // whose place it took stays
  hear_for (&door, &tag, 30000, 40000, -85);
  g_autoptr (GArray) with_tag = list_window (&door, &counts);
  g_assert_cmpuint (counts.n_present[CT_BEACON_IBEACON], ==, 1); // weak as it is
  g_assert_cmpuint (counts.n_present[CT_BEACON_BLUEZONE], ==, 1001);
  door_close (&door);
}

// Strangers that stayed long enough to be present, and are gone or not, shut nobody out.
static void
test_full_of_strangers (void)
{
  Door door;
  struct ct_presence_counts counts;
  struct ct_beacon phone = make_beacon (CT_BEACON_BLUEZONE, 2000);
  door_open (&door, 1000);
  hear_crowd (&door, CT_BEACON_NONE, 1000, 0, -50);
  hear_for (&door, &phone, 10000, 20000, -80);
  pass (&door, 100000);
  g_autoptr (GArray) windows = list_window (&door, &counts);
  g_assert_cmpuint (counts.n_present[CT_BEACON_BLUEZONE], ==, 1);
  g_assert_cmpuint (counts.n_present[CT_BEACON_NONE], ==, 1000);
  door_close (&door);
}

static void
on_left (void *user_data, enum ct_presence_change change, const struct ct_presence_window *beacon)
{
  if (change == CT_PRESENCE_LEFT)
    *(gint64 *) user_data = beacon->last_ms;
}

static void
test_left_when (void)
{
  Door door;
  gint64 left_ms = 0;
  struct ct_beacon phone = make_beacon (CT_BEACON_BLUEZONE, 1);
  door_open (&door, 100);
  hear_for (&door, &phone, 200000, 290000, -60);
  ct_presence_open_window (door.engine,
                           WINDOW_MS); // it left in another window than it was heard in
  ct_presence_pass_time (door.engine, 336000, on_left, &left_ms);
  g_assert_cmpint (left_ms, ==, 289900);
  door_close (&door);
}

typedef struct {
  guint n;
  gint64 first_ms;
  gint64 last_ms;
  int max_dbm;
  guint bins[CT_PRESENCE_BINS];
} Heard; // one beacon's window, by a list

#define N_LISTED 300

static int
median_of (const Heard *heard)
{
  guint below = 0;
  for (guint i = 0; i < CT_PRESENCE_BINS; i++) {
    below += heard->bins[i];
    if (2 * below >= heard->n)
      return CT_PRESENCE_BIN_DBM + (int) i * CT_PRESENCE_BIN_DB + CT_PRESENCE_BIN_DB / 2;
  }
  return CT_RSSI_UNKNOWN;
}

static void
assert_same (GArray *windows, const Heard *heard)
{
  for (guint i = 0; i < windows->len; i++) {
    const struct ct_presence_window *window =
        &g_array_index (windows, struct ct_presence_window, i);
    guint number = 0;
    memcpy (&number, window->beacon.id, sizeof number);
    const Heard *expected = &heard[number];
    g_assert_cmpuint (window->n_sightings, ==, expected->n);
    g_assert_cmpint (window->first_ms, ==, expected->first_ms / 100 * 100);
    g_assert_cmpint (window->last_ms, ==, expected->last_ms / 100 * 100);
    g_assert_cmpint (window->rssi_max_dbm, ==, expected->max_dbm);
    g_assert_cmpint (window->rssi_median_dbm, ==, median_of (expected));
  }
}

static void
test_agrees_with_a_list (void)
{
  Door door;
  g_autoptr (GRand) random = g_rand_new_with_seed (20261124);
  door_open (&door, 1000);
  for (guint w = 0; w < 6; w++) {
    Heard heard[N_LISTED] = { 0 };
    ct_presence_open_window (door.engine, w * WINDOW_MS);
    for (gint64 at_ms = w * WINDOW_MS; at_ms < (w + 1) * WINDOW_MS; at_ms += 7) {
      guint i = (guint) g_rand_int_range (random, 0, N_LISTED);
      int rssi_dbm = g_rand_int_range (random, -99, -35);
      struct ct_beacon beacon = make_beacon (CT_BEACON_BLUEZONE, i);
      hear (&door, at_ms, &beacon, i, rssi_dbm);
      heard[i].first_ms = heard[i].n == 0 ? at_ms : heard[i].first_ms;
      heard[i].max_dbm = heard[i].n == 0 ? rssi_dbm : MAX (heard[i].max_dbm, rssi_dbm);
      heard[i].last_ms = at_ms;
      heard[i].n++;
      heard[i].bins[MIN ((rssi_dbm + 100) / 5, CT_PRESENCE_BINS - 1)]++;
    }
    g_autoptr (GArray) windows = list_window (&door, NULL);
    g_assert_cmpuint (windows->len, ==, N_LISTED);
    assert_same (windows, heard);
  }
  door_close (&door);
}

// A morning: each phone is near once, for as long as its script says.
#define N_PHONES   231
#define MORNING_MS (3 * 3600000)

typedef struct {
  gint64 from_ms;
  gint64 to_ms;
  gint64 entered_ms; // as the engine told; -1: never
  gint64 left_ms;
  int rssi_dbm;
} Phone;

typedef struct {
  Door door;
  Phone phones[N_PHONES];
  gint64 now_ms;
  guint n_expected, n_told, n_right; // pairs of phone and window
} Morning;

static guint
phone_of (const struct ct_beacon *beacon)
{
  guint number = 0;
  memcpy (&number, beacon->id, sizeof number);
  return number % N_PHONES; // every 15 minutes another multiple
}

static void
on_morning (void *user_data, enum ct_presence_change change, const struct ct_presence_window *seen)
{
  Morning *morning = user_data;
  Phone *phone = &morning->phones[phone_of (&seen->beacon)];
  if (change == CT_PRESENCE_ENTERED && phone->entered_ms < 0)
    phone->entered_ms = morning->now_ms;
  else if (change == CT_PRESENCE_LEFT)
    phone->left_ms = morning->now_ms;
}

static gboolean
is_there (const Phone *phone, gint64 from_ms, gint64 to_ms)
{
  return MIN (phone->to_ms, to_ms) > MAX (phone->from_ms, from_ms);
}

static void
check_window (Morning *morning, gint64 end_ms)
{
  gboolean is_told[N_PHONES] = { FALSE };
  g_autoptr (GArray) windows = list_window (&morning->door, NULL);
  for (guint i = 0; i < windows->len; i++)
    is_told[phone_of (&g_array_index (windows, struct ct_presence_window, i).beacon)] = TRUE;
  for (guint i = 0; i < N_PHONES; i++) {
    gboolean is_true = is_there (&morning->phones[i], end_ms - WINDOW_MS, end_ms);
    // Half a minute at a window's edge may fall into the pause between two bursts.
    gint64 overlap_ms = MIN (morning->phones[i].to_ms, end_ms) -
                        MAX (morning->phones[i].from_ms, end_ms - WINDOW_MS);
    if (is_true && overlap_ms < 40000 && !is_told[i])
      continue;
    morning->n_expected += is_true;
    morning->n_told += is_told[i];
    morning->n_right += is_true && is_told[i];
  }
}

// 200 walk past and stay a little, 30 queue, one stays for 40 minutes.
static void
write_script (Morning *morning, GRand *random)
{
  for (guint i = 0; i < N_PHONES; i++) {
    Phone *phone = &morning->phones[i];
    phone->entered_ms = phone->left_ms = -1;
    if (i < 200) {
      phone->from_ms = g_rand_int_range (random, 0, MORNING_MS - 1200000);
      phone->to_ms = phone->from_ms + g_rand_int_range (random, 90000, 900000);
    } else if (i < 230) { // one each 20 s, for 10 minutes
      phone->from_ms = 3600000 + (i - 200) * 20000;
      phone->to_ms = phone->from_ms + 600000;
    } else {
      phone->from_ms = 1800000;
      phone->to_ms = phone->from_ms + 2400000;
    }
    phone->rssi_dbm = g_rand_int_range (random, -80, -50);
  }
}

static void
test_a_morning (void)
{
  g_autofree Morning *morning = g_new0 (Morning, 1);
  g_autoptr (GRand) random = g_rand_new_with_seed (4);
  write_script (morning, random);
  door_open (&morning->door, CT_PRESENCE_BEACONS);
  for (gint64 at_ms = 0; at_ms < MORNING_MS; at_ms += 250) {
    morning->now_ms = at_ms;
    if (at_ms > 0 && at_ms % WINDOW_MS == 0) {
      check_window (morning, at_ms);
      ct_presence_open_window (morning->door.engine, at_ms);
    }
    for (guint i = 0; i < N_PHONES; i++) {
      const Phone *phone = &morning->phones[i];
      gboolean is_on = (at_ms + i * 1700) % 30000 < 15000 && g_rand_double (random) < 0.7;
      if (!is_there (phone, at_ms, at_ms + 1) || !is_on)
        continue;
      double fading_db = 4 * sqrt (-2 * log (1 - g_rand_double (random))) *
                         cos (2 * G_PI * g_rand_double (random));
      struct ct_beacon beacon =
          make_beacon (CT_BEACON_BLUEZONE, i + N_PHONES * (guint) (at_ms / 900000));
      struct ct_sighting sighting = { .at_ms = at_ms,
                                      .rssi_dbm = phone->rssi_dbm + (int) fading_db,
                                      .beacon = &beacon };
      ct_presence_see (morning->door.engine, &sighting, on_morning, morning);
    }
    if (at_ms % 1000 == 0)
      ct_presence_pass_time (morning->door.engine, at_ms, on_morning, morning);
  }
  guint n_timely = 0;
  for (guint i = 0; i < N_PHONES; i++) {
    const Phone *phone = &morning->phones[i];
    n_timely += phone->entered_ms >= phone->from_ms &&
                phone->entered_ms <= phone->from_ms + WINDOW_MS && phone->left_ms >= phone->to_ms &&
                phone->left_ms <= phone->to_ms + WINDOW_MS;
  }
  g_test_message ("windows: expected %u, told %u, right %u; timely %u of %u", morning->n_expected,
                  morning->n_told, morning->n_right, n_timely, N_PHONES);
  g_assert_cmpuint (morning->n_right * 100, >=, morning->n_expected * 99); // recall
  g_assert_cmpuint (morning->n_right * 100, >=, morning->n_told * 99);     // precision
  g_assert_cmpuint (n_timely * 100, >=, N_PHONES * 99);
  door_close (&morning->door);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/presence/takes-100-bytes-a-beacon", test_memory);
  g_test_add_func ("/core/presence/a-moment-is-no-presence", test_a_moment_is_no_presence);
  g_test_add_func ("/core/presence/bursts-are-one-presence", test_bursts_are_one_presence);
  g_test_add_func ("/core/presence/two-days-are-one-stay", test_two_days);
  g_test_add_func ("/core/presence/near-and-gone-are-not-one-line", test_hysteresis);
  g_test_add_func ("/core/presence/a-new-identifier-is-not-a-new-person",
                   test_an_identifier_changes);
  g_test_add_func ("/core/presence/people-are-counted-once", test_people);
  g_test_add_func ("/core/presence/addresses-count-only-without-an-identifier", test_addresses);
  g_test_add_func ("/core/presence/heard-without-a-strength-is-heard", test_unknown_rssi);
  g_test_add_func ("/core/presence/a-flood-hides-nobody", test_flood);
  g_test_add_func ("/core/presence/a-flood-hides-no-newcomer", test_come_in_a_flood);
  g_test_add_func ("/core/presence/when-full-the-strong-and-tags-stay", test_full);
  g_test_add_func ("/core/presence/strangers-shut-nobody-out", test_full_of_strangers);
  g_test_add_func ("/core/presence/tells-when-it-was-last-heard", test_left_when);
  g_test_add_func ("/core/presence/agrees-with-a-list", test_agrees_with_a_list);
  g_test_add_func ("/core/presence/tells-a-morning-as-it-was", test_a_morning);
  return g_test_run ();
}
