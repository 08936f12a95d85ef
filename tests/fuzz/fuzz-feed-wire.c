// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Any bytes as an item of a batch, as messages, and as an enrolment code: what is read is written
// as it was.

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kiosk/feed/feed-wire.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const guint8 key[JOURNAL_KEY_SIZE] = { 1 };
  JournalRecord record;
  FeedCode code;
  FeedReceipt receipt;
  FeedEnrolment enrolment;
  FeedWelcome welcome;
  FeedHeartbeat heartbeat;
  g_autoptr (GByteArray) again = g_byte_array_new ();
  gsize used = feed_item_read (data, size, &record);
  if (used > 0 && (!feed_item_write (again, &record) || memcmp (again->data, data, used) != 0))
    abort ();
  if (feed_code_read ((const char *) data, size, &code))
    g_free (feed_code_write (&code));
  (void) feed_receipt_read (data, size, key, &receipt); // nobody signed it
  (void) feed_enrolment_read (data, size, &enrolment);
  (void) feed_welcome_read (data, size, &welcome);
  (void) feed_heartbeat_read (data, size, key, &heartbeat);
  return 0;
}
