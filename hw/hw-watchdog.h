// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Whoever restarts us when we hang: the service manager (sd_watchdog_enabled(3)), and a watchdog
// device that restarts the machine (Linux, Documentation/watchdog/watchdog-api.rst).

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define HW_WATCHDOG_DEVICE_S  30    // without a ping, the device bites
#define HW_WATCHDOG_PERIOD_MS 10000 // between pings, unless the service manager is less patient

#define HW_TYPE_WATCHDOG (hw_watchdog_get_type ())
G_DECLARE_FINAL_TYPE (HwWatchdog, hw_watchdog, HW, WATCHDOG, GObject)

// @device: a node, or NULL for the service manager alone. A device that is missing or held by
// another program is tried again at each ping. Dropped in an orderly way, it disarms the device and
// tells the manager that we stop; killed, it does neither.
HwWatchdog *hw_watchdog_new (const char *device);

guint hw_watchdog_get_period_ms (HwWatchdog *self);
char *hw_watchdog_dup_problem (HwWatchdog *self); // (nullable): with the device

// For people who ask the service manager; the first one also says that we are ready.
void hw_watchdog_tell (HwWatchdog *self, const char *status);
void hw_watchdog_ping (HwWatchdog *self);

G_END_DECLS
