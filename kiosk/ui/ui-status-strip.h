// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The strip on top: venue, clock, stand-alone.

#pragma once

#include <gtk/gtk.h>

#include "kiosk/entrance/entrance-view.h"

G_BEGIN_DECLS

#define UI_TYPE_STATUS_STRIP (ui_status_strip_get_type ())
G_DECLARE_FINAL_TYPE (UiStatusStrip, ui_status_strip, UI, STATUS_STRIP, GtkWidget)

void ui_status_strip_update (UiStatusStrip *self, const EntranceView *view);

// "08:12" of the local day.
char *ui_status_strip_format_time (gint64 wall_ms);

G_END_DECLS
