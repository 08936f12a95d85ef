// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Who is near: sightings of beacons become presence, and presence becomes one window each. Memory
// is fixed. When it is full, a newcomer of a known kind takes the place of a stranger, of a weaker
// one that was only heard, of somebody who left, or of somebody who is there and 10 dB weaker; a
// stranger takes a weaker stranger's. An enrolled beacon takes anybody's but another enrolled
// one's. Who finds none among a few that are looked at is counted and not kept. Who was present
// stays counted. Addresses are hashed on the way in and never come out.
//
// Time is an argument: milliseconds of a clock that never goes back. One thread at a time.

#pragma once

#include "kiosk/core/ct-beacon.h"

#define CT_PRESENCE_BEACONS 20000
#define CT_PRESENCE_SECRET  16
#define CT_RSSI_UNKNOWN     127
#define CT_PRESENCE_BINS    12 // of CT_PRESENCE_BIN_DB, from CT_PRESENCE_BIN_DBM on
#define CT_PRESENCE_BIN_DB  5
#define CT_PRESENCE_BIN_DBM -100

struct ct_presence_options {
  int32_t dwell_ms;   // near for this long: present. Less is somebody who walks past
  int32_t gap_ms;     // not heard for this long: gone. Bluezone phones are silent for 15 s of 30 s
  int8_t enter_dbm;   // filtered; and once present, this much weaker is still near:
  int8_t leave_dbm;   //
  int8_t near_dbm;    // zones of a window, by its median
  int8_t kiosk_dbm;   //
  int8_t tap_dbm;     // held at the kiosk: as strong as this,
  int32_t tap_ms;     // for so long, in three sightings or more,
  int32_t tap_gap_ms; // none of them so long after the last,
  int8_t tap_lead_db; // and so much stronger than any that could be meant
  int8_t away_db;     // but before, and again before the next time, it was so much weaker
  int32_t away_ms;    // for so long
};

// 5 s, 45 s, -88 dBm, -94 dBm, -75 dBm, -55 dBm; -40 dBm, 1 s, 2.5 s, 10 dB, 20 dB, 5 s.
extern const struct ct_presence_options ct_presence_defaults;

struct ct_sighting {
  int64_t at_ms;
  uint8_t address[6];
  bool address_is_random;
  int rssi_dbm; // CT_RSSI_UNKNOWN, or anything outside -127 to -1: unknown
  const struct ct_beacon *beacon;
  bool is_enrolled; // somebody's tag: kept whatever happens
  bool may_succeed; // about now its phone may have changed its identifier
};

enum ct_presence_zone { CT_ZONE_FAR, CT_ZONE_NEAR, CT_ZONE_AT_KIOSK };

// What a sighting, or time, made of a beacon. Enrolled ones and phones with an identifier can tap.
// What lies near all the time does not, nor what was not heard for 20 s before: the kiosk may have
// begun with it there, or the radio may have been gone while somebody put it there.
enum ct_presence_change { CT_PRESENCE_ENTERED, CT_PRESENCE_LEFT, CT_PRESENCE_TAPPED };

// One beacon. In a window: what was heard within it.
struct ct_presence_window {
  struct ct_beacon beacon;
  bool is_enrolled;
  bool is_present; // now
  int64_t first_ms;
  int64_t last_ms;
  uint32_t n_sightings;
  int8_t rssi_max_dbm;    // CT_RSSI_UNKNOWN: never said
  int8_t rssi_median_dbm; // in steps of 5 dB
  enum ct_presence_zone zone;
  int level_dbm; // filtered, now
};

struct ct_presence_counts {
  uint32_t n_present[CT_BEACON_N_KINDS]; // in a window: were present at any time
  uint32_t n_arrived[CT_BEACON_N_KINDS]; // became present, and are not a phone's next identifier
  uint32_t n_sightings;
  uint32_t n_dropped; // newcomers' that found no room
};

// A keyed hash (SipHash, for example): nobody outside may aim at a place in the table.
typedef uint64_t (*ct_presence_hash_fn) (const uint8_t *bytes,
                                         size_t len,
                                         const uint8_t secret[CT_PRESENCE_SECRET]);

typedef void (*ct_presence_tell_fn) (void *user_data,
                                     enum ct_presence_change change,
                                     const struct ct_presence_window *beacon);
typedef void (*ct_presence_window_fn) (void *user_data, const struct ct_presence_window *window);

struct ct_presence;

// Bytes that an engine for so many beacons, up to 65,536, takes; at most 100 for each of 1,000 or
// more.
size_t ct_presence_size (uint32_t n_beacons);

// In memory of the caller (aligned as malloc () does, zeroed or not), who frees it. No window is
// open before ct_presence_open_window ().
struct ct_presence *ct_presence_init (void *memory,
                                      uint32_t n_beacons,
                                      const struct ct_presence_options *options,
                                      ct_presence_hash_fn hash,
                                      const uint8_t secret[CT_PRESENCE_SECRET]);

void ct_presence_see (struct ct_presence *self,
                      const struct ct_sighting *sighting,
                      ct_presence_tell_fn tell,
                      void *user_data);

// Who was not heard for too long has left. Once a second or so.
void ct_presence_pass_time (struct ct_presence *self,
                            int64_t now_ms,
                            ct_presence_tell_fn tell,
                            void *user_data);

// Begins a window, of an hour at most; what was counted in the last one is forgotten.
void ct_presence_open_window (struct ct_presence *self, int64_t now_ms);

// Tells each beacon that was present and heard in this window so far. (nullable) @ret_counts.
void ct_presence_list_window (const struct ct_presence *self,
                              ct_presence_window_fn tell,
                              void *user_data,
                              struct ct_presence_counts *ret_counts);

// Everything that is known now, weak and strong, for an installer's eye.
void
ct_presence_list_all (const struct ct_presence *self, ct_presence_window_fn tell, void *user_data);

// People near, at least. An Android phone with Bluezone is no iPhone with it, so they add up; but
// Exposure Notification, Herald and BlueTrace may be on the same phones, so of these and Bluezone
// the largest counts. A phone that changed its identifier is not counted twice.
uint32_t ct_presence_count_people (const struct ct_presence *self);

// The strongest that was heard since @since_ms, enrolled or not; false: nobody.
bool ct_presence_find_strongest (const struct ct_presence *self,
                                 int64_t since_ms,
                                 struct ct_presence_window *ret_beacon);
