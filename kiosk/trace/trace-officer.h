// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The officer's key: what visitors' details are sealed to. It lies in one file, never at the core,
// and only a passphrase opens it (argon2id, secretbox). The file is a line of text:
//
//   tramxanh-officer-key 1 OPS MEMORY SALT NONCE BOX PUBLIC
//
// OPS passes over MEMORY KiB; the others are hexadecimal, BOX holds the X25519 secret key. The
// public key is a line too, as the core keeps it (officer.pub):
//
//   tramxanh-officer-public KEY

#pragma once

#include "kiosk/trace/trace-error.h"

G_BEGIN_DECLS

#define TRACE_OFFICER_KEY_SIZE       32
#define TRACE_OFFICER_LINE_MAX       512
#define TRACE_OFFICER_PASSPHRASE_MIN 10
#define TRACE_OFFICER_PASSPHRASE_MAX 200

typedef struct {
  guint64 n_passes;
  guint64 memory_kib;
  guint8 salt[16];
  guint8 nonce[24];
  guint8 box[16 + TRACE_OFFICER_KEY_SIZE];
  guint8 public_key[TRACE_OFFICER_KEY_SIZE];
} TraceOfficerFile;

typedef struct {
  guint8 public_key[TRACE_OFFICER_KEY_SIZE];
  guint8 secret_key[TRACE_OFFICER_KEY_SIZE];
} TraceOfficerKey;

// Overwrites it.
void trace_officer_key_clear (TraceOfficerKey *key);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TraceOfficerKey, trace_officer_key_clear)

// Makes a key and a file for it, mode 0600, which must not be there yet. TRACE_ERROR_INPUT: a
// passphrase of fewer than 10 or more than 200 bytes; TRACE_ERROR_STORAGE.
gboolean trace_officer_key_make (const char *path,
                                 const char *passphrase,
                                 guint8 ret_public[TRACE_OFFICER_KEY_SIZE],
                                 GError **error);

// TRACE_ERROR_REFUSED: the passphrase is wrong, or the file was changed. TRACE_ERROR_INPUT: no such
// file, open to others than its owner, or none of ours.
gboolean trace_officer_key_open (const char *path,
                                 const char *passphrase,
                                 TraceOfficerKey *ret_key,
                                 GError **error);

// The line for the core's folder, with its end. (transfer full)
char *trace_officer_public_to_line (const guint8 public_key[TRACE_OFFICER_KEY_SIZE]);

// FALSE: not such a line, or it asks for more than a GiB or 16 passes.
gboolean trace_officer_file_read (const char *line, gsize len, TraceOfficerFile *ret_file);

G_END_DECLS
