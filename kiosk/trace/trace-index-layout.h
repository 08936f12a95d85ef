// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where an index part has what; for those who build and those who read it.

#pragma once

#include "kiosk/trace/trace-index-part.h"

G_BEGIN_DECLS

#define TRACE_INDEX_MAGIC        "TXINDEX"
#define TRACE_INDEX_VERSION      1
#define TRACE_INDEX_HEADER_SIZE  4096
#define TRACE_INDEX_BLOCK_STAYS  4096
#define TRACE_INDEX_BLOCK_SIZE   (TRACE_INDEX_BLOCK_STAYS * sizeof (TraceIndexStay))
#define TRACE_INDEX_STAYS_MAX    (G_MAXUINT32 - 1)
#define TRACE_INDEX_EVIDENCE_MAX 3 // in two bits
#define TRACE_INDEX_DOUBTS_SHIFT 2 // four bits
#define TRACE_INDEX_LENGTH_SHIFT 6

// A place's stays lie by kind, so that a long one does not make one look far back for the short
// ones.
enum {
  TRACE_INDEX_KIND_WINDOW, // presence windows
  TRACE_INDEX_KIND_OPEN,
  TRACE_INDEX_KIND_CLOSED, // and on, by length
  TRACE_INDEX_N_KINDS = TRACE_INDEX_KIND_CLOSED + 6,
};

typedef struct {
  char magic[8];
  guint32 version;
  guint32 header_sum; // of the header with this at 0
  guint32 sums_sum;
  TraceIndexCounts counts;
} TraceIndexHeader;

typedef enum {
  TRACE_INDEX_STAYS,    // TraceIndexStay
  TRACE_INDEX_POSTINGS, // guint32: a stay's number
  TRACE_INDEX_STARTS,   // guint32: [place - 1][kind], and the end
  TRACE_INDEX_LONGEST,  // guint32: likewise, length with slack; of open ones the widest slack
  TRACE_INDEX_OFFSETS,  // guint32: [subject], and the end: into the postings
  TRACE_INDEX_KEYS,     // 16 bytes: [subject]
  TRACE_INDEX_SUMS,     // guint32: of each block before
  TRACE_INDEX_N_SECTIONS,
} TraceIndexSection;

typedef struct {
  gsize starts[TRACE_INDEX_N_SECTIONS + 1]; // bytes; then the end
  gsize n_blocks;                           // before the sums
} TraceIndexLayout;

void trace_index_layout_init (TraceIndexLayout *layout, const TraceIndexCounts *counts);
guint trace_index_kind_of (const TraceIndexStay *stay);
guint32 trace_index_sum (const guint8 *bytes, gsize n_bytes);

static inline gboolean
trace_index_stay_is_open (const TraceIndexStay *stay)
{
  return (stay->rest >> TRACE_INDEX_DOUBTS_SHIFT & TRACE_DOUBT_OPEN) != 0;
}

static inline guint32
trace_index_stay_length (const TraceIndexStay *stay)
{
  return stay->rest >> TRACE_INDEX_LENGTH_SHIFT;
}

G_END_DECLS
