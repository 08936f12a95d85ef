// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A Bluetooth advertisement as the fields that tell beacons apart, whether they came as bytes from
// the air (Bluetooth Core 5.4, volume 3, part C, section 11) or as properties from bluetoothd.
// Views: what they point into belongs to the caller.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CT_ADVERT_SERVICES_MAX 32
#define CT_ADVERT_ITEMS_MAX    8
#define CT_ADVERT_DATA_MAX     255 // bytes of one item; longer ones are not taken
#define CT_UUID_TEXT_LEN       36

struct ct_uuid {
  uint8_t bytes[16]; // as written: most significant first
};

struct ct_bytes {
  const uint8_t *at;
  size_t len;
};

struct ct_maker_data {
  uint16_t company;
  struct ct_bytes data; // without the company
};

struct ct_service_data {
  struct ct_uuid service;
  struct ct_bytes data; // without the service
};

struct ct_advert {
  struct ct_uuid services[CT_ADVERT_SERVICES_MAX];
  size_t n_services;
  struct ct_maker_data makers[CT_ADVERT_ITEMS_MAX];
  size_t n_makers;
  struct ct_service_data service_data[CT_ADVERT_ITEMS_MAX];
  size_t n_service_data;
};

void ct_advert_init (struct ct_advert *advert);

// What finds no room, or is too long, is left out.
void ct_advert_add_service (struct ct_advert *advert, struct ct_uuid service);
void ct_advert_add_maker (struct ct_advert *advert, uint16_t company, struct ct_bytes data);
void
ct_advert_add_service_data (struct ct_advert *advert, struct ct_uuid service, struct ct_bytes data);

// Adds the fields of AD structures. False: one is longer than what is left; those before it count.
bool ct_advert_parse (struct ct_advert *advert, struct ct_bytes structures);

// The fields as AD structures; what does not fit is left out. Returns the length. Parsing that
// gives the same fields again, but for services of 16 bits: those come first.
size_t ct_advert_write (const struct ct_advert *advert, uint8_t *ret_structures, size_t size);

bool ct_advert_has_service (const struct ct_advert *advert, struct ct_uuid service);
// (nullable)
const struct ct_maker_data *ct_advert_find_maker (const struct ct_advert *advert, uint16_t company);
const struct ct_service_data *ct_advert_find_service_data (const struct ct_advert *advert,
                                                           struct ct_uuid service);

struct ct_uuid ct_uuid_of_16 (uint16_t number); // one that the Bluetooth SIG assigns
bool ct_uuid_read (const char *text, struct ct_uuid *ret_uuid); // either case
bool ct_uuid_equals (struct ct_uuid a, struct ct_uuid b);
