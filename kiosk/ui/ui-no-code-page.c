// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Three ways in without the right code.

#define G_LOG_DOMAIN "ui-no-code-page"

#include "kiosk/ui/ui-no-code-page.h"

#include "kiosk/ui/ui-shape.h"

struct _UiNoCodePage {
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkBox *ways;
  GtkButton *back;
};

G_DEFINE_FINAL_TYPE (UiNoCodePage, ui_no_code_page, GTK_TYPE_WIDGET)

static const struct {
  UiSign sign;
  const char *vi;
  const char *en;
} ways[] = {
  { UI_SIGN_CARD, "Đưa mã QR trên thẻ căn cước hoặc thẻ bảo hiểm y tế",
    "Show the QR code on your identity or health-insurance card" },
  { UI_SIGN_PHONE, "Mở mã QR cá nhân trên điện thoại", "Open your personal QR code on your phone" },
  { UI_SIGN_PEOPLE, "Hoặc nhờ nhân viên ghi tên giúp bạn", "Or ask our staff to write you in" },
};

static GtkWidget *
make_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 52);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
add_way (UiNoCodePage *self, UiSign sign, const char *vi, const char *en)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *shape =
      g_object_new (UI_TYPE_SHAPE, "sign", (int) sign, "valign", GTK_ALIGN_CENTER, NULL);
  gtk_widget_add_css_class (row, "way");
  gtk_widget_set_valign (texts, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (texts), make_label (vi, "way-vi"));
  gtk_box_append (GTK_BOX (texts), make_label (en, "small"));
  gtk_box_append (GTK_BOX (row), shape);
  gtk_box_append (GTK_BOX (row), texts);
  gtk_box_append (self->ways, row);
}

void
ui_no_code_page_set_session (UiNoCodePage *self, EntranceSession *session)
{
  g_signal_connect_object (self->back, "clicked", G_CALLBACK (entrance_session_press_back), session,
                           G_CONNECT_SWAPPED);
}

static void
ui_no_code_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_NO_CODE_PAGE);
  G_OBJECT_CLASS (ui_no_code_page_parent_class)->dispose (object);
}

static void
ui_no_code_page_class_init (UiNoCodePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = ui_no_code_page_dispose;
  g_type_ensure (UI_TYPE_SHAPE);
  gtk_widget_class_set_template_from_resource (widget_class, "/vn/tramxanh/ui/no-code-page.ui");
  gtk_widget_class_bind_template_child (widget_class, UiNoCodePage, box);
  gtk_widget_class_bind_template_child (widget_class, UiNoCodePage, ways);
  gtk_widget_class_bind_template_child (widget_class, UiNoCodePage, back);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
ui_no_code_page_init (UiNoCodePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    add_way (self, ways[i].sign, ways[i].vi, ways[i].en);
}
