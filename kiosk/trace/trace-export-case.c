// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a case holds, as it was computed last: each index case in its own days, by all of its names.

#define G_LOG_DOMAIN "trace-export"

#include <string.h>

#include "kiosk/trace/trace-case.h"
#include "kiosk/trace/trace-export-private.h"

static gboolean
take_people (TraceExport *self, const GArray *entries, GError **error)
{
  g_auto (TraceCasePeople) people = { NULL, NULL, 0 };
  if (!trace_case_find_people (self->store, entries, &people, error))
    return FALSE;
  for (guint i = 0; i < people.seeds->len; i++)
    trace_export_add_seed (self, &g_array_index (people.seeds, TraceSeed, i));
  self->question.from_s = people.from_s;
  return TRUE;
}

static gboolean
take_levels (TraceExport *self, const GArray *levels, GError **error)
{
  for (guint i = 0; i < levels->len; i++) {
    const TraceCaseLevel *level = &g_array_index (levels, TraceCaseLevel, i);
    TraceContact contact = { .level = level->level,
                             .doubts = level->doubts,
                             .exposed_s = level->exposed_s,
                             .overlap_s = level->overlap_s };
    if (level->level == 0)
      continue;
    if (!trace_store_find_subject (self->store, level->subject, &contact.subject, error) ||
        !trace_store_find_subject (self->store, level->via, &contact.via, error))
      return FALSE;
    if (contact.subject == 0 || contact.via == 0) {
      trace_export_leave_out (self, level->subject, "old stays were let go");
      continue;
    }
    contact.is_staff = self->source->is_staff (self->source, contact.subject);
    if (level->kept_before_s > 0) { // and yet others have their exposure from it
      trace_export_leave_out (self, level->subject, "old stays were let go");
      g_hash_table_insert (self->contacts, GUINT_TO_POINTER (contact.subject),
                           g_memdup2 (&contact, sizeof contact));
      continue;
    }
    if (!trace_export_add_contact (self, &contact, error))
      return FALSE;
  }
  return TRUE;
}

TraceExport *
trace_export_new_case (TraceStore *store, const char *id, GError **error)
{
  TraceDb *db = trace_store_get_db (store);
  g_autoptr (TraceExport) self = trace_export_new (store);
  g_autoptr (TraceCase) what = trace_case_load (db, id, error);
  if (what == NULL)
    return NULL;
  if (what->computed_ms == 0) {
    g_set_error (error, TRACE_ERROR, TRACE_ERROR_REFUSED, "case %s: not computed yet", id);
    return NULL;
  }
  g_autoptr (GArray) entries = trace_case_list_index (db, id, error);
  g_autoptr (GArray) levels = entries != NULL ? trace_case_list_levels (db, id, error) : NULL;
  self->question = what->question;
  self->question.to_s = MIN (what->question.to_s, what->computed_ms / 1000);
  if (levels == NULL || !take_people (self, entries, error) || !take_levels (self, levels, error))
    return NULL;
  trace_export_sort_contacts (self);
  return g_steal_pointer (&self);
}
