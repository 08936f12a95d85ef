// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the feed asks of the store: records to send, in batches, and a place for the core's
// receipts. All calls on the main thread. A batch is read in small slices between which every other
// request is served, so that nobody at the door waits for it.

#pragma once

#include "kiosk/journal/journal-db.h"

G_BEGIN_DECLS

// Where the journal ends, and how much of it the core has.
typedef struct {
  guint opening; // counts from 1 how often the store read it anew; 0: not yet
  JournalOrigin origin;
  guint64 last; // 0: it was not yet read. It need not be open: a full disk takes no boot record
  guint8 head[JOURNAL_HASH_SIZE];
  guint64 delivered;   // the core that the kiosk belongs to gave a receipt up to this record
  gint64 delivered_ms; // by the core's clock; 0: never
} JournalPosition;

// The store's property "last-seq" (uint64, notify) says when it moves, or was opened anew: then
// records and origin may be others.
void journal_store_get_position (JournalStore *self, JournalPosition *ret_position);

typedef struct {
  guint64 first, last;
  guint8 prev[JOURNAL_HASH_SIZE]; // of the first record
  guint8 head[JOURNAL_HASH_SIZE]; // hash of the last
  GByteArray *items;
} JournalBatch;

void journal_batch_free (JournalBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (JournalBatch, journal_batch_free)

// Appends @record to @items. Runs on the journal's thread: pure. FALSE: it cannot be written.
typedef gboolean (*JournalEncodeFunc) (GByteArray *items, const JournalRecord *record);

// Records from @first on, as many as fit, but at least one: at most @n_max of them and @bytes_max
// bytes. JOURNAL_ERROR_CONFLICT: there is no record from @first on, or one that cannot be written.
void journal_store_read_batch_async (JournalStore *self,
                                     guint64 first,
                                     guint n_max,
                                     gsize bytes_max,
                                     JournalEncodeFunc encode,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
JournalBatch *
journal_store_read_batch_finish (JournalStore *self, GAsyncResult *result, GError **error);

// Stores a receipt whose signature was checked, durably, in the place of the one before. What it
// covers counts as delivered from now on. JOURNAL_ERROR_CONFLICT: it is not about this journal.
void journal_store_keep_receipt_async (JournalStore *self,
                                       const JournalReceipt *receipt,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean
journal_store_keep_receipt_finish (JournalStore *self, GAsyncResult *result, GError **error);

// Signs by the kiosk's key; with a store that has failed, too, by the keys that it read before: a
// kiosk out of service can still say so.
void journal_store_sign_as_kiosk_async (JournalStore *self,
                                        const JournalStatement *statement,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
gboolean journal_store_sign_as_kiosk_finish (JournalStore *self,
                                             GAsyncResult *result,
                                             guint8 ret_signature[JOURNAL_SIG_SIZE],
                                             GError **error);

G_END_DECLS
