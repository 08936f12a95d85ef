// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The clock as a collaborator: the system's, the demo day's, a test's. Signal "set": somebody set
// the wall clock.

#pragma once

#include "kiosk/journal/journal-store.h"

G_BEGIN_DECLS

#define ENTRANCE_TYPE_CLOCK (entrance_clock_get_type ())
G_DECLARE_INTERFACE (EntranceClock, entrance_clock, ENTRANCE, CLOCK, GObject)

struct _EntranceClockInterface {
  GTypeInterface parent_iface;
  void (*read) (EntranceClock *self, JournalStamp *ret_stamp);
  // Calls @callback once after @delay_ms of this clock; returns an id for cancel.
  guint (*add_timeout) (EntranceClock *self,
                        guint delay_ms,
                        GSourceFunc callback,
                        gpointer user_data);
  void (*cancel) (EntranceClock *self, guint id);
  // How far a synchronised clock may be off. NULL: not at all.
  guint (*read_error_ms) (EntranceClock *self);
};

void entrance_clock_read (EntranceClock *self, JournalStamp *ret_stamp);
guint entrance_clock_add_timeout (EntranceClock *self,
                                  guint delay_ms,
                                  GSourceFunc callback,
                                  gpointer user_data);
void entrance_clock_cancel (EntranceClock *self, guint id);
guint entrance_clock_read_error_ms (EntranceClock *self);

G_END_DECLS
