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

// 0: has gone, 1: not known, 2: known.
static int
find_worth (const struct ct_reading_phone *phone, int64_t now_ms)
{
  if (now_ms - phone->heard_ms >= CT_READING_GONE_MS)
    return 0;
  return phone->is_known ? 2 : 1;
}

static bool
is_missed_less (const struct ct_reading_phone *a, const struct ct_reading_phone *b, int64_t now_ms)
{
  int worth_a = find_worth (a, now_ms), worth_b = find_worth (b, now_ms);
  int64_t stay_a_ms = a->heard_ms - a->since_ms, stay_b_ms = b->heard_ms - b->since_ms;
  if (worth_a != worth_b)
    return worth_a < worth_b;
  if (worth_a == 1 && stay_a_ms != stay_b_ms)
    return stay_a_ms < stay_b_ms;
  return a->heard_ms < b->heard_ms;
}

static struct ct_reading_phone *
add (struct ct_reading *self, const uint8_t address[6], int64_t now_ms)
{
  struct ct_reading_phone *place = &self->phones[0];
  for (size_t i = 0; i < CT_READING_PHONES && place->heard_ms != 0; i++)
    if (self->phones[i].heard_ms == 0 || is_missed_less (&self->phones[i], place, now_ms))
      place = &self->phones[i];
  *place = (struct ct_reading_phone){ .since_ms = now_ms };
  memcpy (place->address, address, sizeof place->address);
  return place;
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
    phone = add (self, address, now_ms);
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

static bool
can_be_read (const struct ct_reading_phone *phone, int64_t now_ms)
{
  return phone->heard_ms != 0 && !phone->is_known && phone->rssi_dbm >= CT_READING_NEAR_DBM &&
         now_ms - phone->since_ms >= CT_READING_STAY_MS &&
         now_ms - phone->heard_ms < CT_READING_FRESH_MS && now_ms >= phone->next_ms;
}

static bool
goes_first (const struct ct_reading *self,
            const struct ct_reading_phone *a,
            const struct ct_reading_phone *b)
{
  if (self->n_failed == 0)
    return a->rssi_dbm > b->rssi_dbm;
  return a->n_failed != b->n_failed ? a->n_failed < b->n_failed : a->since_ms < b->since_ms;
}

bool
ct_reading_begin (struct ct_reading *self, int64_t wall_ms, int64_t now_ms, uint8_t ret_address[6])
{
  const struct ct_reading_phone *found = NULL;
  if (is_near_edge (wall_ms) || now_ms < self->next_ms)
    return false;
  for (size_t i = 0; i < CT_READING_PHONES; i++)
    if (can_be_read (&self->phones[i], now_ms) &&
        (found == NULL || goes_first (self, &self->phones[i], found)))
      found = &self->phones[i];
  if (found == NULL)
    return false;
  self->begun_slot = wall_ms / CT_READING_SLOT_MS;
  self->begun_ms = now_ms;
  memcpy (ret_address, found->address, sizeof found->address);
  return true;
}

// @first_ms, doubled @n times.
static int64_t
double_up (int64_t first_ms, unsigned n, int64_t most_ms)
{
  int64_t wait_ms = first_ms;
  for (unsigned i = 0; i < n && wait_ms < most_ms; i++)
    wait_ms *= 2;
  return wait_ms < most_ms ? wait_ms : most_ms;
}

// Before the next one.
static void
rest (struct ct_reading *self, bool has_failed, int64_t now_ms)
{
  if (!has_failed)
    self->n_failed = 0;
  else if (self->n_failed < UINT8_MAX)
    self->n_failed++;
  int64_t share_ms = (CT_READING_SHARE - 1) * (now_ms - self->begun_ms);
  int64_t wait_ms = double_up (CT_READING_REST_MS, self->n_failed, CT_READING_LONG_MS);
  self->next_ms = now_ms + (share_ms > wait_ms ? share_ms : wait_ms);
}

void
ct_reading_take (struct ct_reading *self,
                 const uint8_t address[6],
                 const uint8_t *id,
                 int64_t now_ms)
{
  struct ct_reading_phone *phone = find (self, address);
  rest (self, id == NULL, now_ms);
  if (phone == NULL || self->slot != self->begun_slot)
    return; // the slot is over
  if (id != NULL) {
    phone->is_known = true;
    memcpy (phone->id, id, sizeof phone->id);
    return;
  }
  phone->next_ms = now_ms + double_up (CT_READING_BACK_MS, phone->n_failed, CT_READING_MOST_MS);
  if (phone->n_failed < UINT8_MAX)
    phone->n_failed++;
}
