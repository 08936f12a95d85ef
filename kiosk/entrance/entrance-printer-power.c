// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A hand on the printer's switch. Paper and open covers want somebody's hand, not a restart.

#define G_LOG_DOMAIN "entrance-printer-power"

#include "kiosk/entrance/entrance-printer-power.h"

struct _EntrancePrinterPower {
  GObject parent_instance;

  EntranceClock *clock;
  HwPrinter *printer;
  HwPanel *panel;
  guint timeout_id; // lost for long enough, off for long enough, or rested
  gboolean is_resting;
};

G_DEFINE_FINAL_TYPE (EntrancePrinterPower, entrance_printer_power, G_TYPE_OBJECT)

static void look (EntrancePrinterPower *self);

static gboolean
is_lost (EntrancePrinterPower *self)
{
  HwPrinterState state = hw_printer_get_state (self->printer);
  return state == HW_PRINTER_MISSING || state == HW_PRINTER_OFFLINE || state == HW_PRINTER_FAILED;
}

static gboolean
on_rested (gpointer user_data)
{
  EntrancePrinterPower *self = user_data;
  self->timeout_id = 0;
  self->is_resting = FALSE;
  look (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_off_for_long_enough (gpointer user_data)
{
  EntrancePrinterPower *self = user_data;
  hw_panel_set_printer_power (self->panel, TRUE);
  self->timeout_id =
      entrance_clock_add_timeout (self->clock, ENTRANCE_PRINTER_REST_MS, on_rested, self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_lost_for_long (gpointer user_data)
{
  EntrancePrinterPower *self = user_data;
  g_info ("printer: switched off and on");
  self->is_resting = TRUE;
  hw_panel_set_printer_power (self->panel, FALSE);
  self->timeout_id = entrance_clock_add_timeout (self->clock, ENTRANCE_PRINTER_OFF_MS,
                                                 on_off_for_long_enough, self);
  return G_SOURCE_REMOVE;
}

static void
look (EntrancePrinterPower *self)
{
  if (self->is_resting)
    return;
  if (!is_lost (self) && self->timeout_id != 0) {
    entrance_clock_cancel (self->clock, self->timeout_id);
    self->timeout_id = 0;
  } else if (is_lost (self) && self->timeout_id == 0) {
    self->timeout_id =
        entrance_clock_add_timeout (self->clock, ENTRANCE_PRINTER_LOST_MS, on_lost_for_long, self);
  }
}

static void
on_printer_changed (HwPrinter *printer, GParamSpec *pspec, EntrancePrinterPower *self)
{
  look (self);
}

static void
entrance_printer_power_finalize (GObject *object)
{
  EntrancePrinterPower *self = ENTRANCE_PRINTER_POWER (object);
  if (self->timeout_id != 0)
    entrance_clock_cancel (self->clock, self->timeout_id);
  g_object_unref (self->panel);
  g_object_unref (self->printer);
  g_object_unref (self->clock);
  G_OBJECT_CLASS (entrance_printer_power_parent_class)->finalize (object);
}

static void
entrance_printer_power_class_init (EntrancePrinterPowerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = entrance_printer_power_finalize;
}

static void
entrance_printer_power_init (EntrancePrinterPower *self)
{
}

EntrancePrinterPower *
entrance_printer_power_new (EntranceClock *clock, HwPrinter *printer, HwPanel *panel)
{
  EntrancePrinterPower *self = g_object_new (ENTRANCE_TYPE_PRINTER_POWER, NULL);
  self->clock = g_object_ref (clock);
  self->printer = g_object_ref (printer);
  self->panel = g_object_ref (panel);
  g_signal_connect_object (printer, "notify::state", G_CALLBACK (on_printer_changed), self, 0);
  hw_panel_set_printer_power (panel, TRUE);
  look (self);
  return self;
}
