// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The order in which stays come is nearly that of arrival, which suits the table; for the index by
// subject it is a random one, and each stay would cost a page.

#define G_LOG_DOMAIN "trace-load"

#include "kiosk/trace/trace-load.h"

#include "kiosk/trace/trace-schema.h"
#include "kiosk/trace/trace-store-private.h"

#define BATCH          50000
#define WORTH_IT       50000 // stays, at least
#define TIMES_AS_MANY  20    // when not more than so many times are there already
#define BYTES_PER_STAY 60    // about

struct TraceLoad {
  TraceStore *store;
  GArray *arrivals; // of TraceArrival, without their names
  GArray *keys;     // of TraceStayKey
  gint64 n_new;
  gboolean without_index;
};

static gboolean
is_worth_it (TraceStore *store, gint64 n_expected, gboolean *ret_is_worth_it, GError **error)
{
  gint64 n_bytes = 0;
  *ret_is_worth_it = FALSE;
  if (store->beside != NULL || n_expected < WORTH_IT)
    return TRUE;
  if (!trace_db_query_int (store->db,
                           "SELECT page_count * page_size FROM pragma_page_count,"
                           " pragma_page_size",
                           TRACE_NO_VALUES, 0, &n_bytes, error))
    return FALSE;
  *ret_is_worth_it = n_bytes / BYTES_PER_STAY <= n_expected * TIMES_AS_MANY;
  return TRUE;
}

TraceLoad *
trace_load_new (TraceStore *store, gint64 n_expected, GError **error)
{
  gboolean without_index = FALSE;
  g_return_val_if_fail (store->is_taking_in, NULL);
  if (!is_worth_it (store, n_expected, &without_index, error) ||
      (without_index && !trace_db_run_script (store->db, "DROP INDEX stay_of;", error)))
    return NULL;
  TraceLoad *load = g_new0 (TraceLoad, 1);
  load->store = store;
  load->arrivals = g_array_sized_new (FALSE, FALSE, sizeof (TraceArrival), BATCH);
  load->keys = g_array_sized_new (FALSE, FALSE, sizeof (TraceStayKey), BATCH);
  load->without_index = without_index;
  return load;
}

void
trace_load_free (TraceLoad *load)
{
  g_array_unref (load->arrivals);
  g_array_unref (load->keys);
  g_free (load);
}

static gboolean
flush (TraceLoad *load, GError **error)
{
  gboolean ok = trace_store_put_keys (
      load->store, (const TraceArrival *) (void *) load->arrivals->data,
      (TraceStayKey *) (void *) load->keys->data, load->arrivals->len, &load->n_new, error);
  g_array_set_size (load->arrivals, 0);
  g_array_set_size (load->keys, 0);
  if (!ok)
    g_prefix_error (error, "writing stays: ");
  return ok;
}

gboolean
trace_load_add (TraceLoad *load, const TraceArrival *arrival, GError **error)
{
  TraceArrival nameless = *arrival;
  TraceStayKey key;
  if (!trace_store_find_key (load->store, arrival, &key, error))
    return FALSE;
  nameless.venue = nameless.zone = nameless.kiosk = NULL; // the key has them
  g_array_append_val (load->arrivals, nameless);
  g_array_append_val (load->keys, key);
  return load->arrivals->len < BATCH || flush (load, error);
}

gboolean
trace_load_finish (TraceLoad *load, gint64 *n_new, GError **error)
{
  if (!flush (load, error) ||
      (load->without_index && !trace_db_run_script (load->store->db, TRACE_SCHEMA_STAY_OF, error)))
    return FALSE;
  *n_new += load->n_new;
  return TRUE;
}
