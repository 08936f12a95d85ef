// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Starting, or out of service: what is the matter, and that it ends by itself.

#pragma once

#include <gtk/gtk.h>

#include "kiosk/entrance/entrance-view.h"

G_BEGIN_DECLS

#define UI_TYPE_NOTICE_PAGE (ui_notice_page_get_type ())
G_DECLARE_FINAL_TYPE (UiNoticePage, ui_notice_page, UI, NOTICE_PAGE, GtkWidget)

void ui_notice_page_update (UiNoticePage *self, const EntranceView *view);

G_END_DECLS
