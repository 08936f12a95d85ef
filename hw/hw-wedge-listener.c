// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// evdev events in, readings out (linux/input.h, Documentation/input/event-codes.rst). Device and
// typing are the thread's alone from start to stop; readings leave through a queue.

#define G_LOG_DOMAIN "hw-wedge-listener"

#include "hw/hw-wedge-listener.h"

#include <errno.h>
#include <linux/input.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "hw/hw-wedge.h"

#define EVENTS_MAX  64
#define DOWN        1 // a key's value; 0 is up, 2 a repeat
#define WORD_BITS   (sizeof (unsigned long) * 8)
#define NICENESS    (-10) // as tramxanh-kiosk.service allows
#define N_KEY_WORDS (KEY_CNT / WORD_BITS)

struct _HwWedgeListener {
  GThread *thread;
  GAsyncQueue *readings;
  int news; // eventfds
  int stop;

  // the thread's
  int device;
  HwWedgeTyping typing;
  gint64 typed_at_us; // by the kernel's clock
  gboolean is_lossy;  // until the next report nothing can be believed
};

void
hw_wedge_reading_free (HwWedgeReading *reading)
{
  g_clear_pointer (&reading->code, g_bytes_unref);
  g_free (reading);
}

static void
tell_worker (HwWedgeListener *self, HwTyped typed, gboolean is_gone)
{
  if (typed == HW_TYPED_NOTHING && !is_gone)
    return;
  HwWedgeReading *reading = g_new0 (HwWedgeReading, 1);
  reading->is_gone = is_gone;
  reading->typed = typed;
  if (typed == HW_TYPED_CODE)
    reading->code = hw_wedge_typing_take (&self->typing);
  g_async_queue_push (self->readings, reading);
  (void) eventfd_write (self->news, 1); // fails only when already full of news
}

static void
light_caps (HwWedgeListener *self)
{
  // Some scanners look at the light to know what their letters will become.
  const struct input_event light = { .type = EV_LED,
                                     .code = LED_CAPSL,
                                     .value = self->typing.is_caps };
  if (write (self->device, &light, sizeof light) < 0)
    g_debug ("scanner: no light for capitals");
}

// Modifiers may be held since before we listened. The kernel drops all keys that still wait: asked
// before the first key, or when the code is spoiled anyway.
static void
read_held_keys (HwWedgeListener *self)
{
  static const guint modifiers[] = { KEY_LEFTSHIFT, KEY_RIGHTSHIFT, KEY_LEFTALT,
                                     KEY_RIGHTALT,  KEY_LEFTCTRL,   KEY_RIGHTCTRL };
  unsigned long keys[N_KEY_WORDS] = { 0 };
  if (ioctl (self->device, EVIOCGKEY (sizeof keys), keys) < 0)
    return; // gone, which the next read will find out
  for (guint i = 0; i < G_N_ELEMENTS (modifiers); i++)
    if ((keys[modifiers[i] / WORD_BITS] >> (modifiers[i] % WORD_BITS) & 1) != 0)
      (void) hw_wedge_typing_key (&self->typing, modifiers[i], TRUE); // ends no code
}

static int
patience_ms (const HwWedgeListener *self)
{
  return self->typing.end == HW_WEDGE_END_SILENCE ? HW_WEDGE_SILENCE_MS : HW_WEDGE_PATIENCE_MS;
}

static void
take_key_worker (HwWedgeListener *self, const struct input_event *event)
{
  gint64 at_us = (gint64) event->input_event_sec * G_USEC_PER_SEC + event->input_event_usec;
  // This thread, too, may have been late for the silence between two codes.
  if (at_us - self->typed_at_us > (gint64) patience_ms (self) * 1000)
    tell_worker (self, hw_wedge_typing_silence (&self->typing), FALSE);
  self->typed_at_us = at_us;
  gboolean was_caps = self->typing.is_caps;
  tell_worker (self, hw_wedge_typing_key (&self->typing, event->code, event->value == DOWN), FALSE);
  if (self->typing.is_caps != was_caps)
    light_caps (self);
}

static void
take_event_worker (HwWedgeListener *self, const struct input_event *event)
{
  if (event->type == EV_SYN && event->code == SYN_DROPPED) {
    self->is_lossy = TRUE;
  } else if (event->type == EV_SYN && event->code == SYN_REPORT && self->is_lossy) {
    self->is_lossy = FALSE;
    hw_wedge_typing_lose (&self->typing);
    read_held_keys (self);
  } else if (event->type == EV_KEY && !self->is_lossy && event->value <= DOWN) {
    take_key_worker (self, event); // scanners hold no key down
  }
}

// FALSE: the device is gone.
static gboolean
read_worker (HwWedgeListener *self)
{
  struct input_event events[EVENTS_MAX];
  ssize_t len = read (self->device, events, sizeof events);
  if (len < 0 && (errno == EAGAIN || errno == EINTR))
    return TRUE;
  for (gsize i = 0; len > 0 && i < (gsize) len / sizeof events[0]; i++)
    take_event_worker (self, &events[i]);
  explicit_bzero (events, sizeof events);
  return len > 0;
}

static gpointer
listen_worker (gpointer user_data)
{
  HwWedgeListener *self = user_data;
  // Linux counts niceness by thread. Reading keys is little work, but it cannot wait for a frame.
  if (setpriority (PRIO_PROCESS, (id_t) gettid (), NICENESS) != 0)
    g_debug ("scanner: read with the priority of all else");
  struct pollfd polled[] = { { self->device, POLLIN, 0 }, { self->stop, POLLIN, 0 } };
  int timeout_ms = -1;
  while (polled[1].revents == 0) {
    int n = poll (polled, G_N_ELEMENTS (polled), timeout_ms);
    if (n == 0) {
      tell_worker (self, hw_wedge_typing_silence (&self->typing), FALSE);
      timeout_ms = -1;
    } else if (n > 0 && polled[0].revents != 0) {
      timeout_ms = patience_ms (self);
      if (!read_worker (self)) {
        tell_worker (self, HW_TYPED_NOTHING, TRUE);
        break;
      }
    }
  }
  hw_wedge_typing_forget (&self->typing); // half a code is none
  return NULL;
}

HwWedgeListener *
hw_wedge_listener_start (int device, HwWedgeEnd end, const char *prefix)
{
  HwWedgeListener *self = g_new0 (HwWedgeListener, 1);
  self->device = device;
  self->news = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  self->stop = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  self->readings = g_async_queue_new_full ((GDestroyNotify) hw_wedge_reading_free);
  hw_wedge_typing_init (&self->typing, end, prefix);
  light_caps (self);
  read_held_keys (self);
  self->thread = g_thread_new ("scanner", listen_worker, self);
  return self;
}

void
hw_wedge_listener_stop (HwWedgeListener *self)
{
  (void) eventfd_write (self->stop, 1); // one never fills it
  (void) g_thread_join (self->thread);
  (void) close (self->device); // also ungrabs
  (void) close (self->news);
  (void) close (self->stop);
  g_async_queue_unref (self->readings);
  g_free (self);
}

int
hw_wedge_listener_get_fd (HwWedgeListener *self)
{
  return self->news;
}

HwWedgeReading *
hw_wedge_listener_next (HwWedgeListener *self)
{
  eventfd_t n_news = 0;
  (void) eventfd_read (self->news, &n_news); // the queue is what counts
  return g_async_queue_try_pop (self->readings);
}
