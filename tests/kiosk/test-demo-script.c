// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "kiosk/demo/demo-scene.h"
#include "kiosk/demo/demo-script.h"

static void
reads_each_kind_of_step (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) steps = demo_script_read ("# a morning\n"
                                                  "\n"
                                                  "07:58 show phone-dark a b\\nc\\x00\\\\\n"
                                                  "23:59 press no-code\n"
                                                  "08:00 cover 5\n",
                                                  &error);
  g_assert_no_error (error);
  g_assert_cmpuint (steps->len, ==, 3);
  const DemoStep *shown = steps->pdata[0];
  g_assert_cmpuint (shown->minute, ==, 7 * 60 + 58);
  g_assert_cmpint (shown->prop, ==, DEMO_PROP_PHONE_DARK);
  gsize len = 0;
  g_assert_cmpmem (g_bytes_get_data (shown->payload, &len), len, "a b\nc\0\\", 7);
  g_assert_cmpint (((const DemoStep *) steps->pdata[1])->action, ==, DEMO_ACTION_PRESS_NO_CODE);
  g_assert_cmpuint (((const DemoStep *) steps->pdata[2])->cover_s, ==, 5);
}

static void
names_the_line_that_is_no_step (void)
{
  static const char *const wrong[] = {
    "08:00 press leaving\n24:00 press leaving", "08:00 press leaving\n08:00 press",
    "08:00 press leaving\n8 press leaving",     "08:00 press leaving\n08:00 show card",
    "08:00 press leaving\n08:00 show brick x",  "08:00 press leaving\n08:00 cover 0",
    "08:00 press leaving\n08:00 dance leaving",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (demo_script_read (wrong[i], &error));
    g_assert_error (error, DEMO_SCRIPT_ERROR, DEMO_SCRIPT_ERROR_SYNTAX);
    g_assert_nonnull (g_strrstr (error->message, "line 2"));
  }
}

static void
draws_everything_that_the_morning_shows (void)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_assert_true (
      g_file_get_contents (TX_SOURCE_DIR "/assets/demo/morning.txt", &text, NULL, &error));
  g_autoptr (GPtrArray) steps = demo_script_read (text, &error);
  g_assert_no_error (error);
  DemoScene *scene = demo_scene_new (320, 180);
  g_autoptr (GBytes) empty = demo_scene_draw (scene, 0, 0);
  for (guint i = 0; i < steps->len; i++) {
    const DemoStep *step = steps->pdata[i];
    if (step->action != DEMO_ACTION_SHOW)
      continue;
    g_assert_true (demo_scene_hold (scene, step->prop, step->payload));
    g_autoptr (GBytes) frame = demo_scene_draw (scene, 1, 0);
    g_assert_cmpuint (g_bytes_get_size (frame), ==, 320 * 180 * 4);
    g_assert_false (g_bytes_equal (frame, empty));
  }
  g_assert_finalize_object (scene);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/demo/script/reads-each-kind-of-step", reads_each_kind_of_step);
  g_test_add_func ("/demo/script/names-the-line-that-is-no-step", names_the_line_that_is_no_step);
  g_test_add_func ("/demo/scene/draws-everything-that-the-morning-shows",
                   draws_everything_that_the_morning_shows);
  return g_test_run ();
}
