// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where the core keeps stays. One thread.

#pragma once

#include "kiosk/trace/trace-db.h"
#include "kiosk/trace/trace-source.h"

G_BEGIN_DECLS

#define TRACE_SUBJECT_SIZE 16
#define TRACE_OPEN_S       G_MININT64 // as left_s: not left yet

// How to take a visit that nobody ended.
typedef struct {
  gint64 now_s;
  gint64 longest_stay_s;
} TraceOpenStays;

typedef struct TraceStore TraceStore;

// Takes @db. @uri as for trace_db_open ().
TraceStore *trace_store_open (const char *uri, const TraceOpenStays *open_stays, GError **error);
TraceStore *
trace_store_open_existing (const char *uri, const TraceOpenStays *open_stays, GError **error);
void trace_store_close (TraceStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TraceStore, trace_store_close)
TraceDb *trace_store_get_db (TraceStore *store);         // borrowed
TraceSource *trace_store_get_source (TraceStore *store); // borrowed: the tables themselves
const TraceOpenStays *trace_store_get_open_stays (const TraceStore *store);

// Taking in: all between begin and commit, or nothing.
gboolean trace_store_begin (TraceStore *store, GError **error);
gboolean trace_store_begin_trial (TraceStore *store, GError **error); // to be rolled back
gboolean trace_store_commit (TraceStore *store, GError **error);
void trace_store_roll_back (TraceStore *store);

// A stay as it comes in.
typedef struct {
  guint8 subject[TRACE_SUBJECT_SIZE];
  const char *venue, *zone;
  gint64 arrived_s; // at least 0
  gint64 left_s;    // later than arrived_s, or TRACE_OPEN_S; the same: of staff, and no stay
  TraceEvidence evidence;
  guint8 doubts;     // TRACE_DOUBT_STATIC; the others are the store's
  guint32 slack_s;   // how far the clock may have been off, either way
  const char *kiosk; // "": unknown
  gint64 seq;        // 0: unknown; of the kiosk's record
  guint32 part;      // several stays of one record: 0, 1, …
  gint64 row;        // of the file that says so; the store does not keep it
} TraceArrival;

// A stay that is there already (same subject, place, arrival, kiosk, seq, part) gets the later end,
// the better evidence (staff, then qr, manual, ble), the wider slack and all doubts of both; the
// same again changes nothing. @ret_is_new: whether it was not there.
gboolean trace_store_put (TraceStore *store,
                          const TraceArrival *arrival,
                          gboolean *ret_is_new,
                          GError **error);
// Many at once, much faster. @ret_n_new: added to.
gboolean trace_store_put_many (TraceStore *store,
                               const TraceArrival *arrivals,
                               gsize n_arrivals,
                               gint64 *ret_n_new,
                               GError **error);
// The visit that a kiosk's record opened has ended. @ret_found: FALSE when it is not open.
gboolean trace_store_end (TraceStore *store,
                          const char *kiosk,
                          gint64 seq,
                          gint64 left_s,
                          gboolean *ret_found,
                          GError **error);

// Lets go of the stays that arrived before; on PostgreSQL of whole days. Then of subjects that
// have none left, and of details about them that no open case needs; numbers are not given again.
// @ret_n_stays: how many. In transactions of its own; one that was stopped between them has let
// stays go whose subjects the next one lets go.
gboolean
trace_store_retain (TraceStore *store, gint64 before_s, gint64 *ret_n_stays, GError **error);

// Numbers and names. 0: there is none. Names are borrowed until the store closes, "" when unknown.
gboolean trace_store_find_subject (TraceStore *store,
                                   const guint8 subject[TRACE_SUBJECT_SIZE],
                                   guint32 *ret_number,
                                   GError **error);
gboolean trace_store_get_subject (TraceStore *store,
                                  guint32 number,
                                  guint8 ret_subject[TRACE_SUBJECT_SIZE],
                                  GError **error);
// The places of a venue, all zones: in one spelling (trace-spelling.h), or as it stands, which is
// how stores of before have it. @places: of guint32, added to.
gboolean
trace_store_find_places (TraceStore *store, const char *venue, GArray *places, GError **error);
const char *trace_store_get_venue (TraceStore *store, guint32 place);
const char *trace_store_get_zone (TraceStore *store, guint32 place);

// Where a stay comes from.
typedef struct {
  const char *kiosk; // borrowed until the next row
  gint64 seq;
} TraceOrigin;

typedef struct {
  gint64 n_stays, n_open, n_subjects, n_places;
  gint64 first_s, last_s; // arrivals; 0 without stays
} TraceStats;

gboolean trace_store_count (TraceStore *store, TraceStats *ret_stats, GError **error);

const char *trace_evidence_to_string (TraceEvidence evidence);

// 32 hexadecimal digits, white space around them.
gboolean trace_subject_read (const char *text, guint8 ret_subject[TRACE_SUBJECT_SIZE]);
void trace_subject_write (const guint8 subject[TRACE_SUBJECT_SIZE], char ret_text[33]);

G_END_DECLS
