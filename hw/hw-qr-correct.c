// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reed-Solomon over GF(256), generator polynomial from 2^0 on, field polynomial 0x11d (ISO/IEC
// 18004, 7.5).

#include "hw/hw-qr-correct.h"

#include <string.h>

#define FIELD_POLYNOMIAL 0x11d

struct field {
  uint8_t power[510]; // twice round, so that sums of two logarithms need no remainder
  uint8_t logarithm[256];
};

// Polynomials: the coefficient of x^i is at i.
struct decoding {
  struct field field;
  int len;
  int n_check;
  uint8_t syndromes[HW_QR_CHECK_BYTES_MAX];
  uint8_t locator[HW_QR_CHECK_BYTES_MAX + 1];
};

static void
fill_field (struct field *field)
{
  unsigned value = 1;
  for (int i = 0; i < 255; i++) {
    field->power[i] = field->power[i + 255] = (uint8_t) value;
    field->logarithm[value] = (uint8_t) i;
    value <<= 1;
    if (value & 0x100)
      value ^= FIELD_POLYNOMIAL;
  }
  field->logarithm[0] = 0;
}

static uint8_t
multiply (const struct field *field, uint8_t a, uint8_t b)
{
  return a == 0 || b == 0 ? 0 : field->power[field->logarithm[a] + field->logarithm[b]];
}

static uint8_t
divide (const struct field *field, uint8_t a, uint8_t b)
{
  return a == 0 ? 0 : field->power[field->logarithm[a] + 255 - field->logarithm[b]];
}

// The value at 2^exponent.
static uint8_t
evaluate (const struct field *field, const uint8_t *polynomial, int n, int exponent)
{
  uint8_t sum = 0;
  for (int i = 0; i < n; i++)
    if (polynomial[i] != 0)
      sum ^= field->power[(field->logarithm[polynomial[i]] + i * exponent) % 255];
  return sum;
}

static bool
find_syndromes (struct decoding *d, const uint8_t *block)
{
  bool clean = true;
  for (int i = 0; i < d->n_check; i++) {
    uint8_t sum = 0;
    for (int j = 0; j < d->len; j++)
      sum = (uint8_t) (multiply (&d->field, sum, d->field.power[i]) ^ block[j]);
    d->syndromes[i] = sum;
    clean = clean && sum == 0;
  }
  return clean;
}

static void
shift_up (uint8_t *polynomial, int n)
{
  memmove (polynomial + 1, polynomial, (size_t) n - 1);
  polynomial[0] = 0;
}

// Berlekamp and Massey's algorithm, begun with the doubtful places.
static void
find_locator (struct decoding *d, const int *doubtful, int n_doubtful)
{
  const struct field *field = &d->field;
  uint8_t *locator = d->locator;
  uint8_t last[HW_QR_CHECK_BYTES_MAX + 1], next[HW_QR_CHECK_BYTES_MAX + 1];
  int n = d->n_check + 1, n_errors = n_doubtful;

  memset (locator, 0, sizeof d->locator);
  locator[0] = 1;
  for (int k = 0; k < n_doubtful; k++) {
    uint8_t place = field->power[d->len - 1 - doubtful[k]];
    for (int i = k + 1; i > 0; i--)
      locator[i] ^= multiply (field, place, locator[i - 1]);
  }
  memcpy (last, locator, sizeof last);
  for (int r = n_doubtful + 1; r <= d->n_check; r++) {
    uint8_t discrepancy = 0;
    for (int i = 0; i < r; i++)
      discrepancy ^= multiply (field, locator[i], d->syndromes[r - 1 - i]);
    shift_up (last, n);
    if (discrepancy == 0)
      continue;
    for (int i = 0; i < n; i++)
      next[i] = (uint8_t) (locator[i] ^ multiply (field, discrepancy, last[i]));
    if (2 * n_errors <= r + n_doubtful - 1) {
      n_errors = r + n_doubtful - n_errors;
      for (int i = 0; i < n; i++)
        last[i] = divide (field, locator[i], discrepancy);
    }
    memcpy (locator, next, (size_t) n);
  }
}

static int
degree_of (const uint8_t *polynomial, int n)
{
  int degree = n - 1;
  while (degree > 0 && polynomial[degree] == 0)
    degree--;
  return degree;
}

// Forney's formula: what to add at the place whose locator is 2^exponent.
static uint8_t
error_at (const struct decoding *d, const uint8_t *evaluator, int degree, int exponent)
{
  const struct field *field = &d->field;
  int inverse = (255 - exponent) % 255;
  uint8_t slope = 0;
  for (int i = 1; i <= degree; i += 2)
    if (d->locator[i] != 0)
      slope ^= field->power[(field->logarithm[d->locator[i]] + (i - 1) * inverse) % 255];
  if (slope == 0)
    return 0;
  uint8_t value = divide (field, evaluate (field, evaluator, d->n_check, inverse), slope);
  return multiply (field, value, field->power[exponent]);
}

static bool
is_doubtful (int place, const int *doubtful, int n_doubtful)
{
  for (int i = 0; i < n_doubtful; i++)
    if (doubtful[i] == place)
      return true;
  return false;
}

bool
hw_qr_correct (
    uint8_t *block, int len, int n_check, const int *doubtful, int n_doubtful, int n_spare)
{
  struct decoding d = { .len = len, .n_check = n_check };
  uint8_t evaluator[HW_QR_CHECK_BYTES_MAX] = { 0 };
  uint8_t fixed[255];

  fill_field (&d.field);
  if (find_syndromes (&d, block))
    return true;
  if (n_doubtful > n_check - n_spare)
    return false;
  find_locator (&d, doubtful, n_doubtful);
  int degree = degree_of (d.locator, n_check + 1);
  for (int i = 0; i < n_check; i++)
    for (int j = 0; j <= i && j <= degree; j++)
      evaluator[i] ^= multiply (&d.field, d.locator[j], d.syndromes[i - j]);

  memcpy (fixed, block, (size_t) len);
  int n_roots = 0, n_unexpected = 0;
  for (int place = 0; place < len; place++) {
    int exponent = len - 1 - place;
    if (evaluate (&d.field, d.locator, degree + 1, (255 - exponent) % 255) != 0)
      continue;
    n_roots++;
    n_unexpected += !is_doubtful (place, doubtful, n_doubtful);
    fixed[place] ^= error_at (&d, evaluator, degree, exponent);
  }
  if (n_roots != degree || 2 * n_unexpected + n_doubtful + n_spare > n_check ||
      !find_syndromes (&d, fixed))
    return false;
  memcpy (block, fixed, (size_t) len);
  return true;
}
