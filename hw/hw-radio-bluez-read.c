// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One value at a time. The scan rests when a device is connected to and is begun anew afterwards,
// so whoever wants the next value waits for that chain, and not for luck. Nobody tells when it
// rests: Linux scans until it hears the device, ends the scan to connect, and may begin it again by
// itself, at once or after seconds. So it rests since something was heard last before the
// connection, or before a silence, until something is heard again.

#define G_LOG_DOMAIN "hw-radio-bluez"

#include "hw/hw-radio-bluez-private.h"

#include <string.h>

#include "hw/hw-radio-gatt.h"

#define SILENCE_US (2 * G_USEC_PER_SEC) // without a connection: an attempt at one that failed

typedef struct {
  guint8 address[6];
  char *characteristic;
} Wanted;

static void
wanted_free (gpointer data)
{
  Wanted *wanted = data;
  g_free (wanted->characteristic);
  g_free (wanted);
}

static void
on_value (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (HwRadioBluez) self = user_data;
  g_autoptr (GTask) task = g_steal_pointer (&self->reading);
  GError *error = NULL;
  GBytes *value = hw_radio_gatt_read_finish (result, &error);
  self->is_connected = FALSE;
  hw_radio_bluez_prepare (self, STEP_STOP); // by itself the scan goes on after 5 s
  if (value != NULL)
    g_task_return_pointer (task, value, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

void
hw_radio_bluez_begin_reading (HwRadioBluez *self)
{
  if (self->reading == NULL || self->is_connected)
    return;
  const Wanted *wanted = g_task_get_task_data (self->reading);
  const guint8 *address = wanted->address;
  g_autofree char *device =
      g_strdup_printf ("%s/dev_%02X_%02X_%02X_%02X_%02X_%02X", self->adapter, address[0],
                       address[1], address[2], address[3], address[4], address[5]);
  self->is_connected = TRUE;
  self->is_linked = FALSE;
  hw_radio_bluez_set_rest (self, g_get_monotonic_time ());
  hw_radio_gatt_read_async (self->bus, self->owner, self->adapter, device, wanted->characteristic,
                            g_task_get_cancellable (self->reading), on_value, g_object_ref (self));
  g_free (self->peer);
  self->peer = g_steal_pointer (&device);
}

void
hw_radio_bluez_hear_within_reading (HwRadioBluez *self, gint64 now_us)
{
  if (!self->is_connected || self->step != STEP_LISTEN || self->rest_us == 0)
    return;
  if (self->is_linked || now_us - self->rest_us >= SILENCE_US)
    hw_radio_bluez_set_rest (self, 0);
  if (!self->is_linked)
    hw_radio_bluez_set_rest (self, now_us);
}

void
hw_radio_bluez_note_link (HwRadioBluez *self, const char *device, GVariant *changed)
{
  gboolean is_set = FALSE;
  if (self->is_connected && g_strcmp0 (device, self->peer) == 0 &&
      g_variant_lookup (changed, "Connected", "b", &is_set) && is_set)
    self->is_linked = TRUE;
}

void
hw_radio_bluez_refuse_reading (HwRadioBluez *self)
{
  if (self->reading == NULL || self->is_connected) // that one learns it from bluetoothd
    return;
  g_autoptr (GTask) task = g_steal_pointer (&self->reading);
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_BUSY, "radio: it does not scan");
}

void
hw_radio_bluez_read_async (HwRadio *radio,
                           const guint8 address[6],
                           const char *characteristic,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  HwRadioBluez *self = HW_RADIO_BLUEZ (radio);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hw_radio_bluez_read_async);
  if (self->reading != NULL || self->adapter == NULL || self->retry_id != 0) {
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_BUSY, "radio: it does something else");
    return;
  }
  Wanted *wanted = g_new0 (Wanted, 1);
  memcpy (wanted->address, address, sizeof wanted->address);
  wanted->characteristic = g_strdup (characteristic);
  g_task_set_task_data (task, wanted, wanted_free);
  self->reading = g_steal_pointer (&task); // which holds us; the chain ends, one way or the other
  if (self->step == STEP_LISTEN)
    hw_radio_bluez_begin_reading (self);
}

GBytes *
hw_radio_bluez_read_finish (HwRadio *radio, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, radio), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
