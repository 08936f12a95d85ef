// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Batches, receipts and messages between kiosk and core: what is written is read, and nothing else.

#include <sodium.h>
#include <string.h>

#include "kiosk/core/ct-base32.h"
#include "kiosk/feed/feed-wire.h"

static const JournalOrigin origin = { { 1, 2, 3 }, { 4, 5, 6 } };

// Three records, the second of them erased.
static GByteArray *
make_batch (FeedRange *range, JournalRecord records[3])
{
  static const guint8 body[] = { 0xa1, 1, 2 };
  GByteArray *batch = g_byte_array_new ();
  journal_chain_begin (&origin, range->prev);
  range->first = 7;
  range->last = 9;
  memcpy (range->head, range->prev, sizeof range->head);
  for (guint i = 0; i < 3; i++) {
    records[i] = (JournalRecord){
      .seq = 7 + i,
      .kind = JOURNAL_KIND_CONFIG,
      .stamp = { { 9, 9 }, 1000000000000 + i, 1700000000000 + i, JOURNAL_CLOCK_SYNCED },
      .body = { body, sizeof body },
    };
    journal_chain_hash_body (&records[i].body, records[i].body_hash);
    if (i == 1)
      records[i].body = (JournalBytes){ NULL, 0 };
    memcpy (records[i].prev, range->head, sizeof range->head);
    journal_chain_link (&records[i], range->head);
    g_assert_true (feed_item_write (batch, &records[i]));
  }
  return batch;
}

static void
test_batch (void)
{
  FeedRange range;
  JournalRecord records[3], read;
  const char *reason = NULL;
  g_autoptr (GByteArray) batch = make_batch (&range, records);
  g_assert_true (feed_batch_check (batch->data, batch->len, &range, &reason));
  gsize at = 0;
  for (guint i = 0; i < 3; i++) {
    gsize used = feed_item_read (batch->data + at, batch->len - at, &read);
    g_assert_cmpuint (used, >, 0);
    g_assert_cmpuint (read.seq, ==, records[i].seq);
    g_assert_cmpint (read.kind, ==, records[i].kind);
    g_assert_cmpmem (&read.stamp, sizeof read.stamp, &records[i].stamp, sizeof read.stamp);
    g_assert_cmpmem (read.body.data, read.body.len, records[i].body.data, records[i].body.len);
    g_assert_cmpmem (read.body_hash, sizeof read.body_hash, records[i].body_hash,
                     sizeof read.body_hash);
    at += used;
  }
  g_assert_cmpuint (at, ==, batch->len);
}

static void
test_batch_changed (void)
{
  FeedRange range, other;
  JournalRecord records[3], read;
  const char *reason = NULL;
  g_autoptr (GByteArray) batch = make_batch (&range, records);
  for (guint i = 0; i < batch->len * 8; i++) {
    batch->data[i / 8] ^= (guint8) (1 << i % 8);
    g_assert_false (feed_batch_check (batch->data, batch->len, &range, &reason));
    batch->data[i / 8] ^= (guint8) (1 << i % 8);
  }
  for (guint cut = 0; cut < batch->len; cut++)
    g_assert_false (feed_batch_check (batch->data, cut, &range, &reason));
  g_byte_array_append (batch, batch->data, 1);
  g_assert_false (feed_batch_check (batch->data, batch->len, &range, &reason));
  g_byte_array_set_size (batch, batch->len - 1);
  other = range;
  other.last = 10;
  g_assert_false (feed_batch_check (batch->data, batch->len, &other, &reason));
  g_assert_cmpstr (reason, ==, "count");
  other = range;
  other.first = 6;
  g_assert_false (feed_batch_check (batch->data, batch->len, &other, &reason));
  g_assert_cmpstr (reason, ==, "order");
  other = range;
  other.prev[3] ^= 1;
  g_assert_false (feed_batch_check (batch->data, batch->len, &other, &reason));
  g_assert_cmpstr (reason, ==, "chain");
  records[0].seq = 0;
  g_assert_false (feed_item_write (batch, &records[0]));
  // The same number in a longer form, an array that never ends, a length nobody could send.
  static const guint8 strange[][12] = { { 0x87, 0x18, 0x07 },
                                        { 0x9f, 0x07 },
                                        { 0x5b, 0xff, 0xff } };
  for (guint i = 0; i < G_N_ELEMENTS (strange); i++)
    g_assert_cmpuint (feed_item_read (strange[i], sizeof strange[i], &read), ==, 0);
}

static void
test_receipt (void)
{
  guint8 public_key[JOURNAL_KEY_SIZE], secret_key[crypto_sign_SECRETKEYBYTES];
  guint8 bytes[FEED_RECEIPT_SIZE];
  JournalStatement statement;
  FeedReceipt receipt = { origin, 42, { 8 }, 1700000000123, { 0 } }, read;
  crypto_sign_keypair (public_key, secret_key);
  feed_statement_receipt (&statement, &receipt);
  crypto_sign_detached (receipt.signature, NULL, statement.bytes, statement.len, secret_key);
  feed_receipt_write (&receipt, bytes);
  g_assert_true (feed_receipt_read (bytes, sizeof bytes, public_key, &read));
  g_assert_cmpuint (read.last, ==, 42);
  g_assert_cmpint (read.core_ms, ==, 1700000000123);
  for (guint i = 0; i < sizeof bytes * 8; i++) {
    bytes[i / 8] ^= (guint8) (1 << i % 8);
    g_assert_false (feed_receipt_read (bytes, sizeof bytes, public_key, &read));
    bytes[i / 8] ^= (guint8) (1 << i % 8);
  }
  g_assert_false (feed_receipt_read (bytes, sizeof bytes - 1, public_key, &read));
}

static void
test_code (void)
{
  FeedCode code = { { 1, 2 }, { 3 }, "https://core.example:8443/trace" }, read;
  g_autofree char *text = feed_code_write (&code);
  g_assert_cmpuint (strlen (text), <, FEED_CODE_TEXT_MAX);
  g_assert_true (feed_code_read (text, strlen (text), &read));
  g_assert_cmpmem (read.token, sizeof read.token, code.token, sizeof code.token);
  g_assert_cmpmem (read.pin, sizeof read.pin, code.pin, sizeof code.pin);
  g_assert_cmpstr (read.url, ==, code.url);
  for (gsize cut = 0; cut < strlen ("TXE1:") + CT_BASE32_LEN (48 + 9); cut++)
    g_assert_false (feed_code_read (text, cut, &read));
  static const char *const urls[] = { "http://core.example", "https://",      "https:///x",
                                      "https://a b",         "https://core/", "https://c\"ore" };
  for (guint i = 0; i < G_N_ELEMENTS (urls); i++) {
    g_strlcpy (code.url, urls[i], sizeof code.url);
    g_autofree char *bad = feed_code_write (&code);
    g_assert_false (feed_code_read (bad, strlen (bad), &read));
  }
}

static void
test_enrolment (void)
{
  guint8 secret_key[crypto_sign_SECRETKEYBYTES], bytes[FEED_ENROLMENT_SIZE];
  FeedEnrolment enrolment = { { 5 }, { 0 } }, read;
  FeedWelcome welcome = { { 1 }, { 2 }, { 3 }, "khach-san", "sanh", "hotel" }, said;
  guint8 answer[FEED_WELCOME_SIZE];
  crypto_sign_keypair (enrolment.kiosk_key, secret_key);
  feed_enrolment_write (&enrolment, bytes);
  crypto_sign_detached (bytes + FEED_ENROLMENT_SIGNED, NULL, bytes, FEED_ENROLMENT_SIGNED,
                        secret_key);
  g_assert_true (feed_enrolment_read (bytes, sizeof bytes, &read));
  g_assert_cmpmem (&read, sizeof read, &enrolment, sizeof enrolment);
  bytes[5] ^= 1;
  g_assert_false (feed_enrolment_read (bytes, sizeof bytes, &read));
  feed_welcome_write (&welcome, answer);
  g_assert_true (feed_welcome_read (answer, sizeof answer, &said));
  g_assert_cmpstr (said.venue, ==, "khach-san");
  g_assert_cmpstr (said.profile, ==, "hotel");
  answer[sizeof answer - 1] = 'x'; // something behind the text's end
  g_assert_false (feed_welcome_read (answer, sizeof answer, &said));
  welcome.venue[0] = '\0';
  feed_welcome_write (&welcome, answer);
  g_assert_false (feed_welcome_read (answer, sizeof answer, &said));
}

static void
test_heartbeat (void)
{
  guint8 public_key[JOURNAL_KEY_SIZE], secret_key[crypto_sign_SECRETKEYBYTES];
  guint8 bytes[FEED_HEARTBEAT_SIZE];
  FeedHeartbeat read, heartbeat = {
    origin, 100, { 7 }, 90, 1700000000000, JOURNAL_CLOCK_RESTORED, FEED_DEVICE_RADIO, "0.1.0"
  };
  crypto_sign_keypair (public_key, secret_key);
  feed_heartbeat_write (&heartbeat, bytes);
  crypto_sign_detached (bytes + FEED_HEARTBEAT_SIGNED, NULL, bytes, FEED_HEARTBEAT_SIGNED,
                        secret_key);
  g_assert_true (feed_heartbeat_read (bytes, sizeof bytes, public_key, &read));
  g_assert_cmpuint (read.delivered, ==, 90);
  g_assert_cmpuint (read.devices, ==, FEED_DEVICE_RADIO);
  g_assert_cmpstr (read.version, ==, "0.1.0");
  bytes[60] ^= 1;
  g_assert_false (feed_heartbeat_read (bytes, sizeof bytes, public_key, &read));
}

static void
test_words (void)
{
  guint8 key[JOURNAL_KEY_SIZE] = { 1 };
  g_autofree char *words = feed_words_of (key);
  key[31] = 1;
  g_autofree char *others = feed_words_of (key);
  g_auto (GStrv) split = g_strsplit (words, "-", -1);
  g_assert_cmpuint (g_strv_length (split), ==, 6);
  g_assert_cmpuint (strlen (words), ==, 6 * 5 + 5);
  g_assert_cmpstr (words, !=, others);

  g_autofree char *loud = g_ascii_strup (others, -1);
  g_assert_true (feed_words_match (others, key) && feed_words_match (loud, key));
  g_assert_false (feed_words_match (words, key) || feed_words_match ("", key));
  g_assert_true (feed_words_are_valid (words) && feed_words_are_valid (loud));
  g_assert_false (feed_words_are_valid (words + 6) || feed_words_are_valid (""));
  loud[0] = 'X';
  g_assert_false (feed_words_are_valid (loud));
  g_autofree char *longer = g_strconcat (words, "\n", NULL);
  g_assert_false (feed_words_are_valid (longer));
}

// Records 7 and 12; 8 to 11 were lost by a disk, which 12 says.
static GByteArray *
make_batch_with_loss (FeedRange *range, guint64 first_lost, guint64 last_lost)
{
  guint8 encoded[64];
  static const guint8 config[] = { 0xa1, 1, 2 };
  JournalBody body = { .kind = JOURNAL_KIND_TOMBSTONE };
  body.tombstone = (JournalTombstone){ first_lost, last_lost, JOURNAL_LOSS_STORAGE };
  JournalRecord records[] = {
    { .seq = 7, .kind = JOURNAL_KIND_CONFIG, .body = { config, sizeof config } },
    { .seq = 12, .kind = JOURNAL_KIND_TOMBSTONE, .body = { encoded, 0 } },
  };
  records[1].body.len = journal_record_write (&body, encoded, sizeof encoded);
  GByteArray *batch = g_byte_array_new ();
  *range = (FeedRange){ .first = 7, .last = 12 };
  for (guint i = 0; i < 2; i++) {
    journal_chain_hash_body (&records[i].body, records[i].body_hash);
    memcpy (records[i].prev, range->head, sizeof range->head);
    journal_chain_link (&records[i], range->head);
    g_assert_true (feed_item_write (batch, &records[i]));
  }
  return batch;
}

static void
test_declared_losses (void)
{
  FeedRange range;
  const char *reason = NULL;
  g_autoptr (GByteArray) batch = make_batch_with_loss (&range, 8, 11);
  g_assert_true (feed_batch_check (batch->data, batch->len, &range, &reason));
  g_autoptr (GByteArray) less = make_batch_with_loss (&range, 9, 11);
  g_assert_false (feed_batch_check (less->data, less->len, &range, &reason));
  g_assert_cmpstr (reason, ==, "order");
  g_autoptr (GByteArray) more = make_batch_with_loss (&range, 8, 12);
  g_assert_false (feed_batch_check (more->data, more->len, &range, &reason));

  // The next batch begins with the numbers that were lost.
  g_autoptr (GByteArray) next = make_batch_with_loss (&range, 8, 11);
  JournalRecord first;
  gsize used = feed_item_read (next->data, next->len, &first);
  range.first = 8;
  journal_chain_link (&first, range.prev);
  g_assert_true (feed_batch_check (next->data + used, next->len - used, &range, &reason));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/feed/wire/reads-a-batch", test_batch);
  g_test_add_func ("/feed/wire/refuses-a-changed-batch", test_batch_changed);
  g_test_add_func ("/feed/wire/believes-only-the-cores-receipts", test_receipt);
  g_test_add_func ("/feed/wire/reads-an-enrolment-code", test_code);
  g_test_add_func ("/feed/wire/reads-an-enrolment", test_enrolment);
  g_test_add_func ("/feed/wire/reads-a-heartbeat", test_heartbeat);
  g_test_add_func ("/feed/wire/says-keys-as-words", test_words);
  g_test_add_func ("/feed/wire/losses-are-declared", test_declared_losses);
  return g_test_run ();
}
