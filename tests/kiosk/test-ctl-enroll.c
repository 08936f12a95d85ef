// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// tramxanhctl enroll, the program itself, with codes typed, piped and held in front of its camera.

#include <string.h>
#include <sys/wait.h>

#include "kiosk/journal/journal-membership.h"
#include "tests/kiosk/feed-far-end.h"
#include "tests/kiosk/feed-picture.h"
#include "tests/kiosk/journal-harness.h"

typedef struct {
  char *state_dir;
  char *config;
  FarEnd *far_end;
} Fixture;

typedef struct {
  char *text;
  char *errors;
  int exit;
} Answer;

static void
answer_clear (Answer *answer)
{
  g_free (answer->text);
  g_free (answer->errors);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->state_dir = harness_make_state_dir ();
  fixture->far_end = far_end_new (FALSE);
  fixture->config = g_build_filename (fixture->state_dir, "test.conf", NULL);
  g_autofree char *text =
      g_strdup_printf ("[camera]\nsource = file:%s/code.png\n", fixture->state_dir);
  g_assert_true (g_file_set_contents (fixture->config, text, -1, NULL));
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  far_end_free (fixture->far_end);
  harness_remove_state_dir (fixture->state_dir);
  g_free (fixture->config);
}

// @word and @option: (nullable).
static Answer
ask (Fixture *fixture, const char *input, const char *word, const char *option)
{
  Answer answer = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) program =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                            G_SUBPROCESS_FLAGS_STDERR_PIPE,
                        &error, TX_BINARY_DIR "/kiosk/ctl/tramxanhctl", "enroll", "--config",
                        fixture->config, "--state", fixture->state_dir, word, option, NULL);
  g_assert_no_error (error);
  g_assert_true (
      g_subprocess_communicate_utf8 (program, input, NULL, &answer.text, &answer.errors, &error));
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (program));
  answer.exit = g_subprocess_get_exit_status (program);
  return answer;
}

static gboolean
is_enrolled (Fixture *fixture)
{
  JournalMembership membership;
  return journal_membership_read (fixture->state_dir, &membership, NULL);
}

static char *
make_code (Fixture *fixture)
{
  FeedCode code = far_end_make_code (fixture->far_end);
  return feed_code_write (&code);
}

static void
test_typed (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *code = make_code (fixture);
  g_autofree char *words = feed_words_of (far_end_get_core_key (fixture->far_end));
  g_auto (Answer) answer = ask (fixture, NULL, code, NULL);
  g_assert_cmpstr (answer.errors, ==, "");
  g_assert_cmpint (answer.exit, ==, 0);
  g_assert_nonnull (strstr (answer.text, "venue: khach-san\nzone: sanh\n"));
  g_assert_nonnull (strstr (answer.text, words));
  g_assert_true (is_enrolled (fixture));

  g_auto (Answer) second = ask (fixture, NULL, code, NULL);
  g_assert_cmpint (second.exit, ==, 1);
  g_assert_nonnull (strstr (second.errors, "belongs to khach-san already; --again"));
  g_auto (Answer) third = ask (fixture, NULL, code, "--again");
  g_assert_cmpint (third.exit, ==, 1);
  g_assert_nonnull (strstr (third.errors, "used, or too old"));
}

static void
test_named (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *code = make_code (fixture);
  g_autofree char *words = feed_words_of (far_end_get_core_key (fixture->far_end));
  g_autofree char *named = g_strconcat ("--core-words=", words, NULL);
  far_end_set_core_seed (fixture->far_end, 5); // somebody else has made the code
  g_auto (Answer) nonsense = ask (fixture, NULL, code, "--core-words=gabob");
  g_assert_cmpint (nonsense.exit, ==, 2);
  g_auto (Answer) stranger = ask (fixture, NULL, code, named);
  g_assert_cmpint (stranger.exit, ==, 1);
  g_assert_nonnull (strstr (stranger.errors, "not the core that was named: not joined"));
  g_assert_false (is_enrolled (fixture));
  far_end_set_core_seed (fixture->far_end, 3);
  g_autofree char *second_code = make_code (fixture);
  g_auto (Answer) ours = ask (fixture, NULL, second_code, named);
  g_assert_cmpint (ours.exit, ==, 0);
  g_assert_true (is_enrolled (fixture));
}

static void
test_piped (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *code = make_code (fixture);
  g_autofree char *line = g_strconcat (code, "\n", NULL);
  g_auto (Answer) answer = ask (fixture, line, "-", NULL);
  g_assert_cmpint (answer.exit, ==, 0);
  g_assert_true (is_enrolled (fixture));
}

static void
test_held_in_front_of_the_camera (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *code = make_code (fixture);
  g_autofree char *picture = g_build_filename (fixture->state_dir, "code.png", NULL);
  feed_picture_write (picture, code);
  g_autofree char *words = feed_words_of (far_end_get_core_key (fixture->far_end));
  g_auto (Answer) answer = ask (fixture, "yes\n", "--qr", NULL);
  g_assert_cmpint (answer.exit, ==, 0);
  g_assert_nonnull (strstr (answer.errors, words)); // before anybody said yes
  g_assert_true (is_enrolled (fixture));
}

// Whoever is first before the camera is not let in by that.
static void
test_the_camera_alone_joins_nothing (Fixture *fixture, gconstpointer unused)
{
  static const char *const others[] = { NULL, "", "\n", "no\n", "y\n", "yes, but wait\n" };
  g_autofree char *picture = g_build_filename (fixture->state_dir, "code.png", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++) {
    g_autofree char *code = make_code (fixture);
    feed_picture_write (picture, code);
    g_auto (Answer) answer = ask (fixture, others[i], "--qr", NULL);
    g_assert_cmpint (answer.exit, ==, 1);
    g_assert_nonnull (strstr (answer.errors, "nobody said that it is the core: not joined"));
    g_assert_false (is_enrolled (fixture));
  }
  g_autofree char *code = make_code (fixture);
  g_autofree char *words = feed_words_of (far_end_get_core_key (fixture->far_end));
  g_autofree char *named = g_strconcat ("--core-words=", words, NULL);
  feed_picture_write (picture, code);
  g_auto (Answer) answer = ask (fixture, NULL, "--qr", named); // was compared before
  g_assert_cmpint (answer.exit, ==, 0);
  g_assert_true (is_enrolled (fixture));
}

static void
test_refusals (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *code = make_code (fixture);
  g_auto (Answer) nonsense = ask (fixture, NULL, "TXE1:AAAA", NULL);
  g_assert_cmpint (nonsense.exit, ==, 1);
  g_auto (Answer) nothing = ask (fixture, "", "-", NULL);
  g_assert_cmpint (nothing.exit, ==, 1);
  g_auto (Answer) both = ask (fixture, NULL, code, "--qr");
  g_assert_cmpint (both.exit, ==, 2);
  g_auto (Answer) neither = ask (fixture, NULL, NULL, NULL);
  g_assert_cmpint (neither.exit, ==, 2);
  g_assert_cmpuint (far_end_count_requests (fixture->far_end), ==, 0);
  far_end_cut (fixture->far_end);
  g_auto (Answer) cut = ask (fixture, NULL, code, NULL);
  g_assert_cmpint (cut.exit, ==, 3);
  far_end_mend (fixture->far_end);
  g_assert_false (is_enrolled (fixture));
  g_assert_null (strstr (cut.errors, code)); // it may be used yet
}

static void
test_a_running_kiosk (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *code = make_code (fixture);
  JournalStore *store = harness_store_new (fixture->state_dir, NULL);
  g_assert_true (harness_open (store, 0, &error));
  g_auto (Answer) answer = ask (fixture, NULL, code, NULL);
  g_assert_cmpint (answer.exit, ==, 3);
  g_assert_nonnull (strstr (answer.errors, "stop the kiosk first"));
  g_assert_finalize_object (store);
  g_assert_false (is_enrolled (fixture));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/ctl/enroll/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("a-typed-code", test_typed);
  ADD ("only-the-core-that-was-named", test_named);
  ADD ("a-piped-code", test_piped);
  ADD ("a-code-before-the-camera", test_held_in_front_of_the_camera);
  ADD ("the-camera-alone-joins-nothing", test_the_camera_alone_joins_nothing);
  ADD ("refusals-say-why", test_refusals);
  ADD ("a-running-kiosk-is-left-alone", test_a_running_kiosk);
  return g_test_run ();
}
