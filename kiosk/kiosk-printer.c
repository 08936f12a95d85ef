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

static void
on_paper_used (HwPrinter *printer, GParamSpec *pspec, const char *path)
{
  guint paper_mm = 0;
  g_autoptr (GError) error = NULL;
  g_object_get (printer, "paper-mm", &paper_mm, NULL);
  g_autofree char *text = g_strdup_printf ("%u\n", paper_mm);
  // Not synced: nobody waits for a disk because of a roll of paper.
  if (!g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, &error))
    g_debug ("%s", error->message);
}

void
kiosk_printer_keep_count (HwPrinter *printer, const char *path)
{
  if (!HW_IS_PRINTER_ESCPOS (printer))
    return; // has no roll
  g_autofree char *text = NULL;
  guint64 paper_mm = 0;
  if (g_file_get_contents (path, &text, NULL, NULL) &&
      g_ascii_string_to_unsigned (g_strchomp (text), 10, 0, HW_PRINTER_ROLL_MM, &paper_mm, NULL))
    g_object_set (printer, "paper-mm", (guint) paper_mm, NULL);
  g_signal_connect_data (printer, "notify::paper-mm", G_CALLBACK (on_paper_used), g_strdup (path),
                         (GClosureNotify) (void (*) (void)) g_free, 0);
}
