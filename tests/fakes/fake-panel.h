// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A panel that remembers which lamps were lit.

#pragma once

#include "hw/hw-panel.h"

G_BEGIN_DECLS

#define FAKE_TYPE_PANEL (fake_panel_get_type ())
G_DECLARE_FINAL_TYPE (FakePanel, fake_panel, FAKE, PANEL, GObject)

FakePanel *fake_panel_new (void);
HwLamp fake_panel_get_lamp (FakePanel *self);
guint fake_panel_get_n_greens (FakePanel *self);
guint fake_panel_get_n_doors (FakePanel *self); // pulses of the relay
HwBuzz fake_panel_get_buzz (FakePanel *self);   // the last one
gboolean fake_panel_has_printer_power (FakePanel *self);
// Told as a panel tells it.
void fake_panel_set_input (FakePanel *self, HwPanelInput input, gboolean is_active);
void fake_panel_set_missing (FakePanel *self, gboolean is_missing);

G_END_DECLS
