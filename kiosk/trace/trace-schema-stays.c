// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Tables: places, kiosks as sources, subjects, stays. Names become small numbers, so that a stay is
// small too; numbers are never given twice. A stay has a length rather than an end, which is
// shorter; null: nobody ended it.
//
// "bound" has one row: how long the longest stay is and the widest slack, which is how far before a
// span one has to look; and how often numbers were taken away.

#include "kiosk/trace/trace-schema.h"

static const TraceSchemaStep steps[] = {
  {
      .sqlite =
          "CREATE TABLE place (id INTEGER PRIMARY KEY AUTOINCREMENT, venue TEXT NOT NULL,"
          " zone TEXT NOT NULL, UNIQUE (venue, zone)) STRICT;"
          "CREATE TABLE source (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE)"
          " STRICT;"
          "CREATE TABLE subject (id INTEGER PRIMARY KEY AUTOINCREMENT, key BLOB NOT NULL UNIQUE,"
          " is_staff INTEGER NOT NULL DEFAULT 0) STRICT;"
          "CREATE INDEX subject_staff ON subject (id) WHERE is_staff = 1;"
          "CREATE TABLE stay (place INTEGER NOT NULL, arrived_s INTEGER NOT NULL,"
          " subject INTEGER NOT NULL, source INTEGER NOT NULL, seq INTEGER NOT NULL,"
          " part INTEGER NOT NULL, length_s INTEGER, evidence INTEGER NOT NULL,"
          " doubts INTEGER NOT NULL, slack_s INTEGER NOT NULL,"
          " PRIMARY KEY (place, arrived_s, subject, source, seq, part)) STRICT, WITHOUT ROWID;"
          "CREATE INDEX stay_of ON stay (subject, arrived_s);"
          "CREATE TABLE open_visit (source INTEGER NOT NULL, seq INTEGER NOT NULL,"
          " part INTEGER NOT NULL, place INTEGER NOT NULL, arrived_s INTEGER NOT NULL,"
          " subject INTEGER NOT NULL,"
          " PRIMARY KEY (source, seq, part, place, arrived_s, subject)) STRICT, WITHOUT ROWID;"
          "CREATE TABLE bound (id INTEGER PRIMARY KEY CHECK (id = 0), longest_s INTEGER NOT NULL,"
          " slack_s INTEGER NOT NULL, generation INTEGER NOT NULL) STRICT;"
          "INSERT INTO bound VALUES (0, 0, 0, 0);",
      .postgres =
          "CREATE TABLE place (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
          " venue text NOT NULL, zone text NOT NULL, UNIQUE (venue, zone));"
          "CREATE TABLE source (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
          " name text NOT NULL UNIQUE);"
          "CREATE TABLE subject (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
          " key bytea NOT NULL UNIQUE, is_staff smallint NOT NULL DEFAULT 0);"
          "CREATE INDEX subject_staff ON subject (id) WHERE is_staff = 1;"
          "CREATE TABLE stay (arrived_s bigint NOT NULL, seq bigint NOT NULL,"
          " place integer NOT NULL, subject integer NOT NULL, source integer NOT NULL,"
          " length_s integer, part integer NOT NULL, slack_s integer NOT NULL,"
          " evidence smallint NOT NULL, doubts smallint NOT NULL,"
          " PRIMARY KEY (place, arrived_s, subject, source, seq, part));"
          "CREATE INDEX stay_of ON stay (subject, arrived_s);"
          "CREATE TABLE open_visit (source integer NOT NULL, seq bigint NOT NULL,"
          " part integer NOT NULL, place integer NOT NULL, arrived_s bigint NOT NULL,"
          " subject integer NOT NULL,"
          " PRIMARY KEY (source, seq, part, place, arrived_s, subject));"
          "CREATE TABLE bound (id integer PRIMARY KEY CHECK (id = 0), longest_s bigint NOT NULL,"
          " slack_s bigint NOT NULL, generation bigint NOT NULL);"
          "INSERT INTO bound VALUES (0, 0, 0, 0);",
  },
};

const TraceSchemaArea trace_schema_stays = {
  .name = "stays",
  .steps = steps,
  .n_steps = G_N_ELEMENTS (steps),
};
