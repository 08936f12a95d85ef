// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-officer"

#include "kiosk/trace/trace-officer.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WORD           "tramxanh-officer-key"
#define PUBLIC_WORD    "tramxanh-officer-public"
#define N_PASSES       3 // what libsodium calls moderate
#define MEMORY_KIB     (256 * 1024)
#define N_PASSES_MAX   16
#define MEMORY_KIB_MIN 8
#define MEMORY_KIB_MAX (1024 * 1024)

void
trace_officer_key_clear (TraceOfficerKey *key)
{
  sodium_memzero (key, sizeof *key);
}

static gboolean
refuse (GError **error, int code, const char *path, const char *why)
{
  g_set_error (error, TRACE_ERROR, code, "officer key %s: %s", path, why);
  return FALSE;
}

static gboolean
derive (const TraceOfficerFile *file, const char *passphrase, guint8 ret_key[32])
{
  return crypto_pwhash (ret_key, 32, passphrase, strlen (passphrase), file->salt, file->n_passes,
                        (size_t) file->memory_kib * 1024, crypto_pwhash_ALG_ARGON2ID13) == 0;
}

static gboolean
seal (TraceOfficerFile *file, const char *passphrase, const guint8 *secret)
{
  guint8 key[32];
  gboolean ok = derive (file, passphrase, key);
  if (ok)
    (void) crypto_secretbox_easy (file->box, secret, TRACE_OFFICER_KEY_SIZE, file->nonce,
                                  key); // always 0
  sodium_memzero (key, sizeof key);
  return ok;
}

static void
append_hex (GString *line, const guint8 *bytes, gsize len)
{
  for (gsize i = 0; i < len; i++)
    g_string_append_printf (line, "%s%02x", i == 0 ? " " : "", bytes[i]);
}

static GString *
to_line (const TraceOfficerFile *file)
{
  GString *line = g_string_new (NULL);
  g_string_append_printf (line, WORD " 1 %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, file->n_passes,
                          file->memory_kib);
  append_hex (line, file->salt, sizeof file->salt);
  append_hex (line, file->nonce, sizeof file->nonce);
  append_hex (line, file->box, sizeof file->box);
  append_hex (line, file->public_key, sizeof file->public_key);
  return g_string_append_c (line, '\n');
}

char *
trace_officer_public_to_line (const guint8 public_key[TRACE_OFFICER_KEY_SIZE])
{
  GString *line = g_string_new (PUBLIC_WORD);
  append_hex (line, public_key, TRACE_OFFICER_KEY_SIZE);
  return g_string_free (g_string_append_c (line, '\n'), FALSE);
}

static gboolean
read_hex (const char *word, guint8 *ret_bytes, gsize size)
{
  gsize len = 0;
  return strlen (word) == 2 * size &&
         sodium_hex2bin (ret_bytes, size, word, 2 * size, NULL, &len, NULL) == 0 && len == size;
}

gboolean
trace_officer_file_read (const char *line, gsize len, TraceOfficerFile *ret_file)
{
  TraceOfficerFile file;
  if (len < 1 || len > TRACE_OFFICER_LINE_MAX || line[len - 1] != '\n' ||
      memchr (line, '\0', len) != NULL)
    return FALSE;
  g_autofree char *copy = g_strndup (line, len - 1);
  g_auto (GStrv) words = g_strsplit (copy, " ", 9);
  if (g_strv_length (words) != 8 || !g_str_equal (words[0], WORD) || !g_str_equal (words[1], "1") ||
      !g_ascii_string_to_unsigned (words[2], 10, 1, N_PASSES_MAX, &file.n_passes, NULL) ||
      !g_ascii_string_to_unsigned (words[3], 10, MEMORY_KIB_MIN, MEMORY_KIB_MAX, &file.memory_kib,
                                   NULL) ||
      !read_hex (words[4], file.salt, sizeof file.salt) ||
      !read_hex (words[5], file.nonce, sizeof file.nonce) ||
      !read_hex (words[6], file.box, sizeof file.box) ||
      !read_hex (words[7], file.public_key, sizeof file.public_key))
    return FALSE;
  *ret_file = file;
  return TRUE;
}

static gboolean
write_new (const char *path, const char *text, gsize len)
{
  int fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0)
    return FALSE;
  gboolean ok = write (fd, text, len) == (gssize) len && fsync (fd) == 0;
  int saved_errno = errno;
  ok = close (fd) == 0 && ok;
  if (!ok)
    (void) unlink (path); // half a key opens nothing
  errno = saved_errno;
  return ok;
}

gboolean
trace_officer_key_make (const char *path,
                        const char *passphrase,
                        guint8 ret_public[TRACE_OFFICER_KEY_SIZE],
                        GError **error)
{
  gsize len = strlen (passphrase);
  if (len < TRACE_OFFICER_PASSPHRASE_MIN || len > TRACE_OFFICER_PASSPHRASE_MAX)
    return refuse (error, TRACE_ERROR_INPUT, path, "a passphrase has 10 to 200 bytes");
  TraceOfficerFile file = { .n_passes = N_PASSES, .memory_kib = MEMORY_KIB };
  g_auto (TraceOfficerKey) key = { { 0 }, { 0 } };
  (void) crypto_box_keypair (key.public_key, key.secret_key); // always 0
  randombytes_buf (file.salt, sizeof file.salt);
  randombytes_buf (file.nonce, sizeof file.nonce);
  memcpy (file.public_key, key.public_key, sizeof file.public_key);
  if (!seal (&file, passphrase, key.secret_key))
    return refuse (error, TRACE_ERROR_STORAGE, path, "not enough memory for the passphrase");
  g_autoptr (GString) line = to_line (&file);
  if (!write_new (path, line->str, line->len))
    return refuse (error, TRACE_ERROR_STORAGE, path, g_strerror (errno));
  memcpy (ret_public, key.public_key, TRACE_OFFICER_KEY_SIZE);
  return TRUE;
}

static gboolean
read_file (const char *path, TraceOfficerFile *ret_file, GError **error)
{
  char line[TRACE_OFFICER_LINE_MAX + 1];
  struct stat status;
  int fd = open (path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0)
    return refuse (error, TRACE_ERROR_INPUT, path, g_strerror (errno));
  const char *why = NULL;
  gssize len = 0;
  if (fstat (fd, &status) < 0 || !S_ISREG (status.st_mode))
    why = "not a regular file";
  else if ((status.st_mode & 077) != 0)
    why = "open to others than its owner";
  else if ((len = read (fd, line, sizeof line)) < 0 ||
           !trace_officer_file_read (line, (gsize) len, ret_file))
    why = "not an officer's key";
  (void) close (fd); // read only
  return why == NULL || refuse (error, TRACE_ERROR_INPUT, path, why);
}

gboolean
trace_officer_key_open (const char *path,
                        const char *passphrase,
                        TraceOfficerKey *ret_key,
                        GError **error)
{
  TraceOfficerFile file;
  g_auto (TraceOfficerKey) opened = { { 0 }, { 0 } };
  guint8 key[32];
  if (!read_file (path, &file, error))
    return FALSE;
  if (!derive (&file, passphrase, key))
    return refuse (error, TRACE_ERROR_STORAGE, path, "not enough memory for the passphrase");
  gboolean ok = crypto_secretbox_open_easy (opened.secret_key, file.box, sizeof file.box,
                                            file.nonce, key) == 0;
  sodium_memzero (key, sizeof key);
  ok = ok && crypto_scalarmult_base (opened.public_key, opened.secret_key) == 0 &&
       memcmp (opened.public_key, file.public_key, sizeof file.public_key) == 0;
  if (!ok)
    return refuse (error, TRACE_ERROR_REFUSED, path, "the passphrase does not open it");
  *ret_key = opened;
  return TRUE;
}
