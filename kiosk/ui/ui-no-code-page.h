// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What to do without a code.

#pragma once

#include <gtk/gtk.h>

#include "kiosk/entrance/entrance-session.h"

G_BEGIN_DECLS

#define UI_TYPE_NO_CODE_PAGE (ui_no_code_page_get_type ())
G_DECLARE_FINAL_TYPE (UiNoCodePage, ui_no_code_page, UI, NO_CODE_PAGE, GtkWidget)

void ui_no_code_page_set_session (UiNoCodePage *self, EntranceSession *session);

G_END_DECLS
