// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Searches: started, looked at, stopped.

#define G_LOG_DOMAIN "trace-console"

#include <string.h>

#include "kiosk/trace/trace-console-add.h"
#include "kiosk/trace/trace-console-index.h"
#include "kiosk/trace/trace-console-job.h"
#include "kiosk/trace/trace-console-view.h"

#define RUNNING_MAX_OF_OFFICER 2
#define RUNNING_MAX            8
#define KEPT_OF_OFFICER        6
#define KEEP_MS                (30 * 60 * 1000)

typedef struct {
  guint n_running, n_running_of_officer, n_of_officer;
  TraceJob *oldest_of_officer; // of those that are over
} Census;

// Takes in what all have found, forgets what nobody asked for in a while.
static Census
count_jobs (TraceConsole *console, gint64 officer, gint64 now_ms)
{
  Census census = { 0 };
  GHashTableIter iter;
  TraceJob *job = NULL;
  g_hash_table_iter_init (&iter, console->jobs);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &job)) {
    trace_job_update (job);
    gboolean is_running = job->state == TRACE_JOB_RUNNING;
    if (!is_running && now_ms - job->owner.used_ms > KEEP_MS) {
      g_hash_table_iter_remove (&iter);
      continue;
    }
    census.n_running += is_running;
    if (job->owner.officer != officer)
      continue;
    census.n_of_officer++;
    census.n_running_of_officer += is_running;
    if (!is_running && (census.oldest_of_officer == NULL ||
                        job->owner.used_ms < census.oldest_of_officer->owner.used_ms))
      census.oldest_of_officer = job;
  }
  return census;
}

static gboolean
may_start (TraceCall *call)
{
  Census census = count_jobs (call->console, call->session.officer.number, call->now_ms);
  if (census.n_running_of_officer >= RUNNING_MAX_OF_OFFICER) {
    trace_call_refuse (call, 409, "searches");
    return FALSE;
  }
  if (census.n_running >= RUNNING_MAX) {
    trace_reply_add_field (call->reply, "Retry-After", "5");
    trace_call_refuse (call, 503, "busy");
    return FALSE;
  }
  if (census.n_of_officer >= KEPT_OF_OFFICER && census.oldest_of_officer != NULL)
    (void) g_hash_table_remove (call->console->jobs, census.oldest_of_officer->id); // there it is
  return TRUE;
}

static void
start_search (TraceCall *call)
{
  g_autoptr (JsonObject) body = trace_call_read (call);
  g_autofree char *rule = NULL;
  TraceQuestion question;
  gint64 until_s = 0;
  if (body == NULL)
    return;
  const char *case_id = trace_body_get_text (body, "case", TRACE_CONSOLE_CASE_MAX);
  if (!trace_call_may_use_case (call, case_id) ||
      !trace_console_read_question (call, body, &question, &rule, &until_s))
    return;
  g_auto (TraceConsoleIndex) index_case = { 0 };
  if (!trace_console_read_index_case (call, body, &question, &index_case))
    return;
  g_autofree char *detail = trace_console_describe (index_case.keys, &question, rule);
  if (!trace_call_note (call, "search", case_id, detail))
    return;
  if (index_case.limits->len == 0) {
    trace_call_refuse (call, 404, "unknown");
    return;
  }
  if (!may_start (call))
    return;
  TraceJobTask task = {
    .uri = g_strdup (call->console->uri),
    .open_stays = call->console->options.open_stays,
    .limits = g_steal_pointer (&index_case.limits),
    .question = question,
    .time_ms = call->console->options.search_ms,
  };
  task.open_stays.now_s = call->now_ms / 1000;
  const TraceJobOwner owner = {
    .officer = call->session.officer.number,
    .case_id = g_strdup (case_id),
    .rule = g_steal_pointer (&rule),
    .until_s = until_s,
    .made_ms = call->now_ms,
    .used_ms = call->now_ms,
  };
  TraceJob *job = trace_job_start (&task, &owner);
  (void) g_hash_table_insert (call->console->jobs, job->id, job);
  trace_console_tell_job (call, 202, job, 0);
}

// Another officer's search is as one that is not there.
static TraceJob *
find_job (TraceCall *call, char **ret_action)
{
  g_auto (GStrv) parts = g_strsplit (call->rest, "/", 4); // "", id, action
  guint n_parts = g_strv_length (parts);
  TraceJob *job =
      n_parts == 2 || n_parts == 3 ? g_hash_table_lookup (call->console->jobs, parts[1]) : NULL;
  if (job == NULL || job->owner.officer != call->session.officer.number) {
    trace_call_refuse (call, 404, "search-gone");
    return NULL;
  }
  job->owner.used_ms = call->now_ms;
  trace_job_update (job);
  *ret_action = g_strdup (n_parts == 3 ? parts[2] : "");
  return job;
}

static void
read_on (TraceCall *call, TraceJob *job)
{
  guint64 after = 0, edition = 0;
  const char *after_text = g_hash_table_lookup (call->request->query, "after");
  const char *edition_text = g_hash_table_lookup (call->request->query, "edition");
  if ((after_text != NULL &&
       !g_ascii_string_to_unsigned (after_text, 10, 0, G_MAXUINT32, &after, NULL)) ||
      (edition_text != NULL &&
       !g_ascii_string_to_unsigned (edition_text, 10, 0, G_MAXUINT32, &edition, NULL)))
    trace_call_refuse (call, 400, "input");
  else
    trace_console_tell_job (call, 200, job, edition == job->edition ? (guint) after : 0);
}

static void
stop_search (TraceCall *call, TraceJob *job)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  if (!trace_call_note (call, "search-stop", job->owner.case_id, NULL))
    return;
  trace_job_stop (job);
  json_builder_begin_object (builder);
  trace_body_add_text (builder, "state", "stopped");
  json_builder_end_object (builder);
  trace_call_answer (call, 200, builder);
}

void
trace_console_search (TraceCall *call)
{
  const char *method = call->request->method;
  g_autofree char *action = NULL;
  if (call->rest[0] == '\0' && g_str_equal (method, "POST")) {
    start_search (call);
    return;
  }
  TraceJob *job = find_job (call, &action);
  if (job == NULL)
    return;
  if (action[0] == '\0' && g_str_equal (method, "GET"))
    read_on (call, job);
  else if (action[0] == '\0' && g_str_equal (method, "DELETE"))
    stop_search (call, job);
  else if (g_str_equal (action, "explain") && g_str_equal (method, "POST"))
    trace_console_explain (call, job);
  else if (g_str_equal (action, "export") && g_str_equal (method, "POST"))
    trace_console_export (call, job);
  else if (g_str_equal (action, "add") && g_str_equal (method, "POST"))
    trace_console_add (call, job);
  else
    trace_call_refuse (call, 404, "not-found");
}

void
trace_console_stop_searches (TraceConsole *console, gint64 officer)
{
  GHashTableIter iter;
  TraceJob *job = NULL;
  g_hash_table_iter_init (&iter, console->jobs);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &job))
    if (job->owner.officer == officer)
      trace_job_stop (job);
}
