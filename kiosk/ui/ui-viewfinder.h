// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The visitor's own picture, with a frame to aim at that breathes with every picture.

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_VIEWFINDER (ui_viewfinder_get_type ())
G_DECLARE_FINAL_TYPE (UiViewfinder, ui_viewfinder, UI, VIEWFINDER, GtkWidget)

// @bgra: packed, alpha 255, mirrored already; not copied, kept until the next picture.
void ui_viewfinder_show_picture (
    UiViewfinder *self, GBytes *bgra, int width_px, int height_px, gsize stride);

G_END_DECLS
