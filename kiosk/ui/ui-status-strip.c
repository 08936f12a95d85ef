// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The strip on top of every page.

#define G_LOG_DOMAIN "ui-status-strip"

#include "kiosk/ui/ui-status-strip.h"

struct _UiStatusStrip {
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *venue;
  GtkLabel *blind;
  GtkLabel *paper;
  GtkLabel *need;
  GtkLabel *radio;
  GtkLabel *standalone;
  GtkLabel *clock;
};

G_DEFINE_FINAL_TYPE (UiStatusStrip, ui_status_strip, GTK_TYPE_WIDGET)

char *
ui_status_strip_format_time (gint64 wall_ms)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (wall_ms / 1000);
  return time != NULL ? g_date_time_format (time, "%H:%M") : g_strdup ("");
}

// For staff: people get in all the same.
static const char *const papers[] = {
  [ENTRANCE_PAPER_FINE] = "",
  [ENTRANCE_PAPER_LOW] = "Máy in sắp hết giấy · paper low",
  [ENTRANCE_PAPER_OUT] = "Máy in hết giấy · no paper",
  [ENTRANCE_PAPER_TROUBLE] = "Kiểm tra máy in · check the printer",
};

static const char *const needs[] = {
  [ENTRANCE_NEED_NOTHING] = "",
  [ENTRANCE_NEED_BUTTON] = "Nút bấm bị kẹt · a button hangs",
  [ENTRANCE_NEED_PANEL] = "Kiểm tra đèn và nút · check lamps and buttons",
  [ENTRANCE_NEED_CASE] = "Hộp máy đang mở · the case is open",
  [ENTRANCE_NEED_POWER] = "Kiểm tra nguồn điện · check the power",
};

void
ui_status_strip_update (UiStatusStrip *self, const EntranceView *view)
{
  g_autofree char *time = ui_status_strip_format_time (view->now_ms);
  gtk_label_set_text (self->venue, view->venue_name);
  gtk_label_set_text (self->clock, time);
  gtk_widget_set_visible (GTK_WIDGET (self->clock), view->clock_trusted);
  gtk_widget_set_visible (GTK_WIDGET (self->blind), view->camera_is_blind);
  gtk_label_set_text (self->paper, papers[view->paper]);
  gtk_widget_set_visible (GTK_WIDGET (self->paper), view->paper != ENTRANCE_PAPER_FINE);
  gtk_widget_set_visible (GTK_WIDGET (self->radio), view->radio == ENTRANCE_RADIO_TROUBLE);
  gtk_label_set_text (self->need, needs[view->need]);
  gtk_widget_set_visible (GTK_WIDGET (self->need), view->need != ENTRANCE_NEED_NOTHING);
  gtk_widget_set_visible (GTK_WIDGET (self->standalone), view->is_standalone);
}

static void
ui_status_strip_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_STATUS_STRIP);
  G_OBJECT_CLASS (ui_status_strip_parent_class)->dispose (object);
}

static void
ui_status_strip_class_init (UiStatusStripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = ui_status_strip_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/vn/tramxanh/ui/status-strip.ui");
  gtk_widget_class_bind_template_child (widget_class, UiStatusStrip, box);
  gtk_widget_class_bind_template_child (widget_class, UiStatusStrip, venue);
  gtk_widget_class_bind_template_child (widget_class, UiStatusStrip, blind);
  gtk_widget_class_bind_template_child (widget_class, UiStatusStrip, paper);
  gtk_widget_class_bind_template_child (widget_class, UiStatusStrip, need);
  gtk_widget_class_bind_template_child (widget_class, UiStatusStrip, radio);
  gtk_widget_class_bind_template_child (widget_class, UiStatusStrip, standalone);
  gtk_widget_class_bind_template_child (widget_class, UiStatusStrip, clock);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
ui_status_strip_init (UiStatusStrip *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
