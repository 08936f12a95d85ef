// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-limited"

#include "kiosk/trace/trace-limited.h"

#include <string.h>

typedef struct {
  TraceSource base;
  TraceSource *source;
  GArray *limits; // of TraceLimit, by subject and time; those that touch are one
} Limited;

static int
compare_limits (gconstpointer a, gconstpointer b)
{
  const TraceLimit *one = a, *other = b;
  if (one->subject != other->subject)
    return one->subject < other->subject ? -1 : 1;
  return (one->from_s > other->from_s) - (one->from_s < other->from_s);
}

static int
compare_arrivals (gconstpointer a, gconstpointer b)
{
  const TraceStay *one = a, *other = b;
  return (one->arrived_s > other->arrived_s) - (one->arrived_s < other->arrived_s);
}

// The first limit of a subject; as many as there are when it has none.
static guint
find_limit (const GArray *limits, guint32 subject)
{
  guint low = 0, high = limits->len;
  while (low < high) {
    guint middle = low + (high - low) / 2;
    if (g_array_index (limits, TraceLimit, middle).subject < subject)
      low = middle + 1;
    else
      high = middle;
  }
  return low < limits->len && g_array_index (limits, TraceLimit, low).subject == subject
             ? low
             : limits->len;
}

static void
append_cut (GArray *stays, const TraceStay *stay, const GArray *limits, guint first)
{
  for (guint i = first; i < limits->len; i++) {
    const TraceLimit *limit = &g_array_index (limits, TraceLimit, i);
    TraceStay cut = *stay;
    if (limit->subject != stay->subject)
      return;
    cut.arrived_s = MAX (stay->arrived_s, limit->from_s);
    cut.left_s = MIN (stay->left_s, limit->to_s);
    if (cut.arrived_s < cut.left_s)
      g_array_append_val (stays, cut);
  }
}

static gboolean
find_of (TraceSource *source,
         const guint32 *subjects,
         gsize n_subjects,
         gint64 from_s,
         gint64 to_s,
         GArray *stays,
         GError **error)
{
  Limited *self = (Limited *) (void *) source;
  g_autoptr (GArray) whole = g_array_new (FALSE, FALSE, sizeof (TraceStay));
  if (!self->source->find_of (self->source, subjects, n_subjects, from_s, to_s, whole, error))
    return FALSE;
  for (guint i = 0; i < whole->len;) {
    guint32 subject = g_array_index (whole, TraceStay, i).subject;
    guint limit = find_limit (self->limits, subject), first = stays->len;
    for (; i < whole->len && g_array_index (whole, TraceStay, i).subject == subject; i++) {
      const TraceStay *stay = &g_array_index (whole, TraceStay, i);
      if (limit == self->limits->len)
        g_array_append_vals (stays, stay, 1);
      else
        append_cut (stays, stay, self->limits, limit);
    }
    if (stays->len - first > 1 && limit < self->limits->len)
      qsort (&g_array_index (stays, TraceStay, first), stays->len - first, sizeof (TraceStay),
             compare_arrivals);
  }
  return TRUE;
}

static gboolean
find_at (TraceSource *source, const TracePlaceSpan *span, GArray *stays, GError **error)
{
  Limited *self = (Limited *) (void *) source;
  return self->source->find_at (self->source, span, stays, error);
}

static guint32
count_subjects (TraceSource *source)
{
  Limited *self = (Limited *) (void *) source;
  return self->source->count_subjects (self->source);
}

static gboolean
is_staff (TraceSource *source, guint32 subject)
{
  Limited *self = (Limited *) (void *) source;
  return self->source->is_staff (self->source, subject);
}

static gboolean
get_key (TraceSource *source, guint32 subject, guint8 ret_key[16], GError **error)
{
  Limited *self = (Limited *) (void *) source;
  return self->source->get_key (self->source, subject, ret_key, error);
}

TraceSource *
trace_limited_new (TraceSource *source, const TraceLimit *limits, gsize n_limits)
{
  Limited *self = g_new0 (Limited, 1);
  self->base = (TraceSource){ find_of, find_at, count_subjects, is_staff, get_key };
  self->source = source;
  self->limits = g_array_new (FALSE, FALSE, sizeof (TraceLimit));
  if (n_limits > 0)
    g_array_append_vals (self->limits, limits, (guint) n_limits);
  g_array_sort (self->limits, compare_limits);
  guint n = 0;
  for (guint i = 0; i < self->limits->len; i++) {
    TraceLimit *limit = &g_array_index (self->limits, TraceLimit, i);
    TraceLimit *before = n > 0 ? &g_array_index (self->limits, TraceLimit, n - 1) : NULL;
    if (before != NULL && before->subject == limit->subject && limit->from_s <= before->to_s)
      before->to_s = MAX (before->to_s, limit->to_s);
    else
      g_array_index (self->limits, TraceLimit, n++) = *limit;
  }
  g_array_set_size (self->limits, n);
  return &self->base;
}

void
trace_limited_free (TraceSource *source)
{
  Limited *self = (Limited *) (void *) source;
  g_array_unref (self->limits);
  g_free (self);
}
