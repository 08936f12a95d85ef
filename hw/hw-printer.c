// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The interface's properties and its signal.

#define G_LOG_DOMAIN "hw-printer"

#include "hw/hw-printer.h"

G_DEFINE_INTERFACE (HwPrinter, hw_printer, G_TYPE_OBJECT)

enum { SIGNAL_SLIP_SENT, SIGNAL_SLIP_ENDED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
hw_printer_default_init (HwPrinterInterface *iface)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  g_object_interface_install_property (
      iface, g_param_spec_int ("state", NULL, NULL, HW_PRINTER_STARTING, HW_PRINTER_FAILED,
                               HW_PRINTER_STARTING, flags));
  g_object_interface_install_property (
      iface, g_param_spec_boolean ("paper-low", NULL, NULL, FALSE, flags));
  signals[SIGNAL_SLIP_SENT] = g_signal_new ("slip-sent", HW_TYPE_PRINTER, G_SIGNAL_RUN_LAST, 0,
                                            NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SIGNAL_SLIP_ENDED] =
      g_signal_new ("slip-ended", HW_TYPE_PRINTER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_INT);
}

guint
hw_printer_print (HwPrinter *self, const HwSlip *slip)
{
  g_return_val_if_fail (HW_IS_PRINTER (self), 0);
  return HW_PRINTER_GET_IFACE (self)->print (self, slip);
}

HwPrinterState
hw_printer_get_state (HwPrinter *self)
{
  g_return_val_if_fail (HW_IS_PRINTER (self), HW_PRINTER_MISSING);
  int state = 0;
  g_object_get (self, "state", &state, NULL);
  return (HwPrinterState) state;
}

gboolean
hw_printer_is_paper_low (HwPrinter *self)
{
  g_return_val_if_fail (HW_IS_PRINTER (self), FALSE);
  gboolean is_low = FALSE;
  g_object_get (self, "paper-low", &is_low, NULL);
  return is_low;
}

void
hw_printer_emit_slip_sent (HwPrinter *self, guint number)
{
  g_signal_emit (self, signals[SIGNAL_SLIP_SENT], 0, number);
}

void
hw_printer_emit_slip_ended (HwPrinter *self, guint number, HwSlipEnd end)
{
  g_signal_emit (self, signals[SIGNAL_SLIP_ENDED], 0, number, (int) end);
}

const char *
hw_printer_state_to_string (HwPrinterState state)
{
  static const char *const words[] = {
    [HW_PRINTER_STARTING] = "starting",   [HW_PRINTER_READY] = "ready",
    [HW_PRINTER_MISSING] = "missing",     [HW_PRINTER_BUSY] = "busy",
    [HW_PRINTER_OFFLINE] = "offline",     [HW_PRINTER_COVER_OPEN] = "cover-open",
    [HW_PRINTER_PAPER_OUT] = "paper-out", [HW_PRINTER_FAILED] = "failed",
  };
  return words[state];
}

const char *
hw_slip_end_to_string (HwSlipEnd end)
{
  static const char *const words[] = {
    [HW_SLIP_PRINTED] = "printed",
    [HW_SLIP_UNCONFIRMED] = "sent, unconfirmed",
    [HW_SLIP_DROPPED] = "dropped",
  };
  return words[end];
}
