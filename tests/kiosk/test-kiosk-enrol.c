// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The kiosk itself: it reads an enrolment code with its camera, joins, checks people in, and brings
// every record to the core; through a cut of the line, and through its own restart.

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include "kiosk/journal/journal-membership.h"
#include "kiosk/journal/journal-verify.h"
#include "tests/kiosk/feed-far-end.h"
#include "tests/kiosk/feed-picture.h"
#include "tests/kiosk/journal-harness.h"

#define DEADLINE_US (120 * G_USEC_PER_SEC)
#define CARD        "0790900123%02u||Nguyễn Văn An|15081990|Nam|Hà Tĩnh|10052021"
#define N_CARDS     6

typedef struct {
  char *state_dir;
  char *config;
  FarEnd *far_end;
  FarEnd *stranger; // somebody's own core
  char *words;      // of the far end's key
  GSubprocess *kiosk;
} Fixture;

static void
add_picture (Fixture *fixture, guint *number, const char *text)
{
  g_autofree char *name = g_strdup_printf ("picture-%02u.png", (*number)++);
  g_autofree char *path = g_build_filename (fixture->state_dir, name, NULL);
  feed_picture_write (path, text);
}

static void
add_code (Fixture *fixture, guint *number, FarEnd *core)
{
  FeedCode code = far_end_make_code (core);
  g_autofree char *text = feed_code_write (&code);
  add_picture (fixture, number, text);
}

// A stranger's code, ours, then cards; and again, and again.
static void
set_up (Fixture *fixture, gconstpointer unused)
{
  guint number = 0;
  fixture->state_dir = harness_make_state_dir ();
  fixture->far_end = far_end_new (FALSE);
  fixture->stranger = far_end_new (FALSE);
  far_end_set_core_seed (fixture->stranger, 5);
  fixture->words = feed_words_of (far_end_get_core_key (fixture->far_end));
  fixture->config = g_build_filename (fixture->state_dir, "test.conf", NULL);
  g_autofree char *text =
      g_strdup_printf ("[camera]\nsource = images:%s/picture-%%02d.png\n[sound]\nvolume-percent = "
                       "0\n[entrance]\ncool-down-s = 1\n[venue]\nprofile-second-scan = check-out\n",
                       fixture->state_dir);
  g_assert_true (g_file_set_contents (fixture->config, text, -1, NULL));
  add_code (fixture, &number, fixture->stranger);
  add_code (fixture, &number, fixture->far_end);
  for (guint i = 0; i < N_CARDS; i++) {
    g_autofree char *card = g_strdup_printf (CARD, i);
    add_picture (fixture, &number, card);
  }
}

static void
stop_kiosk (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_subprocess_send_signal (fixture->kiosk, SIGTERM);
  g_assert_true (g_subprocess_wait (fixture->kiosk, NULL, &error));
  g_assert_true (g_subprocess_get_if_exited (fixture->kiosk));
  g_assert_cmpint (g_subprocess_get_exit_status (fixture->kiosk), ==, 0);
  g_clear_object (&fixture->kiosk);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  if (fixture->kiosk != NULL)
    stop_kiosk (fixture);
  far_end_free (fixture->far_end);
  far_end_free (fixture->stranger);
  g_free (fixture->words);
  harness_remove_state_dir (fixture->state_dir);
  g_free (fixture->config);
}

static void
die_with_the_test (gpointer unused)
{
  (void) prctl (PR_SET_PDEATHSIG, SIGKILL); // a test that fails leaves nothing running
}

static GSubprocess *
spawn (Fixture *fixture, GSubprocessFlags flags, const char *option, const char *core_words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (flags);
  g_subprocess_launcher_set_child_setup (launcher, die_with_the_test, NULL, NULL);
  GSubprocess *kiosk = g_subprocess_launcher_spawn (
      launcher, &error, TX_BINARY_DIR "/kiosk/tramxanh", "--headless", "--config", fixture->config,
      "--state", fixture->state_dir, option, core_words, NULL);
  g_assert_no_error (error);
  return kiosk;
}

static void
start_kiosk (Fixture *fixture, gboolean enroll)
{
  g_autofree char *named = g_strconcat ("--core-words=", fixture->words, NULL);
  fixture->kiosk =
      spawn (fixture, G_SUBPROCESS_FLAGS_NONE, enroll ? "--enroll" : NULL, enroll ? named : NULL);
}

static void
wait_for_records (Fixture *fixture, guint n)
{
  gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;
  while (far_end_count_records (fixture->far_end) < n) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
    g_thread_yield ();
  }
}

static guint64
verify (Fixture *fixture, guint64 *ret_delivered, guint64 *ret_n_visits)
{
  g_autoptr (GError) error = NULL;
  g_auto (JournalAudit) audit;
  journal_audit_init (&audit);
  gboolean ok = journal_verify (fixture->state_dir, &audit, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  *ret_delivered = audit.receipt.seq;
  *ret_n_visits = audit.n_of_kind[JOURNAL_KIND_VISIT_OPEN];
  return audit.seq;
}

static void
test_from_code_to_core (Fixture *fixture, gconstpointer unused)
{
  guint64 delivered = 0, n_visits = 0;
  JournalMembership membership;
  start_kiosk (fixture, TRUE);
  wait_for_records (fixture, 2 + N_CARDS);
  g_assert_true (journal_membership_read (fixture->state_dir, &membership, NULL));
  g_assert_cmpmem (membership.core_key, JOURNAL_KEY_SIZE, far_end_get_core_key (fixture->far_end),
                   JOURNAL_KEY_SIZE);

  far_end_cut (fixture->far_end);
  stop_kiosk (fixture);
  guint64 last = verify (fixture, &delivered, &n_visits), wanted = last + N_CARDS;
  start_kiosk (fixture, FALSE); // comes up without a core, and the same people leave
  gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;
  while (last < wanted) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
    last = verify (fixture, &delivered, &n_visits);
  }
  far_end_mend (fixture->far_end);
  wait_for_records (fixture, (guint) last);
  stop_kiosk (fixture);

  last = verify (fixture, &delivered, &n_visits);
  g_assert_cmpuint (n_visits, >=, N_CARDS);
  g_assert_cmpuint (far_end_get_last (fixture->far_end), ==,
                    far_end_count_records (fixture->far_end)); // none is missing
  g_assert_cmpuint (far_end_get_last (fixture->far_end), <=, last);
  g_assert_cmpuint (delivered, <=, far_end_get_last (fixture->far_end));
  g_assert_cmpuint (delivered, >, 0);
  g_assert_cmpuint (far_end_count_elsewhere (fixture->far_end), ==, 0);
}

static void
test_joins_once (Fixture *fixture, gconstpointer unused)
{
  start_kiosk (fixture, TRUE);
  wait_for_records (fixture, 3);
  stop_kiosk (fixture);
  guint n_records = far_end_count_records (fixture->far_end);
  start_kiosk (fixture, TRUE); // the code is in view again, and means nothing
  wait_for_records (fixture, n_records + 3);
  stop_kiosk (fixture);
}

static void
test_a_stranger (Fixture *fixture, gconstpointer unused)
{
  start_kiosk (fixture, TRUE);
  wait_for_records (fixture, 3); // with the stranger's code in view all the time
  stop_kiosk (fixture);
  g_assert_cmpuint (far_end_count_requests (fixture->stranger), ==, 1);
  g_assert_cmpuint (far_end_count_records (fixture->stranger), ==, 0);
}

static void
assert_refused (Fixture *fixture, const char *option, const char *core_words, const char *why)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) kiosk =
      spawn (fixture, G_SUBPROCESS_FLAGS_STDERR_PIPE, option, core_words);
  g_autofree char *complaint = NULL;
  g_assert_true (g_subprocess_communicate_utf8 (kiosk, NULL, NULL, NULL, &complaint, &error));
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (kiosk));
  g_assert_cmpint (g_subprocess_get_exit_status (kiosk), ==, 2);
  g_assert_nonnull (strstr (complaint, why));
}

static void
test_refusals (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *named = g_strconcat ("--core-words=", fixture->words, NULL);
  assert_refused (fixture, "--enroll", NULL, "nobody could compare words; --core-words");
  assert_refused (fixture, "--enroll", "--core-words=gabob-hodud", "six words");
  assert_refused (fixture, named, NULL, "only with --enroll");
  g_assert_cmpuint (far_end_count_requests (fixture->far_end), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/kiosk/enrol/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("from-a-code-before-the-camera-to-records-at-the-core", test_from_code_to_core);
  ADD ("no-code-of-a-stranger", test_a_stranger);
  ADD ("without-a-screen-the-core-has-a-name", test_refusals);
  ADD ("joins-once", test_joins_once);
  return g_test_run ();
}
