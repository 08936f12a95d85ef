// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// tramxanh-trace as its user runs it.

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "kiosk/trace/trace-store.h"

#define HEADER "subject,venue,zone,arrived,left,evidence,kiosk,seq\n"
#define AN     "000000000000000000000000000000a1"
#define BA     "000000000000000000000000000000b2"
#define CHI    "000000000000000000000000000000c3"
#define DUNG   "000000000000000000000000000000d4"

// An has lunch with Ba; Ba meets Chi at the station afterwards; Dung was there before.
static const char town[] = HEADER AN ",quan-an,main,1000000,1003600,qr,k1,1\n" BA
                                     ",quan-an,main,1001800,1005400,qr,k1,2\n" BA
                                     ",\"bến xe, cổng 2\",main,1010000,1012000,qr,k2,1\n" CHI
                                     ",\"bến xe, cổng 2\",main,1010600,1014000,ble,k2,2\n" DUNG
                                     ",\"bến xe, cổng 2\",main,1000000,1010200,manual,,\n";

typedef struct {
  char *folder, *store;
  char *output, *errors;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->folder = g_dir_make_tmp ("tramxanh-trace-XXXXXX", NULL);
  fixture->store = g_strdup_printf ("sqlite:%s/core.db", fixture->folder);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  for (const char *name = NULL; (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
    g_assert_cmpint (g_remove (path), ==, 0);
  }
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->output);
  g_free (fixture->errors);
  g_free (fixture->store);
  g_free (fixture->folder);
}

// Runs "tramxanh-trace COMMAND --store STORE ARGUMENTS" and returns its exit status.
static int
run (Fixture *fixture, const char *command, const char *arguments, const char *input)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = g_strsplit (arguments, " ", -1);
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();
  g_strv_builder_add_many (argv, TX_BINARY_DIR "/kiosk/trace/tramxanh-trace", command, "--store",
                           fixture->store, NULL);
  for (guint i = 0; words[i] != NULL; i++)
    if (words[i][0] != '\0')
      g_strv_builder_add (argv, words[i]);
  g_auto (GStrv) all = g_strv_builder_end (argv);
  g_autoptr (GSubprocess) child =
      g_subprocess_newv ((const char *const *) all,
                         G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                             G_SUBPROCESS_FLAGS_STDERR_PIPE,
                         &error);
  g_assert_no_error (error);
  g_clear_pointer (&fixture->output, g_free);
  g_clear_pointer (&fixture->errors, g_free);
  g_assert_true (g_subprocess_communicate_utf8 (child, input, NULL, &fixture->output,
                                                &fixture->errors, &error));
  return g_subprocess_get_exit_status (child);
}

static void
test_finds_the_chain (Fixture *fixture, gconstpointer unused)
{
  g_assert_cmpint (run (fixture, "import", "--any-date", town), ==, 0);
  g_assert_cmpstr (fixture->output, ==, "{\"rows\":5,\"new\":5}\n");
  g_assert_cmpint (run (fixture, "contacts", "--subject " AN " --from 990000 --to 1020000", NULL),
                   ==, 0);
  g_assert_cmpstr (fixture->output, ==,
                   "level,subject,exposed_at,overlap_s,first,last,venue,zone,via\n"
                   "1," BA ",1002700,1800,1001800,1003600,quan-an,main," AN "\n"
                   "2," CHI ",1011500,1400,1010600,1012000,\"bến xe, cổng 2\",main," BA "\n");
  g_assert_cmpint (run (fixture, "contacts",
                        "--subject " AN " --from 990000 --to 1020000 --limit 1 --format json",
                        NULL),
                   ==, 0);
  g_assert_true (g_str_has_prefix (fixture->output, "{\"level\":1,\"subject\":\"" BA "\""));
  g_assert_nonnull (strstr (fixture->errors, "1 more"));
  g_assert_cmpint (run (fixture, "contacts",
                        "--subject " AN " --from 990000 --to 1020000 --levels 1 --format tree",
                        NULL),
                   ==, 0);
  g_assert_true (g_str_has_prefix (fixture->output, "F0 " AN "\n  F1 " BA "  "));
}

static void
test_tells_places_and_people (Fixture *fixture, gconstpointer unused)
{
  g_assert_cmpint (run (fixture, "import", "--any-date", town), ==, 0);
  g_assert_cmpint (run (fixture, "venues", "--subject " BA " --from 990000 --to 1020000", NULL), ==,
                   0);
  g_assert_cmpstr (fixture->output, ==,
                   "subject,venue,zone,arrived,left,evidence\n" BA
                   ",quan-an,main,1001800,1005400,qr\n" BA
                   ",\"bến xe, cổng 2\",main,1010000,1012000,qr\n");
  g_assert_cmpint (run (fixture, "present", "--venue quan-an --from 1004000 --to 1004001", NULL),
                   ==, 0);
  g_assert_cmpstr (fixture->output, ==,
                   "subject,venue,zone,arrived,left,evidence\n" BA
                   ",quan-an,main,1001800,1005400,qr\n");
  g_assert_cmpint (run (fixture, "stats", "--json", NULL), ==, 0);
  g_assert_true (
      g_str_has_prefix (fixture->output, "{\"stays\":5,\"open\":0,\"subjects\":4,\"places\":2,"));
}

static void
test_reads_times (Fixture *fixture, gconstpointer unused)
{
  static const char *const times[] = {
    "1000000",
    "1970-01-12T20:46:40",
    "1970-01-12T20:46:40+07:00",
    "1970-01-12T20:46",
    "1970-01-12T20:46+07:00",
    "1970-01-12T13:46Z",
    "1970-01-12T09:46-04",
    "19700112T204640",
  };
  static const char *const wrong[] = {
    "1970-01-12T20",     "1970-01-12T20+07:00", "1970-01-12T20:4", "1970-01-12T20:46x",
    "1970-01-12T20:46:", "1970-01-12T24:46",    "20:46",           "1970-01-12T20:46.5",
  };
  g_assert_cmpint (run (fixture, "import", "--any-date", town), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++) { // a minute is begun, not ended
    g_autofree char *until = g_strdup_printf ("--venue quan-an --from 990000 --to %s", times[i]);
    g_autofree char *from =
        g_strdup_printf ("--subject " AN " --from %s --to 1970-01-12T22:00", times[i]);
    g_assert_cmpint (run (fixture, "present", until, NULL), ==, 0);
    g_assert_null (strstr (fixture->output, AN));
    g_assert_cmpint (run (fixture, "contacts", from, NULL), ==, 0);
    g_assert_nonnull (strstr (fixture->output, "\n1," BA ",1002700,1800,"));
  }
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autofree char *until = g_strdup_printf ("--venue quan-an --from 990000 --to %s", wrong[i]);
    g_assert_cmpint (run (fixture, "present", until, NULL), ==, 2);
  }
}

static void
test_imports_once (Fixture *fixture, gconstpointer unused)
{
  g_assert_cmpint (run (fixture, "import", "--any-date --dry-run", town), ==, 0);
  g_assert_cmpstr (fixture->output, ==, "{\"rows\":5,\"new\":5}\n");
  g_assert_cmpint (run (fixture, "import", "--any-date", town), ==, 0);
  g_assert_cmpstr (fixture->output, ==, "{\"rows\":5,\"new\":5}\n");
  g_assert_cmpint (run (fixture, "import", "--any-date", town), ==, 0);
  g_assert_cmpstr (fixture->output, ==, "{\"rows\":5,\"new\":0}\n");
  // A visit that was open is not a second one when it ends.
  g_assert_cmpint (run (fixture, "import", "--any-date", HEADER CHI ",v,,1000,,qr,k9,1\n"), ==, 0);
  g_assert_cmpint (run (fixture, "stats", "--json", NULL), ==, 0);
  g_assert_nonnull (strstr (fixture->output, "\"stays\":6,\"open\":1"));
  g_assert_cmpint (run (fixture, "import", "--any-date", HEADER CHI ",v,,1000,2000,qr,k9,1\n"), ==,
                   0);
  g_assert_cmpint (run (fixture, "stats", "--json", NULL), ==, 0);
  g_assert_nonnull (strstr (fixture->output, "\"stays\":6,\"open\":0"));
}

static void
test_refuses_what_is_wrong (Fixture *fixture, gconstpointer unused)
{
  static const struct {
    const char *row, *why;
  } cases[] = {
    { "x0,v,z,1,2,qr,k,1", "row 3, column subject: not 32" },
    { "8.49123E+10,v,z,1,2,qr,k,1", "row 3, column subject: a spreadsheet made" },
    { "1093029317,v,z,1,2,qr,k,1", "row 3, column subject: fewer than 32 digits" },
    { AN ",,z,1,2,qr,k,1", "row 3, column venue: empty" },
    { AN ",v,z,-1,2,qr,k,1", "row 3, column arrived: not a time" },
    { AN ",v,z,1e3,2,qr,k,1", "row 3, column arrived: a spreadsheet made" },
    { AN ",v,z,99999999999999999999,2,qr,k,1", "row 3, column arrived: not a time" },
    { AN ",v,z,5,5,qr,k,1", "row 3, column left: not later" },
    { AN ",v,z,5,4,qr,k,1", "row 3, column left: not later" },
    { AN ",v,z,1,99999999,qr,k,1", "row 3, column left: more than a year" },
    { AN ",v,z,1,2,sms,k,1", "row 3, column evidence: not qr" },
    { AN ",v,z,1,2,qr,k,one", "row 3, column seq: not a number" },
    { AN ",v,z,1,2,qr,k", "row 3: not as many columns" },
    { AN ",v,z,1,2,qr,k,1,", "row 3: not as many columns" },
    { AN ",\"v,z,1,2,qr,k,1", "row 3: quotes do not match" },
    { AN ",v\x01,z,1,2,qr,k,1", "row 3, column venue: " },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *file = g_strconcat (HEADER BA ",v,z,1,2,qr,k,1\n", cases[i].row, "\n", NULL);
    g_assert_cmpint (run (fixture, "import", "--any-date", file), ==, 1);
    if (strstr (fixture->errors, cases[i].why) == NULL)
      g_error ("%s, but: %s", cases[i].why, fixture->errors);
    g_assert_cmpint (run (fixture, "stats", "--json", NULL), ==, 0);
    g_assert_nonnull (strstr (fixture->output, "\"stays\":0")); // nothing half-done
  }
  g_assert_cmpint (run (fixture, "import", "--any-date", "who,where\n"), ==, 1);
  g_assert_cmpint (run (fixture, "import", "--any-date", "\xEF\xBB\xBF" HEADER "\r\n"), ==, 0);
  g_assert_cmpint (run (fixture, "import", "/no/such/file.csv", NULL), ==, 3);
}

static void
test_refuses_wrong_usage (Fixture *fixture, gconstpointer unused)
{
  static const char *const wrong[][2] = {
    { "contacts", "--from 1 --to 2" },
    { "contacts", "--subject " AN " --from 2 --to 1" },
    { "contacts", "--subject " AN " --from yesterday --to 2" },
    { "contacts", "--subject " AN " --from 1 --to 2 --levels 0" },
    { "contacts", "--subject " AN " --from 1 --to 2 --min-overlap 0" },
    { "contacts", "--subject " AN " --from 1 --to 2 --format xml" },
    { "contacts", "--subject " AN " --from 1 --to 2 --summary street" },
    { "venues", "--subject xyz --from 1 --to 2" },
    { "present", "--from 1 --to 2" },
    { "import", "--format xlsx" },
    { "stats", "--longest-stay 0" },
    { "stats", "--venue v" },
    { "stats", "--hours --from 2 --to 1" },
    { "retain", "--days 0" },
    { "retain", "" },
    { "nothing", "" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_assert_cmpint (run (fixture, wrong[i][0], wrong[i][1], NULL), ==, 2);
    g_assert_cmpstr (fixture->output, ==, "");
    g_assert_cmpstr (fixture->errors, !=, "");
  }
  g_free (fixture->store);
  fixture->store = g_strdup ("mysql:here");
  g_assert_cmpint (run (fixture, "stats", "", NULL), ==, 2);
  g_free (fixture->store);
  fixture->store = g_strdup ("sqlite:/no/such/folder/core.db");
  g_assert_cmpint (run (fixture, "stats", "", NULL), ==, 3);
}

// A subcommand's own options are those that the help on all of them has.
static void
test_help_has_every_option (Fixture *fixture, gconstpointer unused)
{
  static const struct {
    const char *command, *options;
  } cases[] = {
    { "import", "--format --separator --dry-run --ignore-extra --any-date --any-length --lang "
                "--details-to" },
    { "stats", "--json --hours --venue --from --to" },
    { "present", "--venue --from --to" },
    { "venues", "--subject --from --to" },
    { "retain", "--days" },
  };
  g_assert_cmpint (run (fixture, "--help", "", NULL), ==, 0);
  g_autofree char *all = g_steal_pointer (&fixture->output);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *begin = g_strdup_printf ("\n  %-11s ", cases[i].command);
    const char *at = strstr (all, begin);
    g_assert_nonnull (at);
    g_autofree char *own = g_strdup (at + strlen (begin));
    char *end = strchr (own, '\n');
    while (end != NULL && g_str_has_prefix (end, "\n     "))
      end = strchr (end + 1, '\n');
    if (end != NULL)
      *end = '\0';
    g_auto (GStrv) options = g_strsplit (cases[i].options, " ", -1);
    g_assert_cmpint (run (fixture, cases[i].command, "--help", NULL), ==, 0);
    for (guint j = 0; options[j] != NULL; j++) {
      if (strstr (own, options[j]) == NULL)
        g_error ("%s: no %s in: %s", cases[i].command, options[j], own);
      g_assert_nonnull (strstr (fixture->output, options[j]));
    }
  }
}

static void
flip_a_byte (Fixture *fixture, gsize at)
{
  g_autofree char *path = g_build_filename (fixture->folder, "core.db.index", NULL);
  g_autofree char *bytes = NULL;
  gsize n_bytes = 0;
  g_assert_true (g_file_get_contents (path, &bytes, &n_bytes, NULL));
  bytes[at] ^= 1;
  g_assert_true (g_file_set_contents (path, bytes, (gssize) n_bytes, NULL));
}

static void
test_index_changes_no_answer (Fixture *fixture, gconstpointer unused)
{
  const char *question = "--subject " AN " --from 990000 --to 1020000";
  g_assert_cmpint (run (fixture, "import", "--any-date", town), ==, 0);
  g_assert_cmpint (run (fixture, "contacts", question, NULL), ==, 0);
  g_autofree char *answer = g_steal_pointer (&fixture->output);
  g_assert_cmpint (run (fixture, "index", "", NULL), ==, 0);
  g_assert_true (g_str_has_prefix (fixture->output, "{\"stays\":5,\"changes\":0,\"bytes\":"));
  g_assert_cmpint (run (fixture, "contacts", question, NULL), ==, 0);
  g_assert_cmpstr (fixture->output, ==, answer);
  g_assert_null (strstr (fixture->errors, "the tables answer"));
  flip_a_byte (fixture, 4096 + 1); // of the first stay: not looked at before it is needed
  g_assert_cmpint (run (fixture, "contacts", question, NULL), ==, 0);
  g_assert_cmpstr (fixture->output, ==, answer);
  g_assert_nonnull (strstr (fixture->errors, "damaged; the tables answer"));
  flip_a_byte (fixture, 20); // of the header: as if there were none
  g_assert_cmpint (run (fixture, "contacts", question, NULL), ==, 0);
  g_assert_cmpstr (fixture->output, ==, answer);
  g_assert_cmpint (run (fixture, "index", "", NULL), ==, 0);
  g_assert_cmpint (
      run (fixture, "import", "--any-date", HEADER DUNG ",quan-an,main,1000000,1003600,qr,k1,9\n"),
      ==, 0);
  g_assert_cmpint (run (fixture, "contacts", question, NULL), ==, 0);
  g_assert_nonnull (strstr (fixture->output, "\n1," DUNG ",1000900,3600,"));
}

// Venues of kiosks, however somebody types them: one that nothing was heard at, and none.
static void
test_hours_of_a_venue (Fixture *fixture, gconstpointer unused)
{
  const TraceOpenStays open_stays = { 1700000000, 3600 };
  g_assert_cmpint (run (fixture, "import", "--any-date", town), ==, 0);
  g_autoptr (TraceStore) store = trace_store_open (fixture->store, &open_stays, NULL);
  g_assert_true (trace_db_run_script (
      trace_store_get_db (store),
      "INSERT INTO kiosk (id, key, venue, zone, profile, enrolled_ms)"
      " VALUES (x'01', x'01', 'cho', '', 'p', 0);"
      "INSERT INTO stream (kiosk, epoch, number, last, head, taken_ms, has_our_key)"
      " VALUES (x'01', x'01', 1, 1, x'01', 0, 1);"
      "INSERT INTO heard (stream, seq, start_s, window_s, heard_ms, n_sightings, n_dropped, counts)"
      " VALUES (1, 1, 1000000, 300, 300000, 0, 0, x'00');",
      NULL));
  g_assert_cmpint (run (fixture, "stats", "--hours --venue nowhere", NULL), ==, 1);
  g_assert_cmpstr (fixture->output, ==, "");
  g_assert_nonnull (strstr (fixture->errors, "the store knows no such venue"));
  g_assert_cmpint (run (fixture, "stats", "--hours --venue quan-an", NULL), ==, 0);
  g_assert_cmpstr (fixture->output, ==, "");
  g_assert_cmpint (run (fixture, "stats", "--hours --venue \u00a0cho\u200b", NULL), ==, 0);
  g_assert_true (g_str_has_prefix (fixture->output, "cho  1970-01-12T13Z  codes     0  phones"));
}

static void
test_sums_up (Fixture *fixture, gconstpointer unused)
{
  const char *question = "--subject " AN " --from 990000 --to 1020000 --limit 1 --summary ";
  g_autofree char *by_venue = g_strconcat (question, "venue", NULL);
  g_autofree char *by_day = g_strconcat (question, "day", NULL);
  g_assert_cmpint (run (fixture, "import", "--any-date", town), ==, 0);
  g_assert_cmpint (run (fixture, "contacts", by_venue, NULL), ==, 0);
  g_assert_cmpstr (fixture->output, ==,
                   "venue,zone,level,contacts\nquan-an,main,1,1\n\"bến xe, cổng 2\",main,2,1\n");
  g_assert_nonnull (strstr (fixture->errors, "(F1: 1, F2: 1, F3: 0 in all)"));
  g_assert_cmpint (run (fixture, "contacts", by_day, NULL), ==, 0);
  g_assert_cmpstr (fixture->output, ==, "day,level,contacts\n1970-01-12,1,1\n1970-01-12,2,1\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/trace/commands/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("finds-the-chain", test_finds_the_chain);
  ADD ("tells-places-and-people", test_tells_places_and_people);
  ADD ("reads-times-with-seconds-or-without", test_reads_times);
  ADD ("imports-everything-once", test_imports_once);
  ADD ("refuses-what-is-wrong-and-keeps-nothing", test_refuses_what_is_wrong);
  ADD ("an-index-changes-no-answer", test_index_changes_no_answer);
  ADD ("hours-of-a-venue", test_hours_of_a_venue);
  ADD ("sums-up-what-was-found", test_sums_up);
  ADD ("help-has-every-option", test_help_has_every_option);
  ADD ("refuses-wrong-usage", test_refuses_wrong_usage);
  return g_test_run ();
}
