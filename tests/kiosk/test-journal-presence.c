// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Windows of the radio in the real journal: sealed on the disk, whole for whoever has the key, and
// counted by the hour.

#include <glib/gstdio.h>
#include <string.h>

#include "kiosk/core/ct-presence.h"
#include "kiosk/ctl/ctl-hours.h"
#include "kiosk/journal/journal-disk.h"
#include "kiosk/journal/journal-keys.h"
#include "kiosk/journal/journal-presence.h"
#include "kiosk/journal/journal-seal.h"
#include "kiosk/journal/journal-verify.h"
#include "tests/kiosk/journal-harness.h"
#include "tests/kiosk/small-disk.h"

#define N_BEACONS 300 // three boxes
#define WINDOW_MS 300000
#define OPEN_NS   G_GINT64_CONSTANT (299000000000) // by the boot time: the clock was set meanwhile

typedef struct {
  char *state_dir;
  GArray *opened; // of JournalBeacon
  guint n_windows;
  guint n_gaps;
  CtlHours *hours;
  gboolean reads_recovered;
  guint64 visit;
} Fixture;

static void
make_id (guint i, guint8 ret_id[12])
{
  for (guint k = 0; k < 12; k++)
    ret_id[k] = (guint8) (0xb1 + 37 * i + 11 * k + (i >> 3) * k);
}

static JournalPresence *
make_window (guint n_beacons, guint n_phones, gint64 after_ms)
{
  JournalPresence *presence = journal_presence_new ();
  presence->stamp = harness_stamp (after_ms);
  presence->start_wall_ms = presence->stamp.wall_ms - WINDOW_MS;
  presence->start_boottime_ns = presence->stamp.boottime_ns - OPEN_NS;
  presence->start_quality = presence->stamp.quality;
  presence->window_s = WINDOW_MS / 1000;
  presence->heard_ms = WINDOW_MS - 500;
  presence->n_sightings = 12345;
  presence->n_present[CT_BEACON_BLUEZONE] = n_phones + 100; // who was there before
  presence->n_arrived[CT_BEACON_BLUEZONE] = n_phones - n_phones / 4;
  presence->n_arrived[CT_BEACON_BLUEZONE_IOS] = n_phones / 4;
  presence->n_arrived[CT_BEACON_EXPOSURE] = n_phones / 2; // the same ones
  presence->n_arrived[CT_BEACON_IBEACON] = 1000;          // things, not people
  for (guint i = 0; i < n_beacons; i++) {
    JournalBeacon beacon = { .last_ms = i * 100, .n_sightings = i + 1, .rssi_max_dbm = -60 };
    guint8 id[12];
    make_id (i, id);
    beacon.beacon.kind = CT_BEACON_BLUEZONE;
    g_assert_true (ct_beacon_set_id (&beacon.beacon, id, sizeof id));
    g_array_append_val (presence->beacons, beacon);
  }
  return presence;
}

static void
on_ready (GObject *source, GAsyncResult *result, gpointer place)
{
  *(GAsyncResult **) place = g_object_ref (result);
}

static void
append (JournalStore *store, JournalPresence *presence)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  journal_store_append_presence_async (store, presence, NULL, on_ready, &result);
  journal_presence_free (presence); // was copied
  while (result == NULL)
    (void) g_main_context_iteration (NULL, TRUE);
  g_autoptr (JournalCommitted) committed =
      journal_store_append_presence_finish (store, result, &error);
  g_assert_no_error (error);
  g_assert_nonnull (committed);
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  fixture->state_dir = harness_make_state_dir ();
  fixture->opened = g_array_new (FALSE, FALSE, sizeof (JournalBeacon));
  fixture->hours = ctl_hours_new ();
  JournalStore *store = harness_store_new (fixture->state_dir, NULL);
  g_assert_true (harness_open (store, 0, &error));
  append (store, make_window (N_BEACONS, 20, WINDOW_MS));
  append (store, make_window (0, 30, 2 * WINDOW_MS));
  append (store, make_window (0, 24, HARNESS_HOUR_MS + WINDOW_MS));
  for (guint i = 0; i < 12; i++) {
    g_autoptr (GBytes) identity = harness_identity (i);
    g_autoptr (JournalCommitted) committed =
        harness_arrive (store, identity, NULL, HARNESS_HOUR_MS - 60000 + i * 10000, &error);
    g_assert_no_error (error);
  }
  g_assert_finalize_object (store);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  ctl_hours_free (fixture->hours);
  g_array_unref (fixture->opened);
  harness_remove_state_dir (fixture->state_dir);
}

// What is in a box of record @seq, with the recovery key. (transfer full) (nullable)
static GArray *
unseal (Fixture *fixture, guint64 seq, JournalSealPurpose purpose, const JournalBytes *box)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JournalKeys) keys = journal_keys_load (fixture->state_dir, &error);
  g_autofree char *path = g_build_filename (fixture->state_dir, "keys", "recovery.key", NULL);
  guint8 secrets[2][JOURNAL_KEY_SIZE];
  g_auto (JournalAudit) audit;
  g_assert_true (journal_keys_read_recovery (path, secrets, &error));
  journal_audit_init (&audit);
  g_assert_true (journal_verify (fixture->state_dir, &audit, &error));
  g_autoptr (GBytes) content = journal_unseal (journal_keys_get_ingest_key (keys), secrets[0],
                                               purpose, &audit.origin, seq, box);
  return content != NULL ? journal_presence_read_box (content) : NULL;
}

static gboolean
on_record (const JournalRecord *record, gpointer user_data, GError **error)
{
  Fixture *fixture = user_data;
  JournalBody body;
  ctl_hours_take (fixture->hours, record);
  if (record->kind == JOURNAL_KIND_OBSERVATION_GAP) {
    g_assert_true (journal_record_read (record->kind, record->body.data, record->body.len, &body));
    g_assert_cmpmem (body.gap.what.data, body.gap.what.len, "radio-window", 12);
    g_assert_cmpuint (body.gap.from_wall_ms, <, record->stamp.wall_ms);
    fixture->n_gaps++;
  }
  if (record->kind != JOURNAL_KIND_PRESENCE_WINDOW)
    return TRUE;
  g_assert_true (journal_record_read (record->kind, record->body.data, record->body.len, &body));
  gboolean is_continued = (body.window.flags & JOURNAL_WINDOW_CONTINUED) != 0;
  gboolean is_recovered = (body.window.flags & JOURNAL_WINDOW_RECOVERED) != 0;
  fixture->n_windows += !is_continued;
  // When it began, in the boot in which it did, whatever boot records it.
  JournalStamp start = { .quality = JOURNAL_CLOCK_UNSET }, began = harness_stamp (0);
  g_assert_true (journal_presence_read_start (&body.window.start, &start));
  g_assert_cmpmem (start.boot_id, sizeof start.boot_id, began.boot_id, sizeof began.boot_id);
  g_assert_cmpint (start.boottime_ns, >, 0);
  if (memcmp (record->stamp.boot_id, start.boot_id, sizeof start.boot_id) == 0 && !is_recovered)
    g_assert_cmpint (record->stamp.boottime_ns - start.boottime_ns, ==, OPEN_NS);
  g_assert_true (fixture->reads_recovered || !is_recovered);
  g_assert_cmpuint (body.window.n_sightings, ==, is_continued ? 0 : 12345);
  if (body.window.beacons.data == NULL)
    return TRUE;
  guint64 seq = is_recovered ? 0 : record->seq;
  g_autoptr (GArray) as_details = unseal (fixture, seq, JOURNAL_SEAL_DETAILS, &body.window.beacons);
  g_assert_null (as_details);
  g_autoptr (GArray) beacons = unseal (fixture, seq, JOURNAL_SEAL_BEACONS, &body.window.beacons);
  g_array_append_vals (fixture->opened, beacons->data, beacons->len);
  return TRUE;
}

static void
read_all (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_auto (JournalAudit) audit;
  journal_audit_init (&audit);
  g_assert_true (journal_verify_each (fixture->state_dir, &audit, on_record, fixture, &error));
  g_assert_no_error (error);
}

static void
test_comes_back (Fixture *fixture, gconstpointer unused)
{
  read_all (fixture);
  g_assert_cmpuint (fixture->n_windows, ==, 3);
  g_assert_cmpuint (fixture->opened->len, ==, N_BEACONS);
  for (guint i = 0; i < N_BEACONS; i++) {
    const JournalBeacon *beacon = &g_array_index (fixture->opened, JournalBeacon, i);
    guint8 id[12];
    make_id (i, id);
    g_assert_cmpmem (beacon->beacon.id, beacon->beacon.id_len, id, sizeof id);
    g_assert_cmpuint (beacon->n_sightings, ==, i + 1);
    g_assert_cmpuint (beacon->last_ms, ==, i * 100);
  }
}

static void
test_is_sealed (Fixture *fixture, gconstpointer unused)
{
  static const char *const files[] = { "journal.db", "journal.db-wal" };
  for (guint f = 0; f < G_N_ELEMENTS (files); f++) {
    g_autoptr (GByteArray) bytes = harness_read_file (fixture->state_dir, files[f]);
    for (guint i = 0; i < N_BEACONS; i++) {
      guint8 id[12];
      make_id (i, id);
      g_assert_null (bytes->len > 0 ? memmem (bytes->data, bytes->len, id, 6) : NULL);
    }
  }
}

// A window that was open when the kiosk ended without a word; once.
static void
test_recovered (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (fixture->state_dir, "presence.window", NULL);
  JournalStore *store = harness_store_new (fixture->state_dir, NULL);
  g_autoptr (JournalPresence) open_one = make_window (N_BEACONS, 7, 2 * HARNESS_HOUR_MS);
  g_assert_true (harness_open (store, 2 * HARNESS_HOUR_MS, &error));
  journal_store_keep_presence (store, open_one);
  g_assert_true (harness_tidy (store, 2 * HARNESS_HOUR_MS + 1, &error)); // it is done by then
  g_autoptr (GByteArray) kept = harness_read_file (fixture->state_dir, "presence.window");
  g_assert_cmpuint (kept->len, >, N_BEACONS * JOURNAL_BEACON_SIZE);
  g_assert_finalize_object (store);
  for (guint i = 0; i < 3; i++) { // the file may outlive its record, or be torn
    harness_write_file (fixture->state_dir, "presence.window", kept->data,
                        i < 2 ? kept->len : kept->len / 2);
    store = harness_store_new (fixture->state_dir, NULL);
    g_assert_true (harness_open (store, 2 * HARNESS_HOUR_MS + 60000 + i, &error));
    g_assert_no_error (error);
    g_assert_finalize_object (store);
    g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  }
  fixture->reads_recovered = TRUE;
  read_all (fixture);
  g_assert_cmpuint (fixture->n_windows, ==, 4);
  g_assert_cmpuint (fixture->opened->len, ==, 2 * N_BEACONS);
}

// The power goes while a window of @n_beacons is open.
static void
keep_window (Fixture *fixture, guint n_beacons, gint64 start_back_ms)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JournalPresence) window = make_window (n_beacons, 7, 2 * HARNESS_HOUR_MS);
  JournalStore *store = harness_store_new (fixture->state_dir, NULL);
  window->start_wall_ms -= start_back_ms;
  g_assert_true (harness_open (store, 2 * HARNESS_HOUR_MS, &error));
  journal_store_keep_presence (store, window);
  g_assert_true (harness_tidy (store, 2 * HARNESS_HOUR_MS + 1, &error)); // it is done by then
  g_assert_finalize_object (store);
}

// It comes back after @off_ms, in another boot. Returns why a window is lost.
static const char *
return_after (Fixture *fixture, gint64 off_ms)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  JournalStamp stamp = harness_stamp (2 * HARNESS_HOUR_MS + off_ms);
  JournalStore *store = harness_store_new (fixture->state_dir, NULL);
  memset (stamp.boot_id, 0xb1, sizeof stamp.boot_id);
  stamp.boottime_ns = G_GINT64_CONSTANT (60000000000);
  journal_store_open_async (store, &stamp, NULL, on_ready, &result);
  while (result == NULL)
    (void) g_main_context_iteration (NULL, TRUE);
  g_assert_true (journal_store_open_finish (store, result, &error));
  g_clear_object (&result);
  const char *lost = journal_store_get_lost_window (store);
  g_assert_finalize_object (store);
  fixture->reads_recovered = TRUE;
  read_all (fixture);
  return lost;
}

// As many as the engine has room for.
static void
test_many_are_recovered (Fixture *fixture, gconstpointer unused)
{
  keep_window (fixture, CT_PRESENCE_BEACONS, 0);
  g_assert_null (return_after (fixture, 60000));
  g_assert_cmpuint (fixture->n_windows, ==, 4);
  g_assert_cmpuint (fixture->opened->len, ==, N_BEACONS + CT_PRESENCE_BEACONS);
}

static void
test_weekend (Fixture *fixture, gconstpointer unused)
{
  keep_window (fixture, 10, 0);
  g_assert_null (return_after (fixture, 58 * HARNESS_HOUR_MS));
  g_assert_cmpuint (fixture->opened->len, ==, N_BEACONS + 10);
}

// The windows before are by a clock that was ahead, so that this one begins before them.
static void
test_clock_was_ahead (Fixture *fixture, gconstpointer unused)
{
  keep_window (fixture, 10, 90 * 60000);
  g_assert_null (return_after (fixture, 60000));
  g_assert_cmpuint (fixture->opened->len, ==, N_BEACONS + 10);
}

// Retention counts from the record's own time, so what is too old must not become one.
static void
test_old_is_not_recovered (Fixture *fixture, gconstpointer unused)
{
  keep_window (fixture, 10, 0);
  g_assert_cmpstr (return_after (fixture, 10 * 24 * HARNESS_HOUR_MS), ==, "it is too old");
  g_assert_cmpuint (fixture->n_windows, ==, 3);
  g_assert_cmpuint (fixture->n_gaps, ==, 1);
}

// Torn, of no shape, of another journal, not readable: a gap each, and the kiosk goes on.
static void
test_damage (Fixture *fixture, gconstpointer unused)
{
  static const struct {
    gssize len; // what is left of it; -1: its last byte is missing
    gsize spoilt;
    const char *lost;
  } cases[] = {
    { -1, 0, "its file is damaged" },     { 30, 20, "its file is damaged" },
    { 0, 0, "its file is damaged" },      { -1, 1, "its file is damaged" },
    { -1, 5, "it is another journal's" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    keep_window (fixture, 10, 0);
    g_autoptr (GByteArray) kept = harness_read_file (fixture->state_dir, "presence.window");
    if (cases[i].spoilt > 0)
      kept->data[cases[i].spoilt] ^= 0x55;
    harness_write_file (fixture->state_dir, "presence.window", kept->data,
                        cases[i].len < 0 ? kept->len - 1 : (gsize) cases[i].len);
    fixture->n_gaps = 0;
    g_assert_cmpstr (return_after (fixture, 60000), ==, cases[i].lost);
    g_assert_cmpuint (fixture->n_gaps, ==, i + 1);
    g_assert_null (return_after (fixture, 120000)); // told once
  }
}

static gboolean
on_phone_record (const JournalRecord *record, gpointer user_data, GError **error)
{
  Fixture *fixture = user_data;
  JournalBody body;
  if (record->kind != JOURNAL_KIND_VISIT_PHONE)
    return TRUE;
  g_assert_true (journal_record_read (record->kind, record->body.data, record->body.len, &body));
  g_assert_cmpuint (body.visit_phone.visit, ==, fixture->visit);
  g_autoptr (GArray) phone =
      unseal (fixture, record->seq, JOURNAL_SEAL_BEACONS, &body.visit_phone.phone);
  g_array_append_vals (fixture->opened, phone->data, phone->len);
  return TRUE;
}

// Somebody's phone, beside the visit of whom it belongs to.
static void
test_phone (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_auto (JournalAudit) audit;
  g_autoptr (GBytes) identity = harness_identity (50);
  g_autoptr (JournalPresence) phone = make_window (1, 0, 2 * HARNESS_HOUR_MS);
  JournalStore *store = harness_store_new (fixture->state_dir, NULL);
  g_assert_true (harness_open (store, 2 * HARNESS_HOUR_MS, &error));
  g_autoptr (JournalCommitted) visit =
      harness_arrive (store, identity, NULL, 2 * HARNESS_HOUR_MS, &error);
  fixture->visit = journal_committed_get_seq (visit);
  journal_store_append_phone_async (store, fixture->visit, phone, NULL, on_ready, &result);
  while (result == NULL)
    (void) g_main_context_iteration (NULL, TRUE);
  g_autoptr (JournalCommitted) joined = journal_store_append_phone_finish (store, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (journal_committed_get_seq (joined), ==, fixture->visit + 1);
  g_clear_object (&result);
  g_assert_finalize_object (store);
  journal_audit_init (&audit);
  g_assert_true (
      journal_verify_each (fixture->state_dir, &audit, on_phone_record, fixture, &error));
  g_assert_cmpuint (fixture->opened->len, ==, 1);
  g_assert_cmpint (g_array_index (fixture->opened, JournalBeacon, 0).beacon.kind, ==,
                   CT_BEACON_BLUEZONE);
}

static gboolean
on_erased_record (const JournalRecord *record, gpointer user_data, GError **error)
{
  if (record->kind == JOURNAL_KIND_VISIT_PHONE)
    g_assert_null (record->body.data);
  return TRUE;
}

// It is kept no longer than the visit.
static void
test_phone_is_erased (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_auto (JournalAudit) audit;
  test_phone (fixture, NULL);
  JournalStore *store = harness_store_new (fixture->state_dir, NULL);
  gint64 late_ms = 30 * 24 * HARNESS_HOUR_MS;
  g_assert_true (harness_open (store, late_ms, &error));
  g_assert_true (harness_tidy (store, late_ms, &error));
  g_assert_finalize_object (store);
  journal_audit_init (&audit);
  g_assert_true (journal_verify_each (fixture->state_dir, &audit, on_erased_record, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (audit.n_of_kind[JOURNAL_KIND_VISIT_PHONE], ==, 1);
  g_assert_cmpuint (audit.erased_through, >, fixture->visit);
}

// The store knows how full a real file system is, and when there is room again.
static void
test_disk (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_build_filename (fixture->state_dir, "small", NULL);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  if (!small_disk_mount (folder, 8))
    return;
  JournalStore *store = harness_store_new (folder, NULL);
  g_assert_true (harness_open (store, 0, &error));
  g_assert_cmpuint (journal_store_get_disk_percent (store), <, JOURNAL_DISK_FILLING);
  small_disk_fill (folder, JOURNAL_DISK_FILLING);
  g_assert_true (harness_tidy (store, 1, &error));
  g_assert_cmpuint (journal_store_get_disk_percent (store), >=, JOURNAL_DISK_FILLING);
  g_assert_cmpuint (journal_store_get_disk_percent (store), <, JOURNAL_DISK_SCARCE);
  small_disk_fill (folder, 0);
  g_assert_true (harness_tidy (store, 2, &error));
  g_assert_cmpuint (journal_store_get_disk_percent (store), <, JOURNAL_DISK_FILLING);
  g_assert_finalize_object (store);
  small_disk_unmount (folder);
  g_assert_cmpuint (journal_disk_percent ("/not/there"), ==, 0);
}

// A window that was open is not recovered into the room that is left for visits: a gap says so.
static void
test_kept_is_not_recovered (Fixture *fixture, gconstpointer unused)
{
  harness_remove_state_dir (fixture->state_dir);
  fixture->state_dir = harness_make_state_dir ();
  if (!small_disk_mount (fixture->state_dir, 16))
    return;
  g_autofree char *kept = g_build_filename (fixture->state_dir, "presence.window", NULL);
  keep_window (fixture, 10, 0);
  g_assert_true (g_file_test (kept, G_FILE_TEST_EXISTS));
  small_disk_fill (fixture->state_dir, 97);
  g_assert_cmpuint (journal_disk_percent (fixture->state_dir), >=, JOURNAL_DISK_SCARCE);
  g_assert_cmpstr (return_after (fixture, 60000), ==, "the disk is almost full");
  g_assert_cmpuint (fixture->n_windows, ==, 0);
  g_assert_cmpuint (fixture->n_gaps, ==, 1);
  g_assert_false (g_file_test (kept, G_FILE_TEST_EXISTS));
  small_disk_fill (fixture->state_dir, 0);
  g_assert_null (return_after (fixture, 120000));
  g_assert_cmpuint (fixture->n_windows, ==, 0); // nor later
  small_disk_unmount (fixture->state_dir);
}

static void
test_forgets (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (fixture->state_dir, "presence.window", NULL);
  JournalStamp stamp = harness_stamp (2 * HARNESS_HOUR_MS);
  keep_window (fixture, 10, 0);
  JournalStore *store = harness_store_new (fixture->state_dir, NULL);
  g_autofree char *text = NULL;
  gsize len = 0;
  g_assert_true (g_file_get_contents (path, &text, &len, NULL));
  g_assert_true (harness_open (store, 2 * HARNESS_HOUR_MS + 1, &error));
  g_assert_true (g_file_set_contents (path, text, (gssize) len, NULL));
  journal_store_forget_presence (store, &stamp);
  g_assert_true (harness_tidy (store, 2 * HARNESS_HOUR_MS + 2, &error)); // it is done by then
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_finalize_object (store);
}

// A tag's or staff's, or by hand.
static void
arrive_without_code (JournalStore *store, guint i, JournalEvidence evidence, gint64 after_ms)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) identity = harness_identity (i);
  const JournalArrival arrival = { .stamp = harness_stamp (after_ms),
                                   .identity = identity,
                                   .credential_kind = 1,
                                   .evidence = evidence,
                                   .zone = "gate-1" };
  journal_store_open_visit_async (store, &arrival, NULL, on_ready, &result);
  while (result == NULL)
    (void) g_main_context_iteration (NULL, TRUE);
  g_autoptr (JournalCommitted) committed = journal_store_open_visit_finish (store, result, &error);
  g_assert_no_error (error);
}

// Those of all windows of an hour; and an hour in which nobody was heard.
static void
test_hours (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GString) json = g_string_new (NULL);
  JournalStore *store = harness_store_new (fixture->state_dir, NULL);
  g_assert_true (harness_open (store, 2 * HARNESS_HOUR_MS, &error));
  arrive_without_code (store, 100, JOURNAL_EVIDENCE_BLE, 2 * HARNESS_HOUR_MS);
  arrive_without_code (store, 101, JOURNAL_EVIDENCE_MANUAL, 2 * HARNESS_HOUR_MS);
  g_autoptr (GBytes) identity = harness_identity (102);
  g_autoptr (JournalCommitted) code =
      harness_arrive (store, identity, NULL, 2 * HARNESS_HOUR_MS, &error);
  g_assert_finalize_object (store);
  read_all (fixture);
  ctl_hours_print (fixture->hours, FALSE, text);
  ctl_hours_print (fixture->hours, TRUE, json);
  g_assert_true (g_str_has_prefix (text->str, "2026-11-18T02Z  codes     6  phones    50  12 %\n"
                                              "2026-11-18T03Z  codes     6  phones    24  25 %\n"
                                              "2026-11-18T04Z  codes     1  phones     0  -\n"
                                              "codes: visits"));
  g_assert_cmpstr (json->str, ==,
                   "{\"hour\":\"2026-11-18T02Z\",\"codes\":6,\"phones\":50,\"percent\":12}\n"
                   "{\"hour\":\"2026-11-18T03Z\",\"codes\":6,\"phones\":24,\"percent\":25}\n"
                   "{\"hour\":\"2026-11-18T04Z\",\"codes\":1,\"phones\":0,\"percent\":null}\n");
}

int
main (int argc, char **argv)
{
  small_disk_init ();
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                            \
  g_test_add ("/journal/presence/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("comes-back-for-the-key", test_comes_back);
  ADD ("is-sealed-on-the-disk", test_is_sealed);
  ADD ("is-recovered-once", test_recovered);
  ADD ("of-many-is-recovered", test_many_are_recovered);
  ADD ("is-recovered-after-a-weekend", test_weekend);
  ADD ("is-recovered-when-a-clock-was-ahead", test_clock_was_ahead);
  ADD ("is-not-recovered-when-it-is-old", test_old_is_not_recovered);
  ADD ("that-is-damaged-is-a-gap", test_damage);
  ADD ("is-beside-the-visit-of-its-owner", test_phone);
  ADD ("is-erased-with-the-visit", test_phone_is_erased);
  ADD ("is-on-a-disk-that-fills-up", test_disk);
  ADD ("is-not-recovered-when-the-disk-is-full", test_kept_is_not_recovered);
  ADD ("is-forgotten-when-it-was-kept", test_forgets);
  ADD ("is-counted-by-the-hour", test_hours);
  return g_test_run ();
}
