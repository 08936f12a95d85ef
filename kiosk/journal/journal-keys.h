// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The keys of one kiosk, files of mode 0600 under STATE/keys, replaced atomically and durably. Used
// by one thread at a time.
//
//   kiosk.key     Ed25519 seed: the kiosk's name for others
//   ratchet.key   what changes daily: the seed of the record key and the keys of the day
//   pseudonyms. Yesterday's seed is
//                 destroyed, so whoever takes the kiosk today cannot sign yesterday's records anew,
//                 nor look up who came in the days before. Overwriting is the best a file can do:
//                 flash may keep an old block for a while
//   ingest.pub, officer.pub   X25519: identities and details of a stand-alone kiosk are sealed to
//   them
//   core.pub      the tracing core that the kiosk belongs to (journal-membership.h). From then on
//   everything is sealed to the
//                 core's and the authority's keys in it, and nobody can open a record with what is
//                 on the kiosk
//   recovery.key  the private halves of a stand-alone kiosk's own ingest and officer keys, without
//                 which its records would be lost for the core that it joins later. PLAIN
//                 LIMITATION: as long as this file lies on the kiosk, a thief of the kiosk can read
//                 identities, after the enrolment those of the records before it.
//                 journal_keys_move_recovery () takes it away to removable storage; recording goes
//                 on without it. `tramxanhctl doctor` reports a kiosk that still has it.

#pragma once

#include "kiosk/journal/journal-chain.h"

G_BEGIN_DECLS

typedef struct _JournalKeys JournalKeys;

// A complete set of keys; what a power cut left of making one is not.
gboolean journal_keys_exist (const char *state_dir);

// Makes all keys of a stand-alone kiosk. JOURNAL_ERROR_STORAGE.
JournalKeys *journal_keys_create (const char *state_dir, const JournalStamp *stamp, GError **error);

// Of a kiosk that never used them. JOURNAL_ERROR_STORAGE; even then no complete set is left, unless
// nothing was destroyed at all.
gboolean journal_keys_destroy (const char *state_dir, GError **error);

// JOURNAL_ERROR_KEYS: missing, damaged, or readable by others.
JournalKeys *journal_keys_load (const char *state_dir, GError **error);
void journal_keys_free (JournalKeys *keys);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (JournalKeys, journal_keys_free)

const guint8 *journal_keys_get_kiosk_key (const JournalKeys *keys);  // Ed25519 public
const guint8 *journal_keys_get_record_key (const JournalKeys *keys); // Ed25519 public, of today
const guint8 *journal_keys_get_ingest_key (const JournalKeys *keys);
const guint8 *journal_keys_get_officer_key (const JournalKeys *keys);
const guint8 *journal_keys_get_core_key (const JournalKeys *keys); // (nullable) not enrolled
gboolean journal_keys_is_enrolled (const JournalKeys *keys);

void journal_keys_sign_as_kiosk (const JournalKeys *keys,
                                 const JournalStatement *statement,
                                 guint8 ret_signature[JOURNAL_SIG_SIZE]);
void journal_keys_sign_record (const JournalKeys *keys,
                               const JournalStatement *statement,
                               guint8 ret_signature[JOURNAL_SIG_SIZE]);

// Pseudonyms of @identity: [0] under today's key, then under the days before whose visits may still
// be open.
#define JOURNAL_KEYS_DAYS 8
guint journal_keys_pseudonyms (const JournalKeys *keys,
                               GBytes *identity,
                               guint8 ret_subjects[JOURNAL_KEYS_DAYS][JOURNAL_ID_SIZE]);

// Has the day (UTC+7) turned since the last step? With a clock that is not synchronised: has this
// boot run for another 24 h? A clock that steps back by less than two days turns nothing; the
// ratchet itself never goes back.
gboolean journal_keys_is_due (const JournalKeys *keys, const JournalStamp *stamp);

// The record key after the next step, to be announced by a checkpoint before it is taken.
void journal_keys_peek (const JournalKeys *keys, guint8 ret_key[JOURNAL_KEY_SIZE]);

// Steps the ratchet in memory: the file still holds the key before, until the journal says that the
// next one took over.
void journal_keys_step (JournalKeys *keys, const JournalStamp *stamp);

// Drops pseudonym keys of days whose last possible visit ended @longest_stay_h ago. Only a
// synchronised clock can tell. Returns whether there is something to save.
gboolean journal_keys_retire (JournalKeys *keys, const JournalStamp *stamp, guint longest_stay_h);

// Replaces the file, and thereby destroys what was stepped over or dropped. JOURNAL_ERROR_STORAGE,
// JOURNAL_ERROR_FULL.
gboolean journal_keys_save (JournalKeys *keys, GError **error);

// The private halves of a stand-alone kiosk, while it holds them.
gboolean journal_keys_have_recovery (const char *state_dir);

// Copies recovery.key durably to @target (must not exist), then destroys it on the kiosk.
gboolean journal_keys_move_recovery (const char *state_dir, const char *target, GError **error);

// Reads a recovery key, wherever it lies. @ret_secrets: ingest then officer, X25519 secret keys.
gboolean journal_keys_read_recovery (const char *path,
                                     guint8 ret_secrets[2][JOURNAL_KEY_SIZE],
                                     GError **error);

G_END_DECLS
