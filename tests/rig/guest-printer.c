// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The printer's far end: a USB gadget on the dummy host controller, whose other side is the kiosk's
// /dev/usb/lp0. Only a cable: what comes out of it is told to the host, which prints and answers.

#include "tests/rig/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GADGET   "/sys/kernel/config/usb_gadget/printer"
#define FUNCTION GADGET "/functions/printer.0"
#define CONFIG   GADGET "/configs/c.1"
#define PORT     "dummy_udc.0"
#define DEVICE   "/dev/g_printer0"
#define OPEN_MS  10   // between two attempts
#define READ_MAX 1500 // bytes, told as one line

typedef struct {
  int fd; // -1: unplugged, or not known to the host controller yet
  guint in_id;
  guint open_id;
} Cable;

static Cable cable = { .fd = -1 }; // the guest is one program with one printer

static gboolean
fail (const char *what, GError **error)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "printer: %s: %s", what,
               g_strerror (errno));
  return FALSE;
}

static gboolean
make_gadget (GError **error)
{
  static const char *const folders[] = { GADGET, GADGET "/strings/0x409", CONFIG, FUNCTION };
  static const char *const texts[][2] = {
    { GADGET "/idVendor", "0x04b8" },
    { GADGET "/idProduct", "0x0e28" },
    { GADGET "/strings/0x409/product", "rig" },
    { FUNCTION "/pnp_string", "MFG:rig;CMD:ESC/POS;CLS:PRINTER;" },
  };
  if (access (GADGET, F_OK) == 0)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    if (mkdir (folders[i], 0755) != 0)
      return fail (folders[i], error);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (!guest_write (texts[i][0], texts[i][1], error))
      return FALSE;
  return symlink (FUNCTION, CONFIG "/printer.0") == 0 || fail ("its function", error);
}

static gboolean
on_printed (int fd, GIOCondition condition, gpointer user_data)
{
  guint8 bytes[READ_MAX];
  ssize_t n = read (fd, bytes, sizeof bytes);
  if (n <= 0)
    return G_SOURCE_CONTINUE; // EAGAIN: the host has let the line go for now
  g_autoptr (GString) hex = g_string_sized_new ((gsize) n * 2);
  for (ssize_t i = 0; i < n; i++)
    g_string_append_printf (hex, "%02x", bytes[i]);
  guest_tell ("event printed %s", hex->str);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_open_due (gpointer user_data)
{
  cable.fd = open (DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (cable.fd < 0)
    return G_SOURCE_CONTINUE; // the controller is still asking who it is
  for (guint8 stale[READ_MAX]; read (cable.fd, stale, sizeof stale) > 0;) {
    // the driver keeps what came over the cable before it was pulled out
  }
  cable.in_id = g_unix_fd_add (cable.fd, G_IO_IN, on_printed, NULL);
  cable.open_id = 0;
  return G_SOURCE_REMOVE;
}

gboolean
guest_printer_plug (GError **error)
{
  if (!make_gadget (error) || !guest_write (GADGET "/UDC", PORT, error))
    return FALSE;
  cable.open_id = g_timeout_add (OPEN_MS, on_open_due, NULL);
  return TRUE;
}

gboolean
guest_printer_unplug (GError **error)
{
  g_clear_handle_id (&cable.open_id, g_source_remove);
  g_clear_handle_id (&cable.in_id, g_source_remove);
  if (cable.fd >= 0)
    (void) close (cable.fd); // nothing is kept in it
  cable.fd = -1;
  return guest_write (GADGET "/UDC", "\n", error);
}

// A printer that takes nothing holds up whoever sends.
gboolean
guest_printer_take (gboolean takes, GError **error)
{
  g_clear_handle_id (&cable.in_id, g_source_remove);
  if (takes && cable.fd >= 0)
    cable.in_id = g_unix_fd_add (cable.fd, G_IO_IN, on_printed, NULL);
  return TRUE;
}

gboolean
guest_printer_reply (const char *hex, GError **error)
{
  guint8 bytes[64];
  gsize len = MIN (strlen (hex) / 2, sizeof bytes);
  for (gsize i = 0; i < len; i++)
    bytes[i] =
        (guint8) (g_ascii_xdigit_value (hex[2 * i]) * 16 + g_ascii_xdigit_value (hex[2 * i + 1]));
  return write (cable.fd, bytes, len) == (ssize_t) len || fail ("answering", error);
}
