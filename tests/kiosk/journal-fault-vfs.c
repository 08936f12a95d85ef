// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Over SQLite's own layer, which keeps the real files, names and locks.

#include "tests/kiosk/journal-fault-vfs.h"

#include <string.h>

#include <sqlite3.h>

#define SECTOR 512

struct _FaultVfs {
  sqlite3_vfs vfs;
  sqlite3_vfs *base;
  Fault fault;
  guint countdown;
  int error_code;
  gboolean has_struck;
  gboolean is_down; // after a power cut nothing works
  GRand *rand;
  GPtrArray *files; // of FaultFile, open ones
};

typedef struct {
  guint64 offset;
  GByteArray *data; // NULL: the file was cut to offset
} Write;

typedef struct {
  sqlite3_file file;
  FaultVfs *vfs;
  GByteArray *now; // what the program sees
  GArray *pending; // of Write, since the last sync
  sqlite3_file *real;
} FaultFile;

static void
clear_write (gpointer write)
{
  g_clear_pointer (&((Write *) write)->data, g_byte_array_unref);
}

static void
write_real (FaultFile *file, const guint8 *data, gsize len, guint64 offset)
{
  int rc = file->real->pMethods->xWrite (file->real, data, (int) len, (sqlite3_int64) offset);
  g_assert_cmpint (rc, ==, SQLITE_OK);
}

static void
make_durable (FaultFile *file)
{
  for (guint i = 0; i < file->pending->len; i++) {
    const Write *write = &g_array_index (file->pending, Write, i);
    if (write->data != NULL)
      write_real (file, write->data->data, write->data->len, write->offset);
    else
      g_assert_cmpint (file->real->pMethods->xTruncate (file->real, (sqlite3_int64) write->offset),
                       ==, SQLITE_OK);
  }
  g_array_set_size (file->pending, 0);
}

// A disk may have written any of the sectors that it was given, in any order.
static void
tear (FaultFile *file)
{
  for (guint i = 0; i < file->pending->len; i++) {
    const Write *write = &g_array_index (file->pending, Write, i);
    if (write->data == NULL)
      continue;
    for (gsize at = 0; at < write->data->len; at += SECTOR) {
      if (g_rand_boolean (file->vfs->rand))
        write_real (file, write->data->data + at, MIN (SECTOR, write->data->len - at),
                    write->offset + at);
    }
  }
}

static void
cut_power (FaultVfs *vfs)
{
  vfs->is_down = TRUE;
  for (guint i = 0; i < vfs->files->len; i++) {
    FaultFile *file = g_ptr_array_index (vfs->files, i);
    if (vfs->fault == FAULT_POWER_CUT_TORN)
      tear (file);
    g_array_set_size (file->pending, 0);
  }
}

// Whether this operation works.
static gboolean
works (FaultVfs *vfs)
{
  if (vfs->is_down || (vfs->has_struck && vfs->fault == FAULT_ERROR_STICKY))
    return FALSE;
  if (vfs->fault == FAULT_NONE || vfs->countdown == 0 || --vfs->countdown > 0)
    return TRUE;
  vfs->has_struck = TRUE;
  if (vfs->fault == FAULT_POWER_CUT || vfs->fault == FAULT_POWER_CUT_TORN)
    cut_power (vfs);
  return FALSE;
}

static int
fault_close (sqlite3_file *base)
{
  FaultFile *file = (FaultFile *) base;
  if (!file->vfs->is_down)
    make_durable (file); // sooner or later the system writes it
  g_ptr_array_remove (file->vfs->files, file);
  g_byte_array_unref (file->now);
  g_array_unref (file->pending);
  return file->real->pMethods->xClose (file->real);
}

static int
fault_read (sqlite3_file *base, void *data, int amount, sqlite3_int64 offset)
{
  FaultFile *file = (FaultFile *) base;
  if (file->vfs->is_down)
    return SQLITE_IOERR_READ;
  gsize available = (guint64) offset < file->now->len ? file->now->len - (gsize) offset : 0;
  gsize n = MIN ((gsize) amount, available);
  memset (data, 0, (gsize) amount);
  if (n > 0)
    memcpy (data, file->now->data + offset, n);
  return n == (gsize) amount ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int
fault_write (sqlite3_file *base, const void *data, int amount, sqlite3_int64 offset)
{
  FaultFile *file = (FaultFile *) base;
  if (!works (file->vfs))
    return file->vfs->error_code;
  gsize end = (gsize) offset + (gsize) amount, old = file->now->len;
  if (end > old) {
    g_byte_array_set_size (file->now, (guint) end);
    memset (file->now->data + old, 0, end - old);
  }
  memcpy (file->now->data + offset, data, (gsize) amount);
  Write write = { (guint64) offset, g_byte_array_new () };
  g_byte_array_append (write.data, data, (guint) amount);
  g_array_append_val (file->pending, write);
  return SQLITE_OK;
}

static int
fault_truncate (sqlite3_file *base, sqlite3_int64 size)
{
  FaultFile *file = (FaultFile *) base;
  if (!works (file->vfs))
    return SQLITE_IOERR_TRUNCATE;
  Write cut = { (guint64) size, NULL };
  if ((guint64) size < file->now->len)
    g_byte_array_set_size (file->now, (guint) size);
  g_array_append_val (file->pending, cut);
  return SQLITE_OK;
}

static int
fault_sync (sqlite3_file *base, int flags)
{
  FaultFile *file = (FaultFile *) base;
  if (!works (file->vfs))
    return file->vfs->error_code == SQLITE_FULL ? SQLITE_FULL : SQLITE_IOERR_FSYNC;
  make_durable (file);
  return SQLITE_OK;
}

static int
fault_file_size (sqlite3_file *base, sqlite3_int64 *ret_size)
{
  *ret_size = ((FaultFile *) base)->now->len;
  return SQLITE_OK;
}

static int
fault_lock (sqlite3_file *base, int level)
{
  sqlite3_file *real = ((FaultFile *) base)->real;
  return real->pMethods->xLock (real, level);
}

static int
fault_unlock (sqlite3_file *base, int level)
{
  sqlite3_file *real = ((FaultFile *) base)->real;
  return real->pMethods->xUnlock (real, level);
}

static int
fault_check_reserved_lock (sqlite3_file *base, int *ret_is_held)
{
  sqlite3_file *real = ((FaultFile *) base)->real;
  return real->pMethods->xCheckReservedLock (real, ret_is_held);
}

static int
fault_file_control (sqlite3_file *base, int op, void *argument)
{
  return SQLITE_NOTFOUND;
}

static int
fault_sector_size (sqlite3_file *base)
{
  return SECTOR;
}

static int
fault_device_characteristics (sqlite3_file *base)
{
  return 0; // promises nothing
}

static const sqlite3_io_methods fault_methods = {
  .iVersion = 1,
  .xClose = fault_close,
  .xRead = fault_read,
  .xWrite = fault_write,
  .xTruncate = fault_truncate,
  .xSync = fault_sync,
  .xFileSize = fault_file_size,
  .xLock = fault_lock,
  .xUnlock = fault_unlock,
  .xCheckReservedLock = fault_check_reserved_lock,
  .xFileControl = fault_file_control,
  .xSectorSize = fault_sector_size,
  .xDeviceCharacteristics = fault_device_characteristics,
};

static int
vfs_open (sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *ret_flags)
{
  FaultVfs *self = vfs->pAppData;
  FaultFile *file = (FaultFile *) base;
  base->pMethods = NULL;
  if (self->is_down)
    return SQLITE_CANTOPEN;
  file->vfs = self;
  file->real = (sqlite3_file *) (file + 1);
  int rc = self->base->xOpen (self->base, name, file->real, flags, ret_flags);
  if (rc != SQLITE_OK)
    return rc;
  sqlite3_int64 size = 0;
  file->now = g_byte_array_new ();
  file->pending = g_array_new (FALSE, FALSE, sizeof (Write));
  g_array_set_clear_func (file->pending, clear_write);
  g_assert_cmpint (file->real->pMethods->xFileSize (file->real, &size), ==, SQLITE_OK);
  g_byte_array_set_size (file->now, (guint) size);
  if (size > 0)
    g_assert_cmpint (file->real->pMethods->xRead (file->real, file->now->data, (int) size, 0), ==,
                     SQLITE_OK);
  g_ptr_array_add (self->files, file);
  base->pMethods = &fault_methods;
  return SQLITE_OK;
}

static int
vfs_delete (sqlite3_vfs *vfs, const char *name, int must_sync)
{
  FaultVfs *self = vfs->pAppData;
  return works (self) ? self->base->xDelete (self->base, name, must_sync) : SQLITE_IOERR_DELETE;
}

static int
vfs_access (sqlite3_vfs *vfs, const char *name, int flags, int *ret_result)
{
  FaultVfs *self = vfs->pAppData;
  return self->base->xAccess (self->base, name, flags, ret_result);
}

static int
vfs_full_pathname (sqlite3_vfs *vfs, const char *name, int size, char *ret_path)
{
  FaultVfs *self = vfs->pAppData;
  return self->base->xFullPathname (self->base, name, size, ret_path);
}

static int
vfs_randomness (sqlite3_vfs *vfs, int size, char *ret_bytes)
{
  FaultVfs *self = vfs->pAppData;
  return self->base->xRandomness (self->base, size, ret_bytes);
}

static int
vfs_sleep (sqlite3_vfs *vfs, int duration_us)
{
  return duration_us;
}

static int
vfs_current_time (sqlite3_vfs *vfs, double *ret_julian_day)
{
  FaultVfs *self = vfs->pAppData;
  return self->base->xCurrentTime (self->base, ret_julian_day);
}

static int
vfs_get_last_error (sqlite3_vfs *vfs, int size, char *ret_text)
{
  return 0;
}

FaultVfs *
fault_vfs_new (void)
{
  FaultVfs *self = g_new0 (FaultVfs, 1);
  self->base = sqlite3_vfs_find (NULL);
  self->rand = g_rand_new_with_seed (1);
  self->files = g_ptr_array_new ();
  self->vfs = (sqlite3_vfs){
    .iVersion = 1,
    .szOsFile = (int) sizeof (FaultFile) + self->base->szOsFile,
    .mxPathname = self->base->mxPathname,
    .zName = FAULT_VFS_NAME,
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
  g_assert_cmpint (sqlite3_vfs_register (&self->vfs, 0), ==, SQLITE_OK);
  return self;
}

void
fault_vfs_free (FaultVfs *self)
{
  g_assert_cmpuint (self->files->len, ==, 0);
  g_assert_cmpint (sqlite3_vfs_unregister (&self->vfs), ==, SQLITE_OK);
  g_ptr_array_unref (self->files);
  g_rand_free (self->rand);
  g_free (self);
}

void
fault_vfs_arm (FaultVfs *self, Fault fault, guint nth, int error_code, guint32 seed)
{
  self->fault = fault;
  self->countdown = nth;
  self->error_code = error_code;
  self->has_struck = FALSE;
  self->is_down = FALSE;
  g_rand_set_seed (self->rand, seed);
}

gboolean
fault_vfs_has_struck (const FaultVfs *self)
{
  return self->has_struck;
}
