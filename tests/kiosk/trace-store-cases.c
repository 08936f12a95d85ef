// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "trace-store-cases.h"

#include <string.h>

#include "kiosk/trace/trace-feed-retain.h"
#include "kiosk/trace/trace-load.h"
#include "kiosk/trace/trace-stays.h"

#define DAY_S     86400
#define LONGEST_S 3600
#define T         900000000 // when most of it happens
#define N_MANY    2000

typedef struct {
  const char *engine;
  TraceMakeUri make_uri;
  gpointer user_data;
} Engine;

typedef struct {
  char *uri;
  TraceStore *store;
} Fixture;

TraceStore *
trace_store_case_open (const char *uri)
{
  const TraceOpenStays open_stays = { TRACE_CASE_NOW_S, LONGEST_S };
  g_autoptr (GError) error = NULL;
  TraceStore *store = trace_store_open (uri, &open_stays, &error);
  g_assert_no_error (error);
  return store;
}

void
trace_store_case_subject (guint number, guint8 ret_subject[TRACE_SUBJECT_SIZE])
{
  memset (ret_subject, 0xA5, TRACE_SUBJECT_SIZE);
  ret_subject[3] = (guint8) number;
  ret_subject[12] = (guint8) (number >> 8);
}

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  const Engine *engine = user_data;
  fixture->uri = engine->make_uri (engine->user_data);
  fixture->store = trace_store_case_open (fixture->uri);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  trace_store_close (fixture->store);
  g_free (fixture->uri);
}

static void
open_again (Fixture *fixture)
{
  trace_store_close (fixture->store);
  fixture->store = trace_store_case_open (fixture->uri);
}

static TraceArrival
make_arrival (guint subject, const char *venue, gint64 arrived_s, gint64 left_s)
{
  TraceArrival arrival = {
    .venue = venue, .zone = "", .arrived_s = arrived_s, .left_s = left_s, .kiosk = "k", .seq = 1
  };
  trace_store_case_subject (subject, arrival.subject);
  return arrival;
}

static gboolean
put (TraceStore *store, TraceArrival arrival)
{
  g_autoptr (GError) error = NULL;
  gboolean is_new = FALSE;
  gboolean ok = trace_store_put (store, &arrival, &is_new, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  return is_new;
}

static gboolean
end (TraceStore *store, const char *kiosk, gint64 seq, gint64 left_s)
{
  g_autoptr (GError) error = NULL;
  gboolean is_found = FALSE;
  gboolean ok = trace_store_end (store, kiosk, seq, left_s, &is_found, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  return is_found;
}

static TraceStats
count (TraceStore *store)
{
  g_autoptr (GError) error = NULL;
  TraceStats stats = { 0 };
  gboolean ok = trace_store_count (store, &stats, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  return stats;
}

static guint32
find_place (TraceStore *store, const char *venue)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_assert_true (trace_store_find_places (store, venue, places, &error));
  g_assert_cmpuint (places->len, ==, 1);
  return g_array_index (places, guint32, 0);
}

static GArray *
find_of (TraceStore *store, const guint *subjects, guint n, gint64 from_s, gint64 to_s)
{
  g_autoptr (GError) error = NULL;
  GArray *stays = g_array_new (FALSE, FALSE, sizeof (TraceStay));
  TraceSource *source = trace_store_get_source (store);
  g_autofree guint32 *numbers = g_new (guint32, n);
  for (guint i = 0; i < n; i++) {
    guint8 subject[TRACE_SUBJECT_SIZE];
    trace_store_case_subject (subjects[i], subject);
    g_assert_true (trace_store_find_subject (store, subject, &numbers[i], &error));
  }
  gboolean ok = source->find_of (source, numbers, n, from_s, to_s, stays, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  return stays;
}

static GArray *
find_at (TraceStore *store, const char *venue, gint64 from_s, gint64 to_s)
{
  g_autoptr (GError) error = NULL;
  GArray *stays = g_array_new (FALSE, FALSE, sizeof (TraceStay));
  TraceSource *source = trace_store_get_source (store);
  const TracePlaceSpan span = { find_place (store, venue), from_s, to_s };
  gboolean ok = source->find_at (source, &span, stays, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  trace_stays_keep_touching (stays, from_s, to_s); // a source may give more
  return stays;
}

// As "subject place arrived-left evidence/doubts" with times after T, so that engines and ways in
// can be compared.
static char *
describe (TraceStore *store, GArray *stays)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < stays->len; i++) {
    const TraceStay *stay = &g_array_index (stays, TraceStay, i);
    guint8 key[TRACE_SUBJECT_SIZE];
    g_autoptr (GError) error = NULL;
    g_assert_true (trace_store_get_subject (store, stay->subject, key, &error));
    g_string_append_printf (text, "%u %s %d-%d %d/%d; ", key[3] | key[12] << 8,
                            trace_store_get_venue (store, stay->place), (int) (stay->arrived_s - T),
                            (int) (stay->left_s - T), stay->evidence, stay->doubts);
  }
  g_array_unref (stays);
  return g_string_free (text, FALSE);
}

static void
assert_of (TraceStore *store, guint subject, gint64 from_s, gint64 to_s, const char *wanted)
{
  g_autofree char *found = describe (store, find_of (store, &subject, 1, from_s, to_s));
  g_assert_cmpstr (found, ==, wanted);
}

static void
assert_at (TraceStore *store, const char *venue, gint64 from_s, gint64 to_s, const char *wanted)
{
  g_autofree char *found = describe (store, find_at (store, venue, from_s, to_s));
  g_assert_cmpstr (found, ==, wanted);
}

static void
test_keeps_once (Fixture *fixture, gconstpointer unused)
{
  TraceArrival arrival = make_arrival (1, "chợ", T, T + 60);
  g_assert_true (put (fixture->store, arrival));
  g_assert_false (put (fixture->store, arrival));
  arrival.left_s = T + 90; // the later end counts
  g_assert_false (put (fixture->store, arrival));
  arrival.left_s = T + 60;
  g_assert_false (put (fixture->store, arrival));
  assert_of (fixture->store, 1, T, T + DAY_S, "1 chợ 0-90 0/0; ");
  arrival.part = 1;
  g_assert_true (put (fixture->store, arrival));
  arrival.seq = 2;
  g_assert_true (put (fixture->store, arrival));
  arrival.kiosk = "";
  g_assert_true (put (fixture->store, arrival));
  open_again (fixture);
  g_assert_false (put (fixture->store, arrival));
  TraceStats stats = count (fixture->store);
  g_assert_cmpint (stats.n_stays, ==, 4);
  g_assert_cmpint (stats.n_open, ==, 0);
  g_assert_cmpint (stats.n_subjects, ==, 1);
  g_assert_cmpint (stats.n_places, ==, 1);
  g_assert_cmpint (stats.first_s, ==, T);
  g_assert_cmpint (stats.last_s, ==, T);
}

static void
test_ends_open (Fixture *fixture, gconstpointer unused)
{
  TraceArrival arrival = make_arrival (1, "v", T, TRACE_OPEN_S);
  put (fixture->store, arrival);
  arrival.seq = 2;
  put (fixture->store, arrival);
  arrival.seq = 3;
  put (fixture->store, arrival);
  arrival.seq = 0;
  put (fixture->store, arrival);
  g_assert_cmpint (count (fixture->store).n_open, ==, 4);
  g_assert_true (end (fixture->store, "k", 1, T + 60));
  g_assert_false (end (fixture->store, "k", 1, T + 90)); // it has ended already
  g_assert_false (end (fixture->store, "k", 9, T + 90));
  g_assert_false (end (fixture->store, "nowhere", 1, T + 90));
  g_assert_false (end (fixture->store, "k", 0, T + 90));
  g_assert_true (end (fixture->store, "k", 2, T - 10)); // its clock went back
  g_assert_cmpint (count (fixture->store).n_open, ==, 2);
  arrival.seq = 3;
  arrival.left_s = T + 120;
  g_assert_false (put (fixture->store, arrival));
  arrival.left_s = T + 150;
  g_assert_false (put (fixture->store, arrival));
  arrival.seq = 0;
  arrival.left_s = T + 180;
  g_assert_false (put (fixture->store, arrival));
  assert_of (fixture->store, 1, T, T + 1,
             "1 v 0-1 0/0; 1 v 0-60 0/0; 1 v 0-150 0/0; 1 v 0-180 0/0; ");
  g_assert_cmpint (count (fixture->store).n_open, ==, 0);
}

static void
test_answers (Fixture *fixture, gconstpointer unused)
{
  put (fixture->store, make_arrival (1, "v", T, T + 60));
  put (fixture->store, make_arrival (2, "v", T + 30, T + 90));
  put (fixture->store, make_arrival (1, "w", T + 100, T + 200));
  put (fixture->store, make_arrival (3, "v", T - 20 * DAY_S, T + 10)); // the longest
  assert_of (fixture->store, 1, T, T + 100, "1 v 0-60 0/0; ");         // half-open on both sides
  assert_of (fixture->store, 1, T + 60, T + 101, "1 w 100-200 0/0; ");
  assert_of (fixture->store, 1, T - 1, T, "");
  assert_of (fixture->store, 99, T, T + 100, "");
  assert_at (fixture->store, "v", T + 9, T + 31,
             "3 v -1728000-10 0/0; 1 v 0-60 0/0; 2 v 30-90 0/0; ");
  assert_at (fixture->store, "v", T + 60, T + 61, "2 v 30-90 0/0; ");
  const guint subjects[] = { 2, 3, 1 };
  g_autofree char *found =
      describe (fixture->store, find_of (fixture->store, subjects, 3, T - DAY_S, T + DAY_S));
  g_assert_cmpstr (found, ==,
                   "2 v 30-90 0/0; 3 v -1728000-10 0/0; 1 v 0-60 0/0; 1 w 100-200 0/0; ");
  g_assert_cmpuint (trace_store_get_source (fixture->store)
                        ->count_subjects (trace_store_get_source (fixture->store)),
                    >=, 3);
}

static void
test_open_and_clock (Fixture *fixture, gconstpointer unused)
{
  TraceArrival arrival = make_arrival (1, "v", T + 100, TRACE_OPEN_S);
  put (fixture->store, arrival); // takes the longest stay
  assert_of (fixture->store, 1, T, T + DAY_S, "1 v 100-3700 0/8; ");
  arrival = make_arrival (2, "v", TRACE_CASE_NOW_S - 60, TRACE_OPEN_S);
  put (fixture->store, arrival); // until now
  assert_of (fixture->store, 2, T, T * G_GINT64_CONSTANT (2), "2 v 99999940-100000000 0/8; ");
  arrival = make_arrival (3, "v", T + 200, T + 300);
  arrival.slack_s = 150; // may have been before the first
  arrival.doubts = TRACE_DOUBT_STATIC;
  put (fixture->store, arrival);
  assert_at (fixture->store, "v", T + 50, T + 449, "3 v 50-450 0/3; 1 v 100-3700 0/8; ");
  assert_at (fixture->store, "v", T + 449, T + 450, "3 v 50-450 0/3; 1 v 100-3700 0/8; ");
  assert_of (fixture->store, 3, T + 49, T + 50, "");
  assert_of (fixture->store, 3, T + 450, T + 451, "");
  open_again (fixture);
  assert_of (fixture->store, 3, T + 449, T + 450, "3 v 50-450 0/3; ");
}

static gboolean
is_staff (TraceStore *store, guint number)
{
  TraceSource *source = trace_store_get_source (store);
  g_autoptr (GError) error = NULL;
  guint8 subject[TRACE_SUBJECT_SIZE];
  guint32 found = 0;
  trace_store_case_subject (number, subject);
  g_assert_true (trace_store_find_subject (store, subject, &found, &error));
  return source->is_staff (source, found);
}

static void
test_staff (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  TraceArrival arrival = make_arrival (1, "v", T, T + 60);
  put (fixture->store, arrival);
  g_assert_false (is_staff (fixture->store, 1));
  arrival.evidence = TRACE_EVIDENCE_STAFF;
  arrival.seq = 2;
  g_assert_true (trace_store_begin (fixture->store, &error));
  put (fixture->store, arrival);
  g_assert_true (is_staff (fixture->store, 1));
  trace_store_roll_back (fixture->store);
  g_assert_false (is_staff (fixture->store, 1));
  g_assert_true (trace_store_begin (fixture->store, &error));
  put (fixture->store, arrival);
  g_assert_true (trace_store_commit (fixture->store, &error));
  g_assert_true (is_staff (fixture->store, 1));
  open_again (fixture);
  g_assert_true (is_staff (fixture->store, 1));
}

static void
test_rolls_back (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  put (fixture->store, make_arrival (1, "v", T, T + 60));
  g_assert_true (trace_store_begin (fixture->store, &error));
  g_assert_true (put (fixture->store, make_arrival (2, "w", T - 5 * DAY_S, T + 60)));
  g_assert_true (put (fixture->store, make_arrival (1, "v", T + 100, TRACE_OPEN_S)));
  assert_of (fixture->store, 2, T, T + 1, "2 w -432000-60 0/0; "); // long, and not noted yet
  trace_store_roll_back (fixture->store);
  g_assert_cmpint (count (fixture->store).n_stays, ==, 1);
  g_assert_false (end (fixture->store, "k", 1, T + 200));
  g_assert_true (trace_store_begin (fixture->store, &error)); // the same again is not there
  g_assert_true (put (fixture->store, make_arrival (3, "x", T + 100, T + 160)));
  g_assert_true (put (fixture->store, make_arrival (2, "w", T + 100, T + 160)));
  gboolean ok = trace_store_commit (fixture->store, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  assert_of (fixture->store, 2, T, T + DAY_S, "2 w 100-160 0/0; ");
  assert_of (fixture->store, 3, T, T + DAY_S, "3 x 100-160 0/0; ");
}

static void
test_trial (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  TraceArrival arrival = make_arrival (1, "v", T, TRACE_OPEN_S);
  gint64 n_new = 0;
  g_assert_true (trace_store_begin_trial (fixture->store, &error));
  g_assert_true (trace_store_put_many (fixture->store, &arrival, 1, &n_new, &error));
  g_assert_cmpint (n_new, ==, 1);
  trace_store_roll_back (fixture->store);
  TraceStats stats = count (fixture->store);
  g_assert_cmpint (stats.n_stays + stats.n_subjects + stats.n_places, ==, 0);
}

static void
test_newer_schema (Fixture *fixture, gconstpointer unused)
{
  const TraceOpenStays open_stays = { TRACE_CASE_NOW_S, LONGEST_S };
  g_autoptr (GError) error = NULL;
  put (fixture->store, make_arrival (1, "v", T, T + 60));
  g_assert_true (trace_db_run (trace_store_get_db (fixture->store),
                               "UPDATE schema_version SET version = version + 1"
                               " WHERE area = 'stays'",
                               TRACE_NO_VALUES, NULL, &error));
  g_assert_null (trace_store_open (fixture->uri, &open_stays, &error));
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_STORAGE);
  g_assert_nonnull (strstr (error->message, "schema of stays: version"));
  g_clear_error (&error);
  g_assert_true (trace_db_run (trace_store_get_db (fixture->store),
                               "UPDATE schema_version SET version = version - 1"
                               " WHERE area = 'stays'",
                               TRACE_NO_VALUES, NULL, &error));
  open_again (fixture); // nothing was touched
  assert_of (fixture->store, 1, T, T + 60, "1 v 0-60 0/0; ");
}

// A few open, long, uncertain, doubled.
static GArray *
make_many (guint32 seed)
{
  static const char *const venues[] = { "v", "w", "x", "y", "z" };
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  GArray *arrivals = g_array_new (FALSE, FALSE, sizeof (TraceArrival));
  for (guint i = 0; i < N_MANY; i++) {
    gint64 arrived_s = T + g_rand_int_range (random, 0, 4 * DAY_S);
    TraceArrival arrival = make_arrival ((guint) g_rand_int_range (random, 0, 300),
                                         venues[g_rand_int_range (random, 0, 5)], arrived_s,
                                         arrived_s + g_rand_int_range (random, 1, 9000));
    arrival.seq = g_rand_int_range (random, 0, 4);
    arrival.evidence = (TraceEvidence) g_rand_int_range (random, 0, TRACE_N_EVIDENCES);
    arrival.slack_s =
        (guint32) (g_rand_int_range (random, 0, 20) == 0 ? g_rand_int_range (random, 0, 900) : 0);
    if (g_rand_int_range (random, 0, 10) == 0)
      arrival.left_s = TRACE_OPEN_S;
    g_array_append_val (arrivals, arrival);
    if (g_rand_int_range (random, 0, 10) == 0)
      g_array_append_val (arrivals, arrival);
  }
  return arrivals;
}

static char *
describe_all (TraceStore *store)
{
  GString *text = g_string_new (NULL);
  for (guint subject = 0; subject < 300; subject++) {
    g_autofree char *stays =
        describe (store, find_of (store, &subject, 1, T - DAY_S, T + 10 * DAY_S));
    g_string_append_printf (text, "%s%s\n", stays, is_staff (store, subject) ? "staff" : "");
  }
  guint turned[900]; // more than are asked for at once
  for (guint i = 0; i < G_N_ELEMENTS (turned); i++)
    turned[i] = (i * 7) % G_N_ELEMENTS (turned);
  GArray *of_all = find_of (store, turned, G_N_ELEMENTS (turned), T, T + DAY_S);
  GArray *of_each = g_array_new (FALSE, FALSE, sizeof (TraceStay));
  for (guint i = 0; i < G_N_ELEMENTS (turned); i++) {
    g_autoptr (GArray) of_one = find_of (store, &turned[i], 1, T, T + DAY_S);
    if (of_one->len > 0)
      g_array_append_vals (of_each, of_one->data, of_one->len);
  }
  g_autofree char *all = describe (store, of_all);
  g_autofree char *each = describe (store, of_each);
  g_assert_cmpstr (all, ==, each);
  TraceStats stats = count (store);
  g_string_append_printf (text, "%d %d %d", (int) stats.n_stays, (int) stats.n_open,
                          (int) stats.n_subjects);
  return g_string_free (text, FALSE);
}

static void
test_many (Fixture *fixture, gconstpointer user_data)
{
  const Engine *engine = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *other_uri = engine->make_uri (engine->user_data);
  g_autoptr (TraceStore) other = trace_store_case_open (other_uri);
  g_autoptr (GArray) arrivals = make_many (5);
  for (guint round = 0; round < 2; round++) {
    gint64 n_new = 0, n_new_singly = 0;
    g_assert_true (trace_store_begin (fixture->store, &error));
    g_assert_true (trace_store_begin (other, &error));
    for (guint i = 0; i < arrivals->len; i++)
      n_new_singly += put (other, g_array_index (arrivals, TraceArrival, i));
    for (guint i = 0; i < arrivals->len; i += 700)
      g_assert_true (trace_store_put_many (fixture->store,
                                           &g_array_index (arrivals, TraceArrival, i),
                                           MIN (700, arrivals->len - i), &n_new, &error));
    g_assert_true (trace_store_commit (fixture->store, &error));
    g_assert_true (trace_store_commit (other, &error));
    g_assert_cmpint (n_new, ==, n_new_singly);
    g_assert_true (round == 0 ? n_new > N_MANY - 100 : n_new == 0);
    g_autofree char *many = describe_all (fixture->store);
    g_autofree char *singly = describe_all (other);
    g_assert_cmpstr (many, ==, singly);
    // The second time all that were open have an end.
    for (guint i = 0; i < arrivals->len; i++) {
      TraceArrival *arrival = &g_array_index (arrivals, TraceArrival, i);
      if (arrival->left_s == TRACE_OPEN_S)
        arrival->left_s = arrival->arrived_s + 77;
    }
  }
  g_assert_cmpint (count (fixture->store).n_open, ==, 0);
}

// So many are expected that SQLite leaves its index for the end.
static void
load (TraceStore *store, GArray *arrivals, guint from, guint to, gint64 *n_new)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TraceLoad) many = trace_load_new (store, 10000000, NULL, &error);
  g_assert_no_error (error);
  for (guint i = from; i < to; i++)
    g_assert_true (trace_load_add (many, &g_array_index (arrivals, TraceArrival, i), &error));
  g_assert_true (trace_load_finish (many, n_new, &error));
}

static void
test_load (Fixture *fixture, gconstpointer user_data)
{
  const Engine *engine = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *other_uri = engine->make_uri (engine->user_data);
  g_autoptr (TraceStore) other = trace_store_case_open (other_uri);
  g_autoptr (GArray) arrivals = make_many (6);
  gint64 n_new = 0, n_new_singly = 0;
  g_assert_true (trace_store_begin (fixture->store, &error));
  load (fixture->store, arrivals, 0, 700, &n_new);
  g_assert_true (trace_store_commit (fixture->store, &error));
  g_assert_true (trace_store_begin (fixture->store, &error));
  load (fixture->store, arrivals, 700, arrivals->len, &n_new);
  trace_store_roll_back (fixture->store);
  n_new = 0;
  g_assert_true (trace_store_begin (fixture->store, &error));
  load (fixture->store, arrivals, 0, arrivals->len, &n_new);
  g_assert_true (trace_store_commit (fixture->store, &error));
  for (guint i = 0; i < arrivals->len; i++) {
    gboolean is_new = put (other, g_array_index (arrivals, TraceArrival, i));
    n_new_singly += i >= 700 && is_new;
  }
  g_assert_cmpint (n_new, ==, n_new_singly);
  g_autofree char *loaded = describe_all (fixture->store);
  g_autofree char *singly = describe_all (other);
  g_assert_cmpstr (loaded, ==, singly);
}

// What several say of one stay is the same whoever says it first, at once or one by one.
static void
test_joins_in_any_order (Fixture *fixture, gconstpointer unused)
{
  static const struct {
    gint64 left_s;
    TraceEvidence evidence;
    guint8 doubts;
    guint32 slack_s;
  } said[] = {
    { TRACE_OPEN_S, TRACE_EVIDENCE_BLE, 0, 0 },
    { T + 60, TRACE_EVIDENCE_STAFF, 0, 0 },
    { T + 90, TRACE_EVIDENCE_MANUAL, TRACE_DOUBT_STATIC, 0 },
    { T + 30, TRACE_EVIDENCE_QR, TRACE_DOUBT_CONFLICT, 7 },
  };
  const guint n = G_N_ELEMENTS (said);
  for (guint order = 0; order < 4 * 4 * 4 * 4; order++) {
    g_autoptr (GError) error = NULL;
    TraceArrival arrivals[4];
    guint seen = 0;
    gint64 n_new = 0;
    for (guint i = 0; i < n; i++) {
      guint which = (order >> (2 * i)) % 4;
      seen |= 1u << which;
      arrivals[i] = make_arrival (1000 + order, "v", T, said[which].left_s);
      arrivals[i].evidence = said[which].evidence;
      arrivals[i].doubts = said[which].doubts;
      arrivals[i].slack_s = said[which].slack_s;
    }
    if (seen != 15)
      continue;
    // The first ones alone, the others at once; or all at once.
    g_assert_true (trace_store_begin (fixture->store, &error));
    for (guint i = 0; i < order % 3; i++)
      (void) put (fixture->store, arrivals[i]);
    g_assert_true (
        trace_store_put_many (fixture->store, arrivals + order % 3, n - order % 3, &n_new, &error));
    g_assert_true (trace_store_commit (fixture->store, &error));
    g_assert_no_error (error);
    g_assert_cmpint (n_new, ==, order % 3 == 0);
    g_autofree char *wanted = g_strdup_printf ("%u v -7-97 3/7; ", 1000 + order);
    assert_of (fixture->store, 1000 + order, T, T + 1, wanted);
    g_assert_true (is_staff (fixture->store, 1000 + order));
  }
  g_assert_cmpint (count (fixture->store).n_stays, ==, 24);
  g_assert_cmpint (count (fixture->store).n_open, ==, 0);
  g_assert_false (end (fixture->store, "k", 1, T + 200)); // nothing is open any more
}

// That somebody is staff ends nothing, though it comes as a stay of no length.
static void
test_empty_ends_nothing (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  gint64 n_new = 0;
  for (guint i = 0; i < 4; i++) { // one by one, and at once; either first
    TraceArrival arrivals[2];
    for (guint j = 0; j < 2; j++) {
      gboolean is_empty = (i + j) % 2 == 1;
      arrivals[j] = make_arrival (i + 1, "v", T, is_empty ? T : TRACE_OPEN_S);
      arrivals[j].seq = i + 1;
      arrivals[j].evidence = is_empty ? TRACE_EVIDENCE_STAFF : TRACE_EVIDENCE_BLE;
    }
    g_assert_true (trace_store_begin (fixture->store, &error));
    if (i < 2)
      (void) put (fixture->store, arrivals[0]);
    g_assert_true (trace_store_put_many (fixture->store, i < 2 ? arrivals + 1 : arrivals,
                                         i < 2 ? 1 : 2, &n_new, &error));
    g_assert_true (trace_store_commit (fixture->store, &error));
    g_assert_no_error (error);
    g_assert_cmpint (count (fixture->store).n_open, ==, 1);
    g_assert_true (is_staff (fixture->store, i + 1));
    g_assert_true (end (fixture->store, "k", i + 1, T + 60));
    g_autofree char *wanted = g_strdup_printf ("%u v 0-60 3/0; ", i + 1);
    assert_of (fixture->store, i + 1, T, T + DAY_S, wanted);
  }
}

// Of whom nothing is known any more nobody knows the name, but for whom an open case is about.
static void
test_details (Fixture *fixture, gconstpointer unused)
{
  static const char *const cases[] = { "open", "closed" };
  g_autoptr (GError) error = NULL;
  TraceDb *db = trace_store_get_db (fixture->store);
  gint64 n_stays = 0, n_left = 0;
  for (gint64 i = 0; i < 2; i++)
    g_assert_true (trace_db_run (
        db,
        "INSERT INTO cases (id, opened_ms, opened_by, rule, rule_version, levels, min_overlap_s,"
        " window_s, latency_s, through_staff, closed_ms, version)"
        " VALUES ($1, 0, 'o', 'r', 1, 1, 1, 1, 0, 0, $2, 0)",
        TRACE_VALUES (TRACE_TEXT (cases[i]), i == 0 ? TRACE_NULL_INT : TRACE_INT (1)), NULL,
        &error));
  for (guint i = 0; i < 4; i++) { // still there, open case, closed case, no case
    TraceArrival arrival = make_arrival (i, "v", i == 0 ? T : T - 40 * DAY_S, T + 60);
    const TraceValue subject = TRACE_BYTES (arrival.subject, TRACE_SUBJECT_SIZE);
    put (fixture->store, arrival);
    g_assert_true (trace_db_run (db,
                                 "INSERT INTO detail (kiosk, epoch, seq, subject, box)"
                                 " VALUES ($1, $1, $2, $1, $1)",
                                 TRACE_VALUES (subject, TRACE_INT (i)), NULL, &error));
    if (i == 1 || i == 2)
      g_assert_true (trace_db_run (
          db,
          "INSERT INTO case_index (case_id, label, subject, from_s, added_ms, added_by)"
          " VALUES ($1, 'F0', $2, 0, 0, 'o')",
          TRACE_VALUES (TRACE_TEXT (cases[i - 1]), subject), NULL, &error));
  }
  g_assert_true (trace_store_retain (fixture->store, T - DAY_S, &n_stays, &error));
  g_assert_true (trace_feed_retain (db, T - DAY_S, &error)); // as the command does
  g_assert_no_error (error);
  g_assert_cmpint (n_stays, ==, 3);
  g_assert_true (trace_db_query_int (db, "SELECT count (*) * 10 + max (seq) FROM detail",
                                     TRACE_NO_VALUES, 0, &n_left, &error));
  g_assert_cmpint (n_left, ==, 21); // two: numbers 0 and 1
}

static void
test_retains (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  gint64 n_stays = 0;
  gint64 day_s = T / DAY_S * DAY_S;
  TraceArrival arrival = make_arrival (1, "v", day_s - 10, TRACE_OPEN_S);
  arrival.evidence = TRACE_EVIDENCE_STAFF;
  put (fixture->store, arrival);
  put (fixture->store, make_arrival (2, "v", day_s - 10, day_s + 10));
  put (fixture->store, make_arrival (2, "w", day_s, day_s + 10));
  arrival = make_arrival (3, "w", day_s - 3 * DAY_S, day_s - 2 * DAY_S);
  put (fixture->store, arrival);
  g_autoptr (TraceStore) beside = trace_store_case_open (fixture->uri); // remembers subject 3
  arrival.seq = 2;
  put (beside, arrival);
  gboolean ok = trace_store_retain (fixture->store, day_s, &n_stays, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  g_assert_cmpint (n_stays, ==, 4);
  TraceStats stats = count (fixture->store);
  g_assert_cmpint (stats.n_stays, ==, 1);
  g_assert_cmpint (stats.n_subjects, ==, 1);
  g_assert_false (end (fixture->store, "k", 1, T));
  // Neither finds the others' numbers any more.
  g_assert_true (trace_store_begin (beside, &error));
  put (beside, make_arrival (3, "w", day_s + 20, day_s + 30));
  g_assert_true (trace_store_commit (beside, &error));
  g_autofree char *found = describe (beside, find_at (beside, "w", day_s, day_s + DAY_S));
  g_autofree char *wanted =
      g_strdup_printf ("2 w %d-%d 0/0; 3 w %d-%d 0/0; ", (int) (day_s - T), (int) (day_s - T) + 10,
                       (int) (day_s - T) + 20, (int) (day_s - T) + 30);
  g_assert_cmpstr (found, ==, wanted);
  g_assert_true (trace_store_retain (fixture->store, day_s + 5 * DAY_S, &n_stays, &error));
  g_assert_cmpint (count (fixture->store).n_stays, ==, 0);
}

void
trace_store_cases_add (const char *engine_name, TraceMakeUri make_uri, gpointer user_data)
{
  static const struct {
    const char *name;
    void (*test) (Fixture *fixture, gconstpointer user_data);
  } cases[] = {
    { "keeps-a-stay-once", test_keeps_once },
    { "ends-an-open-visit-once", test_ends_open },
    { "answers-both-questions", test_answers },
    { "ends-what-is-open-and-widens-what-is-uncertain", test_open_and_clock },
    { "knows-staff", test_staff },
    { "rolls-back-to-what-was", test_rolls_back },
    { "a-trial-leaves-nothing", test_trial },
    { "refuses-a-newer-schema", test_newer_schema },
    { "many-at-once-are-as-one-by-one", test_many },
    { "a-load-is-as-one-by-one", test_load },
    { "joins-what-is-said-of-one-stay-in-any-order", test_joins_in_any_order },
    { "an-empty-stay-ends-nothing", test_empty_ends_nothing },
    { "lets-old-stays-go", test_retains },
    { "lets-details-go-with-them", test_details },
  };
  Engine *engine = g_new (Engine, 1); // the tests' as long as they run
  *engine = (Engine){ engine_name, make_uri, user_data };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/trace/store/%s/%s", engine_name, cases[i].name);
    g_test_add (path, Fixture, engine, set_up, cases[i].test, tear_down);
  }
}
