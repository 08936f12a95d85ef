// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A thread that does nothing but read a scanner's keys. The kernel keeps some fifteen characters
// for a reader that is late, which a scanner types while a screen is drawn once: the main loop
// would lose codes.

#pragma once

#include "hw/hw-wedge-typing.h"

G_BEGIN_DECLS

typedef struct _HwWedgeListener HwWedgeListener;

typedef struct {
  gboolean is_gone; // the device; nothing comes after this
  HwTyped typed;
  GBytes *code; // with HW_TYPED_CODE
} HwWedgeReading;

void hw_wedge_reading_free (HwWedgeReading *reading);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwWedgeReading, hw_wedge_reading_free)

// Takes @device, as hw_wedge_port_open () returns it.
HwWedgeListener *hw_wedge_listener_start (int device, HwWedgeEnd end, const char *prefix);

// Returns when the thread has ended, which is at once; closes the device.
void hw_wedge_listener_stop (HwWedgeListener *self);

// Readable when there may be a reading. Main thread, as the next one.
int hw_wedge_listener_get_fd (HwWedgeListener *self);
HwWedgeReading *hw_wedge_listener_next (HwWedgeListener *self); // (transfer full) (nullable)

G_END_DECLS
