// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What lies on the disk, byte by byte: no identity and no name in any form, and nothing at all of a
// visit after its time.

#include <string.h>

#include <glib/gstdio.h>

#include "kiosk/journal/journal-keys.h"
#include "kiosk/journal/journal-seal.h"
#include "kiosk/journal/journal-verify.h"
#include "tests/kiosk/journal-harness.h"

#define N_VISITORS 200
#define DAY_MS     (24 * HARNESS_HOUR_MS)

typedef struct {
  char *state_dir;
  JournalStore *store;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  fixture->state_dir = harness_make_state_dir ();
  fixture->store = harness_store_new (fixture->state_dir, NULL);
  g_assert_true (harness_open (fixture->store, 0, &error));
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  if (fixture->store != NULL)
    g_assert_finalize_object (fixture->store);
  harness_remove_state_dir (fixture->state_dir);
}

static char *
name_of (guint number)
{
  return g_strdup_printf ("Nguyễn Canary Thử %04u", number * 37 % 10000);
}

static void
arrive (Fixture *fixture, guint number, gint64 after_ms)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) identity = harness_identity (number);
  char *name = name_of (number);
  g_autoptr (GBytes) details = g_bytes_new_take (name, strlen (name));
  g_autoptr (JournalCommitted) committed =
      harness_arrive (fixture->store, identity, details, after_ms, &error);
  g_assert_no_error (error);
}

// All bytes of all files under the state folder, with a gap between files.
static void
collect (const char *path, GByteArray *bytes)
{
  GDir *dir = g_dir_open (path, 0, NULL);
  g_assert_nonnull (dir);
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir)) {
    g_autofree char *child = g_build_filename (path, name, NULL);
    if (g_file_test (child, G_FILE_TEST_IS_DIR)) {
      collect (child, bytes);
      continue;
    }
    g_autoptr (GByteArray) file = harness_read_file (path, name);
    g_byte_array_append (bytes, file->data, file->len);
    g_byte_array_append (bytes, (const guint8 *) name, (guint) strlen (name) + 1);
  }
  g_dir_close (dir);
}

static gboolean
holds (const GByteArray *bytes, const void *needle, gsize len)
{
  return memmem (bytes->data, bytes->len, needle, len) != NULL;
}

static void
add_hex (GPtrArray *forms, const char *text, const char *format)
{
  GString *hex = g_string_new (NULL);
  for (const char *c = text; *c != '\0'; c++)
    g_string_append_printf (hex, format[0] == 'x' ? "%02x" : "%02X", (guint8) *c);
  g_ptr_array_add (forms, g_bytes_new_take (hex->str, hex->len));
  (void) g_string_free (hex, FALSE);
}

// Base64 of a text inside other text looks one of three ways; the ends depend on the neighbours.
static void
add_base64 (GPtrArray *forms, const char *text)
{
  for (gsize skip = 0; skip < 3; skip++) {
    gsize whole = (strlen (text) - skip) / 3 * 3;
    char *base64 = g_base64_encode ((const guchar *) text + skip, whole);
    g_ptr_array_add (forms, g_bytes_new_take (base64, strlen (base64)));
  }
}

static void
add_utf16 (GPtrArray *forms, const char *text, gboolean is_big_endian)
{
  glong len = 0;
  gunichar2 *utf16 = g_utf8_to_utf16 (text, -1, NULL, &len, NULL);
  for (glong i = 0; i < len; i++)
    utf16[i] = is_big_endian ? GUINT16_TO_BE (utf16[i]) : GUINT16_TO_LE (utf16[i]);
  g_ptr_array_add (forms, g_bytes_new_take (utf16, (gsize) len * sizeof *utf16));
}

static GPtrArray *
forms_of (const char *text)
{
  GPtrArray *forms = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  char *reversed = g_utf8_strreverse (text, -1);
  g_ptr_array_add (forms, g_bytes_new (text, strlen (text)));
  g_ptr_array_add (forms, g_bytes_new_take (reversed, strlen (reversed)));
  add_hex (forms, text, "x");
  add_hex (forms, text, "X");
  add_base64 (forms, text);
  add_utf16 (forms, text, FALSE);
  add_utf16 (forms, text, TRUE);
  return forms;
}

static guint
count_hits (const GByteArray *bytes, const char *text)
{
  guint n_hits = 0;
  g_autoptr (GPtrArray) forms = forms_of (text);
  for (guint i = 0; i < forms->len; i++) {
    gsize len = 0;
    const void *data = g_bytes_get_data (g_ptr_array_index (forms, i), &len);
    n_hits += holds (bytes, data, len) ? 1 : 0;
  }
  return n_hits;
}

static void
assert_no_visitor (const char *state_dir)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  collect (state_dir, bytes);
  for (guint i = 0; i < N_VISITORS; i++) {
    g_autoptr (GBytes) identity = harness_identity (i);
    g_autofree char *name = name_of (i);
    // The number without its prefix, and the part of the name that is its own.
    g_autofree char *number = g_strndup ((const char *) g_bytes_get_data (identity, NULL) + 5,
                                         g_bytes_get_size (identity) - 5);
    g_assert_cmpuint (count_hits (bytes, number), ==, 0);
    g_assert_cmpuint (count_hits (bytes, name), ==, 0);
  }
  // The search itself finds what is there.
  g_byte_array_append (bytes, (const guint8 *) "MDc5MTkwMDAwMTIz", 16);
  g_assert_cmpuint (count_hits (bytes, "079190000123"), ==, 1);
}

static void
test_no_identity_is_readable (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < N_VISITORS; i++)
    arrive (fixture, i, 1000 + i);
  assert_no_visitor (fixture->state_dir); // the log is long now
  for (guint i = 0; i < N_VISITORS; i += 2) {
    g_autoptr (GBytes) identity = harness_identity (i);
    JournalVisit visit = harness_find (fixture->store, identity, HARNESS_HOUR_MS);
    g_autoptr (JournalCommitted) committed =
        harness_leave (fixture->store, visit.seq, HARNESS_HOUR_MS + i, &error);
    g_assert_nonnull (committed);
  }
  g_assert_true (harness_tidy (fixture->store, 16 * HARNESS_HOUR_MS, &error));
  assert_no_visitor (fixture->state_dir);
  g_assert_finalize_object (g_steal_pointer (&fixture->store));
  assert_no_visitor (fixture->state_dir);
}

static gboolean
take_personal_bytes (const JournalRecord *record, gpointer user_data, GError **error)
{
  GPtrArray *needles = user_data;
  JournalBody body;
  if (record->kind != JOURNAL_KIND_VISIT_OPEN || record->body.data == NULL)
    return TRUE;
  g_assert_true (journal_record_read (record->kind, record->body.data, record->body.len, &body));
  g_ptr_array_add (needles,
                   g_bytes_new (body.visit_open.subject.data, body.visit_open.subject.len));
  // Any 24 bytes of a box: part of one left in a page would do for a hit, and its ends are the
  // likeliest to survive.
  g_ptr_array_add (needles, g_bytes_new (body.visit_open.who.data, 24));
  g_ptr_array_add (needles,
                   g_bytes_new (body.visit_open.who.data + body.visit_open.who.len - 24, 24));
  g_ptr_array_add (needles, g_bytes_new (body.visit_open.details.data + 256, 24));
  return TRUE;
}

static guint
count_needles (const char *state_dir, const GPtrArray *needles)
{
  guint n_hits = 0;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  collect (state_dir, bytes);
  for (guint i = 0; i < needles->len; i++) {
    gsize len = 0;
    const void *data = g_bytes_get_data (g_ptr_array_index (needles, i), &len);
    n_hits += holds (bytes, data, len) ? 1 : 0;
  }
  return n_hits;
}

static void
test_nothing_is_left_after_retention (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) needles = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < 50; i++)
    arrive (fixture, i, i * HARNESS_HOUR_MS / 4);
  g_assert_finalize_object (g_steal_pointer (&fixture->store));
  g_auto (JournalAudit) audit;
  journal_audit_init (&audit);
  g_assert_true (
      journal_verify_each (fixture->state_dir, &audit, take_personal_bytes, needles, &error));
  g_assert_cmpuint (needles->len, ==, 200);
  g_assert_cmpuint (count_needles (fixture->state_dir, needles), ==, 200);

  fixture->store = harness_store_new (fixture->state_dir, NULL);
  g_assert_true (harness_open (fixture->store, 20 * DAY_MS, &error));
  arrive (fixture, 100, 20 * DAY_MS);
  g_assert_true (harness_tidy (fixture->store, 20 * DAY_MS + 1, &error));
  g_assert_cmpuint (count_needles (fixture->state_dir, needles), >=,
                    150); // only the derived table may have shrunk
  g_assert_true (harness_tidy (fixture->store, 23 * DAY_MS, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_needles (fixture->state_dir, needles), ==,
                    0); // the store is still open, log and all
  g_assert_finalize_object (g_steal_pointer (&fixture->store));
  g_assert_cmpuint (count_needles (fixture->state_dir, needles), ==, 0);

  g_assert_true (journal_verify (fixture->state_dir, &audit, &error));
  g_assert_cmpuint (audit.n_of_kind[JOURNAL_KIND_DELETION], ==, 1);
  g_assert_cmpuint (audit.n_erased, >=, 50);
  g_assert_cmpuint (audit.n_of_kind[JOURNAL_KIND_VISIT_OPEN], ==, 51);
}

typedef struct {
  const char *state_dir;
  guint n_opened;
} Opening;

static gboolean
open_boxes (const JournalRecord *record, gpointer user_data, GError **error)
{
  Opening *opening = user_data;
  JournalBody body;
  if (record->kind != JOURNAL_KIND_VISIT_OPEN)
    return TRUE;
  g_autoptr (JournalKeys) keys = journal_keys_load (opening->state_dir, error);
  g_autofree char *path = g_build_filename (opening->state_dir, "keys", "recovery.key", NULL);
  guint8 secrets[2][JOURNAL_KEY_SIZE];
  g_assert_true (journal_keys_read_recovery (path, secrets, error));
  g_auto (JournalAudit) audit;
  journal_audit_init (&audit);
  g_assert_true (journal_verify (opening->state_dir, &audit, error));
  g_assert_true (journal_record_read (record->kind, record->body.data, record->body.len, &body));

  const guint8 *ingest_key = journal_keys_get_ingest_key (keys),
               *officer_key = journal_keys_get_officer_key (keys);
  g_autoptr (GBytes) who = journal_unseal (ingest_key, secrets[0], JOURNAL_SEAL_WHO, &audit.origin,
                                           record->seq, &body.visit_open.who);
  g_autoptr (GBytes) details =
      journal_unseal (officer_key, secrets[1], JOURNAL_SEAL_DETAILS, &audit.origin, record->seq,
                      &body.visit_open.details);
  g_autoptr (GBytes) moved = journal_unseal (ingest_key, secrets[0], JOURNAL_SEAL_WHO,
                                             &audit.origin, record->seq + 1, &body.visit_open.who);
  g_autoptr (GBytes) expected = harness_identity (7);
  g_autofree char *name = name_of (7);
  g_assert_true (g_bytes_equal (who, expected));
  g_assert_cmpmem (g_bytes_get_data (details, NULL), g_bytes_get_size (details), name,
                   strlen (name));
  g_assert_null (moved);
  opening->n_opened++;
  return TRUE;
}

static void
test_recovery_key_opens_the_boxes_of_its_records (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  arrive (fixture, 7, 1000);
  g_assert_finalize_object (g_steal_pointer (&fixture->store));
  Opening opening = { fixture->state_dir, 0 };
  g_auto (JournalAudit) audit;
  journal_audit_init (&audit);
  g_assert_true (journal_verify_each (fixture->state_dir, &audit, open_boxes, &opening, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (opening.n_opened, ==, 1);
}

static void
test_recording_goes_on_without_the_recovery_key (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *target_dir = harness_make_state_dir ();
  g_autofree char *target = g_build_filename (target_dir, "recovery.key", NULL);
  guint8 secrets[2][JOURNAL_KEY_SIZE];
  g_assert_true (journal_keys_have_recovery (fixture->state_dir));
  g_assert_true (journal_keys_move_recovery (fixture->state_dir, target, &error));
  g_assert_no_error (error);
  g_assert_false (journal_keys_have_recovery (fixture->state_dir));
  g_assert_cmpint (g_chmod (target, 0755), ==, 0); // as a stick without modes shows it
  g_assert_true (journal_keys_read_recovery (target, secrets, &error));
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  collect (fixture->state_dir, bytes);
  g_assert_false (holds (bytes, secrets[0], JOURNAL_KEY_SIZE));
  g_assert_finalize_object (g_steal_pointer (&fixture->store));
  fixture->store = harness_store_new (fixture->state_dir, NULL);
  g_assert_true (harness_open (fixture->store, 1000, &error));
  arrive (fixture, 1, 2000);
  g_assert_false (journal_keys_move_recovery (fixture->state_dir, target, &error));
  harness_remove_state_dir (g_steal_pointer (&target_dir));
}

static void
test_files_are_their_owners_only (Fixture *fixture, gconstpointer unused)
{
  static const char *const names[] = { "journal.db",      "journal.db-wal",   "journal.head",
                                       "keys/kiosk.key",  "keys/ratchet.key", "keys/recovery.key",
                                       "keys/ingest.pub", "keys/officer.pub" };
  arrive (fixture, 1, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (fixture->state_dir, names[i], NULL);
    GStatBuf status;
    g_assert_cmpint (g_stat (path, &status), ==, 0);
    g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  }
  g_autofree char *path = g_build_filename (fixture->state_dir, "keys", "kiosk.key", NULL);
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  g_assert_null (journal_keys_load (fixture->state_dir, &error));
  g_assert_error (error, JOURNAL_ERROR, JOURNAL_ERROR_KEYS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                            \
  g_test_add ("/journal/privacy/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("no-identity-is-readable-in-any-form", test_no_identity_is_readable);
  ADD ("nothing-is-left-after-retention", test_nothing_is_left_after_retention);
  ADD ("recovery-key-opens-the-boxes-of-its-records",
       test_recovery_key_opens_the_boxes_of_its_records);
  ADD ("recording-goes-on-without-the-recovery-key",
       test_recording_goes_on_without_the_recovery_key);
  ADD ("files-are-their-owners-only", test_files_are_their_owners_only);
  return g_test_run ();
}
