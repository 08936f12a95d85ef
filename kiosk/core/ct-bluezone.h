// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which identifiers a Bluezone phone sends, and when, from the daily key that is published once its
// owner is a case (BluezoneGlobal/react-native-bluetooth-scan; the white paper's scheme is older).
// A day is one of UTC, from midnight; it is cut into equal slots, 96 of 15 minutes unless the key
// says otherwise, with one identifier each. The chain goes forward only: who has the key of a day
// has all later ones.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CT_BLUEZONE_KEY_SIZE  32
#define CT_BLUEZONE_ID_SIZE   12
#define CT_BLUEZONE_SLOTS     96
#define CT_BLUEZONE_SLOTS_MAX 1440

// SHA-256; the core brings no cryptography of its own.
typedef void (*ct_sha256_fn) (const uint8_t *data, size_t len, uint8_t ret_hash[32]);

// The key of the next day takes the place of @key.
void ct_bluezone_step_day (ct_sha256_fn sha256, uint8_t key[CT_BLUEZONE_KEY_SIZE]);

// The identifiers of a day, of slot 0 first. @n_slots: 1 to CT_BLUEZONE_SLOTS_MAX.
void ct_bluezone_list_ids (ct_sha256_fn sha256,
                           const uint8_t key[CT_BLUEZONE_KEY_SIZE],
                           unsigned n_slots,
                           uint8_t (*ret_ids)[CT_BLUEZONE_ID_SIZE]);

// The slot of a moment, in milliseconds since midnight UTC. Where the slots do not fill the day,
// the rest of it belongs to the last one.
unsigned ct_bluezone_slot_at (unsigned n_slots, int64_t day_ms);

// From when until when a slot lasts, half-open, likewise.
void
ct_bluezone_slot_span (unsigned n_slots, unsigned slot, int64_t *ret_from_ms, int64_t *ret_to_ms);
