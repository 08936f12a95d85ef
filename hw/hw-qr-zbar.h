// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// ZBar as an engine: QR codes only, payload bytes as they are in the symbol.

#pragma once

#include "hw/hw-qr-collection.h"
#include "hw/hw-qr-plane.h"

typedef struct HwQrZbar HwQrZbar;

// NULL when there is no memory.
HwQrZbar *hw_qr_zbar_new (void);
void hw_qr_zbar_free (HwQrZbar *zbar);

// Scans every `density`-th row and column of `picture` and adds each symbol.
void
hw_qr_zbar_scan (HwQrZbar *zbar, const HwQrPlane *picture, int density, HwQrCollection *collection);
