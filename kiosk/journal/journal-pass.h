// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The kiosk's own key for passes (ct-pass.h), and passes signed with it. The key is a file of its
// own: it outlives the journal's keys of the day, and a program that only checks a pass needs no
// other.

#pragma once

#include "kiosk/core/ct-credential.h"
#include "kiosk/core/ct-pass.h"
#include "kiosk/journal/journal-store.h"

G_BEGIN_DECLS

#define JOURNAL_PASS_KEY_ID   0 // of the kiosk itself; the tracing core numbers its own from 1
#define JOURNAL_PASS_KEY_FILE "pass.key" // in the state folder

typedef struct _JournalPassKey JournalPassKey;

// Reads STATE/pass.key, or makes it. Blocks shortly. JOURNAL_ERROR_KEYS, JOURNAL_ERROR_STORAGE.
JournalPassKey *journal_pass_key_open (const char *state_dir, GError **error);
void journal_pass_key_free (JournalPassKey *key);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (JournalPassKey, journal_pass_key_free)

// What a reader needs to believe our passes. (transfer none)
const struct ct_pass_key *journal_pass_key_get_public (const JournalPassKey *key);

// Signs @pass, whose key id becomes ours.
void journal_pass_key_sign (const JournalPassKey *key,
                            const struct ct_pass *pass,
                            char ret_text[CT_PASS_TEXT_SIZE]);

G_END_DECLS
