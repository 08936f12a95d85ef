// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A key in a file of its own: one line, a word for what it is and 64 hexadecimal digits.

#pragma once

#include "kiosk/trace/trace-error.h"

G_BEGIN_DECLS

#define TRACE_KEYFILE_SIZE 32

#define TRACE_KEYFILE_CORE      "tramxanh-core-key"       // Ed25519 seed
#define TRACE_KEYFILE_INGEST    "tramxanh-ingest-key"     // X25519 secret
#define TRACE_KEYFILE_PSEUDONYM "tramxanh-pseudonym-key"  // BLAKE2b
#define TRACE_KEYFILE_OFFICER   "tramxanh-officer-public" // X25519 public

// TRACE_ERROR_INPUT: missing, not a regular file, another word, not one line of that form, or (of a
// secret) open to others than its owner.
gboolean trace_keyfile_read (const char *path,
                             const char *word,
                             gboolean is_secret,
                             guint8 ret_key[TRACE_KEYFILE_SIZE],
                             GError **error);

// Durable, mode 0600; replaces what is there. TRACE_ERROR_STORAGE.
gboolean trace_keyfile_write (const char *path,
                              const char *word,
                              const guint8 key[TRACE_KEYFILE_SIZE],
                              GError **error);

G_END_DECLS
