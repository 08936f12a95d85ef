// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Patterns of a venue's own booking and ticket codes.

#pragma once

#include <stdbool.h>

#include "kiosk/core/ct-span.h"

#define CT_VENUE_PATTERN_MAX 64 // bytes, without the terminator

// '#' is a digit, '@' a letter, '?' either, '*' at the end any rest of printable ASCII; other
// printable ASCII stands for itself. False for anything else, and for a pattern that is nothing but
// '*': it would take every text for a ticket.
bool ct_venue_pattern_is_valid (struct ct_span pattern);

bool ct_venue_pattern_matches (struct ct_span pattern, struct ct_span text);
