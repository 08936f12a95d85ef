// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Status, two header fields and a body, each on a line, as a stranger may answer.

#include <stdint.h>
#include <string.h>

#include "kiosk/feed/feed-outbox.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", 4);
  if (g_strv_length (lines) < 4)
    return 0;
  FeedReply reply = { .status = (guint) g_ascii_strtoull (lines[0], NULL, 10),
                      .conflict = lines[1],
                      .retry_after = lines[2] };
  FeedRange range = { .first = 11, .last = 20 };
  FeedSent sent = { 11, 20, 100, 30 };
  JournalOrigin origin = { { 0 }, { 0 } };
  static const guint8 nobody[JOURNAL_KEY_SIZE];
  FeedReceipt receipt;
  FeedOutbox outbox;
  reply.body = g_byte_array_new ();
  g_byte_array_append (reply.body, (const guint8 *) lines[3], (guint) strlen (lines[3]));
  FeedVerdict verdict = feed_verdict_of_batch (&reply, &origin, &range, nobody, &receipt);
  feed_outbox_init (&outbox, 10);
  (void) feed_outbox_take (&outbox, &verdict, &sent);
  // Nothing that anybody answers takes us past what there is.
  g_assert (outbox.delivered <= sent.journal_last && outbox.n_max > 0 && outbox.bytes_max > 0);
  g_byte_array_unref (reply.body);
  return 0;
}
