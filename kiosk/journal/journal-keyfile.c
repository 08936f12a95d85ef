// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Files by descriptor, so that what is checked is what is read.

#include "kiosk/journal/journal-keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <sodium.h>

#include "kiosk/journal/journal-store.h"

#define SUM_SIZE 16
#define FILE_MAX (JOURNAL_KEYFILE_MAGIC_SIZE + JOURNAL_KEYFILE_MAX + SUM_SIZE)

static gboolean
fail (GError **error, const char *doing, const char *dir, const char *name)
{
  int saved_errno = errno;
  g_set_error (error, JOURNAL_ERROR,
               saved_errno == ENOSPC ? JOURNAL_ERROR_FULL : JOURNAL_ERROR_STORAGE, "%s %s/%s: %s",
               doing, dir, name, g_strerror (saved_errno));
  return FALSE;
}

static gboolean
write_all (int fd, const guint8 *data, gsize len)
{
  for (gsize done = 0; done < len;) {
    gssize n = write (fd, data + done, len - done);
    if (n < 0 && errno != EINTR)
      return FALSE;
    done += n > 0 ? (gsize) n : 0;
  }
  return TRUE;
}

// The file has no name any more: nothing reads it, and failing to blank it must not fail the
// caller.
static void
blank (int fd)
{
  static const guint8 zeros[FILE_MAX] = { 0 };
  if (pwrite (fd, zeros, sizeof zeros, 0) < 0 || fsync (fd) < 0)
    g_debug ("blanking a replaced key file: %s", g_strerror (errno));
}

static gboolean
sync_folder (const char *dir)
{
  int fd = open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return FALSE;
  gboolean ok = fsync (fd) == 0;
  (void) close (fd); // read only
  return ok;
}

gboolean
journal_keyfile_sync_folder (const char *dir, GError **error)
{
  return sync_folder (dir) || fail (error, "synchronising", dir, "");
}

static gboolean
write_new (const char *path, const guint8 *data, gsize len)
{
  (void) unlink (path); // left behind by a power cut, if at all
  int fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0)
    return FALSE;
  gboolean ok = write_all (fd, data, len) && fsync (fd) == 0;
  int saved_errno = errno;
  ok = close (fd) == 0 && ok;
  errno = saved_errno;
  return ok;
}

static void
checksum (const guint8 *data, gsize len, guint8 ret_sum[SUM_SIZE])
{
  (void) crypto_generichash (ret_sum, SUM_SIZE, data, len, NULL, 0); // sizes are constants
}

gboolean
journal_keyfile_write (const char *dir,
                       const char *name,
                       const char *magic,
                       const guint8 *payload,
                       gsize len,
                       GError **error)
{
  g_return_val_if_fail (strlen (magic) == JOURNAL_KEYFILE_MAGIC_SIZE && len <= JOURNAL_KEYFILE_MAX,
                        FALSE);

  guint8 data[FILE_MAX];
  memcpy (data, magic, JOURNAL_KEYFILE_MAGIC_SIZE);
  memcpy (data + JOURNAL_KEYFILE_MAGIC_SIZE, payload, len);
  checksum (data, JOURNAL_KEYFILE_MAGIC_SIZE + len, data + JOURNAL_KEYFILE_MAGIC_SIZE + len);

  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autofree char *new_path = g_strconcat (path, ".new", NULL);
  int old_fd = open (path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
  gboolean ok = write_new (new_path, data, JOURNAL_KEYFILE_MAGIC_SIZE + len + SUM_SIZE) &&
                g_rename (new_path, path) == 0 && sync_folder (dir);
  sodium_memzero (data, sizeof data);
  if (!ok)
    (void) fail (error, "writing", dir, name);
  if (old_fd >= 0) {
    if (ok)
      blank (old_fd);
    (void) close (old_fd); // nothing depends on it
  }
  return ok;
}

static gssize
read_file (int fd, guint8 *data, gsize size)
{
  gsize used = 0;
  while (used < size) {
    gssize n = read (fd, data + used, size - used);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return -1;
    if (n == 0)
      break;
    used += (gsize) n;
  }
  return (gssize) used;
}

gboolean
journal_keyfile_read (const char *path,
                      const char *magic,
                      gboolean must_be_private,
                      guint8 *ret_payload,
                      gsize len,
                      GError **error)
{
  int fd = open (path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) {
    g_set_error (error, JOURNAL_ERROR, JOURNAL_ERROR_KEYS, "opening %s: %s", path,
                 g_strerror (errno));
    return FALSE;
  }
  struct stat status;
  guint8 data[FILE_MAX + 1];
  const char *why = NULL;
  if (fstat (fd, &status) < 0 || !S_ISREG (status.st_mode))
    why = "not a regular file";
  else if (must_be_private && (status.st_mode & 077) != 0)
    why = "open to others than its owner";
  gssize size = why == NULL ? read_file (fd, data, sizeof data) : 0;
  (void) close (fd); // read only

  guint8 sum[SUM_SIZE];
  gsize covered = JOURNAL_KEYFILE_MAGIC_SIZE + len;
  if (why == NULL && size != (gssize) (covered + SUM_SIZE))
    why = "of a wrong size";
  if (why == NULL) {
    checksum (data, covered, sum);
    if (memcmp (data, magic, JOURNAL_KEYFILE_MAGIC_SIZE) != 0 ||
        memcmp (sum, data + covered, SUM_SIZE) != 0)
      why = "damaged";
  }
  if (why == NULL)
    memcpy (ret_payload, data + JOURNAL_KEYFILE_MAGIC_SIZE, len);
  else
    g_set_error (error, JOURNAL_ERROR, JOURNAL_ERROR_KEYS, "reading %s: %s", path, why);
  sodium_memzero (data, sizeof data);
  return why == NULL;
}

gboolean
journal_keyfile_destroy (const char *dir, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  int fd = open (path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    return fail (error, "opening", dir, name);
  gboolean ok = unlink (path) == 0 && sync_folder (dir);
  if (ok)
    blank (fd);
  else
    (void) fail (error, "removing", dir, name);
  (void) close (fd); // nothing depends on it
  return ok;
}
