// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// bluetoothd reads the properties when it registers the advertisement, and makes the packet.

#define G_LOG_DOMAIN "hw-radio-advertisement"

#include "hw/hw-radio-advertisement.h"

static const char introspection[] = "<node>"
                                    "<interface name='org.bluez.LEAdvertisement1'>"
                                    "<method name='Release'/>"
                                    "<property name='Type' type='s' access='read'/>"
                                    "<property name='ServiceUUIDs' type='as' access='read'/>"
                                    "<property name='ServiceData' type='a{sv}' access='read'/>"
                                    "</interface>"
                                    "</node>";

typedef struct {
  GDBusConnection *bus;
  guint id;
  char *service;
  GBytes *data;
} Exported;

static GVariant *
get_property (GDBusConnection *bus,
              const char *sender,
              const char *path,
              const char *interface,
              const char *property,
              GError **error,
              gpointer user_data)
{
  const Exported *exported = user_data;
  GVariantBuilder builder;
  if (g_str_equal (property, "Type"))
    return g_variant_new_string ("broadcast");
  if (g_str_equal (property, "ServiceUUIDs"))
    return g_variant_new_strv ((const char *const *) &exported->service, 1);
  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (
      &builder, "{sv}", exported->service,
      g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, exported->data, TRUE));
  return g_variant_builder_end (&builder);
}

static void
on_call (GDBusConnection *bus,
         const char *sender,
         const char *path,
         const char *interface,
         const char *method,
         GVariant *arguments,
         GDBusMethodInvocation *invocation,
         gpointer unused)
{
  g_debug ("advertisement: %s", method);
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
exported_free (gpointer data)
{
  Exported *exported = data;
  if (exported->id != 0)
    (void) g_dbus_connection_unregister_object (exported->bus, exported->id); // is there
  g_object_unref (exported->bus);
  g_bytes_unref (exported->data);
  g_free (exported->service);
  g_free (exported);
}

GObject *
hw_radio_advertisement_new (GDBusConnection *bus, const char *service, GBytes *data)
{
  static const GDBusInterfaceVTable calls = { .method_call = on_call,
                                              .get_property = get_property };
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (introspection, &error);
  g_assert_no_error (error);
  Exported *exported = g_new0 (Exported, 1);
  exported->bus = g_object_ref (bus);
  exported->service = g_strdup (service);
  exported->data = g_bytes_ref (data);
  exported->id = g_dbus_connection_register_object (
      bus, HW_RADIO_ADVERTISEMENT_PATH, node->interfaces[0], &calls, exported, NULL, NULL);
  GObject *holder = g_object_new (G_TYPE_OBJECT, NULL);
  g_object_set_data_full (holder, "exported", exported, exported_free);
  return holder;
}
