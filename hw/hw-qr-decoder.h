// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Finds and reads QR codes in a grey picture within a time budget. Plain C; one decoder per thread.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct HwQrDecoder HwQrDecoder;

// A view of the newest frame; valid during the call.
typedef struct {
  const uint8_t *luma; // 8-bit grey, row by row
  int width_px;
  int height_px;
  int stride; // bytes from row to row, >= width_px
} HwGreyFrame;

typedef struct {
  float x_px[4]; // corners in the frame: top left, top right, bottom right, bottom left
  float y_px[4];
  const uint8_t
      *payload; // owned by the decoder, valid until its next call; may hold NULs, not terminated
  size_t payload_len;
  bool partial;       // one part of a structured-append series: payload is empty
  const char *engine; // static string: which pass read it, for reports
} HwQrSymbol;

#define HW_QR_SYMBOLS_MAX                                                                          \
  4 // per frame, nearest the middle first; more are ignored (threat: a wallpaper of codes)

HwQrDecoder *hw_qr_decoder_new (void);
void hw_qr_decoder_free (HwQrDecoder *decoder);

// Decodes one frame in at most about `budget_ms` of this thread's CPU time. Effort rotates over
// successive calls: what one frame has no time for, the next ones try. Returns the number of
// symbols put into `ret_symbols` (HW_QR_SYMBOLS_MAX entries), 0 for none.
size_t hw_qr_decoder_decode (HwQrDecoder *decoder,
                             const HwGreyFrame *frame,
                             double budget_ms,
                             HwQrSymbol *ret_symbols);
