// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Takes in what kiosks send, with the effect of exactly once: a batch is one transaction, and a
// record has one place in it. What was taken before is answered by the same receipt; a hole or a
// contradiction is answered, never repaired. A record that makes no sense goes into quarantine and
// holds nobody up.

#pragma once

#include "kiosk/feed/feed-wire.h"
#include "kiosk/trace/trace-keys.h"
#include "kiosk/trace/trace-store.h"

G_BEGIN_DECLS

typedef struct {
  JournalOrigin origin;
  FeedRange range;
  guint8 signature[JOURNAL_SIG_SIZE];
  GBytes *body; // unpacked
} TraceBatch;

typedef enum {
  TRACE_INGEST_TAKEN, // a receipt: all of it is held, now or since before
  TRACE_INGEST_MALFORMED,
  TRACE_INGEST_TOO_MANY,  // records
  TRACE_INGEST_FORBIDDEN, // no kiosk of ours, revoked, or not signed by it
  TRACE_INGEST_GAP,       // @expected is wanted first
  TRACE_INGEST_FORK,      // contradicts what is held; the kiosk's feed is frozen
  TRACE_INGEST_EPOCH,     // an epoch has to begin with its first record
} TraceIngestResult;

typedef struct {
  TraceIngestResult result;
  const char *reason; // a constant
  guint64 expected;
  guint8 receipt[FEED_RECEIPT_SIZE];
  guint n_new, n_quarantined;
} TraceIngestAnswer;

// FALSE: nothing was taken, and TRACE_ERROR_BUSY or TRACE_ERROR_STORAGE says why.
gboolean trace_ingest_batch (TraceStore *store,
                             const TraceKeys *keys,
                             const TraceBatch *batch,
                             gint64 now_ms,
                             TraceIngestAnswer *ret_answer,
                             GError **error);

// A kiosk says how it is. Its head contradicts what is held, or lies behind it: an incident, and a
// FORK for the former.
gboolean trace_ingest_heartbeat (TraceStore *store,
                                 const JournalOrigin *origin,
                                 GBytes *body,
                                 gint64 now_ms,
                                 TraceIngestAnswer *ret_answer,
                                 GError **error);

G_END_DECLS
