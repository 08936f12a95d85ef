// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A printer that remembers what it was asked for.

#pragma once

#include "hw/hw-printer.h"

G_BEGIN_DECLS

#define FAKE_TYPE_PRINTER (fake_printer_get_type ())
G_DECLARE_FINAL_TYPE (FakePrinter, fake_printer, FAKE, PRINTER, GObject)

FakePrinter *fake_printer_new (void);
guint fake_printer_get_n_slips (FakePrinter *self);
const HwSlip *fake_printer_get_last_slip (FakePrinter *self); // (nullable)
void fake_printer_set_state (FakePrinter *self, HwPrinterState state);
void fake_printer_set_paper_low (FakePrinter *self, gboolean is_low);

G_END_DECLS
