// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Remembers one visitor for ten seconds: the proof of the record, never a name.

#define G_LOG_DOMAIN "entrance-slips"

#include "kiosk/entrance/entrance-slips.h"

#include <string.h>

#define MINUTE_MS  60000
#define HOUR_MIN   60
#define CLOCK_SLIP 5 // minutes that another kiosk's clock may be behind

struct _EntranceSlips {
  GObject parent_instance;

  EntranceSession *session;
  const EntranceProfile *profile;
  EntranceClock *clock;
  HwPrinter *printer;
  gboolean sensor_says_out;
  HwPrinterState printer_state; // as it was last logged
  const JournalPassKey *pass_key;
  gboolean prints_always;

  JournalCommitted *arrived; // (nullable) the last visitor
  gint64 arrived_at_ms;      // boot time, like the next
  gint64 printed_at_ms;
};

G_DEFINE_FINAL_TYPE (EntranceSlips, entrance_slips, G_TYPE_OBJECT)

static gint64
now_ms (EntranceSlips *self)
{
  JournalStamp stamp;
  entrance_clock_read (self->clock, &stamp);
  return stamp.boottime_ns / 1000000;
}

static char *
make_pass (EntranceSlips *self)
{
  if (self->pass_key == NULL)
    return NULL;
  gint64 minute = journal_committed_get_wall_ms (self->arrived) / MINUTE_MS;
  struct ct_pass pass = {
    .first_min = (guint32) MAX (minute - CLOCK_SLIP, 0),
    .last_min = (guint32) (minute + (gint64) self->profile->longest_stay_h * HOUR_MIN),
  };
  char text[CT_PASS_TEXT_SIZE];
  memcpy (pass.id, journal_committed_get_subject (self->arrived), sizeof pass.id);
  journal_pass_key_sign (self->pass_key, &pass, text);
  return g_strdup (text);
}

static void
print (EntranceSlips *self)
{
  g_autoptr (GDateTime) time =
      g_date_time_new_from_unix_local (journal_committed_get_wall_ms (self->arrived) / 1000);
  g_autofree char *when = time != NULL ? g_date_time_format (time, "%d/%m/%Y %H:%M") : NULL;
  g_autofree char *code = make_pass (self);
  const HwSlip slip = {
    .venue = self->profile->venue_name,
    .time = when != NULL ? when : "",
    .code = code,
  };
  self->printed_at_ms = now_ms (self);
  (void) hw_printer_print (self->printer, &slip); // how it ends is told by the signal
}

void
entrance_slips_press_print (EntranceSlips *self)
{
  g_return_if_fail (ENTRANCE_IS_SLIPS (self));
  gint64 now = now_ms (self);
  if (self->arrived != NULL && now - self->arrived_at_ms <= ENTRANCE_SLIPS_WINDOW_MS &&
      now - self->printed_at_ms >= ENTRANCE_SLIPS_PAUSE_MS)
    print (self);
}

static void
on_arrived (EntranceSession *session, JournalCommitted *committed, EntranceSlips *self)
{
  g_clear_pointer (&self->arrived, journal_committed_unref);
  self->arrived = journal_committed_ref (committed);
  self->arrived_at_ms = now_ms (self);
  self->printed_at_ms = self->arrived_at_ms - ENTRANCE_SLIPS_PAUSE_MS;
  if (self->prints_always)
    print (self);
}

static EntrancePaper
derive_paper (EntranceSlips *self)
{
  HwPrinterState state = hw_printer_get_state (self->printer);
  if (state == HW_PRINTER_PAPER_OUT || self->sensor_says_out)
    return ENTRANCE_PAPER_OUT;
  if (state != HW_PRINTER_READY && state != HW_PRINTER_STARTING)
    return ENTRANCE_PAPER_TROUBLE;
  return hw_printer_is_paper_low (self->printer) ? ENTRANCE_PAPER_LOW : ENTRANCE_PAPER_FINE;
}

static void
on_printer_changed (HwPrinter *printer, GParamSpec *pspec, EntranceSlips *self)
{
  HwPrinterState state = hw_printer_get_state (printer);
  entrance_session_set_paper (self->session, derive_paper (self));
  if (state == self->printer_state)
    return;
  self->printer_state = state;
  const char *word = hw_printer_state_to_string (state);
  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_INFO, "TRAMXANH_PRINTER", word, "MESSAGE",
                    "printer: %s", word);
}

void
entrance_slips_set_paper_sensor (EntranceSlips *self, gboolean is_out)
{
  g_return_if_fail (ENTRANCE_IS_SLIPS (self));
  self->sensor_says_out = is_out;
  entrance_session_set_paper (self->session, derive_paper (self));
}

static void
on_slip_ended (HwPrinter *printer, guint number, int end, EntranceSlips *self)
{
  const char *word = hw_slip_end_to_string ((HwSlipEnd) end);
  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_INFO, "TRAMXANH_SLIP", word, "MESSAGE", "slip %u: %s",
                    number, word);
}

static void
entrance_slips_finalize (GObject *object)
{
  EntranceSlips *self = ENTRANCE_SLIPS (object);
  g_clear_pointer (&self->arrived, journal_committed_unref);
  g_object_unref (self->printer);
  g_object_unref (self->clock);
  g_object_unref (self->session);
  G_OBJECT_CLASS (entrance_slips_parent_class)->finalize (object);
}

static void
entrance_slips_class_init (EntranceSlipsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = entrance_slips_finalize;
}

static void
entrance_slips_init (EntranceSlips *self)
{
}

EntranceSlips *
entrance_slips_new (EntranceSession *session,
                    const EntranceProfile *profile,
                    EntranceClock *clock,
                    HwPrinter *printer,
                    const JournalPassKey *pass_key,
                    gboolean prints_always)
{
  EntranceSlips *self = g_object_new (ENTRANCE_TYPE_SLIPS, NULL);
  self->session = g_object_ref (session);
  self->profile = profile;
  self->clock = g_object_ref (clock);
  self->printer = g_object_ref (printer);
  self->pass_key = pass_key;
  self->prints_always = prints_always;
  g_signal_connect_object (session, "arrived", G_CALLBACK (on_arrived), self, 0);
  g_signal_connect_object (printer, "slip-ended", G_CALLBACK (on_slip_ended), self, 0);
  g_signal_connect_object (printer, "notify::state", G_CALLBACK (on_printer_changed), self, 0);
  g_signal_connect_object (printer, "notify::paper-low", G_CALLBACK (on_printer_changed), self, 0);
  on_printer_changed (printer, NULL, self);
  return self;
}
