// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How one part of the panel is wired: "PART=LINE[:OPTION...]", for example "green=LAMP_GREEN" or
// "door=17:active-low:pull-up". LINE is the line's name, or its offset on the chip.

#pragma once

#include <glib.h>

#include "hw/hw-error.h"

G_BEGIN_DECLS

typedef enum {
  // outputs
  HW_PANEL_PART_GREEN,
  HW_PANEL_PART_AMBER,
  HW_PANEL_PART_RED,
  HW_PANEL_PART_BUZZER,
  HW_PANEL_PART_RELAY,
  HW_PANEL_PART_PRINTER_TRIGGER,
  HW_PANEL_PART_PRINTER_POWER,
  // inputs, in the order of HwPanelInput
  HW_PANEL_PART_PRINT,
  HW_PANEL_PART_LEAVING,
  HW_PANEL_PART_DOOR,
  HW_PANEL_PART_TAMPER,
  HW_PANEL_PART_PAPER_OUT,
  HW_PANEL_PART_POWER_FAIL,
  HW_PANEL_N_PARTS,
} HwPanelPart;

#define HW_PANEL_FIRST_INPUT HW_PANEL_PART_PRINT

typedef enum { HW_LINE_BIAS_AS_IS, HW_LINE_PULL_UP, HW_LINE_PULL_DOWN, HW_LINE_NO_PULL } HwLineBias;
typedef enum { HW_LINE_PUSH_PULL, HW_LINE_OPEN_DRAIN, HW_LINE_OPEN_SOURCE } HwLineDrive;

typedef struct {
  HwPanelPart part;
  char name[32]; // as the kernel limits it; empty: by offset
  guint offset;  // when the name is empty
  gboolean is_active_low;
  HwLineBias bias;   // inputs
  HwLineDrive drive; // outputs
} HwPanelLine;

// Several of them with blanks between. (transfer full, of HwPanelLine) No part twice, no line
// twice. HW_ERROR_SYNTAX with what is wrong with which word.
GArray *hw_panel_lines_read (const char *text, GError **error);

// "green", "print", ...
const char *hw_panel_part_to_string (HwPanelPart part);

G_END_DECLS
