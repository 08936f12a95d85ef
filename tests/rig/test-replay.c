// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Green means recorded, to the write: the disk's log is played up to each rise of the green line,
// and no further. What a power cut at that moment would have left must hold every visitor whose
// lamp had gone green.

#include <string.h>

#include "tests/rig/rig.h"

#define GREENS         30
#define CONTROL_GREENS 6
#define MARKS_LATE     2 // may be on their way to the log when the power goes
#define READY_MS       60000
#define KIOSK                                                                                      \
  "exec " TX_BINARY_DIR                                                                            \
  "/kiosk/tramxanh --headless --config /run/scratch/replay.conf --state " RIG_STATE "/tramxanh"
#define LAZY "LAZY_SYNC=wal LD_PRELOAD=" TX_BINARY_DIR "/tests/rig/liblazy-sync.so "

static guint n_visitors;

static void
show_next_visitor (Rig *rig)
{
  g_autofree char *card =
      g_strdup_printf ("042090%06u||Nguyễn Văn Thử|15081990|Nam|Hà Tĩnh|10052021", n_visitors++);
  rig_visitor_shows (rig, DEMO_PROP_PHONE, card);
}

static void
record_greens (Rig *rig, const char *command, guint n_greens)
{
  rig_write_file (rig, "replay.conf", RIG_CAMERA RIG_PANEL);
  rig_forget_disk (rig);
  rig_log_writes (rig);
  rig_boot (rig);
  show_next_visitor (rig);
  rig_start (rig, "kiosk", command);
  gint64 until_us =
      g_get_monotonic_time () + (READY_MS + n_greens * 10000) * G_GINT64_CONSTANT (1000);
  for (guint n_seen = 0; n_seen < n_greens;) {
    g_assert_cmpint (g_get_monotonic_time (), <, until_us);
    rig_wait (rig, 5);
    if (rig_count_rises (rig, "GREEN") == n_seen)
      continue;
    n_seen = rig_count_rises (rig, "GREEN");
    show_next_visitor (rig);
  }
  rig_cut_power (rig);
}

// How many visits the disk held at the mark; -1: no whole journal.
static int
count_visits (Rig *rig, guint mark)
{
  int status = -1, n_visits = 0;
  rig_rewind_disk (rig, mark);
  rig_boot (rig);
  g_autofree char *verdict =
      rig_ask_ctl (rig, "journal --state " RIG_STATE "/tramxanh verify", &status);
  gboolean is_whole = status == 0;
  g_autofree char *list =
      rig_ask_ctl (rig, "journal --state " RIG_STATE "/tramxanh list --json", &status);
  rig_cut_power (rig);
  for (const char *at = list; (at = strstr (at, "\"visit-open\"")) != NULL; at++)
    n_visits++;
  return is_whole ? n_visits : -1;
}

static void
test_every_green_is_on_the_disk (Rig *rig)
{
  record_greens (rig, KIOSK, GREENS + MARKS_LATE);
  guint n_marks = rig_count_marks (rig);
  g_assert_cmpuint (n_marks, >=, GREENS);
  for (guint mark = 1; mark <= n_marks; mark++)
    g_assert_cmpint (count_visits (rig, mark), >=, (int) mark);
  g_test_message ("%u greens, the disk rewound to each: every visit is there", n_marks);
}

static void
test_a_lazy_log_is_noticed (Rig *rig)
{
  guint n_lost = 0;
  record_greens (rig, LAZY KIOSK, CONTROL_GREENS + MARKS_LATE);
  guint n_marks = rig_count_marks (rig);
  g_assert_cmpuint (n_marks, >=, CONTROL_GREENS);
  for (guint mark = 1; mark <= n_marks; mark++)
    n_lost += count_visits (rig, mark) < (int) mark;
  g_test_message ("not synced: %u of %u greens lost something", n_lost, n_marks);
  g_assert_cmpuint (n_lost, >=, n_marks / 2);
}

int
main (int argc, char **argv)
{
  static const RigTest tests[] = {
    { "/rig/replay/every-green-is-on-the-disk", test_every_green_is_on_the_disk },
    { "/rig/replay/a-log-that-is-not-synced-is-noticed", test_a_lazy_log_is_noticed },
  };
  return rig_main (argc, argv, tests, G_N_ELEMENTS (tests));
}
