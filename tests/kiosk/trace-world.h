// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Small worlds of stays, many of them in one store without knowing of each other, and an oracle
// that knows where everybody is in every second.

#pragma once

#include "kiosk/trace/trace-search.h"
#include "kiosk/trace/trace-store.h"

#define WORLD_N_SUBJECTS 12
#define WORLD_N_PLACES   4
#define WORLD_STAYS_MAX  60
#define WORLD_BASE_S     1000000
#define WORLD_END_S      5000
#define WORLD_LONGEST_S  900

typedef struct {
  guint number;
  char venue[16];
  TraceArrival stays[WORLD_STAYS_MAX]; // of this venue
  guint places[WORLD_STAYS_MAX];
  guint n_stays;
  guint n_index_case; // subjects 0 and on
  TraceQuestion question;
} World;

// What two shared, in seconds of the world.
typedef struct {
  gint64 exposed_s; // -1: not enough
  gint64 overlap_s, first_s, last_s;
} Pair;

typedef struct {
  gboolean is_there[WORLD_N_SUBJECTS][WORLD_N_PLACES][WORLD_END_S];
  gboolean is_staff[WORLD_N_SUBJECTS];
  guint level[WORLD_N_SUBJECTS]; // 0: none
  Pair best[WORLD_N_SUBJECTS];
  guint via[WORLD_N_SUBJECTS];
} Oracle;

TraceStore *world_open_store (const char *uri);

void world_make (GRand *random, guint number, World *ret_world);
void world_write_subject (const World *world, guint subject, guint8 ret_key[TRACE_SUBJECT_SIZE]);
// So that places have their numbers in the same order, whatever comes first.
void world_put_places (const World *world, TraceStore *store);
// @order: (nullable) of stays. Puts [first, end) of them, in the caller's transaction.
void world_put (const World *world, TraceStore *store, const guint *order, guint first, guint end);

TraceAnswer *world_ask (const World *world, TraceStore *store, TraceSource *source);
// The answer in all its detail. (transfer full)
char *world_report (const World *world, TraceStore *store, TraceSource *source);

void world_ask_oracle (const World *world, Oracle *ret_oracle);
// @n_by_level: [5], added to.
void world_compare (const TraceAnswer *answer,
                    TraceSource *source,
                    const Oracle *oracle,
                    guint *n_by_level);
