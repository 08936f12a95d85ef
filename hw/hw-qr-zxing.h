// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// ZXing-C++ as an engine: QR codes only, payload bytes as they are in the symbol.

#pragma once

#include "hw/hw-qr-plane.h"
#include "hw/hw-qr-reading.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  HW_QR_ZXING_FAST, // upright and upside-down, one scale
  HW_QR_ZXING_HARD, // every rotation, smaller scales and inverted too
  HW_QR_ZXING_GRID, // the picture is one clean symbol, straight, with an even module size
} HwQrZxingEffort;

// Reads `picture` and calls `found` for each symbol, at most `symbols_max` times. Keeps nothing
// between calls.
void hw_qr_zxing_scan (const HwQrPlane *picture,
                       HwQrZxingEffort effort,
                       int symbols_max,
                       HwQrFound found,
                       void *user_data);

#ifdef __cplusplus
}
#endif
