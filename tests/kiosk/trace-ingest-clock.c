// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/kiosk/trace-ingest-clock.h"

#include <string.h>

#include "tests/kiosk/trace-ingest-fixture.h"

#define AN   "cccd:079190000001"
#define BA   "cccd:079190000002"
#define HOUR (60 * MINUTE)
#define OF(column)                                                                                 \
  "SELECT " column " FROM stay WHERE subject = (SELECT id FROM subject WHERE key = $1)"

// What a clock that was never set says, or the right time.
static JournalStamp
stamp_of (guint8 boot, gint64 begin_ms, gint64 after_ms, gboolean is_set)
{
  return is_set ? test_stamp (boot, begin_ms, after_ms, SYNCED)
                : test_stamp (boot, 0, after_ms, JOURNAL_CLOCK_UNSET);
}

// The first boot of all, and the clock is set when the records have long been sent.
static void
test_waits_for_the_time (Core *core, gconstpointer unused)
{
  JournalStamp at[] = { stamp_of (1, BEGIN_MS, 0, FALSE),
                        stamp_of (1, BEGIN_MS, 10 * MINUTE, FALSE),
                        stamp_of (1, BEGIN_MS, 40 * MINUTE, FALSE),
                        stamp_of (1, BEGIN_MS, 50 * MINUTE, TRUE) };
  g_autoptr (TestKiosk) kiosk =
      test_kiosk_new (5, 1, trace_keys_get_ingest_key (core->keys), &at[0]);
  core_admit (core, kiosk, "v5");
  guint64 visit = test_kiosk_arrive (kiosk, &at[1], AN);
  test_kiosk_leave (kiosk, &at[2], visit);
  g_assert_cmpuint (core_send (core, kiosk, 1, 3).n_quarantined, ==, 2);
  g_assert_cmpint (core_ask (core, "SELECT count (*) FROM stay"), ==, 0);

  test_kiosk_fix (kiosk, &at[3], 30);
  g_assert_cmpuint (core_send (core, kiosk, 4, 4).n_quarantined, ==, 0);
  g_assert_cmpint (core_ask (core, "SELECT count (*) FROM quarantine"), ==, 0);
  g_assert_cmpint (core_ask_of (core, OF ("arrived_s"), AN), ==, BEGIN_MS / 1000 + 600);
  g_assert_cmpint (core_ask_of (core, OF ("length_s"), AN), ==, 1800);
  g_assert_cmpint (core_ask_of (core, OF ("slack_s"), AN), <=, 2);
}

// T56: records of a boot without a clock lie somewhere; later the kiosk learns the time.
static void
test_amends_what_it_took (Core *core, gconstpointer unused)
{
  gint64 begin_ms = BEGIN_MS + 5 * HOUR;
  JournalStamp known = core_stamp (HOUR);
  JournalStamp at[] = { stamp_of (2, begin_ms, MINUTE, FALSE),
                        stamp_of (2, begin_ms, 31 * MINUTE, FALSE),
                        stamp_of (2, begin_ms, 40 * MINUTE, TRUE) };
  JournalBeacon beacon = { .last_ms = 60000, .n_sightings = 3 };
  beacon.beacon.kind = CT_BEACON_BLUEZONE;
  g_assert_true (ct_beacon_set_id (&beacon.beacon, (const guint8 *) "abcdefghijkl", 12));
  test_kiosk_arrive (core->kiosk, &known, BA);
  guint64 visit = test_kiosk_arrive (core->kiosk, &at[0], AN);
  guint64 still = test_kiosk_arrive (core->kiosk, &at[0], BA);
  test_kiosk_hear (core->kiosk, &at[1], at[1].wall_ms - 300000, &beacon, 1);
  test_kiosk_miss (core->kiosk, &at[0], &at[1]);
  test_kiosk_leave (core->kiosk, &at[1], visit);
  g_assert_cmpuint (core_send (core, core->kiosk, 1, core->kiosk->seq).n_quarantined, ==, 0);

  gint64 slack_s = core_ask_of (core, OF ("slack_s"), AN);
  gint64 arrived_s = core_ask_of (core, OF ("arrived_s"), AN);
  g_assert_cmpint (slack_s, >, 10 * 3600); // between an hour and a day
  g_assert_cmpint (arrived_s - slack_s, <=, (begin_ms + MINUTE) / 1000);
  g_assert_cmpint (arrived_s + slack_s, >=, (begin_ms + MINUTE) / 1000);
  g_assert_cmpint (core_ask (core, "SELECT count (*) FROM unclear"), ==, 4);

  test_kiosk_fix (core->kiosk, &at[2], 30);
  core_send (core, core->kiosk, core->kiosk->seq, core->kiosk->seq);
  g_assert_cmpint (core_ask (core, "SELECT count (*) FROM unclear"), ==, 0);
  g_assert_cmpint (core_ask (core, "SELECT count (*) FROM amendment"), ==, 4);
  g_assert_cmpint (core_ask (core, "SELECT min (was_slack_s) FROM amendment"), >, 9 * 3600);
  g_assert_cmpint (core_ask_of (core, OF ("arrived_s"), AN), ==, (begin_ms + MINUTE) / 1000);
  g_assert_cmpint (core_ask_of (core, OF ("length_s"), AN), ==, 1800);
  g_assert_cmpint (core_ask_of (core, OF ("slack_s"), AN), <=, 2);
  const char *phone = "beacon:bluezone:6162636465666768696a6b6c";
  g_assert_cmpint (core_ask_of (core, OF ("arrived_s"), phone), ==,
                   (begin_ms + 26 * MINUTE) / 1000);
  g_assert_cmpint (core_ask_of (core, OF ("length_s"), phone), ==, 60);
  g_assert_cmpint (core_ask (core, "SELECT from_s FROM gap"), ==, (begin_ms + MINUTE) / 1000);
  g_assert_cmpint (core_ask (core, "SELECT slack_s FROM gap"), <=, 2);

  // Who is still inside can leave.
  JournalStamp later = stamp_of (2, begin_ms, 50 * MINUTE, TRUE);
  test_kiosk_leave (core->kiosk, &later, still);
  g_assert_cmpuint (core_send (core, core->kiosk, core->kiosk->seq, core->kiosk->seq).n_quarantined,
                    ==, 0);
  g_assert_cmpint (core_ask_of (core, OF ("max (length_s)"), BA), ==, 49 * 60);
  g_assert_cmpint (core_ask (core, "SELECT count (*) FROM open_visit"), ==, 1);
}

// T04, T07: a boot that never learnt the time lies between its neighbours.
static void
test_places_between_neighbours (Core *core, gconstpointer unused)
{
  gint64 begin_ms = BEGIN_MS + 5 * HOUR;
  JournalStamp known = core_stamp (4 * HOUR), lost = stamp_of (2, begin_ms, MINUTE, FALSE);
  JournalStamp next = stamp_of (3, begin_ms + 2 * HOUR, MINUTE, TRUE);
  test_kiosk_arrive (core->kiosk, &known, BA);
  test_kiosk_arrive (core->kiosk, &lost, AN);
  core_send (core, core->kiosk, 1, core->kiosk->seq);
  test_kiosk_arrive (core->kiosk, &next, BA);
  core_send (core, core->kiosk, core->kiosk->seq, core->kiosk->seq);
  gint64 slack_s = core_ask_of (core, OF ("slack_s"), AN);
  gint64 arrived_s = core_ask_of (core, OF ("arrived_s"), AN);
  g_assert_cmpint (arrived_s - slack_s, >=, (BEGIN_MS + 4 * HOUR) / 1000 - 5);
  g_assert_cmpint (arrived_s + slack_s, <=, (begin_ms + 2 * HOUR) / 1000 + 5);
  g_assert_cmpint (core_ask (core, "SELECT count (*) FROM unclear"), ==, 0);
}

#define N_HISTORIES 60
#define N_BOOTS     5
#define N_EVENTS    4

// Whatever a kiosk knows of the time, and in whatever pieces it tells: people were there within
// what the core says.
static void
test_holds_the_true_time (Core *core, gconstpointer unused)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (64);
  guint n_placed = 0, n_wide = 0;
  for (guint8 history = 0; history < N_HISTORIES; history++) {
    gint64 now_ms = BEGIN_MS, times_ms[N_BOOTS * N_EVENTS];
    JournalStamp first = core_stamp (0);
    g_autoptr (TestKiosk) kiosk = test_kiosk_new ((guint8) (100 + history), 1,
                                                  trace_keys_get_ingest_key (core->keys), &first);
    core_admit (core, kiosk, "v");
    for (guint8 boot = 0; boot < N_BOOTS; boot++) {
      gint64 begin_ms = boot == 0 ? BEGIN_MS : now_ms + g_rand_int_range (rand, 60, 7200) * 1000;
      gboolean is_set = boot == 0;
      now_ms = boot == 0 ? BEGIN_MS : begin_ms;
      for (guint e = 0; e < N_EVENTS; e++) {
        now_ms += g_rand_int_range (rand, 1, 1800) * 1000;
        is_set = is_set || g_rand_int_range (rand, 0, 12) == 0;
        JournalStamp at = stamp_of (boot + 1, begin_ms, now_ms - begin_ms, is_set);
        g_autofree char *who = g_strdup_printf ("code:%u-%u", history, boot * N_EVENTS + e);
        test_kiosk_arrive (kiosk, &at, who);
        times_ms[boot * N_EVENTS + e] = now_ms;
      }
    }
    core->now_ms = now_ms + MINUTE;
    for (guint64 sent = 0; sent < kiosk->seq;) {
      guint64 n = (guint64) g_rand_int_range (rand, 1, 9), last = MIN (kiosk->seq, sent + n);
      g_assert_cmpuint (core_send (core, kiosk, sent + 1, last).n_quarantined, ==, 0);
      sent = last;
      for (guint i = 0; i + 1 < sent; i++, n_placed++) {
        g_autofree char *who = g_strdup_printf ("code:%u-%u", history, i);
        gint64 arrived_s = core_ask_of (core, OF ("arrived_s"), who);
        gint64 slack_s = core_ask_of (core, OF ("slack_s"), who);
        n_wide += slack_s > 60;
        g_assert_cmpint (arrived_s - slack_s, <=, times_ms[i] / 1000);
        g_assert_cmpint (arrived_s + slack_s, >=, times_ms[i] / 1000);
      }
    }
  }
  g_test_message ("%u placed, %u of them wide", n_placed, n_wide);
  g_assert_cmpuint (n_wide, >, 100);
  g_assert_cmpuint (n_wide, <, n_placed);
}

void
trace_ingest_clock_add (const char *engine, TraceMakeUri make_uri, gpointer user_data)
{
  static const struct {
    const char *name;
    void (*run) (Core *core, gconstpointer user_data);
  } cases[] = {
    { "waits-for-the-time", test_waits_for_the_time },
    { "amends-what-it-took", test_amends_what_it_took },
    { "places-between-neighbours", test_places_between_neighbours },
    { "holds-the-true-time", test_holds_the_true_time },
  };
  CoreEngine *data = g_new (CoreEngine, 1); // lives as long as the program
  *data = (CoreEngine){ make_uri, user_data };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/trace/ingest-clock/%s/%s", engine, cases[i].name);
    g_test_add (path, Core, data, core_set_up, cases[i].run, core_tear_down);
  }
}
