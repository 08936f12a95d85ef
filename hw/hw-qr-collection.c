// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The symbols of one frame.

#include "hw/hw-qr-collection.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PAYLOADS_BYTES_MAX (256 * 1024) // 16 joined parts of 7,089 digits fit twice

bool
hw_qr_collection_init (HwQrCollection *collection)
{
  *collection = (HwQrCollection){ .payloads = malloc (PAYLOADS_BYTES_MAX) };
  return collection->payloads != NULL;
}

void
hw_qr_collection_clear (HwQrCollection *collection)
{
  free (collection->payloads);
  *collection = (HwQrCollection){ 0 };
}

void
hw_qr_collection_begin (HwQrCollection *collection, const HwGreyFrame *frame)
{
  collection->n_symbols = 0;
  collection->payloads_len = 0;
  collection->middle_x_px = (float) frame->width_px / 2;
  collection->middle_y_px = (float) frame->height_px / 2;
}

static void
middle_of (const HwQrSymbol *symbol, float *ret_x_px, float *ret_y_px)
{
  *ret_x_px = (symbol->x_px[0] + symbol->x_px[1] + symbol->x_px[2] + symbol->x_px[3]) / 4;
  *ret_y_px = (symbol->y_px[0] + symbol->y_px[1] + symbol->y_px[2] + symbol->y_px[3]) / 4;
}

static float
distance_px (const HwQrCollection *collection, const HwQrSymbol *symbol)
{
  float x, y;
  middle_of (symbol, &x, &y);
  return hypotf (x - collection->middle_x_px, y - collection->middle_y_px);
}

// Two engines see the same symbol at nearly the same place.
static bool
is_known (const HwQrCollection *collection, const HwQrSymbol *symbol)
{
  float x, y;
  middle_of (symbol, &x, &y);
  for (size_t i = 0; i < collection->n_symbols; i++) {
    const HwQrSymbol *known = &collection->symbols[i];
    float known_x, known_y;
    middle_of (known, &known_x, &known_y);
    float size = hypotf (known->x_px[2] - known->x_px[0], known->y_px[2] - known->y_px[0]);
    if (hypotf (x - known_x, y - known_y) < size / 3)
      return true;
  }
  return false;
}

void
hw_qr_collection_add (HwQrCollection *collection, const HwQrReading *reading)
{
  HwQrSymbol symbol = { .payload = collection->payloads + collection->payloads_len,
                        .payload_len = reading->payload_len,
                        .partial = reading->partial,
                        .engine = collection->engine };
  for (int i = 0; i < 4; i++) {
    symbol.x_px[i] = (reading->x_px[i] + 0.5f) * collection->scale - 0.5f + collection->left_px;
    symbol.y_px[i] = (reading->y_px[i] + 0.5f) * collection->scale - 0.5f + collection->top_px;
  }
  if (reading->payload_len > PAYLOADS_BYTES_MAX - collection->payloads_len ||
      is_known (collection, &symbol))
    return;
  size_t place = collection->n_symbols;
  while (place > 0 && distance_px (collection, &collection->symbols[place - 1]) >
                          distance_px (collection, &symbol))
    place--;
  if (place == HW_QR_SYMBOLS_MAX)
    return;
  if (collection->n_symbols < HW_QR_SYMBOLS_MAX)
    collection->n_symbols++;
  memmove (&collection->symbols[place + 1], &collection->symbols[place],
           (collection->n_symbols - place - 1) * sizeof symbol);
  collection->symbols[place] = symbol;
  if (reading->payload_len > 0)
    memcpy (collection->payloads + collection->payloads_len, reading->payload,
            reading->payload_len);
  collection->payloads_len += reading->payload_len;
}
