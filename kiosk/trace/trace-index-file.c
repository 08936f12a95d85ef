// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Building the file: whole and on the disk under another name, before it takes the old one's place.

#define G_LOG_DOMAIN "trace-index-file"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kiosk/trace/trace-index-layout.h"
#include "kiosk/trace/trace-index-log.h"
#include "kiosk/trace/trace-index.h"

#define FILE_MODE 0600

char *
trace_index_path (const char *store_uri)
{
  const char *path = g_str_has_prefix (store_uri, "sqlite:") ? store_uri + strlen ("sqlite:") : "";
  return path[0] != '\0' && path[0] != ':' ? g_strconcat (path, ".index", NULL) : NULL;
}

static gboolean
fail (const char *path, int code, GError **error)
{
  g_set_error (error, TRACE_ERROR,
               code == ENOSPC || code == EWOULDBLOCK ? TRACE_ERROR_BUSY : TRACE_ERROR_STORAGE,
               "index %s: %s", path, g_strerror (code));
  return FALSE;
}

// All its bytes are allotted, so that a full disk is an error and not a signal.
static guint8 *
map_file (int fd, gsize n_bytes, int *ret_code)
{
  void *bytes = MAP_FAILED;
  *ret_code = ftruncate (fd, 0) == 0 ? posix_fallocate (fd, 0, (off_t) n_bytes) : errno;
  if (*ret_code != 0)
    return NULL;
  bytes = mmap (NULL, n_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  *ret_code = bytes == MAP_FAILED ? errno : 0;
  return bytes != MAP_FAILED ? bytes : NULL;
}

static gboolean
fill (TraceDb *db, guint8 *bytes, const TraceIndexCounts *counts, GError **error)
{
  TraceIndexBuild *build = trace_index_build_new (bytes, counts);
  gboolean ok = trace_index_log_copy (db, build, error);
  if (!trace_index_build_finish (build) && ok) {
    g_set_error (error, TRACE_ERROR, TRACE_ERROR_STORAGE,
                 "index: the store's tables contradict each other");
    return FALSE;
  }
  return ok;
}

static gboolean
sync_folder (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  gboolean ok = fd >= 0 && fsync (fd) == 0;
  if (!ok)
    (void) fail (folder, errno, error);
  if (fd >= 0)
    (void) close (fd); // only read
  return ok;
}

static gboolean
write_file (TraceDb *db, const char *path, int fd, const TraceIndexCounts *counts, GError **error)
{
  gsize n_bytes = trace_index_part_size (counts);
  int code = 0;
  guint8 *bytes = map_file (fd, n_bytes, &code);
  if (bytes == NULL)
    return fail (path, code, error);
  gboolean ok = fill (db, bytes, counts, error);
  if (ok && (msync (bytes, n_bytes, MS_SYNC) != 0 || fsync (fd) != 0))
    ok = fail (path, errno, error);
  (void) munmap (bytes, n_bytes); // it is on the disk
  return ok;
}

// One at a time builds: the lock is on what will take the place. -1: somebody else does.
static int
open_new (const char *path, GError **error)
{
  int fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, FILE_MODE);
  if (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) == 0)
    return fd;
  int code = errno;
  (void) fail (path, code, error);
  if (fd >= 0)
    (void) close (fd); // somebody else's
  return -1;
}

static gboolean
snapshot (TraceDb *db, const char *path, int fd, TraceIndexCounts *counts, GError **error)
{
  if (!trace_index_log_begin (db, error))
    return FALSE;
  gboolean ok = trace_index_log_count (db, counts, error);
  if (ok && counts->n_stays > TRACE_INDEX_STAYS_MAX) {
    ok = FALSE;
    g_set_error (error, TRACE_ERROR, TRACE_ERROR_INPUT, "index %s: more stays than it can have",
                 path);
  }
  ok = ok && write_file (db, path, fd, counts, error);
  trace_index_log_end (db);
  return ok;
}

static void
make_build_id (guint8 ret_id[TRACE_INDEX_ID_SIZE])
{
  for (guint i = 0; i < TRACE_INDEX_ID_SIZE; i += sizeof (guint32)) {
    guint32 word = g_random_int ();
    memcpy (ret_id + i, &word, sizeof word);
  }
}

gboolean
trace_index_build (TraceStore *store, const char *path, GError **error)
{
  TraceDb *db = trace_store_get_db (store);
  TraceIndexCounts counts = { 0 };
  g_autofree char *new_path = g_strconcat (path, ".new", NULL);
  int fd = open_new (new_path, error);
  if (fd < 0)
    return FALSE;
  make_build_id (counts.build_id);
  gboolean ok = trace_index_log_start (db, error) && snapshot (db, new_path, fd, &counts, error);
  if (ok && g_rename (new_path, path) != 0)
    ok = fail (path, errno, error);
  if (!ok)
    (void) g_unlink (new_path); // what failed said so
  (void) close (fd);            // all is on the disk
  return ok && sync_folder (path, error) && trace_index_log_finish (db, &counts, error);
}

gboolean
trace_index_renew (TraceStore *store, const char *path, GError **error)
{
  return g_file_test (path, G_FILE_TEST_EXISTS)
             ? trace_index_build (store, path, error)
             : trace_index_log_stop (trace_store_get_db (store), error);
}
