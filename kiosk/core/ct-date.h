// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Dates as printed on cards: three ways of writing them, and whether a person can have been born
// then.

#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kiosk/core/ct-span.h"

struct ct_date {
  int16_t year; // 0: unknown
  int8_t month; // 0: unknown
  int8_t day;   // 0: unknown
};

// "15081990". People of whom only the year or the month is known have zeros: "00001950",
// "00031950".
bool ct_date_read_digits (struct ct_span text, struct ct_date *ret_date);

// "15/08/1990", or the year alone.
bool ct_date_read_slashes (struct ct_span text, struct ct_date *ret_date);

// "1990-08-15"; two or four asterisks for a part that is masked, which is unknown then.
bool ct_date_read_dashes (struct ct_span text, struct ct_date *ret_date);

bool ct_date_is_partial (struct ct_date date);

// < 0, 0 or > 0; what is unknown in either of them counts as equal.
int ct_date_compare (struct ct_date a, struct ct_date b);

// The day in Viet Nam (UTC+7, no summer time) at `now_s` seconds since 1970 UTC; 1970 to 9999.
struct ct_date ct_date_at (int64_t now_s);
