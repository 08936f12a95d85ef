// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "trace-program.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#define PROGRAM TX_BINARY_DIR "/kiosk/trace/tramxanh-trace"

void
trace_program_init (TraceProgram *program, TraceEngine *engine)
{
  g_autoptr (GError) error = NULL;
  (void) signal (SIGPIPE, SIG_IGN); // who refuses at once does not read its input
  *program = (TraceProgram){ .folder = g_dir_make_tmp ("tramxanh-trace-XXXXXX", &error) };
  program->uri = engine != NULL ? trace_engine_make_uri (engine)
                                : g_strdup_printf ("sqlite:%s/core.db", program->folder);
  program->environment = g_ptr_array_new_with_free_func (g_free);
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
  g_ptr_array_unref (program->environment);
  g_free (program->folder);
  g_free (program->uri);
  g_free (program->output);
  g_free (program->errors);
}

GSubprocess *
trace_program_start (TraceProgram *program, const char *const *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                 G_SUBPROCESS_FLAGS_STDERR_PIPE);
  for (guint i = 0; i + 1 < program->environment->len; i += 2)
    g_subprocess_launcher_setenv (launcher, g_ptr_array_index (program->environment, i),
                                  g_ptr_array_index (program->environment, i + 1), TRUE);
  g_strv_builder_add (argv, PROGRAM);
  g_strv_builder_addv (argv, (const char **) words);
  g_auto (GStrv) all = g_strv_builder_end (argv);
  GSubprocess *child = g_subprocess_launcher_spawnv (launcher, (const char *const *) all, &error);
  g_assert_no_error (error);
  return child;
}

static int
run (TraceProgram *program, const char *input, GStrvBuilder *words)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) all = g_strv_builder_end (words);
  g_autoptr (GSubprocess) child = trace_program_start (program, (const char *const *) all);
  g_clear_pointer (&program->output, g_free);
  g_clear_pointer (&program->errors, g_free);
  (void) g_subprocess_communicate_utf8 (child, input, NULL, &program->output, &program->errors,
                                        &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (child));
  if (strstr (program->errors, "Sanitizer") != NULL ||
      strstr (program->errors, "runtime error") != NULL)
    g_error ("%s", program->errors);
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
  g_strv_builder_add_many (words, command, "--store", program->uri, NULL);
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
  g_strv_builder_add_many (words, command, NULL);
  va_start (arguments, command);
  add_all (words, arguments);
  va_end (arguments);
  return run (program, input, words);
}

void
trace_program_set_environment (TraceProgram *program, const char *name, const char *value)
{
  g_ptr_array_add (program->environment, g_strdup (name));
  g_ptr_array_add (program->environment, g_strdup (value));
}

char *
trace_program_get_path (TraceProgram *program, const char *name)
{
  return g_build_filename (program->folder, name, NULL);
}

char *
trace_program_write (TraceProgram *program, const char *name, const char *bytes, gssize len)
{
  g_autoptr (GError) error = NULL;
  char *path = trace_program_get_path (program, name);
  g_autofree char *folder = g_path_get_dirname (path);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  (void) g_file_set_contents (path, bytes, len, &error);
  g_assert_no_error (error);
  return path;
}

char *
trace_program_read (TraceProgram *program, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = trace_program_get_path (program, name);
  char *text = NULL;
  (void) g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

gboolean
trace_program_has (TraceProgram *program, const char *name)
{
  g_autofree char *path = trace_program_get_path (program, name);
  return g_file_test (path, G_FILE_TEST_EXISTS);
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
