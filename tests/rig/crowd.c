// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/rig/crowd.h"

#include "kiosk/journal/journal-presence.h"
#include "kiosk/journal/journal-verify.h"

#define N_WINDOWS 16
#define N_PASSERS 200
#define N_QUEUE   30
#define PERIOD_MS 500
#define BURST_MS  15000 // of 30 s
#define ENTER_MS  7000  // 5 s, an advert, and the way through kernel and bluetoothd
#define SLACK_MS  2000  // between the guest's clocks
#define ROUND_MS  1010  // of whoever has whole seconds
#define BUSY      0.01  // of the adverts any machine may miss
#define AIRED_MIN 0.5   // of them; with fewer nothing is proved
#define NEVER     G_MININT64

// An exposure notification, an iBeacon that nobody enrolled, and somebody's headphones.
#define N_STRANGERS 3
#define STRANGERS                                                                                  \
  "5A:00:00:00:00:01 random -60 4 500000 1 0 "                                                     \
  "03036FFD17166FFD000102030405060708090A0B0C0D0E0F10111213\n"                                     \
  "C0:00:00:00:FF:02 random -60 4 500000 1 0 "                                                     \
  "0201061AFF4C000215F7826DA64FA24E988024BC5B71E0893E00010002C5\n"                                 \
  "00:11:22:33:44:03 public -60 4 500000 1 0 02010606095461694E67\n"

// An identifier on the air.
typedef struct {
  guint from_ms;
  guint to_ms;
  int rssi_dbm;
  gboolean is_told[N_WINDOWS];
} Phone;

struct _Crowd {
  guint window_ms;
  guint span_ms;
  GArray *phones;  // of Phone; its number is in its identifier
  gint64 began_ms; // the air's begin, wall time
  gint64 first_ms; // the first window's begin
  gint64 began_us; // the air's, by this machine's monotonic clock
  guint n_aired;
};

static void
come (Crowd *self, GRand *random, guint from_ms, guint stay_ms)
{
  guint to_ms = MIN (from_ms + stay_ms, self->span_ms);
  guint change_ms = self->span_ms / 2; // of everybody's identifier
  Phone phone = { .from_ms = from_ms,
                  .to_ms = to_ms,
                  .rssi_dbm = -g_rand_int_range (random, 50, 80) };
  if (from_ms < change_ms && to_ms > change_ms) {
    phone.to_ms = change_ms;
    g_array_append_val (self->phones, phone);
    phone.from_ms = change_ms;
    phone.to_ms = to_ms;
  }
  g_array_append_val (self->phones, phone);
}

Crowd *
crowd_new (guint window_ms, guint span_ms)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (4);
  Crowd *self = g_new0 (Crowd, 1);
  self->window_ms = window_ms;
  self->span_ms = span_ms;
  self->phones = g_array_new (FALSE, FALSE, sizeof (Phone));
  for (guint i = 0; i < N_PASSERS; i++) {
    guint stay_ms = (guint) g_rand_int_range (random, (int) span_ms / 12, (int) span_ms / 3);
    come (self, random, (guint) g_rand_int_range (random, 0, (int) span_ms / 4 * 3), stay_ms);
  }
  for (guint i = 0; i < N_QUEUE; i++)
    come (self, random, span_ms / 4 + i * window_ms / 10, span_ms / 4);
  come (self, random, window_ms / 2, span_ms);
  return self;
}

void
crowd_free (Crowd *self)
{
  g_array_unref (self->phones);
  g_free (self);
}

guint
crowd_count_phones (const Crowd *self)
{
  return self->phones->len;
}

gint64
crowd_get_begin_ms (const Crowd *self)
{
  return self->first_ms;
}

// (transfer full)
static char *
write_air (const Crowd *self)
{
  g_autoptr (GString) air = g_string_new (STRANGERS);
  for (guint i = 0; i < self->phones->len; i++) {
    const Phone *phone = &g_array_index (self->phones, Phone, i);
    g_string_append_printf (air,
                            "C0:00:00:00:%02X:%02X random %d 4 %u %u %u "
                            "0201020303564E0FFFB522" CROWD_ID "%04X %u %u\n",
                            i >> 8, i & 255, phone->rssi_dbm, PERIOD_MS * 1000, BURST_MS, BURST_MS,
                            i, phone->from_ms, phone->to_ms);
  }
  return g_string_free (g_steal_pointer (&air), FALSE);
}

// The guest's wall clock.
static gint64
read_clock_ms (Rig *rig)
{
  int status = -1;
  g_autofree char *text = rig_run (rig, "date +%s%3N", &status);
  g_assert_cmpint (status, ==, 0);
  return g_ascii_strtoll (text, NULL, 10);
}

void
crowd_comes (Crowd *self, Rig *rig)
{
  g_autofree char *air = write_air (self);
  gint64 before_ms = read_clock_ms (rig);
  self->began_us = g_get_monotonic_time ();
  rig_air_is (rig, air);
  self->began_ms = (before_ms + read_clock_ms (rig)) / 2;
  self->first_ms = self->began_ms / self->window_ms * self->window_ms;
}

void
crowd_passes (Crowd *self, Rig *rig, double share)
{
  double length_us = (self->span_ms + self->window_ms) * 1000.0;
  gint64 left_us = self->began_us + (gint64) (share * length_us) - g_get_monotonic_time ();
  guint n_reported = 0;
  rig_wait (rig, (guint) (MAX (0, left_us) / 1000));
  self->n_aired = rig_count_aired (rig, &n_reported);
}

typedef struct {
  const Crowd *crowd;
  JournalOrigin origin;
  CrowdUnseal unseal;
  gpointer user_data;
  GArray *heard; // of CrowdHeard
} Reading;

static void
take_beacon (Reading *reading, const JournalBeacon *beacon, CrowdHeard heard)
{
  const guint8 *id = beacon->beacon.id;
  heard.number = (guint) id[10] << 8 | id[11];
  heard.first_ms += beacon->first_ms;
  heard.last_ms += beacon->last_ms;
  g_assert_cmpint (beacon->beacon.kind, ==, CT_BEACON_BLUEZONE);
  g_assert_cmpuint (heard.number, <, reading->crowd->phones->len);
  g_array_append_val (reading->heard, heard);
}

static gboolean
on_record (const JournalRecord *record, gpointer user_data, GError **error)
{
  Reading *reading = user_data;
  JournalBody body;
  if (record->kind != JOURNAL_KIND_PRESENCE_WINDOW)
    return TRUE;
  g_assert_true (journal_record_read (record->kind, record->body.data, record->body.len, &body));
  if (body.window.beacons.data == NULL)
    return TRUE;
  g_autoptr (GBytes) content =
      reading->unseal (&reading->origin, record->seq, &body.window.beacons, reading->user_data);
  g_assert_nonnull (content);
  g_autoptr (GArray) beacons = journal_presence_read_box (content);
  gint64 start_ms = (gint64) body.window.start_wall_ms;
  for (guint i = 0; i < beacons->len; i++) {
    CrowdHeard heard = { record->seq, i, 0, start_ms, start_ms };
    take_beacon (reading, &g_array_index (beacons, JournalBeacon, i), heard);
  }
  return TRUE;
}

GArray *
crowd_read_journal (const Crowd *self,
                    const char *state_dir,
                    CrowdUnseal unseal,
                    gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_auto (JournalAudit) audit, again;
  Reading reading = { .crowd = self, .unseal = unseal, .user_data = user_data };
  journal_audit_init (&audit);
  journal_audit_init (&again);
  g_assert_true (journal_verify (state_dir, &audit, &error));
  reading.origin = audit.origin;
  reading.heard = g_array_new (FALSE, FALSE, sizeof (CrowdHeard));
  g_assert_true (journal_verify_each (state_dir, &again, on_record, &reading, &error));
  g_assert_no_error (error);
  return reading.heard;
}

// For how long it sends between these moments, ms of the script.
static gint64
sends_for (const Phone *phone, gint64 from_ms, gint64 to_ms)
{
  gint64 sum_ms = 0;
  for (gint64 burst_ms = phone->from_ms; burst_ms < phone->to_ms; burst_ms += 2 * BURST_MS) {
    gint64 end_ms = MIN (MIN (burst_ms + BURST_MS, phone->to_ms), to_ms);
    sum_ms += MAX (0, end_ms - MAX (burst_ms, from_ms));
  }
  return sum_ms;
}

// The end of the last time that it sent for so long; NEVER: it did not.
static gint64
find_last (const Phone *phone, gint64 least_ms)
{
  gint64 last_ms = NEVER;
  for (gint64 burst_ms = phone->from_ms; burst_ms < phone->to_ms; burst_ms += 2 * BURST_MS) {
    gint64 end_ms = MIN (burst_ms + BURST_MS, phone->to_ms);
    if (end_ms - burst_ms >= least_ms)
      last_ms = end_ms;
  }
  return last_ms;
}

// The share of the script that was on the air: a busy machine misses some.
static double
find_aired (const Crowd *self)
{
  double n_scripted = (double) N_STRANGERS * (self->span_ms + self->window_ms) / PERIOD_MS;
  for (guint i = 0; i < self->phones->len; i++) {
    const Phone *phone = &g_array_index (self->phones, Phone, i);
    n_scripted += (double) sends_for (phone, phone->from_ms, phone->to_ms) / PERIOD_MS;
  }
  return self->n_aired / n_scripted;
}

// @n of @n_all, as far as they were on the air at all.
static void
assert_found (const Crowd *self, guint n, guint n_all)
{
  double aired = find_aired (self);
  g_assert_cmpfloat (aired, >=, AIRED_MIN);
  g_assert_cmpfloat (n, >=, 0.99 * MIN (1, aired + BUSY) * n_all);
}

typedef enum { NOT_HEARD, MAY_BE, HEARD } Truth;

static Truth
truth_of (const Crowd *self, const Phone *phone, guint window)
{
  gint64 begin_ms = self->first_ms + (gint64) window * self->window_ms - self->began_ms;
  gint64 end_ms = begin_ms + self->window_ms;
  gint64 present_ms = MAX (begin_ms + SLACK_MS, (gint64) phone->from_ms + ENTER_MS);
  if (sends_for (phone, present_ms, end_ms - SLACK_MS) >= 2 * PERIOD_MS)
    return HEARD;
  return sends_for (phone, begin_ms - SLACK_MS, end_ms + SLACK_MS) > 0 ? MAY_BE : NOT_HEARD;
}

// Came and went within a window of when the script says; who may not have been heard may be
// missing.
static gboolean
is_timely (const Crowd *self, const Phone *phone)
{
  int first = -1, last = -1, true_first = -1, true_last = -1;
  gboolean is_certain = FALSE;
  for (int w = 0; w < N_WINDOWS; w++) {
    gboolean is_true = truth_of (self, phone, (guint) w) != NOT_HEARD;
    is_certain |= truth_of (self, phone, (guint) w) == HEARD;
    first = first < 0 && phone->is_told[w] ? w : first;
    last = phone->is_told[w] ? w : last;
    true_first = true_first < 0 && is_true ? w : true_first;
    true_last = is_true ? w : true_last;
  }
  if (first < 0)
    return !is_certain;
  return ABS (first - true_first) <= 1 && ABS (last - true_last) <= 1;
}

// In the window of its middle: windows end a moment after they should.
static void
mark_windows (Crowd *self, const GArray *heard)
{
  for (guint i = 0; i < heard->len; i++) {
    const CrowdHeard *one = &g_array_index (heard, CrowdHeard, i);
    gint64 window = ((one->first_ms + one->last_ms) / 2 - self->first_ms) / self->window_ms;
    g_assert_cmpint (one->first_ms, >=, self->first_ms);
    g_assert_cmpint (window, <, N_WINDOWS);
    g_array_index (self->phones, Phone, one->number).is_told[window] = TRUE;
  }
}

void
crowd_compare_windows (Crowd *self, const GArray *heard)
{
  guint n_heard = 0, n_found = 0, n_told = 0, n_right = 0, n_timely = 0;
  mark_windows (self, heard);
  for (guint i = 0; i < self->phones->len; i++) {
    const Phone *phone = &g_array_index (self->phones, Phone, i);
    n_timely += is_timely (self, phone);
    for (guint w = 0; w < N_WINDOWS; w++) {
      Truth truth = truth_of (self, phone, w);
      n_heard += truth == HEARD;
      n_found += truth == HEARD && phone->is_told[w];
      n_told += phone->is_told[w];
      n_right += phone->is_told[w] && truth != NOT_HEARD;
    }
  }
  g_test_message ("identifiers %u, timely %u; windows: true %u, found %u; told %u, right %u; "
                  "aired %.4f",
                  self->phones->len, n_timely, n_heard, n_found, n_told, n_right,
                  find_aired (self));
  g_assert_cmpuint (n_heard, >=, 200); // the script is worth it
  assert_found (self, n_found, n_heard);
  g_assert_cmpuint (100 * n_right, >=, 99 * n_told);
  assert_found (self, n_timely, self->phones->len);
}

// When it sent for a moment only at last, that may not have been heard.
static gboolean
is_stay_timely (const Crowd *self, const CrowdHeard *stay)
{
  const Phone *phone = &g_array_index (self->phones, Phone, stay->number);
  gint64 near_ms = self->window_ms + ROUND_MS;
  gint64 arrived_ms = stay->first_ms - self->began_ms;
  gint64 left_ms = stay->last_ms - self->began_ms;
  gint64 least_ms = MAX ((gint64) phone->from_ms, find_last (phone, 2 * PERIOD_MS));
  return ABS (arrived_ms - phone->from_ms) <= near_ms && left_ms >= least_ms - near_ms &&
         left_ms <= find_last (phone, 0) + near_ms;
}

void
crowd_compare_stays (const Crowd *self, const GArray *stays)
{
  guint n_true = 0, n_found = 0, n_right = 0;
  g_autofree gboolean *is_told = g_new0 (gboolean, self->phones->len);
  g_autofree gboolean *is_right = g_new0 (gboolean, self->phones->len);
  for (guint i = 0; i < stays->len; i++) {
    const CrowdHeard *stay = &g_array_index (stays, CrowdHeard, i);
    g_assert_false (is_told[stay->number]);
    is_told[stay->number] = TRUE;
    is_right[stay->number] = is_stay_timely (self, stay);
    n_right += is_right[stay->number];
  }
  for (guint i = 0; i < self->phones->len; i++) {
    const Phone *phone = &g_array_index (self->phones, Phone, i);
    gint64 present_ms = (gint64) phone->from_ms + ENTER_MS;
    gboolean is_true = sends_for (phone, present_ms, phone->to_ms) >= 2 * PERIOD_MS;
    n_true += is_true;
    n_found += is_true && is_right[i];
  }
  g_test_message ("stays: true %u, found %u; told %u, right %u", n_true, n_found, stays->len,
                  n_right);
  g_assert_cmpuint (n_true, >=, 200);
  assert_found (self, n_found, n_true);
  g_assert_cmpuint (100 * n_right, >=, 99 * stays->len);
}
