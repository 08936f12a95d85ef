// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What an engine does for the SQL form.

#pragma once

#include "rival.h"

struct Sql {
  const char *greatest, *least; // of two
  const char *join;             // in the order that is written
  const char *clear;            // a table
  const char *analyze;          // after a table was filled: "ANALYZE", or "SELECT 1 --"
  double (*now_s) (Sql *sql);   // of CPU
  void (*run) (Sql *sql, const char *text);
  void (*read) (Sql *sql, const char *text, RivalAnswer *answer); // subject, level, exposed
  double (*get_bytes) (Sql *sql);
  void (*free) (Sql *sql);
};

// Stays lie by length too, as in the index: without it every bus stop's whole shift is looked at.
#define SQL_N_KINDS 6
guint sql_kind_of (const ProvinceStay *stay);
guint32 sql_kind_longest_s (guint kind);

void sql_make_tables (Sql *sql); // besides stay
