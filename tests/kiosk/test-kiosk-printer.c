// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What is left of the roll is known after a restart, too.

#include "kiosk/kiosk-printer.h"

#include <glib/gstdio.h>

#include "hw/hw-printer-escpos.h"

static guint
start_and_print (const char *path, guint used_mm)
{
  const struct ct_config config = { .printer_source = "device:/dev/no-such-printer" };
  g_autoptr (HwPrinter) printer = kiosk_printer_new (&config);
  guint paper_mm = 0;
  kiosk_printer_keep_count (printer, path);
  g_object_get (printer, "paper-mm", &paper_mm, NULL);
  if (used_mm > 0)
    g_object_set (printer, "paper-mm", paper_mm - used_mm, NULL);
  return paper_mm;
}

static void
test_count (void)
{
  g_autofree char *folder = g_dir_make_tmp ("kiosk-printer-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "printer.paper", NULL);
  g_assert_cmpuint (start_and_print (path, 80), ==, HW_PRINTER_ROLL_MM);
  g_assert_cmpuint (start_and_print (path, 80), ==, HW_PRINTER_ROLL_MM - 80);
  g_assert_cmpuint (start_and_print (path, 0), ==, HW_PRINTER_ROLL_MM - 160);
  static const char *const broken[] = { "", "-1\n", "12 mm\n", "99999999\n" };
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++) {
    g_assert_true (g_file_set_contents (path, broken[i], -1, NULL));
    g_assert_cmpuint (start_and_print (path, 0), ==, HW_PRINTER_ROLL_MM);
  }
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_assert_cmpuint (start_and_print (path, 80), ==, HW_PRINTER_ROLL_MM); // nowhere to keep it
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kiosk/printer/counts-on-after-a-restart", test_count);
  return g_test_run ();
}
