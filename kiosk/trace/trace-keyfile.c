// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Files by descriptor, so that what is checked is what is read.

#include "kiosk/trace/trace-keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#define LINE_MAX_LEN 128

static const char *
read_line (int fd, gboolean is_secret, char line[LINE_MAX_LEN], gsize *ret_len)
{
  struct stat status;
  if (fstat (fd, &status) < 0 || !S_ISREG (status.st_mode))
    return "not a regular file";
  if (is_secret && (status.st_mode & 077) != 0)
    return "open to others than its owner";
  ssize_t n = 0;
  do
    n = read (fd, line, LINE_MAX_LEN);
  while (n < 0 && errno == EINTR);
  *ret_len = n > 0 ? (gsize) n : 0;
  return NULL;
}

static const char *
parse_line (const char *line, gsize len, const char *word, guint8 ret_key[TRACE_KEYFILE_SIZE])
{
  gsize word_len = strlen (word), n_read = 0;
  if (len != word_len + 1 + 2 * TRACE_KEYFILE_SIZE + 1 || memcmp (line, word, word_len) != 0 ||
      line[word_len] != ' ' || line[len - 1] != '\n')
    return "no key of this kind";
  return sodium_hex2bin (ret_key, TRACE_KEYFILE_SIZE, line + word_len + 1,
                         2 * (gsize) TRACE_KEYFILE_SIZE, NULL, &n_read, NULL) == 0 &&
                 n_read == TRACE_KEYFILE_SIZE
             ? NULL
             : "no key of this kind";
}

gboolean
trace_keyfile_read (const char *path,
                    const char *word,
                    gboolean is_secret,
                    guint8 ret_key[TRACE_KEYFILE_SIZE],
                    GError **error)
{
  char line[LINE_MAX_LEN] = { 0 };
  guint8 key[TRACE_KEYFILE_SIZE] = { 0 };
  gsize len = 0;
  int fd = open (path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  const char *why = fd < 0 ? g_strerror (errno) : read_line (fd, is_secret, line, &len);
  if (fd >= 0)
    (void) close (fd); // only read
  if (why == NULL)
    why = parse_line (line, len, word, key);
  if (why == NULL)
    memcpy (ret_key, key, sizeof key);
  else
    g_set_error (error, TRACE_ERROR, TRACE_ERROR_INPUT, "key %s: %s", path, why);
  sodium_memzero (line, sizeof line);
  sodium_memzero (key, sizeof key);
  return why == NULL;
}

gboolean
trace_keyfile_write (const char *path,
                     const char *word,
                     const guint8 key[TRACE_KEYFILE_SIZE],
                     GError **error)
{
  g_autoptr (GError) cause = NULL;
  char line[LINE_MAX_LEN], digits[2 * TRACE_KEYFILE_SIZE + 1];
  (void) sodium_bin2hex (digits, sizeof digits, key, TRACE_KEYFILE_SIZE);
  int len = g_snprintf (line, sizeof line, "%s %s\n", word, digits);
  gboolean ok = g_file_set_contents_full (
      path, line, len, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &cause);
  sodium_memzero (line, sizeof line);
  sodium_memzero (digits, sizeof digits);
  if (!ok)
    g_set_error (error, TRACE_ERROR, TRACE_ERROR_STORAGE, "key %s: %s", path, cause->message);
  return ok;
}
