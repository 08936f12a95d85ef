// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Waiting for a code: one instruction, the visitor's picture, two buttons.

#pragma once

#include <gtk/gtk.h>

#include "kiosk/entrance/entrance-session.h"

G_BEGIN_DECLS

#define UI_TYPE_WAITING_PAGE (ui_waiting_page_get_type ())
G_DECLARE_FINAL_TYPE (UiWaitingPage, ui_waiting_page, UI, WAITING_PAGE, GtkWidget)

// Derives everything from @view.
void ui_waiting_page_update (UiWaitingPage *self, const EntranceView *view);
void ui_waiting_page_set_session (UiWaitingPage *self, EntranceSession *session);
void ui_waiting_page_set_orientation (UiWaitingPage *self, GtkOrientation orientation);

// See ui_viewfinder_show_picture ().
void ui_waiting_page_show_picture (
    UiWaitingPage *self, GBytes *bgra, int width_px, int height_px, gsize stride);

G_END_DECLS
