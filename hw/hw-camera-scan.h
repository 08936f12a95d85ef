// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How much effort each frame deserves. A still scene without a code is looked at a few times a
// second; whatever moves, or holds a code, is looked at in every frame. Lives on the streaming
// thread; plain C around the decoder.

#pragma once

#include "hw/hw-qr-decoder.h"

#define HW_CAMERA_FRAME_BUDGET_MS 33.0

typedef struct HwCameraScan HwCameraScan;

HwCameraScan *hw_camera_scan_new (void);
void hw_camera_scan_free (HwCameraScan *scan);

// Looks at one frame at time @now_us (monotonic). Returns the number of symbols, like
// hw_qr_decoder_decode ().
size_t hw_camera_scan_frame (HwCameraScan *scan,
                             const HwGreyFrame *frame,
                             int64_t now_us,
                             HwQrSymbol *ret_symbols);

// Did nothing move, and was no code seen, for a while at @now_us?
bool hw_camera_scan_is_at_rest (const HwCameraScan *scan, int64_t now_us);

// Did the last frame show nothing at all: dark, or all of one grey, as behind a cover?
bool hw_camera_scan_is_blind (const HwCameraScan *scan);
