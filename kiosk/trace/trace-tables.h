// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A search's two questions, put to the tables of a store.

#pragma once

#include "kiosk/trace/trace-names.h"
#include "kiosk/trace/trace-store.h"

G_BEGIN_DECLS

typedef struct {
  TraceSource base;
  TraceDb *db;       // borrowed
  TraceNames *names; // borrowed
  TraceOpenStays open_stays;
  gint64 longest_s, slack_s; // of stays that were put and are not in "bound" yet
  GHashTable *staff;         // their numbers
  gint64 staff_read_us;      // when; 0: they have to be read again
} TraceTables;

void trace_tables_init (TraceTables *tables,
                        TraceDb *db,
                        TraceNames *names,
                        const TraceOpenStays *open_stays);
void trace_tables_clear (TraceTables *tables);

G_END_DECLS
