// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// tramxanhctl light, buzz, print, gpio and pass, the program itself, on devices that are files.

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kiosk/journal/journal-pass.h"
#include "tests/kiosk/journal-harness.h"

typedef struct {
  char *dir; // also the kiosk's state
  char *config;
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
  fixture->dir = harness_make_state_dir ();
  fixture->config = g_build_filename (fixture->dir, "test.conf", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  harness_remove_state_dir (fixture->dir);
  g_free (fixture->config);
}

// @format makes the configuration of the folder; @words, with blanks between, is what is asked.
static void
write_config (Fixture *fixture, const char *format)
{
  g_auto (GStrv) parts = g_strsplit (format, "DIR", -1);
  g_autofree char *text = g_strjoinv (fixture->dir, parts);
  g_assert_true (g_file_set_contents (fixture->config, text, -1, NULL));
}

static Answer
ask_with_input (Fixture *fixture, const char *words, const char *input)
{
  Answer answer = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_auto (GStrv) split = g_strsplit (words, " ", -1);
  g_ptr_array_add (argv, (char *) TX_BINARY_DIR "/kiosk/ctl/tramxanhctl");
  for (guint i = 0; split[i] != NULL; i++)
    g_ptr_array_add (argv, split[i]);
  g_ptr_array_add (argv, (char *) "--config");
  g_ptr_array_add (argv, fixture->config);
  g_ptr_array_add (argv, NULL);
  g_autoptr (GSubprocess) program =
      g_subprocess_newv ((const char *const *) argv->pdata,
                         G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                             G_SUBPROCESS_FLAGS_STDERR_PIPE,
                         &error);
  g_assert_no_error (error);
  g_assert_true (
      g_subprocess_communicate_utf8 (program, input, NULL, &answer.text, &answer.errors, &error));
  g_assert_true (g_subprocess_get_if_exited (program));
  answer.exit = g_subprocess_get_exit_status (program);
  return answer;
}

static Answer
ask (Fixture *fixture, const char *words)
{
  return ask_with_input (fixture, words, "");
}

static char *
read_file (Fixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL);
  char *text = NULL;
  (void) g_file_get_contents (path, &text, NULL, NULL);
  return text != NULL ? text : g_strdup ("");
}

static void
test_lights (Fixture *fixture, gconstpointer unused)
{
  write_config (fixture, "[panel]\nsource = file:DIR/panel\n");
  g_auto (Answer) answer = ask (fixture, "light amber --for-s 1");
  g_assert_cmpint (answer.exit, ==, 0);
  g_autofree char *panel = read_file (fixture, "panel");
  const char *lit = strstr (panel, "amber");
  g_assert_nonnull (lit);
  g_assert_nonnull (strstr (lit, "off"));
}

// As the service file asks after the kiosk ended, also on a box without a panel.
static void
test_lights_off (Fixture *fixture, gconstpointer unused)
{
  write_config (fixture, "[panel]\nsource = file:DIR/panel\n");
  g_auto (Answer) file = ask (fixture, "light off");
  g_assert_cmpint (file.exit, ==, 0);
  write_config (fixture, "");
  g_auto (Answer) none = ask (fixture, "light off");
  g_assert_cmpint (none.exit, ==, 0);
}

static void
test_prints (Fixture *fixture, gconstpointer unused)
{
  write_config (fixture, "[printer]\nsource = file:DIR/slips\n");
  g_auto (Answer) test = ask (fixture, "print --test");
  g_assert_cmpint (test.exit, ==, 0);
  g_assert_cmpstr (test.text, ==, "printed\n");
  g_autofree char *text = g_build_filename (fixture->dir, "slip.txt", NULL);
  g_autofree char *words = g_strconcat ("print ", text, NULL);
  g_assert_true (g_file_set_contents (text, "Nhà thuốc An Bình\n08:15\nTX1:AAAA\n", -1, NULL));
  g_auto (Answer) file = ask (fixture, words);
  g_assert_cmpint (file.exit, ==, 0);
  g_autofree char *picture = g_build_filename (fixture->dir, "slips", "slip-0001.png", NULL);
  g_assert_true (g_file_test (picture, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_set_contents (text, "one line\n", -1, NULL));
  g_auto (Answer) wrong = ask (fixture, words);
  g_assert_cmpint (wrong.exit, ==, 3);
}

static void
test_pass (Fixture *fixture, gconstpointer unused)
{
  write_config (fixture, "");
  g_autofree char *issue = g_strdup_printf ("pass issue --state %s --hours 2", fixture->dir);
  g_autofree char *verify = g_strdup_printf ("pass verify --state %s", fixture->dir);
  g_auto (Answer) without_key = ask (fixture, issue);
  g_assert_cmpint (without_key.exit, ==, 3);
  g_assert_nonnull (strstr (without_key.errors, "the kiosk makes it"));
  JournalPassKey *key = journal_pass_key_open (fixture->dir, NULL);
  journal_pass_key_free (key);

  g_auto (Answer) pass = ask (fixture, issue);
  g_assert_cmpint (pass.exit, ==, 0);
  g_assert_true (g_str_has_prefix (pass.text, "TX1:"));
  g_auto (Answer) valid = ask_with_input (fixture, verify, pass.text);
  g_assert_cmpstr (valid.text, ==, "valid\n");
  g_assert_cmpint (valid.exit, ==, 0);
  g_auto (Answer) another = ask (fixture, issue);
  g_assert_cmpstr (another.text, !=, pass.text); // an id of its own

  g_autofree char *forged = g_strdup (pass.text);
  forged[12] = forged[12] == 'A' ? 'B' : 'A'; // of its id
  g_auto (Answer) refused = ask_with_input (fixture, verify, forged);
  g_assert_cmpstr (refused.text, ==, "signature\n");
  g_assert_cmpint (refused.exit, ==, 1);
  g_auto (Answer) no_pass =
      ask_with_input (fixture, verify, "079090012345||Nguyễn Văn An|15081990|Nam|Hà Tĩnh|10052021");
  g_assert_cmpstr (no_pass.text, ==, "no pass\n");
  g_assert_cmpint (no_pass.exit, ==, 1);
}

static void
test_says_what_is_missing (Fixture *fixture, gconstpointer unused)
{
  static const struct {
    const char *config, *words, *says;
    int exit;
  } cases[] = {
    { "", "light green", "no panel is configured", 1 },
    { "", "buzz", "no panel is configured", 1 },
    { "[panel]\nsource = file:/run/panel\n", "buzz", "has no 'buzzer'", 1 },
    { "", "print --test", "no printer is configured", 1 },
    { "[panel]\nsource = gpio:no-such-chip\nlines = red=1\n", "light red", "no such chip; check",
      1 },
    { "[panel]\nsource = gpio:no-such-chip\nlines = red=1\n", "light green", "has no 'green'", 1 },
    { "[panel]\nsource = gpio:no-such-chip\nlines = red=1\n", "buzz", "has no 'buzzer'", 1 },
    { "[panel]\nsource = gpio:no-such-chip\nlines = red=1\n", "gpio", "no line for 'red'", 1 },
    { "[printer]\nsource = device:/dev/not-there\n", "print --test", "missing; check its cable",
      1 },
    { "", "light blue", "no lamp 'blue'", 2 },
    { "", "light", "wrong number", 2 },
    { "", "light green --for-s 0", "1 to 600", 2 },
    { "", "buzz loudly", "no pattern", 2 },
    { "", "print", "a FILE, or --test", 2 },
    { "", "print --test x", "a FILE, or --test", 2 },
    { "", "print /not/there", "No such file", 3 },
    { "", "pass renew", "not 'renew'", 2 },
    { "", "pass issue --hours 721", "1 to 720", 2 },
    { "", "gpio x", "wrong number", 2 },
    { "[panel]\nsuorce = x\n", "light off", "panel.suorce", 3 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    write_config (fixture, cases[i].config);
    g_auto (Answer) answer = ask (fixture, cases[i].words);
    g_test_message ("%s: %s", cases[i].words, answer.errors);
    g_assert_nonnull (strstr (answer.errors, cases[i].says));
    g_assert_cmpint (answer.exit, ==, cases[i].exit);
    g_assert_cmpstr (answer.text, ==, ""); // nothing that a script could take for data
  }
}

#define TAG_ID  "00112233445566778899aabbccddeeff"
#define TAG_HEX "0303AAFE1716AAFE00EC" TAG_ID "0000"
#define PHONE   "0201020303564E0FFFB522B9A665D754FE65E665D76A45"

// A stranger is nearer than the tag.
static void
write_air_at (Fixture *fixture, const char *tags, int tag_dbm)
{
  g_autoptr (GString) air = g_string_new (NULL);
  g_autofree char *path = g_build_filename (fixture->dir, "air.log", NULL);
  g_autofree char *text = g_strdup_printf ("[radio]\nsource = log:DIR/air.log\n%s", tags);
  for (guint i = 0; i < 8; i++)
    g_string_append_printf (air,
                            "%u C0:00:00:00:00:01 random %d " TAG_HEX "\n"
                            "%u C0:00:00:00:00:02 random -25 " PHONE "\n",
                            i * 100, tag_dbm, i * 100);
  g_assert_true (g_file_set_contents (path, air->str, -1, NULL));
  write_config (fixture, text);
}

static void
write_air (Fixture *fixture, const char *tags)
{
  write_air_at (fixture, tags, -52);
}

static void
test_calibrates (Fixture *fixture, gconstpointer unused)
{
  static const struct {
    const char *tags, *words;
    int exit;
  } cases[] = {
    { "tags = eddystone-uid:" TAG_ID "\n", "ble --calibrate --for-s 2", 0 },
    { "", "ble --calibrate --for-s 2 --tag eddystone-uid:" TAG_ID, 0 },
    { "", "ble --calibrate --for-s 2", 2 },
    { "", "ble --calibrate --for-s 2 --tag nonsense", 2 },
    { "tags = eddystone-uid:10112233445566778899aabbccddeeff\n", "ble --calibrate --for-s 2", 1 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    write_air (fixture, cases[i].tags);
    g_auto (Answer) answer = ask (fixture, cases[i].words);
    g_assert_cmpint (answer.exit, ==, cases[i].exit);
    gboolean takes = strstr (answer.text, "a tap threshold of -58 dBm would take") != NULL;
    g_assert_cmpint (takes, ==, cases[i].exit == 0);
    g_assert_null (strstr (answer.text, "of -31 dBm"));
    if (takes)
      g_assert_nonnull (strstr (answer.text, "others, up to -25 dBm, do not count"));
  }
}

// What would take a tag from the next room is not offered, nor what the configuration refuses.
static void
test_calibrates_within_limits (Fixture *fixture, gconstpointer unused)
{
  static const struct {
    int tag_dbm, exit;
    const char *says, *complains;
  } rows[] = {
    { -64, 0, "a tap threshold of -70 dBm would take this tag", "" },
    { -65, 1, "strongest so far  -65 dBm, too weak: hold it nearer; others",
      "too weak: a tap threshold of -71 dBm would take tags in the next room, too; hold it nearer, "
      "move the adapter, or raise the tag's transmit power" },
    { -2, 0, "a tap threshold of -10 dBm would take this tag", "" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    write_air_at (fixture, "tags = eddystone-uid:" TAG_ID "\n", rows[i].tag_dbm);
    g_auto (Answer) answer = ask (fixture, "ble --calibrate --for-s 2");
    g_test_message ("%d dBm: %s%s", rows[i].tag_dbm, answer.text, answer.errors);
    g_assert_cmpint (answer.exit, ==, rows[i].exit);
    g_assert_nonnull (strstr (answer.text, rows[i].says));
    g_assert_nonnull (strstr (answer.errors, rows[i].complains));
    gboolean is_offered = strstr (answer.text, "a tap threshold of") != NULL;
    g_assert_cmpint (is_offered, ==, rows[i].exit == 0);
  }
}

// Whoever else is on the machine has no business with identifiers; in a file that was there, too.
static void
test_record_is_private (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (fixture->dir, "again.log", NULL);
  g_autofree char *words = g_strdup_printf ("ble --for-s 2 --record %s", path);
  for (guint i = 0; i < 2; i++) {
    GStatBuf status;
    write_air (fixture, "");
    g_auto (Answer) answer = ask (fixture, words);
    g_assert_cmpint (answer.exit, ==, 0);
    g_assert_cmpint (g_stat (path, &status), ==, 0);
    g_assert_cmpint (status.st_mode & 0777, ==, 0600);
    g_assert_cmpint (status.st_size, >, 100);
    g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  }
}

// Root records into a pipe, or a device: it stays open to whoever it was open to.
static void
test_record_into_a_pipe (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (fixture->dir, "pipe", NULL);
  g_autofree char *words = g_strdup_printf ("ble --for-s 2 --record %s", path);
  char heard[4096];
  GStatBuf status;
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  g_assert_cmpint (g_chmod (path, 0666), ==, 0);
  int fd = open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  g_assert_cmpint (fd, >=, 0);
  write_air (fixture, "");
  g_auto (Answer) answer = ask (fixture, words);
  g_assert_cmpint (answer.exit, ==, 0);
  g_assert_cmpint (read (fd, heard, sizeof heard), >, 100);
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0666);
  g_assert_cmpint (close (fd), ==, 0);
}

// Whoever it belongs to could read it.
static void
test_record_into_another_s (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (fixture->dir, "theirs.log", NULL);
  g_autofree char *words = g_strdup_printf ("ble --for-s 2 --record %s", path);
  g_autofree char *text = NULL;
  GStatBuf status;
  g_assert_true (g_file_set_contents (path, "theirs", -1, NULL));
  g_assert_cmpint (g_chmod (path, 0666), ==, 0);
  if (chown (path, 65534, 65534) < 0) {
    g_test_skip ("only root gives a file away");
    return;
  }
  write_air (fixture, "");
  g_auto (Answer) answer = ask (fixture, words);
  g_assert_cmpint (answer.exit, ==, 3);
  g_assert_nonnull (strstr (answer.errors, "theirs.log: Operation not permitted"));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "theirs");
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0666);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/ctl/devices/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("lights-a-lamp-and-puts-it-out", test_lights);
  ADD ("puts-lamps-out-where-there-are-any", test_lights_off);
  ADD ("prints-a-slip", test_prints);
  ADD ("issues-passes-that-it-verifies", test_pass);
  ADD ("calibrates-by-an-enrolled-tag", test_calibrates);
  ADD ("calibrates-within-limits", test_calibrates_within_limits);
  ADD ("records-for-its-owner-alone", test_record_is_private);
  ADD ("records-into-a-pipe", test_record_into_a_pipe);
  ADD ("records-into-nobody-else-s-file", test_record_into_another_s);
  ADD ("says-what-is-missing", test_says_what_is_missing);
  return g_test_run ();
}
