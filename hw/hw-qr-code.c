// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// From the modules of a QR code to corrected code words. Tables and rules: ISO/IEC 18004:2015.

#include "hw/hw-qr-code.h"
#include "hw/hw-qr-correct.h"
#include "hw/hw-qr-segments.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CLEAR_ENOUGH -0.5f // doubt of a module that is half-way between grey and full contrast

// Table 9 by level (L, M, Q, H) and version.
static const uint8_t check_bytes_of_block[4][40] = {
  { 7,  10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28,
    28, 28, 30, 30, 26, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30 },
  { 10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26,
    26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28 },
  { 13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30,
    28, 30, 30, 30, 30, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30 },
  { 17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28,
    30, 24, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30 },
};
static const uint8_t blocks_of_symbol[4][40] = {
  { 1, 1, 1, 1,  1,  2,  2,  2,  2,  4,  4,  4,  4,  4,  6,  6,  6,  6,  7,  8,
    8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25 },
  { 1,  1,  1,  2,  2,  4,  4,  4,  5,  5,  5,  8,  9,  9,  10, 10, 11, 13, 14, 16,
    17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49 },
  { 1,  1,  2,  2,  4,  4,  6,  6,  8,  8,  8,  10, 12, 16, 12, 17, 16, 18, 21, 20,
    23, 23, 25, 27, 29, 34, 34, 35, 38, 40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68 },
  { 1,  1,  2,  4,  4,  4,  5,  6,  8,  8,  11, 11, 16, 16, 18, 16, 19, 21, 25, 25,
    25, 34, 30, 32, 35, 37, 40, 42, 45, 48, 51, 54, 57, 60, 63, 66, 70, 74, 77, 81 },
};

struct symbol {
  const float *darkness;
  int modules;
  int version;
  bool swapped;
  int level; // 0 to 3: L, M, Q, H
  int mask;
  int n_alignments;
  int alignments[7];
};

int
hw_qr_code_alignments (int modules, int *ret_places)
{
  int version = (modules - 17) / 4;
  if (version < 2)
    return 0;
  // Annex E as a formula.
  int n = version / 7 + 2;
  int step = version == 32 ? 26 : (version * 4 + n * 2 + 1) / (n * 2 - 2) * 2;
  ret_places[0] = 6;
  for (int i = 1; i < n; i++)
    ret_places[i] = modules - 7 - (n - 1 - i) * step;
  return n;
}

static float
darkness_at (const struct symbol *symbol, int column, int row)
{
  return symbol->swapped ? symbol->darkness[column * symbol->modules + row]
                         : symbol->darkness[row * symbol->modules + column];
}

// The 15 bits for 5 bits of format: a BCH (15, 5) code, masked.
static unsigned
format_bits (unsigned format)
{
  unsigned remainder = format << 10;
  for (int bit = 14; bit >= 10; bit--)
    if (remainder >> bit & 1)
      remainder ^= 0x537u << (bit - 10);
  return ((format << 10) | remainder) ^ 0x5412;
}

// How well the two copies of the format go with `bits`: up to 30.
static float
format_fit (const struct symbol *symbol, unsigned bits)
{
  static const uint8_t line[15] = { 0, 1, 2, 3, 4, 5, 7, 8, 8, 8, 8, 8, 8, 8, 8 };
  static const uint8_t across[15] = { 8, 8, 8, 8, 8, 8, 8, 8, 7, 5, 4, 3, 2, 1, 0 };
  float sum = 0;
  for (int i = 0; i < 15; i++) {
    float sign = (bits >> i & 1) ? 1 : -1;
    int far = symbol->modules - 1 - i;
    sum += sign * fmaxf (-1, fminf (1, darkness_at (symbol, across[i], line[i])));
    float second =
        i < 8 ? darkness_at (symbol, far, 8) : darkness_at (symbol, 8, symbol->modules - 15 + i);
    sum += sign * fmaxf (-1, fminf (1, second));
  }
  return sum;
}

static bool
find_format (struct symbol *symbol)
{
  float best = 0;
  for (int swapped = 0; swapped < 2; swapped++)
    for (unsigned format = 0; format < 32; format++) {
      struct symbol guess = *symbol;
      guess.swapped = swapped == 1;
      float fit = format_fit (&guess, format_bits (format));
      if (fit <= best)
        continue;
      // The standard numbers the levels M, L, H, Q.
      static const uint8_t levels[4] = { 1, 0, 3, 2 };
      best = fit;
      guess.level = levels[format >> 3];
      guess.mask = (int) (format & 7);
      *symbol = guess;
    }
  return best > 6;
}

static bool
is_function_module (const struct symbol *symbol, int column, int row)
{
  int last = symbol->modules - 1;
  if ((column < 9 && row < 9) || (column > last - 8 && row < 9) || (column < 9 && row > last - 8))
    return true;
  if (column == 6 || row == 6)
    return true;
  if (symbol->version >= 7 && ((column > last - 11 && row < 6) || (row > last - 11 && column < 6)))
    return true;
  int n = symbol->n_alignments;
  for (int j = 0; j < n; j++)
    for (int i = 0; i < n; i++) {
      if ((i == 0 && (j == 0 || j == n - 1)) || (j == 0 && i == n - 1))
        continue;
      if (abs (column - symbol->alignments[i]) <= 2 && abs (row - symbol->alignments[j]) <= 2)
        return true;
    }
  return false;
}

static bool
is_masked (int mask, int column, int row)
{
  int product = column * row;
  switch (mask) {
  case 0:
    return (row + column) % 2 == 0;
  case 1:
    return row % 2 == 0;
  case 2:
    return column % 3 == 0;
  case 3:
    return (row + column) % 3 == 0;
  case 4:
    return (row / 2 + column / 3) % 2 == 0;
  case 5:
    return product % 2 + product % 3 == 0;
  case 6:
    return (product % 2 + product % 3) % 2 == 0;
  default:
    return ((row + column) % 2 + product % 3) % 2 == 0;
  }
}

// In the order of figure 17: two columns at a time, from the right, up and down in turn. Returns
// the number of code words.
static int
gather_words (const struct symbol *symbol, HwQrCode *code)
{
  int n_bits = 0, modules = symbol->modules;
  for (int right = modules - 1; right > 0; right -= 2) {
    if (right == 6)
      right = 5;
    bool upwards = ((right + 1) & 2) == 0;
    for (int i = 0; i < modules * 2; i++) {
      int row = upwards ? modules - 1 - i / 2 : i / 2, column = right - i % 2;
      if (is_function_module (symbol, column, row))
        continue;
      int word = n_bits++ / 8;
      if (word >= HW_QR_CODE_BYTES_MAX)
        continue;
      if ((n_bits & 7) == 1) {
        code->words[word] = 0;
        code->doubt[word] = -1;
      }
      float darkness = darkness_at (symbol, column, row);
      bool bit = (darkness > 0) != is_masked (symbol->mask, column, row);
      code->words[word] = (uint8_t) (code->words[word] << 1 | bit);
      code->doubt[word] = fmaxf (code->doubt[word], -fabsf (darkness));
    }
  }
  return n_bits / 8;
}

struct block {
  uint8_t bytes[255];
  float doubt[255];
  int len;
  int n_check;
};

// The places with the most doubt, at most `n`. Returns how many there are.
static int
pick_doubtful (const struct block *block, int n, int *ret_places)
{
  float doubt[255];
  memcpy (doubt, block->doubt, sizeof doubt);
  for (int k = 0; k < n; k++) {
    int worst = 0;
    for (int i = 1; i < block->len; i++)
      if (doubt[i] > doubt[worst])
        worst = i;
    if (doubt[worst] < CLEAR_ENOUGH)
      return k;
    doubt[worst] = -INFINITY;
    ret_places[k] = worst;
  }
  return n;
}

// Small symbols keep some check bytes to detect what they cannot correct (table 9, footnote).
static int
spare_check_bytes (const struct symbol *symbol)
{
  static const uint8_t spare[3][4] = { { 3, 2, 1, 1 }, { 2, 0, 0, 0 }, { 1, 0, 0, 0 } };
  return symbol->version <= 3 ? spare[symbol->version - 1][symbol->level] : 0;
}

static bool
correct_block (const struct symbol *symbol, struct block *block)
{
  int doubtful[HW_QR_CHECK_BYTES_MAX];
  if (hw_qr_correct (block->bytes, block->len, block->n_check, NULL, 0, spare_check_bytes (symbol)))
    return true;
  // A place named as doubtful is cheap but proves less: a quarter of the check bytes stays for
  // proof.
  int n_spare = block->n_check / 4 + 1;
  n_spare = n_spare > spare_check_bytes (symbol) ? n_spare : spare_check_bytes (symbol);
  for (int part = 1; part <= 2; part++) {
    int n = pick_doubtful (block, block->n_check * part / 4, doubtful);
    if (n > 0 && hw_qr_correct (block->bytes, block->len, block->n_check, doubtful, n, n_spare))
      return true;
  }
  return false;
}

// Takes the interleaved blocks apart, corrects them and puts their data bytes in a row. Returns how
// many, 0 for a failure.
static int
correct_words (const struct symbol *symbol, HwQrCode *code, int n_words)
{
  int n_blocks = blocks_of_symbol[symbol->level][symbol->version - 1];
  int n_check = check_bytes_of_block[symbol->level][symbol->version - 1];
  int n_data = n_words / n_blocks - n_check; // of the first blocks; the others have one more
  int n_short = n_blocks - n_words % n_blocks;
  uint8_t data[HW_QR_CODE_BYTES_MAX];
  int data_len = 0;

  for (int b = 0; b < n_blocks; b++) {
    struct block block = { .n_check = n_check };
    int len = n_data + (b >= n_short);
    for (int i = 0; i < len + n_check; i++) {
      int place;
      if (i < n_data)
        place = i * n_blocks + b;
      else if (i < len)
        place = n_data * n_blocks + b - n_short;
      else
        place = n_words - n_check * n_blocks + (i - len) * n_blocks + b;
      block.bytes[block.len] = code->words[place];
      block.doubt[block.len++] = code->doubt[place];
    }
    if (!correct_block (symbol, &block))
      return 0;
    memcpy (data + data_len, block.bytes, (size_t) len);
    data_len += len;
  }
  memcpy (code->words, data, (size_t) data_len);
  return data_len;
}

bool
hw_qr_code_read (HwQrCode *code, const float *darkness, int modules)
{
  struct symbol symbol = { .darkness = darkness,
                           .modules = modules,
                           .version = (modules - 17) / 4 };
  if (modules < 21 || modules > 177 || modules % 4 != 1)
    return false;
  symbol.n_alignments = hw_qr_code_alignments (modules, symbol.alignments);
  if (!find_format (&symbol))
    return false;
  int n_words = gather_words (&symbol, code);
  int data_len = correct_words (&symbol, code, n_words);
  return data_len > 0 && hw_qr_segments_read (code, (size_t) data_len, symbol.version);
}
