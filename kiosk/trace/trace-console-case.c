// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Cases, and the log of what officers did in them.

#define G_LOG_DOMAIN "trace-console"

#include <string.h>

#include "kiosk/trace/trace-audit.h"
#include "kiosk/trace/trace-case.h"
#include "kiosk/trace/trace-console-add.h"
#include "kiosk/trace/trace-console-view.h"

#define AUDIT_SHOWN 500

gboolean
trace_call_note (TraceCall *call, const char *action, const char *case_id, const char *what)
{
  g_autoptr (GError) error = NULL;
  const TraceAuditEntry entry = {
    .officer = call->session.officer.name,
    .action = action,
    .case_id = case_id != NULL ? case_id : "",
    .reason = "",
    .what = what != NULL ? what : "",
  };
  if (trace_audit_write (trace_call_get_db (call), &entry, &error))
    return TRUE;
  trace_call_fail (call, error);
  return FALSE;
}

// An administrator may look into every case, an officer into those that they opened.
static gboolean
is_theirs (const TraceCall *call, const TraceCase *self)
{
  return call->session.officer.role == TRACE_ROLE_ADMIN ||
         g_strcmp0 (self->opened_by, call->session.officer.name) == 0;
}

// Somebody else's case is as one that is not there. (transfer full)
static TraceCase *
load_case (TraceCall *call, const char *id)
{
  g_autoptr (GError) error = NULL;
  if (id == NULL || !trace_case_is_word (id)) {
    trace_call_refuse (call, 400, "case");
    return NULL;
  }
  g_autoptr (TraceCase) self = trace_case_load (trace_call_get_db (call), id, &error);
  if (self == NULL && !g_error_matches (error, TRACE_ERROR, TRACE_ERROR_REFUSED))
    trace_call_fail (call, error);
  else if (self == NULL || !is_theirs (call, self))
    trace_call_refuse (call, 404, "case-gone");
  else
    return g_steal_pointer (&self);
  return NULL;
}

gboolean
trace_call_may_use_case (TraceCall *call, const char *id)
{
  g_autoptr (TraceCase) self = load_case (call, id);
  if (self != NULL && self->closed_ms != 0)
    trace_call_refuse (call, 409, "case-closed");
  return self != NULL && self->closed_ms == 0;
}

static void
add_members (JsonBuilder *builder, const TraceCase *self)
{
  trace_body_add_text (builder, "id", self->id);
  trace_body_add_text (builder, "rule", self->rule);
  trace_body_add_int (builder, "rule_version", self->rule_version);
  trace_body_add_int (builder, "opened_at", self->opened_ms / 1000);
  trace_body_add_text (builder, "opened_by", self->opened_by);
  trace_body_add_bool (builder, "is_closed", self->closed_ms != 0);
}

static void
add_case (JsonBuilder *builder, const TraceCase *self)
{
  json_builder_begin_object (builder);
  add_members (builder, self);
  json_builder_end_object (builder);
}

static void
list_cases (TraceCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) cases = trace_case_list (trace_call_get_db (call), &error);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  if (cases == NULL) {
    trace_call_fail (call, error);
    return;
  }
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "cases");
  json_builder_begin_array (builder);
  for (guint i = 0; i < cases->len; i++)
    if (is_theirs (call, g_ptr_array_index (cases, i)))
      add_case (builder, g_ptr_array_index (cases, i));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  trace_call_answer (call, 200, builder);
}

static void
add_index_case (JsonBuilder *builder, const TraceIndexCase *entry)
{
  char subject[TRACE_CONSOLE_SHORT_SIZE];
  trace_console_shorten (entry->subject, subject);
  json_builder_begin_object (builder);
  trace_body_add_text (builder, "label", entry->label);
  trace_body_add_text (builder, "subject", subject);
  trace_body_add_int (builder, "from", entry->from_s);
  if (entry->to_s != TRACE_CASE_NOW)
    trace_body_add_int (builder, "to", entry->to_s);
  json_builder_end_object (builder);
}

// Of somebody who is known by many subjects the first.
static void
add_index (JsonBuilder *builder, const GArray *entries)
{
  const char *label = "";
  json_builder_set_member_name (builder, "index");
  json_builder_begin_array (builder);
  for (guint i = 0; i < entries->len; i++) {
    const TraceIndexCase *entry = &g_array_index (entries, TraceIndexCase, i);
    if (entry->is_withdrawn || g_str_equal (entry->label, label))
      continue;
    label = entry->label;
    add_index_case (builder, entry);
  }
  json_builder_end_array (builder);
}

static void
tell_case (TraceCall *call, guint status, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TraceCase) self = load_case (call, id);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  if (self == NULL)
    return;
  g_autoptr (GArray) entries = trace_case_list_index (trace_call_get_db (call), id, &error);
  if (entries == NULL) {
    trace_call_fail (call, error);
    return;
  }
  json_builder_begin_object (builder);
  add_members (builder, self);
  add_index (builder, entries);
  json_builder_end_object (builder);
  trace_call_answer (call, status, builder);
}

static void
add_level (JsonBuilder *builder, const char *name, int level)
{
  if (level != TRACE_CASE_NO_LEVEL)
    trace_body_add_int (builder, name, level);
}

static void
add_change (JsonBuilder *builder, const TraceCaseChange *change)
{
  char subject[TRACE_CONSOLE_SHORT_SIZE];
  trace_console_shorten (change->subject, subject);
  json_builder_begin_object (builder);
  trace_body_add_text (builder, "subject", subject);
  add_level (builder, "before", change->before);
  add_level (builder, "after", change->after);
  json_builder_end_object (builder);
}

// → {"state", "n", "changes"}: whose level changed when the console last computed the case.
static void
tell_changes (TraceCall *call, const char *id)
{
  const GArray *changes = NULL;
  guint n = 0;
  g_autoptr (TraceCase) self = load_case (call, id);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  if (self == NULL)
    return;
  TraceComputingState state = trace_computing_find (call->console->computing, id, &n, &changes);
  json_builder_begin_object (builder);
  trace_body_add_text (builder, "state", trace_computing_state_to_string (state));
  trace_body_add_int (builder, "n", n);
  json_builder_set_member_name (builder, "changes");
  json_builder_begin_array (builder);
  for (guint i = 0; changes != NULL && i < changes->len; i++)
    add_change (builder, &g_array_index (changes, TraceCaseChange, i));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  trace_call_answer (call, 200, builder);
}

// trace_case_open () writes into the log itself.
static void
open_case (TraceCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) body = trace_call_read (call);
  if (body == NULL)
    return;
  const char *id = trace_body_get_text (body, "id", TRACE_CONSOLE_CASE_MAX);
  const char *name = trace_body_get_text (body, "rule", TRACE_CONSOLE_CASE_MAX);
  g_autoptr (GPtrArray) rules = trace_rules_load (call->console->options.rules_folder, &error);
  if (rules == NULL) {
    trace_call_fail (call, error);
    return;
  }
  const TraceRule *rule = name != NULL ? trace_rules_find (rules, name, NULL) : NULL;
  if (id == NULL || !trace_case_is_word (id)) {
    trace_call_refuse (call, 400, "case-id");
  } else if (rule == NULL) {
    trace_call_refuse (call, 400, "rule");
  } else {
    const TraceQuestion question = {
      .to_s = TRACE_CASE_NOW,
      .levels = (guint) rule->chain_depth,
      .window_s = rule->window_s,
      .min_overlap_s = rule->min_overlap_s,
      .latency_s = rule->latency_s,
    };
    if (trace_case_open (trace_call_get_db (call), id, rule, &question, call->session.officer.name,
                         &error))
      tell_case (call, 201, id);
    else if (g_error_matches (error, TRACE_ERROR, TRACE_ERROR_REFUSED))
      trace_call_refuse (call, 409, "case-taken");
    else
      trace_call_fail (call, error);
  }
}

// "/ID", "/ID/changes"
static void
show_case (TraceCall *call)
{
  g_auto (GStrv) words = g_strsplit (call->rest + 1, "/", -1);
  if (g_strv_length (words) == 2 && g_str_equal (words[1], "changes"))
    tell_changes (call, words[0]);
  else
    tell_case (call, 200, call->rest + 1);
}

// "/ID/withdraw"
static void
change_case (TraceCall *call)
{
  g_auto (GStrv) words = g_strsplit (call->rest + 1, "/", -1);
  if (g_strv_length (words) == 2 && g_str_equal (words[1], "withdraw"))
    trace_console_withdraw (call, words[0]);
  else
    trace_call_refuse (call, 404, "not-found");
}

void
trace_console_cases (TraceCall *call)
{
  gboolean is_get = g_str_equal (call->request->method, "GET");
  if (call->rest[0] == '\0' && is_get)
    list_cases (call);
  else if (call->rest[0] == '\0')
    open_case (call);
  else if (is_get)
    show_case (call);
  else
    change_case (call);
}

// The newest entries, as they are told one after another.
typedef struct {
  GQueue entries; // of JsonObject
} Shown;

static void
on_entry (gint64 n, gint64 at_ms, const TraceAuditEntry *entry, gpointer user_data)
{
  Shown *shown = user_data;
  JsonObject *object = json_object_new ();
  json_object_set_int_member (object, "n", n);
  json_object_set_int_member (object, "at", at_ms / 1000);
  json_object_set_string_member (object, "officer", entry->officer);
  json_object_set_string_member (object, "action", entry->action);
  json_object_set_string_member (object, "case", entry->case_id);
  json_object_set_string_member (object, "reason", entry->reason);
  json_object_set_string_member (object, "what", entry->what);
  g_queue_push_head (&shown->entries, object);
  if (g_queue_get_length (&shown->entries) > AUDIT_SHOWN)
    json_object_unref (g_queue_pop_tail (&shown->entries));
}

void
trace_console_audit (TraceCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  Shown shown = { G_QUEUE_INIT };
  gboolean ok = trace_audit_list (trace_call_get_db (call), NULL, on_entry, &shown, &error);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "entries");
  json_builder_begin_array (builder);
  for (JsonObject *object = NULL; (object = g_queue_pop_head (&shown.entries)) != NULL;) {
    JsonNode *node = json_node_init_object (json_node_alloc (), object);
    json_builder_add_value (builder, node);
    json_object_unref (object);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  if (ok)
    trace_call_answer (call, 200, builder);
  else
    trace_call_fail (call, error);
}
