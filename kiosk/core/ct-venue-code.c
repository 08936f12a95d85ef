// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A venue's own booking and ticket codes: opaque to us, an identity by themselves.

#include "kiosk/core/ct-venue-code.h"

#include "kiosk/core/ct-reader.h"

static bool
is_printable (char c)
{
  return c >= ' ' && c <= '~';
}

bool
ct_venue_pattern_is_valid (struct ct_span pattern)
{
  if (pattern.len == 0 || pattern.len > CT_VENUE_PATTERN_MAX || pattern.at[0] == '*')
    return false;
  for (size_t i = 0; i < pattern.len; i++)
    if (!is_printable (pattern.at[i]) || (pattern.at[i] == '*' && i + 1 < pattern.len))
      return false;
  return true;
}

static bool
letter_matches (char pattern, char c)
{
  switch (pattern) {
  case '#':
    return ct_is_digit (c);
  case '@':
    return ct_is_letter (c);
  case '?':
    return ct_is_digit (c) || ct_is_letter (c);
  default:
    return pattern == c;
  }
}

bool
ct_venue_pattern_matches (struct ct_span pattern, struct ct_span text)
{
  for (; pattern.len > 0 && pattern.at[0] != '*'; pattern = ct_span_skip (pattern, 1)) {
    if (text.len == 0 || !letter_matches (pattern.at[0], text.at[0]))
      return false;
    text = ct_span_skip (text, 1);
  }
  if (pattern.len == 0)
    return text.len == 0;
  for (size_t i = 0; i < text.len; i++)
    if (!is_printable (text.at[i]))
      return false;
  return true;
}

bool
ct_venue_code_read (const struct ct_read_context *context,
                    struct ct_span text,
                    struct ct_outcome *outcome)
{
  for (size_t i = 0; i < context->venue.n_patterns; i++) {
    struct ct_span pattern = ct_span_of (context->venue.patterns[i]);
    if (!ct_venue_pattern_is_valid (pattern) || !ct_venue_pattern_matches (pattern, text))
      continue;
    outcome->kind = CT_KIND_VENUE_CODE;
    return ct_conclude (outcome, ct_subject_set (&outcome->credential, "code:", text));
  }
  return false;
}
