// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-console"

#include "kiosk/trace/trace-console-rate.h"

#define BUCKETS_MAX 20000

typedef struct {
  double tokens;
  gint64 at_ms;
} Bucket;

struct TraceRate {
  GHashTable *buckets;
  guint burst;
  double per_ms;
};

TraceRate *
trace_rate_new (guint burst, double per_s)
{
  TraceRate *rate = g_new (TraceRate, 1);
  *rate = (TraceRate){
    .buckets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free),
    .burst = burst,
    .per_ms = per_s / 1000,
  };
  return rate;
}

void
trace_rate_free (TraceRate *rate)
{
  g_hash_table_unref (rate->buckets);
  g_free (rate);
}

// A clock that was set back takes nothing away.
static double
count (const TraceRate *rate, const Bucket *bucket, gint64 now_ms)
{
  double gained = (double) MAX (now_ms - bucket->at_ms, 0) * rate->per_ms;
  return MIN (bucket->tokens + gained, (double) rate->burst);
}

static gboolean
is_full (gpointer key, gpointer value, gpointer user_data)
{
  const TraceRate *rate = ((gpointer *) user_data)[0];
  const gint64 *now_ms = ((gpointer *) user_data)[1];
  return count (rate, value, *now_ms) >= (double) rate->burst;
}

gint64
trace_rate_take (TraceRate *rate, const char *who, gint64 now_ms)
{
  Bucket *bucket = g_hash_table_lookup (rate->buckets, who);
  if (bucket == NULL && g_hash_table_size (rate->buckets) >= BUCKETS_MAX) {
    gpointer data[] = { rate, &now_ms };
    if (g_hash_table_foreach_remove (rate->buckets, is_full, data) == 0)
      who = ""; // too many to tell apart: all that are new share one
    bucket = g_hash_table_lookup (rate->buckets, who);
  }
  if (bucket == NULL) {
    bucket = g_new (Bucket, 1);
    *bucket = (Bucket){ .tokens = rate->burst, .at_ms = now_ms };
    (void) g_hash_table_insert (rate->buckets, g_strdup (who), bucket);
  }
  bucket->tokens = count (rate, bucket, now_ms);
  bucket->at_ms = now_ms;
  if (bucket->tokens < 1)
    return (gint64) ((1 - bucket->tokens) / rate->per_ms) + 1;
  bucket->tokens -= 1;
  return 0;
}
