// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The lines of a panel, found on a chip and asked for. For hw-panel-gpio.c only: libgpiod's types
// go no further.

#pragma once

#include <gpiod.h>

#include "hw/hw-panel-gpio.h"

G_BEGIN_DECLS

typedef struct {
  char *chip_label;
  GArray *lines;  // of HwPanelLine
  gboolean polls; // asks for no edges; set when the chip has none
  guint offsets[HW_PANEL_N_PARTS];
  gboolean is_wired[HW_PANEL_N_PARTS];
} HwPanelWiring;

// Asks for all lines. Leaves a request NULL that has no lines. Returns what is the matter, for
// people (transfer full), or NULL; then what was got already is the caller's, too.
char *hw_panel_chip_request (HwPanelWiring *wiring,
                             struct gpiod_line_request **ret_outputs,
                             struct gpiod_line_request **ret_inputs);

G_END_DECLS
