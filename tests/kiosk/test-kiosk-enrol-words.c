// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// People before the set-up page: the kiosk's enrolment and session, cores as their officers run
// them, and a clock that waits for the test. Nothing but a press on "the same" joins.

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "kiosk/journal/journal-keys.h"
#include "kiosk/kiosk-enrol.h"
#include "tests/fakes/fake-clock.h"
#include "tests/kiosk/journal-harness.h"
#include "tests/kiosk/trace-serve.h"

#define DEADLINE_US (60 * G_USEC_PER_SEC)
// For the kiosk that is killed.
#define FOLDER_NAME "TRAMXANH_TEST_STATE"
#define CODE_NAME   "TRAMXANH_TEST_CODE"

typedef struct {
  Serve serve;
  char *state_dir;
  KioskOptions options;
  FakeClock *clock;
  HwCamera *camera;
  JournalStore *journal;
  EntranceSession *session;
  KioskEnrol *enrol;
  guint n_done;
} Fixture;

static void
on_done (KioskEnrol *enrol, Fixture *fixture)
{
  fixture->n_done++;
}

static void
open_page (Fixture *fixture, gboolean again)
{
  fixture->options = (KioskOptions){ .enroll = TRUE, .again = again };
  fixture->options.state_dir = fixture->state_dir;
  fixture->options.is_enrolled =
      journal_membership_read (fixture->state_dir, &fixture->options.membership, NULL);
  fixture->n_done = 0;
  fixture->clock = fake_clock_new (HARNESS_START_MS);
  fixture->camera = hw_camera_new ("push:64x64@5");
  fixture->journal = harness_store_new (fixture->state_dir, NULL);
  fixture->session = entrance_session_new (
      &fixture->options.profile, ENTRANCE_CLOCK (fixture->clock), fixture->journal, NULL, NULL);
  fixture->enrol = kiosk_enrol_new (&fixture->options, fixture->camera, fixture->session,
                                    ENTRANCE_CLOCK (fixture->clock));
  g_signal_connect (fixture->enrol, "done", G_CALLBACK (on_done), fixture);
  kiosk_enrol_start (fixture->enrol);
}

static void
close_page (Fixture *fixture)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (g_steal_pointer (&fixture->enrol));
  g_assert_finalize_object (g_steal_pointer (&fixture->session));
  g_assert_cmpuint (fake_clock_get_n_timeouts (fixture->clock), ==, 0);
  g_assert_finalize_object (g_steal_pointer (&fixture->journal));
  g_assert_finalize_object (g_steal_pointer (&fixture->camera));
  g_assert_finalize_object (g_steal_pointer (&fixture->clock));
}

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
  if (fixture->enrol != NULL)
    close_page (fixture);
  serve_clear (&fixture->serve);
  harness_remove_state_dir (fixture->state_dir);
}

// What an officer has on paper. @ret_words: (nullable), the core's.
static char *
make_code (const Serve *serve, char **ret_words)
{
  g_autofree char *keys = serve_path (serve, "core.db.keys");
  g_autofree char *arguments = g_strconcat ("--venue benh-vien --keys ", keys, NULL);
  g_autofree char *printed = NULL;
  g_assert_cmpint (serve_run (serve, "enroll", arguments, &printed), ==, 0);
  const char *words = strstr (printed, "this core as: ");
  g_assert_nonnull (words);
  if (ret_words != NULL)
    *ret_words = g_strstrip (g_strdup (words + strlen ("this core as: ")));
  return g_strndup (printed, strcspn (printed, "\n"));
}

// The page and the door look at the same picture.
static void
hold_up (Fixture *fixture, const char *code_text)
{
  g_autoptr (GPtrArray) codes = g_ptr_array_new ();
  HwCode code = { .payload = g_bytes_new (code_text, strlen (code_text)) };
  g_ptr_array_add (codes, &code);
  g_signal_emit_by_name (fixture->camera, "codes", codes);
  entrance_session_see_codes (fixture->session, codes);
  g_bytes_unref (code.payload);
}

static const EntranceEnrolment *
page (Fixture *fixture)
{
  return &entrance_session_get_view (fixture->session)->enrolment;
}

static void
wait_for_phase (Fixture *fixture, EntranceEnrolmentPhase phase)
{
  gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;
  while (page (fixture)->phase != phase) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
    (void) g_main_context_iteration (NULL, FALSE);
  }
}

static void
hold_up_and_wait (Fixture *fixture, const Serve *serve)
{
  g_autofree char *words = NULL;
  g_autofree char *code = make_code (serve, &words);
  hold_up (fixture, code);
  wait_for_phase (fixture, ENTRANCE_ENROLMENT_JOINED);
  g_assert_cmpstr (page (fixture)->core_words, ==, words);
}

static void
press (Fixture *fixture, gboolean are_same)
{
  entrance_session_press_compared (fixture->session, are_same);
}

static void
advance_s (Fixture *fixture, guint s)
{
  fake_clock_advance (fixture->clock, s * 1000);
}

static gboolean
is_joined (Fixture *fixture)
{
  JournalMembership membership;
  return journal_membership_read (fixture->state_dir, &membership, NULL);
}

// Nothing of the core is on the kiosk, and it can work alone.
static void
assert_alone (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_assert_false (is_joined (fixture));
  g_assert_false (fixture->options.is_enrolled);
  g_assert_true (harness_open (fixture->journal, 0, &error));
  g_assert_no_error (error);
  g_assert_false (journal_store_is_enrolled (fixture->journal));
  g_assert_true (journal_keys_have_recovery (fixture->state_dir));
}

static void
test_the_same (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  open_page (fixture, FALSE);
  press (fixture, TRUE); // nothing is there to compare
  hold_up_and_wait (fixture, &fixture->serve);
  g_assert_false (is_joined (fixture));
  g_assert_true (journal_keys_have_recovery (fixture->state_dir));
  g_assert_false (harness_open (fixture->journal, 0, &error)); // it is held open
  g_assert_error (error, JOURNAL_ERROR, JOURNAL_ERROR_LOCKED);
  g_clear_error (&error);
  g_assert_cmpuint (fixture->n_done, ==, 0);
  press (fixture, TRUE);
  press (fixture, FALSE); // too late
  wait_for_phase (fixture, ENTRANCE_ENROLMENT_NONE);
  g_assert_cmpuint (fixture->n_done, ==, 1);
  g_assert_true (is_joined (fixture));
  g_assert_true (fixture->options.is_enrolled);
  g_assert_cmpstr (fixture->options.membership.venue, ==, "benh-vien");
  g_assert_true (harness_open (fixture->journal, 0, &error));
  g_assert_true (journal_store_is_enrolled (fixture->journal));
  g_assert_false (journal_keys_have_recovery (fixture->state_dir));
}

static void
test_the_code_stays_in_view (Fixture *fixture, gconstpointer unused)
{
  const EntranceView *view = NULL;
  gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;
  open_page (fixture, FALSE);
  g_autofree char *code = make_code (&fixture->serve, NULL);
  hold_up (fixture, code);
  wait_for_phase (fixture, ENTRANCE_ENROLMENT_JOINED);
  hold_up (fixture, code);
  press (fixture, TRUE);
  wait_for_phase (fixture, ENTRANCE_ENROLMENT_NONE);
  hold_up (fixture, code);
  entrance_session_set_scanner_ready (fixture->session, TRUE);
  entrance_session_start (fixture->session);
  for (gboolean is_open = FALSE; !is_open;) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
    (void) g_main_context_iteration (NULL, FALSE);
    is_open = entrance_session_get_view (fixture->session)->page == ENTRANCE_PAGE_WAITING;
  }
  hold_up (fixture, code);
  view = entrance_session_get_view (fixture->session);
  g_assert_cmpint (view->page, ==, ENTRANCE_PAGE_WAITING);
  advance_s (fixture, 2);
  hold_up (fixture, code); // again, as a visitor would
  view = entrance_session_get_view (fixture->session);
  g_assert_cmpint (view->page, ==, ENTRANCE_PAGE_RESULT);
  g_assert_cmpint (view->tone, ==, ENTRANCE_TONE_RED);
}

static char *
find_kiosk (const Serve *serve, const char *words)
{
  g_autofree char *printed = NULL;
  g_assert_cmpint (serve_run (serve, "kiosks", "--json", &printed), ==, 0);
  g_auto (GStrv) lines = g_strsplit (printed, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (strstr (lines[i], words) != NULL && g_str_has_prefix (lines[i], "{\"kiosk\":\""))
      return g_strndup (lines[i] + strlen ("{\"kiosk\":\""), 2 * JOURNAL_ID_SIZE);
  return NULL;
}

// The officer's answer, and after it everything is as if nothing had been.
static void
test_differ (Fixture *fixture, gconstpointer unused)
{
  open_page (fixture, FALSE);
  g_autofree char *first = make_code (&fixture->serve, NULL);
  hold_up (fixture, first);
  wait_for_phase (fixture, ENTRANCE_ENROLMENT_JOINED);
  g_autofree char *words = g_strdup (page (fixture)->kiosk_words);
  press (fixture, FALSE);
  g_assert_cmpint (page (fixture)->phase, ==, ENTRANCE_ENROLMENT_DROPPED);
  press (fixture, TRUE);    // too late
  hold_up (fixture, first); // is still in view
  g_assert_cmpint (page (fixture)->phase, ==, ENTRANCE_ENROLMENT_DROPPED);
  g_assert_cmpuint (fixture->n_done, ==, 0);
  g_assert_false (is_joined (fixture));

  g_autofree char *kiosk = find_kiosk (&fixture->serve, words);
  g_assert_nonnull (kiosk);
  g_assert_cmpint (serve_run (&fixture->serve, "revoke", kiosk, NULL), ==, 0);
  hold_up_and_wait (fixture, &fixture->serve);
  press (fixture, TRUE);
  wait_for_phase (fixture, ENTRANCE_ENROLMENT_NONE);
  g_assert_true (is_joined (fixture));
}

// The kiosk stops while they are compared: the same code is welcomed, and shows the same words.
static void
test_stopped (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *code = make_code (&fixture->serve, NULL);
  g_autofree char *words = NULL;
  for (guint i = 0; i < 3; i++) {
    open_page (fixture, FALSE);
    hold_up (fixture, code);
    wait_for_phase (fixture, ENTRANCE_ENROLMENT_JOINED);
    if (words != NULL)
      g_assert_cmpstr (page (fixture)->kiosk_words, ==, words);
    else
      words = g_strdup (page (fixture)->kiosk_words);
    if (i < 2)
      close_page (fixture);
  }
  press (fixture, TRUE);
  wait_for_phase (fixture, ENTRANCE_ENROLMENT_NONE);
  g_assert_true (is_joined (fixture));
  g_assert_cmpint (serve_ask (&fixture->serve, "SELECT count (*) FROM kiosk"), ==, 1);
}

static void
test_nobody_presses (Fixture *fixture, gconstpointer unused)
{
  open_page (fixture, FALSE);
  hold_up_and_wait (fixture, &fixture->serve);
  advance_s (fixture, KIOSK_ENROL_COMPARE_S - 1);
  g_assert_cmpint (page (fixture)->phase, ==, ENTRANCE_ENROLMENT_JOINED);
  advance_s (fixture, 1);
  g_assert_cmpint (page (fixture)->phase, ==, ENTRANCE_ENROLMENT_DROPPED);
  g_assert_cmpuint (fixture->n_done, ==, 0);
  assert_alone (fixture);
}

static void
test_nobody_comes (Fixture *fixture, gconstpointer unused)
{
  open_page (fixture, FALSE);
  advance_s (fixture, KIOSK_ENROL_WAIT_S - 1);
  g_assert_cmpuint (fixture->n_done, ==, 0);
  g_test_expect_message ("kiosk-enrol", G_LOG_LEVEL_MESSAGE, "*not joined within 15 minutes*");
  advance_s (fixture, 1);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (fixture->n_done, ==, 1);
  g_assert_cmpint (page (fixture)->phase, ==, ENTRANCE_ENROLMENT_NONE);
  g_autofree char *code = make_code (&fixture->serve, NULL);
  hold_up (fixture, code); // somebody who passes by later
  g_assert_cmpint (page (fixture)->phase, ==, ENTRANCE_ENROLMENT_NONE);
  assert_alone (fixture);
  g_assert_cmpint (serve_ask (&fixture->serve, "SELECT count (*) FROM kiosk"), ==, 0);
}

// A core of somebody's own makes as many codes as he likes.
static void
test_codes_do_not_extend_it (Fixture *fixture, gconstpointer unused)
{
  guint n_codes = 0;
  open_page (fixture, FALSE);
  for (guint s = 0; fixture->n_done == 0; s += 100) {
    g_assert_cmpuint (s, <=, KIOSK_ENROL_WAIT_S + KIOSK_ENROL_READ_S + 100);
    if (s < KIOSK_ENROL_WAIT_S) {
      hold_up_and_wait (fixture, &fixture->serve);
      n_codes++;
      press (fixture, FALSE);
    }
    advance_s (fixture, 100);
  }
  g_assert_cmpuint (n_codes, ==, 9);
  assert_alone (fixture);
}

// Who came in time may compare in peace; what follows is shown, and nobody else's turn comes.
static void
test_compared_past_the_end (Fixture *fixture, gconstpointer unused)
{
  open_page (fixture, FALSE);
  advance_s (fixture, KIOSK_ENROL_WAIT_S - 10);
  hold_up_and_wait (fixture, &fixture->serve);
  advance_s (fixture, 60);
  g_assert_cmpint (page (fixture)->phase, ==, ENTRANCE_ENROLMENT_JOINED);
  press (fixture, FALSE);
  g_assert_cmpint (page (fixture)->phase, ==, ENTRANCE_ENROLMENT_DROPPED);
  g_autofree char *code = make_code (&fixture->serve, NULL);
  hold_up (fixture, code);
  g_assert_cmpint (page (fixture)->phase, ==, ENTRANCE_ENROLMENT_DROPPED);
  advance_s (fixture, KIOSK_ENROL_READ_S);
  g_assert_cmpuint (fixture->n_done, ==, 1);
  assert_alone (fixture);
  close_page (fixture);

  open_page (fixture, FALSE);
  advance_s (fixture, KIOSK_ENROL_WAIT_S - 10);
  hold_up_and_wait (fixture, &fixture->serve);
  advance_s (fixture, 60);
  press (fixture, TRUE);
  wait_for_phase (fixture, ENTRANCE_ENROLMENT_NONE);
  g_assert_true (is_joined (fixture));
}

static void
test_again (Fixture *fixture, gconstpointer unused)
{
  Serve other;
  JournalMembership ours, membership;
  open_page (fixture, FALSE);
  hold_up_and_wait (fixture, &fixture->serve);
  press (fixture, TRUE);
  wait_for_phase (fixture, ENTRANCE_ENROLMENT_NONE);
  ours = fixture->options.membership;
  close_page (fixture);

  serve_init (&other);
  serve_start (&other, NULL);
  open_page (fixture, TRUE);
  hold_up_and_wait (fixture, &other);
  g_assert_true (journal_membership_read (fixture->state_dir, &membership, NULL));
  g_assert_cmpmem (&membership, sizeof membership, &ours, sizeof ours);
  advance_s (fixture, KIOSK_ENROL_COMPARE_S);
  advance_s (fixture, KIOSK_ENROL_WAIT_S - KIOSK_ENROL_COMPARE_S);
  g_assert_cmpuint (fixture->n_done, ==, 1);
  g_assert_cmpmem (&fixture->options.membership, sizeof membership, &ours, sizeof ours);
  g_assert_true (journal_membership_read (fixture->state_dir, &membership, NULL));
  g_assert_cmpmem (&membership, sizeof membership, &ours, sizeof ours);
  close_page (fixture);

  open_page (fixture, TRUE);
  hold_up_and_wait (fixture, &other);
  press (fixture, TRUE);
  wait_for_phase (fixture, ENTRANCE_ENROLMENT_NONE);
  g_assert_true (journal_membership_read (fixture->state_dir, &membership, NULL));
  g_assert_cmpstr (membership.url, !=, ours.url);
  close_page (fixture);
  serve_clear (&other);
}

// Who named the core before need not look at the page.
static void
test_named (Fixture *fixture, gconstpointer unused)
{
  Serve other;
  g_autofree char *words = NULL;
  g_autofree char *code = make_code (&fixture->serve, &words);
  serve_init (&other);
  serve_start (&other, NULL);
  g_autofree char *strange_code = make_code (&other, NULL);
  open_page (fixture, FALSE);
  fixture->options.core_words = words;
  hold_up (fixture, strange_code);
  wait_for_phase (fixture, ENTRANCE_ENROLMENT_DROPPED);
  g_assert_false (is_joined (fixture));
  hold_up (fixture, code);
  wait_for_phase (fixture, ENTRANCE_ENROLMENT_NONE);
  g_assert_true (is_joined (fixture));
  g_assert_true (feed_words_match (words, fixture->options.membership.core_key));
  close_page (fixture);
  serve_clear (&other);
}

// In a process of its own, while people compare.
static void
test_killed (Fixture *fixture, gconstpointer unused)
{
  if (g_test_subprocess ()) {
    fixture->state_dir = g_strdup (g_getenv (FOLDER_NAME));
    open_page (fixture, FALSE);
    hold_up (fixture, g_getenv (CODE_NAME));
    wait_for_phase (fixture, ENTRANCE_ENROLMENT_JOINED);
    (void) kill (getpid (), SIGKILL);
  }
  set_up (fixture, NULL);
  g_autofree char *code = make_code (&fixture->serve, NULL);
  g_assert_true (g_setenv (FOLDER_NAME, fixture->state_dir, TRUE));
  g_assert_true (g_setenv (CODE_NAME, code, TRUE));
  g_test_trap_subprocess (NULL, DEADLINE_US, G_TEST_SUBPROCESS_DEFAULT);
  g_assert_false (g_test_trap_has_passed () || g_test_trap_reached_timeout ());
  g_assert_cmpint (serve_ask (&fixture->serve, "SELECT count (*) FROM kiosk"), ==, 1);
  open_page (fixture, FALSE);
  assert_alone (fixture);
  tear_down (fixture, NULL);
}

static void
no_fixture (Fixture *fixture, gconstpointer unused)
{
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                            \
  g_test_add ("/kiosk/enrol-words/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("joins-when-they-are-the-same", test_the_same);
  ADD ("words-that-differ-do-not-join", test_differ);
  ADD ("a-stop-before-that-begins-anew-with-the-same-code", test_stopped);
  ADD ("nobody-who-presses-does-not-join", test_nobody_presses);
  ADD ("waits-for-a-code-and-no-longer", test_nobody_comes);
  ADD ("codes-do-not-extend-the-wait", test_codes_do_not_extend_it);
  ADD ("comparing-may-end-after-the-wait", test_compared_past_the_end);
  ADD ("the-core-of-before-stays-until-then", test_again);
  ADD ("a-core-that-was-named-needs-nobody", test_named);
  ADD ("its-code-is-no-visitors", test_the_code_stays_in_view);
  g_test_add ("/kiosk/enrol-words/a-kill-before-that-does-not-join", Fixture, NULL, no_fixture,
              test_killed, no_fixture);
  return g_test_run ();
}
