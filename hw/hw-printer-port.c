// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Device nodes open at once; only a network makes us wait, and GIO does that.

#define G_LOG_DOMAIN "hw-printer-port"

#include "hw/hw-printer-port.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define USB_CLASS_FOLDER "/sys/class/usbmisc"
#define CONNECT_S        5

static const struct {
  const char *text;
  speed_t speed;
} bauds[] = {
  { "9600", B9600 },   { "19200", B19200 },   { "38400", B38400 },
  { "57600", B57600 }, { "115200", B115200 },
};

static gboolean
read_baud (const char *text, speed_t *ret_speed)
{
  for (guint i = 0; i < G_N_ELEMENTS (bauds); i++)
    if (strcmp (text, bauds[i].text) == 0) {
      *ret_speed = bauds[i].speed;
      return TRUE;
    }
  return FALSE;
}

static gboolean
is_usb_ids (const char *text)
{
  for (guint i = 0; i < 9; i++)
    if (i == 4 ? text[i] != ':' : !g_ascii_isxdigit (text[i]))
      return FALSE;
  return text[9] == '\0';
}

// The rest of @port behind its kind, when it is of that kind.
static const char *
rest_of (const char *port, const char *kind)
{
  return g_str_has_prefix (port, kind) ? port + strlen (kind) : NULL;
}

gboolean
hw_printer_port_is_valid (const char *port)
{
  const char *rest = NULL;
  speed_t speed = 0;
  if ((rest = rest_of (port, "usb:")) != NULL)
    return is_usb_ids (rest);
  if ((rest = rest_of (port, "device:")) != NULL)
    return rest[0] == '/';
  if ((rest = rest_of (port, "serial:")) != NULL) {
    const char *at = strrchr (rest, '@');
    return rest[0] == '/' && at != NULL && read_baud (at + 1, &speed);
  }
  if ((rest = rest_of (port, "tcp:")) != NULL) {
    const char *colon = strrchr (rest, ':');
    guint64 number = 0;
    return colon != NULL && colon > rest &&
           g_ascii_string_to_unsigned (colon + 1, 10, 1, 65535, &number, NULL);
  }
  return FALSE;
}

static gboolean
file_says (const char *folder, const char *name, const char *wanted, gsize len)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = NULL;
  return g_file_get_contents (path, &text, NULL, NULL) &&
         g_ascii_strncasecmp (g_strstrip (text), wanted, len) == 0;
}

// The node of the first printer with these ids. (transfer full) (nullable)
static char *
find_usb (const char *ids)
{
  g_autoptr (GDir) folder = g_dir_open (USB_CLASS_FOLDER, 0, NULL);
  for (const char *name = NULL; folder != NULL && (name = g_dir_read_name (folder)) != NULL;) {
    // "device" is the interface; the device with the ids is its parent.
    g_autofree char *device = g_build_filename (USB_CLASS_FOLDER, name, "device", "..", NULL);
    if (g_str_has_prefix (name, "lp") && file_says (device, "idVendor", ids, 4) &&
        file_says (device, "idProduct", ids + 5, 4))
      return g_build_filename ("/dev/usb", name, NULL);
  }
  return NULL;
}

static gboolean
set_serial (int fd, speed_t speed)
{
  struct termios settings;
  if (tcgetattr (fd, &settings) < 0)
    return FALSE;
  cfmakeraw (&settings);
  settings.c_cflag |= CLOCAL | CREAD | CRTSCTS;
  settings.c_cflag &= ~(tcflag_t) (CSTOPB | PARENB);
  return cfsetspeed (&settings, speed) == 0 && tcsetattr (fd, TCSANOW, &settings) == 0 &&
         ioctl (fd, TIOCEXCL) == 0;
}

static int
fail (const char *path, int cause, GError **error)
{
  HwError code = cause == EBUSY                                         ? HW_ERROR_BUSY
                 : cause == ENOENT || cause == ENODEV || cause == ENXIO ? HW_ERROR_MISSING
                                                                        : HW_ERROR_IO;
  g_set_error (error, HW_ERROR, code, "opening printer %s: %s", path, g_strerror (cause));
  return -1;
}

static int
open_node (const char *path, GError **error)
{
  int fd = open (path, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  return fd >= 0 ? fd : fail (path, errno, error);
}

static int
open_serial (const char *path_and_baud, GError **error)
{
  const char *at = strrchr (path_and_baud, '@');
  g_autofree char *path = g_strndup (path_and_baud, (gsize) (at - path_and_baud));
  speed_t speed = 0;
  int fd = open_node (path, error);
  if (fd < 0 || (read_baud (at + 1, &speed) && set_serial (fd, speed)))
    return fd;
  int cause = errno;
  (void) close (fd); // nothing was sent
  return fail (path, cause, error);
}

static int
open_usb (const char *ids, GError **error)
{
  g_autofree char *path = find_usb (ids);
  return path != NULL ? open_node (path, error) : fail (ids, ENODEV, error);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_to_host_finish (G_SOCKET_CLIENT (source), result, &error);
  if (connection == NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (connection == NULL)
    g_task_return_new_error (task, HW_ERROR, HW_ERROR_MISSING, "opening printer: %s",
                             error->message);
  else // the connection closes its own descriptor, not the line
    g_task_return_int (task, fcntl (g_socket_get_fd (g_socket_connection_get_socket (connection)),
                                    F_DUPFD_CLOEXEC, 0));
}

static void
open_tcp (const char *host_and_port, GTask *task)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_socket_client_set_timeout (client, CONNECT_S);
  g_socket_client_connect_to_host_async (client, host_and_port, 0, g_task_get_cancellable (task),
                                         on_connected, g_object_ref (task));
}

void
hw_printer_port_open_async (const char *port,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GError) error = NULL;
  const char *rest = NULL;
  int fd = -1;
  g_task_set_source_tag (task, hw_printer_port_open_async);
  g_task_set_check_cancellable (task, FALSE); // a descriptor must not get lost
  if ((rest = rest_of (port, "tcp:")) != NULL) {
    open_tcp (rest, task);
    return;
  }
  if ((rest = rest_of (port, "usb:")) != NULL)
    fd = open_usb (rest, &error);
  else if ((rest = rest_of (port, "serial:")) != NULL)
    fd = open_serial (rest, &error);
  else
    fd = open_node (port + strlen ("device:"), &error);
  if (fd < 0)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_int (task, fd);
}

int
hw_printer_port_open_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), -1);
  return (int) g_task_propagate_int (G_TASK (result), error);
}
