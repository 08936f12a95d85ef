// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the radio heard, for the store.

#include "kiosk/journal/journal-store-private.h"

#include "kiosk/journal/journal-presence.h"

static gboolean
append_presence_worker (JournalWriter *writer, JournalJob *job)
{
  return journal_writer_append_presence (writer, job->presence, &job->commit, &job->error);
}

static gboolean
append_phone_worker (JournalWriter *writer, JournalJob *job)
{
  return journal_writer_append_phone (writer, job->visit, job->presence, &job->commit, &job->error);
}

static gboolean
keep_presence_worker (JournalWriter *writer, JournalJob *job)
{
  journal_writer_keep_presence (writer, job->presence);
  return TRUE;
}

static gboolean
forget_presence_worker (JournalWriter *writer, JournalJob *job)
{
  journal_writer_forget_presence (writer);
  return TRUE;
}

void
journal_store_append_presence_async (JournalStore *self,
                                     const JournalPresence *presence,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  g_return_if_fail (JOURNAL_IS_STORE (self));
  JournalJob *job = journal_job_new (self, append_presence_worker, &presence->stamp, cancellable,
                                     callback, user_data, journal_store_append_presence_async);
  job->presence = journal_presence_copy (presence);
  journal_job_start (self, job);
}

void
journal_store_keep_presence (JournalStore *self, const JournalPresence *presence)
{
  g_return_if_fail (JOURNAL_IS_STORE (self));
  JournalJob *job = journal_job_new (self, keep_presence_worker, &presence->stamp, NULL, NULL, NULL,
                                     journal_store_keep_presence);
  job->presence = journal_presence_copy (presence);
  journal_job_start (self, job);
}

void
journal_store_forget_presence (JournalStore *self, const JournalStamp *stamp)
{
  g_return_if_fail (JOURNAL_IS_STORE (self));
  journal_job_start (self, journal_job_new (self, forget_presence_worker, stamp, NULL, NULL, NULL,
                                            journal_store_forget_presence));
}

JournalCommitted *
journal_store_append_presence_finish (JournalStore *self, GAsyncResult *result, GError **error)
{
  return journal_job_finish_committed (self, result, journal_store_append_presence_async, error);
}

void
journal_store_append_phone_async (JournalStore *self,
                                  guint64 visit,
                                  const JournalPresence *phone,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_return_if_fail (JOURNAL_IS_STORE (self) && visit > 0 && phone->beacons->len == 1);
  JournalJob *job = journal_job_new (self, append_phone_worker, &phone->stamp, cancellable,
                                     callback, user_data, journal_store_append_phone_async);
  job->visit = visit;
  job->presence = journal_presence_copy (phone);
  journal_job_start (self, job);
}

JournalCommitted *
journal_store_append_phone_finish (JournalStore *self, GAsyncResult *result, GError **error)
{
  return journal_job_finish_committed (self, result, journal_store_append_phone_async, error);
}

const char *
journal_store_get_lost_window (JournalStore *self)
{
  g_return_val_if_fail (JOURNAL_IS_STORE (self), NULL);
  return self->lost_window;
}
