// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-command-reveal"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "kiosk/trace/trace-csv.h"
#include "kiosk/trace/trace-details.h"
#include "kiosk/trace/trace-options.h"
#include "kiosk/trace/trace-passphrase.h"
#include "kiosk/trace/trace-reveal.h"

typedef struct {
  gboolean as_json;
  guint n_told, n_closed; // sealed to another key
} Telling;

static void
append_row (GString *line, const TraceRevealed *revealed, const char *subject)
{
  char kiosk[2 * sizeof revealed->kiosk + 1];
  (void) sodium_bin2hex (kiosk, sizeof kiosk, revealed->kiosk, sizeof revealed->kiosk);
  g_string_append_printf (line, "%s,%s,%" G_GINT64_FORMAT ",", subject, kiosk, revealed->seq);
  trace_csv_append (line, revealed->details);
  g_string_append_c (line, '\n');
}

// A kiosk keeps the name, and nothing else, of what it was shown.
static void
append_object (GString *line, const TraceRevealed *revealed, const char *subject)
{
  g_autoptr (TraceDetails) details = trace_details_new ();
  trace_details_set (details, TRACE_DETAIL_NAME, revealed->details);
  trace_details_append (line, subject, details);
  sodium_memzero (details->text[TRACE_DETAIL_NAME], strlen (revealed->details));
}

static void
on_revealed (const TraceRevealed *revealed, gpointer user_data)
{
  Telling *telling = user_data;
  char subject[2 * TRACE_SUBJECT_SIZE + 1];
  if (revealed->details == NULL) {
    telling->n_closed++;
    return;
  }
  g_autoptr (GString) line = g_string_new (NULL);
  trace_subject_write (revealed->subject, subject);
  (telling->as_json ? append_object : append_row) (line, revealed, subject);
  if (telling->n_told++ == 0 && !telling->as_json)
    (void) fputs ("subject,kiosk,seq,details\n", stdout);
  (void) fputs (line->str, stdout); // a closed pipe has ended us
  sodium_memzero (line->str, line->allocated_len);
}

// What was refused is in the log as well, as far as there is a log to write.
static int
refuse (const TraceOptions *options, TraceDb *db, const TraceReveal *reveal, const GError *error)
{
  g_autoptr (GError) log_error = NULL;
  if (g_error_matches (error, TRACE_ERROR, TRACE_ERROR_REFUSED) &&
      !trace_reveal_note_refused (db, reveal, "refused", &log_error))
    (void) trace_options_say_error (options, log_error);
  return trace_options_say_error (options, error);
}

static int
reveal_details (const TraceOptions *options,
                TraceDb *db,
                const TraceReveal *reveal,
                const char *key_path,
                int passphrase_fd,
                gboolean as_json)
{
  g_autoptr (GError) error = NULL;
  g_auto (TraceOfficerKey) key = { { 0 }, { 0 } };
  TracePassphrase passphrase;
  Telling telling = { as_json, 0, 0 };
  if (!trace_reveal_check (db, reveal, &error))
    return refuse (options, db, reveal, error);
  if (!trace_passphrase_read (passphrase_fd, "Passphrase of the officer's key: ", passphrase,
                              &error))
    return trace_options_say_error (options, error);
  gboolean is_open = trace_officer_key_open (key_path, passphrase, &key, &error);
  trace_passphrase_wipe (passphrase);
  if (!is_open || !trace_reveal (db, reveal, &key, on_revealed, &telling, &error))
    return refuse (options, db, reveal, error);
  if (telling.n_closed > 0)
    (void) fprintf (stderr, "tramxanh-trace %s: %u boxes are sealed to another key\n",
                    options->name, telling.n_closed);
  if (telling.n_told == 0)
    return trace_options_say (options, TRACE_EXIT_NO, "there are no details that this key opens");
  return 0;
}

int
trace_command_reveal (int argc, char **argv)
{
  g_auto (TraceOptions) options = TRACE_OPTIONS (argv);
  g_autofree char *case_id = NULL, *key = NULL, *officer = NULL, *reason = NULL;
  int passphrase_fd = -1, status = 0;
  gboolean as_json = FALSE;
  GOptionEntry entries[] = {
    { "case", 0, 0, G_OPTION_ARG_STRING, &case_id, "The case", "ID" },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &key, "The officer's key", "FILE" },
    { "officer", 0, 0, G_OPTION_ARG_STRING, &officer, "Who asks", "NAME" },
    { "reason", 0, 0, G_OPTION_ARG_STRING, &reason, "Why", "TEXT" },
    { "subject", 0, 0, G_OPTION_ARG_STRING, &options.subject, "Of this one only", "HEX" },
    { "passphrase-fd", 0, 0, G_OPTION_ARG_INT, &passphrase_fd,
      "The passphrase comes from there, not from the terminal", "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "One JSON object a line, for export --details",
      NULL },
    { NULL },
  };
  if (!trace_options_parse (&options, entries, &argc, &argv))
    return TRACE_EXIT_USAGE;
  if (case_id == NULL)
    return trace_options_say (&options, TRACE_EXIT_USAGE,
                              "--case ID is missing: nothing is revealed outside of a case");
  if (key == NULL || officer == NULL || reason == NULL)
    return trace_options_say (&options, TRACE_EXIT_USAGE,
                              "--key FILE, --officer NAME and --reason TEXT are needed");
  if (options.subject != NULL && !trace_options_read_subject (&options))
    return TRACE_EXIT_USAGE;
  const TraceReveal reveal = { case_id, officer, reason,
                               options.subject != NULL ? options.subject_bytes : NULL };
  g_autoptr (TraceStore) store = trace_options_open_store (&options, &status);
  return store != NULL ? reveal_details (&options, trace_store_get_db (store), &reveal, key,
                                         passphrase_fd, as_json)
                       : status;
}
