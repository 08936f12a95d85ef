// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Each phone speaks several languages of beacons at once, so of the kinds the largest counts.

#include "kiosk/ctl/ctl-hours.h"

#include <string.h>

#include "kiosk/ctl/ctl-json.h"
#include "kiosk/journal/journal-presence.h"

#define HOUR_MS 3600000

typedef struct {
  gint64 hour; // since 1970
  guint n_codes;
  guint n_phones;
} Hour;

struct _CtlHours {
  GArray *hours; // of Hour, in the order of the journal
};

CtlHours *
ctl_hours_new (void)
{
  CtlHours *self = g_new0 (CtlHours, 1);
  self->hours = g_array_new (FALSE, TRUE, sizeof (Hour));
  return self;
}

void
ctl_hours_free (CtlHours *self)
{
  g_array_unref (self->hours);
  g_free (self);
}

static Hour *
find_hour (CtlHours *self, gint64 wall_ms)
{
  Hour hour = { .hour = wall_ms / HOUR_MS };
  for (guint i = self->hours->len; i-- > 0;)
    if (g_array_index (self->hours, Hour, i).hour == hour.hour)
      return &g_array_index (self->hours, Hour, i);
  g_array_append_val (self->hours, hour);
  return &g_array_index (self->hours, Hour, self->hours->len - 1);
}

static guint
count_phones (const JournalWindow *window)
{
  guint n_phones = 0;
  for (guint kind = CT_BEACON_BLUEZONE; kind <= CT_BEACON_BLUETRACE; kind++) {
    guint32 count_be = 0;
    memcpy (&count_be, window->counts.data + 4 * kind, sizeof count_be);
    n_phones = MAX (n_phones, GUINT32_FROM_BE (count_be));
  }
  return n_phones;
}

void
ctl_hours_take (CtlHours *self, const JournalRecord *record)
{
  JournalBody body;
  if (record->stamp.quality == JOURNAL_CLOCK_UNSET || record->body.data == NULL ||
      !journal_record_read (record->kind, record->body.data, record->body.len, &body))
    return;
  if (body.kind == JOURNAL_KIND_VISIT_OPEN) {
    find_hour (self, record->stamp.wall_ms)->n_codes++;
  } else if (body.kind == JOURNAL_KIND_PRESENCE_WINDOW) {
    Hour *hour = find_hour (self, (gint64) body.window.start_wall_ms);
    hour->n_phones = MAX (hour->n_phones, count_phones (&body.window));
  }
}

void
ctl_hours_print (CtlHours *self, gboolean as_json, GString *text)
{
  for (guint i = 0; i < self->hours->len; i++) {
    const Hour *hour = &g_array_index (self->hours, Hour, i);
    g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (hour->hour * HOUR_MS / 1000);
    g_autofree char *name =
        time != NULL ? g_date_time_format (time, "%Y-%m-%dT%HZ") : g_strdup ("-");
    guint percent = hour->n_phones > 0 ? hour->n_codes * 100 / hour->n_phones : 100;
    if (as_json) {
      ctl_json_open_object (text, NULL);
      ctl_json_add_text (text, "hour", name);
      ctl_json_add_integer (text, "codes", hour->n_codes);
      ctl_json_add_integer (text, "phones", hour->n_phones);
      ctl_json_add_integer (text, "percent", percent);
      ctl_json_close_object (text);
      g_string_append_c (text, '\n');
    } else {
      g_string_append_printf (text, "%s  codes %5u  phones %5u  %u %%\n", name, hour->n_codes,
                              hour->n_phones, percent);
    }
  }
}
