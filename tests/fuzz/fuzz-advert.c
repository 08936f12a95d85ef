// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Any bytes off the air.

#include <stdlib.h>

#include "kiosk/core/ct-beacon.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  struct ct_advert advert;
  struct ct_beacon beacon, all[CT_BEACON_READERS];
  ct_advert_init (&advert);
  (void) ct_advert_parse (&advert, (struct ct_bytes){ data, size });
  bool is_known = ct_beacon_read (&advert, &beacon);
  if (is_known != (beacon.kind != CT_BEACON_NONE) || beacon.id_len > CT_BEACON_ID_MAX)
    abort ();
  if ((ct_beacon_read_all (&advert, all) > 0) != is_known ||
      (is_known && all[0].kind != beacon.kind))
    abort ();
  for (size_t i = 0; i < advert.n_makers; i++) // views stay within
    if (advert.makers[i].data.at + advert.makers[i].data.len > data + size)
      abort ();
  return 0;
}
