// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// ZXing-C++, with its own default effort.

#include "tests/bench/peer.h"

#include <ZXing/ReadBarcode.h>

namespace {

// The type of the options changed its name between releases; the reader's signature tells it.
template <typename Reading, typename Options>
Options options_of (Reading (*) (const ZXing::ImageView &, const Options &));
using Options = decltype (options_of (&ZXing::ReadBarcode));

} // namespace

char *
peer_zxing (const guint8 *luma, int width_px, int height_px, gsize *ret_len)
{
  Options options;
  options.setFormats (ZXing::BarcodeFormat::QRCode);
  auto reading =
      ZXing::ReadBarcode ({ luma, width_px, height_px, ZXing::ImageFormat::Lum }, options);
  if (!reading.isValid ())
    return nullptr;
  *ret_len = reading.bytes ().size ();
  return static_cast<char *> (g_memdup2 (reading.bytes ().data (), *ret_len));
}
