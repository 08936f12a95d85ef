// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The answer to a code: colour, sign, masked name, time and one sentence.

#pragma once

#include <gtk/gtk.h>

#include "kiosk/entrance/entrance-view.h"

G_BEGIN_DECLS

#define UI_TYPE_RESULT_PAGE (ui_result_page_get_type ())
G_DECLARE_FINAL_TYPE (UiResultPage, ui_result_page, UI, RESULT_PAGE, GtkWidget)

// Derives everything from @view; a new result_id begins anew.
void ui_result_page_update (UiResultPage *self, const EntranceView *view);

// Upright, the sign stands over the words; lying, beside them.
void ui_result_page_set_orientation (UiResultPage *self, GtkOrientation orientation);

G_END_DECLS
