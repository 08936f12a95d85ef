// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where the core keeps stays, and the two questions that a search asks: the stays of a subject, and
// the stays at a place. Both touch one part of the store only, so that a larger one can be divided.
// Seconds since 1970 UTC, half-open. One thread.

#pragma once

#include "kiosk/trace/trace-error.h"

G_BEGIN_DECLS

#define TRACE_SUBJECT_SIZE 16
#define TRACE_OPEN_S       G_MININT64 // as left_s: not left yet

typedef enum {
  TRACE_EVIDENCE_QR,
  TRACE_EVIDENCE_BLE, // presence windows: near ones are one stay
  TRACE_EVIDENCE_MANUAL,
  TRACE_EVIDENCE_STAFF,
  TRACE_N_EVIDENCES,
} TraceEvidence;

typedef struct {
  guint8 subject[TRACE_SUBJECT_SIZE];
  guint32 place;    // the store's number of a venue and zone
  gint64 arrived_s; // at least 0
  gint64 left_s;    // later than arrived_s, or TRACE_OPEN_S
  TraceEvidence evidence;
} TraceStay;

// How to take a visit that nobody ended.
typedef struct {
  gint64 now_s;
  gint64 longest_stay_s;
} TraceOpenStays;

typedef struct TraceStore TraceStore;

// @uri: "sqlite:FILE" (made when it is not there) or "sqlite::memory:".
TraceStore *trace_store_open (const char *uri, const TraceOpenStays *open_stays, GError **error);
void trace_store_close (TraceStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TraceStore, trace_store_close)

// Taking in: all between begin and commit, or nothing. A stay that is there already changes
// nothing, unless it was open and now has an end. @ret_is_new: whether it did not.
gboolean trace_store_begin (TraceStore *store, GError **error);
gboolean trace_store_commit (TraceStore *store, GError **error);
void trace_store_roll_back (TraceStore *store);
gboolean trace_store_find_place (TraceStore *store,
                                 const char *venue,
                                 const char *zone,
                                 gboolean may_add,
                                 guint32 *ret_place, // 0: there is none
                                 GError **error);
gboolean trace_store_put (TraceStore *store,
                          const TraceStay *stay,
                          const char *kiosk, // "": unknown
                          gint64 seq,        // 0: unknown
                          gboolean *ret_is_new,
                          GError **error);

// The two questions: stays that touch [from_s, to_s), open ones ended, by arrival. @stays: of
// TraceStay, added to.
gboolean trace_store_find_of (TraceStore *store,
                              const guint8 subject[TRACE_SUBJECT_SIZE],
                              gint64 from_s,
                              gint64 to_s,
                              GArray *stays,
                              GError **error);
gboolean trace_store_find_at (
    TraceStore *store, guint32 place, gint64 from_s, gint64 to_s, GArray *stays, GError **error);

gboolean trace_store_is_staff (TraceStore *store,
                               const guint8 subject[TRACE_SUBJECT_SIZE],
                               gboolean *ret_is_staff,
                               GError **error);

// The places of a venue, all zones. @places: of guint32, added to.
gboolean
trace_store_find_places (TraceStore *store, const char *venue, GArray *places, GError **error);
// Borrowed, until the store closes; "" when there is no such place.
const char *trace_store_get_venue (TraceStore *store, guint32 place);
const char *trace_store_get_zone (TraceStore *store, guint32 place);

typedef struct {
  gint64 n_stays, n_open, n_subjects, n_places;
  gint64 first_s, last_s; // arrivals; 0 without stays
} TraceStats;

gboolean trace_store_count (TraceStore *store, TraceStats *ret_stats, GError **error);

const char *trace_evidence_to_string (TraceEvidence evidence);

G_END_DECLS
