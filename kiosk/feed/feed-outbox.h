// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the core's answers mean, and what to send next and when: pure, no I/O, no clock, no chance
// of its own.

#pragma once

#include "kiosk/feed/feed-transfer.h"
#include "kiosk/feed/feed-wire.h"

G_BEGIN_DECLS

typedef enum {
  FEED_OUTCOME_DONE,        // it has what was sent
  FEED_OUTCOME_UNREACHABLE, // nobody, or not the core
  FEED_OUTCOME_TIMEOUT,
  FEED_OUTCOME_TOO_LARGE,
  FEED_OUTCOME_BUSY, // asks to come later
  FEED_OUTCOME_GAP,  // wants other records first
  FEED_OUTCOME_FORK, // holds other records under our numbers
  FEED_OUTCOME_EPOCH,
  FEED_OUTCOME_REVOKED,
  FEED_OUTCOME_WRONG, // any other answer, a receipt for something else too
} FeedOutcome;

typedef struct {
  FeedOutcome outcome;
  guint retry_after_s; // 0: it did not say
  guint64 expected;    // GAP: the first record that it wants
} FeedVerdict;

// Judges the answer to a batch. DONE fills @ret_receipt: of @origin, for exactly @range, signed by
// @core_key.
FeedVerdict feed_verdict_of_batch (const FeedReply *reply,
                                   const JournalOrigin *origin,
                                   const FeedRange *range,
                                   const guint8 core_key[JOURNAL_KEY_SIZE],
                                   FeedReceipt *ret_receipt);
FeedVerdict feed_verdict_of_heartbeat (const FeedReply *reply);
FeedVerdict feed_verdict_of_error (const GError *error);
// A stable lower-case word, never NULL.
const char *feed_outcome_to_string (FeedOutcome outcome);

typedef struct {
  guint64 delivered; // the core has the records up to this one
  guint n_max;       // of the next batch
  gsize bytes_max;
  guint n_failures;    // since anything was answered well
  guint n_gaps;        // that were followed since something was delivered
  FeedOutcome last;    // how the last attempt ended
  FeedOutcome stopped; // FORK, EPOCH or REVOKED, until all is well again; else DONE
} FeedOutbox;

// A batch that was sent.
typedef struct {
  guint64 first, last;
  gsize len;
  guint64 journal_last; // where the journal ended then
} FeedSent;

#define FEED_BACKOFF_MIN_MS  1000
#define FEED_BACKOFF_MAX_MS  900000
#define FEED_RETRY_AFTER_MAX 3600 // s; who asks for more forgot us
#define FEED_GAPS_MAX        2    // followed at once; then the core contradicts itself

// Full jitter: anything up to a bound that doubles with each failure. @chance: 0 to 1.
guint feed_backoff_ms (guint n_failures, guint min_ms, guint max_ms, double chance);

void feed_outbox_init (FeedOutbox *outbox, guint64 delivered);
// Somebody has to look at it. It is tried now and then all the same: whoever looked tells the core.
gboolean feed_outbox_is_stopped (const FeedOutbox *outbox);
// Until the next attempt after one that failed. @chance: 0 to 1.
guint feed_outbox_pause_ms (const FeedOutbox *outbox, guint min_ms, guint max_ms, double chance);

// Takes what became of a batch. Returns whether the next may follow at once; else after a pause.
gboolean feed_outbox_take (FeedOutbox *outbox, const FeedVerdict *verdict, const FeedSent *sent);
// The same for a heartbeat. Where records wait, theirs is the answer that counts.
gboolean
feed_outbox_take_heartbeat (FeedOutbox *outbox, const FeedVerdict *verdict, gboolean has_backlog);
// Is it of use to send a heartbeat while a batch waits for its next attempt?
gboolean feed_outbox_is_heard (const FeedOutbox *outbox);

G_END_DECLS
