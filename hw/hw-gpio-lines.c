// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// libgpiod's line infos, copied.

#define G_LOG_DOMAIN "hw-gpio-lines"

#include "hw/hw-gpio-lines.h"

#include <gpiod.h>
#include <string.h>

#define DEV_FOLDER  "/dev"
#define CHIP_PREFIX "gpiochip"

static void
line_free (gpointer data)
{
  HwGpioLine *line = data;
  g_free (line->chip);
  g_free (line->chip_label);
  g_free (line->name);
  g_free (line->consumer);
  g_free (line);
}

static void
add_line (GPtrArray *lines, struct gpiod_chip_info *chip, struct gpiod_line_info *about)
{
  HwGpioLine *line = g_new0 (HwGpioLine, 1);
  line->chip = g_strdup (gpiod_chip_info_get_name (chip));
  line->chip_label = g_strdup (gpiod_chip_info_get_label (chip));
  line->offset = gpiod_line_info_get_offset (about);
  line->name = g_strdup (gpiod_line_info_get_name (about));
  line->consumer = g_strdup (gpiod_line_info_get_consumer (about));
  line->is_used = gpiod_line_info_is_used (about);
  line->is_output = gpiod_line_info_get_direction (about) == GPIOD_LINE_DIRECTION_OUTPUT;
  g_ptr_array_add (lines, line);
}

static void
add_chip (GPtrArray *lines, const char *path)
{
  struct gpiod_chip *chip = gpiod_chip_open (path);
  struct gpiod_chip_info *about = chip != NULL ? gpiod_chip_get_info (chip) : NULL;
  for (guint i = 0; about != NULL && i < gpiod_chip_info_get_num_lines (about); i++) {
    struct gpiod_line_info *line = gpiod_chip_get_line_info (chip, i);
    if (line != NULL)
      add_line (lines, about, line);
    g_clear_pointer (&line, gpiod_line_info_free);
  }
  g_clear_pointer (&about, gpiod_chip_info_free);
  g_clear_pointer (&chip, gpiod_chip_close);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const HwGpioLine *first = *(HwGpioLine *const *) a, *second = *(HwGpioLine *const *) b;
  int chips = strverscmp (first->chip, second->chip);
  return chips != 0 ? chips : (int) first->offset - (int) second->offset;
}

GPtrArray *
hw_gpio_lines_list (void)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (line_free);
  g_autoptr (GDir) folder = g_dir_open (DEV_FOLDER, 0, NULL);
  for (const char *name = NULL; folder != NULL && (name = g_dir_read_name (folder)) != NULL;) {
    g_autofree char *path = g_build_filename (DEV_FOLDER, name, NULL);
    if (g_str_has_prefix (name, CHIP_PREFIX) && gpiod_is_gpiochip_device (path))
      add_chip (lines, path);
  }
  g_ptr_array_sort (lines, compare);
  return g_steal_pointer (&lines);
}
