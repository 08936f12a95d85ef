// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// SQLite's documented VFS interface ("The OS Backend (VFS) To SQLite"), version 1 of the file
// methods: without shared memory and memory mapping, which an exclusive connection does not need
// and which would go around the sums.

#include "kiosk/journal/journal-vfs.h"

#include <string.h>

#include <sqlite3.h>

#include "kiosk/journal/journal-pages.h"

struct _JournalVfs {
  sqlite3_vfs vfs;
  sqlite3_vfs *base;
  char *name;
};

// SQLite allocates szOsFile bytes: this, and behind it the file of the layer below.
typedef struct {
  sqlite3_file file;
  sqlite3_file *below;
} PageFile;

static sqlite3_file *
below (sqlite3_file *file)
{
  return ((PageFile *) file)->below;
}

static gboolean
is_page (int amount, sqlite3_int64 offset)
{
  return amount == JOURNAL_PAGE_SIZE && offset % JOURNAL_PAGE_SIZE == 0;
}

static guint32
page_number (sqlite3_int64 offset)
{
  return (guint32) (offset / JOURNAL_PAGE_SIZE) + 1;
}

static int
page_close (sqlite3_file *file)
{
  return below (file)->pMethods->xClose (below (file));
}

static int
page_read (sqlite3_file *file, void *data, int amount, sqlite3_int64 offset)
{
  int rc = below (file)->pMethods->xRead (below (file), data, amount, offset);
  if (rc == SQLITE_OK && is_page (amount, offset) &&
      !journal_page_check (page_number (offset), data))
    return SQLITE_IOERR_DATA;
  return rc;
}

static int
page_write (sqlite3_file *file, const void *data, int amount, sqlite3_int64 offset)
{
  // A part of a page would leave its sum wrong; SQLite writes whole ones.
  if (!is_page (amount, offset))
    return SQLITE_IOERR_WRITE;
  guint8 page[JOURNAL_PAGE_SIZE];
  memcpy (page, data, sizeof page);
  journal_page_seal (page_number (offset), page);
  return below (file)->pMethods->xWrite (below (file), page, amount, offset);
}

static int
page_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  return below (file)->pMethods->xTruncate (below (file), size);
}

static int
page_sync (sqlite3_file *file, int flags)
{
  return below (file)->pMethods->xSync (below (file), flags);
}

static int
page_file_size (sqlite3_file *file, sqlite3_int64 *ret_size)
{
  return below (file)->pMethods->xFileSize (below (file), ret_size);
}

static int
page_lock (sqlite3_file *file, int level)
{
  return below (file)->pMethods->xLock (below (file), level);
}

static int
page_unlock (sqlite3_file *file, int level)
{
  return below (file)->pMethods->xUnlock (below (file), level);
}

static int
page_check_reserved_lock (sqlite3_file *file, int *ret_is_held)
{
  return below (file)->pMethods->xCheckReservedLock (below (file), ret_is_held);
}

static int
page_file_control (sqlite3_file *file, int op, void *argument)
{
  return below (file)->pMethods->xFileControl (below (file), op, argument);
}

static int
page_sector_size (sqlite3_file *file)
{
  return below (file)->pMethods->xSectorSize (below (file));
}

static int
page_device_characteristics (sqlite3_file *file)
{
  return below (file)->pMethods->xDeviceCharacteristics (below (file));
}

static const sqlite3_io_methods page_methods = {
  .iVersion = 1,
  .xClose = page_close,
  .xRead = page_read,
  .xWrite = page_write,
  .xTruncate = page_truncate,
  .xSync = page_sync,
  .xFileSize = page_file_size,
  .xLock = page_lock,
  .xUnlock = page_unlock,
  .xCheckReservedLock = page_check_reserved_lock,
  .xFileControl = page_file_control,
  .xSectorSize = page_sector_size,
  .xDeviceCharacteristics = page_device_characteristics,
};

static sqlite3_vfs *
base_of (sqlite3_vfs *vfs)
{
  return ((JournalVfs *) vfs->pAppData)->base;
}

static int
vfs_open (sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
  sqlite3_vfs *base = base_of (vfs);
  if ((flags & SQLITE_OPEN_MAIN_DB) == 0)
    return base->xOpen (base, name, file, flags, ret_flags);

  PageFile *page_file = (PageFile *) file;
  page_file->below = (sqlite3_file *) (page_file + 1);
  page_file->below->pMethods = NULL;
  int rc = base->xOpen (base, name, page_file->below, flags, ret_flags);
  // By SQLite's rules xClose is called, even after a failed open, when there are methods.
  file->pMethods = page_file->below->pMethods == NULL ? NULL : &page_methods;
  return rc;
}

static int
vfs_delete (sqlite3_vfs *vfs, const char *name, int must_sync)
{
  return base_of (vfs)->xDelete (base_of (vfs), name, must_sync);
}

static int
vfs_access (sqlite3_vfs *vfs, const char *name, int flags, int *ret_result)
{
  return base_of (vfs)->xAccess (base_of (vfs), name, flags, ret_result);
}

static int
vfs_full_pathname (sqlite3_vfs *vfs, const char *name, int size, char *ret_path)
{
  return base_of (vfs)->xFullPathname (base_of (vfs), name, size, ret_path);
}

static int
vfs_randomness (sqlite3_vfs *vfs, int size, char *ret_bytes)
{
  return base_of (vfs)->xRandomness (base_of (vfs), size, ret_bytes);
}

static int
vfs_sleep (sqlite3_vfs *vfs, int duration_us)
{
  return base_of (vfs)->xSleep (base_of (vfs), duration_us);
}

static int
vfs_current_time (sqlite3_vfs *vfs, double *ret_julian_day)
{
  return base_of (vfs)->xCurrentTime (base_of (vfs), ret_julian_day);
}

static int
vfs_get_last_error (sqlite3_vfs *vfs, int size, char *ret_text)
{
  return base_of (vfs)->xGetLastError (base_of (vfs), size, ret_text);
}

JournalVfs *
journal_vfs_new (const char *base_name)
{
  sqlite3_vfs *base = sqlite3_vfs_find (base_name);
  if (base == NULL)
    return NULL;
  JournalVfs *self = g_new0 (JournalVfs, 1);
  self->base = base;
  self->name = g_strdup_printf ("journal-%p", (void *) self);
  self->vfs = (sqlite3_vfs){
    .iVersion = 1,
    .szOsFile = (int) sizeof (PageFile) + base->szOsFile,
    .mxPathname = base->mxPathname,
    .zName = self->name,
    .pAppData = self,
    .xOpen = vfs_open,
    .xDelete = vfs_delete,
    .xAccess = vfs_access,
    .xFullPathname = vfs_full_pathname,
    .xRandomness = vfs_randomness,
    .xSleep = vfs_sleep,
    .xCurrentTime = vfs_current_time,
    .xGetLastError = vfs_get_last_error,
  };
  if (sqlite3_vfs_register (&self->vfs, 0) != SQLITE_OK) {
    g_free (self->name);
    g_free (self);
    return NULL;
  }
  return self;
}

void
journal_vfs_free (JournalVfs *vfs)
{
  (void) sqlite3_vfs_unregister (&vfs->vfs); // it is registered
  g_free (vfs->name);
  g_free (vfs);
}

const char *
journal_vfs_get_name (const JournalVfs *vfs)
{
  return vfs->name;
}
