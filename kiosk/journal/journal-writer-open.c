// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Opening a journal: the first time, after a clean end, after a crash, after a failure.

#include "kiosk/journal/journal-writer-private.h"

#include <errno.h>
#include <string.h>

#include <glib/gstdio.h>
#include <sodium.h>

#include "kiosk/journal/journal-keyfile.h"
#include "kiosk/journal/journal-witness.h"

#define DEFAULT_RETENTION_DAYS 21
#define DEFAULT_STAY_H         24

static gboolean
make_state_dir (JournalWriter *self, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (self->state_dir);
  if (g_file_test (self->state_dir, G_FILE_TEST_IS_DIR))
    return TRUE;
  // Its name must last as long as what is in it.
  if (g_mkdir_with_parents (self->state_dir, 0700) == 0)
    return journal_keyfile_sync_folder (parent, error);
  g_set_error (error, JOURNAL_ERROR, JOURNAL_ERROR_STORAGE, "making %s: %s", self->state_dir,
               g_strerror (errno));
  return FALSE;
}

static gboolean
begin_epoch (JournalWriter *self, const JournalStamp *stamp, GError **error)
{
  g_clear_pointer (&self->keys, journal_keys_free);
  self->keys = journal_keys_exist (self->state_dir)
                   ? journal_keys_load (self->state_dir, error)
                   : journal_keys_create (self->state_dir, stamp, error);
  if (self->keys == NULL)
    return FALSE;
  journal_chain_kiosk_id (journal_keys_get_kiosk_key (self->keys), self->audit.origin.kiosk);
  randombytes_buf (self->audit.origin.epoch, sizeof self->audit.origin.epoch);
  return TRUE;
}

static gboolean
match_keys (JournalWriter *self, const JournalStamp *stamp, GError **error)
{
  g_clear_pointer (&self->keys, journal_keys_free);
  self->keys = journal_keys_load (self->state_dir, error);
  if (self->keys == NULL)
    return FALSE;
  guint8 next_key[JOURNAL_KEY_SIZE];
  journal_keys_peek (self->keys, next_key);
  if (memcmp (next_key, self->audit.record_key, sizeof next_key) == 0) {
    journal_keys_step (self->keys, stamp);
    if (!journal_keys_save (self->keys, error))
      return FALSE;
  }
  if (memcmp (journal_keys_get_record_key (self->keys), self->audit.record_key, JOURNAL_KEY_SIZE) ==
          0 &&
      memcmp (journal_keys_get_kiosk_key (self->keys), self->audit.kiosk_key, JOURNAL_KEY_SIZE) ==
          0)
    return TRUE;
  g_clear_pointer (&self->keys, journal_keys_free); // nothing is signed by them
  g_set_error_literal (error, JOURNAL_ERROR, JOURNAL_ERROR_KEYS, "keys: not those of this journal");
  return FALSE;
}

static gboolean
append_boot (JournalWriter *self, const JournalStamp *stamp, GError **error)
{
  guint8 signature[JOURNAL_SIG_SIZE];
  JournalStatement statement;
  JournalBody body = { .kind = JOURNAL_KIND_BOOT };
  JournalBoot *boot = &body.boot;
  boot->format = JOURNAL_FORMAT;
  boot->kiosk = (JournalBytes){ self->audit.origin.kiosk, JOURNAL_ID_SIZE };
  boot->epoch = (JournalBytes){ self->audit.origin.epoch, JOURNAL_ID_SIZE };
  boot->kiosk_key = (JournalBytes){ journal_keys_get_kiosk_key (self->keys), JOURNAL_KEY_SIZE };
  boot->record_key = (JournalBytes){ journal_keys_get_record_key (self->keys), JOURNAL_KEY_SIZE };
  boot->ingest_key = (JournalBytes){ journal_keys_get_ingest_key (self->keys), JOURNAL_KEY_SIZE };
  boot->officer_key = (JournalBytes){ journal_keys_get_officer_key (self->keys), JOURNAL_KEY_SIZE };
  boot->binding = (JournalBytes){ signature, sizeof signature };
  journal_statement_binding (&statement, &self->audit.origin, boot->record_key.data);
  journal_keys_sign_as_kiosk (self->keys, &statement, signature);
  return journal_writer_append (self, stamp, &body, error);
}

static gboolean
append_config (JournalWriter *self, const JournalStamp *stamp, GError **error)
{
  JournalBody body = { .kind = JOURNAL_KIND_CONFIG, .config = self->audit.config };
  JournalConfig *config = &body.config;
  if (self->audit.config.retention_days == 0)
    *config = (JournalConfig){ DEFAULT_RETENTION_DAYS, DEFAULT_STAY_H };
  if (self->wanted.retention_days > 0)
    config->retention_days = self->wanted.retention_days;
  if (self->wanted.longest_stay_h > 0)
    config->longest_stay_h = self->wanted.longest_stay_h;
  if (config->retention_days == self->audit.config.retention_days &&
      config->longest_stay_h == self->audit.config.longest_stay_h)
    return TRUE;
  return journal_writer_append (self, stamp, &body, error);
}

// Numbers that were given out are never given out again: somebody may hold a receipt or a slip for
// them.
static gboolean
declare_loss (JournalWriter *self, const JournalStamp *stamp, GError **error)
{
  JournalHead witness = { .seq = 0 };
  guint64 acknowledged = 0;
  if (journal_witness_read (self->state_dir, &witness) &&
      journal_witness_is_credible (&witness, &self->audit))
    acknowledged = witness.seq;
  if (memcmp (self->epoch, self->audit.origin.epoch, sizeof self->epoch) == 0)
    acknowledged = MAX (acknowledged, self->head.seq);
  acknowledged = MAX (acknowledged, self->audit.receipt.seq);
  if (acknowledged <= self->audit.seq)
    return TRUE;
  JournalBody body = { .kind = JOURNAL_KIND_TOMBSTONE };
  body.tombstone = (JournalTombstone){ self->audit.seq + 1, acknowledged, JOURNAL_LOSS_STORAGE };
  return journal_writer_append_numbered (self, acknowledged + 1, stamp, &body, error);
}

gboolean
journal_writer_rebuild_open_visits (JournalWriter *self, GError **error)
{
  g_autoptr (GError) difference = NULL;
  if (journal_audit_compare_open_visits (&self->audit, self->db, &difference))
    return TRUE;
  g_debug ("rebuilding open visits: %s", difference->message);
  if (!journal_db_clear_open_visits (self->db, error))
    return FALSE;
  GHashTableIter iter;
  gpointer visit, subject;
  g_hash_table_iter_init (&iter, self->audit.open_visits);
  while (g_hash_table_iter_next (&iter, &visit, &subject)) {
    if (!journal_db_insert_open_visit (self->db, *(guint64 *) visit, subject, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
open_all (JournalWriter *self, const JournalStamp *stamp, GError **error)
{
  g_autofree char *path = g_build_filename (self->state_dir, "journal.db", NULL);
  if (!make_state_dir (self, error))
    return FALSE;
  self->db = journal_db_open (path, self->vfs_name, error);
  if (self->db == NULL || !journal_audit_run (&self->audit, self->db, error))
    return FALSE;
  gboolean is_new = self->audit.n_records == 0;
  JournalStamp last = is_new ? *stamp : self->audit.stamp;
  if (!(is_new ? begin_epoch (self, stamp, error) : match_keys (self, stamp, error)))
    return FALSE;
  journal_writer_note_found (self);
  self->witness_fd = journal_witness_open (self->state_dir, error);
  if (self->witness_fd < 0 || !journal_writer_begin (self, error))
    return FALSE;
  if (!is_new &&
      (!declare_loss (self, stamp, error) || !journal_writer_rebuild_open_visits (self, error)))
    return FALSE;
  if (!append_boot (self, stamp, error) || !append_config (self, stamp, error) ||
      !journal_writer_recover_presence (self, &last, stamp, error) ||
      !journal_writer_commit (self, stamp, error))
    return FALSE;
  journal_writer_forget_presence (self);
  return TRUE;
}

gboolean
journal_writer_open (JournalWriter *self, const JournalStamp *stamp, GError **error)
{
  g_autoptr (GError) failure = NULL;
  if (sodium_init () < 0) {
    g_set_error_literal (error, JOURNAL_ERROR, JOURNAL_ERROR_KEYS, "keys: no source of randomness");
    return FALSE;
  }
  journal_writer_close_all (self, self->failure == NULL);
  g_clear_error (&self->failure); // opening anew is the answer to it
  journal_audit_clear (&self->audit);
  journal_audit_init (&self->audit);
  self->found.last = 0;
  gboolean ok = open_all (self, stamp, &failure);
  return journal_writer_end (self, ok, g_steal_pointer (&failure), error);
}
