// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One plain page for everything that keeps visitors from checking in.

#define G_LOG_DOMAIN "ui-notice-page"

#include "kiosk/ui/ui-notice-page.h"

#include "kiosk/ui/ui-messages.h"
#include "kiosk/ui/ui-shape.h"

struct _UiNoticePage {
  GtkWidget parent_instance;

  GtkWidget *box;
  UiShape *sign;
  GtkLabel *title_vi;
  GtkLabel *advice_vi;
  GtkLabel *text_en;
};

G_DEFINE_FINAL_TYPE (UiNoticePage, ui_notice_page, GTK_TYPE_WIDGET)

static const UiMessage starting = {
  "Đang khởi động",
  "Vui lòng đợi trong giây lát.",
  "Starting",
  "One moment, please.",
};

void
ui_notice_page_update (UiNoticePage *self, const EntranceView *view)
{
  gboolean is_starting = view->page == ENTRANCE_PAGE_STARTING;
  const UiMessage *message = is_starting ? &starting : ui_message_get (view->message);
  g_autofree char *text_en = g_strdup_printf ("%s.\n%s", message->title_en, message->advice_en);
  ui_shape_set_sign (self->sign, is_starting ? UI_SIGN_DOTS : UI_SIGN_EXCLAMATION);
  if (is_starting)
    gtk_widget_add_css_class (GTK_WIDGET (self->box), "starting");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->box), "starting");
  gtk_label_set_text (self->title_vi, message->title_vi);
  gtk_label_set_text (self->advice_vi, message->advice_vi);
  gtk_label_set_text (self->text_en, text_en);
}

static void
ui_notice_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_NOTICE_PAGE);
  G_OBJECT_CLASS (ui_notice_page_parent_class)->dispose (object);
}

static void
ui_notice_page_class_init (UiNoticePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = ui_notice_page_dispose;
  g_type_ensure (UI_TYPE_SHAPE);
  gtk_widget_class_set_template_from_resource (widget_class, "/vn/tramxanh/ui/notice-page.ui");
  gtk_widget_class_bind_template_child (widget_class, UiNoticePage, box);
  gtk_widget_class_bind_template_child (widget_class, UiNoticePage, sign);
  gtk_widget_class_bind_template_child (widget_class, UiNoticePage, title_vi);
  gtk_widget_class_bind_template_child (widget_class, UiNoticePage, advice_vi);
  gtk_widget_class_bind_template_child (widget_class, UiNoticePage, text_en);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
ui_notice_page_init (UiNoticePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
