// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// sysfs, then evdev (linux/input.h, Documentation/input/event-codes.rst).

#define G_LOG_DOMAIN "hw-wedge-port"

#include "hw/hw-wedge-port.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#define CLASS_FOLDER "/sys/class/input"
#define NODE_FOLDER  "/dev/input"
#define INPUT_MAJOR  13
#define WORD_BITS    (sizeof (unsigned long) * 8)

// The rest of @source behind its kind, when it is of that kind.
static const char *
rest_of (const char *source, const char *kind)
{
  return g_str_has_prefix (source, kind) ? source + strlen (kind) : NULL;
}

// What the kernel says of an input device, without its line end. (transfer full) (nullable)
static char *
read_attribute (const char *node, const char *name)
{
  g_autofree char *path = g_build_filename (CLASS_FOLDER, node, "device", name, NULL);
  char *text = NULL;
  if (!g_file_get_contents (path, &text, NULL, NULL))
    return NULL;
  return g_strchomp (text);
}

// "bits bits bits" in hexadecimal, the lowest last.
static gboolean
has_key (char **words, guint key)
{
  guint n_words = g_strv_length (words), word = key / WORD_BITS;
  if (word >= n_words)
    return FALSE;
  return (g_ascii_strtoull (words[n_words - 1 - word], NULL, 16) >> (key % WORD_BITS) & 1) != 0;
}

// A scanner may have more nodes than the one that types: volume keys, or a switch.
static gboolean
is_keyboard (const char *node)
{
  g_autofree char *text = read_attribute (node, "capabilities/key");
  if (text == NULL)
    return FALSE;
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  return has_key (words, KEY_A) && has_key (words, KEY_1) && has_key (words, KEY_ENTER);
}

static gboolean
fits (const char *node, const char *source)
{
  const char *wanted = rest_of (source, "name:");
  if (wanted != NULL) {
    g_autofree char *name = read_attribute (node, "name");
    return g_strcmp0 (name, wanted) == 0;
  }
  wanted = rest_of (source, "usb:");
  g_autofree char *bus = read_attribute (node, "id/bustype");
  g_autofree char *vendor = read_attribute (node, "id/vendor");
  g_autofree char *product = read_attribute (node, "id/product");
  g_autofree char *ids = g_strdup_printf ("%s:%s", vendor, product);
  return g_strcmp0 (bus, "0003") == 0 && g_ascii_strcasecmp (ids, wanted) == 0;
}

static char *
fail (const char *source, HwError code, const char *cause, GError **error)
{
  g_set_error (error, HW_ERROR, code, "scanner %s: %s", source, cause);
  return NULL;
}

// (transfer full) (nullable)
static char *
find_node (const char *source, GError **error)
{
  const char *path = rest_of (source, "device:");
  if (path != NULL)
    return g_strdup (path);
  g_autoptr (GDir) folder = g_dir_open (CLASS_FOLDER, 0, NULL);
  g_autofree char *found = NULL;
  for (const char *name = NULL; folder != NULL && (name = g_dir_read_name (folder)) != NULL;) {
    if (!g_str_has_prefix (name, "event") || !fits (name, source) || !is_keyboard (name))
      continue;
    if (found != NULL)
      return fail (source, HW_ERROR_BUSY, "two keyboards fit, name one as device:", error);
    found = g_build_filename (NODE_FOLDER, name, NULL);
  }
  if (found == NULL)
    return fail (source, HW_ERROR_MISSING, "not there", error);
  return g_steal_pointer (&found);
}

static gboolean
is_input_node (int fd)
{
  struct stat status;
  return fstat (fd, &status) == 0 && S_ISCHR (status.st_mode) &&
         major (status.st_rdev) == INPUT_MAJOR;
}

// A node's number may have gone to another keyboard while we looked.
static gboolean
is_still (int fd, const char *source)
{
  char name[256] = "";
  struct input_id id = { 0 };
  const char *wanted = rest_of (source, "name:");
  if (wanted != NULL)
    return ioctl (fd, EVIOCGNAME (sizeof name - 1), name) >= 0 && g_str_equal (name, wanted);
  if (rest_of (source, "usb:") == NULL)
    return is_input_node (fd);
  g_autofree char *ids = NULL;
  if (ioctl (fd, EVIOCGID, &id) == 0)
    ids = g_strdup_printf ("usb:%04x:%04x", id.vendor, id.product);
  return ids != NULL && g_ascii_strcasecmp (ids, source) == 0;
}

// Nobody else hears it, and its buffer holds keys instead of scan codes.
static gboolean
take (int fd)
{
  int clock = CLOCK_MONOTONIC;
  struct input_mask none = { .type = EV_MSC };
  if (ioctl (fd, EVIOCGRAB, 1) < 0)
    return FALSE;
  (void) ioctl (fd, EVIOCSMASK, &none); // only to save room
  return ioctl (fd, EVIOCSCLOCKID, &clock) == 0;
}

int
hw_wedge_port_open (const char *source, GError **error)
{
  g_autofree char *path = find_node (source, error);
  if (path == NULL)
    return -1;
  int fd = open (path, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd >= 0 && !is_still (fd, source))
    errno = ENODEV;
  else if (fd >= 0 && take (fd))
    return fd;
  int cause = errno;
  if (fd >= 0)
    (void) close (fd); // nothing was read
  HwError code = cause == EBUSY                       ? HW_ERROR_BUSY
                 : cause == ENOENT || cause == ENODEV ? HW_ERROR_MISSING
                                                      : HW_ERROR_IO;
  (void) fail (source, code, cause == EBUSY ? "used by another program" : g_strerror (cause),
               error);
  return -1;
}
