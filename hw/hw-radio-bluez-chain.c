// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One chain of calls prepares the adapter, and remedies begin it anew. An answer to an older chain
// counts for nothing.

#define G_LOG_DOMAIN "hw-radio-bluez"

#include "hw/hw-radio-advertisement.h"
#include "hw/hw-radio-bluez-private.h"
#include "hw/hw-radio-monitor.h"

#define CALL_MS        10000
#define RETRY_MS       3000
#define ALREADY_EXISTS "org.bluez.Error.AlreadyExists"

static void run_step (HwRadioBluez *self);

// Takes @problem; NULL: none.
void
hw_radio_bluez_set_state (HwRadioBluez *self, HwRadioState state, char *problem)
{
  gboolean is_new_problem = g_strcmp0 (problem, self->problem) != 0;
  gboolean is_new_state = state != self->state;
  g_free (self->problem);
  self->problem = problem;
  self->state = state;
  if (is_new_problem && problem != NULL)
    g_debug ("%s", problem);
  if (is_new_problem)
    g_object_notify (G_OBJECT (self), "problem");
  if (is_new_state)
    g_object_notify (G_OBJECT (self), "state");
}

void
hw_radio_bluez_hear_again (HwRadioBluez *self)
{
  char *problem = self->advert_refusal != NULL
                      ? g_strdup_printf ("radio: sending the venue: %s", self->advert_refusal)
                      : NULL;
  hw_radio_bluez_set_state (self, HW_RADIO_HEARING, problem);
}

void
hw_radio_bluez_set_rest (HwRadioBluez *self, gint64 since_us)
{
  if (since_us == self->rest_us)
    return;
  self->rest_us = since_us;
  g_object_notify (G_OBJECT (self), "rest-us");
}

static gboolean
on_retry (gpointer user_data)
{
  HwRadioBluez *self = user_data;
  self->retry_id = 0;
  if (self->n_failures >= HW_RADIO_FAILURES)
    hw_radio_bluez_leave_adapter (self);
  else
    hw_radio_bluez_prepare (self, STEP_POWER);
  return G_SOURCE_REMOVE;
}

void
hw_radio_bluez_retry_later (HwRadioBluez *self)
{
  hw_radio_silence_end (&self->silence);
  self->n_attempt++;
  if (self->retry_id == 0)
    self->retry_id = g_timeout_add (RETRY_MS, on_retry, self);
  hw_radio_bluez_refuse_reading (self);
}

HwRadioAnswer *
hw_radio_answer_new (HwRadioBluez *self)
{
  HwRadioAnswer *answer = g_new (HwRadioAnswer, 1);
  *answer = (HwRadioAnswer){ .self = g_object_ref (self), .n_attempt = self->n_attempt };
  return answer;
}

void
hw_radio_answer_free (HwRadioAnswer *answer)
{
  g_object_unref (answer->self);
  g_free (answer);
}

static void
fail_step (HwRadioBluez *self, const GError *error)
{
  static const char *const doing[] = {
    [STEP_STOP] = "ending the scan",
    [STEP_POWER_OFF] = "switching the adapter off",
    [STEP_POWER] = "switching the adapter on",
    [STEP_HIDE] = "hiding the adapter",
    [STEP_UNPAIR] = "refusing to pair",
    [STEP_FILTER] = "saying what to listen for",
    [STEP_MONITOR] = "",
    [STEP_HUSH] = "",
    [STEP_ADVERTISE] = "",
    [STEP_SCAN] = "starting to scan",
    [STEP_LISTEN] = "",
  };
  HwRadioState state = self->step == STEP_POWER ? HW_RADIO_OFF : HW_RADIO_REFUSED;
  g_autofree char *cause = g_dbus_error_get_remote_error (error);
  hw_radio_bluez_set_state (
      self, state,
      g_strdup_printf ("radio: %s: %s", doing[self->step], cause != NULL ? cause : error->message));
  self->n_failures++;
  hw_radio_bluez_retry_later (self);
}

// A remedy that is refused is followed by the chain all the same. A scan of ours that is on
// already, or another program's that is about to begin: both are scans.
static gboolean
is_harmless (const GError *error, HwRadioStep step)
{
  if (step < STEP_POWER || (step >= STEP_MONITOR && step < STEP_SCAN))
    return TRUE;
  g_autofree char *cause = g_dbus_error_get_remote_error (error);
  return step == STEP_SCAN && g_strcmp0 (cause, "org.bluez.Error.InProgress") == 0;
}

static gboolean
wants_monitor (HwRadioBluez *self)
{
  return self->offers_monitors && self->n_suspect < HW_RADIO_SUSPECT_N;
}

const char *
hw_radio_bluez_get_manner (HwRadioBluez *self)
{
  if (self->step != STEP_LISTEN || self->adapter == NULL)
    return NULL;
  return self->monitor_us != 0 ? "discovery, with a monitor" : "discovery, without a monitor";
}

// @error: (nullable) its refusal. bluetoothd may have the monitor from before.
static void
take_registration (HwRadioBluez *self, const GError *error)
{
  g_autofree char *cause = error != NULL ? g_dbus_error_get_remote_error (error) : NULL;
  if (self->step == STEP_MONITOR && (error == NULL || g_strcmp0 (cause, ALREADY_EXISTS) == 0)) {
    if (self->monitor_us == 0)
      self->monitor_us = g_get_monotonic_time ();
  } else if (self->step == STEP_MONITOR) {
    self->monitor_us = 0;
  }
  if (self->step != STEP_ADVERTISE)
    return;
  g_free (self->advert_refusal);
  self->advert_refusal = error != NULL ? g_strdup (cause != NULL ? cause : error->message) : NULL;
}

static void
on_step_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (HwRadioAnswer) answer = user_data;
  HwRadioBluez *self = answer->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (answer->n_attempt != self->n_attempt || g_cancellable_is_cancelled (self->cancellable))
    return;
  if (reply == NULL && !is_harmless (error, self->step)) {
    fail_step (self, error);
    return;
  }
  take_registration (self, error);
  self->step = self->step < STEP_POWER ? STEP_POWER : self->step + 1;
  if (self->step == STEP_MONITOR && !wants_monitor (self))
    self->step++;
  if (self->step == STEP_HUSH && self->advertisement == NULL)
    self->step = STEP_SCAN;
  run_step (self);
}

static void
call_adapter (HwRadioBluez *self,
              const char *interface,
              const char *method,
              GVariant *arguments,
              GAsyncReadyCallback callback)
{
  g_dbus_connection_call (self->bus, self->owner, self->adapter, interface, method, arguments, NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, CALL_MS, self->cancellable, callback,
                          hw_radio_answer_new (self));
}

static void
set_adapter (HwRadioBluez *self, const char *property, gboolean value)
{
  call_adapter (self, HW_BLUEZ_PROPERTIES, "Set",
                g_variant_new ("(ssv)", HW_BLUEZ_ADAPTER, property, g_variant_new_boolean (value)),
                on_step_done);
}

// Of Bluezone (Android, iPhones), Exposure Notification, Herald (now, before), BlueTrace (in use,
// tried out, beside Herald) and Eddystone.
static const char *const services[] = {
  "00004e56-0000-1000-8000-00805f9b34fb", "00004e56-73f5-4bc4-a12f-17d1ad07a667",
  "0000fd6f-0000-1000-8000-00805f9b34fb", "0000fcf6-0000-1000-8000-00805f9b34fb",
  "428132af-4746-42d3-801e-4572d65bfd9b", "b82ab3fc-1595-4f6a-80f0-fe094cc218f9",
  "17e033d3-490e-4bc9-9fe8-2f567643f4d3", "cc0ac8b7-03b5-4252-8d84-44d199e16065",
  "a6ba4286-c550-4794-a888-9467ef0b31a8", "0000feaa-0000-1000-8000-00805f9b34fb",
};

static GVariant *
make_filter (HwRadioBluez *self)
{
  GVariantBuilder builder;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("(a{sv})"));
  g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "Transport", g_variant_new_string ("le"));
  g_variant_builder_add (&builder, "{sv}", "DuplicateData", g_variant_new_boolean (TRUE));
  if (!self->hears_all && !hw_radio_silence_is_wide (&self->silence))
    g_variant_builder_add (&builder, "{sv}", "UUIDs",
                           g_variant_new_strv (services, G_N_ELEMENTS (services)));
  g_variant_builder_close (&builder);
  return g_variant_builder_end (&builder);
}

static void
run_step (HwRadioBluez *self)
{
  switch (self->step) {
  case STEP_STOP:
    call_adapter (self, HW_BLUEZ_ADAPTER, "StopDiscovery", NULL, on_step_done);
    break;
  case STEP_POWER_OFF:
    set_adapter (self, "Powered", FALSE);
    break;
  case STEP_HIDE:
    set_adapter (self, "Discoverable", FALSE);
    break;
  case STEP_UNPAIR:
    set_adapter (self, "Pairable", FALSE);
    break;
  case STEP_POWER:
    set_adapter (self, "Powered", TRUE);
    break;
  case STEP_FILTER:
    call_adapter (self, HW_BLUEZ_ADAPTER, "SetDiscoveryFilter", make_filter (self), on_step_done);
    break;
  case STEP_MONITOR: // again after each reset: bluetoothd forgets it, or says that it is there
    call_adapter (self, HW_RADIO_MONITOR_MANAGER, "RegisterMonitor",
                  g_variant_new ("(o)", HW_RADIO_MONITOR_ROOT), on_step_done);
    break;
  case STEP_HUSH: // a reset may have taken it off the air, which bluetoothd need not know
    call_adapter (self, HW_RADIO_ADVERTISEMENT_MANAGER, "UnregisterAdvertisement",
                  g_variant_new ("(o)", HW_RADIO_ADVERTISEMENT_PATH), on_step_done);
    break;
  case STEP_ADVERTISE:
    call_adapter (self, HW_RADIO_ADVERTISEMENT_MANAGER, "RegisterAdvertisement",
                  g_variant_new ("(oa{sv})", HW_RADIO_ADVERTISEMENT_PATH, NULL), on_step_done);
    break;
  case STEP_SCAN:
    call_adapter (self, HW_BLUEZ_ADAPTER, "StartDiscovery", NULL, on_step_done);
    break;
  case STEP_LISTEN:
  default:
    g_debug ("radio: %s", hw_radio_bluez_get_manner (self));
    self->n_failures = 0;
    g_hash_table_remove_all (self->failed);
    hw_radio_silence_begin (&self->silence, g_get_monotonic_time ());
    if (self->state != HW_RADIO_DEAF) // until it hears
      hw_radio_bluez_hear_again (self);
    hw_radio_bluez_set_rest (self, 0);
    hw_radio_bluez_begin_reading (self);
    break;
  }
}

void
hw_radio_bluez_prepare (HwRadioBluez *self, HwRadioStep first)
{
  g_clear_handle_id (&self->retry_id, g_source_remove);
  if (self->adapter == NULL)
    return;
  self->n_attempt++;
  self->step = first;
  if (first < STEP_POWER && self->rest_us == 0) // else a scan goes on, or is not there anyway
    hw_radio_bluez_set_rest (self, g_get_monotonic_time ());
  run_step (self);
}

// Silence may be a quiet night, or an adapter that only says that it scans.
gboolean
hw_radio_bluez_look (gpointer user_data)
{
  HwRadioBluez *self = user_data;
  if (self->owner != NULL && self->adapter == NULL && !self->is_asking)
    hw_radio_bluez_ask (self); // it may not have answered, or we not have understood
  if (self->step != STEP_LISTEN)
    return G_SOURCE_CONTINUE;
  switch (hw_radio_silence_look (&self->silence, g_get_monotonic_time ())) {
  case HW_REMEDY_SCAN:
    hw_radio_bluez_prepare (self, STEP_STOP);
    break;
  case HW_REMEDY_CYCLE:
    hw_radio_bluez_prepare (self, STEP_POWER_OFF);
    break;
  case HW_REMEDY_DEAF:
    hw_radio_bluez_set_state (self, HW_RADIO_DEAF, g_strdup ("radio: it scans, and hears nothing"));
    break;
  case HW_REMEDY_NONE:
  default:
    break;
  }
  return G_SOURCE_CONTINUE;
}

gboolean
hw_radio_bluez_is_wanted (HwRadioBluez *self, const struct ct_advert *advert)
{
  struct ct_uuid uuid;
  if (self->hears_all)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (services); i++)
    if (ct_uuid_read (services[i], &uuid) &&
        (ct_advert_has_service (advert, uuid) || ct_advert_find_service_data (advert, uuid)))
      return TRUE;
  return FALSE;
}
