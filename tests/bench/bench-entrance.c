// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// From the first frame that holds a code to the committed record: the real camera pipeline,
// decoder, entrance and journal, no screen. Frames come at 30 a second; each visitor is new. Prints
// median and p99 of each part.
//
// usage: bench-entrance [VISITORS] [STATE_DIR]

#include <stdio.h>
#include <stdlib.h>

#include "kiosk/demo/demo-clock.h"
#include "kiosk/demo/demo-scene.h"
#include "kiosk/entrance/entrance-session.h"

#define FRAME_MS 33

typedef struct {
  GMainLoop *loop;
  HwCamera *camera;
  EntranceSession *session;
  DemoScene *scene;
  guint n_visitors;
  guint at;
  gint64 first_push_us;
  gint64 frame_us;
  gint64 decoded_us;
  GArray *wait_ms;   // first frame pushed → the frame that was read reaches the decoder
  GArray *decode_ms; // → read
  GArray *commit_ms; // → committed and told
  GArray *total_ms;
} Bench;

static void
hold_next (Bench *bench)
{
  g_autofree char *payload = g_strdup_printf (
      "042090%06u|%09u|Nguyễn Văn Thử|15081990|Nam|Thôn %u, Thạch Hà, Hà Tĩnh|10052021", bench->at,
      100000000 + bench->at, bench->at);
  g_autoptr (GBytes) bytes = g_bytes_new (payload, strlen (payload));
  (void) demo_scene_hold (bench->scene, bench->at % 2 == 0 ? DEMO_PROP_CARD : DEMO_PROP_PHONE,
                          bytes);
  bench->first_push_us = 0;
  bench->frame_us = 0;
}

static gboolean
on_frame_due (gpointer user_data)
{
  Bench *bench = user_data;
  g_autoptr (GBytes) frame = demo_scene_draw (bench->scene, 1, 0.1 * bench->at);
  if (bench->first_push_us == 0)
    bench->first_push_us = g_get_monotonic_time ();
  hw_camera_push_frame (bench->camera, frame);
  return G_SOURCE_CONTINUE;
}

static void
on_codes (HwCamera *camera, GPtrArray *codes, Bench *bench)
{
  const HwCode *code = codes->pdata[0];
  if (bench->frame_us == 0 && bench->first_push_us != 0 &&
      code->frame_time_us >= bench->first_push_us) {
    bench->frame_us = code->frame_time_us;
    bench->decoded_us = code->decoded_time_us;
  }
  entrance_session_see_codes (bench->session, codes);
}

static void
add_ms (GArray *samples, gint64 from_us, gint64 to_us)
{
  double ms = (double) (to_us - from_us) / 1000.0;
  g_array_append_val (samples, ms);
}

static void
on_decided (EntranceSession *session, EntranceView *view, Bench *bench)
{
  if (view->message != ENTRANCE_MESSAGE_WELCOME || bench->frame_us == 0)
    return;
  gint64 now_us = g_get_monotonic_time ();
  add_ms (bench->wait_ms, bench->first_push_us, bench->frame_us);
  add_ms (bench->decode_ms, bench->frame_us, bench->decoded_us);
  add_ms (bench->commit_ms, bench->decoded_us, now_us);
  add_ms (bench->total_ms, bench->first_push_us, now_us);
  if (++bench->at >= bench->n_visitors)
    g_main_loop_quit (bench->loop);
  else
    hold_next (bench);
}

static void
on_camera_state_changed (HwCamera *camera, GParamSpec *pspec, EntranceSession *session)
{
  entrance_session_set_camera_state (session, hw_camera_get_state (camera));
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;
  return (x > y) - (x < y);
}

static void
print_row (const char *name, GArray *samples)
{
  g_array_sort (samples, compare);
  (void) printf ("%-28s %8.2f %8.2f %8.2f\n", name,
                 g_array_index (samples, double, samples->len / 2),
                 g_array_index (samples, double, samples->len * 95 / 100),
                 g_array_index (samples, double, samples->len * 99 / 100));
}

int
main (int argc, char **argv)
{
  g_autofree char *made_dir = argc > 2 ? NULL : g_dir_make_tmp ("tramxanh-bench-XXXXXX", NULL);
  const EntranceProfile profile = { .venue_name = "Bench",
                                    .zone = "main",
                                    .cool_down_s = 10,
                                    .result_ms = 2000,
                                    .longest_stay_h = 16 };
  Bench bench = { .n_visitors = argc > 1 ? (guint) strtoul (argv[1], NULL, 10) : 200 };
  bench.loop = g_main_loop_new (NULL, FALSE);
  bench.scene = demo_scene_new (1280, 720);
  bench.camera = hw_camera_new ("push:1280x720@30");
  GArray **parts[] = { &bench.wait_ms, &bench.decode_ms, &bench.commit_ms, &bench.total_ms };
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    *parts[i] = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (DemoClock) clock = demo_clock_new ();
  g_autoptr (JournalStore) journal = journal_store_new (argc > 2 ? argv[2] : made_dir, 21, 16);
  bench.session = entrance_session_new (&profile, ENTRANCE_CLOCK (clock), journal, NULL, NULL);
  g_signal_connect (bench.session, "decided", G_CALLBACK (on_decided), &bench);
  g_signal_connect (bench.camera, "codes", G_CALLBACK (on_codes), &bench);
  g_signal_connect (bench.camera, "notify::state", G_CALLBACK (on_camera_state_changed),
                    bench.session);
  entrance_session_start (bench.session);
  hw_camera_start (bench.camera);
  hold_next (&bench);
  guint tick = g_timeout_add (FRAME_MS, on_frame_due, &bench);
  g_main_loop_run (bench.loop);
  g_source_remove (tick);
  (void) printf ("%u visitors, 1280x720 at 30 fps, state in %s\n", bench.n_visitors,
                 argc > 2 ? argv[2] : made_dir);
  (void) printf ("%-28s %8s %8s %8s\n", "ms", "median", "p95", "p99");
  print_row ("first frame → decoder", bench.wait_ms);
  print_row ("decode", bench.decode_ms);
  print_row ("decoded → committed, told", bench.commit_ms);
  print_row ("first frame → told", bench.total_ms);
  hw_camera_stop (bench.camera);
  g_object_unref (bench.session);
  g_object_unref (bench.camera);
  g_object_unref (bench.scene);
  return 0;
}
