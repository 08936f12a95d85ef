// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The same question, put to others: what each made of it, and how long that took.

#pragma once

#include "province.h"

#define RIVAL_LEVELS_MAX 4

typedef struct {
  guint32 subject; // the index case
  guint32 from_s, to_s;
  guint32 min_overlap_s, window_s;
  guint levels;
} RivalQuestion;

typedef struct {
  guint8 *level;      // [n_subjects + 1]
  guint32 *exposed_s; // [n_subjects + 1], where there is a level
  guint n[RIVAL_LEVELS_MAX + 1];
  double took_s[RIVAL_LEVELS_MAX + 1];
  double n_touched[RIVAL_LEVELS_MAX + 1]; // stays looked at; 0: unknown
} RivalAnswer;

void rival_answer_init (RivalAnswer *answer, const Province *province);
void rival_answer_clear (RivalAnswer *answer);
double rival_now_s (void);
double rival_cpu_s (void); // of this process: it may not be alone on the machine

// Arrays sorted by venue and arrival, numbers of stays by subject; nothing else to do.
typedef struct Reference Reference;
Reference *reference_new (const Province *province);
void reference_free (Reference *reference);
void
reference_search (const Reference *reference, const RivalQuestion *question, RivalAnswer *answer);

// Level by level in SQL, over two covering indexes. In @folder. NULL: it is not to be had here.
typedef struct Sql Sql;
Sql *sql_sqlite_new (const Province *province, const char *folder);
Sql *sql_postgres_new (const Province *province, const char *folder);
void sql_free (Sql *sql);
double sql_get_bytes (Sql *sql);
void sql_search (Sql *sql, const RivalQuestion *question, RivalAnswer *answer);
