// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Health-insurance cards: since 2021 with the ten-digit BHXH number (Decision 1666/QD-BHXH), before
// with fifteen characters that end in the same number (Decision 1351/QD-BHXH). Text fields are
// hexadecimal UTF-8, the last field is a dollar sign. The check string that both carry cannot be
// verified: how it is made is not public.

#include <string.h>

#include "kiosk/core/ct-reader.h"
#include "kiosk/core/ct-text.h"

#define BHYT_LEN_MAX    1024 // bytes; names and addresses take two for each of theirs
#define BHYT_FIELDS_MIN 9
#define BHYT_FIELDS_MAX 20
#define BHXH_LEN        10
#define OLD_LEN         15

enum { NUMBER, NAME, BORN, SEX, ADDRESS, HOSPITAL, VALID_FROM, VALID_UNTIL, ISSUED };

// Object code, benefit level 1 to 5, province; 97 and 98 in place of a province are the armed
// forces'.
static bool
is_old_number (struct ct_span number)
{
  if (number.len != OLD_LEN)
    return false;
  return number.at[0] >= 'A' && number.at[0] <= 'Z' && number.at[1] >= 'A' && number.at[1] <= 'Z' &&
         ct_span_is_digits (ct_span_skip (number, 2));
}

static bool
old_number_is_possible (struct ct_span number)
{
  long place = ct_span_to_number ((struct ct_span){ number.at + 3, 2 });
  return number.at[2] >= '1' && number.at[2] <= '5' &&
         (ct_province_exists (place) || place == 97 || place == 98);
}

// "-" stands for an empty field.
static enum ct_refusal
read_hex_name (struct ct_span hex, struct ct_credential *credential)
{
  char bytes[BHYT_LEN_MAX / 2];
  size_t len = 0;
  if (ct_span_equals (hex, "-"))
    return CT_REFUSAL_NONE;
  for (; hex.len >= 2; hex = ct_span_skip (hex, 2)) {
    int high = ct_hex_value (hex.at[0]), low = ct_hex_value (hex.at[1]);
    if (high < 0 || low < 0)
      return CT_REFUSAL_FORMAT;
    bytes[len++] = (char) (high << 4 | low);
  }
  if (hex.len != 0)
    return CT_REFUSAL_FORMAT;
  struct ct_span name = { bytes, len };
  if (!ct_utf8_is_valid (name))
    return CT_REFUSAL_ENCODING;
  return ct_name_read (name, credential->name, &credential->doubts);
}

static enum ct_refusal
read_fields (const struct ct_read_context *context,
             const struct ct_span *fields,
             struct ct_credential *credential)
{
  enum ct_refusal refusal = read_hex_name (fields[NAME], credential);
  if (refusal != CT_REFUSAL_NONE)
    return refusal;
  if (!ct_date_read_slashes (fields[BORN], &credential->born) ||
      ct_date_is_future (context, credential->born))
    return CT_REFUSAL_DATE;
  if (ct_date_is_partial (credential->born))
    credential->doubts |= CT_DOUBT_PARTIAL_DATE;
  if (ct_span_equals (fields[SEX], "1"))
    credential->sex = 'M';
  else if (ct_span_equals (fields[SEX], "2"))
    credential->sex = 'F';
  else
    return CT_REFUSAL_FORMAT;
  // Its place varies in shortened codes; nothing depends on it.
  (void) ct_date_read_slashes (fields[ISSUED], &credential->issued);
  struct ct_span bhxh = ct_span_skip (fields[NUMBER], fields[NUMBER].len - BHXH_LEN);
  return ct_subject_set (credential, "bhxh:", bhxh);
}

bool
ct_bhyt_read (const struct ct_read_context *context,
              struct ct_span text,
              struct ct_outcome *outcome)
{
  struct ct_span fields[BHYT_FIELDS_MAX];
  size_t n_fields = ct_span_split (text, '|', fields, BHYT_FIELDS_MAX);
  for (size_t i = 0; i < n_fields && i < BHYT_FIELDS_MAX; i++)
    fields[i] = ct_span_trim (fields[i]);
  bool old = is_old_number (fields[NUMBER]);
  bool ended = n_fields >= 2 && text.at[text.len - 1] == '$';
  if (!ended && !(old && n_fields >= 2))
    return false;

  outcome->kind = old ? CT_KIND_BHYT_OLD : CT_KIND_BHYT;
  if (text.len > BHYT_LEN_MAX)
    return ct_conclude (outcome, CT_REFUSAL_TOO_LONG);
  if (old ? !old_number_is_possible (fields[NUMBER])
          : fields[NUMBER].len != BHXH_LEN || !ct_span_is_digits (fields[NUMBER]))
    return ct_conclude (outcome, CT_REFUSAL_ID);
  if (n_fields < BHYT_FIELDS_MIN || n_fields > BHYT_FIELDS_MAX ||
      !ct_span_equals (fields[n_fields - 1], "$"))
    return ct_conclude (outcome, CT_REFUSAL_FORMAT);
  return ct_conclude (outcome, read_fields (context, fields, &outcome->credential));
}
