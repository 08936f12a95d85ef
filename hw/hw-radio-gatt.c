// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The task is answered last, when the device is let go, so that one follows the other. What a call
// to let go says is of no interest: bluetoothd may be gone, and the device, too.

#define G_LOG_DOMAIN "hw-radio-gatt"

#include "hw/hw-radio-gatt.h"

#include <string.h>

#define DEVICE         "org.bluez.Device1"
#define CHARACTERISTIC "org.bluez.GattCharacteristic1"
#define LET_GO_MS      5000

typedef struct {
  GDBusConnection *bus;
  char *owner;
  char *adapter;
  char *device;
  char *characteristic;
  GCancellable *cancellable; // of the calls; ours
  GCancellable *outer;       // (nullable) the caller's
  gulong outer_id;
  guint signal_ids[2];
  guint timeout_id;
  char *path; // (nullable) of the characteristic
  gboolean is_resolved;
  gboolean is_reading;
  gboolean is_over;
  gboolean is_late;
  GBytes *value; // (nullable)
  GError *error; // (nullable)
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;
  for (guint i = 0; i < G_N_ELEMENTS (reading->signal_ids); i++)
    g_dbus_connection_signal_unsubscribe (reading->bus, reading->signal_ids[i]);
  g_clear_handle_id (&reading->timeout_id, g_source_remove);
  g_cancellable_disconnect (reading->outer, reading->outer_id);
  g_clear_object (&reading->outer);
  g_object_unref (reading->cancellable);
  g_object_unref (reading->bus);
  g_free (reading->owner);
  g_free (reading->adapter);
  g_free (reading->device);
  g_free (reading->characteristic);
  g_free (reading->path);
  g_clear_pointer (&reading->value, g_bytes_unref);
  g_clear_error (&reading->error);
  g_free (reading);
}

static void
call (GTask *task,
      const char *path,
      const char *interface,
      const char *method,
      GVariant *arguments,
      GCancellable *cancellable,
      int timeout_ms,
      GAsyncReadyCallback callback)
{
  Reading *reading = g_task_get_task_data (task);
  g_dbus_connection_call (reading->bus, reading->owner, path, interface, method, arguments, NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, timeout_ms, cancellable, callback,
                          g_object_ref (task));
}

static void
on_forgotten (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Reading *reading = g_task_get_task_data (task);
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  if (reading->value != NULL)
    g_task_return_pointer (task, g_steal_pointer (&reading->value), (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, g_steal_pointer (&reading->error));
}

static void
on_disconnected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Reading *reading = g_task_get_task_data (task);
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  call (task, reading->adapter, "org.bluez.Adapter1", "RemoveDevice",
        g_variant_new ("(o)", reading->device), NULL, LET_GO_MS, on_forgotten);
}

// Takes @error; NULL: there is a value.
static void
let_go (GTask *task, GError *error)
{
  Reading *reading = g_task_get_task_data (task);
  if (reading->is_over) {
    g_clear_error (&error);
    return;
  }
  reading->is_over = TRUE;
  if (error != NULL && reading->is_late) {
    g_clear_error (&error);
    error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "the device took too long");
  }
  reading->error = error;
  call (task, reading->device, DEVICE, "Disconnect", NULL, NULL, LET_GO_MS, on_disconnected);
  g_clear_handle_id (&reading->timeout_id, g_source_remove);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Reading *reading = g_task_get_task_data (task);
  GError *error = NULL;
  gsize len = 0;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (reply != NULL && g_variant_is_of_type (reply, G_VARIANT_TYPE ("(ay)"))) {
    g_autoptr (GVariant) bytes = g_variant_get_child_value (reply, 0);
    const guint8 *value = g_variant_get_fixed_array (bytes, &len, 1);
    reading->value = g_bytes_new (value, len);
  } else if (error == NULL) {
    error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "the answer is no value");
  }
  let_go (task, error);
}

static void
read_if_ready (GTask *task)
{
  Reading *reading = g_task_get_task_data (task);
  if (!reading->is_resolved || reading->is_reading || reading->is_over)
    return;
  if (reading->path == NULL) {
    let_go (task, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no such characteristic"));
    return;
  }
  reading->is_reading = TRUE;
  call (task, reading->path, CHARACTERISTIC, "ReadValue", g_variant_new ("(a{sv})", NULL),
        reading->cancellable, HW_RADIO_GATT_MS, on_read);
}

static void
on_interfaces_added (GDBusConnection *bus,
                     const char *sender,
                     const char *object,
                     const char *interface,
                     const char *signal,
                     GVariant *arguments,
                     gpointer user_data)
{
  Reading *reading = g_task_get_task_data (user_data);
  const char *path = NULL, *uuid = NULL;
  g_autoptr (GVariant) interfaces = NULL;
  if (!g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(oa{sa{sv}})")))
    return;
  g_variant_get (arguments, "(&o@a{sa{sv}})", &path, &interfaces);
  g_autoptr (GVariant) properties =
      g_variant_lookup_value (interfaces, CHARACTERISTIC, G_VARIANT_TYPE_VARDICT);
  if (properties != NULL && reading->path == NULL && g_str_has_prefix (path, reading->device) &&
      path[strlen (reading->device)] == '/' && g_variant_lookup (properties, "UUID", "&s", &uuid) &&
      g_str_equal (uuid, reading->characteristic))
    reading->path = g_strdup (path);
}

static void
on_properties_changed (GDBusConnection *bus,
                       const char *sender,
                       const char *object,
                       const char *interface,
                       const char *signal,
                       GVariant *arguments,
                       gpointer user_data)
{
  Reading *reading = g_task_get_task_data (user_data);
  const char *changed_interface = NULL;
  gboolean is_set = FALSE;
  g_autoptr (GVariant) changed = NULL;
  if (!g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(sa{sv}as)")))
    return;
  g_variant_get (arguments, "(&s@a{sv}as)", &changed_interface, &changed, NULL);
  if (!g_str_equal (changed_interface, DEVICE))
    return;
  if (g_variant_lookup (changed, "ServicesResolved", "b", &is_set))
    reading->is_resolved = is_set;
  if (g_variant_lookup (changed, "Connected", "b", &is_set) && !is_set)
    let_go (user_data,
            g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED, "the device went"));
  else
    read_if_ready (user_data);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (reply == NULL)
    let_go (task, error);
}

static gboolean
on_late (gpointer user_data)
{
  Reading *reading = g_task_get_task_data (user_data);
  reading->timeout_id = 0;
  reading->is_late = TRUE;
  let_go (user_data, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, ""));
  g_cancellable_cancel (reading->cancellable);
  return G_SOURCE_REMOVE;
}

static void
on_outer_cancelled (GCancellable *outer, GCancellable *inner)
{
  g_cancellable_cancel (inner);
}

static guint
subscribe (GTask *task,
           const char *interface,
           const char *signal,
           const char *path,
           GDBusSignalCallback callback)
{
  Reading *reading = g_task_get_task_data (task);
  return g_dbus_connection_signal_subscribe (reading->bus, reading->owner, interface, signal, path,
                                             NULL, G_DBUS_SIGNAL_FLAGS_NONE, callback, task, NULL);
}

void
hw_radio_gatt_read_async (GDBusConnection *bus,
                          const char *owner,
                          const char *adapter,
                          const char *device,
                          const char *characteristic,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Reading *reading = g_new0 (Reading, 1);
  g_task_set_source_tag (task, hw_radio_gatt_read_async);
  g_task_set_task_data (task, reading, reading_free);
  reading->bus = g_object_ref (bus);
  reading->owner = g_strdup (owner);
  reading->adapter = g_strdup (adapter);
  reading->device = g_strdup (device);
  reading->characteristic = g_strdup (characteristic);
  reading->cancellable = g_cancellable_new ();
  if (cancellable != NULL) {
    reading->outer = g_object_ref (cancellable);
    reading->outer_id = g_cancellable_connect (cancellable, G_CALLBACK (on_outer_cancelled),
                                               g_object_ref (reading->cancellable), g_object_unref);
  }
  reading->signal_ids[0] = subscribe (task, "org.freedesktop.DBus.ObjectManager", "InterfacesAdded",
                                      NULL, on_interfaces_added);
  reading->signal_ids[1] = subscribe (task, "org.freedesktop.DBus.Properties", "PropertiesChanged",
                                      device, on_properties_changed);
  // Holds the task while only signals are waited for.
  reading->timeout_id = g_timeout_add_full (G_PRIORITY_DEFAULT, HW_RADIO_GATT_MS, on_late,
                                            g_object_ref (task), g_object_unref);
  call (task, device, DEVICE, "Connect", NULL, reading->cancellable, HW_RADIO_GATT_MS,
        on_connected);
}

GBytes *
hw_radio_gatt_read_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
