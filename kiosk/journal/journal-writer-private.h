// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the files of the writer share: its state, and the steps of a transaction. A request is
// begin, any number of appends, and commit; and it ends with end, which closes everything after an
// error that was not the caller's fault.

#pragma once

#include "kiosk/journal/journal-keys.h"
#include "kiosk/journal/journal-seal.h"
#include "kiosk/journal/journal-writer.h"

G_BEGIN_DECLS

struct _JournalWriter {
  char *state_dir;
  char *vfs_name;
  JournalConfig wanted; // 0: as the journal says
  JournalDb *db;        // NULL: not open
  JournalKeys *keys;
  JournalAudit audit;
  JournalHead head;              // the last that was committed; survives a failure
  guint8 epoch[JOURNAL_ID_SIZE]; // of that head
  JournalPosition found;         // where the last opening found it to end; last 0: it did not
  int witness_fd;
  const char *lost_window; // (nullable) why the last opening could not recover one
  GError *failure;
};

// FALSE: not open, or failed; @error says so.
gboolean journal_writer_is_usable (JournalWriter *self, GError **error);
// For record @seq.
GBytes *journal_writer_seal (
    JournalWriter *self, JournalSealPurpose purpose, guint64 seq, GBytes *content, GError **error);
// Within the transaction of an opening: the window that was cut by the last end, if it left one, or
// that it is lost. @last: of the last record before.
gboolean journal_writer_recover_presence (JournalWriter *self,
                                          const JournalStamp *last,
                                          const JournalStamp *stamp,
                                          GError **error);

gboolean journal_writer_begin (JournalWriter *self, GError **error);
gboolean journal_writer_append (JournalWriter *self,
                                const JournalStamp *stamp,
                                const JournalBody *body,
                                GError **error);
// An observation gap.
gboolean journal_writer_append_span (JournalWriter *self,
                                     const char *what,
                                     const JournalSpan *span,
                                     GError **error);
gboolean journal_writer_append_numbered (JournalWriter *self,
                                         guint64 seq,
                                         const JournalStamp *stamp,
                                         const JournalBody *body,
                                         GError **error);
gboolean journal_writer_commit (JournalWriter *self, const JournalStamp *stamp, GError **error);

// Takes @failure. Returns @ok.
gboolean journal_writer_end (JournalWriter *self, gboolean ok, GError *failure, GError **error);

// Makes the derived table say what the records say.
gboolean journal_writer_rebuild_open_visits (JournalWriter *self, GError **error);

// The journal was read and its keys are there: what it says of itself stands, whether or not it can
// be written.
void journal_writer_note_found (JournalWriter *self);
// The last record that the core we belong to has; 0: none.
guint64 journal_writer_get_delivered (const JournalWriter *self);

void journal_writer_close_all (JournalWriter *self, gboolean is_clean);

G_END_DECLS
