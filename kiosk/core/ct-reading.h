// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which phone is connected to next. Some phones tell their identifier only to who connects
// (Bluezone on iPhones): one at a time, the strongest first, each once in a slot of 15 minutes, in
// which phones keep both address and identifier; who did not answer is left alone for a while.
//
// The radio hears less meanwhile, and anybody can pose as a phone. So only who was heard for ten
// seconds is connected to, which a sender that changes its address never is; a fifth of the time
// goes into it at most; and after failures in a row nobody is connected to for longer and longer,
// and then whose turn it is does not go by strength, which is the sender's to choose.
// Memory is fixed, and addresses are forgotten with their slot. What was asked for in one slot is
// not believed in the next. Nor is anybody asked near a slot's edge: the phone goes by its own
// clock, and may still, or already, tell the other slot's.
//
// Time is an argument: milliseconds of a clock that never goes back, and of the wall's for slots.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CT_READING_PHONES   64
#define CT_READING_ID       12
#define CT_READING_SLOT_MS  900000
#define CT_READING_EDGE_MS  20000 // more than a phone that has its time from a network is off
#define CT_READING_FRESH_MS 5000  // heard so recently
#define CT_READING_STAY_MS  10000 // for so long,
#define CT_READING_NEAR_DBM -80   // and so strongly: can be connected to
#define CT_READING_BACK_MS  30000 // after a failure; twice as much after each further one,
#define CT_READING_MOST_MS  900000
#define CT_READING_SHARE    5    // one of so many seconds goes into reading, at most
#define CT_READING_REST_MS  5000 // between two of them; twice as much after each failure in a row,
#define CT_READING_LONG_MS  300000 // so much at most
#define CT_READING_GONE_MS  60000  // not heard for so long: its place is free

struct ct_reading_phone {
  uint8_t address[6];
  bool is_known; // its identifier
  uint8_t id[CT_READING_ID];
  int8_t rssi_dbm;
  uint8_t n_failed;
  int64_t since_ms;
  int64_t heard_ms; // 0: nobody
  int64_t next_ms;  // not before
};

struct ct_reading {
  int64_t slot;
  int64_t begun_slot; // of the last reading
  int64_t begun_ms;
  int64_t next_ms;   // none before
  unsigned n_failed; // in a row, whoever it was
  struct ct_reading_phone phones[CT_READING_PHONES];
};

// A phone was heard; returns its identifier, or NULL while it is not known. @rssi_dbm: -127 to -1,
// anything else is unknown and far. When all places are taken, one that has gone loses its own, or
// else the one that is not known and was there for the shortest time.
const uint8_t *ct_reading_hear (struct ct_reading *self,
                                const uint8_t address[6],
                                int rssi_dbm,
                                int64_t wall_ms,
                                int64_t now_ms);

// Whom to connect to, now; false: nobody.
bool
ct_reading_begin (struct ct_reading *self, int64_t wall_ms, int64_t now_ms, uint8_t ret_address[6]);

// What came of it. @id: CT_READING_ID bytes; NULL: nothing. A reading that was not even tried is
// not told.
void ct_reading_take (struct ct_reading *self,
                      const uint8_t address[6],
                      const uint8_t *id,
                      int64_t now_ms);
