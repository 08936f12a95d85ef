// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Bodies of records: vectors written by hand from RFC 8949, and everything that is not the one
// encoding.

#include <string.h>

#include "kiosk/journal/journal-presence.h"
#include "kiosk/journal/journal-record.h"

static gsize
from_hex (const char *hex, guint8 *ret_bytes)
{
  gsize len = 0;
  for (; hex[0] != '\0' && hex[1] != '\0'; hex += 2)
    ret_bytes[len++] =
        (guint8) (g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]));
  return len;
}

static void
test_vectors (void)
{
  static const struct {
    const char *hex;
    JournalBody body;
  } vectors[] = {
    { "a201150218a8", { .kind = JOURNAL_KIND_CONFIG, .config = { 21, 168 } } },
    { "a201170203", { .kind = JOURNAL_KIND_VISIT_CLOSE, .visit_close = { 23, 3 } } },
    { "a201181802"
      "01",
      { .kind = JOURNAL_KIND_VISIT_CLOSE, .visit_close = { 24, 1 } } },
    { "a2011901000201", { .kind = JOURNAL_KIND_VISIT_CLOSE, .visit_close = { 256, 1 } } },
    { "a2011a000100000201", { .kind = JOURNAL_KIND_VISIT_CLOSE, .visit_close = { 65536, 1 } } },
    { "a2011b00000001000000000201",
      { .kind = JOURNAL_KIND_VISIT_CLOSE, .visit_close = { G_GUINT64_CONSTANT (4294967296), 1 } } },
    { "a10119012c", { .kind = JOURNAL_KIND_CLOCK_FIX, .clock_fix = { 300 } } },
    { "a3010502060301", { .kind = JOURNAL_KIND_TOMBSTONE, .tombstone = { 5, 6, 1 } } },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++) {
    guint8 expected[64], written[JOURNAL_BODY_MAX];
    gsize expected_len = from_hex (vectors[i].hex, expected);
    gsize len = journal_record_write (&vectors[i].body, written, sizeof written);
    g_assert_cmpmem (written, len, expected, expected_len);
    JournalBody body = { 0 };
    g_assert_true (journal_record_read (vectors[i].body.kind, expected, expected_len, &body));
    g_assert_cmpmem (&body, sizeof body, &vectors[i].body, sizeof body);
    for (gsize cut = 0; cut < expected_len; cut++)
      g_assert_false (journal_record_read (vectors[i].body.kind, expected, cut, &body));
  }
}

static void
test_optional_fields (void)
{
  static const guint8 key[JOURNAL_KEY_SIZE] = { 7 }, signature[JOURNAL_SIG_SIZE] = { 9 };
  JournalBody body = { .kind = JOURNAL_KIND_CHECKPOINT,
                       .checkpoint = { 1000, { NULL, 0 }, { signature, sizeof signature } } };
  guint8 without[JOURNAL_BODY_MAX], with[JOURNAL_BODY_MAX];
  gsize without_len = journal_record_write (&body, without, sizeof without);
  body.checkpoint.next_key = (JournalBytes){ key, sizeof key };
  gsize with_len = journal_record_write (&body, with, sizeof with);
  g_assert_cmpuint (with_len, ==, without_len + 1 + 2 + sizeof key);

  JournalBody read = { 0 };
  g_assert_true (journal_record_read (JOURNAL_KIND_CHECKPOINT, without, without_len, &read));
  g_assert_null (read.checkpoint.next_key.data);
  g_assert_true (journal_record_read (JOURNAL_KIND_CHECKPOINT, with, with_len, &read));
  g_assert_cmpmem (read.checkpoint.next_key.data, read.checkpoint.next_key.len, key, sizeof key);
}

// Older kiosks did not count arrivals.
static void
test_window (void)
{
  static const guint8 counts[JOURNAL_COUNTS_SIZE] = { 7 }, arrivals[JOURNAL_COUNTS_SIZE] = { 9 };
  static const guint8 box[100] = { 1 };
  JournalBody body = { .kind = JOURNAL_KIND_PRESENCE_WINDOW };
  body.window.window_s = 300;
  body.window.counts = (JournalBytes){ counts, sizeof counts };
  for (guint i = 0; i < 4; i++) {
    body.window.beacons.data = (i & 1) != 0 ? box : NULL;
    body.window.beacons.len = (i & 1) != 0 ? sizeof box : 0;
    body.window.arrivals.data = (i & 2) != 0 ? arrivals : NULL;
    body.window.arrivals.len = (i & 2) != 0 ? sizeof arrivals : 0;
    guint8 written[JOURNAL_BODY_MAX];
    gsize len = journal_record_write (&body, written, sizeof written);
    JournalBody read = { 0 };
    g_assert_true (journal_record_read (body.kind, written, len, &read));
    g_assert_cmpmem (read.window.arrivals.data, read.window.arrivals.len, body.window.arrivals.data,
                     body.window.arrivals.len);
    g_assert_cmpmem (read.window.beacons.data, read.window.beacons.len, body.window.beacons.data,
                     body.window.beacons.len);
  }
  body.window.arrivals.len--;
  guint8 written[JOURNAL_BODY_MAX];
  g_assert_cmpuint (journal_record_write (&body, written, sizeof written), ==, 0);
}

static void
test_refusals (void)
{
  static const struct {
    JournalKind kind;
    const char *hex;
  } cases[] = {
    { JOURNAL_KIND_CONFIG, "" },
    { JOURNAL_KIND_CONFIG, "a0" },
    { JOURNAL_KIND_CONFIG, "a10115" },           // a field missing
    { JOURNAL_KIND_CONFIG, "a3011502180c0301" }, // one too many
    { JOURNAL_KIND_CONFIG, "a202180c0115" },     // not in order
    { JOURNAL_KIND_CONFIG, "a201150115" },       // twice
    { JOURNAL_KIND_CONFIG, "a2011502180c00" },   // something after it
    { JOURNAL_KIND_CONFIG, "a20118150218"
                           "0c" },             // long form of a short number
    { JOURNAL_KIND_CONFIG, "b802011502180c" }, // long form of the count
    { JOURNAL_KIND_CONFIG, "bf011502180cff" }, // indefinite
    { JOURNAL_KIND_CONFIG, "a201340218"
                           "0c" }, // negative
    { JOURNAL_KIND_CONFIG, "a2016115021"
                           "80c" }, // text for a number
    { JOURNAL_KIND_CONFIG, "a201f5021"
                           "80c" }, // true
    { JOURNAL_KIND_CONFIG, "a201fb40350000000000000218"
                           "0c" },                 // 21.0
    { JOURNAL_KIND_CONFIG, "a2010002180c" },       // 0 days
    { JOURNAL_KIND_CONFIG, "a201181f02180c" },     // 31 days
    { JOURNAL_KIND_CONFIG, "c0a2011502180c" },     // tagged
    { JOURNAL_KIND_CONFIG, "82011502180c" },       // an array
    { JOURNAL_KIND_CONFIG, "bbffffffffffffffff" }, // a count that nobody could hold
    { JOURNAL_KIND_CONFIG, "5bffffffffffffffff" },
    { JOURNAL_KIND_VISIT_CLOSE, "a2011bffffffffffffffff0201" }, // over what a seq can be
    { JOURNAL_KIND_STAFF_ACTION, "a10101" },                    // reserved, nobody writes it yet
    { JOURNAL_KIND_CLOCK_FIX, "a1011a05265c01" },               // off by more than a day
    { (JournalKind) 0, "a2011502180c" },
    { (JournalKind) 200, "a2011502180c" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint8 bytes[64];
    gsize len = from_hex (cases[i].hex, bytes);
    JournalBody body = { .kind = (JournalKind) 99 }, untouched = body;
    g_test_message ("%s", cases[i].hex);
    g_assert_false (journal_record_read (cases[i].kind, bytes, len, &body));
    g_assert_cmpmem (&body, sizeof body, &untouched, sizeof untouched);
  }
}

static void
test_zone_is_a_word (void)
{
  static const char *const bad[] = { "", "a b", "cửa", "a/b", "a\n" };
  static const guint8 bytes[48] = { 1 };
  JournalBody body = {
    .kind = JOURNAL_KIND_VISIT_OPEN,
    .visit_open = { .subject = { bytes, JOURNAL_ID_SIZE }, .who = { bytes, 48 }, .evidence = 1 }
  };
  guint8 written[JOURNAL_BODY_MAX];
  body.visit_open.zone = (JournalBytes){ (const guint8 *) "Gate_1-b", 8 };
  g_assert_cmpuint (journal_record_write (&body, written, sizeof written), >, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    body.visit_open.zone = (JournalBytes){ (const guint8 *) bad[i], strlen (bad[i]) };
    g_assert_cmpuint (journal_record_write (&body, written, sizeof written), ==, 0);
  }
}

static void
test_writer_respects_its_buffer (void)
{
  JournalBody body = { .kind = JOURNAL_KIND_TOMBSTONE, .tombstone = { 5, 600, 1 } };
  guint8 whole[64];
  gsize len = journal_record_write (&body, whole, sizeof whole);
  for (gsize size = 0; size < len; size++) {
    g_autofree guint8 *small = g_malloc (MAX (size, 1));
    g_assert_cmpuint (journal_record_write (&body, small, size), ==, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/journal/record/reads-and-writes-vectors", test_vectors);
  g_test_add_func ("/journal/record/optional-fields-may-be-absent", test_optional_fields);
  g_test_add_func ("/journal/record/window-may-have-no-arrivals", test_window);
  g_test_add_func ("/journal/record/refuses-all-but-the-one-encoding", test_refusals);
  g_test_add_func ("/journal/record/zone-is-a-word", test_zone_is_a_word);
  g_test_add_func ("/journal/record/writer-respects-its-buffer", test_writer_respects_its_buffer);
  return g_test_run ();
}
