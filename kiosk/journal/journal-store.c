// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The store's two sides: GTasks and properties on the main thread, the writer on its worker.

#define G_LOG_DOMAIN "journal-store"

#include "kiosk/journal/journal-store-private.h"

#include <string.h>

#include "kiosk/journal/journal-committed.h"
#include "kiosk/journal/journal-presence.h"

enum {
  PROP_STATE_DIR = 1,
  PROP_VFS_NAME,
  PROP_RETENTION_DAYS,
  PROP_LONGEST_STAY_H,
  PROP_PEOPLE_INSIDE,
  PROP_DISK_PERCENT,
  PROP_FAILED,
  PROP_LAST_SEQ,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

G_DEFINE_TYPE (JournalStore, journal_store, G_TYPE_OBJECT)

static void
job_free (JournalJob *job)
{
  g_clear_pointer (&job->identity, g_bytes_unref);
  g_clear_pointer (&job->arrival.details, g_bytes_unref);
  g_clear_error (&job->error); // a copy was told
  g_clear_pointer (&job->presence, journal_presence_free);
  g_free (job->text);
  g_clear_pointer (&job->spans, g_array_unref);
  g_free (job);
}

static gboolean
open_worker (JournalWriter *writer, JournalJob *job)
{
  return journal_writer_open (writer, &job->stamp, &job->error);
}

static gboolean
find_visit_worker (JournalWriter *writer, JournalJob *job)
{
  return journal_writer_find_visit (writer, job->identity, &job->found, &job->error);
}

static gboolean
open_visit_worker (JournalWriter *writer, JournalJob *job)
{
  return journal_writer_open_visit (writer, &job->arrival, &job->commit, &job->error);
}

static gboolean
close_visit_worker (JournalWriter *writer, JournalJob *job)
{
  return journal_writer_close_visit (writer, job->visit, job->reason, &job->stamp, &job->commit,
                                     &job->error);
}

static gboolean
append_gaps_worker (JournalWriter *writer, JournalJob *job)
{
  return journal_writer_append_gaps (writer, job->text, job->spans, &job->commit, &job->error);
}

static gboolean
append_clock_fix_worker (JournalWriter *writer, JournalJob *job)
{
  return journal_writer_append_clock_fix (writer, &job->stamp, job->max_error_ms, &job->commit,
                                          &job->error);
}

static gboolean
tidy_worker (JournalWriter *writer, JournalJob *job)
{
  return journal_writer_tidy (writer, &job->stamp, &job->error);
}

static gboolean
probe_worker (JournalWriter *writer, JournalJob *job)
{
  return journal_writer_probe (writer, &job->error);
}

static void
set_people_inside (JournalStore *self, guint people_inside)
{
  if (self->people_inside == people_inside)
    return;
  self->people_inside = people_inside;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PEOPLE_INSIDE]);
}

static void
set_disk_percent (JournalStore *self, guint disk_percent)
{
  if (self->disk_percent == disk_percent)
    return;
  self->disk_percent = disk_percent;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_DISK_PERCENT]);
}

static void
set_failure (JournalStore *self, const GError *failure)
{
  gboolean had_failed = self->failure != NULL;
  g_clear_error (&self->failure); // replaced
  self->failure = failure == NULL ? NULL : g_error_copy (failure);
  if (had_failed != (failure != NULL))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FAILED]);
}

static void
set_position (JournalStore *self, const JournalPosition *position)
{
  gboolean has_moved =
      self->position.last != position->last || self->position.opening != position->opening;
  self->position = *position;
  if (has_moved)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LAST_SEQ]);
}

static gboolean
on_job_done (gpointer user_data)
{
  JournalJob *job = user_data;
  g_autoptr (GTask) task = g_steal_pointer (&job->task);
  JournalStore *self = g_task_get_source_object (task);
  self->is_enrolled = job->is_enrolled;
  self->lost_window = job->lost_window;
  set_disk_percent (self, job->disk_percent);
  if (!job->is_broken) {
    set_failure (self, NULL);
    set_people_inside (self, job->people_inside);
    set_position (self, &job->position);
  } else {
    if (job->error != NULL)
      set_failure (self, job->error);
    if (self->position.last == 0 && job->position.last > 0)
      set_position (self, &job->position); // it could be read
  }
  if (job->error != NULL)
    g_task_return_error (task, g_error_copy (job->error));
  else
    g_task_return_boolean (task, TRUE);
  return G_SOURCE_REMOVE;
}

// The job is the task's data: it lives as long as the task, whose last reference is dropped on the
// main thread.
static void
job_worker (gpointer data, gpointer user_data)
{
  JournalJob *job = data;
  JournalWorker *worker = user_data;
  JournalWriter *writer = worker->writer;
  if (worker->thread == NULL)
    worker->thread = g_thread_self ();
  g_assert (worker->thread == g_thread_self ());
  gboolean ok = job->run_worker (writer, job);
  g_assert (ok == (job->error == NULL));
  job->people_inside = journal_writer_get_people_inside (writer);
  job->is_enrolled = journal_writer_is_enrolled (writer);
  job->lost_window = journal_writer_get_lost_window (writer);
  job->disk_percent = journal_writer_measure_disk (writer);
  journal_writer_get_position (writer, &job->position);
  job->is_broken = !journal_writer_is_open (writer);
  // Not g_main_context_invoke, which may run the function right here.
  (void) g_idle_add_full (G_PRIORITY_DEFAULT, on_job_done, job, NULL);
  (void) journal_writer_settle (writer, NULL); // a failure makes the next request fail
}

JournalJob *
journal_job_new (JournalStore *self,
                 JournalJobFunc run_worker,
                 const JournalStamp *stamp,
                 GCancellable *cancellable,
                 GAsyncReadyCallback callback,
                 gpointer user_data,
                 gpointer tag)
{
  JournalJob *job = g_new0 (JournalJob, 1);
  job->run_worker = run_worker;
  job->stamp = *stamp;
  job->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (job->task, tag);
  g_task_set_task_data (job->task, job, (GDestroyNotify) job_free);
  // What was written is told, even to somebody who lost interest.
  g_task_set_check_cancellable (job->task, FALSE);
  return job;
}

void
journal_job_start (JournalStore *self, JournalJob *job)
{
  g_autoptr (GError) cancelled = NULL;
  GCancellable *cancellable = g_task_get_cancellable (job->task);
  if (g_cancellable_set_error_if_cancelled (cancellable, &cancelled)) {
    g_autoptr (GTask) task = g_steal_pointer (&job->task);
    g_task_return_error (task, g_steal_pointer (&cancelled));
    return;
  }
  (void) g_thread_pool_push (self->pool, job, NULL); // an exclusive pool has its thread already
}

void
journal_store_open_async (JournalStore *self,
                          const JournalStamp *stamp,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_return_if_fail (JOURNAL_IS_STORE (self));
  journal_job_start (self, journal_job_new (self, open_worker, stamp, cancellable, callback,
                                            user_data, journal_store_open_async));
}

gboolean
journal_job_finish (JournalStore *self, GAsyncResult *result, gpointer tag, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_task_get_source_tag (G_TASK (result)) == tag, FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

JournalCommitted *
journal_job_finish_committed (JournalStore *self,
                              GAsyncResult *result,
                              gpointer tag,
                              GError **error)
{
  if (!journal_job_finish (self, result, tag, error))
    return NULL;
  const JournalJob *job = g_task_get_task_data (G_TASK (result));
  return journal_committed_new (&job->commit);
}

gboolean
journal_store_open_finish (JournalStore *self, GAsyncResult *result, GError **error)
{
  return journal_job_finish (self, result, journal_store_open_async, error);
}

void
journal_store_find_visit_async (JournalStore *self,
                                GBytes *identity,
                                const JournalStamp *stamp,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (JOURNAL_IS_STORE (self) && identity != NULL);
  JournalJob *job = journal_job_new (self, find_visit_worker, stamp, cancellable, callback,
                                     user_data, journal_store_find_visit_async);
  job->identity = g_bytes_ref (identity);
  journal_job_start (self, job);
}

gboolean
journal_store_find_visit_finish (JournalStore *self,
                                 GAsyncResult *result,
                                 JournalVisit *ret_visit,
                                 GError **error)
{
  if (!journal_job_finish (self, result, journal_store_find_visit_async, error))
    return FALSE;
  *ret_visit = ((const JournalJob *) g_task_get_task_data (G_TASK (result)))->found;
  return TRUE;
}

void
journal_store_open_visit_async (JournalStore *self,
                                const JournalArrival *arrival,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (JOURNAL_IS_STORE (self));
  g_return_if_fail (g_bytes_get_size (arrival->identity) <= 128);
  g_return_if_fail (arrival->details == NULL || g_bytes_get_size (arrival->details) <= 4096);
  g_return_if_fail (g_regex_match_simple ("\\A[A-Za-z0-9_-]{1,64}\\z", arrival->zone, 0, 0));
  JournalJob *job = journal_job_new (self, open_visit_worker, &arrival->stamp, cancellable,
                                     callback, user_data, journal_store_open_visit_async);
  job->arrival = *arrival;
  job->identity = g_bytes_ref (arrival->identity);
  job->text = g_strdup (arrival->zone);
  job->arrival.zone = job->text;
  job->arrival.details = arrival->details == NULL ? NULL : g_bytes_ref (arrival->details);
  journal_job_start (self, job);
}

JournalCommitted *
journal_store_open_visit_finish (JournalStore *self, GAsyncResult *result, GError **error)
{
  return journal_job_finish_committed (self, result, journal_store_open_visit_async, error);
}

void
journal_store_close_visit_async (JournalStore *self,
                                 guint64 seq,
                                 JournalCloseReason reason,
                                 const JournalStamp *stamp,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_return_if_fail (JOURNAL_IS_STORE (self) && seq > 0);
  JournalJob *job = journal_job_new (self, close_visit_worker, stamp, cancellable, callback,
                                     user_data, journal_store_close_visit_async);
  job->visit = seq;
  job->reason = reason;
  journal_job_start (self, job);
}

JournalCommitted *
journal_store_close_visit_finish (JournalStore *self, GAsyncResult *result, GError **error)
{
  return journal_job_finish_committed (self, result, journal_store_close_visit_async, error);
}

void
journal_store_append_gaps_async (JournalStore *self,
                                 const char *what,
                                 const GArray *spans,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_return_if_fail (JOURNAL_IS_STORE (self) && spans->len > 0);
  g_return_if_fail (g_regex_match_simple ("\\A[A-Za-z0-9_-]{1,64}\\z", what, 0, 0));
  const JournalStamp *last = &g_array_index (spans, JournalSpan, spans->len - 1).to;
  JournalJob *job = journal_job_new (self, append_gaps_worker, last, cancellable, callback,
                                     user_data, journal_store_append_gaps_async);
  job->text = g_strdup (what);
  job->spans = g_array_append_vals (g_array_new (FALSE, FALSE, sizeof (JournalSpan)), spans->data,
                                    spans->len);
  journal_job_start (self, job);
}

JournalCommitted *
journal_store_append_gaps_finish (JournalStore *self, GAsyncResult *result, GError **error)
{
  return journal_job_finish_committed (self, result, journal_store_append_gaps_async, error);
}

void
journal_store_append_clock_fix_async (JournalStore *self,
                                      const JournalStamp *stamp,
                                      guint max_error_ms,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  g_return_if_fail (JOURNAL_IS_STORE (self));
  JournalJob *job = journal_job_new (self, append_clock_fix_worker, stamp, cancellable, callback,
                                     user_data, journal_store_append_clock_fix_async);
  job->max_error_ms = max_error_ms;
  journal_job_start (self, job);
}

JournalCommitted *
journal_store_append_clock_fix_finish (JournalStore *self, GAsyncResult *result, GError **error)
{
  return journal_job_finish_committed (self, result, journal_store_append_clock_fix_async, error);
}

void
journal_store_tidy_async (JournalStore *self,
                          const JournalStamp *stamp,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_return_if_fail (JOURNAL_IS_STORE (self));
  journal_job_start (self, journal_job_new (self, tidy_worker, stamp, cancellable, callback,
                                            user_data, journal_store_tidy_async));
}

gboolean
journal_store_tidy_finish (JournalStore *self, GAsyncResult *result, GError **error)
{
  return journal_job_finish (self, result, journal_store_tidy_async, error);
}

void
journal_store_probe_async (JournalStore *self,
                           const JournalStamp *stamp,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_return_if_fail (JOURNAL_IS_STORE (self));
  journal_job_start (self, journal_job_new (self, probe_worker, stamp, cancellable, callback,
                                            user_data, journal_store_probe_async));
}

gboolean
journal_store_probe_finish (JournalStore *self, GAsyncResult *result, GError **error)
{
  return journal_job_finish (self, result, journal_store_probe_async, error);
}

guint
journal_store_get_people_inside (JournalStore *self)
{
  g_return_val_if_fail (JOURNAL_IS_STORE (self), 0);
  return self->people_inside;
}

guint
journal_store_get_disk_percent (JournalStore *self)
{
  g_return_val_if_fail (JOURNAL_IS_STORE (self), 0);
  return self->disk_percent;
}

gboolean
journal_store_has_failed (JournalStore *self)
{
  g_return_val_if_fail (JOURNAL_IS_STORE (self), TRUE);
  return self->failure != NULL;
}

const GError *
journal_store_get_failure (JournalStore *self)
{
  g_return_val_if_fail (JOURNAL_IS_STORE (self), NULL);
  return self->failure;
}

gboolean
journal_store_is_enrolled (JournalStore *self)
{
  g_return_val_if_fail (JOURNAL_IS_STORE (self), FALSE);
  return self->is_enrolled;
}

static void
journal_store_constructed (GObject *object)
{
  JournalStore *self = JOURNAL_STORE (object);
  G_OBJECT_CLASS (journal_store_parent_class)->constructed (object);
  self->worker.writer = journal_writer_new (self->state_dir, self->vfs_name, self->retention_days,
                                            self->longest_stay_h);
  // Exclusive: the thread exists from now on and is always the same.
  self->pool = g_thread_pool_new (job_worker, &self->worker, 1, TRUE, NULL);
}

static void
journal_store_finalize (GObject *object)
{
  JournalStore *self = JOURNAL_STORE (object);
  // Every job's task holds a reference, so the worker is idle now, but for settling the log.
  g_thread_pool_free (self->pool, FALSE, TRUE);
  journal_writer_free (self->worker.writer);
  g_clear_error (&self->failure); // told to every caller
  g_free (self->state_dir);
  g_free (self->vfs_name);
  G_OBJECT_CLASS (journal_store_parent_class)->finalize (object);
}

static void
journal_store_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  JournalStore *self = JOURNAL_STORE (object);
  switch (id) {
  case PROP_STATE_DIR:
    self->state_dir = g_value_dup_string (value);
    break;
  case PROP_VFS_NAME:
    self->vfs_name = g_value_dup_string (value);
    break;
  case PROP_RETENTION_DAYS:
    self->retention_days = g_value_get_uint (value);
    break;
  case PROP_LONGEST_STAY_H:
    self->longest_stay_h = g_value_get_uint (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
journal_store_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  JournalStore *self = JOURNAL_STORE (object);
  switch (id) {
  case PROP_PEOPLE_INSIDE:
    g_value_set_uint (value, self->people_inside);
    break;
  case PROP_LAST_SEQ:
    g_value_set_uint64 (value, self->position.last);
    break;
  case PROP_DISK_PERCENT:
    g_value_set_uint (value, self->disk_percent);
    break;
  case PROP_FAILED:
    g_value_set_boolean (value, self->failure != NULL);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
journal_store_class_init (JournalStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->constructed = journal_store_constructed;
  object_class->finalize = journal_store_finalize;
  object_class->set_property = journal_store_set_property;
  object_class->get_property = journal_store_get_property;

  GParamFlags given = G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  GParamFlags told = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  props[PROP_STATE_DIR] = g_param_spec_string ("state-dir", NULL, NULL, NULL, given);
  props[PROP_VFS_NAME] = g_param_spec_string ("vfs-name", NULL, NULL, NULL, given);
  props[PROP_RETENTION_DAYS] = g_param_spec_uint ("retention-days", NULL, NULL, 0, 30, 21, given);
  props[PROP_LONGEST_STAY_H] = g_param_spec_uint ("longest-stay-h", NULL, NULL, 0, 168, 24, given);
  props[PROP_PEOPLE_INSIDE] =
      g_param_spec_uint ("people-inside", NULL, NULL, 0, G_MAXUINT, 0, told);
  props[PROP_LAST_SEQ] = g_param_spec_uint64 ("last-seq", NULL, NULL, 0, G_MAXUINT64, 0, told);
  props[PROP_DISK_PERCENT] = g_param_spec_uint ("disk-percent", NULL, NULL, 0, 100, 0, told);
  props[PROP_FAILED] = g_param_spec_boolean ("failed", NULL, NULL, FALSE, told);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
journal_store_init (JournalStore *self)
{
}

JournalStore *
journal_store_new (const char *state_dir, guint retention_days, guint longest_stay_h)
{
  return g_object_new (JOURNAL_TYPE_STORE, "state-dir", state_dir, "retention-days", retention_days,
                       "longest-stay-h", longest_stay_h, NULL);
}

gboolean
journal_error_is_disk_full (const GError *error)
{
  return g_error_matches (error, JOURNAL_ERROR, JOURNAL_ERROR_FULL);
}
