// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The national COVID-19 code of Decision 1405/QD-BTTTT: paper number, name, birth date, who
// declared, QID, extensions. Apps mask the paper number and the birth date; the QID is never masked
// and is the identity.

#include "kiosk/core/ct-reader.h"
#include "kiosk/core/ct-text.h"

#define QID_LEN_MAX    512 // bytes
#define QID_FIELDS     6
#define QID_NUMBER_MAX 40 // the platform gives 18 digits
#define PAPER_MAX      20 // identity card, citizen card or passport

enum { PAPER, NAME, BORN, DECLARED_BY, QID, EXTENSION };

static bool
is_token (struct ct_span text, size_t max, bool may_be_masked)
{
  if (text.len > max)
    return false;
  for (size_t i = 0; i < text.len; i++)
    if (!ct_is_digit (text.at[i]) && !ct_is_letter (text.at[i]) &&
        !(may_be_masked && text.at[i] == '*'))
      return false;
  return true;
}

// Digits or asterisks around two dashes, right or wrong: no other kind has such a third field.
static bool
looks_like_dashed_date (struct ct_span text)
{
  size_t n_dashes = 0;
  for (size_t i = 0; i < text.len; i++) {
    if (text.at[i] == '-')
      n_dashes++;
    else if (!ct_is_digit (text.at[i]) && text.at[i] != '*')
      return false;
  }
  return n_dashes == 2 && text.len >= 6 && text.len <= 12;
}

// The second part of the extensions, or the first where the declarer's QID is left out: 1 male, 2
// female.
static char
sex_from_extension (struct ct_span extension)
{
  struct ct_span parts[2] = { { NULL, 0 }, { NULL, 0 } };
  (void) ct_span_split (extension, '<', parts, 2); // how many there are does not matter
  struct ct_span sex = parts[1].len == 1 ? parts[1] : parts[0];
  if (ct_span_equals (sex, "1"))
    return 'M';
  return ct_span_equals (sex, "2") ? 'F' : 0;
}

static enum ct_refusal
read_fields (const struct ct_read_context *context,
             const struct ct_span *fields,
             struct ct_credential *credential)
{
  if (!is_token (fields[PAPER], PAPER_MAX, true) || fields[QID].len == 0 ||
      !is_token (fields[QID], QID_NUMBER_MAX, false))
    return CT_REFUSAL_ID;
  enum ct_refusal refusal = ct_name_read (fields[NAME], credential->name, &credential->doubts);
  if (refusal != CT_REFUSAL_NONE)
    return refusal;
  if (!ct_date_read_dashes (fields[BORN], &credential->born) ||
      ct_date_is_future (context, credential->born))
    return CT_REFUSAL_DATE;
  bool by_self = ct_span_equals (fields[DECLARED_BY], "0");
  if (credential->name[0] == '\0' || (!by_self && !ct_span_equals (fields[DECLARED_BY], "1")))
    return CT_REFUSAL_FORMAT;
  credential->sex = sex_from_extension (fields[EXTENSION]);
  if (ct_date_is_partial (credential->born))
    credential->doubts |= CT_DOUBT_PARTIAL_DATE;
  for (size_t i = 0; i < QID_FIELDS; i++)
    if (ct_span_contains (fields[i], "*"))
      credential->doubts |= CT_DOUBT_MASKED;
  return ct_subject_set (credential, "qid:", fields[QID]);
}

bool
ct_qid_read (const struct ct_read_context *context, struct ct_span text, struct ct_outcome *outcome)
{
  struct ct_span fields[QID_FIELDS];
  size_t n_fields = ct_span_split (text, '|', fields, QID_FIELDS);
  for (size_t i = 0; i < n_fields && i < QID_FIELDS; i++)
    fields[i] = ct_span_trim (fields[i]);
  if (n_fields <= BORN || !looks_like_dashed_date (fields[BORN]))
    return false;

  outcome->kind = CT_KIND_QID;
  if (text.len > QID_LEN_MAX)
    return ct_conclude (outcome, CT_REFUSAL_TOO_LONG);
  if (n_fields != QID_FIELDS)
    return ct_conclude (outcome, CT_REFUSAL_FORMAT);
  return ct_conclude (outcome, read_fields (context, fields, &outcome->credential));
}
