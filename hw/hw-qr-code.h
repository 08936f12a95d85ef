// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads the modules of one QR code: format, code words, error correction, payload (ISO/IEC 18004).

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HW_QR_CODE_BYTES_MAX 3706 // code words of version 40
#define HW_QR_CODE_PAYLOAD_MAX                                                                     \
  (4 * 7089) // digits of version 40; a character set's UTF-8 may take more than its bytes

// The payload of one code; reused from code to code.
typedef struct {
  uint8_t payload[HW_QR_CODE_PAYLOAD_MAX];
  size_t payload_len;
  bool partial; // one part of a structured-append series: no payload
  uint8_t words[HW_QR_CODE_BYTES_MAX];
  float doubt[HW_QR_CODE_BYTES_MAX]; // of each word: how grey its greyest module is, from -1
                                     // (clear) to 0
} HwQrCode;

// `darkness` has modules * modules values, row by row from the target that has no opposite:
// positive for dark, about -1 to 1. Rows and columns may be swapped (a mirrored symbol). False when
// it is not a readable code.
bool hw_qr_code_read (HwQrCode *code, const float *darkness, int modules);

// Where a symbol of that size has alignment patterns: the middles along one side. Returns how many,
// up to 7.
int hw_qr_code_alignments (int modules, int *ret_places);
