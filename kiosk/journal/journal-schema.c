// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The tables of the journal.

#include "kiosk/journal/journal-schema.h"

const char *const journal_schema_steps[JOURNAL_SCHEMA_VERSION] = {
  "CREATE TABLE record (seq INTEGER PRIMARY KEY CHECK (seq > 0),"
  " kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 255),"
  " boot_id BLOB NOT NULL CHECK (length (boot_id) = 16),"
  " boottime_ns INTEGER NOT NULL,"
  " wall_ms INTEGER NOT NULL,"
  " clock_quality INTEGER NOT NULL CHECK (clock_quality BETWEEN 0 AND 2),"
  " body BLOB CHECK (length (body) BETWEEN 1 AND 8192),"
  " body_hash BLOB NOT NULL CHECK (length (body_hash) = 32),"
  " prev BLOB NOT NULL CHECK (length (prev) = 32),"
  " hash BLOB NOT NULL CHECK (length (hash) = 32)) STRICT;"
  "CREATE TABLE head (id INTEGER PRIMARY KEY CHECK (id = 1),"
  " seq INTEGER NOT NULL,"
  " hash BLOB NOT NULL CHECK (length (hash) = 32),"
  " signature BLOB NOT NULL CHECK (length (signature) = 64)) STRICT;"
  "CREATE TABLE open_visit (visit INTEGER PRIMARY KEY,"
  " subject BLOB NOT NULL UNIQUE CHECK (length (subject) = 16)) STRICT;",
  // A later receipt covers whatever an earlier one did, through the chain.
  "CREATE TABLE receipt (id INTEGER PRIMARY KEY CHECK (id = 1),"
  " seq INTEGER NOT NULL CHECK (seq > 0),"
  " hash BLOB NOT NULL CHECK (length (hash) = 32),"
  " core_ms INTEGER NOT NULL,"
  " signature BLOB NOT NULL CHECK (length (signature) = 64),"
  " core_key BLOB NOT NULL CHECK (length (core_key) = 32)) STRICT;",
};
