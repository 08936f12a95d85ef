// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the kernel tells of the GPIO lines of this machine, without taking any.

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  char *chip; // "gpiochip0"
  char *chip_label;
  guint offset;
  char *name;     // (nullable)
  char *consumer; // (nullable) whoever holds it, as they call themselves
  gboolean is_used;
  gboolean is_output;
} HwGpioLine;

// By chip and offset; a chip that may not be opened is left out. (transfer full)
GPtrArray *hw_gpio_lines_list (void); // of HwGpioLine

G_END_DECLS
