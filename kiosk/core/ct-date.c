// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Dates as printed on cards. The calendar arithmetic is the proleptic Gregorian one.

#include "kiosk/core/ct-date.h"

#define FIRST_YEAR 1900 // the first that a citizen's number can express
#define LAST_YEAR  2399 // and the last

static int
days_in_month (int year, int month)
{
  static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
  bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : days[month - 1];
}

// Zero is "unknown"; a known day needs a known month, and 29 February may belong to an unknown
// year.
static bool
date_from_parts (long year, long month, long day, struct ct_date *ret_date)
{
  if (year != 0 && (year < FIRST_YEAR || year > LAST_YEAR))
    return false;
  if (month < 0 || month > 12 || day < 0)
    return false;
  if (day > (month == 0 ? 31 : days_in_month (year == 0 ? 2000 : (int) year, (int) month)))
    return false;
  *ret_date = (struct ct_date){ (int16_t) year, (int8_t) month, (int8_t) day };
  return true;
}

static struct ct_span
part (struct ct_span text, size_t start, size_t len)
{
  return (struct ct_span){ text.at + start, len };
}

bool
ct_date_read_digits (struct ct_span text, struct ct_date *ret_date)
{
  if (text.len != 8 || !ct_span_is_digits (text))
    return false;
  long day = ct_span_to_number (part (text, 0, 2));
  long month = ct_span_to_number (part (text, 2, 2));
  long year = ct_span_to_number (part (text, 4, 4));
  if (year == 0 || (month == 0 && day != 0))
    return false;
  return date_from_parts (year, month, day, ret_date);
}

bool
ct_date_read_slashes (struct ct_span text, struct ct_date *ret_date)
{
  if (text.len == 4 && ct_span_is_digits (text))
    return date_from_parts (ct_span_to_number (text), 0, 0, ret_date);
  if (text.len != 10 || text.at[2] != '/' || text.at[5] != '/')
    return false;
  const char digits[8] = { text.at[0], text.at[1], text.at[3], text.at[4],
                           text.at[6], text.at[7], text.at[8], text.at[9] };
  return ct_date_read_digits ((struct ct_span){ digits, sizeof digits }, ret_date);
}

// A masked part reads as 0; -1 when it is neither digits nor masked. Masks may hide some of the
// digits only.
static long
masked_number (struct ct_span text)
{
  bool masked = false;
  for (size_t i = 0; i < text.len; i++) {
    if (text.at[i] == '*')
      masked = true;
    else if (!ct_is_digit (text.at[i]))
      return -1;
  }
  if (masked)
    return 0;
  long number = ct_span_to_number (text);
  return number == 0 ? -1 : number;
}

bool
ct_date_read_dashes (struct ct_span text, struct ct_date *ret_date)
{
  if (text.len != 10 || text.at[4] != '-' || text.at[7] != '-')
    return false;
  long year = masked_number (part (text, 0, 4));
  long month = masked_number (part (text, 5, 2));
  long day = masked_number (part (text, 8, 2));
  return year >= 0 && date_from_parts (year, month, day, ret_date);
}

bool
ct_date_is_partial (struct ct_date date)
{
  return date.year == 0 || date.month == 0 || date.day == 0;
}

int
ct_date_compare (struct ct_date a, struct ct_date b)
{
  if (a.year == 0 || b.year == 0 || a.year != b.year)
    return a.year == 0 || b.year == 0 ? 0 : a.year - b.year;
  if (a.month == 0 || b.month == 0 || a.month != b.month)
    return a.month == 0 || b.month == 0 ? 0 : a.month - b.month;
  return a.day == 0 || b.day == 0 ? 0 : a.day - b.day;
}

struct ct_date
ct_date_at (int64_t now_s)
{
  int64_t days = (now_s + 7 * 3600) / 86400;
  int year = 1970;
  for (;; year++) {
    int length = days_in_month (year, 2) == 29 ? 366 : 365;
    if (days < length || year == 9999)
      break;
    days -= length;
  }
  int month = 1;
  for (; month < 12 && days >= days_in_month (year, month); month++)
    days -= days_in_month (year, month);
  return (struct ct_date){ (int16_t) year, (int8_t) month, (int8_t) (days + 1) };
}
