// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Layout: seq (64 bits, big-endian), hash, signature.

#include "kiosk/journal/journal-witness.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kiosk/journal/journal-keyfile.h"

#define WITNESS_SIZE (8 + JOURNAL_HASH_SIZE + JOURNAL_SIG_SIZE)

static gboolean
make_durable (int fd, const char *state_dir, GError **error)
{
  const guint8 blank[WITNESS_SIZE] = { 0 };
  struct stat status;
  if (fstat (fd, &status) == 0 && status.st_size == WITNESS_SIZE)
    return TRUE;
  if (ftruncate (fd, 0) == 0 && pwrite (fd, blank, sizeof blank, 0) == (gssize) sizeof blank &&
      fsync (fd) == 0)
    return journal_keyfile_sync_folder (state_dir, error);
  g_set_error (error, JOURNAL_ERROR, errno == ENOSPC ? JOURNAL_ERROR_FULL : JOURNAL_ERROR_STORAGE,
               "making " JOURNAL_WITNESS_NAME ": %s", g_strerror (errno));
  return FALSE;
}

int
journal_witness_open (const char *state_dir, GError **error)
{
  g_autofree char *path = g_build_filename (state_dir, JOURNAL_WITNESS_NAME, NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0)
    g_set_error (error, JOURNAL_ERROR, JOURNAL_ERROR_STORAGE, "opening %s: %s", path,
                 g_strerror (errno));
  if (fd < 0 || make_durable (fd, state_dir, error))
    return fd;
  (void) close (fd); // nothing in it yet
  return -1;
}

gboolean
journal_witness_write (int fd, const JournalHead *head, GError **error)
{
  guint8 bytes[WITNESS_SIZE];
  guint64 seq_be = GUINT64_TO_BE (head->seq);
  memcpy (bytes, &seq_be, sizeof seq_be);
  memcpy (bytes + sizeof seq_be, head->hash, sizeof head->hash);
  memcpy (bytes + sizeof seq_be + sizeof head->hash, head->signature, sizeof head->signature);
  if (pwrite (fd, bytes, sizeof bytes, 0) == (gssize) sizeof bytes)
    return TRUE;
  g_set_error (error, JOURNAL_ERROR, errno == ENOSPC ? JOURNAL_ERROR_FULL : JOURNAL_ERROR_STORAGE,
               "writing " JOURNAL_WITNESS_NAME ": %s", g_strerror (errno));
  return FALSE;
}

gboolean
journal_witness_read (const char *state_dir, JournalHead *ret_head)
{
  g_autofree char *path = g_build_filename (state_dir, JOURNAL_WITNESS_NAME, NULL);
  g_autofree char *contents = NULL;
  gsize len = 0;
  if (!g_file_get_contents (path, &contents, &len, NULL) || len != WITNESS_SIZE)
    return FALSE;
  guint64 seq_be;
  memcpy (&seq_be, contents, sizeof seq_be);
  ret_head->seq = GUINT64_FROM_BE (seq_be);
  memcpy (ret_head->hash, contents + sizeof seq_be, sizeof ret_head->hash);
  memcpy (ret_head->signature, contents + sizeof seq_be + sizeof ret_head->hash,
          sizeof ret_head->signature);
  return TRUE;
}

gboolean
journal_witness_is_blank (const JournalHead *witness)
{
  const JournalHead blank = { .seq = 0 };
  return witness->seq == 0 && memcmp (witness->hash, blank.hash, sizeof blank.hash) == 0 &&
         memcmp (witness->signature, blank.signature, sizeof blank.signature) == 0;
}

gboolean
journal_witness_is_credible (const JournalHead *witness, const JournalAudit *audit)
{
  JournalStatement statement;
  journal_statement_head (&statement, &audit->origin, witness->seq, witness->hash, NULL);
  return journal_statement_verify (&statement, witness->signature, audit->record_key) ||
         journal_statement_verify (&statement, witness->signature, audit->previous_key);
}
