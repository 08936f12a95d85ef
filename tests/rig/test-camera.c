// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The kernel's camera: pulled out, covered, noisy, with another program on it, beside a second one.

#include <signal.h>
#include <string.h>

#include "tests/rig/rig.h"

#define READY_MS 60000
#define HEAL_MS  60000

static guint n_visitors; // each a different person

static void
visitor_gets_in (Rig *rig)
{
  g_autofree char *card =
      g_strdup_printf ("042090%06u||Nguyễn Văn Thử|15081990|Nam|Hà Tĩnh|10052021", n_visitors++);
  rig_visitor_shows (rig, DEMO_PROP_PHONE, card);
  rig_line_turns (rig, "GREEN", TRUE, READY_MS);
  rig_visitor_steps_back (rig);
  rig_line_turns (rig, "GREEN", FALSE, READY_MS);
}

static guint
count_records (Rig *rig, const char *kind)
{
  int status = -1;
  guint n = 0;
  rig_close_entrance (rig);
  g_autofree char *list =
      rig_ask_ctl (rig, "journal --state " RIG_STATE "/tramxanh list --json", &status);
  g_assert_cmpint (status, ==, 0);
  for (const char *at = list; (at = strstr (at, kind)) != NULL; at++)
    n++;
  return n;
}

static void
test_pulled_out (Rig *rig)
{
  rig_open_entrance (rig, RIG_CAMERA RIG_PANEL);
  visitor_gets_in (rig);
  for (guint i = 0; i < 3; i++) {
    rig_unplug (rig, "camera");
    rig_says (rig, "kiosk", "camera: missing", HEAL_MS);
    rig_line_turns (rig, "RED", TRUE, HEAL_MS);
    rig_plug (rig, "camera");
    rig_visitor_steps_back (rig);
    rig_says (rig, "kiosk", "camera: ready", HEAL_MS);
    rig_line_turns (rig, "RED", FALSE, HEAL_MS);
    visitor_gets_in (rig);
  }
  g_assert_cmpuint (count_records (rig, "\"observation-gap\""), ==, 3); // not looking is recorded
  rig_shut_down (rig);
}

static void
test_replaced (Rig *rig)
{
  rig_open_entrance (rig, RIG_CAMERA RIG_PANEL);
  visitor_gets_in (rig);
  for (guint i = 0; i < 2; i++) { // by one of another format, and back
    rig_camera_is_replaced (rig, i == 0 ? 640 : 1280, i == 0 ? 480 : 720);
    rig_visitor_steps_back (rig);
    rig_says (rig, "kiosk", "camera: ready", HEAL_MS);
    visitor_gets_in (rig);
  }
  g_assert_cmpuint (count_records (rig, "\"visit-open\""), ==, 3);
  rig_shut_down (rig);
}

static void
test_noise (Rig *rig)
{
  rig_open_entrance (rig, RIG_CAMERA RIG_PANEL);
  rig_signal_is_lost (rig);
  rig_wait (rig, 4000); // some 240 frames
  g_assert_cmpuint (rig_count_rises (rig, "GREEN") + rig_count_rises (rig, "RED"), ==, 0);
  rig_visitor_steps_back (rig);
  visitor_gets_in (rig);
  rig_close_entrance (rig);
  rig_shut_down (rig);
}

static void
test_covered (Rig *rig)
{
  rig_open_entrance (rig, RIG_CAMERA RIG_PANEL);
  rig_lens_is_covered (rig);
  rig_says (rig, "kiosk", "camera: sees nothing", HEAL_MS);
  rig_visitor_steps_back (rig);
  rig_says (rig, "kiosk", "camera: sees again", HEAL_MS);
  visitor_gets_in (rig);
  g_assert_cmpuint (count_records (rig, "\"observation-gap\""), ==, 1);
  rig_shut_down (rig);
}

static void
test_frozen (Rig *rig)
{
  rig_open_entrance (rig, RIG_CAMERA RIG_PANEL);
  rig_camera_freezes (rig, TRUE);
  rig_says (rig, "kiosk", "camera: frozen", HEAL_MS);
  rig_line_turns (rig, "RED", TRUE, HEAL_MS);
  rig_camera_freezes (rig, FALSE);
  rig_says (rig, "kiosk", "camera: ready", HEAL_MS);
  visitor_gets_in (rig);
  g_assert_cmpuint (count_records (rig, "\"observation-gap\""), ==, 1);
  rig_shut_down (rig);
}

static void
test_busy (Rig *rig)
{
  rig_forget_disk (rig);
  rig_boot (rig);
  rig_visitor_steps_back (rig);
  rig_start (rig, "other",
             "exec gst-launch-1.0 v4l2src device=/dev/v4l/by-id/rig-camera ! fakesink silent=true");
  rig_says (rig, "other", "PLAYING", READY_MS);
  rig_start_kiosk (rig, RIG_CAMERA RIG_PANEL, FALSE);
  rig_says (rig, "kiosk", "camera: busy", HEAL_MS);
  rig_line_turns (rig, "RED", TRUE, HEAL_MS);
  rig_signal (rig, "gst-launch-1.0", SIGKILL);
  rig_says (rig, "kiosk", "camera: ready", HEAL_MS);
  visitor_gets_in (rig);
  rig_close_entrance (rig);
  rig_shut_down (rig);
}

static void
test_two_cameras (Rig *rig)
{
  rig_forget_disk (rig);
  rig_boot_with_two_cameras (rig);
  rig_visitor_shows (rig, DEMO_PROP_PHONE, "https://example.org/menu"); // to the other one
  rig_start_kiosk (rig, "[camera]\nsource = v4l2:/dev/video2\n" RIG_PANEL, FALSE);
  rig_says (rig, "kiosk", "camera: ready", READY_MS);
  rig_wait (rig, 2000);
  g_assert_cmpuint (rig_count_rises (rig, "RED"), ==, 0);
  rig_close_entrance (rig);
  rig_start_kiosk (rig, RIG_CAMERA RIG_PANEL, FALSE);
  visitor_gets_in (rig);
  rig_close_entrance (rig);
  rig_shut_down (rig);
}

int
main (int argc, char **argv)
{
  static const RigTest tests[] = {
    { "/rig/camera/one-that-is-pulled-out-is-used-again", test_pulled_out },
    { "/rig/camera/one-of-another-format-takes-its-place", test_replaced },
    { "/rig/camera/noise-is-no-code", test_noise },
    { "/rig/camera/a-covered-lens-is-told-and-recorded", test_covered },
    { "/rig/camera/one-that-freezes-is-told-and-recorded", test_frozen },
    { "/rig/camera/one-that-another-program-holds-is-waited-for", test_busy },
    { "/rig/camera/of-two-the-configured-one-counts", test_two_cameras },
  };
  return rig_main (argc, argv, tests, G_N_ELEMENTS (tests));
}
