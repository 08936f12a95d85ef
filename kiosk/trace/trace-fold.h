// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Stays that the radio knows by a name of its own, and that are somebody's: of a phone that was
// held at a kiosk beside a code. Its identifier is the phone's for a quarter of an hour, and what
// was heard of it then, anywhere, is its owner's; of what keeps its identifier, everything is. The
// stays themselves say so, and "fold" says which they are, so that whatever comes first (the stay,
// the link, the time of either) leads to the same. Within a transaction.

#pragma once

#include "kiosk/trace/trace-store.h"

G_BEGIN_DECLS

#define TRACE_FOLD_SLOT_S 900
#define TRACE_FOLD_SKEW_S 120 // how far a phone's clock, or a change of its identifier, may be off

// What is there under the name @old is @subject's, for good.
gboolean trace_fold_rename (TraceStore *store,
                            const guint8 old[TRACE_SUBJECT_SIZE],
                            const guint8 subject[TRACE_SUBJECT_SIZE],
                            GError **error);

// A badge, heard at @at_s: it and its owner are staff, though no visit may say so.
gboolean trace_fold_badge (TraceStore *store,
                           const guint8 beacon[TRACE_SUBJECT_SIZE],
                           gint64 stream,
                           gint64 at_s,
                           GError **error);

typedef struct {
  guint8 subject[TRACE_SUBJECT_SIZE]; // of the visit
  guint8 beacon[TRACE_SUBJECT_SIZE];  // as it was heard
  gboolean is_lasting;                // it keeps its identifier
  gint64 at_s;                        // the visit's arrival, and how far that may be off
  guint32 slack_s;
  gint64 stream, visit, seq; // records of the visit and of the link
} TraceLink;

// Writes the link down, and what was heard of the beacon is its owner's.
gboolean trace_fold_link (TraceStore *store, const TraceLink *link, GError **error);
// The visit's time became known better.
gboolean trace_fold_move_links (
    TraceStore *store, gint64 stream, gint64 visit, gint64 at_s, guint32 slack_s, GError **error);

// Stays of these were put, or moved: each of them is its owner's, if there is one.
gboolean trace_fold_heard (TraceStore *store,
                           const guint8 (*beacons)[TRACE_SUBJECT_SIZE],
                           gsize n_beacons,
                           GError **error);

// Whose @stay is now: of the same place, times and record. Leaves @stay's subject when it is not
// there.
gboolean trace_fold_find (TraceStore *store, TraceArrival *stay, GError **error);

G_END_DECLS
