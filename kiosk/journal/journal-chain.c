// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The chain and the signed statements, over libsodium.

#include "kiosk/journal/journal-chain.h"

#include <string.h>

#include <sodium.h>

static void
put (JournalStatement *statement, const void *bytes, gsize len)
{
  g_assert (statement->len + len <= sizeof statement->bytes);
  memcpy (statement->bytes + statement->len, bytes, len);
  statement->len += len;
}

static void
put_number (JournalStatement *statement, guint64 number)
{
  guint64 big_endian = GUINT64_TO_BE (number);
  put (statement, &big_endian, sizeof big_endian);
}

// The terminating NUL separates the domain from what follows.
static void
begin (JournalStatement *ret_statement, const char *domain, const JournalOrigin *origin)
{
  ret_statement->len = 0;
  put (ret_statement, domain, strlen (domain) + 1);
  put (ret_statement, origin->kiosk, sizeof origin->kiosk);
  put (ret_statement, origin->epoch, sizeof origin->epoch);
}

static void
hash (const JournalStatement *statement, guint8 ret_hash[JOURNAL_HASH_SIZE])
{
  (void) crypto_generichash (ret_hash, JOURNAL_HASH_SIZE, statement->bytes, statement->len, NULL,
                             0); // sizes are constants
}

void
journal_chain_begin (const JournalOrigin *origin, guint8 ret_hash[JOURNAL_HASH_SIZE])
{
  JournalStatement first;
  begin (&first, "tramxanh/epoch/v1", origin);
  hash (&first, ret_hash);
}

void
journal_chain_hash_body (const JournalBytes *body, guint8 ret_hash[JOURNAL_HASH_SIZE])
{
  (void) crypto_generichash (ret_hash, JOURNAL_HASH_SIZE, body->data, body->len, NULL,
                             0); // sizes are constants
}

void
journal_chain_link (const JournalRecord *record, guint8 ret_hash[JOURNAL_HASH_SIZE])
{
  static const char domain[] = "tramxanh/record/v1";
  JournalStatement link = { .len = 0 };
  put (&link, domain, sizeof domain);
  put (&link, record->prev, sizeof record->prev);
  put_number (&link, record->seq);
  put_number (&link, (guint64) record->kind);
  put (&link, record->stamp.boot_id, sizeof record->stamp.boot_id);
  put_number (&link, (guint64) record->stamp.boottime_ns);
  put_number (&link, (guint64) record->stamp.wall_ms);
  put_number (&link, (guint64) record->stamp.quality);
  put (&link, record->body_hash, sizeof record->body_hash);
  hash (&link, ret_hash);
}

void
journal_chain_kiosk_id (const guint8 kiosk_key[JOURNAL_KEY_SIZE], guint8 ret_id[JOURNAL_ID_SIZE])
{
  (void) crypto_generichash (ret_id, JOURNAL_ID_SIZE, kiosk_key, JOURNAL_KEY_SIZE, NULL,
                             0); // sizes are constants
}

void
journal_statement_binding (JournalStatement *ret_statement,
                           const JournalOrigin *origin,
                           const guint8 record_key[JOURNAL_KEY_SIZE])
{
  begin (ret_statement, "tramxanh/binding/v1", origin);
  put (ret_statement, record_key, JOURNAL_KEY_SIZE);
}

void
journal_statement_head (JournalStatement *ret_statement,
                        const JournalOrigin *origin,
                        guint64 seq,
                        const guint8 head[JOURNAL_HASH_SIZE],
                        const guint8 *next_key)
{
  begin (ret_statement, next_key == NULL ? "tramxanh/head/v1" : "tramxanh/next-key/v1", origin);
  put_number (ret_statement, seq);
  put (ret_statement, head, JOURNAL_HASH_SIZE);
  if (next_key != NULL)
    put (ret_statement, next_key, JOURNAL_KEY_SIZE);
}

void
journal_statement_deletion (JournalStatement *ret_statement,
                            const JournalOrigin *origin,
                            const JournalDeletion *deletion,
                            gint64 wall_ms)
{
  begin (ret_statement, "tramxanh/deletion/v1", origin);
  put_number (ret_statement, deletion->through);
  put_number (ret_statement, deletion->n_erased);
  put_number (ret_statement, deletion->retention_days);
  put_number (ret_statement, (guint64) wall_ms);
}

gboolean
journal_statement_verify (const JournalStatement *statement,
                          const guint8 signature[JOURNAL_SIG_SIZE],
                          const guint8 key[JOURNAL_KEY_SIZE])
{
  return crypto_sign_verify_detached (signature, statement->bytes, statement->len, key) == 0;
}
