// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A drawn sign in the colour of the text, crisp at every size.

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum {
  UI_SIGN_TICK,        // in a circle
  UI_SIGN_EXCLAMATION, // in a triangle
  UI_SIGN_CROSS,       // in an octagon
  UI_SIGN_QUESTION,
  UI_SIGN_DOOR,
  UI_SIGN_PEOPLE,
  UI_SIGN_CARD,
  UI_SIGN_PHONE,
  UI_SIGN_BACK,
  UI_SIGN_DOTS, // in a circle: wait
} UiSign;

#define UI_TYPE_SHAPE (ui_shape_get_type ())
G_DECLARE_FINAL_TYPE (UiShape, ui_shape, UI, SHAPE, GtkWidget)

// Property "sign" (int, UiSign); its size is its own font size, so CSS sets it.
void ui_shape_set_sign (UiShape *self, UiSign sign);

G_END_DECLS
