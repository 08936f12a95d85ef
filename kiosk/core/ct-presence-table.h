// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The engine's memory: entries without holes, found by hash. Within the engine only.

#pragma once

#include "kiosk/core/ct-presence.h"

#define CT_TICK_MS 100

enum {
  CT_ENTRY_PRESENT = 1,
  CT_ENTRY_COUNTED = 2, // was present and heard in this window
  CT_ENTRY_ENROLLED = 4,
  CT_ENTRY_ARMED = 8, // a tap is possible
  CT_ENTRY_SUCCEEDED = 16,
  CT_ENTRY_HAS_LEVEL = 32,
  CT_ENTRY_INHERITED = 64, // succeeded by one that was not counted as an arrival for it
};

#define CT_LEVEL_ONE 64 // of 1 dBm

// 88 bytes. Ticks count from the engine's first sighting, so 32 bits last for 13 years.
struct ct_presence_entry {
  uint64_t hash;
  uint32_t first_tick; // of this presence
  uint32_t last_tick;
  uint32_t near_tick; // last not too weak
  uint32_t run_tick;  // ct-presence-tap.c: the run's first,
  uint32_t n_sightings;
  uint16_t window_first; // ticks after the window's begin
  uint16_t window_last;
  uint16_t bins[CT_PRESENCE_BINS];
  int16_t level; // filtered, 1/64 dBm
  int8_t rssi_max_dbm;
  uint8_t flags;
  uint8_t kind;
  uint8_t id_len;
  uint8_t id[CT_BEACON_ID_MAX];
  int16_t run_dbm;       // the sum of its strengths,
  uint8_t n_run;         // its sightings; 0: there is none
  int8_t quick_dbm;      // rises at once, and falls by half
  uint16_t address_bits; // a few bits of the address that it was heard from last
};

_Static_assert(sizeof (struct ct_presence_entry) == 88, "20,000 of them take 100 bytes each");

struct ct_presence_table {
  struct ct_presence_entry *entries;
  uint32_t n_entries;
  uint32_t size;
  uint32_t *slots;  // entry + 1; 0: empty
  uint32_t n_slots; // a power of two
  uint16_t *silent; // entries: room for as many as there are
  uint32_t n_silent;
};

// Any of @flags.
static inline bool
ct_entry_has (const struct ct_presence_entry *entry, unsigned flags)
{
  return (entry->flags & flags) != 0;
}

static inline void
ct_entry_set (struct ct_presence_entry *entry, unsigned flags, bool is_set)
{
  entry->flags = (uint8_t) (is_set ? entry->flags | flags : entry->flags & ~flags);
}

// dBm; INT8_MIN: never said.
static inline int
ct_entry_level (const struct ct_presence_entry *entry)
{
  return ct_entry_has (entry, CT_ENTRY_HAS_LEVEL) ? entry->level / CT_LEVEL_ONE : INT8_MIN;
}

static inline bool
ct_ticks_have_passed (uint32_t since_tick, uint32_t now_tick, int32_t ms)
{
  return now_tick > since_tick && (int64_t) (now_tick - since_tick) * CT_TICK_MS >= ms;
}

size_t ct_presence_table_size (uint32_t n_beacons);
void ct_presence_table_init (struct ct_presence_table *self, void *memory, uint32_t n_beacons);
// (nullable)
struct ct_presence_entry *ct_presence_table_find (const struct ct_presence_table *self,
                                                  uint64_t hash);
// All zero but the hash, which must be new. NULL: full. Entries stay where they are.
struct ct_presence_entry *ct_presence_table_add (struct ct_presence_table *self, uint64_t hash);
// The last entry takes its place.
void ct_presence_table_remove (struct ct_presence_table *self, struct ct_presence_entry *entry);
