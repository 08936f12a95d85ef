// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What is done to a case is one verb each; whose level changed by it is told at once.

#define G_LOG_DOMAIN "trace-command-case"

#include <stdio.h>
#include <string.h>

#include "kiosk/trace/trace-ask.h"
#include "kiosk/trace/trace-case.h"
#include "kiosk/trace/trace-csv.h"
#include "kiosk/trace/trace-person.h"
#include "kiosk/trace/trace-zone.h"

typedef struct {
  TraceOptions options;
  TraceAsk ask;
  TracePerson person;
  char *id, *officer, *reason, *label;
  gboolean as_json;
  TraceStore *store;
  TraceDb *db;
} Talk;

static void
talk_clear (Talk *talk)
{
  trace_options_clear (&talk->options);
  trace_ask_clear (&talk->ask);
  trace_person_clear (&talk->person);
  g_free (talk->id);
  g_free (talk->officer);
  g_free (talk->reason);
  g_free (talk->label);
  g_clear_pointer (&talk->store, trace_store_close);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Talk, talk_clear)

static int
usage (const Talk *talk, const char *message)
{
  return trace_options_say (&talk->options, TRACE_EXIT_USAGE, message);
}

static int
fail (const Talk *talk, const GError *error)
{
  return trace_options_say_error (&talk->options, error);
}

static gint64
now_s (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static void
append_level (GString *line, int level)
{
  if (level != TRACE_CASE_NO_LEVEL)
    g_string_append_printf (line, "F%d", level);
}

static void
print_change (const Talk *talk, const TraceCaseChange *change)
{
  char subject[2 * TRACE_SUBJECT_SIZE + 1];
  g_autoptr (GString) line = g_string_new (NULL);
  trace_subject_write (change->subject, subject);
  g_string_append_printf (line, talk->as_json ? "{\"subject\":\"%s\",\"before\":\"" : "%s,",
                          subject);
  append_level (line, change->before);
  g_string_append (line, talk->as_json ? "\",\"after\":\"" : ",");
  append_level (line, change->after);
  (void) printf ("%s%s\n", line->str, talk->as_json ? "\"}" : "");
}

// Levels that nobody can compute any more.
static void
tell_kept (const Talk *talk)
{
  g_autoptr (GArray) levels = trace_case_list_levels (talk->db, talk->id, NULL);
  guint n_kept = 0;
  for (guint i = 0; levels != NULL && i < levels->len; i++)
    n_kept += g_array_index (levels, TraceCaseLevel, i).kept_before_s > 0;
  if (n_kept > 0)
    (void) fprintf (stderr,
                    "tramxanh-trace %s: %u keep a level that cannot be computed any more: the stays"
                    " that it rests on were let go\n",
                    talk->options.name, n_kept);
}

static int
compute (const Talk *talk)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) changes =
      trace_case_compute (talk->store, talk->id, talk->officer, now_s (), NULL, NULL, &error);
  if (changes == NULL)
    return fail (talk, error);
  if (!talk->as_json)
    (void) printf ("subject,before,after\n");
  for (guint i = 0; i < changes->len; i++)
    print_change (talk, &g_array_index (changes, TraceCaseChange, i));
  tell_kept (talk);
  return 0;
}

static int
run_open (Talk *talk)
{
  g_autoptr (GError) error = NULL;
  TraceQuestion question;
  if (talk->options.from != NULL || talk->ask.onset != NULL || talk->ask.sample != NULL)
    return usage (talk, "when somebody is infectious is said by `case add`");
  if (!trace_ask_read_rule (&talk->ask, &talk->options, &question))
    return TRACE_EXIT_USAGE;
  question.to_s = TRACE_CASE_NOW;
  if (talk->options.to != NULL && !trace_time_read (talk->options.to, &question.to_s))
    return usage (talk,
                  "--to T: seconds since 1970 or ISO 8601 (without a zone " TRACE_ZONE_TEXT ")");
  g_autofree char *rule = trace_ask_to_string (&talk->ask, &question);
  if (!trace_case_open (talk->db, talk->id, talk->ask.rule, &question, talk->officer, &error))
    return fail (talk, error);
  (void) fprintf (stderr, "tramxanh-trace %s: rule %s\n", talk->options.name, rule);
  return 0;
}

static gboolean
has_rule_options (const TraceAsk *ask)
{
  return ask->profile != NULL || ask->levels != TRACE_ASK_UNSET ||
         ask->min_overlap_s != TRACE_ASK_UNSET || ask->latency_s != TRACE_ASK_UNSET ||
         ask->through_staff;
}

// The case's own rule, so that its days count and not another's.
static gboolean
read_case_rule (Talk *talk, GError **error)
{
  TraceQuestion unused;
  g_autoptr (TraceCase) what = trace_case_load_open (talk->db, talk->id, error);
  if (what == NULL)
    return FALSE;
  g_free (talk->ask.profile);
  talk->ask.profile = g_strdup_printf ("%s@%" G_GINT64_FORMAT, what->rule, what->rule_version);
  if (trace_ask_read_rule (&talk->ask, &talk->options, &unused))
    return TRUE;
  g_set_error (error, TRACE_ERROR, TRACE_ERROR_INPUT, "case %s: its rule %s is in another folder",
               talk->id, talk->ask.profile);
  return FALSE;
}

// Bluezone's identifiers are one entry each; whom the store does not know yet may come.
static gboolean
list_entries (Talk *talk, gint64 from_s, gint64 to_s, GArray *entries, GError **error)
{
  TraceIndexCase entry = { .from_s = from_s, .to_s = to_s };
  TraceSource *source = trace_store_get_source (talk->store);
  char digits[2 * TRACE_SUBJECT_SIZE + 1];
  if (!trace_person_find (&talk->person, talk->store, talk->options.store, from_s, to_s, error))
    return FALSE;
  trace_subject_write (talk->person.first, digits);
  (void) g_strlcpy (entry.label, talk->label != NULL ? talk->label : digits, sizeof entry.label);
  if (talk->person.bluezone_keys == NULL) {
    if (talk->person.numbers->len == 0)
      (void) trace_options_say (&talk->options, 0, "the store knows no such subject yet");
    memcpy (entry.subject, talk->person.first, TRACE_SUBJECT_SIZE);
    g_array_append_val (entries, entry);
    return TRUE;
  }
  for (guint i = 0; i < talk->person.limits->len; i++) {
    const TraceLimit *limit = &g_array_index (talk->person.limits, TraceLimit, i);
    entry.from_s = limit->from_s;
    entry.to_s = limit->to_s;
    entry.is_slot = limit->is_slot;
    if (!source->get_key (source, limit->subject, entry.subject, error))
      return FALSE;
    g_array_append_val (entries, entry);
  }
  return trace_person_is_known (&talk->person, error);
}

static int
run_add (Talk *talk)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) entries = g_array_new (FALSE, TRUE, sizeof (TraceIndexCase));
  gint64 from_s = 0, to_s = 0;
  if (!trace_person_check (&talk->person, &talk->options))
    return TRACE_EXIT_USAGE;
  if (has_rule_options (&talk->ask))
    return usage (talk, "the rule is the case's: `case open` says it");
  if (talk->label != NULL && strlen (talk->label) > TRACE_CASE_WORD_MAX)
    return usage (talk, "--as LABEL: 64 characters at most");
  if (!read_case_rule (talk, &error))
    return fail (talk, error);
  if (!trace_ask_read_span (&talk->ask, &talk->options, &from_s, &to_s))
    return TRACE_EXIT_USAGE;
  if (!list_entries (talk, from_s, to_s, entries, &error) ||
      !trace_case_add (talk->db, talk->id, (const TraceIndexCase *) (void *) entries->data,
                       entries->len, talk->officer, &error))
    return fail (talk, error);
  return compute (talk);
}

static int
run_withdraw (Talk *talk)
{
  g_autoptr (GError) error = NULL;
  if (talk->label == NULL || talk->reason == NULL)
    return usage (talk, "--as LABEL and --reason TEXT are needed");
  if (!trace_case_withdraw (talk->db, talk->id, talk->label, talk->officer, talk->reason, &error))
    return fail (talk, error);
  return compute (talk);
}

static int
run_close (Talk *talk)
{
  g_autoptr (GError) error = NULL;
  if (talk->reason == NULL)
    return usage (talk, "--reason TEXT is needed");
  return trace_case_close (talk->db, talk->id, talk->officer, talk->reason, &error)
             ? 0
             : fail (talk, error);
}

static int
run_compute (Talk *talk)
{
  return compute (talk);
}

static void
print_level (const Talk *talk, const TraceCaseLevel *level)
{
  char subject[2 * TRACE_SUBJECT_SIZE + 1], via[2 * TRACE_SUBJECT_SIZE + 1];
  trace_subject_write (level->subject, subject);
  trace_subject_write (level->via, via);
  (void) printf (talk->as_json
                     ? "{\"level\":%u,\"subject\":\"%s\",\"exposed_at\":%" G_GINT64_FORMAT
                       ",\"overlap_s\":%" G_GINT64_FORMAT ",\"via\":\"%s\",\"doubts\":%u"
                       ",\"version\":%" G_GINT64_FORMAT ",\"kept_before\":%" G_GINT64_FORMAT "}\n"
                     : "%u,%s,%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ",%s,%u,%" G_GINT64_FORMAT
                       ",%" G_GINT64_FORMAT "\n",
                 level->level, subject, level->exposed_s, level->overlap_s, via, level->doubts,
                 level->version, level->kept_before_s);
}

static int
run_levels (Talk *talk)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TraceCase) what = trace_case_load (talk->db, talk->id, &error);
  g_autoptr (GArray) levels =
      what != NULL ? trace_case_list_levels (talk->db, talk->id, &error) : NULL;
  if (levels == NULL)
    return fail (talk, error);
  (void) fprintf (stderr,
                  "tramxanh-trace %s: rule %s, version %" G_GINT64_FORMAT
                  "; the case's version is %" G_GINT64_FORMAT "\n",
                  talk->options.name, what->rule, what->rule_version, what->version);
  if (!talk->as_json)
    (void) printf ("level,subject,exposed_at,overlap_s,via,doubts,version,kept_before\n");
  for (guint i = 0; i < levels->len; i++)
    print_level (talk, &g_array_index (levels, TraceCaseLevel, i));
  return 0;
}

// The officer's name is the only text of a case that may need quoting.
static void
print_case (const Talk *talk, const TraceCase *what)
{
  g_autoptr (GString) officer = g_string_new (NULL);
  if (talk->as_json) {
    for (const char *at = what->opened_by; *at != '\0'; at++) {
      if (*at == '"' || *at == '\\')
        g_string_append_c (officer, '\\');
      g_string_append_c (officer, *at);
    }
  } else {
    trace_csv_append (officer, what->opened_by);
  }
  (void) printf (talk->as_json
                     ? "{\"case\":\"%s\",\"rule\":\"%s\",\"rule_version\":%" G_GINT64_FORMAT
                       ",\"opened_at\":%" G_GINT64_FORMAT
                       ",\"opened_by\":\"%s\",\"closed_at\":%" G_GINT64_FORMAT
                       ",\"version\":%" G_GINT64_FORMAT "}\n"
                     : "%s,%s,%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ",%s,%" G_GINT64_FORMAT
                       ",%" G_GINT64_FORMAT "\n",
                 what->id, what->rule, what->rule_version, what->opened_ms / 1000, officer->str,
                 what->closed_ms / 1000, what->version);
}

static int
run_list (Talk *talk)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) cases = trace_case_list (talk->db, &error);
  if (cases == NULL)
    return fail (talk, error);
  if (!talk->as_json)
    (void) printf ("case,rule,rule_version,opened_at,opened_by,closed_at,version\n");
  for (guint i = 0; i < cases->len; i++)
    print_case (talk, g_ptr_array_index (cases, i));
  return 0;
}

static const struct {
  const char *name;
  int (*run) (Talk *talk);
  gboolean needs_case, needs_officer;
} verbs[] = {
  { "open", run_open, TRUE, TRUE },         { "add", run_add, TRUE, TRUE },
  { "withdraw", run_withdraw, TRUE, TRUE }, { "compute", run_compute, TRUE, TRUE },
  { "close", run_close, TRUE, TRUE },       { "levels", run_levels, TRUE, FALSE },
  { "list", run_list, FALSE, FALSE },
};

static int
run (Talk *talk, const char *verb)
{
  int status = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (verbs); i++) {
    if (!g_str_equal (verbs[i].name, verb))
      continue;
    if (verbs[i].needs_case && (talk->id == NULL || !trace_case_is_word (talk->id)))
      return usage (talk, "--case ID: 1 to 64 letters without accents, digits, '-', '_' and '.'");
    if (verbs[i].needs_officer && talk->officer == NULL)
      return usage (talk, "--officer NAME is missing: who does it is written down");
    talk->store = trace_options_open_store (&talk->options, &status);
    if (talk->store == NULL)
      return status;
    talk->db = trace_store_get_db (talk->store);
    return verbs[i].run (talk);
  }
  return usage (talk, "case open, add, withdraw, compute, close, levels or list");
}

int
trace_command_case (int argc, char **argv)
{
  g_auto (Talk) talk = { .options = TRACE_OPTIONS (argv), .ask = TRACE_ASK };
  GOptionEntry entries[] = {
    { "case", 0, 0, G_OPTION_ARG_STRING, &talk.id, "The case", "ID" },
    { "officer", 0, 0, G_OPTION_ARG_STRING, &talk.officer, "Who does it", "NAME" },
    { "as", 0, 0, G_OPTION_ARG_STRING, &talk.label, "What the index case is called in it",
      "LABEL" },
    { "reason", 0, 0, G_OPTION_ARG_STRING, &talk.reason, "Why", "TEXT" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &talk.as_json, "One JSON object a line", NULL },
    TRACE_PERSON_ENTRIES (&talk.person),
    TRACE_ASK_SPAN_ENTRIES (&talk.ask, &talk.options),
    TRACE_ASK_RULE_ENTRIES (&talk.ask),
    { NULL },
  };
  if (!trace_options_parse (&talk.options, entries, &argc, &argv))
    return TRACE_EXIT_USAGE;
  return run (&talk, argc == 2 ? argv[1] : "");
}
