// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-summary"

#include "kiosk/trace/trace-summary.h"

#include "kiosk/trace/trace-search.h"

#define DAY_S 86400

struct TraceSummary {
  gint64 day_offset_s;
  GHashTable *places, *days; // number and level → how many
};

#define LEVEL_BITS 8

static gpointer
key_of (gint64 number, guint level)
{
  return GSIZE_TO_POINTER ((gsize) number << LEVEL_BITS | level);
}

TraceSummary *
trace_summary_new (gint64 day_offset_s)
{
  TraceSummary *summary = g_new0 (TraceSummary, 1);
  summary->day_offset_s = day_offset_s;
  summary->places = g_hash_table_new (NULL, NULL);
  summary->days = g_hash_table_new (NULL, NULL);
  return summary;
}

void
trace_summary_free (TraceSummary *summary)
{
  g_hash_table_unref (summary->places);
  g_hash_table_unref (summary->days);
  g_free (summary);
}

static void
count (GHashTable *counts, gpointer key)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, key));
  g_hash_table_insert (counts, key, GUINT_TO_POINTER (n + 1));
}

void
trace_summary_add (TraceSummary *summary, const GArray *contacts)
{
  for (guint i = 0; i < contacts->len; i++) {
    const TraceContact *contact = &g_array_index (contacts, TraceContact, i);
    gint64 local_s = MAX (0, contact->exposed_s + summary->day_offset_s);
    count (summary->places, key_of (contact->place, contact->level));
    count (summary->days, key_of (local_s / DAY_S, contact->level));
  }
}

static GArray *
list (GHashTable *counts)
{
  GArray *listed = g_array_new (FALSE, FALSE, sizeof (TraceCount));
  GHashTableIter iter;
  gpointer key = NULL, n = NULL;
  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, &key, &n)) {
    const TraceCount one = {
      (gint64) (GPOINTER_TO_SIZE (key) >> LEVEL_BITS),
      (guint) (GPOINTER_TO_SIZE (key) & ((1u << LEVEL_BITS) - 1)),
      GPOINTER_TO_UINT (n),
    };
    g_array_append_val (listed, one);
  }
  return listed;
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  const TraceCount *one = a, *other = b;
  if (one->number != other->number)
    return one->number < other->number ? -1 : 1;
  return (one->level > other->level) - (one->level < other->level);
}

static int
compare_totals (gconstpointer a, gconstpointer b, gpointer totals)
{
  const TraceCount *one = a, *other = b;
  guint one_n = GPOINTER_TO_UINT (g_hash_table_lookup (totals, key_of (one->number, 0)));
  guint other_n = GPOINTER_TO_UINT (g_hash_table_lookup (totals, key_of (other->number, 0)));
  if (one_n != other_n)
    return one_n > other_n ? -1 : 1;
  return compare_numbers (a, b);
}

GArray *
trace_summary_by_place (const TraceSummary *summary)
{
  GArray *places = list (summary->places);
  g_autoptr (GHashTable) totals = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < places->len; i++) {
    const TraceCount *place = &g_array_index (places, TraceCount, i);
    gpointer key = key_of (place->number, 0);
    guint n = GPOINTER_TO_UINT (g_hash_table_lookup (totals, key));
    g_hash_table_insert (totals, key, GUINT_TO_POINTER (n + place->n));
  }
  g_array_sort_with_data (places, compare_totals, totals);
  return places;
}

GArray *
trace_summary_by_day (const TraceSummary *summary)
{
  GArray *days = list (summary->days);
  g_array_sort (days, compare_numbers);
  return days;
}
