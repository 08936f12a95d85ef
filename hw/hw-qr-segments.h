// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads the payload from the corrected data bytes of a QR code.

#pragma once

#include "hw/hw-qr-code.h"

// The first `data_len` of the code's words are its data. Fills payload, payload_len and partial.
// What a segment says about its character set is honoured: with a designator (ECI) and for Hanzi
// the payload becomes UTF-8, as ZBar has it; without, the bytes are untouched (kanji mode:
// Shift-JIS). False for what is no valid series of segments.
bool hw_qr_segments_read (HwQrCode *code, size_t data_len, int version);
