// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Exports, from SQLite.

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "tests/kiosk/trace-export-cases.h"

#define PATIENCE_US (120 * G_USEC_PER_SEC)

// Does the process have a file open that has no name yet, and is writing it?
static gboolean
is_writing (const char *pid)
{
  g_autofree char *folder = g_strdup_printf ("/proc/%s/fd", pid);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  for (const char *name = NULL; dir != NULL && (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autofree char *target = g_file_read_link (path, NULL);
    GStatBuf facts;
    if (target != NULL && strstr (target, "(deleted)") != NULL && strstr (target, "/#") != NULL &&
        stat (path, &facts) == 0 && facts.st_size > 0)
      return TRUE;
  }
  return FALSE;
}

static void
test_killed (void)
{
  TraceRunner program = { .folder = NULL };
  trace_runner_set_up (&program, NULL, NULL);
  g_autofree char *store = trace_runner_make_store (&program, "core.db");
  g_autofree char *path = trace_runner_get_path (&program, "guests.csv");
  g_autoptr (GString) crowd = g_string_new ("subject,venue,zone,arrived,left,evidence,kiosk,seq\n");
  for (guint i = 0; i < 150000; i++)
    g_string_append_printf (crowd, "%032x,sân,,%u,%u,qr,k,%u\n", i, 1700000000 + i, 1700003600 + i,
                            i + 1);
  g_assert_cmpint (trace_runner_run (&program, crowd->str, "import", "--store", store, NULL), ==,
                   0);
  const char *const words[] = { "export",     "--store",  store, "--format", "csv", "--officer",
                                "Bs. Hà",     "--venue",  "sân", "--from",   "1",   "--to",
                                "2000000000", "--output", path,  NULL };
  g_autoptr (GSubprocess) child = trace_runner_start (&program, words);
  gint64 until_us = g_get_monotonic_time () + PATIENCE_US;
  while (!is_writing (g_subprocess_get_identifier (child)))
    g_assert_cmpint (g_get_monotonic_time (), <, until_us);
  g_subprocess_send_signal (child, SIGKILL);
  g_assert_true (g_subprocess_wait (child, NULL, NULL));
  g_assert_true (g_subprocess_get_if_signaled (child));
  g_autoptr (GDir) dir = g_dir_open (program.folder, 0, NULL);
  for (const char *name = NULL; (name = g_dir_read_name (dir)) != NULL;)
    g_assert_true (g_str_has_prefix (name, "core.db"));
  g_assert_cmpint (trace_runner_run (&program, NULL, "export", "--store", store, "--format", "csv",
                                     "--officer", "Bs. Hà", "--venue", "sân", "--from", "1", "--to",
                                     "2000000000", "--output", path, NULL),
                   ==, 0);
  g_assert_true (trace_runner_has (&program, "guests.csv"));
  trace_runner_tear_down (&program);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  static const TraceExportEngine sqlite = { NULL, NULL };
  trace_export_cases_add ("sqlite", &sqlite);
  g_test_add_func ("/trace/export/killed-it-leaves-nothing", test_killed);
  return g_test_run ();
}
