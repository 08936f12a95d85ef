// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The clock's interface.

#define G_LOG_DOMAIN "entrance-clock"

#include "kiosk/entrance/entrance-clock.h"

G_DEFINE_INTERFACE (EntranceClock, entrance_clock, G_TYPE_OBJECT)

static void
entrance_clock_default_init (EntranceClockInterface *iface)
{
  g_signal_new ("set", ENTRANCE_TYPE_CLOCK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

void
entrance_clock_read (EntranceClock *self, JournalStamp *ret_stamp)
{
  g_return_if_fail (ENTRANCE_IS_CLOCK (self));
  ENTRANCE_CLOCK_GET_IFACE (self)->read (self, ret_stamp);
}

guint
entrance_clock_add_timeout (EntranceClock *self,
                            guint delay_ms,
                            GSourceFunc callback,
                            gpointer user_data)
{
  g_return_val_if_fail (ENTRANCE_IS_CLOCK (self), 0);
  return ENTRANCE_CLOCK_GET_IFACE (self)->add_timeout (self, delay_ms, callback, user_data);
}

void
entrance_clock_cancel (EntranceClock *self, guint id)
{
  g_return_if_fail (ENTRANCE_IS_CLOCK (self));
  ENTRANCE_CLOCK_GET_IFACE (self)->cancel (self, id);
}

guint
entrance_clock_read_error_ms (EntranceClock *self)
{
  g_return_val_if_fail (ENTRANCE_IS_CLOCK (self), 0);
  EntranceClockInterface *iface = ENTRANCE_CLOCK_GET_IFACE (self);
  return iface->read_error_ms != NULL ? iface->read_error_ms (self) : 0;
}
