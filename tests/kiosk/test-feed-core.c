// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Kiosk and core, both real: a code that the core prints is read by the kiosk's camera, a week of
// visits is recorded while the core is away, and it comes back to every record, none of them twice.

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include <glib/gstdio.h>

#include "kiosk/feed/feed-client.h"
#include "tests/kiosk/feed-picture.h"
#include "tests/kiosk/feed-relay.h"
#include "tests/kiosk/held-port.h"
#include "tests/kiosk/journal-harness.h"

#define TRACE       TX_BINARY_DIR "/kiosk/trace/tramxanh-trace"
#define CTL         TX_BINARY_DIR "/kiosk/ctl/tramxanhctl"
#define NAME_LABEL  "The kiosk must show this core as: "
#define DEADLINE_US (60 * G_USEC_PER_SEC)
#define OFFICER                                                                                    \
  "tramxanh-officer-public de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f\n"
#define CONFIG   "idle-s = 600\n" // however long a test takes over a line, it stands
#define DAY_MS   (24 * HARNESS_HOUR_MS)
#define N_DAYS   7
#define N_VISITS 400 // a day
#define N_LOST   10
#define N_LATE   20 // visits around a lost answer

typedef struct {
  char *dir;
  char *state_dir;
  char *store_uri;
  char *officer;
  char *config; // the core's
  guint16 port;
  int held;          // the port, whether the core runs or not
  GSubprocess *core; // (nullable)
  JournalStore *store;
  FeedOptions options;
  FeedClient *client;
  guint n_visits;
  guint linger_ms;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->dir = harness_make_state_dir ();
  fixture->linger_ms = 5;
  fixture->held = held_port_take (&fixture->port);
  fixture->state_dir = g_build_filename (fixture->dir, "kiosk", NULL);
  fixture->store_uri = g_strdup_printf ("sqlite:%s/core.db", fixture->dir);
  fixture->officer = g_build_filename (fixture->dir, "officer.pub", NULL);
  fixture->config = g_build_filename (fixture->dir, "core.conf", NULL);
  g_assert_true (g_file_set_contents (fixture->officer, OFFICER, -1, NULL));
  g_assert_true (g_file_set_contents (fixture->config, CONFIG, -1, NULL));
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  harness_remove_state_dir (fixture->dir);
  held_port_let_go (fixture->held);
  g_free (fixture->state_dir);
  g_free (fixture->store_uri);
  g_free (fixture->officer);
  g_free (fixture->config);
}

static void
die_with_the_test (gpointer unused)
{
  (void) prctl (PR_SET_PDEATHSIG, SIGKILL);
}

// On the same port each time.
static void
start_core (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *listen = g_strdup_printf ("127.0.0.1:%u", fixture->port);
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_subprocess_launcher_set_child_setup (launcher, die_with_the_test, NULL, NULL);
  fixture->core = g_subprocess_launcher_spawn (
      launcher, &error, TRACE, "serve", "--store", fixture->store_uri, "--officer-key",
      fixture->officer, "--config", fixture->config, "--listen", listen, NULL);
  g_assert_no_error (error);
  g_autoptr (GDataInputStream) output =
      g_data_input_stream_new (g_subprocess_get_stdout_pipe (fixture->core));
  g_autofree char *line = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  g_assert_true (g_str_has_prefix (line, "listening on port "));
}

static void
stop_core (Fixture *fixture)
{
  g_subprocess_send_signal (fixture->core, SIGTERM);
  g_assert_true (g_subprocess_wait (fixture->core, NULL, NULL));
  g_assert_cmpint (g_subprocess_get_exit_status (fixture->core), ==, 0);
  g_clear_object (&fixture->core);
}

// What a program of ours prints. @arguments end with NULL.
static char *
run (const char *const *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) program =
      g_subprocess_newv (arguments, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  char *text = NULL;
  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate_utf8 (program, NULL, NULL, &text, NULL, &error));
  g_assert_cmpint (g_subprocess_get_exit_status (program), ==, 0);
  return text;
}

static gint64
read_number (const char *json, const char *name)
{
  g_autofree char *pattern = g_strdup_printf ("\"%s\":(\\d+)", name);
  g_autoptr (GRegex) regex = g_regex_new (pattern, 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_assert_true (g_regex_match (regex, json, 0, &match));
  g_autofree char *number = g_match_info_fetch (match, 1);
  return g_ascii_strtoll (number, NULL, 10);
}

// The first line of what the core prints is the code; the kiosk's camera is a film of it.
static void
enrol_by_camera (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *config = g_build_filename (fixture->dir, "kiosk.conf", NULL);
  g_autofree char *picture = g_build_filename (fixture->dir, "code.png", NULL);
  g_autofree char *camera = g_strdup_printf ("[camera]\nsource = file:%s\n", picture);
  const char *const offer[] = { TRACE,     "enroll",    "--store", fixture->store_uri,
                                "--venue", "benh-vien", "--zone",  "sanh",
                                NULL };
  g_autofree char *printed = run (offer);
  const char *name = strstr (printed, NAME_LABEL);
  g_assert_nonnull (name);
  g_autofree char *named = g_strstrip (g_strdup (name + strlen (NAME_LABEL)));
  const char *const enroll[] = { CTL,       "enroll",           "--qr",         "--config", config,
                                 "--state", fixture->state_dir, "--core-words", named,      NULL };
  g_auto (GStrv) lines = g_strsplit (printed, "\n", 2);
  g_assert_true (g_str_has_prefix (lines[0], FEED_CODE_PREFIX));
  feed_picture_write (picture, lines[0]);
  g_assert_true (g_file_set_contents (config, camera, -1, &error));
  g_autofree char *enrolled = run (enroll);
  g_assert_nonnull (strstr (enrolled, "venue: benh-vien\nzone: sanh\n"));
  g_assert_true (
      journal_membership_read (fixture->state_dir, &fixture->options.membership, &error));
  // Both sides show the same words for the core.
  g_autofree char *words = feed_words_of (fixture->options.membership.core_key);
  g_assert_nonnull (strstr (printed, words));
  g_assert_nonnull (strstr (enrolled, words));
}

static void
read_clock (gpointer unused, JournalStamp *ret_stamp)
{
  *ret_stamp = harness_stamp (g_get_real_time () / 1000 - HARNESS_START_MS);
}

static void
open_kiosk (Fixture *fixture, gint64 after_ms)
{
  g_autoptr (GError) error = NULL;
  JournalMembership membership = fixture->options.membership;
  feed_options_init (&fixture->options);
  fixture->options.membership = membership;
  fixture->options.read_clock = read_clock;
  fixture->options.linger_ms = fixture->linger_ms;
  fixture->options.backoff_min_ms = 5;
  fixture->options.backoff_max_ms = 50;
  fixture->store = harness_store_new (fixture->state_dir, NULL);
  g_assert_true (harness_open (fixture->store, after_ms, &error));
  g_assert_no_error (error);
  fixture->client = feed_client_new (fixture->store, &fixture->options);
}

static void
close_kiosk (Fixture *fixture)
{
  feed_client_stop (fixture->client);
  while (feed_client_is_busy (fixture->client))
    (void) g_main_context_iteration (NULL, TRUE);
  g_assert_finalize_object (g_steal_pointer (&fixture->client));
  g_assert_finalize_object (g_steal_pointer (&fixture->store));
}

// People who come and go, in their order.
static void
record_visits (Fixture *fixture, guint n, gint64 from_ms)
{
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < n; i++) {
    gint64 at_ms = from_ms + i * 60000;
    g_autoptr (GBytes) identity = harness_identity (fixture->n_visits++);
    g_autoptr (JournalCommitted) came =
        harness_arrive (fixture->store, identity, NULL, at_ms, &error);
    g_assert_no_error (error);
    g_autoptr (JournalCommitted) left =
        harness_leave (fixture->store, journal_committed_get_seq (came), at_ms + 30000, &error);
    g_assert_no_error (error);
  }
}

static void
record_day (Fixture *fixture, gint64 day_ms)
{
  g_autoptr (GError) error = NULL;
  record_visits (fixture, N_VISITS, day_ms);
  g_assert_true (harness_tidy (fixture->store, day_ms + 20 * HARNESS_HOUR_MS, &error));
  g_assert_no_error (error);
}

static void
wait_until_delivered (Fixture *fixture)
{
  gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;
  for (JournalPosition position = { .last = 1 }; position.delivered < position.last;) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
    (void) g_main_context_iteration (NULL, FALSE);
    journal_store_get_position (fixture->store, &position);
  }
}

static gint64
count_incidents (Fixture *fixture)
{
  const char *const kiosks[] = { TRACE, "kiosks", "--store", fixture->store_uri, "--json", NULL };
  g_autofree char *fleet = run (kiosks);
  g_assert_nonnull (strstr (fleet, "\"venue\":\"benh-vien\""));
  return read_number (fleet, "incidents");
}

static char *
read_stats (Fixture *fixture)
{
  const char *const stats[] = { TRACE, "stats", "--store", fixture->store_uri, "--json", NULL };
  return run (stats);
}

static void
assert_core_has_all (Fixture *fixture)
{
  g_autofree char *counted = read_stats (fixture);
  g_assert_cmpint (read_number (counted, "stays"), ==, fixture->n_visits);
  g_assert_cmpint (read_number (counted, "subjects"), ==, fixture->n_visits);
  g_assert_cmpint (read_number (counted, "open"), ==, 0);
}

// Records of visits: each comes, and most have left.
static gint64
count_held (Fixture *fixture)
{
  g_autofree char *counted = read_stats (fixture);
  return 2 * read_number (counted, "stays") - read_number (counted, "open");
}

static void
test_a_week_without_the_core (Fixture *fixture, gconstpointer unused)
{
  JournalPosition position;
  FeedState state;
  start_core (fixture);
  enrol_by_camera (fixture);
  open_kiosk (fixture, 0);
  record_day (fixture, 0);
  wait_until_delivered (fixture);
  assert_core_has_all (fixture);

  stop_core (fixture);
  for (guint day = 1; day <= N_DAYS; day++)
    record_day (fixture, day * DAY_MS);
  feed_client_get_state (fixture->client, &state);
  g_assert_cmpint (state.link, ==, FEED_LINK_OFFLINE);
  g_assert_cmpuint (state.backlog, >=, 2 * N_DAYS * N_VISITS);
  close_kiosk (fixture); // the kiosk may start anew meanwhile
  open_kiosk (fixture, (N_DAYS + 1) * DAY_MS);

  start_core (fixture);
  wait_until_delivered (fixture);
  assert_core_has_all (fixture);
  journal_store_get_position (fixture->store, &position);
  g_assert_cmpuint (position.last, >, 2 * (N_DAYS + 1) * N_VISITS);
  close_kiosk (fixture);
  stop_core (fixture);
  assert_core_has_all (fixture);
  g_assert_cmpint (count_incidents (fixture), ==, 0);
}

static void
move_file (const char *dir, const char *name, const char *to)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autofree char *aside = g_build_filename (dir, to, NULL);
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    g_assert_no_errno (g_rename (path, aside));
}

// The core's disk is lost; the copy that is put back knows the kiosk, and nothing of what it sent.
static void
test_a_core_from_a_backup (Fixture *fixture, gconstpointer unused)
{
  start_core (fixture);
  enrol_by_camera (fixture);
  stop_core (fixture); // its log is merged
  g_autoptr (GByteArray) backup = harness_read_file (fixture->dir, "core.db");
  start_core (fixture);
  open_kiosk (fixture, 0);
  record_day (fixture, 0);
  wait_until_delivered (fixture);
  stop_core (fixture);
  harness_write_file (fixture->dir, "core.db", backup->data, backup->len);
  record_day (fixture, DAY_MS);
  start_core (fixture);
  wait_until_delivered (fixture);
  assert_core_has_all (fixture);
  close_kiosk (fixture);
  stop_core (fixture);
}

// Under a kiosk that runs on: its journal failed, and was opened anew.
static void
test_the_journal_is_an_older_one (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  start_core (fixture);
  enrol_by_camera (fixture);
  open_kiosk (fixture, 0);
  record_visits (fixture, N_VISITS, 0);
  wait_until_delivered (fixture);
  close_kiosk (fixture); // its log is merged
  g_autoptr (GByteArray) older = harness_read_file (fixture->state_dir, "journal.db");
  open_kiosk (fixture, 7 * HARNESS_HOUR_MS);
  record_visits (fixture, N_VISITS, 7 * HARNESS_HOUR_MS); // with the keys of the same day
  wait_until_delivered (fixture);
  move_file (fixture->state_dir, "journal.db", "lost.db");
  move_file (fixture->state_dir, "journal.db-wal", "lost.db-wal");
  harness_write_file (fixture->state_dir, "journal.db", older->data, older->len);
  g_assert_true (harness_open (fixture->store, 14 * HARNESS_HOUR_MS, &error));
  g_assert_no_error (error);
  record_day (fixture, DAY_MS);
  wait_until_delivered (fixture);
  assert_core_has_all (fixture); // what the kiosk lost, too
  g_assert_cmpint (count_incidents (fixture), ==, 0);
  close_kiosk (fixture);
  stop_core (fixture);
}

// Likewise, and the new one has fewer records than were delivered of the old.
static void
test_the_journal_is_a_new_one (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  start_core (fixture);
  enrol_by_camera (fixture);
  open_kiosk (fixture, 0);
  record_day (fixture, 0);
  wait_until_delivered (fixture);
  move_file (fixture->state_dir, "journal.db", "lost.db");
  move_file (fixture->state_dir, "journal.db-wal", "lost.db-wal");
  move_file (fixture->state_dir, "journal.head", "lost.head");
  g_assert_true (harness_open (fixture->store, DAY_MS - 1, &error));
  g_assert_no_error (error);
  wait_until_delivered (fixture);
  record_day (fixture, DAY_MS);
  wait_until_delivered (fixture);
  assert_core_has_all (fixture);
  close_kiosk (fixture);
  stop_core (fixture);
}

// The core dies at the first byte of its answer: it holds a batch, and the kiosk knows nothing of
// it.
static void
lose_an_answer (Fixture *fixture, FeedRelay *line, gint64 at_ms)
{
  JournalPosition before, after;
  gint64 n_before = count_held (fixture);
  gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;
  journal_store_get_position (fixture->store, &before);
  feed_relay_strike_next (line, fixture->core);
  record_visits (fixture, N_LATE, at_ms);
  while (!feed_relay_has_struck (line)) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
    (void) g_main_context_iteration (NULL, FALSE);
  }
  g_assert_true (g_subprocess_wait (fixture->core, NULL, NULL));
  g_clear_object (&fixture->core);
  journal_store_get_position (fixture->store, &after);
  g_assert_cmpuint (after.delivered, ==, before.delivered);
  g_assert_cmpint (count_held (fixture), >, n_before);
  start_core (fixture);
  wait_until_delivered (fixture);
  assert_core_has_all (fixture);
}

static void
test_an_answer_that_is_lost (Fixture *fixture, gconstpointer unused)
{
  start_core (fixture);
  enrol_by_camera (fixture);
  FeedRelay *line = feed_relay_start (fixture->port);
  (void) g_snprintf (fixture->options.membership.url, sizeof fixture->options.membership.url,
                     "https://127.0.0.1:%u", feed_relay_get_port (line));
  fixture->linger_ms = 200; // batches of many records; of one on a busy machine
  open_kiosk (fixture, 0);
  record_visits (fixture, 1, 0);
  wait_until_delivered (fixture); // the line stands
  for (guint round = 1; round <= N_LOST; round++)
    lose_an_answer (fixture, line, round * HARNESS_HOUR_MS);
  close_kiosk (fixture);
  feed_relay_stop (line);
  stop_core (fixture);
  g_assert_cmpint (count_incidents (fixture), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/feed/core/a-week-without-the-core", Fixture, NULL, set_up,
              test_a_week_without_the_core, tear_down);
  g_test_add ("/feed/core/a-core-from-a-backup", Fixture, NULL, set_up, test_a_core_from_a_backup,
              tear_down);
  g_test_add ("/feed/core/a-journal-that-is-an-older-one", Fixture, NULL, set_up,
              test_the_journal_is_an_older_one, tear_down);
  g_test_add ("/feed/core/a-journal-that-is-a-new-one", Fixture, NULL, set_up,
              test_the_journal_is_a_new_one, tear_down);
  g_test_add ("/feed/core/an-answer-that-is-lost", Fixture, NULL, set_up,
              test_an_answer_that_is_lost, tear_down);
  return g_test_run ();
}
