// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Questions about a piece of text. ASCII only and independent of the locale.

#include "kiosk/core/ct-span.h"

#include <string.h>

static const char FULL_WIDTH_BAR[] = "\xEF\xBD\x9C"; // U+FF5C

struct ct_span
ct_span_of (const char *text)
{
  return (struct ct_span){ text, strlen (text) };
}

bool
ct_is_digit (char c)
{
  return c >= '0' && c <= '9';
}

bool
ct_is_letter (char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

char
ct_to_lower (char c)
{
  return c >= 'A' && c <= 'Z' ? (char) (c - 'A' + 'a') : c;
}

int
ct_hex_value (char c)
{
  if (ct_is_digit (c))
    return c - '0';
  c = ct_to_lower (c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
ct_span_equals (struct ct_span span, const char *text)
{
  return span.len == strlen (text) && memcmp (span.at, text, span.len) == 0;
}

bool
ct_span_starts_with (struct ct_span span, const char *prefix)
{
  size_t len = strlen (prefix);
  return span.len >= len && memcmp (span.at, prefix, len) == 0;
}

bool
ct_span_starts_with_nocase (struct ct_span span, const char *prefix)
{
  size_t len = strlen (prefix);
  if (span.len < len)
    return false;
  for (size_t i = 0; i < len; i++)
    if (ct_to_lower (span.at[i]) != ct_to_lower (prefix[i]))
      return false;
  return true;
}

bool
ct_span_contains (struct ct_span span, const char *needle)
{
  for (; span.len > 0; span = ct_span_skip (span, 1))
    if (ct_span_starts_with (span, needle))
      return true;
  return false;
}

bool
ct_span_is_digits (struct ct_span span)
{
  for (size_t i = 0; i < span.len; i++)
    if (!ct_is_digit (span.at[i]))
      return false;
  return span.len > 0;
}

struct ct_span
ct_span_skip (struct ct_span span, size_t n)
{
  return (struct ct_span){ span.at + n, span.len - n };
}

static bool
is_white (char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct ct_span
ct_span_trim (struct ct_span span)
{
  while (span.len > 0 && is_white (span.at[0]))
    span = ct_span_skip (span, 1);
  while (span.len > 0 && is_white (span.at[span.len - 1]))
    span.len--;
  return span;
}

long
ct_span_to_number (struct ct_span span)
{
  if (!ct_span_is_digits (span) || span.len > 9)
    return -1;
  long number = 0;
  for (size_t i = 0; i < span.len; i++)
    number = number * 10 + (span.at[i] - '0');
  return number;
}

static size_t
separator_length (struct ct_span rest, char separator)
{
  if (rest.at[0] == separator)
    return 1;
  return separator == '|' && ct_span_starts_with (rest, FULL_WIDTH_BAR) ? strlen (FULL_WIDTH_BAR)
                                                                        : 0;
}

size_t
ct_span_split (struct ct_span span, char separator, struct ct_span *ret_fields, size_t n_fields)
{
  size_t n = 0;
  struct ct_span field = { span.at, 0 };
  while (span.len > 0) {
    size_t skip = separator_length (span, separator);
    if (skip > 0) {
      if (n < n_fields)
        ret_fields[n] = field;
      n++;
      span = ct_span_skip (span, skip);
      field = (struct ct_span){ span.at, 0 };
    } else {
      field.len++;
      span = ct_span_skip (span, 1);
    }
  }
  if (n < n_fields)
    ret_fields[n] = field;
  return n + 1;
}
