// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The readers in their order, and what they share.

#include "kiosk/core/ct-beacon.h"

#include <string.h>

#define APPLE         0x004c
#define OVERFLOW_TYPE 0x01
#define OVERFLOW_LEN  17 // type and 128 bits

static const ct_beacon_reader_fn readers[CT_BEACON_READERS] = {
  ct_beacon_read_bluezone,  ct_beacon_read_exposure,  ct_beacon_read_herald,
  ct_beacon_read_ibeacon,   ct_beacon_read_altbeacon, ct_beacon_read_eddystone,
  ct_beacon_read_bluetrace,
};

static const char *const words[CT_BEACON_N_KINDS] = {
  [CT_BEACON_NONE] = "none",
  [CT_BEACON_BLUEZONE] = "bluezone",
  [CT_BEACON_BLUEZONE_IOS] = "bluezone-ios",
  [CT_BEACON_EXPOSURE] = "exposure",
  [CT_BEACON_HERALD] = "herald",
  [CT_BEACON_BLUETRACE] = "bluetrace",
  [CT_BEACON_IBEACON] = "ibeacon",
  [CT_BEACON_ALTBEACON] = "altbeacon",
  [CT_BEACON_EDDYSTONE_UID] = "eddystone-uid",
  [CT_BEACON_EDDYSTONE_EID] = "eddystone-eid",
};

bool
ct_beacon_read (const struct ct_advert *advert, struct ct_beacon *ret_beacon)
{
  for (size_t i = 0; i < CT_BEACON_READERS; i++) {
    *ret_beacon = (struct ct_beacon){ .kind = CT_BEACON_NONE };
    if (readers[i](advert, ret_beacon))
      return true;
  }
  *ret_beacon = (struct ct_beacon){ .kind = CT_BEACON_NONE };
  return false;
}

size_t
ct_beacon_read_all (const struct ct_advert *advert, struct ct_beacon ret_beacons[CT_BEACON_READERS])
{
  size_t n = 0;
  for (size_t i = 0; i < CT_BEACON_READERS; i++) {
    ret_beacons[n] = (struct ct_beacon){ .kind = CT_BEACON_NONE };
    n += readers[i](advert, &ret_beacons[n]);
  }
  return n;
}

bool
ct_beacon_set_id (struct ct_beacon *ret_beacon, const uint8_t *id, size_t len)
{
  if (len > sizeof ret_beacon->id)
    return false;
  if (len > 0)
    memcpy (ret_beacon->id, id, len);
  ret_beacon->id_len = len;
  return true;
}

enum ct_beacon_kind
ct_beacon_family (enum ct_beacon_kind kind)
{
  return kind == CT_BEACON_BLUEZONE_IOS ? CT_BEACON_BLUEZONE : kind;
}

const char *
ct_beacon_kind_to_string (enum ct_beacon_kind kind)
{
  return kind < CT_BEACON_N_KINDS ? words[kind] : words[CT_BEACON_NONE];
}

enum ct_beacon_kind
ct_beacon_kind_from_string (const char *word)
{
  for (enum ct_beacon_kind kind = CT_BEACON_BLUEZONE; kind < CT_BEACON_N_KINDS; kind++)
    if (strcmp (word, words[kind]) == 0)
      return kind;
  return CT_BEACON_NONE;
}

bool
ct_advert_has_overflow_bit (const struct ct_advert *advert, size_t byte, uint8_t mask)
{
  const struct ct_maker_data *apple = ct_advert_find_maker (advert, APPLE);
  return apple != NULL && apple->data.len == OVERFLOW_LEN && apple->data.at[0] == OVERFLOW_TYPE &&
         (apple->data.at[1 + byte] & mask) != 0;
}
