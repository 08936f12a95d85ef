// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Opening a watchdog device arms it, and only 'V' before closing disarms it again.

#define G_LOG_DOMAIN "hw-watchdog"

#include "hw/hw-watchdog.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/watchdog.h>
#include <sys/ioctl.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#define PINGS 3 // within what the service manager waits

struct _HwWatchdog {
  GObject parent_instance;

  char *device; // (nullable)
  int fd;       // -1: not armed
  char *problem;
  gboolean is_ready;
};

G_DEFINE_FINAL_TYPE (HwWatchdog, hw_watchdog, G_TYPE_OBJECT)

static void
arm (HwWatchdog *self)
{
  int patience_s = HW_WATCHDOG_DEVICE_S;
  if (self->device == NULL || self->fd >= 0)
    return;
  g_clear_pointer (&self->problem, g_free);
  self->fd = open (self->device, O_WRONLY | O_CLOEXEC);
  if (self->fd < 0)
    self->problem =
        g_strdup_printf ("watchdog %s: opening it: %s", self->device, g_strerror (errno));
  else if (ioctl (self->fd, WDIOC_SETTIMEOUT, &patience_s) < 0)
    g_debug ("watchdog %s: keeps its own time", self->device);
  if (self->problem != NULL)
    g_debug ("%s", self->problem);
}

static void
disarm (HwWatchdog *self)
{
  if (self->fd < 0)
    return;
  if (write (self->fd, "V", 1) != 1)
    g_debug ("watchdog %s: cannot be disarmed", self->device);
  (void) close (self->fd); // the device says nothing more
  self->fd = -1;
}

guint
hw_watchdog_get_period_ms (HwWatchdog *self)
{
  g_return_val_if_fail (HW_IS_WATCHDOG (self), HW_WATCHDOG_PERIOD_MS);
  uint64_t manager_us = 0;
  if (sd_watchdog_enabled (0, &manager_us) <= 0)
    return HW_WATCHDOG_PERIOD_MS;
  return (guint) MIN (manager_us / 1000 / PINGS, HW_WATCHDOG_PERIOD_MS);
}

char *
hw_watchdog_dup_problem (HwWatchdog *self)
{
  g_return_val_if_fail (HW_IS_WATCHDOG (self), NULL);
  return g_strdup (self->problem);
}

void
hw_watchdog_tell (HwWatchdog *self, const char *status)
{
  g_return_if_fail (HW_IS_WATCHDOG (self));
  g_autofree char *text = g_strconcat (self->is_ready ? "" : "READY=1\n", "STATUS=", status, NULL);
  self->is_ready = TRUE;
  (void) sd_notify (0, text); // without a manager nobody asks
}

void
hw_watchdog_ping (HwWatchdog *self)
{
  g_return_if_fail (HW_IS_WATCHDOG (self));
  arm (self);
  (void) sd_notify (0, "WATCHDOG=1"); // without a manager nobody waits
  if (self->fd >= 0 && ioctl (self->fd, WDIOC_KEEPALIVE, 0) < 0)
    g_debug ("watchdog %s: %s", self->device, g_strerror (errno));
}

static void
hw_watchdog_dispose (GObject *object)
{
  HwWatchdog *self = HW_WATCHDOG (object);
  disarm (self);
  (void) sd_notify (0, "STOPPING=1"); // without a manager nobody cares
  G_OBJECT_CLASS (hw_watchdog_parent_class)->dispose (object);
}

static void
hw_watchdog_finalize (GObject *object)
{
  HwWatchdog *self = HW_WATCHDOG (object);
  g_free (self->problem);
  g_free (self->device);
  G_OBJECT_CLASS (hw_watchdog_parent_class)->finalize (object);
}

static void
hw_watchdog_class_init (HwWatchdogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->dispose = hw_watchdog_dispose;
  object_class->finalize = hw_watchdog_finalize;
}

static void
hw_watchdog_init (HwWatchdog *self)
{
  self->fd = -1;
}

HwWatchdog *
hw_watchdog_new (const char *device)
{
  HwWatchdog *self = g_object_new (HW_TYPE_WATCHDOG, NULL);
  self->device = g_strdup (device);
  arm (self);
  return self;
}
