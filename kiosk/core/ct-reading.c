// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A small table that is looked through.

#include "kiosk/core/ct-reading.h"

#include <string.h>

static struct ct_reading_phone *
find (struct ct_reading *self, const uint8_t address[6])
{
  for (size_t i = 0; i < CT_READING_PHONES; i++)
    if (self->phones[i].heard_ms != 0 && memcmp (self->phones[i].address, address, 6) == 0)
      return &self->phones[i];
  return NULL;
}

static struct ct_reading_phone *
add (struct ct_reading *self, const uint8_t address[6])
{
  struct ct_reading_phone *oldest = &self->phones[0];
  for (size_t i = 1; i < CT_READING_PHONES; i++)
    if (self->phones[i].heard_ms < oldest->heard_ms)
      oldest = &self->phones[i];
  *oldest = (struct ct_reading_phone){ .n_failed = 0 };
  memcpy (oldest->address, address, sizeof oldest->address);
  return oldest;
}

const uint8_t *
ct_reading_hear (struct ct_reading *self,
                 const uint8_t address[6],
                 int rssi_dbm,
                 int64_t wall_ms,
                 int64_t now_ms)
{
  int64_t slot = wall_ms / CT_READING_SLOT_MS;
  if (slot != self->slot)
    memset (self->phones, 0, sizeof self->phones);
  self->slot = slot;
  struct ct_reading_phone *phone = find (self, address);
  if (phone == NULL)
    phone = add (self, address);
  phone->heard_ms = now_ms > 0 ? now_ms : 1;
  phone->rssi_dbm = (int8_t) (rssi_dbm >= -127 && rssi_dbm < 0 ? rssi_dbm : -127);
  return phone->is_known ? phone->id : NULL;
}

static bool
is_near_edge (int64_t wall_ms)
{
  int64_t passed_ms = wall_ms % CT_READING_SLOT_MS;
  return passed_ms < CT_READING_EDGE_MS || passed_ms >= CT_READING_SLOT_MS - CT_READING_EDGE_MS;
}

bool
ct_reading_begin (struct ct_reading *self, int64_t wall_ms, int64_t now_ms, uint8_t ret_address[6])
{
  const struct ct_reading_phone *found = NULL;
  if (is_near_edge (wall_ms))
    return false;
  for (size_t i = 0; i < CT_READING_PHONES; i++) {
    const struct ct_reading_phone *phone = &self->phones[i];
    if (phone->heard_ms != 0 && !phone->is_known && phone->rssi_dbm >= CT_READING_NEAR_DBM &&
        now_ms - phone->heard_ms < CT_READING_FRESH_MS && now_ms >= phone->next_ms &&
        (found == NULL || phone->rssi_dbm > found->rssi_dbm))
      found = phone;
  }
  if (found == NULL)
    return false;
  self->begun_slot = wall_ms / CT_READING_SLOT_MS;
  memcpy (ret_address, found->address, sizeof found->address);
  return true;
}

void
ct_reading_take (struct ct_reading *self,
                 const uint8_t address[6],
                 const uint8_t *id,
                 int64_t now_ms)
{
  struct ct_reading_phone *phone = find (self, address);
  if (phone == NULL || self->slot != self->begun_slot)
    return; // the slot is over
  if (id != NULL) {
    phone->is_known = true;
    memcpy (phone->id, id, sizeof phone->id);
    return;
  }
  int64_t wait_ms = CT_READING_BACK_MS;
  for (unsigned i = 0; i < phone->n_failed && wait_ms < CT_READING_MOST_MS; i++)
    wait_ms *= 2;
  phone->next_ms = now_ms + (wait_ms < CT_READING_MOST_MS ? wait_ms : CT_READING_MOST_MS);
  if (phone->n_failed < UINT8_MAX)
    phone->n_failed++;
}
