// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// adjtimex(2) says whether the kernel's clock is disciplined; random(4) has the boot id;
// clock_gettime(2) has CLOCK_BOOTTIME; timerfd_create(2) tells when the clock was set.

#define G_LOG_DOMAIN "entrance-system-clock"

#include "kiosk/entrance/entrance-system-clock.h"

#include <glib-unix.h>
#include <string.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#define REARM_MS     1000 // whoever sets the clock all the time costs us no more than this
#define FAR_S        G_GINT64_CONSTANT (253402300799) // 9999-12-31
#define BOOT_ID_PATH "/proc/sys/kernel/random/boot_id"
// A wall clock before this day was never set: 2026-11-01, when this was written.
#define WALL_FLOOR_MS G_GINT64_CONSTANT (1793491200000)

struct _EntranceSystemClock {
  GObject parent_instance;

  guint8 boot_id[16];
  int set_fd; // -1: the kernel does not tell
  guint set_id;
  guint rearm_id;
};

static void entrance_system_clock_clock_init (EntranceClockInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (EntranceSystemClock,
                               entrance_system_clock,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (ENTRANCE_TYPE_CLOCK,
                                                      entrance_system_clock_clock_init))

// 32 hexadecimal digits between dashes. An unreadable one leaves the random id of this process.
static void
read_boot_id (guint8 boot_id[16])
{
  for (gsize i = 0; i < 16; i++)
    boot_id[i] = (guint8) g_random_int_range (0, 256);
  g_autofree char *text = NULL;
  if (!g_file_get_contents (BOOT_ID_PATH, &text, NULL, NULL))
    return;
  gsize n = 0;
  for (const char *at = text; at[0] != '\0' && n < 16;) {
    if (g_ascii_isxdigit (at[0]) && g_ascii_isxdigit (at[1])) {
      boot_id[n++] = (guint8) (g_ascii_xdigit_value (at[0]) * 16 + g_ascii_xdigit_value (at[1]));
      at += 2;
    } else {
      at++;
    }
  }
}

static JournalClockQuality
read_quality (gint64 wall_ms)
{
  struct timex timex = { 0 };
  int state = adjtimex (&timex);
  if (state >= 0 && state != TIME_ERROR && (timex.status & STA_UNSYNC) == 0)
    return JOURNAL_CLOCK_SYNCED;
  return wall_ms >= WALL_FLOOR_MS ? JOURNAL_CLOCK_RESTORED : JOURNAL_CLOCK_UNSET;
}

static void
entrance_system_clock_read (EntranceClock *clock, JournalStamp *ret_stamp)
{
  EntranceSystemClock *self = ENTRANCE_SYSTEM_CLOCK (clock);
  struct timespec boottime = { 0 };
  (void) clock_gettime (CLOCK_BOOTTIME, &boottime); // cannot fail with a valid clock
  memcpy (ret_stamp->boot_id, self->boot_id, sizeof ret_stamp->boot_id);
  ret_stamp->boottime_ns = (gint64) boottime.tv_sec * 1000000000 + boottime.tv_nsec;
  ret_stamp->wall_ms = g_get_real_time () / 1000;
  ret_stamp->quality = read_quality (ret_stamp->wall_ms);
}

static guint
entrance_system_clock_read_error_ms (EntranceClock *clock)
{
  struct timex timex = { 0 };
  (void) adjtimex (&timex); // reading cannot fail
  return (guint) (MAX (timex.maxerror, 0) / 1000);
}

// A timer that nobody waits for: the kernel cancels it when the clock is set. FALSE: it was set
// meanwhile.
static gboolean
arm (EntranceSystemClock *self)
{
  const struct itimerspec far = { .it_value.tv_sec = (time_t) MIN (FAR_S, G_MAXLONG) };
  return timerfd_settime (self->set_fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &far, NULL) ==
         0;
}

static gboolean on_set (int fd, GIOCondition condition, gpointer user_data);

static gboolean
on_rearm_due (gpointer user_data)
{
  EntranceSystemClock *self = user_data;
  self->rearm_id = 0;
  (void) arm (self); // the kernel may report a step that was told already
  self->set_id = g_unix_fd_add (self->set_fd, G_IO_IN, on_set, self);
  g_signal_emit_by_name (self, "set");
  return G_SOURCE_REMOVE;
}

static gboolean
on_set (int fd, GIOCondition condition, gpointer user_data)
{
  EntranceSystemClock *self = user_data;
  self->set_id = 0;
  self->rearm_id = g_timeout_add (REARM_MS, on_rearm_due, self);
  g_signal_emit_by_name (self, "set");
  return G_SOURCE_REMOVE;
}

static guint
entrance_system_clock_add_timeout (EntranceClock *clock,
                                   guint delay_ms,
                                   GSourceFunc callback,
                                   gpointer user_data)
{
  return g_timeout_add (delay_ms, callback, user_data);
}

static void
entrance_system_clock_cancel (EntranceClock *clock, guint id)
{
  g_source_remove (id);
}

static void
entrance_system_clock_clock_init (EntranceClockInterface *iface)
{
  iface->read = entrance_system_clock_read;
  iface->add_timeout = entrance_system_clock_add_timeout;
  iface->cancel = entrance_system_clock_cancel;
  iface->read_error_ms = entrance_system_clock_read_error_ms;
}

static void
entrance_system_clock_finalize (GObject *object)
{
  EntranceSystemClock *self = ENTRANCE_SYSTEM_CLOCK (object);
  g_clear_handle_id (&self->rearm_id, g_source_remove);
  g_clear_handle_id (&self->set_id, g_source_remove);
  if (self->set_fd >= 0)
    (void) close (self->set_fd); // nothing to lose
  G_OBJECT_CLASS (entrance_system_clock_parent_class)->finalize (object);
}

static void
entrance_system_clock_class_init (EntranceSystemClockClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = entrance_system_clock_finalize;
}

static void
entrance_system_clock_init (EntranceSystemClock *self)
{
  read_boot_id (self->boot_id);
  self->set_fd = timerfd_create (CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
  if (self->set_fd >= 0 && arm (self))
    self->set_id = g_unix_fd_add (self->set_fd, G_IO_IN, on_set, self);
}

EntranceSystemClock *
entrance_system_clock_new (void)
{
  return g_object_new (ENTRANCE_TYPE_SYSTEM_CLOCK, NULL);
}
