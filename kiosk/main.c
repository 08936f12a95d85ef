// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// tramxanh, the kiosk: options become objects, the objects are wired together, and run. No
// decisions here.

#define G_LOG_DOMAIN "tramxanh"

#include <glib-unix.h>
#include <locale.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "kiosk/entrance/entrance-system-clock.h"
#include "kiosk/kiosk-alive.h"
#include "kiosk/kiosk-camera.h"
#include "kiosk/kiosk-demo.h"
#include "kiosk/kiosk-devices.h"
#include "kiosk/kiosk-enrol.h"
#include "kiosk/kiosk-feed.h"
#include "kiosk/kiosk-log.h"
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
on_camera_picture (HwCamera *camera, const HwPicture *picture, UiWindow *window)
{
  ui_window_show_picture (window, picture->pixels, picture->width_px, picture->height_px,
                          picture->stride);
}

static UiWindow *
open_window (const KioskOptions *options, EntranceSession *session, HwCamera *camera)
{
  static const UiTheme themes[] = {
    [CT_THEME_AUTO] = UI_THEME_AUTO,
    [CT_THEME_LIGHT] = UI_THEME_LIGHT,
    [CT_THEME_DARK] = UI_THEME_DARK,
  };
  UiWindow *window = ui_window_new (session);
  ui_window_set_theme (window, themes[options->config.screen_theme]);
  g_signal_connect_object (camera, "picture", G_CALLBACK (on_camera_picture), window, 0);
  if (!options->windowed)
    gtk_window_fullscreen (GTK_WINDOW (window));
  gtk_window_present (GTK_WINDOW (window));
  return window;
}

static int
run (KioskOptions *options, GMainLoop *loop)
{
  g_autoptr (EntranceClock) clock = options->demo ? ENTRANCE_CLOCK (demo_clock_new ())
                                                  : ENTRANCE_CLOCK (entrance_system_clock_new ());
  g_autoptr (JournalStore) journal =
      journal_store_new (options->state_dir, (guint) options->config.journal_retention_days,
                         options->profile.longest_stay_h);
  g_autoptr (HwCamera) camera =
      hw_camera_new (options->demo ? DEMO_CAMERA_SOURCE : options->config.camera_source);
  g_autoptr (KioskDevices) devices = kiosk_devices_new (options);
  g_autoptr (HwSpeaker) speaker =
      hw_speaker_new (NULL, (guint) options->config.sound_volume_percent);
  g_autoptr (EntranceSession) session =
      entrance_session_new (&options->profile, clock, journal, devices->panel, speaker);
  kiosk_camera_connect (camera, session);
  kiosk_devices_connect (devices, options, session, clock);
  UiWindow *window = options->headless ? NULL : open_window (options, session, camera);
  g_autoptr (KioskDemo) demo = options->demo ? kiosk_demo_new (options, camera, journal, session,
                                                               DEMO_CLOCK (clock), window, loop)
                                             : NULL;
  g_autoptr (KioskFeed) feed = kiosk_feed_new (options, journal, session, clock, devices);
  g_autoptr (KioskEnrol) enrol = kiosk_enrol_new (options, camera, session, clock);
  g_signal_connect_swapped (enrol, "done", G_CALLBACK (entrance_session_start), session);
  g_signal_connect_swapped (enrol, "done", G_CALLBACK (kiosk_feed_start), feed);
  kiosk_enrol_start (enrol);
  hw_camera_start (camera);
  g_autoptr (KioskAlive) alive = kiosk_alive_new (devices->watchdog, camera, journal, clock);
  if (demo != NULL)
    kiosk_demo_start (demo);

  g_main_loop_run (loop);

  kiosk_devices_stop (devices, journal, clock);
  hw_camera_stop (camera);
  if (window != NULL)
    gtk_window_destroy (GTK_WINDOW (window));
  kiosk_feed_stop (feed);
  g_clear_object (&enrol);
  g_clear_object (&feed);
  g_clear_object (&alive);
  g_clear_pointer (&devices, kiosk_devices_free);
  g_clear_object (&session);
  g_clear_object (&journal); // closed for good: what follows reads the file
  return demo != NULL ? kiosk_demo_report (demo) : 0;
}

int
main (int argc, char **argv)
{
  refuse_core_dumps ();
  kiosk_log_start ();
  (void) setlocale (LC_ALL, "");
  int status = 0;
  g_autoptr (GError) error = NULL;
  g_autoptr (KioskOptions) options = kiosk_options_new (&argc, &argv, &status, &error);
  if (options == NULL) {
    (void) fprintf (stderr, "tramxanh: %s\n", error->message);
    return status;
  }
  if (options->version)
    return printf ("tramxanh %s\n", TX_VERSION) > 0 ? 0 : STATUS_COULD_NOT;
  if (!options->headless && !gtk_init_check ()) {
    (void) fprintf (stderr, "tramxanh: no display; --headless runs without one\n");
    return STATUS_COULD_NOT;
  }
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  guint on_term = g_unix_signal_add (SIGTERM, on_signal, loop);
  guint on_int = g_unix_signal_add (SIGINT, on_signal, loop);
  status = run (options, loop);
  g_source_remove (on_term);
  g_source_remove (on_int);
  return status;
}
