// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Lays the module grid of a symbol over a picture, bent where the symbol is bent.

#pragma once

#include "hw/hw-qr-finder.h"
#include "hw/hw-qr-plane.h"

#include <stdbool.h>

#define HW_QR_KNOTS_MAX 13 // along one side

typedef struct {
  const HwQrPlane *picture;
  bool light;  // light on dark
  int modules; // along one side: 21 to 177
  // From the square (0,0) (1,0) (0,1) between the targets' middles to the picture: the three
  // middles, and how much farther away the right and the lower one are than the corner one.
  float x_px[3];
  float y_px[3];
  float depth_right;
  float depth_below;
  float module_px;
  float fit; // -1 to 1: how well the parts that every symbol has are where they should be
  // How far the symbol is off that plane, at knots spread evenly over it; fewer than 2 knots a side
  // for a flat one.
  int knots;
  float bend_x_px[HW_QR_KNOTS_MAX * HW_QR_KNOTS_MAX];
  float bend_y_px[HW_QR_KNOTS_MAX * HW_QR_KNOTS_MAX];
} HwQrGrid;

// Finds the number of modules and the plane of the symbol. False when there is no symbol at
// `triple`. The picture is borrowed.
bool hw_qr_grid_fit (HwQrGrid *grid, const HwQrPlane *picture, const HwQrTriple *triple);

// The picture's point at (`u`, `v`) modules from the symbol's top left corner.
void hw_qr_grid_locate (const HwQrGrid *grid, float u, float v, float *ret_x_px, float *ret_y_px);

// The luma there, as if the symbol were dark on light.
float hw_qr_grid_luma (const HwQrGrid *grid, float u, float v);
