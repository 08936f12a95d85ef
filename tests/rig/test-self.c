// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The rig itself: what the other rig tests take for granted.

#include "tests/rig/rig.h"

#include <string.h>

static void
test_disk_survives (Rig *rig)
{
  int status = -1;
  rig_boot (rig);
  g_free (rig_run (rig, "echo kept >" RIG_STATE "/a && sync " RIG_STATE "/a", &status));
  g_assert_cmpint (status, ==, 0);
  g_free (rig_run (rig, "echo lost >" RIG_STATE "/b", &status)); // in the page cache only
  rig_cut_power (rig);
  rig_boot (rig);
  g_autofree char *kept = rig_run (rig, "cat " RIG_STATE "/a", &status);
  g_assert_cmpstr (kept, ==, "kept\n");
  g_autofree char *lost = rig_run (rig, "cat " RIG_STATE "/b", &status);
  g_assert_null (strstr (lost, "lost\n"));
  rig_shut_down (rig);
}

static void
test_lines (Rig *rig)
{
  rig_boot (rig);
  g_assert_false (rig_line_is_high (rig, "PRINT"));
  rig_pull (rig, "PRINT", TRUE);
  g_assert_true (rig_line_is_high (rig, "PRINT"));
  rig_pull (rig, "PRINT", FALSE);
  g_assert_false (rig_line_is_high (rig, "PRINT"));
  rig_shut_down (rig);
}

static void
test_camera (Rig *rig)
{
  rig_boot (rig);
  rig_visitor_steps_back (rig);
  gint64 first_us = rig_shown_us (rig);
  rig_visitor_shows (rig, DEMO_PROP_CARD, "test");
  g_assert_cmpint (rig_shown_us (rig), >, first_us);
  rig_shut_down (rig);
}

int
main (int argc, char **argv)
{
  static const RigTest tests[] = {
    { "/rig/self/what-was-synced-survives-a-power-cut", test_disk_survives },
    { "/rig/self/lines-follow-the-hand", test_lines },
    { "/rig/self/the-camera-shows-what-is-held-up", test_camera },
  };
  return rig_main (argc, argv, tests, G_N_ELEMENTS (tests));
}
