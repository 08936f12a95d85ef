// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// BlueTrace as OpenTrace and COVIDSafe speak it: a service. The identifier takes a connection; the
// three letters beside the service are too few to tell the phones of a crowd apart.

#include "kiosk/core/ct-beacon.h"

#define OVERFLOW_BYTE 0
#define OVERFLOW_MASK 0x01

static const struct ct_uuid services[] = {
  // OpenTrace and COVIDSafe, in use
  { { 0xb8, 0x2a, 0xb3, 0xfc, 0x15, 0x95, 0x4f, 0x6a, 0x80, 0xf0, 0xfe, 0x09, 0x4c, 0xc2, 0x18,
      0xf9 } },
  // OpenTrace, staging
  { { 0x17, 0xe0, 0x33, 0xd3, 0x49, 0x0e, 0x4b, 0xc9, 0x9f, 0xe8, 0x2f, 0x56, 0x76, 0x43, 0xf4,
      0xd3 } },
  // COVIDSafe, staging
  { { 0xcc, 0x0a, 0xc8, 0xb7, 0x03, 0xb5, 0x42, 0x52, 0x8d, 0x84, 0x44, 0xd1, 0x99, 0xe1, 0x60,
      0x65 } },
  // Herald beside OpenTrace
  { { 0xa6, 0xba, 0x42, 0x86, 0xc5, 0x50, 0x47, 0x94, 0xa8, 0x88, 0x94, 0x67, 0xef, 0x0b, 0x31,
      0xa8 } },
};

bool
ct_beacon_read_bluetrace (const struct ct_advert *advert, struct ct_beacon *beacon)
{
  bool is_ours = ct_advert_has_overflow_bit (advert, OVERFLOW_BYTE, OVERFLOW_MASK);
  for (size_t i = 0; i < sizeof services / sizeof *services && !is_ours; i++)
    is_ours = ct_advert_has_service (advert, services[i]);
  if (!is_ours)
    return false;
  beacon->kind = CT_BEACON_BLUETRACE;
  return true;
}
