// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The panel's interface.

#define G_LOG_DOMAIN "hw-panel"

#include "hw/hw-panel.h"

G_DEFINE_INTERFACE (HwPanel, hw_panel, G_TYPE_OBJECT)

static void
hw_panel_default_init (HwPanelInterface *iface)
{
  g_object_interface_install_property (
      iface,
      g_param_spec_boolean ("ready", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

gboolean
hw_panel_is_ready (HwPanel *self)
{
  g_return_val_if_fail (HW_IS_PANEL (self), FALSE);
  gboolean is_ready = FALSE;
  g_object_get (self, "ready", &is_ready, NULL);
  return is_ready;
}

void
hw_panel_set_lamp (HwPanel *self, HwLamp lamp)
{
  g_return_if_fail (HW_IS_PANEL (self));
  HW_PANEL_GET_IFACE (self)->set_lamp (self, lamp);
}

const char *
hw_lamp_to_string (HwLamp lamp)
{
  static const char *const words[] = {
    [HW_LAMP_OFF] = "off",
    [HW_LAMP_GREEN] = "green",
    [HW_LAMP_AMBER] = "amber",
    [HW_LAMP_RED] = "red",
  };
  g_return_val_if_fail ((guint) lamp < G_N_ELEMENTS (words), "off");
  return words[lamp];
}
