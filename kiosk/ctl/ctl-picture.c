// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Loads a picture file as 8-bit grey, by gdk-pixbuf.

#include "kiosk/ctl/ctl-picture.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

void
ctl_picture_clear (CtlPicture *picture)
{
  g_clear_pointer (&picture->luma, g_free);
}

// ITU-R BT.601, as a camera's Y plane.
static guint8
luma_of (const guint8 *pixel, gboolean has_alpha)
{
  guint luma = (77u * pixel[0] + 150u * pixel[1] + 29u * pixel[2]) >> 8;
  if (has_alpha)
    luma = (luma * pixel[3] + 255u * (255u - pixel[3])) / 255u;
  return (guint8) luma;
}

gboolean
ctl_picture_load (CtlPicture *picture, const char *path, GError **error)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new_from_file (path, error);
  if (pixbuf == NULL)
    return FALSE;
  int width_px = gdk_pixbuf_get_width (pixbuf), height_px = gdk_pixbuf_get_height (pixbuf);
  gsize stride = (gsize) gdk_pixbuf_get_rowstride (pixbuf);
  gsize pixel_bytes = (gsize) gdk_pixbuf_get_n_channels (pixbuf);
  gboolean has_alpha = gdk_pixbuf_get_has_alpha (pixbuf);
  const guint8 *pixels = gdk_pixbuf_read_pixels (pixbuf);
  g_autofree guint8 *luma = g_try_malloc ((gsize) width_px * (gsize) height_px);
  if (luma == NULL) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOMEM, "picture %s: too large", path);
    return FALSE;
  }
  for (gsize y = 0; y < (gsize) height_px; y++)
    for (gsize x = 0; x < (gsize) width_px; x++)
      luma[y * (gsize) width_px + x] = luma_of (pixels + y * stride + x * pixel_bytes, has_alpha);
  *picture = (CtlPicture){ g_steal_pointer (&luma), width_px, height_px };
  return TRUE;
}
