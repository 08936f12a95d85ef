// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A case's contacts, by the program; and that the log says who had them.

#include <string.h>

#include "kiosk/trace/trace-audit.h"
#include "kiosk/trace/trace-case.h"
#include "tests/kiosk/trace-program.h"

#define NOW_S        1100000
#define DAY_12_S     1036800
#define CARD         "aa000000000000000000000000000000"
#define PHONE        "bb000000000000000000000000000000"
#define X            "cc000000000000000000000000000000"
#define Y            "dd000000000000000000000000000000"
#define Z            "ee000000000000000000000000000000"
#define W            "f0000000000000000000000000000000"
#define V            "ff000000000000000000000000000000"
#define LAN          "bs-lan"
#define INFECTIOUS_S 1000000

typedef struct {
  TraceProgram program;
} Fixture;

static TraceStore *
open_store (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  const TraceOpenStays open_stays = { NOW_S, 16 * 3600 };
  TraceStore *store = trace_store_open (fixture->program.uri, &open_stays, &error);
  g_assert_no_error (error);
  return store;
}

static void
put (TraceStore *store, const char *subject, const char *venue, gint64 from_s, gint64 to_s)
{
  gboolean is_new = FALSE;
  TraceArrival arrival = { .venue = venue,
                           .zone = "",
                           .arrived_s = INFECTIOUS_S + from_s,
                           .left_s = INFECTIOUS_S + to_s,
                           .kiosk = "" };
  g_assert_true (trace_subject_read (subject, arrival.subject));
  g_assert_true (trace_store_put (store, &arrival, &is_new, NULL));
}

// F0 is known by a card and a phone, and met X as either; before that one was infectious too. X met
// Y later.
static void
make_case (TraceStore *store)
{
  g_autoptr (GError) error = NULL;
  TraceDb *db = trace_store_get_db (store);
  g_autoptr (GPtrArray) rules = trace_rules_load (NULL, &error);
  TraceIndexCase entries[2] = { { "F0", { 0 }, INFECTIOUS_S, TRACE_CASE_NOW, FALSE, FALSE },
                                { "F0", { 0 }, INFECTIOUS_S, TRACE_CASE_NOW, FALSE, FALSE } };
  const TraceQuestion question = {
    .levels = 3, .window_s = 86400, .min_overlap_s = 900, .to_s = TRACE_CASE_NOW
  };
  put (store, CARD, "chợ", -5000, -4000);
  put (store, X, "chợ", -5000, -4000);
  put (store, CARD, "quán", 0, 500);
  put (store, X, "quán", 0, 500);
  put (store, PHONE, "bến xe", 1000, 1500);
  put (store, X, "bến xe", 1000, 1500);
  put (store, X, "trường", 3000, 4000);
  put (store, Y, "trường", 3000, 4000);
  g_assert_true (trace_subject_read (CARD, entries[0].subject));
  g_assert_true (trace_subject_read (PHONE, entries[1].subject));
  g_assert_true (trace_case_open (db, "C-1", trace_rules_find (rules, "default", NULL), &question,
                                  LAN, &error));
  g_assert_true (trace_case_add (db, "C-1", entries, G_N_ELEMENTS (entries), LAN, &error));
}

static void
set_up (Fixture *fixture, gconstpointer engine)
{
  trace_program_init (&fixture->program, (gpointer) engine);
}

static void
tear_down (Fixture *fixture, gconstpointer engine)
{
  trace_program_clear (&fixture->program);
}

static int
export_case (Fixture *fixture, const char *id, const char *option, const char *value)
{
  return trace_program_run (&fixture->program, NULL, "export", "--format", "csv", "--officer", LAN,
                            "--case", id, option, value, NULL);
}

static void
test_tells_a_case (Fixture *fixture, gconstpointer engine)
{
  g_autoptr (GError) error = NULL;
  TraceStore *store = open_store (fixture);
  make_case (store);
  trace_store_close (store);
  g_assert_cmpint (export_case (fixture, "C-1", NULL, NULL), !=, 0);
  g_assert_nonnull (strstr (fixture->program.errors, "not computed yet"));
  store = open_store (fixture);
  g_autoptr (GArray) changes = trace_case_compute (store, "C-1", LAN, NOW_S, NULL, NULL, &error);
  g_assert_no_error (error);
  trace_store_close (store);

  g_assert_cmpint (export_case (fixture, "C-1", NULL, NULL), ==, 0);
  const char *list = fixture->program.output;
  g_assert_nonnull (strstr (list, "\r\n#rows,2," LAN ",tramxanh-contacts/1\r\n"));
  // By the card and by the phone, and not from before.
  g_assert_nonnull (strstr (list, "\r\n1," X ",1970-01-12T21:10:00+07:00,1000,"
                                  "1970-01-12T20:46:40+07:00,1970-01-12T21:11:40+07:00,bến xe"));
  g_assert_nonnull (strstr (list, "\"\"quán\"\""));
  g_assert_nonnull (strstr (list, "\"\"bến xe\"\""));
  g_assert_null (strstr (list, "chợ"));
  g_assert_nonnull (strstr (list, "\r\n2," Y ","));
  g_assert_nonnull (strstr (list, "trường"));
}

static void
on_entry (gint64 n, gint64 at_ms, const TraceAuditEntry *entry, gpointer user_data)
{
  GString *log = user_data;
  if (g_str_equal (entry->action, "export"))
    g_string_append_printf (log, "%s|%s|%s\n", entry->officer, entry->case_id, entry->what);
}

static void
test_says_so_in_the_log (Fixture *fixture, gconstpointer engine)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) log = g_string_new (NULL);
  TraceStore *store = open_store (fixture);
  make_case (store);
  g_autoptr (GArray) changes = trace_case_compute (store, "C-1", LAN, NOW_S, NULL, NULL, &error);
  trace_store_close (store);
  g_assert_cmpint (export_case (fixture, "C-1", NULL, NULL), ==, 0);
  g_assert_cmpint (trace_program_run (&fixture->program, NULL, "export", "--format", "iris",
                                      "--officer", "Bs. Hà", "--venue", "quán", "--from", "1",
                                      "--to", "2000000000", NULL),
                   ==, 0);
  // What was refused was not given away.
  g_assert_cmpint (export_case (fixture, "C-2", NULL, NULL), !=, 0);
  g_assert_cmpint (export_case (fixture, "C-1", "--from", "1"), ==, 2);
  store = open_store (fixture);
  g_assert_true (trace_audit_list (trace_store_get_db (store), NULL, on_entry, log, &error));
  g_assert_cmpstr (log->str, ==,
                   LAN "|C-1|csv, 2 rows, contacts\n"
                       "Bs. Hà||iris, 2 rows, guests\n");
  trace_store_close (store);
}

static void
compute (Fixture *fixture, const char *id)
{
  g_autoptr (GError) error = NULL;
  TraceStore *store = open_store (fixture);
  g_autoptr (GArray) changes = trace_case_compute (store, id, LAN, NOW_S, NULL, NULL, &error);
  g_assert_no_error (error);
  trace_store_close (store);
}

static void
change_stays (Fixture *fixture, const char *sql)
{
  g_autoptr (GError) error = NULL;
  TraceStore *store = open_store (fixture);
  g_assert_true (trace_db_run_script (trace_store_get_db (store), sql, &error));
  g_assert_no_error (error);
  trace_store_close (store);
}

// Whoever cannot be told is named, the others are told, and it is no success.
static void
test_names_whom_it_leaves_out (Fixture *fixture, gconstpointer engine)
{
  TraceStore *store = open_store (fixture);
  make_case (store);
  trace_store_close (store);
  compute (fixture, "C-1");
  // X was half of the time with one name of F0, and half with the other.
  change_stays (fixture, "DELETE FROM stay WHERE place ="
                         " (SELECT id FROM place WHERE venue = 'quán') AND subject ="
                         " (SELECT min (id) FROM subject WHERE id IN (SELECT subject FROM stay"
                         " JOIN place ON place.id = place WHERE venue = 'quán'));");
  g_assert_cmpint (export_case (fixture, "C-1", NULL, NULL), ==, 1);
  g_assert_nonnull (strstr (fixture->program.errors,
                            ": 1 rows, 1 parts, for " LAN ", 1 left out:\n" X ": its stays have"));
  g_assert_nonnull (strstr (fixture->program.output, "\r\n2," Y ","));
  g_assert_nonnull (strstr (fixture->program.output, "\r\n#rows,1,"));
  // Who is not known any more at all is named too.
  change_stays (fixture, "DELETE FROM stay WHERE place ="
                         " (SELECT id FROM place WHERE venue = 'trường');"
                         "DELETE FROM subject WHERE NOT EXISTS"
                         " (SELECT 1 FROM stay WHERE stay.subject = subject.id);");
  g_autofree char *path = trace_program_get_path (&fixture->program, "case.json");
  g_assert_cmpint (trace_program_run (&fixture->program, NULL, "export", "--format", "json",
                                      "--officer", LAN, "--case", "C-1", "--output", path, NULL),
                   ==, 1);
  g_assert_nonnull (strstr (fixture->program.errors, "\n" Y ": old stays were let go\n"));
  g_autofree char *manifest = trace_program_read (&fixture->program, "case.json.manifest.json");
  g_assert_nonnull (strstr (manifest, "\"rows\":0,\"left_out\":2"));
}

// By what was let go X and Y keep their levels, and cannot be told; whom Y met since is told.
static void
test_tells_whom_it_still_can (Fixture *fixture, gconstpointer engine)
{
  g_autoptr (GError) error = NULL;
  gint64 n_stays = 0;
  TraceStore *store = open_store (fixture);
  make_case (store);
  put (store, Y, "ga", DAY_12_S - INFECTIOUS_S, DAY_12_S - INFECTIOUS_S + 1000);
  put (store, W, "ga", DAY_12_S - INFECTIOUS_S, DAY_12_S - INFECTIOUS_S + 1000);
  trace_store_close (store);
  compute (fixture, "C-1");
  store = open_store (fixture);
  g_assert_true (trace_store_retain (store, DAY_12_S, &n_stays, &error));
  trace_store_close (store);
  g_assert_cmpint (trace_program_run (&fixture->program, NULL, "case", "compute", "--case", "C-1",
                                      "--officer", LAN, NULL),
                   ==, 0);
  g_assert_cmpstr (fixture->program.output, ==, "subject,before,after\n");
  g_assert_nonnull (strstr (fixture->program.errors, ": 2 keep a level that cannot be computed"));
  g_assert_cmpint (export_case (fixture, "C-1", NULL, NULL), ==, 1);
  g_assert_nonnull (strstr (fixture->program.output, "\r\n3," W ","));
  g_assert_nonnull (strstr (fixture->program.output, "\r\n#rows,1,"));
  g_assert_nonnull (strstr (fixture->program.errors,
                            ", 2 left out:\n" X ": old stays were let go\n" Y
                            ": old stays were let go\n"));
}

// Two index cases that have contacts in common, and one who had theirs before they met the second.
static void
make_two (TraceStore *store, gboolean has_stays)
{
  static const struct {
    const char *label, *subject;
  } people[] = { { "F0-1", CARD }, { "F0-1", PHONE }, { "F0-2", Z } };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rules = trace_rules_load (NULL, &error);
  const TraceQuestion question = {
    .levels = 3, .window_s = 86400, .min_overlap_s = 900, .to_s = TRACE_CASE_NOW
  };
  TraceDb *db = trace_store_get_db (store);
  if (has_stays) {
    make_case (store); // C-1, which is about the first of them only
    put (store, Y, "ga", 5000, 6000);
    put (store, W, "ga", 5000, 6000);
    put (store, Z, "sân", 7000, 8000);
    put (store, Y, "sân", 7000, 8000);
    put (store, Y, "phà", 8500, 9500);
    put (store, V, "phà", 8500, 9500);
    put (store, X, "phà", 8500, 9500);
    put (store, CARD, "nhà", 9000, 9900);
    put (store, Z, "nhà", 9000, 9900);
  }
  g_assert_true (trace_case_open (db, "C-2", trace_rules_find (rules, "default", NULL), &question,
                                  LAN, &error));
  for (gsize i = 0; i < G_N_ELEMENTS (people); i++) {
    TraceIndexCase entry = { .from_s = INFECTIOUS_S, .to_s = TRACE_CASE_NOW };
    (void) g_strlcpy (entry.label, people[i].label, sizeof entry.label);
    g_assert_true (trace_subject_read (people[i].subject, entry.subject));
    g_assert_true (trace_case_add (db, "C-2", &entry, 1, LAN, &error));
  }
}

static char *
list_levels (Fixture *fixture)
{
  g_assert_cmpint (
      trace_program_run (&fixture->program, NULL, "case", "levels", "--case", "C-2", NULL), ==, 0);
  return g_steal_pointer (&fixture->program.output);
}

// What an empty store takes in of it has the same levels.
static void
test_two_index_cases_come_back (Fixture *fixture, gconstpointer engine)
{
  static const char *const formats[] = { "csv", "json", "iris", "sormas-contacts", "godata" };
  TraceStore *store = open_store (fixture);
  make_two (store, TRUE);
  trace_store_close (store);
  compute (fixture, "C-2");
  g_autofree char *levels = list_levels (fixture);
  g_assert_nonnull (strstr (levels, "\n1," Y ",1007900,1000," Z ","));
  g_assert_nonnull (strstr (levels, "\n1," X ",1001400,1000," CARD ","));
  g_assert_nonnull (strstr (levels, "\n2," V ",1009400,1000," X ","));
  g_assert_null (strstr (levels, W)); // who met Y before that one met F0-2
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++) {
    Fixture other = { 0 };
    set_up (&other, engine);
    g_assert_cmpint (trace_program_run (&fixture->program, NULL, "export", "--format", formats[i],
                                        "--officer", LAN, "--case", "C-2", NULL),
                     ==, 0);
    g_assert_cmpint (trace_program_run (&other.program, fixture->program.output, "import",
                                        "--any-date", "--format", formats[i], NULL),
                     ==, 0);
    store = open_store (&other);
    make_two (store, FALSE);
    trace_store_close (store);
    compute (&other, "C-2");
    g_autofree char *again = list_levels (&other);
    g_assert_cmpstr (again, ==, levels);
    tear_down (&other, engine);
  }
}

static void
add_cases (TraceEngine *engine)
{
#define ADD(name, function)                                                                        \
  TRACE_ENGINE_ADD (engine, "export-case", name, Fixture, set_up, function, tear_down)
  ADD ("tells-a-case", test_tells_a_case);
  ADD ("says-so-in-the-log", test_says_so_in_the_log);
  ADD ("names-whom-it-leaves-out", test_names_whom_it_leaves_out);
  ADD ("tells-whom-it-still-can", test_tells_whom_it_still_can);
  ADD ("two-index-cases-come-back", test_two_index_cases_come_back);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  return trace_engines_run (add_cases);
}
