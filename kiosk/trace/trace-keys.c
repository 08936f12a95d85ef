// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Three secrets that are made together.

#include "kiosk/trace/trace-keys.h"

#include <errno.h>
#include <string.h>

#include <glib/gstdio.h>
#include <sodium.h>

#define SQLITE_PREFIX "sqlite:"
#define OFFICER_NAME  "officer.pub"

// Personalises BLAKE2b: subjects never meet another use of the key.
static const guint8 subject_domain[crypto_generichash_blake2b_PERSONALBYTES] = "tramxanh-subj-1";

typedef enum { KEY_CORE, KEY_INGEST, KEY_PSEUDONYM, N_KEYS } Key;

static const struct {
  const char *name, *word;
} files[N_KEYS] = {
  [KEY_CORE] = { "core.key", TRACE_KEYFILE_CORE },
  [KEY_INGEST] = { "ingest.key", TRACE_KEYFILE_INGEST },
  [KEY_PSEUDONYM] = { "pseudonym.key", TRACE_KEYFILE_PSEUDONYM },
};

struct TraceKeys {
  char *folder;
  guint8 secrets[N_KEYS][TRACE_KEYFILE_SIZE];
  guint8 sign_key[crypto_sign_SECRETKEYBYTES];
  guint8 core_key[TRACE_KEYFILE_SIZE], ingest_key[TRACE_KEYFILE_SIZE],
      officer_key[TRACE_KEYFILE_SIZE];
  gboolean has_officer;
};

char *
trace_keys_find_folder (const char *store_uri, const char *folder, GError **error)
{
  const char *file = store_uri + strlen (SQLITE_PREFIX);
  if (folder != NULL && folder[0] != '\0')
    return g_strdup (folder);
  if (g_str_has_prefix (store_uri, SQLITE_PREFIX) && file[0] != '\0' && file[0] != ':')
    return g_strconcat (file, ".keys", NULL);
  g_set_error_literal (error, TRACE_ERROR, TRACE_ERROR_INPUT,
                       "keys: of this store they are where --keys FOLDER or the configuration "
                       "says");
  return NULL;
}

static char *
path_of (const TraceKeys *keys, const char *name)
{
  return g_build_filename (keys->folder, name, NULL);
}

static gboolean
has (const TraceKeys *keys, const char *name)
{
  g_autofree char *path = path_of (keys, name);
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static gboolean
make (TraceKeys *keys, GError **error)
{
  if (g_mkdir_with_parents (keys->folder, 0700) != 0) {
    g_set_error (error, TRACE_ERROR, TRACE_ERROR_STORAGE, "keys %s: %s", keys->folder,
                 g_strerror (errno));
    return FALSE;
  }
  randombytes_buf (keys->secrets, sizeof keys->secrets);
  for (guint i = 0; i < N_KEYS; i++) {
    g_autofree char *path = path_of (keys, files[i].name);
    if (!trace_keyfile_write (path, files[i].word, keys->secrets[i], error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
load (TraceKeys *keys, GError **error)
{
  for (guint i = 0; i < N_KEYS; i++) {
    g_autofree char *path = path_of (keys, files[i].name);
    if (!trace_keyfile_read (path, files[i].word, TRUE, keys->secrets[i], error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_officer_key (TraceKeys *keys, const char *path, GError **error)
{
  guint8 key[TRACE_KEYFILE_SIZE];
  if (!trace_keyfile_read (path, TRACE_KEYFILE_OFFICER, FALSE, key, error))
    return FALSE;
  memcpy (keys->officer_key, key, sizeof key);
  keys->has_officer = TRUE;
  return TRUE;
}

static gboolean
is_empty (const TraceKeys *keys)
{
  for (guint i = 0; i < N_KEYS; i++)
    if (has (keys, files[i].name))
      return FALSE;
  return TRUE;
}

TraceKeys *
trace_keys_open (const char *folder, gboolean may_make, GError **error)
{
  if (sodium_init () < 0) {
    g_set_error_literal (error, TRACE_ERROR, TRACE_ERROR_STORAGE, "keys: no source of randomness");
    return NULL;
  }
  g_autoptr (TraceKeys) keys = g_new0 (TraceKeys, 1);
  keys->folder = g_strdup (folder);
  if (!(may_make && is_empty (keys) ? make (keys, error) : load (keys, error)))
    return NULL;
  g_autofree char *officer_path = path_of (keys, OFFICER_NAME);
  if (has (keys, OFFICER_NAME) && !read_officer_key (keys, officer_path, error))
    return NULL;
  (void) crypto_sign_seed_keypair (keys->core_key, keys->sign_key,
                                   keys->secrets[KEY_CORE]); // sizes are constants
  (void) crypto_scalarmult_base (keys->ingest_key,
                                 keys->secrets[KEY_INGEST]); // never fails for the base point
  return g_steal_pointer (&keys);
}

void
trace_keys_free (TraceKeys *keys)
{
  g_free (keys->folder);
  sodium_memzero (keys, sizeof *keys);
  g_free (keys);
}

const char *
trace_keys_get_folder (const TraceKeys *keys)
{
  return keys->folder;
}

const guint8 *
trace_keys_get_core_key (const TraceKeys *keys)
{
  return keys->core_key;
}

const guint8 *
trace_keys_get_ingest_key (const TraceKeys *keys)
{
  return keys->ingest_key;
}

const guint8 *
trace_keys_get_officer_key (const TraceKeys *keys)
{
  return keys->has_officer ? keys->officer_key : NULL;
}

gboolean
trace_keys_take_officer_key (TraceKeys *keys, const char *path, GError **error)
{
  g_autofree char *own_path = path_of (keys, OFFICER_NAME);
  return read_officer_key (keys, path, error) &&
         trace_keyfile_write (own_path, TRACE_KEYFILE_OFFICER, keys->officer_key, error);
}

void
trace_keys_sign (const TraceKeys *keys,
                 const JournalStatement *statement,
                 guint8 ret_signature[JOURNAL_SIG_SIZE])
{
  (void) crypto_sign_detached (ret_signature, NULL, statement->bytes, statement->len,
                               keys->sign_key); // never fails
}

GBytes *
trace_keys_unseal (const TraceKeys *keys,
                   JournalSealPurpose purpose,
                   const JournalOrigin *origin,
                   guint64 seq,
                   const JournalBytes *box)
{
  return journal_unseal (keys->ingest_key, keys->secrets[KEY_INGEST], purpose, origin, seq, box);
}

void
trace_keys_forget (GBytes *content)
{
  gsize len = 0;
  gpointer bytes = (gpointer) g_bytes_get_data (content, &len); // ours alone
  sodium_memzero (bytes, len);
  g_bytes_unref (content);
}

void
trace_keys_make_subject (const TraceKeys *keys,
                         const char *identity,
                         gsize len,
                         guint8 ret_subject[16])
{
  (void) crypto_generichash_blake2b_salt_personal (ret_subject, 16, (const guint8 *) identity, len,
                                                   keys->secrets[KEY_PSEUDONYM], TRACE_KEYFILE_SIZE,
                                                   NULL, subject_domain); // sizes are constants
}
