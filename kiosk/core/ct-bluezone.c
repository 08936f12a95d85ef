// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "kiosk/core/ct-bluezone.h"

#include <string.h>

#define DAY_MS 86400000

static const char label[] = "bluzonesubkey"; // as the phones spell it

void
ct_bluezone_step_day (ct_sha256_fn sha256, uint8_t key[CT_BLUEZONE_KEY_SIZE])
{
  uint8_t next[CT_BLUEZONE_KEY_SIZE];
  sha256 (key, CT_BLUEZONE_KEY_SIZE, next);
  memcpy (key, next, sizeof next);
}

// Every fourth byte of the first half, every second one of the other.
static void
pick_id (const uint8_t sub_key[CT_BLUEZONE_KEY_SIZE], uint8_t ret_id[CT_BLUEZONE_ID_SIZE])
{
  for (size_t i = 0; i < CT_BLUEZONE_ID_SIZE; i++)
    ret_id[i] = sub_key[i < 4 ? 4 * i : 16 + 2 * (i - 4)];
}

void
ct_bluezone_list_ids (ct_sha256_fn sha256,
                      const uint8_t key[CT_BLUEZONE_KEY_SIZE],
                      unsigned n_slots,
                      uint8_t (*ret_ids)[CT_BLUEZONE_ID_SIZE])
{
  uint8_t seed[CT_BLUEZONE_KEY_SIZE + sizeof label - 1];
  uint8_t sub_key[CT_BLUEZONE_KEY_SIZE];
  memcpy (seed, key, CT_BLUEZONE_KEY_SIZE);
  memcpy (seed + CT_BLUEZONE_KEY_SIZE, label, sizeof label - 1);
  sha256 (seed, sizeof seed, sub_key);
  for (unsigned i = 0; i < n_slots; i++) {
    pick_id (sub_key, ret_ids[i]);
    ct_bluezone_step_day (sha256, sub_key); // the same chain
  }
}

unsigned
ct_bluezone_slot_at (unsigned n_slots, int64_t day_ms)
{
  int64_t slot = day_ms / (DAY_MS / n_slots);
  return slot < n_slots ? (unsigned) slot : n_slots - 1;
}

void
ct_bluezone_slot_span (unsigned n_slots, unsigned slot, int64_t *ret_from_ms, int64_t *ret_to_ms)
{
  int64_t slot_ms = DAY_MS / n_slots;
  *ret_from_ms = slot * slot_ms;
  *ret_to_ms = slot + 1 < n_slots ? *ret_from_ms + slot_ms : DAY_MS;
}
