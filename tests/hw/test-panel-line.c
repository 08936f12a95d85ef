// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How the wiring of a panel is written.

#include "hw/hw-panel-line.h"

static void
test_reads (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) lines = hw_panel_lines_read (
      "green=LAMP_GREEN  relay=5:active-low:open-drain\tdoor=DOOR:pull-up:active-low", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (lines->len, ==, 3);
  const HwPanelLine *green = &g_array_index (lines, HwPanelLine, 0);
  const HwPanelLine *relay = &g_array_index (lines, HwPanelLine, 1);
  const HwPanelLine *door = &g_array_index (lines, HwPanelLine, 2);
  g_assert_cmpint (green->part, ==, HW_PANEL_PART_GREEN);
  g_assert_cmpstr (green->name, ==, "LAMP_GREEN");
  g_assert_false (green->is_active_low);
  g_assert_cmpstr (relay->name, ==, "");
  g_assert_cmpuint (relay->offset, ==, 5);
  g_assert_true (relay->is_active_low);
  g_assert_cmpint (relay->drive, ==, HW_LINE_OPEN_DRAIN);
  g_assert_cmpint (door->bias, ==, HW_LINE_PULL_UP);
  g_assert_true (door->is_active_low);
}

static void
test_nothing_is_wired (void)
{
  g_autoptr (GArray) lines = hw_panel_lines_read ("  ", NULL);
  g_assert_cmpuint (lines->len, ==, 0);
}

static void
test_refuses (void)
{
  static const struct {
    const char *text;
    const char *why;
  } cases[] = {
    { "green", "no '='" },
    { "blue=LAMP", "no such part" },
    { "=LAMP", "no such part" },
    { "green=", "empty" },
    { "green=A_NAME_THAT_IS_LONGER_THAN_THE_KERNEL_HAS", "longer than 31" },
    { "green=-1", NULL }, // a name, as far as anybody can tell
    { "green=1024", "offset up to 1023" },
    { "green=4294967296", "offset up to 1023" },
    { "green=99999999999999999999", "offset up to 1023" },
    { "green=1x", "offset up to 1023" },
    { "green=1:pull-up", "an option" }, // an output has no pull
    { "door=1:open-drain", "an option" },
    { "door=1:", "an option" },
    { "door=1:ACTIVE-LOW", "an option" },
    { "green=1 green=2", "twice" },
    { "green=1 red=1", "twice" },
    { "green=L red=L", "twice" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GArray) lines = hw_panel_lines_read (cases[i].text, &error);
    g_test_message ("%s", cases[i].text);
    g_assert_cmpint (lines == NULL, ==, cases[i].why != NULL);
    if (cases[i].why == NULL)
      continue;
    g_assert_error (error, HW_ERROR, HW_ERROR_SYNTAX);
    g_assert_nonnull (strstr (error->message, cases[i].why));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hw/panel-line/reads-parts-lines-and-options", test_reads);
  g_test_add_func ("/hw/panel-line/nothing-may-be-wired", test_nothing_is_wired);
  g_test_add_func ("/hw/panel-line/refuses-what-makes-no-sense", test_refuses);
  return g_test_run ();
}
