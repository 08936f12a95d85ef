// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a kiosk lacks is in the fleet's list of its core: the kiosk's feed and session, its journal
// on a small disk, and the core as its operator runs it.

#include <string.h>

#include "kiosk/kiosk-feed.h"
#include "tests/fakes/fake-clock.h"
#include "tests/kiosk/journal-harness.h"
#include "tests/kiosk/small-disk.h"
#include "tests/kiosk/trace-serve.h"

#define CTL          TX_BINARY_DIR "/kiosk/ctl/tramxanhctl"
#define DEADLINE_US  (60 * G_USEC_PER_SEC)
#define LOOK_MS      250 // the fleet's list costs a process
#define N_MIB        16
#define N_VISITS_MAX 100000 // more than there is room for

typedef struct {
  Serve serve;
  char *state_dir;
  KioskOptions options;
  FakeClock *clock;
  JournalStore *journal;
  EntranceSession *session;
  KioskFeed *feed;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  serve_init (&fixture->serve);
  serve_start (&fixture->serve, NULL);
  fixture->state_dir = harness_make_state_dir ();
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  serve_clear (&fixture->serve);
  harness_remove_state_dir (fixture->state_dir);
}

static void
enrol (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *keys = serve_path (&fixture->serve, "core.db.keys");
  g_autofree char *arguments = g_strconcat ("--venue benh-vien --keys ", keys, NULL);
  g_autofree char *printed = NULL;
  g_assert_cmpint (serve_run (&fixture->serve, "enroll", arguments, &printed), ==, 0);
  const char *words = strstr (printed, "this core as: ");
  g_assert_nonnull (words);
  g_autofree char *named = g_strstrip (g_strdup (words + strlen ("this core as: ")));
  g_autofree char *code = g_strndup (printed, strcspn (printed, "\n"));
  g_autoptr (GSubprocess) ctl =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error, CTL, "enroll", "--state",
                        fixture->state_dir, "--core-words", named, code, NULL);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (ctl, NULL, &error));
  g_assert_no_error (error);
}

static void
open_kiosk (Fixture *fixture)
{
  const KioskDevices devices = { 0 };
  fixture->options = (KioskOptions){ .state_dir = fixture->state_dir };
  fixture->options.is_enrolled =
      journal_membership_read (fixture->state_dir, &fixture->options.membership, NULL);
  g_assert_true (fixture->options.is_enrolled);
  fixture->clock = fake_clock_new (g_get_real_time () / 1000);
  EntranceClock *clock = ENTRANCE_CLOCK (fixture->clock);
  fixture->journal = harness_store_new (fixture->state_dir, NULL);
  fixture->session =
      entrance_session_new (&fixture->options.profile, clock, fixture->journal, NULL, NULL);
  fixture->feed =
      kiosk_feed_new (&fixture->options, fixture->journal, fixture->session, clock, &devices);
  entrance_session_set_camera_state (fixture->session, HW_CAMERA_READY);
  entrance_session_start (fixture->session);
  kiosk_feed_start (fixture->feed);
}

static void
close_kiosk (Fixture *fixture)
{
  kiosk_feed_stop (fixture->feed);
  (void) harness_probe (fixture->journal, NULL); // answered after what the session asked before
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (g_steal_pointer (&fixture->feed));
  g_assert_finalize_object (g_steal_pointer (&fixture->session));
  g_assert_finalize_object (g_steal_pointer (&fixture->journal));
  g_assert_finalize_object (g_steal_pointer (&fixture->clock));
}

static gboolean
on_look_due (gpointer is_due)
{
  *(gboolean *) is_due = TRUE;
  return G_SOURCE_CONTINUE;
}

// Until `tramxanh-trace kiosks` says @pattern of it.
static void
wait_for_fleet (Fixture *fixture, const char *option, const char *pattern)
{
  gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;
  gboolean is_due = FALSE;
  guint look_id = g_timeout_add (LOOK_MS, on_look_due, &is_due);
  for (gboolean is_said = FALSE; !is_said;) {
    while (!is_due)
      (void) g_main_context_iteration (NULL, TRUE);
    is_due = FALSE;
    g_autofree char *fleet = NULL;
    fake_clock_advance (fixture->clock, 1000);
    // As the kiosk does now and then; that it is full is an answer.
    (void) harness_probe (fixture->journal, NULL);
    g_assert_cmpint (serve_run (&fixture->serve, "kiosks", option, &fleet), ==, 0);
    is_said = g_regex_match_simple (pattern, fleet, G_REGEX_MULTILINE, 0);
    if (!is_said && g_get_monotonic_time () > deadline_us) {
      g_test_message ("it says: %s", fleet);
      g_assert_cmpstr (pattern, ==, "said in time");
    }
  }
  g_source_remove (look_id);
}

#define IS_WELL  "\"heartbeat\":\"2[^\"]+\".*\"broken\":\"\""
#define HAS_DISK "\"heartbeat\":\"2[^\"]+\".*\"broken\":\"disk\""

static void
test_tells_of_a_disk_that_fills_up (Fixture *fixture, gconstpointer unused)
{
  if (!small_disk_mount (fixture->state_dir, N_MIB))
    return;
  enrol (fixture);
  open_kiosk (fixture);
  wait_for_fleet (fixture, "--json", IS_WELL);
  small_disk_fill (fixture->state_dir, 85);
  wait_for_fleet (fixture, "--json", HAS_DISK);
  wait_for_fleet (fixture, "", "^ +heartbeat 2.*  broken disk  ");
  small_disk_fill (fixture->state_dir, 0);
  wait_for_fleet (fixture, "--json", IS_WELL);
  close_kiosk (fixture);
  small_disk_unmount (fixture->state_dir);
}

// Until one is refused.
static void
record_visits (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  for (guint i = 0; error == NULL; i++) {
    g_assert_cmpuint (i, <, N_VISITS_MAX);
    JournalStamp now;
    entrance_clock_read (ENTRANCE_CLOCK (fixture->clock), &now);
    g_autoptr (GBytes) identity = harness_identity (i);
    g_autoptr (JournalCommitted) committed =
        harness_arrive (fixture->journal, identity, NULL, now.wall_ms - HARNESS_START_MS, &error);
  }
  g_assert_true (journal_error_is_disk_full (error));
  g_assert_true (journal_store_has_failed (fixture->journal));
}

// The journal is out of service until there is room.
static void
assert_tells_and_heals (Fixture *fixture)
{
  wait_for_fleet (fixture, "--json", HAS_DISK);
  g_assert_true (journal_store_has_failed (fixture->journal));
  g_assert_false (entrance_session_get_view (fixture->session)->is_standalone);
  small_disk_fill (fixture->state_dir, 0);
  wait_for_fleet (fixture, "--json", IS_WELL);
  g_assert_false (journal_store_has_failed (fixture->journal));
}

// Too fast for a word before; the journal is out of service when the core has to know.
static void
test_tells_of_a_full_disk (Fixture *fixture, gconstpointer unused)
{
  if (!small_disk_mount (fixture->state_dir, N_MIB))
    return;
  enrol (fixture);
  open_kiosk (fixture);
  wait_for_fleet (fixture, "--json", IS_WELL);
  small_disk_fill (fixture->state_dir, 100);
  record_visits (fixture);
  assert_tells_and_heals (fixture);
  close_kiosk (fixture);
  small_disk_unmount (fixture->state_dir);
}

// As people do with a kiosk that is red: off and on again.
static void
test_tells_of_a_disk_that_was_full_before (Fixture *fixture, gconstpointer unused)
{
  if (!small_disk_mount (fixture->state_dir, N_MIB))
    return;
  enrol (fixture);
  open_kiosk (fixture);
  wait_for_fleet (fixture, "--json", IS_WELL);
  close_kiosk (fixture);
  small_disk_fill (fixture->state_dir, 100);
  open_kiosk (fixture);
  assert_tells_and_heals (fixture);
  close_kiosk (fixture);
  small_disk_unmount (fixture->state_dir);
}

// It was so when the kiosk started, and staff see something else that is more urgent.
static void
test_tells_of_a_disk_that_is_nearly_full (Fixture *fixture, gconstpointer unused)
{
  if (!small_disk_mount (fixture->state_dir, N_MIB))
    return;
  enrol (fixture);
  small_disk_fill (fixture->state_dir, 96);
  open_kiosk (fixture);
  entrance_session_set_need (fixture->session, ENTRANCE_NEED_CASE);
  wait_for_fleet (fixture, "--json", HAS_DISK);
  close_kiosk (fixture);
  small_disk_unmount (fixture->state_dir);
}

int
main (int argc, char **argv)
{
  small_disk_init ();
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/kiosk/feed/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("tells-the-core-of-a-disk-that-fills-up", test_tells_of_a_disk_that_fills_up);
  ADD ("tells-the-core-of-a-disk-that-is-nearly-full", test_tells_of_a_disk_that_is_nearly_full);
  ADD ("tells-the-core-of-a-full-disk", test_tells_of_a_full_disk);
  ADD ("tells-the-core-of-a-disk-that-was-full-before", test_tells_of_a_disk_that_was_full_before);
  return g_test_run ();
}
