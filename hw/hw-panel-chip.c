// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Outputs and inputs are one request each: the kernel hands out all lines of a request or none.

#define G_LOG_DOMAIN "hw-panel-chip"

#include "hw/hw-panel-chip.h"

#include <errno.h>

#define CONSUMER    "tramxanh"
#define DEV_FOLDER  "/dev"
#define CHIP_PREFIX "gpiochip"

static char *
label_of (struct gpiod_chip *chip)
{
  struct gpiod_chip_info *about = gpiod_chip_get_info (chip);
  char *label = about != NULL ? g_strdup (gpiod_chip_info_get_label (about)) : NULL;
  g_clear_pointer (&about, gpiod_chip_info_free);
  return label;
}

// The only chip of our label; NULL: none, or two, or one that may not be opened.
static struct gpiod_chip *
find_chip (HwPanelWiring *wiring, char **ret_problem)
{
  g_autoptr (GDir) folder = g_dir_open (DEV_FOLDER, 0, NULL);
  struct gpiod_chip *found = NULL;
  *ret_problem = g_strdup_printf ("panel %s: no such chip", wiring->chip_label);
  for (const char *name = NULL; folder != NULL && (name = g_dir_read_name (folder)) != NULL;) {
    g_autofree char *path = g_build_filename (DEV_FOLDER, name, NULL);
    if (!g_str_has_prefix (name, CHIP_PREFIX) || !gpiod_is_gpiochip_device (path))
      continue;
    struct gpiod_chip *chip = gpiod_chip_open (path);
    g_autofree char *label = chip != NULL ? label_of (chip) : NULL;
    if (g_strcmp0 (label, wiring->chip_label) != 0) {
      g_clear_pointer (&chip, gpiod_chip_close);
      continue;
    }
    if (found != NULL) {
      gpiod_chip_close (chip);
      g_clear_pointer (&found, gpiod_chip_close);
      g_free (*ret_problem);
      *ret_problem = g_strdup_printf ("panel %s: two chips of that label", wiring->chip_label);
      return NULL;
    }
    found = chip;
  }
  if (found != NULL)
    g_clear_pointer (ret_problem, g_free);
  return found;
}

static char *
find_offsets (HwPanelWiring *wiring, struct gpiod_chip *chip)
{
  for (guint i = 0; i < wiring->lines->len; i++) {
    const HwPanelLine *line = &g_array_index (wiring->lines, HwPanelLine, i);
    int offset = line->name[0] != '\0' ? gpiod_chip_get_line_offset_from_name (chip, line->name)
                                       : (int) line->offset;
    if (offset < 0)
      return g_strdup_printf ("panel %s: no line '%s'", wiring->chip_label, line->name);
    wiring->offsets[line->part] = (guint) offset;
    wiring->is_wired[line->part] = TRUE;
  }
  return NULL;
}

static struct gpiod_line_settings *
make_settings (const HwPanelLine *line, gboolean polls)
{
  static const enum gpiod_line_bias biases[] = {
    [HW_LINE_BIAS_AS_IS] = GPIOD_LINE_BIAS_AS_IS,
    [HW_LINE_PULL_UP] = GPIOD_LINE_BIAS_PULL_UP,
    [HW_LINE_PULL_DOWN] = GPIOD_LINE_BIAS_PULL_DOWN,
    [HW_LINE_NO_PULL] = GPIOD_LINE_BIAS_DISABLED,
  };
  static const enum gpiod_line_drive drives[] = {
    [HW_LINE_PUSH_PULL] = GPIOD_LINE_DRIVE_PUSH_PULL,
    [HW_LINE_OPEN_DRAIN] = GPIOD_LINE_DRIVE_OPEN_DRAIN,
    [HW_LINE_OPEN_SOURCE] = GPIOD_LINE_DRIVE_OPEN_SOURCE,
  };
  struct gpiod_line_settings *settings = gpiod_line_settings_new ();
  gpiod_line_settings_set_active_low (settings, line->is_active_low);
  if (line->part < HW_PANEL_FIRST_INPUT) {
    (void) gpiod_line_settings_set_direction (settings, GPIOD_LINE_DIRECTION_OUTPUT);
    (void) gpiod_line_settings_set_drive (settings, drives[line->drive]);
    (void) gpiod_line_settings_set_output_value (settings, GPIOD_LINE_VALUE_INACTIVE);
    return settings;
  }
  (void) gpiod_line_settings_set_direction (settings, GPIOD_LINE_DIRECTION_INPUT);
  (void) gpiod_line_settings_set_bias (settings, biases[line->bias]);
  if (polls)
    return settings;
  (void) gpiod_line_settings_set_edge_detection (settings, GPIOD_LINE_EDGE_BOTH);
  (void) gpiod_line_settings_set_event_clock (settings, GPIOD_LINE_CLOCK_MONOTONIC);
  if (line->part != HW_PANEL_PART_POWER_FAIL) // no contact that bounces, and there is little time
    gpiod_line_settings_set_debounce_period_us (settings, HW_PANEL_GPIO_DEBOUNCE_US);
  return settings;
}

static char *
name_consumer (HwPanelWiring *wiring, struct gpiod_chip *chip, gboolean are_inputs)
{
  for (guint i = 0; i < wiring->lines->len; i++) {
    const HwPanelLine *line = &g_array_index (wiring->lines, HwPanelLine, i);
    if ((line->part >= HW_PANEL_FIRST_INPUT) != are_inputs)
      continue;
    struct gpiod_line_info *about = gpiod_chip_get_line_info (chip, wiring->offsets[line->part]);
    char *problem = NULL;
    if (about != NULL && gpiod_line_info_is_used (about))
      problem = g_strdup_printf (
          "panel %s: %s is used by '%s'", wiring->chip_label, hw_panel_part_to_string (line->part),
          gpiod_line_info_get_consumer (about) != NULL ? gpiod_line_info_get_consumer (about)
                                                       : "the kernel");
    g_clear_pointer (&about, gpiod_line_info_free);
    if (problem != NULL)
      return problem;
  }
  return g_strdup_printf ("panel %s: a line is busy", wiring->chip_label);
}

// All inputs, or all outputs. Leaves *@ret_request NULL when there are none.
static char *
request_lines (HwPanelWiring *wiring,
               struct gpiod_chip *chip,
               gboolean are_inputs,
               struct gpiod_line_request **ret_request)
{
  struct gpiod_line_config *config = gpiod_line_config_new ();
  struct gpiod_request_config *request = gpiod_request_config_new ();
  guint n_lines = 0;
  char *problem = NULL;
  for (guint i = 0; i < wiring->lines->len; i++) {
    const HwPanelLine *line = &g_array_index (wiring->lines, HwPanelLine, i);
    if ((line->part >= HW_PANEL_FIRST_INPUT) != are_inputs)
      continue;
    struct gpiod_line_settings *settings = make_settings (line, wiring->polls);
    (void) gpiod_line_config_add_line_settings (config, &wiring->offsets[line->part], 1, settings);
    gpiod_line_settings_free (settings);
    n_lines++;
  }
  gpiod_request_config_set_consumer (request, CONSUMER);
  if (n_lines > 0)
    *ret_request = gpiod_chip_request_lines (chip, request, config);
  if (n_lines > 0 && *ret_request == NULL)
    problem = errno == EBUSY ? name_consumer (wiring, chip, are_inputs)
                             : g_strdup_printf ("panel %s: requesting lines: %s",
                                                wiring->chip_label, g_strerror (errno));
  int cause = errno;
  gpiod_request_config_free (request);
  gpiod_line_config_free (config);
  errno = cause; // for the caller
  return problem;
}

// What a chip without interrupts answers when it is asked for edges.
static gboolean
lacks_edges (int cause)
{
  return cause == ENXIO || cause == EINVAL || cause == ENOTSUP;
}

static char *
request_inputs (HwPanelWiring *wiring,
                struct gpiod_chip *chip,
                struct gpiod_line_request **ret_inputs)
{
  char *problem = request_lines (wiring, chip, TRUE, ret_inputs);
  if (problem == NULL || wiring->polls || !lacks_edges (errno))
    return problem;
  g_debug ("%s: polled from now on", problem);
  g_free (problem);
  wiring->polls = TRUE;
  return request_lines (wiring, chip, TRUE, ret_inputs);
}

char *
hw_panel_chip_request (HwPanelWiring *wiring,
                       struct gpiod_line_request **ret_outputs,
                       struct gpiod_line_request **ret_inputs)
{
  char *problem = NULL;
  struct gpiod_chip *chip = find_chip (wiring, &problem);
  if (chip != NULL)
    problem = find_offsets (wiring, chip);
  if (problem == NULL)
    problem = request_lines (wiring, chip, FALSE, ret_outputs);
  if (problem == NULL)
    problem = request_inputs (wiring, chip, ret_inputs);
  g_clear_pointer (&chip, gpiod_chip_close);
  return problem;
}
