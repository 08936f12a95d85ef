// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One item of CBOR (RFC 8949) after another, of the few types that records and batches are made of.
// Read with the streaming decoder, because the tree decoder allocates what a hostile length
// announces. Pure.

#pragma once

#include "kiosk/journal/journal-record.h"

G_BEGIN_DECLS

typedef enum {
  JOURNAL_ITEM_OTHER,
  JOURNAL_ITEM_NUMBER, // not negative
  JOURNAL_ITEM_BYTES,
  JOURNAL_ITEM_TEXT,
  JOURNAL_ITEM_MAP,   // its pairs follow
  JOURNAL_ITEM_ARRAY, // its elements follow
  JOURNAL_ITEM_NULL,
} JournalItemType;

typedef struct {
  JournalItemType type;
  guint64 number;     // value, or number of pairs or elements
  JournalBytes bytes; // of bytes and text: a view
} JournalItem;

// Takes the next item from the front of @rest. FALSE: there is none that is whole, or it is of
// another type.
gboolean journal_item_next (JournalBytes *rest, JournalItem *ret_item);

G_END_DECLS
