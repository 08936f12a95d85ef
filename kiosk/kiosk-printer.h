// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The printer that the configuration names.

#pragma once

#include "hw/hw-printer.h"
#include "kiosk/core/ct-config.h"

G_BEGIN_DECLS

// @config as kiosk_config_read () accepted it. (nullable): none is configured.
HwPrinter *kiosk_printer_new (const struct ct_config *config);

// From now on what is left of the roll, in millimetres, is kept in this file, and is what it said.
// Courtesy: a file that cannot be read or written means a new roll after the next start.
void kiosk_printer_keep_count (HwPrinter *printer, const char *path);

G_END_DECLS
