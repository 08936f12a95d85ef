// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-rank"

#include "kiosk/trace/trace-rank.h"

#include <string.h>

#define HALF_AT        4 // times the least overlap: there half of the full weight is reached
#define DIGIT_BITS     11
#define N_DIGIT_VALUES (1u << DIGIT_BITS)

// What is left of the weight when the exposure rests on a doubt.
static const struct {
  guint8 doubt;
  double left;
} doubt_weights[] = {
  { TRACE_DOUBT_STATIC, 0.6 }, { TRACE_DOUBT_CLOCK, 0.8 },  { TRACE_DOUBT_CONFLICT, 0.4 },
  { TRACE_DOUBT_OPEN, 0.7 },   { TRACE_DOUBT_BEACON, 0.8 },
};

double
trace_rank_weigh (const TraceContact *contact, double via_risk, gint64 min_overlap_s)
{
  double overlap_s = (double) contact->overlap_s;
  double risk = via_risk * overlap_s / (overlap_s + (double) (HALF_AT * min_overlap_s));
  for (gsize i = 0; i < G_N_ELEMENTS (doubt_weights); i++)
    if ((contact->doubts & doubt_weights[i].doubt) != 0)
      risk *= doubt_weights[i].left;
  return risk;
}

// One digit after another, the least first: an exposure has few, and they are many. @spare: as
// large as @sorted. Returns the one of both that has the result.
static guint64 *
sort_by_digits (guint64 *sorted, guint64 *spare, gsize n, guint first_bit, guint64 largest)
{
  for (guint bit = first_bit; bit < 64 && largest >> bit != 0; bit += DIGIT_BITS) {
    gsize starts[N_DIGIT_VALUES] = { 0 };
    gsize sum = 0;
    for (gsize i = 0; i < n; i++)
      starts[sorted[i] >> bit & (N_DIGIT_VALUES - 1)]++;
    for (gsize value = 0; value < N_DIGIT_VALUES; value++) {
      gsize count = starts[value];
      starts[value] = sum;
      sum += count;
    }
    for (gsize i = 0; i < n; i++)
      spare[starts[sorted[i] >> bit & (N_DIGIT_VALUES - 1)]++] = sorted[i];
    guint64 *swapped = sorted;
    sorted = spare;
    spare = swapped;
  }
  return sorted;
}

typedef struct {
  guint8 key[16];
  guint32 number;
} Keyed;

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  return memcmp (((const Keyed *) a)->key, ((const Keyed *) b)->key, sizeof ((Keyed *) 0)->key);
}

// @order: [n], of the same exposure above, the contact's number below.
static gboolean
sort_by_key (TraceSource *source,
             const TraceContact *contacts,
             guint64 *order,
             gsize n,
             GArray *keyed,
             GError **error)
{
  g_array_set_size (keyed, 0);
  for (gsize i = 0; i < n; i++) {
    Keyed one = { .number = (guint32) order[i] };
    if (!source->get_key (source, contacts[one.number].subject, one.key, error))
      return FALSE;
    g_array_append_val (keyed, one);
  }
  g_array_sort (keyed, compare_keys);
  for (gsize i = 0; i < n; i++)
    order[i] = g_array_index (keyed, Keyed, i).number;
  return TRUE;
}

static gboolean
sort_ties (
    TraceSource *source, const TraceContact *contacts, guint64 *order, gsize n, GError **error)
{
  g_autoptr (GArray) keyed = g_array_new (FALSE, FALSE, sizeof (Keyed));
  for (gsize i = 0; i < n;) {
    gsize end = i + 1;
    while (end < n && order[end] >> 32 == order[i] >> 32)
      end++;
    if (end - i > 1 && !sort_by_key (source, contacts, order + i, end - i, keyed, error))
      return FALSE;
    i = end;
  }
  return TRUE;
}

gboolean
trace_rank_sort (TraceSource *source, GArray *contacts, GError **error)
{
  gsize n = contacts->len;
  if (n < 2)
    return TRUE;
  TraceContact *all = (TraceContact *) (void *) contacts->data;
  g_autofree guint64 *keys = g_new (guint64, n);
  g_autofree guint64 *spare = g_new (guint64, n);
  g_autofree TraceContact *unsorted = g_memdup2 (all, n * sizeof *all);
  gint64 first_s = all[0].exposed_s;
  guint64 largest = 0;
  for (gsize i = 1; i < n; i++)
    first_s = MIN (first_s, all[i].exposed_s);
  for (gsize i = 0; i < n; i++) {
    keys[i] = (guint64) (all[i].exposed_s - first_s) << 32 | i;
    largest = MAX (largest, keys[i]);
  }
  guint64 *order = sort_by_digits (keys, spare, n, 32, largest);
  if (!sort_ties (source, unsorted, order, n, error))
    return FALSE;
  for (gsize i = 0; i < n; i++)
    all[i] = unsorted[(guint32) order[i]];
  return TRUE;
}

typedef struct {
  double risk;
  guint number;
} Ranked;

static int
compare_risks (gconstpointer a, gconstpointer b)
{
  const Ranked *one = a, *other = b;
  if (one->risk != other->risk)
    return one->risk > other->risk ? -1 : 1;
  return (one->number > other->number) - (one->number < other->number);
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  const Ranked *one = a, *other = b;
  return (one->number > other->number) - (one->number < other->number);
}

GArray *
trace_rank_keep (GArray *contacts, guint n)
{
  if (contacts->len <= n)
    return g_array_ref (contacts);
  g_autoptr (GArray) ranked = g_array_sized_new (FALSE, FALSE, sizeof (Ranked), contacts->len);
  GArray *kept = g_array_sized_new (FALSE, FALSE, sizeof (TraceContact), n);
  for (guint i = 0; i < contacts->len; i++) {
    const Ranked one = { g_array_index (contacts, TraceContact, i).risk, i };
    g_array_append_val (ranked, one);
  }
  g_array_sort (ranked, compare_risks);
  g_array_set_size (ranked, n);
  g_array_sort (ranked, compare_numbers);
  for (guint i = 0; i < n; i++)
    g_array_append_val (
        kept, g_array_index (contacts, TraceContact, g_array_index (ranked, Ranked, i).number));
  return kept;
}
