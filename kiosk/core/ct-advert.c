// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Walks AD structures; what is malformed ends the walk and nothing else.

#include "kiosk/core/ct-advert.h"

#include <string.h>

#include "kiosk/core/ct-span.h"

enum ad_type {
  AD_SERVICES_16_MORE = 0x02,
  AD_SERVICES_16 = 0x03,
  AD_SERVICES_128_MORE = 0x06,
  AD_SERVICES_128 = 0x07,
  AD_SERVICE_DATA_16 = 0x16,
  AD_SERVICE_DATA_128 = 0x21,
  AD_MAKER = 0xff,
};

static uint16_t
read_16 (const uint8_t *at)
{
  return (uint16_t) (at[0] | at[1] << 8);
}

static struct ct_uuid
read_128 (const uint8_t *at)
{
  struct ct_uuid uuid;
  for (size_t i = 0; i < sizeof uuid.bytes; i++)
    uuid.bytes[i] = at[sizeof uuid.bytes - 1 - i];
  return uuid;
}

struct ct_uuid
ct_uuid_of_16 (uint16_t number)
{
  struct ct_uuid uuid = { { 0, 0, (uint8_t) (number >> 8), (uint8_t) number, 0, 0, 0x10, 0, 0x80, 0,
                            0, 0x80, 0x5f, 0x9b, 0x34, 0xfb } };
  return uuid;
}

bool
ct_uuid_read (const char *text, struct ct_uuid *ret_uuid)
{
  static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  struct ct_uuid uuid = { { 0 } };
  size_t n_digits = 0;
  if (strlen (text) != CT_UUID_TEXT_LEN)
    return false;
  for (size_t i = 0; i < CT_UUID_TEXT_LEN; i++) {
    int value = ct_hex_value (text[i]);
    if (form[i] == '-' ? text[i] != '-' : value < 0)
      return false;
    if (form[i] == '-')
      continue;
    uuid.bytes[n_digits / 2] = (uint8_t) (uuid.bytes[n_digits / 2] << 4 | value);
    n_digits++;
  }
  *ret_uuid = uuid;
  return true;
}

bool
ct_uuid_equals (struct ct_uuid a, struct ct_uuid b)
{
  return memcmp (a.bytes, b.bytes, sizeof a.bytes) == 0;
}

void
ct_advert_init (struct ct_advert *advert)
{
  advert->n_services = advert->n_makers = advert->n_service_data = 0;
}

void
ct_advert_add_service (struct ct_advert *advert, struct ct_uuid service)
{
  if (advert->n_services < CT_ADVERT_SERVICES_MAX)
    advert->services[advert->n_services++] = service;
}

void
ct_advert_add_maker (struct ct_advert *advert, uint16_t company, struct ct_bytes data)
{
  if (advert->n_makers < CT_ADVERT_ITEMS_MAX && data.len <= CT_ADVERT_DATA_MAX)
    advert->makers[advert->n_makers++] = (struct ct_maker_data){ company, data };
}

void
ct_advert_add_service_data (struct ct_advert *advert, struct ct_uuid service, struct ct_bytes data)
{
  if (advert->n_service_data < CT_ADVERT_ITEMS_MAX && data.len <= CT_ADVERT_DATA_MAX)
    advert->service_data[advert->n_service_data++] = (struct ct_service_data){ service, data };
}

static struct ct_bytes
skip (struct ct_bytes bytes, size_t n)
{
  return (struct ct_bytes){ bytes.at + n, bytes.len - n };
}

static void
take_structure (struct ct_advert *advert, uint8_t type, struct ct_bytes data)
{
  switch (type) {
  case AD_SERVICES_16_MORE:
  case AD_SERVICES_16:
    for (; data.len >= 2; data = skip (data, 2))
      ct_advert_add_service (advert, ct_uuid_of_16 (read_16 (data.at)));
    break;
  case AD_SERVICES_128_MORE:
  case AD_SERVICES_128:
    for (; data.len >= 16; data = skip (data, 16))
      ct_advert_add_service (advert, read_128 (data.at));
    break;
  case AD_SERVICE_DATA_16:
    if (data.len >= 2)
      ct_advert_add_service_data (advert, ct_uuid_of_16 (read_16 (data.at)), skip (data, 2));
    break;
  case AD_SERVICE_DATA_128:
    if (data.len >= 16)
      ct_advert_add_service_data (advert, read_128 (data.at), skip (data, 16));
    break;
  case AD_MAKER:
    if (data.len >= 2)
      ct_advert_add_maker (advert, read_16 (data.at), skip (data, 2));
    break;
  default:
    break;
  }
}

bool
ct_advert_parse (struct ct_advert *advert, struct ct_bytes structures)
{
  while (structures.len > 0) {
    size_t len = structures.at[0];
    if (len == 0)
      return true; // an early end
    if (len > structures.len - 1)
      return false;
    take_structure (advert, structures.at[1], (struct ct_bytes){ structures.at + 2, len - 1 });
    structures = skip (structures, len + 1);
  }
  return true;
}

// Whether it is one that the SIG assigns, and which.
static bool
is_short (struct ct_uuid uuid, uint16_t *ret_number)
{
  *ret_number = (uint16_t) (uuid.bytes[2] << 8 | uuid.bytes[3]);
  return ct_uuid_equals (uuid, ct_uuid_of_16 (*ret_number));
}

// As on the air: least significant first. Returns the length, 2 or 16.
static size_t
write_uuid (struct ct_uuid uuid, uint8_t out[16])
{
  uint16_t number = 0;
  if (is_short (uuid, &number)) {
    out[0] = (uint8_t) number;
    out[1] = (uint8_t) (number >> 8);
    return 2;
  }
  for (size_t i = 0; i < sizeof uuid.bytes; i++)
    out[i] = uuid.bytes[sizeof uuid.bytes - 1 - i];
  return sizeof uuid.bytes;
}

struct writer {
  uint8_t *at;
  size_t left;
};

static void
write_structure (
    struct writer *writer, uint8_t type, const uint8_t *head, size_t head_len, struct ct_bytes data)
{
  size_t len = 1 + head_len + data.len;
  if (len > UINT8_MAX || len + 1 > writer->left)
    return;
  writer->at[0] = (uint8_t) len;
  writer->at[1] = type;
  memcpy (writer->at + 2, head, head_len);
  if (data.len > 0)
    memcpy (writer->at + 2 + head_len, data.at, data.len);
  writer->at += len + 1;
  writer->left -= len + 1;
}

static void
write_services (struct writer *writer,
                const struct ct_advert *advert,
                uint8_t type,
                size_t uuid_len)
{
  uint8_t list[16 * CT_ADVERT_SERVICES_MAX], uuid[16];
  size_t len = 0;
  for (size_t i = 0; i < advert->n_services; i++)
    if (write_uuid (advert->services[i], uuid) == uuid_len && len + uuid_len < UINT8_MAX) {
      memcpy (list + len, uuid, uuid_len);
      len += uuid_len;
    }
  if (len > 0)
    write_structure (writer, type, list, len, (struct ct_bytes){ NULL, 0 });
}

size_t
ct_advert_write (const struct ct_advert *advert, uint8_t *ret_structures, size_t size)
{
  struct writer writer = { ret_structures, size };
  uint8_t head[16];
  write_services (&writer, advert, AD_SERVICES_16, 2);
  write_services (&writer, advert, AD_SERVICES_128, 16);
  for (size_t i = 0; i < advert->n_makers; i++) {
    head[0] = (uint8_t) advert->makers[i].company;
    head[1] = (uint8_t) (advert->makers[i].company >> 8);
    write_structure (&writer, AD_MAKER, head, 2, advert->makers[i].data);
  }
  for (size_t i = 0; i < advert->n_service_data; i++) {
    size_t len = write_uuid (advert->service_data[i].service, head);
    write_structure (&writer, len == 2 ? AD_SERVICE_DATA_16 : AD_SERVICE_DATA_128, head, len,
                     advert->service_data[i].data);
  }
  return size - writer.left;
}

bool
ct_advert_has_service (const struct ct_advert *advert, struct ct_uuid service)
{
  for (size_t i = 0; i < advert->n_services; i++)
    if (ct_uuid_equals (advert->services[i], service))
      return true;
  return false;
}

const struct ct_maker_data *
ct_advert_find_maker (const struct ct_advert *advert, uint16_t company)
{
  for (size_t i = 0; i < advert->n_makers; i++)
    if (advert->makers[i].company == company)
      return &advert->makers[i];
  return NULL;
}

const struct ct_service_data *
ct_advert_find_service_data (const struct ct_advert *advert, struct ct_uuid service)
{
  for (size_t i = 0; i < advert->n_service_data; i++)
    if (ct_uuid_equals (advert->service_data[i].service, service))
      return &advert->service_data[i];
  return NULL;
}
