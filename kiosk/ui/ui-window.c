// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Chooses the page, the size of one em, the orientation and the theme.

#define G_LOG_DOMAIN "ui-window"

#include "kiosk/ui/ui-window.h"

#include "kiosk/ui/ui-enrol-page.h"
#include "kiosk/ui/ui-no-code-page.h"
#include "kiosk/ui/ui-notice-page.h"
#include "kiosk/ui/ui-result-page.h"
#include "kiosk/ui/ui-status-strip.h"
#include "kiosk/ui/ui-waiting-page.h"

#define EMS_PER_SHORTER_SIDE 40.0
#define DUSK_HOUR            18
#define DAWN_HOUR            6

struct _UiWindow {
  GtkWindow parent_instance;

  UiStatusStrip *strip;
  GtkStack *stack;
  UiWaitingPage *waiting;
  UiResultPage *result;
  UiNoCodePage *no_code;
  UiNoticePage *notice;
  UiEnrolPage *enrol;

  EntranceSession *session;
  GdkPaintable *screen; // follows what the window shows
  GtkCssProvider *style;
  GtkCssProvider *em; // the font size of the window, from which all sizes follow
  int em_px;
  int width_px;
  int height_px;
  guint settle_id;
  UiTheme theme;
};

G_DEFINE_FINAL_TYPE (UiWindow, ui_window, GTK_TYPE_WINDOW)

static const char *const page_names[] = {
  [ENTRANCE_PAGE_STARTING] = "notice",       [ENTRANCE_PAGE_WAITING] = "waiting",
  [ENTRANCE_PAGE_RESULT] = "result",         [ENTRANCE_PAGE_NO_CODE] = "no-code",
  [ENTRANCE_PAGE_OUT_OF_SERVICE] = "notice", [ENTRANCE_PAGE_ENROL] = "enrol",
};

static gboolean
is_night (const EntranceView *view)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (view->now_ms / 1000);
  int hour = time != NULL && view->clock_trusted ? g_date_time_get_hour (time) : DAWN_HOUR;
  return hour >= DUSK_HOUR || hour < DAWN_HOUR;
}

// The colour of the whole window, strip and all.
static const char *
mood (const EntranceView *view)
{
  if (view->page == ENTRANCE_PAGE_WAITING && view->direction == ENTRANCE_DIRECTION_LEAVING)
    return "leaving";
  if (view->page != ENTRANCE_PAGE_RESULT)
    return "calm";
  switch (view->tone) {
  case ENTRANCE_TONE_GREEN:
    return "green";
  case ENTRANCE_TONE_RED:
    return "red";
  case ENTRANCE_TONE_NONE:
  case ENTRANCE_TONE_AMBER:
    break;
  }
  return "amber";
}

static void
update (UiWindow *self)
{
  const EntranceView *view = entrance_session_get_view (self->session);
  if (view == NULL)
    return;
  gboolean is_dark =
      self->theme == UI_THEME_DARK || (self->theme == UI_THEME_AUTO && is_night (view));
  gboolean is_lying = self->width_px > self->height_px;
  const char *classes[] = { "kiosk", mood (view), is_lying ? "lying" : "upright",
                            is_dark ? "dark" : NULL, NULL };
  gtk_widget_set_css_classes (GTK_WIDGET (self), classes);
  ui_status_strip_update (self->strip, view);
  ui_waiting_page_update (self->waiting, view);
  if (view->page == ENTRANCE_PAGE_RESULT)
    ui_result_page_update (self->result, view);
  if (view->page == ENTRANCE_PAGE_STARTING || view->page == ENTRANCE_PAGE_OUT_OF_SERVICE)
    ui_notice_page_update (self->notice, view);
  if (view->page == ENTRANCE_PAGE_ENROL)
    ui_enrol_page_update (self->enrol, view);
  gtk_stack_set_visible_child_name (self->stack, page_names[view->page]);
}

static gboolean
on_size_settled (gpointer user_data)
{
  UiWindow *self = user_data;
  self->settle_id = 0;
  int em_px = MAX (8, (int) (MIN (self->width_px, self->height_px) / EMS_PER_SHORTER_SIDE));
  GtkOrientation orientation =
      self->width_px > self->height_px ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL;
  ui_waiting_page_set_orientation (self->waiting, orientation);
  ui_result_page_set_orientation (self->result, orientation);
  update (self);
  if (em_px == self->em_px)
    return G_SOURCE_REMOVE;
  self->em_px = em_px;
  g_autofree char *css = g_strdup_printf ("window.kiosk { font-size: %dpx; }", em_px);
  gtk_css_provider_load_from_data (self->em, css, -1);
  return G_SOURCE_REMOVE;
}

// Not at once: while GTK lays out, sizes that were asked for must not change (4.18 aborts).
static void
on_surface_layout (GdkSurface *surface, int width_px, int height_px, UiWindow *self)
{
  self->width_px = width_px;
  self->height_px = height_px;
  if (self->settle_id == 0)
    self->settle_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_size_settled, self, NULL);
}

void
ui_window_set_theme (UiWindow *self, UiTheme theme)
{
  g_return_if_fail (UI_IS_WINDOW (self));
  self->theme = theme;
  update (self);
}

void
ui_window_show_picture (UiWindow *self, GBytes *bgra, int width_px, int height_px, gsize stride)
{
  g_return_if_fail (UI_IS_WINDOW (self));
  ui_waiting_page_show_picture (self->waiting, bgra, width_px, height_px, stride);
  ui_enrol_page_show_picture (self->enrol, bgra, width_px, height_px, stride);
}

gboolean
ui_window_save_png (UiWindow *self, const char *path, GError **error)
{
  g_return_val_if_fail (UI_IS_WINDOW (self), FALSE);
  int width_px = gtk_widget_get_width (GTK_WIDGET (self));
  int height_px = gtk_widget_get_height (GTK_WIDGET (self));
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  gdk_paintable_snapshot (self->screen, snapshot, width_px, height_px);
  g_autoptr (GskRenderNode) node = gtk_snapshot_to_node (snapshot);
  GskRenderer *renderer = gtk_native_get_renderer (GTK_NATIVE (self));
  g_autoptr (GdkTexture) texture = NULL;
  if (node != NULL && renderer != NULL)
    texture = gsk_renderer_render_texture (
        renderer, node, &GRAPHENE_RECT_INIT (0, 0, (float) width_px, (float) height_px));
  if (texture != NULL && gdk_texture_save_to_png (texture, path))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "screenshot %s: not written", path);
  return FALSE;
}

static void
ui_window_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (ui_window_parent_class)->realize (widget);
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (widget));
  g_autoptr (GdkCursor) none = gdk_cursor_new_from_name ("none", NULL);
  g_signal_connect_object (surface, "layout", G_CALLBACK (on_surface_layout), widget, 0);
  gtk_widget_set_cursor (widget, none); // fingers need no arrow
}

static GtkCssProvider *
add_style (UiWindow *self)
{
  GtkCssProvider *provider = gtk_css_provider_new ();
  gtk_style_context_add_provider_for_display (gtk_widget_get_display (GTK_WIDGET (self)),
                                              GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  return provider;
}

static void
drop_style (UiWindow *self, GtkCssProvider **provider)
{
  if (*provider != NULL)
    gtk_style_context_remove_provider_for_display (gtk_widget_get_display (GTK_WIDGET (self)),
                                                   GTK_STYLE_PROVIDER (*provider));
  g_clear_object (provider);
}

static void
ui_window_dispose (GObject *object)
{
  UiWindow *self = UI_WINDOW (object);
  g_clear_handle_id (&self->settle_id, g_source_remove);
  drop_style (self, &self->style);
  drop_style (self, &self->em);
  g_clear_object (&self->screen);
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_WINDOW);
  G_OBJECT_CLASS (ui_window_parent_class)->dispose (object);
}

static void
ui_window_finalize (GObject *object)
{
  g_clear_object (&UI_WINDOW (object)->session);
  G_OBJECT_CLASS (ui_window_parent_class)->finalize (object);
}

static void
ui_window_class_init (UiWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = ui_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_window_finalize;
  widget_class->realize = ui_window_realize;
  g_type_ensure (UI_TYPE_STATUS_STRIP);
  g_type_ensure (UI_TYPE_WAITING_PAGE);
  g_type_ensure (UI_TYPE_RESULT_PAGE);
  g_type_ensure (UI_TYPE_NO_CODE_PAGE);
  g_type_ensure (UI_TYPE_NOTICE_PAGE);
  g_type_ensure (UI_TYPE_ENROL_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/vn/tramxanh/ui/window.ui");
  gtk_widget_class_bind_template_child (widget_class, UiWindow, strip);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, waiting);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, result);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, no_code);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, notice);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, enrol);
}

static void
ui_window_init (UiWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->screen = gtk_widget_paintable_new (GTK_WIDGET (self));
  self->style = add_style (self);
  self->em = add_style (self);
  gtk_css_provider_load_from_resource (self->style, "/vn/tramxanh/ui/style.css");
}

UiWindow *
ui_window_new (EntranceSession *session)
{
  UiWindow *self = g_object_new (UI_TYPE_WINDOW, NULL);
  self->session = g_object_ref (session);
  ui_waiting_page_set_session (self->waiting, session);
  ui_no_code_page_set_session (self->no_code, session);
  ui_enrol_page_set_session (self->enrol, session);
  g_signal_connect_object (session, "notify::view", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return self;
}
