// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads a journal from its first record to its last and says whether it holds: numbers, chain,
// bodies, signatures of the chain of record keys, erasures and losses that are declared, derived
// tables. Needs no secret. The store does it at every open, the verifier on a file. What it learns
// on the way (who is inside, how old which record is) is the store's memory.
//
// What it cannot see: whoever holds the kiosk's keys of today can append, or cut the end off and
// sign an older head if they kept one; only a receipt of the tracing core shows that. They cannot
// change what was signed on an earlier day: its key is gone. A journal made anew from its first
// record has another fingerprint.

#pragma once

#include "kiosk/journal/journal-db.h"

G_BEGIN_DECLS

// A place in time: the records from @seq to the next mark were written within JOURNAL_MARK_MS of
// it.
#define JOURNAL_MARK_MS G_GINT64_CONSTANT (3600000)
typedef struct {
  guint64 seq;
  gint64 uptime_ns; // how long kiosks ran since the first record, at least
  gint64 wall_ms;   // 0: the clock was not synchronised
} JournalMark;

typedef struct {
  JournalOrigin origin;
  guint8 first_key[JOURNAL_KEY_SIZE]; // the record key of the first day: the journal's fingerprint
  guint8 kiosk_key[JOURNAL_KEY_SIZE];
  guint8 record_key[JOURNAL_KEY_SIZE];   // the one that signs now
  guint8 previous_key[JOURNAL_KEY_SIZE]; // the one until the last checkpoint
  guint64 seq;                           // of the last record
  guint8 hash[JOURNAL_HASH_SIZE];
  JournalStamp stamp; // of the last record
  guint64 n_records;
  guint64 n_erased;
  guint64 n_lost;
  guint64 n_of_kind[JOURNAL_N_KINDS];
  guint64 last_checkpoint;
  guint64 erased_through;
  guint64 last_erased;    // seq of the last record without a body
  guint64 first_kept;     // seq of the first erasable record with its body, 0: none
  JournalConfig config;   // the latest; zero: none
  JournalReceipt receipt; // the latest; seq 0: none. Of this chain; its signature was checked when
                          // it came
  gint64 uptime_ns;
  guint64 last_window;     // seq of the last record of a window of the radio, 0: none
  GArray *marks;           // of JournalMark
  GHashTable *open_visits; // seq → subject
} JournalAudit;

void journal_audit_init (JournalAudit *audit);
void journal_audit_clear (JournalAudit *audit);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (JournalAudit, journal_audit_clear)

// Takes the next record. JOURNAL_ERROR_CORRUPT says which record and what is wrong with it.
gboolean journal_audit_step (JournalAudit *audit, const JournalRecord *record, GError **error);

// All of @db, and its head. JOURNAL_ERROR_CORRUPT.
gboolean journal_audit_run (JournalAudit *audit, JournalDb *db, GError **error);

// That the derived table says the same as the records. JOURNAL_ERROR_CORRUPT.
gboolean
journal_audit_compare_open_visits (const JournalAudit *audit, JournalDb *db, GError **error);

G_END_DECLS
