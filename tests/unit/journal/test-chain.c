// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The chain's bytes, which others reproduce from their description: expected values come from
// Python's hashlib.

#include <string.h>

#include "kiosk/journal/journal-chain.h"

static void
assert_hex (const guint8 *bytes, gsize len, const char *expected)
{
  g_autoptr (GString) hex = g_string_new (NULL);
  for (gsize i = 0; i < len; i++)
    g_string_append_printf (hex, "%02x", bytes[i]);
  g_assert_cmpstr (hex->str, ==, expected);
}

static void
test_vectors (void)
{
  static const guint8 encoded[] = { 0xa2, 0x01, 0x15, 0x02, 0x18, 0xa8 };
  JournalOrigin origin;
  guint8 key[JOURNAL_KEY_SIZE], id[JOURNAL_ID_SIZE], hash[JOURNAL_HASH_SIZE];
  JournalRecord record = { .seq = 1,
                           .kind = JOURNAL_KIND_CONFIG,
                           .stamp = { .boottime_ns = G_GINT64_CONSTANT (60000000000),
                                      .wall_ms = G_GINT64_CONSTANT (1794967200000),
                                      .quality = JOURNAL_CLOCK_SYNCED },
                           .body = { encoded, sizeof encoded } };
  memset (record.stamp.boot_id, 0xb0, sizeof record.stamp.boot_id);
  for (guint8 i = 0; i < 32; i++) {
    key[i] = i;
    (i < 16 ? origin.kiosk : origin.epoch)[i % 16] = i;
  }
  journal_chain_begin (&origin, record.prev);
  assert_hex (record.prev, sizeof record.prev,
              "13e498b80afe9797863d7068824284f5d12ef421d493ac94e118778859746ba9");
  journal_chain_hash_body (&record.body, record.body_hash);
  assert_hex (record.body_hash, sizeof record.body_hash,
              "d198e61e517e4009b993d4de64d72a441ceab67b96a720bcda05e23717d88a7e");
  journal_chain_link (&record, hash);
  assert_hex (hash, sizeof hash,
              "661810d92c19b259dcb1a2dca480ab3d7bdfff3e8091fa7b63dd2fbfd21476df");
  journal_chain_kiosk_id (key, id);
  assert_hex (id, sizeof id, "f39a2cad58411cd49f577e5086b8031f");
}

static void
test_link_covers_the_header (void)
{
  JournalRecord record = { .seq = 1, .kind = JOURNAL_KIND_CONFIG };
  guint8 before[JOURNAL_HASH_SIZE], after[JOURNAL_HASH_SIZE];
  journal_chain_link (&record, before);
  guint8 *fields[] = { (guint8 *) &record.seq,
                       (guint8 *) &record.kind,
                       record.stamp.boot_id,
                       (guint8 *) &record.stamp.boottime_ns,
                       (guint8 *) &record.stamp.wall_ms,
                       (guint8 *) &record.stamp.quality,
                       record.body_hash,
                       record.prev };
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++) {
    fields[i][0] ^= 1;
    journal_chain_link (&record, after);
    g_assert_cmpint (memcmp (before, after, sizeof before), !=, 0);
    fields[i][0] ^= 1;
  }
  // The hash of the body counts, not the body: that is what lets it be erased.
  record.body = (JournalBytes){ before, 5 };
  journal_chain_link (&record, after);
  g_assert_cmpmem (before, sizeof before, after, sizeof after);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/journal/chain/hashes-as-described", test_vectors);
  g_test_add_func ("/journal/chain/link-covers-the-header-but-not-the-body",
                   test_link_covers_the_header);
  return g_test_run ();
}
