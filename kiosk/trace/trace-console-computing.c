// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-console"

#include "kiosk/trace/trace-console-computing.h"

#include <string.h>

#include "kiosk/trace/trace-case.h"

#define TRIES_MAX 3 // somebody may change the case meanwhile

struct TraceComputing {
  GThreadPool *pool;
  GAsyncQueue *ended; // of Task
  GCancellable *ending;
  char *uri;
  GHashTable *cases; // id → Outcome
};

typedef struct {
  char *case_id, *officer;
  TraceOpenStays open_stays;
  GArray *changes; // NULL: it failed
} Task;

typedef struct {
  guint n_asked; // and not ended
  gboolean has_failed;
  guint n;         // whose level changed
  GArray *changes; // of TraceCaseChange by subject; the nearest of them when nothing is asked for
} Outcome;

static void
task_free (Task *task)
{
  g_clear_pointer (&task->changes, g_array_unref);
  g_free (task->case_id);
  g_free (task->officer);
  g_free (task);
}

static void
outcome_free (Outcome *outcome)
{
  g_array_unref (outcome->changes);
  g_free (outcome);
}

const char *
trace_computing_state_to_string (TraceComputingState state)
{
  static const char *const words[] = { "none", "computing", "done", "failed" };
  return words[state];
}

static gboolean
on_progress_worker (
    guint level, gsize n_done, gsize n_members, const GArray *contacts, gpointer ending)
{
  return !g_cancellable_is_cancelled (ending);
}

// What went wrong is told by the case, which stays behind.
static void
compute_worker (gpointer data, gpointer user_data)
{
  Task *task = data;
  TraceComputing *self = user_data;
  gboolean again = !g_cancellable_is_cancelled (self->ending);
  g_autoptr (TraceStore) store =
      again ? trace_store_open_existing (self->uri, &task->open_stays, NULL) : NULL;
  for (guint i = 0; store != NULL && again && i < TRIES_MAX; i++) {
    g_autoptr (GError) error = NULL;
    task->changes = trace_case_compute (store, task->case_id, task->officer, task->open_stays.now_s,
                                        on_progress_worker, self->ending, &error);
    again = g_error_matches (error, TRACE_ERROR, TRACE_ERROR_BUSY);
  }
  g_async_queue_push (self->ended, task);
}

TraceComputing *
trace_computing_new (const char *uri)
{
  TraceComputing *self = g_new0 (TraceComputing, 1);
  self->uri = g_strdup (uri);
  self->ending = g_cancellable_new ();
  self->ended = g_async_queue_new_full ((GDestroyNotify) task_free);
  self->cases =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) outcome_free);
  self->pool = g_thread_pool_new (compute_worker, self, 1, FALSE, NULL);
  return self;
}

void
trace_computing_free (TraceComputing *self)
{
  g_cancellable_cancel (self->ending);
  g_thread_pool_free (self->pool, FALSE, TRUE); // each ends at once
  g_hash_table_unref (self->cases);
  g_async_queue_unref (self->ended);
  g_object_unref (self->ending);
  g_free (self->uri);
  g_free (self);
}

// Both by subject. Whoever has the same level after both as before is in neither.
static GArray *
join (const GArray *first, const GArray *then)
{
  GArray *joined = g_array_new (FALSE, FALSE, sizeof (TraceCaseChange));
  for (guint i = 0, k = 0; i < first->len || k < then->len;) {
    const TraceCaseChange *a = i < first->len ? &g_array_index (first, TraceCaseChange, i) : NULL;
    const TraceCaseChange *b = k < then->len ? &g_array_index (then, TraceCaseChange, k) : NULL;
    int order = a == NULL ? 1 : b == NULL ? -1 : memcmp (a->subject, b->subject, sizeof a->subject);
    TraceCaseChange change = order <= 0 ? *a : *b;
    if (order == 0)
      change.after = b->after;
    i += order <= 0;
    k += order >= 0;
    if (change.before != change.after)
      g_array_append_val (joined, change);
  }
  return joined;
}

static int
find_nearest (const TraceCaseChange *change)
{
  if (change->before == TRACE_CASE_NO_LEVEL)
    return change->after;
  return change->after == TRACE_CASE_NO_LEVEL ? change->before
                                              : MIN (change->before, change->after);
}

// Whom an officer should see first when not all are listed.
static int
compare_nearest (gconstpointer a, gconstpointer b)
{
  int order = find_nearest (a) - find_nearest (b);
  return order != 0 ? order
                    : memcmp (((const TraceCaseChange *) a)->subject,
                              ((const TraceCaseChange *) b)->subject, TRACE_SUBJECT_SIZE);
}

static void
take_ended (TraceComputing *self)
{
  for (Task *task = NULL; (task = g_async_queue_try_pop (self->ended)) != NULL; task_free (task)) {
    Outcome *outcome = g_hash_table_lookup (self->cases, task->case_id);
    outcome->n_asked--;
    outcome->has_failed = task->changes == NULL;
    if (task->changes != NULL) {
      GArray *joined = join (outcome->changes, task->changes);
      g_array_unref (outcome->changes);
      outcome->changes = joined;
    }
    outcome->n = outcome->changes->len;
    if (outcome->n_asked > 0)
      continue;
    g_array_sort (outcome->changes, compare_nearest);
    if (outcome->n > TRACE_COMPUTING_LISTED_MAX)
      g_array_set_size (outcome->changes, TRACE_COMPUTING_LISTED_MAX);
  }
}

void
trace_computing_start (TraceComputing *self,
                       const char *case_id,
                       const char *officer,
                       const TraceOpenStays *open_stays)
{
  take_ended (self);
  Outcome *outcome = g_hash_table_lookup (self->cases, case_id);
  if (outcome == NULL) {
    outcome = g_new0 (Outcome, 1);
    outcome->changes = g_array_new (FALSE, FALSE, sizeof (TraceCaseChange));
    g_hash_table_insert (self->cases, g_strdup (case_id), outcome);
  }
  if (outcome->n_asked == 0)
    g_array_set_size (outcome->changes, 0);
  outcome->n_asked++;
  Task *task = g_new0 (Task, 1);
  task->case_id = g_strdup (case_id);
  task->officer = g_strdup (officer);
  task->open_stays = *open_stays;
  (void) g_thread_pool_push (self->pool, task, NULL); // it has a thread
}

TraceComputingState
trace_computing_find (TraceComputing *self,
                      const char *case_id,
                      guint *ret_n,
                      const GArray **ret_changes)
{
  take_ended (self);
  const Outcome *outcome = g_hash_table_lookup (self->cases, case_id);
  if (outcome == NULL)
    return TRACE_COMPUTING_NONE;
  if (outcome->n_asked > 0)
    return TRACE_COMPUTING_RUNNING;
  *ret_n = outcome->n;
  *ret_changes = outcome->changes;
  return outcome->has_failed ? TRACE_COMPUTING_FAILED : TRACE_COMPUTING_DONE;
}
