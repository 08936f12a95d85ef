// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// tramxanh, the kiosk: options become objects, the objects are wired together, and run. No
// decisions here.

#define G_LOG_DOMAIN "tramxanh"

#include <glib-unix.h>
#include <gtk/gtk.h>
#include <locale.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "hw/hw-panel-file.h"
#include "kiosk/demo/demo-report.h"
#include "kiosk/entrance/entrance-system-clock.h"
#include "kiosk/kiosk-options.h"
#include "kiosk/ui/ui-window.h"

#define STATUS_COULD_NOT 3

// What a visitor shows passes through this memory: it must not end up in a core file.
static void
refuse_core_dumps (void)
{
  const struct rlimit none = { 0, 0 };
  (void) setrlimit (RLIMIT_CORE, &none); // lowering a limit cannot fail
  (void) prctl (PR_SET_DUMPABLE, 0);
}

static gboolean
on_signal (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static void
on_camera_state_changed (HwCamera *camera, GParamSpec *pspec, EntranceSession *session)
{
  entrance_session_set_camera_state (session, hw_camera_get_state (camera));
}

static void
on_camera_codes (HwCamera *camera, GPtrArray *codes, EntranceSession *session)
{
  entrance_session_see_codes (session, codes);
}

static void
on_camera_picture (HwCamera *camera, const HwPicture *picture, UiWindow *window)
{
  ui_window_show_picture (window, picture->pixels, picture->width_px, picture->height_px,
                          picture->stride);
}

static UiWindow *
open_window (const KioskOptions *options, EntranceSession *session, HwCamera *camera)
{
  UiWindow *window = ui_window_new (NULL, session);
  ui_window_set_theme (window, options->config.theme);
  g_signal_connect_object (camera, "picture", G_CALLBACK (on_camera_picture), window, 0);
  if (!options->windowed)
    gtk_window_fullscreen (GTK_WINDOW (window));
  gtk_window_present (GTK_WINDOW (window));
  return window;
}

static HwPanel *
open_panel (const KioskOptions *options)
{
  const char *source = options->config.panel_source;
  g_autofree char *demo_path = g_build_filename (options->state_dir, "panel.log", NULL);
  if (options->demo)
    return HW_PANEL (hw_panel_file_new (demo_path));
  if (g_str_has_prefix (source, "file:"))
    return HW_PANEL (hw_panel_file_new (source + strlen ("file:")));
  return NULL;
}

static int
run (const KioskOptions *options, GMainLoop *loop, DemoReport *report)
{
  g_autoptr (EntranceClock) clock = options->demo ? ENTRANCE_CLOCK (demo_clock_new ())
                                                  : ENTRANCE_CLOCK (entrance_system_clock_new ());
  g_autoptr (JournalStore) journal = journal_store_new (
      options->state_dir, options->config.retention_days, options->config.longest_stay_h);
  g_autoptr (HwCamera) camera =
      hw_camera_new (options->demo ? DEMO_CAMERA_SOURCE : options->config.camera_source);
  g_autoptr (HwPanel) panel = open_panel (options);
  g_autoptr (HwSpeaker) speaker = hw_speaker_new (NULL, options->config.volume_percent);
  g_autoptr (EntranceSession) session =
      entrance_session_new (&options->profile, clock, journal, panel, speaker);
  g_signal_connect_object (camera, "notify::state", G_CALLBACK (on_camera_state_changed), session,
                           0);
  g_signal_connect_object (camera, "codes", G_CALLBACK (on_camera_codes), session, 0);

  UiWindow *window = options->headless ? NULL : open_window (options, session, camera);
  entrance_session_start (session);
  hw_camera_start (camera);
  g_autoptr (DemoDay) demo = NULL;
  if (options->demo)
    demo = demo_report_play (report, camera, session, DEMO_CLOCK (clock), window, loop);
  g_main_loop_run (loop);

  hw_camera_stop (camera);
  if (window != NULL)
    gtk_window_destroy (GTK_WINDOW (window));
  return 0;
}
