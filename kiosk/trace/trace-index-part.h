// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Stays in compact arrays, in memory or mapped from a file. A file has one page of header, and
// sections of whole blocks: stays by place, kind and arrival; where each place and kind starts, and
// how long its longest stay is; numbers of stays by subject and arrival; where each subject starts;
// the subjects' keys; the sum of each block. Numbers are in the machine's own order: a file from
// another kind of machine is foreign. A block is verified when it is first looked at.

#pragma once

#include "kiosk/trace/trace-source.h"
#include "kiosk/trace/trace-store.h"

G_BEGIN_DECLS

#define TRACE_INDEX_ID_SIZE     16
#define TRACE_INDEX_ARRIVED_MAX 4000000000 // in 2096
#define TRACE_INDEX_LENGTH_MAX  20000000   // 231 days, of a length and of a slack

// A stay, as wide as its clock makes it. Of one that nobody ended the length is the clock's slack.
typedef struct {
  guint32 arrived_s;
  guint32 subject;
  guint32 rest; // length, doubts, evidence
} TraceIndexStay;

typedef struct {
  guint64 n_stays;
  guint32 n_places, n_subjects; // the highest numbers
  guint32 n_keys;               // of subjects from 1
  guint8 build_id[TRACE_INDEX_ID_SIZE];
  gint64 built_at; // the store's last change that is in it
} TraceIndexCounts;

typedef struct TraceIndexPart TraceIndexPart;

// From what a table has. FALSE: it is odd, which is beyond those bounds or before 1970.
gboolean trace_index_stay_pack (guint32 subject,
                                gint64 arrived_s,
                                gint64 length_s, // negative: nobody ended it
                                gint64 slack_s,
                                guint8 evidence,
                                guint8 doubts,
                                TraceIndexStay *ret_stay);

int trace_index_stay_compare (gconstpointer a, gconstpointer b); // as a place has them

gsize trace_index_part_size (const TraceIndexCounts *counts);

// Building, in @bytes of that size, which are zero and stay the caller's.
typedef struct TraceIndexBuild TraceIndexBuild;
TraceIndexBuild *trace_index_build_new (guint8 *bytes, const TraceIndexCounts *counts);
// A place has all its stays at once; places ascend. @stays is put in order.
void
trace_index_build_add (TraceIndexBuild *build, guint32 place, TraceIndexStay *stays, gsize n_stays);
void trace_index_build_set_key (TraceIndexBuild *build, guint32 subject, const guint8 key[16]);
// @build is freed. FALSE: fewer or more stays came than were counted.
gboolean trace_index_build_finish (TraceIndexBuild *build);
// Makes header and sums say what the blocks hold.
void trace_index_seal (guint8 *bytes, gsize n_bytes);

// Looks at header, sums and what the others are found by. @bytes are borrowed. NULL: damaged.
TraceIndexPart *trace_index_part_new (const guint8 *bytes, gsize n_bytes);
void trace_index_part_free (TraceIndexPart *part);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TraceIndexPart, trace_index_part_free)
const TraceIndexCounts *trace_index_part_get_counts (const TraceIndexPart *part);

// Added to @stays, in any order; as TraceSource's. FALSE: damaged.
gboolean trace_index_part_find_at (TraceIndexPart *part,
                                   const TraceOpenStays *open_stays,
                                   const TracePlaceSpan *span,
                                   GArray *stays);
gboolean trace_index_part_find_of (TraceIndexPart *part,
                                   const TraceOpenStays *open_stays,
                                   guint32 subject,
                                   gint64 from_s,
                                   gint64 to_s,
                                   GArray *stays);
// NULL: damaged.
const guint8 *trace_index_part_get_key (TraceIndexPart *part, guint32 subject);
// One that equals @stay is not there any more. @ret_found: whether there was one.
gboolean trace_index_part_remove (TraceIndexPart *part,
                                  guint32 place,
                                  const TraceIndexStay *stay,
                                  gboolean *ret_found);

G_END_DECLS
