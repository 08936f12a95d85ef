// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the files of the store share: its state, and jobs. A job carries everything between the two
// threads; its task never leaves the main thread.

#pragma once

#include "kiosk/journal/journal-writer.h"

G_BEGIN_DECLS

// Touched by the worker only.
typedef struct {
  JournalWriter *writer;
  GThread *thread;
} JournalWorker;

struct _JournalStore {
  GObject parent_instance;
  char *state_dir;
  char *vfs_name;
  guint retention_days;
  guint longest_stay_h;
  GThreadPool *pool;
  JournalWorker worker;
  guint people_inside;
  JournalPosition position;
  gboolean is_enrolled;
  const char *lost_window; // (nullable)
  guint disk_percent;
  GError *failure;
};

typedef struct _JournalJob JournalJob;
typedef gboolean (*JournalJobFunc) (JournalWriter *writer, JournalJob *job);

struct _JournalJob {
  GTask *task; // the main thread's
  JournalJobFunc run_worker;
  // asked
  JournalStamp stamp;
  JournalArrival arrival;
  GBytes *identity;
  char *text;
  GArray *spans; // of JournalSpan
  JournalPresence *presence;
  guint64 visit;
  JournalCloseReason reason;
  guint max_error_ms;
  JournalReceipt receipt;
  JournalStatement statement;
  JournalSlice slice; // its batch is the batch task's
  // answered
  GError *error;
  JournalCommit commit;
  JournalVisit found;
  guint8 signature[JOURNAL_SIG_SIZE];
  guint people_inside;
  JournalPosition position;
  gboolean is_enrolled;
  const char *lost_window; // (nullable)
  guint disk_percent;
  gboolean is_broken;
};

// The job is the data of its task, which it holds until it is done.
JournalJob *journal_job_new (JournalStore *self,
                             JournalJobFunc run_worker,
                             const JournalStamp *stamp,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data,
                             gpointer tag);
void journal_job_start (JournalStore *self, JournalJob *job);
gboolean
journal_job_finish (JournalStore *self, GAsyncResult *result, gpointer tag, GError **error);
// (transfer full) NULL: @error.
JournalCommitted *journal_job_finish_committed (JournalStore *self,
                                                GAsyncResult *result,
                                                gpointer tag,
                                                GError **error);

G_END_DECLS
