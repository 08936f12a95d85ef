// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What taking in one stay, many stays, and letting old ones go have in common.

#pragma once

#include "kiosk/trace/trace-store.h"
#include "kiosk/trace/trace-tables.h"

G_BEGIN_DECLS

struct TraceStore {
  TraceDb *db;
  TraceDb *beside; // (nullable) of PostgreSQL: a second connection
  TraceDb *adding; // one of the two: where names and days are added
  TraceNames *names;
  TraceTables tables;
  GHashTable *days;  // of PostgreSQL: those that are known to have a table
  GArray *new_staff; // of guint32
  gint64 generation; // of the numbers that are remembered
  gboolean is_taking_in;
  gboolean has_old; // this transaction came upon stays that were there
};

// A stay's primary key.
typedef struct {
  guint32 place, subject, source, part;
  gint64 arrived_s, seq;
} TraceStayKey;

#define TRACE_KEY_VALUES(key)                                                                      \
  TRACE_INT ((key)->place), TRACE_INT ((key)->arrived_s), TRACE_INT ((key)->subject),              \
      TRACE_INT ((key)->source), TRACE_INT ((key)->seq), TRACE_INT ((key)->part)

// All but the subject.
gboolean trace_store_find_key (TraceStore *store,
                               const TraceArrival *arrival,
                               TraceStayKey *ret_key,
                               GError **error);
gboolean trace_store_put_key (TraceStore *store,
                              const TraceArrival *arrival,
                              const TraceStayKey *key,
                              gboolean *ret_is_new,
                              GError **error);
// The stay is not among the open visits any more.
gboolean trace_store_set_length (TraceStore *store,
                                 const TraceStayKey *key,
                                 gint64 length_s,
                                 GError **error);
// On PostgreSQL: that there is a table for it.
gboolean trace_store_make_day (TraceStore *store, gint64 arrived_s, GError **error);
void trace_store_note (TraceStore *store, const TraceArrival *arrival, guint32 subject);

// As trace_store_put_many (), with keys from trace_store_find_key ().
gboolean trace_store_put_keys (TraceStore *store,
                               const TraceArrival *arrivals,
                               TraceStayKey *keys,
                               gsize n_arrivals,
                               gint64 *ret_n_new,
                               GError **error);

G_END_DECLS
