// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include <glib/gstdio.h>

#include "hw/hw-speaker.h"

#define DEADLINE_MS 30000


static gboolean
on_deadline (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_CONTINUE;
}

static void
wait_until_ready (HwSpeaker *speaker)
{
  gboolean is_over = FALSE;
  guint deadline_id = g_timeout_add (DEADLINE_MS, on_deadline, &is_over);
  while (!hw_speaker_is_ready (speaker) && !is_over)
    (void) g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline_id);
  g_assert_true (hw_speaker_is_ready (speaker));
}

// The samples of one chime, as a file sink got them. (transfer full, of gint16)
static GArray *
record_chime (HwChime chime)
{
  g_autofree char *folder = g_dir_make_tmp ("tramxanh-speaker-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "chime.raw", NULL);
  g_autofree char *sink = g_strdup_printf (
      "audio/x-raw,format=S16LE,rate=48000,channels=1 ! filesink location=\"%s\"", path);
  HwSpeaker *speaker = hw_speaker_new (sink, 100);
  hw_speaker_play (speaker, chime);
  wait_until_ready (speaker);
  g_assert_finalize_object (speaker);
  char *content = NULL;
  gsize size = 0;
  g_assert_true (g_file_get_contents (path, &content, &size, NULL));
  GArray *samples = g_array_new (FALSE, FALSE, sizeof (gint16));
  g_array_append_vals (samples, content, (guint) (size / sizeof (gint16)));
  g_free (content);
  (void) g_remove (path);
  (void) g_rmdir (folder);
  return samples;
}

// By counting how often the wave goes up through zero.
static double
pitch_hz (GArray *samples, guint from_ms, guint to_ms)
{
  guint n_rises = 0;
  for (guint i = from_ms * 48 + 1; i < to_ms * 48; i++)
    if (g_array_index (samples, gint16, i - 1) < 0 && g_array_index (samples, gint16, i) >= 0)
      n_rises++;
  return n_rises * 1000.0 / (to_ms - from_ms);
}

static int
loudest (GArray *samples, guint from_ms, guint to_ms)
{
  int peak = 0;
  for (guint i = from_ms * 48; i < to_ms * 48; i++)
    peak = MAX (peak, ABS (g_array_index (samples, gint16, i)));
  return peak;
}

static void
accepted_rises (void)
{
  g_autoptr (GArray) samples = record_chime (HW_CHIME_ACCEPTED);
  g_assert_cmpuint (samples->len, ==, 310 * 48);
  g_assert_cmpfloat_with_epsilon (pitch_hz (samples, 5, 85), 880, 30);
  g_assert_cmpfloat_with_epsilon (pitch_hz (samples, 100, 300), 1318.5, 30);
  g_assert_cmpint (loudest (samples, 5, 85), >, 10000);
}

static void
notice_is_two_equal_notes (void)
{
  g_autoptr (GArray) samples = record_chime (HW_CHIME_NOTICE);
  g_assert_cmpfloat_with_epsilon (pitch_hz (samples, 5, 105), 660, 30);
  g_assert_cmpint (loudest (samples, 112, 158), ==, 0);
  g_assert_cmpfloat_with_epsilon (pitch_hz (samples, 165, 265), 660, 30);
}

static void
refused_is_one_low_note (void)
{
  g_autoptr (GArray) samples = record_chime (HW_CHIME_REFUSED);
  g_assert_cmpuint (samples->len, ==, 420 * 48);
  g_assert_cmpfloat_with_epsilon (pitch_hz (samples, 10, 400), 196, 15);
}

static void
without_a_device_it_is_silent_and_not_ready (void)
{
  HwSpeaker *speaker = hw_speaker_new ("filesink location=/no/such/folder/device", 100);
  for (int i = 0; i < 20; i++) {
    hw_speaker_play (speaker, HW_CHIME_NOTICE);
    while (g_main_context_iteration (NULL, FALSE))
      continue;
  }
  g_assert_false (hw_speaker_is_ready (speaker));
  g_assert_finalize_object (speaker);
}

static void
volume_nought_opens_nothing (void)
{
  HwSpeaker *speaker = hw_speaker_new ("filesink location=/no/such/folder/device", 0);
  hw_speaker_play (speaker, HW_CHIME_ACCEPTED);
  g_assert_finalize_object (speaker);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hw/speaker/accepted-rises", accepted_rises);
  g_test_add_func ("/hw/speaker/notice-is-two-equal-notes", notice_is_two_equal_notes);
  g_test_add_func ("/hw/speaker/refused-is-one-low-note", refused_is_one_low_note);
  g_test_add_func ("/hw/speaker/without-a-device-it-is-silent",
                   without_a_device_it_is_silent_and_not_ready);
  g_test_add_func ("/hw/speaker/volume-nought-opens-nothing", volume_nought_opens_nothing);
  return g_test_run ();
}
