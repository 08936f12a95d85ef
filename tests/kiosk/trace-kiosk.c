// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/kiosk/trace-kiosk.h"

#include <string.h>

#include <sodium.h>

JournalStamp
test_stamp (guint8 boot, gint64 begin_ms, gint64 after_ms, JournalClockQuality quality)
{
  JournalStamp stamp = { .boottime_ns = after_ms * 1000000,
                         .wall_ms = begin_ms + after_ms,
                         .quality = quality };
  memset (stamp.boot_id, boot, sizeof stamp.boot_id);
  return stamp;
}

static JournalBytes
view (GBytes *bytes)
{
  JournalBytes view = { NULL, 0 };
  view.data = g_bytes_get_data (bytes, &view.len);
  return view;
}

guint64
test_kiosk_append_raw (TestKiosk *kiosk,
                       guint64 seq,
                       JournalKind kind,
                       const JournalStamp *stamp,
                       const guint8 *body,
                       gsize len)
{
  g_autoptr (GByteArray) item = g_byte_array_new ();
  JournalRecord record = { .seq = seq, .kind = kind, .stamp = *stamp, .body = { body, len } };
  if (body != NULL)
    journal_chain_hash_body (&record.body, record.body_hash);
  else
    memset (record.body_hash, 0xee, sizeof record.body_hash);
  memcpy (record.prev, kiosk->head, sizeof record.prev);
  journal_chain_link (&record, record.hash);
  g_assert_true (feed_item_write (item, &record));
  memcpy (kiosk->head, record.hash, sizeof record.hash);
  kiosk->seq = seq;
  g_array_append_val (kiosk->hashes, record);
  g_ptr_array_add (kiosk->items, g_bytes_new (item->data, item->len));
  return seq;
}

guint64
test_kiosk_append (TestKiosk *kiosk, const JournalStamp *stamp, const JournalBody *body)
{
  guint8 bytes[JOURNAL_BODY_MAX];
  gsize len = journal_record_write (body, bytes, sizeof bytes);
  g_assert_cmpuint (len, >, 0);
  return test_kiosk_append_raw (kiosk, kiosk->seq + 1, body->kind, stamp, bytes, len);
}

guint64
test_kiosk_boot (TestKiosk *kiosk, const JournalStamp *stamp)
{
  guint8 signature[JOURNAL_SIG_SIZE];
  JournalStatement statement;
  JournalBody body = { .kind = JOURNAL_KIND_BOOT };
  body.boot = (JournalBoot){
    .format = JOURNAL_FORMAT,
    .kiosk = { kiosk->origin.kiosk, JOURNAL_ID_SIZE },
    .epoch = { kiosk->origin.epoch, JOURNAL_ID_SIZE },
    .kiosk_key = { kiosk->key, JOURNAL_KEY_SIZE },
    .record_key = { kiosk->key, JOURNAL_KEY_SIZE },
    .ingest_key = { kiosk->ingest_key, JOURNAL_KEY_SIZE },
    .officer_key = { kiosk->officer_key, JOURNAL_KEY_SIZE },
    .binding = { signature, sizeof signature },
  };
  journal_statement_binding (&statement, &kiosk->origin, kiosk->key);
  crypto_sign_detached (signature, NULL, statement.bytes, statement.len, kiosk->secret);
  return test_kiosk_append (kiosk, stamp, &body);
}

TestKiosk *
test_kiosk_new (guint number, guint8 epoch, const guint8 *ingest_key, const JournalStamp *stamp)
{
  TestKiosk *kiosk = g_new0 (TestKiosk, 1);
  g_assert_cmpint (sodium_init (), >=, 0);
  memcpy (kiosk->seed, &number, sizeof number);
  crypto_sign_seed_keypair (kiosk->key, kiosk->secret, kiosk->seed);
  journal_chain_kiosk_id (kiosk->key, kiosk->origin.kiosk);
  memset (kiosk->origin.epoch, epoch, sizeof kiosk->origin.epoch);
  memcpy (kiosk->ingest_key, ingest_key, sizeof kiosk->ingest_key);
  crypto_scalarmult_base (kiosk->officer_key, kiosk->seed);
  journal_chain_begin (&kiosk->origin, kiosk->head);
  kiosk->hashes = g_array_new (FALSE, FALSE, sizeof (JournalRecord));
  kiosk->items = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  test_kiosk_boot (kiosk, stamp);
  return kiosk;
}

TestKiosk *
test_kiosk_copy (const TestKiosk *kiosk)
{
  TestKiosk *copy = g_memdup2 (kiosk, sizeof *kiosk);
  copy->hashes = g_array_copy (kiosk->hashes);
  copy->items = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < kiosk->items->len; i++)
    g_ptr_array_add (copy->items, g_bytes_ref (g_ptr_array_index (kiosk->items, i)));
  return copy;
}

void
test_kiosk_free (TestKiosk *kiosk)
{
  g_array_unref (kiosk->hashes);
  g_ptr_array_unref (kiosk->items);
  g_free (kiosk);
}

guint64
test_kiosk_arrive (TestKiosk *kiosk, const JournalStamp *stamp, const char *identity)
{
  g_autoptr (GBytes) content = g_bytes_new (identity, strlen (identity));
  g_autoptr (GBytes) who =
      journal_seal (kiosk->ingest_key, JOURNAL_SEAL_WHO, &kiosk->origin, kiosk->seq + 1, content);
  g_autoptr (GBytes) details = journal_seal (kiosk->officer_key, JOURNAL_SEAL_DETAILS,
                                             &kiosk->origin, kiosk->seq + 1, content);
  guint8 subject[JOURNAL_ID_SIZE] = { 0 };
  JournalBody body = { .kind = JOURNAL_KIND_VISIT_OPEN };
  body.visit_open = (JournalVisitOpen){ .subject = { subject, sizeof subject },
                                        .who = view (who),
                                        .details = view (details),
                                        .credential_kind = 1,
                                        .freshness = 1,
                                        .evidence = JOURNAL_EVIDENCE_QR,
                                        .zone = { (const guint8 *) "gate", 4 } };
  return test_kiosk_append (kiosk, stamp, &body);
}

static guint64
close_visit (TestKiosk *kiosk, const JournalStamp *stamp, guint64 visit, JournalCloseReason reason)
{
  JournalBody body = { .kind = JOURNAL_KIND_VISIT_CLOSE, .visit_close = { visit, reason } };
  return test_kiosk_append (kiosk, stamp, &body);
}

guint64
test_kiosk_leave (TestKiosk *kiosk, const JournalStamp *stamp, guint64 visit)
{
  return close_visit (kiosk, stamp, visit, JOURNAL_CLOSE_SCAN);
}

guint64
test_kiosk_expire (TestKiosk *kiosk, const JournalStamp *stamp, guint64 visit)
{
  return close_visit (kiosk, stamp, visit, JOURNAL_CLOSE_EXPIRY);
}

guint64
test_kiosk_fix (TestKiosk *kiosk, const JournalStamp *stamp, guint max_error_ms)
{
  JournalBody body = { .kind = JOURNAL_KIND_CLOCK_FIX, .clock_fix = { max_error_ms } };
  return test_kiosk_append (kiosk, stamp, &body);
}

// For record 0: of a window that was recovered.
static GBytes *
seal_beacons (TestKiosk *kiosk, guint64 seq, const JournalBeacon *beacons, guint n_beacons)
{
  g_autoptr (JournalPresence) presence = journal_presence_new ();
  g_array_append_vals (presence->beacons, beacons, n_beacons);
  g_autoptr (GBytes) content = journal_presence_write_box (presence, 0);
  return journal_seal (kiosk->ingest_key, JOURNAL_SEAL_BEACONS, &kiosk->origin, seq, content);
}

guint64
test_kiosk_hear (TestKiosk *kiosk,
                 const JournalStamp *stamp,
                 gint64 start_ms,
                 const JournalBeacon *beacons,
                 guint n_beacons)
{
  guint8 counts[JOURNAL_COUNTS_SIZE] = { 0 };
  g_autoptr (GBytes) box = seal_beacons (kiosk, kiosk->seq + 1, beacons, n_beacons);
  JournalBody body = { .kind = JOURNAL_KIND_PRESENCE_WINDOW };
  body.window = (JournalWindow){ .start_wall_ms = (guint64) start_ms,
                                 .window_s = 300,
                                 .heard_ms = 300000,
                                 .n_sightings = n_beacons,
                                 .counts = { counts, sizeof counts },
                                 .beacons = view (box) };
  return test_kiosk_append (kiosk, stamp, &body);
}

guint64
test_kiosk_hear_since (TestKiosk *kiosk,
                       const JournalStamp *stamp,
                       gint64 start_wall_ms,
                       const JournalStamp *start,
                       guint flags,
                       const JournalBeacon *beacon)
{
  gboolean is_recovered = (flags & JOURNAL_WINDOW_RECOVERED) != 0;
  guint8 counts[JOURNAL_COUNTS_SIZE] = { 0 }, begin[JOURNAL_START_SIZE];
  g_autoptr (GBytes) box = seal_beacons (kiosk, is_recovered ? 0 : kiosk->seq + 1, beacon, 1);
  JournalBody body = { .kind = JOURNAL_KIND_PRESENCE_WINDOW };
  body.window = (JournalWindow){ .start_wall_ms = (guint64) start_wall_ms,
                                 .window_s = 300,
                                 .flags = flags,
                                 .counts = { counts, sizeof counts },
                                 .beacons = view (box) };
  if (start != NULL) {
    const JournalPresence presence = { .stamp = *start, .start_boottime_ns = start->boottime_ns };
    journal_presence_write_start (&presence, begin);
    body.window.start = (JournalBytes){ begin, sizeof begin };
  }
  return test_kiosk_append (kiosk, stamp, &body);
}

guint64
test_kiosk_count (TestKiosk *kiosk, gint64 start_ms, guint n_bluezone, guint n_exposure)
{
  guint8 counts[JOURNAL_COUNTS_SIZE] = { 0 }, arrivals[JOURNAL_COUNTS_SIZE] = { 0 };
  guint32 n_arrived[CT_BEACON_N_KINDS] = { 0 };
  JournalStamp end = test_stamp (1, start_ms, 300000, JOURNAL_CLOCK_SYNCED);
  n_arrived[CT_BEACON_BLUEZONE] = n_bluezone;
  n_arrived[CT_BEACON_EXPOSURE] = n_exposure;
  n_arrived[CT_BEACON_IBEACON] = 99; // no phones
  journal_presence_write_counts (n_arrived, arrivals);
  JournalBody body = { .kind = JOURNAL_KIND_PRESENCE_WINDOW };
  body.window = (JournalWindow){ .start_wall_ms = (guint64) start_ms,
                                 .window_s = 300,
                                 .heard_ms = 300000,
                                 .counts = { counts, sizeof counts },
                                 .arrivals = { arrivals, sizeof arrivals } };
  return test_kiosk_append (kiosk, &end, &body);
}

guint64
test_kiosk_tap (TestKiosk *kiosk,
                const JournalStamp *stamp,
                guint64 visit,
                const JournalBeacon *beacon)
{
  g_autoptr (GBytes) box = seal_beacons (kiosk, kiosk->seq + 1, beacon, 1);
  JournalBody body = { .kind = JOURNAL_KIND_VISIT_PHONE, .visit_phone = { visit, view (box) } };
  return test_kiosk_append (kiosk, stamp, &body);
}

guint64
test_kiosk_miss (TestKiosk *kiosk, const JournalStamp *from, const JournalStamp *to)
{
  JournalBody body = { .kind = JOURNAL_KIND_OBSERVATION_GAP };
  body.gap = (JournalGap){ .what = { (const guint8 *) "radio", 5 },
                           .from_boot = { from->boot_id, sizeof from->boot_id },
                           .from_boottime_ns = (guint64) from->boottime_ns,
                           .from_wall_ms = (guint64) from->wall_ms,
                           .from_quality = from->quality };
  return test_kiosk_append (kiosk, to, &body);
}

void
test_kiosk_sign (const TestKiosk *kiosk,
                 const FeedRange *range,
                 guint8 ret_signature[JOURNAL_SIG_SIZE])
{
  JournalStatement statement;
  feed_statement_batch (&statement, &kiosk->origin, range);
  crypto_sign_detached (ret_signature, NULL, statement.bytes, statement.len, kiosk->secret);
}

GBytes *
test_kiosk_make_batch (const TestKiosk *kiosk,
                       guint64 first,
                       guint64 last,
                       FeedRange *ret_range,
                       guint8 ret_signature[JOURNAL_SIG_SIZE])
{
  GByteArray *batch = g_byte_array_new ();
  *ret_range = (FeedRange){ .first = first, .last = last };
  for (guint i = 0; i < kiosk->hashes->len; i++) {
    const JournalRecord *record = &g_array_index (kiosk->hashes, JournalRecord, i);
    gsize len = 0;
    const guint8 *item = g_bytes_get_data (g_ptr_array_index (kiosk->items, i), &len);
    if (record->seq < first || record->seq > last)
      continue;
    g_byte_array_append (batch, item, (guint) len);
    if (record->seq == first)
      memcpy (ret_range->prev, record->prev, sizeof record->prev);
    if (record->seq == last)
      memcpy (ret_range->head, record->hash, sizeof record->hash);
  }
  test_kiosk_sign (kiosk, ret_range, ret_signature);
  return g_byte_array_free_to_bytes (batch);
}

GBytes *
test_kiosk_ask (const TestKiosk *kiosk, const guint8 token[FEED_TOKEN_SIZE])
{
  guint8 bytes[FEED_ENROLMENT_SIZE];
  FeedEnrolment enrolment;
  memcpy (enrolment.token, token, sizeof enrolment.token);
  memcpy (enrolment.kiosk_key, kiosk->key, sizeof enrolment.kiosk_key);
  feed_enrolment_write (&enrolment, bytes);
  crypto_sign_detached (bytes + FEED_ENROLMENT_SIGNED, NULL, bytes, FEED_ENROLMENT_SIGNED,
                        kiosk->secret);
  return g_bytes_new (bytes, sizeof bytes);
}

GBytes *
test_kiosk_beat (const TestKiosk *kiosk, guint64 last, guint64 delivered)
{
  guint8 bytes[FEED_HEARTBEAT_SIZE];
  FeedHeartbeat beat = { .origin = kiosk->origin,
                         .last = last,
                         .delivered = delivered,
                         .wall_ms = 1794967200000,
                         .quality = JOURNAL_CLOCK_SYNCED,
                         .devices = FEED_DEVICE_PRINTER,
                         .version = "0.1.0" };
  for (guint i = 0; i < kiosk->hashes->len; i++)
    if (g_array_index (kiosk->hashes, JournalRecord, i).seq == last)
      memcpy (beat.head, g_array_index (kiosk->hashes, JournalRecord, i).hash, sizeof beat.head);
  feed_heartbeat_write (&beat, bytes);
  crypto_sign_detached (bytes + FEED_HEARTBEAT_SIGNED, NULL, bytes, FEED_HEARTBEAT_SIGNED,
                        kiosk->secret);
  return g_bytes_new (bytes, sizeof bytes);
}
