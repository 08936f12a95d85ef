// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The answer. The colour is there with the first frame; only the words ease in.

#define G_LOG_DOMAIN "ui-result-page"

#include "kiosk/ui/ui-result-page.h"

#include "kiosk/ui/ui-messages.h"
#include "kiosk/ui/ui-shape.h"
#include "kiosk/ui/ui-status-strip.h"

#define PROGRESS_STEP_MS 50

struct _UiResultPage {
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *content;
  GtkWidget *words;
  UiShape *sign;
  GtkLabel *name;
  GtkLabel *title_vi;
  GtkLabel *time;
  GtkLabel *advice_vi;
  GtkLabel *text_en;
  GtkProgressBar *left;

  guint result_id;
  guint progress_id;
  gint64 began_us;
  guint result_ms;
};

G_DEFINE_FINAL_TYPE (UiResultPage, ui_result_page, GTK_TYPE_WIDGET)

// Colour is never the only sign.
static const UiSign signs[] = {
  [ENTRANCE_TONE_NONE] = UI_SIGN_EXCLAMATION,
  [ENTRANCE_TONE_GREEN] = UI_SIGN_TICK,
  [ENTRANCE_TONE_AMBER] = UI_SIGN_EXCLAMATION,
  [ENTRANCE_TONE_RED] = UI_SIGN_CROSS,
};

static void
set_text (GtkLabel *label, const char *text)
{
  gtk_label_set_text (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && text[0] != '\0');
}

static gboolean
on_progress (gpointer user_data)
{
  UiResultPage *self = user_data;
  double part = (double) (g_get_monotonic_time () - self->began_us) / 1000.0 / self->result_ms;
  gtk_progress_bar_set_fraction (self->left, CLAMP (1 - part, 0, 1));
  if (part < 1 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    return G_SOURCE_CONTINUE;
  self->progress_id = 0;
  return G_SOURCE_REMOVE;
}

static void
begin (UiResultPage *self, const EntranceView *view)
{
  self->result_id = view->result_id;
  self->result_ms = MAX (view->result_ms, 1);
  self->began_us = g_get_monotonic_time ();
  gtk_progress_bar_set_fraction (self->left, 1);
  g_clear_handle_id (&self->progress_id, g_source_remove);
  self->progress_id = g_timeout_add (PROGRESS_STEP_MS, on_progress, self);
  // Two names of one movement: changing from one to the other starts it again.
  gboolean is_odd = view->result_id % 2 == 1;
  gtk_widget_remove_css_class (self->content, is_odd ? "even" : "odd");
  gtk_widget_add_css_class (self->content, is_odd ? "odd" : "even");
}

void
ui_result_page_update (UiResultPage *self, const EntranceView *view)
{
  const UiMessage *message = ui_message_get (view->message);
  ui_shape_set_sign (self->sign, signs[view->tone]);

  g_autofree char *at = view->at_ms != 0 ? ui_status_strip_format_time (view->at_ms) : NULL;
  g_autofree char *since =
      view->since_ms != 0 ? ui_status_strip_format_time (view->since_ms) : NULL;
  g_autofree char *title_vi = since != NULL
                                  ? g_strdup_printf ("%s, lúc %s", message->title_vi, since)
                                  : g_strdup (message->title_vi);
  g_autofree char *text_en =
      since != NULL
          ? g_strdup_printf ("%s at %s.\n%s", message->title_en, since, message->advice_en)
          : g_strdup_printf ("%s.\n%s", message->title_en, message->advice_en);
  set_text (self->name, view->masked_name);
  set_text (self->title_vi, title_vi);
  set_text (self->time, view->clock_trusted && view->tone == ENTRANCE_TONE_GREEN ? at : NULL);
  set_text (self->advice_vi, message->advice_vi);
  set_text (self->text_en, text_en);
  if (view->result_id != self->result_id)
    begin (self, view);
}

void
ui_result_page_set_orientation (UiResultPage *self, GtkOrientation orientation)
{
  float align = orientation == GTK_ORIENTATION_HORIZONTAL ? 0 : 0.5f;
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->content), orientation);
  for (GtkWidget *child = gtk_widget_get_first_child (self->words); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    gtk_label_set_xalign (GTK_LABEL (child), align);
    gtk_label_set_justify (GTK_LABEL (child), align > 0 ? GTK_JUSTIFY_CENTER : GTK_JUSTIFY_LEFT);
  }
}

static void
ui_result_page_dispose (GObject *object)
{
  g_clear_handle_id (&UI_RESULT_PAGE (object)->progress_id, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (object), UI_TYPE_RESULT_PAGE);
  G_OBJECT_CLASS (ui_result_page_parent_class)->dispose (object);
}

static void
ui_result_page_class_init (UiResultPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = ui_result_page_dispose;
  g_type_ensure (UI_TYPE_SHAPE);
  gtk_widget_class_set_template_from_resource (widget_class, "/vn/tramxanh/ui/result-page.ui");
  gtk_widget_class_bind_template_child (widget_class, UiResultPage, box);
  gtk_widget_class_bind_template_child (widget_class, UiResultPage, content);
  gtk_widget_class_bind_template_child (widget_class, UiResultPage, sign);
  gtk_widget_class_bind_template_child (widget_class, UiResultPage, words);
  gtk_widget_class_bind_template_child (widget_class, UiResultPage, name);
  gtk_widget_class_bind_template_child (widget_class, UiResultPage, title_vi);
  gtk_widget_class_bind_template_child (widget_class, UiResultPage, time);
  gtk_widget_class_bind_template_child (widget_class, UiResultPage, advice_vi);
  gtk_widget_class_bind_template_child (widget_class, UiResultPage, text_en);
  gtk_widget_class_bind_template_child (widget_class, UiResultPage, left);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
ui_result_page_init (UiResultPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
