// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A piece of text that somebody else owns, and the questions every reader asks about one.

#pragma once

#include <stdbool.h>
#include <stddef.h>

struct ct_span {
  const char *at; // not terminated
  size_t len;
};

struct ct_span ct_span_of (const char *text); // a terminated string
bool ct_span_equals (struct ct_span span, const char *text);
bool ct_span_starts_with (struct ct_span span, const char *prefix);        // exact bytes
bool ct_span_starts_with_nocase (struct ct_span span, const char *prefix); // ASCII case ignored
bool ct_span_contains (struct ct_span span, const char *needle);
bool ct_span_is_digits (struct ct_span span);                // at least one, nothing else
struct ct_span ct_span_skip (struct ct_span span, size_t n); // n <= span.len
struct ct_span ct_span_trim (struct ct_span span); // without ASCII white space at both ends

// The number in a span of 1 to 9 digits; -1 when it is anything else.
long ct_span_to_number (struct ct_span span);

// Splits at every `separator`, and at U+FF5C too when it is '|' (some scanners send the full-width
// bar). Writes at most `n_fields` fields and returns how many there are, which may be more.
size_t
ct_span_split (struct ct_span span, char separator, struct ct_span *ret_fields, size_t n_fields);

bool ct_is_digit (char c);
bool ct_is_letter (char c); // ASCII
char ct_to_lower (char c);  // ASCII
int ct_hex_value (char c);  // 0 to 15 in either case, -1 for anything else
