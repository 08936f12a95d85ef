// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// People walk past, queue, and stay: who was there when is a script, and what the real kiosk's
// journal says of it, opened with its recovery key, is compared with the script. Time is shorter
// than in life: windows of 20 s, one change of identifiers.

#include "kiosk/journal/journal-keys.h"
#include "kiosk/journal/journal-seal.h"
#include "tests/rig/crowd.h"

#define READY_MS  60000
#define WINDOW_MS 20000
#define SPAN_MS   240000
#define KIOSK     RIG_PANEL "[radio]\nsource = bluez:\nwindow-s = 20\n"

typedef struct {
  JournalKeys *keys;
  guint8 secrets[2][JOURNAL_KEY_SIZE];
} Recovery;

static void
have_morning (Rig *rig, Crowd *crowd)
{
  int status = -1;
  rig_forget_disk (rig);
  rig_boot (rig);
  rig_plug (rig, "radio");
  rig_start_bluetooth (rig, "-E");
  rig_start_kiosk (rig, KIOSK, FALSE);
  rig_says (rig, "kiosk", "radio: hearing", READY_MS);
  crowd_comes (crowd, rig);
  crowd_passes (crowd, rig, 1);
  rig_close_entrance (rig);
  g_free (rig_run (rig, "cp -a " RIG_STATE "/tramxanh /run/scratch/morning", &status));
  g_assert_cmpint (status, ==, 0);
  rig_shut_down (rig);
}

static GBytes *
unseal (const JournalOrigin *origin, guint64 seq, const JournalBytes *box, gpointer user_data)
{
  const Recovery *recovery = user_data;
  return journal_unseal (journal_keys_get_ingest_key (recovery->keys), recovery->secrets[0],
                         JOURNAL_SEAL_BEACONS, origin, seq, box);
}

static void
test_passers (Rig *rig)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Crowd) crowd = crowd_new (WINDOW_MS, SPAN_MS);
  Recovery recovery;
  have_morning (rig, crowd);
  g_autofree char *state_dir = rig_path (rig, "morning");
  g_autofree char *path = g_build_filename (state_dir, "keys", "recovery.key", NULL);
  recovery.keys = journal_keys_load (state_dir, &error);
  g_assert_no_error (error);
  g_assert_true (journal_keys_read_recovery (path, recovery.secrets, &error));
  g_autoptr (GArray) heard = crowd_read_journal (crowd, state_dir, unseal, &recovery);
  crowd_compare_windows (crowd, heard);
  journal_keys_free (recovery.keys);
}

int
main (int argc, char **argv)
{
  static const RigTest tests[] = {
    { "/rig/passers/the-journal-says-what-the-script-says", test_passers },
  };
  return rig_main (argc, argv, tests, G_N_ELEMENTS (tests));
}
