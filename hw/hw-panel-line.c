// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads the wiring of a panel.

#include "hw/hw-panel-line.h"

#include <string.h>

#define OFFSET_MAX 1023

static const char *const part_words[HW_PANEL_N_PARTS] = {
  [HW_PANEL_PART_GREEN] = "green",
  [HW_PANEL_PART_AMBER] = "amber",
  [HW_PANEL_PART_RED] = "red",
  [HW_PANEL_PART_BUZZER] = "buzzer",
  [HW_PANEL_PART_RELAY] = "relay",
  [HW_PANEL_PART_PRINTER_TRIGGER] = "printer-trigger",
  [HW_PANEL_PART_PRINTER_POWER] = "printer-power",
  [HW_PANEL_PART_PRINT] = "print",
  [HW_PANEL_PART_LEAVING] = "leaving",
  [HW_PANEL_PART_DOOR] = "door",
  [HW_PANEL_PART_TAMPER] = "tamper",
  [HW_PANEL_PART_PAPER_OUT] = "paper-out",
  [HW_PANEL_PART_POWER_FAIL] = "power-fail",
};

static gboolean
fail (const char *word, const char *why, GError **error)
{
  g_set_error (error, HW_ERROR, HW_ERROR_SYNTAX, "'%s': %s", word, why);
  return FALSE;
}

static gboolean
set_option (HwPanelLine *line, const char *option)
{
  gboolean is_input = line->part >= HW_PANEL_FIRST_INPUT;
  if (g_str_equal (option, "active-low"))
    line->is_active_low = TRUE;
  else if (is_input && g_str_equal (option, "pull-up"))
    line->bias = HW_LINE_PULL_UP;
  else if (is_input && g_str_equal (option, "pull-down"))
    line->bias = HW_LINE_PULL_DOWN;
  else if (is_input && g_str_equal (option, "no-pull"))
    line->bias = HW_LINE_NO_PULL;
  else if (!is_input && g_str_equal (option, "open-drain"))
    line->drive = HW_LINE_OPEN_DRAIN;
  else if (!is_input && g_str_equal (option, "open-source"))
    line->drive = HW_LINE_OPEN_SOURCE;
  else
    return FALSE;
  return TRUE;
}

static gboolean
read_line (const char *word, HwPanelLine *line, GError **error)
{
  const char *equals = strchr (word, '=');
  if (equals == NULL)
    return fail (word, "no '=' between part and line", error);
  g_autofree char *part = g_strndup (word, (gsize) (equals - word));
  for (line->part = 0; line->part < HW_PANEL_N_PARTS; line->part++)
    if (g_str_equal (part, part_words[line->part]))
      break;
  if (line->part == HW_PANEL_N_PARTS)
    return fail (word, "no such part of a panel", error);

  g_auto (GStrv) fields = g_strsplit (equals + 1, ":", -1);
  const char *name = fields[0] != NULL ? fields[0] : "";
  guint64 offset = 0;
  if (name[0] == '\0' || strlen (name) >= sizeof line->name)
    return fail (word, "the line's name is empty or longer than 31 bytes", error);
  if (g_ascii_string_to_unsigned (name, 10, 0, OFFSET_MAX, &offset, NULL))
    line->offset = (guint) offset;
  else if (g_ascii_isdigit (name[0]))
    return fail (word, "neither a name nor an offset up to 1023", error);
  else
    (void) g_strlcpy (line->name, name, sizeof line->name);
  for (guint i = 1; fields[i] != NULL; i++)
    if (!set_option (line, fields[i]))
      return fail (word, "an option that this part does not have", error);
  return TRUE;
}

static gboolean
is_same_line (const HwPanelLine *a, const HwPanelLine *b)
{
  return g_str_equal (a->name, b->name) && (a->name[0] != '\0' || a->offset == b->offset);
}

GArray *
hw_panel_lines_read (const char *text, GError **error)
{
  g_autoptr (GArray) lines = g_array_new (FALSE, TRUE, sizeof (HwPanelLine));
  g_auto (GStrv) words = g_strsplit_set (text, " \t", -1);
  for (guint i = 0; words[i] != NULL; i++) {
    if (words[i][0] == '\0')
      continue;
    HwPanelLine line = { 0 };
    if (!read_line (words[i], &line, error))
      return NULL;
    for (guint j = 0; j < lines->len; j++) {
      const HwPanelLine *other = &g_array_index (lines, HwPanelLine, j);
      if (other->part == line.part || is_same_line (other, &line)) {
        (void) fail (words[i], "the part or its line is there twice", error);
        return NULL;
      }
    }
    g_array_append_val (lines, line);
  }
  return g_steal_pointer (&lines);
}

const char *
hw_panel_part_to_string (HwPanelPart part)
{
  g_return_val_if_fail ((guint) part < HW_PANEL_N_PARTS, "");
  return part_words[part];
}
