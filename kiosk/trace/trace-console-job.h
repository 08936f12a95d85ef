// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A search that an officer waits for: it runs in a thread of its own, and what it found so far can
// be read while the rest is searched.

#pragma once

#include <gio/gio.h>

#include "kiosk/trace/trace-search.h"
#include "kiosk/trace/trace-seed.h"
#include "kiosk/trace/trace-store.h"

G_BEGIN_DECLS

typedef enum {
  TRACE_JOB_RUNNING,
  TRACE_JOB_DONE,
  TRACE_JOB_TIMED_OUT, // rows: of the levels that were complete
  TRACE_JOB_STOPPED,
  TRACE_JOB_FAILED,
} TraceJobState;

const char *trace_job_state_to_string (TraceJobState state);

typedef struct {
  TraceContact contact;
  guint8 subject[TRACE_SUBJECT_SIZE];
  GRefString *venue, *zone;
} TraceJobRow;

// A stay of the index case.
typedef struct {
  TraceStay stay;
  GRefString *venue, *zone;
} TraceJobStay;

// How many of a level were exposed at a place, or on a day.
typedef struct {
  GRefString *venue, *zone; // NULL: of a day
  gint64 day;               // since 1970, local time
  guint level, n;
} TraceJobCount;

typedef struct {
  char *uri;
  TraceOpenStays open_stays;
  GArray *limits; // of TraceLimit: the index case
  TraceQuestion question;
  gint64 time_ms; // it stops itself after that
} TraceJobTask;

// Who asked for it, and why: the console's business.
typedef struct {
  gint64 officer;
  char *case_id;
  char *rule;     // (nullable) the profile that the question follows
  gint64 until_s; // the index case is infectious; TRACE_CASE_NOW: still
  gint64 made_ms, used_ms;
} TraceJobOwner;

typedef struct {
  char id[33];
  TraceJobOwner owner;
  TraceJobTask task; // nobody changes it while it runs
  TraceJobState state;
  guint level; // that is being searched
  gsize n_done, n_members;
  GArray *stays;      // of TraceJobStay
  GArray *rows;       // of TraceJobRow
  guint edition;      // another one: rows that were read before are others now
  guint n_cut;        // DONE
  GArray *n_of_level; // of guint; of complete levels
  GArray *counts;     // of TraceJobCount, DONE: of all that were found; places first, fullest first
  GHashTable *row_of; // subject's number → its row, plus one
  gint64 took_ms;
  GError *error; // FAILED

  GThread *thread;
  GAsyncQueue *reports;
  GCancellable *cancellable;
} TraceJob;

// Takes what @task and @owner point to.
TraceJob *trace_job_start (const TraceJobTask *task, const TraceJobOwner *owner);
// Takes in what the search has reported since.
void trace_job_update (TraceJob *job);
void trace_job_stop (TraceJob *job); // does not wait
void trace_job_free (TraceJob *job); // waits
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TraceJob, trace_job_free)

// Row of a contact; NULL: the subject is the index case, or was cut.
const TraceJobRow *trace_job_find_row (const TraceJob *job, guint32 subject);

G_END_DECLS
