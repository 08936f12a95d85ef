// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Venue, code, time, from top to bottom, in the middle.

#define G_LOG_DOMAIN "hw-slip"

#include "hw/hw-slip.h"

#include <pango/pangocairo.h>
#include <qrencode.h>

#define MARGIN_DOTS   16
#define VENUE_LINES   3
#define QUIET_MODULES 4 // around a QR code
#define MODULE_MAX    8 // dots: 1 mm is easy to read
#define MODULE_MIN    3
#define INK           128

HwSlip *
hw_slip_copy (const HwSlip *slip)
{
  HwSlip *copy = g_new (HwSlip, 1);
  copy->venue = g_strdup (slip->venue);
  copy->time = g_strdup (slip->time);
  copy->code = g_strdup (slip->code);
  return copy;
}

void
hw_slip_free (HwSlip *slip)
{
  g_free ((char *) slip->venue);
  g_free ((char *) slip->time);
  g_free ((char *) slip->code);
  g_free (slip);
}

static PangoLayout *
lay_out (cairo_t *cairo, const char *text, guint width_dots, int size_dots, int lines)
{
  PangoLayout *layout = pango_cairo_create_layout (cairo);
  PangoFontDescription *font = pango_font_description_from_string ("Noto Sans, sans-serif Bold");
  pango_font_description_set_absolute_size (font, size_dots * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_width (layout, ((int) width_dots - 2 * MARGIN_DOTS) * PANGO_SCALE);
  pango_layout_set_height (layout, -lines);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_text (layout, text, -1);
  pango_font_description_free (font);
  return layout;
}

static int
height_of (PangoLayout *layout)
{
  int height = 0;
  pango_layout_get_pixel_size (layout, NULL, &height);
  return height;
}

static int
module_dots (const QRcode *qr, guint width_dots)
{
  return MIN (MODULE_MAX, (int) width_dots / (qr->width + 2 * QUIET_MODULES));
}

static void
draw_qr (cairo_t *cairo, const QRcode *qr, guint width_dots, int top)
{
  int module = module_dots (qr, width_dots);
  int left = ((int) width_dots - qr->width * module) / 2;
  for (int i = 0; i < qr->width * qr->width; i++)
    if ((qr->data[i] & 1) != 0)
      cairo_rectangle (cairo, left + i % qr->width * module, top + i / qr->width * module, module,
                       module);
  cairo_fill (cairo);
}

// Grey becomes black or white: a printer knows nothing else.
static void
sharpen (cairo_surface_t *surface)
{
  cairo_surface_flush (surface);
  guint8 *dots = cairo_image_surface_get_data (surface);
  gsize len = (gsize) cairo_image_surface_get_stride (surface) *
              (gsize) cairo_image_surface_get_height (surface);
  for (gsize i = 0; i < len; i++)
    dots[i] = dots[i] >= INK ? 255 : 0;
  cairo_surface_mark_dirty (surface);
}

static cairo_surface_t *
draw (const HwSlip *slip, const QRcode *qr, guint width_dots)
{
  cairo_surface_t *sheet = cairo_image_surface_create (CAIRO_FORMAT_A8, 1, 1); // to measure on
  cairo_t *cairo = cairo_create (sheet);
  PangoLayout *venue = lay_out (cairo, slip->venue, width_dots, 36, VENUE_LINES);
  PangoLayout *time = lay_out (cairo, slip->time, width_dots, 32, 1);
  int qr_top = MARGIN_DOTS + height_of (venue) + MARGIN_DOTS, time_top = qr_top;
  if (qr != NULL) {
    int quiet = QUIET_MODULES * module_dots (qr, width_dots);
    time_top += qr->width * module_dots (qr, width_dots) + 2 * quiet;
    qr_top += quiet;
  }
  int height = time_top + height_of (time) + MARGIN_DOTS;
  cairo_destroy (cairo);
  cairo_surface_destroy (sheet);

  sheet = cairo_image_surface_create (CAIRO_FORMAT_A8, (int) width_dots, height);
  cairo = cairo_create (sheet);
  cairo_move_to (cairo, MARGIN_DOTS, MARGIN_DOTS);
  pango_cairo_show_layout (cairo, venue);
  cairo_move_to (cairo, MARGIN_DOTS, time_top);
  pango_cairo_show_layout (cairo, time);
  if (qr != NULL)
    draw_qr (cairo, qr, width_dots, qr_top);
  cairo_destroy (cairo);
  g_object_unref (venue);
  g_object_unref (time);
  sharpen (sheet);
  return sheet;
}

cairo_surface_t *
hw_slip_draw (const HwSlip *slip, guint width_dots)
{
  QRcode *qr = NULL;
  if (slip->code != NULL) {
    qr = QRcode_encodeString (slip->code, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    if (qr == NULL || module_dots (qr, width_dots) < MODULE_MIN) {
      QRcode_free (qr);
      return NULL;
    }
  }
  cairo_surface_t *sheet = draw (slip, qr, width_dots);
  QRcode_free (qr);
  return sheet;
}

GBytes *
hw_slip_pack (cairo_surface_t *surface)
{
  gsize width = (gsize) cairo_image_surface_get_width (surface);
  gsize height = (gsize) cairo_image_surface_get_height (surface);
  gsize stride = (gsize) cairo_image_surface_get_stride (surface);
  const guint8 *dots = cairo_image_surface_get_data (surface);
  guint8 *packed = g_malloc0 (width / 8 * height);
  for (gsize y = 0; y < height; y++)
    for (gsize x = 0; x < width / 8 * 8; x++)
      if (dots[y * stride + x] != 0)
        packed[y * (width / 8) + x / 8] |= (guint8) (0x80 >> x % 8);
  return g_bytes_new_take (packed, width / 8 * height);
}

gboolean
hw_slip_write_png (cairo_surface_t *surface, const char *path)
{
  cairo_surface_t *page =
      cairo_image_surface_create (CAIRO_FORMAT_RGB24, cairo_image_surface_get_width (surface),
                                  cairo_image_surface_get_height (surface));
  cairo_t *cairo = cairo_create (page);
  cairo_set_source_rgb (cairo, 1, 1, 1);
  cairo_paint (cairo);
  cairo_set_source_rgb (cairo, 0, 0, 0);
  cairo_mask_surface (cairo, surface, 0, 0);
  cairo_destroy (cairo);
  cairo_status_t status = cairo_surface_write_to_png (page, path);
  cairo_surface_destroy (page);
  return status == CAIRO_STATUS_SUCCESS;
}
