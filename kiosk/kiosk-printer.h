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

G_END_DECLS
