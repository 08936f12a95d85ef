// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/kiosk/trace-runner.h"

#include <glib/gstdio.h>
#include <string.h>

#define PROGRAM TX_BINARY_DIR "/kiosk/trace/tramxanh-trace"

static char *
make_file_uri (const char *folder, const char *name, gpointer unused)
{
  return g_strdup_printf ("sqlite:%s/%s", folder, name);
}

void
trace_runner_set_up (TraceRunner *program, TraceRunnerMakeUri make_uri, gpointer user_data)
{
  program->folder = g_dir_make_tmp ("tramxanh-trace-XXXXXX", NULL);
  program->environment = g_ptr_array_new_with_free_func (g_free);
  program->make_uri = make_uri != NULL ? make_uri : make_file_uri;
  program->user_data = user_data;
}

void
trace_runner_tear_down (TraceRunner *program)
{
  g_autoptr (GDir) dir = g_dir_open (program->folder, 0, NULL);
  for (const char *name = NULL; (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree char *path = g_build_filename (program->folder, name, NULL);
    g_assert_cmpint (g_remove (path), ==, 0);
  }
  g_assert_cmpint (g_rmdir (program->folder), ==, 0);
  g_ptr_array_unref (program->environment);
  g_free (program->output);
  g_free (program->errors);
  g_free (program->folder);
}

char *
trace_runner_make_store (TraceRunner *program, const char *name)
{
  return program->make_uri (program->folder, name, program->user_data);
}

char *
trace_runner_get_path (TraceRunner *program, const char *name)
{
  return g_build_filename (program->folder, name, NULL);
}

char *
trace_runner_read (TraceRunner *program, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = trace_runner_get_path (program, name);
  char *text = NULL;
  (void) g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

gboolean
trace_runner_has (TraceRunner *program, const char *name)
{
  g_autofree char *path = trace_runner_get_path (program, name);
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

void
trace_runner_write (TraceRunner *program, const char *name, const char *bytes, gssize len)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = trace_runner_get_path (program, name);
  (void) g_file_set_contents (path, bytes, len, &error);
  g_assert_no_error (error);
}

void
trace_runner_set_environment (TraceRunner *program, const char *name, const char *value)
{
  g_ptr_array_add (program->environment, g_strdup (name));
  g_ptr_array_add (program->environment, g_strdup (value));
}

GSubprocess *
trace_runner_start (TraceRunner *program, const char *const *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                 G_SUBPROCESS_FLAGS_STDERR_PIPE);
  for (guint i = 0; i + 1 < program->environment->len; i += 2)
    g_subprocess_launcher_setenv (launcher, g_ptr_array_index (program->environment, i),
                                  g_ptr_array_index (program->environment, i + 1), TRUE);
  g_ptr_array_add (argv, (char *) PROGRAM);
  for (guint i = 0; words[i] != NULL; i++)
    g_ptr_array_add (argv, (char *) words[i]);
  g_ptr_array_add (argv, NULL);
  GSubprocess *child =
      g_subprocess_launcher_spawnv (launcher, (const char *const *) argv->pdata, &error);
  g_assert_no_error (error);
  return child;
}

int
trace_runner_run (TraceRunner *program, const char *input, ...)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  va_list rest;
  va_start (rest, input);
  for (const char *word = NULL; (word = va_arg (rest, const char *)) != NULL;)
    g_ptr_array_add (words, (char *) word);
  va_end (rest);
  g_ptr_array_add (words, NULL);
  g_autoptr (GSubprocess) child = trace_runner_start (program, (const char *const *) words->pdata);
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
