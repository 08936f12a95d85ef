// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The picture while a code is looked for, then the words of both keys in its place.

#define G_LOG_DOMAIN "ui-enrol-page"

#include "kiosk/ui/ui-enrol-page.h"

#include "kiosk/ui/ui-shape.h"
#include "kiosk/ui/ui-viewfinder.h"

struct _UiEnrolPage {
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *title_vi;
  GtkLabel *title_en;
  UiViewfinder *viewfinder;
  GtkWidget *keys;
  GtkLabel *venue;
  GtkLabel *kiosk_words;
  GtkLabel *core_words;
  GtkButton *same;
  GtkButton *differ;
};

G_DEFINE_FINAL_TYPE (UiEnrolPage, ui_enrol_page, GTK_TYPE_WIDGET)

static const struct {
  const char *vi;
  const char *en;
} titles[ENTRANCE_N_ENROLMENTS] = {
  [ENTRANCE_ENROLMENT_NONE] = { "", "" },
  [ENTRANCE_ENROLMENT_WAITING] = { "Đưa mã đăng ký máy vào khung",
                                   "Hold the enrolment code in front of the camera" },
  [ENTRANCE_ENROLMENT_JOINING] = { "Đang kết nối với máy chủ", "Joining the core" },
  [ENTRANCE_ENROLMENT_REFUSED] = { "Mã đã dùng hoặc quá hạn, hãy tạo mã mới",
                                   "This code was used, or is too old: make a new one" },
  [ENTRANCE_ENROLMENT_UNREACHABLE] = { "Không kết nối được máy chủ, hãy kiểm tra mạng",
                                       "The core was not reached: check the network" },
  [ENTRANCE_ENROLMENT_FAILED] = { "Máy chưa đăng ký được, xem nhật ký hệ thống",
                                  "This kiosk could not join: its log says why" },
  [ENTRANCE_ENROLMENT_JOINED] = { "So sánh từng chữ với máy chủ",
                                  "Compare each word with what the core shows" },
  [ENTRANCE_ENROLMENT_DROPPED] = { "Máy CHƯA đăng ký: hãy thu hồi máy lạ trên máy chủ, tạo mã mới",
                                   "NOT joined: revoke at the core what no kiosk shows, make a new "
                                   "code" },
};

void
ui_enrol_page_update (UiEnrolPage *self, const EntranceView *view)
{
  const EntranceEnrolment *enrolment = &view->enrolment;
  gboolean has_joined = enrolment->phase == ENTRANCE_ENROLMENT_JOINED;
  gtk_label_set_text (self->title_vi, titles[enrolment->phase].vi);
  gtk_label_set_text (self->title_en, titles[enrolment->phase].en);
  gtk_widget_set_visible (GTK_WIDGET (self->viewfinder), !has_joined);
  gtk_widget_set_visible (self->keys, has_joined);
  gtk_label_set_text (self->venue, enrolment->venue != NULL ? enrolment->venue : "");
  gtk_label_set_text (self->kiosk_words,
                      enrolment->kiosk_words != NULL ? enrolment->kiosk_words : "");
  gtk_label_set_text (self->core_words, enrolment->core_words != NULL ? enrolment->core_words : "");
}

void
ui_enrol_page_show_picture (
    UiEnrolPage *self, GBytes *bgra, int width_px, int height_px, gsize stride)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    ui_viewfinder_show_picture (self->viewfinder, bgra, width_px, height_px, stride);
}

static void
on_same_clicked (EntranceSession *session)
{
  entrance_session_press_compared (session, TRUE);
}

static void
on_differ_clicked (EntranceSession *session)
{
  entrance_session_press_compared (session, FALSE);
}

void
ui_enrol_page_set_session (UiEnrolPage *self, EntranceSession *session)
{
  g_signal_connect_object (self->same, "clicked", G_CALLBACK (on_same_clicked), session,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->differ, "clicked", G_CALLBACK (on_differ_clicked), session,
                           G_CONNECT_SWAPPED);
}

static void
ui_enrol_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_ENROL_PAGE);
  G_OBJECT_CLASS (ui_enrol_page_parent_class)->dispose (object);
}

static void
ui_enrol_page_class_init (UiEnrolPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = ui_enrol_page_dispose;
  g_type_ensure (UI_TYPE_SHAPE);
  g_type_ensure (UI_TYPE_VIEWFINDER);
  gtk_widget_class_set_template_from_resource (widget_class, "/vn/tramxanh/ui/enrol-page.ui");
  gtk_widget_class_bind_template_child (widget_class, UiEnrolPage, box);
  gtk_widget_class_bind_template_child (widget_class, UiEnrolPage, title_vi);
  gtk_widget_class_bind_template_child (widget_class, UiEnrolPage, title_en);
  gtk_widget_class_bind_template_child (widget_class, UiEnrolPage, viewfinder);
  gtk_widget_class_bind_template_child (widget_class, UiEnrolPage, keys);
  gtk_widget_class_bind_template_child (widget_class, UiEnrolPage, venue);
  gtk_widget_class_bind_template_child (widget_class, UiEnrolPage, kiosk_words);
  gtk_widget_class_bind_template_child (widget_class, UiEnrolPage, core_words);
  gtk_widget_class_bind_template_child (widget_class, UiEnrolPage, same);
  gtk_widget_class_bind_template_child (widget_class, UiEnrolPage, differ);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
ui_enrol_page_init (UiEnrolPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
