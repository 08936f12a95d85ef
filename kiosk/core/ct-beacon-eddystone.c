// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Eddystone UID and EID. Links and telemetry are nobody's presence.

#include "kiosk/core/ct-beacon.h"

#include <string.h>

#define SERVICE     0xfeaa
#define FRAME_UID   0x00
#define FRAME_EID   0x30
#define UID_LEN     16
#define EID_LEN     8
#define UID_RFU_LEN 2
#define METRE_DB    41 // what the first metre takes

bool
ct_beacon_read_eddystone (const struct ct_advert *advert, struct ct_beacon *beacon)
{
  const struct ct_service_data *found =
      ct_advert_find_service_data (advert, ct_uuid_of_16 (SERVICE));
  if (found == NULL || found->data.len < 2)
    return false;
  struct ct_bytes data = found->data;
  bool is_uid =
      data.at[0] == FRAME_UID && (data.len == 2 + UID_LEN || data.len == 2 + UID_LEN + UID_RFU_LEN);
  bool is_eid = data.at[0] == FRAME_EID && data.len == 2 + EID_LEN;
  if (!is_uid && !is_eid)
    return false;
  int power_dbm = (int8_t) data.at[1] - METRE_DB;
  beacon->kind = is_uid ? CT_BEACON_EDDYSTONE_UID : CT_BEACON_EDDYSTONE_EID;
  beacon->has_power = data.at[1] != 127 && power_dbm >= INT8_MIN;
  beacon->power_at_1m_dbm = beacon->has_power ? (int8_t) power_dbm : 0;
  return ct_beacon_set_id (beacon, data.at + 2, is_uid ? UID_LEN : EID_LEN);
}

void
ct_beacon_write_eddystone (const struct ct_beacon *beacon, uint8_t ret_data[CT_EDDYSTONE_UID_SIZE])
{
  memset (ret_data, 0, CT_EDDYSTONE_UID_SIZE);
  ret_data[0] = FRAME_UID;
  ret_data[1] = (uint8_t) (int8_t) (beacon->power_at_1m_dbm + METRE_DB);
  memcpy (ret_data + 2, beacon->id, UID_LEN);
}
