// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The writer's side of the outbox.

#include "kiosk/journal/journal-writer-private.h"

#include <string.h>

#define SLICE_RECORDS 32

static void
measure_delivery (const JournalWriter *self, JournalPosition *position)
{
  position->delivered = journal_writer_get_delivered (self);
  position->delivered_ms = position->delivered > 0 ? self->audit.receipt.core_ms : 0;
}

void
journal_writer_get_position (const JournalWriter *self, JournalPosition *ret_position)
{
  *ret_position = self->found;
  if (self->db == NULL)
    return;
  ret_position->last = self->head.seq;
  memcpy (ret_position->head, self->head.hash, sizeof self->head.hash);
  measure_delivery (self, ret_position);
}

void
journal_writer_note_found (JournalWriter *self)
{
  self->found = (JournalPosition){ .opening = self->found.opening + 1,
                                   .origin = self->audit.origin,
                                   .last = self->audit.seq };
  memcpy (self->found.head, self->audit.hash, sizeof self->audit.hash);
  measure_delivery (self, &self->found);
}

// What another core has is not what ours has.
guint64
journal_writer_get_delivered (const JournalWriter *self)
{
  const JournalReceipt *receipt = &self->audit.receipt;
  const guint8 *core_key = journal_keys_get_core_key (self->keys);
  gboolean is_ours =
      core_key != NULL && memcmp (core_key, receipt->core_key, sizeof receipt->core_key) == 0;
  return is_ours ? MIN (receipt->seq, self->audit.seq) : 0;
}

typedef struct {
  JournalSlice *slice;
  guint n_read;
  gboolean is_over; // the slice, or the whole batch
} Reading;

static gboolean
on_record (const JournalRecord *record, gpointer user_data, GError **error)
{
  Reading *reading = user_data;
  JournalSlice *slice = reading->slice;
  JournalBatch *batch = slice->batch;
  guint before = batch->items->len;
  if (!slice->encode (batch->items, record)) {
    g_set_error (error, JOURNAL_ERROR, JOURNAL_ERROR_CONFLICT,
                 "record %" G_GUINT64_FORMAT ": cannot be sent", record->seq);
    return FALSE;
  }
  slice->is_last = batch->items->len >= slice->bytes_max || slice->n_left == 1;
  if (batch->items->len > slice->bytes_max && before > 0) {
    g_byte_array_set_size (batch->items, before);
    reading->is_over = TRUE;
    return FALSE;
  }
  if (before == 0)
    memcpy (batch->prev, record->prev, sizeof batch->prev);
  memcpy (batch->head, record->hash, sizeof batch->head);
  batch->last = record->seq;
  slice->n_left--;
  reading->is_over = slice->is_last || ++reading->n_read == SLICE_RECORDS;
  return !reading->is_over;
}

static gboolean
read_slice (JournalWriter *self, JournalSlice *slice, GError **error)
{
  Reading reading = { .slice = slice };
  // Until here it was announced to the main thread; what follows comes with the next batch.
  guint64 next = MAX (slice->batch->first, slice->batch->last + 1);
  if (!journal_db_each_record (self->db, next, self->head.seq, on_record, &reading, error) &&
      !reading.is_over)
    return FALSE;
  slice->is_last = slice->is_last || !reading.is_over;
  if (slice->batch->last > 0)
    return TRUE;
  g_set_error (error, JOURNAL_ERROR, JOURNAL_ERROR_CONFLICT,
               "journal: no record from %" G_GUINT64_FORMAT " on", slice->batch->first);
  return FALSE;
}

gboolean
journal_writer_read_slice (JournalWriter *self, JournalSlice *slice, GError **error)
{
  g_autoptr (GError) failure = NULL;
  if (!journal_writer_is_usable (self, error))
    return FALSE;
  gboolean ok = read_slice (self, slice, &failure);
  return journal_writer_end (self, ok, g_steal_pointer (&failure), error);
}

static gboolean
on_receipted (const JournalRecord *record, gpointer user_data, GError **error)
{
  const JournalReceipt *receipt = user_data;
  if (memcmp (record->hash, receipt->hash, sizeof receipt->hash) == 0)
    return TRUE;
  g_set_error (error, JOURNAL_ERROR, JOURNAL_ERROR_CONFLICT,
               "receipt for record %" G_GUINT64_FORMAT ": of another journal", receipt->seq);
  return FALSE;
}

static gboolean
keep_receipt (JournalWriter *self, JournalReceipt *receipt, GError **error)
{
  if (receipt->seq == 0 || receipt->seq > self->head.seq) {
    g_set_error (error, JOURNAL_ERROR, JOURNAL_ERROR_CONFLICT,
                 "receipt for record %" G_GUINT64_FORMAT ": there is none", receipt->seq);
    return FALSE;
  }
  return journal_db_each_record (self->db, receipt->seq, receipt->seq, on_receipted, receipt,
                                 error) &&
         journal_writer_begin (self, error) &&
         journal_db_write_receipt (self->db, receipt, error) && journal_db_commit (self->db, error);
}

gboolean
journal_writer_keep_receipt (JournalWriter *self, JournalReceipt *receipt, GError **error)
{
  g_autoptr (GError) failure = NULL;
  if (!journal_writer_is_usable (self, error))
    return FALSE;
  gboolean ok = keep_receipt (self, receipt, &failure);
  if (ok)
    self->audit.receipt = *receipt;
  return journal_writer_end (self, ok, g_steal_pointer (&failure), error);
}

gboolean
journal_writer_sign_as_kiosk (JournalWriter *self,
                              const JournalStatement *statement,
                              guint8 ret_signature[JOURNAL_SIG_SIZE],
                              GError **error)
{
  if (self->keys == NULL && !journal_writer_is_usable (self, error))
    return FALSE;
  journal_keys_sign_as_kiosk (self->keys, statement, ret_signature);
  return TRUE;
}

gboolean
journal_writer_append_clock_fix (JournalWriter *self,
                                 const JournalStamp *stamp,
                                 guint max_error_ms,
                                 JournalCommit *ret_commit,
                                 GError **error)
{
  g_autoptr (GError) failure = NULL;
  gint64 started_us = g_get_monotonic_time ();
  if (!journal_writer_is_usable (self, error))
    return FALSE;
  JournalBody body = { .kind = JOURNAL_KIND_CLOCK_FIX };
  body.clock_fix.max_error_ms = MIN (max_error_ms, JOURNAL_CLOCK_ERROR_MAX_MS);
  gboolean ok =
      journal_writer_begin (self, &failure) && journal_writer_append (self, stamp, &body, &failure);
  guint64 seq = self->audit.seq;
  ok = ok && journal_writer_commit (self, stamp, &failure);
  *ret_commit = (JournalCommit){ .seq = seq,
                                 .wall_ms = stamp->wall_ms,
                                 .commit_us = g_get_monotonic_time () - started_us };
  return journal_writer_end (self, ok, g_steal_pointer (&failure), error);
}
