// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One step per record, in order.

#include "kiosk/journal/journal-audit.h"

#include <string.h>

#define MS_NS G_GINT64_CONSTANT (1000000)

void
journal_audit_init (JournalAudit *audit)
{
  *audit = (JournalAudit){ .seq = 0 };
  audit->marks = g_array_new (FALSE, FALSE, sizeof (JournalMark));
  audit->open_visits = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
}

void
journal_audit_clear (JournalAudit *audit)
{
  g_clear_pointer (&audit->marks, g_array_unref);
  g_clear_pointer (&audit->open_visits, g_hash_table_unref);
}

static gboolean
wrong (const JournalRecord *record, const char *what, GError **error)
{
  g_set_error (error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT, "record %" G_GUINT64_FORMAT ": %s",
               record->seq, what);
  return FALSE;
}

static void
copy (guint8 *ret, const JournalBytes *bytes)
{
  memcpy (ret, bytes->data, bytes->len);
}

static gboolean
same (const guint8 *expected, const JournalBytes *bytes)
{
  return memcmp (expected, bytes->data, bytes->len) == 0;
}

static gboolean
is_signed (const JournalStatement *statement, const JournalBytes *signature, const guint8 *key)
{
  return journal_statement_verify (statement, signature->data, key);
}

static gboolean
check_first_boot (JournalAudit *audit,
                  const JournalRecord *record,
                  const JournalBoot *boot,
                  GError **error)
{
  copy (audit->origin.kiosk, &boot->kiosk);
  copy (audit->origin.epoch, &boot->epoch);
  copy (audit->kiosk_key, &boot->kiosk_key);
  copy (audit->record_key, &boot->record_key);
  copy (audit->first_key, &boot->record_key);
  guint8 kiosk[JOURNAL_ID_SIZE];
  journal_chain_kiosk_id (audit->kiosk_key, kiosk);
  if (!same (kiosk, &boot->kiosk))
    return wrong (record, "the kiosk's name is not that of its key", error);
  journal_chain_begin (&audit->origin, audit->hash);
  return TRUE;
}

static gboolean
take_boot (JournalAudit *audit,
           const JournalRecord *record,
           const JournalBoot *boot,
           GError **error)
{
  if (!same (audit->origin.kiosk, &boot->kiosk) || !same (audit->origin.epoch, &boot->epoch) ||
      !same (audit->kiosk_key, &boot->kiosk_key) || !same (audit->record_key, &boot->record_key))
    return wrong (record, "another kiosk's, or under another key", error);
  JournalStatement statement;
  journal_statement_binding (&statement, &audit->origin, audit->record_key);
  return is_signed (&statement, &boot->binding, audit->kiosk_key) ||
         wrong (record, "forged binding", error);
}

static gboolean
take_checkpoint (JournalAudit *audit,
                 const JournalRecord *record,
                 const JournalCheckpoint *checkpoint,
                 GError **error)
{
  JournalStatement statement;
  const guint8 *next_key = checkpoint->next_key.data;
  journal_statement_head (&statement, &audit->origin, audit->seq, audit->hash, next_key);
  if (checkpoint->size != audit->seq ||
      !is_signed (&statement, &checkpoint->signature, audit->record_key))
    return wrong (record, "forged checkpoint", error);
  memcpy (audit->previous_key, audit->record_key, sizeof audit->previous_key);
  if (next_key != NULL)
    copy (audit->record_key, &checkpoint->next_key);
  audit->last_checkpoint = record->seq;
  return TRUE;
}

static gboolean
is_erased (gpointer visit, gpointer subject, gpointer audit)
{
  return *(guint64 *) visit <= ((JournalAudit *) audit)->erased_through;
}

static gboolean
take_deletion (JournalAudit *audit,
               const JournalRecord *record,
               const JournalDeletion *deletion,
               GError **error)
{
  JournalStatement statement;
  journal_statement_deletion (&statement, &audit->origin, deletion, record->stamp.wall_ms);
  if (deletion->through >= record->seq || deletion->through < audit->erased_through ||
      !is_signed (&statement, &deletion->signature, audit->kiosk_key))
    return wrong (record, "forged deletion", error);
  audit->erased_through = deletion->through;
  g_hash_table_foreach_remove (audit->open_visits, is_erased, audit);
  return TRUE;
}

static gboolean
take_visit_close (JournalAudit *audit,
                  const JournalRecord *record,
                  const JournalVisitClose *close,
                  GError **error)
{
  if (g_hash_table_remove (audit->open_visits, &close->visit))
    return TRUE;
  // Its visit-open may be erased already; then it is older than anything that is kept.
  if (close->visit <= MAX (audit->last_erased, audit->erased_through) && close->visit < record->seq)
    return TRUE;
  return wrong (record, "closes a visit that is not open", error);
}

static gboolean
take_body (JournalAudit *audit,
           const JournalRecord *record,
           const JournalBody *body,
           GError **error)
{
  switch (body->kind) {
  case JOURNAL_KIND_BOOT:
    return take_boot (audit, record, &body->boot, error);
  case JOURNAL_KIND_CONFIG:
    audit->config = body->config;
    return TRUE;
  case JOURNAL_KIND_VISIT_OPEN:
    g_hash_table_insert (audit->open_visits, g_memdup2 (&record->seq, sizeof record->seq),
                         g_memdup2 (body->visit_open.subject.data, JOURNAL_ID_SIZE));
    return TRUE;
  case JOURNAL_KIND_VISIT_CLOSE:
    return take_visit_close (audit, record, &body->visit_close, error);
  case JOURNAL_KIND_CHECKPOINT:
    return take_checkpoint (audit, record, &body->checkpoint, error);
  case JOURNAL_KIND_DELETION:
    return take_deletion (audit, record, &body->deletion, error);
  case JOURNAL_KIND_VISIT_PHONE:
    return body->visit_phone.visit < record->seq ||
           wrong (record, "joins a visit that is not there", error);
  case JOURNAL_KIND_TOMBSTONE:
  case JOURNAL_KIND_PRESENCE_WINDOW:
  case JOURNAL_KIND_OBSERVATION_GAP:
  case JOURNAL_KIND_CLOCK_FIX:
  case JOURNAL_KIND_STAFF_ACTION:
    return TRUE;
  }
  return wrong (record, "unknown kind", error);
}

static gboolean
check_body (JournalAudit *audit, const JournalRecord *record, JournalBody *ret_body, GError **error)
{
  if (record->body.data == NULL) {
    if (!journal_kind_is_erasable (record->kind))
      return wrong (record, "its body is missing", error);
    audit->n_erased++;
    audit->last_erased = record->seq;
    return TRUE;
  }
  guint8 body_hash[JOURNAL_HASH_SIZE];
  journal_chain_hash_body (&record->body, body_hash);
  if (memcmp (body_hash, record->body_hash, sizeof body_hash) != 0)
    return wrong (record, "its body was changed", error);
  if (!journal_record_read (record->kind, record->body.data, record->body.len, ret_body))
    return wrong (record, "malformed body", error);
  if (audit->first_kept == 0 && journal_kind_is_erasable (record->kind))
    audit->first_kept = record->seq;
  return TRUE;
}

// Numbers have no holes but those that a tombstone declares.
static gboolean
check_number (JournalAudit *audit,
              const JournalRecord *record,
              const JournalBody *body,
              GError **error)
{
  guint64 expected = audit->seq + 1;
  if (record->kind == JOURNAL_KIND_TOMBSTONE) {
    if (body->tombstone.first != expected || body->tombstone.last != record->seq - 1)
      return wrong (record, "its hole is not the one that it declares", error);
    audit->n_lost += record->seq - expected;
    return TRUE;
  }
  if (record->seq == expected)
    return TRUE;
  g_set_error (error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT,
               "record %" G_GUINT64_FORMAT ": missing, %" G_GUINT64_FORMAT " follows", expected,
               record->seq);
  return FALSE;
}

static gboolean
is_near (const JournalMark *mark, const JournalMark *next, gboolean is_same_boot)
{
  return is_same_boot && next->uptime_ns - mark->uptime_ns < JOURNAL_MARK_MS * MS_NS &&
         ABS (next->wall_ms - mark->wall_ms) < JOURNAL_MARK_MS;
}

// Time since this boot is the least that passed since the boot before.
static void
note_time (JournalAudit *audit, const JournalRecord *record)
{
  const JournalStamp *stamp = &record->stamp;
  gboolean is_same_boot = memcmp (stamp->boot_id, audit->stamp.boot_id, sizeof stamp->boot_id) == 0;
  if (audit->n_records > 0)
    audit->uptime_ns += MAX (0, stamp->boottime_ns - (is_same_boot ? audit->stamp.boottime_ns : 0));
  // One that is told late, of an earlier moment, turns no time back: it would pass twice.
  if (audit->n_records == 0 || !is_same_boot || stamp->boottime_ns >= audit->stamp.boottime_ns)
    audit->stamp = *stamp;

  JournalMark next = { record->seq, audit->uptime_ns,
                       stamp->quality == JOURNAL_CLOCK_SYNCED ? stamp->wall_ms : 0 };
  guint n_marks = audit->marks->len;
  if (n_marks == 0 ||
      !is_near (&g_array_index (audit->marks, JournalMark, n_marks - 1), &next, is_same_boot))
    g_array_append_val (audit->marks, next);
}

gboolean
journal_audit_step (JournalAudit *audit, const JournalRecord *record, GError **error)
{
  JournalBody body = { .kind = record->kind };
  if (record->kind <= 0 || record->kind >= JOURNAL_N_KINDS)
    return wrong (record, "unknown kind", error);
  if (!check_body (audit, record, &body, error) || !check_number (audit, record, &body, error))
    return FALSE;
  if (audit->n_records == 0) {
    if (record->kind != JOURNAL_KIND_BOOT)
      return wrong (record, "the first record is not a boot", error);
    if (!check_first_boot (audit, record, &body.boot, error))
      return FALSE;
  }
  guint8 hash[JOURNAL_HASH_SIZE];
  journal_chain_link (record, hash);
  if (memcmp (record->prev, audit->hash, sizeof hash) != 0)
    return wrong (record, "does not follow from the record before", error);
  if (memcmp (record->hash, hash, sizeof hash) != 0)
    return wrong (record, "its header was changed", error);
  if (record->body.data != NULL && !take_body (audit, record, &body, error))
    return FALSE;

  note_time (audit, record);
  audit->seq = record->seq;
  if (record->kind == JOURNAL_KIND_PRESENCE_WINDOW)
    audit->last_window = record->seq;
  memcpy (audit->hash, hash, sizeof hash);
  audit->n_records++;
  audit->n_of_kind[record->kind]++;
  return TRUE;
}

typedef struct {
  JournalAudit *audit;
  const JournalReceipt *receipt;
} Run;

static gboolean
on_record (const JournalRecord *record, gpointer user_data, GError **error)
{
  const Run *run = user_data;
  if (record->seq == run->receipt->seq &&
      memcmp (record->hash, run->receipt->hash, sizeof record->hash) != 0)
    return wrong (record, "the tracing core acknowledged another one", error);
  return journal_audit_step (run->audit, record, error);
}

gboolean
journal_audit_run (JournalAudit *audit, JournalDb *db, GError **error)
{
  JournalHead head;
  Run run = { audit, &audit->receipt };
  if (!journal_db_read_receipt (db, &audit->receipt, error) ||
      !journal_db_each_record (db, 0, G_MAXINT64, on_record, &run, error) ||
      !journal_db_read_head (db, &head, error))
    return FALSE;
  if (head.seq != audit->seq ||
      (head.seq > 0 && memcmp (head.hash, audit->hash, sizeof head.hash) != 0)) {
    g_set_error (error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT,
                 "head: record %" G_GUINT64_FORMAT ", but the last one is %" G_GUINT64_FORMAT,
                 head.seq, audit->seq);
    return FALSE;
  }
  JournalStatement statement;
  journal_statement_head (&statement, &audit->origin, head.seq, head.hash, NULL);
  if (head.seq > 0 && !journal_statement_verify (&statement, head.signature, audit->record_key)) {
    g_set_error_literal (error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT, "head: forged signature");
    return FALSE;
  }
  if (audit->last_erased > audit->erased_through ||
      (audit->first_kept > 0 && audit->first_kept <= audit->erased_through)) {
    g_set_error (error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT,
                 "erased bodies up to record %" G_GUINT64_FORMAT
                 ", declared up to %" G_GUINT64_FORMAT,
                 audit->last_erased, audit->erased_through);
    return FALSE;
  }
  return TRUE;
}

typedef struct {
  const JournalAudit *audit;
  guint n_same;
} Comparison;

static gboolean
on_open_visit (guint64 visit,
               const guint8 subject[JOURNAL_ID_SIZE],
               const JournalStamp *arrived,
               gpointer user_data,
               GError **error)
{
  Comparison *comparison = user_data;
  const guint8 *expected = g_hash_table_lookup (comparison->audit->open_visits, &visit);
  if (expected != NULL && memcmp (expected, subject, JOURNAL_ID_SIZE) == 0) {
    comparison->n_same++;
    return TRUE;
  }
  g_set_error (error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT,
               "open visit %" G_GUINT64_FORMAT ": not by the records", visit);
  return FALSE;
}

gboolean
journal_audit_compare_open_visits (const JournalAudit *audit, JournalDb *db, GError **error)
{
  Comparison comparison = { audit, 0 };
  if (!journal_db_each_open_visit (db, on_open_visit, &comparison, error))
    return FALSE;
  guint n_expected = g_hash_table_size (audit->open_visits);
  if (comparison.n_same == n_expected)
    return TRUE;
  g_set_error (error, JOURNAL_ERROR, JOURNAL_ERROR_CORRUPT, "open visits: %u, by the records %u",
               comparison.n_same, n_expected);
  return FALSE;
}
