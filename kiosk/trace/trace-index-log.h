// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What an index takes from the tables of its store.

#pragma once

#include "kiosk/trace/trace-db.h"
#include "kiosk/trace/trace-index-part.h"

G_BEGIN_DECLS

// As trace_index_stay_pack () refuses them, word for word as the table's index has it.
#define TRACE_INDEX_SQL_IS_ODD                                                                     \
  "arrived_s < slack_s OR arrived_s > 4000000000 OR slack_s > 20000000 OR length_s > 20000000"

// A stay of a place.
typedef struct {
  guint32 place;
  TraceIndexStay stay;
} TraceIndexPlaced;

// What one transaction reads: no change falls between its parts.
gboolean trace_index_log_begin (TraceDb *db, GError **error);
void trace_index_log_end (TraceDb *db);

// From now on changes are noted, for some time.
gboolean trace_index_log_start (TraceDb *db, GError **error);
// @counts->build_id is the caller's.
gboolean trace_index_log_count (TraceDb *db, TraceIndexCounts *counts, GError **error);
gboolean trace_index_log_copy (TraceDb *db, TraceIndexBuild *build, GError **error);
// The file of that build is in its place.
gboolean trace_index_log_finish (TraceDb *db, const TraceIndexCounts *counts, GError **error);

// No file fits any more, and no change is noted; nor is any that was.
gboolean trace_index_log_stop (TraceDb *db, GError **error);

// Is the file of that build all that there is, together with the notes since?
gboolean trace_index_log_fits (TraceDb *db,
                               const TraceIndexCounts *counts,
                               gboolean *ret_fits,
                               GError **error);
// Notes since @counts->built_at. @added, @gone: of TraceIndexPlaced. (Odd ones are passed over.)
gboolean trace_index_log_read (
    TraceDb *db, const TraceIndexCounts *counts, GArray *added, GArray *gone, GError **error);
// @stays: of TraceStay, with open ones ended.
gboolean trace_index_log_read_odd (TraceDb *db,
                                   const TraceOpenStays *open_stays,
                                   GArray *stays,
                                   GError **error);
// @staff: of guint32. @keys: of 16 bytes, of the subjects after @n_keys until @ret_n_subjects.
gboolean trace_index_log_read_people (TraceDb *db,
                                      guint32 n_keys,
                                      GArray *staff,
                                      GByteArray *keys,
                                      guint32 *ret_n_subjects,
                                      GError **error);

G_END_DECLS
