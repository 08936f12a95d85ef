// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The index beside an SQLite store, FILE.index: the same stays in compact arrays, mapped into
// memory, and what changed since from the store's notes. It is derived: whole and of this very
// store, or not believed. One thread.

#pragma once

#include "kiosk/trace/trace-store.h"

G_BEGIN_DECLS

typedef enum {
  TRACE_INDEX_FRESH,
  TRACE_INDEX_ABSENT,  // there is no file, or the store has none beside it
  TRACE_INDEX_DAMAGED, // the file is not whole
  TRACE_INDEX_STALE,   // it is of another store, or too much has changed
} TraceIndexState;

typedef struct TraceIndex TraceIndex;

// Where the index of such a store is. (nullable)
char *trace_index_path (const char *store_uri);

gboolean trace_index_build (TraceStore *store, const char *path, GError **error);

// After stays were let go that must not be found any more: builds the file again when there is one,
// and otherwise forgets what was noted for it.
gboolean trace_index_renew (TraceStore *store, const char *path, GError **error);

// As of now. NULL without an error: *@ret_state says why. With an error: the store failed.
TraceIndex *
trace_index_open (TraceStore *store, const char *path, TraceIndexState *ret_state, GError **error);
void trace_index_close (TraceIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TraceIndex, trace_index_close)

// Opens it; builds it before when the store is large enough to be worth it. NULL without an error:
// it is not, or there is no index.
TraceIndex *trace_index_open_or_build (TraceStore *store, const char *store_uri, GError **error);

TraceSource *trace_index_get_source (TraceIndex *index); // borrowed
// Its source failed because of that: the tables know the answer.
gboolean trace_index_is_damaged (const TraceIndex *index);

typedef struct {
  guint64 n_stays, n_changes;
  guint64 n_bytes;
} TraceIndexStats;

void trace_index_count (const TraceIndex *index, TraceIndexStats *ret_stats);

G_END_DECLS
