// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The search against an oracle that knows where everybody is in every second, on many small worlds.

#include "kiosk/trace/trace-search.h"

#include <string.h>

#include "kiosk/trace/trace-report.h"
#include "kiosk/trace/trace-store.h"

#define N_WORLDS   4000
#define N_SUBJECTS 12
#define N_PLACES   4
#define STAYS_MAX  60
#define BASE_S     1000000
#define END_S      5000
#define LONGEST_S  900

static const char *const zones[N_PLACES] = { "z1", "z2", "z3", "z4" };

typedef struct {
  TraceArrival stays[STAYS_MAX];
  guint places[STAYS_MAX];
  guint n_stays;
  TraceQuestion question;
  TraceOpenStays open_stays;
} World;

typedef struct {
  gboolean is_there[N_SUBJECTS][N_PLACES][END_S];
  gboolean is_staff[N_SUBJECTS];
  guint level[N_SUBJECTS]; // 0: none, but for the index case
  gint64 exposed_s[N_SUBJECTS];
  guint via[N_SUBJECTS];
} Oracle;

static void
write_subject (guint number, guint8 ret_subject[TRACE_SUBJECT_SIZE])
{
  memset (ret_subject, 0, TRACE_SUBJECT_SIZE);
  ret_subject[0] = (guint8) (0x10 + number);
  ret_subject[TRACE_SUBJECT_SIZE - 1] = (guint8) (100 - number);
}

static void
make_world (GRand *random, World *world)
{
  world->open_stays = (TraceOpenStays){ BASE_S + END_S, LONGEST_S };
  world->question = (TraceQuestion){
    .from_s = BASE_S + g_rand_int_range (random, 0, 1500),
    .to_s = BASE_S + g_rand_int_range (random, 2500, END_S),
    .levels = (guint) g_rand_int_range (random, 1, 5),
    .window_s = g_rand_int_range (random, 100, 2000),
    .min_overlap_s = g_rand_int_range (random, 1, 150),
    .latency_s = g_rand_int_range (random, 0, 2) * g_rand_int_range (random, 0, 600),
    .through_staff = g_rand_boolean (random),
  };
  world->n_stays = (guint) g_rand_int_range (random, 2, STAYS_MAX);
  for (guint i = 0; i < world->n_stays; i++) {
    TraceArrival *stay = &world->stays[i];
    world->places[i] = (guint) g_rand_int_range (random, 0, N_PLACES);
    *stay =
        (TraceArrival){ .venue = "v", .zone = zones[world->places[i]], .kiosk = "k", .seq = i + 1 };
    stay->arrived_s = BASE_S + g_rand_int_range (random, 0, END_S - 1);
    stay->left_s = stay->arrived_s + g_rand_int_range (random, 1, 900);
    stay->left_s = MIN (stay->left_s, BASE_S + END_S);
    stay->evidence = g_rand_int_range (random, 0, 20) == 0 ? TRACE_EVIDENCE_STAFF
                     : g_rand_boolean (random)             ? TRACE_EVIDENCE_BLE
                                                           : TRACE_EVIDENCE_QR;
    if (stay->evidence == TRACE_EVIDENCE_QR && g_rand_int_range (random, 0, 5) == 0)
      stay->left_s = TRACE_OPEN_S;
    write_subject ((guint) g_rand_int_range (random, 0, N_SUBJECTS), stay->subject);
  }
}

static guint
number_of (const guint8 *subject)
{
  return subject[0] - 0x10u;
}

static guint
number_in (TraceStore *store, guint32 subject)
{
  guint8 key[TRACE_SUBJECT_SIZE];
  g_autoptr (GError) error = NULL;
  g_assert_true (trace_store_get_subject (store, subject, key, &error));
  return number_of (key);
}

static void
fill (gboolean *seconds, gint64 from_s, gint64 to_s)
{
  for (gint64 t = from_s; t < MIN (to_s, END_S); t++)
    seconds[t] = TRUE;
}

// Windows nearer than the gap are one stay.
static void
fill_gaps (gboolean *seconds)
{
  gint64 last = -1;
  for (gint64 t = 0; t < END_S; t++) {
    if (!seconds[t])
      continue;
    if (last >= 0 && t - (last + 1) <= TRACE_MERGE_GAP_S)
      fill (seconds, last + 1, t);
    last = t;
  }
}

static void
place_everybody (const World *world, Oracle *oracle)
{
  static gboolean windows[N_SUBJECTS][N_PLACES][END_S];
  memset (windows, 0, sizeof windows);
  for (guint i = 0; i < world->n_stays; i++) {
    const TraceArrival *stay = &world->stays[i];
    guint who = number_of (stay->subject), where = world->places[i];
    gint64 from_s = stay->arrived_s - BASE_S;
    gint64 to_s =
        stay->left_s == TRACE_OPEN_S ? MIN (from_s + LONGEST_S, END_S) : stay->left_s - BASE_S;
    oracle->is_staff[who] |= stay->evidence == TRACE_EVIDENCE_STAFF;
    fill (stay->evidence == TRACE_EVIDENCE_BLE ? windows[who][where] : oracle->is_there[who][where],
          from_s, to_s);
  }
  for (guint who = 0; who < N_SUBJECTS; who++)
    for (guint where = 0; where < N_PLACES; where++) {
      fill_gaps (windows[who][where]);
      for (guint t = 0; t < END_S; t++)
        oracle->is_there[who][where][t] |= windows[who][where][t];
    }
}

// The earliest x for which a and b shared enough before it; -1: never.
static gint64
find_exposure (const World *world, const Oracle *oracle, guint a, guint b, gint64 from_s)
{
  gint64 n_until[END_S + 1] = { 0 };
  for (gint64 t = 0; t < END_S; t++) {
    gboolean is_shared = FALSE;
    for (guint where = 0; where < N_PLACES; where++)
      is_shared |= oracle->is_there[a][where][t] && oracle->is_there[b][where][t];
    is_shared &= t >= from_s && t < world->question.to_s - BASE_S;
    n_until[t + 1] = n_until[t] + is_shared;
  }
  for (gint64 x = 0; x <= END_S; x++)
    if (n_until[x] - n_until[MAX (0, x - world->question.window_s)] >=
        world->question.min_overlap_s)
      return x;
  return -1;
}

static void
ask_oracle (const World *world, Oracle *oracle)
{
  gboolean is_known[N_SUBJECTS] = { TRUE };
  memset (oracle, 0, sizeof *oracle);
  place_everybody (world, oracle);
  for (guint level = 1; level <= world->question.levels; level++) {
    gboolean is_found[N_SUBJECTS] = { FALSE };
    for (guint a = 0; a < N_SUBJECTS; a++) {
      gint64 from_s = world->question.from_s - BASE_S;
      if (!is_known[a] || oracle->level[a] != level - 1 ||
          (a != 0 && oracle->is_staff[a] && !world->question.through_staff))
        continue;
      if (a != 0)
        from_s = MAX (from_s, oracle->exposed_s[a] + world->question.latency_s);
      for (guint b = 0; b < N_SUBJECTS; b++) {
        gint64 x = is_known[b] || a == b ? -1 : find_exposure (world, oracle, a, b, from_s);
        if (x < 0 || (is_found[b] && x >= oracle->exposed_s[b]))
          continue; // a is smaller than the a's after it
        is_found[b] = TRUE;
        oracle->exposed_s[b] = x;
        oracle->via[b] = a;
      }
    }
    for (guint b = 0; b < N_SUBJECTS; b++)
      if (is_found[b]) {
        is_known[b] = TRUE;
        oracle->level[b] = level;
      }
  }
}

static TraceStore *
fill_store (const World *world, const guint *order)
{
  g_autoptr (GError) error = NULL;
  TraceStore *store = trace_store_open ("sqlite::memory:", &world->open_stays, &error);
  g_assert_no_error (error);
  g_assert_true (trace_store_begin (store, &error));
  for (guint i = 0; i < N_PLACES; i++) { // places have the same numbers, whatever comes first
    const TraceArrival long_ago = { .venue = "v", .zone = zones[i], .left_s = 1, .kiosk = "" };
    gboolean is_new = FALSE;
    g_assert_true (trace_store_put (store, &long_ago, &is_new, &error));
  }
  for (guint i = 0; i < world->n_stays; i++) {
    gboolean is_new = FALSE;
    guint k = order != NULL ? order[i] : i;
    g_assert_true (trace_store_put (store, &world->stays[k], &is_new, &error));
    g_assert_true (is_new);
  }
  g_assert_true (trace_store_commit (store, &error));
  return store;
}

static TraceAnswer *
ask (TraceStore *store, const World *world)
{
  g_autoptr (GError) error = NULL;
  guint8 index_case[TRACE_SUBJECT_SIZE];
  guint32 number = 0;
  write_subject (0, index_case);
  g_assert_true (trace_store_find_subject (store, index_case, &number, &error));
  TraceAnswer *answer = trace_search (trace_store_get_source (store), &number, number != 0,
                                      &world->question, NULL, NULL, &error);
  g_assert_no_error (error);
  return answer;
}

static void
compare_answers (TraceStore *store, const TraceAnswer *answer, const Oracle *oracle)
{
  guint n_wanted = 0;
  for (guint b = 1; b < N_SUBJECTS; b++)
    n_wanted += oracle->level[b] > 0;
  g_assert_cmpuint (answer->contacts->len, ==, n_wanted);
  for (guint i = 0; i < answer->contacts->len; i++) {
    const TraceContact *contact = &g_array_index (answer->contacts, TraceContact, i);
    guint b = number_in (store, contact->subject);
    g_assert_cmpuint (contact->level, ==, oracle->level[b]);
    g_assert_cmpint (contact->exposed_s - BASE_S, ==, oracle->exposed_s[b]);
    g_assert_cmpuint (number_in (store, contact->via), ==, oracle->via[b]);
    g_assert_cmpint (contact->is_staff, ==, oracle->is_staff[b]);
    g_assert_cmpint (contact->first_s, <, contact->exposed_s);
    g_assert_cmpint (contact->exposed_s, <=, contact->last_s);
  }
}

static void
test_oracle (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (20261124);
  g_autofree Oracle *oracle = g_new (Oracle, 1);
  guint n_by_level[5] = { 0 };
  for (guint i = 0; i < N_WORLDS; i++) {
    World world;
    make_world (random, &world);
    ask_oracle (&world, oracle);
    g_autoptr (TraceStore) store = fill_store (&world, NULL);
    g_autoptr (TraceAnswer) answer = ask (store, &world);
    compare_answers (store, answer, oracle);
    for (guint k = 0; k < answer->contacts->len; k++)
      n_by_level[g_array_index (answer->contacts, TraceContact, k).level]++;
  }
  g_test_message ("%u worlds: %u F1, %u F2, %u F3, %u F4", N_WORLDS, n_by_level[1], n_by_level[2],
                  n_by_level[3], n_by_level[4]);
  g_assert_cmpuint (n_by_level[1], >, N_WORLDS); // else nothing was compared
  g_assert_cmpuint (n_by_level[2], >, N_WORLDS / 4);
  g_assert_cmpuint (n_by_level[3], >, N_WORLDS / 20);
}

static char *
report (TraceStore *store, const World *world)
{
  guint8 index_case[TRACE_SUBJECT_SIZE];
  write_subject (0, index_case);
  g_autoptr (TraceAnswer) answer = ask (store, world);
  return trace_report_contacts (store, index_case, answer, TRACE_FORMAT_CSV);
}

static void
test_order (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  for (guint i = 0; i < N_WORLDS / 20; i++) {
    World world;
    guint order[STAYS_MAX];
    make_world (random, &world);
    for (guint k = 0; k < world.n_stays; k++)
      order[k] = k;
    for (guint k = world.n_stays - 1; k > 0; k--) {
      guint other = (guint) g_rand_int_range (random, 0, (gint32) k + 1), kept = order[k];
      order[k] = order[other];
      order[other] = kept;
    }
    g_autoptr (TraceStore) store = fill_store (&world, NULL);
    g_autoptr (TraceStore) shuffled = fill_store (&world, order);
    g_autofree char *one = report (store, &world);
    g_autofree char *other = report (shuffled, &world);
    g_assert_cmpstr (one, ==, other);
  }
}

// What ended before the search begins, or begins after it ends, is nobody's contact.
static void
test_noise_outside (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (8);
  for (guint i = 0; i < N_WORLDS / 20; i++) {
    World world;
    g_autoptr (GError) error = NULL;
    make_world (random, &world);
    g_autoptr (TraceStore) store = fill_store (&world, NULL);
    g_autofree char *before = report (store, &world);
    for (guint k = 0; k < 40; k++) {
      TraceArrival noise = { .venue = "v", .zone = zones[k % N_PLACES], .kiosk = "noise" };
      gboolean is_new = FALSE;
      write_subject (k % N_SUBJECTS, noise.subject);
      noise.seq = k + 1;
      noise.arrived_s = k % 2 == 0 ? world.question.to_s + k : world.question.from_s - 1000 - k;
      noise.left_s = k % 2 == 0 ? noise.arrived_s + 800 : world.question.from_s;
      g_assert_true (trace_store_put (store, &noise, &is_new, &error));
    }
    g_autofree char *after = report (store, &world);
    g_assert_cmpstr (before, ==, after);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trace/search/agrees-with-the-oracle", test_oracle);
  g_test_add_func ("/trace/search/the-order-of-ingest-changes-nothing", test_order);
  g_test_add_func ("/trace/search/noise-outside-the-window-changes-nothing", test_noise_outside);
  return g_test_run ();
}
