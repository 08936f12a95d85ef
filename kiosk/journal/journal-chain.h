// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How records hang together: BLAKE2b over header and body hash, so that a body can be erased and
// the chain still holds; and the exact bytes of every statement that is signed. Pure. All numbers
// big-endian, every statement begins with its own domain.

#pragma once

#include "kiosk/journal/journal-record.h"
#include "kiosk/journal/journal-store.h"

G_BEGIN_DECLS

// Whose journal, and which life of it: a new database is a new epoch.
typedef struct {
  guint8 kiosk[JOURNAL_ID_SIZE];
  guint8 epoch[JOURNAL_ID_SIZE];
} JournalOrigin;

typedef struct {
  guint64 seq;
  JournalKind kind;
  JournalStamp stamp;
  JournalBytes body; // encoded; data NULL: erased
  guint8 body_hash[JOURNAL_HASH_SIZE];
  guint8 prev[JOURNAL_HASH_SIZE];
  guint8 hash[JOURNAL_HASH_SIZE];
} JournalRecord;

#define JOURNAL_STATEMENT_MAX 160
typedef struct {
  guint8 bytes[JOURNAL_STATEMENT_MAX];
  gsize len;
} JournalStatement;

// The `prev` of the first record.
void journal_chain_begin (const JournalOrigin *origin, guint8 ret_hash[JOURNAL_HASH_SIZE]);

void journal_chain_hash_body (const JournalBytes *body, guint8 ret_hash[JOURNAL_HASH_SIZE]);

// The hash of @record from its prev, header and body_hash.
void journal_chain_link (const JournalRecord *record, guint8 ret_hash[JOURNAL_HASH_SIZE]);

// The kiosk's name for others: the first bytes of the hash of its public key.
void journal_chain_kiosk_id (const guint8 kiosk_key[JOURNAL_KEY_SIZE],
                             guint8 ret_id[JOURNAL_ID_SIZE]);

// "This kiosk keeps this epoch, and its records are signed by this key."
void journal_statement_binding (JournalStatement *ret_statement,
                                const JournalOrigin *origin,
                                const guint8 record_key[JOURNAL_KEY_SIZE]);

// "The journal ends here." With @next_key (nullable): "and that key speaks from here on".
void journal_statement_head (JournalStatement *ret_statement,
                             const JournalOrigin *origin,
                             guint64 seq,
                             const guint8 hash[JOURNAL_HASH_SIZE],
                             const guint8 *next_key);

// "These bodies were erased."
void journal_statement_deletion (JournalStatement *ret_statement,
                                 const JournalOrigin *origin,
                                 const JournalDeletion *deletion,
                                 gint64 wall_ms);

gboolean journal_statement_verify (const JournalStatement *statement,
                                   const guint8 signature[JOURNAL_SIG_SIZE],
                                   const guint8 key[JOURNAL_KEY_SIZE]);

G_END_DECLS
