// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The panel's interface.

#define G_LOG_DOMAIN "hw-panel"

#include "hw/hw-panel.h"

enum { SIGNAL_INPUT, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_INTERFACE (HwPanel, hw_panel, G_TYPE_OBJECT)

static void
hw_panel_default_init (HwPanelInterface *iface)
{
  g_object_interface_install_property (
      iface,
      g_param_spec_boolean ("ready", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_object_interface_install_property (
      iface,
      g_param_spec_string ("problem", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  signals[SIGNAL_INPUT] = g_signal_new ("input", HW_TYPE_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_BOOLEAN);
}

gboolean
hw_panel_is_ready (HwPanel *self)
{
  g_return_val_if_fail (HW_IS_PANEL (self), FALSE);
  gboolean is_ready = FALSE;
  g_object_get (self, "ready", &is_ready, NULL);
  return is_ready;
}

char *
hw_panel_dup_problem (HwPanel *self)
{
  g_return_val_if_fail (HW_IS_PANEL (self), NULL);
  char *problem = NULL;
  g_object_get (self, "problem", &problem, NULL);
  return problem;
}

void
hw_panel_set_lamp (HwPanel *self, HwLamp lamp)
{
  g_return_if_fail (HW_IS_PANEL (self));
  HW_PANEL_GET_IFACE (self)->set_lamp (self, lamp);
}

void
hw_panel_open_door (HwPanel *self)
{
  g_return_if_fail (HW_IS_PANEL (self));
  if (HW_PANEL_GET_IFACE (self)->open_door != NULL)
    HW_PANEL_GET_IFACE (self)->open_door (self);
}

void
hw_panel_buzz (HwPanel *self, HwBuzz buzz)
{
  g_return_if_fail (HW_IS_PANEL (self));
  if (HW_PANEL_GET_IFACE (self)->buzz != NULL)
    HW_PANEL_GET_IFACE (self)->buzz (self, buzz);
}

void
hw_panel_trigger_printer (HwPanel *self)
{
  g_return_if_fail (HW_IS_PANEL (self));
  if (HW_PANEL_GET_IFACE (self)->trigger_printer != NULL)
    HW_PANEL_GET_IFACE (self)->trigger_printer (self);
}

void
hw_panel_set_printer_power (HwPanel *self, gboolean is_on)
{
  g_return_if_fail (HW_IS_PANEL (self));
  if (HW_PANEL_GET_IFACE (self)->set_printer_power != NULL)
    HW_PANEL_GET_IFACE (self)->set_printer_power (self, is_on);
}

gboolean
hw_panel_is_active (HwPanel *self, HwPanelInput input)
{
  g_return_val_if_fail (HW_IS_PANEL (self) && (guint) input < HW_PANEL_N_INPUTS, FALSE);
  return HW_PANEL_GET_IFACE (self)->is_active != NULL &&
         HW_PANEL_GET_IFACE (self)->is_active (self, input);
}

void
hw_panel_emit_input (HwPanel *self, HwPanelInput input, gboolean is_active)
{
  g_signal_emit (self, signals[SIGNAL_INPUT], 0, (int) input, is_active);
}

static const char *const lamp_words[] = {
  [HW_LAMP_OFF] = "off",
  [HW_LAMP_GREEN] = "green",
  [HW_LAMP_AMBER] = "amber",
  [HW_LAMP_RED] = "red",
};

const char *
hw_lamp_to_string (HwLamp lamp)
{
  g_return_val_if_fail ((guint) lamp < G_N_ELEMENTS (lamp_words), "off");
  return lamp_words[lamp];
}

gboolean
hw_lamp_from_string (const char *word, HwLamp *ret_lamp)
{
  for (guint i = 0; i < G_N_ELEMENTS (lamp_words); i++)
    if (g_str_equal (word, lamp_words[i])) {
      *ret_lamp = (HwLamp) i;
      return TRUE;
    }
  return FALSE;
}

const char *
hw_panel_input_to_string (HwPanelInput input)
{
  static const char *const words[] = {
    [HW_PANEL_PRINT_BUTTON] = "print button",
    [HW_PANEL_LEAVING_BUTTON] = "leaving button",
    [HW_PANEL_DOOR] = "door",
    [HW_PANEL_TAMPER] = "case",
    [HW_PANEL_PAPER_OUT] = "paper sensor",
    [HW_PANEL_POWER_FAIL] = "power sensor",
  };
  g_return_val_if_fail ((guint) input < G_N_ELEMENTS (words), "");
  return words[input];
}
