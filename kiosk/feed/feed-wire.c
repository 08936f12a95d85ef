// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Batches of records: deterministic CBOR (RFC 8949, section 4.2.1), read with the streaming
// decoder, because the tree decoder allocates what a hostile length announces.

#include "kiosk/feed/feed-wire.h"

#include <string.h>

#include <cbor.h>

#define N_ELEMENTS        7
#define N_ELEMENTS_ERASED 8

typedef enum { ITEM_NONE, ITEM_NUMBER, ITEM_BYTES, ITEM_ARRAY, ITEM_NULL } ItemType;

typedef struct {
  ItemType type;
  guint64 number; // value, or number of elements
  JournalBytes bytes;
} Item;

static void
on_uint8 (void *item, uint8_t value)
{
  *(Item *) item = (Item){ .type = ITEM_NUMBER, .number = value };
}

static void
on_uint16 (void *item, uint16_t value)
{
  *(Item *) item = (Item){ .type = ITEM_NUMBER, .number = value };
}

static void
on_uint32 (void *item, uint32_t value)
{
  *(Item *) item = (Item){ .type = ITEM_NUMBER, .number = value };
}

static void
on_uint64 (void *item, uint64_t value)
{
  *(Item *) item = (Item){ .type = ITEM_NUMBER, .number = value };
}

static void
on_byte_string (void *item, cbor_data data, size_t len)
{
  *(Item *) item = (Item){ .type = ITEM_BYTES, .bytes = { data, len } };
}

static void
on_array_start (void *item, size_t n_elements)
{
  *(Item *) item = (Item){ .type = ITEM_ARRAY, .number = n_elements };
}

static void
on_null (void *item)
{
  *(Item *) item = (Item){ .type = ITEM_NULL };
}

typedef struct {
  const guint8 *data;
  gsize len;
} Reader;

static gboolean
next_item (Reader *reader, ItemType wanted, Item *ret_item)
{
  struct cbor_callbacks callbacks = cbor_empty_callbacks;
  callbacks.uint8 = on_uint8;
  callbacks.uint16 = on_uint16;
  callbacks.uint32 = on_uint32;
  callbacks.uint64 = on_uint64;
  callbacks.byte_string = on_byte_string;
  callbacks.array_start = on_array_start;
  callbacks.null = on_null;
  *ret_item = (Item){ .type = ITEM_NONE };
  struct cbor_decoder_result result =
      cbor_stream_decode (reader->data, reader->len, &callbacks, ret_item);
  if (result.status != CBOR_DECODER_FINISHED || ret_item->type != wanted)
    return FALSE;
  reader->data += result.read;
  reader->len -= result.read;
  return TRUE;
}

static gboolean
next_number (Reader *reader, guint64 max, guint64 *ret_number)
{
  Item item;
  if (!next_item (reader, ITEM_NUMBER, &item) || item.number > max)
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
read_body (Reader *reader, gboolean is_erased, JournalRecord *record)
{
  Item item;
  if (is_erased) {
    if (!next_item (reader, ITEM_NULL, &item) || !next_item (reader, ITEM_BYTES, &item) ||
        item.bytes.len != sizeof record->body_hash)
      return FALSE;
    memcpy (record->body_hash, item.bytes.data, item.bytes.len);
    return TRUE;
  }
  if (!next_item (reader, ITEM_BYTES, &item) || item.bytes.len == 0)
    return FALSE;
  record->body = item.bytes;
  journal_chain_hash_body (&record->body, record->body_hash);
  return TRUE;
}

static gboolean
read_item (Reader *reader, JournalRecord *record)
{
  Item array, boot;
  guint64 kind = 0, boottime_ns = 0, wall_ms = 0, quality = 0;
  if (!next_item (reader, ITEM_ARRAY, &array) || array.number < N_ELEMENTS ||
      array.number > N_ELEMENTS_ERASED || !next_number (reader, G_MAXINT64, &record->seq) ||
      !next_number (reader, JOURNAL_N_KINDS - 1, &kind) || !next_item (reader, ITEM_BYTES, &boot) ||
      boot.bytes.len != sizeof record->stamp.boot_id ||
      !next_number (reader, G_MAXINT64, &boottime_ns) ||
      !next_number (reader, G_MAXINT64, &wall_ms) ||
      !next_number (reader, JOURNAL_CLOCK_SYNCED, &quality))
    return FALSE;
  record->kind = (JournalKind) kind;
  memcpy (record->stamp.boot_id, boot.bytes.data, sizeof record->stamp.boot_id);
  record->stamp.boottime_ns = (gint64) boottime_ns;
  record->stamp.wall_ms = (gint64) wall_ms;
  record->stamp.quality = (JournalClockQuality) quality;
  return read_body (reader, array.number == N_ELEMENTS_ERASED, record);
}

gsize
feed_item_read (const guint8 *data, gsize len, JournalRecord *ret_record)
{
  Reader reader = { data, MIN (len, FEED_ITEM_BYTES_MAX) };
  gsize limit = reader.len;
  JournalRecord record = { .seq = 0 };
  if (!read_item (&reader, &record) || !is_ours (&record))
    return 0;
  // Whatever is left of CBOR's freedom (long forms of short numbers) shows here.
  gsize used = limit - reader.len;
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
