// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Bluezone (Vietnam): the 12-byte BLID that changes every 15 minutes. Its 16-bit service and its
// company number are squatted, so all three marks are demanded. iPhones advertise a service only.

#include "kiosk/core/ct-beacon.h"

#define SERVICE       0x4e56
#define COMPANY       0x22b5
#define BLID_LEN      12
#define OVERFLOW_BYTE 0
#define OVERFLOW_MASK 0x08

static const struct ct_uuid ios_service = { { 0x00, 0x00, 0x4e, 0x56, 0x73, 0xf5, 0x4b, 0xc4, 0xa1,
                                              0x2f, 0x17, 0xd1, 0xad, 0x07, 0xa6, 0x67 } };

bool
ct_beacon_read_bluezone (const struct ct_advert *advert, struct ct_beacon *beacon)
{
  const struct ct_maker_data *maker = ct_advert_find_maker (advert, COMPANY);
  if (ct_advert_has_service (advert, ct_uuid_of_16 (SERVICE))) {
    beacon->kind = CT_BEACON_BLUEZONE;
    return maker != NULL && maker->data.len == BLID_LEN &&
           ct_beacon_set_id (beacon, maker->data.at, BLID_LEN);
  }
  beacon->kind = CT_BEACON_BLUEZONE_IOS;
  return ct_advert_has_service (advert, ios_service) ||
         ct_advert_has_overflow_bit (advert, OVERFLOW_BYTE, OVERFLOW_MASK);
}
