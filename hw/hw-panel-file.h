// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A panel that is a file: one line a change, "<monotonic microseconds> <colour>". For the demo day
// and for tests.

#pragma once

#include "hw/hw-panel.h"

G_BEGIN_DECLS

#define HW_TYPE_PANEL_FILE (hw_panel_file_get_type ())
G_DECLARE_FINAL_TYPE (HwPanelFile, hw_panel_file, HW, PANEL_FILE, GObject)

// Appends to @path, which is made when missing. Not ready while it cannot be written.
HwPanelFile *hw_panel_file_new (const char *path);

G_END_DECLS
