// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads codes guided by their targets: a grid over each likely three, then the modules one by one.

#pragma once

#include "hw/hw-qr-budget.h"
#include "hw/hw-qr-code.h"
#include "hw/hw-qr-collection.h"
#include "hw/hw-qr-finder.h"
#include "hw/hw-qr-grid.h"
#include "hw/hw-qr-modules.h"

#define HW_QR_TRIED_MAX 24

// Memory that is used again from frame to frame, and what was tried on this one.
typedef struct {
  HwQrGrid grid;
  HwQrModules modules;
  HwQrCode code;
  HwQrTriple tried[HW_QR_TRIED_MAX];
  size_t n_tried;
  HwQrTriple spent[HW_QR_TRIED_MAX]; // those that were read
  size_t n_spent;
  bool fitted; // a grid fitted on this frame: there is a code, readable or not
} HwQrGuide;

void hw_qr_guide_begin (HwQrGuide *guide);

// Tries the likely threes of `finders` (places in `picture`) as far as the budget goes. Returns how
// many threes there were.
size_t hw_qr_guide_read (HwQrGuide *guide,
                         const HwQrPlane *picture,
                         const HwQrFinder *finders,
                         size_t n_finders,
                         const HwQrBudget *budget,
                         HwQrCollection *collection);
