// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Statements and messages of a fixed form: four letters and the version, then the fields one after
// another. Words for keys are proquints (five letters for 16 bits, consonants and vowels in turn).

#include "kiosk/feed/feed-wire.h"

#include <string.h>

#include <sodium.h>

#include "kiosk/core/ct-base32.h"

#define MAGIC_SIZE 4
#define WORDS      6

static const guint8 magic_receipt[MAGIC_SIZE] = { 'T', 'X', 'R', 1 };
static const guint8 magic_enrolment[MAGIC_SIZE] = { 'T', 'X', 'E', 1 };
static const guint8 magic_welcome[MAGIC_SIZE] = { 'T', 'X', 'W', 1 };
static const guint8 magic_heartbeat[MAGIC_SIZE] = { 'T', 'X', 'H', 1 };

static void
put (guint8 **at, const void *bytes, gsize len)
{
  memcpy (*at, bytes, len);
  *at += len;
}

static void
put_64 (guint8 **at, guint64 number)
{
  guint64 big_endian = GUINT64_TO_BE (number);
  put (at, &big_endian, sizeof big_endian);
}

static void
take (const guint8 **at, void *ret_bytes, gsize len)
{
  memcpy (ret_bytes, *at, len);
  *at += len;
}

static guint64
take_64 (const guint8 **at)
{
  guint64 big_endian = 0;
  take (at, &big_endian, sizeof big_endian);
  return GUINT64_FROM_BE (big_endian);
}

// A word in a field of its own, the rest zeros.
static gboolean
take_text (const guint8 **at, char *ret_text, gsize size)
{
  take (at, ret_text, size);
  gsize len = strnlen (ret_text, size);
  for (gsize i = len; i < size; i++)
    if (ret_text[i] != '\0')
      return FALSE;
  for (gsize i = 0; i < len; i++)
    if (!g_ascii_isgraph (ret_text[i]))
      return FALSE;
  return len < size;
}

static void
append (JournalStatement *statement, const void *bytes, gsize len)
{
  g_assert (statement->len + len <= sizeof statement->bytes);
  memcpy (statement->bytes + statement->len, bytes, len);
  statement->len += len;
}

static void
append_64 (JournalStatement *statement, guint64 number)
{
  guint64 big_endian = GUINT64_TO_BE (number);
  append (statement, &big_endian, sizeof big_endian);
}

static void
begin (JournalStatement *statement, const char *domain, const JournalOrigin *origin)
{
  statement->len = 0;
  append (statement, domain, strlen (domain) + 1); // NUL separates it from what follows
  append (statement, origin->kiosk, sizeof origin->kiosk);
  append (statement, origin->epoch, sizeof origin->epoch);
}

void
feed_statement_batch (JournalStatement *ret_statement,
                      const JournalOrigin *origin,
                      const FeedRange *range)
{
  begin (ret_statement, "tramxanh/batch/v1", origin);
  append_64 (ret_statement, range->first);
  append_64 (ret_statement, range->last);
  append (ret_statement, range->prev, sizeof range->prev);
  append (ret_statement, range->head, sizeof range->head);
}

void
feed_statement_receipt (JournalStatement *ret_statement, const FeedReceipt *receipt)
{
  begin (ret_statement, "tramxanh/receipt/v1", &receipt->origin);
  append_64 (ret_statement, receipt->last);
  append (ret_statement, receipt->head, sizeof receipt->head);
  append_64 (ret_statement, (guint64) receipt->core_ms);
}

void
feed_receipt_write (const FeedReceipt *receipt, guint8 ret_bytes[FEED_RECEIPT_SIZE])
{
  guint8 *at = ret_bytes;
  put (&at, magic_receipt, MAGIC_SIZE);
  put (&at, receipt->origin.kiosk, JOURNAL_ID_SIZE);
  put (&at, receipt->origin.epoch, JOURNAL_ID_SIZE);
  put_64 (&at, receipt->last);
  put (&at, receipt->head, sizeof receipt->head);
  put_64 (&at, (guint64) receipt->core_ms);
  put (&at, receipt->signature, sizeof receipt->signature);
}

gboolean
feed_receipt_read (const guint8 *data,
                   gsize len,
                   const guint8 core_key[JOURNAL_KEY_SIZE],
                   FeedReceipt *ret_receipt)
{
  FeedReceipt receipt;
  JournalStatement statement;
  const guint8 *at = data;
  if (len != FEED_RECEIPT_SIZE || memcmp (data, magic_receipt, MAGIC_SIZE) != 0)
    return FALSE;
  at += MAGIC_SIZE;
  take (&at, receipt.origin.kiosk, JOURNAL_ID_SIZE);
  take (&at, receipt.origin.epoch, JOURNAL_ID_SIZE);
  receipt.last = take_64 (&at);
  take (&at, receipt.head, sizeof receipt.head);
  receipt.core_ms = (gint64) take_64 (&at);
  take (&at, receipt.signature, sizeof receipt.signature);
  feed_statement_receipt (&statement, &receipt);
  if (!journal_statement_verify (&statement, receipt.signature, core_key))
    return FALSE;
  *ret_receipt = receipt;
  return TRUE;
}

char *
feed_code_write (const FeedCode *code)
{
  guint8 bytes[FEED_TOKEN_SIZE + sizeof code->pin + FEED_URL_MAX];
  guint8 *at = bytes;
  put (&at, code->token, sizeof code->token);
  put (&at, code->pin, sizeof code->pin);
  put (&at, code->url, strnlen (code->url, FEED_URL_MAX));
  char *text = g_malloc (strlen (FEED_CODE_PREFIX) + CT_BASE32_LEN (sizeof bytes) + 1);
  memcpy (text, FEED_CODE_PREFIX, strlen (FEED_CODE_PREFIX));
  ct_base32_write (bytes, (gsize) (at - bytes), text + strlen (FEED_CODE_PREFIX));
  return text;
}

static gboolean
is_url (const char *url)
{
  const char *host = url + strlen ("https://");
  if (!g_str_has_prefix (url, "https://") || *host == '\0' || *host == '/' || *host == ':' ||
      g_str_has_suffix (url, "/"))
    return FALSE;
  for (const char *at = host; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && strchr ("-._:/[]", *at) == NULL)
      return FALSE;
  return TRUE;
}

gboolean
feed_code_read (const char *text, gsize len, FeedCode *ret_code)
{
  guint8 bytes[FEED_TOKEN_SIZE + sizeof ret_code->pin + FEED_URL_MAX];
  struct ct_span span = ct_span_trim ((struct ct_span){ text, len });
  FeedCode code = { .url = "" };
  const guint8 *at = bytes;
  gsize n = 0;
  if (!ct_span_starts_with (span, FEED_CODE_PREFIX) ||
      !ct_base32_read (ct_span_skip (span, strlen (FEED_CODE_PREFIX)), bytes, sizeof bytes, &n) ||
      n <= sizeof code.token + sizeof code.pin)
    return FALSE;
  take (&at, code.token, sizeof code.token);
  take (&at, code.pin, sizeof code.pin);
  memcpy (code.url, at, n - (gsize) (at - bytes));
  if (strlen (code.url) != n - (gsize) (at - bytes) || !is_url (code.url))
    return FALSE;
  *ret_code = code;
  return TRUE;
}

void
feed_enrolment_write (const FeedEnrolment *enrolment, guint8 ret_bytes[FEED_ENROLMENT_SIGNED])
{
  guint8 *at = ret_bytes;
  put (&at, magic_enrolment, MAGIC_SIZE);
  put (&at, enrolment->token, sizeof enrolment->token);
  put (&at, enrolment->kiosk_key, sizeof enrolment->kiosk_key);
}

// @signed_len bytes of a message, and then their signature.
static gboolean
is_signed (const guint8 *data, gsize signed_len, const guint8 key[JOURNAL_KEY_SIZE])
{
  return crypto_sign_verify_detached (data + signed_len, data, signed_len, key) == 0;
}

gboolean
feed_enrolment_read (const guint8 *data, gsize len, FeedEnrolment *ret_enrolment)
{
  FeedEnrolment enrolment;
  const guint8 *at = data;
  if (len != FEED_ENROLMENT_SIZE || memcmp (data, magic_enrolment, MAGIC_SIZE) != 0)
    return FALSE;
  at += MAGIC_SIZE;
  take (&at, enrolment.token, sizeof enrolment.token);
  take (&at, enrolment.kiosk_key, sizeof enrolment.kiosk_key);
  if (!is_signed (data, FEED_ENROLMENT_SIGNED, enrolment.kiosk_key))
    return FALSE;
  *ret_enrolment = enrolment;
  return TRUE;
}

void
feed_welcome_write (const FeedWelcome *welcome, guint8 ret_bytes[FEED_WELCOME_SIZE])
{
  guint8 *at = ret_bytes;
  memset (ret_bytes, 0, FEED_WELCOME_SIZE);
  put (&at, magic_welcome, MAGIC_SIZE);
  put (&at, welcome->core_key, sizeof welcome->core_key);
  put (&at, welcome->ingest_key, sizeof welcome->ingest_key);
  put (&at, welcome->officer_key, sizeof welcome->officer_key);
  memcpy (at, welcome->venue, strnlen (welcome->venue, sizeof welcome->venue - 1));
  at += sizeof welcome->venue;
  memcpy (at, welcome->zone, strnlen (welcome->zone, sizeof welcome->zone - 1));
  at += sizeof welcome->zone;
  memcpy (at, welcome->profile, strnlen (welcome->profile, sizeof welcome->profile - 1));
}

gboolean
feed_welcome_read (const guint8 *data, gsize len, FeedWelcome *ret_welcome)
{
  FeedWelcome welcome;
  const guint8 *at = data;
  if (len != FEED_WELCOME_SIZE || memcmp (data, magic_welcome, MAGIC_SIZE) != 0)
    return FALSE;
  at += MAGIC_SIZE;
  take (&at, welcome.core_key, sizeof welcome.core_key);
  take (&at, welcome.ingest_key, sizeof welcome.ingest_key);
  take (&at, welcome.officer_key, sizeof welcome.officer_key);
  if (!take_text (&at, welcome.venue, sizeof welcome.venue) ||
      !take_text (&at, welcome.zone, sizeof welcome.zone) ||
      !take_text (&at, welcome.profile, sizeof welcome.profile) || welcome.venue[0] == '\0')
    return FALSE;
  *ret_welcome = welcome;
  return TRUE;
}

void
feed_heartbeat_write (const FeedHeartbeat *heartbeat, guint8 ret_bytes[FEED_HEARTBEAT_SIGNED])
{
  guint8 *at = ret_bytes;
  guint8 quality = (guint8) heartbeat->quality;
  guint32 devices_be = GUINT32_TO_BE (heartbeat->devices);
  memset (ret_bytes, 0, FEED_HEARTBEAT_SIGNED);
  put (&at, magic_heartbeat, MAGIC_SIZE);
  put (&at, heartbeat->origin.kiosk, JOURNAL_ID_SIZE);
  put (&at, heartbeat->origin.epoch, JOURNAL_ID_SIZE);
  put_64 (&at, heartbeat->last);
  put (&at, heartbeat->head, sizeof heartbeat->head);
  put_64 (&at, heartbeat->delivered);
  put_64 (&at, (guint64) heartbeat->wall_ms);
  put (&at, &quality, sizeof quality);
  put (&at, &devices_be, sizeof devices_be);
  memcpy (at, heartbeat->version, strnlen (heartbeat->version, sizeof heartbeat->version - 1));
}

gboolean
feed_heartbeat_read (const guint8 *data,
                     gsize len,
                     const guint8 kiosk_key[JOURNAL_KEY_SIZE],
                     FeedHeartbeat *ret_heartbeat)
{
  FeedHeartbeat heartbeat;
  guint8 quality = 0;
  guint32 devices_be = 0;
  const guint8 *at = data;
  if (len != FEED_HEARTBEAT_SIZE || memcmp (data, magic_heartbeat, MAGIC_SIZE) != 0 ||
      !is_signed (data, FEED_HEARTBEAT_SIGNED, kiosk_key))
    return FALSE;
  at += MAGIC_SIZE;
  take (&at, heartbeat.origin.kiosk, JOURNAL_ID_SIZE);
  take (&at, heartbeat.origin.epoch, JOURNAL_ID_SIZE);
  heartbeat.last = take_64 (&at);
  take (&at, heartbeat.head, sizeof heartbeat.head);
  heartbeat.delivered = take_64 (&at);
  heartbeat.wall_ms = (gint64) take_64 (&at);
  take (&at, &quality, sizeof quality);
  take (&at, &devices_be, sizeof devices_be);
  heartbeat.quality = (JournalClockQuality) quality;
  heartbeat.devices = GUINT32_FROM_BE (devices_be);
  if (!take_text (&at, heartbeat.version, sizeof heartbeat.version) ||
      quality > JOURNAL_CLOCK_SYNCED || heartbeat.delivered > heartbeat.last ||
      heartbeat.last > G_MAXINT64 || heartbeat.wall_ms < 0)
    return FALSE;
  *ret_heartbeat = heartbeat;
  return TRUE;
}

#define CONSONANTS "bdfghjklmnprstvz"
#define VOWELS     "aiou"
#define WORD       "[" CONSONANTS "][" VOWELS "][" CONSONANTS "][" VOWELS "][" CONSONANTS "]"

char *
feed_words_of (const guint8 key[JOURNAL_KEY_SIZE])
{
  static const char consonants[] = CONSONANTS, vowels[] = VOWELS;
  guint8 digest[2 * WORDS];
  GString *words = g_string_new (NULL);
  (void) crypto_generichash (digest, sizeof digest, key, JOURNAL_KEY_SIZE, NULL,
                             0); // sizes are constants
  for (guint i = 0; i < WORDS; i++) {
    guint bits = (guint) digest[2 * i] << 8 | digest[2 * i + 1];
    g_string_append_printf (words, "%s%c%c%c%c%c", i > 0 ? "-" : "", consonants[bits >> 12],
                            vowels[bits >> 10 & 3], consonants[bits >> 6 & 15],
                            vowels[bits >> 4 & 3], consonants[bits & 15]);
  }
  return g_string_free (words, FALSE);
}

gboolean
feed_words_are_valid (const char *words)
{
  return g_regex_match_simple ("\\A" WORD "(-" WORD "){5}\\z", words,
                               G_REGEX_CASELESS | G_REGEX_RAW, 0);
}

gboolean
feed_words_match (const char *words, const guint8 key[JOURNAL_KEY_SIZE])
{
  g_autofree char *own = feed_words_of (key);
  return g_ascii_strcasecmp (words, own) == 0;
}
