// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Open addressing with linear probing; removing shifts back what would not be found any more.

#include "kiosk/core/ct-presence-table.h"

#include <string.h>

static uint32_t
count_slots (uint32_t n_beacons)
{
  uint32_t n_slots = 16;
  while (n_slots < n_beacons + n_beacons / 4)
    n_slots *= 2;
  return n_slots;
}

size_t
ct_presence_table_size (uint32_t n_beacons)
{
  return n_beacons * (sizeof (struct ct_presence_entry) + sizeof (uint16_t)) +
         count_slots (n_beacons) * sizeof (uint32_t);
}

void
ct_presence_table_init (struct ct_presence_table *self, void *memory, uint32_t n_beacons)
{
  self->entries = memory;
  self->n_entries = 0;
  self->size = n_beacons;
  self->slots = (uint32_t *) (void *) (self->entries + n_beacons);
  self->n_slots = count_slots (n_beacons);
  memset (self->slots, 0, self->n_slots * sizeof *self->slots);
  self->silent = (uint16_t *) (void *) (self->slots + self->n_slots);
  self->n_silent = 0;
}

static uint32_t
home_of (const struct ct_presence_table *self, uint64_t hash)
{
  return (uint32_t) hash & (self->n_slots - 1);
}

// The slot that holds @hash, or the empty one where it would be.
static uint32_t
find_slot (const struct ct_presence_table *self, uint64_t hash)
{
  uint32_t slot = home_of (self, hash);
  while (self->slots[slot] != 0 && self->entries[self->slots[slot] - 1].hash != hash)
    slot = (slot + 1) & (self->n_slots - 1);
  return slot;
}

struct ct_presence_entry *
ct_presence_table_find (const struct ct_presence_table *self, uint64_t hash)
{
  uint32_t held = self->slots[find_slot (self, hash)];
  return held != 0 ? &self->entries[held - 1] : NULL;
}

struct ct_presence_entry *
ct_presence_table_add (struct ct_presence_table *self, uint64_t hash)
{
  if (self->n_entries == self->size)
    return NULL;
  uint32_t slot = find_slot (self, hash);
  struct ct_presence_entry *entry = &self->entries[self->n_entries++];
  memset (entry, 0, sizeof *entry);
  entry->hash = hash;
  self->slots[slot] = self->n_entries;
  return entry;
}

// Whether an entry whose home is @home, found at @slot, may move to the hole before it.
static bool
may_move (const struct ct_presence_table *self, uint32_t home, uint32_t hole, uint32_t slot)
{
  uint32_t mask = self->n_slots - 1;
  return ((slot - home) & mask) >= ((slot - hole) & mask);
}

static void
empty_slot (struct ct_presence_table *self, uint32_t hole)
{
  uint32_t mask = self->n_slots - 1;
  for (uint32_t slot = (hole + 1) & mask; self->slots[slot] != 0; slot = (slot + 1) & mask) {
    uint32_t home = home_of (self, self->entries[self->slots[slot] - 1].hash);
    if (!may_move (self, home, hole, slot))
      continue;
    self->slots[hole] = self->slots[slot];
    hole = slot;
  }
  self->slots[hole] = 0;
}

void
ct_presence_table_remove (struct ct_presence_table *self, struct ct_presence_entry *entry)
{
  struct ct_presence_entry *last = &self->entries[self->n_entries - 1];
  empty_slot (self, find_slot (self, entry->hash));
  if (entry != last) {
    self->slots[find_slot (self, last->hash)] = (uint32_t) (entry - self->entries) + 1;
    *entry = *last;
  }
  self->n_entries--;
}
