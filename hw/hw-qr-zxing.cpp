// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// ZXing-C++ as an engine. The only file that knows ZXing; written to what releases 1.4 to 2.3 have
// in common.

#include "hw/hw-qr-zxing.h"

#include <ZXing/ReadBarcode.h>

#include <exception>
#include <string>
#include <type_traits>

namespace {

// The type of the options changed its name between releases; the signature of the reader tells it.
template <typename Readings, typename Options>
Options options_of (Readings (*) (const ZXing::ImageView &, const Options &));
using Options = decltype (options_of (&ZXing::ReadBarcodes));

Options
options_for (HwQrZxingEffort effort, int symbols_max)
{
  Options options;
  options.setFormats (ZXing::BarcodeFormat::QRCode);
  options.setTryHarder (effort == HW_QR_ZXING_HARD);
  options.setTryRotate (effort == HW_QR_ZXING_HARD);
  options.setTryDownscale (effort == HW_QR_ZXING_HARD);
  options.setIsPure (effort == HW_QR_ZXING_GRID);
  options.setMaxNumberOfSymbols (static_cast<uint8_t> (symbols_max));
  return options;
}

template <typename Result>
void
report (const Result &result, HwQrFound found, void *user_data)
{
  HwQrReading reading = {};
  const auto &position = result.position ();
  for (int i = 0; i < 4; i++) {
    reading.x_px[i] = static_cast<float> (position[static_cast<size_t> (i)].x);
    reading.y_px[i] = static_cast<float> (position[static_cast<size_t> (i)].y);
  }
  // With an ECI the symbol names its own character set: UTF-8 as ZBar gives it.
  std::string text;
  if (result.hasECI ())
    text = result.text ();
  else
    text.assign (result.bytes ().begin (), result.bytes ().end ());
  reading.partial = result.sequenceSize () > 1;
  if (!reading.partial) {
    reading.payload = reinterpret_cast<const uint8_t *> (text.data ());
    reading.payload_len = text.size ();
  }
  found (user_data, &reading);
}

} // namespace

void
hw_qr_zxing_scan (const HwQrPlane *picture,
                  HwQrZxingEffort effort,
                  int symbols_max,
                  HwQrFound found,
                  void *user_data)
{
  // No exception may reach C; an empty memory or a bad symbol means that nothing was read.
  try {
    ZXing::ImageView view (picture->luma, picture->width_px, picture->height_px,
                           ZXing::ImageFormat::Lum);
    for (const auto &result : ZXing::ReadBarcodes (view, options_for (effort, symbols_max)))
      if (result.isValid () && result.format () == ZXing::BarcodeFormat::QRCode)
        report (result, found, user_data);
  } catch (const std::exception &) {
    return;
  }
}
