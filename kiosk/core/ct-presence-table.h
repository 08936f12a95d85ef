// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The engine's memory: entries without holes, found by hash. Within the engine only.

#pragma once

#include "kiosk/core/ct-presence.h"

#define CT_TICK_MS 100

// 88 bytes. Ticks count from the engine's first sighting, so 32 bits last for 13 years.
struct ct_presence_entry {
  uint64_t hash;
  uint32_t first_tick; // of this presence
  uint32_t last_tick;
  uint32_t near_tick; // last not too weak
  uint32_t tap_tick;  // held at the kiosk since
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
};

struct ct_presence_table {
  struct ct_presence_entry *entries;
  uint32_t n_entries;
  uint32_t size;
  uint32_t *slots;  // entry + 1; 0: empty
  uint32_t n_slots; // a power of two
};

size_t ct_presence_table_size (uint32_t n_beacons);
void ct_presence_table_init (struct ct_presence_table *self, void *memory, uint32_t n_beacons);
// (nullable)
struct ct_presence_entry *ct_presence_table_find (const struct ct_presence_table *self,
                                                  uint64_t hash);
// All zero but the hash, which must be new. NULL: full. Entries stay where they are.
struct ct_presence_entry *ct_presence_table_add (struct ct_presence_table *self, uint64_t hash);
// The last entry takes its place.
void ct_presence_table_remove (struct ct_presence_table *self, struct ct_presence_entry *entry);
