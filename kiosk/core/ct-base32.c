// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Base32 of RFC 4648.

#include "kiosk/core/ct-base32.h"

void
ct_base32_write (const uint8_t *bytes, size_t n, char *ret_text)
{
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  uint32_t bits = 0;
  unsigned n_bits = 0;
  for (size_t i = 0; i < n; i++) {
    bits = (bits << 8 | bytes[i]) & 0xFFF;
    for (n_bits += 8; n_bits >= 5; n_bits -= 5)
      *ret_text++ = alphabet[bits >> (n_bits - 5) & 31];
  }
  if (n_bits > 0)
    *ret_text++ = alphabet[bits << (5 - n_bits) & 31];
  *ret_text = '\0';
}

static int
value_of (char c)
{
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

bool
ct_base32_read (struct ct_span text, uint8_t *ret_bytes, size_t size, size_t *ret_n)
{
  size_t n = text.len * 5 / 8;
  if (n > size || CT_BASE32_LEN (n) != text.len)
    return false;
  uint32_t bits = 0;
  unsigned n_bits = 0;
  size_t at = 0;
  for (size_t i = 0; i < text.len; i++) {
    int value = value_of (text.at[i]);
    if (value < 0)
      return false;
    bits = (bits << 5 | (uint32_t) value) & 0xFFF;
    n_bits += 5;
    if (n_bits >= 8) {
      n_bits -= 8;
      ret_bytes[at++] = (uint8_t) (bits >> n_bits);
    }
  }
  if ((bits & ((1u << n_bits) - 1)) != 0)
    return false;
  *ret_n = n;
  return true;
}
