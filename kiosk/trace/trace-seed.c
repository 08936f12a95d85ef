// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-seed"

#include "kiosk/trace/trace-seed.h"

#include "kiosk/trace/trace-stays.h"

static int
compare_limits (gconstpointer a, gconstpointer b)
{
  const TraceLimit *one = a, *other = b;
  if (one->subject != other->subject)
    return one->subject < other->subject ? -1 : 1;
  if (one->is_slot != other->is_slot)
    return one->is_slot ? 1 : -1;
  return (one->from_s > other->from_s) - (one->from_s < other->from_s);
}

// By subject and time; those that touch are one. (transfer full)
static GArray *
unite_limits (const TraceSeed *seed)
{
  GArray *limits = g_array_new (FALSE, FALSE, sizeof (TraceLimit));
  guint n = 0;
  if (seed->n_limits > 0)
    g_array_append_vals (limits, seed->limits, (guint) seed->n_limits);
  g_array_sort (limits, compare_limits);
  for (guint i = 0; i < limits->len; i++) {
    const TraceLimit *limit = &g_array_index (limits, TraceLimit, i);
    TraceLimit *before = n > 0 ? &g_array_index (limits, TraceLimit, n - 1) : NULL;
    if (before != NULL && before->subject == limit->subject && before->is_slot == limit->is_slot &&
        limit->from_s <= before->to_s)
      before->to_s = MAX (before->to_s, limit->to_s);
    else
      g_array_index (limits, TraceLimit, n++) = *limit;
  }
  g_array_set_size (limits, n);
  return limits;
}

static void
cut (GArray *stays, const TraceLimit *limit)
{
  trace_stays_keep_touching (stays, limit->from_s, limit->to_s);
  for (guint i = 0; i < stays->len; i++) {
    TraceStay *stay = &g_array_index (stays, TraceStay, i);
    stay->arrived_s = MAX (stay->arrived_s, limit->from_s);
    stay->left_s = MIN (stay->left_s, limit->to_s);
  }
}

// @whole: of the limit's subject.
static void
append_limited (GArray *stays, const TraceStay *whole, guint n_whole, const TraceLimit *limit)
{
  g_autoptr (GArray) some = g_array_new (FALSE, FALSE, sizeof (TraceStay));
  if (n_whole > 0)
    g_array_append_vals (some, whole, n_whole);
  if (!limit->is_slot)
    trace_stays_merge (some);
  cut (some, limit);
  trace_stays_merge (some);
  if (some->len > 0)
    g_array_append_vals (stays, some->data, some->len);
}

static GArray *
list_subjects (const GArray *limits)
{
  GArray *subjects = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (guint i = 0; i < limits->len; i++) {
    guint32 subject = g_array_index (limits, TraceLimit, i).subject;
    if (subjects->len == 0 || g_array_index (subjects, guint32, subjects->len - 1) != subject)
      g_array_append_val (subjects, subject);
  }
  return subjects;
}

GArray *
trace_seed_find_stays (
    TraceSource *source, const TraceSeed *seed, gint64 from_s, gint64 to_s, GError **error)
{
  g_autoptr (GArray) limits = unite_limits (seed), subjects = list_subjects (limits);
  g_autoptr (GArray) whole = g_array_new (FALSE, FALSE, sizeof (TraceStay));
  g_autoptr (GArray) stays = g_array_new (FALSE, FALSE, sizeof (TraceStay));
  if (!source->find_of (source, (const guint32 *) (void *) subjects->data, subjects->len,
                        from_s - TRACE_MERGE_GAP_S, to_s + TRACE_MERGE_GAP_S, whole, error))
    return NULL;
  const TraceStay *all = (const TraceStay *) (void *) whole->data;
  for (guint i = 0, first = 0, end = 0; i < limits->len; i++) {
    const TraceLimit *limit = &g_array_index (limits, TraceLimit, i);
    if (i == 0 || limit->subject != g_array_index (limits, TraceLimit, i - 1).subject)
      for (first = end; end < whole->len && all[end].subject == limit->subject;)
        end++;
    append_limited (stays, all + first, end - first, limit);
  }
  trace_stays_keep_touching (stays, from_s, to_s);
  g_array_sort (stays, trace_stay_compare_arrivals);
  return g_steal_pointer (&stays);
}
