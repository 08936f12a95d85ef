// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the radio hears becomes windows, a number on the screen, and gaps.

#include "kiosk/entrance/entrance-presence.h"

#include <string.h>

#include "kiosk/core/ct-tag.h"
#include "kiosk/journal/journal-presence.h"
#include "tests/fakes/fake-radio.h"
#include "tests/kiosk/entrance-door.h"

#define WINDOW_S 300
#define N_BADGES 200
#define BADGE    88 // begins their identifiers
#define STAFF    2  // begins that of the one that the staff wear

typedef struct {
  Door *door;
  FakeRadio *radio;
  EntrancePresence *presence;
  EntrancePresenceOptions options;
} Fixture;

static const struct ct_beacon enrolled = { .kind = CT_BEACON_IBEACON,
                                           .id = { 1, 2, 3 },
                                           .id_len = 20 };

// Also an iBeacon, of which nobody knows.
static const struct ct_beacon combined = { .kind = CT_BEACON_EDDYSTONE_UID,
                                           .id = { 0xa0, 1, 2, 3 },
                                           .id_len = 16 };

static const struct ct_beacon reference = { .kind = CT_BEACON_IBEACON,
                                            .id = { 77, 2, 3 },
                                            .id_len = 20 };

static void
start (Fixture *fixture)
{
  fixture->presence =
      entrance_presence_new (fixture->door->session, ENTRANCE_CLOCK (fixture->door->clock),
                             HW_RADIO (fixture->radio), &fixture->options);
}

static void
set_up_with (Fixture *fixture, EntranceSecondScan second_scan, gconstpointer with_reference)
{
  GArray *tags = g_array_new (FALSE, FALSE, sizeof (struct ct_beacon));
  GArray *badges = g_array_new (FALSE, FALSE, sizeof (struct ct_beacon));
  for (guint8 i = 0; i < 5; i++) {
    struct ct_beacon tag = enrolled;
    tag.id[0] += i;
    g_array_append_val (tags, tag);
    if (tag.id[0] == STAFF)
      g_array_append_val (badges, tag);
  }
  g_array_append_val (tags, combined);
  for (guint8 i = 0; i < N_BADGES; i++)
    g_array_append_val (
        tags,
        ((struct ct_beacon){ .kind = CT_BEACON_IBEACON, .id = { BADGE, 2, 3, i }, .id_len = 20 }));
  fixture->door = door_new (second_scan);
  fixture->radio = fake_radio_new ();
  fixture->options = (EntrancePresenceOptions){ .window_s = WINDOW_S,
                                                .tap_dbm = -40,
                                                .tags = tags,
                                                .badges = badges,
                                                .reading = ENTRANCE_READING_QUIET_ONLY };
  if (with_reference != NULL)
    fixture->options.reference = reference;
  start (fixture);
}

static void
set_up (Fixture *fixture, gconstpointer with_reference)
{
  set_up_with (fixture, ENTRANCE_SECOND_SCAN_NOTICE, with_reference);
}

static void
set_up_check_out (Fixture *fixture, gconstpointer unused)
{
  set_up_with (fixture, ENTRANCE_SECOND_SCAN_CHECK_OUT, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_assert_finalize_object (fixture->presence);
  g_assert_finalize_object (fixture->radio);
  g_array_unref (fixture->options.tags);
  g_array_unref (fixture->options.badges);
  door_free (fixture->door);
}

static void
hear_phone (Fixture *fixture, guint8 number)
{
  const guint8 structures[] = { 3, 3, 0x56, 0x4e, 15, 0xff, 0xb5, 0x22, 0xb1, 0,
                                0, 0, 0,    0,    0,  0,    0,    0,    0,    number };
  fake_radio_hear (fixture->radio, structures, sizeof structures, number, -60);
}

static void
hear_tag_from (Fixture *fixture, guint8 first, guint8 address, int rssi_dbm)
{
  guint8 structures[27] = { 26, 0xff, 0x4c, 0, 2, 0x15, first, 2, 3 };
  fake_radio_hear (fixture->radio, structures, sizeof structures, address, rssi_dbm);
}

static void
hear_tag_at (Fixture *fixture, guint8 first, int rssi_dbm)
{
  hear_tag_from (fixture, first, 200, rssi_dbm);
}

static void
hear_tag (Fixture *fixture, guint8 first)
{
  hear_tag_at (fixture, first, -70);
}

static void
hear_badge (Fixture *fixture, guint8 number)
{
  const guint8 structures[27] = { 26, 0xff, 0x4c, 0, 2, 0x15, BADGE, 2, 3, number };
  fake_radio_hear (fixture->radio, structures, sizeof structures, number, -70);
}

static void
hear_watch (Fixture *fixture)
{
  const guint8 structures[] = { 2, 1, 6 };
  fake_radio_hear (fixture->radio, structures, sizeof structures, 201, -70);
}

// Seconds in which two phones, the enrolled tag, another tag and a watch are there.
static void
be_there (Fixture *fixture, guint seconds)
{
  for (guint i = 0; i < seconds; i++) {
    hear_phone (fixture, 1);
    hear_phone (fixture, 2);
    hear_tag (fixture, enrolled.id[0]);
    hear_tag (fixture, 99);
    hear_watch (fixture);
    door_wait (fixture->door, 1000);
  }
}

static const JournalPresence *
get_window (Fixture *fixture, guint i)
{
  GPtrArray *windows = fake_journal_get_windows (fixture->door->journal);
  g_assert_cmpuint (i, <, windows->len);
  return windows->pdata[i];
}

static void
test_windows (Fixture *fixture, gconstpointer unused)
{
  be_there (fixture, 20);
  g_assert_cmpuint (door_view (fixture->door)->people_near, ==, 2);
  g_assert_cmpint (door_view (fixture->door)->radio, ==, ENTRANCE_RADIO_FINE);
  door_wait (fixture->door, WINDOW_S * 1000); // the first one ends with the clock's five minutes
  be_there (fixture, WINDOW_S);
  g_assert_cmpuint (fake_journal_get_n_kept (fixture->door->journal), >=, 2 * (WINDOW_S / 30 - 1));
  const JournalPresence *first = get_window (fixture, 0);
  g_assert_true (first->is_cut); // the kiosk started in its middle
  g_assert_cmpuint (first->beacons->len, ==, 3);
  g_assert_cmpuint (first->n_present[CT_BEACON_BLUEZONE], ==, 2);
  g_assert_cmpuint (first->n_present[CT_BEACON_IBEACON], ==, 2); // the other one is counted only
  g_assert_cmpuint (first->n_present[CT_BEACON_NONE], ==, 1);
  g_assert_cmpuint (first->n_sightings, ==, 100);
  const JournalBeacon *beacon = &g_array_index (first->beacons, JournalBeacon, 0);
  g_assert_cmpuint (beacon->n_sightings, ==, 20);
  g_assert_cmpuint (beacon->first_ms, ==, 0);
  g_assert_cmpuint (beacon->last_ms, ==, 19000);
  g_assert_cmpint (beacon->zone, ==, CT_ZONE_NEAR);
  const JournalPresence *second = get_window (fixture, 1);
  g_assert_false (second->is_cut);
  g_assert_cmpint (second->start_wall_ms % (WINDOW_S * 1000), <, 1000); // aligned
  g_assert_cmpuint (second->heard_ms, ==, WINDOW_S * 1000);
}

// The clock is put forward by so much that its window is over.
static void
test_tells_when_a_window_began (Fixture *fixture, gconstpointer unused)
{
  be_there (fixture, 10);
  fake_clock_step (fixture->door->clock, 8 * 3600000);
  door_wait (fixture->door, 1000);
  const JournalPresence *window = get_window (fixture, 0);
  g_assert_cmpint (window->stamp.wall_ms - window->start_wall_ms, >, 8 * 3600000);
  gint64 open_ns = window->stamp.boottime_ns - window->start_boottime_ns;
  g_assert_cmpint (open_ns, >=, G_GINT64_CONSTANT (10000000000));
  g_assert_cmpint (open_ns, <=, G_GINT64_CONSTANT (12000000000));
}

static void
test_stops (Fixture *fixture, gconstpointer unused)
{
  be_there (fixture, 10);
  entrance_presence_stop (fixture->presence);
  const JournalPresence *window = get_window (fixture, 0);
  g_assert_true (window->is_cut);
  g_assert_cmpuint (window->beacons->len, ==, 3);
  entrance_presence_stop (fixture->presence); // once
  g_assert_cmpuint (fake_journal_get_windows (fixture->door->journal)->len, ==, 1);
  door_wait (fixture->door, 0);
}

static void
test_gaps (Fixture *fixture, gconstpointer unused)
{
  be_there (fixture, 10);
  door_wait (fixture->door, 45000);
  fake_radio_set_state (fixture->radio, HW_RADIO_DEAF);
  g_assert_cmpint (door_view (fixture->door)->radio, ==, ENTRANCE_RADIO_TROUBLE);
  g_assert_cmpuint (door_view (fixture->door)->people_near, ==, 0);
  door_wait (fixture->door, 10000);
  fake_radio_set_state (fixture->radio, HW_RADIO_HEARING);
  door_wait (fixture->door, 0);
  g_assert_cmpuint (fake_journal_get_n_gaps (fixture->door->journal), ==, 1);
  g_assert_cmpint (fake_journal_get_last_gap_ms (fixture->door->journal), ==, 56000); // since heard
  fake_radio_set_state (fixture->radio, HW_RADIO_MISSING);
  door_wait (fixture->door, 500);
  fake_radio_set_state (fixture->radio, HW_RADIO_OFF); // still the same gap
  door_wait (fixture->door, 500);
  fake_radio_set_state (fixture->radio, HW_RADIO_HEARING);
  door_wait (fixture->door, 0);
  g_assert_cmpuint (fake_journal_get_n_gaps (fixture->door->journal), ==, 2);
  g_assert_cmpint (fake_journal_get_last_gap_ms (fixture->door->journal), ==,
                   1000); // however short
}

static gint64
get_gap_ms (Fixture *fixture, guint i)
{
  return fake_journal_get_gap_ms (fixture->door->journal, i);
}

static guint
count_gaps (Fixture *fixture)
{
  door_wait (fixture->door, 0); // until the journal has answered
  return fake_journal_get_n_gaps (fixture->door->journal);
}

static void
rest (Fixture *fixture, guint ms)
{
  fake_radio_rest (fixture->radio, TRUE);
  door_wait (fixture->door, ms);
  g_assert_cmpint (door_view (fixture->door)->radio, ==, ENTRANCE_RADIO_FINE); // nobody is told
  fake_radio_rest (fixture->radio, FALSE);
}

// Each is a gap of its own, of its own length, and those of half a minute are one transaction. The
// window has heard for so much less.
static void
test_rests (Fixture *fixture, gconstpointer unused)
{
  be_there (fixture, 5);
  for (guint i = 0; i < 4; i++) {
    rest (fixture, 300 + i * 200);
    g_assert_cmpuint (door_view (fixture->door)->people_near, ==, i > 0 ? 2 : 0);
    be_there (fixture, 5);
  }
  be_there (fixture, 30);
  g_assert_cmpuint (count_gaps (fixture), ==, 4);
  g_assert_cmpuint (fake_journal_get_n_gap_commits (fixture->door->journal), <=, 2);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpint (get_gap_ms (fixture, i), ==, 300 + i * 200);
  entrance_presence_stop (fixture->presence);
  g_assert_cmpuint (get_window (fixture, 0)->heard_ms, ==, 55000);
  g_assert_cmpuint (count_gaps (fixture), ==, 4);
}

// It takes a while until the phone is connected to, and others are heard meanwhile.
static void
test_rest_moves (Fixture *fixture, gconstpointer unused)
{
  be_there (fixture, 5);
  for (guint i = 0; i < 20; i++) {
    fake_radio_rest (fixture->radio, TRUE);
    door_wait (fixture->door, 150);
  }
  fake_radio_rest (fixture->radio, FALSE);
  be_there (fixture, 40);
  g_assert_cmpuint (count_gaps (fixture), ==, 1);
  g_assert_cmpint (get_gap_ms (fixture, 0), ==, 150);
  entrance_presence_stop (fixture->presence);
  g_assert_cmpuint (get_window (fixture, 0)->heard_ms, ==, 45000 + 19 * 150);
}

// The phone does not answer, and then bluetoothd ends: one gap, since the phone was connected to.
static void
test_rest_gets_worse (Fixture *fixture, gconstpointer unused)
{
  be_there (fixture, 5);
  fake_radio_rest (fixture->radio, TRUE);
  door_wait (fixture->door, 4000);
  fake_radio_set_state (fixture->radio, HW_RADIO_MISSING);
  g_assert_cmpint (door_view (fixture->door)->radio, ==, ENTRANCE_RADIO_TROUBLE);
  door_wait (fixture->door, 3000);
  fake_radio_set_state (fixture->radio, HW_RADIO_HEARING);
  fake_radio_rest (fixture->radio, FALSE);
  g_assert_cmpuint (count_gaps (fixture), ==, 1); // at once
  be_there (fixture, 70);
  g_assert_cmpuint (count_gaps (fixture), ==, 1);
  g_assert_cmpint (get_gap_ms (fixture, 0), ==, 7000);
}

// The kiosk ends while a phone is connected to, and the radio goes on a little longer.
static void
test_stops_in_a_rest (Fixture *fixture, gconstpointer unused)
{
  be_there (fixture, 5);
  rest (fixture, 500);
  be_there (fixture, 1);
  fake_radio_rest (fixture->radio, TRUE);
  door_wait (fixture->door, 700);
  entrance_presence_stop (fixture->presence);
  fake_radio_rest (fixture->radio, FALSE);
  fake_radio_set_state (fixture->radio, HW_RADIO_MISSING);
  fake_radio_set_state (fixture->radio, HW_RADIO_HEARING);
  g_assert_cmpuint (count_gaps (fixture), ==, 2);
  g_assert_cmpint (get_gap_ms (fixture, 0), ==, 500);
  g_assert_cmpint (get_gap_ms (fixture, 1), ==, 700);
  g_assert_cmpuint (get_window (fixture, 0)->heard_ms, ==, 6000);
}

// A window ends meanwhile: the rest is whole, and each window has heard for what it did.
static void
test_rests_over_a_window (Fixture *fixture, gconstpointer unused)
{
  GPtrArray *windows = fake_journal_get_windows (fixture->door->journal);
  be_there (fixture, 5);
  while (windows->len == 0) {
    fake_radio_rest (fixture->radio, FALSE);
    fake_radio_rest (fixture->radio, TRUE);
    door_wait (fixture->door, 9000);
  }
  fake_radio_rest (fixture->radio, FALSE);
  be_there (fixture, 70);
  entrance_presence_stop (fixture->presence);
  g_assert_cmpuint (get_window (fixture, 0)->heard_ms, ==, 5000);
  g_assert_cmpuint (get_window (fixture, 1)->heard_ms, ==, 70000);
  gint64 all_ms = 0;
  guint n_gaps = count_gaps (fixture);
  for (guint i = 0; i < n_gaps; i++)
    all_ms += get_gap_ms (fixture, i);
  g_assert_cmpint (all_ms, ==, n_gaps * 9000);
}

// The scan is begun anew in a silence. Whoever is heard right after that was there all the time, so
// that one gap since they were heard last holds both rests.
static void
test_rests_and_was_deaf (Fixture *fixture, gconstpointer unused)
{
  be_there (fixture, 10);
  door_wait (fixture->door, 24000);
  rest (fixture, 300);
  door_wait (fixture->door, 14700);
  rest (fixture, 2000);
  fake_radio_set_state (fixture->radio, HW_RADIO_DEAF);
  fake_radio_set_state (fixture->radio, HW_RADIO_HEARING);
  be_there (fixture, 70);
  g_assert_cmpuint (count_gaps (fixture), ==, 1);
  g_assert_cmpint (get_gap_ms (fixture, 0), ==, 42000);
}

// Nobody comes: it was a quiet night, and the rests are what was not heard.
static void
test_rests_at_night (Fixture *fixture, gconstpointer unused)
{
  be_there (fixture, 10);
  door_wait (fixture->door, 24000);
  rest (fixture, 300);
  door_wait (fixture->door, 14700);
  rest (fixture, 2000);
  door_wait (fixture->door, 50000);
  g_assert_cmpuint (count_gaps (fixture), ==, 0); // it may have been deaf
  door_wait (fixture->door, 50000);
  g_assert_cmpuint (count_gaps (fixture), ==, 2);
  g_assert_cmpint (get_gap_ms (fixture, 0), ==, 300);
  g_assert_cmpint (get_gap_ms (fixture, 1), ==, 2000);
}

// The reference was not heard for 45 s, of which it rested for some.
static void
test_rests_without_reference (Fixture *fixture, gconstpointer unused)
{
  hear_tag (fixture, reference.id[0]);
  door_wait (fixture->door, 30000);
  fake_radio_rest (fixture->radio, TRUE);
  door_wait (fixture->door, 20000);
  fake_radio_rest (fixture->radio, FALSE);
  g_assert_cmpint (door_view (fixture->door)->radio, ==, ENTRANCE_RADIO_TROUBLE);
  door_wait (fixture->door, 10000);
  hear_tag (fixture, reference.id[0]);
  door_wait (fixture->door, 1000);
  g_assert_cmpuint (count_gaps (fixture), ==, 1);
  g_assert_cmpint (get_gap_ms (fixture, 0), ==, 61000);
}

static void
test_heard_time (Fixture *fixture, gconstpointer unused)
{
  be_there (fixture, 10);
  fake_radio_set_state (fixture->radio, HW_RADIO_MISSING);
  door_wait (fixture->door, 20000);
  fake_radio_set_state (fixture->radio, HW_RADIO_HEARING);
  be_there (fixture, 10);
  entrance_presence_stop (fixture->presence);
  g_assert_cmpuint (get_window (fixture, 0)->heard_ms, ==, 20000);
  door_wait (fixture->door, 0);
}

// Nobody heard anything while the machine was asleep; and a window is no longer than it is.
static void
test_sleep (Fixture *fixture, gconstpointer unused)
{
  be_there (fixture, 10);
  fake_clock_sleep (fixture->door->clock, 8 * 3600 * 1000);
  be_there (fixture, 10);
  entrance_presence_stop (fixture->presence);
  g_assert_cmpuint (get_window (fixture, 0)->heard_ms, <=, 11000);
  g_assert_cmpuint (get_window (fixture, 1)->heard_ms, <=, 11000);
  g_assert_cmpuint (fake_journal_get_n_gaps (fixture->door->journal), ==, 1);
  g_assert_cmpint (fake_journal_get_last_gap_ms (fixture->door->journal), >=, 8 * 3600 * 1000);
  door_wait (fixture->door, 0);
}

// Somebody comes with it, and holds it up.
static void
hold_tag (Fixture *fixture, guint8 first)
{
  for (guint i = 0; i < 100; i++) {
    hear_tag_at (fixture, first, i < 60 ? -75 : -25);
    door_wait (fixture->door, 100);
  }
}

static void
test_tap (Fixture *fixture, gconstpointer unused)
{
  hold_tag (fixture, 99); // nobody's
  g_assert_cmpuint (fixture->door->n_decided, ==, 0);
  door_wait (fixture->door, 5000);
  hold_tag (fixture, enrolled.id[0]);
  g_assert_cmpuint (fixture->door->n_greens, ==, 1);
  g_assert_cmpuint (fixture->door->n_decided, ==, 1); // once, however long it is held
  g_assert_cmpuint (fake_panel_get_n_greens (fixture->door->panel), ==, 1);
  g_assert_cmpuint (fake_journal_get_n_opened (fixture->door->journal), ==, 1);
  door_wait (fixture->door, 60000); // goes away, and leaves later
  entrance_session_press_leaving (fixture->door->session);
  hold_tag (fixture, enrolled.id[0]);
  g_assert_cmpuint (fake_journal_get_n_closed (fixture->door->journal), ==, 1);
}

// The same tag, but for who wears it.
static void
test_badge_of_the_staff (Fixture *fixture, gconstpointer unused)
{
  hold_tag (fixture, enrolled.id[0]);
  g_assert_cmpint (fake_journal_get_last_evidence (fixture->door->journal), ==,
                   JOURNAL_EVIDENCE_BLE);
  door_wait (fixture->door, 5000);
  hold_tag (fixture, STAFF);
  g_assert_cmpuint (fixture->door->n_greens, ==, 2);
  g_assert_cmpuint (fake_journal_get_n_opened (fixture->door->journal), ==, 2);
  g_assert_cmpint (fake_journal_get_last_evidence (fixture->door->journal), ==,
                   JOURNAL_EVIDENCE_STAFF);
  entrance_presence_stop (fixture->presence);
  const JournalPresence *window = get_window (fixture, 0);
  g_assert_cmpuint (window->beacons->len, ==, 2);
  for (guint i = 0; i < 2; i++) {
    const JournalBeacon *beacon = &g_array_index (window->beacons, JournalBeacon, i);
    g_assert_cmpint (beacon->is_staff, ==, beacon->beacon.id[0] == STAFF);
  }
  door_wait (fixture->door, 0);
}

// What bluetoothd tells of a tag that sends two frames in turn.
static void
test_two_frames (Fixture *fixture, gconstpointer unused)
{
  guint8 structures[55] = { 26, 0xff, 0x4c, 0, 2, 0x15, 99, 2, 3 };
  const guint8 uid[] = { 3, 3, 0xaa, 0xfe, 23, 0x16, 0xaa, 0xfe, 0, 0xec, 0xa0, 1, 2, 3 };
  memcpy (structures + 27, uid, sizeof uid);
  for (guint i = 0; i < 100; i++) {
    fake_radio_hear (fixture->radio, structures, sizeof structures, 77, i < 60 ? -75 : -25);
    door_wait (fixture->door, 100);
  }
  g_assert_cmpuint (fake_journal_get_n_opened (fixture->door->journal), ==, 1);
  entrance_presence_stop (fixture->presence);
  const JournalPresence *window = get_window (fixture, 0);
  g_assert_cmpuint (window->beacons->len, ==, 1);
  g_assert_cmpint (g_array_index (window->beacons, JournalBeacon, 0).beacon.kind, ==,
                   CT_BEACON_EDDYSTONE_UID);
  door_wait (fixture->door, 0);
}

// It is laid down there; then the radio is gone for a minute, and the kiosk starts anew. A body in
// between does not count either.
static void
test_lies_there (Fixture *fixture, gconstpointer unused)
{
  hold_tag (fixture, enrolled.id[0]);
  for (guint s = 0; s < 1800; s++) {
    for (guint i = 0; i < 10; i++) {
      hear_tag_at (fixture, enrolled.id[0], s % 600 < 4 ? -45 : -30);
      door_wait (fixture->door, 100);
    }
    if (s == 600) {
      fake_radio_set_state (fixture->radio, HW_RADIO_MISSING);
      door_wait (fixture->door, 60000);
      fake_radio_set_state (fixture->radio, HW_RADIO_HEARING);
    } else if (s == 1200) {
      entrance_presence_stop (fixture->presence);
      g_assert_finalize_object (fixture->presence);
      start (fixture);
    }
  }
  g_assert_cmpuint (fake_journal_get_n_opened (fixture->door->journal), ==, 1);
  g_assert_cmpuint (fake_journal_get_n_closed (fixture->door->journal), ==, 0);
  hold_tag (fixture, enrolled.id[0]);
  g_assert_cmpuint (fake_journal_get_n_closed (fixture->door->journal), ==, 1);
}

static void
hear_a_phone_for (Fixture *fixture, guint ms, int rssi_dbm)
{
  const guint8 structures[] = { 3, 3, 0x56, 0x4e, 15, 0xff, 0xb5, 0x22, 0xb1, 0,
                                0, 0, 0,    0,    0,  0,    0,    0,    0,    9 };
  for (guint i = 0; i < ms; i += 100) {
    fake_radio_hear (fixture->radio, structures, sizeof structures, 9, rssi_dbm);
    door_wait (fixture->door, 100);
  }
}

// Whichever comes first.
static void
test_join (Fixture *fixture, gconstpointer unused)
{
  JournalStore *journal = fixture->door->journal;
  hear_a_phone_for (fixture, 6000, -75);
  hear_a_phone_for (fixture, 3000, -25);
  door_show_and_settle (fixture->door, PERSON_AN);
  door_wait (fixture->door, 0);
  g_assert_cmpuint (fake_journal_get_n_opened (journal), ==, 1);
  g_assert_cmpuint (fake_journal_get_n_phones (journal), ==, 1);
  g_assert_cmpuint (fake_journal_get_last_phone_visit (journal), >, 0);
  door_wait (fixture->door, 60000);
  hear_a_phone_for (fixture, 6000, -75);
  door_show_and_settle (fixture->door, PERSON_BA);
  hear_a_phone_for (fixture, 3000, -25);
  g_assert_cmpuint (fake_journal_get_n_opened (journal), ==, 2);
  g_assert_cmpuint (fake_journal_get_n_phones (journal), ==, 2);
}

// Nobody's phone is anybody's: too early, too late, already joined.
static void
test_no_join (Fixture *fixture, gconstpointer unused)
{
  JournalStore *journal = fixture->door->journal;
  hear_a_phone_for (fixture, 6000, -75);
  hear_a_phone_for (fixture, 3000, -25);
  door_wait (fixture->door, 60000);
  door_show_and_settle (fixture->door, PERSON_AN);
  hear_a_phone_for (fixture, 10000, -75);
  hear_a_phone_for (fixture, 3000, -25);
  g_assert_cmpuint (fake_journal_get_n_opened (journal), ==, 1);
  g_assert_cmpuint (fake_journal_get_n_phones (journal), ==, 0);
}

// B14: one sender comes, and plays every tag, ten times a second. All five are there, and recorded.
static void
test_spoof (Fixture *fixture, gconstpointer unused)
{
  door_wait (fixture->door, WINDOW_S * 1000);
  guint n_before = fake_journal_get_windows (fixture->door->journal)->len;
  g_test_expect_message ("entrance-presence", G_LOG_LEVEL_MESSAGE, "*one sender plays many tags*");
  for (guint i = 0; i < 600; i++) {
    hear_tag_from (fixture, (guint8) (enrolled.id[0] + i % 5), 66, i < 300 ? -75 : -25);
    if (i % 10 < 5)
      hear_tag_from (fixture, (guint8) (enrolled.id[0] + i % 5), (guint8) (100 + i % 5), -80);
    door_wait (fixture->door, 100);
  }
  g_test_assert_expected_messages ();
  g_assert_cmpuint (fake_journal_get_n_opened (fixture->door->journal), ==, 0);
  entrance_presence_stop (fixture->presence);
  const JournalPresence *window = get_window (fixture, n_before);
  g_assert_cmpuint (window->beacons->len, ==, 5);
  for (guint i = 0; i < 5; i++) {
    const JournalBeacon *beacon = &g_array_index (window->beacons, JournalBeacon, i);
    g_assert_cmpuint (beacon->n_sightings, >=, 60);
    g_assert_cmpuint (beacon->n_sightings, <=, 62); // until it was found out
  }
  door_wait (fixture->door, 0);
}

// It was believed nothing; the tag itself is.
static void
test_after_a_spoof (Fixture *fixture, gconstpointer unused)
{
  g_test_expect_message ("entrance-presence", G_LOG_LEVEL_MESSAGE, "*one sender plays many tags*");
  for (guint i = 0; i < 50; i++)
    hear_tag_from (fixture, (guint8) (enrolled.id[0] + i % 5), 66, -60);
  g_test_assert_expected_messages ();
  hold_tag (fixture, enrolled.id[0]);
  g_assert_cmpuint (fake_journal_get_n_opened (fixture->door->journal), ==, 1);
}

// A burst with the address of a tag mutes that tag for a minute, though it is heard all the time;
// when somebody goes on, for a minute more.
static void
test_spoof_of_an_address (Fixture *fixture, gconstpointer unused)
{
  JournalStore *journal = fixture->door->journal;
  g_test_expect_message ("entrance-presence", G_LOG_LEVEL_MESSAGE, "*one sender plays many tags*");
  for (guint i = 0; i < 50; i++)
    hear_tag_from (fixture, (guint8) (enrolled.id[0] + i % 5), 200, -75);
  g_test_assert_expected_messages ();
  for (guint at_s = 0; at_s < 90; at_s++) {
    hear_tag (fixture, enrolled.id[0]);
    if (at_s == 40)
      hear_tag (fixture, (guint8) (enrolled.id[0] + 1));
    door_wait (fixture->door, 1000);
  }
  hold_tag (fixture, enrolled.id[0]); // until 100 s: within a minute of the other tag
  g_assert_cmpuint (fake_journal_get_n_opened (journal), ==, 0);
  for (guint i = 0; i < 5; i++) {
    hear_tag (fixture, enrolled.id[0]);
    door_wait (fixture->door, 1000);
  }
  hold_tag (fixture, enrolled.id[0]);
  g_assert_cmpuint (fake_journal_get_n_opened (journal), ==, 1);
}

// bluetoothd may refuse the venue's advertisement long after it began to hear. Once is enough.
static void
test_warns (Fixture *fixture, gconstpointer unused)
{
  be_there (fixture, 5);
  g_test_expect_message ("entrance-presence", G_LOG_LEVEL_WARNING,
                         "radio: it hears, but sending the venue: refused");
  fake_radio_set_problem (fixture->radio, "radio: sending the venue: refused");
  g_test_assert_expected_messages ();
  fake_radio_set_problem (fixture->radio, NULL);
  fake_radio_set_problem (fixture->radio, "radio: sending the venue: refused");
}

// What is wrong with a radio that hears nothing is told by its state.
static void
test_warns_when_it_hears (Fixture *fixture, gconstpointer unused)
{
  fake_radio_set_state (fixture->radio, HW_RADIO_MISSING);
  fake_radio_set_problem (fixture->radio, "radio: sending the venue: refused");
  g_test_expect_message ("entrance-presence", G_LOG_LEVEL_WARNING,
                         "radio: it hears, but sending the venue: refused");
  fake_radio_set_state (fixture->radio, HW_RADIO_HEARING);
  g_test_assert_expected_messages ();
}

static void
test_reference (Fixture *fixture, gconstpointer unused)
{
  for (guint i = 0; i < 100; i++) {
    hear_tag (fixture, reference.id[0]);
    door_wait (fixture->door, 1000);
  }
  g_assert_cmpint (door_view (fixture->door)->radio, ==, ENTRANCE_RADIO_FINE);
  be_there (fixture, 50); // others are heard, it is not
  g_assert_cmpint (door_view (fixture->door)->radio, ==, ENTRANCE_RADIO_TROUBLE);
  hear_tag (fixture, reference.id[0]);
  door_wait (fixture->door, 1000);
  g_assert_cmpint (door_view (fixture->door)->radio, ==, ENTRANCE_RADIO_FINE);
  g_assert_cmpuint (fake_journal_get_n_gaps (fixture->door->journal), ==, 1);
  g_assert_cmpint (fake_journal_get_last_gap_ms (fixture->door->journal), ==, 52000);
}

// B40: all at once, every second.
static void
test_badges (Fixture *fixture, gconstpointer unused)
{
  for (guint at_s = 0; at_s < 2 * WINDOW_S; at_s++) {
    for (guint8 i = 0; i < N_BADGES; i++)
      hear_badge (fixture, i);
    door_wait (fixture->door, 1000);
  }
  GPtrArray *windows = fake_journal_get_windows (fixture->door->journal);
  g_assert_cmpuint (windows->len, ==, 2); // so many transactions
  g_assert_cmpuint (get_window (fixture, 1)->beacons->len, ==, N_BADGES);
  for (guint i = 0; i < N_BADGES; i++)
    g_assert_cmpuint (
        g_array_index (get_window (fixture, 1)->beacons, JournalBeacon, i).n_sightings, ==,
        WINDOW_S);
}

static void
hear_iphone_from (Fixture *fixture, guint8 address, guint seconds)
{
  const guint8 structures[] = { 17,   7,    0x67, 0xa6, 0x07, 0xad, 0xd1, 0x17, 0x2f,
                                0xa1, 0xc4, 0x4b, 0xf5, 0x73, 0x56, 0x4e, 0,    0 };
  for (guint i = 0; i < seconds; i++) {
    fake_radio_hear (fixture->radio, structures, sizeof structures, address, -60);
    door_wait (fixture->door, 1000);
  }
}

static void
hear_iphone (Fixture *fixture, guint seconds)
{
  hear_iphone_from (fixture, 40, seconds);
}

// A radio that is busy is asked again at once; a phone that does not answer, after a while.
static void
test_reads (Fixture *fixture, gconstpointer unused)
{
  static const guint8 id[] = { 0xb1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };
  door_wait (fixture->door, 60000); // away from the slot's edge
  fake_radio_answers (fixture->radio, NULL, 0, G_IO_ERROR_BUSY);
  hear_iphone (fixture, 15); // it stays
  guint n_reads = fake_radio_get_n_reads (fixture->radio);
  g_assert_cmpuint (n_reads, >=, 5);
  fake_radio_answers (fixture->radio, NULL, 0, G_IO_ERROR_TIMED_OUT);
  hear_iphone (fixture, 20);
  g_assert_cmpuint (fake_radio_get_n_reads (fixture->radio), ==, n_reads + 1);
  fake_radio_answers (fixture->radio, id, sizeof id, 0);
  hear_iphone (fixture, 40);
  g_assert_cmpuint (fake_radio_get_n_reads (fixture->radio), ==, n_reads + 2); // and never again
  entrance_presence_stop (fixture->presence);
  const JournalPresence *window = get_window (fixture, 0);
  g_assert_cmpuint (window->beacons->len, ==, 1);
  const JournalBeacon *beacon = &g_array_index (window->beacons, JournalBeacon, 0);
  g_assert_cmpint (beacon->beacon.kind, ==, CT_BEACON_BLUEZONE);
  g_assert_cmpmem (beacon->beacon.id, beacon->beacon.id_len, id, sizeof id);
  door_wait (fixture->door, 0);
}

// One sender with another address each second.
static void
test_reads_no_passer (Fixture *fixture, gconstpointer unused)
{
  door_wait (fixture->door, 60000);
  fake_radio_answers (fixture->radio, NULL, 0, G_IO_ERROR_TIMED_OUT);
  for (guint8 i = 0; i < 120; i++)
    hear_iphone_from (fixture, i, 1);
  g_assert_cmpuint (fake_radio_get_n_reads (fixture->radio), ==, 0);
}

// More than ten people near: nobody is connected to.
static void
test_reads_none_in_a_crowd (Fixture *fixture, gconstpointer unused)
{
  door_wait (fixture->door, 60000);
  fake_radio_answers (fixture->radio, NULL, 0, G_IO_ERROR_TIMED_OUT);
  for (guint i = 0; i < 10; i++) {
    for (guint8 n = 0; n <= ENTRANCE_READING_QUIET; n++)
      hear_phone (fixture, n);
    door_wait (fixture->door, 1000);
  }
  hear_iphone (fixture, 20);
  g_assert_cmpuint (fake_radio_get_n_reads (fixture->radio), ==, 0);
}

static void
test_boxes (void)
{
  g_autoptr (JournalPresence) presence = journal_presence_new ();
  for (guint i = 0; i < 300; i++) {
    JournalBeacon beacon = { .beacon = enrolled,
                             .first_ms = i * 100,
                             .last_ms = i * 1000,
                             .n_sightings = 70000,
                             .rssi_max_dbm = -40,
                             .rssi_median_dbm = 127,
                             .zone = CT_ZONE_FAR,
                             .is_staff = i % 2 == 1 };
    g_array_append_val (presence->beacons, beacon);
  }
  guint n = 0;
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GBytes) content = journal_presence_write_box (presence, i);
    g_autoptr (GArray) beacons = journal_presence_read_box (content);
    for (guint k = 0; k < beacons->len; k++, n++) {
      const JournalBeacon *beacon = &g_array_index (beacons, JournalBeacon, k);
      g_assert_cmpmem (beacon->beacon.id, 20, enrolled.id, 20);
      g_assert_cmpuint (beacon->first_ms, ==, n * 100);
      g_assert_cmpuint (beacon->last_ms, ==, n * 1000);
      g_assert_cmpuint (beacon->n_sightings, ==, G_MAXUINT16); // the most there is
      g_assert_cmpint (beacon->rssi_max_dbm, ==, -40);
      g_assert_cmpint (beacon->is_staff, ==, n % 2 == 1);
    }
    gsize len = 0;
    const guint8 *bytes = g_bytes_get_data (content, &len);
    g_autofree guint8 *bent = g_memdup2 (bytes, len);
    bent[31] = 2; // neither staff nor not
    g_autoptr (GBytes) spoiled = g_bytes_new (bent, len);
    g_autoptr (GBytes) cut = g_bytes_new (bent, len - 1);
    g_assert_null (journal_presence_read_box (spoiled));
    g_assert_null (journal_presence_read_box (cut));
  }
  g_assert_cmpuint (n, ==, 300);
  g_assert_null (journal_presence_write_box (presence, 3));
}

// Staff are told, then only visits are recorded, and a gap says so; all by itself both ways.
static void
test_disk (Fixture *fixture, gconstpointer unused)
{
  static const struct {
    guint percent;
    EntranceNeed need;
    guint n_windows, n_gaps; // so far
  } cases[] = {
    { 79, ENTRANCE_NEED_NOTHING, 1, 0 }, { 80, ENTRANCE_NEED_DISK, 2, 0 },
    { 94, ENTRANCE_NEED_DISK, 3, 0 },    { 95, ENTRANCE_NEED_ROOM, 3, 1 },
    { 100, ENTRANCE_NEED_ROOM, 3, 2 },   { 94, ENTRANCE_NEED_DISK, 4, 2 },
    { 20, ENTRANCE_NEED_NOTHING, 5, 2 },
  };
  JournalStore *journal = fixture->door->journal;
  GPtrArray *windows = fake_journal_get_windows (journal);
  while (windows->len == 0) // so that the next begins with one
    door_wait (fixture->door, 1000);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    fake_journal_fill_disk (journal, cases[i].percent);
    g_assert_cmpint (entrance_session_get_view (fixture->door->session)->need, ==, cases[i].need);
    guint n_kept = fake_journal_get_n_kept (journal);
    be_there (fixture, WINDOW_S);
    g_assert_cmpuint (windows->len, ==, 1 + cases[i].n_windows);
    g_assert_cmpuint (fake_journal_get_n_gaps (journal), ==, cases[i].n_gaps);
    g_assert_cmpint (fake_journal_get_n_kept (journal) > n_kept, ==,
                     cases[i].need != ENTRANCE_NEED_ROOM);
  }
  g_assert_cmpint (fake_journal_get_last_gap_ms (journal), ==, WINDOW_S * 1000);
}

// What was kept of the window goes with it, and the gap begins by the clock of then.
static void
test_disk_fills_up (Fixture *fixture, gconstpointer unused)
{
  JournalStore *journal = fixture->door->journal;
  GPtrArray *windows = fake_journal_get_windows (journal);
  fake_clock_set_quality (fixture->door->clock, JOURNAL_CLOCK_RESTORED);
  while (windows->len == 0)
    door_wait (fixture->door, 1000);
  be_there (fixture, WINDOW_S / 2);
  g_assert_true (fake_journal_has_kept (journal));
  fake_clock_set_quality (fixture->door->clock, JOURNAL_CLOCK_SYNCED);
  fake_journal_fill_disk (journal, 95);
  be_there (fixture, WINDOW_S / 2 + 1);
  g_assert_cmpuint (windows->len, ==, 1);
  g_assert_cmpuint (fake_journal_get_n_gaps (journal), ==, 1);
  g_assert_false (fake_journal_has_kept (journal));
  const JournalSpan *gap = fake_journal_get_last_gap (journal);
  g_assert_cmpint (gap->from.quality, ==, JOURNAL_CLOCK_RESTORED);
  g_assert_cmpint (gap->to.quality, ==, JOURNAL_CLOCK_SYNCED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                            \
  g_test_add ("/entrance/presence/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("records-windows", test_windows);
  ADD ("tells-when-a-window-began", test_tells_when_a_window_began);
  ADD ("leaves-the-room-to-visits", test_disk);
  ADD ("leaves-out-what-was-kept-of-a-window", test_disk_fills_up);
  ADD ("records-what-is-half-done", test_stops);
  ADD ("records-every-deaf-span", test_gaps);
  ADD ("records-each-rest-once", test_rests);
  ADD ("records-a-rest-since-it-heard-last", test_rest_moves);
  ADD ("records-a-rest-that-gets-worse-once", test_rest_gets_worse);
  ADD ("records-the-rest-that-it-ends-in", test_stops_in_a_rest);
  ADD ("records-a-rest-over-two-windows", test_rests_over_a_window);
  ADD ("records-rests-of-a-deafness-with-it", test_rests_and_was_deaf);
  ADD ("records-rests-of-a-quiet-night", test_rests_at_night);
  ADD ("heard-nothing-while-it-slept", test_sleep);
  ADD ("a-tag-that-is-held-up-checks-in", test_tap);
  ADD ("a-badge-checks-in-as-staff", test_badge_of_the_staff);
  ADD ("knows-a-tag-by-one-of-two-frames", test_two_frames);
  ADD ("tells-for-how-long-it-could-hear", test_heard_time);
  ADD ("a-phone-that-is-held-joins-the-code", test_join);
  ADD ("a-phone-joins-no-other-code", test_no_join);
  ADD ("believes-no-sender-of-many-tags", test_spoof);
  ADD ("believes-a-tag-that-was-played", test_after_a_spoof);
  ADD ("believes-a-tag-whose-address-was-played", test_spoof_of_an_address);
  ADD ("warns-of-what-a-radio-that-hears-lacks", test_warns);
  ADD ("warns-when-the-radio-hears", test_warns_when_it_hears);
  ADD ("keeps-two-hundred-badges", test_badges);
  ADD ("reads-who-an-iphone-is", test_reads);
  ADD ("reads-nobody-who-passes", test_reads_no_passer);
  ADD ("reads-nobody-in-a-crowd", test_reads_none_in_a_crowd);
  g_test_add ("/entrance/presence/misses-its-reference", Fixture, &reference, set_up,
              test_reference, tear_down);
  g_test_add ("/entrance/presence/rests-while-it-misses-its-reference", Fixture, &reference, set_up,
              test_rests_without_reference, tear_down);
  g_test_add ("/entrance/presence/a-tag-that-lies-there-stays-in", Fixture, NULL, set_up_check_out,
              test_lies_there, tear_down);
  g_test_add_func ("/entrance/presence/boxes-come-back", test_boxes);
  return g_test_run ();
}
