// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Tables: cases, details, and the audit log. Subjects, kiosks and epochs are 16 bytes, hashes 32.

#include "kiosk/trace/trace-schema.h"

// A box is sealed to the officer's key; kiosk, epoch and seq are what it was made for.
#define DETAIL(INT, BYTES, TEXT, STRICT)                                                           \
  "CREATE TABLE detail (kiosk " BYTES " NOT NULL, epoch " BYTES " NOT NULL, seq " INT " NOT NULL," \
  " subject " BYTES " NOT NULL, box " BYTES " NOT NULL, PRIMARY KEY (kiosk, epoch, seq))" STRICT   \
  ";"                                                                                              \
  "CREATE INDEX detail_of ON detail (subject);"

// case_index: who the case is about. One person, the label, may be known by several subjects, each
// for a span of time only. case_level: the answer as it was computed last; version: the computation
// that changed the row.
#define CASES(INT, BYTES, TEXT, STRICT)                                                            \
  "CREATE TABLE cases (id " TEXT " PRIMARY KEY, opened_ms " INT " NOT NULL, opened_by " TEXT       \
  " NOT NULL, rule " TEXT " NOT NULL, rule_version " INT " NOT NULL, levels " INT " NOT NULL,"     \
  " min_overlap_s " INT " NOT NULL, window_s " INT " NOT NULL, latency_s " INT " NOT NULL,"        \
  " through_staff " INT " NOT NULL, to_s " INT ", closed_ms " INT ", closed_by " TEXT              \
  ", version " INT " NOT NULL, computed_ms " INT ")" STRICT ";"                                    \
  "CREATE TABLE case_index (case_id " TEXT " NOT NULL, label " TEXT " NOT NULL, subject " BYTES    \
  " NOT NULL, from_s " INT " NOT NULL, to_s " INT ", added_ms " INT " NOT NULL, added_by " TEXT    \
  " NOT NULL, withdrawn_ms " INT ", withdrawn_by " TEXT ", PRIMARY KEY (case_id, label, subject,"  \
  " from_s))" STRICT ";"                                                                           \
  "CREATE TABLE case_level (case_id " TEXT " NOT NULL, subject " BYTES " NOT NULL, level " INT     \
  " NOT NULL, exposed_s " INT " NOT NULL, via " BYTES " NOT NULL, overlap_s " INT                  \
  " NOT NULL, doubts " INT " NOT NULL, computed_ms " INT " NOT NULL, version " INT                 \
  " NOT NULL, PRIMARY KEY (case_id, subject))" STRICT ";"

// Only what was a phone's was ever so short: 15 minutes, and what its clock may be wrong.
#define SLOTS(INT)                                                                                 \
  "ALTER TABLE case_index ADD COLUMN is_slot " INT " NOT NULL DEFAULT 0;"                          \
  "UPDATE case_index SET is_slot = 1 WHERE to_s - from_s <= 1140;"

// Of a case, how far back stays were let go since it was opened; of a level, how far back those it
// rests on were.
#define KEPT(INT)                                                                                  \
  "ALTER TABLE cases ADD COLUMN dropped_before_s " INT " NOT NULL DEFAULT 0;"                      \
  "ALTER TABLE case_level ADD COLUMN kept_before_s " INT " NOT NULL DEFAULT 0;"

// audit_head: what the next entry follows on; whoever writes one takes it first, so that they come
// one after the other.
#define AUDIT(INT, BYTES, TEXT, STRICT, ZEROS)                                                     \
  "CREATE TABLE audit (n " INT " PRIMARY KEY, at_ms " INT " NOT NULL, officer " TEXT               \
  " NOT NULL, action " TEXT " NOT NULL, case_id " TEXT " NOT NULL, reason " TEXT                   \
  " NOT NULL, what " TEXT " NOT NULL, hash " BYTES " NOT NULL)" STRICT ";"                         \
  "CREATE TABLE audit_head (id " INT " PRIMARY KEY, n " INT " NOT NULL, hash " BYTES               \
  " NOT NULL)" STRICT ";"                                                                          \
  "INSERT INTO audit_head (id, n, hash) VALUES (0, 0, " ZEROS ");"

#define SQLITE          "INTEGER", "BLOB", "TEXT", " STRICT"
#define POSTGRES        "bigint", "bytea", "text", ""
#define STEP(AREA, ...) AREA (__VA_ARGS__)

static const TraceSchemaStep steps[] = {
  { STEP (DETAIL, SQLITE), STEP (DETAIL, POSTGRES) },
  { STEP (CASES, SQLITE), STEP (CASES, POSTGRES) },
  { STEP (AUDIT, SQLITE, "zeroblob (32)"),
    STEP (AUDIT, POSTGRES, "decode (repeat ('00', 32), 'hex')") },
  { SLOTS ("INTEGER"), SLOTS ("bigint") },
  { KEPT ("INTEGER"), KEPT ("bigint") },
};

const TraceSchemaArea trace_schema_cases = {
  .name = "cases",
  .steps = steps,
  .n_steps = G_N_ELEMENTS (steps),
};
