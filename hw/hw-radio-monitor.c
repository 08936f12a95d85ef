// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One object under an object manager, as bluetoothd wants it.

#define G_LOG_DOMAIN "hw-radio-monitor"

#include "hw/hw-radio-monitor.h"

#define PATH      HW_RADIO_MONITOR_ROOT "/monitor0"
#define INTERFACE "org.bluez.AdvertisementMonitor1"
#define MANAGER   "org.freedesktop.DBus.ObjectManager"
#define AD_MAKER  0xff

static const char introspection[] =
    "<node>"
    "<interface name='org.freedesktop.DBus.ObjectManager'>"
    "<method name='GetManagedObjects'>"
    "<arg name='objects' type='a{oa{sa{sv}}}' direction='out'/></method>"
    "</interface>"
    "<interface name='org.bluez.AdvertisementMonitor1'>"
    "<method name='Release'/><method name='Activate'/>"
    "<method name='DeviceFound'><arg name='device' type='o' direction='in'/></method>"
    "<method name='DeviceLost'><arg name='device' type='o' direction='in'/></method>"
    "<property name='Type' type='s' access='read'/>"
    "<property name='Patterns' type='a(yyay)' access='read'/>"
    "</interface>"
    "</node>";

typedef struct {
  GDBusConnection *bus;
  guint ids[2];
} Exported;

// A company number that nobody has, and bytes that nobody would send after it.
static GVariant *
make_patterns (void)
{
  static const guint8 nobody[] = { 0xfe, 0xff, 't', 'r', 'a', 'm', 'x', 'a', 'n', 'h' };
  GVariantBuilder builder;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(yyay)"));
  g_variant_builder_add (&builder, "(yy@ay)", 0, AD_MAKER,
                         g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, nobody, sizeof nobody, 1));
  return g_variant_builder_end (&builder);
}

static GVariant *
get_property (GDBusConnection *bus,
              const char *sender,
              const char *path,
              const char *interface,
              const char *property,
              GError **error,
              gpointer unused)
{
  return g_str_equal (property, "Type") ? g_variant_new_string ("or_patterns") : make_patterns ();
}

static GVariant *
list_objects (void)
{
  GVariantBuilder builder;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("(a{oa{sa{sv}}})"));
  g_variant_builder_open (&builder, G_VARIANT_TYPE ("a{oa{sa{sv}}}"));
  g_variant_builder_open (&builder, G_VARIANT_TYPE ("{oa{sa{sv}}}"));
  g_variant_builder_add (&builder, "o", PATH);
  g_variant_builder_open (&builder, G_VARIANT_TYPE ("a{sa{sv}}"));
  g_variant_builder_open (&builder, G_VARIANT_TYPE ("{sa{sv}}"));
  g_variant_builder_add (&builder, "s", INTERFACE);
  g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "Type", g_variant_new_string ("or_patterns"));
  g_variant_builder_add (&builder, "{sv}", "Patterns", make_patterns ());
  g_variant_builder_close (&builder);
  g_variant_builder_close (&builder);
  g_variant_builder_close (&builder);
  g_variant_builder_close (&builder);
  g_variant_builder_close (&builder);
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
  gboolean is_question = g_str_equal (method, "GetManagedObjects");
  if (!is_question)
    g_debug ("monitor: %s", method);
  g_dbus_method_invocation_return_value (invocation, is_question ? list_objects () : NULL);
}

static void
exported_free (gpointer data)
{
  Exported *exported = data;
  for (guint i = 0; i < G_N_ELEMENTS (exported->ids); i++)
    if (exported->ids[i] != 0)
      (void) g_dbus_connection_unregister_object (exported->bus, exported->ids[i]); // is there
  g_object_unref (exported->bus);
  g_free (exported);
}

GObject *
hw_radio_monitor_new (GDBusConnection *bus)
{
  static const GDBusInterfaceVTable calls = { .method_call = on_call,
                                              .get_property = get_property };
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (introspection, &error);
  g_assert_no_error (error);
  Exported *exported = g_new0 (Exported, 1);
  exported->bus = g_object_ref (bus);
  exported->ids[0] = g_dbus_connection_register_object (
      bus, HW_RADIO_MONITOR_ROOT, g_dbus_node_info_lookup_interface (node, MANAGER), &calls, NULL,
      NULL, NULL);
  exported->ids[1] = g_dbus_connection_register_object (
      bus, PATH, g_dbus_node_info_lookup_interface (node, INTERFACE), &calls, NULL, NULL, NULL);
  GObject *holder = g_object_new (G_TYPE_OBJECT, NULL);
  g_object_set_data_full (holder, "exported", exported, exported_free);
  return holder;
}
