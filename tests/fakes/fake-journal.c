// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/fakes/fake-journal.h"

#include <string.h>

struct _JournalCommitted {
  guint64 seq;
  gint64 wall_ms;
  guint8 subject[16]; // the seq of the visit, in its first byte
};

typedef struct {
  guint64 seq;
  gint64 arrived_ms;
} Visit;

typedef enum {
  REQUEST_OPEN,
  REQUEST_FIND,
  REQUEST_ARRIVE,
  REQUEST_LEAVE,
  REQUEST_GAP,
  REQUEST_CLOCK_FIX,
  REQUEST_PRESENCE,
  REQUEST_TIDY,
  REQUEST_PROBE
} RequestKind;

typedef struct {
  RequestKind kind;
  GTask *task;
  JournalStamp stamp;
  GBytes *identity;
  guint64 seq;
  guint n_gaps;
  guint error_ms;
} Request;

struct _JournalStore {
  GObject parent_instance;

  gboolean is_open;
  gboolean is_held;
  int fails;      // JournalError of the next request, -1: none
  int fails_open; // of the next opening
  GError *failure;
  GQueue requests;
  guint idle_id;
  GHashTable *inside; // identity → Visit
  guint64 seq;
  guint disk_percent;
  guint n_opened, n_closed, n_committed, n_tidied, n_opens, n_gaps, n_gap_commits;
  GArray *gaps;       // of JournalSpan, asked for
  GPtrArray *windows; // of JournalPresence
  guint n_kept;
  gboolean has_kept;
  guint n_phones;
  JournalEvidence last_evidence;
  guint64 last_phone_visit;
  guint n_clock_fixes;
  gint64 last_clock_fix_ms;
  guint last_clock_error_ms;
};

enum { PROP_PEOPLE_INSIDE = 1, PROP_DISK_PERCENT, PROP_FAILED };

G_DEFINE_QUARK (journal - error - quark, journal_error)
G_DEFINE_BOXED_TYPE (JournalCommitted,
                     journal_committed,
                     journal_committed_ref,
                     journal_committed_unref)
G_DEFINE_FINAL_TYPE (JournalStore, journal_store, G_TYPE_OBJECT)

JournalCommitted *
journal_committed_ref (JournalCommitted *committed)
{
  return g_rc_box_acquire (committed);
}

void
journal_committed_unref (JournalCommitted *committed)
{
  g_rc_box_release (committed);
}

guint64
journal_committed_get_seq (const JournalCommitted *committed)
{
  return committed->seq;
}

gint64
journal_committed_get_wall_ms (const JournalCommitted *committed)
{
  return committed->wall_ms;
}

const guint8 *
journal_committed_get_subject (const JournalCommitted *committed)
{
  return committed->subject;
}

gint64
journal_committed_get_commit_us (const JournalCommitted *committed)
{
  return 1;
}

gboolean
journal_error_is_disk_full (const GError *error)
{
  return g_error_matches (error, JOURNAL_ERROR, JOURNAL_ERROR_FULL);
}

static void
commit (JournalStore *self, Request *request)
{
  JournalCommitted *committed = g_rc_box_new (JournalCommitted);
  committed->seq = ++self->seq;
  committed->wall_ms = request->stamp.wall_ms;
  memset (committed->subject, 0, sizeof committed->subject);
  committed->subject[0] = request->kind == REQUEST_ARRIVE ? (guint8) committed->seq : 0;
  self->n_committed++;
  g_task_return_pointer (request->task, committed, (GDestroyNotify) journal_committed_unref);
}

static gboolean
is_of_seq (gpointer identity, gpointer visit, gpointer seq)
{
  return ((Visit *) visit)->seq == *(guint64 *) seq;
}

static void
answer_arrival (JournalStore *self, Request *request)
{
  if (g_hash_table_contains (self->inside, request->identity)) {
    g_task_return_new_error (request->task, JOURNAL_ERROR, JOURNAL_ERROR_CONFLICT,
                             "inside already");
    return;
  }
  Visit *visit = g_new (Visit, 1);
  *visit = (Visit){ self->seq + 1, request->stamp.wall_ms };
  g_hash_table_insert (self->inside, g_bytes_ref (request->identity), visit);
  self->n_opened++;
  g_object_notify (G_OBJECT (self), "people-inside");
  commit (self, request);
}

static void
answer_departure (JournalStore *self, Request *request)
{
  if (g_hash_table_foreach_remove (self->inside, is_of_seq, &request->seq) == 0) {
    g_task_return_new_error (request->task, JOURNAL_ERROR, JOURNAL_ERROR_CONFLICT, "not open");
    return;
  }
  self->n_closed++;
  g_object_notify (G_OBJECT (self), "people-inside");
  commit (self, request);
}

static void
break_down (JournalStore *self, int error)
{
  gboolean had_failed = self->failure != NULL;
  g_clear_error (&self->failure); // replaced
  self->failure = g_error_new_literal (JOURNAL_ERROR, error, "scripted");
  self->is_open = FALSE;
  if (!had_failed)
    g_object_notify (G_OBJECT (self), "failed");
}

void
fake_journal_fail_now (JournalStore *self, JournalError error)
{
  self->fails = (int) error;
  break_down (self, self->fails);
}

static void
answer_opening (JournalStore *self, Request *request)
{
  int fails = self->fails_open;
  self->fails_open = -1;
  self->n_opens++;
  if (fails >= 0) {
    break_down (self, fails);
    g_task_return_error (request->task, g_error_copy (self->failure));
    return;
  }
  self->fails = -1;
  self->is_open = TRUE;
  if (self->failure != NULL) {
    g_clear_error (&self->failure); // opening anew is the answer to it
    g_object_notify (G_OBJECT (self), "failed");
  }
  g_task_return_boolean (request->task, TRUE);
}

static void
answer (JournalStore *self, Request *request)
{
  if (g_task_return_error_if_cancelled (request->task))
    return;
  if (request->kind == REQUEST_OPEN) {
    answer_opening (self, request);
  } else if (self->fails >= 0 || !self->is_open) {
    int fails = self->fails >= 0 ? self->fails : JOURNAL_ERROR_STORAGE;
    if (fails == JOURNAL_ERROR_CONFLICT)
      self->fails = -1;
    else
      break_down (self, fails);
    g_task_return_new_error (request->task, JOURNAL_ERROR, fails, "scripted");
  } else if (request->kind == REQUEST_ARRIVE) {
    answer_arrival (self, request);
  } else if (request->kind == REQUEST_LEAVE) {
    answer_departure (self, request);
  } else if (request->kind == REQUEST_GAP) {
    self->n_gaps += request->n_gaps;
    self->n_gap_commits++;
    commit (self, request);
  } else if (request->kind == REQUEST_CLOCK_FIX) {
    self->n_clock_fixes++;
    self->last_clock_fix_ms = request->stamp.wall_ms;
    self->last_clock_error_ms = request->error_ms;
    commit (self, request);
  } else if (request->kind == REQUEST_PRESENCE) {
    commit (self, request);
  } else {
    self->n_tidied += request->kind == REQUEST_TIDY;
    g_task_return_boolean (request->task, TRUE);
  }
}

static void
request_free (Request *request)
{
  g_object_unref (request->task);
  g_clear_pointer (&request->identity, g_bytes_unref);
  g_free (request);
}

static gboolean
on_turn (gpointer user_data)
{
  JournalStore *self = user_data;
  self->idle_id = 0;
  while (!self->is_held && self->requests.length > 0) {
    Request *request = g_queue_pop_head (&self->requests);
    if (request->kind == REQUEST_FIND && self->is_open && self->fails < 0) {
      Visit *visit = g_hash_table_lookup (self->inside, request->identity);
      g_task_set_task_data (request->task, g_memdup2 (visit, sizeof (Visit)), g_free);
    }
    answer (self, request);
    request_free (request);
  }
  return G_SOURCE_REMOVE;
}

static void
ask (JournalStore *self,
     Request model,
     const JournalStamp *stamp,
     GCancellable *cancellable,
     GAsyncReadyCallback callback,
     gpointer user_data)
{
  Request *request = g_memdup2 (&model, sizeof model);
  request->stamp = *stamp;
  request->task = g_task_new (self, cancellable, callback, user_data);
  if (model.identity != NULL)
    g_bytes_ref (model.identity);
  g_queue_push_tail (&self->requests, request);
  if (!self->is_held && self->idle_id == 0)
    self->idle_id = g_idle_add (on_turn, self);
}

void
journal_store_open_async (JournalStore *self,
                          const JournalStamp *stamp,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  ask (self, (Request){ .kind = REQUEST_OPEN }, stamp, cancellable, callback, user_data);
}

gboolean
journal_store_open_finish (JournalStore *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
journal_store_find_visit_async (JournalStore *self,
                                GBytes *identity,
                                const JournalStamp *stamp,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  ask (self, (Request){ .kind = REQUEST_FIND, .identity = identity }, stamp, cancellable, callback,
       user_data);
}

gboolean
journal_store_find_visit_finish (JournalStore *self,
                                 GAsyncResult *result,
                                 JournalVisit *ret_visit,
                                 GError **error)
{
  const Visit *visit = g_task_get_task_data (G_TASK (result));
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  *ret_visit = visit != NULL ? (JournalVisit){ TRUE, visit->seq, visit->arrived_ms }
                             : (JournalVisit){ FALSE, 0, 0 };
  return TRUE;
}

void
journal_store_open_visit_async (JournalStore *self,
                                const JournalArrival *arrival,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_assert_nonnull (arrival->zone);
  self->last_evidence = arrival->evidence;
  ask (self, (Request){ .kind = REQUEST_ARRIVE, .identity = arrival->identity }, &arrival->stamp,
       cancellable, callback, user_data);
}

JournalCommitted *
journal_store_open_visit_finish (JournalStore *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
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
  ask (self, (Request){ .kind = REQUEST_LEAVE, .seq = seq }, stamp, cancellable, callback,
       user_data);
}

JournalCommitted *
journal_store_close_visit_finish (JournalStore *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
journal_store_append_gaps_async (JournalStore *self,
                                 const char *what,
                                 const GArray *spans,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  const JournalSpan *last = &g_array_index (spans, JournalSpan, spans->len - 1);
  g_array_append_vals (self->gaps, spans->data, spans->len);
  ask (self, (Request){ .kind = REQUEST_GAP, .n_gaps = spans->len }, &last->to, cancellable,
       callback, user_data);
}

JournalCommitted *
journal_store_append_gaps_finish (JournalStore *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
journal_store_append_clock_fix_async (JournalStore *self,
                                      const JournalStamp *stamp,
                                      guint max_error_ms,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  ask (self, (Request){ .kind = REQUEST_CLOCK_FIX, .error_ms = max_error_ms }, stamp, cancellable,
       callback, user_data);
}

JournalCommitted *
journal_store_append_clock_fix_finish (JournalStore *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
journal_store_append_presence_async (JournalStore *self,
                                     const JournalPresence *presence,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  g_ptr_array_add (self->windows, journal_presence_copy (presence));
  self->has_kept = FALSE;
  ask (self, (Request){ .kind = REQUEST_PRESENCE }, &presence->stamp, cancellable, callback,
       user_data);
}

void
journal_store_append_phone_async (JournalStore *self,
                                  guint64 visit,
                                  const JournalPresence *phone,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  self->n_phones++;
  self->last_phone_visit = visit;
  ask (self, (Request){ .kind = REQUEST_PRESENCE }, &phone->stamp, cancellable, callback,
       user_data);
}

JournalCommitted *
journal_store_append_phone_finish (JournalStore *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
journal_store_keep_presence (JournalStore *self, const JournalPresence *presence)
{
  self->n_kept++;
  self->has_kept = TRUE;
}

void
journal_store_forget_presence (JournalStore *self, const JournalStamp *stamp)
{
  self->has_kept = FALSE;
}

JournalCommitted *
journal_store_append_presence_finish (JournalStore *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
journal_store_tidy_async (JournalStore *self,
                          const JournalStamp *stamp,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  ask (self, (Request){ .kind = REQUEST_TIDY }, stamp, cancellable, callback, user_data);
}

gboolean
journal_store_tidy_finish (JournalStore *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
journal_store_probe_async (JournalStore *self,
                           const JournalStamp *stamp,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  ask (self, (Request){ .kind = REQUEST_PROBE }, stamp, cancellable, callback, user_data);
}

gboolean
journal_store_probe_finish (JournalStore *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
fake_journal_fill_disk (JournalStore *self, guint percent)
{
  self->disk_percent = percent;
  g_object_notify (G_OBJECT (self), "disk-percent");
}

guint
journal_store_get_disk_percent (JournalStore *self)
{
  return self->disk_percent;
}

const char *
journal_store_get_lost_window (JournalStore *self)
{
  return NULL;
}

guint
journal_store_get_people_inside (JournalStore *self)
{
  return g_hash_table_size (self->inside);
}

gboolean
journal_store_is_enrolled (JournalStore *self)
{
  return FALSE;
}

void
fake_journal_hold (JournalStore *self)
{
  self->is_held = TRUE;
}

void
fake_journal_release (JournalStore *self)
{
  self->is_held = FALSE;
  fake_journal_settle (self);
}

void
fake_journal_settle (JournalStore *self)
{
  do {
    if (!self->is_held)
      (void) on_turn (self);
    while (g_main_context_iteration (NULL, FALSE))
      continue;
  } while (!self->is_held && self->requests.length > 0);
}

void
fake_journal_fail_next (JournalStore *self, JournalError error)
{
  self->fails = (int) error;
}

void
fake_journal_fail_next_open (JournalStore *self, JournalError error)
{
  self->fails_open = (int) error;
}

guint
fake_journal_get_n_opened (JournalStore *self)
{
  return self->n_opened;
}

JournalEvidence
fake_journal_get_last_evidence (JournalStore *self)
{
  return self->last_evidence;
}

guint
fake_journal_get_n_closed (JournalStore *self)
{
  return self->n_closed;
}

guint
fake_journal_get_n_committed (JournalStore *self)
{
  return self->n_committed;
}

guint
fake_journal_get_n_tidied (JournalStore *self)
{
  return self->n_tidied;
}

guint
fake_journal_get_n_opens (JournalStore *self)
{
  return self->n_opens;
}

guint
fake_journal_get_n_gaps (JournalStore *self)
{
  return self->n_gaps;
}

guint
fake_journal_get_n_clock_fixes (JournalStore *self)
{
  return self->n_clock_fixes;
}

gint64
fake_journal_get_last_clock_fix_ms (JournalStore *self)
{
  return self->last_clock_fix_ms;
}

guint
fake_journal_get_last_clock_error_ms (JournalStore *self)
{
  return self->last_clock_error_ms;
}

const GError *
journal_store_get_failure (JournalStore *self)
{
  return self->failure;
}

guint
fake_journal_get_n_phones (JournalStore *self)
{
  return self->n_phones;
}

guint64
fake_journal_get_last_phone_visit (JournalStore *self)
{
  return self->last_phone_visit;
}

gint64
fake_journal_get_gap_ms (JournalStore *self, guint i)
{
  g_assert_cmpuint (i, <, self->gaps->len);
  const JournalSpan *gap = &g_array_index (self->gaps, JournalSpan, i);
  return (gap->to.boottime_ns - gap->from.boottime_ns) / 1000000;
}

const JournalSpan *
fake_journal_get_last_gap (JournalStore *self)
{
  g_assert_cmpuint (self->gaps->len, >, 0);
  return &g_array_index (self->gaps, JournalSpan, self->gaps->len - 1);
}

guint
fake_journal_get_n_gap_commits (JournalStore *self)
{
  return self->n_gap_commits;
}

gint64
fake_journal_get_last_gap_ms (JournalStore *self)
{
  return fake_journal_get_gap_ms (self, self->gaps->len - 1);
}

static void
journal_store_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  JournalStore *self = JOURNAL_STORE (object);
  if (prop_id == PROP_FAILED)
    g_value_set_boolean (value, self->failure != NULL);
  else if (prop_id == PROP_DISK_PERCENT)
    g_value_set_uint (value, self->disk_percent);
  else
    g_value_set_uint (value, journal_store_get_people_inside (self));
}

static void
journal_store_finalize (GObject *object)
{
  JournalStore *self = JOURNAL_STORE (object);
  g_clear_handle_id (&self->idle_id, g_source_remove);
  g_clear_error (&self->failure); // scripted
  g_queue_clear_full (&self->requests, (GDestroyNotify) request_free);
  g_hash_table_unref (self->inside);
  g_ptr_array_unref (self->windows);
  g_array_unref (self->gaps);
  G_OBJECT_CLASS (journal_store_parent_class)->finalize (object);
}

static void
journal_store_class_init (JournalStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->get_property = journal_store_get_property;
  G_OBJECT_CLASS (klass)->finalize = journal_store_finalize;
  g_object_class_install_property (
      G_OBJECT_CLASS (klass), PROP_FAILED,
      g_param_spec_boolean ("failed", NULL, NULL, FALSE, G_PARAM_READABLE));
  g_object_class_install_property (
      G_OBJECT_CLASS (klass), PROP_DISK_PERCENT,
      g_param_spec_uint ("disk-percent", NULL, NULL, 0, 100, 0, G_PARAM_READABLE));
  g_object_class_install_property (
      G_OBJECT_CLASS (klass), PROP_PEOPLE_INSIDE,
      g_param_spec_uint ("people-inside", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE));
}

static void
journal_store_init (JournalStore *self)
{
  self->fails = self->fails_open = -1;
  self->gaps = g_array_new (FALSE, FALSE, sizeof (JournalSpan));
  self->windows = g_ptr_array_new_with_free_func ((GDestroyNotify) journal_presence_free);
  self->inside =
      g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, g_free);
}

JournalStore *
journal_store_new (const char *state_dir, guint retention_days, guint longest_stay_h)
{
  return g_object_new (JOURNAL_TYPE_STORE, NULL);
}

GPtrArray *
fake_journal_get_windows (JournalStore *self)
{
  return self->windows;
}

gboolean
fake_journal_has_kept (JournalStore *self)
{
  return self->has_kept;
}

guint
fake_journal_get_n_kept (JournalStore *self)
{
  return self->n_kept;
}
