// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which tracing core a kiosk belongs to: STATE/keys/core.pub, one file, so that it is replaced as a
// whole or not at all. Nothing in it is secret.

#pragma once

#include "kiosk/journal/journal-chain.h"

G_BEGIN_DECLS

#define JOURNAL_URL_MAX  200
#define JOURNAL_WORD_MAX 64
#define JOURNAL_PIN_SIZE 32

typedef struct {
  guint8 core_key[JOURNAL_KEY_SIZE];    // Ed25519, signs receipts
  guint8 ingest_key[JOURNAL_KEY_SIZE];  // X25519
  guint8 officer_key[JOURNAL_KEY_SIZE]; // X25519
  guint8 pin[JOURNAL_PIN_SIZE];         // SHA-256 of the TLS public key (SubjectPublicKeyInfo)
  char url[JOURNAL_URL_MAX + 1];
  char venue[JOURNAL_WORD_MAX + 1], zone[JOURNAL_WORD_MAX + 1], profile[JOURNAL_WORD_MAX + 1];
} JournalMembership;

// FALSE without @error: the kiosk stands alone. JOURNAL_ERROR_KEYS: the file is damaged.
gboolean
journal_membership_read (const char *state_dir, JournalMembership *ret_membership, GError **error);

// Joining: holds the journal's lock, so that no kiosk records meanwhile, and the kiosk's keys,
// which are made when there are none.
typedef struct _JournalJoining JournalJoining;

// JOURNAL_ERROR_LOCKED: the kiosk runs. JOURNAL_ERROR_STORAGE, _KEYS.
JournalJoining *
journal_joining_begin (const char *state_dir, const JournalStamp *stamp, GError **error);
const guint8 *journal_joining_get_kiosk_key (const JournalJoining *joining);
void journal_joining_sign (const JournalJoining *joining,
                           const JournalStatement *statement,
                           guint8 ret_signature[JOURNAL_SIG_SIZE]);
// Durable when it returns TRUE; otherwise nothing has changed. What is recorded from the next
// opening of the journal on is sealed to the keys in @membership; a kiosk that has recorded nothing
// yet loses its recovery key.
gboolean journal_joining_finish (JournalJoining *joining,
                                 const JournalMembership *membership,
                                 GError **error);
// Instead of a finish, when the core will not have the kiosk, or the kiosk not that core: a key
// that nothing was recorded under is gone, for the core may take nothing from it ever. The next
// joining has another.
void journal_joining_refuse (JournalJoining *joining);
// Without either, nobody knows how it ended: nothing has changed, and the next joining has the same
// keys, by which the core knows the kiosk again.
void journal_joining_free (JournalJoining *joining);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (JournalJoining, journal_joining_free)

G_END_DECLS
