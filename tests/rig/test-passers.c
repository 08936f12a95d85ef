// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// People walk past, queue, and stay: who was there when is a script, and what the real kiosk's
// journal says of it, opened with its recovery key, is compared with the script. Time is shorter
// than in life: windows of 20 s, one change of identifiers.

#include <string.h>

#include "kiosk/journal/journal-keys.h"
#include "kiosk/journal/journal-presence.h"
#include "kiosk/journal/journal-record.h"
#include "kiosk/journal/journal-seal.h"
#include "kiosk/journal/journal-verify.h"
#include "tests/rig/rig.h"

#define READY_MS  60000
#define WINDOW_MS 20000
#define N_WINDOWS 16
#define N_PASSERS 200
#define N_QUEUE   30
#define CHANGE_MS 120000 // everybody's identifier
#define SPAN_MS   240000
#define PERIOD_MS 500
#define BURST_MS  15000 // of 30 s
#define ENTER_MS  7000  // 5 s, an advert, and the way through kernel and bluetoothd
#define SLACK_MS  2000  // between the guest's clocks
#define KIOSK     RIG_PANEL "[radio]\nsource = bluez:\nwindow-s = 20\n"

// An identifier on the air.
typedef struct {
  guint from_ms;
  guint to_ms;
  int rssi_dbm;
  gboolean is_told[N_WINDOWS];
} Phone;

typedef struct {
  GArray *phones;   // of Phone; its number is in its identifier
  gint64 began_ms;  // the air's begin, wall time
  gint64 window_ms; // the first window's begin
  char *state_dir;
  JournalKeys *keys;
  guint8 secrets[2][JOURNAL_KEY_SIZE];
  JournalOrigin origin;
} Morning;

static void
come (Morning *morning, GRand *random, guint from_ms, guint stay_ms)
{
  guint to_ms = MIN (from_ms + stay_ms, SPAN_MS);
  Phone phone = { .from_ms = from_ms,
                  .to_ms = to_ms,
                  .rssi_dbm = -g_rand_int_range (random, 50, 80) };
  if (from_ms < CHANGE_MS && to_ms > CHANGE_MS) {
    phone.to_ms = CHANGE_MS;
    g_array_append_val (morning->phones, phone);
    phone.from_ms = CHANGE_MS;
    phone.to_ms = to_ms;
  }
  g_array_append_val (morning->phones, phone);
}

static void
write_script (Morning *morning)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (4);
  morning->phones = g_array_new (FALSE, FALSE, sizeof (Phone));
  for (guint i = 0; i < N_PASSERS; i++)
    come (morning, random, (guint) g_rand_int_range (random, 0, SPAN_MS - 60000),
          (guint) g_rand_int_range (random, 20000, 80000));
  for (guint i = 0; i < N_QUEUE; i++)
    come (morning, random, 60000 + i * 2000, 60000);
  come (morning, random, 10000, SPAN_MS);
}

// (transfer full)
static char *
write_air (const Morning *morning)
{
  g_autoptr (GString) air = g_string_new (NULL);
  for (guint i = 0; i < morning->phones->len; i++) {
    const Phone *phone = &g_array_index (morning->phones, Phone, i);
    g_string_append_printf (air,
                            "C0:00:00:00:%02X:%02X random %d 4 %u %u %u "
                            "0201020303564E0FFFB522B9A665D754FE65E665D7%04X %u %u\n",
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

static void
have_morning (Rig *rig, Morning *morning)
{
  g_autofree char *air = write_air (morning);
  rig_forget_disk (rig);
  rig_boot (rig);
  rig_plug (rig, "radio");
  rig_start_bluetooth (rig, "-E");
  rig_start_kiosk (rig, KIOSK, FALSE);
  rig_says (rig, "kiosk", "radio: hearing", READY_MS);
  gint64 before_ms = read_clock_ms (rig);
  rig_air_is (rig, air);
  morning->began_ms = (before_ms + read_clock_ms (rig)) / 2;
  morning->window_ms = morning->began_ms / WINDOW_MS * WINDOW_MS;
  rig_wait (rig, SPAN_MS + WINDOW_MS);
  rig_close_entrance (rig);
  int status = -1;
  g_free (rig_run (rig, "cp -a " RIG_STATE "/tramxanh /run/scratch/morning", &status));
  g_assert_cmpint (status, ==, 0);
  rig_shut_down (rig);
  morning->state_dir = rig_path (rig, "morning");
}

static void
take_beacon (Morning *morning, const JournalBeacon *beacon, gint64 start_ms)
{
  const guint8 *id = beacon->beacon.id;
  guint number = (guint) id[10] << 8 | id[11];
  gint64 window = (start_ms + WINDOW_MS / 2 - morning->window_ms) / WINDOW_MS;
  g_assert_cmpint (beacon->beacon.kind, ==, CT_BEACON_BLUEZONE);
  g_assert_cmpuint (number, <, morning->phones->len);
  g_assert_cmpint (window, >=, 0);
  g_assert_cmpint (window, <, N_WINDOWS);
  g_array_index (morning->phones, Phone, number).is_told[window] = TRUE;
}

static gboolean
on_record (const JournalRecord *record, gpointer user_data, GError **error)
{
  Morning *morning = user_data;
  JournalBody body;
  if (record->kind != JOURNAL_KIND_PRESENCE_WINDOW)
    return TRUE;
  g_assert_true (journal_record_read (record->kind, record->body.data, record->body.len, &body));
  if (body.window.beacons.data == NULL)
    return TRUE;
  g_autoptr (GBytes) content =
      journal_unseal (journal_keys_get_ingest_key (morning->keys), morning->secrets[0],
                      JOURNAL_SEAL_BEACONS, &morning->origin, record->seq, &body.window.beacons);
  g_assert_nonnull (content);
  g_autoptr (GArray) beacons = journal_presence_read_box (content);
  gint64 start_ms = body.window.start_wall_ms;
  for (guint i = 0; i < beacons->len; i++)
    take_beacon (morning, &g_array_index (beacons, JournalBeacon, i), start_ms);
  return TRUE;
}

static void
read_journal (Morning *morning)
{
  g_autoptr (GError) error = NULL;
  g_auto (JournalAudit) audit, again;
  g_autofree char *recovery = g_build_filename (morning->state_dir, "keys", "recovery.key", NULL);
  journal_audit_init (&audit);
  journal_audit_init (&again);
  morning->keys = journal_keys_load (morning->state_dir, &error);
  g_assert_no_error (error);
  g_assert_true (journal_keys_read_recovery (recovery, morning->secrets, &error));
  g_assert_true (journal_verify (morning->state_dir, &audit, &error));
  morning->origin = audit.origin;
  g_assert_true (journal_verify_each (morning->state_dir, &again, on_record, morning, &error));
  g_assert_no_error (error);
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

typedef enum { NOT_HEARD, MAY_BE, HEARD } Truth;

static Truth
truth_of (const Morning *morning, const Phone *phone, guint window)
{
  gint64 begin_ms = morning->window_ms + (gint64) window * WINDOW_MS - morning->began_ms;
  gint64 end_ms = begin_ms + WINDOW_MS;
  gint64 present_ms = MAX (begin_ms + SLACK_MS, (gint64) phone->from_ms + ENTER_MS);
  if (sends_for (phone, present_ms, end_ms - SLACK_MS) >= 2 * PERIOD_MS)
    return HEARD;
  return sends_for (phone, begin_ms - SLACK_MS, end_ms + SLACK_MS) > 0 ? MAY_BE : NOT_HEARD;
}

// Came and went within a window of when the script says; who may not have been heard may be
// missing.
static gboolean
is_timely (const Morning *morning, const Phone *phone)
{
  int first = -1, last = -1, true_first = -1, true_last = -1;
  gboolean is_certain = FALSE;
  for (int w = 0; w < N_WINDOWS; w++) {
    gboolean is_true = truth_of (morning, phone, (guint) w) != NOT_HEARD;
    is_certain |= truth_of (morning, phone, (guint) w) == HEARD;
    first = first < 0 && phone->is_told[w] ? w : first;
    last = phone->is_told[w] ? w : last;
    true_first = true_first < 0 && is_true ? w : true_first;
    true_last = is_true ? w : true_last;
  }
  if (first < 0)
    return !is_certain;
  return ABS (first - true_first) <= 1 && ABS (last - true_last) <= 1;
}

static void
compare (const Morning *morning)
{
  guint n_heard = 0, n_found = 0, n_told = 0, n_right = 0, n_timely = 0;
  for (guint i = 0; i < morning->phones->len; i++) {
    const Phone *phone = &g_array_index (morning->phones, Phone, i);
    n_timely += is_timely (morning, phone);
    for (guint w = 0; w < N_WINDOWS; w++) {
      Truth truth = truth_of (morning, phone, w);
      n_heard += truth == HEARD;
      n_found += truth == HEARD && phone->is_told[w];
      n_told += phone->is_told[w];
      n_right += phone->is_told[w] && truth != NOT_HEARD;
    }
  }
  g_test_message ("identifiers %u, timely %u; windows: true %u, found %u; told %u, right %u",
                  morning->phones->len, n_timely, n_heard, n_found, n_told, n_right);
  g_assert_cmpuint (n_heard, >=, 500); // the script is worth it
  g_assert_cmpuint (100 * n_found, >=, 99 * n_heard);
  g_assert_cmpuint (100 * n_right, >=, 99 * n_told);
  g_assert_cmpuint (100 * n_timely, >=, 99 * morning->phones->len);
}

static void
test_passers (Rig *rig)
{
  g_autofree Morning *morning = g_new0 (Morning, 1);
  write_script (morning);
  have_morning (rig, morning);
  read_journal (morning);
  compare (morning);
  g_array_unref (morning->phones);
  journal_keys_free (morning->keys);
  g_free (morning->state_dir);
}

int
main (int argc, char **argv)
{
  static const RigTest tests[] = {
    { "/rig/passers/the-journal-says-what-the-script-says", test_passers },
  };
  return rig_main (argc, argv, tests, G_N_ELEMENTS (tests));
}
