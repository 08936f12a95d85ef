// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What an engine hands over for each symbol that it reads.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Everything here is borrowed and valid only during the call.
typedef struct {
  float x_px[4]; // corners in the engine's picture: top left, top right, bottom right, bottom left
  float y_px[4];
  const uint8_t *payload; // may hold NULs, not terminated
  size_t payload_len;
  bool partial; // one part of a structured-append series: no payload
} HwQrReading;

typedef void (*HwQrFound) (void *user_data, const HwQrReading *reading);
