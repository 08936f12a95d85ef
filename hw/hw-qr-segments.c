// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The segments of a QR code's data: ISO/IEC 18004:2015, 7.4; Hanzi after GB/T 18284.

#include "hw/hw-qr-segments.h"

#include <iconv.h>
#include <string.h>

enum mode {
  MODE_END = 0,
  MODE_DIGITS = 1,
  MODE_ALPHANUMERIC = 2,
  MODE_PART = 3, // structured append
  MODE_BYTES = 4,
  MODE_FNC1_FIRST = 5,
  MODE_ECI = 7,
  MODE_KANJI = 8,
  MODE_FNC1_SECOND = 9,
  MODE_HANZI = 13,
};

struct reader {
  HwQrCode *code;
  size_t n_bits;
  size_t at_bit;
  int version;
  bool fnc1;
  const char *charset; // of the bytes that follow, NULL for not named
};

static size_t
bits_left (const struct reader *reader)
{
  return reader->n_bits - reader->at_bit;
}

// The caller has made sure that they are there.
static unsigned
take (struct reader *reader, unsigned n_bits)
{
  unsigned value = 0;
  for (unsigned i = 0; i < n_bits; i++, reader->at_bit++)
    value = value << 1 | (reader->code->words[reader->at_bit / 8] >> (7 - reader->at_bit % 8) & 1u);
  return value;
}

static bool
put (struct reader *reader, unsigned byte)
{
  if (reader->code->payload_len == HW_QR_CODE_PAYLOAD_MAX)
    return false;
  reader->code->payload[reader->code->payload_len++] = (uint8_t) byte;
  return true;
}

static bool
take_digits (struct reader *reader, unsigned n)
{
  for (; n > 0; n -= n < 3 ? n : 3) {
    unsigned group = n < 3 ? n : 3;
    static const unsigned widths[4] = { 0, 4, 7, 10 };
    static const unsigned limits[4] = { 1, 10, 100, 1000 };
    if (bits_left (reader) < widths[group])
      return false;
    unsigned value = take (reader, widths[group]);
    if (value >= limits[group])
      return false;
    for (unsigned i = group; i > 0; i--)
      if (!put (reader, '0' + value / limits[i - 1] % 10))
        return false;
  }
  return true;
}

static bool
put_alphanumeric (struct reader *reader, unsigned value)
{
  static const char characters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
  HwQrCode *code = reader->code;
  char character = characters[value];
  if (!reader->fnc1 || character != '%')
    return put (reader, (unsigned char) character);
  // Within FNC1 a percent sign is the separator GS, and two are a percent sign.
  if (code->payload_len > 0 && code->payload[code->payload_len - 1] == 0x1d) {
    code->payload[code->payload_len - 1] = '%';
    return true;
  }
  return put (reader, 0x1d);
}

static bool
take_alphanumeric (struct reader *reader, unsigned n)
{
  for (; n >= 2; n -= 2) {
    if (bits_left (reader) < 11)
      return false;
    unsigned pair = take (reader, 11);
    if (pair >= 45 * 45 || !put_alphanumeric (reader, pair / 45) ||
        !put_alphanumeric (reader, pair % 45))
      return false;
  }
  if (n == 0)
    return true;
  if (bits_left (reader) < 6)
    return false;
  unsigned last = take (reader, 6);
  return last < 45 && put_alphanumeric (reader, last);
}

// Appends the bytes as UTF-8. False when they are not of that character set.
static bool
put_converted (struct reader *reader, const char *charset, const uint8_t *bytes, size_t len)
{
  HwQrCode *code = reader->code;
  iconv_t conversion = iconv_open ("UTF-8", charset);
  if (conversion == (iconv_t) -1)
    return false;
  char *in = (char *) bytes, *out = (char *) code->payload + code->payload_len;
  size_t in_left = len, out_left = HW_QR_CODE_PAYLOAD_MAX - code->payload_len;
  size_t result = iconv (conversion, &in, &in_left, &out, &out_left);
  (void) iconv_close (conversion); // frees only
  if (result == (size_t) -1)
    return false;
  code->payload_len = HW_QR_CODE_PAYLOAD_MAX - out_left;
  return true;
}

static bool
take_bytes (struct reader *reader, unsigned n)
{
  uint8_t bytes[HW_QR_CODE_BYTES_MAX] = { 0 };
  if (bits_left (reader) / 8 < n)
    return false;
  for (unsigned i = 0; i < n; i++)
    bytes[i] = (uint8_t) take (reader, 8);
  if (reader->charset != NULL && put_converted (reader, reader->charset, bytes, n))
    return true;
  for (unsigned i = 0; i < n; i++)
    if (!put (reader, bytes[i]))
      return false;
  return true;
}

static bool
take_kanji (struct reader *reader, unsigned n)
{
  for (; n > 0; n--) {
    if (bits_left (reader) < 13)
      return false;
    unsigned value = take (reader, 13);
    unsigned character = (value / 0xc0) << 8 | value % 0xc0;
    character += character < 0x1f00 ? 0x8140 : 0xc140;
    if (!put (reader, character >> 8) || !put (reader, character & 0xff))
      return false;
  }
  return true;
}

static bool
take_hanzi (struct reader *reader, unsigned n)
{
  for (; n > 0; n--) {
    if (bits_left (reader) < 13)
      return false;
    unsigned value = take (reader, 13);
    unsigned character = (value / 0x60) << 8 | value % 0x60;
    character += character < 0x0a00 ? 0xa1a1 : 0xa6a1;
    const uint8_t bytes[2] = { (uint8_t) (character >> 8), (uint8_t) character };
    if (!put_converted (reader, "GB2312", bytes, sizeof bytes))
      return false;
  }
  return true;
}

// AIM ITS/04-023. Bytes in a set that is not here stay as they are.
static const char *
charset_of (unsigned eci)
{
  static const char *const charsets[] = {
    "CP437",       "ISO-8859-1",  "CP437",      "ISO-8859-1",  "ISO-8859-2",  "ISO-8859-3",
    "ISO-8859-4",  "ISO-8859-5",  "ISO-8859-6", "ISO-8859-7",  "ISO-8859-8",  "ISO-8859-9",
    "ISO-8859-10", "ISO-8859-11", NULL,         "ISO-8859-13", "ISO-8859-14", "ISO-8859-15",
    "ISO-8859-16", NULL,          "SHIFT_JIS",  "CP1250",      "CP1251",      "CP1252",
    "CP1256",      "UTF-16BE",    NULL,         "US-ASCII",    "BIG5",        "GB18030",
    "EUC-KR",
  };
  return eci < sizeof charsets / sizeof charsets[0] ? charsets[eci] : NULL;
}

static bool
take_eci (struct reader *reader)
{
  if (bits_left (reader) < 8)
    return false;
  unsigned eci = take (reader, 8);
  unsigned more = (eci & 0x80) == 0 ? 0 : (eci & 0x40) == 0 ? 1 : 2;
  if (eci >= 0xe0 || bits_left (reader) < more * 8)
    return false;
  eci &= more == 0 ? 0x7fu : more == 1 ? 0x3fu : 0x1fu;
  eci = eci << (more * 8) | take (reader, more * 8);
  reader->charset = charset_of (eci);
  return true;
}

// Table 3: how many bits count the characters.
static unsigned
count_width (enum mode mode, int version)
{
  static const uint8_t widths[4][3] = {
    { 10, 12, 14 }, { 9, 11, 13 }, { 8, 16, 16 }, { 8, 10, 12 }
  };
  int kind = mode == MODE_DIGITS ? 0 : mode == MODE_ALPHANUMERIC ? 1 : mode == MODE_BYTES ? 2 : 3;
  return widths[kind][version < 10 ? 0 : version < 27 ? 1 : 2];
}

static bool
take_counted (struct reader *reader, enum mode mode)
{
  unsigned width = count_width (mode, reader->version);
  unsigned subset = 1;
  if (bits_left (reader) < width + 4)
    return false;
  if (mode == MODE_HANZI)
    subset = take (reader, 4);
  unsigned n = take (reader, width);
  if (mode == MODE_DIGITS)
    return take_digits (reader, n);
  if (mode == MODE_ALPHANUMERIC)
    return take_alphanumeric (reader, n);
  if (mode == MODE_BYTES)
    return take_bytes (reader, n);
  if (mode == MODE_KANJI)
    return take_kanji (reader, n);
  return subset == 1 && take_hanzi (reader, n);
}

static bool
take_segment (struct reader *reader, enum mode mode)
{
  switch (mode) {
  case MODE_DIGITS:
  case MODE_ALPHANUMERIC:
  case MODE_BYTES:
  case MODE_KANJI:
  case MODE_HANZI:
    return take_counted (reader, mode);
  case MODE_ECI:
    return take_eci (reader);
  case MODE_PART:
    reader->code->partial = true;
    return bits_left (reader) >= 16 && (take (reader, 16), true);
  case MODE_FNC1_SECOND:
    reader->fnc1 = true;
    return bits_left (reader) >= 8 && (take (reader, 8), true);
  case MODE_FNC1_FIRST:
    reader->fnc1 = true;
    return true;
  case MODE_END:
  default: // what the four bits say is data, not ours
    return false;
  }
}

bool
hw_qr_segments_read (HwQrCode *code, size_t data_len, int version)
{
  struct reader reader = { .code = code, .n_bits = data_len * 8, .version = version };
  code->payload_len = 0;
  code->partial = false;
  while (bits_left (&reader) >= 4) {
    enum mode mode = (enum mode) take (&reader, 4);
    if (mode == MODE_END)
      break;
    if (!take_segment (&reader, mode))
      return false;
  }
  if (code->partial)
    code->payload_len = 0;
  return true;
}
