// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The drawn lobby and the things held up in it. Codes are made with libqrencode at the size they
// have on the real things.

#define G_LOG_DOMAIN "demo-scene"

#include "kiosk/demo/demo-scene.h"

#include <cairo.h>
#include <math.h>
#include <qrencode.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (cairo_t, cairo_destroy)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (cairo_surface_t, cairo_surface_destroy)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (cairo_pattern_t, cairo_pattern_destroy)

struct _DemoScene {
  GObject parent_instance;

  int width_px;
  int height_px;
  cairo_surface_t *lobby;
  cairo_surface_t *held; // (nullable) the thing in the hand, drawn once
  DemoProp prop;
};

G_DEFINE_FINAL_TYPE (DemoScene, demo_scene, G_TYPE_OBJECT)

// Sizes in a picture of 1280 × 720: what a visitor holds 20 to 30 cm from the lens.
static const struct {
  double width, height, radius;
  double code_x, code_y, code_side;
  double tilt_rad;
} shapes[] = {
  [DEMO_PROP_CARD] = { 620, 392, 22, 400, 34, 190, 0.07 },
  [DEMO_PROP_PHONE] = { 330, 600, 40, 35, 150, 260, -0.05 },
  [DEMO_PROP_PHONE_DARK] = { 330, 600, 40, 35, 150, 260, 0.04 },
  [DEMO_PROP_PAPER] = { 480, 600, 2, 90, 120, 300, -0.09 },
};

static void
rounded_rectangle (cairo_t *cr, double x, double y, double width, double height, double radius)
{
  cairo_new_sub_path (cr);
  cairo_arc (cr, x + width - radius, y + radius, radius, -G_PI_2, 0);
  cairo_arc (cr, x + width - radius, y + height - radius, radius, 0, G_PI_2);
  cairo_arc (cr, x + radius, y + height - radius, radius, G_PI_2, G_PI);
  cairo_arc (cr, x + radius, y + radius, radius, G_PI, 3 * G_PI_2);
  cairo_close_path (cr);
}

static void
draw_lobby (cairo_t *cr, double width, double height)
{
  g_autoptr (cairo_pattern_t) wall = cairo_pattern_create_linear (0, 0, width, height);
  cairo_pattern_add_color_stop_rgb (wall, 0, 0.86, 0.84, 0.79);
  cairo_pattern_add_color_stop_rgb (wall, 1, 0.62, 0.60, 0.57);
  cairo_set_source (cr, wall);
  cairo_paint (cr);

  for (int i = 0; i < 3; i++) { // tall windows, daylight outside
    double x = width * (0.08 + 0.2 * i);
    g_autoptr (cairo_pattern_t) sky = cairo_pattern_create_linear (0, 0, 0, height * 0.6);
    cairo_pattern_add_color_stop_rgb (sky, 0, 0.95, 0.98, 1.0);
    cairo_pattern_add_color_stop_rgb (sky, 0.7, 0.80, 0.90, 0.90);
    cairo_pattern_add_color_stop_rgb (sky, 1, 0.56, 0.72, 0.52);
    cairo_rectangle (cr, x, height * 0.08, width * 0.14, height * 0.52);
    cairo_set_source (cr, sky);
    cairo_fill (cr);
  }
  cairo_rectangle (cr, width * 0.70, height * 0.12, width * 0.2, height * 0.62); // the door
  cairo_set_source_rgb (cr, 0.43, 0.33, 0.26);
  cairo_fill (cr);
  cairo_rectangle (cr, 0, height * 0.72, width, height * 0.28); // the floor
  cairo_set_source_rgb (cr, 0.52, 0.50, 0.47);
  cairo_fill (cr);
  cairo_rectangle (cr, 0, height * 0.58, width * 0.3, height * 0.26); // the desk
  cairo_set_source_rgb (cr, 0.36, 0.27, 0.21);
  cairo_fill (cr);
  for (int i = 0; i < 9; i++) { // a plant
    cairo_save (cr);
    cairo_translate (cr, width * 0.62, height * 0.70);
    cairo_rotate (cr, -1.2 + 0.3 * i);
    cairo_scale (cr, width * 0.018, height * 0.16);
    cairo_arc (cr, 0, -0.9, 1, 0, 2 * G_PI);
    cairo_restore (cr);
    cairo_set_source_rgb (cr, 0.22 + 0.02 * i, 0.45, 0.26);
    cairo_fill (cr);
  }
}

// Out of focus, as a room behind a hand is: shrunk and stretched again.
static cairo_surface_t *
blur (cairo_surface_t *sharp, int width, int height)
{
  const int factor = 16;
  g_autoptr (cairo_surface_t) small =
      cairo_image_surface_create (CAIRO_FORMAT_RGB24, width / factor, height / factor);
  g_autoptr (cairo_t) shrink = cairo_create (small);
  cairo_scale (shrink, 1.0 / factor, 1.0 / factor);
  cairo_set_source_surface (shrink, sharp, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (shrink), CAIRO_FILTER_GOOD);
  cairo_paint (shrink);

  cairo_surface_t *soft = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  g_autoptr (cairo_t) stretch = cairo_create (soft);
  cairo_scale (stretch, factor, factor);
  cairo_set_source_surface (stretch, small, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (stretch), CAIRO_FILTER_BILINEAR);
  cairo_pattern_set_extend (cairo_get_source (stretch), CAIRO_EXTEND_PAD);
  cairo_paint (stretch);
  return soft;
}

static void
draw_code (cairo_t *cr, const QRcode *code, double x, double y, double side, gboolean inverted)
{
  const int quiet = 4;
  double module = side / (code->width + 2 * quiet);
  double light = inverted ? 0.10 : 0.97;
  double dark = inverted ? 0.94 : 0.08;
  cairo_rectangle (cr, x, y, side, side);
  cairo_set_source_rgb (cr, light, light, light);
  cairo_fill (cr);
  cairo_set_source_rgb (cr, dark, dark, dark);
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_NONE);
  for (int row = 0; row < code->width; row++)
    for (int column = 0; column < code->width; column++)
      if (code->data[row * code->width + column] & 1)
        cairo_rectangle (cr, x + (column + quiet) * module, y + (row + quiet) * module, module,
                         module);
  cairo_fill (cr);
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_DEFAULT);
}

static void
draw_bars (cairo_t *cr, double x, double y, double width, guint n_bars, double grey)
{
  cairo_set_source_rgb (cr, grey, grey, grey);
  for (guint i = 0; i < n_bars; i++)
    cairo_rectangle (cr, x, y + 30 * i, width * (i % 3 == 2 ? 0.6 : i % 3 == 1 ? 0.85 : 1), 11);
  cairo_fill (cr);
}

static void
draw_body (cairo_t *cr, DemoProp prop)
{
  double width = shapes[prop].width;
  double height = shapes[prop].height;
  rounded_rectangle (cr, 0, 0, width, height, shapes[prop].radius);
  switch (prop) {
  case DEMO_PROP_CARD: {
    g_autoptr (cairo_pattern_t) print = cairo_pattern_create_linear (0, 0, width, height);
    cairo_pattern_add_color_stop_rgb (print, 0, 0.80, 0.90, 0.88);
    cairo_pattern_add_color_stop_rgb (print, 1, 0.93, 0.88, 0.74);
    cairo_set_source (cr, print);
    cairo_fill (cr);
    rounded_rectangle (cr, 36, 150, 130, 170, 8); // where a photograph would be
    cairo_set_source_rgb (cr, 0.70, 0.76, 0.78);
    cairo_fill (cr);
    draw_bars (cr, 200, 250, 330, 4, 0.45);
    draw_bars (cr, 36, 44, 260, 2, 0.55);
    break;
  }
  case DEMO_PROP_PHONE:
  case DEMO_PROP_PHONE_DARK: {
    double screen = prop == DEMO_PROP_PHONE ? 0.95 : 0.10;
    cairo_set_source_rgb (cr, 0.06, 0.06, 0.07);
    cairo_fill (cr);
    rounded_rectangle (cr, 14, 18, width - 28, height - 36, 26);
    cairo_set_source_rgb (cr, screen, screen, screen);
    cairo_fill (cr);
    draw_bars (cr, 60, 80, 200, 2, prop == DEMO_PROP_PHONE ? 0.6 : 0.4);
    draw_bars (cr, 60, 450, 210, 3, prop == DEMO_PROP_PHONE ? 0.7 : 0.3);
    break;
  }
  case DEMO_PROP_PAPER:
    cairo_set_source_rgb (cr, 0.93, 0.92, 0.89);
    cairo_fill (cr);
    draw_bars (cr, 70, 50, 340, 2, 0.5);
    draw_bars (cr, 70, 470, 340, 3, 0.6);
    break;
  }
}

gboolean
demo_scene_hold (DemoScene *self, DemoProp prop, GBytes *payload)
{
  g_clear_pointer (&self->held, cairo_surface_destroy);
  gsize len = 0;
  const unsigned char *bytes = g_bytes_get_data (payload, &len);
  QRcode *code = QRcode_encodeData ((int) len, bytes, 0, QR_ECLEVEL_M);
  if (code == NULL)
    return FALSE;
  self->prop = prop;
  self->held = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) shapes[prop].width,
                                           (int) shapes[prop].height);
  g_autoptr (cairo_t) cr = cairo_create (self->held);
  draw_body (cr, prop);
  draw_code (cr, code, shapes[prop].code_x, shapes[prop].code_y, shapes[prop].code_side,
             prop == DEMO_PROP_PHONE_DARK);
  QRcode_free (code);
  return TRUE;
}

static void
draw_hand (cairo_t *cr, double width, double height)
{
  cairo_set_source_rgb (cr, 0.80, 0.62, 0.50);
  for (int i = 0; i < 2; i++) {
    cairo_save (cr);
    cairo_translate (cr, i == 0 ? width * 0.02 : width * 0.98, height * 0.86);
    cairo_rotate (cr, i == 0 ? 0.5 : -0.5);
    cairo_scale (cr, 44, 90);
    cairo_arc (cr, 0, 0, 1, 0, 2 * G_PI);
    cairo_restore (cr);
    cairo_fill (cr);
  }
}

GBytes *
demo_scene_draw (DemoScene *self, double raised, double sway)
{
  int stride = self->width_px * 4;
  gsize size = (gsize) stride * (gsize) self->height_px;
  guint8 *pixels = g_malloc (size);
  memcpy (pixels, cairo_image_surface_get_data (self->lobby), size);
  if (self->held != NULL && raised > 0) {
    g_autoptr (cairo_surface_t) frame = cairo_image_surface_create_for_data (
        pixels, CAIRO_FORMAT_RGB24, self->width_px, self->height_px, stride);
    g_autoptr (cairo_t) cr = cairo_create (frame);
    double width = shapes[self->prop].width;
    double height = shapes[self->prop].height;
    double scale = self->height_px / 720.0;
    cairo_translate (cr, self->width_px / 2.0 + 8 * sin (sway),
                     self->height_px / 2.0 + (1 - raised) * self->height_px + 5 * sin (1.7 * sway));
    cairo_scale (cr, scale, scale);
    cairo_rotate (cr, shapes[self->prop].tilt_rad + 0.02 * sin (0.8 * sway));
    // Whoever aims brings the code to the middle, not the card.
    cairo_translate (cr, -shapes[self->prop].code_x - shapes[self->prop].code_side / 2,
                     -shapes[self->prop].code_y - shapes[self->prop].code_side / 2);
    cairo_set_source_surface (cr, self->held, 0, 0);
    cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_GOOD);
    cairo_paint (cr);
    draw_hand (cr, width, height);
    cairo_surface_flush (frame);
  }
  return g_bytes_new_take (pixels, size);
}

static void
demo_scene_finalize (GObject *object)
{
  DemoScene *self = DEMO_SCENE (object);
  g_clear_pointer (&self->lobby, cairo_surface_destroy);
  g_clear_pointer (&self->held, cairo_surface_destroy);
  G_OBJECT_CLASS (demo_scene_parent_class)->finalize (object);
}

static void
demo_scene_class_init (DemoSceneClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = demo_scene_finalize;
}

static void
demo_scene_init (DemoScene *self)
{
}

DemoScene *
demo_scene_new (int width_px, int height_px)
{
  DemoScene *self = g_object_new (DEMO_TYPE_SCENE, NULL);
  self->width_px = width_px;
  self->height_px = height_px;
  g_autoptr (cairo_surface_t) sharp =
      cairo_image_surface_create (CAIRO_FORMAT_RGB24, width_px, height_px);
  g_autoptr (cairo_t) cr = cairo_create (sharp);
  draw_lobby (cr, width_px, height_px);
  self->lobby = blur (sharp, width_px, height_px);
  return self;
}
