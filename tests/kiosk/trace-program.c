// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "trace-program.h"

#include <glib/gstdio.h>
#include <signal.h>

#define PROGRAM TX_BINARY_DIR "/kiosk/trace/tramxanh-trace"

void
trace_program_init (TraceProgram *program, TraceEngine *engine)
{
  g_autoptr (GError) error = NULL;
  (void) signal (SIGPIPE, SIG_IGN); // who refuses at once does not read its input
  *program = (TraceProgram){ .folder = g_dir_make_tmp ("tramxanh-trace-XXXXXX", &error) };
  program->uri = trace_engine_make_uri (engine);
  g_autofree char *folder = g_build_filename (program->folder, "keys", NULL);
  program->keys = trace_keys_open (folder, TRUE, &error);
  g_assert_no_error (error);
}

static void
remove_tree (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  for (const char *name = NULL; (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    if (g_file_test (path, G_FILE_TEST_IS_DIR))
      remove_tree (path);
    else
      g_assert_cmpint (g_remove (path), ==, 0);
  }
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

void
trace_program_clear (TraceProgram *program)
{
  trace_keys_free (program->keys);
  remove_tree (program->folder);
  g_free (program->folder);
  g_free (program->uri);
  g_free (program->output);
  g_free (program->errors);
}

static int
run (TraceProgram *program, const char *input, GStrvBuilder *words)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) argv = g_strv_builder_end (words);
  g_autoptr (GSubprocess) child =
      g_subprocess_newv ((const char *const *) argv,
                         G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                             G_SUBPROCESS_FLAGS_STDERR_PIPE,
                         &error);
  g_assert_no_error (error);
  g_clear_pointer (&program->output, g_free);
  g_clear_pointer (&program->errors, g_free);
  g_assert_true (g_subprocess_communicate_utf8 (child, input, NULL, &program->output,
                                                &program->errors, &error));
  return g_subprocess_get_exit_status (child);
}

static void
add_all (GStrvBuilder *words, va_list arguments)
{
  for (const char *word = NULL; (word = va_arg (arguments, const char *)) != NULL;)
    g_strv_builder_add (words, word);
}

int
trace_program_run (TraceProgram *program, const char *input, const char *command, ...)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  va_list arguments;
  g_strv_builder_add_many (words, PROGRAM, command, "--store", program->uri, NULL);
  va_start (arguments, command);
  add_all (words, arguments);
  va_end (arguments);
  return run (program, input, words);
}

int
trace_program_run_alone (TraceProgram *program, const char *input, const char *command, ...)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  va_list arguments;
  g_strv_builder_add_many (words, PROGRAM, command, NULL);
  va_start (arguments, command);
  add_all (words, arguments);
  va_end (arguments);
  return run (program, input, words);
}

char *
trace_program_write (TraceProgram *program, const char *name, const char *text)
{
  char *path = g_build_filename (program->folder, name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

TraceStore *
trace_program_open_store (TraceProgram *program)
{
  g_autoptr (GError) error = NULL;
  const TraceOpenStays open_stays = { g_get_real_time () / G_USEC_PER_SEC, 16 * 3600 };
  TraceStore *store = trace_store_open (program->uri, &open_stays, &error);
  g_assert_no_error (error);
  return store;
}

void
trace_program_put (TraceProgram *program, const TraceArrival *arrival)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TraceStore) store = trace_program_open_store (program);
  gboolean is_new = FALSE;
  g_assert_true (trace_store_begin (store, &error));
  g_assert_true (trace_store_put (store, arrival, &is_new, &error));
  g_assert_true (trace_store_commit (store, &error));
  g_assert_no_error (error);
}
