// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The kiosk's first minutes: a code is held up, and words are compared.

#pragma once

#include <gtk/gtk.h>

#include "kiosk/entrance/entrance-session.h"

G_BEGIN_DECLS

#define UI_TYPE_ENROL_PAGE (ui_enrol_page_get_type ())
G_DECLARE_FINAL_TYPE (UiEnrolPage, ui_enrol_page, UI, ENROL_PAGE, GtkWidget)

void ui_enrol_page_set_session (UiEnrolPage *self, EntranceSession *session);
void ui_enrol_page_update (UiEnrolPage *self, const EntranceView *view);
void ui_enrol_page_show_picture (
    UiEnrolPage *self, GBytes *bgra, int width_px, int height_px, gsize stride);

G_END_DECLS
