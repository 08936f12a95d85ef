// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-case"

#include "kiosk/trace/trace-case.h"

void
trace_case_people_clear (TraceCasePeople *people)
{
  g_clear_pointer (&people->seeds, g_array_unref);
  g_clear_pointer (&people->limits, g_array_unref);
}

// One person's. @entries: by label.
static gboolean
add_person (TraceStore *store,
            const GArray *entries,
            guint first,
            guint end,
            TraceCasePeople *people,
            GError **error)
{
  TraceSeed seed = { NULL, people->limits->len }; // where they begin, until they are all there
  for (guint i = first; i < end; i++) {
    const TraceIndexCase *entry = &g_array_index (entries, TraceIndexCase, i);
    TraceLimit limit = { 0, entry->from_s, entry->to_s, entry->is_slot };
    if (entry->is_withdrawn)
      continue;
    people->from_s = MIN (people->from_s, limit.from_s);
    if (!trace_store_find_subject (store, entry->subject, &limit.subject, error))
      return FALSE;
    if (limit.subject > 0)
      g_array_append_val (people->limits, limit);
  }
  if (people->limits->len > seed.n_limits)
    g_array_append_val (people->seeds, seed);
  return TRUE;
}

gboolean
trace_case_find_people (TraceStore *store,
                        const GArray *entries,
                        TraceCasePeople *ret_people,
                        GError **error)
{
  g_auto (TraceCasePeople) people = {
    .seeds = g_array_new (FALSE, FALSE, sizeof (TraceSeed)),
    .limits = g_array_new (FALSE, FALSE, sizeof (TraceLimit)),
    .from_s = TRACE_CASE_NOW,
  };
  for (guint i = 0, end = 0; i < entries->len; i = end) {
    const char *label = g_array_index (entries, TraceIndexCase, i).label;
    while (end < entries->len &&
           g_str_equal (g_array_index (entries, TraceIndexCase, end).label, label))
      end++;
    if (!add_person (store, entries, i, end, &people, error))
      return FALSE;
  }
  gsize end = people.limits->len;
  for (guint i = people.seeds->len; i > 0; i--) {
    TraceSeed *seed = &g_array_index (people.seeds, TraceSeed, i - 1);
    gsize first = seed->n_limits;
    *seed = (TraceSeed){ &g_array_index (people.limits, TraceLimit, first), end - first };
    end = first;
  }
  *ret_people = people;
  people = (TraceCasePeople){ NULL, NULL, 0 };
  return TRUE;
}
