// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What answers mean, how long pauses are, how large the next batch is.

#include <sodium.h>
#include <string.h>

#include "kiosk/feed/feed-outbox.h"

static const JournalOrigin origin = { { 1, 2 }, { 3, 4 } };

static void
test_pauses_grow_and_are_bounded (void)
{
  g_assert_cmpuint (feed_backoff_ms (1, 1000, 900000, 1.0), ==, 1000);
  g_assert_cmpuint (feed_backoff_ms (2, 1000, 900000, 1.0), ==, 2000);
  g_assert_cmpuint (feed_backoff_ms (4, 1000, 900000, 0.5), ==, 4000);
  g_assert_cmpuint (feed_backoff_ms (10, 1000, 900000, 1.0), ==, 512000);
  g_assert_cmpuint (feed_backoff_ms (11, 1000, 900000, 1.0), ==, 900000);
  g_assert_cmpuint (feed_backoff_ms (G_MAXUINT, 1000, 900000, 1.0), ==, 900000);
  g_assert_cmpuint (feed_backoff_ms (5, 1000, 900000, 0.0), ==, 0); // full jitter
  g_assert_cmpuint (feed_backoff_ms (5, 1000, 900000, 7.0), ==, 16000);
}

typedef struct {
  FeedRange range;
  guint8 key[JOURNAL_KEY_SIZE];
  guint8 secret[crypto_sign_SECRETKEYBYTES];
  FeedReceipt receipt;
} Core;

static void
core_init (Core *core)
{
  static const guint8 seed[crypto_sign_SEEDBYTES] = { 7 };
  *core = (Core){ .range = { .first = 11, .last = 20, .head = { 5 } } };
  g_assert_cmpint (crypto_sign_seed_keypair (core->key, core->secret, seed), ==, 0);
  core->receipt = (FeedReceipt){ .origin = origin, .last = 20, .core_ms = 1794967200000 };
  memcpy (core->receipt.head, core->range.head, sizeof core->receipt.head);
}

static FeedOutcome
judge_receipt (Core *core)
{
  JournalStatement statement;
  FeedReceipt read;
  guint8 bytes[FEED_RECEIPT_SIZE];
  g_autoptr (FeedReply) reply = g_new0 (FeedReply, 1);
  feed_statement_receipt (&statement, &core->receipt);
  (void) crypto_sign_detached (core->receipt.signature, NULL, statement.bytes, statement.len,
                               core->secret); // cannot fail
  feed_receipt_write (&core->receipt, bytes);
  reply->status = 200;
  reply->body = g_byte_array_new ();
  g_byte_array_append (reply->body, bytes, sizeof bytes);
  return feed_verdict_of_batch (reply, &origin, &core->range, core->key, &read).outcome;
}

static void
test_only_the_receipt_for_it_counts (void)
{
  Core core;
  core_init (&core);
  g_assert_cmpint (judge_receipt (&core), ==, FEED_OUTCOME_DONE);
  core.receipt.last = 21;
  g_assert_cmpint (judge_receipt (&core), ==, FEED_OUTCOME_WRONG);
  core_init (&core);
  core.receipt.head[31] ^= 1;
  g_assert_cmpint (judge_receipt (&core), ==, FEED_OUTCOME_WRONG);
  core_init (&core);
  core.receipt.origin.kiosk[0] ^= 1;
  g_assert_cmpint (judge_receipt (&core), ==, FEED_OUTCOME_WRONG);
  core_init (&core);
  core.receipt.origin.epoch[0] ^= 1;
  g_assert_cmpint (judge_receipt (&core), ==, FEED_OUTCOME_WRONG);
  core_init (&core);
  core.key[0] ^= 1;
  g_assert_cmpint (judge_receipt (&core), ==, FEED_OUTCOME_WRONG);
}

static void
test_answers (void)
{
  static const struct {
    guint status;
    const char *conflict, *retry_after;
    FeedVerdict verdict;
  } rows[] = {
    { 200, NULL, NULL, { FEED_OUTCOME_WRONG, 0, 0 } }, // a page, not a receipt
    { 204, NULL, NULL, { FEED_OUTCOME_WRONG, 0, 0 } },
    { 301, NULL, NULL, { FEED_OUTCOME_WRONG, 0, 0 } },
    { 400, NULL, NULL, { FEED_OUTCOME_WRONG, 0, 0 } },
    { 403, NULL, NULL, { FEED_OUTCOME_REVOKED, 0, 0 } },
    { 404, NULL, NULL, { FEED_OUTCOME_WRONG, 0, 0 } },
    { 409, NULL, NULL, { FEED_OUTCOME_WRONG, 0, 0 } },
    { 409, "fork", NULL, { FEED_OUTCOME_FORK, 0, 0 } },
    { 409, "epoch", NULL, { FEED_OUTCOME_EPOCH, 0, 0 } },
    { 409, "gap 17", NULL, { FEED_OUTCOME_GAP, 0, 17 } },
    { 409, "gap 0", NULL, { FEED_OUTCOME_WRONG, 0, 0 } },
    { 409, "gap -1", NULL, { FEED_OUTCOME_WRONG, 0, 0 } },
    { 409, "gap 9223372036854775808", NULL, { FEED_OUTCOME_WRONG, 0, 0 } },
    { 409, "gap", NULL, { FEED_OUTCOME_WRONG, 0, 0 } },
    { 413, NULL, NULL, { FEED_OUTCOME_TOO_LARGE, 0, 0 } },
    { 429, NULL, "7", { FEED_OUTCOME_BUSY, 7, 0 } },
    { 503, NULL, "99999999999999", { FEED_OUTCOME_BUSY, 3600, 0 } },
    { 503, NULL, "Fri, 27 Nov 2026 08:00:00 GMT", { FEED_OUTCOME_BUSY, 0, 0 } },
    { 503, NULL, "-5", { FEED_OUTCOME_BUSY, 0, 0 } },
    { 500, NULL, "7", { FEED_OUTCOME_WRONG, 0, 0 } },
    { 999, NULL, NULL, { FEED_OUTCOME_WRONG, 0, 0 } },
  };
  Core core;
  FeedReceipt receipt;
  core_init (&core);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (FeedReply) reply = g_new0 (FeedReply, 1);
    reply->status = rows[i].status;
    reply->conflict = g_strdup (rows[i].conflict);
    reply->retry_after = g_strdup (rows[i].retry_after);
    reply->body = g_byte_array_new ();
    FeedVerdict verdict = feed_verdict_of_batch (reply, &origin, &core.range, core.key, &receipt);
    g_assert_cmpint (verdict.outcome, ==, rows[i].verdict.outcome);
    g_assert_cmpuint (verdict.retry_after_s, ==, rows[i].verdict.retry_after_s);
    g_assert_cmpuint (verdict.expected, ==, rows[i].verdict.expected);
  }
}

static gboolean
take (FeedOutbox *outbox, FeedOutcome outcome, guint64 first, guint64 last)
{
  FeedVerdict verdict = { .outcome = outcome };
  FeedSent sent = { .first = first, .last = last, .len = 1000, .journal_last = 5000 };
  return feed_outbox_take (outbox, &verdict, &sent);
}

static void
test_batches_shrink_and_grow_back (void)
{
  FeedOutbox outbox;
  feed_outbox_init (&outbox, 100);
  g_assert_cmpuint (outbox.n_max, ==, 500);
  g_assert_true (take (&outbox, FEED_OUTCOME_TOO_LARGE, 101, 600));
  g_assert_cmpuint (outbox.n_max, ==, 250);
  g_assert_cmpuint (outbox.bytes_max, ==, 500);
  g_assert_true (take (&outbox, FEED_OUTCOME_TOO_LARGE, 101, 103)); // half of what was sent
  g_assert_cmpuint (outbox.n_max, ==, 1);
  g_assert_cmpuint (outbox.n_failures, ==, 0);
  g_assert_false (take (&outbox, FEED_OUTCOME_TOO_LARGE, 101, 101)); // not smaller than that
  g_assert_cmpuint (outbox.n_failures, ==, 1);
  g_assert_cmpuint (outbox.delivered, ==, 100);
  for (guint n = 2; n <= 256; n *= 2) {
    g_assert_true (take (&outbox, FEED_OUTCOME_DONE, 101, 101));
    g_assert_cmpuint (outbox.n_max, ==, n);
  }
  g_assert_true (take (&outbox, FEED_OUTCOME_DONE, 101, 101));
  g_assert_cmpuint (outbox.n_max, ==, 500);
  g_assert_false (take (&outbox, FEED_OUTCOME_TIMEOUT, 102, 601));
  g_assert_cmpuint (outbox.n_max, ==, 250);
  g_assert_cmpuint (outbox.n_failures, ==, 1);
}

static void
test_gaps_are_followed_but_not_in_circles (void)
{
  FeedOutbox outbox;
  FeedVerdict gap = { .outcome = FEED_OUTCOME_GAP, .expected = 40 };
  FeedSent sent = { .first = 101, .last = 110, .len = 100, .journal_last = 200 };
  feed_outbox_init (&outbox, 100);
  g_assert_true (feed_outbox_take (&outbox, &gap, &sent)); // the core lost some
  g_assert_cmpuint (outbox.delivered, ==, 39);
  sent.first = 40;
  g_assert_false (feed_outbox_take (&outbox, &gap, &sent)); // wants what it was given
  g_assert_cmpuint (outbox.n_failures, ==, 1);
  gap.expected = 150; // has more than we have a receipt for
  g_assert_true (feed_outbox_take (&outbox, &gap, &sent));
  g_assert_cmpuint (outbox.delivered, ==, 149);
  sent.first = 150;
  gap.expected = 202; // has more than there is
  g_assert_false (feed_outbox_take (&outbox, &gap, &sent));
  g_assert_cmpuint (outbox.delivered, ==, 149);
  g_assert_cmpuint (outbox.n_failures, ==, 2);
  gap.expected = 101; // and now it contradicts itself: not at once
  for (guint n = 3; n <= 10; n++) {
    g_assert_false (feed_outbox_take (&outbox, &gap, &sent));
    g_assert_cmpuint (outbox.delivered, ==, gap.expected - 1);
    g_assert_cmpuint (outbox.n_failures, ==, n);
    gap.expected = sent.first;
    sent.first = outbox.delivered + 1;
  }
  FeedVerdict done = { .outcome = FEED_OUTCOME_DONE };
  g_assert_true (feed_outbox_take (&outbox, &done, &sent));
  gap.expected = 201; // it has all there is
  g_assert_true (feed_outbox_take (&outbox, &gap, &sent));
  g_assert_cmpuint (outbox.delivered, ==, 200);
}

// A pause that is long, and never so short that the core hears from us all the time.
static void
assert_pauses_long (const FeedOutbox *outbox)
{
  g_assert_cmpuint (feed_outbox_pause_ms (outbox, 1000, 900000, 0.0), ==, 450000);
  g_assert_cmpuint (feed_outbox_pause_ms (outbox, 1000, 900000, 1.0), ==, 900000);
}

static void
test_some_answers_stop_it (void)
{
  static const FeedOutcome ends[] = { FEED_OUTCOME_FORK, FEED_OUTCOME_EPOCH, FEED_OUTCOME_REVOKED };
  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++) {
    FeedOutbox outbox;
    feed_outbox_init (&outbox, 100);
    g_assert_false (take (&outbox, FEED_OUTCOME_WRONG, 101, 110));
    g_assert_false (feed_outbox_is_stopped (&outbox)); // never for one bad answer
    g_assert_false (take (&outbox, ends[i], 101, 110));
    g_assert_true (feed_outbox_is_stopped (&outbox));
    g_assert_cmpint (outbox.stopped, ==, ends[i]);
    g_assert_cmpuint (outbox.delivered, ==, 100);
    assert_pauses_long (&outbox);
    g_assert_false (take (&outbox, FEED_OUTCOME_UNREACHABLE, 101, 110));
    g_assert_cmpint (outbox.stopped, ==, ends[i]); // silence takes nothing back
    FeedVerdict done = { .outcome = FEED_OUTCOME_DONE };
    g_assert_true (feed_outbox_take_heartbeat (&outbox, &done, TRUE));
    g_assert_cmpint (outbox.stopped, ==, ends[i]); // nor does a greeting, while records wait
    g_assert_true (take (&outbox, FEED_OUTCOME_DONE, 101, 110));
    g_assert_false (feed_outbox_is_stopped (&outbox));
    g_assert_cmpuint (feed_outbox_pause_ms (&outbox, 1000, 900000, 0.0), ==, 0);
  }
}

static void
test_heartbeats_do_not_hide_a_backlog (void)
{
  FeedOutbox outbox;
  FeedVerdict done = { .outcome = FEED_OUTCOME_DONE };
  FeedVerdict lost = { .outcome = FEED_OUTCOME_UNREACHABLE };
  feed_outbox_init (&outbox, 100);
  g_assert_false (take (&outbox, FEED_OUTCOME_WRONG, 101, 110));
  g_assert_true (feed_outbox_is_heard (&outbox));
  g_assert_true (feed_outbox_take_heartbeat (&outbox, &done, TRUE));
  g_assert_cmpuint (outbox.n_failures, ==, 1);
  g_assert_true (feed_outbox_take_heartbeat (&outbox, &done, FALSE));
  g_assert_cmpuint (outbox.n_failures, ==, 0);
  g_assert_false (feed_outbox_take_heartbeat (&outbox, &lost, FALSE));
  g_assert_cmpuint (outbox.n_failures, ==, 1);
  g_assert_false (feed_outbox_is_heard (&outbox));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
#define ADD(name, func) g_test_add_func ("/feed/outbox/" name, func)
  ADD ("pauses-grow-and-are-bounded", test_pauses_grow_and_are_bounded);
  ADD ("only-the-receipt-for-it-counts", test_only_the_receipt_for_it_counts);
  ADD ("answers-and-their-meaning", test_answers);
  ADD ("batches-shrink-and-grow-back", test_batches_shrink_and_grow_back);
  ADD ("gaps-are-followed-but-not-in-circles", test_gaps_are_followed_but_not_in_circles);
  ADD ("some-answers-stop-it-until-one-is-good", test_some_answers_stop_it);
  ADD ("heartbeats-do-not-hide-a-backlog", test_heartbeats_do_not_hide_a_backlog);
  return g_test_run ();
}
