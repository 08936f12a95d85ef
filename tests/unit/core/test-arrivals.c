// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How many came, from identifiers that change: crowds whose truth is known, for hours.

#include "kiosk/core/ct-presence.h"

#include <glib.h>
#include <string.h>

#define HOUR_MS   3600000
#define WINDOW_MS 300000
#define SLOT_MS   900000
#define STEP_MS   500
#define PHONES    300

static uint64_t
hash (const uint8_t *bytes, size_t len, const uint8_t secret[CT_PRESENCE_SECRET])
{
  uint64_t sum = 14695981039346656037u ^ secret[0];
  for (size_t i = 0; i < len; i++)
    sum = (sum ^ bytes[i]) * 1099511628211u;
  return sum ^ sum >> 29;
}

typedef struct {
  gint64 from_ms;
  gint64 to_ms;
  gint64 skew_ms;  // of its clock
  gint64 phase_ms; // of its 30 s
  int rssi_dbm;
} Phone;

typedef struct {
  gint64 off_ms; // of 30 s it is silent for so long
  Phone phones[PHONES];
  guint n_phones;
  guint n_arrived[2]; // in each hour
} Crowd;

static void
add_phone (Crowd *crowd, GRand *random, gint64 from_ms, gint64 to_ms)
{
  crowd->phones[crowd->n_phones++] = (Phone){
    .from_ms = from_ms,
    .to_ms = to_ms,
    .skew_ms = g_rand_int_range (random, -5000, 5001),
    .phase_ms = g_rand_int_range (random, 0, 30000),
    .rssi_dbm = g_rand_int_range (random, -75, -55),
  };
}

static void
hear (struct ct_presence *engine, const Crowd *crowd, guint i, gint64 at_ms)
{
  const Phone *phone = &crowd->phones[i];
  gint64 phase_ms = (at_ms + 30000) % SLOT_MS;
  if (at_ms < phone->from_ms || at_ms >= phone->to_ms ||
      (at_ms + phone->phase_ms) % 30000 < crowd->off_ms)
    return;
  struct ct_beacon beacon = { .kind = CT_BEACON_BLUEZONE, .id_len = 12 };
  guint32 id[] = { i, (guint32) ((at_ms + phone->skew_ms + SLOT_MS) / SLOT_MS) };
  memcpy (beacon.id, id, sizeof id);
  struct ct_sighting sighting = {
    .at_ms = at_ms, .rssi_dbm = phone->rssi_dbm, .beacon = &beacon, .may_succeed = phase_ms < 90000
  };
  ct_presence_see (engine, &sighting, NULL, NULL);
}

static void
ignore (void *user_data, const struct ct_presence_window *window)
{
}

static void
watch (Crowd *crowd)
{
  static const guint8 secret[CT_PRESENCE_SECRET] = { 7 };
  struct ct_presence_counts counts;
  g_autofree void *memory = g_malloc (ct_presence_size (1000));
  struct ct_presence *engine = ct_presence_init (memory, 1000, &ct_presence_defaults, hash, secret);
  ct_presence_open_window (engine, 0);
  for (gint64 at_ms = 0; at_ms <= 2 * HOUR_MS; at_ms += STEP_MS) {
    if (at_ms > 0 && at_ms % WINDOW_MS == 0) {
      ct_presence_list_window (engine, ignore, NULL, &counts);
      crowd->n_arrived[(at_ms - 1) / HOUR_MS] += counts.n_arrived[CT_BEACON_BLUEZONE];
      ct_presence_open_window (engine, at_ms);
    }
    for (guint i = 0; i < crowd->n_phones; i++)
      hear (engine, crowd, i, at_ms);
    if (at_ms % 1000 == 0)
      ct_presence_pass_time (engine, at_ms, NULL, NULL);
  }
}

// Two hours of those who sit there arrive once, whether they are silent for half of the time or
// not, though each has nine identifiers.
static void
test_stay (gconstpointer off_ms)
{
  Crowd crowd = { .off_ms = GPOINTER_TO_INT (off_ms) };
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  for (guint i = 0; i < 50; i++)
    add_phone (&crowd, random, 0, 3 * HOUR_MS);
  watch (&crowd);
  g_test_message ("50 stay: %u, %u", crowd.n_arrived[0], crowd.n_arrived[1]);
  g_assert_cmpuint (crowd.n_arrived[0], >=, 50);
  g_assert_cmpuint (crowd.n_arrived[0], <=, 55);
  g_assert_cmpuint (crowd.n_arrived[1], <=, 5);
}

// 20 newcomers in each window, who stay for three minutes: while some leave, others arrive.
static void
test_pass (gconstpointer off_ms)
{
  Crowd crowd = { .off_ms = GPOINTER_TO_INT (off_ms) };
  g_autoptr (GRand) random = g_rand_new_with_seed (4);
  for (gint64 i = 0; i < 240; i++)
    add_phone (&crowd, random, i * 15000, i * 15000 + 180000);
  watch (&crowd);
  g_test_message ("240 pass: %u, %u", crowd.n_arrived[0], crowd.n_arrived[1]);
  g_assert_cmpuint (crowd.n_arrived[0] + crowd.n_arrived[1], >=, 216); // a tenth of the time
  g_assert_cmpuint (crowd.n_arrived[0] + crowd.n_arrived[1], <=, 245);
}

// Whoever comes while others are silent is not their next identifier.
static void
test_come (void)
{
  Crowd crowd = { .off_ms = 15000 };
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  for (guint i = 0; i < 30; i++)
    add_phone (&crowd, random, 0, 3 * HOUR_MS);
  for (gint64 i = 0; i < 100; i++)
    add_phone (&crowd, random, HOUR_MS + 20000 + i * 100, 3 * HOUR_MS); // within a rotation
  watch (&crowd);
  g_test_message ("30 stay, 100 come: %u, %u", crowd.n_arrived[0], crowd.n_arrived[1]);
  g_assert_cmpuint (crowd.n_arrived[1], >=, 90);
  g_assert_cmpuint (crowd.n_arrived[1], <=, 110);
}

static void
hear_one (struct ct_presence *engine,
          gint64 from_ms,
          gint64 to_ms,
          enum ct_beacon_kind kind,
          guint8 id,
          guint8 address)
{
  struct ct_beacon beacon = { .kind = kind, .id = { id }, .id_len = id != 0 ? 12 : 0 };
  for (gint64 at_ms = from_ms; at_ms < to_ms; at_ms += STEP_MS) {
    struct ct_sighting sighting = { .at_ms = at_ms,
                                    .address_is_random = TRUE,
                                    .address = { address },
                                    .rssi_dbm = -60,
                                    .beacon = &beacon,
                                    .may_succeed = TRUE };
    ct_presence_see (engine, &sighting, NULL, NULL);
  }
}

// An iPhone that was read shows another address, is not known for a while, and is read again.
static void
test_iphone (void)
{
  static const guint8 secret[CT_PRESENCE_SECRET] = { 7 };
  struct ct_presence_counts counts;
  g_autofree void *memory = g_malloc (ct_presence_size (1000));
  struct ct_presence *engine = ct_presence_init (memory, 1000, &ct_presence_defaults, hash, secret);
  ct_presence_open_window (engine, 0);
  hear_one (engine, 0, 10000, CT_BEACON_BLUEZONE_IOS, 0, 1);
  hear_one (engine, 10000, 60000, CT_BEACON_BLUEZONE, 1, 1);
  g_assert_cmpuint (ct_presence_count_people (engine), ==, 1);
  hear_one (engine, 60000, 70000, CT_BEACON_BLUEZONE_IOS, 0, 2);
  g_assert_cmpuint (ct_presence_count_people (engine), ==, 1);
  hear_one (engine, 70000, 90000, CT_BEACON_BLUEZONE, 2, 2);
  g_assert_cmpuint (ct_presence_count_people (engine), ==, 1);
  ct_presence_list_window (engine, ignore, NULL, &counts);
  g_assert_cmpuint (counts.n_arrived[CT_BEACON_BLUEZONE], ==, 0);
  g_assert_cmpuint (counts.n_arrived[CT_BEACON_BLUEZONE_IOS], ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/core/arrivals/of-who-stays", GINT_TO_POINTER (0), test_stay);
  g_test_add_data_func ("/core/arrivals/of-who-stays-and-pauses", GINT_TO_POINTER (15000),
                        test_stay);
  g_test_add_data_func ("/core/arrivals/of-who-passes", GINT_TO_POINTER (0), test_pass);
  g_test_add_data_func ("/core/arrivals/of-who-passes-and-pauses", GINT_TO_POINTER (15000),
                        test_pass);
  g_test_add_func ("/core/arrivals/of-who-comes-among-others", test_come);
  g_test_add_func ("/core/arrivals/of-an-iphone-with-another-address", test_iphone);
  return g_test_run ();
}
