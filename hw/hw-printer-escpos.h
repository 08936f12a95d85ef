// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// An ESC/POS printer on USB, a serial line or the network.

#pragma once

#include "hw/hw-printer.h"

G_BEGIN_DECLS

#define HW_PRINTER_QUEUE_MAX 20 // slips; the oldest makes room
#define HW_PRINTER_QUEUE_MS  60000
#define HW_PRINTER_STALL_MS  10000 // a printer that takes nothing for so long keeps its half
#define HW_PRINTER_DONE_MS   5000  // for "done" after the last byte
#define HW_PRINTER_ROLL_MM   40000 // of a fresh roll, until the sensor knows better

#define HW_TYPE_PRINTER_ESCPOS (hw_printer_escpos_get_type ())
G_DECLARE_FINAL_TYPE (HwPrinterEscpos, hw_printer_escpos, HW, PRINTER_ESCPOS, GObject)

// @port as hw_printer_port_is_valid () accepts it; @width_dots one of HW_SLIP_WIDTH_…. Opens at
// once, and again after 1, 2, 5, 10, 10, … seconds. A printer that never answers a question is
// taken for one that cannot: it prints, unconfirmed.
//
// Construct properties "port", "width-dots", "queue-ms", "stall-ms", "done-ms": the limits above.
// Property "paper-mm" (uint, notify, writable): how much paper there should be; a program that
// wants to know it after a restart keeps it.
HwPrinterEscpos *hw_printer_escpos_new (const char *port, guint width_dots);

G_END_DECLS
