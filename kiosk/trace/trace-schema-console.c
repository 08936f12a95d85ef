// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Tables: officers who sign in, and who tried to.

#include "kiosk/trace/trace-schema.h"

#define OFFICERS(NUMBER, INT, BYTES, STRICT)                                                       \
  "CREATE TABLE officer (officer " NUMBER " PRIMARY KEY, name TEXT NOT NULL UNIQUE,"               \
  " role TEXT NOT NULL, password TEXT NOT NULL, made_ms " INT " NOT NULL)" STRICT ";"              \
  "CREATE TABLE officer_session (hash " BYTES " PRIMARY KEY, officer " INT " NOT NULL,"            \
  " made_ms " INT " NOT NULL, seen_ms " INT " NOT NULL)" STRICT ";"                                \
  "CREATE TABLE officer_attempt (who TEXT PRIMARY KEY, n_failed " INT " NOT NULL,"                 \
  " last_ms " INT " NOT NULL, until_ms " INT " NOT NULL)" STRICT ";"

static const TraceSchemaStep steps[] = {
  { .sqlite = OFFICERS ("INTEGER", "INTEGER", "BLOB", " STRICT"),
    .postgres = OFFICERS ("BIGINT GENERATED ALWAYS AS IDENTITY", "BIGINT", "BYTEA", "") },
};

const TraceSchemaArea trace_schema_console = {
  .name = "console",
  .steps = steps,
  .n_steps = G_N_ELEMENTS (steps),
};
