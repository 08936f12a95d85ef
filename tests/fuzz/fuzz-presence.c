// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Any order of sightings, pauses and windows, in a table that is soon full. Six bytes are a step:
// what, how long after the last, who, how strong, from which address, and what is known of it.

#include <stdlib.h>
#include <string.h>

#include "kiosk/core/ct-presence.h"

#define STEP_SIZE     6
#define N_BEACONS     7
#define WINDOW_MAX_MS 3600000
#define TICK_MS       100
#define CANARY        0x5a

struct door {
  struct ct_presence *engine;
  int64_t now_ms;
  int64_t window_ms;
  uint32_t n_sightings; // of this window
};

struct tally {
  const struct door *door;
  const struct ct_beacon *wanted; // (nullable)
  bool has_wanted;
  uint32_t n;
  uint32_t n_present;
  uint32_t n_enrolled;
  uint32_t n_sightings;
  uint32_t n_of_kind[CT_BEACON_N_KINDS];
  int level_max_dbm;
};

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check (bool is_so)
{
  if (!is_so)
    abort ();
}

// Few places, so that many beacons meet in one.
static uint64_t
hash (const uint8_t *bytes, size_t len, const uint8_t secret[CT_PRESENCE_SECRET])
{
  uint64_t sum = secret[0];
  for (size_t i = 0; i < len; i++)
    sum = sum * 31 + bytes[i];
  return sum;
}

static bool
is_same (const struct ct_beacon *a, const struct ct_beacon *b)
{
  return a->kind == b->kind && a->id_len == b->id_len && memcmp (a->id, b->id, a->id_len) == 0;
}

static void
on_change (void *user_data, enum ct_presence_change change, const struct ct_presence_window *beacon)
{
  const struct door *door = user_data;
  check (beacon->is_present == (change != CT_PRESENCE_LEFT) || change == CT_PRESENCE_TAPPED);
  check (beacon->last_ms <= door->now_ms);
  if (change == CT_PRESENCE_TAPPED)
    check (beacon->is_enrolled || beacon->beacon.id_len > 0);
}

static void
on_any (void *user_data, const struct ct_presence_window *beacon)
{
  struct tally *tally = user_data;
  tally->n++;
  tally->n_present += beacon->is_present;
  tally->n_enrolled += beacon->is_enrolled;
  if (tally->wanted != NULL && is_same (&beacon->beacon, tally->wanted))
    tally->has_wanted = true;
  if (tally->n == 1 || beacon->level_dbm > tally->level_max_dbm)
    tally->level_max_dbm = beacon->level_dbm;
}

static void
on_window (void *user_data, const struct ct_presence_window *window)
{
  struct tally *tally = user_data;
  check (window->n_sightings > 0 && window->first_ms <= window->last_ms);
  check (window->first_ms > tally->door->window_ms - TICK_MS);
  check (window->last_ms <= tally->door->now_ms);
  check ((window->rssi_max_dbm == CT_RSSI_UNKNOWN) == (window->rssi_median_dbm == CT_RSSI_UNKNOWN));
  tally->n_sightings += window->n_sightings;
  tally->n_of_kind[window->beacon.kind]++;
}

static struct tally
look (const struct door *door, const struct ct_beacon *wanted)
{
  struct tally all = { .door = door, .wanted = wanted };
  ct_presence_list_all (door->engine, on_any, &all);
  check (all.n <= N_BEACONS);
  check (ct_presence_count_people (door->engine) <= all.n_present);
  return all;
}

static void
check_window (const struct door *door)
{
  struct tally tally = { .door = door };
  struct ct_presence_counts counts;
  struct ct_presence_window strongest;
  ct_presence_list_window (door->engine, on_window, &tally, &counts);
  check (counts.n_sightings == door->n_sightings && tally.n_sightings <= counts.n_sightings);
  for (size_t kind = 0; kind < CT_BEACON_N_KINDS; kind++)
    check (counts.n_present[kind] >= tally.n_of_kind[kind]);
  struct tally all = look (door, NULL);
  check (ct_presence_find_strongest (door->engine, 0, &strongest) == (all.n > 0));
  check (all.n == 0 || strongest.level_dbm == all.level_max_dbm);
}

static void
see (struct door *door, const uint8_t step[STEP_SIZE])
{
  struct ct_beacon beacon = { .kind = (enum ct_beacon_kind) (step[2] % CT_BEACON_N_KINDS) };
  if (beacon.kind != CT_BEACON_NONE && beacon.kind != CT_BEACON_BLUEZONE_IOS)
    check (ct_beacon_set_id (&beacon, &step[2], 1));
  struct ct_sighting sighting = {
    .at_ms = door->now_ms,
    .address = { step[4] },
    .address_is_random = (step[5] & 1) != 0,
    .rssi_dbm = (int8_t) step[3],
    .beacon = &beacon,
    .is_enrolled = beacon.id_len > 0 && (step[5] & 6) == 6,
    .may_succeed = (step[5] & 8) != 0,
  };
  bool has_room = look (door, NULL).n_enrolled < N_BEACONS;
  ct_presence_see (door->engine, &sighting, on_change, door);
  door->n_sightings++;
  check (!sighting.is_enrolled || !has_room || look (door, &beacon).has_wanted);
}

static void
take (struct door *door, const uint8_t step[STEP_SIZE])
{
  door->now_ms += step[0] % 4 == 0 ? step[1] * 1000 : step[1] * 10;
  if (door->now_ms - door->window_ms > WINDOW_MAX_MS || step[0] >= 0xf0) {
    check_window (door);
    ct_presence_open_window (door->engine, door->now_ms);
    door->window_ms = door->now_ms;
    door->n_sightings = 0;
  }
  if (step[0] >= 0xc0)
    ct_presence_pass_time (door->engine, door->now_ms, on_change, door);
  else
    see (door, step);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const uint8_t secret[CT_PRESENCE_SECRET] = { 7 };
  size_t engine_size = ct_presence_size (N_BEACONS);
  uint8_t *memory = malloc (engine_size + 1);
  check (memory != NULL);
  memset (memory, CANARY, engine_size + 1);
  struct door door = { .engine = ct_presence_init (memory, N_BEACONS, &ct_presence_defaults, hash,
                                                   secret) };
  ct_presence_open_window (door.engine, 0);
  for (size_t at = 0; at + STEP_SIZE <= size; at += STEP_SIZE)
    take (&door, data + at);
  check_window (&door);
  check (memory[engine_size] == CANARY);
  free (memory);
  return 0;
}
