// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The proof that a record is on the disk.

#define G_LOG_DOMAIN "journal-committed"

#include "kiosk/journal/journal-committed.h"

#include <string.h>

struct _JournalCommitted {
  guint64 seq;
  gint64 wall_ms;
  gint64 commit_us;
  guint8 subject[JOURNAL_ID_SIZE];
};

G_DEFINE_BOXED_TYPE (JournalCommitted,
                     journal_committed,
                     journal_committed_ref,
                     journal_committed_unref)
G_DEFINE_QUARK (journal - error - quark, journal_error)

JournalCommitted *
journal_committed_new (const JournalCommit *commit)
{
  JournalCommitted *committed = g_rc_box_new (JournalCommitted);
  *committed = (JournalCommitted){ .seq = commit->seq,
                                   .wall_ms = commit->wall_ms,
                                   .commit_us = commit->commit_us };
  memcpy (committed->subject, commit->subject, sizeof committed->subject);
  return committed;
}

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

gint64
journal_committed_get_commit_us (const JournalCommitted *committed)
{
  return committed->commit_us;
}

const guint8 *
journal_committed_get_subject (const JournalCommitted *committed)
{
  return committed->subject;
}
