// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One slip at a time: sent, asked about, ended. Between slips the printer is asked how it is. All
// on the main loop: the descriptor never blocks.

#define G_LOG_DOMAIN "hw-printer-escpos"

#include "hw/hw-printer-escpos.h"

#include <errno.h>
#include <glib-unix.h>
#include <unistd.h>

#include "hw/hw-escpos.h"
#include "hw/hw-printer-port.h"

#define TICK_MS        1000
#define UNANSWERED_MAX 3 // ticks
#define PAPER_LOW_MM   2000
#define NOISE_MAX      8 // bytes of one read
#define READ_SIZE      4096

typedef struct {
  guint number;
  GBytes *bytes;
  guint length_mm;
  gint64 queued_us;
} Slip;

typedef enum {
  PHASE_CLOSED,
  PHASE_IDLE,
  PHASE_SENDING,    // a slip's bytes
  PHASE_CONFIRMING, // all sent, "done" is awaited
} Phase;

struct _HwPrinterEscpos {
  GObject parent_instance;

  char *port;
  guint width_dots;
  guint queue_ms, stall_ms, done_ms;

  int fd; // -1: closed
  guint in_id, out_id;
  guint reopen_id;
  guint n_failures; // to open, in a row
  guint tick_id;
  GCancellable *cancellable;
  HwPrinterState closed_state; // why it is closed

  Phase phase;
  GByteArray *out; // what is to be written
  gsize written;
  gint64 moved_us; // when bytes last moved
  Slip *slip;      // being sent or confirmed
  GQueue queue;    // of Slip
  guint n_numbers;

  HwEscposStatus status;
  guint64 n_answers_before; // at the last tick
  guint unanswered;         // ticks without an answer to a question
  gboolean is_known;        // all topics were answered once since it was opened
  gboolean is_mute;         // never answers
  guint seen_faults;        // since the last tick
  guint shown_faults;

  HwPrinterState state;
  gboolean is_paper_low;
  guint paper_mm;
};

enum {
  PROP_STATE = 1,
  PROP_PAPER_LOW,
  PROP_PAPER_MM,
  PROP_PORT,
  PROP_WIDTH_DOTS,
  PROP_QUEUE_MS,
  PROP_STALL_MS,
  PROP_DONE_MS
};

static void hw_printer_escpos_printer_init (HwPrinterInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HwPrinterEscpos,
                               hw_printer_escpos,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (HW_TYPE_PRINTER,
                                                      hw_printer_escpos_printer_init))

static void open_port (HwPrinterEscpos *self);
static void start_slip (HwPrinterEscpos *self);

static void
slip_free (gpointer user_data)
{
  Slip *slip = user_data;
  g_bytes_unref (slip->bytes);
  g_free (slip);
}

static HwPrinterState
derive_state (HwPrinterEscpos *self)
{
  guint faults = self->shown_faults;
  if (self->phase == PHASE_CLOSED)
    return self->closed_state;
  if ((faults & HW_ESCPOS_PAPER_OUT) != 0)
    return HW_PRINTER_PAPER_OUT;
  if ((faults & HW_ESCPOS_COVER_OPEN) != 0)
    return HW_PRINTER_COVER_OPEN;
  if ((faults & (HW_ESCPOS_CUTTER | HW_ESCPOS_BROKEN | HW_ESCPOS_PAUSED | HW_ESCPOS_FAILED)) != 0)
    return HW_PRINTER_FAILED;
  if ((faults & HW_ESCPOS_OFFLINE) != 0)
    return HW_PRINTER_OFFLINE;
  if (self->is_mute)
    return HW_PRINTER_READY;
  if (self->unanswered >= UNANSWERED_MAX)
    return HW_PRINTER_OFFLINE;
  return self->is_known ? HW_PRINTER_READY : self->closed_state; // until it says otherwise
}

static void
set_paper (HwPrinterEscpos *self, guint paper_mm)
{
  if (self->paper_mm == paper_mm)
    return;
  self->paper_mm = paper_mm;
  g_object_notify (G_OBJECT (self), "paper-mm");
}

// The sensors are right, the count is a guess: no paper is none, and paper after that is a new
// roll.
static void
correct_paper (HwPrinterEscpos *self, guint before, guint now)
{
  guint appeared = now & ~before, vanished = before & ~now;
  if ((appeared & HW_ESCPOS_PAPER_OUT) != 0)
    set_paper (self, 0);
  else if ((vanished & (HW_ESCPOS_PAPER_OUT | HW_ESCPOS_PAPER_LOW)) != 0 &&
           (now & (HW_ESCPOS_PAPER_OUT | HW_ESCPOS_PAPER_LOW)) == 0)
    set_paper (self, HW_PRINTER_ROLL_MM);
  else if ((appeared & HW_ESCPOS_PAPER_LOW) != 0)
    set_paper (self, MIN (self->paper_mm, PAPER_LOW_MM));
}

// What is wrong shows at once; that it is right again only when a whole tick saw nothing wrong.
static void
show_faults (HwPrinterEscpos *self, guint faults)
{
  correct_paper (self, self->shown_faults, faults);
  self->shown_faults = faults;
  HwPrinterState state = derive_state (self);
  gboolean is_low = (faults & HW_ESCPOS_PAPER_LOW) != 0 || self->paper_mm <= PAPER_LOW_MM;
  if (state != self->state) {
    g_debug ("printer %s: %s", self->port, hw_printer_state_to_string (state));
    self->state = state;
    g_object_notify (G_OBJECT (self), "state");
  }
  if (is_low != self->is_paper_low) {
    self->is_paper_low = is_low;
    g_object_notify (G_OBJECT (self), "paper-low");
  }
}

static void
end_slip (HwPrinterEscpos *self, Slip *slip, HwSlipEnd end)
{
  guint number = slip->number;
  if (end != HW_SLIP_DROPPED)
    set_paper (self, self->paper_mm - MIN (self->paper_mm, slip->length_mm));
  slip_free (slip);
  hw_printer_emit_slip_ended (HW_PRINTER (self), number, end);
}

static void
end_current (HwPrinterEscpos *self, HwSlipEnd end)
{
  self->status.expects_done = FALSE;
  if (self->phase != PHASE_CLOSED)
    self->phase = PHASE_IDLE;
  if (self->slip != NULL)
    end_slip (self, g_steal_pointer (&self->slip), end);
}

static gboolean
on_reopen (gpointer user_data)
{
  HwPrinterEscpos *self = user_data;
  self->reopen_id = 0;
  open_port (self);
  return G_SOURCE_REMOVE;
}

// A slip of which nothing was written yet waits for the printer to come back; any other has ended.
static void
close_port (HwPrinterEscpos *self, HwPrinterState why)
{
  static const guint delays_s[] = { 1, 2, 5, 10 };
  guint delay_s = delays_s[MIN (self->n_failures, G_N_ELEMENTS (delays_s) - 1)];
  gboolean is_begun = self->phase == PHASE_CONFIRMING || self->written > 0;
  g_clear_handle_id (&self->in_id, g_source_remove);
  g_clear_handle_id (&self->out_id, g_source_remove);
  if (self->fd >= 0)
    (void) close (self->fd); // what it took, it has
  self->fd = -1;
  self->n_failures++;
  self->phase = PHASE_CLOSED;
  self->closed_state = why;
  if (self->slip != NULL && !is_begun)
    g_queue_push_head (&self->queue, g_steal_pointer (&self->slip));
  g_byte_array_set_size (self->out, 0);
  self->written = 0;
  if (self->reopen_id == 0)
    self->reopen_id = g_timeout_add_seconds (delay_s, on_reopen, self);
  show_faults (self, 0);
  end_current (self, HW_SLIP_UNCONFIRMED);
}

static gboolean
on_writable (int fd, GIOCondition condition, gpointer user_data)
{
  g_autoptr (HwPrinterEscpos) self = g_object_ref (user_data); // a listener may drop the printer
  ssize_t n = write (fd, self->out->data + self->written, self->out->len - self->written);
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  if (n < 0) {
    g_debug ("printer %s: writing: %s", self->port, g_strerror (errno));
    self->out_id = 0;
    close_port (self, HW_PRINTER_MISSING);
    return G_SOURCE_REMOVE;
  }
  self->written += (gsize) n;
  self->moved_us = g_get_monotonic_time ();
  if (self->written < self->out->len)
    return G_SOURCE_CONTINUE;
  g_byte_array_set_size (self->out, 0);
  self->written = 0;
  self->out_id = 0;
  if (self->phase == PHASE_SENDING) {
    self->phase = PHASE_CONFIRMING;
    self->status.expects_done = !self->is_mute;
    hw_printer_emit_slip_sent (HW_PRINTER (self), self->slip->number);
    if (self->is_mute)
      end_current (self, HW_SLIP_UNCONFIRMED);
  }
  start_slip (self);
  return G_SOURCE_REMOVE;
}

static void
send_bytes (HwPrinterEscpos *self, const guint8 *bytes, gsize len)
{
  g_byte_array_append (self->out, bytes, (guint) len);
  if (self->out_id == 0) {
    self->moved_us = g_get_monotonic_time ();
    self->out_id = g_unix_fd_add (self->fd, G_IO_OUT, on_writable, self);
  }
}

static void
ask (HwPrinterEscpos *self, guint topic)
{
  guint8 question[HW_ESCPOS_ASK_LEN];
  hw_escpos_ask (&self->status, topic, question);
  send_bytes (self, question, sizeof question);
}

static void
start_slip (HwPrinterEscpos *self)
{
  if (self->phase != PHASE_IDLE || self->state != HW_PRINTER_READY || self->out->len > 0)
    return;
  self->slip = g_queue_pop_head (&self->queue);
  if (self->slip == NULL)
    return;
  gsize len = 0;
  const guint8 *bytes = g_bytes_get_data (self->slip->bytes, &len);
  self->phase = PHASE_SENDING;
  self->status.expected = 0; // an answer that comes now is too late
  send_bytes (self, bytes, len);
}

// Text, or a line at another speed, holds bytes that look like answers: among much noise they are
// noise.
static void
read_status (HwPrinterEscpos *self, const guint8 *bytes, gsize len)
{
  HwEscposStatus before = self->status;
  hw_escpos_take (&self->status, bytes, len);
  if (self->status.n_noise - before.n_noise > NOISE_MAX)
    self->status = before;
}

// The topics follow each other; the tick begins anew.
static void
take_status (HwPrinterEscpos *self, const guint8 *bytes, gsize len)
{
  guint asked = self->status.expected;
  guint64 n_done = self->status.n_done;
  guint64 n_answers = self->status.n_answers;
  read_status (self, bytes, len);
  self->seen_faults |= hw_escpos_faults (&self->status);
  if (self->status.n_answers != n_answers) {
    self->unanswered = 0;
    self->is_mute = FALSE;
  }
  if (asked != 0 && self->status.expected == 0 && asked < HW_ESCPOS_TOPICS &&
      self->phase == PHASE_IDLE)
    ask (self, asked + 1);
  else if (asked == HW_ESCPOS_TOPICS && self->status.expected == 0)
    self->is_known = TRUE;
  show_faults (self, self->shown_faults | hw_escpos_faults (&self->status));
  if (self->status.n_done != n_done)
    end_current (self, HW_SLIP_PRINTED);
  start_slip (self);
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  g_autoptr (HwPrinterEscpos) self = g_object_ref (user_data);
  guint8 bytes[READ_SIZE];
  ssize_t n = read (fd, bytes, sizeof bytes);
  if (n > 0) {
    take_status (self, bytes, (gsize) n);
    return self->fd == fd ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
  }
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  self->in_id = 0;
  if (n < 0 && errno == EINVAL && (condition & (G_IO_ERR | G_IO_HUP)) == 0) {
    self->is_mute = TRUE; // a one-way USB printer
    return G_SOURCE_REMOVE;
  }
  close_port (self, HW_PRINTER_MISSING);
  return G_SOURCE_REMOVE;
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (HwPrinterEscpos) self = user_data;
  g_autoptr (GError) error = NULL;
  int fd = hw_printer_port_open_finish (result, &error);
  if (g_cancellable_is_cancelled (self->cancellable)) {
    if (fd >= 0)
      (void) close (fd); // nothing was sent
    return;
  }
  if (fd < 0) {
    g_debug ("%s", error->message);
    close_port (self, g_error_matches (error, HW_ERROR, HW_ERROR_BUSY) ? HW_PRINTER_BUSY
                                                                       : HW_PRINTER_MISSING);
    return;
  }
  g_autoptr (GBytes) hello = hw_escpos_hello ();
  self->fd = fd;
  (void) g_unix_set_fd_nonblocking (fd, TRUE, NULL); // a socket is so already
  self->phase = PHASE_IDLE;
  self->status = (HwEscposStatus){ .expected = 0 };
  self->is_known = self->is_mute = FALSE;
  self->unanswered = 0;
  self->n_answers_before = 0;
  self->in_id = g_unix_fd_add (fd, G_IO_IN | G_IO_ERR | G_IO_HUP, on_readable, self);
  send_bytes (self, g_bytes_get_data (hello, NULL), g_bytes_get_size (hello));
  ask (self, 1);
  show_faults (self, 0);
}

static void
open_port (HwPrinterEscpos *self)
{
  hw_printer_port_open_async (self->port, self->cancellable, on_opened, g_object_ref (self));
}

static void
drop_old (HwPrinterEscpos *self, gint64 now_us)
{
  for (Slip *slip = NULL; (slip = g_queue_peek_head (&self->queue)) != NULL;) {
    if (now_us - slip->queued_us < (gint64) self->queue_ms * 1000)
      break;
    end_slip (self, g_queue_pop_head (&self->queue), HW_SLIP_DROPPED);
  }
}

// Is the printer taking nothing, or has it forgotten to say "done"?
static void
look_after_slip (HwPrinterEscpos *self, gint64 now_us)
{
  gint64 still_ms = (now_us - self->moved_us) / 1000;
  if (self->out->len > 0 && still_ms >= self->stall_ms) {
    self->n_failures = 0;
    close_port (self, HW_PRINTER_OFFLINE);
  } else if (self->phase == PHASE_CONFIRMING && still_ms >= self->done_ms) {
    end_current (self, HW_SLIP_UNCONFIRMED);
  }
}

static void
look_after_status (HwPrinterEscpos *self)
{
  if (self->phase != PHASE_IDLE || self->out->len > 0)
    return;
  if (self->status.n_answers == self->n_answers_before && self->unanswered < UNANSWERED_MAX)
    self->unanswered++;
  self->n_answers_before = self->status.n_answers;
  if (self->unanswered >= UNANSWERED_MAX && self->status.n_answers == 0)
    self->is_mute = TRUE;
  if (self->status.n_answers > 0)
    self->n_failures = 0;
  ask (self, 1);
}

static gboolean
on_tick (gpointer user_data)
{
  g_autoptr (HwPrinterEscpos) self = g_object_ref (user_data);
  gint64 now_us = g_get_monotonic_time ();
  drop_old (self, now_us);
  look_after_slip (self, now_us);
  look_after_status (self);
  guint faults = hw_escpos_faults (&self->status);
  show_faults (self, self->phase == PHASE_CLOSED ? 0 : self->seen_faults | faults);
  self->seen_faults = 0;
  start_slip (self);
  return G_SOURCE_CONTINUE;
}

static guint
hw_printer_escpos_print (HwPrinter *printer, const HwSlip *content)
{
  HwPrinterEscpos *self = HW_PRINTER_ESCPOS (printer);
  cairo_surface_t *sheet = hw_slip_draw (content, self->width_dots);
  g_return_val_if_fail (sheet != NULL, 0); // a pass always fits
  g_autoptr (GBytes) dots = hw_slip_pack (sheet);
  const HwEscposPicture picture = {
    .dots = g_bytes_get_data (dots, NULL),
    .stride = self->width_dots / 8,
    .rows = (guint) cairo_image_surface_get_height (sheet),
  };
  Slip *slip = g_new (Slip, 1);
  *slip = (Slip){
    .number = ++self->n_numbers,
    .bytes = hw_escpos_slip (&picture),
    .length_mm = hw_escpos_slip_mm (picture.rows),
    .queued_us = g_get_monotonic_time (),
  };
  cairo_surface_destroy (sheet);
  guint number = slip->number;
  g_queue_push_tail (&self->queue, slip);
  if (self->queue.length > HW_PRINTER_QUEUE_MAX)
    end_slip (self, g_queue_pop_head (&self->queue), HW_SLIP_DROPPED);
  start_slip (self);
  return number;
}

static void
hw_printer_escpos_printer_init (HwPrinterInterface *iface)
{
  iface->print = hw_printer_escpos_print;
}

static void
hw_printer_escpos_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HwPrinterEscpos *self = HW_PRINTER_ESCPOS (object);
  if (prop_id == PROP_STATE)
    g_value_set_int (value, (int) self->state);
  else if (prop_id == PROP_PAPER_LOW)
    g_value_set_boolean (value, self->is_paper_low);
  else if (prop_id == PROP_PAPER_MM)
    g_value_set_uint (value, self->paper_mm);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
hw_printer_escpos_set_property (GObject *object,
                                guint prop_id,
                                const GValue *value,
                                GParamSpec *pspec)
{
  HwPrinterEscpos *self = HW_PRINTER_ESCPOS (object);
  if (prop_id == PROP_PAPER_MM)
    set_paper (self, g_value_get_uint (value));
  else if (prop_id == PROP_PORT)
    self->port = g_value_dup_string (value);
  else if (prop_id == PROP_WIDTH_DOTS)
    self->width_dots = g_value_get_uint (value);
  else if (prop_id == PROP_QUEUE_MS)
    self->queue_ms = g_value_get_uint (value);
  else if (prop_id == PROP_STALL_MS)
    self->stall_ms = g_value_get_uint (value);
  else if (prop_id == PROP_DONE_MS)
    self->done_ms = g_value_get_uint (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
hw_printer_escpos_constructed (GObject *object)
{
  HwPrinterEscpos *self = HW_PRINTER_ESCPOS (object);
  G_OBJECT_CLASS (hw_printer_escpos_parent_class)->constructed (object);
  self->tick_id = g_timeout_add (TICK_MS, on_tick, self);
  open_port (self);
}

static void
hw_printer_escpos_dispose (GObject *object)
{
  HwPrinterEscpos *self = HW_PRINTER_ESCPOS (object);
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_handle_id (&self->reopen_id, g_source_remove);
  g_clear_handle_id (&self->in_id, g_source_remove);
  g_clear_handle_id (&self->out_id, g_source_remove);
  if (self->fd >= 0)
    (void) close (self->fd); // what it took, it has
  self->fd = -1;
  G_OBJECT_CLASS (hw_printer_escpos_parent_class)->dispose (object);
}

static void
hw_printer_escpos_finalize (GObject *object)
{
  HwPrinterEscpos *self = HW_PRINTER_ESCPOS (object);
  g_clear_pointer (&self->slip, slip_free);
  g_queue_clear_full (&self->queue, slip_free);
  g_byte_array_unref (self->out);
  g_object_unref (self->cancellable);
  g_free (self->port);
  G_OBJECT_CLASS (hw_printer_escpos_parent_class)->finalize (object);
}

static void
hw_printer_escpos_class_init (HwPrinterEscposClass *klass)
{
  const GParamFlags construct = G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = hw_printer_escpos_get_property;
  object_class->set_property = hw_printer_escpos_set_property;
  object_class->constructed = hw_printer_escpos_constructed;
  object_class->dispose = hw_printer_escpos_dispose;
  object_class->finalize = hw_printer_escpos_finalize;
  g_object_class_override_property (object_class, PROP_STATE, "state");
  g_object_class_override_property (object_class, PROP_PAPER_LOW, "paper-low");
  g_object_class_install_property (
      object_class, PROP_PAPER_MM,
      g_param_spec_uint ("paper-mm", NULL, NULL, 0, G_MAXUINT, HW_PRINTER_ROLL_MM,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (object_class, PROP_PORT,
                                   g_param_spec_string ("port", NULL, NULL, NULL, construct));
  g_object_class_install_property (object_class, PROP_WIDTH_DOTS,
                                   g_param_spec_uint ("width-dots", NULL, NULL, HW_SLIP_WIDTH_58_MM,
                                                      HW_SLIP_WIDTH_80_MM, HW_SLIP_WIDTH_58_MM,
                                                      construct));
  g_object_class_install_property (
      object_class, PROP_QUEUE_MS,
      g_param_spec_uint ("queue-ms", NULL, NULL, 1, G_MAXUINT, HW_PRINTER_QUEUE_MS, construct));
  g_object_class_install_property (
      object_class, PROP_STALL_MS,
      g_param_spec_uint ("stall-ms", NULL, NULL, 1, G_MAXUINT, HW_PRINTER_STALL_MS, construct));
  g_object_class_install_property (
      object_class, PROP_DONE_MS,
      g_param_spec_uint ("done-ms", NULL, NULL, 1, G_MAXUINT, HW_PRINTER_DONE_MS, construct));
}

static void
hw_printer_escpos_init (HwPrinterEscpos *self)
{
  self->fd = -1;
  self->out = g_byte_array_new ();
  self->cancellable = g_cancellable_new ();
  self->paper_mm = HW_PRINTER_ROLL_MM;
  self->closed_state = HW_PRINTER_STARTING;
}

HwPrinterEscpos *
hw_printer_escpos_new (const char *port, guint width_dots)
{
  return g_object_new (HW_TYPE_PRINTER_ESCPOS, "port", port, "width-dots", width_dots, NULL);
}
