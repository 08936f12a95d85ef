// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Small worlds of stays, many of them in one store without knowing of each other, and an oracle
// that knows where everybody is in every second.

#pragma once

#include "kiosk/trace/trace-search.h"
#include "kiosk/trace/trace-store.h"

#define WORLD_N_SUBJECTS 14
#define WORLD_N_PLACES   4
#define WORLD_STAYS_MAX  60
#define WORLD_BASE_S     1000000
#define WORLD_END_S      5000
#define WORLD_LONGEST_S  900
#define WORLD_SEEDS_MAX  3
#define WORLD_NAMES_MAX  (2 * WORLD_SEEDS_MAX)

typedef struct {
  guint number;
  char venue[16];
  TraceArrival stays[WORLD_STAYS_MAX]; // of this venue
  guint places[WORLD_STAYS_MAX];
  guint n_stays;
  // Index cases: each is known by one or two of the subjects 0 and on.
  guint n_seeds, n_names;
  guint seed_of[WORLD_NAMES_MAX];
  TraceLimit limits[WORLD_NAMES_MAX][2]; // the second may be empty
  TraceQuestion question;
} World;

// What two shared, in seconds of the world.
typedef struct {
  gint64 exposed_s; // -1: not enough
  gint64 overlap_s, first_s, last_s;
} Pair;

typedef struct {
  // Of an index case, all is its first name's.
  gboolean is_there[WORLD_N_SUBJECTS][WORLD_N_PLACES][WORLD_END_S];
  gboolean is_staff[WORLD_N_SUBJECTS];
  guint level[WORLD_N_SUBJECTS]; // 0: none
  Pair best[WORLD_N_SUBJECTS];
  guint via[WORLD_N_SUBJECTS];
} Oracle;

TraceStore *world_open_store (const char *uri);

void world_make (GRand *random, guint number, World *ret_world);
void world_write_subject (const World *world, guint subject, guint8 ret_key[TRACE_SUBJECT_SIZE]);
// So that places and subjects have their numbers in the same order, whatever comes first.
void world_put_names (const World *world, TraceStore *store);
// @order: (nullable) of stays. Puts [first, end) of them, in the caller's transaction.
void world_put (const World *world, TraceStore *store, const guint *order, guint first, guint end);

// Of all index cases at once; of one only, whatever else the others are.
TraceAnswer *world_ask (const World *world, TraceStore *store, TraceSource *source);
TraceAnswer *world_ask_one (const World *world, TraceStore *store, guint seed);
// Likewise of all, with @known as trace_search_on () has it.
TraceAnswer *world_ask_on (const World *world, TraceStore *store, const GArray *known);
// The answer in all its detail. (transfer full)
char *world_report (const World *world, TraceStore *store, TraceSource *source);

void world_ask_oracle (const World *world, Oracle *ret_oracle);
// @n_by_level: [5], added to.
void world_compare (const World *world,
                    const TraceAnswer *answer,
                    TraceSource *source,
                    const Oracle *oracle,
                    guint *n_by_level);
