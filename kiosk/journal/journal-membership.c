// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The file as it lies in memory: it never leaves the machine that wrote it.

#define G_LOG_DOMAIN "journal-membership"

#include "kiosk/journal/journal-membership.h"

#include <string.h>
#include <unistd.h>

#include "kiosk/journal/journal-db.h"
#include "kiosk/journal/journal-keyfile.h"
#include "kiosk/journal/journal-keys.h"
#include "kiosk/journal/journal-witness.h"

#define MAGIC "txmembr1"
#define NAME  "core.pub"

G_STATIC_ASSERT (sizeof (JournalMembership) <= JOURNAL_KEYFILE_MAX);

static gboolean
is_terminated (const char *text, gsize size)
{
  return memchr (text, '\0', size) != NULL;
}

gboolean
journal_membership_read (const char *state_dir, JournalMembership *ret_membership, GError **error)
{
  JournalMembership membership;
  g_autofree char *path = g_build_filename (state_dir, "keys", NAME, NULL);
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return FALSE;
  if (!journal_keyfile_read (path, MAGIC, TRUE, (guint8 *) &membership, sizeof membership, error))
    return FALSE;
  if (!is_terminated (membership.url, sizeof membership.url) ||
      !is_terminated (membership.venue, sizeof membership.venue) ||
      !is_terminated (membership.zone, sizeof membership.zone) ||
      !is_terminated (membership.profile, sizeof membership.profile)) {
    g_set_error (error, JOURNAL_ERROR, JOURNAL_ERROR_KEYS, "reading %s: out of bounds", path);
    return FALSE;
  }
  *ret_membership = membership;
  return TRUE;
}

struct _JournalJoining {
  char *state_dir;
  JournalDb *lock;
  JournalKeys *keys;
  gboolean has_made_keys;
};

// Blank: until the kiosk records, it says that nothing was recorded under the keys.
static gboolean
make_keys (JournalJoining *joining, const JournalStamp *stamp, GError **error)
{
  joining->keys = journal_keys_create (joining->state_dir, stamp, error);
  int witness = joining->keys != NULL ? journal_witness_open (joining->state_dir, error) : -1;
  if (witness >= 0)
    (void) close (witness); // durable already
  return witness >= 0;
}

JournalJoining *
journal_joining_begin (const char *state_dir, const JournalStamp *stamp, GError **error)
{
  g_autoptr (JournalJoining) joining = g_new0 (JournalJoining, 1);
  g_autofree char *path = g_build_filename (state_dir, "journal.db", NULL);
  joining->state_dir = g_strdup (state_dir);
  joining->lock = journal_db_open (path, NULL, error);
  if (joining->lock == NULL)
    return NULL;
  joining->has_made_keys = !journal_keys_exist (state_dir);
  if (joining->has_made_keys)
    return make_keys (joining, stamp, error) ? g_steal_pointer (&joining) : NULL;
  joining->keys = journal_keys_load (state_dir, error);
  return joining->keys == NULL ? NULL : g_steal_pointer (&joining);
}

const guint8 *
journal_joining_get_kiosk_key (const JournalJoining *joining)
{
  return journal_keys_get_kiosk_key (joining->keys);
}

void
journal_joining_sign (const JournalJoining *joining,
                      const JournalStatement *statement,
                      guint8 ret_signature[JOURNAL_SIG_SIZE])
{
  journal_keys_sign_as_kiosk (joining->keys, statement, ret_signature);
}

// No record anywhere was ever sealed to the kiosk's own keys. An empty journal alone does not say
// so: the one before it may have been moved away, with or without its witness.
static gboolean
is_idle (JournalJoining *joining)
{
  JournalHead head, witness;
  if (!journal_db_read_head (joining->lock, &head, NULL) || head.seq > 0)
    return FALSE;
  return joining->has_made_keys || (journal_witness_read (joining->state_dir, &witness) &&
                                    journal_witness_is_blank (&witness));
}

static void
drop_idle_recovery (JournalJoining *joining, const char *dir)
{
  g_autoptr (GError) error = NULL;
  if (!journal_keys_have_recovery (joining->state_dir) || !is_idle (joining))
    return;
  if (!journal_keyfile_destroy (dir, "recovery.key", &error))
    g_debug ("%s", error->message); // the doctor reminds of it
}

gboolean
journal_joining_finish (JournalJoining *joining,
                        const JournalMembership *membership,
                        GError **error)
{
  g_autofree char *dir = g_build_filename (joining->state_dir, "keys", NULL);
  if (!journal_keyfile_write (dir, NAME, MAGIC, (const guint8 *) membership, sizeof *membership,
                              error))
    return FALSE;
  drop_idle_recovery (joining, dir);
  return TRUE;
}

void
journal_joining_refuse (JournalJoining *joining)
{
  JournalMembership membership;
  g_autoptr (GError) damage = NULL, error = NULL;
  gboolean is_enrolled =
      journal_membership_read (joining->state_dir, &membership, &damage) || damage != NULL;
  if (!is_enrolled && is_idle (joining) && !journal_keys_destroy (joining->state_dir, &error))
    g_debug ("%s", error->message); // then the next joining takes them
}

void
journal_joining_free (JournalJoining *joining)
{
  g_clear_pointer (&joining->keys, journal_keys_free);
  if (joining->lock != NULL)
    journal_db_close (joining->lock, TRUE);
  g_free (joining->state_dir);
  g_free (joining);
}
