// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Identities at rest: X25519 sealed boxes that the kiosk itself cannot open. Inside, every box says
// which kiosk, epoch, record and purpose it was made for, so that it cannot be moved to another
// record; padding hides the length of the content. Pure.

#pragma once

#include "kiosk/journal/journal-chain.h"

G_BEGIN_DECLS

typedef enum {
  JOURNAL_SEAL_WHO = 1,     // the canonical identity
  JOURNAL_SEAL_DETAILS = 2, // what the profile asks for
  JOURNAL_SEAL_BEACONS = 3, // of a window; padded like details
} JournalSealPurpose;

#define JOURNAL_WHO_MAX     128  // bytes of content; every box of this purpose has the same size
#define JOURNAL_DETAILS_MAX 4096 // likewise, in steps of 512

// Seals @content to the X25519 public key @key. NULL when @content is too long or the key is not
// usable (low order).
GBytes *journal_seal (const guint8 key[JOURNAL_KEY_SIZE],
                      JournalSealPurpose purpose,
                      const JournalOrigin *origin,
                      guint64 seq,
                      GBytes *content);

// Opens a box with its key pair, for the tracing core and for tests. NULL unless it was made for
// exactly this place.
GBytes *journal_unseal (const guint8 public_key[JOURNAL_KEY_SIZE],
                        const guint8 secret_key[JOURNAL_KEY_SIZE],
                        JournalSealPurpose purpose,
                        const JournalOrigin *origin,
                        guint64 seq,
                        const JournalBytes *box);

G_END_DECLS
