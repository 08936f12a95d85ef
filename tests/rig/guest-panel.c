// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The panel's far end: a gpio-sim chip. Outputs are told to the host as the kernel's own trace sees
// them change, not as any program says.

#include "tests/rig/guest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONFIG       "/sys/kernel/config/gpio-sim/panel"
#define BANK         CONFIG "/bank0"
#define TWIN         "/sys/kernel/config/gpio-sim/twin"
#define LABEL        "rig-panel"
#define SHAKE_SEED   20261124
#define SHAKE_MAX_US 8000
#define TRACE        "/sys/kernel/tracing"

// Outputs first.
static const char *const names[] = { "GREEN",   "AMBER", "RED",   "BUZZER", "RELAY",
                                     "TRIGGER", "POWER", "PRINT", "LEAVE",  "DOOR",
                                     "TAMPER",  "PAPER", "SUPPLY" };

static char *
line_path (const char *line, const char *file)
{
  g_autofree char *device = NULL;
  g_autofree char *chip = NULL;
  if (!g_file_get_contents (CONFIG "/dev_name", &device, NULL, NULL) ||
      !g_file_get_contents (BANK "/chip_name", &chip, NULL, NULL))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i], line))
      return g_strdup_printf ("/sys/devices/platform/%s/%s/sim_gpio%u/%s", g_strstrip (device),
                              g_strstrip (chip), i, file);
  return NULL;
}

static gboolean
fail_line (const char *line, GError **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "line %s: not there", line);
  return FALSE;
}

gboolean
guest_panel_pull (const char *line, gboolean up, GError **error)
{
  g_autofree char *path = line_path (line, "pull");
  return path != NULL ? guest_write (path, up ? "pull-up" : "pull-down", error)
                      : fail_line (line, error);
}

// Contacts that chatter: levels shorter than any debounce, at random, ending as it was. On a busy
// machine one may last longer than it should: @ret_longest_us says so.
gboolean
guest_panel_shake (const char *line, guint n_edges, gint64 *ret_longest_us, GError **error)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (SHAKE_SEED);
  gboolean is_high = FALSE;
  if (!guest_panel_read (line, &is_high, error))
    return FALSE;
  *ret_longest_us = 0;
  for (guint i = 0; i < n_edges / 2 * 2; i++) {
    gint64 began_us = g_get_monotonic_time ();
    is_high = !is_high;
    if (!guest_panel_pull (line, is_high, error))
      return FALSE;
    g_usleep ((gulong) g_rand_int_range (random, 0, SHAKE_MAX_US)); // the length of a bounce
    *ret_longest_us = MAX (*ret_longest_us, g_get_monotonic_time () - began_us);
  }
  return TRUE;
}

gboolean
guest_panel_read (const char *line, gboolean *ret_is_high, GError **error)
{
  g_autofree char *path = line_path (line, "value");
  g_autofree char *value = NULL;
  if (path == NULL)
    return fail_line (line, error);
  if (!g_file_get_contents (path, &value, NULL, error))
    return FALSE;
  *ret_is_high = value[0] == '1';
  return TRUE;
}

gboolean
guest_panel_unplug (GError **error)
{
  return guest_write (CONFIG "/live", "0", error);
}

gboolean
guest_panel_plug (GError **error)
{
  return guest_write (CONFIG "/live", "1", error);
}

// Another chip of the same label, as two boards of one make have.
gboolean
guest_panel_plug_twin (GError **error)
{
  if (mkdir (TWIN, 0755) != 0 || mkdir (TWIN "/bank0", 0755) != 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "gpio-sim: %s", g_strerror (errno));
    return FALSE;
  }
  return guest_write (TWIN "/bank0/num_lines", "4", error) &&
         guest_write (TWIN "/bank0/label", LABEL, error) && guest_write (TWIN "/live", "1", error);
}

gboolean
guest_panel_unplug_twin (GError **error)
{
  return guest_write (TWIN "/live", "0", error);
}

// The number that the trace gives the chip's first line.
static gboolean
find_base (guint *ret_base)
{
  g_autofree char *chip = NULL;
  g_autofree char *text = NULL;
  if (!g_file_get_contents (BANK "/chip_name", &chip, NULL, NULL) ||
      !g_file_get_contents ("/sys/kernel/debug/gpio", &text, NULL, NULL))
    return FALSE;
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *prefix = g_strdup_printf ("%s: GPIOs ", g_strstrip (chip));
  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], prefix))
      return sscanf (lines[i] + strlen (prefix), "%u", ret_base) == 1;
  return FALSE;
}

// "  tramxanh-71  [000] .....  12.345678: gpio_value: 502 set 1"
static void
take_trace_line (const char *line)
{
  guint base = 0, number = 0, value = 0;
  gint64 seconds = 0, micros = 0;
  const char *event = strstr (line, ": gpio_value: ");
  if (event == NULL || sscanf (event, ": gpio_value: %u set %u", &number, &value) != 2)
    return;
  const char *time = event;
  while (time > line && time[-1] != ' ')
    time--;
  if (sscanf (time, "%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT, &seconds, &micros) != 2 ||
      !find_base (&base) || number - base >= G_N_ELEMENTS (names))
    return;
  if (g_str_equal (names[number - base], "GREEN") && value != 0)
    guest_disk_mark ("green"); // before the host knows
  guest_tell ("event line %s %u %" G_GINT64_FORMAT, names[number - base], value,
              seconds * G_USEC_PER_SEC + micros);
}

static gpointer
trace_worker (gpointer unused)
{
  FILE *pipe = fopen (TRACE "/trace_pipe", "re");
  char line[512];
  while (pipe != NULL && fgets (line, sizeof line, pipe) != NULL)
    take_trace_line (line);
  guest_tell ("event trace-ended");
  return NULL;
}

gboolean
guest_panel_start (GError **error)
{
  if (mkdir (CONFIG, 0755) != 0 || mkdir (BANK, 0755) != 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "gpio-sim: %s", g_strerror (errno));
    return FALSE;
  }
  g_autofree char *n_lines = g_strdup_printf ("%u", (guint) G_N_ELEMENTS (names));
  if (!guest_write (BANK "/num_lines", n_lines, error) ||
      !guest_write (BANK "/label", LABEL, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *folder = g_strdup_printf (BANK "/line%u", i);
    g_autofree char *name = g_build_filename (folder, "name", NULL);
    if (mkdir (folder, 0755) != 0 || !guest_write (name, names[i], error))
      return FALSE;
  }
  if (!guest_panel_plug (error) || !guest_write (TRACE "/trace_clock", "mono", error) ||
      !guest_write (TRACE "/events/gpio/gpio_value/enable", "1", error))
    return FALSE;
  g_thread_unref (g_thread_new ("trace", trace_worker, NULL));
  return TRUE;
}
