// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// An import that is killed has not been, whenever that was; the next one is whole. A dry run leaves
// every byte as it is. Old stays go when they are told to.

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "kiosk/trace/trace-index.h"
#include "kiosk/trace/trace-store.h"

#define PROGRAM TX_BINARY_DIR "/kiosk/trace/tramxanh-trace"
#define N_ROWS  60000
#define N_KILLS 8
#define DAY_S   86400

typedef struct {
  char *folder, *database, *store, *table;
} Fixture;

// Half of the stays are of today, half of a hundred days ago.
static void
write_table (const char *path)
{
  g_autoptr (GString) text = g_string_new ("subject,venue,zone,arrived,left,evidence,kiosk,seq\n");
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC / DAY_S * DAY_S;
  for (guint i = 0; i < N_ROWS; i++) {
    gint64 arrived_s = (i % 2 == 0 ? now_s : now_s - 100 * DAY_S) + i % 1000;
    g_string_append_printf (text,
                            "%032x,venue-%u,,%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ",qr,k%u,%u\n",
                            i * 7919 % 5000, i % 300, arrived_s, arrived_s + 600, i % 300, i);
  }
  g_assert_true (g_file_set_contents (path, text->str, (gssize) text->len, NULL));
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->folder = g_dir_make_tmp ("tramxanh-import-XXXXXX", NULL);
  fixture->database = g_build_filename (fixture->folder, "core.db", NULL);
  fixture->store = g_strconcat ("sqlite:", fixture->database, NULL);
  fixture->table = g_build_filename (fixture->folder, "stays.csv", NULL);
  write_table (fixture->table);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  for (const char *name = NULL; (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
    g_assert_cmpint (g_remove (path), ==, 0);
  }
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
  g_free (fixture->database);
  g_free (fixture->store);
  g_free (fixture->table);
}

static GSubprocess *
start (Fixture *fixture, const char *command, const char *one, const char *other)
{
  g_autoptr (GError) error = NULL;
  const char *const argv[] = { PROGRAM, command, "--store", fixture->store, one, other, NULL };
  GSubprocess *child = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  return child;
}

// What it says. (transfer full)
static char *
finish (GSubprocess *child)
{
  g_autoptr (GSubprocess) own = child;
  char *output = NULL;
  g_assert_true (g_subprocess_communicate_utf8 (own, NULL, NULL, &output, NULL, NULL));
  g_assert_true (g_subprocess_get_successful (own));
  return output;
}

static gint64
count (Fixture *fixture)
{
  const TraceOpenStays open_stays = { 0, 3600 };
  g_autoptr (GError) error = NULL;
  g_autoptr (TraceStore) store = trace_store_open (fixture->store, &open_stays, &error);
  g_assert_no_error (error);
  TraceStats stats = { 0 };
  g_assert_true (trace_store_count (store, &stats, &error));
  g_assert_cmpint (stats.n_subjects, ==, stats.n_stays == 0 ? 0 : 5000);
  return stats.n_stays;
}

static void
test_killed (Fixture *fixture, gconstpointer unused)
{
  guint n_killed = 0;
  g_autoptr (GTimer) timer = g_timer_new ();
  g_autofree char *output = finish (start (fixture, "import", "--dry-run", fixture->table));
  gdouble whole_s = g_timer_elapsed (timer, NULL);
  for (guint i = 0; i < N_KILLS; i++) {
    GSubprocess *child = start (fixture, "import", fixture->table, NULL);
    g_usleep ((gulong) (whole_s * G_USEC_PER_SEC * (i + 1) / (N_KILLS + 1)));
    g_subprocess_send_signal (child, SIGKILL);
    g_assert_true (g_subprocess_wait (child, NULL, NULL));
    gboolean is_killed = g_subprocess_get_if_signaled (child);
    g_object_unref (child);
    gint64 n_stays = count (fixture);
    g_assert_true (n_stays == 0 || n_stays == N_ROWS);
    n_killed += is_killed && n_stays == 0;
    if (n_stays != 0)
      break;
  }
  g_assert_cmpuint (n_killed, >, 1); // else nothing was tried
  g_autofree char *again = finish (start (fixture, "import", fixture->table, NULL));
  g_assert_cmpint (count (fixture), ==, N_ROWS);
}

static void
test_dry_run (Fixture *fixture, gconstpointer unused)
{
  g_assert_cmpint (count (fixture), ==, 0); // and now the store is there
  g_autofree char *before = NULL, *after = NULL;
  gsize n_before = 0, n_after = 0;
  g_assert_true (g_file_get_contents (fixture->database, &before, &n_before, NULL));
  g_autofree char *output = finish (start (fixture, "import", "--dry-run", fixture->table));
  g_assert_true (g_str_has_prefix (output, "{\"rows\":60000,\"new\":60000,\"conflicts\":"));
  g_assert_true (g_file_get_contents (fixture->database, &after, &n_after, NULL));
  g_assert_cmpmem (before, n_before, after, n_after);
}

static goffset
measure (const char *path)
{
  GStatBuf facts;
  g_assert_cmpint (g_stat (path, &facts), ==, 0);
  return facts.st_size;
}

static void
test_retains (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *output = finish (start (fixture, "import", fixture->table, NULL));
  g_autofree char *path = trace_index_path (fixture->store);
  g_autofree char *index = finish (start (fixture, "index", NULL, NULL));
  goffset n_bytes = measure (path);
  g_autofree char *removed = finish (start (fixture, "retain", "--days", "30"));
  g_assert_cmpstr (removed, ==, "{\"removed\":30000}\n");
  g_assert_cmpint (measure (path), <, n_bytes); // the index has let them go too
  g_autofree char *none = finish (start (fixture, "retain", "--days", "30"));
  g_assert_cmpstr (none, ==, "{\"removed\":0}\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/trace/import/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("is-all-or-nothing-when-it-is-killed", test_killed);
  ADD ("a-dry-run-leaves-every-byte", test_dry_run);
  ADD ("old-stays-go-when-told", test_retains);
  return g_test_run ();
}
