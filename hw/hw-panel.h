// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The panel beside the screen: one lamp of three colours. An interface; each backend is one file.

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum {
  HW_LAMP_OFF,
  HW_LAMP_GREEN,
  HW_LAMP_AMBER,
  HW_LAMP_RED,
} HwLamp;

#define HW_TYPE_PANEL (hw_panel_get_type ())
G_DECLARE_INTERFACE (HwPanel, hw_panel, HW, PANEL, GObject)

struct _HwPanelInterface {
  GTypeInterface parent_iface;

  // Main thread; returns at once. A panel that is not ready ignores it.
  void (*set_lamp) (HwPanel *self, HwLamp lamp);
};

// Property "ready" (boolean, notify): false while the panel is missing or busy.
gboolean hw_panel_is_ready (HwPanel *self);
void hw_panel_set_lamp (HwPanel *self, HwLamp lamp);
const char *hw_lamp_to_string (HwLamp lamp);

G_END_DECLS
