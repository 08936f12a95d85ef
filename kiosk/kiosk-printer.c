// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// From a source to a backend.

#define G_LOG_DOMAIN "kiosk-printer"

#include "kiosk/kiosk-printer.h"

#include <string.h>

#include "hw/hw-printer-escpos.h"
#include "hw/hw-printer-file.h"

HwPrinter *
kiosk_printer_new (const struct ct_config *config)
{
  const char *source = config->printer_source;
  guint width_dots =
      config->printer_paper_width_mm == CT_PAPER_80_MM ? HW_SLIP_WIDTH_80_MM : HW_SLIP_WIDTH_58_MM;
  if (strcmp (source, "none") == 0)
    return NULL;
  if (g_str_has_prefix (source, "file:"))
    return HW_PRINTER (hw_printer_file_new (source + strlen ("file:"), width_dots));
  return HW_PRINTER (hw_printer_escpos_new (source, width_dots));
}
