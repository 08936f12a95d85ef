// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What bluetoothd tells: adapters and devices that come, change and go. Nobody but the owner of its
// name is believed.

#define G_LOG_DOMAIN "hw-radio-bluez"

#include "hw/hw-radio-bluez-private.h"

#include <string.h>

#include "hw/hw-radio-advertisement.h"
#include "hw/hw-radio-monitor.h"

#define SERVICE     "org.bluez"
#define DEVICE      "org.bluez.Device1"
#define OBJECTS     "org.freedesktop.DBus.ObjectManager"
#define CALL_MS     10000
#define LOOK_S      5
#define ADDRESS_LEN 17

enum { PROP_STATE = 1, PROP_PROBLEM, PROP_HEARD_US, PROP_MANNER, PROP_REST_US };

static void
hw_radio_bluez_radio_init (HwRadioInterface *iface)
{
  iface->read_async = hw_radio_bluez_read_async;
  iface->read_finish = hw_radio_bluez_read_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (HwRadioBluez,
                               hw_radio_bluez,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (HW_TYPE_RADIO, hw_radio_bluez_radio_init))

static void
leave_adapter (HwRadioBluez *self)
{
  g_clear_pointer (&self->adapter, g_free);
  g_clear_handle_id (&self->retry_id, g_source_remove);
  hw_radio_devices_clear (self->devices);
  hw_radio_silence_end (&self->silence);
  self->n_attempt++;
  self->n_failures = 0;
  self->monitor_us = 0;
  hw_radio_bluez_refuse_reading (self);
}

// Another one may do better.
void
hw_radio_bluez_leave_adapter (HwRadioBluez *self)
{
  g_hash_table_add (self->failed, g_strdup (self->adapter));
  leave_adapter (self);
  hw_radio_bluez_ask (self);
}

static void
lose_adapter (HwRadioBluez *self, const char *problem)
{
  leave_adapter (self);
  hw_radio_bluez_set_state (self, HW_RADIO_MISSING, g_strdup (problem));
}

static gboolean
is_usable (HwRadioBluez *self, GVariant *adapter)
{
  g_autofree char *address = NULL;
  return g_variant_lookup (adapter, "Address", "s", &address) &&
         (self->wanted[0] == '\0' || g_ascii_strcasecmp (address, self->wanted) == 0);
}

static void
take_adapter (HwRadioBluez *self, const char *path, GVariant *properties, gboolean offers_monitors)
{
  if (self->adapter != NULL || !is_usable (self, properties))
    return;
  self->adapter = g_strdup (path);
  self->offers_monitors = offers_monitors;
  // A scan that the last bluetoothd began goes on in the kernel, and keeps the next one from
  // beginning its own.
  hw_radio_bluez_prepare (self, self->lost_bluetoothd ? STEP_POWER_OFF : STEP_POWER);
  self->lost_bluetoothd = FALSE;
}

// The one that is switched on, or could be; of those that failed lately the first again.
// (transfer full) (nullable)
static char *
choose_adapter (HwRadioBluez *self, GVariant *objects)
{
  GVariantIter iter;
  const char *path = NULL;
  g_autofree char *chosen = NULL;
  GVariant *interfaces = NULL;
  int best = -1;
  g_variant_iter_init (&iter, objects);
  while (g_variant_iter_loop (&iter, "{&o@a{sa{sv}}}", &path, &interfaces)) {
    g_autoptr (GVariant) adapter =
        g_variant_lookup_value (interfaces, HW_BLUEZ_ADAPTER, G_VARIANT_TYPE_VARDICT);
    gboolean is_powered = FALSE;
    if (adapter == NULL || !is_usable (self, adapter))
      continue;
    (void) g_variant_lookup (adapter, "Powered", "b", &is_powered);
    int rank = g_hash_table_contains (self->failed, path) ? 0 : is_powered ? 2 : 1;
    if (rank <= best)
      continue;
    best = rank;
    g_free (chosen);
    chosen = g_strdup (path);
  }
  if (best == 0)
    g_hash_table_remove_all (self->failed);
  return g_steal_pointer (&chosen);
}

// A stranger, which is heard only while the radio is not sure of itself, says that it hears.
static void
hear (HwRadioBluez *self, const HwRadioDevice *device)
{
  HwSighting sighting;
  struct ct_advert advert;
  hw_radio_device_read (device, &sighting, &advert);
  gint64 now_us = g_get_monotonic_time ();
  hw_radio_bluez_hear_within_reading (self, now_us);
  gboolean is_wanted = hw_radio_bluez_is_wanted (self, &advert);
  gboolean was_wide = hw_radio_silence_is_wide (&self->silence);
  HwHeard heard = hw_radio_silence_hear (&self->silence, sighting.address, is_wanted, now_us);
  if (heard == HW_HEARD_AGAIN) // what was not known at the time, too
    hw_radio_bluez_set_state (self, HW_RADIO_DEAF, g_strdup ("radio: it heard nothing"));
  if (self->state == HW_RADIO_DEAF)
    hw_radio_bluez_hear_again (self);
  if (is_wanted) {
    sighting.at_us = self->heard_us = now_us;
    hw_radio_emit_sighting (HW_RADIO (self), &sighting);
  }
  if (was_wide && !self->hears_all)
    hw_radio_bluez_prepare (self, STEP_STOP);
}

static gboolean
is_of_adapter (HwRadioBluez *self, const char *path)
{
  gsize len = self->adapter != NULL ? strlen (self->adapter) : 0;
  return len > 0 && strncmp (path, self->adapter, len) == 0 && path[len] == '/';
}

// @is_fresh: heard now, and not a memory of bluetoothd's.
static void
take_device (HwRadioBluez *self, const char *path, GVariant *properties, gboolean is_fresh)
{
  HwRadioDevice *device =
      is_of_adapter (self, path) ? hw_radio_devices_take (self->devices, path) : NULL;
  if (device != NULL && hw_radio_device_update (device, properties) && is_fresh)
    hear (self, device);
}

static void
take_interfaces (HwRadioBluez *self, const char *path, GVariant *interfaces, gboolean is_fresh)
{
  g_autoptr (GVariant) adapter =
      g_variant_lookup_value (interfaces, HW_BLUEZ_ADAPTER, G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) device = g_variant_lookup_value (interfaces, DEVICE, G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) manager =
      g_variant_lookup_value (interfaces, HW_RADIO_MONITOR_MANAGER, G_VARIANT_TYPE_VARDICT);
  if (adapter != NULL)
    take_adapter (self, path, adapter, manager != NULL);
  if (device != NULL)
    take_device (self, path, device, is_fresh);
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
  const char *path = NULL;
  g_autoptr (GVariant) interfaces = NULL;
  if (!g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(oa{sa{sv}})")))
    return;
  g_variant_get (arguments, "(&o@a{sa{sv}})", &path, &interfaces);
  take_interfaces (user_data, path, interfaces, TRUE);
}

static void
on_interfaces_removed (GDBusConnection *bus,
                       const char *sender,
                       const char *object,
                       const char *interface,
                       const char *signal,
                       GVariant *arguments,
                       gpointer user_data)
{
  HwRadioBluez *self = user_data;
  const char *path = NULL;
  g_autofree const char **names = NULL;
  if (!g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(oas)")))
    return;
  g_variant_get (arguments, "(&o^a&s)", &path, &names);
  if (g_strv_contains (names, DEVICE))
    hw_radio_devices_forget (self->devices, path);
  if (g_strv_contains (names, HW_BLUEZ_ADAPTER) && g_strcmp0 (path, self->adapter) == 0)
    lose_adapter (self, "radio: the adapter is gone");
}

// Somebody, or something, changed what we rely on.
static void
take_adapter_change (HwRadioBluez *self, GVariant *changed)
{
  gboolean value = FALSE;
  gboolean is_off = g_variant_lookup (changed, "Powered", "b", &value) && !value;
  gboolean is_idle = g_variant_lookup (changed, "Discovering", "b", &value) && !value;
  gboolean is_open = (g_variant_lookup (changed, "Discoverable", "b", &value) && value) ||
                     (g_variant_lookup (changed, "Pairable", "b", &value) && value);
  if (self->step != STEP_LISTEN)
    return; // the chain sets all of them
  if (is_off)
    hw_radio_bluez_set_state (self, HW_RADIO_OFF, g_strdup ("radio: the adapter was switched off"));
  else if (is_idle)
    hw_radio_bluez_set_state (self, HW_RADIO_REFUSED, g_strdup ("radio: the scan was ended"));
  if (is_off || is_idle)
    hw_radio_bluez_retry_later (self);
  else if (is_open)
    hw_radio_bluez_prepare (self, STEP_POWER);
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
  HwRadioBluez *self = user_data;
  const char *changed_interface = NULL;
  g_autoptr (GVariant) changed = NULL;
  if (!g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(sa{sv}as)")))
    return;
  g_variant_get (arguments, "(&s@a{sv}as)", &changed_interface, &changed, NULL);
  if (g_str_equal (changed_interface, DEVICE)) {
    hw_radio_bluez_note_link (self, object, changed);
    take_device (self, object, changed, TRUE);
  } else if (g_str_equal (changed_interface, HW_BLUEZ_ADAPTER) &&
             g_strcmp0 (object, self->adapter) == 0) {
    take_adapter_change (self, changed);
  }
}

static void
on_objects (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (HwRadioAnswer) answer = user_data;
  HwRadioBluez *self = answer->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  self->is_asking = FALSE;
  if (self->owner == NULL || answer->n_attempt != self->n_attempt ||
      g_cancellable_is_cancelled (self->cancellable))
    return;
  if (reply == NULL) {
    hw_radio_bluez_set_state (self, HW_RADIO_MISSING,
                              g_strdup_printf ("radio: asking what there is: %s", error->message));
    return;
  }
  g_autoptr (GVariant) objects = g_variant_get_child_value (reply, 0);
  GVariantIter iter;
  const char *path = NULL;
  GVariant *interfaces = NULL;
  g_autofree char *chosen = choose_adapter (self, objects);
  g_autoptr (GVariant) best =
      chosen != NULL ? g_variant_lookup_value (objects, chosen, NULL) : NULL;
  if (best != NULL)
    take_interfaces (self, chosen, best, FALSE);
  g_variant_iter_init (&iter, objects);
  while (g_variant_iter_loop (&iter, "{&o@a{sa{sv}}}", &path, &interfaces))
    take_interfaces (self, path, interfaces, FALSE);
  if (self->adapter == NULL)
    hw_radio_bluez_set_state (self, HW_RADIO_MISSING, g_strdup ("radio: no such adapter"));
}

static guint
subscribe (HwRadioBluez *self,
           const char *interface,
           const char *signal,
           const char *path,
           GDBusSignalCallback callback)
{
  return g_dbus_connection_signal_subscribe (self->bus, self->owner, interface, signal, path, NULL,
                                             G_DBUS_SIGNAL_FLAGS_NONE, callback, self, NULL);
}

static void
unsubscribe (HwRadioBluez *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->signal_ids); i++)
    if (self->signal_ids[i] != 0)
      g_dbus_connection_signal_unsubscribe (self->bus, self->signal_ids[i]);
  memset (self->signal_ids, 0, sizeof self->signal_ids);
}

void
hw_radio_bluez_ask (HwRadioBluez *self)
{
  self->is_asking = TRUE;
  g_dbus_connection_call (self->bus, self->owner, "/", OBJECTS, "GetManagedObjects", NULL,
                          G_VARIANT_TYPE ("(a{oa{sa{sv}}})"), G_DBUS_CALL_FLAGS_NO_AUTO_START,
                          CALL_MS, self->cancellable, on_objects, hw_radio_answer_new (self));
}

// Nobody but the owner of the name is believed from here on.
static void
on_appeared (GDBusConnection *bus, const char *name, const char *owner, gpointer user_data)
{
  HwRadioBluez *self = user_data;
  if (g_set_object (&self->bus, bus)) {
    g_clear_object (&self->monitor);
    self->monitor = hw_radio_monitor_new (bus);
    g_clear_object (&self->advertisement);
    if (self->service != NULL)
      self->advertisement = hw_radio_advertisement_new (bus, self->service, self->service_data);
  }
  g_free (self->owner);
  self->owner = g_strdup (owner);
  self->n_attempt++;
  self->signal_ids[0] = subscribe (self, OBJECTS, "InterfacesAdded", NULL, on_interfaces_added);
  self->signal_ids[1] = subscribe (self, OBJECTS, "InterfacesRemoved", NULL, on_interfaces_removed);
  self->signal_ids[2] =
      subscribe (self, HW_BLUEZ_PROPERTIES, "PropertiesChanged", NULL, on_properties_changed);
  hw_radio_bluez_ask (self);
}

// BlueZ 5.79 to 5.82 dies of a long advertisement while there is a monitor, at once if somebody
// goes on sending it.
static void
blame_monitor (HwRadioBluez *self)
{
  gint64 now_us = g_get_monotonic_time ();
  gboolean is_suspect =
      self->monitor_us != 0 && now_us - self->monitor_us < HW_RADIO_SUSPECT_S * G_USEC_PER_SEC;
  self->n_suspect = is_suspect ? self->n_suspect + 1 : 0;
  self->monitor_us = 0;
}

static void
on_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  HwRadioBluez *self = user_data;
  if (self->bus != NULL)
    unsubscribe (self);
  self->lost_bluetoothd = self->owner != NULL;
  if (self->lost_bluetoothd && self->n_suspect < HW_RADIO_SUSPECT_N)
    blame_monitor (self);
  g_clear_pointer (&self->owner, g_free);
  lose_adapter (self, bus != NULL ? "radio: bluetoothd is not there"
                                  : "radio: the system bus is not there");
}

static void
hw_radio_bluez_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HwRadioBluez *self = HW_RADIO_BLUEZ (object);
  if (prop_id == PROP_STATE)
    g_value_set_int (value, (int) self->state);
  else if (prop_id == PROP_PROBLEM)
    g_value_set_string (value, self->problem);
  else if (prop_id == PROP_MANNER)
    g_value_set_static_string (value, hw_radio_bluez_get_manner (self));
  else if (prop_id == PROP_HEARD_US)
    g_value_set_int64 (value, self->heard_us);
  else if (prop_id == PROP_REST_US)
    g_value_set_int64 (value, self->rest_us);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
hw_radio_bluez_constructed (GObject *object)
{
  HwRadioBluez *self = HW_RADIO_BLUEZ (object);
  G_OBJECT_CLASS (hw_radio_bluez_parent_class)->constructed (object);
  self->name_id = g_bus_watch_name (G_BUS_TYPE_SYSTEM, SERVICE, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                    on_appeared, on_vanished, self, NULL);
  self->look_id = g_timeout_add_seconds (LOOK_S, hw_radio_bluez_look, self);
}

static void
hw_radio_bluez_dispose (GObject *object)
{
  HwRadioBluez *self = HW_RADIO_BLUEZ (object);
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->name_id, g_bus_unwatch_name);
  g_clear_handle_id (&self->look_id, g_source_remove);
  g_clear_handle_id (&self->retry_id, g_source_remove);
  if (self->bus != NULL)
    unsubscribe (self);
  g_clear_object (&self->monitor);
  g_clear_object (&self->advertisement);
  g_clear_object (&self->bus); // bluetoothd ends the scan of a client that is gone
  G_OBJECT_CLASS (hw_radio_bluez_parent_class)->dispose (object);
}

static void
hw_radio_bluez_finalize (GObject *object)
{
  HwRadioBluez *self = HW_RADIO_BLUEZ (object);
  g_object_unref (self->cancellable);
  hw_radio_devices_free (self->devices);
  g_hash_table_unref (self->failed);
  g_free (self->owner);
  g_free (self->adapter);
  g_free (self->peer);
  g_free (self->wanted);
  g_free (self->service);
  g_clear_pointer (&self->service_data, g_bytes_unref);
  g_free (self->advert_refusal);
  g_free (self->problem);
  G_OBJECT_CLASS (hw_radio_bluez_parent_class)->finalize (object);
}

static void
hw_radio_bluez_class_init (HwRadioBluezClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->constructed = hw_radio_bluez_constructed;
  object_class->get_property = hw_radio_bluez_get_property;
  object_class->dispose = hw_radio_bluez_dispose;
  object_class->finalize = hw_radio_bluez_finalize;
  g_object_class_override_property (object_class, PROP_STATE, "state");
  g_object_class_override_property (object_class, PROP_PROBLEM, "problem");
  g_object_class_override_property (object_class, PROP_HEARD_US, "heard-us");
  g_object_class_override_property (object_class, PROP_MANNER, "manner");
  g_object_class_override_property (object_class, PROP_REST_US, "rest-us");
}

static void
hw_radio_bluez_init (HwRadioBluez *self)
{
  self->cancellable = g_cancellable_new ();
  self->devices = hw_radio_devices_new (HW_RADIO_DEVICES_MAX);
  self->failed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

gboolean
hw_radio_bluez_adapter_is_valid (const char *adapter)
{
  gsize len = strlen (adapter);
  for (gsize i = 0; i < len; i++)
    if (i % 3 == 2 ? adapter[i] != ':' : !g_ascii_isxdigit (adapter[i]))
      return FALSE;
  return len == 0 || len == ADDRESS_LEN;
}

HwRadioBluez *
hw_radio_bluez_new (const char *adapter, gboolean hears_all)
{
  HwRadioBluez *self = g_object_new (HW_TYPE_RADIO_BLUEZ, NULL);
  self->wanted = g_strdup (adapter); // before anything is heard of the bus
  self->hears_all = hears_all;
  return self;
}

void
hw_radio_bluez_advertise (HwRadioBluez *self, const char *service, GBytes *data)
{
  g_return_if_fail (HW_IS_RADIO_BLUEZ (self) && self->bus == NULL);
  self->service = g_strdup (service);
  self->service_data = g_bytes_ref (data);
}
