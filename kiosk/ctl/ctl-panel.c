// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The kiosk's own panel object, held as long as the part is to be seen or heard.

#include "kiosk/ctl/ctl-panel.h"

#include <string.h>

#include "hw/hw-panel-line.h"
#include "kiosk/ctl/ctl-call.h"
#include "kiosk/kiosk-panel.h"

#define LIGHT_S     3
#define LIGHT_S_MAX 600
#define BUZZ_MS     600 // the longest pattern, and a little

// NULL: none is configured, or it says what is the matter. (transfer full)
static HwPanel *
open_panel (const CtlCall *call)
{
  g_autoptr (HwPanel) panel = kiosk_panel_new (&call->config);
  if (panel == NULL)
    return NULL;
  if (hw_panel_is_ready (panel))
    return g_steal_pointer (&panel);
  g_autofree char *problem = hw_panel_dup_problem (panel);
  const char *advice = "check its cable, panel.source and panel.lines";
  if (strstr (problem, "used by") != NULL)
    advice = "stop that program first (the kiosk: systemctl stop tramxanh-kiosk)";
  (void) ctl_call_fail (call, CTL_NO, "%s; %s", problem, advice);
  return NULL;
}

static gboolean
has_part (const CtlCall *call, const char *part)
{
  const char *source = call->config.panel_source;
  if (g_str_equal (source, "none"))
    return ctl_call_fail (call, CTL_NO, "panel.source is none: no panel is configured") == 0;
  if (g_str_has_prefix (source, "file:") && !g_str_equal (part, "buzzer"))
    return TRUE; // it has lamps, and no sound
  g_autoptr (GArray) lines = hw_panel_lines_read (call->config.panel_lines, NULL);
  for (guint i = 0; i < lines->len; i++)
    if (g_str_equal (hw_panel_part_to_string (g_array_index (lines, HwPanelLine, i).part), part))
      return TRUE;
  return ctl_call_fail (call, CTL_NO, "the panel has no '%s', see panel.lines", part) == 0;
}

static gboolean
on_over (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

static void
wait_ms (guint ms)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  (void) g_timeout_add (ms, on_over, loop);
  g_main_loop_run (loop);
}

int
ctl_light (int argc, char **argv)
{
  int for_s = LIGHT_S;
  const GOptionEntry entries[] = {
    { "for-s", 0, 0, G_OPTION_ARG_INT, &for_s, "How long, in seconds (3)", "N" },
    G_OPTION_ENTRY_NULL,
  };
  CtlCall call;
  HwLamp lamp = HW_LAMP_OFF;
  int status = ctl_call_read (&call, "green|amber|red|off - lights one lamp of the panel", entries,
                              1, 1, argc, argv);
  if (status != 0)
    return status;
  if (!hw_lamp_from_string (call.words[0], &lamp))
    return ctl_call_fail (&call, CTL_USAGE, "no lamp '%s': green, amber, red or off",
                          call.words[0]);
  if (for_s < 1 || for_s > LIGHT_S_MAX)
    return ctl_call_fail (&call, CTL_USAGE, "--for-s is 1 to %d", LIGHT_S_MAX);
  if (lamp != HW_LAMP_OFF && !has_part (&call, call.words[0]))
    return CTL_NO;
  g_autoptr (HwPanel) panel = open_panel (&call);
  if (panel == NULL) // nothing to put out is out
    return lamp == HW_LAMP_OFF && g_str_equal (call.config.panel_source, "none") ? 0 : CTL_NO;
  hw_panel_set_lamp (panel, lamp);
  if (lamp == HW_LAMP_OFF)
    return 0;
  wait_ms ((guint) for_s * 1000);
  hw_panel_set_lamp (panel, HW_LAMP_OFF);
  return 0;
}

int
ctl_buzz (int argc, char **argv)
{
  static const char *const patterns[] = {
    [HW_BUZZ_SHORT] = "short",
    [HW_BUZZ_TWICE] = "twice",
    [HW_BUZZ_LONG] = "long",
  };
  CtlCall call;
  HwBuzz buzz = HW_BUZZ_SHORT;
  int status =
      ctl_call_read (&call, "[short|twice|long] - sounds the buzzer", NULL, 0, 1, argc, argv);
  if (status != 0)
    return status;
  while (call.n_words == 1 && buzz < G_N_ELEMENTS (patterns) &&
         !g_str_equal (call.words[0], patterns[buzz]))
    buzz++;
  if (buzz == G_N_ELEMENTS (patterns))
    return ctl_call_fail (&call, CTL_USAGE, "no pattern '%s': short, twice or long", call.words[0]);
  if (!has_part (&call, hw_panel_part_to_string (HW_PANEL_PART_BUZZER)))
    return CTL_NO;
  g_autoptr (HwPanel) panel = open_panel (&call);
  if (panel == NULL)
    return CTL_NO;
  hw_panel_buzz (panel, buzz);
  wait_ms (BUZZ_MS);
  return 0;
}
