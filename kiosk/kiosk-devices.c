// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Facts from devices become calls of the entrance.

#define G_LOG_DOMAIN "kiosk-devices"

#include "kiosk/kiosk-devices.h"

#include <string.h>

#include "hw/hw-panel-file.h"
#include "hw/hw-printer-file.h"
#include "hw/hw-radio-replay.h"
#include "kiosk/kiosk-panel.h"
#include "kiosk/kiosk-printer.h"
#include "kiosk/kiosk-radio.h"
#include "kiosk/kiosk-wedge.h"

#define DEMO_PHONES "/vn/tramxanh/demo/phones.log"

static HwPanel *
open_panel (const KioskOptions *options)
{
  g_autofree char *demo_path = g_build_filename (options->state_dir, "panel.log", NULL);
  return options->demo ? HW_PANEL (hw_panel_file_new (demo_path))
                       : kiosk_panel_new (&options->config);
}

static HwPrinter *
open_printer (const KioskOptions *options)
{
  g_autofree char *demo_path = g_build_filename (options->state_dir, "slips", NULL);
  g_autofree char *count_path = g_build_filename (options->state_dir, "printer.paper", NULL);
  if (options->demo)
    return HW_PRINTER (hw_printer_file_new (demo_path, HW_SLIP_WIDTH_58_MM));
  HwPrinter *printer = kiosk_printer_new (&options->config);
  if (printer != NULL)
    kiosk_printer_keep_count (printer, count_path);
  return printer;
}

// The demo day has its own clock, and nobody to restart it.
static HwWatchdog *
open_watchdog (const KioskOptions *options)
{
  const char *source = options->config.watchdog_source;
  const char *device = options->demo ? NULL : strchr (source, ':'); // "none", or "device:/dev/…"
  HwWatchdog *watchdog = hw_watchdog_new (device != NULL ? device + 1 : NULL);
  g_autofree char *problem = hw_watchdog_dup_problem (watchdog);
  if (problem != NULL)
    g_info ("%s", problem);
  return watchdog;
}

// A replay reads a file, and the demo's log is compiled in.
static HwRadio *
open_demo_radio (const KioskOptions *options)
{
  g_autoptr (GBytes) log =
      g_resources_lookup_data (DEMO_PHONES, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autofree char *path = g_build_filename (options->state_dir, "phones.log", NULL);
  g_assert (log != NULL);
  (void) g_file_set_contents (path, g_bytes_get_data (log, NULL), (gssize) g_bytes_get_size (log),
                              NULL); // without it the replay says that the radio is missing
  return HW_RADIO (hw_radio_replay_new (path));
}

KioskDevices *
kiosk_devices_new (const KioskOptions *options)
{
  KioskDevices *devices = g_new0 (KioskDevices, 1);
  devices->panel = open_panel (options);
  devices->printer = open_printer (options);
  devices->watchdog = open_watchdog (options);
  devices->wedge = options->demo ? NULL : kiosk_wedge_new (&options->config);
  devices->radio = options->demo ? open_demo_radio (options) : kiosk_radio_new (&options->config);
  return devices;
}

void
kiosk_devices_free (KioskDevices *devices)
{
  g_clear_object (&devices->presence);
  g_clear_object (&devices->radio);
  g_clear_object (&devices->timekeeper);
  g_clear_object (&devices->upkeep);
  g_clear_object (&devices->printer_power);
  g_clear_object (&devices->slips);
  g_clear_object (&devices->printer);
  g_clear_object (&devices->wedge);
  g_clear_object (&devices->panel);
  g_clear_object (&devices->watchdog);
  g_free (devices);
}

static void
on_input (HwPanel *panel, int input, gboolean is_active, EntranceSession *session)
{
  if (input != HW_PANEL_TAMPER) // which may chatter: the upkeep counts it
    g_info ("panel: %s %s", hw_panel_input_to_string ((HwPanelInput) input),
            is_active ? "on" : "off");
  if (input == HW_PANEL_LEAVING_BUTTON && is_active)
    entrance_session_press_leaving (session);
}

static void
on_slips_input (HwPanel *panel, int input, gboolean is_active, EntranceSlips *slips)
{
  if (input == HW_PANEL_PRINT_BUTTON && is_active)
    entrance_slips_press_print (slips);
  else if (input == HW_PANEL_PAPER_OUT)
    entrance_slips_set_paper_sensor (slips, is_active);
}

static void
on_slip_sent (HwPrinter *printer, guint number, HwPanel *panel)
{
  hw_panel_trigger_printer (panel);
}

static void
on_panel_changed (HwPanel *panel, GParamSpec *pspec, gpointer unused)
{
  g_autofree char *problem = hw_panel_dup_problem (panel);
  g_info ("%s", problem != NULL ? problem : "panel: ready");
}

static void
connect_printer (KioskDevices *devices,
                 const KioskOptions *options,
                 EntranceSession *session,
                 EntranceClock *clock)
{
  devices->slips =
      entrance_slips_new (session, &options->profile, clock, devices->printer, options->pass_key,
                          options->demo || options->config.printer_slip == CT_SLIP_ALWAYS);
  if (devices->panel == NULL)
    return;
  devices->printer_power = entrance_printer_power_new (clock, devices->printer, devices->panel);
  g_signal_connect_object (devices->panel, "input", G_CALLBACK (on_slips_input), devices->slips, 0);
  g_signal_connect_object (devices->printer, "slip-sent", G_CALLBACK (on_slip_sent), devices->panel,
                           0);
}

static void
on_wedge_changed (HwWedge *wedge, GParamSpec *pspec, EntranceSession *session)
{
  const char *problem = hw_wedge_get_problem (wedge);
  g_info ("%s", problem != NULL ? problem : "scanner: ready");
  entrance_session_set_scanner_ready (session, hw_wedge_is_ready (wedge));
}

static void
on_wedge_code (HwWedge *wedge, GBytes *code, EntranceSession *session)
{
  entrance_session_take_scan (session, code);
}

static void
on_wedge_refused (HwWedge *wedge, int typed, EntranceSession *session)
{
  g_info ("scanner: refused: %s", hw_typed_to_string ((HwTyped) typed));
  entrance_session_refuse_scan (session);
}

static void
connect_wedge (HwWedge *wedge, EntranceSession *session)
{
  on_wedge_changed (wedge, NULL, session);
  g_signal_connect_object (wedge, "notify::problem", G_CALLBACK (on_wedge_changed), session, 0);
  g_signal_connect_object (wedge, "code", G_CALLBACK (on_wedge_code), session, 0);
  g_signal_connect_object (wedge, "refused", G_CALLBACK (on_wedge_refused), session, 0);
}

static void
on_radio_changed (HwRadio *radio, GParamSpec *pspec, gpointer unused)
{
  g_autofree char *problem = hw_radio_dup_problem (radio);
  if (problem != NULL)
    g_info ("%s", problem);
}

static void
connect_radio (KioskDevices *devices,
               const KioskOptions *options,
               EntranceSession *session,
               EntranceClock *clock)
{
  g_autoptr (GArray) tags = kiosk_radio_read_tags (&options->config);
  g_autoptr (GArray) badges = kiosk_radio_read_badges (&options->config);
  EntrancePresenceOptions presence = {
    .window_s = (guint) options->config.radio_window_s,
    .tap_dbm = options->config.radio_tap_dbm,
    .tags = tags,
    .badges = badges,
    .reading = (EntranceReadingMode) options->config.radio_read_iphones,
    .reference = kiosk_radio_read_reference (&options->config),
  };
  devices->presence = entrance_presence_new (session, clock, devices->radio, &presence);
  g_signal_connect (devices->radio, "notify::problem", G_CALLBACK (on_radio_changed), NULL);
}

static void
on_settled (GObject *source, GAsyncResult *result, gpointer is_settled)
{
  (void) journal_store_probe_finish (JOURNAL_STORE (source), result, NULL); // whatever it says
  *(gboolean *) is_settled = TRUE;
}

// Requests are served in their order: this one's answer means that none is left.
static void
settle (JournalStore *journal, EntranceClock *clock)
{
  JournalStamp now;
  gboolean is_settled = FALSE;
  entrance_clock_read (clock, &now);
  journal_store_probe_async (journal, &now, NULL, on_settled, &is_settled);
  while (!is_settled)
    (void) g_main_context_iteration (NULL, TRUE);
}

void
kiosk_devices_stop (KioskDevices *devices, JournalStore *journal, EntranceClock *clock)
{
  if (devices->presence == NULL)
    return;
  entrance_presence_stop (devices->presence);
  settle (journal, clock);
}

void
kiosk_devices_connect (KioskDevices *devices,
                       const KioskOptions *options,
                       EntranceSession *session,
                       EntranceClock *clock)
{
  devices->timekeeper = entrance_timekeeper_new (session, clock);
  if (devices->wedge != NULL)
    connect_wedge (devices->wedge, session);
  if (devices->panel != NULL) {
    on_panel_changed (devices->panel, NULL, NULL);
    g_signal_connect (devices->panel, "notify::problem", G_CALLBACK (on_panel_changed), NULL);
    g_signal_connect_object (devices->panel, "input", G_CALLBACK (on_input), session, 0);
    devices->upkeep = entrance_upkeep_new (session, clock, devices->panel);
  }
  if (devices->printer != NULL)
    connect_printer (devices, options, session, clock);
  if (devices->radio != NULL)
    connect_radio (devices, options, session, clock);
}
