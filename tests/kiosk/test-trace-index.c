// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The index beside a store: the same answers as the tables whatever happens to the store, and none
// at all when anything happened to its file.

#include "kiosk/trace/trace-index.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

#include "trace-world.h"

#define N_WORLDS 40
#define N_ROUNDS 30
#define N_FLIPS  400

typedef struct {
  char *folder, *path, *new_path, *uri;
  TraceStore *store;
  GRand *random;
  World worlds[N_WORLDS];
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  fixture->folder = g_dir_make_tmp ("tx-index-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->uri = g_strdup_printf ("sqlite:%s/store", fixture->folder);
  fixture->path = trace_index_path (fixture->uri);
  fixture->new_path = g_strconcat (fixture->path, ".new", NULL);
  fixture->store = world_open_store (fixture->uri);
  fixture->random = g_rand_new_with_seed (3);
  g_assert_true (trace_store_begin (fixture->store, &error));
  for (guint i = 0; i < N_WORLDS; i++) {
    world_make (fixture->random, i, &fixture->worlds[i]);
    world_put (&fixture->worlds[i], fixture->store, NULL, 0, fixture->worlds[i].n_stays / 2);
  }
  g_assert_true (trace_store_commit (fixture->store, &error));
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GDir) folder = g_dir_open (fixture->folder, 0, NULL);
  g_rand_free (fixture->random);
  trace_store_close (fixture->store);
  for (const char *name = g_dir_read_name (folder); name != NULL; name = g_dir_read_name (folder)) {
    g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
    g_assert_cmpint (g_unlink (path), ==, 0);
  }
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->new_path);
  g_free (fixture->uri);
}

static void
build (TraceStore *store, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (trace_index_build (store, path, &error));
  g_assert_no_error (error);
}

static TraceIndex *
open_as (TraceStore *store, const char *path, TraceIndexState wanted)
{
  g_autoptr (GError) error = NULL;
  TraceIndexState state = TRACE_INDEX_ABSENT;
  TraceIndex *index = trace_index_open (store, path, &state, &error);
  g_assert_no_error (error);
  g_assert_cmpint (state, ==, wanted);
  g_assert_true ((index != NULL) == (wanted == TRACE_INDEX_FRESH));
  return index;
}

// Everything that all worlds have to say.
static char *
report_all (Fixture *fixture, TraceStore *store, TraceSource *source)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < N_WORLDS; i++) {
    g_autofree char *one = world_report (&fixture->worlds[i], store, source);
    g_string_append (text, one);
  }
  return g_string_free (text, FALSE);
}

static void
compare_with_tables (Fixture *fixture, TraceStore *store, TraceIndex *index)
{
  g_autofree char *one = report_all (fixture, store, trace_index_get_source (index));
  g_autofree char *other = report_all (fixture, store, trace_store_get_source (store));
  g_assert_cmpstr (one, ==, other);
  g_assert_cmpuint (strlen (one), >, 1000);
}

static void
run (TraceStore *store, const char *sql)
{
  g_autoptr (GError) error = NULL;
  (void) trace_db_run (trace_store_get_db (store), sql, TRACE_NO_VALUES, NULL, &error);
  g_assert_no_error (error);
}

// One of the things that happen to a store.
static void
change_store (Fixture *fixture, guint round)
{
  g_autoptr (GError) error = NULL;
  World *world = &fixture->worlds[round % N_WORLDS];
  TraceArrival ended = world->stays[round % (world->n_stays / 2)];
  gboolean is_new = FALSE;
  switch (g_rand_int_range (fixture->random, 0, 5)) {
  case 0:
    world_put (world, fixture->store, NULL, world->n_stays / 2, world->n_stays);
    world->n_stays = 2 * (world->n_stays / 2); // these are in it now, as far as the rest goes
    break;
  case 1:
    run (fixture->store, "UPDATE stay SET doubts = doubts | 4 WHERE subject % 7 = 3");
    break;
  case 2:
    run (fixture->store, "DELETE FROM stay WHERE subject % 13 = 5 AND arrived_s % 2 = 1");
    break;
  case 3:
    run (fixture->store, "UPDATE stay SET length_s = 77 WHERE length_s IS NULL AND place % 3 = 1");
    break;
  default:
    ended.venue = world->venue;
    ended.seq += 1000 + round;
    ended.left_s = TRACE_OPEN_S;
    g_assert_true (trace_store_put (fixture->store, &ended, &is_new, &error));
    ended.left_s = ended.arrived_s + 300;
    g_assert_true (trace_store_put (fixture->store, &ended, &is_new, &error));
  }
}

static void
test_keeps_in_step (Fixture *fixture, gconstpointer user_data)
{
  guint64 n_changes = 0;
  build (fixture->store, fixture->path);
  for (guint round = 0; round < N_ROUNDS; round++) {
    if (round % 2 == 0 || fixture->worlds[round % N_WORLDS].n_stays > 3)
      change_store (fixture, round);
    TraceIndexStats stats;
    g_autoptr (TraceIndex) noted = open_as (fixture->store, fixture->path, TRACE_INDEX_FRESH);
    trace_index_count (noted, &stats);
    n_changes += stats.n_changes;
    compare_with_tables (fixture, fixture->store, noted);
    if (round % 10 == 9) { // what notes made of it is what it is when built anew
      g_autofree char *before =
          report_all (fixture, fixture->store, trace_index_get_source (noted));
      build (fixture->store, fixture->path);
      g_autoptr (TraceIndex) anew = open_as (fixture->store, fixture->path, TRACE_INDEX_FRESH);
      g_autofree char *after = report_all (fixture, fixture->store, trace_index_get_source (anew));
      g_assert_cmpstr (before, ==, after);
      trace_index_count (anew, &stats);
      g_assert_cmpuint (stats.n_changes, ==, 0);
    }
  }
  g_assert_cmpuint (n_changes, >, N_ROUNDS);
}

// A file with a byte changed is either not opened, or found out when the byte is looked at, or the
// byte says nothing.
static void
test_finds_flipped_bytes (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *bytes = NULL;
  g_autofree char *wanted =
      report_all (fixture, fixture->store, trace_store_get_source (fixture->store));
  gsize n_bytes = 0;
  guint n_refused = 0, n_found = 0;
  build (fixture->store, fixture->path);
  g_assert_true (g_file_get_contents (fixture->path, &bytes, &n_bytes, NULL));
  for (guint i = 0; i < N_FLIPS; i++) {
    g_autoptr (GError) error = NULL;
    TraceIndexState state = TRACE_INDEX_ABSENT;
    // Most of it is room: the first bytes of a page are where something is.
    gsize at = (gsize) g_rand_int_range (fixture->random, 0, (gint32) (n_bytes / 4096)) * 4096 +
               (gsize) g_rand_int_range (fixture->random, 0, 100);
    at = MIN (at, n_bytes - 1);
    char flipped = (char) (1 << g_rand_int_range (fixture->random, 0, 8));
    bytes[at] ^= flipped;
    g_assert_true (g_file_set_contents (fixture->path, bytes, (gssize) n_bytes, NULL));
    bytes[at] ^= flipped;
    g_autoptr (TraceIndex) index = trace_index_open (fixture->store, fixture->path, &state, &error);
    g_assert_no_error (error);
    g_assert_true (state == TRACE_INDEX_DAMAGED || index != NULL);
    n_refused += index == NULL;
    for (guint k = 0; index != NULL && k < N_WORLDS; k++) {
      const World *world = &fixture->worlds[k];
      guint8 key[TRACE_SUBJECT_SIZE];
      TraceLimit limit = { 0, 0, G_MAXINT64, FALSE };
      world_write_subject (world, 0, key);
      g_assert_true (trace_store_find_subject (fixture->store, key, &limit.subject, &error));
      const TraceSeed seed = { &limit, limit.subject != 0 };
      g_autoptr (TraceAnswer) answer = trace_search (trace_index_get_source (index), &seed, 1,
                                                     &world->question, NULL, NULL, &error);
      if (answer == NULL) {
        g_assert_error (error, TRACE_ERROR, TRACE_ERROR_STORAGE);
        g_assert_true (trace_index_is_damaged (index));
        n_found++;
        break;
      }
    }
    if (index != NULL && !trace_index_is_damaged (index)) {
      g_autofree char *told = report_all (fixture, fixture->store, trace_index_get_source (index));
      g_assert_cmpstr (told, ==, wanted);
    }
  }
  g_test_message ("%u not opened, %u found out later, of %u", n_refused, n_found, N_FLIPS);
  g_assert_cmpuint (n_refused, >, N_FLIPS / 10);
  g_assert_cmpuint (n_found, >, N_FLIPS / 10);
}

static void
test_refuses_other_lengths (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *bytes = NULL;
  gsize n_bytes = 0;
  build (fixture->store, fixture->path);
  g_assert_true (g_file_get_contents (fixture->path, &bytes, &n_bytes, NULL));
  const gsize lengths[] = { 0, 1, 100, 4095, 4096, 50000, n_bytes / 2, n_bytes - 1 };
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++) {
    g_assert_true (g_file_set_contents (fixture->path, bytes, (gssize) lengths[i], NULL));
    g_assert_null (open_as (fixture->store, fixture->path, TRACE_INDEX_DAMAGED));
  }
  g_autofree char *longer = g_malloc0 (n_bytes + 1);
  memcpy (longer, bytes, n_bytes);
  g_assert_true (g_file_set_contents (fixture->path, longer, (gssize) n_bytes + 1, NULL));
  g_assert_null (open_as (fixture->store, fixture->path, TRACE_INDEX_DAMAGED));
  g_assert_cmpint (g_unlink (fixture->path), ==, 0);
  g_assert_null (open_as (fixture->store, fixture->path, TRACE_INDEX_ABSENT));
}

static void
test_refuses_what_is_not_its_own (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *other_path = g_build_filename (fixture->folder, "other", NULL);
  g_autoptr (TraceStore) other = world_open_store ("sqlite::memory:");
  world_put (&fixture->worlds[0], other, NULL, 0, fixture->worlds[0].n_stays);
  g_assert_null (open_as (other, fixture->path, TRACE_INDEX_ABSENT));
  build (fixture->store, fixture->path);
  build (other, other_path);
  g_assert_null (open_as (fixture->store, other_path, TRACE_INDEX_STALE));
  g_assert_null (open_as (other, fixture->path, TRACE_INDEX_STALE));
  build (fixture->store, other_path); // the same, later
  g_assert_null (open_as (fixture->store, fixture->path, TRACE_INDEX_STALE));
  g_autoptr (TraceIndex) index = open_as (fixture->store, other_path, TRACE_INDEX_FRESH);
  compare_with_tables (fixture, fixture->store, index);
}

// Notes end some time: then it is not believed any more, and notes do not fill the disk.
static void
test_gets_too_old (Fixture *fixture, gconstpointer user_data)
{
  gint64 n_notes = 0;
  build (fixture->store, fixture->path);
  for (guint i = 0; i < 4; i++) // 10,000 are noted, two a row
    run (fixture->store, "UPDATE stay SET doubts = 5 - doubts");
  trace_index_close (open_as (fixture->store, fixture->path, TRACE_INDEX_FRESH));
  for (guint i = 0; i < 16; i++)
    run (fixture->store, "UPDATE stay SET doubts = 5 - doubts");
  g_assert_null (open_as (fixture->store, fixture->path, TRACE_INDEX_STALE));
  g_assert_true (trace_db_query_int (trace_store_get_db (fixture->store),
                                     "SELECT count (*) FROM stay_change", TRACE_NO_VALUES, 0,
                                     &n_notes, NULL));
  g_assert_cmpint (n_notes, <=, 10001);
  build (fixture->store, fixture->path);
  g_autoptr (TraceIndex) index = open_as (fixture->store, fixture->path, TRACE_INDEX_FRESH);
  compare_with_tables (fixture, fixture->store, index);
}

// Stays that no compact form holds: clocks that never were right.
static void
test_knows_odd_stays (Fixture *fixture, gconstpointer user_data)
{
  static const TraceArrival odd[] = {
    { .arrived_s = 50, .left_s = 60, .slack_s = WORLD_BASE_S + 2000 },
    { .arrived_s = WORLD_BASE_S + 1500, .left_s = WORLD_BASE_S + 1600, .slack_s = 40000000 },
    { .arrived_s = WORLD_BASE_S, .left_s = WORLD_BASE_S + 30000000 },
    { .arrived_s = 50, .left_s = TRACE_OPEN_S, .slack_s = WORLD_BASE_S + 3000 },
    { .arrived_s = G_GINT64_CONSTANT (5000000000), .left_s = G_GINT64_CONSTANT (5000000001) },
  };
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < N_WORLDS; i++) {
    TraceArrival arrival = odd[i % G_N_ELEMENTS (odd)];
    gboolean is_new = FALSE;
    world_write_subject (&fixture->worlds[i], 3, arrival.subject);
    arrival.venue = fixture->worlds[i].venue;
    arrival.zone = fixture->worlds[i].stays[0].zone;
    arrival.kiosk = "odd";
    arrival.seq = i + 1;
    g_assert_true (trace_store_put (fixture->store, &arrival, &is_new, &error));
    if (i == N_WORLDS / 2)
      build (fixture->store, fixture->path);
  }
  g_autoptr (TraceIndex) index = open_as (fixture->store, fixture->path, TRACE_INDEX_FRESH);
  compare_with_tables (fixture, fixture->store, index);
}

// A visit that nobody ended lasts until the question, not until the build.
static void
test_ends_open_visits_late (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  const TraceOpenStays early = { WORLD_BASE_S + 1700, 400 };
  build (fixture->store, fixture->path);
  g_autoptr (TraceStore) store = trace_store_open (fixture->uri, &early, &error);
  g_autoptr (TraceIndex) now = open_as (fixture->store, fixture->path, TRACE_INDEX_FRESH);
  g_autoptr (TraceIndex) then = open_as (store, fixture->path, TRACE_INDEX_FRESH);
  g_autofree char *one = report_all (fixture, fixture->store, trace_index_get_source (now));
  g_autofree char *other = report_all (fixture, store, trace_index_get_source (then));
  g_assert_cmpstr (one, !=, other);
  compare_with_tables (fixture, store, then);
}

static void
test_builds_over_a_wreck (Fixture *fixture, gconstpointer user_data)
{
  g_assert_true (g_file_set_contents (fixture->new_path, "half of it", -1, NULL));
  build (fixture->store, fixture->path);
  g_assert_false (g_file_test (fixture->new_path, G_FILE_TEST_EXISTS));
  trace_index_close (open_as (fixture->store, fixture->path, TRACE_INDEX_FRESH));
}

static void
test_one_builds (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  int fd = g_open (fixture->new_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  g_assert_cmpint (flock (fd, LOCK_EX), ==, 0);
  g_assert_false (trace_index_build (fixture->store, fixture->path, &error));
  g_assert_error (error, TRACE_ERROR, TRACE_ERROR_BUSY);
  g_assert_true (g_file_test (fixture->new_path, G_FILE_TEST_EXISTS)); // it is the other's
  g_assert_cmpint (close (fd), ==, 0);
  build (fixture->store, fixture->path);
}

static void
test_survives_a_full_disk (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  struct rlimit before, small;
  build (fixture->store, fixture->path);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  small = before;
  small.rlim_cur = 100000;
  g_assert_true (signal (SIGXFSZ, SIG_IGN) != SIG_ERR);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  gboolean ok = trace_index_build (fixture->store, fixture->path, &error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_false (ok);
  g_assert_nonnull (error);
  g_assert_false (g_file_test (fixture->new_path, G_FILE_TEST_EXISTS));
  g_autoptr (TraceIndex) index = open_as (fixture->store, fixture->path, TRACE_INDEX_FRESH);
  compare_with_tables (fixture, fixture->store, index);
}

static gint64
ask (TraceStore *store, const char *sql)
{
  gint64 number = -1;
  g_assert_true (
      trace_db_query_int (trace_store_get_db (store), sql, TRACE_NO_VALUES, 0, &number, NULL));
  return number;
}

// What is let go is neither in the file nor among the notes, whether there is a file or not.
static void
test_lets_go (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  build (fixture->store, fixture->path);
  for (guint i = 0; i < 2; i++) {
    run (fixture->store, i == 0 ? "DELETE FROM stay WHERE subject % 9 = 0"
                                : "DELETE FROM stay WHERE subject % 9 = 1");
    g_assert_cmpint (ask (fixture->store, "SELECT count (*) FROM stay_change"), >, 10);
    if (i == 1)
      g_assert_cmpint (g_unlink (fixture->path), ==, 0);
    g_assert_true (trace_index_renew (fixture->store, fixture->path, &error));
    g_assert_no_error (error);
    g_assert_cmpint (ask (fixture->store, "SELECT count (*) FROM stay_change"), ==, 1);
    g_assert_cmpint (ask (fixture->store, "SELECT sum (subject + place + arrived_s + length_s)"
                                          " FROM stay_change"),
                     ==, 0);
    if (i == 0)
      trace_index_close (open_as (fixture->store, fixture->path, TRACE_INDEX_FRESH));
  }
  run (fixture->store, "DELETE FROM stay WHERE subject % 9 = 2"); // and no more are made
  g_assert_cmpint (ask (fixture->store, "SELECT count (*) FROM stay_change"), ==, 1);
  g_assert_null (open_as (fixture->store, fixture->path, TRACE_INDEX_ABSENT));
  build (fixture->store, fixture->path);
  g_autoptr (TraceIndex) index = open_as (fixture->store, fixture->path, TRACE_INDEX_FRESH);
  compare_with_tables (fixture, fixture->store, index);
}

static void
test_small_stores_have_none (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (trace_index_open_or_build (fixture->store, fixture->uri, &error));
  g_assert_no_error (error);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  g_assert_null (trace_index_path ("sqlite::memory:"));
  g_assert_null (trace_index_path ("postgres:dbname=core"));
  g_autoptr (TraceStore) empty = world_open_store ("sqlite::memory:");
  build (empty, fixture->path);
  trace_index_close (open_as (empty, fixture->path, TRACE_INDEX_FRESH));
}

#define ADD(name, test) g_test_add (name, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/trace/index/keeps-in-step", test_keeps_in_step);
  ADD ("/trace/index/finds-flipped-bytes", test_finds_flipped_bytes);
  ADD ("/trace/index/refuses-other-lengths", test_refuses_other_lengths);
  ADD ("/trace/index/refuses-what-is-not-its-own", test_refuses_what_is_not_its_own);
  ADD ("/trace/index/gets-too-old", test_gets_too_old);
  ADD ("/trace/index/knows-odd-stays", test_knows_odd_stays);
  ADD ("/trace/index/ends-open-visits-when-asked", test_ends_open_visits_late);
  ADD ("/trace/index/builds-over-a-wreck", test_builds_over_a_wreck);
  ADD ("/trace/index/one-builds-at-a-time", test_one_builds);
  ADD ("/trace/index/survives-a-full-disk", test_survives_a_full_disk);
  ADD ("/trace/index/lets-go-of-what-is-let-go", test_lets_go);
  ADD ("/trace/index/small-stores-have-none", test_small_stores_have_none);
  return g_test_run ();
}
