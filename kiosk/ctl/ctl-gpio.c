// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The kernel's account beside the configuration's.

#include "kiosk/ctl/ctl-gpio.h"

#include <stdio.h>
#include <string.h>

#include "hw/hw-gpio-lines.h"
#include "hw/hw-panel-line.h"
#include "kiosk/ctl/ctl-call.h"

static const char *
part_of (const HwGpioLine *line, const GArray *wired, const char *label)
{
  if (label == NULL || !g_str_equal (line->chip_label, label))
    return NULL;
  for (guint i = 0; i < wired->len; i++) {
    const HwPanelLine *wish = &g_array_index (wired, HwPanelLine, i);
    if (wish->name[0] != '\0' ? g_strcmp0 (line->name, wish->name) == 0
                              : line->offset == wish->offset)
      return hw_panel_part_to_string (wish->part);
  }
  return NULL;
}

static void
print_line (const HwGpioLine *line, const char *part)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_string_append_printf (text, "%4u  %-16s %-6s", line->offset,
                          line->name != NULL ? line->name : "-",
                          line->is_output ? "output" : "input");
  if (line->is_used)
    g_string_append_printf (text, " used by '%s'",
                            line->consumer != NULL ? line->consumer : "the kernel");
  if (part != NULL)
    g_string_append_printf (text, "  panel: %s", part);
  (void) printf ("%s\n", text->str);
}

// How many of @wired are not among @lines; says which.
static guint
name_missing (const CtlCall *call, const GPtrArray *lines, GArray *wired, const char *label)
{
  guint n_missing = 0;
  for (guint i = 0; i < wired->len; i++) {
    const char *part = hw_panel_part_to_string (g_array_index (wired, HwPanelLine, i).part);
    gboolean is_there = FALSE;
    for (guint j = 0; j < lines->len && !is_there; j++)
      is_there = g_strcmp0 (part_of (lines->pdata[j], wired, label), part) == 0;
    if (is_there)
      continue;
    n_missing++;
    (void) ctl_call_fail (call, CTL_NO, "chip '%s' has no line for '%s'; check panel.lines", label,
                          part);
  }
  return n_missing;
}

int
ctl_gpio (int argc, char **argv)
{
  CtlCall call;
  int status = ctl_call_read (&call, "- lists the GPIO lines", NULL, 0, 0, argc, argv);
  if (status != 0)
    return status;
  const char *source = call.config.panel_source;
  const char *label = g_str_has_prefix (source, "gpio:") ? source + strlen ("gpio:") : NULL;
  g_autoptr (GArray) wired = hw_panel_lines_read (call.config.panel_lines, NULL);
  g_autoptr (GPtrArray) lines = hw_gpio_lines_list ();
  const HwGpioLine *before = NULL;
  for (guint i = 0; i < lines->len; i++) {
    const HwGpioLine *line = lines->pdata[i];
    if (before == NULL || !g_str_equal (before->chip, line->chip))
      (void) printf ("%s [%s]%s\n", line->chip, line->chip_label,
                     g_strcmp0 (label, line->chip_label) == 0 ? "  panel.source" : "");
    print_line (line, part_of (line, wired, label));
    before = line;
  }
  if (lines->len == 0)
    (void) ctl_call_fail (&call, CTL_NO, "no GPIO chip, or none that may be opened");
  return label == NULL || name_missing (&call, lines, wired, label) == 0 ? 0 : CTL_NO;
}
