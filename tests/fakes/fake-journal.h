// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A journal without a disk, linked in the place of the real one. Answers come with the next turn of
// the main loop, or when the test releases them.

#pragma once

#include "kiosk/journal/journal-presence.h"

G_BEGIN_DECLS

void fake_journal_hold (JournalStore *self);
void fake_journal_release (JournalStore *self); // and lets everything that waits happen
// The next request fails so, and every one after it until the journal is opened anew (not after a
// conflict).
void fake_journal_fail_next (JournalStore *self, JournalError error);
// Somebody else's request failed, who says nothing here.
void fake_journal_fail_now (JournalStore *self, JournalError error);
void fake_journal_fail_next_open (JournalStore *self, JournalError error);
void fake_journal_settle (JournalStore *self); // turns the main loop until nothing is under way

void fake_journal_fill_disk (JournalStore *self, guint percent);

guint fake_journal_get_n_opened (JournalStore *self);                // visits
JournalEvidence fake_journal_get_last_evidence (JournalStore *self); // of a visit
guint fake_journal_get_n_closed (JournalStore *self);
guint fake_journal_get_n_committed (JournalStore *self); // tokens
guint fake_journal_get_n_tidied (JournalStore *self);
guint fake_journal_get_n_opens (JournalStore *self); // of the journal itself
guint fake_journal_get_n_gaps (JournalStore *self);
guint fake_journal_get_n_clock_fixes (JournalStore *self);
gint64 fake_journal_get_last_clock_fix_ms (JournalStore *self); // its wall clock
guint fake_journal_get_last_clock_error_ms (JournalStore *self);
guint fake_journal_get_n_phones (JournalStore *self);
guint64 fake_journal_get_last_phone_visit (JournalStore *self);
gint64 fake_journal_get_last_gap_ms (JournalStore *self);
gint64 fake_journal_get_gap_ms (JournalStore *self, guint i); // in the order they came
guint fake_journal_get_n_gap_commits (JournalStore *self);
guint fake_journal_get_n_kept (JournalStore *self);                // windows that are not over
const JournalSpan *fake_journal_get_last_gap (JournalStore *self); // until the next one
gboolean fake_journal_has_kept (JournalStore *self);      // the last one; until it is recorded
GPtrArray *fake_journal_get_windows (JournalStore *self); // of JournalPresence

G_END_DECLS
