// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The interface's properties and its signal.

#define G_LOG_DOMAIN "hw-radio"

#include "hw/hw-radio.h"

G_DEFINE_INTERFACE (HwRadio, hw_radio, G_TYPE_OBJECT)

enum { SIGNAL_SIGHTING, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
hw_radio_default_init (HwRadioInterface *iface)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  g_object_interface_install_property (iface,
                                       g_param_spec_int ("state", NULL, NULL, HW_RADIO_STARTING,
                                                         HW_RADIO_DEAF, HW_RADIO_STARTING, flags));
  g_object_interface_install_property (iface,
                                       g_param_spec_string ("problem", NULL, NULL, NULL, flags));
  g_object_interface_install_property (
      iface, g_param_spec_int64 ("heard-us", NULL, NULL, 0, G_MAXINT64, 0,
                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_object_interface_install_property (
      iface,
      g_param_spec_string ("manner", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_object_interface_install_property (
      iface, g_param_spec_int64 ("rest-us", NULL, NULL, 0, G_MAXINT64, 0, flags));
  signals[SIGNAL_SIGHTING] = g_signal_new ("sighting", HW_TYPE_RADIO, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

HwRadioState
hw_radio_get_state (HwRadio *self)
{
  g_return_val_if_fail (HW_IS_RADIO (self), HW_RADIO_MISSING);
  int state = 0;
  g_object_get (self, "state", &state, NULL);
  return (HwRadioState) state;
}

char *
hw_radio_dup_problem (HwRadio *self)
{
  g_return_val_if_fail (HW_IS_RADIO (self), NULL);
  char *problem = NULL;
  g_object_get (self, "problem", &problem, NULL);
  return problem;
}

char *
hw_radio_dup_manner (HwRadio *self)
{
  g_return_val_if_fail (HW_IS_RADIO (self), NULL);
  char *manner = NULL;
  g_object_get (self, "manner", &manner, NULL);
  return manner;
}

gint64
hw_radio_get_heard_us (HwRadio *self)
{
  g_return_val_if_fail (HW_IS_RADIO (self), 0);
  gint64 heard_us = 0;
  g_object_get (self, "heard-us", &heard_us, NULL);
  return heard_us;
}

gint64
hw_radio_get_rest_us (HwRadio *self)
{
  g_return_val_if_fail (HW_IS_RADIO (self), 0);
  gint64 rest_us = 0;
  g_object_get (self, "rest-us", &rest_us, NULL);
  return rest_us;
}

gboolean
hw_radio_can_read (HwRadio *self)
{
  g_return_val_if_fail (HW_IS_RADIO (self), FALSE);
  return HW_RADIO_GET_IFACE (self)->read_async != NULL;
}

void
hw_radio_read_async (HwRadio *self,
                     const guint8 address[6],
                     const char *characteristic,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_return_if_fail (hw_radio_can_read (self));
  HW_RADIO_GET_IFACE (self)->read_async (self, address, characteristic, cancellable, callback,
                                         user_data);
}

GBytes *
hw_radio_read_finish (HwRadio *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (hw_radio_can_read (self), NULL);
  return HW_RADIO_GET_IFACE (self)->read_finish (self, result, error);
}

void
hw_radio_emit_sighting (HwRadio *self, const HwSighting *sighting)
{
  g_signal_emit (self, signals[SIGNAL_SIGHTING], 0, sighting);
}

const char *
hw_radio_state_to_string (HwRadioState state)
{
  static const char *const words[] = {
    [HW_RADIO_STARTING] = "starting", [HW_RADIO_HEARING] = "hearing",
    [HW_RADIO_MISSING] = "missing",   [HW_RADIO_OFF] = "off",
    [HW_RADIO_REFUSED] = "refused",   [HW_RADIO_DEAF] = "deaf",
  };
  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (words), "");
  return words[state];
}
