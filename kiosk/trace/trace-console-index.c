// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-console"

#include "kiosk/trace/trace-console-index.h"

#include <sodium.h>
#include <string.h>

#include "kiosk/core/ct-credential.h"
#include "kiosk/core/ct-tag.h"
#include "kiosk/trace/trace-bluezone.h"
#include "kiosk/trace/trace-rules.h"
#include "kiosk/trace/trace-zone.h"

#define DAY_S         86400
#define DEFAULT_RULE  "default"
#define RULE_NAME_MAX 64

void
trace_console_index_clear (TraceConsoleIndex *index_case)
{
  g_clear_pointer (&index_case->limits, g_array_unref);
  g_clear_pointer (&index_case->keys, g_array_unref);
}

static gboolean
add_subject (TraceCall *call,
             const TraceQuestion *question,
             const guint8 subject[TRACE_SUBJECT_SIZE],
             TraceConsoleIndex *index_case)
{
  g_autoptr (GError) error = NULL;
  TraceLimit limit = { 0, question->from_s, question->to_s, FALSE };
  if (!trace_store_find_subject (call->console->store, subject, &limit.subject, &error)) {
    trace_call_fail (call, error);
    return FALSE;
  }
  if (limit.subject > 0)
    g_array_append_val (index_case->limits, limit);
  g_array_append_vals (index_case->keys, subject, 1);
  return TRUE;
}

static gboolean
add_hex (TraceCall *call,
         const TraceQuestion *question,
         const char *text,
         TraceConsoleIndex *index_case)
{
  guint8 subject[TRACE_SUBJECT_SIZE];
  if (trace_subject_read (text, subject))
    return add_subject (call, question, subject, index_case);
  trace_call_refuse (call, 400, "subject");
  return FALSE;
}

// What was scanned goes no further than its pseudonym.
static gboolean
add_code (TraceCall *call,
          const TraceQuestion *question,
          const char *code,
          TraceConsoleIndex *index_case)
{
  struct ct_credential credential;
  guint8 subject[TRACE_SUBJECT_SIZE];
  const struct ct_read_context context = { .now_s = call->now_ms / 1000, .clock_trusted = true };
  if (!ct_tag_read_credential (ct_span_of (code), &credential) &&
      ct_credential_read (&context, (const uint8_t *) code, strlen (code), &credential, NULL) !=
          CT_REFUSAL_NONE) {
    trace_call_refuse (call, 400, "code");
    return FALSE;
  }
  trace_keys_make_subject (call->console->options.keys, credential.subject,
                           strlen (credential.subject), subject);
  sodium_memzero (&credential, sizeof credential);
  return add_subject (call, question, subject, index_case);
}

static void
make_subject (gconstpointer keys,
              const char *identity,
              gsize len,
              guint8 ret_subject[TRACE_SUBJECT_SIZE])
{
  trace_keys_make_subject (keys, identity, len, ret_subject);
}

static gboolean
add_bluezone (TraceCall *call,
              const TraceQuestion *question,
              const char *text,
              TraceConsoleIndex *index_case)
{
  g_autoptr (GError) error = NULL;
  g_auto (TraceBluezoneAnswer) answer = { 0 };
  const TraceMaker maker = { make_subject, call->console->options.keys };
  g_autoptr (GArray) keys = trace_bluezone_read (text, strlen (text), &error);
  if (keys == NULL || keys->len > TRACE_CONSOLE_KEYS_MAX) {
    trace_call_refuse (call, 400, keys == NULL ? "bluezone" : "bluezone-many");
    return FALSE;
  }
  if (!trace_bluezone_find (call->console->store, keys, question->from_s, question->to_s, &maker,
                            &answer, &error)) {
    trace_call_fail (call, error);
    return FALSE;
  }
  if (answer.limits->len > 0)
    g_array_append_vals (index_case->limits, answer.limits->data, answer.limits->len);
  return TRUE;
}

// Of what Bluezone's keys came to. An identifier that came up in two slots has two limits, and is
// one subject.
static gboolean
add_keys (TraceCall *call, TraceConsoleIndex *index_case)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  TraceSource *source = trace_store_get_source (call->console->store);
  for (guint i = 0; i < index_case->limits->len; i++) {
    guint32 subject = g_array_index (index_case->limits, TraceLimit, i).subject;
    guint8 key[TRACE_SUBJECT_SIZE];
    if (!g_hash_table_add (seen, GUINT_TO_POINTER (subject)))
      continue;
    if (!source->get_key (source, subject, key, &error)) {
      trace_call_fail (call, error);
      return FALSE;
    }
    g_array_append_vals (index_case->keys, key, 1);
  }
  return TRUE;
}

gboolean
trace_console_read_index_case (TraceCall *call,
                               JsonObject *body,
                               const TraceQuestion *question,
                               TraceConsoleIndex *ret_index_case)
{
  JsonObject *given = trace_body_get_object (body, "index");
  const char *subject = NULL, *code = NULL, *bluezone = NULL;
  if (given != NULL) {
    subject = trace_body_get_text (given, "subject", 64);
    code = trace_body_get_text (given, "code", CT_PAYLOAD_MAX);
    bluezone = trace_body_get_text (given, "bluezone", TRACE_CONSOLE_BODY_MAX);
  }
  if ((subject != NULL) + (code != NULL) + (bluezone != NULL) != 1) {
    trace_call_refuse (call, 400, "index");
    return FALSE;
  }
  if (subject == NULL && call->console->options.keys == NULL) {
    trace_call_refuse (call, 400, "no-keys");
    return FALSE;
  }
  g_auto (TraceConsoleIndex) index_case = {
    .limits = g_array_new (FALSE, FALSE, sizeof (TraceLimit)),
    .keys = g_array_new (FALSE, FALSE, TRACE_SUBJECT_SIZE),
  };
  gboolean ok = subject != NULL ? add_hex (call, question, subject, &index_case)
                : code != NULL  ? add_code (call, question, code, &index_case)
                                : add_bluezone (call, question, bluezone, &index_case);
  if (!ok)
    return FALSE;
  if (bluezone != NULL && !add_keys (call, &index_case))
    return FALSE;
  *ret_index_case = index_case;
  index_case = (TraceConsoleIndex){ 0 };
  return TRUE;
}

// @ret_rule: borrowed from @rules. FALSE: answered already.
static gboolean
find_rule (TraceCall *call, JsonObject *body, const GPtrArray *rules, const TraceRule **ret_rule)
{
  g_autoptr (GError) error = NULL;
  const char *name = trace_body_get_text (body, "rule", RULE_NAME_MAX);
  if (json_object_has_member (body, "rule") && name == NULL) {
    trace_call_refuse (call, 400, "rule");
    return FALSE;
  }
  *ret_rule = trace_rules_find (rules, name != NULL ? name : DEFAULT_RULE, &error);
  if (*ret_rule == NULL)
    trace_call_refuse (call, 400, "rule");
  return *ret_rule != NULL;
}

// From and to, or the day that the profile counts from; never later than now.
static gboolean
read_span (TraceCall *call,
           JsonObject *body,
           const TraceRule *rule,
           TraceQuestion *question,
           gint64 *ret_until_s)
{
  gint64 now_s = call->now_ms / 1000;
  const char *day = trace_body_get_text (body, "day", 10);
  gboolean is_sample = FALSE, ok = FALSE;
  if (day != NULL)
    ok = trace_body_get_bool (body, "is_sample", &is_sample) &&
         trace_rule_span (rule, day, is_sample, &question->from_s, &question->to_s);
  else
    ok = trace_body_get_int (body, "from", 0, G_MAXINT32 * G_GINT64_CONSTANT (4), -1,
                             &question->from_s) &&
         trace_body_get_int (body, "to", 0, G_MAXINT32 * G_GINT64_CONSTANT (4), -1,
                             &question->to_s) &&
         question->from_s >= 0 && question->to_s >= 0;
  *ret_until_s = question->to_s;
  question->to_s = MIN (question->to_s, now_s);
  if (!ok || question->from_s >= question->to_s)
    trace_call_refuse (call, 400, "span");
  else if (question->to_s - question->from_s > TRACE_CONSOLE_SPAN_MAX_S)
    trace_call_refuse (call, 400, "span-long");
  else
    return TRUE;
  return FALSE;
}

gboolean
trace_console_read_question (TraceCall *call,
                             JsonObject *body,
                             TraceQuestion *ret_question,
                             char **ret_rule,
                             gint64 *ret_until_s)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rules = trace_rules_load (call->console->options.rules_folder, &error);
  const TraceRule *rule = NULL;
  TraceQuestion question = { 0 };
  gint64 levels = 0, limit = 0;
  if (rules == NULL) {
    trace_call_fail (call, error);
    return FALSE;
  }
  if (!find_rule (call, body, rules, &rule) ||
      !read_span (call, body, rule, &question, ret_until_s))
    return FALSE;
  question.window_s = rule->window_s;
  if (!trace_body_get_int (body, "levels", 1, TRACE_CONSOLE_LEVELS_MAX, rule->chain_depth,
                           &levels) ||
      !trace_body_get_int (body, "min_overlap_s", 1, DAY_S, rule->min_overlap_s,
                           &question.min_overlap_s) ||
      !trace_body_get_int (body, "latency_s", 0, TRACE_CONSOLE_LATENCY_MAX, rule->latency_s,
                           &question.latency_s) ||
      !trace_body_get_int (body, "limit", 1, TRACE_CONSOLE_LIMIT_MAX, TRACE_CONSOLE_LIMIT,
                           &limit) ||
      !trace_body_get_bool (body, "through_staff", &question.through_staff)) {
    trace_call_refuse (call, 400, "question");
    return FALSE;
  }
  question.day_offset_s = TRACE_ZONE_S;
  question.levels = (guint) levels;
  question.limit = (guint) limit;
  *ret_question = question;
  *ret_rule = trace_rule_to_string (rule);
  return TRUE;
}

static void
add_optional (JsonBuilder *builder, const char *name, const char *text)
{
  if (text != NULL)
    trace_body_add_text (builder, name, text);
}

static void
add_rule (JsonBuilder *builder, const TraceRule *rule)
{
  json_builder_begin_object (builder);
  trace_body_add_text (builder, "name", rule->name);
  trace_body_add_int (builder, "version", rule->version);
  trace_body_add_text (builder, "disease", rule->disease);
  trace_body_add_text (builder, "source", rule->source);
  add_optional (builder, "note", rule->note);
  trace_body_add_text (builder, "valid_from", rule->valid_from);
  add_optional (builder, "valid_until", rule->valid_until);
  trace_body_add_int (builder, "min_overlap_s", rule->min_overlap_s);
  trace_body_add_int (builder, "latency_s", rule->latency_s);
  trace_body_add_int (builder, "levels", rule->chain_depth);
  trace_body_add_int (builder, "before_onset_d", rule->infectious_before_onset_d);
  trace_body_add_int (builder, "before_sample_d", rule->infectious_before_sample_d);
  json_builder_end_object (builder);
}

void
trace_console_profiles (TraceCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rules = trace_rules_load (call->console->options.rules_folder, &error);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  if (rules == NULL) {
    trace_call_fail (call, error);
    return;
  }
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "profiles");
  json_builder_begin_array (builder);
  for (guint i = 0; i < rules->len; i++)
    add_rule (builder, g_ptr_array_index (rules, i));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  trace_call_answer (call, 200, builder);
}
