// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Each phone speaks several languages of beacons at once, so of the kinds the largest counts. A
// journal of a kiosk that did not count arrivals yet has no phones.

#include "kiosk/ctl/ctl-hours.h"

#include <string.h>

#include "kiosk/ctl/ctl-json.h"
#include "kiosk/journal/journal-presence.h"

#define HOUR_MS 3600000

static const char meaning[] =
    "codes: visits that began with a code, in percent of the phones. phones: those that came near\n"
    "and can be heard; one that is carried past or comes back counts, who has none does not. So "
    "the\n"
    "percentage compares the hours of one entrance, and is not the share of people who checked "
    "in.\n";

typedef struct {
  gint64 hour; // since 1970
  guint n_codes;
  guint n_arrived[CT_BEACON_N_KINDS];
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

static void
add_arrivals (Hour *hour, const JournalBytes *arrivals)
{
  for (guint kind = 0; arrivals->data != NULL && kind < CT_BEACON_N_KINDS; kind++) {
    guint32 count_be = 0;
    memcpy (&count_be, arrivals->data + 4 * kind, sizeof count_be);
    hour->n_arrived[kind] += GUINT32_FROM_BE (count_be);
  }
}

static guint
count_phones (const Hour *hour)
{
  guint n_phones[CT_BEACON_N_KINDS] = { 0 }, most = 0;
  for (enum ct_beacon_kind kind = CT_BEACON_BLUEZONE; kind <= CT_BEACON_BLUETRACE; kind++) {
    guint *n_of_family = &n_phones[ct_beacon_family (kind)];
    *n_of_family += hour->n_arrived[kind];
    most = MAX (most, *n_of_family);
  }
  return most;
}

void
ctl_hours_take (CtlHours *self, const JournalRecord *record)
{
  JournalBody body;
  if (record->stamp.quality == JOURNAL_CLOCK_UNSET || record->body.data == NULL ||
      !journal_record_read (record->kind, record->body.data, record->body.len, &body))
    return;
  if (body.kind == JOURNAL_KIND_VISIT_OPEN && body.visit_open.evidence == JOURNAL_EVIDENCE_QR)
    find_hour (self, record->stamp.wall_ms)->n_codes++;
  else if (body.kind == JOURNAL_KIND_PRESENCE_WINDOW)
    add_arrivals (find_hour (self, (gint64) body.window.start_wall_ms), &body.window.arrivals);
}

// @percent: -1: of nothing.
static void
print_json (const Hour *hour, const char *name, int percent, GString *text)
{
  ctl_json_open_object (text, NULL);
  ctl_json_add_text (text, "hour", name);
  ctl_json_add_integer (text, "codes", hour->n_codes);
  ctl_json_add_integer (text, "phones", count_phones (hour));
  if (percent >= 0)
    ctl_json_add_integer (text, "percent", percent);
  else
    ctl_json_add_text (text, "percent", NULL);
  ctl_json_close_object (text);
  g_string_append_c (text, '\n');
}

static void
print_text (const Hour *hour, const char *name, int percent, GString *text)
{
  g_string_append_printf (text, "%s  codes %5u  phones %5u  ", name, hour->n_codes,
                          count_phones (hour));
  if (percent >= 0)
    g_string_append_printf (text, "%d %%\n", percent);
  else
    g_string_append (text, "-\n");
}

void
ctl_hours_print (CtlHours *self, gboolean as_json, GString *text)
{
  for (guint i = 0; i < self->hours->len; i++) {
    const Hour *hour = &g_array_index (self->hours, Hour, i);
    guint n_phones = count_phones (hour);
    g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (hour->hour * HOUR_MS / 1000);
    g_autofree char *name =
        time != NULL ? g_date_time_format (time, "%Y-%m-%dT%HZ") : g_strdup ("-");
    int percent = n_phones > 0 ? (int) ((guint64) hour->n_codes * 100 / n_phones) : -1;
    (as_json ? print_json : print_text) (hour, name, percent, text);
  }
  if (!as_json && self->hours->len > 0)
    g_string_append (text, meaning);
}
