// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Every record that is written goes through the same audit as one that is read: what the writer
// knows about its journal (last hash, open visits, age of records) is the audit's state.

#include "kiosk/journal/journal-writer-private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <sodium.h>

#include "kiosk/journal/journal-disk.h"
#include "kiosk/journal/journal-keys.h"
#include "kiosk/journal/journal-retention.h"
#include "kiosk/journal/journal-witness.h"

#define PASS_PREFIX        "pass:"
#define CHECKPOINT_RECORDS 1000
#define LOG_PAGES_MAX      1000 // 4 MiB, then the log is merged

JournalWriter *
journal_writer_new (const char *state_dir,
                    const char *vfs_name,
                    guint retention_days,
                    guint longest_stay_h)
{
  JournalWriter *self = g_new0 (JournalWriter, 1);
  self->state_dir = g_strdup (state_dir);
  self->vfs_name = g_strdup (vfs_name);
  self->wanted.retention_days = MIN (retention_days, JOURNAL_RETENTION_MAX_DAYS);
  self->wanted.longest_stay_h = MIN (longest_stay_h, 168);
  self->witness_fd = -1;
  journal_audit_init (&self->audit);
  return self;
}

void
journal_writer_close_all (JournalWriter *self, gboolean is_clean)
{
  if (self->db != NULL)
    journal_db_close (self->db, is_clean);
  self->db = NULL;
  if (self->witness_fd >= 0)
    (void) close (self->witness_fd); // never synchronised
  self->witness_fd = -1;
}

void
journal_writer_free (JournalWriter *self)
{
  journal_writer_close_all (self, TRUE);
  g_clear_pointer (&self->keys, journal_keys_free);
  journal_audit_clear (&self->audit);
  g_clear_error (&self->failure); // told long ago
  g_free (self->state_dir);
  g_free (self->vfs_name);
  g_free (self);
}

gboolean
journal_writer_is_open (const JournalWriter *self)
{
  return self->db != NULL;
}

gboolean
journal_writer_is_enrolled (const JournalWriter *self)
{
  return self->keys != NULL && journal_keys_is_enrolled (self->keys);
}

guint
journal_writer_measure_disk (const JournalWriter *self)
{
  return journal_disk_percent (self->state_dir);
}

const char *
journal_writer_get_lost_window (const JournalWriter *self)
{
  return self->lost_window;
}

guint
journal_writer_get_people_inside (const JournalWriter *self)
{
  return g_hash_table_size (self->audit.open_visits);
}

// After the first error that is not the caller's fault nothing is tried again: what the disk holds
// is known only by opening anew.
gboolean
journal_writer_end (JournalWriter *self, gboolean ok, GError *failure, GError **error)
{
  if (ok)
    return TRUE;
  if (self->db != NULL)
    journal_db_rollback (self->db);
  if (!g_error_matches (failure, JOURNAL_ERROR, JOURNAL_ERROR_CONFLICT)) {
    journal_writer_close_all (self, FALSE);
    g_clear_error (&self->failure); // an open that failed again
    self->failure = g_error_copy (failure);
  }
  g_propagate_error (error, failure);
  return FALSE;
}

gboolean
journal_writer_is_usable (JournalWriter *self, GError **error)
{
  if (self->db != NULL)
    return TRUE;
  if (self->failure != NULL)
    g_propagate_error (error, g_error_copy (self->failure));
  else
    g_set_error_literal (error, JOURNAL_ERROR, JOURNAL_ERROR_STORAGE, "journal: not open");
  return FALSE;
}

gboolean
journal_writer_append_numbered (JournalWriter *self,
                                guint64 seq,
                                const JournalStamp *stamp,
                                const JournalBody *body,
                                GError **error)
{
  guint8 encoded[JOURNAL_BODY_MAX];
  JournalRecord record = { .seq = seq, .kind = body->kind, .stamp = *stamp };
  record.body = (JournalBytes){ encoded, journal_record_write (body, encoded, sizeof encoded) };
  g_assert (record.body.len > 0); // callers give what the format can say
  journal_chain_hash_body (&record.body, record.body_hash);
  if (self->audit.n_records == 0)
    journal_chain_begin (&self->audit.origin, record.prev);
  else
    memcpy (record.prev, self->audit.hash, sizeof record.prev);
  journal_chain_link (&record, record.hash);
  return journal_db_insert_record (self->db, &record, error) &&
         journal_audit_step (&self->audit, &record, error);
}

gboolean
journal_writer_append (JournalWriter *self,
                       const JournalStamp *stamp,
                       const JournalBody *body,
                       GError **error)
{
  return journal_writer_append_numbered (self, self->audit.seq + 1, stamp, body, error);
}

static gboolean
append_checkpoint (JournalWriter *self,
                   const JournalStamp *stamp,
                   const guint8 *next_key,
                   GError **error)
{
  guint8 signature[JOURNAL_SIG_SIZE];
  JournalStatement statement;
  journal_statement_head (&statement, &self->audit.origin, self->audit.seq, self->audit.hash,
                          next_key);
  journal_keys_sign_record (self->keys, &statement, signature);
  JournalBody body = { .kind = JOURNAL_KIND_CHECKPOINT };
  body.checkpoint.size = self->audit.seq;
  body.checkpoint.next_key = (JournalBytes){ next_key, next_key == NULL ? 0 : JOURNAL_KEY_SIZE };
  body.checkpoint.signature = (JournalBytes){ signature, sizeof signature };
  return journal_writer_append (self, stamp, &body, error);
}

gboolean
journal_writer_begin (JournalWriter *self, GError **error)
{
  return journal_db_begin (self->db, error);
}

gboolean
journal_writer_commit (JournalWriter *self, const JournalStamp *stamp, GError **error)
{
  if (self->audit.seq - self->audit.last_checkpoint >= CHECKPOINT_RECORDS &&
      !append_checkpoint (self, stamp, NULL, error))
    return FALSE;
  JournalHead head = { .seq = self->audit.seq };
  memcpy (head.hash, self->audit.hash, sizeof head.hash);
  JournalStatement statement;
  journal_statement_head (&statement, &self->audit.origin, head.seq, head.hash, NULL);
  journal_keys_sign_record (self->keys, &statement, head.signature);
  if (!journal_db_write_head (self->db, &head, error) || !journal_db_commit (self->db, error))
    return FALSE;
  self->head = head;
  memcpy (self->epoch, self->audit.origin.epoch, sizeof self->epoch);
  return journal_witness_write (self->witness_fd, &head, error);
}

// The key of the day that ends announces and signs its successor; only then is it destroyed. If the
// power goes in between, the next open finds the journal one step ahead of the file.
static gboolean
turn_day (JournalWriter *self, const JournalStamp *stamp, GError **error)
{
  if (!journal_keys_is_due (self->keys, stamp))
    return TRUE;
  guint8 next_key[JOURNAL_KEY_SIZE];
  journal_keys_peek (self->keys, next_key);
  if (!journal_writer_begin (self, error) || !append_checkpoint (self, stamp, next_key, error))
    return FALSE;
  journal_keys_step (self->keys, stamp);
  return journal_writer_commit (self, stamp, error) && journal_keys_save (self->keys, error);
}

// A pass that was given out for a visit has the visit's own pseudonym for its id.
static gboolean
read_pass_id (GBytes *identity, guint8 ret_subject[JOURNAL_ID_SIZE])
{
  gsize len = 0, n_read = 0;
  const char *text = g_bytes_get_data (identity, &len);
  return len == strlen (PASS_PREFIX) + 2 * JOURNAL_ID_SIZE &&
         memcmp (text, PASS_PREFIX, strlen (PASS_PREFIX)) == 0 &&
         sodium_hex2bin (ret_subject, JOURNAL_ID_SIZE, text + strlen (PASS_PREFIX),
                         2 * JOURNAL_ID_SIZE, NULL, &n_read, NULL) == 0 &&
         n_read == JOURNAL_ID_SIZE;
}

static gboolean
find (JournalWriter *self, GBytes *identity, JournalVisit *ret_visit, GError **error)
{
  guint8 subjects[JOURNAL_KEYS_DAYS + 1][JOURNAL_ID_SIZE];
  guint n_subjects = journal_keys_pseudonyms (self->keys, identity, subjects);
  if (read_pass_id (identity, subjects[n_subjects]))
    n_subjects++;
  *ret_visit = (JournalVisit){ .is_open = FALSE };
  for (guint i = 0; i < n_subjects; i++) {
    JournalStamp arrived;
    guint64 visit = 0;
    if (!journal_db_find_open_visit (self->db, subjects[i], &visit, &arrived, error))
      return FALSE;
    if (visit != 0) {
      *ret_visit = (JournalVisit){ TRUE, visit, arrived.wall_ms };
      return TRUE;
    }
  }
  return TRUE;
}

gboolean
journal_writer_find_visit (JournalWriter *self,
                           GBytes *identity,
                           JournalVisit *ret_visit,
                           GError **error)
{
  g_autoptr (GError) failure = NULL;
  if (!journal_writer_is_usable (self, error))
    return FALSE;
  gboolean ok = find (self, identity, ret_visit, &failure);
  return journal_writer_end (self, ok, g_steal_pointer (&failure), error);
}

GBytes *
journal_writer_seal (
    JournalWriter *self, JournalSealPurpose purpose, guint64 seq, GBytes *content, GError **error)
{
  const guint8 *key = purpose == JOURNAL_SEAL_DETAILS ? journal_keys_get_officer_key (self->keys)
                                                      : journal_keys_get_ingest_key (self->keys);
  GBytes *box = journal_seal (key, purpose, &self->audit.origin, seq, content);
  if (box == NULL)
    g_set_error_literal (error, JOURNAL_ERROR, JOURNAL_ERROR_KEYS,
                         "sealing an identity: the key does not take it");
  return box;
}

static JournalBytes
view_of (GBytes *bytes)
{
  JournalBytes view = { NULL, 0 };
  if (bytes != NULL)
    view.data = g_bytes_get_data (bytes, &view.len);
  return view;
}

static gboolean
append_visit_open (JournalWriter *self,
                   const JournalArrival *arrival,
                   guint8 ret_subject[JOURNAL_ID_SIZE],
                   GError **error)
{
  guint8 subjects[JOURNAL_KEYS_DAYS][JOURNAL_ID_SIZE];
  (void) journal_keys_pseudonyms (self->keys, arrival->identity, subjects); // today's is the first
  g_autoptr (GBytes) who =
      journal_writer_seal (self, JOURNAL_SEAL_WHO, self->audit.seq + 1, arrival->identity, error);
  g_autoptr (GBytes) details = NULL;
  if (who == NULL)
    return FALSE;
  if (arrival->details != NULL) {
    details = journal_writer_seal (self, JOURNAL_SEAL_DETAILS, self->audit.seq + 1,
                                   arrival->details, error);
    if (details == NULL)
      return FALSE;
  }
  JournalBody body = { .kind = JOURNAL_KIND_VISIT_OPEN };
  JournalVisitOpen *visit = &body.visit_open;
  visit->subject = (JournalBytes){ subjects[0], JOURNAL_ID_SIZE };
  memcpy (ret_subject, subjects[0], JOURNAL_ID_SIZE);
  visit->who = view_of (who);
  visit->details = view_of (details);
  visit->credential_kind = arrival->credential_kind;
  visit->freshness = arrival->freshness;
  visit->doubts = arrival->doubts;
  visit->evidence = arrival->evidence;
  visit->zone = (JournalBytes){ (const guint8 *) arrival->zone, strlen (arrival->zone) };
  return journal_writer_append (self, &arrival->stamp, &body, error) &&
         journal_db_insert_open_visit (self->db, self->audit.seq, subjects[0], error);
}

static gboolean
is_outside (JournalWriter *self, GBytes *identity, GError **error)
{
  JournalVisit visit;
  if (!find (self, identity, &visit, error))
    return FALSE;
  if (!visit.is_open)
    return TRUE;
  g_set_error (error, JOURNAL_ERROR, JOURNAL_ERROR_CONFLICT,
               "journal: visit %" G_GUINT64_FORMAT " is still open", visit.seq);
  return FALSE;
}

gboolean
journal_writer_open_visit (JournalWriter *self,
                           const JournalArrival *arrival,
                           JournalCommit *ret_commit,
                           GError **error)
{
  g_autoptr (GError) failure = NULL;
  guint8 subject[JOURNAL_ID_SIZE] = { 0 };
  gint64 started_us = g_get_monotonic_time ();
  if (!journal_writer_is_usable (self, error))
    return FALSE;
  gboolean ok = turn_day (self, &arrival->stamp, &failure) &&
                journal_writer_begin (self, &failure) &&
                is_outside (self, arrival->identity, &failure) &&
                append_visit_open (self, arrival, subject, &failure);
  guint64 seq = self->audit.seq;
  ok = ok && journal_writer_commit (self, &arrival->stamp, &failure);
  *ret_commit = (JournalCommit){ .seq = seq,
                                 .wall_ms = arrival->stamp.wall_ms,
                                 .commit_us = g_get_monotonic_time () - started_us };
  memcpy (ret_commit->subject, subject, sizeof subject);
  return journal_writer_end (self, ok, g_steal_pointer (&failure), error);
}

static gboolean
append_visit_close (JournalWriter *self,
                    guint64 visit,
                    JournalCloseReason reason,
                    const JournalStamp *stamp,
                    GError **error)
{
  if (!journal_db_delete_open_visit (self->db, visit, error))
    return FALSE;
  JournalBody body = { .kind = JOURNAL_KIND_VISIT_CLOSE };
  body.visit_close = (JournalVisitClose){ visit, reason };
  return journal_writer_append (self, stamp, &body, error);
}

gboolean
journal_writer_close_visit (JournalWriter *self,
                            guint64 visit,
                            JournalCloseReason reason,
                            const JournalStamp *stamp,
                            JournalCommit *ret_commit,
                            GError **error)
{
  g_autoptr (GError) failure = NULL;
  gint64 started_us = g_get_monotonic_time ();
  if (!journal_writer_is_usable (self, error))
    return FALSE;
  gboolean ok = journal_writer_begin (self, &failure) &&
                append_visit_close (self, visit, reason, stamp, &failure);
  guint64 seq = self->audit.seq;
  ok = ok && journal_writer_commit (self, stamp, &failure);
  *ret_commit = (JournalCommit){ .seq = seq,
                                 .wall_ms = stamp->wall_ms,
                                 .commit_us = g_get_monotonic_time () - started_us };
  return journal_writer_end (self, ok, g_steal_pointer (&failure), error);
}

gboolean
journal_writer_append_span (JournalWriter *self,
                            const char *what,
                            const JournalSpan *span,
                            GError **error)
{
  const JournalStamp *from = &span->from;
  JournalBody body = { .kind = JOURNAL_KIND_OBSERVATION_GAP };
  body.gap.what = (JournalBytes){ (const guint8 *) what, strlen (what) };
  body.gap.from_boot = (JournalBytes){ from->boot_id, sizeof from->boot_id };
  body.gap.from_boottime_ns = (guint64) MAX (0, from->boottime_ns);
  body.gap.from_wall_ms = (guint64) MAX (0, from->wall_ms);
  body.gap.from_quality = from->quality;
  return journal_writer_append (self, &span->to, &body, error);
}

gboolean
journal_writer_append_gaps (JournalWriter *self,
                            const char *what,
                            const GArray *spans,
                            JournalCommit *ret_commit,
                            GError **error)
{
  g_autoptr (GError) failure = NULL;
  gint64 started_us = g_get_monotonic_time ();
  if (!journal_writer_is_usable (self, error))
    return FALSE;
  gboolean ok = journal_writer_begin (self, &failure);
  for (guint i = 0; ok && i < spans->len; i++)
    ok = journal_writer_append_span (self, what, &g_array_index (spans, JournalSpan, i), &failure);
  guint64 seq = self->audit.seq;
  const JournalStamp *to = &g_array_index (spans, JournalSpan, spans->len - 1).to;
  ok = ok && journal_writer_commit (self, to, &failure);
  *ret_commit = (JournalCommit){ .seq = seq,
                                 .wall_ms = to->wall_ms,
                                 .commit_us = g_get_monotonic_time () - started_us };
  return journal_writer_end (self, ok, g_steal_pointer (&failure), error);
}

typedef struct {
  const JournalStamp *now;
  gint64 longest_stay_ms;
  GArray *visits; // of guint64
} Expiry;

static gboolean
on_open_visit (guint64 visit,
               const guint8 subject[JOURNAL_ID_SIZE],
               const JournalStamp *arrived,
               gpointer user_data,
               GError **error)
{
  Expiry *expiry = user_data;
  if (journal_retention_elapsed_ms (arrived, expiry->now) >= expiry->longest_stay_ms)
    g_array_append_val (expiry->visits, visit);
  return TRUE;
}

static gboolean
expire_visits (JournalWriter *self, const JournalStamp *stamp, GError **error)
{
  g_autoptr (GArray) visits = g_array_new (FALSE, FALSE, sizeof (guint64));
  Expiry expiry = { stamp, (gint64) self->audit.config.longest_stay_h * 3600000, visits };
  if (!journal_db_each_open_visit (self->db, on_open_visit, &expiry, error))
    return FALSE;
  for (guint i = 0; i < visits->len; i++) {
    if (!append_visit_close (self, g_array_index (visits, guint64, i), JOURNAL_CLOSE_EXPIRY, stamp,
                             error))
      return FALSE;
  }
  return TRUE;
}

// What the core does not have yet waits for it, but no longer than the law allows.
static guint64
find_what_to_erase (JournalWriter *self, const JournalStamp *stamp, guint *retention_days)
{
  guint64 through = journal_retention_through (&self->audit, stamp, *retention_days);
  guint64 delivered = journal_writer_get_delivered (self);
  if (!journal_keys_is_enrolled (self->keys) || through <= delivered)
    return through;
  guint64 hard_through =
      journal_retention_through (&self->audit, stamp, JOURNAL_RETENTION_MAX_DAYS);
  if (hard_through <= delivered)
    return delivered;
  *retention_days = JOURNAL_RETENTION_MAX_DAYS;
  return hard_through;
}

static gboolean
erase_bodies (JournalWriter *self, const JournalStamp *stamp, GError **error)
{
  guint retention_days = (guint) self->audit.config.retention_days;
  guint64 through = find_what_to_erase (self, stamp, &retention_days);
  if (through <= self->audit.erased_through)
    return TRUE;
  JournalBody body = { .kind = JOURNAL_KIND_DELETION };
  body.deletion.through = through;
  body.deletion.retention_days = retention_days;
  if (!journal_db_erase_bodies (self->db, through, &body.deletion.n_erased, error))
    return FALSE;
  guint8 signature[JOURNAL_SIG_SIZE];
  JournalStatement statement;
  journal_statement_deletion (&statement, &self->audit.origin, &body.deletion, stamp->wall_ms);
  journal_keys_sign_as_kiosk (self->keys, &statement, signature);
  body.deletion.signature = (JournalBytes){ signature, sizeof signature };
  return journal_writer_append (self, stamp, &body, error) &&
         journal_writer_rebuild_open_visits (self, error);
}

gboolean
journal_writer_tidy (JournalWriter *self, const JournalStamp *stamp, GError **error)
{
  g_autoptr (GError) failure = NULL;
  if (!journal_writer_is_usable (self, error))
    return FALSE;
  gboolean ok = turn_day (self, stamp, &failure) && journal_writer_begin (self, &failure) &&
                expire_visits (self, stamp, &failure) && erase_bodies (self, stamp, &failure);
  if (ok && self->audit.seq > self->audit.last_checkpoint)
    ok = append_checkpoint (self, stamp, NULL, &failure);
  ok = ok && journal_writer_commit (self, stamp, &failure) &&
       journal_db_truncate_log (self->db, &failure);
  if (ok && journal_keys_retire (self->keys, stamp, (guint) self->audit.config.longest_stay_h))
    ok = journal_keys_save (self->keys, &failure);
  return journal_writer_end (self, ok, g_steal_pointer (&failure), error);
}

gboolean
journal_writer_probe (JournalWriter *self, GError **error)
{
  g_autoptr (GError) failure = NULL;
  JournalHead head;
  if (self->db == NULL && self->failure == NULL) // not opened yet
    return TRUE;
  if (!journal_writer_is_usable (self, error))
    return FALSE;
  gboolean ok = journal_db_read_head (self->db, &head, &failure);
  return journal_writer_end (self, ok, g_steal_pointer (&failure), error);
}

gboolean
journal_writer_settle (JournalWriter *self, GError **error)
{
  g_autoptr (GError) failure = NULL;
  if (self->db == NULL || journal_db_get_log_pages (self->db) < LOG_PAGES_MAX)
    return TRUE;
  gboolean ok = journal_db_truncate_log (self->db, &failure);
  return journal_writer_end (self, ok, g_steal_pointer (&failure), error);
}
