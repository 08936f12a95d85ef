// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Finds the square targets in the corners of QR codes, dark and light ones, and groups them in
// threes.

#pragma once

#include "hw/hw-qr-plane.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct {
  float x_px; // middle, below a pixel exact
  float y_px;
  float module_px;
  bool light; // light on dark
  int n_rows; // rows of the picture that saw it
} HwQrFinder;

// Three targets that may belong to one symbol, in the order corner, right, below (as in an
// unmirrored symbol).
typedef struct {
  HwQrFinder corner;
  HwQrFinder right;
  HwQrFinder below;
  float misfit; // 0 for a square seen straight
} HwQrTriple;

#define HW_QR_FINDERS_MAX 40
#define HW_QR_TRIPLES_MAX 10

typedef struct {
  uint8_t *thresholds; // one for each block of the picture
  uint32_t *sums;
  size_t capacity;
} HwQrFinderScratch;

void hw_qr_finder_scratch_clear (HwQrFinderScratch *scratch);

// Looks along every `row_step`-th row; the threshold is the mean of a window of about `window_px`.
// Returns how many were put into `ret_finders` (HW_QR_FINDERS_MAX entries).
size_t hw_qr_finder_search (HwQrFinderScratch *scratch,
                            const HwQrPlane *picture,
                            int row_step,
                            int window_px,
                            HwQrFinder *ret_finders);

// The likeliest first. Returns how many were put into `ret_triples` (HW_QR_TRIPLES_MAX entries).
size_t hw_qr_finder_group (const HwQrFinder *finders, size_t n_finders, HwQrTriple *ret_triples);
