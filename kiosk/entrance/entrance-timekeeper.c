// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The wall clock and the time since boot run alike, but when somebody sets the first.

#define G_LOG_DOMAIN "entrance-timekeeper"

#include "kiosk/entrance/entrance-timekeeper.h"

struct _EntranceTimekeeper {
  GObject parent_instance;

  EntranceSession *session;
  EntranceClock *clock;
  guint look_id;
  guint opening;     // of the journal that was told
  gboolean is_fixed; // what the clock says now is on record
  gboolean was_fixed;
  gint64 fixed_offset_ms; // wall clock at boot
  gint64 fixed_at_ms;     // since boot
};

G_DEFINE_FINAL_TYPE (EntranceTimekeeper, entrance_timekeeper, G_TYPE_OBJECT)

static void
look (EntranceTimekeeper *self)
{
  JournalStamp now;
  guint opening = entrance_session_count_openings (self->session);
  if (opening != self->opening)
    self->is_fixed = self->was_fixed = FALSE;
  self->opening = opening;
  entrance_clock_read (self->clock, &now);
  gint64 boot_ms = now.boottime_ns / 1000000;
  gint64 offset_ms = now.wall_ms - boot_ms;
  if (now.quality != JOURNAL_CLOCK_SYNCED ||
      ABS (offset_ms - self->fixed_offset_ms) >= ENTRANCE_TIMEKEEPER_STEP_MS)
    self->is_fixed = FALSE;
  if (self->is_fixed || now.quality != JOURNAL_CLOCK_SYNCED ||
      (self->was_fixed && boot_ms - self->fixed_at_ms < ENTRANCE_TIMEKEEPER_PAUSE_MS))
    return;
  guint error_ms = entrance_clock_read_error_ms (self->clock);
  if (!entrance_session_record_clock_fix (self->session, &now, error_ms))
    return; // the journal is not open yet
  g_info ("clock: right to %u ms", error_ms);
  self->is_fixed = TRUE;
  self->was_fixed = TRUE;
  self->fixed_offset_ms = offset_ms;
  self->fixed_at_ms = boot_ms;
}

static gboolean
on_look (gpointer user_data)
{
  EntranceTimekeeper *self = user_data;
  self->look_id =
      entrance_clock_add_timeout (self->clock, ENTRANCE_TIMEKEEPER_LOOK_MS, on_look, self);
  look (self);
  return G_SOURCE_REMOVE;
}

static void
on_set (EntranceClock *clock, EntranceTimekeeper *self)
{
  look (self);
}

// The journal may have been opened, for the first time or anew.
static void
on_view_changed (EntranceSession *session, GParamSpec *pspec, EntranceTimekeeper *self)
{
  if (entrance_session_count_openings (session) != self->opening)
    look (self);
}

static void
entrance_timekeeper_finalize (GObject *object)
{
  EntranceTimekeeper *self = ENTRANCE_TIMEKEEPER (object);
  entrance_clock_cancel (self->clock, self->look_id);
  g_object_unref (self->clock);
  g_object_unref (self->session);
  G_OBJECT_CLASS (entrance_timekeeper_parent_class)->finalize (object);
}

static void
entrance_timekeeper_class_init (EntranceTimekeeperClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = entrance_timekeeper_finalize;
}

static void
entrance_timekeeper_init (EntranceTimekeeper *self)
{
}

EntranceTimekeeper *
entrance_timekeeper_new (EntranceSession *session, EntranceClock *clock)
{
  EntranceTimekeeper *self = g_object_new (ENTRANCE_TYPE_TIMEKEEPER, NULL);
  self->session = g_object_ref (session);
  self->clock = g_object_ref (clock);
  g_signal_connect_object (clock, "set", G_CALLBACK (on_set), self, 0);
  g_signal_connect_object (session, "notify::view", G_CALLBACK (on_view_changed), self, 0);
  (void) on_look (self);
  return self;
}
