// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The one window of the kiosk. It shows what the session's view says, and nothing of its own.

#pragma once

#include <gtk/gtk.h>

#include "kiosk/entrance/entrance-session.h"

G_BEGIN_DECLS

typedef enum {
  UI_THEME_AUTO, // dark from 18:00 to 06:00
  UI_THEME_LIGHT,
  UI_THEME_DARK,
} UiTheme;

#define UI_TYPE_WINDOW (ui_window_get_type ())
G_DECLARE_FINAL_TYPE (UiWindow, ui_window, UI, WINDOW, GtkWindow)

UiWindow *ui_window_new (EntranceSession *session);
void ui_window_set_theme (UiWindow *self, UiTheme theme);

// The camera's newest picture: packed BGRA, alpha 255; not copied, kept until the next.
void
ui_window_show_picture (UiWindow *self, GBytes *bgra, int width_px, int height_px, gsize stride);

// What is on the screen now, as a PNG file. The window must be on the screen.
gboolean ui_window_save_png (UiWindow *self, const char *path, GError **error);

G_END_DECLS
