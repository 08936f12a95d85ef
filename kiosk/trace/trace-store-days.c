// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// PostgreSQL's table for each UTC day of arrival. They are made outside of the transaction that
// needs them, for which nobody waits then; whoever takes nothing in after all drops them again.

#define G_LOG_DOMAIN "trace-store"

#include "kiosk/trace/trace-store-private.h"

#define DAY_S        86400
#define DAYS_AT_ONCE 16 // so many a transaction: a table and its indexes are locked each

// Whoever lets go is alone (trace-store.c).
#define LOCK_ALONE     "SELECT pg_advisory_xact_lock (7236002)"
#define TRY_LOCK_ALONE "SELECT pg_try_advisory_xact_lock (7236002)"
#define BUMP           "UPDATE bound SET generation = generation + 1"

static int
compare_days (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *) a, other = *(const gint64 *) b;
  return (one > other) - (one < other);
}

// By the catalogue, which needs no lock on any of them.
static GArray *
list_days (TraceDb *db, GError **error)
{
  GError *own_error = NULL;
  g_autoptr (GArray) days = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (TraceRows) rows =
      trace_db_query (db, "SELECT stay_days ()", TRACE_NO_VALUES, &own_error);
  while (rows != NULL && trace_rows_next (rows, &own_error)) {
    gint64 day = trace_rows_get_int (rows, 0);
    g_array_append_val (days, day);
  }
  g_array_sort (days, compare_days);
  if (own_error == NULL)
    return g_steal_pointer (&days);
  g_propagate_error (error, own_error);
  return NULL;
}

gboolean
trace_store_make_day (TraceStore *store, gint64 arrived_s, GError **error)
{
  gint64 day = arrived_s / DAY_S, is_new = 0;
  if (store->beside == NULL || g_hash_table_contains (store->days, GSIZE_TO_POINTER (day + 1)))
    return TRUE;
  const TraceValue value = TRACE_INT (day);
  if (!trace_db_query_int (store->adding, "SELECT stay_make_day ($1)", &value, 1, 0, &is_new,
                           error) ||
      !trace_db_run (store->db, "SELECT stay_use_day ($1)", &value, 1, NULL, error))
    return FALSE;
  if (is_new != 0 && store->adding == store->beside)
    g_array_append_val (store->made_days, day);
  g_hash_table_add (store->days, GSIZE_TO_POINTER (day + 1));
  return TRUE;
}

gboolean
trace_store_make_days (TraceStore *store,
                       const TraceArrival *arrivals,
                       gsize n_arrivals,
                       const TraceArrival **ret_too_many,
                       GError **error)
{
  g_autoptr (GArray) there = NULL, missing = g_array_new (FALSE, FALSE, sizeof (gsize));
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  gint64 n_max = 0;
  *ret_too_many = NULL;
  for (gsize i = 0; store->beside != NULL && i < n_arrivals; i++) {
    gint64 day = arrivals[i].arrived_s / DAY_S;
    if (g_hash_table_contains (store->days, GSIZE_TO_POINTER (day + 1)) ||
        !g_hash_table_add (seen, GSIZE_TO_POINTER (day + 1)))
      continue;
    if (there == NULL && (there = list_days (store->db, error)) == NULL)
      return FALSE;
    if (!g_array_binary_search (there, &day, compare_days, NULL))
      g_array_append_val (missing, i);
  }
  if (missing->len > 0 &&
      !trace_db_query_int (store->db, "SELECT stay_days_max ()", TRACE_NO_VALUES, 0, &n_max, error))
    return FALSE;
  gint64 n_left = missing->len > 0 ? MAX (0, n_max - (gint64) there->len) : 0;
  if (missing->len > n_left) {
    *ret_too_many = &arrivals[g_array_index (missing, gsize, n_left)];
    return TRUE;
  }
  for (gsize i = 0; i < n_arrivals; i++)
    if (!trace_store_make_day (store, arrivals[i].arrived_s, error))
      return FALSE;
  return TRUE;
}

// Adds how many stays went. Those of a day that nothing is in any more go too.
static gboolean
drop_some (
    TraceDb *db, const gint64 *days, guint n_days, gint64 before_s, gint64 *n_stays, GError **error)
{
  gint64 n_all = 0, n = 0;
  for (guint i = 0; i < n_days; i++) {
    if (!trace_db_query_int (db, "SELECT stay_drop_day ($1, $2)",
                             TRACE_VALUES (TRACE_INT (days[i]), TRACE_INT (before_s)), 0, &n,
                             error))
      return FALSE;
    n_all += n;
  }
  if (!trace_db_run (db, BUMP, TRACE_NO_VALUES, NULL, error) || !trace_db_commit (db, error))
    return FALSE;
  *n_stays += n_all;
  return TRUE;
}

gboolean
trace_store_drop_days (TraceStore *store, gint64 before_s, gint64 *n_stays, GError **error)
{
  gint64 unused = 0;
  g_autoptr (GArray) days = list_days (store->db, error);
  if (days == NULL)
    return FALSE;
  for (guint i = 0; i < days->len; i += DAYS_AT_ONCE) {
    if (!trace_db_begin (store->db, error))
      return FALSE;
    if (!trace_db_query_int (store->db, LOCK_ALONE, TRACE_NO_VALUES, 0, &unused, error) ||
        !drop_some (store->db, &g_array_index (days, gint64, i), MIN (days->len - i, DAYS_AT_ONCE),
                    before_s, n_stays, error)) {
      trace_db_roll_back (store->db);
      return FALSE;
    }
  }
  return TRUE;
}

// While others take in, or read for long, they are left to whoever lets old stays go.
static gboolean
try_drop (TraceDb *db, const gint64 *days, guint n_days)
{
  gint64 is_alone = 0, n_stays = 0;
  return trace_db_begin (db, NULL) &&
         trace_db_run_script (db, "SET LOCAL lock_timeout = '2s';", NULL) &&
         trace_db_query_int (db, TRY_LOCK_ALONE, TRACE_NO_VALUES, 0, &is_alone, NULL) &&
         is_alone != 0 && drop_some (db, days, n_days, 0, &n_stays, NULL);
}

void
trace_store_drop_made_days (TraceStore *store)
{
  GArray *days = store->made_days;
  for (guint i = 0; i < days->len; i += DAYS_AT_ONCE)
    if (!try_drop (store->beside, &g_array_index (days, gint64, i),
                   MIN (days->len - i, DAYS_AT_ONCE))) {
      trace_db_roll_back (store->beside);
      break;
    }
  g_array_set_size (days, 0);
}
