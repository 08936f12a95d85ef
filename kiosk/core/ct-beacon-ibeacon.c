// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// iBeacon (Apple) and AltBeacon (1.0): 20 bytes of identifier, and what is received at one metre.

#include "kiosk/core/ct-beacon.h"

#define APPLE            0x004c
#define IBEACON_LEN      23 // type, length, identifier, power
#define IBEACON_TYPE     0x02
#define IBEACON_DATA_LEN 0x15
#define ALTBEACON_LEN    24 // mark, identifier, power, one byte of the maker's
#define ID_LEN           20

static bool
set (struct ct_beacon *beacon, enum ct_beacon_kind kind, const uint8_t *id)
{
  beacon->kind = kind;
  beacon->has_power = id[ID_LEN] != 127; // not available
  beacon->power_at_1m_dbm = (int8_t) id[ID_LEN];
  return ct_beacon_set_id (beacon, id, ID_LEN);
}

bool
ct_beacon_read_ibeacon (const struct ct_advert *advert, struct ct_beacon *beacon)
{
  const struct ct_maker_data *maker = ct_advert_find_maker (advert, APPLE);
  if (maker == NULL || maker->data.len != IBEACON_LEN || maker->data.at[0] != IBEACON_TYPE ||
      maker->data.at[1] != IBEACON_DATA_LEN)
    return false;
  return set (beacon, CT_BEACON_IBEACON, maker->data.at + 2);
}

bool
ct_beacon_read_altbeacon (const struct ct_advert *advert, struct ct_beacon *beacon)
{
  for (size_t i = 0; i < advert->n_makers; i++) { // any maker's
    struct ct_bytes data = advert->makers[i].data;
    if (data.len == ALTBEACON_LEN && data.at[0] == 0xbe && data.at[1] == 0xac)
      return set (beacon, CT_BEACON_ALTBEACON, data.at + 2);
  }
  return false;
}
