// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// panel-watch LABEL edges|polls: prints what a panel's buttons and contacts do, until it is killed.

#include <stdio.h>

#include "hw/hw-panel-gpio.h"

#define WIRING "print=PRINT leaving=LEAVE door=DOOR"

static void
on_input (HwPanel *panel, int input, gboolean is_active, gpointer unused)
{
  (void) printf ("%s %s\n", hw_panel_input_to_string ((HwPanelInput) input),
                 is_active ? "on" : "off");
}

int
main (int argc, char **argv)
{
  if (argc != 3)
    return 2;
  (void) setvbuf (stdout, NULL, _IOLBF, 0); // somebody reads along
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) lines = hw_panel_lines_read (WIRING, &error);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_assert_no_error (error);
  g_autoptr (HwPanelGpio) panel = g_str_equal (argv[2], "polls")
                                      ? hw_panel_gpio_new_polling (argv[1], lines)
                                      : hw_panel_gpio_new (argv[1], lines);
  g_signal_connect (panel, "input", G_CALLBACK (on_input), NULL);
  g_autofree char *problem = hw_panel_dup_problem (HW_PANEL (panel));
  (void) printf ("%s\n", problem != NULL ? problem : "ready");
  g_main_loop_run (loop);
  return 0;
}
