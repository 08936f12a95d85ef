// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The phone at the other end of a connection: an attribute server (Bluetooth Core 5.4, volume 3,
// part F) with one service, which has one characteristic, as Bluezone has on iPhones.

#include "tests/rig/guest.h"

#include <string.h>

#define NOT_FOUND     0x0a
#define NOT_SUPPORTED 0x06
#define MTU           100
#define SERVICE       1 // handles
#define DECLARATION   2
#define VALUE         3

// Least significant byte first.
static const guint8 service_uuid[16] = { 0x67, 0xa6, 0x07, 0xad, 0xd1, 0x17, 0x2f, 0xa1,
                                         0xc4, 0x4b, 0xf5, 0x73, 0x56, 0x4e, 0x00, 0x00 };
static const guint8 value_uuid[16] = { 0x89, 0xa6, 0x07, 0xad, 0xd1, 0x17, 0x2f, 0xa1,
                                       0xc4, 0x4b, 0xf5, 0x73, 0x56, 0x4e, 0x00, 0x00 };

static guint
read_16 (const guint8 *at)
{
  return at[0] | (guint) at[1] << 8;
}

static gsize
refuse (const guint8 *request, guint8 why, guint8 *ret_answer)
{
  ret_answer[0] = 0x01;
  ret_answer[1] = request[0];
  memcpy (ret_answer + 2, request + 1, 2); // a handle, mostly
  ret_answer[4] = why;
  return 5;
}

static gsize
tell_service (guint8 *ret_answer)
{
  static const guint8 head[] = { 0x11, 20, SERVICE, 0, VALUE, 0 };
  memcpy (ret_answer, head, sizeof head);
  memcpy (ret_answer + sizeof head, service_uuid, sizeof service_uuid);
  return sizeof head + sizeof service_uuid;
}

static gsize
tell_characteristic (guint8 *ret_answer)
{
  static const guint8 head[] = { 0x09, 21, DECLARATION, 0, 0x02, VALUE, 0 }; // to be read
  memcpy (ret_answer, head, sizeof head);
  memcpy (ret_answer + sizeof head, value_uuid, sizeof value_uuid);
  return sizeof head + sizeof value_uuid;
}

gsize
guest_phone_answer (const guint8 *request,
                    gsize len,
                    const guint8 *value,
                    gsize value_len,
                    guint8 ret_answer[GUEST_PHONE_ANSWER_MAX])
{
  guint type = len == 7 ? read_16 (request + 5) : 0;
  guint start = len >= 3 ? read_16 (request + 1) : 0;
  switch (request[0]) {
  case 0x02: // exchange of MTU
    ret_answer[0] = 0x03;
    ret_answer[1] = MTU;
    ret_answer[2] = 0;
    return 3;
  case 0x10: // read by group type: primary services
    return type == 0x2800 && start <= SERVICE ? tell_service (ret_answer)
                                              : refuse (request, NOT_FOUND, ret_answer);
  case 0x08: // read by type: characteristics
    return type == 0x2803 && start <= DECLARATION ? tell_characteristic (ret_answer)
                                                  : refuse (request, NOT_FOUND, ret_answer);
  case 0x04: // find information: descriptors
    return refuse (request, NOT_FOUND, ret_answer);
  case 0x0a: // read
    if (start != VALUE)
      return refuse (request, NOT_FOUND, ret_answer);
    ret_answer[0] = 0x0b;
    memcpy (ret_answer + 1, value, value_len);
    return 1 + value_len;
  default: // commands (bit 6) and confirmations want no answer
    if ((request[0] & 0x40) != 0 || request[0] == 0x1e || (request[0] & 1) != 0)
      return 0;
    return refuse (request, NOT_SUPPORTED, ret_answer);
  }
}
