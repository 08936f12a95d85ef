// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A grey picture that the decoder owns and reuses, and the transformations of one into another.

#pragma once

#include "hw/hw-qr-decoder.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Rows lie without gaps. The memory grows to the largest picture so far and is reused.
typedef struct {
  uint8_t *luma;
  size_t luma_len; // width * height
  size_t capacity;
  int width_px;
  int height_px;
} HwQrPlane;

#define HW_QR_PLANE_SIDE_MAX 16384

void hw_qr_plane_clear (HwQrPlane *plane);

// Makes room for the size; the content is undefined. False, with the plane empty, for no memory or
// a side out of range.
bool hw_qr_plane_resize (HwQrPlane *plane, int width_px, int height_px);

// Each of these writes the whole of `plane` from another picture; false when there was no memory.
// Source and result differ.
bool hw_qr_plane_shrink (HwQrPlane *plane, const HwGreyFrame *frame, int factor);
bool hw_qr_plane_halve (HwQrPlane *plane, const HwQrPlane *source);
bool hw_qr_plane_double (HwQrPlane *plane, const HwQrPlane *source);
bool hw_qr_plane_invert (HwQrPlane *plane, const HwQrPlane *source);

// Adds `gain` times what a pixel differs from the mean of the square around it.
bool hw_qr_plane_sharpen (HwQrPlane *plane, const HwQrPlane *source, int radius_px, int gain);
