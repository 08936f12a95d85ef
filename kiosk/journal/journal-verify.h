// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Verifies a journal as it lies on the disk, without its secrets and without changing anything:
// every byte of every page and log frame, SQLite's structures and the schema, the whole chain with
// its signatures (journal-audit.h, which says what cannot be seen), the derived tables, and that
// nothing acknowledged is missing at the end.
//
// A kiosk may be running meanwhile, but not in the same process: closing a file drops this
// process's locks on it.

#pragma once

#include "kiosk/journal/journal-audit.h"

G_BEGIN_DECLS

// Fills @audit with what the journal holds; it is initialised by the caller and valid only on TRUE.
//
// JOURNAL_ERROR_CORRUPT: not verified, the message says what and where. Right after a power cut
// this may be "log: ends within a transaction": nothing acknowledged is lost then, and the kiosk's
// next start puts it right. JOURNAL_ERROR_STORAGE: could not.
gboolean journal_verify (const char *state_dir, JournalAudit *audit, GError **error);

// The same, then calls @func for each record from the first to the last.
gboolean journal_verify_each (const char *state_dir,
                              JournalAudit *audit,
                              JournalRecordFunc func,
                              gpointer user_data,
                              GError **error);

G_END_DECLS
