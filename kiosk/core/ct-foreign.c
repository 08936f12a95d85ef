// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Codes that people hold up and that are not for us: recognised, so that the screen can say what
// they are. None of them is opened, joined, paid or kept.

#include <string.h>

#include "kiosk/core/ct-reader.h"

#define LUCA_LEN 160 // base32 of the 100 bytes of a luca guest's code

// No wire format of ours needs more bars than this; a text with as many is a list of fields that no
// reader knows.
#define BARS_OF_A_LIST 4

struct prefix {
  const char *text;
  bool any_case;
  enum ct_refusal refusal;
};

// First match wins.
static const struct prefix PREFIXES[] = {
  { "HC1:", false, CT_REFUSAL_HEALTH_PASS },
  { "shc:/", true, CT_REFUSAL_HEALTH_PASS },
  { "shlink:/", true, CT_REFUSAL_HEALTH_PASS },
  { "UKC19TRACING:", false, CT_REFUSAL_VENUE_POSTER },
  { "NZCOVIDTRACER", false, CT_REFUSAL_VENUE_POSTER },
  { "RECARTDIVOCZN:", false, CT_REFUSAL_VENUE_POSTER },
  { "https://e.coronawarn.app", true, CT_REFUSAL_VENUE_POSTER },
  { "https://qr.notify-me.ch", true, CT_REFUSAL_VENUE_POSTER },
  { "https://tac.gouv.fr", true, CT_REFUSAL_VENUE_POSTER },
  { "https://app.luca-app.de/webapp", true, CT_REFUSAL_VENUE_POSTER },
  { "https://www.safeentry-qr.gov.sg", true, CT_REFUSAL_VENUE_POSTER },
  { "https://temperaturepass.ndi-api.gov.sg", true, CT_REFUSAL_VENUE_POSTER },
  { "WIFI:", true, CT_REFUSAL_WIFI },
  { "TXE1:", false, CT_REFUSAL_SECRET }, // joins a kiosk to a core: for its setup, not for the door
  { "otpauth:", true, CT_REFUSAL_SECRET },
  { "otpauth-migration:", true, CT_REFUSAL_SECRET },
  { "FIDO:/", true, CT_REFUSAL_SECRET },
  { "DPP:", true, CT_REFUSAL_WIFI },
  { "LPA:1$", true, CT_REFUSAL_SECRET },
  { "bitcoin:", true, CT_REFUSAL_PAYMENT },
  { "ethereum:", true, CT_REFUSAL_PAYMENT },
  { "BCD\n", false, CT_REFUSAL_PAYMENT },
  { "BCD\r\n", false, CT_REFUSAL_PAYMENT },
};

static uint16_t
crc16_ccitt_false (struct ct_span bytes)
{
  unsigned crc = 0xFFFF;
  for (size_t i = 0; i < bytes.len; i++) {
    crc ^= (unsigned) (unsigned char) bytes.at[i] << 8;
    for (int bit = 0; bit < 8; bit++)
      crc = (crc << 1 ^ ((crc & 0x8000) != 0 ? 0x1021u : 0u)) & 0xFFFF;
  }
  return (uint16_t) crc;
}

// EMVCo merchant-presented payment (VietQR, NAPAS): fields of which the checksum is the last. The
// fields are not walked, since their lengths count characters here and bytes there; the checksum
// says enough.
static bool
is_emvco_payment (struct ct_span text)
{
  if (text.len < 16 || !ct_span_starts_with (text, "000201") ||
      !ct_span_starts_with (ct_span_skip (text, text.len - 8), "6304"))
    return false;
  unsigned crc = crc16_ccitt_false ((struct ct_span){ text.at, text.len - 4 });
  for (size_t i = 0; i < 4; i++)
    if (ct_hex_value (text.at[text.len - 4 + i]) != (int) (crc >> (12 - 4 * i) & 0xF))
      return false;
  return true;
}

// ICAO VDS-NC: a JSON object that names its own type.
static bool
is_vds_nc (struct ct_span text)
{
  return text.at[0] == '{' && ct_span_contains (text, "\"icao.") &&
         ct_span_contains (text, "\"data\"");
}

static bool
is_luca_guest (struct ct_span text)
{
  if (text.len != LUCA_LEN || !ct_span_starts_with (text, "AM"))
    return false;
  for (size_t i = 0; i < text.len; i++)
    if (!(text.at[i] >= 'A' && text.at[i] <= 'Z') && !(text.at[i] >= '2' && text.at[i] <= '7'))
      return false;
  return true;
}

static bool
is_future_health_pass (struct ct_span text)
{
  return text.len > 4 && text.at[0] == 'H' && text.at[1] == 'C' && text.at[3] == ':' &&
         (ct_is_digit (text.at[2]) || (text.at[2] >= 'A' && text.at[2] <= 'Z'));
}

bool
ct_foreign_read (const struct ct_read_context *context,
                 struct ct_span text,
                 struct ct_outcome *outcome)
{
  for (size_t i = 0; i < sizeof PREFIXES / sizeof PREFIXES[0]; i++) {
    const struct prefix *prefix = &PREFIXES[i];
    if (prefix->any_case ? ct_span_starts_with_nocase (text, prefix->text)
                         : ct_span_starts_with (text, prefix->text))
      return ct_conclude (outcome, prefix->refusal);
  }
  if (is_future_health_pass (text) || is_vds_nc (text))
    return ct_conclude (outcome, CT_REFUSAL_HEALTH_PASS);
  if (is_emvco_payment (text))
    return ct_conclude (outcome, CT_REFUSAL_PAYMENT);
  return is_luca_guest (text) && ct_conclude (outcome, CT_REFUSAL_VENUE_POSTER);
}

// RFC 3986: a scheme of letters, digits, '+', '-' and '.', then a colon; a word and a colon in a
// sentence have a space behind.
static bool
has_scheme (struct ct_span text)
{
  size_t i = 0;
  if (!ct_is_letter (text.at[0]))
    return false;
  while (i < text.len && (ct_is_letter (text.at[i]) || ct_is_digit (text.at[i]) ||
                          (text.at[i] != '\0' && strchr ("+-.", text.at[i]) != NULL)))
    i++;
  return i >= 2 && i + 1 < text.len && text.at[i] == ':' && text.at[i + 1] != ' ';
}

bool
ct_stray_read (const struct ct_read_context *context,
               struct ct_span text,
               struct ct_outcome *outcome)
{
  struct ct_span none;
  if (ct_span_split (text, '|', &none, 0) > BARS_OF_A_LIST)
    return ct_conclude (outcome, CT_REFUSAL_FORMAT);
  if (has_scheme (text) || ct_span_starts_with_nocase (text, "www."))
    return ct_conclude (outcome, CT_REFUSAL_LINK);
  return ct_conclude (outcome, CT_REFUSAL_UNKNOWN);
}
