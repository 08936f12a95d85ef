// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What hears Bluetooth advertisements. An interface; each backend is one file.

#pragma once

#include <gio/gio.h>

#include "kiosk/core/ct-advert.h"

G_BEGIN_DECLS

typedef enum {
  HW_RADIO_STARTING,
  HW_RADIO_HEARING,
  HW_RADIO_MISSING, // no adapter, or no bluetoothd to serve it
  HW_RADIO_OFF,     // it does not switch on: rfkill, a broken adapter
  HW_RADIO_REFUSED, // it does not scan
  HW_RADIO_DEAF,    // it scans, and hears nothing, although it was switched off and on again
} HwRadioState;

// One advertisement, in views that are valid while the signal lasts.
typedef struct {
  gint64 at_us; // monotonic clock
  guint8 address[6];
  gboolean address_is_random;
  int rssi_dbm; // 127: not said
  const struct ct_advert *advert;
} HwSighting;

#define HW_TYPE_RADIO (hw_radio_get_type ())
G_DECLARE_INTERFACE (HwRadio, hw_radio, HW, RADIO, GObject)

struct _HwRadioInterface {
  GTypeInterface parent_iface;
  // (nullable): this radio only listens
  void (*read_async) (HwRadio *self,
                      const guint8 address[6],
                      const char *characteristic,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
  GBytes *(*read_finish) (HwRadio *self, GAsyncResult *result, GError **error);
};

// Main thread. Property "state" (HwRadioState as int, notify). Property "problem" (string,
// nullable, notify): what is the matter, for logs and the doctor; of one that hears, too, if it
// does not send what it should. Property "manner" (string, nullable): how it listens, where there
// are several ways. Property "rest-us" (int64, monotonic clock, notify): since when it does not
// listen, for a moment, to begin its scan anew or to connect to a device; 0: it listens. Its state
// stays what it was. It moves on when something is heard all the same. Signal "sighting" (pointer
// to HwSighting). Addresses are for telling beacons apart: never log or keep one.
HwRadioState hw_radio_get_state (HwRadio *self);
char *hw_radio_dup_problem (HwRadio *self);   // (transfer full) (nullable)
char *hw_radio_dup_manner (HwRadio *self);    // (transfer full) (nullable)
gint64 hw_radio_get_heard_us (HwRadio *self); // the last sighting; 0: none yet
gint64 hw_radio_get_rest_us (HwRadio *self);

// Connects to a device that was just heard, reads a value of up to 512 bytes, and lets it go;
// within 10 s and a little after the radio listens. G_IO_ERROR_BUSY: another one is read, or the
// radio cannot scan; the device has nothing to do with it. It may rest meanwhile.
// @characteristic: a UUID in lower case.
gboolean hw_radio_can_read (HwRadio *self);
void hw_radio_read_async (HwRadio *self,
                          const guint8 address[6],
                          const char *characteristic,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
GBytes *hw_radio_read_finish (HwRadio *self, GAsyncResult *result, GError **error);

// For backends.
void hw_radio_emit_sighting (HwRadio *self, const HwSighting *sighting);

const char *hw_radio_state_to_string (HwRadioState state);

G_END_DECLS
