// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What stands on the kiosk's screen, as the compositor has it.

#include <cairo.h>
#include <glib/gstdio.h>

#include "tests/rig/rig-private.h"

#define PAINT_MS 60000 // by a compositor without a graphics card
#define TAKE_PICTURE                                                                               \
  "cd /run/scratch && rm -f wayland-screenshot-*.png && "                                          \
  "XDG_RUNTIME_DIR=/run/screen WAYLAND_DISPLAY=tramxanh weston-screenshooter && "                  \
  "mv wayland-screenshot-*.png screen.png"

// The colours of the answers and of the amber strip are far apart: by their strong and weak parts.
static gboolean
is_of_colour (const char *colour, guint32 pixel)
{
  guint r = pixel >> 16 & 0xff, g = pixel >> 8 & 0xff, b = pixel & 0xff;
  if (g_str_equal (colour, "green"))
    return g > 2 * r + 30 && g > b + 30;
  if (g_str_equal (colour, "amber"))
    return r > 200 && g > 150 && g < 220 && b < 120;
  return r > 2 * g + 30 && r > 2 * b + 30;
}

double
rig_look (Rig *rig, const char *name, const char *colour)
{
  int status = -1;
  g_free (rig_run (rig, TAKE_PICTURE, &status));
  g_assert_cmpint (status, ==, 0);
  g_autofree char *path = rig_path (rig, "screen.png");
  g_autofree char *album = g_strdup_printf ("%s/screenshots/%s.png", TX_BINARY_DIR, name);
  cairo_surface_t *screen = cairo_image_surface_create_from_png (path);
  g_assert_cmpint (cairo_surface_status (screen), ==, CAIRO_STATUS_SUCCESS);
  g_assert_cmpint (g_mkdir_with_parents (TX_BINARY_DIR "/screenshots", 0755), ==, 0);
  g_assert_cmpint (cairo_surface_write_to_png (screen, album), ==, CAIRO_STATUS_SUCCESS);
  int width = cairo_image_surface_get_width (screen);
  int height = cairo_image_surface_get_height (screen);
  int stride = cairo_image_surface_get_stride (screen);
  guint n = 0;
  for (int y = 0; y < height; y++) {
    const guint32 *row =
        (const guint32 *) (const void *) (cairo_image_surface_get_data (screen) + y * stride);
    for (int x = 0; x < width; x++)
      n += is_of_colour (colour, row[x]);
  }
  cairo_surface_destroy (screen);
  return (double) n / (width * height);
}

void
rig_screen_turns (Rig *rig, const char *name, const char *colour, double share)
{
  double seen = 0;
  for (gint64 until_us = rig_deadline (PAINT_MS); seen < share && rig_left_ms (until_us) > 0;)
    seen = rig_look (rig, name, colour);
  g_assert_cmpfloat (seen, >=, share);
}
