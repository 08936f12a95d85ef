// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The rules of delivery. Status codes: RFC 9110 and RFC 6585; full jitter: "Exponential Backoff And
// Jitter", AWS Architecture Blog, 2015.

#include "kiosk/feed/feed-outbox.h"

#include <string.h>

// Delta seconds; a date is as good as nothing without a clock.
static guint
read_seconds (const char *text)
{
  guint64 seconds = 0;
  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, &seconds, NULL))
    return 0;
  return (guint) MIN (seconds, FEED_RETRY_AFTER_MAX);
}

static FeedVerdict
read_conflict (const char *text)
{
  guint64 expected = 0;
  if (g_strcmp0 (text, "fork") == 0)
    return (FeedVerdict){ .outcome = FEED_OUTCOME_FORK };
  if (g_strcmp0 (text, "epoch") == 0)
    return (FeedVerdict){ .outcome = FEED_OUTCOME_EPOCH };
  if (text != NULL && g_str_has_prefix (text, "gap ") &&
      g_ascii_string_to_unsigned (text + strlen ("gap "), 10, 1, G_MAXINT64, &expected, NULL))
    return (FeedVerdict){ .outcome = FEED_OUTCOME_GAP, .expected = expected };
  return (FeedVerdict){ .outcome = FEED_OUTCOME_WRONG };
}

static FeedVerdict
judge_status (const FeedReply *reply)
{
  switch (reply->status) {
  case 403:
    return (FeedVerdict){ .outcome = FEED_OUTCOME_REVOKED };
  case 409:
    return read_conflict (reply->conflict);
  case 413:
    return (FeedVerdict){ .outcome = FEED_OUTCOME_TOO_LARGE };
  case 429:
  case 503:
    return (FeedVerdict){ .outcome = FEED_OUTCOME_BUSY,
                          .retry_after_s = read_seconds (reply->retry_after) };
  default:
    return (FeedVerdict){ .outcome = FEED_OUTCOME_WRONG };
  }
}

FeedVerdict
feed_verdict_of_batch (const FeedReply *reply,
                       const JournalOrigin *origin,
                       const FeedRange *range,
                       const guint8 core_key[JOURNAL_KEY_SIZE],
                       FeedReceipt *ret_receipt)
{
  FeedReceipt receipt;
  if (reply->status != 200)
    return judge_status (reply);
  // A hotel's sign-in page is a 200, too.
  if (!feed_receipt_read (reply->body->data, reply->body->len, core_key, &receipt) ||
      memcmp (&receipt.origin, origin, sizeof receipt.origin) != 0 || receipt.last != range->last ||
      memcmp (receipt.head, range->head, sizeof receipt.head) != 0)
    return (FeedVerdict){ .outcome = FEED_OUTCOME_WRONG };
  *ret_receipt = receipt;
  return (FeedVerdict){ .outcome = FEED_OUTCOME_DONE };
}

FeedVerdict
feed_verdict_of_heartbeat (const FeedReply *reply)
{
  if (reply->status == 200 || reply->status == 204)
    return (FeedVerdict){ .outcome = FEED_OUTCOME_DONE };
  return judge_status (reply);
}

FeedVerdict
feed_verdict_of_error (const GError *error)
{
  if (g_error_matches (error, FEED_ERROR, FEED_ERROR_TIMEOUT))
    return (FeedVerdict){ .outcome = FEED_OUTCOME_TIMEOUT };
  if (g_error_matches (error, FEED_ERROR, FEED_ERROR_REPLY))
    return (FeedVerdict){ .outcome = FEED_OUTCOME_WRONG };
  return (FeedVerdict){ .outcome = FEED_OUTCOME_UNREACHABLE };
}

const char *
feed_outcome_to_string (FeedOutcome outcome)
{
  static const char *const words[] = {
    [FEED_OUTCOME_DONE] = "done",       [FEED_OUTCOME_UNREACHABLE] = "unreachable",
    [FEED_OUTCOME_TIMEOUT] = "timeout", [FEED_OUTCOME_TOO_LARGE] = "too-large",
    [FEED_OUTCOME_BUSY] = "busy",       [FEED_OUTCOME_GAP] = "gap",
    [FEED_OUTCOME_FORK] = "fork",       [FEED_OUTCOME_EPOCH] = "epoch",
    [FEED_OUTCOME_REVOKED] = "revoked", [FEED_OUTCOME_WRONG] = "wrong-answer",
  };
  g_return_val_if_fail ((guint) outcome < G_N_ELEMENTS (words), "wrong-answer");
  return words[outcome];
}

guint
feed_backoff_ms (guint n_failures, guint min_ms, guint max_ms, double chance)
{
  guint n_doublings = MIN (n_failures > 0 ? n_failures - 1 : 0, 20);
  guint64 bound_ms = MIN ((guint64) min_ms << n_doublings, max_ms);
  return (guint) ((double) bound_ms * CLAMP (chance, 0.0, 1.0));
}

void
feed_outbox_init (FeedOutbox *outbox, guint64 delivered)
{
  *outbox = (FeedOutbox){ .delivered = delivered,
                          .n_max = FEED_BATCH_RECORDS_MAX,
                          .bytes_max = FEED_BATCH_BYTES_MAX,
                          .last = FEED_OUTCOME_DONE,
                          .stopped = FEED_OUTCOME_DONE };
}

gboolean
feed_outbox_is_stopped (const FeedOutbox *outbox)
{
  return outbox->stopped != FEED_OUTCOME_DONE;
}

guint
feed_outbox_pause_ms (const FeedOutbox *outbox, guint min_ms, guint max_ms, double chance)
{
  if (feed_outbox_is_stopped (outbox))
    return max_ms / 2 + feed_backoff_ms (1, max_ms / 2, max_ms / 2, chance);
  return feed_backoff_ms (outbox->n_failures, min_ms, max_ms, chance);
}

static void
deliver (FeedOutbox *outbox, guint64 last)
{
  outbox->delivered = last;
  outbox->n_failures = 0;
  outbox->n_gaps = 0;
  outbox->stopped = FEED_OUTCOME_DONE;
  outbox->n_max = MIN (outbox->n_max * 2, FEED_BATCH_RECORDS_MAX);
  outbox->bytes_max = MIN (outbox->bytes_max * 2, FEED_BATCH_BYTES_MAX);
}

// Half of what was sent, which may be less than what was allowed. FALSE: it was one record.
static gboolean
halve (FeedOutbox *outbox, const FeedSent *sent)
{
  if (sent->last == sent->first)
    return FALSE;
  outbox->n_max = (guint) MAX (1, (sent->last - sent->first + 1) / 2);
  outbox->bytes_max = MAX (1, sent->len / 2);
  return TRUE;
}

// The core lost something, or has more than we hold a receipt for: it says where to go on. A wish
// for what it was given gets us nowhere, and records that we never made are not ours to skip.
static gboolean
follow_gap (FeedOutbox *outbox, guint64 expected, const FeedSent *sent)
{
  if (expected == sent->first || expected > sent->journal_last + 1)
    return FALSE;
  outbox->delivered = expected - 1;
  outbox->n_gaps = MIN (outbox->n_gaps + 1, FEED_GAPS_MAX + 1);
  return outbox->n_gaps <= FEED_GAPS_MAX;
}

gboolean
feed_outbox_take (FeedOutbox *outbox, const FeedVerdict *verdict, const FeedSent *sent)
{
  gboolean may_go_on = FALSE;
  outbox->last = verdict->outcome;
  switch (verdict->outcome) {
  case FEED_OUTCOME_DONE:
    deliver (outbox, sent->last);
    return TRUE;
  case FEED_OUTCOME_TOO_LARGE:
    may_go_on = halve (outbox, sent);
    break;
  case FEED_OUTCOME_TIMEOUT:
    (void) halve (outbox, sent);
    break;
  case FEED_OUTCOME_GAP:
    may_go_on = follow_gap (outbox, verdict->expected, sent);
    break;
  case FEED_OUTCOME_FORK:
  case FEED_OUTCOME_EPOCH:
  case FEED_OUTCOME_REVOKED:
    outbox->stopped = verdict->outcome;
    break;
  case FEED_OUTCOME_UNREACHABLE:
  case FEED_OUTCOME_BUSY:
  case FEED_OUTCOME_WRONG:
    break;
  }
  if (!may_go_on)
    outbox->n_failures++;
  return may_go_on;
}

gboolean
feed_outbox_take_heartbeat (FeedOutbox *outbox, const FeedVerdict *verdict, gboolean has_backlog)
{
  gboolean is_done = verdict->outcome == FEED_OUTCOME_DONE;
  if (verdict->outcome == FEED_OUTCOME_REVOKED || verdict->outcome == FEED_OUTCOME_FORK ||
      verdict->outcome == FEED_OUTCOME_EPOCH) {
    outbox->stopped = verdict->outcome;
  } else if (!has_backlog) {
    outbox->last = verdict->outcome;
    outbox->n_failures = is_done ? 0 : outbox->n_failures + 1;
    if (is_done)
      outbox->stopped = FEED_OUTCOME_DONE;
  }
  return is_done;
}

gboolean
feed_outbox_is_heard (const FeedOutbox *outbox)
{
  return outbox->last != FEED_OUTCOME_UNREACHABLE && outbox->last != FEED_OUTCOME_TIMEOUT;
}
