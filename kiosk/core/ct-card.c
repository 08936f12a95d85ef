// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A visitor's own card (vCard, MeCARD, BIZCARD). The identity is a telephone number as E.164, or a
// mail address in lower case.

#include "kiosk/core/ct-card.h"

#include <string.h>

#include "kiosk/core/ct-text.h"

#define CARD_LEN_MAX 2953 // bytes; the most that a code in byte mode holds
#define PHONE_MIN    8    // digits, with the country
#define PHONE_MAX    15
#define DIGITS_MAX   24 // as written, with an international prefix

// The digits as written, with "+" in front when there is one; none when something else is among
// them.
static struct ct_span
phone_digits (struct ct_span text, char digits[DIGITS_MAX])
{
  size_t n = 0;
  for (; text.len > 0 && text.at[0] != ';'; text = ct_span_skip (text, 1)) {
    char c = text.at[0];
    if (n > 0 && digits[0] == '+' && ct_span_starts_with (text, "(0)"))
      text = ct_span_skip (text, 2); // "+84 (0)90": not dialled with the country
    else if (n < DIGITS_MAX && (ct_is_digit (c) || (c == '+' && n == 0)))
      digits[n++] = c;
    else if (c == '\0' || strchr (" -./()", c) == NULL)
      return (struct ct_span){ digits, 0 };
  }
  return (struct ct_span){ digits, n };
}

void
ct_contact_add_phone (struct ct_contact *contact, struct ct_span text)
{
  char digits[DIGITS_MAX];
  text = ct_span_trim (text);
  if (ct_span_starts_with_nocase (text, "tel:"))
    text = ct_span_skip (text, 4);
  struct ct_span number = phone_digits (text, digits);
  const char *country = "";
  if (ct_span_starts_with (number, "+")) {
    number = ct_span_skip (number, 1);
  } else if (ct_span_starts_with (number, "00")) {
    number = ct_span_skip (number, 2);
  } else if (ct_span_starts_with (number, "0")) {
    number = ct_span_skip (number, 1);
    country = "84";
  } else if (!ct_span_starts_with (number, "84") || number.len < 11) {
    return;
  }
  if (country[0] == '\0' && ct_span_starts_with (number, "840")) {
    number = ct_span_skip (number, 3);
    country = "84";
  }
  size_t n = strlen (country) + number.len;
  if (contact->phone[0] != '\0' || n < PHONE_MIN || n > PHONE_MAX || number.at[0] == '0')
    return;
  contact->phone[0] = '+';
  memcpy (contact->phone + 1, country, strlen (country));
  memcpy (contact->phone + 1 + strlen (country), number.at, number.len);
  contact->phone[n + 1] = '\0';
}

void
ct_contact_add_mail (struct ct_contact *contact, struct ct_span text)
{
  text = ct_span_trim (text);
  if (ct_span_starts_with_nocase (text, "mailto:"))
    text = ct_span_skip (text, 7);
  if (contact->mail[0] != '\0' || text.len > CT_CONTACT_MAIL_MAX)
    return;
  size_t at = 0, n_at = 0, dot = 0;
  for (size_t i = 0; i < text.len; i++) {
    if (text.at[i] <= ' ' || text.at[i] > '~') // also every byte over 0x7F where char is signed
      return;
    if (text.at[i] == '@') {
      at = i;
      n_at++;
    }
    if (text.at[i] == '.')
      dot = i;
  }
  if (n_at != 1 || at == 0 || dot < at + 2 || dot + 1 >= text.len)
    return;
  for (size_t i = 0; i < text.len; i++)
    contact->mail[i] = ct_to_lower (text.at[i]);
  contact->mail[text.len] = '\0';
}

enum ct_refusal
ct_contact_to_credential (const struct ct_contact *contact,
                          struct ct_span name,
                          struct ct_credential *credential)
{
  if (!ct_utf8_is_valid (name)) // escapes and encodings of the format may have made it so
    return CT_REFUSAL_ENCODING;
  enum ct_refusal refusal = ct_name_read (name, credential->name, &credential->doubts);
  if (refusal != CT_REFUSAL_NONE)
    return refusal;
  const char *identity = contact->phone[0] != '\0' ? contact->phone : contact->mail;
  if (identity[0] == '\0')
    return CT_REFUSAL_FORMAT;
  return ct_subject_set (credential, "card:", ct_span_of (identity));
}

bool
ct_card_read (const struct ct_read_context *context,
              struct ct_span text,
              struct ct_outcome *outcome)
{
  bool vcard = ct_span_starts_with_nocase (text, "BEGIN:VCARD");
  if (!vcard && !ct_span_starts_with_nocase (text, "MECARD:") &&
      !ct_span_starts_with_nocase (text, "BIZCARD:"))
    return false;
  outcome->kind = CT_KIND_CARD;
  if (text.len > CARD_LEN_MAX)
    return ct_conclude (outcome, CT_REFUSAL_TOO_LONG);
  return ct_conclude (outcome, vcard ? ct_vcard_read (text, &outcome->credential)
                                     : ct_mecard_read (text, &outcome->credential));
}
