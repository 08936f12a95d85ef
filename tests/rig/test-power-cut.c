// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Green means recorded. The kernel is killed at random moments while visitors come one after
// another; what counts is the green line, as the guest's kernel traced it, not what any program
// says. After every cut the journal must verify, and hold every visit whose lamp went green, none
// twice.
//
// test-rig-power-cut [CUTS]: 60 unless told; CTest runs that, the long lane 1000 and more.

#include <stdlib.h>
#include <string.h>

#include "tests/rig/rig.h"

#define START_MS     60000
#define OPEN_MAX_MS  2500 // from an open entrance to the cut
#define CUTS         60
#define CONTROL_CUTS 4

typedef struct {
  guint n_shown;  // visitors, each a different person
  guint n_green;  // of them, those whose lamp went green
  guint n_visits; // in the journal
} Tally;

static void
show_next_visitor (Rig *rig, Tally *tally)
{
  g_autofree char *card = g_strdup_printf (
      "042090%06u||Nguyễn Văn Thử|15081990|Nam|Hà Tĩnh|10052021", tally->n_shown++);
  rig_visitor_shows (rig, DEMO_PROP_PHONE, card);
}

// @preload: an environment assignment in front of the kiosk, or "".
static void
open_entrance_until_the_cut (Rig *rig, const char *preload, guint open_ms, Tally *tally)
{
  g_autofree char *kiosk = g_strdup_printf (
      "%s exec " TX_BINARY_DIR
      "/kiosk/tramxanh --headless --config /run/scratch/cut.conf --state " RIG_STATE "/tramxanh",
      preload);
  rig_write_file (rig, "cut.conf", RIG_CAMERA RIG_PANEL);
  show_next_visitor (rig, tally);
  rig_start (rig, "kiosk", kiosk);
  rig_line_turns (rig, "RELAY", FALSE, START_MS);
  gint64 cut_us = g_get_monotonic_time () + (gint64) open_ms * 1000;
  guint n_rises = 0;
  while (g_get_monotonic_time () < cut_us) {
    rig_wait (rig, 5);
    if (rig_count_rises (rig, "GREEN") == n_rises)
      continue;
    n_rises = rig_count_rises (rig, "GREEN");
    show_next_visitor (rig, tally);
  }
  rig_cut_power (rig);
  tally->n_green += rig_count_rises (rig, "GREEN");
}

static guint
count_visits (const char *list)
{
  guint n = 0;
  for (const char *at = list; (at = strstr (at, "\"visit-open\"")) != NULL; at++)
    n++;
  return n;
}

// It was cut before the first record.
static gboolean
has_not_begun (const char *verdict)
{
  static const char *const words[] = { "No such file", "file: empty", "no record" };
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strstr (verdict, words[i]) != NULL)
      return TRUE;
  return FALSE;
}

// Whether the journal is whole; counts its visits.
static gboolean
examine_journal (Rig *rig, Tally *tally)
{
  int status = -1;
  g_autofree char *verdict =
      rig_ask_ctl (rig, "journal --state " RIG_STATE "/tramxanh verify", &status);
  if (status != 0) {
    g_test_message ("%s", verdict);
    return tally->n_green == 0 && has_not_begun (verdict);
  }
  g_autofree char *list =
      rig_ask_ctl (rig, "journal --state " RIG_STATE "/tramxanh list --json", &status);
  g_assert_cmpint (status, ==, 0);
  tally->n_visits = count_visits (list);
  return TRUE;
}

static void
test_holds (Rig *rig, guint n_cuts)
{
  Tally tally = { 0 };
  guint n_empty = 0;
  rig_boot (rig);
  for (guint i = 0; i < n_cuts; i++) {
    guint n_green_before = tally.n_green;
    open_entrance_until_the_cut (rig, "", (guint) g_test_rand_int_range (0, OPEN_MAX_MS), &tally);
    n_empty += tally.n_green == n_green_before;
    rig_boot (rig);
    g_assert_true (examine_journal (rig, &tally));
    g_assert_cmpuint (tally.n_visits, >=, tally.n_green); // none lost
    g_assert_cmpuint (tally.n_visits, <=, tally.n_shown); // none twice
  }
  g_test_message (
      "%u cuts: %u visitors shown, %u green, %u recorded, 0 lost; %u cuts before any green", n_cuts,
      tally.n_shown, tally.n_green, tally.n_visits, n_empty);
  g_assert_cmpuint (tally.n_green, >=, n_cuts / 2); // else nothing was tested
  rig_shut_down (rig);
}

static void
test_control (Rig *rig, const char *mode)
{
  g_autofree char *preload =
      g_strdup_printf ("LAZY_SYNC=%s LD_PRELOAD=" TX_BINARY_DIR "/tests/rig/liblazy-sync.so", mode);
  guint n_lost_cuts = 0;
  for (guint i = 0; i < CONTROL_CUTS; i++) {
    Tally tally = { 0 };
    rig_forget_disk (rig);
    rig_boot (rig);
    open_entrance_until_the_cut (rig, "", OPEN_MAX_MS, &tally); // a journal that is there
    rig_boot (rig);
    g_assert_true (examine_journal (rig, &tally));
    open_entrance_until_the_cut (rig, preload, OPEN_MAX_MS, &tally);
    rig_boot (rig);
    gboolean is_whole = examine_journal (rig, &tally);
    n_lost_cuts += !is_whole || tally.n_visits < tally.n_green;
    g_test_message ("%u green, %u recorded%s", tally.n_green, tally.n_visits,
                    is_whole ? "" : " before, and no whole journal now");
    rig_shut_down (rig);
  }
  g_test_message ("not synced (%s): %u of %u cuts lost something", mode, n_lost_cuts, CONTROL_CUTS);
  g_assert_cmpuint (n_lost_cuts, >=, CONTROL_CUTS / 2);
}

static guint n_cuts_wanted = CUTS;

static void
test_a_green_lamp_is_a_record (Rig *rig)
{
  test_holds (rig, n_cuts_wanted);
}

static void
test_a_lazy_log_is_noticed (Rig *rig)
{
  test_control (rig, "wal");
}

static void
test_lazy_writing_is_noticed (Rig *rig)
{
  test_control (rig, "all");
}

int
main (int argc, char **argv)
{
  static const RigTest tests[] = {
    { "/rig/power-cut/a-green-lamp-is-a-record", test_a_green_lamp_is_a_record },
    { "/rig/power-cut/a-log-that-is-not-synced-is-noticed", test_a_lazy_log_is_noticed },
    { "/rig/power-cut/nothing-synced-is-noticed", test_lazy_writing_is_noticed },
  };
  if (argc > 1 && g_ascii_isdigit (argv[1][0]))
    n_cuts_wanted = (guint) strtoul (argv[1], NULL, 10);
  return rig_main (argc, argv, tests, G_N_ELEMENTS (tests));
}
