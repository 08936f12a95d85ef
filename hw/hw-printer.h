// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A printer of slips. An interface; each backend is one file. Slips are a courtesy: nobody waits
// for them, and what cannot be printed within a minute is not printed at all.

#pragma once

#include <glib-object.h>

#include "hw/hw-slip.h"

G_BEGIN_DECLS

typedef enum {
  HW_PRINTER_STARTING,
  HW_PRINTER_READY,
  HW_PRINTER_MISSING, // no such device, gone, or nobody answers there
  HW_PRINTER_BUSY,    // another program holds it
  HW_PRINTER_OFFLINE, // switched off, or waiting for somebody's hand
  HW_PRINTER_COVER_OPEN,
  HW_PRINTER_PAPER_OUT,
  HW_PRINTER_FAILED, // knife jammed, too hot, broken
} HwPrinterState;

// How a slip ended. None is ever sent a second time: after a doubt, somebody has to ask for it.
typedef enum {
  HW_SLIP_PRINTED,     // the printer said so
  HW_SLIP_UNCONFIRMED, // sent, wholly or in part, and the printer said nothing
  HW_SLIP_DROPPED,     // never sent: too old, or too many
} HwSlipEnd;

#define HW_TYPE_PRINTER (hw_printer_get_type ())
G_DECLARE_INTERFACE (HwPrinter, hw_printer, HW, PRINTER, GObject)

struct _HwPrinterInterface {
  GTypeInterface parent_iface;
  guint (*print) (HwPrinter *self, const HwSlip *slip);
};

// Main thread; returns at once, with the number of the slip. It ends later, in any state.
//
// Property "state" (HwPrinterState as int, notify). Property "paper-low" (boolean, notify): the
// printer's sensor says so, or the roll is nearly used up by our count. Signal "slip-ended" (guint
// number, HwSlipEnd as int). Signal
// "slip-sent" (guint number), before that: the printer has all of it, and may want a trigger.
guint hw_printer_print (HwPrinter *self, const HwSlip *slip);
HwPrinterState hw_printer_get_state (HwPrinter *self);
gboolean hw_printer_is_paper_low (HwPrinter *self);

// For backends.
void hw_printer_emit_slip_sent (HwPrinter *self, guint number);
void hw_printer_emit_slip_ended (HwPrinter *self, guint number, HwSlipEnd end);

const char *hw_printer_state_to_string (HwPrinterState state);
const char *hw_slip_end_to_string (HwSlipEnd end);

G_END_DECLS
