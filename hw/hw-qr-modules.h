// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The modules of a symbol as measured through its grid, and the grid's bend as found from them.

#pragma once

#include "hw/hw-qr-budget.h"
#include "hw/hw-qr-grid.h"

#define HW_QR_MODULES_MAX (177 * 177)

// About 0.6 MB: meant to be reused. Rows of grid->modules values.
typedef struct {
  float darkness[HW_QR_MODULES_MAX]; // about -1 (light) to 1 (dark)
  float lumas[HW_QR_MODULES_MAX];
  float middles[HW_QR_MODULES_MAX]; // half-way between the dark and the light of the neighbourhood
  float ranges[HW_QR_MODULES_MAX];  // how far dark and light are from it
  float scratch[HW_QR_MODULES_MAX];
} HwQrModules;

// How to look at the same measurement.
typedef struct {
  float spread;     // of the module's width, how much is averaged
  float leak_right; // how much of each neighbour blur brings in along rows and along columns
  float leak_below;
  float threshold; // -1 to 1: from the middle towards the light
} HwQrSampling;

// Fills lumas, middles and ranges.
void hw_qr_modules_measure (HwQrModules *modules, const HwQrGrid *grid, float spread);

// Fills darkness from the measurement; the sampling's spread is not used.
void hw_qr_modules_judge (HwQrModules *modules, int n_modules, const HwQrSampling *sampling);

// Bends the grid to follow a symbol that is not flat, as far as the budget goes; overwrites the
// measurement.
void hw_qr_modules_bend (HwQrModules *modules, HwQrGrid *grid, const HwQrBudget *budget);
