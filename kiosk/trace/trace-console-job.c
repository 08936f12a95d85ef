// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-console"

#include "kiosk/trace/trace-console-job.h"

#include <sodium.h>

#include "kiosk/trace/trace-index.h"

#define REPORT_MS  100 // progress is told at most this often
#define PLACES_MAX 600 // counts of places that are told

// From the search's thread to the console's; whatever is not NULL belongs to it.
typedef struct {
  TraceJobState state;
  guint level;
  gsize n_done, n_members;
  GArray *stays, *rows; // @rows of a level, or all with is_whole
  gboolean is_whole;
  guint n_found; // of the level
  guint n_cut;
  GArray *n_of_level, *counts;
  gint64 took_ms;
  GError *error;
} Report;

// What the search's thread has to itself.
typedef struct {
  const TraceJobTask *task;
  GAsyncQueue *reports;
  GCancellable *cancellable;
  TraceStore *store;
  TraceIndex *index;   // (nullable)
  TraceSource *source; // the index's or the store's
  gint64 started_ms, reported_ms;
  gsize n_sent;
} Search;

static const char *const state_words[] = {
  [TRACE_JOB_RUNNING] = "running", [TRACE_JOB_DONE] = "done",     [TRACE_JOB_TIMED_OUT] = "time",
  [TRACE_JOB_STOPPED] = "stopped", [TRACE_JOB_FAILED] = "failed",
};

const char *
trace_job_state_to_string (TraceJobState state)
{
  return state_words[state];
}

static void
row_clear (gpointer user_data)
{
  TraceJobRow *row = user_data;
  g_ref_string_release (row->venue);
  g_ref_string_release (row->zone);
}

static void
stay_clear (gpointer user_data)
{
  TraceJobStay *stay = user_data;
  g_ref_string_release (stay->venue);
  g_ref_string_release (stay->zone);
}

static void
count_clear (gpointer user_data)
{
  TraceJobCount *count = user_data;
  g_clear_pointer (&count->venue, g_ref_string_release);
  g_clear_pointer (&count->zone, g_ref_string_release);
}

static GArray *
new_rows (void)
{
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (TraceJobRow));
  g_array_set_clear_func (rows, row_clear);
  return rows;
}

static void
report_free (gpointer user_data)
{
  Report *report = user_data;
  g_clear_pointer (&report->stays, g_array_unref);
  g_clear_pointer (&report->rows, g_array_unref);
  g_clear_pointer (&report->n_of_level, g_array_unref);
  g_clear_pointer (&report->counts, g_array_unref);
  g_clear_error (&report->error);
  g_free (report);
}

static gint64
get_ticks_ms_worker (void)
{
  return g_get_monotonic_time () / 1000;
}

static void
send_worker (Search *search, Report report)
{
  report.took_ms = get_ticks_ms_worker () - search->started_ms;
  g_async_queue_push (search->reports, g_memdup2 (&report, sizeof report));
}

static gboolean
send_stays_worker (Search *search, GError **error)
{
  const TraceJobTask *task = search->task;
  const TraceSeed seed = TRACE_SEED (task->limits);
  g_autoptr (GArray) found =
      trace_seed_find_stays (trace_store_get_source (search->store), &seed, task->question.from_s,
                             task->question.to_s, error);
  if (found == NULL)
    return FALSE;
  GArray *stays = g_array_new (FALSE, FALSE, sizeof (TraceJobStay));
  g_array_set_clear_func (stays, stay_clear);
  for (guint i = 0; i < found->len; i++) {
    TraceJobStay stay = { .stay = g_array_index (found, TraceStay, i) };
    stay.venue = g_ref_string_new_intern (trace_store_get_venue (search->store, stay.stay.place));
    stay.zone = g_ref_string_new_intern (trace_store_get_zone (search->store, stay.stay.place));
    g_array_append_val (stays, stay);
  }
  send_worker (search, (Report){ .state = TRACE_JOB_RUNNING, .level = 1, .stays = stays });
  return TRUE;
}

// (transfer full) NULL: the store could not say who somebody is.
static GArray *
list_rows_worker (Search *search, const GArray *contacts, gsize n_max, GError **error)
{
  g_autoptr (GArray) rows = new_rows ();
  for (guint i = 0; i < contacts->len && i < n_max; i++) {
    TraceJobRow row = { .contact = g_array_index (contacts, TraceContact, i) };
    if (!search->source->get_key (search->source, row.contact.subject, row.subject, error))
      return NULL;
    row.venue = g_ref_string_new_intern (trace_store_get_venue (search->store, row.contact.place));
    row.zone = g_ref_string_new_intern (trace_store_get_zone (search->store, row.contact.place));
    g_array_append_val (rows, row);
  }
  return g_steal_pointer (&rows);
}

// The first answers go out while the rest is searched; the whole answer follows anyway, so one
// that cannot be sent now is not missed.
static void
send_level_worker (Search *search, guint level, const GArray *contacts)
{
  gsize limit = search->task->question.limit;
  GArray *rows = list_rows_worker (search, contacts, limit - MIN (limit, search->n_sent), NULL);
  if (rows == NULL)
    return;
  search->n_sent += rows->len;
  send_worker (search, (Report){ .state = TRACE_JOB_RUNNING,
                                 .level = level,
                                 .rows = rows,
                                 .n_found = contacts->len });
}

static gboolean
is_over_worker (const Search *search)
{
  return get_ticks_ms_worker () - search->started_ms >= search->task->time_ms;
}

static gboolean
on_progress_worker (
    guint level, gsize n_done, gsize n_members, const GArray *contacts, gpointer user_data)
{
  Search *search = user_data;
  gint64 now_ms = get_ticks_ms_worker ();
  if (contacts != NULL) {
    send_level_worker (search, level, contacts);
  } else if (now_ms - search->reported_ms >= REPORT_MS) {
    search->reported_ms = now_ms;
    send_worker (search, (Report){ .state = TRACE_JOB_RUNNING,
                                   .level = level,
                                   .n_done = n_done,
                                   .n_members = n_members });
  }
  return !g_cancellable_is_cancelled (search->cancellable) && !is_over_worker (search);
}

static GArray *
list_counts_worker (Search *search, const TraceSummary *summary)
{
  g_autoptr (GArray) places = trace_summary_by_place (summary);
  g_autoptr (GArray) days = trace_summary_by_day (summary);
  GArray *counts = g_array_new (FALSE, FALSE, sizeof (TraceJobCount));
  g_array_set_clear_func (counts, count_clear);
  for (guint i = 0; i < MIN (places->len, PLACES_MAX); i++) {
    const TraceCount *count = &g_array_index (places, TraceCount, i);
    guint32 place = (guint32) count->number;
    TraceJobCount told = { .level = count->level, .n = count->n };
    told.venue = g_ref_string_new_intern (trace_store_get_venue (search->store, place));
    told.zone = g_ref_string_new_intern (trace_store_get_zone (search->store, place));
    g_array_append_val (counts, told);
  }
  for (guint i = 0; i < days->len; i++) {
    const TraceCount *count = &g_array_index (days, TraceCount, i);
    TraceJobCount told = { .day = count->number, .level = count->level, .n = count->n };
    g_array_append_val (counts, told);
  }
  return counts;
}

static TraceAnswer *
ask_worker (Search *search, GError **error)
{
  const TraceJobTask *task = search->task;
  const TraceSeed seed = TRACE_SEED (task->limits);
  return trace_search (search->source, &seed, 1, &task->question, on_progress_worker, search,
                       error);
}

static gboolean
send_answer_worker (Search *search, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (TraceAnswer) answer = ask_worker (search, &cause);
  if (answer == NULL && search->index != NULL && trace_index_is_damaged (search->index)) {
    g_clear_error (&cause); // the tables know the answer
    search->source = trace_store_get_source (search->store);
    answer = ask_worker (search, &cause);
  }
  GArray *rows = answer != NULL
                     ? list_rows_worker (search, answer->contacts, answer->contacts->len, &cause)
                     : NULL;
  if (rows == NULL) {
    g_propagate_error (error, g_steal_pointer (&cause));
    return FALSE;
  }
  send_worker (search, (Report){ .state = TRACE_JOB_DONE,
                                 .rows = rows,
                                 .is_whole = TRUE,
                                 .n_cut = answer->n_cut,
                                 .n_of_level = g_array_ref (answer->n_of_level),
                                 .counts = list_counts_worker (search, answer->summary) });
  return TRUE;
}

static gboolean
open_worker (Search *search, GError **error)
{
  const TraceJobTask *task = search->task;
  search->store = trace_store_open_existing (task->uri, &task->open_stays, error);
  if (search->store == NULL)
    return FALSE;
  search->index = trace_index_open_or_build (search->store, task->uri, NULL); // or the tables
  search->source = search->index != NULL ? trace_index_get_source (search->index)
                                         : trace_store_get_source (search->store);
  return TRUE;
}

static gpointer
search_worker (gpointer user_data)
{
  Search *search = user_data;
  g_autoptr (GError) error = NULL;
  search->started_ms = get_ticks_ms_worker ();
  if (!open_worker (search, &error) || !send_stays_worker (search, &error) ||
      !send_answer_worker (search, &error)) {
    TraceJobState state = TRACE_JOB_FAILED;
    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      state = g_cancellable_is_cancelled (search->cancellable) ? TRACE_JOB_STOPPED
                                                               : TRACE_JOB_TIMED_OUT;
    send_worker (search, (Report){ .state = state, .error = g_steal_pointer (&error) });
  }
  g_clear_pointer (&search->index, trace_index_close);
  g_clear_pointer (&search->store, trace_store_close);
  g_async_queue_unref (search->reports);
  g_object_unref (search->cancellable);
  g_free (search);
  return NULL;
}

TraceJob *
trace_job_start (const TraceJobTask *task, const TraceJobOwner *owner)
{
  guint8 id[16];
  TraceJob *job = g_new0 (TraceJob, 1);
  job->task = *task;
  job->owner = *owner;
  job->level = 1;
  job->stays = g_array_new (FALSE, FALSE, sizeof (TraceJobStay));
  job->rows = new_rows ();
  job->n_of_level = g_array_new (FALSE, FALSE, sizeof (guint));
  job->counts = g_array_new (FALSE, FALSE, sizeof (TraceJobCount));
  job->row_of = g_hash_table_new (NULL, NULL);
  job->reports = g_async_queue_new_full (report_free);
  job->cancellable = g_cancellable_new ();
  randombytes_buf (id, sizeof id);
  (void) sodium_bin2hex (job->id, sizeof job->id, id, sizeof id);
  Search *search = g_new0 (Search, 1);
  search->task = &job->task;
  search->reports = g_async_queue_ref (job->reports);
  search->cancellable = g_object_ref (job->cancellable);
  job->thread = g_thread_new ("search", search_worker, search);
  return job;
}

static void
add_rows (TraceJob *job, const GArray *rows)
{
  for (guint i = 0; i < rows->len; i++) {
    TraceJobRow row = g_array_index (rows, TraceJobRow, i);
    (void) g_ref_string_acquire (row.venue);
    (void) g_ref_string_acquire (row.zone);
    g_array_append_val (job->rows, row);
    (void) g_hash_table_insert (job->row_of, GUINT_TO_POINTER (row.contact.subject),
                                GUINT_TO_POINTER (job->rows->len));
  }
}

static void
replace_rows (TraceJob *job, const Report *report)
{
  g_array_set_size (job->rows, 0);
  g_hash_table_remove_all (job->row_of);
  job->edition++;
  job->n_cut = report->n_cut;
  g_clear_pointer (&job->n_of_level, g_array_unref);
  job->n_of_level = g_array_ref (report->n_of_level);
  g_array_unref (job->counts);
  job->counts = g_array_ref (report->counts);
}

static void
take_report (TraceJob *job, Report *report)
{
  job->state = report->state;
  job->took_ms = report->took_ms;
  if (report->level > 0) {
    job->level = report->level;
    job->n_done = report->n_done;
    job->n_members = report->n_members;
  }
  if (report->stays != NULL) {
    g_array_unref (job->stays);
    job->stays = g_steal_pointer (&report->stays);
  }
  if (report->is_whole)
    replace_rows (job, report);
  if (report->rows != NULL) {
    add_rows (job, report->rows);
    if (!report->is_whole)
      g_array_append_val (job->n_of_level, report->n_found);
  }
  if (report->error != NULL)
    job->error = g_steal_pointer (&report->error);
}

void
trace_job_update (TraceJob *job)
{
  for (Report *report = NULL; (report = g_async_queue_try_pop (job->reports)) != NULL;) {
    take_report (job, report);
    report_free (report);
  }
  if (job->state != TRACE_JOB_RUNNING && job->thread != NULL)
    (void) g_thread_join (g_steal_pointer (&job->thread)); // returns nothing; said its last
}

void
trace_job_stop (TraceJob *job)
{
  g_cancellable_cancel (job->cancellable);
}

void
trace_job_free (TraceJob *job)
{
  trace_job_stop (job);
  if (job->thread != NULL)
    (void) g_thread_join (job->thread); // returns nothing
  g_async_queue_unref (job->reports);
  g_object_unref (job->cancellable);
  g_array_unref (job->stays);
  g_array_unref (job->rows);
  g_array_unref (job->n_of_level);
  g_array_unref (job->counts);
  g_hash_table_unref (job->row_of);
  g_array_unref (job->task.limits);
  g_free (job->task.uri);
  g_free (job->owner.case_id);
  g_free (job->owner.rule);
  g_clear_error (&job->error);
  g_free (job);
}

const TraceJobRow *
trace_job_find_row (const TraceJob *job, guint32 subject)
{
  guint row = GPOINTER_TO_UINT (g_hash_table_lookup (job->row_of, GUINT_TO_POINTER (subject)));
  return row > 0 ? &g_array_index (job->rows, TraceJobRow, row - 1) : NULL;
}
