// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Herald (2.1, and its older service): the advertisement carries a pseudo address of 6 bytes on
// Android, and nothing but the service on iPhones.

#include "kiosk/core/ct-beacon.h"

#define SERVICE        0xfcf6
#define COMPANY        0x05f1
#define LEGACY_COMPANY 0xfffa
#define ID_LEN         6

static const struct ct_uuid legacy_service = { { 0x42, 0x81, 0x32, 0xaf, 0x47, 0x46, 0x42, 0xd3,
                                                 0x80, 0x1e, 0x45, 0x72, 0xd6, 0x5b, 0xfd, 0x9b } };

bool
ct_beacon_read_herald (const struct ct_advert *advert, struct ct_beacon *beacon)
{
  bool is_legacy = ct_advert_has_service (advert, legacy_service);
  if (!is_legacy && !ct_advert_has_service (advert, ct_uuid_of_16 (SERVICE)))
    return false;
  const struct ct_maker_data *maker =
      ct_advert_find_maker (advert, is_legacy ? LEGACY_COMPANY : COMPANY);
  beacon->kind = CT_BEACON_HERALD;
  return maker == NULL ||
         (maker->data.len == ID_LEN && ct_beacon_set_id (beacon, maker->data.at, ID_LEN));
}
