// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Upright, the picture stands between words and buttons; lying, it fills the left side.

#define G_LOG_DOMAIN "ui-waiting-page"

#include "kiosk/ui/ui-waiting-page.h"

#include "kiosk/ui/ui-shape.h"
#include "kiosk/ui/ui-viewfinder.h"

struct _UiWaitingPage {
  GtkWidget parent_instance;

  GtkWidget *grid;
  GtkWidget *headline;
  GtkWidget *side;
  GtkWidget *buttons;
  UiViewfinder *viewfinder;
  GtkLabel *title_vi;
  GtkLabel *title_en;
  GtkLabel *inside;
  GtkWidget *near_row;
  GtkLabel *near;
  GtkWidget *no_code;
  GtkWidget *leaving;
  UiShape *leaving_sign;
  GtkLabel *leaving_vi;
  GtkLabel *leaving_en;

  EntranceSession *session; // (unowned) the window's
  gboolean is_leaving;
};

G_DEFINE_FINAL_TYPE (UiWaitingPage, ui_waiting_page, GTK_TYPE_WIDGET)

static const struct {
  const char *title_vi;
  const char *title_en;
  UiSign sign;
  const char *button_vi;
  const char *button_en;
} directions[] = {
  [ENTRANCE_DIRECTION_ARRIVING] = { "Đưa mã QR vào khung", "Hold your QR code in the frame",
                                    UI_SIGN_DOOR, "Ra về", "Leaving" },
  [ENTRANCE_DIRECTION_LEAVING] = { "Ra về: đưa mã QR vào khung",
                                   "Leaving: hold your QR code in the frame", UI_SIGN_BACK,
                                   "Quay lại", "Back" },
};

void
ui_waiting_page_update (UiWaitingPage *self, const EntranceView *view)
{
  g_autofree char *inside = g_strdup_printf ("%u người đang ở trong · %u inside",
                                             view->people_inside, view->people_inside);
  g_autofree char *near = g_strdup_printf ("%u điện thoại ở gần · %u phones near",
                                           view->people_near, view->people_near);
  g_autofree char *spoken = g_strdup_printf ("%s. %s", directions[view->direction].button_vi,
                                             directions[view->direction].button_en);
  self->is_leaving = view->direction == ENTRANCE_DIRECTION_LEAVING;
  gtk_label_set_text (self->title_vi, directions[view->direction].title_vi);
  gtk_label_set_text (self->title_en, directions[view->direction].title_en);
  gtk_label_set_text (self->inside, inside);
  gtk_label_set_text (self->near, near);
  gtk_widget_set_visible (self->near_row, view->radio == ENTRANCE_RADIO_FINE);
  ui_shape_set_sign (self->leaving_sign, directions[view->direction].sign);
  gtk_label_set_text (self->leaving_vi, directions[view->direction].button_vi);
  gtk_label_set_text (self->leaving_en, directions[view->direction].button_en);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->leaving), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  spoken, -1);
}

static void
place (GtkWidget *grid, GtkWidget *child, int column, int row, int row_span)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (grid);
  GtkGridLayoutChild *at =
      GTK_GRID_LAYOUT_CHILD (gtk_layout_manager_get_layout_child (layout, child));
  gtk_grid_layout_child_set_column (at, column);
  gtk_grid_layout_child_set_row (at, row);
  gtk_grid_layout_child_set_row_span (at, row_span);
}

void
ui_waiting_page_set_orientation (UiWaitingPage *self, GtkOrientation orientation)
{
  gboolean is_lying = orientation == GTK_ORIENTATION_HORIZONTAL;
  place (self->grid, self->headline, is_lying ? 1 : 0, 0, 1);
  place (self->grid, GTK_WIDGET (self->viewfinder), 0, is_lying ? 0 : 1, is_lying ? 2 : 1);
  place (self->grid, self->side, is_lying ? 1 : 0, is_lying ? 1 : 2, 1);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->buttons),
                                  is_lying ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  gtk_widget_set_vexpand (self->headline, is_lying);
  gtk_widget_set_vexpand (self->side, is_lying);
  gtk_widget_set_hexpand (self->headline, !is_lying); // lying, what is left over is the picture's
  gtk_widget_set_hexpand (self->side, !is_lying);
}

void
ui_waiting_page_show_picture (
    UiWaitingPage *self, GBytes *bgra, int width_px, int height_px, gsize stride)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    ui_viewfinder_show_picture (self->viewfinder, bgra, width_px, height_px, stride);
}

static void
on_leaving_clicked (GtkButton *button, UiWaitingPage *self)
{
  if (self->is_leaving)
    entrance_session_press_back (self->session);
  else
    entrance_session_press_leaving (self->session);
}

void
ui_waiting_page_set_session (UiWaitingPage *self, EntranceSession *session)
{
  self->session = session;
  g_signal_connect_object (self->no_code, "clicked", G_CALLBACK (entrance_session_press_no_code),
                           session, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->leaving, "clicked", G_CALLBACK (on_leaving_clicked), self, 0);
}

static void
ui_waiting_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_WAITING_PAGE);
  G_OBJECT_CLASS (ui_waiting_page_parent_class)->dispose (object);
}

static void
ui_waiting_page_class_init (UiWaitingPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = ui_waiting_page_dispose;
  g_type_ensure (UI_TYPE_SHAPE);
  g_type_ensure (UI_TYPE_VIEWFINDER);
  gtk_widget_class_set_template_from_resource (widget_class, "/vn/tramxanh/ui/waiting-page.ui");
  gtk_widget_class_bind_template_child (widget_class, UiWaitingPage, grid);
  gtk_widget_class_bind_template_child (widget_class, UiWaitingPage, headline);
  gtk_widget_class_bind_template_child (widget_class, UiWaitingPage, side);
  gtk_widget_class_bind_template_child (widget_class, UiWaitingPage, buttons);
  gtk_widget_class_bind_template_child (widget_class, UiWaitingPage, viewfinder);
  gtk_widget_class_bind_template_child (widget_class, UiWaitingPage, title_vi);
  gtk_widget_class_bind_template_child (widget_class, UiWaitingPage, title_en);
  gtk_widget_class_bind_template_child (widget_class, UiWaitingPage, inside);
  gtk_widget_class_bind_template_child (widget_class, UiWaitingPage, near_row);
  gtk_widget_class_bind_template_child (widget_class, UiWaitingPage, near);
  gtk_widget_class_bind_template_child (widget_class, UiWaitingPage, no_code);
  gtk_widget_class_bind_template_child (widget_class, UiWaitingPage, leaving);
  gtk_widget_class_bind_template_child (widget_class, UiWaitingPage, leaving_sign);
  gtk_widget_class_bind_template_child (widget_class, UiWaitingPage, leaving_vi);
  gtk_widget_class_bind_template_child (widget_class, UiWaitingPage, leaving_en);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
ui_waiting_page_init (UiWaitingPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
