// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A morning from a file.

#include "hw/hw-radio-replay.h"

#include <glib/gstdio.h>
#include <unistd.h>

#define PHONE "0303564E0FFFB522B9A665D754FE65E665D76A45"

typedef struct {
  char *path;
  HwRadioReplay *radio;
  guint n_heard;
  guint n_with_service;
  gboolean drops;
} Fixture;

static void
on_sighting (HwRadio *radio, const HwSighting *sighting, Fixture *fixture)
{
  fixture->n_heard++;
  fixture->n_with_service +=
      ct_advert_has_service (sighting->advert, ct_uuid_of_16 (0x4e56)) ? 1 : 0;
  if (fixture->drops)
    g_clear_object (&fixture->radio);
}

static void
play (Fixture *fixture, const char *text)
{
  if (text != NULL)
    g_assert_true (g_file_set_contents (fixture->path, text, -1, NULL));
  fixture->radio = hw_radio_replay_new (fixture->path);
  g_signal_connect (fixture->radio, "sighting", G_CALLBACK (on_sighting), fixture);
}

#define WAIT_UNTIL(condition)                                                                      \
  do                                                                                               \
    g_main_context_iteration (NULL, TRUE);                                                         \
  while (!(condition))

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  int fd = g_file_open_tmp ("radio-XXXXXX", &fixture->path, NULL);
  g_assert_cmpint (close (fd), ==, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  if (fixture->radio != NULL)
    g_assert_finalize_object (fixture->radio);
  (void) g_remove (fixture->path); // one test has none
  g_free (fixture->path);
}

static void
test_plays (Fixture *fixture, gconstpointer unused)
{
  play (fixture, "# a morning\n0 C0:00:00:00:00:01 random -60 " PHONE "\n\n"
                 "20 C0:00:00:00:00:01 random 127 -\n40 00:11:22:33:44:55 public -90 " PHONE);
  g_assert_cmpint (hw_radio_get_state (HW_RADIO (fixture->radio)), ==, HW_RADIO_STARTING);
  gint64 began_us = g_get_monotonic_time ();
  WAIT_UNTIL (fixture->n_heard == 3);
  g_assert_cmpint (g_get_monotonic_time () - began_us, >=, 40000); // at its pace
  g_assert_cmpuint (fixture->n_with_service, ==, 2);
  g_assert_cmpint (hw_radio_get_state (HW_RADIO (fixture->radio)), ==, HW_RADIO_HEARING);
  g_assert_cmpint (hw_radio_get_heard_us (HW_RADIO (fixture->radio)), >=, began_us);
}

static void
test_goes_wrong (Fixture *fixture, gconstpointer unused)
{
  static const char *const wrong[] = {
    "0 C0:00:00:00:00:01 random -60 " PHONE "\nnonsense\n",
    "5 C0:00:00:00:00:01 random -60 " PHONE "\n4 C0:00:00:00:00:01 random -60 " PHONE "\n",
  };
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    play (fixture, wrong[i]);
    WAIT_UNTIL (hw_radio_get_state (HW_RADIO (fixture->radio)) == HW_RADIO_MISSING);
    g_autofree char *problem = hw_radio_dup_problem (HW_RADIO (fixture->radio));
    g_assert_true (g_str_has_suffix (problem, ": line 2 is wrong"));
    g_assert_cmpuint (fixture->n_heard, ==, i + 1); // what came before was heard
    g_assert_finalize_object (g_steal_pointer (&fixture->radio));
  }
}

// What a power cut leaves of a log: zeros at its end, or in it.
static void
test_zeros (Fixture *fixture, gconstpointer unused)
{
  static const char text[] = "0 C0:00:00:00:00:01 random -60 " PHONE "\n#\0\n\0\0\0";
  g_assert_true (g_file_set_contents (fixture->path, text, sizeof text - 1, NULL));
  play (fixture, NULL);
  WAIT_UNTIL (hw_radio_get_state (HW_RADIO (fixture->radio)) == HW_RADIO_MISSING);
  g_autofree char *problem = hw_radio_dup_problem (HW_RADIO (fixture->radio));
  g_assert_true (g_str_has_suffix (problem, ": line 2 is wrong"));
  g_assert_cmpuint (fixture->n_heard, ==, 1);
}

static void
test_is_not_there (Fixture *fixture, gconstpointer unused)
{
  g_assert_cmpint (g_remove (fixture->path), ==, 0);
  play (fixture, NULL);
  WAIT_UNTIL (hw_radio_get_state (HW_RADIO (fixture->radio)) == HW_RADIO_MISSING);
}

static void
test_is_dropped (Fixture *fixture, gconstpointer unused)
{
  fixture->drops = TRUE;
  play (fixture, "0 C0:00:00:00:00:01 random -60 " PHONE "\n1 C0:00:00:00:00:01 random -60 -\n");
  WAIT_UNTIL (fixture->radio == NULL);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (fixture->n_heard, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                            \
  g_test_add ("/hw/radio-replay/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("plays-at-its-pace", test_plays);
  ADD ("stops-where-it-goes-wrong", test_goes_wrong);
  ADD ("stops-at-zeros", test_zeros);
  ADD ("is-missing-without-its-log", test_is_not_there);
  ADD ("may-be-dropped-by-who-hears", test_is_dropped);
  return g_test_run ();
}
