// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One journal on the disk, opened for writing: what every request does, synchronously, on the one
// thread that owns it. After a storage error it is closed, and every later request fails with that
// error until it is opened again.

#pragma once

#include "kiosk/journal/journal-audit.h"
#include "kiosk/journal/journal-outbox.h"

G_BEGIN_DECLS

typedef struct _JournalWriter JournalWriter;

// What a request left on the disk.
typedef struct {
  guint64 seq;
  gint64 wall_ms;
  gint64 commit_us;
  guint8 subject[JOURNAL_ID_SIZE]; // of a visit that was opened; else zero
} JournalCommit;

// Nothing is opened yet. @vfs_name: nullable. @retention_days or @longest_stay_h of 0: whatever the
// journal itself says.
JournalWriter *journal_writer_new (const char *state_dir,
                                   const char *vfs_name,
                                   guint retention_days,
                                   guint longest_stay_h);
void journal_writer_free (JournalWriter *writer); // closes it
G_DEFINE_AUTOPTR_CLEANUP_FUNC (JournalWriter, journal_writer_free)

// All of them: errors as in journal-store.h.
gboolean journal_writer_open (JournalWriter *writer, const JournalStamp *stamp, GError **error);
gboolean journal_writer_find_visit (JournalWriter *writer,
                                    GBytes *identity,
                                    JournalVisit *ret_visit,
                                    GError **error);
gboolean journal_writer_open_visit (JournalWriter *writer,
                                    const JournalArrival *arrival,
                                    JournalCommit *ret_commit,
                                    GError **error);
gboolean journal_writer_close_visit (JournalWriter *writer,
                                     guint64 visit,
                                     JournalCloseReason reason,
                                     const JournalStamp *stamp,
                                     JournalCommit *ret_commit,
                                     GError **error);
gboolean journal_writer_append_gaps (JournalWriter *writer,
                                     const char *what,
                                     const GArray *spans,
                                     JournalCommit *ret_commit,
                                     GError **error);
gboolean journal_writer_append_presence (JournalWriter *writer,
                                         const JournalPresence *presence,
                                         JournalCommit *ret_commit,
                                         GError **error);
// @phone: one beacon.
gboolean journal_writer_append_phone (JournalWriter *writer,
                                      guint64 visit,
                                      const JournalPresence *phone,
                                      JournalCommit *ret_commit,
                                      GError **error);
// The window as it stands now: whatever happens, the next opening records at least that.
void journal_writer_keep_presence (JournalWriter *writer, const JournalPresence *presence);
// It is in the journal, or shall not be.
void journal_writer_forget_presence (JournalWriter *writer);
gboolean journal_writer_append_clock_fix (JournalWriter *writer,
                                          const JournalStamp *stamp,
                                          guint max_error_ms,
                                          JournalCommit *ret_commit,
                                          GError **error);
gboolean journal_writer_tidy (JournalWriter *writer, const JournalStamp *stamp, GError **error);

// Reads a page, if the journal was ever opened: does the disk answer?
gboolean journal_writer_probe (JournalWriter *self, GError **error);

// What can wait until the caller was told: merges a log that has grown long.
gboolean journal_writer_settle (JournalWriter *writer, GError **error);

// A part of a batch that is read: continues it by a few records.
typedef struct {
  JournalBatch *batch; // last 0: nothing was read yet
  guint n_left;        // records that may be added
  gsize bytes_max;
  JournalEncodeFunc encode;
  gboolean is_last; // nothing to add after this one
} JournalSlice;

gboolean journal_writer_read_slice (JournalWriter *writer, JournalSlice *slice, GError **error);
gboolean
journal_writer_keep_receipt (JournalWriter *writer, JournalReceipt *receipt, GError **error);
gboolean journal_writer_sign_as_kiosk (JournalWriter *writer,
                                       const JournalStatement *statement,
                                       guint8 ret_signature[JOURNAL_SIG_SIZE],
                                       GError **error);

void journal_writer_get_position (const JournalWriter *writer, JournalPosition *ret_position);
gboolean journal_writer_is_open (const JournalWriter *writer);
gboolean journal_writer_is_enrolled (const JournalWriter *writer);
guint journal_writer_get_people_inside (const JournalWriter *writer);
guint journal_writer_measure_disk (const JournalWriter *writer); // percent
// (nullable) why the last opening could not recover a window of the radio.
const char *journal_writer_get_lost_window (const JournalWriter *writer);

G_END_DECLS
