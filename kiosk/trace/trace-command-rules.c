// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Needs no store: rules are the program's own and a folder's.

#define G_LOG_DOMAIN "trace-command-rules"

#include <stdio.h>

#include <json-glib/json-glib.h>

#include "kiosk/trace/trace-options.h"
#include "kiosk/trace/trace-rules.h"

static void
add_text (JsonBuilder *builder, const char *member, const char *text)
{
  if (text == NULL)
    return;
  (void) json_builder_set_member_name (builder, member); // returns itself
  (void) json_builder_add_string_value (builder, text);
}

static void
add_number (JsonBuilder *builder, const char *member, gint64 number)
{
  if (number == TRACE_RULE_UNSET)
    return;
  (void) json_builder_set_member_name (builder, member);
  (void) json_builder_add_int_value (builder, number);
}

static void
print_json (const TraceRule *rule)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  (void) json_builder_begin_object (builder);
  add_text (builder, "name", rule->name);
  add_number (builder, "version", rule->version);
  add_text (builder, "disease", rule->disease);
  add_text (builder, "valid_from", rule->valid_from);
  add_text (builder, "valid_until", rule->valid_until);
  add_text (builder, "source", rule->source);
  add_text (builder, "note", rule->note);
  add_number (builder, "distance_cm", rule->distance_cm);
  (void) json_builder_set_member_name (builder, "closed_space");
  (void) json_builder_add_boolean_value (builder, rule->closed_space != 0);
  add_number (builder, "min_overlap_s", rule->min_overlap_s);
  add_number (builder, "window_s", rule->window_s);
  add_number (builder, "latency_s", rule->latency_s);
  add_number (builder, "infectious_before_onset_d", rule->infectious_before_onset_d);
  add_number (builder, "infectious_before_sample_d", rule->infectious_before_sample_d);
  add_number (builder, "infectious_after_onset_d", rule->infectious_after_onset_d);
  add_number (builder, "chain_depth", rule->chain_depth);
  add_number (builder, "merge_gap_s", rule->merge_gap_s);
  (void) json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, FALSE);
  (void) printf ("%s\n", text);
}

static void
print_text (const TraceRule *rule)
{
  g_autofree char *words = trace_rule_to_string (rule);
  (void) printf ("%s\n  %s: %" G_GINT64_FORMAT " s within %" G_GINT64_FORMAT
                 " s, from %" G_GINT64_FORMAT " days before the onset (%" G_GINT64_FORMAT
                 " before the sample), F1 to F%" G_GINT64_FORMAT "\n",
                 words, rule->disease, rule->min_overlap_s, rule->window_s,
                 rule->infectious_before_onset_d, rule->infectious_before_sample_d,
                 rule->chain_depth);
  if (rule->note != NULL)
    (void) printf ("  %s\n", rule->note);
}

int
trace_command_rules (int argc, char **argv)
{
  const TraceOptions options = TRACE_OPTIONS (argv);
  gboolean as_json = FALSE;
  g_autofree char *folder = NULL;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "One JSON object a line", NULL },
    { "rules", 0, 0, G_OPTION_ARG_FILENAME, &folder, "More rules", "FOLDER" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return trace_options_say (&options, TRACE_EXIT_USAGE, error->message);
  g_autoptr (GPtrArray) rules = trace_rules_load (folder, &error);
  if (rules == NULL)
    return trace_options_say_error (&options, error);
  for (guint i = 0; i < rules->len; i++)
    (as_json ? print_json : print_text) (g_ptr_array_index (rules, i));
  return 0;
}
