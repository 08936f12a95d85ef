// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// From the first frame with a card in it, as the camera's driver stamped it, to the edge of the
// green line, as the kernel traced it: through decoder, entrance and a durable record on the disk.
// The figures are for people; what fails is a visitor who is not recorded.
//
// test-rig-latency [SCANS] [screen]

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "tests/rig/rig.h"

#define SCANS    100
#define READY_MS 60000
#define FRAME_MS (1000.0 / 60)

static guint n_scans = SCANS;
static gboolean with_screen;

static int
compare (gconstpointer a, gconstpointer b)
{
  double difference = *(const double *) a - *(const double *) b;
  return (difference > 0) - (difference < 0);
}

static double
rank (GArray *sorted, double share)
{
  return g_array_index (sorted, double, (guint) (share * (sorted->len - 1) + 0.5));
}

static double
scan (Rig *rig, guint number)
{
  g_autofree char *card =
      g_strdup_printf ("042090%06u||Nguyễn Văn Thử|15081990|Nam|Hà Tĩnh|10052021", number);
  guint n_rises = rig_count_rises (rig, "GREEN");
  rig_visitor_shows (rig, number % 2 == 0 ? DEMO_PROP_CARD : DEMO_PROP_PHONE, card);
  rig_wait_for_rises (rig, "GREEN", n_rises + 1, READY_MS);
  gint64 green_us = rig_line_turns (rig, "GREEN", TRUE, READY_MS);
  double ms = (double) (green_us - rig_shown_us (rig)) / 1000;
  g_autofree char *odd = // a card that staff should see: amber, so that the next green is an edge
      g_strdup_printf ("042303%06u||Lê Văn Lạ|21032003|Nam|Hà Tĩnh|14082021", number);
  rig_visitor_shows (rig, DEMO_PROP_PHONE, odd);
  rig_line_turns (rig, "AMBER", TRUE, READY_MS);
  rig_wait (rig, 5 * (number % 7)); // not in step with the camera
  return ms;
}

static void
test_latency (Rig *rig)
{
  rig_forget_disk (rig);
  rig_boot (rig);
  rig_visitor_steps_back (rig);
  rig_start_kiosk (rig, RIG_CAMERA RIG_PANEL, with_screen);
  rig_says (rig, "kiosk", "camera: ready", READY_MS);
  g_autoptr (GArray) latencies = g_array_new (FALSE, FALSE, sizeof (double));
  (void) scan (rig, n_scans); // what is done once is not what a visitor waits for
  for (guint i = 0; i < n_scans; i++) {
    double ms = scan (rig, i);
    g_array_append_val (latencies, ms);
  }
  g_array_sort (latencies, compare);
  g_test_message ("%u scans%s, first frame to green line: median %.1f ms, p95 %.1f, p99 %.1f, "
                  "worst %.1f (a frame lasts %.1f ms)",
                  n_scans, with_screen ? " with a screen" : "", rank (latencies, 0.5),
                  rank (latencies, 0.95), rank (latencies, 0.99), rank (latencies, 1), FRAME_MS);
  int status = -1;
  rig_signal (rig, "tramxanh", SIGTERM);
  g_assert_cmpint (rig_wait_for_end (rig, "kiosk", READY_MS), ==, 0);
  g_autofree char *wanted = g_strdup_printf ("\"visit-open\":%u", 2 * (n_scans + 1));
  g_autofree char *stats =
      rig_ask_ctl (rig, "journal --state " RIG_STATE "/tramxanh stats --json", &status);
  g_assert_nonnull (strstr (stats, wanted));
  rig_shut_down (rig);
}

int
main (int argc, char **argv)
{
  static const RigTest tests[] = {
    { "/rig/latency/from-the-first-frame-to-the-green-line", test_latency },
  };
  if (argc > 1 && g_ascii_isdigit (argv[1][0]))
    n_scans = (guint) strtoul (argv[1], NULL, 10);
  with_screen = argc > 2;
  return rig_main (argc, argv, tests, G_N_ELEMENTS (tests));
}
