// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A panel on the lines of one GPIO chip (libgpiod 2). Everything is off before the first lamp, and
// off again when the panel goes. What a line does when the program is killed is the chip's
// decision: wire lamps and relay so that a released line means off.

#pragma once

#include "hw/hw-panel-line.h"
#include "hw/hw-panel.h"

G_BEGIN_DECLS

#define HW_PANEL_GPIO_DEBOUNCE_US 30000 // no press of 50 ms is lost, no bounce is one
#define HW_PANEL_GPIO_RELAY_MS    3000
#define HW_PANEL_GPIO_BLINK_MS    150 // off between two visitors of the same colour
#define HW_PANEL_GPIO_TRIGGER_MS  200 // for a printer that prints when a contact closes
#define HW_PANEL_GPIO_POLL_MS     2   // where a chip cannot tell about edges: noise must not hide

#define HW_TYPE_PANEL_GPIO (hw_panel_gpio_get_type ())
G_DECLARE_FINAL_TYPE (HwPanelGpio, hw_panel_gpio, HW, PANEL_GPIO, GObject)

// @chip_label: as the kernel labels the chip, so that a new number after a replug changes nothing;
// two chips of that label are refused. @lines: of HwPanelLine. A chip or line that is missing or
// busy is a problem that is looked at again every few seconds. A chip without interrupts (many port
// expanders) is polled, with the same debounce.
HwPanelGpio *hw_panel_gpio_new (const char *chip_label, GArray *lines);
HwPanelGpio *hw_panel_gpio_new_polling (const char *chip_label, GArray *lines); // in any case

G_END_DECLS
