// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Numbers of the file are big-endian, numbers of a controller little-endian.

#include "kiosk/core/ct-btsnoop.h"

#include <string.h>

#define MAGIC          "btsnoop" // and its zero
#define MAGIC_SIZE     8
#define AT_MAX         UINT64_C (4102444800000) // ms, far beyond any morning
#define RECORD_SIZE    24
#define DATALINK_HCI   1001
#define DATALINK_H4    1002
#define DATALINK_LINUX 2001
#define EPOCH_US       UINT64_C (0x00dcddb30f2f8000) // of the file, before 1970
#define PACKET_EVENT   0x04                          // H4
#define MONITOR_INDEX  0                             // Linux: a controller came
#define MONITOR_EVENT  3
#define EVENT_LE       0x3e
#define LE_REPORT      0x02
#define LE_EXTENDED    0x0d
#define SCAN_RESPONSE  0x04   // event type of a report
#define EXT_RESPONSE   0x0008 // and of an extended one,
#define EXT_LEGACY     0x0010
#define EXT_MORE       0x0020
#define EXT_TRUNCATED  0x0040
#define EXT_SIZE       24 // without the data
#define EXT_DATA_MAX   229

// A cursor that never leaves its bytes.
struct cursor {
  const uint8_t *at;
  size_t left;
  bool is_torn;
};

static const uint8_t *
take (struct cursor *cursor, size_t len)
{
  static const uint8_t none[RECORD_SIZE];
  if (len > cursor->left) {
    cursor->is_torn = true;
    cursor->left = 0;
    return none;
  }
  const uint8_t *at = cursor->at;
  cursor->at += len;
  cursor->left -= len;
  return at;
}

static uint64_t
take_number (struct cursor *cursor, size_t len)
{
  const uint8_t *at = take (cursor, len);
  uint64_t number = 0;
  for (size_t i = 0; i < len; i++)
    number = number << 8 | at[i];
  return number;
}

static void
take_address (struct cursor *cursor, struct ct_logged *logged)
{
  unsigned type = (unsigned) take_number (cursor, 1);
  const uint8_t *at = take (cursor, sizeof logged->address);
  logged->address_is_random = (type & 1) != 0; // 2 and 3: identities that were resolved
  for (size_t i = 0; i < sizeof logged->address; i++)
    logged->address[i] = at[sizeof logged->address - 1 - i];
}

// Adds to what is there; false: it is too much.
static bool
take_data (struct cursor *cursor, struct ct_logged *logged)
{
  size_t len = (size_t) take_number (cursor, 1);
  const uint8_t *at = take (cursor, len);
  if (cursor->is_torn || len > sizeof logged->structures - logged->len)
    return false;
  memcpy (logged->structures + logged->len, at, len);
  logged->len += len;
  return true;
}

static void
read_report (struct cursor *cursor, int64_t at_ms, ct_btsnoop_tell_fn tell, void *user_data)
{
  struct ct_logged logged = { .at_ms = at_ms };
  unsigned type = (unsigned) take_number (cursor, 1);
  take_address (cursor, &logged);
  bool is_whole = take_data (cursor, &logged);
  logged.rssi_dbm = (int8_t) take_number (cursor, 1);
  if (is_whole && !cursor->is_torn && type != SCAN_RESPONSE)
    tell (user_data, &logged);
}

static bool
is_next_piece (const struct ct_btsnoop *self, const struct ct_logged *logged)
{
  return self->is_joining && self->joined.address_is_random == logged->address_is_random &&
         memcmp (self->joined.address, logged->address, sizeof logged->address) == 0;
}

static void
read_extended (struct ct_btsnoop *self,
               struct cursor *cursor,
               int64_t at_ms,
               ct_btsnoop_tell_fn tell,
               void *user_data)
{
  struct ct_logged logged = { .at_ms = at_ms };
  const uint8_t *type_at = take (cursor, 2);
  unsigned type = type_at[0] | (unsigned) type_at[1] << 8;
  take_address (cursor, &logged);
  (void) take (cursor, 4); // PHYs, set, power
  logged.rssi_dbm = (int8_t) take_number (cursor, 1);
  (void) take (cursor, 9); // periodic, directed
  if (is_next_piece (self, &logged)) {
    logged.len = self->joined.len;
    memcpy (logged.structures, self->joined.structures, logged.len);
  }
  self->is_joining = false;
  if (!take_data (cursor, &logged) || (type & (EXT_RESPONSE | EXT_TRUNCATED)) != 0)
    return;
  if ((type & EXT_MORE) != 0) {
    self->joined = logged;
    self->is_joining = true;
  } else {
    tell (user_data, &logged);
  }
}

static void
read_event (struct ct_btsnoop *self,
            struct cursor cursor,
            int64_t at_ms,
            ct_btsnoop_tell_fn tell,
            void *user_data)
{
  uint64_t code = take_number (&cursor, 1);
  uint64_t len = take_number (&cursor, 1);
  uint64_t subevent = take_number (&cursor, 1);
  uint64_t n_reports = take_number (&cursor, 1);
  if (cursor.is_torn || code != EVENT_LE || len != cursor.left + 2)
    return;
  for (uint64_t i = 0; i < n_reports && !cursor.is_torn; i++) {
    if (subevent == LE_REPORT)
      read_report (&cursor, at_ms, tell, user_data);
    else if (subevent == LE_EXTENDED)
      read_extended (self, &cursor, at_ms, tell, user_data);
  }
}

// Whether @packet is an event; then it is left at its code.
static bool
is_event (const struct ct_btsnoop *self, uint32_t flags, struct cursor *packet)
{
  if (self->datalink == DATALINK_LINUX)
    return (flags & 0xffff) == MONITOR_EVENT;
  if (self->datalink == DATALINK_H4)
    return take_number (packet, 1) == PACKET_EVENT;
  return (flags & 3) == 3; // received; an event
}

bool
ct_btsnoop_is_one (struct ct_bytes file)
{
  return file.len >= MAGIC_SIZE && memcmp (file.at, MAGIC, MAGIC_SIZE) == 0;
}

size_t
ct_btsnoop_begin (struct ct_btsnoop *self, struct ct_bytes file)
{
  struct cursor cursor = { .at = file.at, .left = file.len };
  *self = (struct ct_btsnoop){ .datalink = 0 };
  if (!ct_btsnoop_is_one (file))
    return 0;
  (void) take (&cursor, MAGIC_SIZE);
  uint64_t version = take_number (&cursor, 4);
  self->datalink = (uint32_t) take_number (&cursor, 4);
  bool is_known = self->datalink == DATALINK_HCI || self->datalink == DATALINK_H4 ||
                  self->datalink == DATALINK_LINUX;
  return !cursor.is_torn && version == 1 && is_known ? CT_BTSNOOP_HEADER_SIZE : 0;
}

size_t
ct_btsnoop_next (struct ct_btsnoop *self,
                 struct ct_bytes rest,
                 ct_btsnoop_tell_fn tell,
                 void *user_data)
{
  struct cursor cursor = { .at = rest.at, .left = rest.len };
  (void) take_number (&cursor, 4); // as long as it was
  size_t len = (size_t) take_number (&cursor, 4);
  uint32_t flags = (uint32_t) take_number (&cursor, 4);
  (void) take_number (&cursor, 4); // drops
  uint64_t at_us = take_number (&cursor, 8);
  struct cursor packet = { .left = len };
  packet.at = take (&cursor, len);
  if (cursor.is_torn)
    return 0;
  if (!self->has_begun)
    self->begin_us = at_us;
  self->has_begun = true;
  uint64_t at_ms = at_us > self->begin_us ? (at_us - self->begin_us) / 1000 : 0;
  if (at_ms <= AT_MAX && (int64_t) at_ms > self->last_ms)
    self->last_ms = (int64_t) at_ms;
  if (is_event (self, flags, &packet))
    read_event (self, packet, self->last_ms, tell, user_data);
  return RECORD_SIZE + len;
}

static size_t
put_number (uint8_t *at, uint64_t number, size_t len)
{
  for (size_t i = 0; i < len; i++)
    at[i] = (uint8_t) (number >> (8 * (len - 1 - i)));
  return len;
}

static size_t
put_record_header (uint8_t *at, size_t len, unsigned opcode, uint64_t at_us)
{
  size_t n = put_number (at, len, 4);
  n += put_number (at + n, len, 4);
  n += put_number (at + n, opcode, 4); // controller 0
  n += put_number (at + n, 0, 4);
  return n + put_number (at + n, at_us + EPOCH_US, 8);
}

size_t
ct_btsnoop_write_header (uint8_t ret_bytes[CT_BTSNOOP_RECORD_MAX])
{
  memcpy (ret_bytes, MAGIC, MAGIC_SIZE);
  size_t n = MAGIC_SIZE;
  n += put_number (ret_bytes + n, 1, 4);
  return n + put_number (ret_bytes + n, DATALINK_LINUX, 4);
}

// One report of one event; a legacy advertisement is one that fits into one.
static size_t
put_piece (const struct ct_logged *logged, size_t from, uint64_t at_us, uint8_t *at)
{
  size_t left = logged->len - from;
  size_t len = left > EXT_DATA_MAX ? EXT_DATA_MAX : left;
  unsigned type = (len < left ? EXT_MORE : 0) | (logged->len <= 31 ? EXT_LEGACY | 3 : 0);
  size_t n = put_record_header (at, 4 + EXT_SIZE + len, MONITOR_EVENT, at_us);
  const uint8_t head[] = { EVENT_LE,
                           (uint8_t) (2 + EXT_SIZE + len),
                           LE_EXTENDED,
                           1,
                           (uint8_t) type,
                           (uint8_t) (type >> 8),
                           logged->address_is_random };
  memcpy (at + n, head, sizeof head);
  n += sizeof head;
  for (size_t i = 0; i < sizeof logged->address; i++)
    at[n++] = logged->address[sizeof logged->address - 1 - i];
  const uint8_t radio[] = { 1, 0, 0xff, 0x7f, (uint8_t) (int8_t) logged->rssi_dbm };
  memcpy (at + n, radio, sizeof radio);
  n += sizeof radio;
  memset (at + n, 0, 9);
  n += 9;
  at[n++] = (uint8_t) len;
  memcpy (at + n, logged->structures + from, len);
  return n + len;
}

size_t
ct_btsnoop_write (const struct ct_logged *logged,
                  uint64_t began_us,
                  uint8_t ret_bytes[CT_BTSNOOP_RECORD_MAX])
{
  size_t n = 0, from = 0;
  uint64_t at_us = began_us + (uint64_t) logged->at_ms * 1000;
  do {
    n += put_piece (logged, from, at_us, ret_bytes + n);
    from += EXT_DATA_MAX;
  } while (from < logged->len);
  return n;
}
