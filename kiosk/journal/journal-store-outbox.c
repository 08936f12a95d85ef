// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Batches are read slice by slice: each is a request of its own, asked for when the one before was
// answered, so that it waits behind whatever came from the door.

#define G_LOG_DOMAIN "journal-store"

#include "kiosk/journal/journal-outbox.h"

#include <string.h>

#include "kiosk/journal/journal-store-private.h"

static const JournalStamp no_time;

void
journal_batch_free (JournalBatch *batch)
{
  g_byte_array_unref (batch->items);
  g_free (batch);
}

void
journal_store_get_position (JournalStore *self, JournalPosition *ret_position)
{
  g_return_if_fail (JOURNAL_IS_STORE (self));
  *ret_position = self->position;
}

static gboolean
read_slice_worker (JournalWriter *writer, JournalJob *job)
{
  return journal_writer_read_slice (writer, &job->slice, &job->error);
}

static void read_slice (GTask *task, const JournalSlice *slice);

// The batch is the data of the caller's task.
static void
on_slice_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  JournalStore *self = JOURNAL_STORE (source);
  const JournalJob *job = g_task_get_task_data (G_TASK (result));
  if (!journal_job_finish (self, result, read_slice, &error)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  if (job->slice.is_last)
    g_task_return_boolean (task, TRUE);
  else
    read_slice (task, &job->slice);
}

static void
read_slice (GTask *task, const JournalSlice *slice)
{
  JournalStore *self = g_task_get_source_object (task);
  JournalJob *job =
      journal_job_new (self, read_slice_worker, &no_time, g_task_get_cancellable (task),
                       on_slice_read, g_object_ref (task), read_slice);
  job->slice = *slice;
  journal_job_start (self, job);
}

void
journal_store_read_batch_async (JournalStore *self,
                                guint64 first,
                                guint n_max,
                                gsize bytes_max,
                                JournalEncodeFunc encode,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (JOURNAL_IS_STORE (self) && first > 0 && n_max > 0);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  JournalBatch *batch = g_new0 (JournalBatch, 1);
  batch->first = first;
  batch->items = g_byte_array_new ();
  g_task_set_source_tag (task, journal_store_read_batch_async);
  g_task_set_task_data (task, batch, (GDestroyNotify) journal_batch_free);
  JournalSlice slice = {
    .batch = batch, .n_left = n_max, .bytes_max = bytes_max, .encode = encode
  };
  read_slice (task, &slice);
}

JournalBatch *
journal_store_read_batch_finish (JournalStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  const JournalBatch *read = g_task_get_task_data (G_TASK (result));
  JournalBatch *batch = g_memdup2 (read, sizeof *read);
  (void) g_byte_array_ref (batch->items); // the task keeps its own
  return batch;
}

static gboolean
keep_receipt_worker (JournalWriter *writer, JournalJob *job)
{
  return journal_writer_keep_receipt (writer, &job->receipt, &job->error);
}

void
journal_store_keep_receipt_async (JournalStore *self,
                                  const JournalReceipt *receipt,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_return_if_fail (JOURNAL_IS_STORE (self));
  JournalJob *job = journal_job_new (self, keep_receipt_worker, &no_time, cancellable, callback,
                                     user_data, journal_store_keep_receipt_async);
  job->receipt = *receipt;
  journal_job_start (self, job);
}

gboolean
journal_store_keep_receipt_finish (JournalStore *self, GAsyncResult *result, GError **error)
{
  return journal_job_finish (self, result, journal_store_keep_receipt_async, error);
}

static gboolean
sign_as_kiosk_worker (JournalWriter *writer, JournalJob *job)
{
  return journal_writer_sign_as_kiosk (writer, &job->statement, job->signature, &job->error);
}

void
journal_store_sign_as_kiosk_async (JournalStore *self,
                                   const JournalStatement *statement,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_return_if_fail (JOURNAL_IS_STORE (self));
  JournalJob *job = journal_job_new (self, sign_as_kiosk_worker, &no_time, cancellable, callback,
                                     user_data, journal_store_sign_as_kiosk_async);
  job->statement = *statement;
  journal_job_start (self, job);
}

gboolean
journal_store_sign_as_kiosk_finish (JournalStore *self,
                                    GAsyncResult *result,
                                    guint8 ret_signature[JOURNAL_SIG_SIZE],
                                    GError **error)
{
  if (!journal_job_finish (self, result, journal_store_sign_as_kiosk_async, error))
    return FALSE;
  const JournalJob *job = g_task_get_task_data (G_TASK (result));
  memcpy (ret_signature, job->signature, sizeof job->signature);
  return TRUE;
}
