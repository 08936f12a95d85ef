// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/kiosk/feed-picture.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <qrencode.h>

#define WIDTH_PX  1280
#define HEIGHT_PX 720
#define MODULE_PX 8

void
feed_picture_write (const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;
  QRcode *code = QRcode_encodeString (text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
  g_assert_nonnull (code);
  g_autoptr (GdkPixbuf) picture =
      gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, WIDTH_PX, HEIGHT_PX);
  gdk_pixbuf_fill (picture, 0xf0f0f0ff);
  guchar *pixels = gdk_pixbuf_get_pixels (picture);
  int stride = gdk_pixbuf_get_rowstride (picture);
  int size_px = code->width * MODULE_PX;
  int left_px = (WIDTH_PX - size_px) / 2, top_px = (HEIGHT_PX - size_px) / 2;
  g_assert_cmpint (top_px, >, 4 * MODULE_PX);
  for (int y = 0; y < size_px; y++)
    for (int x = 0; x < size_px; x++)
      if ((code->data[y / MODULE_PX * code->width + x / MODULE_PX] & 1) != 0)
        memset (pixels + (gsize) (top_px + y) * (gsize) stride + 3 * (left_px + x), 0x10, 3);
  g_assert_true (gdk_pixbuf_save (picture, path, "png", &error, NULL));
  g_assert_no_error (error);
  QRcode_free (code);
}
