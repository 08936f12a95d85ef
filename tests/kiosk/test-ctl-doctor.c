// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// tramxanhctl doctor, the program itself: what is wrong, and what to do, in the reader's language.

#include <glib/gstdio.h>
#include <string.h>

#include "kiosk/feed/feed-note.h"
#include "kiosk/journal/journal-membership.h"
#include "tests/kiosk/journal-harness.h"
#include "tests/kiosk/small-disk.h"

typedef struct {
  char *state_dir;
  char *config;
} Fixture;

typedef struct {
  char *text; // what it said
  char *errors;
  int exit;
} Visit;

static void
visit_clear (Visit *visit)
{
  g_free (visit->text);
  g_free (visit->errors);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Visit, visit_clear)

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->state_dir = harness_make_state_dir ();
  fixture->config = g_build_filename (fixture->state_dir, "test.conf", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  harness_remove_state_dir (fixture->state_dir);
  g_free (fixture->config);
}

static Visit
ask_doctor (Fixture *fixture, const char *locale, const char *option)
{
  Visit visit = { 0 };
  g_autoptr (GError) error = NULL;
  const char *argv[] = { TX_BINARY_DIR "/kiosk/ctl/tramxanhctl",
                         "doctor",
                         "--config",
                         fixture->config,
                         "--state",
                         fixture->state_dir,
                         option,
                         NULL };
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), "LC_ALL", locale, TRUE);
  int status = 0;
  g_assert_true (g_spawn_sync (NULL, (char **) argv, environment, G_SPAWN_DEFAULT, NULL, NULL,
                               &visit.text, &visit.errors, &status, &error));
  g_assert_true (WIFEXITED (status));
  visit.exit = WEXITSTATUS (status);
  return visit;
}

// @config: the file's text; the last argument is a language or an option.
static Visit
see_doctor (Fixture *fixture, const char *config, const char *locale, const char *option)
{
  g_assert_true (g_file_set_contents (fixture->config, config, -1, NULL));
  return ask_doctor (fixture, locale, option);
}

static gboolean
says (const Visit *visit, const char *pattern)
{
  return g_regex_match_simple (pattern, visit->text, G_REGEX_MULTILINE, 0);
}

#define NOTHING_THERE                                                                              \
  "[camera]\nsource = v4l2:/dev/video-not-there\n[panel]\nsource = file:/proc/not-there/panel\n"   \
  "[wedge]\nsource = name:No Such Scanner\n"                                                       \
  "[printer]\nsource = device:/dev/not-there\n[watchdog]\nsource = device:/dev/not-there\n"

static void
test_names_what_is_missing (Fixture *fixture, gconstpointer unused)
{
  g_auto (Visit) visit = see_doctor (fixture, NOTHING_THERE, "C.UTF-8", NULL);
  g_assert_cmpint (visit.exit, ==, 1);
  g_assert_true (says (&visit, "^camera +missing +no such camera\\n +→ Plug the camera in"));
  g_assert_true (says (&visit, "^panel +missing .*\\n +→ Check the panel.s cable"));
  g_assert_true (says (&visit, "^printer +missing .*\\n +→ Check the printer.s cable"));
  g_assert_true (says (&visit, "^watchdog +missing "));
  g_assert_true (says (&visit, "^scanner +missing +no such scanner\\n +→ Plug the scanner in"));
  g_assert_true (says (&visit, "^journal +ok +none yet"));
  g_assert_true (says (&visit, "^keys +ok +none yet"));
}

static void
test_speaks_vietnamese (Fixture *fixture, gconstpointer unused)
{
  g_auto (Visit) visit = see_doctor (fixture, NOTHING_THERE, "vi_VN.UTF-8", NULL);
  g_assert_true (says (&visit, "^camera +missing +no such camera\\n +→ Cắm lại cáp camera"));
}

static void
test_json (Fixture *fixture, gconstpointer unused)
{
  g_auto (Visit) visit = see_doctor (fixture, NOTHING_THERE, "C.UTF-8", "--json");
  g_auto (GStrv) lines = g_strsplit (g_strchomp (visit.text), "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), >=, 7);
  g_assert_true (g_str_has_prefix (lines[0], "{\"part\":\"camera\",\"health\":\"missing\","));
}

static void
test_sees_the_recovery_key (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  JournalStore *store = harness_store_new (fixture->state_dir, NULL);
  g_assert_true (harness_open (store, 0, &error));
  g_assert_finalize_object (store);
  g_auto (Visit) before = see_doctor (fixture, NOTHING_THERE, "C.UTF-8", NULL);
  g_assert_true (says (&before, "^journal +ok +verified"));
  g_assert_true (says (&before, "^keys +broken .*\\n +→ .*move-recovery"));

  g_autofree char *key = g_build_filename (fixture->state_dir, "keys", "recovery.key", NULL);
  g_assert_cmpint (g_remove (key), ==, 0);
  g_auto (Visit) after = see_doctor (fixture, NOTHING_THERE, "C.UTF-8", NULL);
  g_assert_true (says (&after, "^keys +ok "));
}

static void
test_sees_a_changed_journal (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  JournalStore *store = harness_store_new (fixture->state_dir, NULL);
  g_assert_true (harness_open (store, 0, &error));
  g_assert_finalize_object (store);
  g_autoptr (GByteArray) bytes = harness_read_file (fixture->state_dir, "journal.db");
  bytes->data[bytes->len / 2] ^= 1;
  harness_write_file (fixture->state_dir, "journal.db", bytes->data, bytes->len);
  g_auto (Visit) visit = see_doctor (fixture, NOTHING_THERE, "C.UTF-8", NULL);
  g_assert_cmpint (visit.exit, ==, 1);
  g_assert_true (says (&visit, "^journal +broken +does not verify"));
}

static void
enrol (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  JournalStamp stamp = harness_stamp (0);
  JournalMembership membership = { .url = "https://core.example", .venue = "v1" };
  g_autoptr (JournalJoining) joining = journal_joining_begin (fixture->state_dir, &stamp, &error);
  g_assert_no_error (error);
  memset (membership.ingest_key, 9, sizeof membership.ingest_key);
  memset (membership.officer_key, 9, sizeof membership.officer_key);
  g_assert_true (journal_joining_finish (joining, &membership, &error));
}

static gboolean
has_note (Fixture *fixture, const FeedState *state)
{
  FeedState read;
  return feed_note_read (fixture->state_dir, &read) && read.link == state->link &&
         read.reason == state->reason;
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_assert_true (feed_note_write_finish (result, NULL));
  *(gboolean *) user_data = TRUE;
}

static void
write_note (Fixture *fixture, FeedLink link, FeedOutcome reason)
{
  FeedState state = { .link = link, .reason = reason };
  gboolean is_written = FALSE;
  feed_note_write_async (fixture->state_dir, &state, on_written, &is_written);
  while (!is_written)
    (void) g_main_context_iteration (NULL, TRUE); // the test's time limit is the deadline
  g_assert_true (has_note (fixture, &state));
}

static void
test_sees_the_link_to_the_core (Fixture *fixture, gconstpointer unused)
{
  static const struct {
    FeedLink link;
    FeedOutcome reason;
    const char *pattern;
  } rows[] = {
    { FEED_LINK_ONLINE, FEED_OUTCOME_DONE,
      "^core +ok +enrolled, delivering; nothing delivered yet, 2 records wait$" },
    { FEED_LINK_OFFLINE, FEED_OUTCOME_UNREACHABLE, "^core +broken +the core is not reached; " },
    { FEED_LINK_OFFLINE, FEED_OUTCOME_WRONG, "^core +broken +somebody else answers" },
    { FEED_LINK_STOPPED, FEED_OUTCOME_FORK, "^core +broken +the core holds other records" },
    { FEED_LINK_STOPPED, FEED_OUTCOME_EPOCH, "^core +broken .*\n +→ Enrol again" },
    { FEED_LINK_STOPPED, FEED_OUTCOME_REVOKED, "^core +broken +the core refuses this kiosk" },
  };
  g_autoptr (GError) error = NULL;
  g_auto (Visit) alone = see_doctor (fixture, NOTHING_THERE, "C.UTF-8", NULL);
  g_assert_true (says (&alone, "^core +ok +stand-alone"));
  enrol (fixture);
  JournalStore *store = harness_store_new (fixture->state_dir, NULL);
  g_assert_true (harness_open (store, 0, &error));
  g_assert_finalize_object (store);
  g_auto (Visit) fresh = see_doctor (fixture, NOTHING_THERE, "C.UTF-8", NULL);
  g_assert_true (says (&fresh, "^core +missing +enrolled, but the kiosk did not try yet"));
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    write_note (fixture, rows[i].link, rows[i].reason);
    g_auto (Visit) visit = see_doctor (fixture, NOTHING_THERE, "C.UTF-8", NULL);
    g_assert_true (says (&visit, rows[i].pattern));
  }
  harness_write_file (fixture->state_dir, FEED_NOTE_NAME, (const guint8 *) "[feed]\nlink=77\n", 15);
  g_auto (Visit) odd = see_doctor (fixture, NOTHING_THERE, "C.UTF-8", NULL);
  g_assert_true (says (&odd, "^core +missing "));
}

// Whatever the size of the disk, what the kiosk does about it is said first.
static void
test_sees_a_disk_that_fills_up (Fixture *fixture, gconstpointer unused)
{
  static const struct {
    guint percent;
    const char *pattern;
  } rows[] = {
    { 10, "^disk +broken +less than 512 MiB free; 1[0-9] % used, [67] MiB free\n +→ Free space" },
    { 79, "^disk +broken +less than 512 MiB free; 79 % used, 1 MiB free\n" },
    { 80, "^disk +broken +filling up; 80 % used, 1 MiB free\n +→ Free space" },
    { 94, "^disk +broken +filling up; 94 % used, 0 MiB free\n" },
    { 95, "^disk +broken +nearly full: only visits are recorded; 95 % used, 0 MiB free\n"
          " +→ Free space now, .*visits are refused" },
    { 99, "^disk +broken +nearly full: only visits are recorded; 99 % used" },
    { 100, "^disk +broken +full: visits are refused; 100 % used, 0 MiB free\n +→ Free space now" },
  };
  if (!small_disk_mount (fixture->state_dir, 8))
    return;
  g_assert_true (g_file_set_contents (fixture->config, NOTHING_THERE, -1, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    small_disk_fill (fixture->state_dir, rows[i].percent);
    g_auto (Visit) visit = ask_doctor (fixture, "C.UTF-8", NULL);
    g_test_message ("%u %%: %s", rows[i].percent, visit.text);
    g_assert_true (says (&visit, rows[i].pattern));
    g_assert_cmpint (visit.exit, ==, 1);
  }
  g_auto (Visit) visit = ask_doctor (fixture, "vi_VN.UTF-8", NULL);
  g_assert_true (says (&visit, "^disk +broken .*\n +→ Giải phóng ổ đĩa ngay"));
  small_disk_unmount (fixture->state_dir);
}

static void
test_cannot_work_on_a_wrong_configuration (Fixture *fixture, gconstpointer unused)
{
  g_auto (Visit) visit = see_doctor (fixture, "[camera]\nsuorce = x\n", "C.UTF-8", NULL);
  g_assert_cmpint (visit.exit, ==, 3);
  g_assert_nonnull (strstr (visit.errors, "test.conf:2: camera.suorce"));
  g_auto (Visit) usage = see_doctor (fixture, "", "C.UTF-8", "surplus");
  g_assert_cmpint (usage.exit, ==, 2);
}

int
main (int argc, char **argv)
{
  small_disk_init ();
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/ctl/doctor/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("names-what-is-missing", test_names_what_is_missing);
  ADD ("speaks-vietnamese", test_speaks_vietnamese);
  ADD ("json-is-an-object-a-line", test_json);
  ADD ("sees-a-recovery-key-that-stays", test_sees_the_recovery_key);
  ADD ("sees-a-changed-journal", test_sees_a_changed_journal);
  ADD ("sees-the-link-to-the-core", test_sees_the_link_to_the_core);
  ADD ("sees-a-disk-that-fills-up", test_sees_a_disk_that_fills_up);
  ADD ("a-wrong-configuration-is-no-verdict", test_cannot_work_on_a_wrong_configuration);
  return g_test_run ();
}
