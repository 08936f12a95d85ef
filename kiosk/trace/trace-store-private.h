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
  GArray *made_days; // of gint64: that this transaction has made
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

// All but the subject; the day has to be made as well.
gboolean trace_store_find_key (TraceStore *store,
                               const TraceArrival *arrival,
                               TraceStayKey *ret_key,
                               GError **error);
// What becomes of arrivals. A kiosk's record has one end and one evidence: whoever looks for that
// has the rows that contradict another one, or the store, in @clashes, which are not put. All
// others are joined.
typedef struct {
  gint64 n_new;    // stays that were not there
  gint64 n_joined; // arrivals that had another end or evidence than was known
  GArray *clashes; // (nullable) of gint64: TraceArrival.row
} TracePut;

// Joins @arrival to @held, which has the same key; whether that changed it.
gboolean trace_put_join (TracePut *put,
                         const TraceStayKey *key,
                         TraceArrival *held,
                         const TraceArrival *arrival);
// The same in the store, which has @held.
gboolean trace_store_join (TraceStore *store,
                           const TraceArrival *arrival,
                           const TraceStayKey *key,
                           TraceArrival *held,
                           TracePut *put,
                           GError **error);
// From length_s, evidence, doubts, slack_s.
void trace_store_read_held (TraceRows *rows,
                            guint column,
                            const TraceStayKey *key,
                            TraceArrival *ret_held);
gboolean trace_store_put_key (TraceStore *store,
                              const TraceArrival *arrival,
                              const TraceStayKey *key,
                              TracePut *put,
                              GError **error);
// On PostgreSQL: that there is a table for it, or for each of them; none is made for the latter
// when they are more than it can have, and @ret_too_many (nullable) is the first that is.
gboolean trace_store_make_day (TraceStore *store, gint64 arrived_s, GError **error);
gboolean trace_store_make_days (TraceStore *store,
                                const TraceArrival *arrivals,
                                gsize n_arrivals,
                                const TraceArrival **ret_too_many,
                                GError **error);
// Of days that ended by then and of those that are empty, in transactions of their own.
gboolean
trace_store_drop_days (TraceStore *store, gint64 before_s, gint64 *n_stays, GError **error);
// After a transaction was rolled back; what cannot be dropped now is by the one above.
void trace_store_drop_made_days (TraceStore *store);
// Of SQLite, by the size of its file.
gboolean trace_store_guess_stays (TraceStore *store, gint64 *ret_n_stays, GError **error);
void trace_store_note (TraceStore *store, const TraceArrival *arrival, guint32 subject);

// As trace_store_put_many (), with keys from trace_store_find_key (). Those with the same key are
// joined in @arrivals.
gboolean trace_store_put_keys (TraceStore *store,
                               TraceArrival *arrivals,
                               TraceStayKey *keys,
                               gsize n_arrivals,
                               TracePut *put,
                               GError **error);

G_END_DECLS
