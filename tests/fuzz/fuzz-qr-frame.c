// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Any grey picture: two bytes of size, then rows; what is missing is grey.

#include "hw/hw-qr-decoder.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  HwQrSymbol symbols[HW_QR_SYMBOLS_MAX];
  if (size < 2)
    return 0;
  size_t width = (size_t) data[0] + 1, height = (size_t) data[1] + 1;
  uint8_t *luma = malloc (width * height);
  memset (luma, 128, width * height);
  memcpy (luma, data + 2, size - 2 < width * height ? size - 2 : width * height);
  HwGreyFrame frame = { luma, (int) width, (int) height, (int) width };
  HwQrDecoder *decoder = hw_qr_decoder_new ();
  for (int call = 0; call < 3; call++) {
    size_t n_symbols = hw_qr_decoder_decode (decoder, &frame, 33, symbols);
    for (size_t i = 0; i < n_symbols; i++)
      if (symbols[i].partial && symbols[i].payload_len > 0)
        abort ();
  }
  hw_qr_decoder_free (decoder);
  free (luma);
  return 0;
}
