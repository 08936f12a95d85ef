// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What kiosk and tracing core say to each other over HTTPS; both sides read and write it with this
// file. Pure: no I/O, no clock. All numbers outside CBOR are big-endian, every statement that is
// signed begins with its own domain.
//
//   PUT  /v1/feed/KIOSK/EPOCH/FIRST-LAST   a batch: a CBOR sequence (RFC 8742), one item a record
//   POST /v1/enroll                        an enrolment request
//   POST /v1/heartbeat/KIOSK/EPOCH         a heartbeat
//
// KIOSK and EPOCH are 32 lower-case hexadecimal digits, FIRST and LAST decimal record numbers. A
// batch comes with these header fields:
//
//   Content-Type       application/cbor-seq
//   Content-Encoding   zstd, gzip, or none
//   Tramxanh-Prev      64 hexadecimal digits: `prev` of the first record
//   Tramxanh-Head      64 hexadecimal digits: `hash` of the last record
//   Tramxanh-Signature base64: the kiosk key's signature of feed_statement_batch ()
//
// The head covers every byte of every record through the chain, so nothing else is signed. An item
// is an array of seven, [seq, kind, boot_id, boottime_ns, wall_ms, clock_quality, body]; of a
// record whose body was erased it is an array of eight, with null for the body and then its hash.
//
// Answers: 200 with a receipt (FEED_RECEIPT_SIZE bytes, application/vnd.tramxanh.receipt); else a
// line of text, and with 409 the field Tramxanh-Conflict: "gap EXPECTED" (the number of the first
// record that is wanted), "fork", or "epoch".

#pragma once

#include "kiosk/journal/journal-chain.h"

G_BEGIN_DECLS

#define FEED_BATCH_RECORDS_MAX 500
#define FEED_BATCH_BYTES_MAX   (256 * 1024) // before compression
#define FEED_ITEM_BYTES_MAX    (JOURNAL_BODY_MAX + 128)

#define FEED_TYPE_BATCH      "application/cbor-seq"
#define FEED_TYPE_RECEIPT    "application/vnd.tramxanh.receipt"
#define FEED_TYPE_MESSAGE    "application/vnd.tramxanh.message" // enrolment, heartbeat, their answers
#define FEED_FIELD_PREV      "Tramxanh-Prev"
#define FEED_FIELD_HEAD      "Tramxanh-Head"
#define FEED_FIELD_SIGNATURE "Tramxanh-Signature"
#define FEED_FIELD_CONFLICT  "Tramxanh-Conflict"

// Appends one item to @batch. FALSE, and nothing appended: @record is not one of ours.
gboolean feed_item_write (GByteArray *batch, const JournalRecord *record);

// Reads the item at @data. Fills seq, kind, stamp, body (a view into @data; data NULL: erased) and
// body_hash; prev and hash are the caller's to chain. Returns how many bytes it took, 0: no item of
// this form, or not the one encoding of it.
gsize feed_item_read (const guint8 *data, gsize len, JournalRecord *ret_record);

typedef struct {
  guint64 first, last;
  guint8 prev[JOURNAL_HASH_SIZE];
  guint8 head[JOURNAL_HASH_SIZE];
} FeedRange;

// "These records of this journal follow on that one, and end here."
void feed_statement_batch (JournalStatement *ret_statement,
                           const JournalOrigin *origin,
                           const FeedRange *range);

// Reads a whole batch: numbers from range->first to range->last without a gap but what a tombstone
// declares lost (a batch may begin with the first of those), chained from range->prev to
// range->head. Calls nothing; the caller walks it again with feed_item_read (),
// which then cannot fail. FALSE: @ret_reason is a word for it.
gboolean
feed_batch_check (const guint8 *data, gsize len, const FeedRange *range, const char **ret_reason);

// The core's word that it holds the records up to @last.
typedef struct {
  JournalOrigin origin;
  guint64 last;
  guint8 head[JOURNAL_HASH_SIZE];
  gint64 core_ms; // the core's clock
  guint8 signature[JOURNAL_SIG_SIZE];
} FeedReceipt;

#define FEED_RECEIPT_SIZE (4 + 2 * JOURNAL_ID_SIZE + 8 + JOURNAL_HASH_SIZE + 8 + JOURNAL_SIG_SIZE)

void feed_statement_receipt (JournalStatement *ret_statement, const FeedReceipt *receipt);
void feed_receipt_write (const FeedReceipt *receipt, guint8 ret_bytes[FEED_RECEIPT_SIZE]);
// FALSE unless it has the size and the form, and @core_key signed it.
gboolean feed_receipt_read (const guint8 *data,
                            gsize len,
                            const guint8 core_key[JOURNAL_KEY_SIZE],
                            FeedReceipt *ret_receipt);

// The code that joins a kiosk to a core: "TXE1:" and the base32 (ct-base32.h) of token, pin and
// URL. Whoever has it can join one kiosk, once, within 15 minutes.
#define FEED_TOKEN_SIZE    16
#define FEED_URL_MAX       200
#define FEED_CODE_PREFIX   "TXE1:"
#define FEED_CODE_TEXT_MAX 512

typedef struct {
  guint8 token[FEED_TOKEN_SIZE];
  guint8 pin[32];             // SHA-256 of the core's public key (SubjectPublicKeyInfo)
  char url[FEED_URL_MAX + 1]; // https://HOST[:PORT][/PATH], no slash at its end
} FeedCode;

char *feed_code_write (const FeedCode *code); // (transfer full)
gboolean feed_code_read (const char *text, gsize len, FeedCode *ret_code);

// The kiosk's request to join: token, kiosk key and a signature of both by that key.
typedef struct {
  guint8 token[FEED_TOKEN_SIZE];
  guint8 kiosk_key[JOURNAL_KEY_SIZE];
} FeedEnrolment;

#define FEED_ENROLMENT_SIZE (4 + FEED_TOKEN_SIZE + JOURNAL_KEY_SIZE + JOURNAL_SIG_SIZE)
// Message and the bytes to sign are the same: what stands before the signature.
#define FEED_ENROLMENT_SIGNED (FEED_ENROLMENT_SIZE - JOURNAL_SIG_SIZE)
void feed_enrolment_write (const FeedEnrolment *enrolment, guint8 ret_bytes[FEED_ENROLMENT_SIGNED]);
// FALSE unless the form is right and the key in it signed it.
gboolean feed_enrolment_read (const guint8 *data, gsize len, FeedEnrolment *ret_enrolment);

// The core's answer to it.
typedef struct {
  guint8 core_key[JOURNAL_KEY_SIZE];    // Ed25519, signs receipts
  guint8 ingest_key[JOURNAL_KEY_SIZE];  // X25519
  guint8 officer_key[JOURNAL_KEY_SIZE]; // X25519
  char venue[65], zone[65], profile[65];
} FeedWelcome;

#define FEED_WELCOME_SIZE (4 + 3 * JOURNAL_KEY_SIZE + 3 * 65)
void feed_welcome_write (const FeedWelcome *welcome, guint8 ret_bytes[FEED_WELCOME_SIZE]);
gboolean feed_welcome_read (const guint8 *data, gsize len, FeedWelcome *ret_welcome);

// "I am alive, and this is how I am." Signed by the kiosk key.
typedef struct {
  JournalOrigin origin;
  guint64 last; // of the journal
  guint8 head[JOURNAL_HASH_SIZE];
  guint64 delivered; // what the kiosk holds a receipt for
  gint64 wall_ms;
  JournalClockQuality quality;
  guint32 devices; // FEED_DEVICE_…: that are configured and do not work
  char version[33];
} FeedHeartbeat;

enum {
  FEED_DEVICE_CAMERA = 1,
  FEED_DEVICE_PRINTER = 2,
  FEED_DEVICE_RADIO = 4,
  FEED_DEVICE_PANEL = 8,
  FEED_DEVICE_SCANNER = 16,
  FEED_DEVICE_DISK = 32,
};

#define FEED_HEARTBEAT_SIGNED (4 + 2 * JOURNAL_ID_SIZE + 8 + JOURNAL_HASH_SIZE + 8 + 8 + 1 + 4 + 33)
#define FEED_HEARTBEAT_SIZE   (FEED_HEARTBEAT_SIGNED + JOURNAL_SIG_SIZE)
void feed_heartbeat_write (const FeedHeartbeat *heartbeat, guint8 ret_bytes[FEED_HEARTBEAT_SIGNED]);
gboolean feed_heartbeat_read (const guint8 *data,
                              gsize len,
                              const guint8 kiosk_key[JOURNAL_KEY_SIZE],
                              FeedHeartbeat *ret_heartbeat);

// A key as six pronounceable words of 16 bits each, for people to compare on both sides.
char *feed_words_of (const guint8 key[JOURNAL_KEY_SIZE]); // (transfer full)
// Whether somebody's @words can be those of a key, and whether they are those of @key; in whichever
// case they were typed.
gboolean feed_words_are_valid (const char *words);
gboolean feed_words_match (const char *words, const guint8 key[JOURNAL_KEY_SIZE]);

G_END_DECLS
