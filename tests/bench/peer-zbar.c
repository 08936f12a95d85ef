// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Plain libzbar: QR only, binary, nothing else.

#include "tests/bench/peer.h"

#include <zbar.h>

char *
peer_zbar (const guint8 *luma, int width_px, int height_px, gsize *ret_len)
{
  zbar_image_scanner_t *scanner = zbar_image_scanner_create ();
  zbar_image_t *image = zbar_image_create ();
  char *payload = NULL;
  (void) zbar_image_scanner_set_config (scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
  (void) zbar_image_scanner_set_config (scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
  (void) zbar_image_scanner_set_config (scanner, ZBAR_QRCODE, ZBAR_CFG_BINARY, 1);
  zbar_image_set_format (image, zbar_fourcc ('Y', '8', '0', '0'));
  zbar_image_set_size (image, (guint) width_px, (guint) height_px);
  zbar_image_set_data (image, luma, (gulong) width_px * (gulong) height_px, NULL);
  if (zbar_scan_image (scanner, image) > 0) {
    const zbar_symbol_t *symbol = zbar_image_first_symbol (image);
    *ret_len = zbar_symbol_get_data_length (symbol);
    payload = (char *) g_memdup2 (zbar_symbol_get_data (symbol), *ret_len);
  }
  zbar_image_destroy (image);
  zbar_image_scanner_destroy (scanner);
  return payload;
}
