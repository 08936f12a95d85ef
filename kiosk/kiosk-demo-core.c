// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// tramxanh-trace as an officer would run it.

#define G_LOG_DOMAIN "kiosk-demo-core"

#include "kiosk/kiosk-demo-core.h"

#include <stdlib.h>
#include <string.h>

#include <glib/gstdio.h>
#include <signal.h>

#define PROGRAM     "tramxanh-trace"
#define DAY_S       86400
#define WORDS_LABEL "must show this core as: "

struct _KioskDemoCore {
  char *program;
  char *store;       // URI
  char *officer_key; // public
  char *code;
  char *words;
  GSubprocess *server;
};

// Beside this program, as it is installed, or as it was built.
static char *
find_program (void)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = g_path_get_dirname (self != NULL ? self : ".");
  char *installed = g_build_filename (folder, PROGRAM, NULL);
  if (g_file_test (installed, G_FILE_TEST_IS_EXECUTABLE))
    return installed;
  g_free (installed);
  return g_build_filename (folder, "trace", PROGRAM, NULL);
}

// Runs a subcommand to its end, with @input; NULL unless it ended with 0. (transfer full)
static char *
run (KioskDemoCore *self, GBytes *input, const char *const *arguments, GError **error)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GBytes) output = NULL;
  g_autoptr (GBytes) complaint = NULL;
  g_ptr_array_add (argv, self->program);
  for (guint i = 0; arguments[i] != NULL; i++)
    g_ptr_array_add (argv, (gpointer) arguments[i]);
  g_ptr_array_add (argv, NULL);
  g_autoptr (GSubprocess) child =
      g_subprocess_newv ((const char *const *) argv->pdata,
                         G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                             G_SUBPROCESS_FLAGS_STDERR_PIPE,
                         error);
  if (child == NULL || !g_subprocess_communicate (child, input, NULL, &output, &complaint, error))
    return NULL;
  gsize len = 0;
  const char *text = g_bytes_get_data (output, &len);
  if (g_subprocess_get_successful (child))
    return g_strndup (len > 0 ? text : "", len);
  gsize complaint_len = 0;
  const char *why = g_bytes_get_data (complaint, &complaint_len);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s %s: %.*s", PROGRAM, arguments[0],
               (int) complaint_len, complaint_len > 0 ? why : "");
  return NULL;
}

static gboolean
make_officer_key (KioskDemoCore *self, const char *folder, GError **error)
{
  g_autofree char *secret = g_build_filename (folder, "officer.key", NULL);
  g_autofree char *phrase = g_uuid_string_random ();
  g_autoptr (GBytes) input = g_bytes_new (phrase, strlen (phrase));
  g_autofree char *said = run (
      self, input,
      (const char *const[]){ "officer-key", "new", secret, "--passphrase-fd", "0", NULL }, error);
  self->officer_key = g_build_filename (folder, "officer.pub", NULL);
  return said != NULL && g_file_set_contents (self->officer_key, said, -1, error);
}

// Returns when it listens.
static gboolean
start_server (KioskDemoCore *self, GError **error)
{
  self->server = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, error, self->program, "serve",
                                   "--store", self->store, "--listen", "127.0.0.1:0",
                                   "--officer-key", self->officer_key, NULL);
  if (self->server == NULL)
    return FALSE;
  g_autoptr (GDataInputStream) output =
      g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->server));
  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (output), FALSE);
  g_autofree char *line = g_data_input_stream_read_line (output, NULL, NULL, error);
  if (line == NULL && (error == NULL || *error == NULL))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, PROGRAM " serve: ended at once");
  return line != NULL;
}

static gboolean
ask_for_code (KioskDemoCore *self, GError **error)
{
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  g_autofree char *said = run (
      self, nothing,
      (const char *const[]){ "enroll", "--store", self->store, "--venue", "demo", NULL }, error);
  if (said == NULL)
    return FALSE;
  const char *words = strstr (said, WORDS_LABEL);
  self->code = g_strndup (said, strcspn (said, "\n")); // the rest is for people
  self->words =
      words != NULL ? g_strstrip (g_strdup (words + strlen (WORDS_LABEL))) : g_strdup ("");
  return TRUE;
}

KioskDemoCore *
kiosk_demo_core_new (const char *folder, GError **error)
{
  g_autoptr (KioskDemoCore) self = g_new0 (KioskDemoCore, 1);
  g_autofree char *path = g_build_filename (folder, "core.db", NULL);
  (void) g_mkdir_with_parents (folder, 0700); // what cannot be kept there is reported
  self->program = find_program ();
  self->store = g_strconcat ("sqlite:", path, NULL);
  return make_officer_key (self, folder, error) && start_server (self, error) &&
                 ask_for_code (self, error)
             ? g_steal_pointer (&self)
             : NULL;
}

void
kiosk_demo_core_free (KioskDemoCore *self)
{
  if (self->server != NULL) {
    g_subprocess_send_signal (self->server, SIGTERM);
    (void) g_subprocess_wait (self->server, NULL, NULL); // it is over either way
  }
  g_clear_object (&self->server);
  g_free (self->program);
  g_free (self->store);
  g_free (self->officer_key);
  g_free (self->code);
  g_free (self->words);
  g_free (self);
}

const char *
kiosk_demo_core_get_code (KioskDemoCore *self)
{
  return self->code;
}

const char *
kiosk_demo_core_get_words (KioskDemoCore *self)
{
  return self->words;
}

gboolean
kiosk_demo_core_count_contacts (KioskDemoCore *self,
                                GBytes *credential,
                                gint64 midnight_s,
                                guint ret_counts[KIOSK_DEMO_LEVELS],
                                GError **error)
{
  g_autofree char *from = g_strdup_printf ("%" G_GINT64_FORMAT, midnight_s);
  g_autofree char *to = g_strdup_printf ("%" G_GINT64_FORMAT, midnight_s + DAY_S);
  g_autofree char *answer =
      run (self, credential,
           (const char *const[]){ "contacts", "--store", self->store, "--credential", "-", "--from",
                                  from, "--to", to, NULL },
           error);
  if (answer == NULL)
    return FALSE;
  memset (ret_counts, 0, KIOSK_DEMO_LEVELS * sizeof *ret_counts);
  g_auto (GStrv) lines = g_strsplit (answer, "\n", -1);
  for (guint i = 1; lines[i] != NULL && i < g_strv_length (lines); i++) {
    guint64 level = g_ascii_strtoull (lines[i], NULL, 10);
    if (level >= 1 && level <= KIOSK_DEMO_LEVELS)
      ret_counts[level - 1]++;
  }
  return TRUE;
}
