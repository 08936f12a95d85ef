// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A printer that is a folder: one PNG a slip. For the demo day.

#pragma once

#include "hw/hw-printer.h"

G_BEGIN_DECLS

#define HW_TYPE_PRINTER_FILE (hw_printer_file_get_type ())
G_DECLARE_FINAL_TYPE (HwPrinterFile, hw_printer_file, HW, PRINTER_FILE, GObject)

// Writes @folder/slip-0001.png and on; the folder is made when missing. A slip that cannot be
// written is dropped, and the printer is missing until one can.
HwPrinterFile *hw_printer_file_new (const char *folder, guint width_dots);

G_END_DECLS
