// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Small secret files: a magic, a payload of known size, a checksum. Written atomically and durably,
// mode 0600.

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define JOURNAL_KEYFILE_MAGIC_SIZE 8
#define JOURNAL_KEYFILE_MAX        1024 // bytes of payload

// Replaces DIR/NAME: new file, sync, rename, sync of the folder, then the old content is
// overwritten. JOURNAL_ERROR_STORAGE.
gboolean journal_keyfile_write (const char *dir,
                                const char *name,
                                const char *magic,
                                const guint8 *payload,
                                gsize len,
                                GError **error);

// JOURNAL_ERROR_KEYS when missing, not a regular file, open to others (if it @must_be_private: a
// stick may know no modes), of another size, or damaged.
gboolean journal_keyfile_read (const char *path,
                               const char *magic,
                               gboolean must_be_private,
                               guint8 *ret_payload,
                               gsize len,
                               GError **error);

// Makes the names in a folder durable. JOURNAL_ERROR_STORAGE.
gboolean journal_keyfile_sync_folder (const char *dir, GError **error);

// Overwrites and unlinks. JOURNAL_ERROR_STORAGE.
gboolean journal_keyfile_destroy (const char *dir, const char *name, GError **error);

G_END_DECLS
