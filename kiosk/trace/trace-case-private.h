// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A case's levels while they are found, before they are written.

#pragma once

#include "kiosk/trace/trace-case.h"

G_BEGIN_DECLS

// subject → TraceCaseLevel
GHashTable *trace_case_levels_new (void);
void trace_case_levels_put (GHashTable *levels, const TraceCaseLevel *level); // a copy

typedef struct {
  TraceStore *store;
  const TraceCase *what;
  const GArray *entries; // of TraceIndexCase
  const GArray *before;  // of TraceCaseLevel: as it was computed last
  gint64 now_s;
  TraceProgress progress; // (nullable)
  gpointer user_data;
} TraceCaseSearch;

// What the store has now; and who had a level by stays that were let go meanwhile keeps it, as long
// as whom they have it from does. (transfer full)
GHashTable *trace_case_search (const TraceCaseSearch *search, GError **error);

G_END_DECLS
