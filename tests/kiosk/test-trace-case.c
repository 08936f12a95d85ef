// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Cases: a small town, two index cases, and what withdrawing one changes.

#include <sodium.h>
#include <string.h>

#include "kiosk/trace/trace-audit.h"
#include "kiosk/trace/trace-case.h"
#include "kiosk/trace/trace-schema.h"
#include "trace-engine.h"

#define NOW_S    1200000
#define DAY_12_S 1036800
#define LAN      "bs-lan"

typedef struct {
  TraceStore *store;
  TraceDb *db;
  GPtrArray *rules;
  gint64 seq;
} Fixture;

// A subject is a letter.
static void
make_subject (char letter, guint8 ret_subject[TRACE_SUBJECT_SIZE])
{
  memset (ret_subject, letter, TRACE_SUBJECT_SIZE);
}

static void
put_seen (Fixture *fixture,
          char letter,
          const char *venue,
          gint64 arrived_s,
          gint64 left_s,
          TraceEvidence evidence)
{
  g_autoptr (GError) error = NULL;
  gboolean is_new = FALSE;
  TraceArrival arrival = { .venue = venue,
                           .zone = "main",
                           .arrived_s = 1000000 + arrived_s,
                           .left_s = 1000000 + left_s,
                           .evidence = evidence,
                           .doubts = TRACE_DOUBT_STATIC,
                           .kiosk = "k",
                           .seq = ++fixture->seq };
  make_subject (letter, arrival.subject);
  g_assert_true (trace_store_put (fixture->store, &arrival, &is_new, &error));
  g_assert_no_error (error);
}

static void
put (Fixture *fixture, char letter, const char *venue, gint64 arrived_s, gint64 left_s)
{
  put_seen (fixture, letter, venue, arrived_s, left_s, TRACE_EVIDENCE_QR);
}

// A meets X, then B; X meets Y; B meets Y and, for a shorter time, Z; so does A.
static void
fill (Fixture *fixture)
{
  g_assert_true (trace_store_begin (fixture->store, NULL));
  put (fixture, 'A', "cho", 0, 1000);
  put (fixture, 'X', "cho", 0, 1000);
  put (fixture, 'X', "ben-xe", 2000, 3000);
  put (fixture, 'Y', "ben-xe", 2000, 3000);
  put (fixture, 'A', "truong", 4000, 5000);
  put (fixture, 'B', "truong", 4000, 5000);
  put (fixture, 'B', "quan", 6000, 7450);
  put (fixture, 'Y', "quan", 6000, 7000);
  put (fixture, 'Z', "quan", 7000, 7450);
  put (fixture, 'A', "san", 8000, 8450);
  put (fixture, 'Z', "san", 8000, 8450);
  g_assert_true (trace_store_commit (fixture->store, NULL));
}

static void
set_up (Fixture *fixture, gconstpointer engine)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = trace_engine_make_uri ((gpointer) engine);
  const TraceOpenStays open_stays = { NOW_S, 16 * 3600 };
  fixture->store = trace_store_open (uri, &open_stays, &error);
  g_assert_no_error (error);
  fixture->db = trace_store_get_db (fixture->store);
  fixture->rules = trace_rules_load (NULL, &error);
  fill (fixture);
  const TraceRule *rule = trace_rules_find (fixture->rules, "default", NULL);
  const TraceQuestion question = {
    .levels = 3, .window_s = 86400, .min_overlap_s = 900, .to_s = TRACE_CASE_NOW
  };
  g_assert_true (trace_case_open (fixture->db, "C-1", rule, &question, LAN, &error));
  g_assert_no_error (error);
}

// Whatever happened, the log holds together.
static void
tear_down (Fixture *fixture, gconstpointer engine)
{
  TraceAuditHead head = { 0 };
  gint64 wrong = -1;
  g_assert_true (trace_audit_verify (fixture->db, NULL, &head, &wrong, NULL));
  g_assert_cmpint (wrong, ==, 0);
  g_assert_cmpint (head.n, >, 0);
  trace_store_close (fixture->store);
  g_ptr_array_unref (fixture->rules);
}

static gboolean
add (Fixture *fixture, const char *label, const char *letters, gint64 from_s, GError **error)
{
  TraceIndexCase entries[4] = { { .from_s = 0 } };
  gsize n = strlen (letters);
  for (gsize i = 0; i < n; i++) {
    (void) g_strlcpy (entries[i].label, label, sizeof entries[i].label);
    make_subject (letters[i], entries[i].subject);
    entries[i].from_s = 1000000 + from_s;
    entries[i].to_s = TRACE_CASE_NOW;
  }
  return trace_case_add (fixture->db, "C-1", entries, n, LAN, error);
}

static void
append_level (GString *words, int level)
{
  if (level == TRACE_CASE_NO_LEVEL)
    g_string_append_c (words, '-');
  else
    g_string_append_printf (words, "%d", level);
}

// "X-1" is new on level 1, "Y12" went from 1 to 2.
static char *
compute (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  GString *words = g_string_new (NULL);
  g_autoptr (GArray) changes =
      trace_case_compute (fixture->store, "C-1", LAN, NOW_S, NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < changes->len; i++) {
    const TraceCaseChange *change = &g_array_index (changes, TraceCaseChange, i);
    g_string_append_printf (words, "%s%c", i > 0 ? " " : "", change->subject[0]);
    append_level (words, change->before);
    append_level (words, change->after);
  }
  return g_string_free (words, FALSE);
}

static void
assert_changes (Fixture *fixture, const char *expected)
{
  g_autofree char *changes = compute (fixture);
  g_assert_cmpstr (changes, ==, expected);
}

// "0A 1X>A": levels in their order.
static void
assert_levels (Fixture *fixture, const char *expected)
{
  g_autoptr (GArray) levels = trace_case_list_levels (fixture->db, "C-1", NULL);
  g_autoptr (GString) words = g_string_new (NULL);
  for (guint i = 0; i < levels->len; i++) {
    const TraceCaseLevel *level = &g_array_index (levels, TraceCaseLevel, i);
    g_string_append_printf (words, "%s%d%c<%c", i > 0 ? " " : "", level->level, level->subject[0],
                            level->via[0]);
  }
  g_assert_cmpstr (words->str, ==, expected);
}

static void
test_follows_from_index_cases (Fixture *fixture, gconstpointer engine)
{
  assert_changes (fixture, "");
  g_assert_true (add (fixture, "F0-1", "A", 0, NULL));
  assert_changes (fixture, "A-0 B-1 X-1 Y-2");
  assert_levels (fixture, "0A<A 1X<A 1B<A 2Y<X");
}

static void
test_withdrawing_changes_levels_back (Fixture *fixture, gconstpointer engine)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (add (fixture, "F0-1", "A", 0, NULL));
  g_autofree char *first = compute (fixture);
  g_assert_true (add (fixture, "F0-2", "B", 0, NULL));
  assert_changes (fixture, "B10 Y21");
  assert_changes (fixture, "");
  g_assert_true (trace_case_withdraw (fixture->db, "C-1", "F0-1", LAN, "sai kết quả", &error));
  g_assert_no_error (error);
  assert_changes (fixture, "A01 X1-");
  g_assert_true (trace_case_withdraw (fixture->db, "C-1", "F0-2", LAN, "sai kết quả", &error));
  assert_changes (fixture, "A1- B0- Y1-");
  assert_levels (fixture, "");
  g_assert_false (trace_case_withdraw (fixture->db, "C-1", "F0-2", LAN, "lại", &error));
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_REFUSED);
  g_assert_true (add (fixture, "F0-1", "A", 0, NULL));
  assert_changes (fixture, first);
}

// 450 s with one and 450 s with another are nobody's 900 s; with one person of two names they are.
static void
test_adds_up_by_person (Fixture *fixture, gconstpointer engine)
{
  g_assert_true (add (fixture, "F0-1", "A", 7500, NULL));
  g_assert_true (add (fixture, "F0-2", "B", 6900, NULL));
  assert_changes (fixture, "A-0 B-0");
  g_assert_true (trace_case_withdraw (fixture->db, "C-1", "F0-1", LAN, "trùng", NULL));
  g_assert_true (trace_case_withdraw (fixture->db, "C-1", "F0-2", LAN, "trùng", NULL));
  g_assert_true (add (fixture, "F0-3", "AB", 6900, NULL));
  assert_changes (fixture, "Z-1");
}

// A met K, K met L, L met M; much later B met L. L is B's contact then, and M met L before that: no
// path goes back in time. Without B it is as it was.
static void
test_no_path_goes_back_in_time (Fixture *fixture, gconstpointer engine)
{
  put (fixture, 'A', "ga", 10000, 11000);
  put (fixture, 'K', "ga", 10000, 11000);
  put (fixture, 'K', "cho", 12000, 13000);
  put (fixture, 'L', "cho", 12000, 13000);
  put (fixture, 'L', "quan", 15000, 16000);
  put (fixture, 'M', "quan", 15000, 16000);
  put (fixture, 'B', "san", 19000, 20000);
  put (fixture, 'L', "san", 19000, 20000);
  g_assert_true (add (fixture, "F0-1", "A", 9000, NULL));
  assert_changes (fixture, "A-0 B-3 K-1 L-2 M-3");
  g_assert_true (add (fixture, "F0-2", "B", 9000, NULL));
  assert_changes (fixture, "B30 L21 M3-");
  assert_levels (fixture, "0A<A 0B<B 1K<A 1L<B");
  g_assert_true (trace_case_withdraw (fixture->db, "C-1", "F0-2", LAN, "âm tính", NULL));
  assert_changes (fixture, "B03 L12 M-3");
}

// By either of two index cases: the earlier exposure is the one that is kept, and so is who gave
// it.
static void
test_takes_the_earliest_of_all (Fixture *fixture, gconstpointer engine)
{
  put (fixture, 'B', "ga", 10000, 11000);
  put (fixture, 'K', "ga", 10000, 11000);
  put (fixture, 'A', "cho", 12000, 13000);
  put (fixture, 'K', "cho", 12000, 13000);
  put (fixture, 'K', "san", 13500, 14500);
  put (fixture, 'L', "san", 13500, 14500);
  g_assert_true (add (fixture, "F0-1", "A", 9000, NULL));
  assert_changes (fixture, "A-0 K-1 L-2");
  g_assert_true (add (fixture, "F0-2", "B", 9000, NULL));
  assert_changes (fixture, "B-0");
  assert_levels (fixture, "0A<A 0B<B 1K<B 2L<K");
}

static void
test_each_has_a_span_of_its_own (Fixture *fixture, gconstpointer engine)
{
  g_assert_true (add (fixture, "F0-1", "A", 1000, NULL)); // after X
  g_assert_true (add (fixture, "F0-2", "B", 0, NULL));
  assert_changes (fixture, "A-0 B-0 Y-1");
}

// Two windows that are one stay reach across the moment from which on somebody is infectious: that
// counts. Of a phone's slot only what was heard in it does.
static void
test_cuts_what_was_heard_as_one (Fixture *fixture, gconstpointer engine)
{
  static const struct {
    gboolean is_slot;
    const char *changes;
  } cases[] = { { FALSE, "B-0 Q-1" }, { TRUE, "B-0" } };
  put_seen (fixture, 'B', "ga", 20000, 20300, TRACE_EVIDENCE_BLE);
  put_seen (fixture, 'B', "ga", 20800, 21400, TRACE_EVIDENCE_BLE);
  put (fixture, 'Q', "ga", 19000, 23000);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    TraceIndexCase entry = { "F0-1", { 0 }, 1020500, 1030000, FALSE, cases[i].is_slot };
    make_subject ('B', entry.subject);
    g_assert_true (trace_case_add (fixture->db, "C-1", &entry, 1, LAN, NULL));
    assert_changes (fixture, cases[i].changes);
    g_assert_true (trace_case_withdraw (fixture->db, "C-1", "F0-1", LAN, "lại", NULL));
    g_autofree char *none = compute (fixture);
  }
}

// A store from before slots were told apart: what is as short as one, is one.
static void
test_knows_slots_of_an_older_store (Fixture *fixture, gconstpointer engine)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (add (fixture, "F0-1", "A", 0, NULL));
  TraceIndexCase entry = { "F0-2", { 0 }, 1020000, 1021140, FALSE, FALSE };
  make_subject ('B', entry.subject);
  g_assert_true (trace_case_add (fixture->db, "C-1", &entry, 1, LAN, NULL));
  g_assert_true (trace_db_run_script (fixture->db,
                                      "ALTER TABLE case_index DROP COLUMN is_slot;"
                                      "ALTER TABLE cases DROP COLUMN dropped_before_s;"
                                      "ALTER TABLE case_level DROP COLUMN kept_before_s;"
                                      "UPDATE schema_version SET version = 3 WHERE area = 'cases';",
                                      &error));
  g_assert_true (trace_schema_update (fixture->db, &error));
  g_assert_no_error (error);
  g_autoptr (GArray) entries = trace_case_list_index (fixture->db, "C-1", NULL);
  g_assert_false (g_array_index (entries, TraceIndexCase, 0).is_slot);
  g_assert_true (g_array_index (entries, TraceIndexCase, 1).is_slot);
}

static void
let_day_go (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  gint64 n_stays = 0;
  g_assert_true (trace_store_retain (fixture->store, DAY_12_S, &n_stays, &error));
  g_assert_no_error (error);
  g_assert_cmpint (n_stays, >, 0);
  // Forgets the numbers of those who are gone, as another process never knew them.
  g_assert_true (trace_store_begin (fixture->store, &error));
  g_assert_true (trace_store_commit (fixture->store, &error));
}

// "BXY": whose level rests on what is gone.
static void
assert_kept (Fixture *fixture, const char *expected)
{
  g_autoptr (GArray) levels = trace_case_list_levels (fixture->db, "C-1", NULL);
  g_autoptr (GString) words = g_string_new (NULL);
  for (guint i = 0; i < levels->len; i++) {
    const TraceCaseLevel *level = &g_array_index (levels, TraceCaseLevel, i);
    g_assert_true (level->kept_before_s == 0 || level->kept_before_s == DAY_12_S);
    if (level->kept_before_s > 0)
      g_string_append_c (words, (char) level->subject[0]);
  }
  g_assert_cmpstr (words->str, ==, expected);
}

// The day on which all but K and L were exposed is let go: nobody is lost, and whom they met since
// is found by what there is. Only with the index case does a level go that nobody can compute.
static void
test_keeps_who_was_exposed_by_what_is_gone (Fixture *fixture, gconstpointer engine)
{
  put (fixture, 'B', "ga", 40000, 41000);
  put (fixture, 'K', "ga", 40000, 41000);
  put (fixture, 'X', "san", 42000, 43000);
  put (fixture, 'L', "san", 42000, 43000);
  g_assert_true (add (fixture, "F0-1", "A", 0, NULL));
  assert_changes (fixture, "A-0 B-1 K-2 L-2 X-1 Y-2");
  g_autoptr (GArray) before = trace_case_list_levels (fixture->db, "C-1", NULL);
  assert_kept (fixture, "");
  let_day_go (fixture);
  assert_changes (fixture, "");
  assert_kept (fixture, "XBY");
  g_autoptr (GArray) after = trace_case_list_levels (fixture->db, "C-1", NULL);
  for (guint i = 0; i < before->len; i++) {
    const TraceCaseLevel *one = &g_array_index (before, TraceCaseLevel, i);
    const TraceCaseLevel *other = &g_array_index (after, TraceCaseLevel, i);
    g_assert_cmpmem (one->subject, TRACE_SUBJECT_SIZE, other->subject, TRACE_SUBJECT_SIZE);
    g_assert_cmpmem (one->via, TRACE_SUBJECT_SIZE, other->via, TRACE_SUBJECT_SIZE);
    g_assert_cmpint (one->exposed_s, ==, other->exposed_s);
    g_assert_cmpint (one->overlap_s, ==, other->overlap_s);
  }
  put (fixture, 'L', "quan", 50000, 51000);
  put (fixture, 'M', "quan", 50000, 51000);
  assert_changes (fixture, "M-3");
  // X falls ill: Y, whom X met on the day that is gone, is F1.
  g_assert_true (add (fixture, "F0-2", "X", 0, NULL));
  assert_changes (fixture, "L21 M32 X10 Y21");
  assert_kept (fixture, "YB");
  g_assert_true (trace_case_withdraw (fixture->db, "C-1", "F0-2", LAN, "âm tính", NULL));
  assert_changes (fixture, "L1- M2- X0- Y1-"); // that A met X is not known any more
  g_assert_true (trace_case_withdraw (fixture->db, "C-1", "F0-1", LAN, "âm tính", NULL));
  assert_changes (fixture, "A0- B1- K2-");
}

static void
test_keeps_the_version_of_what_did_not_change (Fixture *fixture, gconstpointer engine)
{
  g_assert_true (add (fixture, "F0-1", "A", 0, NULL));
  g_autofree char *first = compute (fixture);
  g_autoptr (TraceCase) before = trace_case_load (fixture->db, "C-1", NULL);
  g_assert_true (add (fixture, "F0-2", "B", 0, NULL));
  g_autofree char *second = compute (fixture);
  g_autoptr (TraceCase) after = trace_case_load (fixture->db, "C-1", NULL);
  g_autoptr (GArray) levels = trace_case_list_levels (fixture->db, "C-1", NULL);
  g_assert_cmpint (after->version, >, before->version);
  for (guint i = 0; i < levels->len; i++) {
    const TraceCaseLevel *level = &g_array_index (levels, TraceCaseLevel, i);
    gboolean is_old = level->subject[0] == 'A' || level->subject[0] == 'X';
    g_assert_cmpint (level->version, ==, is_old ? before->version : after->version);
  }
}

static gboolean
on_progress (guint level, gsize n_done, gsize n_members, const GArray *contacts, gpointer user_data)
{
  if (contacts != NULL && level == 1)
    g_assert_true (add (user_data, "F0-2", "B", 0, NULL)); // somebody else's hand
  return TRUE;
}

static void
test_keeps_nothing_when_the_case_changed_meanwhile (Fixture *fixture, gconstpointer engine)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (add (fixture, "F0-1", "A", 0, NULL));
  g_assert_null (
      trace_case_compute (fixture->store, "C-1", LAN, NOW_S, on_progress, fixture, &error));
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_BUSY);
  assert_levels (fixture, "");
  assert_changes (fixture, "A-0 B-0 X-1 Y-1");
}

static void
test_a_closed_case_stays_as_it_is (Fixture *fixture, gconstpointer engine)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (add (fixture, "F0-1", "A", 0, NULL));
  g_autofree char *first = compute (fixture);
  g_assert_true (trace_case_close (fixture->db, "C-1", LAN, "xong", &error));
  g_assert_no_error (error);
  g_assert_false (add (fixture, "F0-2", "B", 0, &error));
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_false (trace_case_withdraw (fixture->db, "C-1", "F0-1", LAN, "muộn", &error));
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_null (trace_case_compute (fixture->store, "C-1", LAN, NOW_S, NULL, NULL, &error));
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_false (trace_case_close (fixture->db, "C-1", LAN, "lại", &error));
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_REFUSED);
  assert_levels (fixture, "0A<A 1X<A 1B<A 2Y<X");
}

static void
test_refuses_what_is_not_there_or_wrong (Fixture *fixture, gconstpointer engine)
{
  g_autoptr (GError) error = NULL;
  const TraceRule *rule = trace_rules_find (fixture->rules, "default", NULL);
  const TraceQuestion question = { .levels = 1, .min_overlap_s = 1, .to_s = TRACE_CASE_NOW };
  g_assert_false (trace_case_open (fixture->db, "C-1", rule, &question, LAN, &error));
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_false (trace_case_open (fixture->db, "Nguyễn Văn An", rule, &question, LAN, &error));
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_INPUT);
  g_clear_error (&error);
  g_assert_false (trace_case_open (fixture->db, "C-2", rule, &question, "", &error));
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_INPUT);
  g_clear_error (&error);
  g_assert_null (trace_case_load (fixture->db, "C-2", &error));
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_false (add (fixture, "hai từ", "A", 0, &error));
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_INPUT);
  g_clear_error (&error);
  g_assert_false (trace_case_withdraw (fixture->db, "C-1", "F0-1", LAN, "", &error));
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_INPUT);
}

// With two labels the time that one person spent with somebody would not add up.
static void
test_nobody_is_two_people (Fixture *fixture, gconstpointer engine)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (add (fixture, "F0-1", "A", 0, NULL));
  g_assert_true (add (fixture, "F0-1", "A", 5000, NULL));
  g_assert_false (add (fixture, "F0-2", "BA", 0, &error));
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_REFUSED);
  g_assert_nonnull (
      strstr (error->message, "41414141414141414141414141414141 is in it by another"));
  assert_changes (fixture, "A-0 B-1 X-1 Y-2"); // nothing of it was taken
  g_assert_true (trace_case_withdraw (fixture->db, "C-1", "F0-1", LAN, "nhầm tên", NULL));
  g_assert_true (add (fixture, "F0-2", "BA", 0, NULL));
  assert_changes (fixture, "B10 Y21 Z-1"); // half by either name
}

static void
test_knows_who_belongs_to_it (Fixture *fixture, gconstpointer engine)
{
  static const struct {
    char letter;
    gboolean has;
  } people[] = { { 'A', TRUE }, { 'X', TRUE }, { 'Y', TRUE }, { 'Z', FALSE }, { 'Q', FALSE } };
  guint8 subject[TRACE_SUBJECT_SIZE];
  gboolean has = FALSE;
  g_assert_true (add (fixture, "F0-1", "A", 0, NULL));
  make_subject ('A', subject);
  g_assert_true (trace_case_has_subject (fixture->db, "C-1", subject, &has, NULL));
  g_assert_true (has); // before anything is computed
  g_autofree char *first = compute (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (people); i++) {
    make_subject (people[i].letter, subject);
    g_assert_true (trace_case_has_subject (fixture->db, "C-1", subject, &has, NULL));
    g_assert_cmpint (has, ==, people[i].has);
    g_assert_true (trace_case_has_subject (fixture->db, "C-2", subject, &has, NULL));
    g_assert_false (has);
  }
}

static void
test_remembers_what_it_was_opened_with (Fixture *fixture, gconstpointer engine)
{
  g_autoptr (GError) error = NULL;
  const TraceRule *rule = trace_rules_find (fixture->rules, "VN-2021-07", NULL);
  const TraceQuestion question = { .levels = 2,
                                   .window_s = 3600,
                                   .min_overlap_s = 60,
                                   .latency_s = 7,
                                   .through_staff = TRUE,
                                   .to_s = 77 };
  g_assert_true (trace_case_open (fixture->db, "C-0", rule, &question, LAN, &error));
  g_autoptr (GPtrArray) cases = trace_case_list (fixture->db, &error);
  g_assert_cmpuint (cases->len, ==, 2);
  const TraceCase *what = g_ptr_array_index (cases, 0);
  g_assert_cmpstr (what->id, ==, "C-0");
  g_assert_cmpstr (what->rule, ==, "VN-2021-07");
  g_assert_cmpint (what->rule_version, ==, 1);
  g_assert_cmpuint (what->question.levels, ==, 2);
  g_assert_cmpint (what->question.window_s, ==, 3600);
  g_assert_cmpint (what->question.min_overlap_s, ==, 60);
  g_assert_cmpint (what->question.latency_s, ==, 7);
  g_assert_true (what->question.through_staff);
  g_assert_cmpint (what->question.to_s, ==, 77);
  g_assert_cmpstr (what->opened_by, ==, LAN);
  g_assert_cmpint (what->closed_ms, ==, 0);
}

static void
add_cases (TraceEngine *engine)
{
#define ADD(name, function)                                                                        \
  TRACE_ENGINE_ADD (engine, "case", name, Fixture, set_up, function, tear_down)
  ADD ("follows-from-index-cases", test_follows_from_index_cases);
  ADD ("withdrawing-changes-levels-back", test_withdrawing_changes_levels_back);
  ADD ("adds-up-by-person", test_adds_up_by_person);
  ADD ("no-path-goes-back-in-time", test_no_path_goes_back_in_time);
  ADD ("takes-the-earliest-of-all", test_takes_the_earliest_of_all);
  ADD ("each-has-a-span-of-its-own", test_each_has_a_span_of_its_own);
  ADD ("cuts-what-was-heard-as-one", test_cuts_what_was_heard_as_one);
  ADD ("knows-slots-of-an-older-store", test_knows_slots_of_an_older_store);
  ADD ("keeps-who-was-exposed-by-what-is-gone", test_keeps_who_was_exposed_by_what_is_gone);
  ADD ("keeps-the-version-of-what-did-not-change", test_keeps_the_version_of_what_did_not_change);
  ADD ("keeps-nothing-when-the-case-changed-meanwhile",
       test_keeps_nothing_when_the_case_changed_meanwhile);
  ADD ("a-closed-case-stays-as-it-is", test_a_closed_case_stays_as_it_is);
  ADD ("refuses-what-is-not-there-or-wrong", test_refuses_what_is_not_there_or_wrong);
  ADD ("nobody-is-two-people", test_nobody_is_two_people);
  ADD ("knows-who-belongs-to-it", test_knows_who_belongs_to_it);
  ADD ("remembers-what-it-was-opened-with", test_remembers_what_it_was_opened_with);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  return trace_engines_run (add_cases);
}
