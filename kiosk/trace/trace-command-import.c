// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-command-import"

#include <stdio.h>

#include "kiosk/trace/trace-csv.h"
#include "kiosk/trace/trace-import.h"
#include "kiosk/trace/trace-options.h"

#define EXIT_REFUSED 1
#define FILE_MODE    0600 // it is about people

typedef struct {
  char *format, *separator, *language, *details_to;
  TraceLanguage in_language;
} Words;

static void
words_clear (Words *words)
{
  g_free (words->format);
  g_free (words->separator);
  g_free (words->language);
  g_free (words->details_to);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Words, words_clear)

static gboolean
read_words (const TraceOptions *options, Words *words, TraceImportOptions *import_options)
{
  const char *language = words->language != NULL ? words->language : g_get_language_names ()[0];
  words->in_language = g_str_has_prefix (language, "vi") ? TRACE_LANGUAGE_VI : TRACE_LANGUAGE_EN;
  if (words->format != NULL && !trace_import_format_read (words->format, &import_options->format))
    (void) trace_options_say (options, TRACE_EXIT_USAGE,
                              "--format: csv, ndjson, json, iris, sormas, sormas-contacts,"
                              " sormas-participants, godata or bluezone");
  else if (words->separator != NULL &&
           !trace_separator_read (words->separator, &import_options->separator))
    (void) trace_options_say (options, TRACE_EXIT_USAGE, "--separator: , ; or tab");
  else if (words->language != NULL && !g_str_equal (words->language, "vi") &&
           !g_str_equal (words->language, "en"))
    (void) trace_options_say (options, TRACE_EXIT_USAGE, "--lang: vi or en");
  else
    return TRUE;
  return FALSE;
}

static FILE *
open_input (const TraceOptions *options, int argc, char **argv)
{
  if (argc < 2 || g_str_equal (argv[1], "-"))
    return stdin;
  FILE *stream = fopen (argv[1], "re");
  if (stream != NULL && g_file_test (argv[1], G_FILE_TEST_IS_DIR)) {
    (void) fclose (stream); // only read
    stream = NULL;
  }
  if (stream == NULL)
    (void) fprintf (stderr, "tramxanh-trace %s: %s: cannot be read\n", options->name, argv[1]);
  return stream;
}

static int
refuse (const TraceOptions *options, const TraceFaults *faults, TraceLanguage language)
{
  g_autofree char *text = trace_faults_tell (faults, language);
  (void) trace_options_say (options, EXIT_REFUSED,
                            language == TRACE_LANGUAGE_VI ? "không nhận dòng nào:"
                                                          : "nothing was taken in:");
  (void) fputs (text, stderr);
  return EXIT_REFUSED;
}

static void
tell (const TraceOptions *options, const Words *words, const TraceImport *import)
{
  static const char *const joined[TRACE_N_LANGUAGES] = {
    "rows had another end or evidence of a stay: the later end is kept",
    "dòng có giờ rời hoặc bằng chứng khác cho một lượt ở: giữ giờ rời muộn hơn",
  };
  static const char *const at_once[TRACE_N_LANGUAGES] = {
    "stays are at two places at once: they are marked as doubtful",
    "lượt ở hai nơi cùng lúc: đã đánh dấu là nghi vấn",
  };
  if (import->n_joined > 0)
    (void) fprintf (stderr, "tramxanh-trace %s: %" G_GINT64_FORMAT " %s\n", options->name,
                    import->n_joined, joined[words->in_language]);
  if (import->n_conflicts > 0)
    (void) fprintf (stderr, "tramxanh-trace %s: %" G_GINT64_FORMAT " %s\n", options->name,
                    import->n_conflicts, at_once[words->in_language]);
  (void) printf ("{\"rows\":%" G_GINT64_FORMAT ",\"new\":%" G_GINT64_FORMAT, import->n_rows,
                 import->n_new);
  if (import->n_joined > 0)
    (void) printf (",\"joined\":%" G_GINT64_FORMAT, import->n_joined);
  if (import->n_conflicts > 0)
    (void) printf (",\"conflicts\":%" G_GINT64_FORMAT, import->n_conflicts);
  (void) puts ("}");
}

static int
take_in (const TraceOptions *options,
         const Words *words,
         const TraceImportOptions *import_options,
         TraceStore *store,
         FILE *stream)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TraceFaults) faults = trace_faults_new ();
  g_autoptr (GString) details = g_string_new (NULL);
  TraceImport import = { .details = words->details_to != NULL ? details : NULL };
  if (!trace_import (store, stream, import_options, &import, faults, &error))
    return error != NULL ? trace_options_say_error (options, error)
                         : refuse (options, faults, words->in_language);
  if (words->details_to != NULL &&
      !g_file_set_contents_full (words->details_to, details->str, (gssize) details->len,
                                 G_FILE_SET_CONTENTS_CONSISTENT, FILE_MODE, &error))
    return trace_options_say_error (options, error);
  if (import.n_absent > 0)
    (void) fprintf (stderr, "tramxanh-trace %s: %" G_GINT64_FORMAT " meetings had no room in it\n",
                    options->name, import.n_absent);
  tell (options, words, &import);
  return 0;
}

int
trace_command_import (int argc, char **argv)
{
  g_auto (TraceOptions) options = TRACE_OPTIONS (argv);
  g_auto (Words) words = { .format = NULL };
  TraceImportOptions import_options = { .format = TRACE_IMPORT_CSV,
                                        .now_s = g_get_real_time () / G_USEC_PER_SEC };
  int status = 0;
  GOptionEntry entries[] = {
    { "format", 0, 0, G_OPTION_ARG_STRING, &words.format,
      "csv, ndjson, iris, sormas, godata or bluezone (csv)", "F" },
    { "separator", 0, 0, G_OPTION_ARG_STRING, &words.separator,
      "Of a table's columns: , ; or tab (what its header has)", "S" },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &import_options.dry_run, "Look at every row, keep none",
      NULL },
    { "ignore-extra", 0, 0, G_OPTION_ARG_NONE, &import_options.ignore_extra,
      "Leave out columns that are no part of the format", NULL },
    { "any-date", 0, 0, G_OPTION_ARG_NONE, &import_options.any_date,
      "Take arrivals before 2020 or more than a day from now", NULL },
    { "any-length", 0, 0, G_OPTION_ARG_NONE, &import_options.any_length,
      "Take stays of more than 24 hours, to a year", NULL },
    { "lang", 0, 0, G_OPTION_ARG_STRING, &words.language, "Say what is wrong in vi or en", "L" },
    { "details-to", 0, 0, G_OPTION_ARG_FILENAME, &words.details_to,
      "Where the names go that a list carries", "FILE" },
    { NULL },
  };
  if (!trace_options_parse (&options, entries, &argc, &argv) ||
      !read_words (&options, &words, &import_options))
    return TRACE_EXIT_USAGE;
  g_autoptr (TraceStore) store = trace_options_make_store (&options, &status);
  FILE *stream = store != NULL ? open_input (&options, argc, argv) : NULL;
  if (stream == NULL)
    return store == NULL ? status : TRACE_EXIT_COULD_NOT;
  status = take_in (&options, &words, &import_options, store, stream);
  if (stream != stdin)
    (void) fclose (stream); // only read
  return status;
}
