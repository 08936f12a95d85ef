// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Time is boot time in ms: a machine that was asleep did not hang.

#define G_LOG_DOMAIN "kiosk-alive"

#include "kiosk/kiosk-alive.h"

struct _KioskAlive {
  GObject parent_instance;

  HwWatchdog *watchdog;
  HwCamera *camera;
  JournalStore *journal;
  EntranceClock *clock;
  GCancellable *cancellable;
  guint tick_id;
  gint64 framed_at_ms; // when the camera last gave a frame, or was lost
  gboolean is_probing;
  gint64 probed_at_ms; // when the probe under way was asked
  gboolean is_stuck;
};

G_DEFINE_FINAL_TYPE (KioskAlive, kiosk_alive, G_TYPE_OBJECT)

static gint64
now_ms (KioskAlive *self)
{
  JournalStamp stamp;
  entrance_clock_read (self->clock, &stamp);
  return stamp.boottime_ns / 1000000;
}

static void
on_picture (HwCamera *camera, const HwPicture *picture, KioskAlive *self)
{
  self->framed_at_ms = now_ms (self);
}

static void
on_probed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (KioskAlive) self = user_data;
  (void) journal_store_probe_finish (JOURNAL_STORE (source), result, NULL); // an error is an answer
  self->is_probing = FALSE;
}

static void
probe (KioskAlive *self)
{
  JournalStamp stamp;
  if (self->is_probing)
    return;
  entrance_clock_read (self->clock, &stamp);
  self->is_probing = TRUE;
  self->probed_at_ms = stamp.boottime_ns / 1000000;
  journal_store_probe_async (self->journal, &stamp, self->cancellable, on_probed,
                             g_object_ref (self));
}

static const char *
find_what_is_stuck (KioskAlive *self)
{
  gint64 now = now_ms (self);
  if (hw_camera_get_state (self->camera) != HW_CAMERA_READY)
    self->framed_at_ms = now; // it says so itself, and tries again
  if (now - self->framed_at_ms > KIOSK_ALIVE_FRAMES_MS)
    return "the camera gives no frames";
  if (self->is_probing && now - self->probed_at_ms > KIOSK_ALIVE_PROBE_MS)
    return "the journal does not answer";
  return NULL;
}

static gboolean
on_tick (gpointer user_data)
{
  KioskAlive *self = user_data;
  const char *stuck = find_what_is_stuck (self);
  if (stuck == NULL)
    hw_watchdog_ping (self->watchdog);
  else if (!self->is_stuck)
    g_warning ("watchdog: no longer pinged: %s", stuck);
  if ((stuck != NULL) != self->is_stuck)
    hw_watchdog_tell (self->watchdog, stuck != NULL ? stuck : "running");
  self->is_stuck = stuck != NULL;
  probe (self);
  return G_SOURCE_CONTINUE;
}

static void
kiosk_alive_dispose (GObject *object)
{
  KioskAlive *self = KIOSK_ALIVE (object);
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->tick_id, g_source_remove);
  G_OBJECT_CLASS (kiosk_alive_parent_class)->dispose (object);
}

static void
kiosk_alive_finalize (GObject *object)
{
  KioskAlive *self = KIOSK_ALIVE (object);
  g_object_unref (self->cancellable);
  g_object_unref (self->clock);
  g_object_unref (self->journal);
  g_object_unref (self->camera);
  g_object_unref (self->watchdog);
  G_OBJECT_CLASS (kiosk_alive_parent_class)->finalize (object);
}

static void
kiosk_alive_class_init (KioskAliveClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->dispose = kiosk_alive_dispose;
  object_class->finalize = kiosk_alive_finalize;
}

static void
kiosk_alive_init (KioskAlive *self)
{
  self->cancellable = g_cancellable_new ();
}

KioskAlive *
kiosk_alive_new (HwWatchdog *watchdog,
                 HwCamera *camera,
                 JournalStore *journal,
                 EntranceClock *clock)
{
  KioskAlive *self = g_object_new (KIOSK_TYPE_ALIVE, NULL);
  self->watchdog = g_object_ref (watchdog);
  self->camera = g_object_ref (camera);
  self->journal = g_object_ref (journal);
  self->clock = g_object_ref (clock);
  self->framed_at_ms = now_ms (self);
  g_signal_connect_object (camera, "picture", G_CALLBACK (on_picture), self, 0);
  self->tick_id = g_timeout_add (hw_watchdog_get_period_ms (watchdog), on_tick, self);
  hw_watchdog_tell (watchdog, "running");
  return self;
}
