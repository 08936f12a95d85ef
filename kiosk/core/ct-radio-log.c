// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Strict: a log is made by a program.

#include "kiosk/core/ct-radio-log.h"

#include <stdio.h>
#include <string.h>

#define N_FIELDS    5
#define AT_MAX      4102444800000 // far beyond any morning
#define ADDRESS_LEN 17
#define RSSI_MIN    -127
#define RSSI_MAX    127

static bool
read_number (struct ct_span text, int64_t min, int64_t max, int64_t *ret_number)
{
  bool is_negative = ct_span_starts_with (text, "-");
  struct ct_span digits = is_negative ? ct_span_skip (text, 1) : text;
  int64_t number = 0;
  if (!ct_span_is_digits (digits) || digits.len > 13)
    return false;
  for (size_t i = 0; i < digits.len; i++)
    number = number * 10 + (digits.at[i] - '0');
  *ret_number = is_negative ? -number : number;
  return *ret_number >= min && *ret_number <= max;
}

static bool
read_hex (const char *at, uint8_t *ret_byte)
{
  int high = ct_hex_value (at[0]), low = ct_hex_value (at[1]);
  if (high < 0 || low < 0)
    return false;
  *ret_byte = (uint8_t) (high << 4 | low);
  return true;
}

static bool
read_address (struct ct_span text, uint8_t ret_address[6])
{
  if (text.len != ADDRESS_LEN)
    return false;
  for (size_t i = 0; i < 6; i++)
    if (!read_hex (text.at + 3 * i, &ret_address[i]) || (i < 5 && text.at[3 * i + 2] != ':'))
      return false;
  return true;
}

static bool
read_structures (struct ct_span text, struct ct_logged *logged)
{
  logged->len = 0;
  if (ct_span_equals (text, "-"))
    return true;
  if (text.len % 2 != 0 || text.len > 2 * sizeof logged->structures)
    return false;
  for (; logged->len < text.len / 2; logged->len++)
    if (!read_hex (text.at + 2 * logged->len, &logged->structures[logged->len]))
      return false;
  return text.len > 0;
}

size_t
ct_radio_log_next (struct ct_span rest, struct ct_span *ret_line)
{
  const char *end = memchr (rest.at, '\n', rest.len);
  size_t len = end != NULL ? (size_t) (end - rest.at) : rest.len;
  *ret_line = (struct ct_span){ rest.at, len };
  return len + (end != NULL);
}

enum ct_log_line
ct_radio_log_read (struct ct_span line, struct ct_logged *ret_logged)
{
  struct ct_span fields[N_FIELDS];
  struct ct_logged logged = { 0 };
  int64_t rssi_dbm = 0;
  if (line.len > 0 && memchr (line.at, '\0', line.len) != NULL)
    return CT_LOG_WRONG;
  if (line.len == 0 || line.at[0] == '#')
    return CT_LOG_NOTHING;
  if (ct_span_split (line, ' ', fields, N_FIELDS) != N_FIELDS ||
      !read_number (fields[0], 0, AT_MAX, &logged.at_ms) ||
      !read_address (fields[1], logged.address) ||
      !read_number (fields[3], RSSI_MIN, RSSI_MAX, &rssi_dbm) ||
      !read_structures (fields[4], &logged))
    return CT_LOG_WRONG;
  logged.address_is_random = ct_span_equals (fields[2], "random");
  if (!logged.address_is_random && !ct_span_equals (fields[2], "public"))
    return CT_LOG_WRONG;
  logged.rssi_dbm = (int) rssi_dbm;
  *ret_logged = logged;
  return CT_LOG_SIGHTING;
}

size_t
ct_radio_log_write (const struct ct_logged *logged, char ret_line[CT_RADIO_LOG_LINE_MAX])
{
  static const char digits[] = "0123456789abcdef";
  const uint8_t *a = logged->address;
  int len =
      snprintf (ret_line, CT_RADIO_LOG_LINE_MAX, "%lld %02X:%02X:%02X:%02X:%02X:%02X %s %d %s",
                (long long) logged->at_ms, a[0], a[1], a[2], a[3], a[4], a[5],
                logged->address_is_random ? "random" : "public", logged->rssi_dbm,
                logged->len == 0 ? "-" : "");
  size_t n = (size_t) len; // always fits
  for (size_t i = 0; i < logged->len; i++) {
    ret_line[n++] = digits[logged->structures[i] >> 4];
    ret_line[n++] = digits[logged->structures[i] & 15];
  }
  ret_line[n++] = '\n';
  ret_line[n] = '\0';
  return n;
}
