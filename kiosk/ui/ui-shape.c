// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Signs on a square of 24 units, drawn with strokes of 2 units, like an icon font without the font.

#define G_LOG_DOMAIN "ui-shape"

#include "kiosk/ui/ui-shape.h"

#define UNITS 24.0

struct _UiShape {
  GtkWidget parent_instance;

  UiSign sign;
};

enum { PROP_SIGN = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (UiShape, ui_shape, GTK_TYPE_WIDGET)

static void
polygon (cairo_t *cr, const double (*points)[2], gsize n_points)
{
  for (gsize i = 0; i < n_points; i++)
    cairo_line_to (cr, points[i][0], points[i][1]);
  cairo_close_path (cr);
  cairo_stroke (cr);
}

static void
dot (cairo_t *cr, double x, double y)
{
  cairo_arc (cr, x, y, 1.4, 0, 2 * G_PI);
  cairo_fill (cr);
}

static void
draw_tick (cairo_t *cr)
{
  cairo_arc (cr, 12, 12, 10, 0, 2 * G_PI);
  cairo_stroke (cr);
  cairo_move_to (cr, 7.2, 12.4);
  cairo_line_to (cr, 10.6, 15.8);
  cairo_line_to (cr, 16.8, 8.8);
  cairo_stroke (cr);
}

static void
draw_exclamation (cairo_t *cr)
{
  static const double triangle[][2] = { { 12, 2.5 }, { 22.5, 20.5 }, { 1.5, 20.5 } };
  polygon (cr, triangle, G_N_ELEMENTS (triangle));
  cairo_move_to (cr, 12, 9);
  cairo_line_to (cr, 12, 14);
  cairo_stroke (cr);
  dot (cr, 12, 17.4);
}

static void
draw_cross (cairo_t *cr)
{
  static const double octagon[][2] = { { 8, 2 },   { 16, 2 }, { 22, 8 }, { 22, 16 },
                                       { 16, 22 }, { 8, 22 }, { 2, 16 }, { 2, 8 } };
  polygon (cr, octagon, G_N_ELEMENTS (octagon));
  cairo_move_to (cr, 8.4, 8.4);
  cairo_line_to (cr, 15.6, 15.6);
  cairo_move_to (cr, 15.6, 8.4);
  cairo_line_to (cr, 8.4, 15.6);
  cairo_stroke (cr);
}

static void
draw_question (cairo_t *cr)
{
  cairo_arc (cr, 12, 12, 10, 0, 2 * G_PI);
  cairo_stroke (cr);
  cairo_arc (cr, 12, 9.6, 2.8, -G_PI, 0.55 * G_PI_2);
  cairo_line_to (cr, 12, 13.4);
  cairo_stroke (cr);
  dot (cr, 12, 17);
}

static void
draw_door (cairo_t *cr)
{
  cairo_move_to (cr, 13, 3);
  cairo_line_to (cr, 4, 3);
  cairo_line_to (cr, 4, 21);
  cairo_line_to (cr, 13, 21);
  cairo_move_to (cr, 9, 12);
  cairo_line_to (cr, 21, 12);
  cairo_move_to (cr, 16.5, 7.5);
  cairo_line_to (cr, 21, 12);
  cairo_line_to (cr, 16.5, 16.5);
  cairo_stroke (cr);
}

static void
draw_dots (cairo_t *cr)
{
  cairo_arc (cr, 12, 12, 10, 0, 2 * G_PI);
  cairo_stroke (cr);
  dot (cr, 7.2, 12);
  dot (cr, 12, 12);
  dot (cr, 16.8, 12);
}

static void
draw_person (cairo_t *cr, double x, double scale)
{
  cairo_save (cr);
  cairo_translate (cr, x, 12);
  cairo_scale (cr, scale, scale);
  cairo_arc (cr, 0, -4.5, 3.6, 0, 2 * G_PI);
  cairo_stroke (cr);
  cairo_arc (cr, 0, 9, 6.5, -G_PI, 0);
  cairo_stroke (cr);
  cairo_restore (cr);
}

static void
draw_card (cairo_t *cr)
{
  static const double frame[][2] = { { 2, 5 }, { 22, 5 }, { 22, 19 }, { 2, 19 } };
  polygon (cr, frame, G_N_ELEMENTS (frame));
  cairo_rectangle (cr, 14, 8, 5, 5);
  cairo_fill (cr);
  cairo_move_to (cr, 5, 9);
  cairo_line_to (cr, 11, 9);
  cairo_move_to (cr, 5, 13);
  cairo_line_to (cr, 10, 13);
  cairo_stroke (cr);
}

static void
draw_phone (cairo_t *cr)
{
  static const double frame[][2] = { { 6, 2 }, { 18, 2 }, { 18, 22 }, { 6, 22 } };
  polygon (cr, frame, G_N_ELEMENTS (frame));
  cairo_rectangle (cr, 9, 7, 6, 6);
  cairo_fill (cr);
  dot (cr, 12, 18.4);
}

static void
draw_back (cairo_t *cr)
{
  cairo_move_to (cr, 20, 12);
  cairo_line_to (cr, 4, 12);
  cairo_move_to (cr, 10, 6);
  cairo_line_to (cr, 4, 12);
  cairo_line_to (cr, 10, 18);
  cairo_stroke (cr);
}

static void
draw (cairo_t *cr, UiSign sign)
{
  switch (sign) {
  case UI_SIGN_TICK:
    draw_tick (cr);
    break;
  case UI_SIGN_EXCLAMATION:
    draw_exclamation (cr);
    break;
  case UI_SIGN_CROSS:
    draw_cross (cr);
    break;
  case UI_SIGN_QUESTION:
    draw_question (cr);
    break;
  case UI_SIGN_DOOR:
    draw_door (cr);
    break;
  case UI_SIGN_PEOPLE:
    draw_person (cr, 8, 1);
    draw_person (cr, 17.5, 0.8);
    break;
  case UI_SIGN_CARD:
    draw_card (cr);
    break;
  case UI_SIGN_PHONE:
    draw_phone (cr);
    break;
  case UI_SIGN_BACK:
    draw_back (cr);
    break;
  case UI_SIGN_DOTS:
    draw_dots (cr);
    break;
  }
}

static void
ui_shape_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  UiShape *self = UI_SHAPE (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  double side = MIN (width, height);
  GdkRGBA color;
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  cairo_t *cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  cairo_translate (cr, (width - side) / 2, (height - side) / 2);
  cairo_scale (cr, side / UNITS, side / UNITS);
  cairo_set_line_width (cr, 2);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  gdk_cairo_set_source_rgba (cr, &color);
  draw (cr, self->sign);
  cairo_destroy (cr);
}

// As large as the text beside it: one em, whatever CSS makes of it.
static void
ui_shape_measure (GtkWidget *widget,
                  GtkOrientation orientation,
                  int for_size,
                  int *minimum,
                  int *natural,
                  int *minimum_baseline,
                  int *natural_baseline)
{
  PangoContext *context = gtk_widget_get_pango_context (widget);
  const PangoFontDescription *font = pango_context_get_font_description (context);
  *minimum = *natural = PANGO_PIXELS_CEIL (pango_font_description_get_size (font));
  *minimum_baseline = *natural_baseline = -1;
}

void
ui_shape_set_sign (UiShape *self, UiSign sign)
{
  g_return_if_fail (UI_IS_SHAPE (self));
  if (self->sign == sign)
    return;
  self->sign = sign;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
ui_shape_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_SIGN)
    ui_shape_set_sign (UI_SHAPE (object), (UiSign) g_value_get_int (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
ui_shape_class_init (UiShapeClass *klass)
{
  G_OBJECT_CLASS (klass)->set_property = ui_shape_set_property;
  GTK_WIDGET_CLASS (klass)->snapshot = ui_shape_snapshot;
  GTK_WIDGET_CLASS (klass)->measure = ui_shape_measure;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "shape");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_PRESENTATION);
  props[PROP_SIGN] = g_param_spec_int ("sign", NULL, NULL, UI_SIGN_TICK, UI_SIGN_DOTS, UI_SIGN_TICK,
                                       G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, props);
}

static void
ui_shape_init (UiShape *self)
{
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
}
