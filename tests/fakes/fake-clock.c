// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/fakes/fake-clock.h"

typedef struct {
  guint id;
  gint64 due_ms;
  GSourceFunc callback;
  gpointer user_data;
} Timeout;

struct _FakeClock {
  GObject parent_instance;

  gint64 wall_ms;
  gint64 boot_ms;
  JournalClockQuality quality;
  guint error_ms;
  guint last_id;
  GArray *timeouts; // of Timeout
};

static void fake_clock_clock_init (EntranceClockInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FakeClock,
                               fake_clock,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (ENTRANCE_TYPE_CLOCK, fake_clock_clock_init))

static void
fake_clock_read (EntranceClock *clock, JournalStamp *ret_stamp)
{
  FakeClock *self = FAKE_CLOCK (clock);
  *ret_stamp = (JournalStamp){ .boottime_ns = self->boot_ms * 1000000,
                               .wall_ms = self->wall_ms,
                               .quality = self->quality };
  ret_stamp->boot_id[0] = 1;
}

static guint
fake_clock_add_timeout (EntranceClock *clock,
                        guint delay_ms,
                        GSourceFunc callback,
                        gpointer user_data)
{
  FakeClock *self = FAKE_CLOCK (clock);
  Timeout timeout = { ++self->last_id, self->boot_ms + delay_ms, callback, user_data };
  g_array_append_val (self->timeouts, timeout);
  return timeout.id;
}

static void
fake_clock_cancel (EntranceClock *clock, guint id)
{
  FakeClock *self = FAKE_CLOCK (clock);
  for (guint i = 0; i < self->timeouts->len; i++)
    if (g_array_index (self->timeouts, Timeout, i).id == id) {
      g_array_remove_index (self->timeouts, i);
      return;
    }
  g_assert_not_reached (); // cancelled twice, or after it fired
}

static guint
fake_clock_read_error_ms (EntranceClock *clock)
{
  return FAKE_CLOCK (clock)->error_ms;
}

static void
fake_clock_clock_init (EntranceClockInterface *iface)
{
  iface->read = fake_clock_read;
  iface->add_timeout = fake_clock_add_timeout;
  iface->cancel = fake_clock_cancel;
  iface->read_error_ms = fake_clock_read_error_ms;
}

static gint
next_due (FakeClock *self, gint64 until_ms)
{
  gint found = -1;
  for (guint i = 0; i < self->timeouts->len; i++) {
    const Timeout *timeout = &g_array_index (self->timeouts, Timeout, i);
    if (timeout->due_ms <= until_ms &&
        (found < 0 || timeout->due_ms < g_array_index (self->timeouts, Timeout, found).due_ms))
      found = (gint) i;
  }
  return found;
}

void
fake_clock_advance (FakeClock *self, guint ms)
{
  gint64 until_ms = self->boot_ms + ms;
  for (gint i = next_due (self, until_ms); i >= 0; i = next_due (self, until_ms)) {
    Timeout timeout = g_array_index (self->timeouts, Timeout, i);
    g_array_remove_index (self->timeouts, (guint) i);
    self->wall_ms += timeout.due_ms - self->boot_ms;
    self->boot_ms = timeout.due_ms;
    g_assert_false (timeout.callback (timeout.user_data)); // once is once
  }
  self->wall_ms += until_ms - self->boot_ms;
  self->boot_ms = until_ms;
}

void
fake_clock_sleep (FakeClock *self, guint ms)
{
  self->wall_ms += ms;
  self->boot_ms += ms;
  for (guint i = 0; i < self->timeouts->len; i++) {
    Timeout *timeout = &g_array_index (self->timeouts, Timeout, i);
    timeout->due_ms = MAX (timeout->due_ms, self->boot_ms); // late
  }
}

void
fake_clock_set_quality (FakeClock *self, JournalClockQuality quality)
{
  self->quality = quality;
}

void
fake_clock_step (FakeClock *self, gint64 ms)
{
  self->wall_ms += ms;
  g_signal_emit_by_name (self, "set");
}

void
fake_clock_set_error_ms (FakeClock *self, guint error_ms)
{
  self->error_ms = error_ms;
}

guint
fake_clock_get_n_timeouts (FakeClock *self)
{
  return self->timeouts->len;
}

static void
fake_clock_finalize (GObject *object)
{
  g_array_unref (FAKE_CLOCK (object)->timeouts);
  G_OBJECT_CLASS (fake_clock_parent_class)->finalize (object);
}

static void
fake_clock_class_init (FakeClockClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fake_clock_finalize;
}

static void
fake_clock_init (FakeClock *self)
{
  self->timeouts = g_array_new (FALSE, FALSE, sizeof (Timeout));
  self->quality = JOURNAL_CLOCK_SYNCED;
  self->boot_ms = 100000;
}

FakeClock *
fake_clock_new (gint64 wall_ms)
{
  FakeClock *self = g_object_new (FAKE_TYPE_CLOCK, NULL);
  self->wall_ms = wall_ms;
  return self;
}
