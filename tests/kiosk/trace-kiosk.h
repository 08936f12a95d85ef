// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A kiosk as the tracing core sees it: records made with the journal's own code, and batches of
// them.

#pragma once

#include "kiosk/feed/feed-wire.h"
#include "kiosk/journal/journal-presence.h"
#include "kiosk/journal/journal-seal.h"

G_BEGIN_DECLS

typedef struct {
  guint8 seed[32], secret[64], key[JOURNAL_KEY_SIZE];
  JournalOrigin origin;
  guint8 ingest_key[JOURNAL_KEY_SIZE], officer_key[JOURNAL_KEY_SIZE];
  guint8 head[JOURNAL_HASH_SIZE];
  guint64 seq;      // of the last record
  GArray *hashes;   // of JournalRecord: seq, prev and hash
  GPtrArray *items; // of GBytes, likewise
} TestKiosk;

// Every @number is another kiosk, every @epoch another life of it. Its first record is there.
TestKiosk *
test_kiosk_new (guint number, guint8 epoch, const guint8 *ingest_key, const JournalStamp *stamp);
void test_kiosk_free (TestKiosk *kiosk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestKiosk, test_kiosk_free)
TestKiosk *test_kiosk_copy (const TestKiosk *kiosk); // as a card is cloned

// A stamp of boot @boot, @after_ms after it began at @begin_ms.
JournalStamp
test_stamp (guint8 boot, gint64 begin_ms, gint64 after_ms, JournalClockQuality quality);

// Each appends one record and returns its number.
guint64 test_kiosk_append (TestKiosk *kiosk, const JournalStamp *stamp, const JournalBody *body);
guint64 test_kiosk_append_raw (TestKiosk *kiosk,
                               guint64 seq,
                               JournalKind kind,
                               const JournalStamp *stamp,
                               const guint8 *body, // NULL: erased
                               gsize len);
guint64 test_kiosk_boot (TestKiosk *kiosk, const JournalStamp *stamp);
guint64 test_kiosk_arrive (TestKiosk *kiosk, const JournalStamp *stamp, const char *identity);
guint64 test_kiosk_leave (TestKiosk *kiosk, const JournalStamp *stamp, guint64 visit);
guint64 test_kiosk_expire (TestKiosk *kiosk, const JournalStamp *stamp, guint64 visit);
guint64 test_kiosk_fix (TestKiosk *kiosk, const JournalStamp *stamp, guint max_error_ms);
guint64 test_kiosk_hear (TestKiosk *kiosk,
                         const JournalStamp *stamp,
                         gint64 start_ms,
                         const JournalBeacon *beacons,
                         guint n_beacons);
// Likewise, and it says when it began (boot and boot time of @start, nullable) beside what the
// clock said then.
guint64 test_kiosk_hear_since (TestKiosk *kiosk,
                               const JournalStamp *stamp,
                               gint64 start_wall_ms,
                               const JournalStamp *start,
                               guint flags,
                               const JournalBeacon *beacon);
// A window of five minutes in which so many arrived.
guint64 test_kiosk_count (TestKiosk *kiosk, gint64 start_ms, guint n_bluezone, guint n_exposure);
guint64 test_kiosk_tap (TestKiosk *kiosk,
                        const JournalStamp *stamp,
                        guint64 visit,
                        const JournalBeacon *beacon);
guint64 test_kiosk_miss (TestKiosk *kiosk, const JournalStamp *from, const JournalStamp *to);

// The records from @first to @last as a batch, signed.
GBytes *test_kiosk_make_batch (const TestKiosk *kiosk,
                               guint64 first,
                               guint64 last,
                               FeedRange *ret_range,
                               guint8 ret_signature[JOURNAL_SIG_SIZE]);
void test_kiosk_sign (const TestKiosk *kiosk,
                      const FeedRange *range,
                      guint8 ret_signature[JOURNAL_SIG_SIZE]);
// FEED_ENROLMENT_SIZE bytes.
GBytes *test_kiosk_ask (const TestKiosk *kiosk, const guint8 token[FEED_TOKEN_SIZE]);
// FEED_HEARTBEAT_SIZE bytes.
GBytes *test_kiosk_beat (const TestKiosk *kiosk, guint64 last, guint64 delivered);

G_END_DECLS
