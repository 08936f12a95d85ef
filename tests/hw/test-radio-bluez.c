// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A bus of the test's own, with a service on it that says what bluetoothd should never say, and a
// stranger who says what only bluetoothd may. What bluetoothd itself says is in tests/rig.

#include "hw/hw-radio-bluez.h"

#include <string.h>
#include <time.h>

#define ADAPTER     "/org/bluez/hci0"
#define SECOND      "/org/bluez/hci1"
#define DEVICE      ADAPTER "/dev_C0_00_00_00_00_01"
#define OBJECTS     "org.freedesktop.DBus.ObjectManager"
#define DEADLINE_MS 60000
#define N_CHANGES   10000
#define PHONE                                                                                      \
  "'Address': <'C0:00:00:00:00:01'>, 'AddressType': <'random'>, 'RSSI': <int16 -60>,"              \
  " 'UUIDs': <['00004e56-0000-1000-8000-00805f9b34fb']>"

typedef struct _Fixture Fixture;

struct _Fixture {
  GTestDBus *bus;            // of all tests
  GDBusConnection *service;  // owns org.bluez
  GDBusConnection *stranger; // owns nothing
  HwRadioBluez *radio;
  guint n_heard, n_heard_at_rest;
  guint n_read;
  guint n_rests, n_rests_over;
  guint n_states; // that it turned to
  GBytes *value;  // (nullable)
  int error_code;
  void (*connected) (Fixture *fixture); // what a device does then
  // Atomic, for the worker answers: methods, (nullable)
  const char *unanswered;
  const char *refused;
  const char *refusal; // the error's name
  int n_monitors;
  int is_first_blocked; // 2: and the second is switched on
};

static gboolean
on_connected (gpointer user_data)
{
  Fixture *fixture = user_data;
  fixture->connected (fixture);
  return G_SOURCE_REMOVE;
}

static gboolean
is_method (GDBusMessage *call, const char **method)
{
  return g_strcmp0 (g_dbus_message_get_member (call), g_atomic_pointer_get (method)) == 0;
}

// Everything is granted, but for what the test says. (transfer full)
static GDBusMessage *
make_reply (Fixture *fixture, GDBusMessage *call)
{
  const char *method = g_dbus_message_get_member (call);
  if (is_method (call, &fixture->refused))
    return g_dbus_message_new_method_error_literal (call, g_atomic_pointer_get (&fixture->refusal),
                                                    "");
  if (g_str_equal (method, "Set") && g_atomic_int_get (&fixture->is_first_blocked) != 0 &&
      g_str_equal (g_dbus_message_get_path (call), ADAPTER))
    return g_dbus_message_new_method_error_literal (call, "org.bluez.Error.Blocked", "");
  GDBusMessage *reply = g_dbus_message_new_method_reply (call);
  if (g_str_equal (method, "GetManagedObjects"))
    g_dbus_message_set_body (
        reply, g_variant_new_parsed ("({objectpath '" ADAPTER "': {'org.bluez.Adapter1':"
                                     " {'Address': <'00:AA:01:00:00:42'>},"
                                     " 'org.bluez.AdvertisementMonitorManager1': {}},"
                                     " objectpath '" SECOND "': {'org.bluez.Adapter1':"
                                     " {'Address': <'00:AA:01:00:00:43'>, 'Powered': <%b>}}},)",
                                     g_atomic_int_get (&fixture->is_first_blocked) == 2));
  else if (g_str_equal (method, "ReadValue"))
    g_dbus_message_set_body (reply, g_variant_new_parsed ("([byte 1, 2, 3],)"));
  return reply;
}

// On the worker of the service's connection.
static GDBusMessage *
answer_worker (GDBusConnection *bus,
               GDBusMessage *message,
               gboolean is_incoming,
               gpointer user_data)
{
  Fixture *fixture = user_data;
  if (!is_incoming || g_dbus_message_get_message_type (message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL)
    return message;
  g_autoptr (GDBusMessage) call = message;
  if (is_method (call, &fixture->unanswered))
    return NULL;
  g_autoptr (GDBusMessage) reply = make_reply (fixture, call);
  (void) g_dbus_connection_send_message (bus, reply, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
  if (g_str_equal (g_dbus_message_get_member (call), "RegisterMonitor"))
    g_atomic_int_inc (&fixture->n_monitors);
  if (g_str_equal (g_dbus_message_get_member (call), "Connect"))
    (void) g_idle_add (on_connected, fixture);
  return NULL;
}

static GDBusConnection *
connect_to (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *bus =
      g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (fixture->bus),
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                  G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, &error);
  g_assert_no_error (error);
  return bus;
}

static void
on_sighting (HwRadio *radio, const HwSighting *heard, Fixture *fixture)
{
  fixture->n_heard++;
  fixture->n_heard_at_rest += hw_radio_get_rest_us (radio) != 0;
}

static gboolean
on_late (gpointer is_late)
{
  *(gboolean *) is_late = TRUE;
  return G_SOURCE_REMOVE;
}

// Until *@n is @wanted.
static void
wait_for (guint *n, guint wanted)
{
  gboolean is_late = FALSE;
  guint id = g_timeout_add (DEADLINE_MS, on_late, &is_late);
  while (*n != wanted && !is_late)
    (void) g_main_context_iteration (NULL, TRUE);
  g_assert_false (is_late);
  (void) g_source_remove (id);
}

static void
on_state (HwRadio *radio, GParamSpec *pspec, guint *state)
{
  *state = (guint) hw_radio_get_state (radio);
}

static void
wait_for_state (HwRadioBluez *radio, HwRadioState wanted)
{
  guint state = (guint) hw_radio_get_state (HW_RADIO (radio));
  gulong id = g_signal_connect (radio, "notify::state", G_CALLBACK (on_state), &state);
  wait_for (&state, (guint) wanted);
  g_signal_handler_disconnect (radio, id);
}

static void
on_resting (HwRadio *radio, GParamSpec *pspec, Fixture *fixture)
{
  if (hw_radio_get_rest_us (radio) != 0)
    fixture->n_rests++;
  else
    fixture->n_rests_over++;
}

static void
on_any_state (HwRadio *radio, GParamSpec *pspec, Fixture *fixture)
{
  fixture->n_states++;
}

static void
call_bus (Fixture *fixture, const char *method, GVariant *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
      fixture->service, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
      method, arguments, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer bus)
{
  fixture->bus = (GTestDBus *) bus;
  fixture->service = connect_to (fixture);
  fixture->stranger = connect_to (fixture);
  (void) g_dbus_connection_add_filter (fixture->service, answer_worker, fixture, NULL);
  call_bus (fixture, "RequestName", g_variant_new ("(su)", "org.bluez", 0));
  fixture->radio = hw_radio_bluez_new ("", FALSE);
  g_signal_connect (fixture->radio, "sighting", G_CALLBACK (on_sighting), fixture);
  g_signal_connect (fixture->radio, "notify::rest-us", G_CALLBACK (on_resting), fixture);
  wait_for_state (fixture->radio, HW_RADIO_HEARING);
  g_signal_connect (fixture->radio, "notify::state", G_CALLBACK (on_any_state), fixture);
  g_assert_cmpuint (fixture->n_rests, ==, 0);
}

static void
on_gone (gpointer n_gone, GObject *radio)
{
  ++*(guint *) n_gone;
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  guint n_gone = 0;
  g_assert_true (g_dbus_connection_close_sync (fixture->service, NULL, NULL)); // and its worker
  g_object_unref (fixture->service);
  g_object_weak_ref (G_OBJECT (fixture->radio), on_gone, &n_gone);
  g_object_unref (fixture->radio); // an answer that is under way may hold it still
  wait_for (&n_gone, 1);
  g_clear_pointer (&fixture->value, g_bytes_unref);
  g_object_unref (fixture->stranger);
}

// @arguments: text of a tuple. @to: (nullable) a name on the bus; else everybody.
static void
say (GDBusConnection *from,
     const char *to,
     const char *path,
     const char *interface,
     const char *signal,
     const char *arguments)
{
  g_autoptr (GError) error = NULL;
  GVariant *parsed = g_variant_parse (NULL, arguments, NULL, NULL, &error);
  g_assert_no_error (error);
  (void) g_dbus_connection_emit_signal (from, to, path, interface, signal, parsed, &error);
  g_assert_no_error (error);
}

static void
say_phone (GDBusConnection *from, const char *to)
{
  say (from, to, "/", OBJECTS, "InterfacesAdded",
       "(objectpath '" DEVICE "', {'org.bluez.Device1': {" PHONE "}})");
}

static void
say_change (GDBusConnection *from, const char *path, const char *changed)
{
  g_autofree char *arguments =
      g_strdup_printf ("('org.bluez.Device1', @a{sv} {%s}, @as [])", changed);
  say (from, NULL, path, "org.freedesktop.DBus.Properties", "PropertiesChanged", arguments);
}

static void
test_hears (Fixture *fixture, gconstpointer unused)
{
  say_phone (fixture->service, NULL);
  wait_for (&fixture->n_heard, 1);
  say_change (fixture->service, DEVICE, "'RSSI': <int16 -61>");
  wait_for (&fixture->n_heard, 2);
}

// One device that changes 10,000 times a second leaves the main thread most of its time, by the
// thread's own clock: how busy the machine is does not matter.
static void
test_hears_much (Fixture *fixture, gconstpointer unused)
{
  struct timespec begin, end;
  say_phone (fixture->service, NULL);
  wait_for (&fixture->n_heard, 1);
  for (guint i = 0; i < N_CHANGES; i++)
    say_change (fixture->service, DEVICE,
                i % 2 == 0 ? "'RSSI': <int16 -61>" : "'RSSI': <int16 -62>");
  g_assert_true (g_dbus_connection_flush_sync (fixture->service, NULL, NULL));
  (void) clock_gettime (CLOCK_THREAD_CPUTIME_ID, &begin);
  wait_for (&fixture->n_heard, N_CHANGES + 1);
  (void) clock_gettime (CLOCK_THREAD_CPUTIME_ID, &end);
  gint64 took_us =
      (end.tv_sec - begin.tv_sec) * G_USEC_PER_SEC + (end.tv_nsec - begin.tv_nsec) / 1000;
  g_test_message ("%.1f us of the main thread each", (double) took_us / N_CHANGES);
  g_assert_cmpint (took_us, <, G_USEC_PER_SEC / 2);
}

// More devices than are remembered: whoever comes then is heard as the others are, though a change
// tells no address.
static void
test_many_devices (Fixture *fixture, gconstpointer unused)
{
  for (guint i = 0; i < HW_RADIO_DEVICES_MAX; i++) {
    g_autofree char *arguments = g_strdup_printf (
        "(objectpath '" ADAPTER "/dev_C0_00_00_01_%02X_%02X', {'org.bluez.Device1': {" PHONE "}})",
        i >> 8, i & 255);
    say (fixture->service, NULL, "/", OBJECTS, "InterfacesAdded", arguments);
    if (i % 500 == 0)
      wait_for (&fixture->n_heard, i + 1);
  }
  say_phone (fixture->service, NULL);
  for (guint i = 0; i < 100; i++)
    say_change (fixture->service, DEVICE, i % 2 ? "'RSSI': <int16 -61>" : "'RSSI': <int16 -62>");
  wait_for (&fixture->n_heard, HW_RADIO_DEVICES_MAX + 101);
}

// To everybody, and straight to us.
static void
test_stranger (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GDBusConnection) ours = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, NULL);
  const char *targets[] = { NULL, g_dbus_connection_get_unique_name (ours) };
  for (guint i = 0; i < G_N_ELEMENTS (targets); i++) {
    say_phone (fixture->stranger, targets[i]);
    say (fixture->stranger, targets[i], "/", OBJECTS, "InterfacesRemoved",
         "(objectpath '" ADAPTER "', ['org.bluez.Adapter1'])");
    say (fixture->stranger, targets[i], ADAPTER, "org.freedesktop.DBus.Properties",
         "PropertiesChanged", "('org.bluez.Adapter1', {'Powered': <false>}, @as [])");
  }
  g_assert_true (g_dbus_connection_flush_sync (fixture->stranger, NULL, NULL));
  say_phone (fixture->service, NULL); // comes after all of those
  wait_for (&fixture->n_heard, 1);
  g_assert_cmpint (hw_radio_get_state (HW_RADIO (fixture->radio)), ==, HW_RADIO_HEARING);
}

// The name itself says things of the wrong shape, of nobody, twice, too much.
static void
test_nonsense (Fixture *fixture, gconstpointer unused)
{
  GDBusConnection *service = fixture->service;
  g_autoptr (GString) many = g_string_new ("(objectpath '" DEVICE "1', {'org.bluez.Device1': "
                                           "{'UUIDs': <['x'");
  for (guint i = 0; i < 10000; i++)
    g_string_append (many, ",'not-a-uuid'");
  g_string_append (many, "]>}})");
  say (service, NULL, "/", OBJECTS, "InterfacesAdded", "(objectpath '/', @a{sa{sv}} {})");
  say (service, NULL, "/", OBJECTS, "InterfacesAdded", "('" DEVICE "', 5)");
  say (service, NULL, "/", OBJECTS, "InterfacesAdded",
       "(objectpath '" DEVICE "', {'org.bluez.Device1': {'Address': <uint32 5>}})");
  say (service, NULL, "/", OBJECTS, "InterfacesAdded",
       "(objectpath '/org/bluez/hci9/dev_1', {'org.bluez.Device1': {" PHONE "}})");
  say (service, NULL, "/", OBJECTS, "InterfacesAdded", many->str);
  say (service, NULL, "/", OBJECTS, "InterfacesRemoved", "('x', 'y')");
  for (guint i = 0; i < 2; i++)
    say (service, NULL, "/", OBJECTS, "InterfacesRemoved",
         "(objectpath '" DEVICE "', ['org.bluez.Device1'])");
  say_change (service, DEVICE "7", "'RSSI': <int16 -60>"); // nobody we know
  say_change (service, DEVICE "7", "'RSSI': <'strong'>, 'Name': <'=1+1'>");
  say (service, NULL, DEVICE, "org.freedesktop.DBus.Properties", "PropertiesChanged", "(1, 2, 3)");
  say_phone (service, NULL);
  wait_for (&fixture->n_heard, 1);
  g_assert_cmpint (hw_radio_get_state (HW_RADIO (fixture->radio)), ==, HW_RADIO_HEARING);
}

static void
on_value (GObject *radio, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  Fixture *fixture = user_data;
  g_clear_pointer (&fixture->value, g_bytes_unref);
  fixture->value = hw_radio_read_finish (HW_RADIO (radio), result, &error);
  fixture->error_code = error != NULL ? error->code : -1;
  fixture->n_read++;
}

#define VALUE_UUID "00004e56-73f5-4bc4-a12f-17d1ad07a689"

static void
start_reading (Fixture *fixture)
{
  const guint8 address[6] = { 0xc0, 0, 0, 0, 0, 1 };
  hw_radio_read_async (HW_RADIO (fixture->radio), address, VALUE_UUID, NULL, on_value, fixture);
}

static void
have_value (Fixture *fixture)
{
  say (fixture->service, NULL, "/", OBJECTS, "InterfacesAdded",
       "(objectpath '" DEVICE "/service0001/char0002', {'org.bluez.GattCharacteristic1': {'UUID': "
       "<'" VALUE_UUID "'>}})");
  say_change (fixture->service, DEVICE, "'ServicesResolved': <true>");
}

static void
have_nothing (Fixture *fixture)
{
  say_change (fixture->service, DEVICE, "'ServicesResolved': <true>");
}

static void
go (Fixture *fixture)
{
  say_change (fixture->service, DEVICE, "'Connected': <false>");
}

// One after the other, without a pause: each waits until the scan was begun anew. From connecting
// until then it rests, once, whatever becomes of the reading.
static void
test_reads (Fixture *fixture, gconstpointer unused)
{
  static const struct {
    void (*connected) (Fixture *fixture);
    int error_code;
  } devices[] = {
    { have_value, -1 },
    { have_nothing, G_IO_ERROR_NOT_FOUND },
    { go, G_IO_ERROR_CONNECTION_CLOSED },
    { have_value, -1 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (devices); i++) {
    fixture->connected = devices[i].connected;
    start_reading (fixture);
    wait_for (&fixture->n_read, i + 1);
    g_assert_cmpint (fixture->error_code, ==, devices[i].error_code);
    g_assert_true ((fixture->value != NULL) == (devices[i].error_code == -1));
    g_assert_cmpuint (fixture->n_rests, ==, i + 1);
    g_assert_cmpuint (fixture->n_rests_over, ==, i);
  }
  wait_for (&fixture->n_rests_over, G_N_ELEMENTS (devices));
  g_assert_cmpuint (fixture->n_states, ==, 0); // it was well all the time
  g_assert_cmpuint (g_bytes_get_size (fixture->value), ==, 3);
}

static void
link_slowly (Fixture *fixture)
{
  say_phone (fixture->service, NULL); // it still scans
  say_change (fixture->service, DEVICE, "'Connected': <true>");
  say_change (fixture->service, DEVICE, "'RSSI': <int16 -61>"); // it scans again
  have_value (fixture);
}

// While it tries to connect it rests since something was heard last; and until something is heard
// when it is connected. Then it rests once more, when the scan is begun anew.
static void
test_hears_within_a_reading (Fixture *fixture, gconstpointer unused)
{
  fixture->connected = link_slowly;
  start_reading (fixture);
  wait_for (&fixture->n_read, 1);
  g_assert_cmpint (fixture->error_code, ==, -1);
  wait_for (&fixture->n_rests_over, 2);
  g_assert_cmpuint (fixture->n_rests, ==, 3);
  g_assert_cmpuint (fixture->n_heard, ==, 2);
  g_assert_cmpuint (fixture->n_heard_at_rest, ==, 1);
}

static void
end_bluetoothd (Fixture *fixture)
{
  call_bus (fixture, "ReleaseName", g_variant_new ("(s)", "org.bluez"));
}

// It rests until it listens again, so that this is one time in which it is deaf.
static void
test_ends_within_a_reading (Fixture *fixture, gconstpointer unused)
{
  fixture->connected = end_bluetoothd;
  start_reading (fixture);
  wait_for_state (fixture->radio, HW_RADIO_MISSING);
  g_assert_cmpint (hw_radio_get_rest_us (HW_RADIO (fixture->radio)), >, 0);
  say_change (fixture->service, DEVICE, "'Connected': <false>");
  wait_for (&fixture->n_read, 1);
  call_bus (fixture, "RequestName", g_variant_new ("(su)", "org.bluez", 0));
  wait_for_state (fixture->radio, HW_RADIO_HEARING);
  wait_for (&fixture->n_rests_over, 1);
  g_assert_cmpuint (fixture->n_rests, ==, 1);
}

// A scan that is refused after a reading: no longer a rest only.
static void
test_refuses_after_a_reading (Fixture *fixture, gconstpointer unused)
{
  fixture->connected = have_value;
  g_atomic_pointer_set (&fixture->refusal, "org.bluez.Error.NotReady");
  g_atomic_pointer_set (&fixture->refused, "StartDiscovery");
  start_reading (fixture);
  wait_for_state (fixture->radio, HW_RADIO_REFUSED);
  g_assert_cmpint (hw_radio_get_rest_us (HW_RADIO (fixture->radio)), >, 0);
  g_atomic_pointer_set (&fixture->refused, NULL);
  wait_for_state (fixture->radio, HW_RADIO_HEARING);
  wait_for (&fixture->n_rests_over, 1);
  g_assert_cmpuint (fixture->n_rests, ==, 1);
}

// Not two at a time, and none without an adapter, be it waited for or not.
static void
test_reads_one (Fixture *fixture, gconstpointer unused)
{
  fixture->connected = have_value;
  start_reading (fixture);
  start_reading (fixture);
  wait_for (&fixture->n_read, 1);
  g_assert_cmpint (fixture->error_code, ==, G_IO_ERROR_BUSY);
  wait_for (&fixture->n_read, 2);
  g_assert_cmpint (fixture->error_code, ==, -1);
  g_atomic_pointer_set (&fixture->unanswered, "StartDiscovery");
  start_reading (fixture); // it waits, and the adapter goes
  say (fixture->service, NULL, "/", OBJECTS, "InterfacesRemoved",
       "(objectpath '" ADAPTER "', ['org.bluez.Adapter1'])");
  wait_for (&fixture->n_read, 3);
  g_assert_cmpint (fixture->error_code, ==, G_IO_ERROR_BUSY);
  start_reading (fixture);
  wait_for (&fixture->n_read, 4);
  g_assert_cmpint (fixture->error_code, ==, G_IO_ERROR_BUSY);
}

typedef struct {
  const char *wanted;
  guint is_met;
} Problem;

static void
on_problem (HwRadio *radio, GParamSpec *pspec, Problem *problem)
{
  g_autofree char *text = hw_radio_dup_problem (radio);
  problem->is_met |= g_strcmp0 (text, problem->wanted) == 0;
}

static void
wait_for_problem (HwRadioBluez *radio, const char *wanted)
{
  Problem problem = { .wanted = wanted };
  gulong id = g_signal_connect (radio, "notify::problem", G_CALLBACK (on_problem), &problem);
  wait_for (&problem.is_met, TRUE);
  g_signal_handler_disconnect (radio, id);
}

static void
say_idle (Fixture *fixture)
{
  say (fixture->service, NULL, ADAPTER, "org.freedesktop.DBus.Properties", "PropertiesChanged",
       "('org.bluez.Adapter1', {'Discovering': <false>}, @as [])");
}

// What bluetoothd may say when it should scan; and nothing at all.
static void
test_refusals (Fixture *fixture, gconstpointer unused)
{
  static const char *const refusals[] = { "org.bluez.Error.NotReady",
                                          "org.bluez.Error.NotAuthorized" };
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++) {
    g_atomic_pointer_set (&fixture->refusal, refusals[i]);
    g_atomic_pointer_set (&fixture->refused, "StartDiscovery");
    say_idle (fixture);
    g_autofree char *expected = g_strdup_printf ("radio: starting to scan: %s", refusals[i]);
    wait_for_problem (fixture->radio, expected);
    g_atomic_pointer_set (&fixture->refused, NULL);
    wait_for_state (fixture->radio, HW_RADIO_HEARING);
  }
}

static void
test_in_progress (Fixture *fixture, gconstpointer unused)
{
  g_atomic_pointer_set (&fixture->refusal, "org.bluez.Error.InProgress");
  g_atomic_pointer_set (&fixture->refused, "StartDiscovery");
  say_idle (fixture); // another program's scan is a scan
  wait_for_state (fixture->radio, HW_RADIO_REFUSED);
  wait_for_state (fixture->radio, HW_RADIO_HEARING);
}

static void
test_unanswered (Fixture *fixture, gconstpointer unused)
{
  g_atomic_pointer_set (&fixture->unanswered, "StartDiscovery");
  say (fixture->service, NULL, ADAPTER, "org.freedesktop.DBus.Properties", "PropertiesChanged",
       "('org.bluez.Adapter1', {'Pairable': <true>}, @as [])");
  wait_for_state (fixture->radio, HW_RADIO_REFUSED);
  g_atomic_pointer_set (&fixture->unanswered, NULL);
  wait_for_state (fixture->radio, HW_RADIO_HEARING);
}

// It is asked what there is until it says so.
static void
test_asks_again (Fixture *fixture, gconstpointer unused)
{
  g_atomic_pointer_set (&fixture->refusal, "org.freedesktop.DBus.Error.Failed");
  g_atomic_pointer_set (&fixture->refused, "GetManagedObjects");
  g_autoptr (HwRadioBluez) radio = hw_radio_bluez_new ("", FALSE);
  wait_for_state (radio, HW_RADIO_MISSING);
  g_atomic_pointer_set (&fixture->refused, NULL);
  wait_for_state (radio, HW_RADIO_HEARING);
}

static void
test_two_adapters (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (HwRadioBluez) second = hw_radio_bluez_new ("00:AA:01:00:00:43", FALSE);
  guint n_heard = 0;
  g_signal_connect_swapped (second, "sighting", G_CALLBACK (g_atomic_int_inc), &n_heard);
  wait_for_state (second, HW_RADIO_HEARING);
  say_phone (fixture->service, NULL); // of the first one
  wait_for (&fixture->n_heard, 1);
  g_assert_cmpuint (n_heard, ==, 0);
  say (fixture->service, NULL, "/", OBJECTS, "InterfacesAdded",
       "(objectpath '" SECOND "/dev_C0_00_00_00_00_01', {'org.bluez.Device1': {" PHONE "}})");
  wait_for (&n_heard, 1);
  g_assert_cmpuint (fixture->n_heard, ==, 1);
  g_autoptr (HwRadioBluez) third = hw_radio_bluez_new ("00:AA:01:00:00:44", FALSE);
  wait_for_state (third, HW_RADIO_MISSING);
}

static void
say_second (Fixture *fixture)
{
  say (fixture->service, NULL, "/", OBJECTS, "InterfacesAdded",
       "(objectpath '" SECOND "/dev_C0_00_00_00_00_01', {'org.bluez.Device1': {" PHONE "}})");
}

// By rfkill, for example: the one that works is used, at once if it is switched on.
static void
test_blocked_adapter (Fixture *fixture, gconstpointer unused)
{
  g_atomic_int_set (&fixture->is_first_blocked, 2);
  g_autoptr (HwRadioBluez) radio = hw_radio_bluez_new ("", FALSE);
  guint n_heard = 0, n_problems = 0;
  g_signal_connect_swapped (radio, "sighting", G_CALLBACK (g_atomic_int_inc), &n_heard);
  g_signal_connect_swapped (radio, "notify::problem", G_CALLBACK (g_atomic_int_inc), &n_problems);
  wait_for_state (radio, HW_RADIO_HEARING);
  g_assert_cmpuint (n_problems, ==, 0);
  say_second (fixture);
  wait_for (&n_heard, 1);
  // The other one's has been working.
  g_atomic_int_set (&fixture->is_first_blocked, 1);
  say (fixture->service, NULL, ADAPTER, "org.freedesktop.DBus.Properties", "PropertiesChanged",
       "('org.bluez.Adapter1', {'Powered': <false>}, @as [])");
  wait_for_state (fixture->radio, HW_RADIO_OFF);
  wait_for_state (fixture->radio, HW_RADIO_HEARING);
  say_second (fixture);
  wait_for (&fixture->n_heard, 1);
}

// Also of a monitor that is there from before, and of one that is refused after it was granted.
static void
test_manner (Fixture *fixture, gconstpointer unused)
{
  static const struct {
    const char *refusal;
    const char *manner;
  } cases[] = {
    { "org.bluez.Error.AlreadyExists", "discovery, with a monitor" },
    { "org.bluez.Error.NotSupported", "discovery, without a monitor" },
    { "org.bluez.Error.AlreadyExists", "discovery, with a monitor" },
  };
  g_autofree char *granted = hw_radio_dup_manner (HW_RADIO (fixture->radio));
  g_assert_cmpstr (granted, ==, "discovery, with a monitor");
  g_atomic_pointer_set (&fixture->refused, "RegisterMonitor");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_atomic_pointer_set (&fixture->refusal, cases[i].refusal);
    say_idle (fixture);
    wait_for_state (fixture->radio, HW_RADIO_REFUSED);
    wait_for_state (fixture->radio, HW_RADIO_HEARING);
    g_autofree char *manner = hw_radio_dup_manner (HW_RADIO (fixture->radio));
    g_assert_cmpstr (manner, ==, cases[i].manner);
  }
}

// It hears all the same, and says so until it is granted.
static void
test_venue_refused (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GBytes) frame = g_bytes_new_static ("12345678901234567890", 20);
  g_atomic_pointer_set (&fixture->refusal, "org.bluez.Error.NotPermitted");
  g_atomic_pointer_set (&fixture->refused, "RegisterAdvertisement");
  g_autoptr (HwRadioBluez) radio = hw_radio_bluez_new ("", FALSE);
  hw_radio_bluez_advertise (radio, "0000feaa-0000-1000-8000-00805f9b34fb", frame);
  wait_for_state (radio, HW_RADIO_HEARING);
  g_autofree char *problem = hw_radio_dup_problem (HW_RADIO (radio));
  g_assert_cmpstr (problem, ==, "radio: sending the venue: org.bluez.Error.NotPermitted");
  g_atomic_pointer_set (&fixture->refused, NULL);
  say_idle (fixture);
  wait_for_state (radio, HW_RADIO_REFUSED);
  wait_for_state (radio, HW_RADIO_HEARING);
  g_assert_null (hw_radio_dup_problem (HW_RADIO (radio)));
}

// It ends again and again right after it was given a monitor.
static void
test_suspect_monitor (Fixture *fixture, gconstpointer unused)
{
  for (int n_ends = 0; n_ends < 5; n_ends++) {
    g_assert_cmpint (g_atomic_int_get (&fixture->n_monitors), ==, MIN (n_ends + 1, 3));
    call_bus (fixture, "ReleaseName", g_variant_new ("(s)", "org.bluez"));
    wait_for_state (fixture->radio, HW_RADIO_MISSING);
    call_bus (fixture, "RequestName", g_variant_new ("(su)", "org.bluez", 0));
    wait_for_state (fixture->radio, HW_RADIO_HEARING);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  // One bus for all: a second one would keep GLib's watcher, and whoever reads what we print,
  // waiting for ever if a test fails.
  GTestDBus *bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (bus);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (bus), TRUE);
#define ADD(name, func) g_test_add ("/hw/radio-bluez/" name, Fixture, bus, set_up, func, tear_down)
  ADD ("hears-what-its-service-tells", test_hears);
  ADD ("hears-ten-thousand-a-second", test_hears_much);
  ADD ("hears-one-more-than-it-remembers", test_many_devices);
  ADD ("believes-no-stranger", test_stranger);
  ADD ("survives-nonsense", test_nonsense);
  ADD ("reads-one-value-after-the-other", test_reads);
  ADD ("reads-one-value-at-a-time", test_reads_one);
  ADD ("hears-before-and-after-it-connects", test_hears_within_a_reading);
  ADD ("rests-until-a-bluetoothd-is-back", test_ends_within_a_reading);
  ADD ("rests-until-the-scan-is-granted", test_refuses_after_a_reading);
  ADD ("survives-refusals", test_refusals);
  ADD ("takes-another-scan-for-its-own", test_in_progress);
  ADD ("survives-silence", test_unanswered);
  ADD ("asks-again", test_asks_again);
  ADD ("uses-its-own-adapter", test_two_adapters);
  ADD ("says-whether-it-has-a-monitor", test_manner);
  ADD ("says-that-the-venue-is-refused", test_venue_refused);
  ADD ("leaves-an-adapter-that-fails", test_blocked_adapter);
  ADD ("gives-up-a-monitor-that-kills", test_suspect_monitor);
  int status = g_test_run ();
  g_test_dbus_down (bus);
  g_object_unref (bus);
  return status;
}
