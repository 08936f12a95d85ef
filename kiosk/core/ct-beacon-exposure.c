// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Exposure Notification (Google and Apple, 1.2): the rolling proximity identifier. Nobody but the
// phone's owner can link two of them; a kiosk counts.

#include "kiosk/core/ct-beacon.h"

#define SERVICE  0xfd6f
#define DATA_LEN 20 // identifier and 4 bytes of sealed metadata
#define ID_LEN   16

bool
ct_beacon_read_exposure (const struct ct_advert *advert, struct ct_beacon *beacon)
{
  const struct ct_service_data *data =
      ct_advert_find_service_data (advert, ct_uuid_of_16 (SERVICE));
  beacon->kind = CT_BEACON_EXPOSURE;
  return data != NULL && data->data.len == DATA_LEN &&
         ct_beacon_set_id (beacon, data->data.at, ID_LEN);
}
