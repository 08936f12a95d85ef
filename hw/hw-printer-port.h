// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where a printer is plugged in, opened as a descriptor that never blocks.

#pragma once

#include <gio/gio.h>

#include "hw/hw-error.h"

G_BEGIN_DECLS

// @port:
//   "usb:VVVV:PPPP"        the first USB printer of that vendor and product (hexadecimal)
//   "device:/dev/usb/lp0"  whatever is behind that node
//   "serial:/dev/ttyS0@N"  at N baud, 8N1, RTS/CTS
//   "tcp:HOST:PORT"
gboolean hw_printer_port_is_valid (const char *port);

void hw_printer_port_open_async (const char *port,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);

// Returns a descriptor (to be closed, even after a cancel that came too late), or -1 with
// HW_ERROR_MISSING, HW_ERROR_BUSY, HW_ERROR_IO.
int hw_printer_port_open_finish (GAsyncResult *result, GError **error);

G_END_DECLS
