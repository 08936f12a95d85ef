// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the decoder promises: exact bytes, any orientation, a bounded budget, bounded memory, no
// wrong text.

#include "hw/hw-qr-budget.h"
#include "hw/hw-qr-collection.h"
#include "hw/hw-qr-decoder.h"
#include "hw/hw-qr-plane.h"
#include "hw/hw-qr-zbar.h"

#include <glib.h>
#include <qrencode.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define QUIET_MODULES 4

typedef struct {
  uint8_t *luma;
  int side_px;
} Picture;

static void
picture_clear (Picture *picture)
{
  g_clear_pointer (&picture->luma, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Picture, picture_clear)

static Picture
picture_of_code (QRcode *code, int module_px)
{
  int side_px = (code->width + 2 * QUIET_MODULES) * module_px;
  Picture picture = { g_malloc ((gsize) side_px * (gsize) side_px), side_px };
  memset (picture.luma, 230, (gsize) side_px * (gsize) side_px);
  for (int y = 0; y < code->width * module_px; y++)
    for (int x = 0; x < code->width * module_px; x++)
      if (code->data[y / module_px * code->width + x / module_px] & 1)
        picture.luma[(y + QUIET_MODULES * module_px) * side_px + x + QUIET_MODULES * module_px] =
            25;
  return picture;
}

static Picture
picture_of_bytes (const void *bytes, gsize len, int module_px)
{
  QRcode *code = QRcode_encodeData ((int) len, bytes, 0, QR_ECLEVEL_M);
  g_assert_nonnull (code);
  Picture picture = picture_of_code (code, module_px);
  QRcode_free (code);
  return picture;
}

static HwGreyFrame
frame_of (const Picture *picture)
{
  return (HwGreyFrame){ picture->luma, picture->side_px, picture->side_px, picture->side_px };
}

static void
assert_reads (HwQrDecoder *decoder, const HwGreyFrame *frame, const void *bytes, gsize len)
{
  HwQrSymbol symbols[HW_QR_SYMBOLS_MAX];
  gsize n_symbols = 0;
  for (int call = 0; call < 5 && n_symbols == 0; call++)
    n_symbols = hw_qr_decoder_decode (decoder, frame, 33, symbols);
  g_assert_cmpuint (n_symbols, ==, 1);
  g_assert_cmpmem (symbols[0].payload, symbols[0].payload_len, bytes, len);
}

static void
test_exact_bytes (void)
{
  static const struct {
    const char *bytes;
    gsize len;
  } payloads[] = {
    { "001099000017|100000017|Nguyễn Thị Ánh Tuyết|01011990|Nữ|Thôn Đoài, Hà Nội|02032021", 92 },
    { "Ngô Văn Tú", 13 },
    { "before\0after\0", 13 },
    { "\xff\xfe\x80 not UTF-8", 13 },
    { "M\xfcller", 6 },
  };
  HwQrDecoder *decoder = hw_qr_decoder_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (payloads); i++) {
    g_auto (Picture) picture = picture_of_bytes (payloads[i].bytes, payloads[i].len, 4);
    HwGreyFrame frame = frame_of (&picture);
    assert_reads (decoder, &frame, payloads[i].bytes, payloads[i].len);
  }
  hw_qr_decoder_free (decoder);
}

static void
test_light_on_dark (void)
{
  static const char text[] = "Ngô Văn Tú, tối màu";
  HwQrDecoder *decoder = hw_qr_decoder_new ();
  g_auto (Picture) picture = picture_of_bytes (text, sizeof text - 1, 5);
  for (int i = 0; i < picture.side_px * picture.side_px; i++)
    picture.luma[i] = (uint8_t) (255 - picture.luma[i]);
  HwGreyFrame frame = frame_of (&picture);
  assert_reads (decoder, &frame, text, sizeof text - 1);
  hw_qr_decoder_free (decoder);
}

static void
test_nothing_there (void)
{
  HwQrDecoder *decoder = hw_qr_decoder_new ();
  g_autofree uint8_t *luma = g_malloc (640 * 480);
  HwQrSymbol symbols[HW_QR_SYMBOLS_MAX];
  HwGreyFrame frame = { luma, 640, 480, 640 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  for (int i = 0; i < 640 * 480; i++)
    luma[i] = (uint8_t) g_rand_int_range (rand, 0, 256);
  for (int call = 0; call < 10; call++)
    g_assert_cmpuint (hw_qr_decoder_decode (decoder, &frame, 33, symbols), ==, 0);
  hw_qr_decoder_free (decoder);
}

static double
decode_ms (HwQrDecoder *decoder, const HwGreyFrame *frame)
{
  HwQrSymbol symbols[HW_QR_SYMBOLS_MAX];
  double start_ms = hw_qr_cpu_ms ();
  (void) hw_qr_decoder_decode (decoder, frame, 33, symbols); // only the time counts
  return hw_qr_cpu_ms () - start_ms;
}

static void
fill_with_noise (uint8_t *luma, gsize len)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  for (gsize i = 0; i < len; i++)
    luma[i] = (uint8_t) g_rand_int_range (rand, 0, 256);
}

static void
test_rests (void)
{
  const gsize len = 1280 * 720;
  g_autofree uint8_t *luma = g_malloc (len);
  HwGreyFrame frame = { luma, 1280, 720, 1280 };
  HwQrDecoder *decoder = hw_qr_decoder_new ();
  double first_ms = 0, later_ms = 0;
  fill_with_noise (luma, len);
  for (int i = 0; i < 100; i++) {
    double ms = decode_ms (decoder, &frame);
    first_ms += i < 5 ? ms / 5 : 0;
    later_ms += i >= 40 ? ms / 60 : 0;
  }
  g_assert_cmpfloat (later_ms, <, first_ms / 2);
  hw_qr_decoder_free (decoder);
}

static void
test_budget_of_a_photograph (void)
{
  const gsize len = 4000 * 3000;
  g_autofree uint8_t *luma = g_malloc (len);
  HwGreyFrame frame = { luma, 4000, 3000, 4000 };
  HwQrDecoder *decoder = hw_qr_decoder_new ();
  fill_with_noise (luma, len);
  // Even the worst picture may cost a pass too many, but not the whole series of them; sanitizers
  // triple it.
  for (int i = 0; i < 10; i++)
    g_assert_cmpfloat (decode_ms (decoder, &frame), <, 33 * 6);
  hw_qr_decoder_free (decoder);
}

static void
test_impossible_frames (void)
{
  static const uint8_t pixel[1] = { 128 };
  static const HwGreyFrame frames[] = {
    { pixel, 0, 0, 0 }, { pixel, 1, 1, 1 },  { pixel, -1, 1, 1 },
    { pixel, 2, 1, 1 }, { pixel, 1, -5, 1 },
  };
  HwQrDecoder *decoder = hw_qr_decoder_new ();
  HwQrSymbol symbols[HW_QR_SYMBOLS_MAX];
  for (gsize i = 0; i < G_N_ELEMENTS (frames); i++)
    g_assert_cmpuint (hw_qr_decoder_decode (decoder, &frames[i], 33, symbols), ==, 0);
  hw_qr_decoder_free (decoder);
}

static void
test_stride (void)
{
  static const char text[] = "rows lie apart";
  HwQrDecoder *decoder = hw_qr_decoder_new ();
  g_auto (Picture) picture = picture_of_bytes (text, sizeof text - 1, 4);
  int stride = picture.side_px + 37;
  // The last row ends where its pixels end: the decoder must not touch the gap after it.
  gsize len = (gsize) stride * (gsize) (picture.side_px - 1) + (gsize) picture.side_px;
  g_autofree uint8_t *luma = g_malloc0 (len);
  for (int y = 0; y < picture.side_px; y++)
    memcpy (luma + y * stride, picture.luma + y * picture.side_px, (gsize) picture.side_px);
  HwGreyFrame frame = { luma, picture.side_px, picture.side_px, stride };
  assert_reads (decoder, &frame, text, sizeof text - 1);
  hw_qr_decoder_free (decoder);
}

static void
test_structured_append (void)
{
  QRcode_List *parts = QRcode_encodeStringStructured (
      "A text that is spread over several small symbols, of which only one is in the picture.", 2,
      QR_ECLEVEL_L, QR_MODE_8, 1);
  g_assert_nonnull (parts);
  HwQrDecoder *decoder = hw_qr_decoder_new ();
  g_auto (Picture) picture = picture_of_code (parts->code, 4);
  HwGreyFrame frame = frame_of (&picture);
  HwQrSymbol symbols[HW_QR_SYMBOLS_MAX];
  g_assert_cmpuint (hw_qr_decoder_decode (decoder, &frame, 33, symbols), ==, 1);
  g_assert_true (symbols[0].partial);
  g_assert_cmpuint (symbols[0].payload_len, ==, 0);
  hw_qr_decoder_free (decoder);
  QRcode_List_free (parts);
}

static void
test_wallpaper (void)
{
  HwQrDecoder *decoder = hw_qr_decoder_new ();
  g_auto (Picture) tile = picture_of_bytes ("tile", 4, 3);
  int across = 7;
  int side_px = tile.side_px * across;
  g_autofree uint8_t *luma = g_malloc ((gsize) side_px * (gsize) side_px);
  for (int y = 0; y < side_px; y++)
    for (int x = 0; x < side_px; x++)
      luma[y * side_px + x] = tile.luma[y % tile.side_px * tile.side_px + x % tile.side_px];
  HwGreyFrame frame = { luma, side_px, side_px, side_px };
  HwQrSymbol symbols[HW_QR_SYMBOLS_MAX];
  g_assert_cmpuint (hw_qr_decoder_decode (decoder, &frame, 33, symbols), ==, HW_QR_SYMBOLS_MAX);
  // The one in the very middle comes first.
  for (int i = 0; i < 4; i++) {
    g_assert_cmpfloat (ABS (symbols[0].x_px[i] - (float) side_px / 2), <, tile.side_px / 2.0f);
    g_assert_cmpfloat (ABS (symbols[0].y_px[i] - (float) side_px / 2), <, tile.side_px / 2.0f);
  }
  hw_qr_decoder_free (decoder);
}

static void
test_corner_order (void)
{
  HwQrDecoder *decoder = hw_qr_decoder_new ();
  g_auto (Picture) picture = picture_of_bytes ("corners", 7, 6);
  HwGreyFrame frame = frame_of (&picture);
  HwQrSymbol symbols[HW_QR_SYMBOLS_MAX];
  g_assert_cmpuint (hw_qr_decoder_decode (decoder, &frame, 33, symbols), ==, 1);
  float near = QUIET_MODULES * 6, far = (float) picture.side_px - near;
  const float x_px[4] = { near, far, far, near };
  const float y_px[4] = { near, near, far, far };
  for (int i = 0; i < 4; i++) {
    g_assert_cmpfloat_with_epsilon (symbols[0].x_px[i], x_px[i], 6);
    g_assert_cmpfloat_with_epsilon (symbols[0].y_px[i], y_px[i], 6);
  }
  hw_qr_decoder_free (decoder);
}

static long
resident_kib (void)
{
  long size_pages = 0, resident_pages = 0;
  FILE *statm = fopen ("/proc/self/statm", "r");
  g_assert_nonnull (statm);
  g_assert_cmpint (fscanf (statm, "%ld %ld", &size_pages, &resident_pages), ==, 2);
  (void) fclose (statm); // read only
  return resident_pages * 4;
}

static void
test_memory_stays_flat (void)
{
  HwQrDecoder *decoder = hw_qr_decoder_new ();
  g_auto (Picture) picture = picture_of_bytes ("x", 1, 2);
  HwGreyFrame frame = frame_of (&picture);
  HwQrSymbol symbols[HW_QR_SYMBOLS_MAX];
  long after_warm_up_kib = 0;
  for (int i = 0; i < 3000; i++) {
    g_assert_cmpuint (hw_qr_decoder_decode (decoder, &frame, 33, symbols), ==, 1);
    if (i == 500)
      after_warm_up_kib = resident_kib ();
  }
  // A leak of 1 KiB a decode; less than that is the sanitizer's own quarantine (1.6 MiB on Debian
  // 13).
  g_assert_cmpint (resident_kib () - after_warm_up_kib, <, 2500);
  hw_qr_decoder_free (decoder);
}

static void
test_zbar_is_renewed (void)
{
  HwQrZbar *zbar = hw_qr_zbar_new ();
  g_auto (Picture) picture = picture_of_bytes ("x", 1, 2);
  HwGreyFrame frame = frame_of (&picture);
  HwQrPlane plane = { 0 };
  g_assert_true (hw_qr_plane_shrink (&plane, &frame, 1));
  HwQrCollection collection;
  g_assert_true (hw_qr_collection_init (&collection));
  long after_warm_up_kib = 0;
  for (int i = 0; i < 55000; i++) {
    hw_qr_collection_begin (&collection, &frame);
    hw_qr_zbar_scan (zbar, &plane, 1, &collection);
    g_assert_cmpuint (collection.n_symbols, ==, 1);
    if (i == 5000)
      after_warm_up_kib = resident_kib ();
  }
  // Without renewal it would have grown by 50,000 * 320 bytes = 16 MB; a sanitizer's quarantine
  // takes some.
  g_assert_cmpint (resident_kib () - after_warm_up_kib, <, 10 * 1024);
  hw_qr_collection_clear (&collection);
  hw_qr_plane_clear (&plane);
  hw_qr_zbar_free (zbar);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hw/qr-decoder/gives-the-exact-bytes", test_exact_bytes);
  g_test_add_func ("/hw/qr-decoder/reads-light-on-dark", test_light_on_dark);
  g_test_add_func ("/hw/qr-decoder/finds-nothing-in-noise", test_nothing_there);
  g_test_add_func ("/hw/qr-decoder/rests-on-frames-without-a-code", test_rests);
  g_test_add_func ("/hw/qr-decoder/keeps-its-budget-on-a-photograph", test_budget_of_a_photograph);
  g_test_add_func ("/hw/qr-decoder/refuses-impossible-frames", test_impossible_frames);
  g_test_add_func ("/hw/qr-decoder/honours-the-stride", test_stride);
  g_test_add_func ("/hw/qr-decoder/reports-a-part-of-a-series", test_structured_append);
  g_test_add_func ("/hw/qr-decoder/limits-a-wallpaper-to-the-middle", test_wallpaper);
  g_test_add_func ("/hw/qr-decoder/names-the-corners-in-order", test_corner_order);
  g_test_add_func ("/hw/qr-decoder/keeps-its-memory-flat", test_memory_stays_flat);
  g_test_add_func ("/hw/qr-decoder/renews-zbar-before-it-grows", test_zbar_is_renewed);
  return g_test_run ();
}
