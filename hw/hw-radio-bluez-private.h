// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The radio's own memory, for the files that are the radio: what bluetoothd tells
// (hw-radio-bluez.c), what it is told (hw-radio-bluez-chain.c), and what is read through it
// (hw-radio-bluez-read.c). Nobody else includes this.

#pragma once

#include "hw/hw-radio-bluez.h"
#include "hw/hw-radio-devices.h"
#include "hw/hw-radio-silence.h"

G_BEGIN_DECLS

#define HW_BLUEZ_ADAPTER    "org.bluez.Adapter1"
#define HW_BLUEZ_PROPERTIES "org.freedesktop.DBus.Properties"

#define HW_RADIO_FAILURES  3  // of an adapter in a row: another one is tried
#define HW_RADIO_SUSPECT_S 60 // bluetoothd ended so soon after it had a monitor,
#define HW_RADIO_SUSPECT_N 3  // so many times in a row: from then on it gets none

typedef enum {
  STEP_STOP,      // a remedy: the scan ends
  STEP_POWER_OFF, // another one
  STEP_POWER,     // the chain begins here
  STEP_HIDE,      // not discoverable
  STEP_UNPAIR,    // not pairable
  STEP_FILTER,    // Low Energy
  STEP_MONITOR,   // so that no duplicates are dropped
  STEP_HUSH,      // what we advertised before
  STEP_ADVERTISE, // the venue
  STEP_SCAN,      // for ever
  STEP_LISTEN,    // done
} HwRadioStep;

struct _HwRadioBluez {
  GObject parent_instance;

  char *wanted; // adapter's address; empty: any
  gboolean hears_all;
  GCancellable *cancellable;
  GDBusConnection *bus; // (nullable)
  guint name_id;
  guint signal_ids[3];
  char *owner;        // (nullable) bluetoothd's own name on the bus
  char *adapter;      // (nullable) its path
  GHashTable *failed; // paths of adapters that were left for another
  guint n_failures;   // of this one, in a row
  gboolean offers_monitors;
  gboolean lost_bluetoothd; // it ended while we used it
  gboolean is_asking;       // what there is
  GObject *monitor;         // (nullable) as long as there is a bus
  gint64 monitor_us;        // when bluetoothd took it; 0: it has none
  guint n_suspect;
  char *service;          // (nullable) of what we advertise
  GBytes *service_data;   // (nullable)
  GObject *advertisement; // (nullable)
  char *advert_refusal;   // (nullable) the last one
  HwRadioDevices *devices;
  HwRadioStep step;
  GTask *reading;        // (nullable) somebody wants a value, as soon as it listens
  gboolean is_connected; // it is being read
  char *peer;            // (nullable) path of the last device that was
  gboolean is_linked;    // it is connected to
  gint64 rest_us;        // since when it does not listen, for all that is known; 0: it does
  guint n_attempt;       // chains begun: an answer to an older one counts for nothing
  guint retry_id;
  guint look_id;

  HwRadioState state;
  char *problem;
  gint64 heard_us; // 0: never
  HwRadioSilence silence;
};

// Takes @problem; NULL: none.
void hw_radio_bluez_set_state (HwRadioBluez *self, HwRadioState state, char *problem);
void hw_radio_bluez_hear_again (HwRadioBluez *self); // with the problem that it has all the same
void hw_radio_bluez_set_rest (HwRadioBluez *self, gint64 since_us); // 0: it listens
// Begins the chain, or a remedy and then the chain, if there is an adapter.
void hw_radio_bluez_prepare (HwRadioBluez *self, HwRadioStep first);
const char *hw_radio_bluez_get_manner (HwRadioBluez *self); // (nullable)
void hw_radio_bluez_retry_later (HwRadioBluez *self);
void hw_radio_bluez_leave_adapter (HwRadioBluez *self); // for another, if there is one
void hw_radio_bluez_ask (HwRadioBluez *self);           // what there is; bluetoothd is there
gboolean hw_radio_bluez_look (gpointer radio);          // every few seconds: is it silent?
// Of a service that is listened for.
gboolean hw_radio_bluez_is_wanted (HwRadioBluez *self, const struct ct_advert *advert);

void hw_radio_bluez_read_async (HwRadio *radio,
                                const guint8 address[6],
                                const char *characteristic,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
GBytes *hw_radio_bluez_read_finish (HwRadio *radio, GAsyncResult *result, GError **error);
// It listens: whoever waits for a value has a turn. It does not: nobody is to wait.
void hw_radio_bluez_begin_reading (HwRadioBluez *self);
// What is heard, and a device's change, while one is read.
void hw_radio_bluez_hear_within_reading (HwRadioBluez *self, gint64 now_us);
void hw_radio_bluez_note_link (HwRadioBluez *self, const char *device, GVariant *changed);
void hw_radio_bluez_refuse_reading (HwRadioBluez *self);

// An answer that is waited for.
typedef struct {
  HwRadioBluez *self;
  guint n_attempt;
} HwRadioAnswer;

HwRadioAnswer *hw_radio_answer_new (HwRadioBluez *self);
void hw_radio_answer_free (HwRadioAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwRadioAnswer, hw_radio_answer_free)

G_END_DECLS
