// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Hygiene of text from strangers: encoding and forbidden characters.

#include "kiosk/core/ct-text.h"

// A run of code points.
struct run {
  uint32_t first, last;
};

bool
ct_utf8_next (struct ct_span *rest, uint32_t *ret_cp)
{
  static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
  if (rest->len == 0)
    return false;
  const unsigned char *bytes = (const unsigned char *) rest->at;
  uint32_t cp = bytes[0];
  size_t len = cp < 0x80 ? 1 : cp < 0xC0 ? 0 : cp < 0xE0 ? 2 : cp < 0xF0 ? 3 : cp < 0xF8 ? 4 : 0;
  if (len == 0 || len > rest->len)
    return false;
  if (len > 1)
    cp &= 0x7Fu >> len;
  for (size_t i = 1; i < len; i++) {
    if ((bytes[i] & 0xC0) != 0x80)
      return false;
    cp = cp << 6 | (bytes[i] & 0x3Fu);
  }
  if (cp < smallest[len] || cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
    return false;
  *rest = ct_span_skip (*rest, len);
  *ret_cp = cp;
  return true;
}

size_t
ct_utf8_put (uint32_t cp, char ret_bytes[4])
{
  if (cp < 0x80) {
    ret_bytes[0] = (char) cp;
    return 1;
  }
  size_t len = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
  for (size_t i = len - 1; i > 0; i--, cp >>= 6)
    ret_bytes[i] = (char) (0x80 | (cp & 0x3F));
  ret_bytes[0] = (char) ((0xF00u >> len & 0xF0) | cp);
  return len;
}

bool
ct_utf8_is_valid (struct ct_span text)
{
  uint32_t cp;
  while (text.len > 0)
    if (!ct_utf8_next (&text, &cp))
      return false;
  return true;
}

bool
ct_text_is_forbidden (uint32_t cp)
{
  static const struct run forbidden[] = {
    { 0x0000, 0x001F }, { 0x007F, 0x009F },   { 0x00AD, 0x00AD }, { 0x034F, 0x034F },
    { 0x061C, 0x061C }, { 0x115F, 0x1160 },   { 0x17B4, 0x17B5 }, { 0x180B, 0x180F },
    { 0x200B, 0x200F }, { 0x2028, 0x202E },   { 0x2060, 0x206F }, { 0x3164, 0x3164 },
    { 0xFDD0, 0xFDEF }, { 0xFE00, 0xFE0F },   { 0xFEFF, 0xFEFF }, { 0xFFA0, 0xFFA0 },
    { 0xFFF0, 0xFFFB }, { 0xE0000, 0xE0FFF },
  };
  for (size_t i = 0; i < sizeof forbidden / sizeof forbidden[0]; i++)
    if (cp >= forbidden[i].first && cp <= forbidden[i].last)
      return true;
  return (cp & 0xFFFE) == 0xFFFE; // the last two of every plane are not characters
}

bool
ct_text_is_clean (struct ct_span text)
{
  uint32_t cp;
  while (ct_utf8_next (&text, &cp))
    if (ct_text_is_forbidden (cp) && cp != '\t' && cp != '\r' && cp != '\n')
      return false;
  return true;
}

bool
ct_text_repair (struct ct_span text, char *ret_bytes, size_t *ret_len)
{
  size_t len = 0;
  bool ascii = true;
  uint32_t cp;
  while (ct_utf8_next (&text, &cp)) {
    if (cp > 0xFF)
      return false;
    ascii = ascii && cp < 0x80;
    ret_bytes[len++] = (char) cp;
  }
  if (ascii || !ct_utf8_is_valid ((struct ct_span){ ret_bytes, len }))
    return false;
  *ret_len = len;
  return true;
}
