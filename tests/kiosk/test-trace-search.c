// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The search on both of its sources, the tables and the index, against an oracle; and what must
// change nothing, or only in one direction.

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "kiosk/trace/trace-index.h"
#include "trace-world.h"

#define N_WORLDS      2000
#define N_SOME_WORLDS 200

static TraceIndex *
open_index (TraceStore *store, const char *path)
{
  g_autoptr (GError) error = NULL;
  TraceIndexState state = TRACE_INDEX_ABSENT;
  TraceIndex *index = trace_index_open (store, path, &state, &error);
  g_assert_no_error (error);
  g_assert_cmpint (state, ==, TRACE_INDEX_FRESH);
  return index;
}

static void
put_worlds (TraceStore *store, const World *worlds, guint first, guint end)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (trace_store_begin (store, &error));
  for (guint i = first; i < end; i++)
    world_put (&worlds[i], store, NULL, 0, worlds[i].n_stays);
  g_assert_true (trace_store_commit (store, &error));
}

static void
compare_all (const World *worlds, TraceStore *store, TraceSource *source, guint *n_by_level)
{
  g_autofree Oracle *oracle = g_new (Oracle, 1);
  for (guint i = 0; i < N_WORLDS; i++) {
    world_ask_oracle (&worlds[i], oracle);
    g_autoptr (TraceAnswer) answer = world_ask (&worlds[i], store, source);
    world_compare (&worlds[i], answer, source, oracle, n_by_level);
    g_autofree char *one = world_report (&worlds[i], store, source);
    g_autofree char *other = world_report (&worlds[i], store, trace_store_get_source (store));
    g_assert_cmpstr (one, ==, other);
  }
}

static void
test_oracle (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GRand) random = g_rand_new_with_seed (20261124);
  g_autofree World *worlds = g_new (World, N_WORLDS);
  g_autofree char *folder = g_dir_make_tmp ("tx-search-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "index", NULL);
  g_autoptr (TraceStore) store = world_open_store ("sqlite::memory:");
  guint n_by_level[5] = { 0 };
  for (guint i = 0; i < N_WORLDS; i++)
    world_make (random, i, &worlds[i]);
  put_worlds (store, worlds, 0, N_WORLDS - 150);
  g_assert_true (trace_index_build (store, path, &error));
  put_worlds (store, worlds, N_WORLDS - 150, N_WORLDS);
  g_autoptr (TraceIndex) index = open_index (store, path);
  compare_all (worlds, store, trace_index_get_source (index), n_by_level);
  g_test_message ("%u worlds: %u F1, %u F2, %u F3, %u F4", N_WORLDS, n_by_level[1], n_by_level[2],
                  n_by_level[3], n_by_level[4]);
  g_assert_cmpuint (n_by_level[1], >, N_WORLDS); // else nothing was compared
  g_assert_cmpuint (n_by_level[2], >, N_WORLDS / 4);
  g_assert_cmpuint (n_by_level[3], >, N_WORLDS / 20);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
shuffle (GRand *random, guint *order, guint n)
{
  for (guint k = 0; k < n; k++)
    order[k] = k;
  for (guint k = n - 1; k > 0; k--) {
    guint other = (guint) g_rand_int_range (random, 0, (gint32) k + 1), kept = order[k];
    order[k] = order[other];
    order[other] = kept;
  }
}

static void
test_order (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  g_autoptr (TraceStore) store = world_open_store ("sqlite::memory:");
  g_autoptr (TraceStore) shuffled = world_open_store ("sqlite::memory:");
  for (guint i = 0; i < N_SOME_WORLDS; i++) {
    World world;
    guint order[WORLD_STAYS_MAX];
    world_make (random, i, &world);
    shuffle (random, order, world.n_stays);
    world_put_names (&world, store); // who is at two at once is at the one that was known first
    world_put_names (&world, shuffled);
    world_put (&world, store, NULL, 0, world.n_stays);
    world_put (&world, shuffled, order, 0, world.n_stays);
    g_autofree char *one = world_report (&world, store, trace_store_get_source (store));
    g_autofree char *other = world_report (&world, shuffled, trace_store_get_source (shuffled));
    g_assert_cmpstr (one, ==, other);
  }
}

// What ended before the search begins, or begins after it ends, is nobody's contact.
static void
test_noise_outside (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (8);
  g_autoptr (TraceStore) store = world_open_store ("sqlite::memory:");
  for (guint i = 0; i < N_SOME_WORLDS; i++) {
    World world;
    g_autoptr (GError) error = NULL;
    world_make (random, i, &world);
    world_put_names (&world, store); // an index case is told by the first name that is known
    world_put (&world, store, NULL, 0, world.n_stays);
    g_autofree char *before = world_report (&world, store, trace_store_get_source (store));
    for (guint k = 0; k < 40; k++) {
      TraceArrival noise = { .venue = world.venue, .kiosk = "noise", .seq = i * 40 + k + 1 };
      gboolean is_new = FALSE;
      noise.zone = world.stays[k % world.n_stays].zone;
      world_write_subject (&world, k % WORLD_N_SUBJECTS, noise.subject);
      noise.arrived_s = k % 2 == 0 ? world.question.to_s + k : world.question.from_s - 1000 - k;
      noise.left_s = k % 2 == 0 ? noise.arrived_s + 800 : world.question.from_s;
      g_assert_true (trace_store_put (store, &noise, &is_new, &error));
    }
    g_autofree char *after = world_report (&world, store, trace_store_get_source (store));
    g_assert_cmpstr (before, ==, after);
  }
}

static gint64
exposure_of (const TraceAnswer *answer, TraceSource *source, const guint8 key[TRACE_SUBJECT_SIZE])
{
  for (guint i = 0; i < answer->contacts->len; i++) {
    const TraceContact *contact = &g_array_index (answer->contacts, TraceContact, i);
    guint8 found[TRACE_SUBJECT_SIZE];
    g_assert_true (source->get_key (source, contact->subject, found, NULL));
    if (memcmp (found, key, sizeof found) == 0)
      return contact->exposed_s;
  }
  return G_MAXINT64;
}

// Of the first level: whoever comes to have a lower level, and so perhaps a later exposure, may
// well expose fewer.
static void
test_wider_clocks (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (9);
  g_autoptr (TraceStore) narrow = world_open_store ("sqlite::memory:");
  g_autoptr (TraceStore) wide = world_open_store ("sqlite::memory:");
  TraceSource *narrow_source = trace_store_get_source (narrow);
  TraceSource *wide_source = trace_store_get_source (wide);
  guint n_earlier = 0;
  for (guint i = 0; i < 5 * N_SOME_WORLDS; i++) {
    World world;
    world_make (random, i, &world);
    world.question.levels = 1;
    world_put (&world, narrow, NULL, 0, world.n_stays);
    for (guint k = 0; k < world.n_stays; k++)
      world.stays[k].slack_s += (guint32) g_rand_int_range (random, 0, 200);
    world_put (&world, wide, NULL, 0, world.n_stays);
    g_autoptr (TraceAnswer) before = world_ask (&world, narrow, narrow_source);
    g_autoptr (TraceAnswer) after = world_ask (&world, wide, wide_source);
    for (guint k = 0; k < WORLD_N_SUBJECTS; k++) {
      guint8 key[TRACE_SUBJECT_SIZE];
      world_write_subject (&world, k, key);
      gint64 then_s = exposure_of (before, narrow_source, key);
      gint64 now_s = exposure_of (after, wide_source, key);
      g_assert_cmpint (now_s, <=, then_s);
      n_earlier += now_s < then_s;
    }
  }
  g_assert_cmpuint (n_earlier, >, N_SOME_WORLDS);
}

// Of the first level, all index cases together expose whom one of them does, as early, but for each
// other; in whatever order they are asked for.
static void
check_together (const World *world, TraceStore *store)
{
  TraceSource *source = trace_store_get_source (store);
  g_autoptr (TraceAnswer) together = world_ask (world, store, source);
  gint64 earliest_s[WORLD_N_SUBJECTS];
  for (guint who = 0; who < WORLD_N_SUBJECTS; who++)
    earliest_s[who] = G_MAXINT64;
  for (guint seed = 0; seed < world->n_seeds; seed++) {
    g_autoptr (TraceAnswer) alone = world_ask_one (world, store, seed);
    for (guint who = world->n_names; who < WORLD_N_SUBJECTS; who++) {
      guint8 key[TRACE_SUBJECT_SIZE];
      world_write_subject (world, who, key);
      earliest_s[who] = MIN (earliest_s[who], exposure_of (alone, source, key));
    }
  }
  for (guint who = 0; who < WORLD_N_SUBJECTS; who++) {
    guint8 key[TRACE_SUBJECT_SIZE];
    world_write_subject (world, who, key);
    g_assert_cmpint (exposure_of (together, source, key), ==, earliest_s[who]);
  }
}

// Who is known, and would be found, is found. Who would not be has the level that is given, and
// hands it on: an F1 whom nobody met.
static void
check_known (const World *world, TraceStore *store)
{
  TraceSource *source = trace_store_get_source (store);
  g_autoptr (TraceAnswer) answer = world_ask (world, store, source);
  g_autoptr (GArray) known = g_array_copy (answer->contacts);
  TraceContact stranger = { .level = 1, .exposed_s = world->question.from_s, .is_known = TRUE };
  guint8 key[TRACE_SUBJECT_SIZE];
  for (guint i = 0; i < known->len; i++)
    g_array_index (known, TraceContact, i).is_known = TRUE;
  g_autoptr (TraceAnswer) again = world_ask_on (world, store, known);
  g_assert_cmpmem (again->contacts->data, again->contacts->len * sizeof (TraceContact),
                   answer->contacts->data, answer->contacts->len * sizeof (TraceContact));
  world_write_subject (world, WORLD_N_SUBJECTS - 1, key);
  g_assert_true (trace_store_find_subject (store, key, &stranger.subject, NULL));
  if (stranger.subject == 0)
    return;
  g_array_append_val (known, stranger);
  g_autoptr (TraceAnswer) more = world_ask_on (world, store, known);
  g_assert_cmpint (exposure_of (more, source, key), <=, exposure_of (answer, source, key));
  for (guint i = 0; i < more->contacts->len; i++) {
    const TraceContact *contact = &g_array_index (more->contacts, TraceContact, i);
    g_assert_true (contact->subject != stranger.subject || contact->level == 1);
    g_assert_true (contact->via != stranger.subject || contact->level == 2);
  }
}

static void
turn_around (World *world)
{
  for (guint name = 0; name < world->n_names; name++)
    world->seed_of[name] = world->n_seeds - 1 - world->seed_of[name];
}

static void
test_many_index_cases (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (12);
  g_autoptr (TraceStore) store = world_open_store ("sqlite::memory:");
  guint n_many = 0;
  for (guint i = 0; i < 3 * N_SOME_WORLDS; i++) {
    World world;
    world_make (random, i, &world);
    world_put (&world, store, NULL, 0, world.n_stays);
    g_autofree char *one = world_report (&world, store, trace_store_get_source (store));
    turn_around (&world);
    g_autofree char *other = world_report (&world, store, trace_store_get_source (store));
    g_assert_cmpstr (one, ==, other);
    check_known (&world, store);
    world.question.levels = 1;
    check_together (&world, store);
    n_many += world.n_seeds > 1;
  }
  g_assert_cmpuint (n_many, >, N_SOME_WORLDS);
}

// Those that are kept are of the full answer, in its order; lower levels first, and of a level
// none that is riskier was cut.
static void
check_limited (const World *world, TraceStore *store, const TraceAnswer *full, guint limit)
{
  World limited = *world;
  limited.question.limit = limit;
  TraceSource *source = trace_store_get_source (store);
  g_autoptr (TraceAnswer) answer = world_ask (&limited, store, source);
  guint at = 0;
  double least = 2;
  g_assert_cmpuint (answer->contacts->len, ==, MIN (limit, full->contacts->len));
  g_assert_cmpuint (answer->n_cut, ==, full->contacts->len - answer->contacts->len);
  for (guint i = 0; i < answer->contacts->len; i++) {
    const TraceContact *kept = &g_array_index (answer->contacts, TraceContact, i);
    while (memcmp (kept, &g_array_index (full->contacts, TraceContact, at), sizeof *kept) != 0)
      g_assert_cmpuint (++at, <, full->contacts->len);
  }
  guint last_level = g_array_index (answer->contacts, TraceContact, limit - 1).level;
  for (guint i = 0; i < answer->contacts->len; i++) {
    const TraceContact *kept = &g_array_index (answer->contacts, TraceContact, i);
    if (kept->level == last_level)
      least = MIN (least, kept->risk);
  }
  at = 0;
  for (guint i = 0; i < full->contacts->len; i++) {
    const TraceContact *one = &g_array_index (full->contacts, TraceContact, i);
    gboolean is_kept =
        at < answer->contacts->len &&
        memcmp (one, &g_array_index (answer->contacts, TraceContact, at), sizeof *one) == 0;
    at += is_kept;
    if (!is_kept) {
      g_assert_cmpuint (one->level, >=, last_level);
      g_assert_true (one->level > last_level || one->risk <= least);
    }
  }
  for (guint level = 0; level < world->question.levels; level++)
    g_assert_cmpuint (g_array_index (answer->n_of_level, guint, level), ==,
                      g_array_index (full->n_of_level, guint, level));
}

static void
test_limit (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (10);
  g_autoptr (TraceStore) store = world_open_store ("sqlite::memory:");
  guint n_limited = 0;
  for (guint i = 0; i < N_SOME_WORLDS; i++) {
    World world;
    world_make (random, i, &world);
    world_put (&world, store, NULL, 0, world.n_stays);
    g_autoptr (TraceAnswer) full = world_ask (&world, store, trace_store_get_source (store));
    for (guint limit = 1; limit <= full->contacts->len; limit++, n_limited++)
      check_limited (&world, store, full, limit);
  }
  g_assert_cmpuint (n_limited, >, N_SOME_WORLDS);
}

// One after another they are told whole; what was told is what is returned.
typedef struct {
  GArray *told;
  guint level, stop_at;
} Listener;

static gboolean
on_progress (guint level, gsize n_done, gsize n_members, const GArray *contacts, gpointer user_data)
{
  Listener *listener = user_data;
  g_assert_cmpuint (n_done, <=, n_members);
  if (contacts == NULL)
    return TRUE;
  g_assert_cmpuint (level, ==, listener->level + 1);
  listener->level = level;
  if (contacts->len > 0)
    g_array_append_vals (listener->told, contacts->data, contacts->len);
  return level != listener->stop_at;
}

static void
test_progress (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (11);
  g_autoptr (TraceStore) store = world_open_store ("sqlite::memory:");
  TraceSource *source = trace_store_get_source (store);
  for (guint i = 0; i < N_SOME_WORLDS; i++) {
    World world;
    g_autoptr (GError) error = NULL;
    Listener listener = { g_array_new (FALSE, FALSE, sizeof (TraceContact)), 0, 0 };
    TraceLimit limit = { 0, 0, G_MAXINT64, FALSE };
    const TraceSeed seed = { &limit, 1 };
    world_make (random, i, &world);
    world_put (&world, store, NULL, 0, world.n_stays);
    g_assert_true (
        trace_store_find_subject (store, world.stays[0].subject, &limit.subject, &error));
    g_autoptr (TraceAnswer) answer =
        trace_search (source, &seed, 1, &world.question, on_progress, &listener, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (listener.level, ==, world.question.levels);
    g_assert_cmpmem (listener.told->data, listener.told->len * sizeof (TraceContact),
                     answer->contacts->data, answer->contacts->len * sizeof (TraceContact));
    listener.level = 0;
    listener.stop_at = 1;
    g_assert_null (
        trace_search (source, &seed, 1, &world.question, on_progress, &listener, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_array_unref (listener.told);
  }
}

// Each of a pair's stays with another doubt; the contact has those without which it would not be.
static void
test_doubts (void)
{
  static const struct {
    const char *what;
    TraceArrival of_index, of_contact[2];
    guint n;
    guint doubts;
  } cases[] = {
    { "none", { .left_s = 2000 }, { { .left_s = 2000 } }, 1, 0 },
    { "one stay, a static code",
      { .left_s = 2000 },
      { { .left_s = 2000, .doubts = TRACE_DOUBT_STATIC } },
      1,
      TRACE_DOUBT_STATIC },
    { "the index case's doubt",
      { .left_s = 2000, .doubts = TRACE_DOUBT_STATIC },
      { { .left_s = 2000 } },
      1,
      TRACE_DOUBT_STATIC },
    { "a sound stay says the same",
      { .left_s = 2000 },
      { { .left_s = 2000, .doubts = TRACE_DOUBT_STATIC }, { .left_s = 1500 } },
      2,
      0 },
    { "a sound stay says it later",
      { .left_s = 2000 },
      { { .left_s = 2000, .doubts = TRACE_DOUBT_STATIC }, { .arrived_s = 5, .left_s = 1500 } },
      2,
      TRACE_DOUBT_STATIC },
    { "a wrong clock",
      { .left_s = 2000 },
      { { .left_s = 2000, .slack_s = 9 } },
      1,
      TRACE_DOUBT_CLOCK },
    { "nobody ended it", { .left_s = 2000 }, { { .left_s = TRACE_OPEN_S } }, 1, TRACE_DOUBT_OPEN },
    { "a beacon",
      { .left_s = 2000 },
      { { .left_s = 2000, .evidence = TRACE_EVIDENCE_BLE } },
      1,
      TRACE_DOUBT_BEACON },
    { "a beacon and a code each half",
      { .left_s = 2000 },
      { { .left_s = 500, .evidence = TRACE_EVIDENCE_BLE },
        { .arrived_s = 500, .left_s = 1000, .doubts = TRACE_DOUBT_STATIC } },
      2,
      TRACE_DOUBT_BEACON | TRACE_DOUBT_STATIC },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (TraceStore) store = world_open_store ("sqlite::memory:");
    g_autoptr (GError) error = NULL;
    const TraceQuestion question = {
      .to_s = 5000, .levels = 1, .window_s = 86400, .min_overlap_s = 900
    };
    const TraceLimit limit = { 1, 0, 5000, FALSE };
    const TraceSeed seed = { &limit, 1 };
    gboolean is_new = FALSE;
    for (guint k = 0; k <= cases[i].n; k++) {
      TraceArrival arrival = k == 0 ? cases[i].of_index : cases[i].of_contact[k - 1];
      arrival.subject[0] = k == 0 ? 1 : 2;
      arrival.venue = arrival.zone = arrival.kiosk = "a";
      arrival.seq = k + 1;
      g_assert_true (trace_store_put (store, &arrival, &is_new, &error));
    }
    g_test_message ("%s", cases[i].what);
    g_autoptr (TraceAnswer) answer =
        trace_search (trace_store_get_source (store), &seed, 1, &question, NULL, NULL, &error);
    g_assert_cmpuint (answer->contacts->len, ==, 1);
    g_assert_cmpuint (g_array_index (answer->contacts, TraceContact, 0).doubts, ==,
                      cases[i].doubts);
  }
}

static void
test_questions (void)
{
  static const TraceQuestion wrong[] = {
    { .from_s = 5, .to_s = 5, .levels = 1, .window_s = 1, .min_overlap_s = 1 },
    { .from_s = 0, .to_s = G_MAXINT64, .levels = 1, .window_s = 1, .min_overlap_s = 1 },
    { .from_s = 0, .to_s = 5, .levels = 0, .window_s = 1, .min_overlap_s = 1 },
    { .from_s = 0, .to_s = 5, .levels = 1, .window_s = 1, .min_overlap_s = 0 },
    { .from_s = 0, .to_s = 5, .levels = 1, .window_s = 1, .min_overlap_s = 1, .latency_s = -1 },
  };
  g_autoptr (TraceStore) store = world_open_store ("sqlite::memory:");
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (
        trace_search (trace_store_get_source (store), NULL, 0, &wrong[i], NULL, NULL, &error));
    g_assert_error (error, TRACE_ERROR, TRACE_ERROR_INPUT);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trace/search/both-sources-agree-with-the-oracle", test_oracle);
  g_test_add_func ("/trace/search/the-order-of-ingest-changes-nothing", test_order);
  g_test_add_func ("/trace/search/noise-outside-the-window-changes-nothing", test_noise_outside);
  g_test_add_func ("/trace/search/wider-clocks-lose-nobody-of-the-first-level", test_wider_clocks);
  g_test_add_func ("/trace/search/many-index-cases-are-one-search", test_many_index_cases);
  g_test_add_func ("/trace/search/a-limit-keeps-the-riskiest", test_limit);
  g_test_add_func ("/trace/search/tells-each-level-and-stops-when-told", test_progress);
  g_test_add_func ("/trace/search/doubts-are-what-an-exposure-rests-on", test_doubts);
  g_test_add_func ("/trace/search/refuses-what-cannot-be-asked", test_questions);
  return g_test_run ();
}
