// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-command-contacts"

#include <stdio.h>

#include "kiosk/trace/trace-ask.h"
#include "kiosk/trace/trace-explain.h"
#include "kiosk/trace/trace-index.h"
#include "kiosk/trace/trace-note.h"
#include "kiosk/trace/trace-person.h"
#include "kiosk/trace/trace-report.h"

typedef enum {
  SUMMARY_NONE,
  SUMMARY_VENUE,
  SUMMARY_DAY,
} Summary;

// What is asked, and how far it has been answered.
typedef struct {
  const TraceOptions *options;
  TracePerson *person;
  TraceStore *store;
  TraceSource *source;
  TraceQuestion question;
  const char *rule; // in words
  TraceFormat format;
  Summary summary;
  const char *explain; // (nullable) whose level
  guint n_told;        // levels
} Talk;

static gboolean
on_progress (guint level, gsize n_done, gsize n_members, const GArray *contacts, gpointer user_data)
{
  Talk *talk = user_data;
  if (contacts == NULL || level <= talk->n_told || talk->summary != SUMMARY_NONE ||
      talk->explain != NULL || !trace_format_is_lines (talk->format))
    return TRUE;
  g_autoptr (GString) text = g_string_new (NULL);
  if (talk->n_told == 0)
    trace_report_begin (text, talk->format);
  trace_report_append (text, talk->store, talk->source, contacts, talk->format);
  talk->n_told = level;
  return fputs (text->str, stdout) >= 0 && fflush (stdout) == 0;
}

static void
tell_rest (const Talk *talk, const TraceAnswer *answer)
{
  g_autofree char *text = NULL;
  if (talk->summary == SUMMARY_VENUE)
    text = trace_report_by_venue (talk->store, answer->summary);
  else if (talk->summary == SUMMARY_DAY)
    text = trace_report_by_day (answer->summary);
  else if (!trace_format_is_lines (talk->format))
    text = trace_report_contacts (talk->store, talk->person->first, answer, talk->format);
  if (text != NULL)
    (void) fputs (text, stdout); // a closed pipe has ended us
  if (answer->n_cut == 0)
    return;
  (void) fprintf (stderr, "tramxanh-trace %s: %u more were found, and cut by --limit (",
                  talk->options->name, answer->n_cut);
  for (guint i = 0; i < answer->n_of_level->len; i++)
    (void) fprintf (stderr, "%sF%u: %u", i > 0 ? ", " : "", i + 1,
                    g_array_index (answer->n_of_level, guint, i));
  (void) fprintf (stderr, " in all)\n");
}

static TraceAnswer *
search (Talk *talk, TraceSource *source, GError **error)
{
  const TraceSeed seed = TRACE_SEED (talk->person->limits);
  talk->source = source;
  return trace_search (source, &seed, 1, &talk->question, on_progress, talk, error);
}

// From the index when there is one; whatever is wrong with it, the tables know the answer.
static TraceAnswer *
find_answer (Talk *talk, GError **error)
{
  g_autoptr (GError) index_error = NULL;
  g_autoptr (TraceIndex) index =
      trace_index_open_or_build (talk->store, talk->options->store, &index_error);
  TraceAnswer *answer = NULL;
  if (index != NULL)
    answer = search (talk, trace_index_get_source (index), &index_error);
  if (answer == NULL && index != NULL && !trace_index_is_damaged (index)) {
    g_propagate_error (error, g_steal_pointer (&index_error));
    return NULL;
  }
  if (index_error != NULL)
    (void) fprintf (stderr, "tramxanh-trace %s: %s; the tables answer\n", talk->options->name,
                    index_error->message);
  return answer != NULL ? answer : search (talk, trace_store_get_source (talk->store), error);
}

// 1: they have no level.
static int
tell_why (const Talk *talk, const TraceAnswer *answer)
{
  g_autoptr (GError) error = NULL;
  guint8 key[TRACE_SUBJECT_SIZE];
  guint32 subject = 0;
  const TracePerson *person = talk->person;
  const TraceAnswered answered = {
    .store = talk->store,
    .source = trace_store_get_source (talk->store),
    .seed = TRACE_SEED (person->limits),
    .index_case = (const guint32 *) (void *) person->numbers->data,
    .n_index_case = person->numbers->len,
    .question = &talk->question,
    .answer = answer,
    .rule = talk->rule,
  };
  if (!trace_subject_read (talk->explain, key) ||
      !trace_store_find_subject (talk->store, key, &subject, &error))
    return trace_options_say_error (talk->options, error);
  if (subject == 0)
    return trace_options_say (talk->options, TRACE_EXIT_NO, "the store knows no such subject");
  g_autoptr (TraceExplanation) explanation = trace_explain (&answered, subject, &error);
  g_autofree char *text = NULL;
  if (explanation != NULL)
    text = talk->format == TRACE_FORMAT_JSON
               ? trace_explanation_to_json (explanation, &answered, subject)
               : trace_explanation_to_text (explanation, &answered, subject);
  if (error != NULL)
    return trace_options_say_error (talk->options, error);
  if (text == NULL)
    return trace_options_say (talk->options, 1, "by this rule that subject has no level");
  (void) fputs (text, stdout); // a closed pipe has ended us
  return 0;
}

// By which rule, and about which time: whatever zone it was asked in, and where.
static void
tell_question (const Talk *talk)
{
  char from[TRACE_TIME_TEXT_SIZE], to[TRACE_TIME_TEXT_SIZE];
  trace_time_write (talk->question.from_s, from);
  trace_time_write (talk->question.to_s, to);
  (void) fprintf (stderr, "tramxanh-trace %s: from %s to %s, rule %s\n", talk->options->name, from,
                  to, talk->rule);
}

static int
tell_contacts (Talk *talk)
{
  g_autoptr (GError) error = NULL;
  if (!trace_person_find (talk->person, talk->store, talk->options->store, talk->question.from_s,
                          talk->question.to_s, &error) ||
      !trace_person_is_known (talk->person, &error))
    return trace_options_say_error (talk->options, error);
  tell_question (talk);
  if (talk->person->bluezone_keys != NULL)
    (void) fprintf (stderr, "tramxanh-trace %s: of %zu identifiers kiosks heard %u\n",
                    talk->options->name, talk->person->n_ids, talk->person->numbers->len);
  g_autoptr (TraceAnswer) answer = find_answer (talk, &error);
  if (answer == NULL)
    return trace_options_say_error (talk->options, error);
  if (talk->explain != NULL)
    return tell_why (talk, answer);
  tell_rest (talk, answer);
  return 0;
}

static gboolean
read_summary (const char *word, Summary *ret_summary)
{
  *ret_summary = word == NULL                  ? SUMMARY_NONE
                 : g_str_equal (word, "venue") ? SUMMARY_VENUE
                                               : SUMMARY_DAY;
  return word == NULL || g_str_equal (word, "venue") || g_str_equal (word, "day");
}

static gboolean
check_explain (const TraceOptions *options, const char *subject, int limit)
{
  guint8 key[TRACE_SUBJECT_SIZE];
  const char *wrong = NULL;
  if (subject != NULL && !trace_subject_read (subject, key))
    wrong = "--explain HEX: 32 hexadecimal digits";
  else if (subject != NULL && limit > 0)
    wrong = "--explain goes without --limit";
  if (wrong != NULL)
    (void) trace_options_say (options, TRACE_EXIT_USAGE, wrong);
  return wrong == NULL;
}

int
trace_command_contacts (int argc, char **argv)
{
  g_auto (TraceOptions) options = TRACE_OPTIONS (argv);
  g_auto (TraceAsk) ask = TRACE_ASK;
  g_auto (TracePerson) person = { NULL };
  Talk talk = { .options = &options, .person = &person };
  g_autofree char *format_word = NULL, *summary_word = NULL, *explain = NULL, *rule = NULL;
  int status = 0;
  GOptionEntry entries[] = {
    TRACE_PERSON_ENTRIES (&person),
    TRACE_ASK_SPAN_ENTRIES (&ask, &options),
    TRACE_ASK_RULE_ENTRIES (&ask),
    { "limit", 0, 0, G_OPTION_ARG_INT, &ask.limit, "At most so many contacts (0: all)", "N" },
    { "format", 0, 0, G_OPTION_ARG_STRING, &format_word, "csv, json, tree or dot", "F" },
    { "summary", 0, 0, G_OPTION_ARG_STRING, &summary_word,
      "Only how many there are by venue or by day", "S" },
    { "explain", 0, 0, G_OPTION_ARG_STRING, &explain, "Why this subject has its level", "HEX" },
    { NULL },
  };
  if (!trace_options_parse (&options, entries, &argc, &argv) ||
      !trace_person_check (&person, &options) ||
      !trace_ask_read_question (&ask, &options, &talk.question) ||
      !check_explain (&options, explain, ask.limit))
    return TRACE_EXIT_USAGE;
  if (format_word != NULL && !trace_format_read (format_word, &talk.format))
    return trace_options_say (&options, TRACE_EXIT_USAGE, "--format: csv, json, tree or dot");
  if (!read_summary (summary_word, &talk.summary))
    return trace_options_say (&options, TRACE_EXIT_USAGE, "--summary: venue or day");
  rule = trace_ask_to_string (&ask, &talk.question);
  talk.rule = rule;
  talk.explain = explain;
  g_autoptr (TraceStore) store = trace_options_open_store (&options, &status);
  talk.store = store;
  return store != NULL ? tell_contacts (&talk) : status;
}
