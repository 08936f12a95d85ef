// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// ZBar as an engine. The only file that knows zbar.h.

#include "hw/hw-qr-zbar.h"

#include <stdlib.h>
#include <zbar.h>

// ZBar keeps about 320 bytes for every symbol it has read until its scanner goes.
#define READINGS_PER_SCANNER 2000

struct HwQrZbar {
  zbar_image_scanner_t *scanner;
  zbar_image_t *image;
  unsigned n_readings;
};

static zbar_image_scanner_t *
scanner_new (void)
{
  zbar_image_scanner_t *scanner = zbar_image_scanner_create ();
  if (scanner == NULL)
    return NULL;
  (void) zbar_image_scanner_request_dbus (scanner,
                                          0); // no code is published; off is the default too
  (void) zbar_image_scanner_set_config (scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
  (void) zbar_image_scanner_set_config (scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
  (void) zbar_image_scanner_set_config (scanner, ZBAR_QRCODE, ZBAR_CFG_BINARY, 1);
  return scanner;
}

HwQrZbar *
hw_qr_zbar_new (void)
{
  HwQrZbar *zbar = calloc (1, sizeof *zbar);
  if (zbar == NULL)
    return NULL;
  zbar->scanner = scanner_new ();
  zbar->image = zbar_image_create ();
  if (zbar->scanner == NULL || zbar->image == NULL) {
    hw_qr_zbar_free (zbar);
    return NULL;
  }
  zbar_image_set_format (zbar->image, zbar_fourcc ('Y', '8', '0', '0'));
  return zbar;
}

void
hw_qr_zbar_free (HwQrZbar *zbar)
{
  if (zbar == NULL)
    return;
  if (zbar->image != NULL)
    zbar_image_destroy (zbar->image);
  if (zbar->scanner != NULL)
    zbar_image_scanner_destroy (zbar->scanner);
  free (zbar);
}

static void
renew_scanner (HwQrZbar *zbar)
{
  zbar_image_scanner_t *fresh = scanner_new ();
  if (fresh == NULL)
    return; // the old one still works; the next scan tries again
  zbar_image_set_symbols (zbar->image, NULL);
  zbar_image_scanner_destroy (zbar->scanner);
  zbar->scanner = fresh;
  zbar->n_readings = 0;
}

static void
report (const zbar_symbol_t *symbol, HwQrCollection *collection)
{
  // ZBar goes round the symbol the other way: top left, bottom left, bottom right, top right.
  static const unsigned corner_of[4] = { 0, 3, 2, 1 };
  HwQrReading reading = { .partial = zbar_symbol_get_type (symbol) == ZBAR_PARTIAL };

  if (zbar_symbol_get_loc_size (symbol) == 4)
    for (unsigned i = 0; i < 4; i++) {
      reading.x_px[i] = (float) zbar_symbol_get_loc_x (symbol, corner_of[i]);
      reading.y_px[i] = (float) zbar_symbol_get_loc_y (symbol, corner_of[i]);
    }
  if (!reading.partial) {
    reading.payload = (const uint8_t *) zbar_symbol_get_data (symbol);
    reading.payload_len = zbar_symbol_get_data_length (symbol);
  }
  hw_qr_collection_add (collection, &reading);
}

void
hw_qr_zbar_scan (HwQrZbar *zbar, const HwQrPlane *picture, int density, HwQrCollection *collection)
{
  if (zbar->n_readings >= READINGS_PER_SCANNER)
    renew_scanner (zbar);
  (void) zbar_image_scanner_set_config (zbar->scanner, ZBAR_NONE, ZBAR_CFG_X_DENSITY, density);
  (void) zbar_image_scanner_set_config (zbar->scanner, ZBAR_NONE, ZBAR_CFG_Y_DENSITY, density);
  zbar_image_set_size (zbar->image, (unsigned) picture->width_px, (unsigned) picture->height_px);
  zbar_image_set_data (zbar->image, picture->luma, picture->luma_len, NULL);
  if (zbar_scan_image (zbar->scanner, zbar->image) <= 0)
    return;
  for (const zbar_symbol_t *symbol = zbar_image_first_symbol (zbar->image); symbol != NULL;
       symbol = zbar_symbol_next (symbol)) {
    zbar->n_readings++;
    if (zbar_symbol_get_type (symbol) == ZBAR_QRCODE ||
        zbar_symbol_get_type (symbol) == ZBAR_PARTIAL)
      report (symbol, collection);
  }
}
