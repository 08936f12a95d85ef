// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One Ed25519 seed in a file.

#define G_LOG_DOMAIN "journal-pass"

#include "kiosk/journal/journal-pass.h"

#include <sodium.h>
#include <string.h>

#include "kiosk/journal/journal-keyfile.h"


static const char MAGIC[JOURNAL_KEYFILE_MAGIC_SIZE + 1] = "TXPASS1\n";

struct _JournalPassKey {
  struct ct_pass_key public;
  guint8 secret[crypto_sign_SECRETKEYBYTES];
};

G_STATIC_ASSERT (CT_PASS_SIGNATURE_LEN == crypto_sign_BYTES);

static gboolean
read_or_make_seed (const char *state_dir, guint8 seed[crypto_sign_SEEDBYTES], GError **error)
{
  g_autofree char *path = g_build_filename (state_dir, JOURNAL_PASS_KEY_FILE, NULL);
  if (g_file_test (path, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK))
    return journal_keyfile_read (path, MAGIC, TRUE, seed, crypto_sign_SEEDBYTES, error);
  randombytes_buf (seed, crypto_sign_SEEDBYTES);
  return journal_keyfile_write (state_dir, JOURNAL_PASS_KEY_FILE, MAGIC, seed,
                                crypto_sign_SEEDBYTES, error);
}

JournalPassKey *
journal_pass_key_open (const char *state_dir, GError **error)
{
  guint8 seed[crypto_sign_SEEDBYTES];
  if (!read_or_make_seed (state_dir, seed, error))
    return NULL;
  JournalPassKey *key = g_new0 (JournalPassKey, 1);
  key->public.id = JOURNAL_PASS_KEY_ID;
  (void) crypto_sign_seed_keypair (key->public.key, key->secret, seed); // cannot fail
  sodium_memzero (seed, sizeof seed);
  return key;
}

void
journal_pass_key_free (JournalPassKey *key)
{
  sodium_memzero (key, sizeof *key);
  g_free (key);
}

const struct ct_pass_key *
journal_pass_key_get_public (const JournalPassKey *key)
{
  return &key->public;
}

void
journal_pass_key_sign (const JournalPassKey *key,
                       const struct ct_pass *pass,
                       char ret_text[CT_PASS_TEXT_SIZE])
{
  struct ct_pass ours = *pass;
  guint8 message[CT_PASS_MESSAGE_MAX], signature[CT_PASS_SIGNATURE_LEN];
  ours.key_id = key->public.id;
  size_t len = ct_pass_write_message (&ours, message);
  (void) crypto_sign_detached (signature, NULL, message, len, key->secret); // cannot fail
  ct_pass_write (&ours, signature, ret_text);
}
