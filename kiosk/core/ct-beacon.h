// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which beacon sent an advertisement: kind and identifier, as far as they can be had without a
// connection.

#pragma once

#include "kiosk/core/ct-advert.h"

#define CT_BEACON_ID_MAX 20

// Numbers are stored: never renumber.
enum ct_beacon_kind {
  CT_BEACON_NONE = 0, // nothing that we know
  CT_BEACON_BLUEZONE = 1,
  CT_BEACON_BLUEZONE_IOS = 2, // its identifier takes a connection
  CT_BEACON_EXPOSURE = 3,     // Exposure Notification of Google and Apple
  CT_BEACON_HERALD = 4,
  CT_BEACON_BLUETRACE = 5,
  CT_BEACON_IBEACON = 6,
  CT_BEACON_ALTBEACON = 7,
  CT_BEACON_EDDYSTONE_UID = 8,
  CT_BEACON_EDDYSTONE_EID = 9,
  CT_BEACON_N_KINDS,
};

struct ct_beacon {
  enum ct_beacon_kind kind;
  uint8_t id[CT_BEACON_ID_MAX];
  size_t id_len;          // 0: known by its address only
  bool has_power;         // the sender says what is received at one metre:
  int8_t power_at_1m_dbm; //
};

// False: none that we know, or one that does not keep to its format; @ret_beacon is then of kind
// NONE.
bool ct_beacon_read (const struct ct_advert *advert, struct ct_beacon *ret_beacon);

// All that it is: a tag may send two kinds in turn, and bluetoothd keeps what each of them said.
// Returns how many.
#define CT_BEACON_READERS 7
size_t ct_beacon_read_all (const struct ct_advert *advert,
                           struct ct_beacon ret_beacons[CT_BEACON_READERS]);

// Fills @ret_beacon with @len bytes of @id; false when they are too many.
bool ct_beacon_set_id (struct ct_beacon *ret_beacon, const uint8_t *id, size_t len);

// Kinds that one phone can only send one of: BLUEZONE for both of Bluezone's, else @kind itself.
enum ct_beacon_kind ct_beacon_family (enum ct_beacon_kind kind);

// A stable lower-case word, never NULL.
const char *ct_beacon_kind_to_string (enum ct_beacon_kind kind);
// NONE for no such word.
enum ct_beacon_kind ct_beacon_kind_from_string (const char *word);

// The readers. True: it is of the kind, and filled.
typedef bool (*ct_beacon_reader_fn) (const struct ct_advert *advert, struct ct_beacon *beacon);
bool ct_beacon_read_bluezone (const struct ct_advert *advert, struct ct_beacon *beacon);
bool ct_beacon_read_exposure (const struct ct_advert *advert, struct ct_beacon *beacon);
bool ct_beacon_read_herald (const struct ct_advert *advert, struct ct_beacon *beacon);
bool ct_beacon_read_bluetrace (const struct ct_advert *advert, struct ct_beacon *beacon);
bool ct_beacon_read_ibeacon (const struct ct_advert *advert, struct ct_beacon *beacon);
bool ct_beacon_read_altbeacon (const struct ct_advert *advert, struct ct_beacon *beacon);
bool ct_beacon_read_eddystone (const struct ct_advert *advert, struct ct_beacon *beacon);

// The service data that such a beacon of kind EDDYSTONE_UID sends; 20 bytes.
#define CT_EDDYSTONE_UID_SIZE 20
void ct_beacon_write_eddystone (const struct ct_beacon *beacon,
                                uint8_t ret_data[CT_EDDYSTONE_UID_SIZE]);

// Whether Apple's overflow area, where applications in the background advertise, has this bit of
// its 128 set. Other applications may share the bit.
bool ct_advert_has_overflow_bit (const struct ct_advert *advert, size_t byte, uint8_t mask);
