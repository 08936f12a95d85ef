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

#define DAY                                                                                        \
  "CREATE FUNCTION stay_day (day bigint) RETURNS text LANGUAGE sql AS $$ SELECT 'stay_' ||"        \
  " to_char (to_timestamp (day * 86400) AT TIME ZONE 'UTC', 'YYYYMMDD') $$;"
// A day's stays are a table of their own, made when the first of them comes: beside the others, and
// then attached, for which nobody who reads or writes has to wait.
#define MAKE_DAY                                                                                   \
  "CREATE FUNCTION stay_make_day (day bigint) RETURNS void LANGUAGE plpgsql AS $$"                 \
  " DECLARE name text := stay_day (day);"                                                          \
  " BEGIN"                                                                                         \
  "  IF to_regclass (name) IS NOT NULL THEN RETURN; END IF;"                                       \
  "  LOCK TABLE ONLY stay IN SHARE UPDATE EXCLUSIVE MODE;"                                         \
  "  IF to_regclass (name) IS NOT NULL THEN RETURN; END IF;"                                       \
  "  IF (SELECT count (*) FROM pg_inherits WHERE inhparent = 'stay'::regclass) >= 4000 THEN"       \
  "   RAISE 'stays of more than 4000 different days';"                                             \
  "  END IF;"                                                                                      \
  "  EXECUTE format ('CREATE TABLE %I (LIKE stay)', name);"                                        \
  "  EXECUTE format ('ALTER TABLE stay ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)',"         \
  "   name, day * 86400, (day + 1) * 86400);"                                                      \
  " END $$;"
// The question by subject asks this, in whose place a second copy can stand that is divided by
// subject (nation.sql).
#define BY_SUBJECT                                                                                 \
  "CREATE VIEW stay_by_subject AS SELECT arrived_s, seq, place, subject, source, length_s, part,"  \
  " slack_s, evidence, doubts FROM stay;"
// A transaction that has written before knows of a new table only when it locks it.
#define USE_DAY                                                                                    \
  "CREATE FUNCTION stay_use_day (day bigint) RETURNS void LANGUAGE plpgsql AS $$"                  \
  " BEGIN"                                                                                         \
  "  EXECUTE format ('LOCK TABLE ONLY %I IN ROW EXCLUSIVE MODE', stay_day (day));"                 \
  " END $$;"
// Days that ended by then; returns how many stays that were.
#define DROP_DAYS                                                                                  \
  "CREATE FUNCTION stay_drop_days (before_s bigint) RETURNS bigint LANGUAGE plpgsql AS $$"         \
  " DECLARE part regclass; n bigint; n_all bigint := 0; last_s bigint; "                           \
  " BEGIN"                                                                                         \
  "  FOR part IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'stay'::regclass"    \
  "  LOOP"                                                                                         \
  "   EXECUTE format ('SELECT count (*), max (arrived_s) FROM %s', part) INTO n, last_s;"          \
  "   IF last_s IS NULL OR (last_s / 86400 + 1) * 86400 <= before_s THEN"                          \
  "    EXECUTE format ('DROP TABLE %s', part);"                                                    \
  "    n_all := n_all + n;"                                                                        \
  "   END IF;"                                                                                     \
  "  END LOOP;"                                                                                    \
  "  RETURN n_all;"                                                                                \
  " END $$;"

// A question of all days locks a table and two indexes for each: of what a PostgreSQL has room for
// (its manual, max_locks_per_transaction) that is half at most, so that others may ask too.
#define DAYS_MAX                                                                                   \
  "CREATE FUNCTION stay_days_max () RETURNS bigint LANGUAGE sql AS $$ SELECT least (4000,"         \
  " current_setting ('max_locks_per_transaction')::bigint"                                         \
  " * (current_setting ('max_connections')::bigint"                                                \
  " + current_setting ('max_prepared_transactions')::bigint) / 6) $$;"
// Days since 1970 that have a table.
#define DAYS                                                                                       \
  "CREATE FUNCTION stay_days () RETURNS SETOF bigint LANGUAGE sql AS $$"                           \
  " SELECT (to_date (right (c.relname, 8), 'YYYYMMDD') - DATE '1970-01-01')::bigint"               \
  " FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"                                      \
  " WHERE i.inhparent = 'stay'::regclass $$;"
// As before, within that number; whether it was made.
#define MAKE_DAY_WITHIN                                                                            \
  "DROP FUNCTION stay_make_day (bigint);"                                                          \
  "CREATE FUNCTION stay_make_day (day bigint) RETURNS boolean LANGUAGE plpgsql AS $$"              \
  " DECLARE name text := stay_day (day);"                                                          \
  " BEGIN"                                                                                         \
  "  IF to_regclass (name) IS NOT NULL THEN RETURN false; END IF;"                                 \
  "  LOCK TABLE ONLY stay IN SHARE UPDATE EXCLUSIVE MODE;"                                         \
  "  IF to_regclass (name) IS NOT NULL THEN RETURN false; END IF;"                                 \
  "  IF (SELECT count (*) FROM stay_days ()) >= stay_days_max () THEN"                             \
  "   RAISE 'stays of more than % different days: raise max_locks_per_transaction, or let old"     \
  " ones go', stay_days_max ();"                                                                   \
  "  END IF;"                                                                                      \
  "  EXECUTE format ('CREATE TABLE %I (LIKE stay)', name);"                                        \
  "  EXECUTE format ('ALTER TABLE stay ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)',"         \
  "   name, day * 86400, (day + 1) * 86400);"                                                      \
  "  RETURN true;"                                                                                 \
  " END $$;"
// A day that ended by then, or is empty; returns how many stays that were.
#define DROP_DAY                                                                                   \
  "DROP FUNCTION stay_drop_days (bigint);"                                                         \
  "CREATE FUNCTION stay_drop_day (day bigint, before_s bigint) RETURNS bigint"                     \
  " LANGUAGE plpgsql AS $$"                                                                        \
  " DECLARE part regclass := to_regclass (stay_day (day)); n bigint := 0; is_kept boolean;"        \
  " BEGIN"                                                                                         \
  "  IF part IS NULL THEN RETURN 0; END IF;"                                                       \
  "  IF (day + 1) * 86400 > before_s THEN"                                                         \
  "   EXECUTE format ('SELECT EXISTS (SELECT FROM %s)', part) INTO is_kept;"                       \
  "   IF is_kept THEN RETURN 0; END IF;"                                                           \
  "  ELSE"                                                                                         \
  "   EXECUTE format ('SELECT count (*) FROM %s', part) INTO n;"                                   \
  "  END IF;"                                                                                      \
  "  EXECUTE format ('DROP TABLE %s', part);"                                                      \
  "  RETURN n;"                                                                                    \
  " END $$;"

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
          " PRIMARY KEY (place, arrived_s, subject, source, seq, part)) STRICT, WITHOUT "
          "ROWID;" TRACE_SCHEMA_STAY_OF
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
          " PRIMARY KEY (place, arrived_s, subject, source, seq, part))"
          " PARTITION BY RANGE (arrived_s);"
          "CREATE INDEX stay_of ON stay (subject) WITH (fillfactor = 100);" BY_SUBJECT DAY MAKE_DAY
              USE_DAY DROP_DAYS
          "CREATE TABLE open_visit (source integer NOT NULL, seq bigint NOT NULL,"
          " part integer NOT NULL, place integer NOT NULL, arrived_s bigint NOT NULL,"
          " subject integer NOT NULL,"
          " PRIMARY KEY (source, seq, part, place, arrived_s, subject));"
          "CREATE TABLE bound (id integer PRIMARY KEY CHECK (id = 0), longest_s bigint NOT NULL,"
          " slack_s bigint NOT NULL, generation bigint NOT NULL);"
          "INSERT INTO bound VALUES (0, 0, 0, 0);",
  },
  {
      .sqlite = "SELECT 1;",
      .postgres = DAYS_MAX DAYS MAKE_DAY_WITHIN DROP_DAY,
  },
};

const TraceSchemaArea trace_schema_stays = {
  .name = "stays",
  .steps = steps,
  .n_steps = G_N_ELEMENTS (steps),
};
