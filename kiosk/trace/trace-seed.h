// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Whom a search begins with: one person, by each of the names that they are known by, and when that
// name counts. A card is its owner's all along, and being infectious is a span cut out of where
// they were; a phone's identifier is its owner's in its own slot only, as anybody can send it again
// later.

#pragma once

#include "kiosk/trace/trace-source.h"

G_BEGIN_DECLS

typedef struct {
  guint32 subject;
  gint64 from_s, to_s; // half-open
  gboolean is_slot;    // at other times it was somebody else
} TraceLimit;

// A subject may have several limits, and then counts in each of them.
typedef struct {
  const TraceLimit *limits;
  gsize n_limits;
} TraceSeed;

// @limits: of TraceLimit
#define TRACE_SEED(array)                                                                          \
  ((TraceSeed){ (const TraceLimit *) (const void *) (array)->data, (array)->len })

// Where that person was in [from_s, to_s), by arrival: near presence windows are made one before
// they are cut, but for a slot's, which are cut first. (transfer full, of TraceStay)
GArray *trace_seed_find_stays (
    TraceSource *source, const TraceSeed *seed, gint64 from_s, gint64 to_s, GError **error);

G_END_DECLS
