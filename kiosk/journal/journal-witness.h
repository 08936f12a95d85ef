// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A second place that remembers how far the journal was acknowledged: STATE/journal.head, the
// signed head, rewritten in place after each commit and not synchronised. SQLite takes a broken
// write-ahead log for a shorter one; the witness knows better. After a power cut it may be older
// than the journal, or still blank, never the other way round, unless the disk lost what it had
// confirmed.

#pragma once

#include "kiosk/journal/journal-audit.h"

G_BEGIN_DECLS

#define JOURNAL_WITNESS_NAME "journal.head"

// A descriptor for journal_witness_write, or -1. A new file is made durable at its full size,
// blank, before anything is recorded: whoever finds none, or a shorter one, knows that somebody was
// there. JOURNAL_ERROR_STORAGE.
int journal_witness_open (const char *state_dir, GError **error);
gboolean journal_witness_write (int fd, const JournalHead *head, GError **error);

// What STATE/journal.head says. FALSE when there is nothing that could be a head.
gboolean journal_witness_read (const char *state_dir, JournalHead *ret_head);

// It was made, and the power went before it said anything.
gboolean journal_witness_is_blank (const JournalHead *witness);

// Whether it is signed by one of the last two record keys of the journal; not so when torn or of
// another journal.
gboolean journal_witness_is_credible (const JournalHead *witness, const JournalAudit *audit);

G_END_DECLS
