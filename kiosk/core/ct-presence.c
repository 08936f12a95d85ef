// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The engine. The level of a beacon is an exponential mean of what is received: on traces with
// fading and bodies (tests/bench/bench-presence.c) it is as near to the truth as a Kalman filter
// (3.45 dB both), takes sides as steadily (5.9 changes for each true one, 6.2; a median of 7: 8.0),
// and needs 2 bytes.

#include "kiosk/core/ct-presence.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "kiosk/core/ct-presence-table.h"
#include "kiosk/core/ct-presence-tap.h"

#define LEVEL_SHARE  6     // a new sighting moves the level by a sixth of the difference
#define PENDING_MS   25000 // heard, not present, and silent since: forgotten
#define SUCCESSOR_DB 12
#define N_PROBES     16
#define LOOK_STRIDE  7919
#define STRONGER_DB  10 // a newcomer than somebody whose place it takes

struct ct_presence {
  struct ct_presence_options options;
  ct_presence_hash_fn hash;
  uint8_t secret[CT_PRESENCE_SECRET];
  int64_t begin_ms; // of tick 0
  bool has_begun;
  uint32_t window_tick;
  struct ct_presence_counts counts; // of this window, but the present
  uint32_t silent_tick;             // when the silent were gathered; 0: not
  struct ct_presence_table table;
};

const struct ct_presence_options ct_presence_defaults = {
  .dwell_ms = 5000,
  .gap_ms = 45000,
  .enter_dbm = -88,
  .leave_dbm = -94,
  .near_dbm = -75,
  .kiosk_dbm = -55,
  .tap_dbm = -40,
  .tap_ms = 1000,
  .tap_lead_db = 10,
  .tap_gap_ms = 2500,
  .away_db = 20,
  .away_ms = 5000,
};

static size_t
header_size (void)
{
  return (sizeof (struct ct_presence) + 15) / 16 * 16;
}

size_t
ct_presence_size (uint32_t n_beacons)
{
  return header_size () + ct_presence_table_size (n_beacons);
}

struct ct_presence *
ct_presence_init (void *memory,
                  uint32_t n_beacons,
                  const struct ct_presence_options *options,
                  ct_presence_hash_fn hash,
                  const uint8_t secret[CT_PRESENCE_SECRET])
{
  struct ct_presence *self = memory;
  *self = (struct ct_presence){ .options = *options, .hash = hash };
  memcpy (self->secret, secret, sizeof self->secret);
  ct_presence_table_init (&self->table, (uint8_t *) memory + header_size (), n_beacons);
  return self;
}

static uint32_t
tick_of (struct ct_presence *self, int64_t at_ms)
{
  if (!self->has_begun) {
    self->begin_ms = at_ms;
    self->has_begun = true;
  }
  return at_ms > self->begin_ms ? (uint32_t) ((at_ms - self->begin_ms) / CT_TICK_MS) : 0;
}

static int8_t
find_median (const struct ct_presence_entry *entry)
{
  uint32_t n = 0, below = 0;
  for (size_t i = 0; i < CT_PRESENCE_BINS; i++)
    n += entry->bins[i];
  for (size_t i = 0; i < CT_PRESENCE_BINS; i++) {
    below += entry->bins[i];
    if (n > 0 && 2 * below >= n)
      return (int8_t) (CT_PRESENCE_BIN_DBM + (int) i * CT_PRESENCE_BIN_DB + CT_PRESENCE_BIN_DB / 2);
  }
  return CT_RSSI_UNKNOWN;
}

static enum ct_presence_zone
find_zone (const struct ct_presence *self, int8_t median_dbm)
{
  if (median_dbm == CT_RSSI_UNKNOWN || median_dbm < self->options.near_dbm)
    return CT_ZONE_FAR;
  return median_dbm < self->options.kiosk_dbm ? CT_ZONE_NEAR : CT_ZONE_AT_KIOSK;
}

static void
describe (const struct ct_presence *self,
          const struct ct_presence_entry *entry,
          struct ct_presence_window *ret_window)
{
  int64_t window_ms = self->begin_ms + (int64_t) self->window_tick * CT_TICK_MS;
  int64_t last_ms = self->begin_ms + (int64_t) entry->last_tick * CT_TICK_MS;
  int8_t median_dbm = find_median (entry);
  *ret_window = (struct ct_presence_window){
    .beacon.kind = (enum ct_beacon_kind) entry->kind,
    .is_enrolled = ct_entry_has (entry, CT_ENTRY_ENROLLED),
    .is_present = ct_entry_has (entry, CT_ENTRY_PRESENT),
    .first_ms = entry->n_sightings > 0 ? window_ms + entry->window_first * CT_TICK_MS : last_ms,
    .last_ms = last_ms,
    .n_sightings = entry->n_sightings,
    .rssi_max_dbm = entry->rssi_max_dbm != INT8_MIN ? entry->rssi_max_dbm : CT_RSSI_UNKNOWN,
    .rssi_median_dbm = median_dbm,
    .zone = find_zone (self, median_dbm),
    .level_dbm = ct_entry_level (entry),
  };
  (void) ct_beacon_set_id (&ret_window->beacon, entry->id, entry->id_len); // it came from one
}

static void
tell_change (const struct ct_presence *self,
             const struct ct_presence_entry *entry,
             enum ct_presence_change change,
             ct_presence_tell_fn tell,
             void *user_data)
{
  struct ct_presence_window window;
  if (tell == NULL)
    return;
  describe (self, entry, &window);
  tell (user_data, change, &window);
}

static uint64_t
hash_of (const struct ct_presence *self, const struct ct_sighting *sighting)
{
  const struct ct_beacon *beacon = sighting->beacon;
  uint8_t key[2 + CT_BEACON_ID_MAX] = { (uint8_t) beacon->kind };
  size_t len = 2;
  if (beacon->id_len > 0) {
    memcpy (key + len, beacon->id, beacon->id_len);
    len += beacon->id_len;
  } else {
    key[1] = sighting->address_is_random ? 2 : 1;
    memcpy (key + len, sighting->address, sizeof sighting->address);
    len += sizeof sighting->address;
  }
  return self->hash (key, len, self->secret);
}

static void
reset_window (struct ct_presence_entry *entry)
{
  memset (entry->bins, 0, sizeof entry->bins);
  entry->n_sightings = 0;
  entry->rssi_max_dbm = INT8_MIN;
  ct_entry_set (entry, CT_ENTRY_COUNTED, false);
}

enum worth {
  WORTH_STRANGER_HEARD,
  WORTH_STRANGER, // is or was present
  WORTH_HEARD,    // of a known kind, as the following
  WORTH_LEFT,
  WORTH_PRESENT,
  WORTH_ENROLLED,
};

static enum worth
find_worth (const struct ct_presence_entry *entry)
{
  if (ct_entry_has (entry, CT_ENTRY_ENROLLED))
    return WORTH_ENROLLED;
  bool is_heard = !ct_entry_has (entry, CT_ENTRY_PRESENT | CT_ENTRY_COUNTED);
  if (entry->kind == CT_BEACON_NONE)
    return is_heard ? WORTH_STRANGER_HEARD : WORTH_STRANGER;
  if (is_heard)
    return WORTH_HEARD;
  return ct_entry_has (entry, CT_ENTRY_PRESENT) ? WORTH_PRESENT : WORTH_LEFT;
}

// Whether a newcomer, who is enrolled, a stranger or neither, may have its place.
static bool
may_replace (const struct ct_presence_entry *victim,
             const struct ct_sighting *newcomer,
             int rssi_dbm)
{
  enum worth worth = find_worth (victim);
  if (newcomer->is_enrolled)
    return worth < WORTH_ENROLLED;
  if (newcomer->beacon->kind == CT_BEACON_NONE)
    return worth <= WORTH_STRANGER && ct_entry_level (victim) <= rssi_dbm;
  if (worth == WORTH_HEARD)
    return ct_entry_level (victim) <= rssi_dbm;
  if (worth == WORTH_PRESENT)
    return ct_entry_level (victim) + STRONGER_DB <= rssi_dbm;
  return worth < WORTH_PRESENT;
}

// Of a few that are looked at, the one that is missed least; NULL: it is dearer than the newcomer.
static struct ct_presence_entry *
find_victim (struct ct_presence *self,
             uint64_t random,
             const struct ct_sighting *newcomer,
             int rssi_dbm)
{
  struct ct_presence_entry *victim = NULL;
  enum worth least = WORTH_ENROLLED;
  uint32_t n_looks = newcomer->is_enrolled ? self->table.n_entries : N_PROBES;
  uint32_t at = (uint32_t) (random >> 32) % self->table.n_entries;
  uint32_t stride = newcomer->is_enrolled ? 1 : LOOK_STRIDE; // those who came together lie together
  for (uint32_t i = 0; i < n_looks; i++) {
    uint32_t look = (uint32_t) ((at + (uint64_t) i * stride) % self->table.n_entries);
    struct ct_presence_entry *entry = &self->table.entries[look];
    enum worth worth = find_worth (entry);
    if (worth > least ||
        (worth == least && victim != NULL && ct_entry_level (entry) >= ct_entry_level (victim)))
      continue;
    victim = entry;
    least = worth;
  }
  return may_replace (victim, newcomer, rssi_dbm) ? victim : NULL;
}

static struct ct_presence_entry *
add (struct ct_presence *self,
     const struct ct_sighting *sighting,
     uint64_t hash,
     uint32_t tick,
     int rssi_dbm)
{
  if (self->table.n_entries == self->table.size) {
    struct ct_presence_entry *victim = find_victim (self, hash, sighting, rssi_dbm);
    if (victim == NULL) {
      self->counts.n_dropped++;
      return NULL;
    }
    if (ct_entry_has (victim, CT_ENTRY_COUNTED))
      self->counts.n_present[victim->kind]++; // it was there all the same
    ct_presence_table_remove (&self->table, victim);
  }
  struct ct_presence_entry *entry = ct_presence_table_add (&self->table, hash);
  entry->first_tick = entry->last_tick = entry->near_tick = tick;
  entry->kind = (uint8_t) sighting->beacon->kind;
  entry->id_len = (uint8_t) sighting->beacon->id_len;
  memcpy (entry->id, sighting->beacon->id, sighting->beacon->id_len);
  reset_window (entry);
  return entry;
}

static void
take_rssi (struct ct_presence_entry *entry, int rssi_dbm)
{
  int bin = (rssi_dbm - CT_PRESENCE_BIN_DBM) / CT_PRESENCE_BIN_DB;
  bin = rssi_dbm < CT_PRESENCE_BIN_DBM ? 0 : bin >= CT_PRESENCE_BINS ? CT_PRESENCE_BINS - 1 : bin;
  if (entry->bins[bin] < UINT16_MAX)
    entry->bins[bin]++;
  if (rssi_dbm > entry->rssi_max_dbm)
    entry->rssi_max_dbm = (int8_t) rssi_dbm;
  int fresh = rssi_dbm * CT_LEVEL_ONE;
  if (ct_entry_has (entry, CT_ENTRY_HAS_LEVEL))
    fresh = entry->level + (fresh - entry->level) / LEVEL_SHARE;
  entry->level = (int16_t) fresh;
  ct_entry_set (entry, CT_ENTRY_HAS_LEVEL, true);
}

// How unlike a predecessor of @like it is, in dB; more than SUCCESSOR_DB for one of another kind:
// an iPhone that was known and has another address, unless nobody of its kind fits; INT_MAX: it is
// none.
static int
find_unlikeness (const struct ct_presence_entry *entry, const struct ct_presence_entry *like)
{
  int difference = abs (ct_entry_level (entry) - ct_entry_level (like));
  if (difference > SUCCESSOR_DB)
    return INT_MAX;
  if (entry->kind == like->kind)
    return difference;
  return like->kind == CT_BEACON_BLUEZONE_IOS && entry->kind == CT_BEACON_BLUEZONE
             ? SUCCESSOR_DB + 1 + difference
             : INT_MAX;
}

// Whoever arrives was there for the dwell time, so whom it succeeds was silent for as long. The
// silent are gathered once in a tick, so that 2,000 arrivals a second do not look at everybody each
// (tests/bench/bench-presence.c). One that is moved to another's place within the tick is missed
// until the next.
static void
gather_silent (struct ct_presence *self, uint32_t tick)
{
  struct ct_presence_table *table = &self->table;
  if (tick == self->silent_tick)
    return;
  self->silent_tick = tick;
  table->n_silent = 0;
  for (uint32_t i = 0; i < table->n_entries; i++) {
    if (ct_entry_has (&table->entries[i], CT_ENTRY_PRESENT) &&
        ct_ticks_have_passed (table->entries[i].last_tick, tick, self->options.dwell_ms))
      table->silent[table->n_silent++] = (uint16_t) i;
  }
}

// A phone that changes its identifier falls silent with the old one before the new one is heard.
// (nullable) Who was last heard before @tick, and as strongly as @like.
static struct ct_presence_entry *
find_predecessor (struct ct_presence *self, const struct ct_presence_entry *like, uint32_t tick)
{
  struct ct_presence_entry *found = NULL;
  int least = INT_MAX;
  for (uint32_t i = 0; i < self->table.n_silent; i++) {
    struct ct_presence_entry *entry = &self->table.entries[self->table.silent[i]];
    if (entry == like || !ct_entry_has (entry, CT_ENTRY_PRESENT) ||
        ct_entry_has (entry, CT_ENTRY_SUCCEEDED | CT_ENTRY_ENROLLED) || entry->last_tick >= tick)
      continue;
    int unlikeness = find_unlikeness (entry, like);
    if (unlikeness > least || unlikeness == INT_MAX ||
        (unlikeness == least && entry->last_tick <= found->last_tick))
      continue;
    found = entry;
    least = unlikeness;
  }
  return found;
}

// An iPhone becomes known, or is not known any more, and keeps its address.
static struct ct_presence_entry *
find_same_sender (struct ct_presence *self, const struct ct_presence_entry *newcomer)
{
  for (uint32_t i = 0; i < self->table.n_silent; i++) {
    struct ct_presence_entry *entry = &self->table.entries[self->table.silent[i]];
    if (entry->address_bits == newcomer->address_bits && entry->kind != newcomer->kind &&
        ct_beacon_family ((enum ct_beacon_kind) entry->kind) ==
            ct_beacon_family ((enum ct_beacon_kind) newcomer->kind) &&
        ct_entry_has (entry, CT_ENTRY_PRESENT) && entry->last_tick <= newcomer->first_tick)
      return entry;
  }
  return NULL;
}

static void
count_arrival (struct ct_presence *self,
               const struct ct_presence_entry *newcomer,
               uint32_t tick,
               bool may_succeed)
{
  gather_silent (self, tick);
  struct ct_presence_entry *same = find_same_sender (self, newcomer);
  if (same != NULL) {
    ct_entry_set (same, CT_ENTRY_SUCCEEDED, true);
    return;
  }
  struct ct_presence_entry *old = find_predecessor (self, newcomer, newcomer->first_tick);
  if (old != NULL) {
    ct_entry_set (old, CT_ENTRY_SUCCEEDED, true);
    ct_entry_set (old, CT_ENTRY_INHERITED, may_succeed);
  }
  if (old == NULL || !may_succeed)
    self->counts.n_arrived[newcomer->kind]++;
}

// It was not succeeded, as it is heard again: then somebody else was, or somebody did arrive.
static void
take_back_succession (struct ct_presence *self, struct ct_presence_entry *entry, uint32_t tick)
{
  bool was_inherited = ct_entry_has (entry, CT_ENTRY_INHERITED);
  ct_entry_set (entry, CT_ENTRY_SUCCEEDED | CT_ENTRY_INHERITED, false);
  if (!was_inherited)
    return;
  gather_silent (self, tick);
  struct ct_presence_entry *old = find_predecessor (self, entry, entry->last_tick + 1);
  if (old != NULL)
    ct_entry_set (old, CT_ENTRY_SUCCEEDED | CT_ENTRY_INHERITED, true);
  else
    self->counts.n_arrived[entry->kind]++;
}

// Whether it became present.
static bool
look_for_entry (const struct ct_presence *self, struct ct_presence_entry *entry, uint32_t tick)
{
  bool is_present = ct_entry_has (entry, CT_ENTRY_PRESENT);
  bool is_near =
      !ct_entry_has (entry, CT_ENTRY_HAS_LEVEL) ||
      ct_entry_level (entry) >= (is_present ? self->options.leave_dbm : self->options.enter_dbm);
  if (is_near)
    entry->near_tick = tick;
  else if (!is_present)
    entry->first_tick = tick;
  if (is_present || !is_near ||
      !ct_ticks_have_passed (entry->first_tick, tick, self->options.dwell_ms))
    return false;
  ct_entry_set (entry, CT_ENTRY_PRESENT, true);
  return true;
}

static uint16_t
fold_address (const struct ct_sighting *sighting)
{
  const uint8_t *address = sighting->address;
  return (uint16_t) ((address[0] ^ address[2] ^ address[4]) << 8 |
                     (address[1] ^ address[3] ^ address[5]));
}

static bool
is_known_rssi (int rssi_dbm)
{
  return rssi_dbm >= -127 && rssi_dbm < 0;
}

void
ct_presence_see (struct ct_presence *self,
                 const struct ct_sighting *sighting,
                 ct_presence_tell_fn tell,
                 void *user_data)
{
  uint32_t tick = tick_of (self, sighting->at_ms);
  uint64_t hash = hash_of (self, sighting);
  struct ct_presence_entry *entry = ct_presence_table_find (&self->table, hash);
  self->counts.n_sightings++;
  if (entry == NULL)
    entry = add (self, sighting, hash, tick,
                 is_known_rssi (sighting->rssi_dbm) ? sighting->rssi_dbm : INT8_MIN);
  if (entry == NULL)
    return;
  if (!ct_entry_has (entry, CT_ENTRY_PRESENT) &&
      ct_ticks_have_passed (entry->last_tick, tick, PENDING_MS))
    entry->first_tick = tick; // once more from the beginning
  if (ct_entry_has (entry, CT_ENTRY_SUCCEEDED))
    take_back_succession (self, entry, tick);
  if (entry->n_sightings == 0)
    entry->window_first = (uint16_t) (tick - self->window_tick);
  entry->window_last = (uint16_t) (tick - self->window_tick);
  if (entry->n_sightings < UINT32_MAX)
    entry->n_sightings++;
  uint32_t before_tick = entry->last_tick;
  entry->last_tick = tick;
  entry->address_bits = fold_address (sighting);
  if (sighting->is_enrolled)
    ct_entry_set (entry, CT_ENTRY_ENROLLED, true); // and for ever
  if (is_known_rssi (sighting->rssi_dbm))
    take_rssi (entry, sighting->rssi_dbm);
  bool has_entered = look_for_entry (self, entry, tick);
  bool has_tapped =
      is_known_rssi (sighting->rssi_dbm) &&
      ct_presence_tap_hear (&self->table, &self->options, entry, before_tick, sighting->rssi_dbm);
  if (ct_entry_has (entry, CT_ENTRY_PRESENT))
    ct_entry_set (entry, CT_ENTRY_COUNTED, true);
  if (has_entered) {
    count_arrival (self, entry, tick, sighting->may_succeed);
    tell_change (self, entry, CT_PRESENCE_ENTERED, tell, user_data);
  }
  if (has_tapped)
    tell_change (self, entry, CT_PRESENCE_TAPPED, tell, user_data);
}

void
ct_presence_pass_time (struct ct_presence *self,
                       int64_t now_ms,
                       ct_presence_tell_fn tell,
                       void *user_data)
{
  uint32_t tick = tick_of (self, now_ms);
  self->silent_tick = 0;
  self->table.n_silent = 0;
  for (uint32_t i = self->table.n_entries; i-- > 0;) { // removing moves the last one here
    struct ct_presence_entry *entry = &self->table.entries[i];
    if (ct_entry_has (entry, CT_ENTRY_PRESENT) &&
        ct_ticks_have_passed (entry->near_tick, tick, self->options.gap_ms)) {
      ct_entry_set (entry, CT_ENTRY_PRESENT, false);
      tell_change (self, entry, CT_PRESENCE_LEFT, tell, user_data);
    }
    if (!ct_entry_has (entry, CT_ENTRY_PRESENT | CT_ENTRY_COUNTED) &&
        ct_ticks_have_passed (entry->last_tick, tick, PENDING_MS))
      ct_presence_table_remove (&self->table, entry);
  }
}

void
ct_presence_open_window (struct ct_presence *self, int64_t now_ms)
{
  self->window_tick = tick_of (self, now_ms);
  self->counts = (struct ct_presence_counts){ .n_sightings = 0 };
  for (uint32_t i = 0; i < self->table.n_entries; i++)
    reset_window (&self->table.entries[i]);
}

void
ct_presence_list_window (const struct ct_presence *self,
                         ct_presence_window_fn tell,
                         void *user_data,
                         struct ct_presence_counts *ret_counts)
{
  struct ct_presence_counts counts = self->counts;
  for (uint32_t i = 0; i < self->table.n_entries; i++) {
    const struct ct_presence_entry *entry = &self->table.entries[i];
    struct ct_presence_window window;
    if (!ct_entry_has (entry, CT_ENTRY_COUNTED))
      continue;
    counts.n_present[entry->kind]++;
    describe (self, entry, &window);
    tell (user_data, &window);
  }
  if (ret_counts != NULL)
    *ret_counts = counts;
}

void
ct_presence_list_all (const struct ct_presence *self, ct_presence_window_fn tell, void *user_data)
{
  for (uint32_t i = 0; i < self->table.n_entries; i++) {
    struct ct_presence_window window;
    describe (self, &self->table.entries[i], &window);
    tell (user_data, &window);
  }
}

uint32_t
ct_presence_count_people (const struct ct_presence *self)
{
  uint32_t n_present[CT_BEACON_N_KINDS] = { 0 };
  uint32_t most = 0;
  for (uint32_t i = 0; i < self->table.n_entries; i++) {
    const struct ct_presence_entry *entry = &self->table.entries[i];
    if (ct_entry_has (entry, CT_ENTRY_PRESENT) && !ct_entry_has (entry, CT_ENTRY_SUCCEEDED))
      n_present[ct_beacon_family ((enum ct_beacon_kind) entry->kind)]++;
  }
  for (enum ct_beacon_kind kind = CT_BEACON_BLUEZONE; kind <= CT_BEACON_BLUETRACE; kind++)
    most = n_present[kind] > most ? n_present[kind] : most;
  return most;
}

bool
ct_presence_find_strongest (const struct ct_presence *self,
                            int64_t since_ms,
                            struct ct_presence_window *ret_beacon)
{
  const struct ct_presence_entry *found = NULL;
  for (uint32_t i = 0; i < self->table.n_entries; i++) {
    const struct ct_presence_entry *entry = &self->table.entries[i];
    if (self->begin_ms + (int64_t) entry->last_tick * CT_TICK_MS >= since_ms &&
        (found == NULL || ct_entry_level (entry) > ct_entry_level (found)))
      found = entry;
  }
  if (found != NULL)
    describe (self, found, ret_beacon);
  return found != NULL;
}
