// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Real seconds on a scripted day.

#define G_LOG_DOMAIN "demo-clock"

#include "kiosk/demo/demo-clock.h"

struct _DemoClock {
  GObject parent_instance;

  guint8 boot_id[16];
  gint64 midnight_ms; // of the local day, UTC epoch
  gint64 ahead_us;    // of g_get_real_time ()
  gint64 booted_us;   // g_get_real_time () plus ahead_us, at the machine's start: midnight
};

static void demo_clock_clock_init (EntranceClockInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (DemoClock,
                               demo_clock,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (ENTRANCE_TYPE_CLOCK, demo_clock_clock_init))

static void
demo_clock_read (EntranceClock *clock, JournalStamp *ret_stamp)
{
  DemoClock *self = DEMO_CLOCK (clock);
  memcpy (ret_stamp->boot_id, self->boot_id, sizeof ret_stamp->boot_id);
  ret_stamp->boottime_ns = (g_get_real_time () + self->ahead_us - self->booted_us) * 1000;
  ret_stamp->wall_ms = (g_get_real_time () + self->ahead_us) / 1000;
  ret_stamp->quality = JOURNAL_CLOCK_SYNCED;
}

static guint
demo_clock_add_timeout (EntranceClock *clock,
                        guint delay_ms,
                        GSourceFunc callback,
                        gpointer user_data)
{
  return g_timeout_add (delay_ms, callback, user_data);
}

static void
demo_clock_cancel (EntranceClock *clock, guint id)
{
  g_source_remove (id);
}

static void
demo_clock_clock_init (EntranceClockInterface *iface)
{
  iface->read = demo_clock_read;
  iface->add_timeout = demo_clock_add_timeout;
  iface->cancel = demo_clock_cancel;
}

void
demo_clock_move_to (DemoClock *self, guint minute_of_day)
{
  gint64 target_us = (self->midnight_ms + (gint64) minute_of_day * 60000) * 1000;
  self->ahead_us = MAX (self->ahead_us, target_us - g_get_real_time ());
}

gint64
demo_clock_get_midnight_s (DemoClock *self)
{
  return self->midnight_ms / 1000;
}

static void
demo_clock_class_init (DemoClockClass *klass)
{
}

static void
demo_clock_init (DemoClock *self)
{
  for (gsize i = 0; i < sizeof self->boot_id; i++)
    self->boot_id[i] = (guint8) g_random_int_range (0, 256);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) yesterday = g_date_time_add_days (now, -1); // whose visits are over
  g_autoptr (GDateTime) midnight =
      g_date_time_new_local (g_date_time_get_year (yesterday), g_date_time_get_month (yesterday),
                             g_date_time_get_day_of_month (yesterday), 0, 0, 0);
  self->midnight_ms = g_date_time_to_unix (midnight) * 1000;
  // The script starts early in the day; before that, and after it, the day begins anew at midnight.
  self->booted_us = self->midnight_ms * 1000;
  self->ahead_us = self->booted_us - g_get_real_time ();
}

DemoClock *
demo_clock_new (void)
{
  return g_object_new (DEMO_TYPE_CLOCK, NULL);
}
