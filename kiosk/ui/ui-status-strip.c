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
  GtkLabel *feed;
  GtkLabel *clock;
};

G_DEFINE_FINAL_TYPE (UiStatusStrip, ui_status_strip, GTK_TYPE_WIDGET)

char *
ui_status_strip_format_time (gint64 wall_ms)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (wall_ms / 1000);
  return time != NULL ? g_date_time_format (time, "%H:%M") : g_strdup ("");
}

// Also the day, when it is another one.
static char *
format_moment (gint64 wall_ms, gint64 now_ms)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (wall_ms / 1000);
  gboolean is_recent = ABS (now_ms - wall_ms) < 12 * 3600 * 1000;
  return time != NULL ? g_date_time_format (time, is_recent ? "%H:%M" : "%d/%m %H:%M")
                      : g_strdup ("");
}

static char *
describe_feed (const EntranceView *view)
{
  const EntranceFeed *feed = &view->feed;
  g_autofree char *delivered = format_moment (feed->delivered_ms, view->now_ms);
  g_autofree char *since = format_moment (feed->offline_since_ms, view->now_ms);
  switch (feed->link) {
  case ENTRANCE_LINK_STOPPED:
    return g_strdup_printf ("Máy chủ từ chối, chờ gửi %" G_GUINT64_FORMAT
                            " · the core refuses, call support",
                            feed->backlog);
  case ENTRANCE_LINK_OFFLINE:
    return view->clock_trusted ? g_strdup_printf ("Mất kết nối từ %s, chờ gửi %" G_GUINT64_FORMAT
                                                  " · offline, %" G_GUINT64_FORMAT " waiting",
                                                  since, feed->backlog, feed->backlog)
                               : g_strdup_printf ("Mất kết nối, chờ gửi %" G_GUINT64_FORMAT
                                                  " · offline, %" G_GUINT64_FORMAT " waiting",
                                                  feed->backlog, feed->backlog);
  case ENTRANCE_LINK_FINE:
    if (feed->clocks_differ)
      return g_strdup ("Giờ máy lệch máy chủ · clock differs from the core");
    if (feed->backlog > 0 || feed->delivered_ms == 0)
      return g_strdup_printf ("Đang gửi %" G_GUINT64_FORMAT " · sending", feed->backlog);
    return g_strdup_printf ("Đã gửi %s · delivered", delivered);
  case ENTRANCE_LINK_NONE:
    break;
  }
  return g_strdup ("");
}

static void
update_feed (UiStatusStrip *self, const EntranceView *view)
{
  g_autofree char *text = describe_feed (view);
  gtk_label_set_text (self->feed, text);
  gtk_widget_set_visible (GTK_WIDGET (self->feed), *text != '\0');
  if (view->feed.link != ENTRANCE_LINK_FINE || view->feed.clocks_differ)
    gtk_widget_add_css_class (GTK_WIDGET (self->feed), "amber");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->feed), "amber");
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
  [ENTRANCE_NEED_DISK] = "Ổ đĩa gần đầy · the disk is filling up",
  [ENTRANCE_NEED_ROOM] = "Ổ đĩa sắp hết chỗ · the disk is nearly full",
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
  gboolean is_alone = view->is_standalone && view->feed.link == ENTRANCE_LINK_NONE &&
                      view->page != ENTRANCE_PAGE_ENROL;
  gtk_widget_set_visible (GTK_WIDGET (self->standalone), is_alone);
  update_feed (self, view);
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
  gtk_widget_class_bind_template_child (widget_class, UiStatusStrip, feed);
  gtk_widget_class_bind_template_child (widget_class, UiStatusStrip, clock);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
ui_status_strip_init (UiStatusStrip *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
