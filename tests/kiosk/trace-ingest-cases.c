// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/kiosk/trace-ingest-cases.h"

#include <string.h>

#include "kiosk/trace/trace-feed-retain.h"
#include "tests/kiosk/trace-ingest-fixture.h"

#define AN "cccd:079190000001"
#define BA "cccd:079190000002"
#define STAYS_OF                                                                                   \
  "SELECT count (*) FROM stay WHERE subject = (SELECT id FROM subject WHERE key = $1)"
#define FIRST_OF(column)                                                                           \
  "SELECT " column " FROM stay WHERE subject = (SELECT id FROM subject WHERE key = $1)"            \
  " ORDER BY arrived_s"

// An comes and leaves, Ba comes and stays.
static void
make_morning (TestKiosk *kiosk)
{
  JournalStamp at[] = { core_stamp (10 * MINUTE), core_stamp (15 * MINUTE),
                        core_stamp (40 * MINUTE + 500) };
  guint64 visit = test_kiosk_arrive (kiosk, &at[0], AN);
  test_kiosk_arrive (kiosk, &at[1], BA);
  test_kiosk_leave (kiosk, &at[2], visit);
}

static void
test_takes_a_batch_once (Core *core, gconstpointer unused)
{
  make_morning (core->kiosk);
  TraceIngestAnswer first = core_send (core, core->kiosk, 1, 4);
  g_assert_cmpint (first.result, ==, TRACE_INGEST_TAKEN);
  g_assert_cmpuint (first.n_new, ==, 4);
  g_assert_cmpuint (first.n_quarantined, ==, 0);
  g_assert_cmpint (core_ask (core, "SELECT count (*) FROM stay"), ==, 2);
  g_assert_cmpint (core_ask_of (core, FIRST_OF ("arrived_s"), AN), ==, BEGIN_MS / 1000 + 600);
  g_assert_cmpint (core_ask_of (core, FIRST_OF ("length_s"), AN), ==, 1801);
  g_assert_cmpint (core_ask_of (core, FIRST_OF ("slack_s"), AN), ==, 0);
  g_assert_cmpint (core_ask (core, "SELECT count (*) FROM open_visit"), ==, 1);
  g_assert_cmpint (core_ask (core, "SELECT count (*) FROM detail"), ==, 2);
  g_assert_cmpint (core_ask (core, "SELECT count (*) FROM place WHERE venue = 'v1'"
                                   " AND zone = 'gate'"),
                   ==, 1);

  core->now_ms += MINUTE; // the reply was lost
  TraceIngestAnswer again = core_send (core, core->kiosk, 1, 4);
  g_assert_cmpuint (again.n_new, ==, 0);
  g_assert_cmpmem (again.receipt, sizeof again.receipt, first.receipt, sizeof first.receipt);
  g_assert_cmpint (core_ask (core, "SELECT count (*) FROM stay"), ==, 2);
}

static void
test_takes_the_rest_of_what_overlaps (Core *core, gconstpointer unused)
{
  make_morning (core->kiosk);
  make_morning (core->kiosk);
  g_assert_cmpuint (core_send (core, core->kiosk, 1, 3).n_new, ==, 3);
  g_assert_cmpuint (core_send (core, core->kiosk, 2, 5).n_new, ==, 2);
  g_assert_cmpuint (core_send (core, core->kiosk, 1, 7).n_new, ==, 2);
  for (guint64 first = 1; first <= 7; first++) // halved, or sent anew by a copy of the outbox
    for (guint64 last = first; last <= 7; last++) {
      TraceIngestAnswer answer = core_send (core, core->kiosk, first, last);
      g_assert_cmpint (answer.result, ==, TRACE_INGEST_TAKEN);
      g_assert_cmpuint (answer.n_new, ==, 0);
    }
  g_assert_cmpint (core_ask (core, "SELECT sum (last - first + 1) FROM run"), ==, 7);
}

static void
test_says_what_is_missing (Core *core, gconstpointer unused)
{
  make_morning (core->kiosk);
  make_morning (core->kiosk);
  core_send (core, core->kiosk, 1, 3);
  TraceIngestAnswer answer = core_send (core, core->kiosk, 5, 7);
  g_assert_cmpint (answer.result, ==, TRACE_INGEST_GAP);
  g_assert_cmpuint (answer.expected, ==, 4);
  g_assert_cmpint (core_ask (core, "SELECT last FROM stream"), ==, 3);
  g_assert_cmpint (core_send (core, core->kiosk, 4, 7).result, ==, TRACE_INGEST_TAKEN);
}

typedef struct {
  guint64 common, sent, first, last; // records of both, of the one that is held, of the other
} Fork;

// A card is cloned, and both go on.
static void
test_freezes_a_fork (Core *core, gconstpointer unused)
{
  static const Fork forks[] = {
    { 2, 4, 3, 4 }, { 2, 4, 1, 4 }, { 2, 4, 2, 3 }, { 2, 4, 4, 7 }, { 2, 4, 5, 7 }, { 4, 7, 5, 5 },
  };
  for (guint8 i = 0; i < G_N_ELEMENTS (forks); i++) {
    g_autoptr (TestKiosk) kiosk = core_join (core, (guint8) (10 + i), 1);
    JournalStamp at = core_stamp (MINUTE);
    while (kiosk->seq < forks[i].common)
      test_kiosk_arrive (kiosk, &at, BA);
    g_autoptr (TestKiosk) clone = test_kiosk_copy (kiosk);
    while (kiosk->seq < 8)
      test_kiosk_arrive (kiosk, &at, AN);
    while (clone->seq < 8)
      test_kiosk_arrive (clone, &at, BA);
    g_assert_cmpint (core_send (core, kiosk, 1, forks[i].sent).result, ==, TRACE_INGEST_TAKEN);
    gint64 n_stays = core_ask (core, "SELECT count (*) FROM stay");
    g_assert_cmpint (core_send (core, clone, forks[i].first, forks[i].last).result, ==,
                     TRACE_INGEST_FORK);
    g_assert_cmpint (core_ask (core, "SELECT count (*) FROM incident WHERE what = 'fork'"), ==,
                     i + 1);
    g_assert_cmpint (core_ask (core, "SELECT count (*) FROM stay"), ==, n_stays);
    // Which of the two is the kiosk, people find out.
    g_assert_cmpint (core_send (core, kiosk, forks[i].sent + 1, 8).result, ==, TRACE_INGEST_FORK);
  }
}

static void
test_begins_an_epoch_with_its_first_record (Core *core, gconstpointer unused)
{
  make_morning (core->kiosk);
  TraceIngestAnswer early = core_send (core, core->kiosk, 2, 3);
  g_assert_cmpint (early.result, ==, TRACE_INGEST_GAP); // from a store that lost the epoch, too
  g_assert_cmpuint (early.expected, ==, 1);
  g_assert_cmpint (core_ask (core, "SELECT count (*) FROM stream"), ==, 0);
  g_assert_cmpint (core_send (core, core->kiosk, 1, 4).result, ==, TRACE_INGEST_TAKEN);

  JournalStamp stamp = core_stamp (0);
  g_autoptr (TestKiosk) second =
      test_kiosk_new (1, 2, trace_keys_get_ingest_key (core->keys), &stamp);
  make_morning (second);
  g_assert_cmpint (core_send (core, second, 1, 4).result, ==, TRACE_INGEST_TAKEN);
  g_assert_cmpint (core_ask (core, "SELECT max (number) FROM stream"), ==, 2);
  g_assert_cmpint (core_ask (core, "SELECT count (*) FROM stay"), ==, 4);

  // Its boot record was signed for another epoch.
  g_autoptr (TestKiosk) forged =
      test_kiosk_new (1, 3, trace_keys_get_ingest_key (core->keys), &stamp);
  memset (forged->origin.epoch, 4, sizeof forged->origin.epoch);
  g_assert_cmpint (core_send (core, forged, 1, 1).result, ==, TRACE_INGEST_EPOCH);
  g_assert_cmpint (core_ask (core, "SELECT count (*) FROM stream"), ==, 2);
}

static void
test_takes_nothing_from_others (Core *core, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  FeedRange range;
  guint8 signature[JOURNAL_SIG_SIZE];
  gboolean is_found = FALSE;
  JournalStamp stamp = core_stamp (0);
  g_autoptr (TestKiosk) stranger =
      test_kiosk_new (99, 1, trace_keys_get_ingest_key (core->keys), &stamp);
  g_autoptr (TestKiosk) other = core_join (core, 2, 1);
  make_morning (core->kiosk);
  g_assert_cmpint (core_send (core, stranger, 1, 1).result, ==, TRACE_INGEST_FORBIDDEN);

  g_autoptr (GBytes) body = test_kiosk_make_batch (core->kiosk, 1, 4, &range, signature);
  test_kiosk_sign (other, &range, signature);
  g_assert_cmpint (core_send_batch (core, core->kiosk, &range, signature, body).result, ==,
                   TRACE_INGEST_FORBIDDEN);
  test_kiosk_sign (core->kiosk, &range, signature);
  g_assert_cmpint (core_send_batch (core, other, &range, signature, body).result, ==,
                   TRACE_INGEST_FORBIDDEN);
  for (guint i = 0; i < sizeof signature; i++) {
    signature[i] ^= 1;
    g_assert_cmpint (core_send_batch (core, core->kiosk, &range, signature, body).result, ==,
                     TRACE_INGEST_FORBIDDEN);
    signature[i] ^= 1;
  }
  g_assert_cmpint (core_ask (core, "SELECT count (*) FROM stream"), ==, 0);

  g_assert_cmpint (core_send (core, core->kiosk, 1, 3).result, ==, TRACE_INGEST_TAKEN);
  g_assert_true (trace_kiosk_revoke (trace_store_get_db (core->store), core->kiosk->origin.kiosk,
                                     core->now_ms, &is_found, &error));
  g_assert_true (is_found);
  g_assert_cmpint (core_send (core, core->kiosk, 4, 4).result, ==, TRACE_INGEST_FORBIDDEN);
}

static void
expect_malformed (Core *core, const FeedRange *range, GBytes *body)
{
  guint8 signature[JOURNAL_SIG_SIZE];
  test_kiosk_sign (core->kiosk, range, signature);
  g_assert_cmpint (core_send_batch (core, core->kiosk, range, signature, body).result, ==,
                   TRACE_INGEST_MALFORMED);
}

static void
test_takes_nothing_malformed (Core *core, gconstpointer unused)
{
  FeedRange range;
  guint8 signature[JOURNAL_SIG_SIZE];
  gsize len = 0;
  make_morning (core->kiosk);
  g_autoptr (GBytes) body = test_kiosk_make_batch (core->kiosk, 1, 4, &range, signature);
  const guint8 *data = g_bytes_get_data (body, &len);
  for (gsize cut = 0; cut < len; cut += 7) {
    g_autoptr (GBytes) part = g_bytes_new (data, cut);
    expect_malformed (core, &range, part);
  }
  for (gsize at = 0; at < len; at += 5) {
    g_autofree guint8 *changed = g_memdup2 (data, len);
    changed[at] ^= 0x40;
    g_autoptr (GBytes) bytes = g_bytes_new (changed, len);
    expect_malformed (core, &range, bytes);
  }
  // Out of order, twice, too few.
  for (guint kind = 0; kind < 3; kind++) {
    static const guint orders[3][4] = { { 0, 2, 1, 3 }, { 0, 1, 1, 2 }, { 0, 1, 2, 4 } };
    g_autoptr (GByteArray) mixed = g_byte_array_new ();
    for (guint i = 0; i < 4; i++) {
      gsize item_len = 0;
      if (orders[kind][i] == 4)
        continue;
      const guint8 *item =
          g_bytes_get_data (g_ptr_array_index (core->kiosk->items, orders[kind][i]), &item_len);
      g_byte_array_append (mixed, item, (guint) item_len);
    }
    g_autoptr (GBytes) bytes = g_bytes_new (mixed->data, mixed->len);
    expect_malformed (core, &range, bytes);
  }
  g_assert_cmpint (core_ask (core, "SELECT count (*) FROM stream"), ==, 0);
}

// H25; but what a disk lost counts as nothing.
static void
test_takes_500_at_once (Core *core, gconstpointer unused)
{
  JournalStamp at = core_stamp (MINUTE);
  JournalBody loss = { .kind = JOURNAL_KIND_TOMBSTONE,
                       .tombstone = { 502, 99999, JOURNAL_LOSS_STORAGE } };
  guint8 bytes[JOURNAL_BODY_MAX];
  gsize len = journal_record_write (&loss, bytes, sizeof bytes);
  while (core->kiosk->seq < 501)
    test_kiosk_fix (core->kiosk, &at, 1);
  test_kiosk_append_raw (core->kiosk, 100000, JOURNAL_KIND_TOMBSTONE, &at, bytes, len);
  g_assert_cmpint (core_send (core, core->kiosk, 1, 501).result, ==, TRACE_INGEST_TOO_MANY);
  g_assert_cmpuint (core_send (core, core->kiosk, 1, 500).n_new, ==, 500);
  g_assert_cmpuint (core_send (core, core->kiosk, 501, 100000).n_new, ==, 2);
  g_assert_cmpint (core_ask (core, "SELECT sum (last - first + 1) FROM run"), ==, 502);
}

static void
expect_aside (Core *core, guint64 seq, const char *reason)
{
  g_autofree char *sql = g_strdup_printf (
      "SELECT count (*) FROM quarantine WHERE seq = %" G_GUINT64_FORMAT " AND reason = '%s'", seq,
      reason);
  g_assert_cmpint (core_ask (core, sql), ==, 1);
}

// A record that makes no sense does not hold up its neighbours.
static void
test_puts_poison_aside (Core *core, gconstpointer unused)
{
  TestKiosk *kiosk = core->kiosk;
  JournalStamp at = core_stamp (MINUTE), past = at, future = at, far = at;
  static const guint8 garbage[] = { 0xff, 0x00, 0x13 };
  past.wall_ms = 1000;
  future.wall_ms = core->now_ms + 120 * MINUTE;
  far.wall_ms = G_GINT64_CONSTANT (4291747200000);
  guint64 body = test_kiosk_append_raw (kiosk, kiosk->seq + 1, JOURNAL_KIND_VISIT_OPEN, &at,
                                        garbage, sizeof garbage);
  g_autoptr (TestKiosk) elsewhere = test_kiosk_copy (kiosk);
  test_kiosk_arrive (elsewhere, &at, AN); // sealed for another place than where it will be
  test_kiosk_arrive (kiosk, &at, BA);
  JournalBody moved;
  const JournalRecord *there = &g_array_index (elsewhere->hashes, JournalRecord, 2);
  gsize len = 0;
  const guint8 *item = g_bytes_get_data (g_ptr_array_index (elsewhere->items, 2), &len);
  JournalRecord again;
  g_assert_cmpuint (feed_item_read (item, len, &again), ==, len);
  g_assert_true (journal_record_read (there->kind, again.body.data, again.body.len, &moved));
  guint64 seal = test_kiosk_append (kiosk, &at, &moved);
  guint64 times[] = { test_kiosk_arrive (kiosk, &past, AN), test_kiosk_arrive (kiosk, &future, AN),
                      test_kiosk_arrive (kiosk, &far, AN) };
  guint64 visit = test_kiosk_leave (kiosk, &at, 4711);
  guint64 erased_boot =
      test_kiosk_append_raw (kiosk, kiosk->seq + 1, JOURNAL_KIND_CONFIG, &at, NULL, 0);
  test_kiosk_arrive (kiosk, &at, AN);
  TraceIngestAnswer answer = core_send (core, kiosk, 1, kiosk->seq);
  g_assert_cmpint (answer.result, ==, TRACE_INGEST_TAKEN);
  g_assert_cmpuint (answer.n_quarantined, ==, 7);
  expect_aside (core, body, "body");
  expect_aside (core, seal, "seal");
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    expect_aside (core, times[i], "time");
  expect_aside (core, visit, "visit");
  expect_aside (core, erased_boot, "body");
  g_assert_cmpint (core_ask_of (core, STAYS_OF, AN), ==, 1);
  g_assert_cmpint (core_ask_of (core, STAYS_OF, BA), ==, 1);
}

// A kiosk that recorded before it joined sealed to keys of its own.
static void
test_says_what_was_sealed_for_others (Core *core, gconstpointer unused)
{
  JournalStamp at = core_stamp (0), later = core_stamp (MINUTE);
  guint8 own_key[JOURNAL_KEY_SIZE] = { 9 };
  g_autoptr (TestKiosk) kiosk = test_kiosk_new (7, 1, own_key, &at);
  core_admit (core, kiosk, "v7");
  guint64 sealed = test_kiosk_arrive (kiosk, &at, AN);
  memcpy (kiosk->ingest_key, trace_keys_get_ingest_key (core->keys), sizeof kiosk->ingest_key);
  test_kiosk_boot (kiosk, &later);
  test_kiosk_arrive (kiosk, &later, BA);
  g_assert_cmpint (core_send (core, kiosk, 1, kiosk->seq).n_quarantined, ==, 1);
  expect_aside (core, sealed, "key");
  g_assert_cmpint (core_ask_of (core, STAYS_OF, BA), ==, 1);
}

static void
test_takes_what_was_erased_or_lost (Core *core, gconstpointer unused)
{
  TestKiosk *kiosk = core->kiosk;
  JournalStamp at = core_stamp (MINUTE);
  test_kiosk_append_raw (kiosk, 2, JOURNAL_KIND_VISIT_OPEN, &at, NULL, 0);
  test_kiosk_arrive (kiosk, &at, AN);
  g_autoptr (TestKiosk) before = test_kiosk_copy (kiosk);
  test_kiosk_arrive (before, &at, BA); // 4 reaches the core, and not the disk
  g_assert_cmpint (core_send (core, before, 1, 4).result, ==, TRACE_INGEST_TAKEN);

  JournalBody loss = { .kind = JOURNAL_KIND_TOMBSTONE,
                       .tombstone = { 4, 9, JOURNAL_LOSS_STORAGE } };
  FeedRange range;
  guint8 signature[JOURNAL_SIG_SIZE];
  guint8 bytes[JOURNAL_BODY_MAX];
  gsize len = journal_record_write (&loss, bytes, sizeof bytes);
  test_kiosk_append_raw (kiosk, 10, JOURNAL_KIND_TOMBSTONE, &at, bytes, len);
  guint64 visit = test_kiosk_arrive (kiosk, &at, AN);
  test_kiosk_leave (kiosk, &at, visit);
  g_autoptr (GBytes) body = test_kiosk_make_batch (kiosk, 2, 12, &range, signature);
  FeedRange across = range; // from the first number that is lost, as an outbox has it
  g_autoptr (GBytes) from_hole = test_kiosk_make_batch (kiosk, 10, 11, &across, signature);
  across.first = 4;
  test_kiosk_sign (kiosk, &across, signature);
  g_assert_cmpint (core_send_batch (core, kiosk, &across, signature, from_hole).result, ==,
                   TRACE_INGEST_TAKEN);
  g_assert_cmpint (core_send_batch (core, kiosk, &across, signature, from_hole).result, ==,
                   TRACE_INGEST_TAKEN);
  test_kiosk_sign (kiosk, &range, signature); // from before it to behind it
  g_assert_cmpint (core_send_batch (core, kiosk, &range, signature, body).result, ==,
                   TRACE_INGEST_TAKEN);
  g_assert_cmpint (core_send (core, kiosk, 10, 11).result, ==, TRACE_INGEST_TAKEN); // again
  g_assert_cmpint (core_ask (core, "SELECT last FROM stream"), ==, 12);
  g_assert_cmpint (core_ask_of (core, STAYS_OF, AN), ==, 2);
  g_assert_cmpint (core_ask_of (core, STAYS_OF, BA), ==, 1);

  // A kiosk that lost exactly the last that the core has, and goes on behind it.
  g_autoptr (TestKiosk) after = test_kiosk_copy (kiosk);
  visit = test_kiosk_arrive (after, &at, BA); // 13
  g_assert_cmpint (core_send (core, after, 13, 13).result, ==, TRACE_INGEST_TAKEN);
  loss.tombstone = (JournalTombstone){ 13, 13, JOURNAL_LOSS_STORAGE };
  len = journal_record_write (&loss, bytes, sizeof bytes);
  test_kiosk_append_raw (kiosk, 14, JOURNAL_KIND_TOMBSTONE, &at, bytes, len);
  g_assert_cmpint (core_send (core, kiosk, 14, 14).result, ==, TRACE_INGEST_TAKEN);

  // A hole that does not begin where records ended is none.
  loss.tombstone = (JournalTombstone){ 17, 19, JOURNAL_LOSS_STORAGE };
  len = journal_record_write (&loss, bytes, sizeof bytes);
  test_kiosk_append_raw (kiosk, 20, JOURNAL_KIND_TOMBSTONE, &at, bytes, len);
  g_assert_cmpint (core_send (core, kiosk, 20, 20).result, ==, TRACE_INGEST_GAP);
}

static JournalBeacon
make_beacon (guint8 number, guint32 first_ms, guint32 last_ms)
{
  JournalBeacon beacon = { .first_ms = first_ms, .last_ms = last_ms, .n_sightings = 9 };
  guint8 id[12];
  memset (id, number, sizeof id);
  beacon.beacon.kind = CT_BEACON_BLUEZONE;
  g_assert_true (ct_beacon_set_id (&beacon.beacon, id, sizeof id));
  return beacon;
}

static void
test_takes_what_the_radio_heard (Core *core, gconstpointer unused)
{
  TestKiosk *kiosk = core->kiosk;
  JournalStamp at = core_stamp (MINUTE), to = core_stamp (6 * MINUTE);
  const JournalBeacon beacons[] = { make_beacon (0xab, 10000, 200000), make_beacon (0xcd, 0, 0) };
  guint64 visit = test_kiosk_arrive (kiosk, &at, AN);
  test_kiosk_tap (kiosk, &at, visit, &beacons[0]);
  test_kiosk_hear (kiosk, &to, BEGIN_MS + MINUTE, beacons, G_N_ELEMENTS (beacons));
  test_kiosk_miss (kiosk, &at, &to);
  g_assert_cmpuint (core_send (core, kiosk, 1, kiosk->seq).n_quarantined, ==, 0);
  const char *phone = "beacon:bluezone:abababababababababababab";
  const char *heard = "SELECT count (*) FROM stay WHERE subject ="
                      " (SELECT id FROM subject WHERE key = $1) AND evidence = 1"
                      " AND length_s = 190 AND arrived_s = 1794967270"; // BEGIN_MS and 70 s
  g_assert_cmpint (core_ask_of (core, heard, AN), ==, 1);
  g_assert_cmpint (
      core_ask_of (core, FIRST_OF ("length_s"), "beacon:bluezone:cdcdcdcdcdcdcdcdcdcdcdcd"), ==, 1);
  g_assert_cmpint (core_ask_of (core, "SELECT count (*) FROM link WHERE subject = $1", AN), ==, 1);
  g_assert_cmpint (core_ask_of (core, "SELECT count (*) FROM link WHERE beacon = $1", phone), ==,
                   1);
  g_assert_cmpint (core_ask (core, "SELECT to_s - from_s FROM gap WHERE what = 'radio'"), ==, 300);
  g_assert_cmpint (core_ask (core, "SELECT n_sightings FROM heard"), ==, 2);
}

// Nobody is at two venues at once; who forgot to check out was not.
static void
test_marks_who_was_at_two_places (Core *core, gconstpointer unused)
{
  g_autoptr (TestKiosk) other = core_join (core, 2, 1);
  JournalStamp at[] = { core_stamp (10 * MINUTE), core_stamp (20 * MINUTE),
                        core_stamp (30 * MINUTE), core_stamp (40 * MINUTE) };
  guint64 an = test_kiosk_arrive (core->kiosk, &at[0], AN);
  guint64 ba = test_kiosk_arrive (core->kiosk, &at[0], BA);
  test_kiosk_leave (core->kiosk, &at[2], an);
  test_kiosk_expire (core->kiosk, &at[2], ba);
  test_kiosk_arrive (other, &at[1], AN);
  guint64 forgot = test_kiosk_arrive (other, &at[1], BA);
  test_kiosk_leave (other, &at[3], forgot);
  core_send (core, other, 1, other->seq);
  core_send (core, core->kiosk, 1, core->kiosk->seq);
  const char *sql = "SELECT count (*) FROM stay WHERE doubts & 4 = 4 AND subject ="
                    " (SELECT id FROM subject WHERE key = $1)";
  g_assert_cmpint (core_ask_of (core, sql, AN), ==, 2);
  g_assert_cmpint (core_ask_of (core, sql, BA), ==, 0);
  g_assert_cmpint (core_ask (core, "SELECT count (*) FROM stay WHERE doubts & 8 = 8"), ==, 1);
}

static void
test_hears_how_a_kiosk_is (Core *core, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  TraceIngestAnswer answer;
  make_morning (core->kiosk);
  core_send (core, core->kiosk, 1, 3);
  static const struct {
    guint64 last, delivered;
    const char *incident;
  } beats[] = { { 4, 3, NULL }, { 2, 2, "rollback" }, { 4, 4, "core-behind" } };
  for (gsize i = 0; i < G_N_ELEMENTS (beats); i++) {
    g_autoptr (GBytes) beat = test_kiosk_beat (core->kiosk, beats[i].last, beats[i].delivered);
    g_assert_true (trace_ingest_heartbeat (core->store, &core->kiosk->origin, beat, core->now_ms,
                                           &answer, &error));
    g_assert_cmpint (answer.result, ==, TRACE_INGEST_TAKEN);
    g_assert_cmpstr (answer.reason, ==, beats[i].incident);
  }
  g_assert_cmpint (core_ask (core, "SELECT count (*) FROM incident"), ==, 2);
  g_assert_cmpint (core_ask (core, "SELECT beat_devices FROM kiosk"), ==, FEED_DEVICE_PRINTER);

  g_autoptr (GBytes) beat = test_kiosk_beat (core->kiosk, 4, 3);
  g_autoptr (TestKiosk) other = core_join (core, 2, 1);
  g_assert_true (
      trace_ingest_heartbeat (core->store, &other->origin, beat, core->now_ms, &answer, &error));
  g_assert_cmpint (answer.result, ==, TRACE_INGEST_FORBIDDEN);
}

// After retention nothing that was personal is left, and the feed goes on.
static void
test_lets_go_of_what_is_old (Core *core, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  static const char *const tables[] = { "stay", "subject", "detail", "visit",      "link",
                                        "fold", "gap",     "heard",  "quarantine", "badge" };
  TestKiosk *kiosk = core->kiosk;
  JournalStamp at = core_stamp (MINUTE), to = core_stamp (6 * MINUTE);
  JournalBeacon beacon = make_beacon (1, 0, 5000);
  gint64 n_stays = 0, later_s = core->now_ms / 1000 + 40 * 86400;
  guint64 visit = test_kiosk_arrive (kiosk, &at, AN);
  beacon.is_staff = TRUE;
  test_kiosk_tap (kiosk, &at, visit, &beacon);
  test_kiosk_hear (kiosk, &to, BEGIN_MS + MINUTE, &beacon, 1);
  test_kiosk_miss (kiosk, &at, &to);
  test_kiosk_leave (kiosk, &at, 4711);
  core_send (core, kiosk, 1, 3);
  core_send (core, kiosk, 4, 6);
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++) {
    g_autofree char *sql = g_strdup_printf ("SELECT count (*) FROM %s", tables[i]);
    g_assert_cmpint (core_ask (core, sql), >=, 1);
  }
  g_assert_true (trace_store_retain (core->store, later_s, &n_stays, &error));
  g_assert_true (trace_feed_retain (trace_store_get_db (core->store), later_s, &error));
  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++) {
    g_autofree char *sql = g_strdup_printf ("SELECT count (*) FROM %s", tables[i]);
    g_assert_cmpint (core_ask (core, sql), ==, 0);
  }
  TraceIngestAnswer old = core_send (core, kiosk, 1, 3);
  g_assert_cmpint (old.result, ==, TRACE_INGEST_GAP);
  g_assert_cmpuint (old.expected, ==, 7);
  test_kiosk_arrive (kiosk, &to, BA);
  g_assert_cmpuint (core_send (core, kiosk, 5, 7).n_new, ==, 1);
}

static void
expect_refusal (Core *core, const TestKiosk *kiosk, const guint8 *token, const char *refusal)
{
  FeedWelcome welcome;
  g_assert_cmpstr (core_ask_to_join (core, kiosk, token, &welcome).refusal, ==, refusal);
}

static void
test_welcomes_again_who_did_not_hear (Core *core, gconstpointer unused)
{
  JournalStamp at = core_stamp (0);
  guint8 key[JOURNAL_KEY_SIZE] = { 9 }, first[FEED_TOKEN_SIZE], second[FEED_TOKEN_SIZE];
  FeedWelcome welcome = { .venue = "" }, again = { .venue = "" };
  gboolean is_found = FALSE;
  g_autoptr (TestKiosk) kiosk = test_kiosk_new (2, 1, key, &at);
  g_autoptr (TestKiosk) other = test_kiosk_new (3, 1, key, &at);
  core_offer (core, "v2", "gate", first);
  g_assert_false (core_ask_to_join (core, kiosk, first, &welcome).is_again);
  gint64 enrolled_ms = core->now_ms;
  core->now_ms += 14 * MINUTE; // the reply was lost
  TraceAdmission admission = core_ask_to_join (core, kiosk, first, &again);
  g_assert_null (admission.refusal);
  g_assert_true (admission.is_again);
  g_assert_cmpmem (&again, sizeof again, &welcome, sizeof welcome);
  g_assert_cmpint (core_ask (core, "SELECT count (*) FROM kiosk"), ==, 2);
  g_assert_cmpint (core_ask (core, "SELECT enrolled_ms FROM kiosk WHERE venue = 'v2'"), ==,
                   enrolled_ms);
  g_assert_cmpint (core_ask (core, "SELECT count (*) FROM incident"), ==, 0);
  expect_refusal (core, other, first, "used code");

  core_offer (core, "v2", "hall", second);
  g_assert_null (core_ask_to_join (core, kiosk, second, &welcome).refusal);
  expect_refusal (core, kiosk, first, "used code"); // it went on to another place since
  g_assert_true (core_ask_to_join (core, kiosk, second, &again).is_again);
  g_assert_cmpstr (again.zone, ==, "hall");
  core->now_ms += 15 * MINUTE;
  expect_refusal (core, kiosk, second, "expired code");
  core->now_ms -= MINUTE;
  g_assert_true (trace_kiosk_revoke (trace_store_get_db (core->store), kiosk->origin.kiosk,
                                     core->now_ms, &is_found, NULL));
  expect_refusal (core, kiosk, second, "revoked kiosk");
}

void
trace_ingest_cases_add (const char *engine, TraceMakeUri make_uri, gpointer user_data)
{
  static const struct {
    const char *name;
    void (*run) (Core *core, gconstpointer user_data);
  } cases[] = {
    { "takes-a-batch-once", test_takes_a_batch_once },
    { "takes-the-rest-of-what-overlaps", test_takes_the_rest_of_what_overlaps },
    { "says-what-is-missing", test_says_what_is_missing },
    { "freezes-a-fork", test_freezes_a_fork },
    { "begins-an-epoch-with-its-first-record", test_begins_an_epoch_with_its_first_record },
    { "takes-nothing-from-others", test_takes_nothing_from_others },
    { "takes-nothing-malformed", test_takes_nothing_malformed },
    { "takes-500-at-once", test_takes_500_at_once },
    { "puts-poison-aside", test_puts_poison_aside },
    { "says-what-was-sealed-for-others", test_says_what_was_sealed_for_others },
    { "takes-what-was-erased-or-lost", test_takes_what_was_erased_or_lost },
    { "takes-what-the-radio-heard", test_takes_what_the_radio_heard },
    { "marks-who-was-at-two-places", test_marks_who_was_at_two_places },
    { "lets-go-of-what-is-old", test_lets_go_of_what_is_old },
    { "hears-how-a-kiosk-is", test_hears_how_a_kiosk_is },
    { "welcomes-again-who-did-not-hear", test_welcomes_again_who_did_not_hear },
  };
  CoreEngine *data = g_new (CoreEngine, 1); // lives as long as the program
  *data = (CoreEngine){ make_uri, user_data };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/trace/ingest/%s/%s", engine, cases[i].name);
    g_test_add (path, Core, data, core_set_up, cases[i].run, core_tear_down);
  }
}
