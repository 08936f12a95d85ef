// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// MeCARD ("MECARD:N:Nguyen,An;TEL:0901234567;;") and BIZCARD: fields end with ';', a backslash
// takes the next character as it is.

#include <string.h>

#include "kiosk/core/ct-card.h"
#include "kiosk/core/ct-text.h"

#define VALUE_MAX 512 // bytes of a field; longer ones are not names or numbers

// One field off the front of `rest`, without its escapes. False at the end, and when the field is
// not terminated.
static bool
take_field (struct ct_span *rest, char ret_field[VALUE_MAX], struct ct_span *ret_text)
{
  size_t n = 0;
  for (size_t i = 0; i < rest->len; i++) {
    if (rest->at[i] == ';') {
      *rest = ct_span_skip (*rest, i + 1);
      *ret_text = ct_span_trim ((struct ct_span){ ret_field, n });
      return true;
    }
    if (rest->at[i] == '\\' && i + 1 < rest->len)
      i++;
    if (n < VALUE_MAX)
      ret_field[n++] = rest->at[i];
  }
  return false;
}

// A name in the making: parts with a space between them.
struct parts {
  char bytes[2 * VALUE_MAX + 1];
  size_t len;
};

static void
parts_append (struct parts *parts, struct ct_span text)
{
  if (parts->len + text.len + 1 > sizeof parts->bytes)
    return;
  if (parts->len > 0)
    parts->bytes[parts->len++] = ' ';
  memcpy (parts->bytes + parts->len, text.at, text.len);
  parts->len += text.len;
}

static bool
take_tag (struct ct_span *field, const char *tag)
{
  if (!ct_span_starts_with_nocase (*field, tag))
    return false;
  *field = ct_span_skip (*field, strlen (tag));
  return true;
}

enum ct_refusal
ct_mecard_read (struct ct_span text, struct ct_credential *credential)
{
  static const char *const phone_tags[] = { "TEL:", "M:", "B:", "F:" };
  struct ct_contact contact = { .phone = "" };
  struct parts family = { .len = 0 }, given = { .len = 0 };
  bool business = ct_span_starts_with_nocase (text, "BIZCARD:");
  char buffer[VALUE_MAX];
  struct ct_span field;
  size_t n_fields = 0;
  for (text = ct_span_skip (text, business ? 8 : 7); take_field (&text, buffer, &field);
       n_fields++) {
    if (take_tag (&field, "N:")) {
      struct ct_span names[2];
      size_t n = ct_span_split (field, ',', names, 2);
      parts_append (n == 1 ? &given : &family, names[0]);
      if (n > 1)
        parts_append (&given, names[1]);
    } else if (take_tag (&field, "X:")) {
      parts_append (&family, field);
    } else if (take_tag (&field, "EMAIL:") || (business && take_tag (&field, "E:"))) {
      ct_contact_add_mail (&contact, field);
    } else {
      for (size_t i = 0; i < (business ? 4 : 1); i++)
        if (take_tag (&field, phone_tags[i]))
          ct_contact_add_phone (&contact, field);
    }
  }
  if (n_fields == 0 || ct_span_trim (text).len > 0)
    return CT_REFUSAL_FORMAT;
  parts_append (&family, (struct ct_span){ given.bytes, given.len });
  return ct_contact_to_credential (&contact, (struct ct_span){ family.bytes, family.len },
                                   credential);
}
