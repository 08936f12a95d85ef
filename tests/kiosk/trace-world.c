// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "trace-world.h"

#include <string.h>

#include "kiosk/trace/trace-report.h"

#define TOGETHER_S 240

static const char *const zones[WORLD_N_PLACES] = { "z1", "z2", "z3", "z4" };

TraceStore *
world_open_store (const char *uri)
{
  g_autoptr (GError) error = NULL;
  const TraceOpenStays open_stays = { WORLD_BASE_S + WORLD_END_S, WORLD_LONGEST_S };
  TraceStore *store = trace_store_open (uri, &open_stays, &error);
  g_assert_no_error (error);
  return store;
}

// Who is smaller is not who comes in first.
void
world_write_subject (const World *world, guint subject, guint8 ret_key[TRACE_SUBJECT_SIZE])
{
  memset (ret_key, 0, TRACE_SUBJECT_SIZE);
  ret_key[0] = (guint8) (0x10 + subject);
  memcpy (ret_key + 4, &world->number, sizeof world->number);
  ret_key[TRACE_SUBJECT_SIZE - 1] = (guint8) (100 - subject);
}

static guint
number_of (TraceSource *source, guint32 subject)
{
  guint8 key[TRACE_SUBJECT_SIZE];
  g_autoptr (GError) error = NULL;
  g_assert_true (source->get_key (source, subject, key, &error));
  return key[0] - 0x10u;
}

static void
make_stay (GRand *random, World *world, guint number)
{
  TraceArrival *stay = &world->stays[number];
  world->places[number] = (guint) g_rand_int_range (random, 0, WORLD_N_PLACES);
  *stay = (TraceArrival){ .zone = zones[world->places[number]], .kiosk = "k", .seq = number + 1 };
  stay->arrived_s = g_rand_int_range (random, 0, WORLD_END_S - 1);
  if (world->number % 2 == 1) // many arrive together
    stay->arrived_s -= stay->arrived_s % TOGETHER_S;
  stay->arrived_s += WORLD_BASE_S;
  stay->left_s = stay->arrived_s + g_rand_int_range (random, 1, 900);
  stay->left_s = MIN (stay->left_s, WORLD_BASE_S + WORLD_END_S);
  stay->evidence = g_rand_int_range (random, 0, 20) == 0 ? TRACE_EVIDENCE_STAFF
                   : g_rand_boolean (random)             ? TRACE_EVIDENCE_BLE
                                                         : TRACE_EVIDENCE_QR;
  if (stay->evidence == TRACE_EVIDENCE_QR && g_rand_int_range (random, 0, 5) == 0)
    stay->left_s = TRACE_OPEN_S;
  if (g_rand_int_range (random, 0, 6) == 0)
    stay->slack_s = (guint32) g_rand_int_range (random, 1, 300);
  if (g_rand_int_range (random, 0, 6) == 0)
    stay->doubts = TRACE_DOUBT_STATIC;
  world_write_subject (world, (guint) g_rand_int_range (random, 0, WORLD_N_SUBJECTS),
                       stay->subject);
}

// Most count in all that is asked for; others in a part, or two that one window may reach across.
static void
make_limits (GRand *random, const World *world, TraceLimit limits[2])
{
  gint64 from_s = world->question.from_s, to_s = world->question.to_s;
  gboolean is_slot = g_rand_int_range (random, 0, 4) == 0;
  if (is_slot || g_rand_boolean (random)) {
    from_s += g_rand_int_range (random, 0, 1500);
    to_s = from_s + g_rand_int_range (random, 1, 2500);
  }
  limits[0] = (TraceLimit){ 0, from_s, to_s, is_slot };
  from_s = to_s + g_rand_int_range (random, 0, 700);
  to_s = g_rand_int_range (random, 0, 3) == 0 ? from_s + g_rand_int_range (random, 1, 2000) : 0;
  limits[1] = (TraceLimit){ 0, from_s, to_s, is_slot };
}

static void
make_seeds (GRand *random, World *world)
{
  world->n_seeds = g_rand_boolean (random) ? 1 : (guint) g_rand_int_range (random, 2, 4);
  for (guint seed = 0; seed < world->n_seeds; seed++)
    for (gint n = g_rand_int_range (random, 0, 3) == 0 ? 2 : 1; n > 0; n--) {
      world->seed_of[world->n_names] = seed;
      make_limits (random, world, world->limits[world->n_names++]);
    }
}

void
world_make (GRand *random, guint number, World *ret_world)
{
  *ret_world = (World){ .number = number };
  ret_world->question = (TraceQuestion){
    .from_s = WORLD_BASE_S + g_rand_int_range (random, 0, 1500),
    .to_s = WORLD_BASE_S + g_rand_int_range (random, 2500, WORLD_END_S),
    .levels = (guint) g_rand_int_range (random, 1, 5),
    .window_s = g_rand_int_range (random, 100, 2000),
    .min_overlap_s = g_rand_int_range (random, 1, 150),
    .latency_s = g_rand_int_range (random, 0, 2) * g_rand_int_range (random, 0, 600),
    .through_staff = g_rand_boolean (random),
  };
  (void) g_snprintf (ret_world->venue, sizeof ret_world->venue, "v%u", number);
  make_seeds (random, ret_world);
  ret_world->n_stays = (guint) g_rand_int_range (random, 2, WORLD_STAYS_MAX);
  for (guint i = 0; i < ret_world->n_stays; i++)
    make_stay (random, ret_world, i);
}

void
world_put_names (const World *world, TraceStore *store)
{
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < WORLD_N_SUBJECTS; i++) {
    TraceArrival long_ago = {
      .venue = world->venue, .zone = zones[i % WORLD_N_PLACES], .left_s = 1, .kiosk = ""
    };
    gboolean is_new = FALSE;
    world_write_subject (world, i, long_ago.subject);
    g_assert_true (trace_store_put (store, &long_ago, &is_new, &error));
  }
}

void
world_put (const World *world, TraceStore *store, const guint *order, guint first, guint end)
{
  g_autoptr (GError) error = NULL;
  for (guint i = first; i < end; i++) {
    gboolean is_new = FALSE;
    TraceArrival arrival = world->stays[order != NULL ? order[i] : i];
    arrival.venue = world->venue;
    g_assert_true (trace_store_put (store, &arrival, &is_new, &error));
    g_assert_true (is_new);
  }
}

// Those of the index case that the store knows.
static gsize
list_limits (const World *world, TraceStore *store, guint seed, TraceLimit *ret_limits)
{
  g_autoptr (GError) error = NULL;
  gsize n = 0;
  for (guint name = 0; name < world->n_names; name++) {
    guint8 key[TRACE_SUBJECT_SIZE];
    guint32 number = 0;
    world_write_subject (world, name, key);
    g_assert_true (trace_store_find_subject (store, key, &number, &error));
    for (guint i = 0; i < 2 && number != 0 && world->seed_of[name] == seed; i++) {
      ret_limits[n] = world->limits[name][i];
      ret_limits[n++].subject = number;
    }
  }
  return n;
}

static TraceAnswer *
ask (const World *world,
     TraceStore *store,
     TraceSource *source,
     guint first,
     guint end,
     const GArray *known)
{
  g_autoptr (GError) error = NULL;
  TraceLimit limits[WORLD_SEEDS_MAX][2 * WORLD_NAMES_MAX];
  TraceSeed seeds[WORLD_SEEDS_MAX];
  for (guint seed = first; seed < end; seed++)
    seeds[seed] = (TraceSeed){ limits[seed], list_limits (world, store, seed, limits[seed]) };
  TraceAnswer *answer = known != NULL ? trace_search_on (source, seeds + first, end - first, known,
                                                         &world->question, NULL, NULL, &error)
                                      : trace_search (source, seeds + first, end - first,
                                                      &world->question, NULL, NULL, &error);
  g_assert_no_error (error);
  return answer;
}

TraceAnswer *
world_ask (const World *world, TraceStore *store, TraceSource *source)
{
  return ask (world, store, source, 0, world->n_seeds, NULL);
}

TraceAnswer *
world_ask_one (const World *world, TraceStore *store, guint seed)
{
  return ask (world, store, trace_store_get_source (store), seed, seed + 1, NULL);
}

TraceAnswer *
world_ask_on (const World *world, TraceStore *store, const GArray *known)
{
  return ask (world, store, trace_store_get_source (store), 0, world->n_seeds, known);
}

char *
world_report (const World *world, TraceStore *store, TraceSource *source)
{
  g_autoptr (TraceAnswer) answer = world_ask (world, store, source);
  GString *text = g_string_new (NULL);
  trace_report_append (text, store, source, answer->contacts, TRACE_FORMAT_JSON);
  return g_string_free (text, FALSE);
}

static void
fill (gboolean *seconds, gint64 from_s, gint64 to_s)
{
  for (gint64 t = MAX (0, from_s); t < MIN (to_s, WORLD_END_S); t++)
    seconds[t] = TRUE;
}

// Windows nearer than the gap are one stay.
static void
fill_gaps (gboolean *seconds)
{
  gint64 last = -1;
  for (gint64 t = 0; t < WORLD_END_S; t++) {
    if (!seconds[t])
      continue;
    if (last >= 0 && t - (last + 1) <= TRACE_MERGE_GAP_S)
      fill (seconds, last + 1, t);
    last = t;
  }
}

static gboolean
has_limit (const TraceLimit *limit, gint64 t)
{
  return limit->from_s <= WORLD_BASE_S + t && WORLD_BASE_S + t < limit->to_s;
}

static guint
first_name (const World *world, guint seed)
{
  guint name = 0;
  while (world->seed_of[name] != seed)
    name++;
  return name;
}

// What counts of where somebody was under one name: of a slot, gaps within it only.
static void
take_name (const World *world,
           guint name,
           const gboolean *visits,
           const gboolean *windows,
           gboolean *is_there)
{
  for (guint i = 0; i < 2; i++) {
    const TraceLimit *limit = &world->limits[name][i];
    gboolean whole[WORLD_END_S];
    for (gint64 t = 0; t < WORLD_END_S; t++)
      whole[t] = windows[t] && (!limit->is_slot || has_limit (limit, t));
    fill_gaps (whole);
    for (gint64 t = 0; t < WORLD_END_S; t++)
      is_there[t] |= (whole[t] || visits[t]) && has_limit (limit, t);
  }
}

static void
place_everybody (const World *world, Oracle *oracle)
{
  static gboolean windows[WORLD_N_SUBJECTS][WORLD_N_PLACES][WORLD_END_S];
  static gboolean visits[WORLD_N_SUBJECTS][WORLD_N_PLACES][WORLD_END_S];
  memset (windows, 0, sizeof windows);
  memset (visits, 0, sizeof visits);
  for (guint i = 0; i < world->n_stays; i++) {
    const TraceArrival *stay = &world->stays[i];
    guint who = stay->subject[0] - 0x10u, where = world->places[i];
    gint64 from_s = stay->arrived_s - WORLD_BASE_S, slack_s = stay->slack_s;
    gint64 to_s = stay->left_s == TRACE_OPEN_S ? MIN (from_s + WORLD_LONGEST_S, WORLD_END_S)
                                               : stay->left_s - WORLD_BASE_S;
    oracle->is_staff[who] |= stay->evidence == TRACE_EVIDENCE_STAFF;
    fill (stay->evidence == TRACE_EVIDENCE_BLE ? windows[who][where] : visits[who][where],
          from_s - slack_s, to_s + slack_s);
  }
  for (guint who = 0; who < WORLD_N_SUBJECTS; who++)
    for (guint where = 0; where < WORLD_N_PLACES; where++) {
      if (who < world->n_names) {
        take_name (world, who, visits[who][where], windows[who][where],
                   oracle->is_there[first_name (world, world->seed_of[who])][where]);
        continue;
      }
      fill_gaps (windows[who][where]);
      for (guint t = 0; t < WORLD_END_S; t++)
        oracle->is_there[who][where][t] = visits[who][where][t] || windows[who][where][t];
    }
}

// The earliest x for which a and b shared enough before it, and all that they shared.
static Pair
find_pair (const World *world, const Oracle *oracle, guint a, guint b, gint64 from_s)
{
  gint64 n_until[WORLD_END_S + 1] = { 0 };
  Pair pair = { .exposed_s = -1, .first_s = -1 };
  for (gint64 t = 0; t < WORLD_END_S; t++) {
    gboolean is_shared = FALSE;
    for (guint where = 0; where < WORLD_N_PLACES; where++)
      is_shared |= oracle->is_there[a][where][t] && oracle->is_there[b][where][t];
    is_shared &= t >= from_s && t < world->question.to_s - WORLD_BASE_S;
    n_until[t + 1] = n_until[t] + is_shared;
    if (is_shared && pair.first_s < 0)
      pair.first_s = t;
    if (is_shared)
      pair.last_s = t + 1;
  }
  pair.overlap_s = n_until[WORLD_END_S];
  for (gint64 x = 0; x <= WORLD_END_S && pair.exposed_s < 0; x++)
    if (n_until[x] - n_until[MAX (0, x - world->question.window_s)] >=
        world->question.min_overlap_s)
      pair.exposed_s = x;
  return pair;
}

void
world_ask_oracle (const World *world, Oracle *ret_oracle)
{
  Oracle *oracle = ret_oracle;
  gboolean is_known[WORLD_N_SUBJECTS] = { FALSE };
  memset (oracle, 0, sizeof *oracle);
  for (guint name = 0; name < world->n_names; name++)
    is_known[name] = TRUE;
  place_everybody (world, oracle);
  for (guint level = 1; level <= world->question.levels; level++) {
    gboolean is_found[WORLD_N_SUBJECTS] = { FALSE };
    for (guint a = 0; a < WORLD_N_SUBJECTS; a++) {
      gint64 from_s = world->question.from_s - WORLD_BASE_S;
      gboolean is_name = a < world->n_names;
      if (!is_known[a] || oracle->level[a] != level - 1 ||
          (is_name && a != first_name (world, world->seed_of[a])) ||
          (!is_name && oracle->is_staff[a] && !world->question.through_staff))
        continue;
      if (!is_name)
        from_s = MAX (from_s, oracle->best[a].exposed_s + world->question.latency_s);
      for (guint b = 0; b < WORLD_N_SUBJECTS; b++) {
        if (is_known[b] || a == b)
          continue;
        Pair pair = find_pair (world, oracle, a, b, from_s);
        if (pair.exposed_s < 0 || (is_found[b] && pair.exposed_s >= oracle->best[b].exposed_s))
          continue; // a is smaller than the a's after it
        is_found[b] = TRUE;
        oracle->best[b] = pair;
        oracle->via[b] = a;
      }
    }
    for (guint b = 0; b < WORLD_N_SUBJECTS; b++)
      if (is_found[b]) {
        is_known[b] = TRUE;
        oracle->level[b] = level;
      }
  }
}

// An index case that the store does not know by its first name is told by another.
static guint
via_of (const World *world, TraceSource *source, const TraceContact *contact)
{
  guint via = number_of (source, contact->via);
  return via < world->n_names ? first_name (world, world->seed_of[via]) : via;
}

void
world_compare (const World *world,
               const TraceAnswer *answer,
               TraceSource *source,
               const Oracle *oracle,
               guint *n_by_level)
{
  guint n_wanted = 0;
  for (guint b = 0; b < WORLD_N_SUBJECTS; b++)
    n_wanted += oracle->level[b] > 0;
  g_assert_cmpuint (answer->contacts->len, ==, n_wanted);
  for (guint i = 0; i < answer->contacts->len; i++) {
    const TraceContact *contact = &g_array_index (answer->contacts, TraceContact, i);
    guint b = number_of (source, contact->subject);
    g_assert_cmpuint (contact->level, ==, oracle->level[b]);
    g_assert_cmpint (contact->exposed_s - WORLD_BASE_S, ==, oracle->best[b].exposed_s);
    g_assert_cmpint (contact->overlap_s, ==, oracle->best[b].overlap_s);
    g_assert_cmpint (contact->first_s - WORLD_BASE_S, ==, oracle->best[b].first_s);
    g_assert_cmpint (contact->last_s - WORLD_BASE_S, ==, oracle->best[b].last_s);
    g_assert_cmpuint (via_of (world, source, contact), ==, oracle->via[b]);
    g_assert_cmpint (contact->is_staff, ==, oracle->is_staff[b]);
    g_assert_cmpfloat (contact->risk, >, 0);
    g_assert_cmpfloat (contact->risk, <=, 1);
    n_by_level[contact->level]++;
  }
}
