// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// vCard 2.1 (versit), 3.0 (RFC 2426) and 4.0 (RFC 6350), as far as names, telephone numbers and
// mail addresses go.

#include <string.h>

#include "kiosk/core/ct-card.h"
#include "kiosk/core/ct-text.h"

#define LINE_MAX_LEN 1024 // bytes of an unfolded line; a longer one is cut, and is a photograph

enum charset { CHARSET_UTF8, CHARSET_LATIN1, CHARSET_OTHER };

struct property {
  struct ct_span name; // without its group
  struct ct_span value;
  bool quoted_printable;
  enum charset charset;
};

struct line {
  char bytes[LINE_MAX_LEN];
  size_t len;
};

struct vcard {
  struct ct_contact contact;
  struct line formatted_name;  // FN
  struct line structured_name; // N, family name first
  bool old;                    // version 2.1
  bool ended;
};

static void
line_append (struct line *line, char c)
{
  if (line->len < LINE_MAX_LEN)
    line->bytes[line->len++] = c;
}

static size_t
line_end_length (struct ct_span rest)
{
  if (ct_span_starts_with (rest, "\r\n"))
    return 2;
  return rest.at[0] == '\n' || rest.at[0] == '\r' ? 1 : 0;
}

static bool
is_quoted_printable (const struct line *line)
{
  struct ct_span rest = { line->bytes, line->len };
  for (; rest.len > 0 && rest.at[0] != ':'; rest = ct_span_skip (rest, 1))
    if (ct_span_starts_with_nocase (rest, "QUOTED-PRINTABLE"))
      return true;
  return false;
}

// One line off the front of `rest`, with its continuations: a space or tab in front of them, or a
// soft line break before.
static bool
take_line (struct ct_span *rest, bool keep_space, struct line *line)
{
  line->len = 0;
  if (rest->len == 0)
    return false;
  while (rest->len > 0) {
    size_t end = line_end_length (*rest);
    if (end == 0) {
      line_append (line, rest->at[0]);
      *rest = ct_span_skip (*rest, 1);
      continue;
    }
    *rest = ct_span_skip (*rest, end);
    if (line->len > 0 && line->bytes[line->len - 1] == '=' && is_quoted_printable (line))
      line->len--;
    else if (rest->len > 0 && (rest->at[0] == ' ' || rest->at[0] == '\t'))
      *rest = ct_span_skip (*rest, keep_space ? 0 : 1);
    else
      break;
  }
  return true;
}

static enum charset
charset_of (struct ct_span name)
{
  if (ct_span_starts_with_nocase (name, "UTF-8") || ct_span_starts_with_nocase (name, "US-ASCII"))
    return CHARSET_UTF8;
  return ct_span_starts_with_nocase (name, "ISO-8859-1") && name.len == strlen ("ISO-8859-1")
             ? CHARSET_LATIN1
             : CHARSET_OTHER;
}

static void
read_parameter (struct ct_span parameter, struct property *property)
{
  if (ct_span_starts_with_nocase (parameter, "CHARSET="))
    property->charset = charset_of (ct_span_skip (parameter, 8));
  if (ct_span_starts_with_nocase (parameter, "ENCODING="))
    parameter = ct_span_skip (parameter, 9);
  if (ct_span_starts_with_nocase (parameter, "QUOTED-PRINTABLE"))
    property->quoted_printable = true;
}

// "item1.TEL;TYPE=\"cell,home\":+84…": the colon ends the parameters, but not inside quotes.
static bool
read_property (const struct line *line, struct property *ret_property)
{
  struct property property = { .charset = CHARSET_UTF8 };
  struct ct_span part = { line->bytes, 0 };
  bool quoted = false;
  for (size_t i = 0; i < line->len; i++) {
    char c = line->bytes[i];
    bool ends_value = c == ':' && !quoted;
    if (c == '"')
      quoted = !quoted;
    if (!ends_value && !(c == ';' && !quoted)) {
      if (c == '.' && property.name.at == NULL)
        part = (struct ct_span){ line->bytes + i + 1, 0 };
      else
        part.len++;
      continue;
    }
    if (property.name.at == NULL)
      property.name = part;
    else
      read_parameter (part, &property);
    part = (struct ct_span){ line->bytes + i + 1, 0 };
    if (ends_value) {
      property.value = (struct ct_span){ part.at, line->len - i - 1 };
      *ret_property = property;
      return true;
    }
  }
  return false;
}

// The value's bytes: without quoted-printable, and as UTF-8.
static enum ct_refusal
decode_value (const struct property *property, struct line *ret_value)
{
  struct ct_span rest = property->value;
  ret_value->len = 0;
  if (property->charset == CHARSET_OTHER)
    return CT_REFUSAL_ENCODING;
  for (; rest.len > 0; rest = ct_span_skip (rest, 1)) {
    unsigned char byte = (unsigned char) rest.at[0];
    if (property->quoted_printable && byte == '=') {
      int high = rest.len >= 3 ? ct_hex_value (rest.at[1]) : -1;
      int low = rest.len >= 3 ? ct_hex_value (rest.at[2]) : -1;
      if (high < 0 || low < 0)
        return CT_REFUSAL_FORMAT;
      byte = (unsigned char) (high << 4 | low);
      rest = ct_span_skip (rest, 2);
    }
    if (property->charset == CHARSET_LATIN1 && byte >= 0x80) {
      line_append (ret_value, (char) (0xC0 | byte >> 6));
      byte = 0x80 | (byte & 0x3F);
    }
    line_append (ret_value, (char) byte);
  }
  return CT_REFUSAL_NONE;
}

// Undoes backslash escapes up to the next bare `separator`, 0 for none; returns how much of the
// text that was.
static size_t
unescape_until (struct ct_span text, char separator, struct line *line)
{
  for (size_t i = 0; i < text.len; i++) {
    char c = text.at[i];
    if (c == separator && separator != '\0')
      return i + 1;
    if (c == '\\' && i + 1 < text.len) {
      c = text.at[++i];
      if (c == 'n' || c == 'N')
        c = '\n';
    }
    line_append (line, c);
  }
  return text.len;
}

// Family; given; additional → the order of Viet Nam: family, middle, given.
static void
read_structured_name (struct ct_span value, struct line *ret_name)
{
  struct line parts[3] = { { .len = 0 }, { .len = 0 }, { .len = 0 } };
  for (size_t i = 0; i < 3; i++)
    value = ct_span_skip (value, unescape_until (value, ';', &parts[i]));
  const struct line *order[] = { &parts[0], &parts[2], &parts[1] };
  for (size_t i = 0; i < 3; i++) {
    if (i > 0)
      line_append (ret_name, ' ');
    for (size_t j = 0; j < order[i]->len; j++)
      line_append (ret_name, order[i]->bytes[j]);
  }
}

static bool
is_named (const struct property *property, const char *name)
{
  return property->name.len == strlen (name) && ct_span_starts_with_nocase (property->name, name);
}

static bool
is_known_version (struct ct_span version)
{
  return ct_span_equals (version, "2.1") || ct_span_equals (version, "3.0") ||
         ct_span_equals (version, "4.0");
}

static enum ct_refusal
read_version (struct ct_span version, struct vcard *vcard)
{
  vcard->old = ct_span_equals (version, "2.1");
  return is_known_version (version) ? CT_REFUSAL_NONE : CT_REFUSAL_FORMAT;
}

static enum ct_refusal
add_property (const struct property *property, struct vcard *vcard)
{
  bool name = is_named (property, "FN"), structured = is_named (property, "N");
  bool phone = is_named (property, "TEL"), mail = is_named (property, "EMAIL");
  if (is_named (property, "VERSION"))
    return read_version (ct_span_trim (property->value), vcard);
  if (is_named (property, "END"))
    vcard->ended = true;
  if (!name && !structured && !phone && !mail)
    return CT_REFUSAL_NONE;

  struct line decoded;
  enum ct_refusal refusal = decode_value (property, &decoded);
  struct ct_span value = { decoded.bytes, decoded.len };
  if (refusal != CT_REFUSAL_NONE)
    return refusal;
  if (name && vcard->formatted_name.len == 0)
    (void) unescape_until (value, '\0', &vcard->formatted_name);
  else if (structured && vcard->structured_name.len == 0)
    read_structured_name (value, &vcard->structured_name);
  else if (phone)
    ct_contact_add_phone (&vcard->contact, value);
  else if (mail)
    ct_contact_add_mail (&vcard->contact, value);
  return CT_REFUSAL_NONE;
}

enum ct_refusal
ct_vcard_read (struct ct_span text, struct ct_credential *credential)
{
  struct vcard vcard = { .old = false };
  struct line line;
  while (!vcard.ended && take_line (&text, vcard.old, &line)) {
    struct property property;
    if (!read_property (&line, &property))
      continue;
    enum ct_refusal refusal = add_property (&property, &vcard);
    if (refusal != CT_REFUSAL_NONE)
      return refusal;
  }
  if (!vcard.ended || ct_span_trim (text).len > 0)
    return CT_REFUSAL_FORMAT;
  const struct line *name =
      vcard.formatted_name.len > 0 ? &vcard.formatted_name : &vcard.structured_name;
  return ct_contact_to_credential (&vcard.contact, (struct ct_span){ name->bytes, name->len },
                                   credential);
}
