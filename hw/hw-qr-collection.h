// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The symbols of one frame: each once, those nearest the middle first, with their payloads.

#pragma once

#include "hw/hw-qr-decoder.h"

// What an engine read; borrowed during the call.
typedef struct {
  float x_px[4]; // corners in the engine's picture: top left, top right, bottom right, bottom left
  float y_px[4];
  const uint8_t *payload; // may hold NULs, not terminated
  size_t payload_len;
  bool partial; // one part of a structured-append series: no payload
} HwQrReading;

typedef struct {
  HwQrSymbol symbols[HW_QR_SYMBOLS_MAX];
  size_t n_symbols;
  uint8_t *payloads;
  size_t payloads_len;
  float middle_x_px; // of the frame
  float middle_y_px;
  // Set before an engine runs: the engine's picture in the frame, and the name for the report.
  float scale;
  float left_px;
  float top_px;
  const char *engine; // static string
} HwQrCollection;

// False when there is no memory.
bool hw_qr_collection_init (HwQrCollection *collection);
void hw_qr_collection_clear (HwQrCollection *collection);

void hw_qr_collection_begin (HwQrCollection *collection, const HwGreyFrame *frame);

// Copies the reading, unless it is known already or farther from the middle than enough others.
void hw_qr_collection_add (HwQrCollection *collection, const HwQrReading *reading);
