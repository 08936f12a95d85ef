// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A printer whose power hangs on a relay of the panel: on while the kiosk runs, and switched off
// and on again when it has been lost for a minute.

#pragma once

#include "hw/hw-panel.h"
#include "hw/hw-printer.h"
#include "kiosk/entrance/entrance-clock.h"

G_BEGIN_DECLS

#define ENTRANCE_PRINTER_LOST_MS 60000
#define ENTRANCE_PRINTER_OFF_MS  5000
#define ENTRANCE_PRINTER_REST_MS 600000 // between two attempts

#define ENTRANCE_TYPE_PRINTER_POWER (entrance_printer_power_get_type ())
G_DECLARE_FINAL_TYPE (
    EntrancePrinterPower, entrance_printer_power, ENTRANCE, PRINTER_POWER, GObject)

EntrancePrinterPower *
entrance_printer_power_new (EntranceClock *clock, HwPrinter *printer, HwPanel *panel);

G_END_DECLS
