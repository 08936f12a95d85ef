// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The audit log: whatever is done to it is noticed.

#include <sodium.h>
#include <string.h>

#include "kiosk/trace/trace-audit.h"
#include "trace-engine.h"

#define N_ENTRIES 5

typedef struct {
  TraceEngine *engine;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer engine)
{
  fixture->engine = (gpointer) engine;
}

static void
tear_down (Fixture *fixture, gconstpointer engine)
{
}

static TraceDb *
open_empty (Fixture *fixture)
{
  g_autofree char *uri = trace_engine_make_uri (fixture->engine);
  return trace_db_open (uri, NULL);
}

static TraceDb *
open_with_entries (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  TraceDb *db = open_empty (fixture);
  g_assert_no_error (error);
  for (guint i = 0; i < N_ENTRIES; i++) {
    const TraceAuditEntry entry = { "bs-lan", "case-add", i % 2 == 0 ? "C-1" : "C-2", "vì lý do",
                                    "" };
    g_assert_true (trace_audit_write (db, &entry, &error));
    g_assert_no_error (error);
  }
  return db;
}

static gint64
verify (TraceDb *db, const TraceAuditHead *earlier, TraceAuditHead *ret_head)
{
  g_autoptr (GError) error = NULL;
  gint64 wrong = -1;
  g_assert_true (trace_audit_verify (db, earlier, ret_head, &wrong, &error));
  g_assert_no_error (error);
  return wrong;
}

static void
test_holds_together (Fixture *fixture, gconstpointer engine)
{
  g_autoptr (TraceDb) empty = open_empty (fixture);
  g_autoptr (TraceDb) db = open_with_entries (fixture);
  TraceAuditHead head = { 0 };
  g_assert_cmpint (verify (empty, NULL, &head), ==, 0);
  g_assert_cmpint (head.n, ==, 0);
  g_assert_cmpint (verify (db, NULL, &head), ==, 0);
  g_assert_cmpint (head.n, ==, N_ENTRIES);
}

// The hash is what its description says: made here by hand.
static void
test_hashes_as_described (Fixture *fixture, gconstpointer engine)
{
  g_autoptr (TraceDb) db = open_empty (fixture);
  const TraceAuditEntry entry = { "a", "b", "c", "d", "e" };
  g_assert_true (trace_audit_write (db, &entry, NULL));
  gint64 at_ms = 0;
  g_assert_true (
      trace_db_query_int (db, "SELECT at_ms FROM audit", TRACE_NO_VALUES, 0, &at_ms, NULL));
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 zeros[32] = { 0 }, hash[32];
  guint64 number = GUINT64_TO_BE (1);
  g_byte_array_append (bytes, (const guint8 *) "tramxanh/audit/v1", 18);
  g_byte_array_append (bytes, zeros, sizeof zeros);
  g_byte_array_append (bytes, (const guint8 *) &number, 8);
  number = GUINT64_TO_BE ((guint64) at_ms);
  g_byte_array_append (bytes, (const guint8 *) &number, 8);
  for (const char *text = "abcde"; *text != '\0'; text++) {
    number = GUINT64_TO_BE (1);
    g_byte_array_append (bytes, (const guint8 *) &number, 8);
    g_byte_array_append (bytes, (const guint8 *) text, 1);
  }
  g_assert_cmpint (crypto_generichash (hash, sizeof hash, bytes->data, bytes->len, NULL, 0), ==, 0);
  TraceAuditHead head = { 0 };
  g_assert_cmpint (verify (db, NULL, &head), ==, 0);
  g_assert_cmpmem (head.hash, sizeof head.hash, hash, sizeof hash);
}

static void
test_notices_every_change (Fixture *fixture, gconstpointer engine)
{
  static const struct {
    const char *sql;
    gint64 wrong;
  } cases[] = {
    { "UPDATE audit SET officer = 'bs-mai' WHERE n = 2;", 2 },
    { "UPDATE audit SET action = 'case-open' WHERE n = 1;", 1 },
    { "UPDATE audit SET case_id = 'C-3' WHERE n = 5;", 5 },
    { "UPDATE audit SET reason = '' WHERE n = 3;", 3 },
    { "UPDATE audit SET reason = '', what = 'vì lý do' WHERE n = 3;", 3 },
    { "UPDATE audit SET what = 'x' WHERE n = 4;", 4 },
    { "UPDATE audit SET at_ms = at_ms + 1 WHERE n = 4;", 4 },
    { "UPDATE audit SET hash = (SELECT hash FROM audit WHERE n = 1) WHERE n = 4;", 4 },
    { "DELETE FROM audit WHERE n = 1;", 1 },
    { "DELETE FROM audit WHERE n = 3;", 3 },
    { "DELETE FROM audit WHERE n = 5;", 5 },
    { "DELETE FROM audit;", 1 },
    { "UPDATE audit SET n = 9 WHERE n = 2; UPDATE audit SET n = 2 WHERE n = 3;"
      "UPDATE audit SET n = 3 WHERE n = 9;",
      2 },
    { "UPDATE audit_head SET hash = (SELECT hash FROM audit WHERE n = 1);", 5 },
  };
  g_autoptr (TraceDb) db = open_with_entries (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    TraceAuditHead head = { 0 };
    g_assert_true (trace_db_begin (db, NULL));
    g_test_message ("%s", cases[i].sql);
    g_assert_true (trace_db_run_script (db, cases[i].sql, NULL));
    g_assert_cmpint (verify (db, NULL, &head), ==, cases[i].wrong);
    trace_db_roll_back (db);
  }
}

// Who can write the log can also end it sooner and say so in its head; not to whom has an earlier
// head.
static void
test_an_earlier_head_tells_what_was_cut_off (Fixture *fixture, gconstpointer engine)
{
  g_autoptr (TraceDb) db = open_with_entries (fixture);
  TraceAuditHead earlier = { 0 }, head = { 0 };
  g_assert_cmpint (verify (db, NULL, &earlier), ==, 0);
  const TraceAuditEntry entry = { "bs-lan", "case-add", "C-1", "", "" };
  g_assert_true (trace_audit_write (db, &entry, NULL));
  g_assert_cmpint (verify (db, &earlier, &head), ==, 0);
  g_assert_cmpint (head.n, ==, N_ENTRIES + 1);
  g_assert_true (trace_db_run_script (
      db,
      "DELETE FROM audit WHERE n > 3;"
      "UPDATE audit_head SET n = 3, hash = (SELECT hash FROM audit WHERE n = 3);",
      NULL));
  g_assert_cmpint (verify (db, NULL, &head), ==, 0);
  g_assert_cmpint (verify (db, &earlier, &head), ==, 4);
  for (guint i = 0; i < 3; i++)
    g_assert_true (trace_audit_write (db, &entry, NULL));
  g_assert_cmpint (verify (db, NULL, &head), ==, 0);
  g_assert_cmpint (verify (db, &earlier, &head), ==, N_ENTRIES);
}

static void
count (gint64 n, gint64 at_ms, const TraceAuditEntry *entry, gpointer user_data)
{
  g_assert_cmpstr (entry->officer, ==, "bs-lan");
  g_assert_cmpint (at_ms, >, 0);
  g_string_append_printf (user_data, "%d", (int) n);
}

static void
test_lists_by_case (Fixture *fixture, gconstpointer engine)
{
  g_autoptr (TraceDb) db = open_with_entries (fixture);
  g_autoptr (GString) numbers = g_string_new (NULL);
  g_assert_true (trace_audit_list (db, NULL, count, numbers, NULL));
  g_string_append_c (numbers, ' ');
  g_assert_true (trace_audit_list (db, "C-2", count, numbers, NULL));
  g_string_append_c (numbers, ' ');
  g_assert_true (trace_audit_list (db, "C-9", count, numbers, NULL));
  g_assert_cmpstr (numbers->str, ==, "12345 24 ");
}

static void
test_goes_with_what_it_tells_of (Fixture *fixture, gconstpointer engine)
{
  g_autoptr (TraceDb) db = open_with_entries (fixture);
  const TraceAuditEntry entry = { "bs-lan", "case-add", "C-1", "", "" };
  TraceAuditHead head = { 0 };
  g_assert_true (trace_db_begin (db, NULL));
  g_assert_true (trace_audit_append (db, &entry, NULL));
  trace_db_roll_back (db);
  g_assert_cmpint (verify (db, NULL, &head), ==, 0);
  g_assert_cmpint (head.n, ==, N_ENTRIES);
}

static void
test_refuses_odd_texts (Fixture *fixture, gconstpointer engine)
{
  g_autofree char *long_name = g_strnfill (TRACE_AUDIT_OFFICER_MAX + 1, 'x');
  g_autofree char *long_reason = g_strnfill (TRACE_AUDIT_REASON_MAX + 1, 'x');
  g_assert_true (trace_audit_check_officer ("BS. Trần Thị Lan", NULL));
  g_assert_false (trace_audit_check_officer (NULL, NULL));
  g_assert_false (trace_audit_check_officer ("", NULL));
  g_assert_false (trace_audit_check_officer ("a\nb", NULL));
  g_assert_false (trace_audit_check_officer ("\xff", NULL));
  g_assert_false (trace_audit_check_officer (long_name, NULL));
  g_assert_false (trace_audit_check_reason (NULL, NULL));
  g_assert_false (trace_audit_check_reason (long_reason, NULL));
}

static void
add_cases (TraceEngine *engine)
{
#define ADD(name, function)                                                                        \
  TRACE_ENGINE_ADD (engine, "audit", name, Fixture, set_up, function, tear_down)
  ADD ("holds-together", test_holds_together);
  ADD ("hashes-as-described", test_hashes_as_described);
  ADD ("notices-every-change", test_notices_every_change);
  ADD ("an-earlier-head-tells-what-was-cut-off", test_an_earlier_head_tells_what_was_cut_off);
  ADD ("lists-by-case", test_lists_by_case);
  ADD ("goes-with-what-it-tells-of", test_goes_with_what_it_tells_of);
  ADD ("refuses-odd-texts", test_refuses_odd_texts);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  return trace_engines_run (add_cases);
}
