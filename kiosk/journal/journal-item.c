// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Each callback of the decoder fills one item.

#include "kiosk/journal/journal-item.h"

#include <cbor.h>

static void
on_uint8 (void *item, uint8_t value)
{
  *(JournalItem *) item = (JournalItem){ .type = JOURNAL_ITEM_NUMBER, .number = value };
}

static void
on_uint16 (void *item, uint16_t value)
{
  *(JournalItem *) item = (JournalItem){ .type = JOURNAL_ITEM_NUMBER, .number = value };
}

static void
on_uint32 (void *item, uint32_t value)
{
  *(JournalItem *) item = (JournalItem){ .type = JOURNAL_ITEM_NUMBER, .number = value };
}

static void
on_uint64 (void *item, uint64_t value)
{
  *(JournalItem *) item = (JournalItem){ .type = JOURNAL_ITEM_NUMBER, .number = value };
}

static void
on_byte_string (void *item, cbor_data data, size_t len)
{
  *(JournalItem *) item = (JournalItem){ .type = JOURNAL_ITEM_BYTES, .bytes = { data, len } };
}

static void
on_string (void *item, cbor_data data, size_t len)
{
  *(JournalItem *) item = (JournalItem){ .type = JOURNAL_ITEM_TEXT, .bytes = { data, len } };
}

static void
on_map_start (void *item, size_t n_pairs)
{
  *(JournalItem *) item = (JournalItem){ .type = JOURNAL_ITEM_MAP, .number = n_pairs };
}

static void
on_array_start (void *item, size_t n_elements)
{
  *(JournalItem *) item = (JournalItem){ .type = JOURNAL_ITEM_ARRAY, .number = n_elements };
}

static void
on_null (void *item)
{
  *(JournalItem *) item = (JournalItem){ .type = JOURNAL_ITEM_NULL };
}

gboolean
journal_item_next (JournalBytes *rest, JournalItem *ret_item)
{
  struct cbor_callbacks callbacks = cbor_empty_callbacks;
  callbacks.uint8 = on_uint8;
  callbacks.uint16 = on_uint16;
  callbacks.uint32 = on_uint32;
  callbacks.uint64 = on_uint64;
  callbacks.byte_string = on_byte_string;
  callbacks.string = on_string;
  callbacks.map_start = on_map_start;
  callbacks.array_start = on_array_start;
  callbacks.null = on_null;

  *ret_item = (JournalItem){ .type = JOURNAL_ITEM_OTHER };
  struct cbor_decoder_result result =
      cbor_stream_decode (rest->data, rest->len, &callbacks, ret_item);
  if (result.status != CBOR_DECODER_FINISHED || ret_item->type == JOURNAL_ITEM_OTHER)
    return FALSE;
  rest->data += result.read;
  rest->len -= result.read;
  return TRUE;
}
