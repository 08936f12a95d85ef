// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A case's contacts, by the program; and that the log says who had them.

#include <string.h>

#include "kiosk/trace/trace-audit.h"
#include "kiosk/trace/trace-case.h"
#include "tests/kiosk/trace-program.h"

#define NOW_S        1010000
#define CARD         "aa000000000000000000000000000000"
#define PHONE        "bb000000000000000000000000000000"
#define X            "cc000000000000000000000000000000"
#define Y            "dd000000000000000000000000000000"
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
set_up (Fixture *fixture, gconstpointer unused)
{
  trace_program_init (&fixture->program, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
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
test_tells_a_case (Fixture *fixture, gconstpointer unused)
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
test_says_so_in_the_log (Fixture *fixture, gconstpointer unused)
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                            \
  g_test_add ("/trace/export-case/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("tells-a-case", test_tells_a_case);
  ADD ("says-so-in-the-log", test_says_so_in_the_log);
  return g_test_run ();
}
