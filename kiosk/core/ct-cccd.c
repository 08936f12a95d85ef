// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Citizen cards: CCCD (Circulars 06/2021 and 59/2021/TT-BCA) and Căn cước (Circular
// 16/2024/TT-BCA). Seven fields between bars: number, old number, name, birth date, sex, address,
// issue date; newer cards add fields that we do not keep. Nothing on these codes is signed. The
// number is built as Decree 137/2015 says: province or country, century and sex, year.

#include <string.h>

#include "kiosk/core/ct-reader.h"
#include "kiosk/core/ct-text.h"

#define CCCD_LEN_MAX    512 // bytes
#define CCCD_FIELDS_MIN 6   // some cards lack the issue date
#define CCCD_FIELDS_MAX 16
#define NUMBER_LEN      12
#define FIRST_COUNTRY   101 // codes of people born abroad begin here

enum { NUMBER, OLD_NUMBER, NAME, BORN, SEX, ADDRESS, ISSUED };

// Since this day the card is called Căn cước; its code has the same layout.
static const struct ct_date CAN_CUOC_BEGINS = { 2024, 7, 1 };

bool
ct_province_exists (long code)
{
  // The 63 of the time before the merger of 2025: numbers keep the code of the birth registration.
  static const uint8_t provinces[] = {
    1,  2,  4,  6,  8,  10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33,
    34, 35, 36, 37, 38, 40, 42, 44, 45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66,
    67, 68, 70, 72, 74, 75, 77, 79, 80, 82, 83, 84, 86, 87, 89, 91, 92, 93, 94, 95, 96,
  };
  for (size_t i = 0; i < sizeof provinces; i++)
    if (provinces[i] == code)
      return true;
  return false;
}

static bool
number_is_possible (struct ct_span number)
{
  if (number.len != NUMBER_LEN || !ct_span_is_digits (number))
    return false;
  long place = ct_span_to_number ((struct ct_span){ number.at, 3 });
  return place >= FIRST_COUNTRY || ct_province_exists (place);
}

// Empty, or a number of the identity cards before (9 digits, 12 on the last of them; 8 to 12 were
// seen).
static bool
old_number_is_possible (struct ct_span number)
{
  return number.len == 0 || (number.len >= 8 && number.len <= 12 && ct_span_is_digits (number));
}

// 'M', 'F' or 0 when the field says neither.
static char
sex_from_field (struct ct_span field)
{
  static const struct {
    const char *word;
    char sex;
  } words[] = {
    { "Nam", 'M' }, { "NAM", 'M' }, { "nam", 'M' }, { "Nữ", 'F' }, { "NỮ", 'F' }, { "nữ", 'F' },
  };
  char composed[CT_NAME_MAX + 1];
  unsigned doubts = 0;
  if (ct_name_read (field, composed, &doubts) != CT_REFUSAL_NONE)
    return 0;
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
    if (strcmp (composed, words[i].word) == 0)
      return words[i].sex;
  return 0;
}

// What the number says about its owner differs now and then: errors of registration, sex
// re-registered. Doubts only.
static unsigned
number_doubts (struct ct_span number, const struct ct_credential *person)
{
  int century_and_sex = number.at[3] - '0';
  long year =
      (19 + century_and_sex / 2) * 100 + ct_span_to_number ((struct ct_span){ number.at + 4, 2 });
  unsigned doubts = 0;
  if ((century_and_sex % 2 == 0 ? 'M' : 'F') != person->sex)
    doubts |= CT_DOUBT_SEX;
  if (year != person->born.year)
    doubts |= CT_DOUBT_BIRTH_YEAR;
  return doubts;
}

static enum ct_refusal
read_issue_date (const struct ct_read_context *context,
                 const struct ct_span *fields,
                 size_t n_fields,
                 struct ct_credential *credential)
{
  if (n_fields <= ISSUED || fields[ISSUED].len == 0)
    return CT_REFUSAL_NONE;
  if (!ct_date_read_digits (fields[ISSUED], &credential->issued) ||
      ct_date_is_partial (credential->issued) ||
      ct_date_compare (credential->issued, credential->born) < 0 ||
      ct_date_is_future (context, credential->issued))
    return CT_REFUSAL_DATE;
  return CT_REFUSAL_NONE;
}

static enum ct_refusal
read_fields (const struct ct_read_context *context,
             const struct ct_span *fields,
             size_t n_fields,
             struct ct_credential *credential)
{
  if (!number_is_possible (fields[NUMBER]))
    return CT_REFUSAL_ID;
  if (n_fields < CCCD_FIELDS_MIN || n_fields > CCCD_FIELDS_MAX)
    return CT_REFUSAL_FORMAT;
  if (!old_number_is_possible (fields[OLD_NUMBER]))
    return CT_REFUSAL_ID;
  enum ct_refusal refusal = ct_name_read (fields[NAME], credential->name, &credential->doubts);
  if (refusal != CT_REFUSAL_NONE)
    return refusal;
  credential->sex = sex_from_field (fields[SEX]);
  if (credential->name[0] == '\0' || credential->sex == 0)
    return CT_REFUSAL_FORMAT;
  if (!ct_date_read_digits (fields[BORN], &credential->born) ||
      ct_date_is_future (context, credential->born))
    return CT_REFUSAL_DATE;
  refusal = read_issue_date (context, fields, n_fields, credential);
  if (refusal != CT_REFUSAL_NONE)
    return refusal;

  credential->doubts |= number_doubts (fields[NUMBER], credential);
  if (ct_date_is_partial (credential->born) || ct_date_is_partial (credential->issued))
    credential->doubts |= CT_DOUBT_PARTIAL_DATE;
  return ct_subject_set (credential, "cccd:", fields[NUMBER]);
}

// A number alone before the first bar, or the look of the fields behind it when the number is
// damaged.
static bool
looks_like_cccd (const struct ct_span *fields, size_t n_fields)
{
  if (n_fields >= 2 && fields[NUMBER].len == NUMBER_LEN && ct_span_is_digits (fields[NUMBER]))
    return true;
  if (n_fields < CCCD_FIELDS_MIN)
    return false;
  return ct_span_is_digits (fields[NUMBER]) ||
         (fields[BORN].len == 8 && ct_span_is_digits (fields[BORN]) && fields[SEX].len > 0);
}

bool
ct_cccd_read (const struct ct_read_context *context,
              struct ct_span text,
              struct ct_outcome *outcome)
{
  if (ct_span_starts_with_nocase (text, "CCCD:")) // added by some scanners
    text = ct_span_trim (ct_span_skip (text, 5));
  struct ct_span fields[CCCD_FIELDS_MAX];
  size_t n_fields = ct_span_split (text, '|', fields, CCCD_FIELDS_MAX);
  for (size_t i = 0; i < n_fields && i < CCCD_FIELDS_MAX; i++)
    fields[i] = ct_span_trim (fields[i]);
  if (!looks_like_cccd (fields, n_fields))
    return false;

  outcome->kind = CT_KIND_CCCD;
  if (text.len > CCCD_LEN_MAX)
    return ct_conclude (outcome, CT_REFUSAL_TOO_LONG);
  outcome->refusal = read_fields (context, fields, n_fields, &outcome->credential);
  if (outcome->credential.issued.year != 0 &&
      ct_date_compare (outcome->credential.issued, CAN_CUOC_BEGINS) >= 0)
    outcome->kind = CT_KIND_CAN_CUOC;
  return true;
}
