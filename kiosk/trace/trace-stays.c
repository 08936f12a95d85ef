// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-stays"

#include "kiosk/trace/trace-stays.h"

#include "kiosk/trace/trace-search.h"

// A place's presence windows come after its other stays, so that each lies beside the next.
static int
compare_for_merging (gconstpointer a, gconstpointer b)
{
  const TraceStay *one = a, *other = b;
  if (one->subject != other->subject)
    return one->subject < other->subject ? -1 : 1;
  if (one->place != other->place)
    return one->place < other->place ? -1 : 1;
  if ((one->evidence == TRACE_EVIDENCE_BLE) != (other->evidence == TRACE_EVIDENCE_BLE))
    return one->evidence == TRACE_EVIDENCE_BLE ? 1 : -1;
  if (one->arrived_s != other->arrived_s)
    return one->arrived_s < other->arrived_s ? -1 : 1;
  return (one->left_s > other->left_s) - (one->left_s < other->left_s);
}

int
trace_stay_compare_arrivals (gconstpointer a, gconstpointer b)
{
  const TraceStay *one = a, *other = b;
  if (one->arrived_s != other->arrived_s)
    return one->arrived_s < other->arrived_s ? -1 : 1;
  return compare_for_merging (a, b);
}

// By subject, then arrival: what a reader looks for.
static int
compare_subjects (gconstpointer a, gconstpointer b)
{
  const TraceStay *one = a, *other = b;
  if (one->subject != other->subject)
    return one->subject < other->subject ? -1 : 1;
  return trace_stay_compare_arrivals (a, b);
}

static gboolean
is_continued (const TraceStay *stay, const TraceStay *next)
{
  return stay->evidence == TRACE_EVIDENCE_BLE && next->evidence == TRACE_EVIDENCE_BLE &&
         stay->subject == next->subject && stay->place == next->place &&
         next->arrived_s - stay->left_s <= TRACE_MERGE_GAP_S;
}

void
trace_stays_merge (GArray *stays)
{
  guint n = 0;
  g_array_sort (stays, compare_for_merging);
  for (guint i = 0; i < stays->len; i++) {
    const TraceStay *stay = &g_array_index (stays, TraceStay, i);
    TraceStay *before = n > 0 ? &g_array_index (stays, TraceStay, n - 1) : NULL;
    if (before != NULL && is_continued (before, stay)) {
      before->left_s = MAX (before->left_s, stay->left_s);
      before->doubts |= stay->doubts;
    } else {
      g_array_index (stays, TraceStay, n++) = *stay;
    }
  }
  g_array_set_size (stays, n);
}

void
trace_stays_keep_touching (GArray *stays, gint64 from_s, gint64 to_s)
{
  guint n = 0;
  for (guint i = 0; i < stays->len; i++) {
    const TraceStay *stay = &g_array_index (stays, TraceStay, i);
    if (stay->arrived_s < to_s && stay->left_s > from_s && stay->arrived_s < stay->left_s)
      g_array_index (stays, TraceStay, n++) = *stay;
  }
  g_array_set_size (stays, n);
}

// A window just outside may be the other half of one that is inside.
GArray *
trace_find_stays (TraceSource *source,
                  const guint32 *subjects,
                  gsize n_subjects,
                  gint64 from_s,
                  gint64 to_s,
                  GError **error)
{
  g_autoptr (GArray) stays = g_array_new (FALSE, FALSE, sizeof (TraceStay));
  if (!source->find_of (source, subjects, n_subjects, from_s - TRACE_MERGE_GAP_S,
                        to_s + TRACE_MERGE_GAP_S, stays, error))
    return NULL;
  trace_stays_merge (stays);
  trace_stays_keep_touching (stays, from_s, to_s);
  g_array_sort (stays, trace_stay_compare_arrivals);
  return g_steal_pointer (&stays);
}

GArray *
trace_find_present (TraceSource *source, guint32 place, gint64 from_s, gint64 to_s, GError **error)
{
  g_autoptr (GArray) stays = g_array_new (FALSE, FALSE, sizeof (TraceStay));
  const TracePlaceSpan span = { place, from_s, to_s };
  if (!source->find_at (source, &span, stays, error))
    return NULL;
  trace_stays_merge (stays);
  trace_stays_keep_touching (stays, from_s, to_s);
  g_array_sort (stays, compare_subjects);
  return g_steal_pointer (&stays);
}
