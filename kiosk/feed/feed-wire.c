// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Batches of records: deterministic CBOR (RFC 8949, section 4.2.1).

#include "kiosk/feed/feed-wire.h"

#include <string.h>

#include <cbor.h>

#include "kiosk/journal/journal-item.h"

#define N_ELEMENTS        7
#define N_ELEMENTS_ERASED 8

static gboolean
next_item (JournalBytes *rest, JournalItemType wanted, JournalItem *ret_item)
{
  return journal_item_next (rest, ret_item) && ret_item->type == wanted;
}

static gboolean
next_number (JournalBytes *rest, guint64 max, guint64 *ret_number)
{
  JournalItem item;
  if (!next_item (rest, JOURNAL_ITEM_NUMBER, &item) || item.number > max)
    return FALSE;
  *ret_number = item.number;
  return TRUE;
}

static void
append_head (GByteArray *batch, gsize (*encode) (gsize, unsigned char *, gsize), gsize value)
{
  guint8 head[9];
  g_byte_array_append (batch, head, (guint) encode (value, head, sizeof head));
}

static void
append_number (GByteArray *batch, guint64 number)
{
  guint8 head[9];
  g_byte_array_append (batch, head, (guint) cbor_encode_uint (number, head, sizeof head));
}

static void
append_bytes (GByteArray *batch, const guint8 *bytes, gsize len)
{
  append_head (batch, cbor_encode_bytestring_start, len);
  g_byte_array_append (batch, bytes, (guint) len);
}

static gboolean
is_ours (const JournalRecord *record)
{
  return record->seq > 0 && record->seq <= G_MAXINT64 && record->kind > 0 &&
         record->kind < JOURNAL_N_KINDS && record->stamp.boottime_ns >= 0 &&
         record->stamp.wall_ms >= 0 && record->stamp.quality <= JOURNAL_CLOCK_SYNCED &&
         (record->body.data == NULL || record->body.len <= JOURNAL_BODY_MAX);
}

gboolean
feed_item_write (GByteArray *batch, const JournalRecord *record)
{
  guint8 null[1];
  gboolean is_erased = record->body.data == NULL;
  if (!is_ours (record))
    return FALSE;
  append_head (batch, cbor_encode_array_start, is_erased ? N_ELEMENTS_ERASED : N_ELEMENTS);
  append_number (batch, record->seq);
  append_number (batch, (guint64) record->kind);
  append_bytes (batch, record->stamp.boot_id, sizeof record->stamp.boot_id);
  append_number (batch, (guint64) record->stamp.boottime_ns);
  append_number (batch, (guint64) record->stamp.wall_ms);
  append_number (batch, (guint64) record->stamp.quality);
  if (is_erased) {
    g_byte_array_append (batch, null, (guint) cbor_encode_null (null, sizeof null));
    append_bytes (batch, record->body_hash, sizeof record->body_hash);
  } else {
    append_bytes (batch, record->body.data, record->body.len);
  }
  return TRUE;
}

static gboolean
read_body (JournalBytes *rest, gboolean is_erased, JournalRecord *record)
{
  JournalItem item;
  if (is_erased) {
    if (!next_item (rest, JOURNAL_ITEM_NULL, &item) ||
        !next_item (rest, JOURNAL_ITEM_BYTES, &item) || item.bytes.len != sizeof record->body_hash)
      return FALSE;
    memcpy (record->body_hash, item.bytes.data, item.bytes.len);
    return TRUE;
  }
  if (!next_item (rest, JOURNAL_ITEM_BYTES, &item) || item.bytes.len == 0)
    return FALSE;
  record->body = item.bytes;
  journal_chain_hash_body (&record->body, record->body_hash);
  return TRUE;
}

static gboolean
read_item (JournalBytes *rest, JournalRecord *record)
{
  JournalItem array, boot;
  guint64 kind = 0, boottime_ns = 0, wall_ms = 0, quality = 0;
  if (!next_item (rest, JOURNAL_ITEM_ARRAY, &array) || array.number < N_ELEMENTS ||
      array.number > N_ELEMENTS_ERASED || !next_number (rest, G_MAXINT64, &record->seq) ||
      !next_number (rest, JOURNAL_N_KINDS - 1, &kind) ||
      !next_item (rest, JOURNAL_ITEM_BYTES, &boot) ||
      boot.bytes.len != sizeof record->stamp.boot_id ||
      !next_number (rest, G_MAXINT64, &boottime_ns) || !next_number (rest, G_MAXINT64, &wall_ms) ||
      !next_number (rest, JOURNAL_CLOCK_SYNCED, &quality))
    return FALSE;
  record->kind = (JournalKind) kind;
  memcpy (record->stamp.boot_id, boot.bytes.data, sizeof record->stamp.boot_id);
  record->stamp.boottime_ns = (gint64) boottime_ns;
  record->stamp.wall_ms = (gint64) wall_ms;
  record->stamp.quality = (JournalClockQuality) quality;
  return read_body (rest, array.number == N_ELEMENTS_ERASED, record);
}

gsize
feed_item_read (const guint8 *data, gsize len, JournalRecord *ret_record)
{
  JournalBytes rest = { data, MIN (len, FEED_ITEM_BYTES_MAX) };
  gsize limit = rest.len;
  JournalRecord record = { .seq = 0 };
  if (!read_item (&rest, &record) || !is_ours (&record))
    return 0;
  // Whatever is left of CBOR's freedom (long forms of short numbers) shows here.
  gsize used = limit - rest.len;
  g_autoptr (GByteArray) again = g_byte_array_sized_new ((guint) used);
  if (!feed_item_write (again, &record) || again->len != used ||
      memcmp (again->data, data, used) != 0)
    return 0;
  *ret_record = record;
  return used;
}

// It has the next number, or declares the loss of every number up to its own.
static gboolean
follows (const JournalRecord *record, guint64 expected)
{
  JournalBody body;
  if (record->seq == expected)
    return TRUE;
  return record->seq > expected && record->kind == JOURNAL_KIND_TOMBSTONE &&
         record->body.data != NULL &&
         journal_record_read (record->kind, record->body.data, record->body.len, &body) &&
         body.tombstone.first == expected && body.tombstone.last == record->seq - 1;
}

gboolean
feed_batch_check (const guint8 *data, gsize len, const FeedRange *range, const char **ret_reason)
{
  guint8 head[JOURNAL_HASH_SIZE];
  memcpy (head, range->prev, sizeof head);
  guint64 seq = range->first;
  for (gsize at = 0; at < len; seq++) {
    JournalRecord record;
    gsize used = seq <= range->last ? feed_item_read (data + at, len - at, &record) : 0;
    if (used == 0 || !follows (&record, seq)) {
      *ret_reason = used == 0 ? "form" : "order";
      return FALSE;
    }
    memcpy (record.prev, head, sizeof head);
    journal_chain_link (&record, head);
    seq = record.seq;
    at += used;
  }
  if (seq != range->last + 1) {
    *ret_reason = "count";
    return FALSE;
  }
  *ret_reason = "chain";
  return memcmp (head, range->head, sizeof head) == 0;
}
