// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A run of weak sightings arms a tap, a run of strong ones fires it. Strong ones are taken as they
// are heard: the level follows a tag of one advert a second too late. A body in between costs 10 to
// 20 dB, less than what counts as away, so a tag that lies near stays fired.

#include "kiosk/core/ct-presence-tap.h"

#define N_RUN      3
#define MEMORY_MS  3000  // who was heard this recently may be as near
#define RELEASE_DB 6     // a sighting that is so much weaker ends a run
#define SILENCE_MS 20000 // disarms: phones are silent for 15 s

static bool
can_tap (const struct ct_presence_entry *entry)
{
  return ct_entry_has (entry, CT_ENTRY_ENROLLED) ||
         (entry->id_len > 0 && entry->kind >= CT_BEACON_BLUEZONE &&
          entry->kind <= CT_BEACON_BLUETRACE);
}

static void
end_run (struct ct_presence_entry *entry)
{
  entry->n_run = 0;
  entry->run_dbm = 0;
}

// Whether the run has come to @ms.
static bool
extend_run (struct ct_presence_entry *entry, int rssi_dbm, int32_t ms)
{
  if (entry->n_run == 0)
    entry->run_tick = entry->last_tick;
  if (entry->n_run < UINT8_MAX) {
    entry->n_run++;
    entry->run_dbm = (int16_t) (entry->run_dbm + rssi_dbm);
  }
  return entry->n_run >= N_RUN && ct_ticks_have_passed (entry->run_tick, entry->last_tick, ms);
}

// A tag is meant, whatever phone is in the same hand; it may send two frames, and the phone two
// kinds of adverts. So tags compete with tags, and phones with others of their application.
static bool
competes (const struct ct_presence_entry *held, const struct ct_presence_entry *other)
{
  bool is_tag = ct_entry_has (held, CT_ENTRY_ENROLLED);
  if (other == held || ct_entry_has (other, CT_ENTRY_ENROLLED) != is_tag)
    return false;
  return is_tag || (ct_beacon_family ((enum ct_beacon_kind) other->kind) ==
                        ct_beacon_family ((enum ct_beacon_kind) held->kind) &&
                    other->address_bits != held->address_bits);
}

static bool
leads (const struct ct_presence_table *table,
       const struct ct_presence_options *options,
       const struct ct_presence_entry *held)
{
  int held_dbm = held->run_dbm / held->n_run;
  for (uint32_t i = 0; i < table->n_entries; i++) {
    const struct ct_presence_entry *other = &table->entries[i];
    if (ct_entry_has (other, CT_ENTRY_HAS_LEVEL) &&
        held_dbm - other->quick_dbm < options->tap_lead_db &&
        !ct_ticks_have_passed (other->last_tick, held->last_tick, MEMORY_MS) &&
        competes (held, other))
      return false;
  }
  return true;
}

static bool
is_held (const struct ct_presence_options *options,
         struct ct_presence_entry *entry,
         uint32_t before_tick,
         int rssi_dbm)
{
  if (ct_ticks_have_passed (before_tick, entry->last_tick, options->tap_gap_ms) ||
      rssi_dbm < options->tap_dbm - RELEASE_DB)
    end_run (entry);
  if (rssi_dbm < options->tap_dbm - (entry->n_run > 0 ? RELEASE_DB : 0))
    return false;
  return extend_run (entry, rssi_dbm, options->tap_ms) &&
         entry->run_dbm >= options->tap_dbm * entry->n_run;
}

static bool
is_away (const struct ct_presence_options *options, struct ct_presence_entry *entry, int rssi_dbm)
{
  if (ct_entry_level (entry) <= options->tap_dbm - options->away_db)
    return extend_run (entry, rssi_dbm, options->away_ms);
  end_run (entry);
  return false;
}

bool
ct_presence_tap_hear (const struct ct_presence_table *table,
                      const struct ct_presence_options *options,
                      struct ct_presence_entry *entry,
                      uint32_t before_tick,
                      int rssi_dbm)
{
  bool is_first = entry->quick_dbm == 0;
  int quick_dbm = (entry->quick_dbm + rssi_dbm) / 2;
  entry->quick_dbm = (int8_t) (is_first || rssi_dbm > quick_dbm ? rssi_dbm : quick_dbm);
  if (!can_tap (entry))
    return false;
  if (ct_ticks_have_passed (before_tick, entry->last_tick, SILENCE_MS)) {
    ct_entry_set (entry, CT_ENTRY_ARMED, false);
    end_run (entry);
  }
  if (!ct_entry_has (entry, CT_ENTRY_ARMED)) {
    if (is_away (options, entry, rssi_dbm)) {
      ct_entry_set (entry, CT_ENTRY_ARMED, true);
      end_run (entry);
    }
    return false;
  }
  if (!is_held (options, entry, before_tick, rssi_dbm) || !leads (table, options, entry))
    return false;
  ct_entry_set (entry, CT_ENTRY_ARMED, false);
  end_run (entry);
  return true;
}
