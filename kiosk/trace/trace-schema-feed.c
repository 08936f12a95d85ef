// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Tables: kiosks, enrolment, and what they sent. Kiosks and epochs are 16 bytes, hashes and
// keys 32.

#include "kiosk/trace/trace-schema.h"

// beat_…: the last heartbeat. enrolment.token: the hash of it.
#define KIOSKS(ID, INT, BYTES, TEXT, STRICT)                                                       \
  "CREATE TABLE kiosk (id " BYTES " PRIMARY KEY, key " BYTES " NOT NULL, venue " TEXT              \
  " NOT NULL, zone " TEXT " NOT NULL, profile " TEXT " NOT NULL, enrolled_ms " INT                 \
  " NOT NULL, revoked_ms " INT ", frozen_ms " INT ", beat_ms " INT ", beat_wall_ms " INT           \
  ", beat_last " INT ", beat_delivered " INT ", beat_quality " INT ", beat_devices " INT           \
  ", version " TEXT ")" STRICT ";"                                                                 \
  "CREATE TABLE enrolment (token " BYTES " PRIMARY KEY, venue " TEXT " NOT NULL, zone " TEXT       \
  " NOT NULL, profile " TEXT " NOT NULL, made_ms " INT " NOT NULL, expires_ms " INT                \
  " NOT NULL, used_ms " INT ", kiosk " BYTES ")" STRICT ";"                                        \
  "CREATE TABLE incident (kiosk " BYTES " NOT NULL, at_ms " INT " NOT NULL, what " TEXT            \
  " NOT NULL, seq " INT " NOT NULL, PRIMARY KEY (kiosk, what, seq))" STRICT ";"

// A stream: one epoch of a kiosk, held up to its last record. Its number says which of the kiosk's
// epochs it is, from 1. A run: the hashes of records without a gap, 32 bytes each, taken at once.
#define STREAMS(ID, INT, BYTES, TEXT, STRICT)                                                      \
  "CREATE TABLE stream (id " ID ", kiosk " BYTES " NOT NULL, epoch " BYTES                         \
  " NOT NULL, number " INT " NOT NULL, last " INT " NOT NULL, head " BYTES                         \
  " NOT NULL, taken_ms " INT " NOT NULL, has_our_key " INT                                         \
  " NOT NULL, UNIQUE (kiosk, epoch))" STRICT ";"                                                   \
  "CREATE TABLE run (stream " INT " NOT NULL, first " INT " NOT NULL, last " INT                   \
  " NOT NULL, taken_ms " INT " NOT NULL, hashes " BYTES                                            \
  " NOT NULL, PRIMARY KEY (stream, first))" STRICT ";"                                             \
  "CREATE TABLE quarantine (stream " INT " NOT NULL, seq " INT " NOT NULL, kind " INT              \
  " NOT NULL, reason " TEXT " NOT NULL, taken_ms " INT " NOT NULL, item " BYTES                    \
  " NOT NULL, PRIMARY KEY (stream, seq))" STRICT ";"

// Boot times and fixes as in ct-clock.h. visit: those that are open. unclear: what has a place in
// time by its boot only, as it was placed last; from_boot, to_boot 0: that end is known.
#define RECORDS(ID, INT, BYTES, TEXT, STRICT)                                                      \
  "CREATE TABLE boot (stream " INT " NOT NULL, number " INT " NOT NULL, boot_id " BYTES            \
  " NOT NULL, first_ms " INT " NOT NULL, last_ms " INT " NOT NULL, not_before_ms " INT             \
  " NOT NULL, fix_boottime_ms " INT ", fix_wall_ms " INT ", fix_error_ms " INT                     \
  ", late_boottime_ms " INT ", late_wall_ms " INT ", late_error_ms " INT                           \
  ", PRIMARY KEY (stream, number))" STRICT ";"                                                     \
  "CREATE TABLE visit (stream " INT " NOT NULL, seq " INT " NOT NULL, subject " BYTES              \
  " NOT NULL, venue " TEXT " NOT NULL, zone " TEXT " NOT NULL, arrived_s " INT                     \
  " NOT NULL, slack_s " INT " NOT NULL, from_boot " INT " NOT NULL, from_ms " INT                  \
  " NOT NULL, PRIMARY KEY (stream, seq))" STRICT ";"                                               \
  "CREATE TABLE unclear (stream " INT " NOT NULL, seq " INT " NOT NULL, part " INT                 \
  " NOT NULL, subject " BYTES " NOT NULL, venue " TEXT " NOT NULL, zone " TEXT                     \
  " NOT NULL, from_boot " INT " NOT NULL, from_ms " INT " NOT NULL, to_boot " INT ", to_ms " INT   \
  ", margin_ms " INT " NOT NULL, arrived_s " INT " NOT NULL, left_s " INT ", slack_s " INT         \
  " NOT NULL, version " INT " NOT NULL, PRIMARY KEY (stream, seq, part))" STRICT ";"               \
  "CREATE TABLE amendment (stream " INT " NOT NULL, seq " INT " NOT NULL, part " INT               \
  " NOT NULL, version " INT " NOT NULL, at_ms " INT " NOT NULL, was_arrived_s " INT                \
  " NOT NULL, was_left_s " INT ", was_slack_s " INT                                                \
  " NOT NULL, PRIMARY KEY (stream, seq, part, version))" STRICT ";"                                \
  "CREATE TABLE link (subject " BYTES " NOT NULL, beacon " BYTES " NOT NULL, at_s " INT            \
  " NOT NULL, stream " INT " NOT NULL, seq " INT " NOT NULL, PRIMARY KEY (stream, seq))" STRICT    \
  ";"                                                                                              \
  "CREATE INDEX link_of ON link (subject);"                                                        \
  "CREATE INDEX link_to ON link (beacon);"                                                         \
  "CREATE TABLE gap (venue " TEXT " NOT NULL, zone " TEXT " NOT NULL, from_s " INT                 \
  " NOT NULL, to_s " INT " NOT NULL, slack_s " INT " NOT NULL, what " TEXT                         \
  " NOT NULL, stream " INT " NOT NULL, seq " INT " NOT NULL, PRIMARY KEY (stream, seq))" STRICT    \
  ";"                                                                                              \
  "CREATE INDEX gap_at ON gap (venue, zone, from_s);"                                              \
  "CREATE TABLE heard (stream " INT " NOT NULL, seq " INT " NOT NULL, start_s " INT                \
  " NOT NULL, window_s " INT " NOT NULL, heard_ms " INT " NOT NULL, n_sightings " INT              \
  " NOT NULL, n_dropped " INT " NOT NULL, counts " BYTES                                           \
  " NOT NULL, PRIMARY KEY (stream, seq))" STRICT ";"

// What was heard of a link's beacon in that time is the link's subject's; fold: which stays of the
// radio that are, with the name that they were heard by. Links of before are those of phones.
#define FOLDS(INT, BYTES, STRICT)                                                                  \
  "ALTER TABLE link ADD COLUMN visit " INT " NOT NULL DEFAULT 0;"                                  \
  "ALTER TABLE link ADD COLUMN from_s " INT " NOT NULL DEFAULT 0;"                                 \
  "ALTER TABLE link ADD COLUMN to_s " INT " NOT NULL DEFAULT 0;"                                   \
  "UPDATE link SET from_s = (at_s - 120) / 900 * 900 - 120,"                                       \
  " to_s = (at_s + 120) / 900 * 900 + 1020;"                                                       \
  "CREATE TABLE fold (source " INT " NOT NULL, seq " INT " NOT NULL, part " INT                    \
  " NOT NULL, beacon " BYTES " NOT NULL, arrived_s " INT                                           \
  " NOT NULL, PRIMARY KEY (source, seq, part))" STRICT ";"                                         \
  "CREATE INDEX fold_of ON fold (beacon);"                                                         \
  "INSERT INTO fold (source, seq, part, beacon, arrived_s)"                                        \
  " SELECT s.source, s.seq, s.part, l.beacon, s.arrived_s FROM link l"                             \
  " JOIN subject p ON p.key = l.subject JOIN subject b ON b.key = l.beacon"                        \
  " JOIN stay s ON s.subject = b.id WHERE s.evidence = 1 AND s.arrived_s >= l.from_s"              \
  " AND s.arrived_s < l.to_s ON CONFLICT DO NOTHING;"                                              \
  "UPDATE stay SET subject = (SELECT p.id FROM fold f JOIN link l ON l.beacon = f.beacon"          \
  " JOIN subject p ON p.key = l.subject WHERE f.source = stay.source AND f.seq = stay.seq"         \
  " AND f.part = stay.part AND stay.arrived_s >= l.from_s AND stay.arrived_s < l.to_s"             \
  " ORDER BY l.at_s, l.subject LIMIT 1)"                                                           \
  " WHERE subject IN (SELECT b.id FROM subject b JOIN link l ON l.beacon = b.key)"                 \
  " AND EXISTS (SELECT 1 FROM fold f WHERE f.source = stay.source AND f.seq = stay.seq"            \
  " AND f.part = stay.part);"

// Days on which a kiosk heard a badge of the staff. A stream is one server's at a time, so no two
// wait for each other here.
#define BADGES(INT, BYTES, STRICT)                                                                 \
  "CREATE TABLE badge (subject " BYTES " NOT NULL, stream " INT " NOT NULL, day " INT              \
  " NOT NULL, PRIMARY KEY (subject, stream, day))" STRICT ";"

#define SQLITE          "INTEGER PRIMARY KEY", "INTEGER", "BLOB", "TEXT", " STRICT"
#define POSTGRES        "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "bigint", "bytea", "text", ""
#define STEP(AREA, ...) AREA (__VA_ARGS__)

static const TraceSchemaStep steps[] = {
  { STEP (KIOSKS, SQLITE), STEP (KIOSKS, POSTGRES) },
  { STEP (STREAMS, SQLITE), STEP (STREAMS, POSTGRES) },
  { STEP (RECORDS, SQLITE), STEP (RECORDS, POSTGRES) },
  { FOLDS ("INTEGER", "BLOB", " STRICT"), FOLDS ("bigint", "bytea", "") },
  { .sqlite = "ALTER TABLE heard ADD COLUMN arrivals BLOB;",
    .postgres = "ALTER TABLE heard ADD COLUMN arrivals bytea;" },
  { BADGES ("INTEGER", "BLOB", " STRICT"), BADGES ("bigint", "bytea", "") },
};

const TraceSchemaArea trace_schema_feed = {
  .name = "feed",
  .steps = steps,
  .n_steps = G_N_ELEMENTS (steps),
};
