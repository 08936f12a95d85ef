// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Finds the one keyboard that is the scanner, and takes it away from everybody else. Keyboards are
// told apart by what sysfs says of them: no other one is ever opened.

#pragma once

#include <glib.h>

#include "hw/hw-error.h"

G_BEGIN_DECLS

// @source:
//   "usb:VVVV:PPPP"      the only keyboard of that vendor and product (hexadecimal)
//   "name:NAME"          the only keyboard of that name (/proc/bus/input/devices has it)
//   "device:/dev/PATH"   that node, or a link to it, for example of /dev/input/by-id
//
// Returns a grabbed evdev descriptor that never blocks, telling monotonic time and only keys; or -1
// with HW_ERROR_MISSING, HW_ERROR_BUSY (somebody else grabbed it, or two keyboards fit),
// HW_ERROR_IO.
int hw_wedge_port_open (const char *source, GError **error);

G_END_DECLS
