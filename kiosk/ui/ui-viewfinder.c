// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Draws only when a picture came: no clock of its own runs while nothing happens.

#define G_LOG_DOMAIN "ui-viewfinder"

#include "kiosk/ui/ui-viewfinder.h"

#include <math.h>

#define CORNER_PART  0.035 // of the shorter side
#define AIM_PART     0.62
#define BRACKET_PART 0.16 // of the aim frame's side
#define STROKE_PART  0.010
#define BREATH_US    2600000

struct _UiViewfinder {
  GtkWidget parent_instance;

  GdkTexture *picture; // (nullable)
};

G_DEFINE_FINAL_TYPE (UiViewfinder, ui_viewfinder, GTK_TYPE_WIDGET)

static void
append_picture (UiViewfinder *self, GtkSnapshot *snapshot, float width, float height)
{
  float picture_width = (float) gdk_texture_get_width (self->picture);
  float picture_height = (float) gdk_texture_get_height (self->picture);
  float scale = MAX (width / picture_width, height / picture_height);
  float drawn_width = picture_width * scale;
  float drawn_height = picture_height * scale;
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (width / 2, height / 2));
  gtk_snapshot_append_texture (
      snapshot, self->picture,
      &GRAPHENE_RECT_INIT (-drawn_width / 2, -drawn_height / 2, drawn_width, drawn_height));
  gtk_snapshot_restore (snapshot);
}

static void
append_bar (
    GtkSnapshot *snapshot, const GdkRGBA *color, float x, float y, float width, float height)
{
  GskRoundedRect bar;
  gsk_rounded_rect_init_from_rect (&bar, &GRAPHENE_RECT_INIT (x, y, width, height),
                                   MIN (width, height) / 2);
  gtk_snapshot_push_rounded_clip (snapshot, &bar);
  gtk_snapshot_append_color (snapshot, color, &bar.bounds);
  gtk_snapshot_pop (snapshot);
}

// Four brackets around the middle, which move a little, slowly: the machine is awake.
static void
append_brackets (GtkSnapshot *snapshot, float width, float height)
{
  double phase = (double) (g_get_monotonic_time () % BREATH_US) / BREATH_US;
  float breath = (float) (0.5 + 0.5 * sin (2 * G_PI * phase));
  float shorter = MIN (width, height);
  float side = (float) AIM_PART * shorter * (1 + 0.02f * breath);
  float arm = (float) BRACKET_PART * side;
  float stroke = (float) STROKE_PART * shorter;
  GdkRGBA color = { 1, 1, 1, 0.75f + 0.25f * breath };
  for (int i = 0; i < 4; i++) {
    gtk_snapshot_save (snapshot);
    gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (width / 2, height / 2));
    gtk_snapshot_rotate (snapshot, 90.0f * (float) i);
    append_bar (snapshot, &color, -side / 2, -side / 2, arm, stroke);
    append_bar (snapshot, &color, -side / 2, -side / 2, stroke, arm);
    gtk_snapshot_restore (snapshot);
  }
}

static void
ui_viewfinder_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  UiViewfinder *self = UI_VIEWFINDER (widget);
  float width = (float) gtk_widget_get_width (widget);
  float height = (float) gtk_widget_get_height (widget);
  GskRoundedRect outline;
  gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (0, 0, width, height),
                                   (float) CORNER_PART * MIN (width, height));
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  if (self->picture != NULL)
    append_picture (self, snapshot, width, height);
  else
    gtk_snapshot_append_color (snapshot, &(GdkRGBA){ 0.12f, 0.16f, 0.15f, 1 }, &outline.bounds);
  gtk_snapshot_pop (snapshot);
  append_brackets (snapshot, width, height);
}

void
ui_viewfinder_show_picture (
    UiViewfinder *self, GBytes *bgra, int width_px, int height_px, gsize stride)
{
  g_return_if_fail (UI_IS_VIEWFINDER (self));
  g_clear_object (&self->picture);
  self->picture =
      gdk_memory_texture_new (width_px, height_px, GDK_MEMORY_B8G8R8A8_PREMULTIPLIED, bgra, stride);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
ui_viewfinder_dispose (GObject *object)
{
  g_clear_object (&UI_VIEWFINDER (object)->picture);
  G_OBJECT_CLASS (ui_viewfinder_parent_class)->dispose (object);
}

static void
ui_viewfinder_class_init (UiViewfinderClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ui_viewfinder_dispose;
  GTK_WIDGET_CLASS (klass)->snapshot = ui_viewfinder_snapshot;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "viewfinder");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_IMG);
}

static void
ui_viewfinder_init (UiViewfinder *self)
{
}
