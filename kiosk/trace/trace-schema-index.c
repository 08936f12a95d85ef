// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What keeps an index beside an SQLite file true: each change of a stay is noted, by triggers
// (trace-index-log.c) so that no way in is forgotten, until "limit_id" notes are there: then the
// index is too old, and rebuilding it is cheaper. The last note stays, so that numbers only grow.
// "build_id" is of the one index file that fits.

#include "kiosk/trace/trace-schema.h"

#include "kiosk/trace/trace-index-log.h"

static const TraceSchemaStep steps[] = {
  {
      .sqlite = "CREATE TABLE stay_change (id INTEGER PRIMARY KEY, is_gone INTEGER NOT NULL,"
                " place INTEGER NOT NULL, subject INTEGER NOT NULL, arrived_s INTEGER NOT NULL,"
                " length_s INTEGER, slack_s INTEGER NOT NULL, evidence INTEGER NOT NULL,"
                " doubts INTEGER NOT NULL) STRICT;"
                "INSERT INTO stay_change VALUES (0, 0, 0, 0, 0, 0, 0, 0, 0);"
                "CREATE TABLE stay_index (id INTEGER PRIMARY KEY CHECK (id = 0),"
                " build_id BLOB NOT NULL, limit_id INTEGER NOT NULL) STRICT;"
                "INSERT INTO stay_index VALUES (0, x'', 0);"
                "CREATE INDEX stay_odd ON stay (place) WHERE " TRACE_INDEX_SQL_IS_ODD ";",
      .postgres = "SELECT 1;",
  },
};

const TraceSchemaArea trace_schema_index = {
  .name = "index",
  .steps = steps,
  .n_steps = G_N_ELEMENTS (steps),
};
