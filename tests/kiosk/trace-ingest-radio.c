// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/kiosk/trace-ingest-radio.h"

#include <string.h>

#include "kiosk/trace/trace-explain.h"
#include "kiosk/trace/trace-feed-retain.h"
#include "kiosk/trace/trace-missed.h"
#include "kiosk/trace/trace-schema.h"
#include "tests/kiosk/trace-ingest-fixture.h"

#define AN   "cccd:079190000001"
#define BA   "cccd:079190000002"
#define CHI  "cccd:079190000003"
#define TAG  "tag:eddystone-uid:a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"
#define OLD  "beacon:eddystone-uid:a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"
#define N_OF "SELECT count (*) FROM stay WHERE subject = (SELECT id FROM subject WHERE key = $1)"
#define FIRST_OF(column)                                                                           \
  "SELECT " column " FROM stay WHERE subject = (SELECT id FROM subject WHERE key = $1)"

static JournalBeacon
make_beacon (enum ct_beacon_kind kind, guint8 fill, guint32 first_ms, guint32 last_ms)
{
  JournalBeacon beacon = { .first_ms = first_ms, .last_ms = last_ms, .n_sightings = 9 };
  guint8 id[CT_BEACON_ID_MAX];
  memset (id, fill, sizeof id);
  beacon.beacon.kind = kind;
  g_assert_true (ct_beacon_set_id (&beacon.beacon, id, kind == CT_BEACON_EDDYSTONE_UID ? 16 : 12));
  return beacon;
}

static void
hear (TestKiosk *kiosk, gint64 from_ms, const JournalBeacon *beacons, guint n_beacons)
{
  JournalStamp end = core_stamp (from_ms + 5 * MINUTE);
  test_kiosk_hear (kiosk, &end, BEGIN_MS + from_ms, beacons, n_beacons);
}

static void
send_all (Core *core, const TestKiosk *kiosk)
{
  g_assert_cmpuint (core_send (core, kiosk, 1, kiosk->seq).n_quarantined, ==, 0);
}

// A badge that is held at the kiosk, and heard all morning.
static void
test_knows_a_tag_by_one_name (Core *core, gconstpointer unused)
{
  JournalStamp at = core_stamp (MINUTE);
  const JournalBeacon tag = make_beacon (CT_BEACON_EDDYSTONE_UID, 0xa5, 10000, 290000);
  hear (core->kiosk, 0, &tag, 1);
  test_kiosk_arrive (core->kiosk, &at, TAG);
  hear (core->kiosk, 5 * MINUTE, &tag, 1);
  send_all (core, core->kiosk);
  g_assert_cmpint (core_ask_of (core, N_OF, TAG), ==, 3);
  g_assert_cmpint (core_ask (core, "SELECT count (*) FROM subject"), ==, 1);
}

// A store of before knows the windows of a tag by another name.
static void
test_renames_the_windows_of_before (Core *core, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  gboolean is_new = FALSE;
  const JournalBeacon tag = make_beacon (CT_BEACON_EDDYSTONE_UID, 0xa5, 10000, 290000);
  TraceArrival before = { .venue = "v1",
                          .zone = "main",
                          .arrived_s = BEGIN_MS / 1000 - 86400,
                          .left_s = BEGIN_MS / 1000 - 86100,
                          .evidence = TRACE_EVIDENCE_BLE,
                          .kiosk = "k",
                          .seq = 7 };
  trace_keys_make_subject (core->keys, OLD, strlen (OLD), before.subject);
  g_assert_true (trace_store_put (core->store, &before, &is_new, &error));
  hear (core->kiosk, 0, &tag, 1);
  send_all (core, core->kiosk);
  g_assert_cmpint (core_ask_of (core, N_OF, TAG), ==, 2);
  g_assert_cmpint (core_ask_of (core, N_OF, OLD), ==, 0);
}

static char *
phone_name (guint8 fill)
{
  GString *name = g_string_new ("beacon:bluezone:");
  for (guint i = 0; i < 12; i++)
    g_string_append_printf (name, "%02x", fill);
  return g_string_free (name, FALSE);
}

// Venue @first and the two after it: whose stays are there, as "An 1@360 ...", venue and seconds
// after the beginning.
static char *
list_stays (Core *core, guint first, guint8 phone)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = phone_name (phone);
  const char *const identities[] = { AN, BA, name }, *const words[] = { "An", "Ba", "phone" };
  guint8 keys[G_N_ELEMENTS (identities)][TRACE_SUBJECT_SIZE];
  GString *list = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (identities); i++)
    trace_keys_make_subject (core->keys, identities[i], strlen (identities[i]), keys[i]);
  for (guint venue = 0; venue < 3; venue++) {
    g_autofree char *place = g_strdup_printf ("v%u", first + venue);
    g_autoptr (TraceRows) rows = trace_db_query (
        trace_store_get_db (core->store),
        "SELECT j.key, s.arrived_s FROM stay s JOIN subject j ON j.id = s.subject"
        " JOIN place p ON p.id = s.place WHERE p.venue = $1 ORDER BY s.arrived_s, s.seq",
        TRACE_VALUES (TRACE_TEXT (place)), &error);
    while (trace_rows_next (rows, &error)) {
      gsize len = 0;
      const guint8 *key = trace_rows_get_bytes (rows, 0, &len);
      for (guint i = 0; i < G_N_ELEMENTS (identities); i++)
        if (len == TRACE_SUBJECT_SIZE && memcmp (key, keys[i], len) == 0)
          g_string_append_printf (list, "%s%s %u@%d", list->len > 0 ? ", " : "", words[i],
                                  venue + 1,
                                  (int) (trace_rows_get_int (rows, 1) - BEGIN_MS / 1000));
    }
    g_assert_no_error (error);
  }
  return g_string_free (list, FALSE);
}

// An holds the phone beside the card in the sixth minute; it was heard before, and is again, here
// and elsewhere. Ba holds the same one two minutes later. Somebody sends its identifier when its
// quarter of an hour is over. Whatever of that the core hears of first: it comes to the same.
static void
test_folds_in_any_order (Core *core, gconstpointer unused)
{
  static const char orders[][5] = { "abcd", "abdc", "adbc", "dabc", "acbd", "acdb",
                                    "adcb", "dacb", "cabd", "cadb", "cdab", "dcab" };
  for (guint i = 0; i < G_N_ELEMENTS (orders); i++) {
    guint first = 100 + 10 * i;
    guint8 fill = (guint8) (0x80 + i);
    const JournalBeacon late = make_beacon (CT_BEACON_BLUEZONE, fill, 180000, 200000);
    const JournalBeacon phone = make_beacon (CT_BEACON_BLUEZONE, fill, 60000, 290000);
    JournalStamp an_at = core_stamp (6 * MINUTE), ba_at = core_stamp (8 * MINUTE);
    g_autoptr (TestKiosk) one = core_join (core, first, 1);
    g_autoptr (TestKiosk) other = core_join (core, first + 1, 1);
    g_autoptr (TestKiosk) third = core_join (core, first + 2, 1);
    hear (one, 0, &phone, 1);
    guint64 an = test_kiosk_arrive (one, &an_at, AN);
    guint64 before = test_kiosk_tap (one, &an_at, an, &phone);
    hear (one, 5 * MINUTE, &phone, 1);
    hear (one, 15 * MINUTE, &late, 1);
    hear (other, 10 * MINUTE, &phone, 1);
    hear (other, 65 * MINUTE, &phone, 1);
    guint64 ba = test_kiosk_arrive (third, &ba_at, BA);
    test_kiosk_tap (third, &ba_at, ba, &phone);
    for (const char *step = orders[i]; *step != '\0'; step++)
      if (*step == 'a')
        core_send (core, one, 1, before - 1);
      else if (*step == 'b')
        core_send (core, one, before, one->seq);
      else
        send_all (core, *step == 'c' ? other : third);
    g_autofree char *stays = list_stays (core, first, fill);
    g_assert_cmpstr (stays, ==,
                     "An 1@60, An 1@360, An 1@360, phone 1@1080, An 2@660, phone 2@3960, Ba 3@480");
  }
  g_assert_cmpint (core_ask (core, "SELECT count (*) FROM fold"), ==, 3 * 12);
}

// A kiosk without a clock: what was in the phone's quarter of an hour, nobody knows until it has
// one.
static void
test_folds_when_the_time_is_known (Core *core, gconstpointer unused)
{
  gint64 begin_ms = BEGIN_MS + 5 * 60 * MINUTE;
  const JournalBeacon phone = make_beacon (CT_BEACON_BLUEZONE, 0xab, 60000, 290000);
  g_autofree char *name = phone_name (0xab);
  JournalStamp known = core_stamp (60 * MINUTE);
  JournalStamp at[] = { test_stamp (2, 0, 6 * MINUTE, JOURNAL_CLOCK_UNSET),
                        test_stamp (2, 0, 10 * MINUTE, JOURNAL_CLOCK_UNSET),
                        test_stamp (2, begin_ms, 20 * MINUTE, SYNCED) };
  g_autoptr (TestKiosk) other = core_join (core, 2, 1);
  test_kiosk_arrive (core->kiosk, &known, BA);
  guint64 visit = test_kiosk_arrive (core->kiosk, &at[0], AN);
  test_kiosk_tap (core->kiosk, &at[0], visit, &phone);
  test_kiosk_hear (core->kiosk, &at[1], at[1].wall_ms - 5 * MINUTE, &phone, 1);
  send_all (core, core->kiosk);
  hear (other, 5 * 60 * MINUTE + 10 * MINUTE, &phone, 1);
  hear (other, 5 * 60 * MINUTE + 25 * MINUTE, &phone, 1);
  send_all (core, other);
  g_assert_cmpint (core_ask_of (core, N_OF, name), ==, 2);
  test_kiosk_fix (core->kiosk, &at[2], 30);
  core_send (core, core->kiosk, core->kiosk->seq, core->kiosk->seq);
  g_assert_cmpint (core_ask (core, "SELECT count (*) FROM unclear"), ==, 0);
  g_assert_cmpint (core_ask_of (core, N_OF, AN), ==, 3);
  g_assert_cmpint (core_ask_of (core, N_OF, name), ==, 1);
  g_assert_cmpint (core_ask (core, "SELECT count (*) FROM fold"), ==, 2);
}

static guint32
number_of (Core *core, const char *identity)
{
  return (guint32) core_ask_of (core, "SELECT id FROM subject WHERE key = $1", identity);
}

// The phone is nobody that An met. Chi came when An had checked out, and An's phone was still
// there.
static void
test_tells_what_the_phone_was_heard_of (Core *core, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  const JournalBeacon beacons[] = { make_beacon (CT_BEACON_BLUEZONE, 0xab, 1000, 299000),
                                    make_beacon (CT_BEACON_BLUEZONE, 0xcd, 1000, 299000) };
  JournalStamp at[] = { core_stamp (MINUTE), core_stamp (4 * MINUTE), core_stamp (6 * MINUTE) };
  g_assert_true (trace_db_run (trace_store_get_db (core->store), "UPDATE kiosk SET zone = 'gate'",
                               TRACE_NO_VALUES, NULL, &error));
  guint64 an = test_kiosk_arrive (core->kiosk, &at[0], AN);
  test_kiosk_tap (core->kiosk, &at[0], an, &beacons[0]);
  test_kiosk_leave (core->kiosk, &at[1], an);
  test_kiosk_arrive (core->kiosk, &at[2], CHI);
  hear (core->kiosk, 0, beacons, 2);
  hear (core->kiosk, 5 * MINUTE, beacons, 2);
  send_all (core, core->kiosk);
  guint32 index_case = number_of (core, AN);
  TraceQuestion question = { .from_s = BEGIN_MS / 1000,
                             .to_s = BEGIN_MS / 1000 + 86400,
                             .levels = 1,
                             .window_s = 86400,
                             .min_overlap_s = 60 };
  const TraceLimit limit = { index_case, question.from_s, question.to_s, FALSE };
  const TraceSeed seed = { &limit, 1 };
  TraceSource *source = trace_store_get_source (core->store);
  g_autoptr (TraceAnswer) answer = trace_search (source, &seed, 1, &question, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (answer->contacts->len, ==, 2);
  const TraceContact *other = &g_array_index (answer->contacts, TraceContact, 0);
  const TraceContact *chi = &g_array_index (answer->contacts, TraceContact, 1);
  g_autofree char *name = phone_name (0xcd);
  g_assert_cmpuint (other->subject, ==, number_of (core, name));
  g_assert_cmpuint (chi->subject, ==, number_of (core, CHI));
  g_assert_cmpint (chi->overlap_s, ==, 239);
  g_assert_cmpuint (chi->doubts & TRACE_DOUBT_BEACON, ==, TRACE_DOUBT_BEACON);

  const TraceAnswered answered = { .store = core->store,
                                   .source = source,
                                   .seed = seed,
                                   .index_case = &index_case,
                                   .n_index_case = 1,
                                   .question = &question,
                                   .answer = answer,
                                   .rule = "test" };
  g_autoptr (TraceExplanation) explanation = trace_explain (&answered, chi->subject, &error);
  g_assert_no_error (error);
  g_autofree char *text = trace_explanation_to_text (explanation, &answered, chi->subject);
  g_autofree char *json = trace_explanation_to_json (explanation, &answered, chi->subject);
  g_assert_nonnull (strstr (text, "heard as the phone held beside the code"));
  g_assert_nonnull (strstr (json, "\"phone\":true"));
}

#define IS_STAFF "SELECT is_staff FROM subject WHERE key = $1"

// How many of An's contacts are told, of any level, and how many of them as staff.
static guint
count_contacts (Core *core, gboolean through_staff, guint *ret_n_staff)
{
  g_autoptr (GError) error = NULL;
  TraceQuestion question = { .from_s = BEGIN_MS / 1000,
                             .to_s = BEGIN_MS / 1000 + 86400,
                             .levels = 3,
                             .window_s = 86400,
                             .min_overlap_s = 120,
                             .through_staff = through_staff };
  const TraceLimit limit = { number_of (core, AN), question.from_s, question.to_s, FALSE };
  const TraceSeed seed = { &limit, 1 };
  g_autoptr (TraceAnswer) answer =
      trace_search (trace_store_get_source (core->store), &seed, 1, &question, NULL, NULL, &error);
  g_assert_no_error (error);
  *ret_n_staff = 0;
  for (guint i = 0; i < answer->contacts->len; i++)
    *ret_n_staff += g_array_index (answer->contacts, TraceContact, i).is_staff;
  return answer->contacts->len;
}

// A badge and a guest's tag are heard where An is, and later where Chi is; nobody held either at a
// kiosk. Who met the guest is followed, whom the badge met only on demand. The second kiosk has not
// been told yet that it is a badge, and it is one.
static void
test_takes_a_badge_for_staff (Core *core, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TestKiosk) other = core_join (core, 2, 1);
  JournalBeacon badge = make_beacon (CT_BEACON_EDDYSTONE_UID, 0xa5, 1000, 299000);
  const JournalBeacon guest = make_beacon (CT_BEACON_EDDYSTONE_UID, 0xb6, 1000, 299000);
  JournalStamp at = core_stamp (0), left = core_stamp (6 * MINUTE),
               later = core_stamp (60 * MINUTE);
  guint n_staff = 0;
  badge.is_staff = TRUE;
  g_assert_true (trace_db_run (trace_store_get_db (core->store), "UPDATE kiosk SET zone = 'gate'",
                               TRACE_NO_VALUES, NULL, &error));
  guint64 an = test_kiosk_arrive (core->kiosk, &at, AN);
  hear (core->kiosk, 0, &badge, 1);
  test_kiosk_leave (core->kiosk, &left, an);
  send_all (core, core->kiosk);
  badge.is_staff = FALSE;
  test_kiosk_arrive (other, &later, CHI);
  hear (other, 60 * MINUTE, &badge, 1);
  send_all (core, other);
  g_assert_cmpint (core_ask_of (core, IS_STAFF, TAG), ==, 1);
  g_assert_cmpint (core_ask_of (core, IS_STAFF, CHI), ==, 0);
  g_assert_cmpuint (count_contacts (core, FALSE, &n_staff), ==, 1);
  g_assert_cmpuint (n_staff, ==, 1);
  g_assert_cmpuint (count_contacts (core, TRUE, &n_staff), ==, 2);
  g_assert_cmpuint (n_staff, ==, 1);

  test_kiosk_arrive (core->kiosk, &later, BA);
  hear (core->kiosk, 0, &guest, 1);
  hear (core->kiosk, 60 * MINUTE, &guest, 1);
  send_all (core, core->kiosk);
  g_assert_cmpuint (count_contacts (core, FALSE, &n_staff), ==, 3); // and the guest, and Ba
  g_assert_cmpuint (n_staff, ==, 1);
}

// An holds the badge beside the card: An wears it, whichever the core hears of first.
static void
test_takes_its_wearer_for_staff (Core *core, gconstpointer unused)
{
  JournalBeacon badge = make_beacon (CT_BEACON_EDDYSTONE_UID, 0xa5, 1000, 299000);
  JournalStamp at = core_stamp (10 * MINUTE);
  g_autoptr (TestKiosk) other = core_join (core, 2, 1);
  badge.is_staff = TRUE;
  test_kiosk_arrive (other, &at, BA);
  test_kiosk_tap (core->kiosk, &at, test_kiosk_arrive (core->kiosk, &at, AN), &badge);
  send_all (core, core->kiosk);
  g_assert_cmpint (core_ask_of (core, IS_STAFF, AN), ==, 0); // nobody said so yet
  hear (other, 0, &badge, 1);
  send_all (core, other);
  g_assert_cmpint (core_ask_of (core, IS_STAFF, AN), ==, 1);
  g_assert_cmpint (core_ask_of (core, IS_STAFF, BA), ==, 0);
  test_kiosk_tap (core->kiosk, &at, test_kiosk_arrive (core->kiosk, &at, CHI), &badge);
  send_all (core, core->kiosk);
  g_assert_cmpint (core_ask_of (core, IS_STAFF, CHI), ==, 1);
}

// It is a guest's since; what it was is forgotten with the day on which it was that.
static void
test_forgets_a_badge_with_its_day (Core *core, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  JournalBeacon badge = make_beacon (CT_BEACON_EDDYSTONE_UID, 0xa5, 1000, 299000);
  gint64 n_stays = 0, begin_s = BEGIN_MS / 1000;
  TraceDb *db = trace_store_get_db (core->store);
  badge.is_staff = TRUE;
  hear (core->kiosk, 0, &badge, 1);
  badge.is_staff = FALSE;
  hear (core->kiosk, 3 * 24 * 60 * MINUTE, &badge, 1);
  core->now_ms += 3 * 24 * 60 * MINUTE;
  send_all (core, core->kiosk);
  for (guint day = 0; day <= 2; day += 2) {
    g_assert_true (trace_store_retain (core->store, begin_s + day * 86400, &n_stays, &error));
    g_assert_true (trace_feed_retain (db, begin_s + day * 86400, &error));
    g_assert_no_error (error);
    g_assert_cmpint (core_ask_of (core, IS_STAFF, TAG), ==, day == 0);
    g_assert_cmpint (core_ask (core, "SELECT count (*) FROM badge"), ==, day == 0);
  }
  g_assert_cmpint (core_ask_of (core, N_OF, TAG), ==, 1);
}

// A tag that is handed out once is its guest's as long as it is heard; a phone's name is over.
static void
test_keeps_who_a_tag_is (Core *core, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  const gint64 day_ms = 24 * 60 * MINUTE;
  const JournalBeacon tag = make_beacon (CT_BEACON_EDDYSTONE_UID, 0xa5, 1000, 299000);
  const JournalBeacon phone = make_beacon (CT_BEACON_BLUEZONE, 0xab, 1000, 299000);
  JournalStamp at = core_stamp (MINUTE);
  gint64 n_stays = 0, days[] = { 1, 2, 9 };
  TraceDb *db = trace_store_get_db (core->store);
  guint64 an = test_kiosk_arrive (core->kiosk, &at, AN);
  test_kiosk_tap (core->kiosk, &at, an, &tag);
  test_kiosk_tap (core->kiosk, &at, an, &phone);
  for (guint i = 0; i < G_N_ELEMENTS (days); i++) {
    gint64 before_s = (BEGIN_MS + days[i] * day_ms) / 1000 - 60;
    if (days[i] < 9) // a week's silence, then
      hear (core->kiosk, days[i] * day_ms, &tag, 1);
    core->now_ms = BEGIN_MS + days[i] * day_ms + 10 * MINUTE;
    send_all (core, core->kiosk);
    g_assert_true (trace_store_retain (core->store, before_s, &n_stays, &error));
    g_assert_true (trace_feed_retain (db, before_s, &error));
    g_assert_no_error (error);
    g_assert_cmpint (core_ask (core, "SELECT count (*) FROM link"), ==, days[i] < 9);
    g_assert_cmpint (core_ask_of (core, N_OF, AN), ==, days[i] < 9);
    g_assert_cmpint (core_ask_of (core, N_OF, TAG), ==, 0);
  }
}

// A store of before has links, and what was heard under the phone's own name.
static void
test_folds_what_was_there_before (Core *core, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  static const char undo[] = "UPDATE stay SET subject = (SELECT max (id) FROM subject)"
                             " WHERE evidence = 1;"
                             "DROP TABLE fold;"
                             "DROP TABLE badge;"
                             "ALTER TABLE link DROP COLUMN visit;"
                             "ALTER TABLE link DROP COLUMN from_s;"
                             "ALTER TABLE link DROP COLUMN to_s;"
                             "ALTER TABLE heard DROP COLUMN arrivals;"
                             "UPDATE schema_version SET version = 3 WHERE area = 'feed';";
  TraceDb *db = trace_store_get_db (core->store);
  const JournalBeacon phone = make_beacon (CT_BEACON_BLUEZONE, 0xab, 60000, 290000);
  g_autofree char *name = phone_name (0xab);
  JournalStamp at = core_stamp (6 * MINUTE);
  guint64 visit = test_kiosk_arrive (core->kiosk, &at, AN);
  test_kiosk_tap (core->kiosk, &at, visit, &phone);
  hear (core->kiosk, 5 * MINUTE, &phone, 1);
  hear (core->kiosk, 35 * MINUTE, &phone, 1);
  send_all (core, core->kiosk);
  g_assert_cmpuint (number_of (core, name), >, number_of (core, AN));
  g_assert_true (trace_db_run_script (db, undo, &error));
  g_assert_no_error (error);
  g_assert_cmpint (core_ask_of (core, N_OF, name), ==, 2);
  g_assert_true (trace_schema_update (db, &error));
  g_assert_no_error (error);
  g_assert_cmpint (core_ask_of (core, N_OF, AN), ==, 2);
  g_assert_cmpint (core_ask_of (core, N_OF, name), ==, 1);
  g_assert_cmpint (core_ask (core, "SELECT count (*) FROM fold"), ==, 1);
}

// Two kiosks of a venue, three hours, in the last of which the radios were deaf.
static void
test_counts_who_came_past (Core *core, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TestKiosk) other = core_join (core, 2, 1);
  JournalStamp at[] = { core_stamp (MINUTE), core_stamp (70 * MINUTE), core_stamp (125 * MINUTE) };
  g_assert_true (trace_db_run (trace_store_get_db (core->store), "UPDATE kiosk SET venue = 'v1'",
                               TRACE_NO_VALUES, NULL, &error));
  test_kiosk_arrive (core->kiosk, &at[0], AN);
  test_kiosk_arrive (core->kiosk, &at[0], BA);
  test_kiosk_arrive (other, &at[1], CHI);
  test_kiosk_arrive (other, &at[2], AN);
  static const struct {
    guint from_min, n_bluezone, n_exposure;
    gboolean is_other;
  } windows[] = { { 0, 3, 1, FALSE }, { 5, 2, 4, FALSE }, { 10, 1, 0, TRUE }, { 65, 0, 0, FALSE } };
  for (guint i = 0; i < G_N_ELEMENTS (windows); i++)
    test_kiosk_count (windows[i].is_other ? other : core->kiosk,
                      BEGIN_MS + windows[i].from_min * MINUTE, windows[i].n_bluezone,
                      windows[i].n_exposure);
  send_all (core, core->kiosk);
  send_all (core, other);
  g_autoptr (GArray) hours =
      trace_missed_count (core->store, "v1", BEGIN_MS / 1000, G_MAXINT64, &error);
  g_assert_no_error (error);
  g_autofree char *text = trace_missed_to_text (hours);
  g_autofree char *json = trace_missed_to_json (hours);
  g_assert_cmpstr (text, ==,
                   "v1  2026-11-18T02Z  codes     2  phones     6  33 %  heard 450 s  kiosks 2\n"
                   "v1  2026-11-18T03Z  codes     1  phones     0  -  heard 300 s  kiosks 1\n");
  g_assert_true (g_str_has_prefix (
      json, "{\"venue\":\"v1\",\"hour\":\"2026-11-18T02Z\",\"codes\":2,\"phones\":6,"
            "\"percent\":33,\"heard_s\":450,\"kiosks\":2}\n"));
  g_autoptr (GArray) none = trace_missed_count (core->store, "v2", 0, G_MAXINT64, &error);
  g_assert_cmpuint (none->len, ==, 0);
}

// The clock is set within a window: by so much more than time passed. A beacon was heard from the
// tenth second on.
static void
test_places_windows_by_the_boot_time (Core *core, gconstpointer unused)
{
  static const struct {
    gint64 open_s, set_s; // how long the window was open, by how much the clock was put forward
    gboolean is_told;     // when it began, by the boot time
    gint64 slack_s;
  } cases[] = {
    { 300, 0, TRUE, 0 },    { 180, 120, TRUE, 0 },      { 180, 28800, TRUE, 0 },
    { 200, -250, TRUE, 0 }, { 28900, 0, TRUE, 0 }, // the machine slept
    { 300, 0, FALSE, 0 },   { 180, 28800, FALSE, 150 }, { 200, -250, FALSE, 150 },
    { 1, 0, FALSE, 0 },
  };
  for (guint8 i = 0; i < G_N_ELEMENTS (cases); i++) {
    JournalStamp end = core_stamp ((9 * 60 + i) * MINUTE), start = end;
    const JournalBeacon beacon = make_beacon (CT_BEACON_BLUEZONE, i, 10000, 60000);
    start.boottime_ns -= cases[i].open_s * 1000000000;
    test_kiosk_hear_since (core->kiosk, &end,
                           end.wall_ms - (cases[i].open_s + cases[i].set_s) * 1000,
                           cases[i].is_told ? &start : NULL, 0, &beacon);
    send_all (core, core->kiosk);
    g_autofree char *name = phone_name (i);
    gint64 arrived_s = core_ask_of (core, FIRST_OF ("arrived_s"), name);
    gint64 true_s = end.wall_ms / 1000 - cases[i].open_s + 10;
    g_assert_cmpint (core_ask_of (core, FIRST_OF ("slack_s"), name), ==, cases[i].slack_s);
    g_assert_cmpint (ABS (arrived_s - true_s), <=, cases[i].slack_s);
  }
}

// The kiosk was cut off from its power, and its clock was wrong until the second boot; or killed,
// and started again within the boot.
static void
test_places_what_was_recovered (Core *core, gconstpointer unused)
{
  const guint flags = JOURNAL_WINDOW_RECOVERED | JOURNAL_WINDOW_CUT;
  const JournalBeacon beacons[] = { make_beacon (CT_BEACON_BLUEZONE, 1, 10000, 60000),
                                    make_beacon (CT_BEACON_BLUEZONE, 2, 10000, 60000) };
  g_autofree char *killed = phone_name (1), *cut = phone_name (2);
  JournalStamp start = core_stamp (60 * MINUTE), again = core_stamp (90 * MINUTE);
  JournalStamp last_start = core_stamp (93 * MINUTE);
  JournalStamp next = test_stamp (2, BEGIN_MS + 100 * MINUTE, 5000, SYNCED);
  test_kiosk_hear_since (core->kiosk, &again, start.wall_ms - 8 * 3600000, &start, flags,
                         &beacons[0]);
  test_kiosk_boot (core->kiosk, &next);
  test_kiosk_hear_since (core->kiosk, &next, start.wall_ms - 8 * 3600000, &last_start, flags,
                         &beacons[1]);
  send_all (core, core->kiosk);
  g_assert_cmpint (core_ask_of (core, FIRST_OF ("arrived_s"), killed), ==,
                   start.wall_ms / 1000 + 10);
  g_assert_cmpint (core_ask_of (core, FIRST_OF ("arrived_s"), cut), ==,
                   last_start.wall_ms / 1000 + 10);
  g_assert_cmpint (core_ask_of (core, FIRST_OF ("slack_s"), cut), <=, 2);
}

void
trace_ingest_radio_add (const char *engine, TraceMakeUri make_uri, gpointer user_data)
{
  static const struct {
    const char *name;
    void (*run) (Core *core, gconstpointer user_data);
  } cases[] = {
    { "knows-a-tag-by-one-name", test_knows_a_tag_by_one_name },
    { "renames-the-windows-of-before", test_renames_the_windows_of_before },
    { "folds-in-any-order", test_folds_in_any_order },
    { "folds-when-the-time-is-known", test_folds_when_the_time_is_known },
    { "tells-what-the-phone-was-heard-of", test_tells_what_the_phone_was_heard_of },
    { "takes-a-badge-for-staff", test_takes_a_badge_for_staff },
    { "takes-its-wearer-for-staff", test_takes_its_wearer_for_staff },
    { "forgets-a-badge-with-its-day", test_forgets_a_badge_with_its_day },
    { "keeps-who-a-tag-is", test_keeps_who_a_tag_is },
    { "folds-what-was-there-before", test_folds_what_was_there_before },
    { "counts-who-came-past", test_counts_who_came_past },
    { "places-windows-by-the-boot-time", test_places_windows_by_the_boot_time },
    { "places-what-was-recovered", test_places_what_was_recovered },
  };
  CoreEngine *data = g_new (CoreEngine, 1); // lives as long as the program
  *data = (CoreEngine){ make_uri, user_data };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/trace/ingest/%s/%s", engine, cases[i].name);
    g_test_add (path, Core, data, core_set_up, cases[i].run, core_tear_down);
  }
}
