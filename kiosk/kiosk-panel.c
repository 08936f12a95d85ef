// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// From a source to a backend.

#define G_LOG_DOMAIN "kiosk-panel"

#include "kiosk/kiosk-panel.h"

#include <string.h>

#include "hw/hw-panel-file.h"
#include "hw/hw-panel-gpio.h"

HwPanel *
kiosk_panel_new (const struct ct_config *config)
{
  const char *source = config->panel_source;
  if (g_str_has_prefix (source, "file:"))
    return HW_PANEL (hw_panel_file_new (source + strlen ("file:")));
  if (!g_str_has_prefix (source, "gpio:"))
    return NULL;
  g_autoptr (GArray) lines = hw_panel_lines_read (config->panel_lines, NULL);
  g_return_val_if_fail (lines != NULL, NULL); // was checked when the configuration was read
  return HW_PANEL (hw_panel_gpio_new (source + strlen ("gpio:"), lines));
}
