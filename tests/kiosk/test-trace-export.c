// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What exports have to do, whichever engine keeps the stays.

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "tests/kiosk/trace-hostile.h"
#include "tests/kiosk/trace-program.h"

#define START_S       1700000000
#define DAY_S         86400
#define N_SUBJECTS    40
#define N_STAYS       400
#define N_MIXED_TOWNS 9
#define FROM          "1700000000"
#define TO            "1700432000"
#define HEADER        "subject,venue,zone,arrived,left,evidence,kiosk,seq\n"
#define F0            "00000000000000000000000000000000"
#define PATIENCE_US   (120 * G_USEC_PER_SEC)
#define OFFICER       "Bs. Trần Thị Hà"

static const char *const formats[] = {
  "csv", "json", "iris", "sormas-contacts", "sormas-participants", "godata",
};

typedef struct {
  TraceProgram program;
  TraceEngine *engine;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer engine)
{
  fixture->engine = (gpointer) engine;
  trace_program_init (&fixture->program, fixture->engine);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  trace_program_clear (&fixture->program);
}

static char *
make_store (Fixture *fixture)
{
  return trace_engine_make_uri (fixture->engine);
}

static void
append_cell (GString *row, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "\"", -1);
  g_autofree char *doubled = g_strjoinv ("\"\"", parts);
  g_string_append_printf (row, "\"%s\",", doubled);
}

static gboolean
is_venue (const char *name)
{
  return strpbrk (name, "\t\r\n") == NULL;
}

// A small town whose venues have the names that have broken exports. Everybody is seen in one way
// only; a tenth are staff, a twentieth of visits were never ended.
static char *
make_town (guint32 seed)
{
  static const char *const evidence[] = { "qr", "ble", "manual" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  GString *town = g_string_new (HEADER);
  for (guint i = 0; i < N_STAYS; i++) {
    int subject = g_rand_int_range (rand, 0, N_SUBJECTS);
    int venue = g_rand_int_range (rand, 0, (gint32) G_N_ELEMENTS (hostile));
    int zone = g_rand_int_range (rand, 0, 12) == 0 ? 40 : 41;
    gint64 arrived_s = START_S + g_rand_int_range (rand, 0, 5 * DAY_S);
    int length_s = g_rand_int_range (rand, 600, 20000);
    if (!is_venue (hostile[venue]))
      continue;
    g_string_append_printf (town, "%032x,", (guint) subject);
    append_cell (town, hostile[venue % 12 == 0 ? 0 : venue]);
    append_cell (town, hostile[zone]);
    g_string_append_printf (town, "%" G_GINT64_FORMAT ",", arrived_s);
    if (g_rand_int_range (rand, 0, 20) > 0)
      g_string_append_printf (town, "%" G_GINT64_FORMAT, arrived_s + length_s);
    g_string_append_printf (town, ",%s,k%d,%u\n",
                            subject % 10 == 9 ? "staff" : evidence[subject % 3], venue % 3, i + 1);
  }
  return g_string_free (town, FALSE);
}

// Names that are made of what breaks exports; every third subject has some.
static char *
make_details (void)
{
  GString *details = g_string_new (NULL);
  for (guint i = 0; i < N_SUBJECTS; i++) {
    const char *text = hostile[i % G_N_ELEMENTS (hostile)];
    if (i % 3 == 2)
      continue;
    g_string_append_printf (details, "{\"subject\":\"%032x\",\"name\":\"", i);
    for (guint part = 0; part < 2; part++) {
      for (const char *at = text; *at != '\0'; at++)
        if (*at == '"' || *at == '\\')
          g_string_append_printf (details, "\\%c", *at);
        else if ((guchar) *at < ' ')
          g_string_append_printf (details, "\\u%04x", (guint) *at);
        else
          g_string_append_c (details, *at);
      if (part == 0)
        g_string_append_printf (
            details,
            "\",\"sex\":\"%s\",\"birth_date\":\"1980-02-%02u\",\"phone\":"
            "\"0912 345 6%02u\",\"email\":\"a%u@example.invalid\",\"address\":\"",
            i % 2 == 0 ? "male" : "female", i % 28 + 1, i, i);
    }
    g_string_append (details, "\"}\n");
  }
  return g_string_free (details, FALSE);
}

static void
import_town (Fixture *fixture, const char *store, const char *town)
{
  g_assert_cmpint (
      trace_program_run_alone (&fixture->program, town, "import", "--store", store, NULL), ==, 0);
}

static char *
export_contacts (Fixture *fixture, const char *store, const char *format, const char *details)
{
  g_assert_cmpint (trace_program_run_alone (&fixture->program, NULL, "export", "--store", store,
                                            "--format", format, "--officer", OFFICER, "--subject",
                                            F0, "--from", FROM, "--to", TO,
                                            details != NULL ? "--details" : NULL, details, NULL),
                   ==, 0);
  g_assert_null (strstr (fixture->program.errors, ": 0 rows"));
  return g_strdup (fixture->program.output);
}

static char *
export_guests (Fixture *fixture, const char *store, const char *format, const char *venue)
{
  g_autofree char *wanted = g_strconcat ("--venue=", venue, NULL);
  g_assert_cmpint (trace_program_run_alone (&fixture->program, NULL, "export", "--store", store,
                                            "--format", format, "--officer", OFFICER, wanted,
                                            "--from", FROM, "--to", TO, NULL),
                   ==, 0);
  g_assert_null (strstr (fixture->program.errors, ": 0 rows"));
  return g_strdup (fixture->program.output);
}

static void
test_contacts_come_back (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *town = make_town (1);
  g_autofree char *details = make_details ();
  g_autofree char *store = make_store (fixture);
  g_autofree char *path = trace_program_write (&fixture->program, "details", details, -1);
  import_town (fixture, store, town);
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_autofree char *other = make_store (fixture);
    g_autofree char *names = trace_program_get_path (&fixture->program, "names");
    g_autofree char *once = export_contacts (fixture, store, formats[i], path);
    g_autofree char *list = trace_program_write (&fixture->program, "list", once, -1);
    g_assert_nonnull (strstr (fixture->program.errors, OFFICER));
    g_assert_cmpint (trace_program_run_alone (&fixture->program, NULL, "import", "--store", other,
                                              "--format", formats[i], "--details-to", names, list,
                                              NULL),
                     ==, 0);
    g_assert_null (strstr (fixture->program.output, "\"rows\":0,"));
    g_autofree char *twice = export_contacts (fixture, other, formats[i], names);
    g_assert_cmpstr (twice, ==, once);
    g_assert_cmpint (trace_program_run_alone (&fixture->program, once, "import", "--store", other,
                                              "--format", formats[i], NULL),
                     ==, 0);
    g_assert_nonnull (strstr (fixture->program.output, "\"new\":0}"));
  }
}

// Everybody is seen in every way, with every doubt that a kiosk has, often in two ways at once.
// What is heard of somebody has always the same doubts.
static char *
make_mixed_town (guint32 seed)
{
  static const char *const evidence[] = { "qr", "ble", "ble", "manual" };
  static const char *const doubts[] = { "", "", "static", "clock", "conflict", "static clock" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  GString *town = g_string_new ("subject,venue,zone,arrived,left,evidence,kiosk,seq,doubts\n");
  for (guint i = 0; i < N_STAYS; i++) {
    guint subject = (guint) g_rand_int_range (rand, 0, N_SUBJECTS);
    gint64 arrived_s = START_S + 100 * g_rand_int_range (rand, 0, 5 * DAY_S / 100);
    const char *way = evidence[g_rand_int_range (rand, 0, G_N_ELEMENTS (evidence))];
    guint doubt = (guint) g_rand_int_range (rand, 0, G_N_ELEMENTS (doubts));
    if (g_str_equal (way, "ble"))
      doubt = subject % G_N_ELEMENTS (doubts);
    else if (subject % 10 == 9)
      way = "staff";
    g_string_append_printf (town, "%032x,v%d,,%" G_GINT64_FORMAT ",", subject,
                            g_rand_int_range (rand, 0, 8), arrived_s);
    if (g_str_equal (way, "ble") || g_rand_int_range (rand, 0, 20) > 0)
      g_string_append_printf (town, "%" G_GINT64_FORMAT,
                              arrived_s + 100 * g_rand_int_range (rand, 5, 120));
    g_string_append_printf (town, ",%s,k,%u,%s\n", way, i + 1, doubts[doubt]);
  }
  return g_string_free (town, FALSE);
}

static char *
ask (Fixture *fixture, const char *store)
{
  g_assert_cmpint (trace_program_run_alone (&fixture->program, NULL, "contacts", "--store", store,
                                            "--subject", F0, "--from", FROM, "--to", TO, "--format",
                                            "json", NULL),
                   ==, 0);
  return g_strdup (fixture->program.output);
}

// All that was said of somebody comes back: how they were seen, what is in doubt, whose staff.
static void
test_doubts_and_evidence_come_back (Fixture *fixture, gconstpointer unused)
{
  static const char *const words[] = { "static", "clock", "conflict", "open", "beacon" };
  g_autoptr (GString) all = g_string_new (NULL);
  for (guint seed = 0; seed < N_MIXED_TOWNS; seed++) {
    g_autofree char *town = make_mixed_town (100 + seed);
    g_autofree char *store = make_store (fixture), *other = make_store (fixture);
    const char *format = formats[seed % 3]; // those whose notes are not cut
    import_town (fixture, store, town);
    g_autofree char *answer = ask (fixture, store);
    g_autofree char *once = export_contacts (fixture, store, format, NULL);
    g_assert_cmpint (trace_program_run_alone (&fixture->program, once, "import", "--store", other,
                                              "--format", format, NULL),
                     ==, 0);
    g_autofree char *answer_again = ask (fixture, other);
    g_assert_cmpstr (answer_again, ==, answer);
    g_autofree char *twice = export_contacts (fixture, other, format, NULL);
    g_assert_cmpstr (twice, ==, once);
    g_string_append (all, answer);
  }
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    g_assert_nonnull (strstr (all->str, words[i]));
  g_assert_nonnull (strstr (all->str, "\"staff\":true"));
}

static void
test_guests_come_back (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *town = make_town (2);
  g_autofree char *store = make_store (fixture);
  import_town (fixture, store, town);
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_autofree char *other = make_store (fixture);
    for (guint j = 0; j < G_N_ELEMENTS (hostile); j += 8) {
      if (!is_venue (hostile[j]) || (j > 0 && j % 12 == 0)) // the town has none of these
        continue;
      g_autofree char *once = export_guests (fixture, store, formats[i], hostile[j]);
      g_assert_cmpint (trace_program_run_alone (&fixture->program, once, "import", "--store", other,
                                                "--format", formats[i], NULL),
                       ==, 0);
      g_autofree char *twice = export_guests (fixture, other, formats[i], hostile[j]);
      g_assert_cmpstr (twice, ==, once);
    }
  }
}

// Another reader of CSV than ours: no cell, and no line within one, begins a formula.
static void
check_cells (const char *table, char separator)
{
  gboolean is_quoted = FALSE, is_start = TRUE;
  for (const char *at = table; *at != '\0'; at++) {
    gboolean is_space = *at == ' ' || g_str_has_prefix (at, "\u00a0") ||
                        g_str_has_prefix (at, "\u3000") || (*at & 0xC0) == 0x80;
    gboolean is_end = !is_quoted && *at == separator;
    if (is_start && !is_end && !is_space && *at != '"') {
      g_assert_null (strchr ("=+-@\t", *at));
      g_assert_false (g_str_has_prefix (at, "＝") || g_str_has_prefix (at, "＋") ||
                      g_str_has_prefix (at, "－") || g_str_has_prefix (at, "＠"));
      is_start = FALSE;
    }
    if (*at == '"')
      is_quoted = !is_quoted;
    if (*at == '\n' || *at == '\r' || is_end)
      is_start = TRUE;
  }
}

static void
test_no_cell_is_a_formula (Fixture *fixture, gconstpointer unused)
{
  static const struct {
    const char *word;
    char separator;
  } separators[] = { { ",", ',' }, { ";", ';' }, { "tab", '\t' } };
  g_autofree char *town = make_town (1);
  g_autofree char *details = make_details ();
  g_autofree char *store = make_store (fixture);
  g_autofree char *path = trace_program_write (&fixture->program, "details", details, -1);
  import_town (fixture, store, town);
  for (guint i = 0; i < G_N_ELEMENTS (separators); i++) {
    static const char *const tables[] = { "csv", "sormas", "sormas-participants" };
    for (guint j = 0; j < G_N_ELEMENTS (tables); j++) {
      g_assert_cmpint (trace_program_run_alone (
                           &fixture->program, NULL, "export", "--store", store, "--format",
                           tables[j], "--officer", "=1+1", "--subject", F0, "--from", FROM, "--to",
                           TO, "--details", path, "--separator", separators[i].word, "--bom", NULL),
                       ==, 0);
      g_assert_true (g_str_has_prefix (fixture->program.output, "\xEF\xBB\xBF"));
      check_cells (fixture->program.output + 3, separators[i].separator);
      g_autofree char *other = make_store (fixture);
      g_autofree char *table = g_strdup (fixture->program.output);
      g_assert_cmpint (
          trace_program_run_alone (&fixture->program, table, "import", "--store", other, NULL), ==,
          0);
    }
  }
}

// Whoever was told of by mistake is left out; the others are there.
static void
test_bad_details_stop_nobody (Fixture *fixture, gconstpointer unused)
{
  static const char details[] = "{\"subject\":\"" F0 "\",\"name\":\"Lê Văn Tám\"}\n"
                                "{\"subject\":\"1\",\"name\":\"Ai\"}\n"
                                "not JSON\n"
                                "{\"subject\":\"00000000000000000000000000000001\",\"name\":[1]}\n"
                                "{\"subject\":\"00000000000000000000000000000002\","
                                "\"name\":\"Võ Thị Sáu\"}\n";
  static const char town[] =
      HEADER F0 ",v,,1700000000,1700003600,qr,k,1\n"
                "00000000000000000000000000000001,v,,1700000000,1700003600,qr,k,2\n"
                "00000000000000000000000000000002,v,,1700000000,1700003600,qr,k,3\n";
  g_autofree char *store = make_store (fixture);
  import_town (fixture, store, town);
  g_autofree char *path = trace_program_write (&fixture->program, "details", details, -1);
  g_autofree char *list = export_contacts (fixture, store, "csv", path);
  g_assert_nonnull (strstr (list, "Võ Thị Sáu"));
  g_assert_nonnull (strstr (list, "\r\n#rows,2," OFFICER ",tramxanh-contacts/1\r\n"));
  g_assert_nonnull (strstr (fixture->program.errors, "row 2, column subject"));
  g_assert_nonnull (strstr (fixture->program.errors, "row 3: not a JSON object"));
  g_assert_nonnull (strstr (fixture->program.errors, "row 4, column name"));
}

static char *
make_crowd (guint n)
{
  GString *crowd = g_string_new (HEADER);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (crowd, "%032x,sân,,%u,%u,qr,k,%u\n", i, START_S + i / 2,
                            START_S + 3600 + i / 2, i + 1);
  return g_string_free (crowd, FALSE);
}

static gint64
read_rows (const char *summary)
{
  return g_ascii_strtoll (strstr (summary, "\"rows\":") + strlen ("\"rows\":"), NULL, 10);
}

static void
test_splits_what_no_sheet_holds (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *crowd = make_crowd (70000);
  g_autofree char *store = make_store (fixture);
  g_autofree char *other = make_store (fixture);
  g_autofree char *path = trace_program_get_path (&fixture->program, "guests.csv");
  gint64 n_rows = 0;
  import_town (fixture, store, crowd);
  // Not without a file, which could be told apart.
  g_assert_cmpint (trace_program_run_alone (&fixture->program, NULL, "export", "--store", store,
                                            "--format", "csv", "--officer", OFFICER, "--venue",
                                            "sân", "--from", FROM, "--to", TO, "--row-limit",
                                            "65535", NULL),
                   ==, 2);
  g_assert_cmpstr (fixture->program.output, ==, "");
  g_assert_cmpint (trace_program_run_alone (&fixture->program, NULL, "export", "--store", store,
                                            "--format", "csv", "--officer", OFFICER, "--venue",
                                            "sân", "--from", FROM, "--to", TO, "--row-limit",
                                            "65535", "--output", path, NULL),
                   ==, 0);
  g_assert_nonnull (strstr (fixture->program.errors, "70000 rows, 2 parts"));
  g_assert_false (trace_program_has (&fixture->program, "guests.csv"));
  g_autofree char *manifest = trace_program_read (&fixture->program, "guests.csv.manifest.json");
  g_assert_nonnull (strstr (manifest, "\"officer\":\"" OFFICER "\",\"rows\":70000,\"left_out\":0"));
  g_assert_nonnull (strstr (manifest, "{\"name\":\"guests-1.csv\",\"rows\":65534,"));
  g_assert_nonnull (strstr (manifest, "{\"name\":\"guests-2.csv\",\"rows\":4466,"));
  for (guint part = 1; part <= 2; part++) {
    g_autofree char *name = g_strdup_printf ("guests-%u.csv", part);
    g_autofree char *part_path = trace_program_get_path (&fixture->program, name);
    g_autofree char *text = trace_program_read (&fixture->program, name);
    g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
    g_assert_nonnull (strstr (manifest, sum));
    g_assert_cmpint (trace_program_run_alone (&fixture->program, NULL, "import", "--store", other,
                                              part_path, NULL),
                     ==, 0);
    n_rows += read_rows (fixture->program.output);
    // Half a file is none.
    text[strlen (text) / 2] = '\0';
    *strrchr (text, '\n') = '\0';
    g_assert_cmpint (
        trace_program_run_alone (&fixture->program, text, "import", "--store", other, NULL), ==, 1);
    g_assert_nonnull (strstr (fixture->program.errors, "a part is missing"));
  }
  g_assert_cmpint (n_rows, ==, 70000);
}

// The rule that makes somebody a contact is said, and how it was changed.
static void
test_says_by_which_rule (Fixture *fixture, gconstpointer unused)
{
  static const char town[] =
      HEADER F0 ",v,,1700000000,1700000800,qr,k,1\n"
                "00000000000000000000000000000001,v,,1700000000,1700000800,qr,k,2\n";
  g_autofree char *store = make_store (fixture);
  g_autofree char *path = trace_program_get_path (&fixture->program, "list.csv");
  import_town (fixture, store, town);
  g_assert_cmpint (trace_program_run_alone (&fixture->program, NULL, "export", "--store", store,
                                            "--format", "csv", "--officer", OFFICER, "--subject",
                                            F0, "--onset", "2023-11-16", "--profile", "VN-2021-12",
                                            "--min-overlap", "600", "--output", path, NULL),
                   ==, 0);
  g_autofree char *manifest = trace_program_read (&fixture->program, "list.csv.manifest.json");
  g_autofree char *list = trace_program_read (&fixture->program, "list.csv");
  g_assert_nonnull (strstr (manifest, "\"rule\":\"VN-2021-12"));
  g_assert_nonnull (strstr (manifest, "600"));
  g_assert_nonnull (strstr (list, "\r\n#rows,1,"));
  g_assert_cmpint (trace_program_run_alone (&fixture->program, NULL, "export", "--store", store,
                                            "--format", "csv", "--officer", OFFICER, "--subject",
                                            F0, "--onset", "2023-11-16", "--profile", "none", NULL),
                   ==, 2);
}

static void
test_writes_over_nothing (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *crowd = make_crowd (10);
  g_autofree char *store = make_store (fixture);
  g_autofree char *path = trace_program_write (&fixture->program, "guests.json", "mine", -1);
  import_town (fixture, store, crowd);
  g_assert_cmpint (trace_program_run_alone (&fixture->program, NULL, "export", "--store", store,
                                            "--format", "iris", "--officer", OFFICER, "--venue",
                                            "sân", "--from", FROM, "--to", TO, "--output", path,
                                            NULL),
                   ==, 3);
  g_autofree char *text = trace_program_read (&fixture->program, "guests.json");
  g_assert_cmpstr (text, ==, "mine");
  g_assert_false (trace_program_has (&fixture->program, "guests.json.manifest.json"));
}

// Whether the C library's locale @name was made in @folder, from its sources.
static gboolean
make_locale (const char *folder, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *source = g_strndup (name, strcspn (name, "."));
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GSubprocess) making = g_subprocess_new (
      G_SUBPROCESS_FLAGS_STDERR_SILENCE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error, "localedef",
      "-i", source, "-f", "UTF-8", "--no-archive", path, NULL);
  g_assert_no_error (error);
  (void) g_subprocess_wait (making, NULL, NULL); // whether it was made is what the folder says
  return g_file_test (path, G_FILE_TEST_IS_DIR);
}

static void
test_is_the_same_everywhere (Fixture *fixture, gconstpointer unused)
{
  static const char *const locales[] = { "vi_VN.UTF-8", "de_DE.UTF-8" };
  g_autofree char *town = make_town (1);
  g_autofree char *details = make_details ();
  g_autofree char *store = make_store (fixture);
  g_autofree char *path = trace_program_write (&fixture->program, "details", details, -1);
  import_town (fixture, store, town);
  g_autofree char *here = export_contacts (fixture, store, "csv", path);
  trace_program_set_environment (&fixture->program, "LOCPATH", fixture->program.folder);
  // The C library never frees what it made of LOCPATH.
  trace_program_set_environment (&fixture->program, "ASAN_OPTIONS", "detect_leaks=0");
  for (guint i = 0; i < G_N_ELEMENTS (locales); i++) {
    if (!make_locale (fixture->program.folder, locales[i])) {
      g_test_skip ("the sources of locales are not installed");
      return;
    }
    trace_program_set_environment (&fixture->program, "LC_ALL", locales[i]);
    g_autofree char *there = export_contacts (fixture, store, "csv", path);
    g_assert_cmpstr (there, ==, here);
  }
}

static void
test_refuses_wrong_usage (Fixture *fixture, gconstpointer unused)
{
  static const char *const wrong[][12] = {
    { "--format", "csv", "--venue", "v", "--from", "1", "--to", "2" },
    { "--officer", " ", "--format", "csv", "--venue", "v", "--from", "1", "--to", "2" },
    { "--officer", "Hà\n", "--format", "csv", "--venue", "v", "--from", "1", "--to", "2" },
    { "--officer", "Hà", "--format", "xlsx", "--venue", "v", "--from", "1", "--to", "2" },
    { "--officer", "Hà", "--format", "csv", "--from", "1", "--to", "2" },
    { "--officer", "Hà", "--format", "csv", "--venue", "v", "--subject", F0, "--from", "1", "--to",
      "2" },
    { "--officer", "Hà", "--format", "csv", "--venue", "v", "--from", "2", "--to", "1" },
    { "--officer", "Hà", "--format", "dot", "--venue", "v", "--from", "1", "--to", "2" },
    { "--officer", "Hà", "--format", "bluezone", "--venue", "v", "--from", "1", "--to", "2" },
    { "--officer", "Hà", "--format", "bluezone", "--subject", F0, "--from", "1", "--to", "2" },
    { "--officer", "Hà", "--format", "csv", "--subject", "a1", "--from", "1", "--to", "2" },
  };
  g_autofree char *store = make_store (fixture);
  import_town (fixture, store, HEADER F0 ",v,main,1700000001,1700000002,qr,k,1\n");
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    const char *const *w = wrong[i];
    g_assert_cmpint (trace_program_run_alone (&fixture->program, NULL, "export", "--store", store,
                                              w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8],
                                              w[9], w[10], w[11], NULL),
                     ==, 2);
    g_assert_cmpstr (fixture->program.output, ==, "");
    g_assert_cmpstr (fixture->program.errors, !=, "");
  }
}

// Does the process have a file open that has no name yet, and is writing it?
static gboolean
is_writing (const char *pid)
{
  g_autofree char *folder = g_strdup_printf ("/proc/%s/fd", pid);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  for (const char *name = NULL; dir != NULL && (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autofree char *target = g_file_read_link (path, NULL);
    GStatBuf facts;
    if (target != NULL && strstr (target, "(deleted)") != NULL && strstr (target, "/#") != NULL &&
        stat (path, &facts) == 0 && facts.st_size > 0)
      return TRUE;
  }
  return FALSE;
}

static void
test_killed (Fixture *fixture, gconstpointer unused)
{
  TraceProgram *program = &fixture->program;
  g_autofree char *path = trace_program_get_path (program, "guests.csv");
  g_autoptr (GString) crowd = g_string_new ("subject,venue,zone,arrived,left,evidence,kiosk,seq\n");
  for (guint i = 0; i < 150000; i++)
    g_string_append_printf (crowd, "%032x,sân,,%u,%u,qr,k,%u\n", i, 1700000000 + i, 1700003600 + i,
                            i + 1);
  g_assert_cmpint (trace_program_run (program, crowd->str, "import", NULL), ==, 0);
  const char *const words[] = { "export",     "--store",   program->uri, "--format",
                                "csv",        "--officer", "Bs. Hà",     "--venue",
                                "sân",        "--from",    "1",          "--to",
                                "2000000000", "--output",  path,         NULL };
  g_autoptr (GSubprocess) child = trace_program_start (program, words);
  gint64 until_us = g_get_monotonic_time () + PATIENCE_US;
  while (!is_writing (g_subprocess_get_identifier (child)))
    g_assert_cmpint (g_get_monotonic_time (), <, until_us);
  g_subprocess_send_signal (child, SIGKILL);
  g_assert_true (g_subprocess_wait (child, NULL, NULL));
  g_assert_true (g_subprocess_get_if_signaled (child));
  g_autoptr (GDir) dir = g_dir_open (program->folder, 0, NULL);
  for (const char *name = NULL; (name = g_dir_read_name (dir)) != NULL;)
    g_assert_cmpstr (name, ==, "keys");
  g_assert_cmpint (trace_program_run (program, NULL, "export", "--format", "csv", "--officer",
                                      "Bs. Hà", "--venue", "sân", "--from", "1", "--to",
                                      "2000000000", "--output", path, NULL),
                   ==, 0);
  g_assert_true (trace_program_has (program, "guests.csv"));
}

static void
add (TraceEngine *engine)
{
#define ADD(name, func) TRACE_ENGINE_ADD (engine, "export", name, Fixture, set_up, func, tear_down)
  ADD ("contacts-come-back", test_contacts_come_back);
  ADD ("doubts-and-evidence-come-back", test_doubts_and_evidence_come_back);
  ADD ("guests-come-back", test_guests_come_back);
  ADD ("no-cell-is-a-formula", test_no_cell_is_a_formula);
  ADD ("bad-details-stop-nobody", test_bad_details_stop_nobody);
  ADD ("splits-what-no-sheet-holds", test_splits_what_no_sheet_holds);
  ADD ("says-by-which-rule", test_says_by_which_rule);
  ADD ("writes-over-nothing", test_writes_over_nothing);
  ADD ("is-the-same-everywhere", test_is_the_same_everywhere);
  ADD ("refuses-wrong-usage", test_refuses_wrong_usage);
  if (!trace_engine_is_postgres (engine))
    ADD ("killed-it-leaves-nothing", test_killed);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  return trace_engines_run (add);
}
