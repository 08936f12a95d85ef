// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Layout inside a box: version, purpose, kiosk, epoch, seq, content length (16 bits), content,
// zeros.

#include "kiosk/journal/journal-seal.h"

#include <string.h>

#include <sodium.h>

#define SEAL_VERSION 1
#define HEAD_SIZE    (1 + 1 + JOURNAL_ID_SIZE + JOURNAL_ID_SIZE + 8 + 2)
#define DETAILS_STEP 512
#define PLAIN_MAX    (HEAD_SIZE + JOURNAL_DETAILS_MAX)

static void
write_head (guint8 head[HEAD_SIZE],
            JournalSealPurpose purpose,
            const JournalOrigin *origin,
            guint64 seq,
            gsize len)
{
  guint64 seq_be = GUINT64_TO_BE (seq);
  guint16 len_be = GUINT16_TO_BE ((guint16) len);
  head[0] = SEAL_VERSION;
  head[1] = (guint8) purpose;
  memcpy (head + 2, origin->kiosk, JOURNAL_ID_SIZE);
  memcpy (head + 2 + JOURNAL_ID_SIZE, origin->epoch, JOURNAL_ID_SIZE);
  memcpy (head + 2 + 2 * JOURNAL_ID_SIZE, &seq_be, sizeof seq_be);
  memcpy (head + HEAD_SIZE - sizeof len_be, &len_be, sizeof len_be);
}

static gsize
padded_size (JournalSealPurpose purpose, gsize len)
{
  if (purpose == JOURNAL_SEAL_WHO)
    return JOURNAL_WHO_MAX;
  return MAX (1, (len + DETAILS_STEP - 1) / DETAILS_STEP) * DETAILS_STEP;
}

GBytes *
journal_seal (const guint8 key[JOURNAL_KEY_SIZE],
              JournalSealPurpose purpose,
              const JournalOrigin *origin,
              guint64 seq,
              GBytes *content)
{
  gsize len = 0;
  const guint8 *bytes = g_bytes_get_data (content, &len);
  if (len > (purpose == JOURNAL_SEAL_WHO ? JOURNAL_WHO_MAX : JOURNAL_DETAILS_MAX))
    return NULL;

  guint8 plain[PLAIN_MAX] = { 0 };
  gsize plain_len = HEAD_SIZE + padded_size (purpose, len);
  write_head (plain, purpose, origin, seq, len);
  if (len > 0)
    memcpy (plain + HEAD_SIZE, bytes, len);
  gsize box_len = plain_len + crypto_box_SEALBYTES;
  g_autofree guint8 *box = g_malloc (box_len);
  int rc = crypto_box_seal (box, plain, plain_len, key);
  sodium_memzero (plain, sizeof plain);
  return rc == 0 ? g_bytes_new_take (g_steal_pointer (&box), box_len) : NULL;
}

GBytes *
journal_unseal (const guint8 public_key[JOURNAL_KEY_SIZE],
                const guint8 secret_key[JOURNAL_KEY_SIZE],
                JournalSealPurpose purpose,
                const JournalOrigin *origin,
                guint64 seq,
                const JournalBytes *box)
{
  guint8 plain[PLAIN_MAX];
  if (box->len < crypto_box_SEALBYTES + HEAD_SIZE || box->len > crypto_box_SEALBYTES + PLAIN_MAX)
    return NULL;
  if (crypto_box_seal_open (plain, box->data, box->len, public_key, secret_key) != 0)
    return NULL;

  guint16 len_be = 0;
  memcpy (&len_be, plain + HEAD_SIZE - sizeof len_be, sizeof len_be);
  gsize len = GUINT16_FROM_BE (len_be);
  guint8 head[HEAD_SIZE];
  write_head (head, purpose, origin, seq, len);
  gsize plain_len = box->len - crypto_box_SEALBYTES;
  GBytes *content = NULL;
  if (memcmp (plain, head, HEAD_SIZE) == 0 && len <= plain_len - HEAD_SIZE &&
      plain_len == HEAD_SIZE + padded_size (purpose, len))
    content = g_bytes_new (plain + HEAD_SIZE, len);
  sodium_memzero (plain, sizeof plain);
  return content;
}
