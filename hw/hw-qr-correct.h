// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The error correction of QR codes: Reed-Solomon over GF(256) with known and unknown places of
// errors.

#pragma once

#include <stdbool.h>
#include <stdint.h>

#define HW_QR_CHECK_BYTES_MAX 68

// Corrects a block of `len` bytes (up to 255) in place, whose last `n_check` are check bytes (up to
// 68). `doubtful` lists `n_doubtful` places that may well be wrong, each of which costs one check
// byte; an error elsewhere costs two; at least `n_spare` check bytes must be left over. False when
// that does not suffice; the block is then unchanged.
bool hw_qr_correct (
    uint8_t *block, int len, int n_check, const int *doubtful, int n_doubtful, int n_spare);
