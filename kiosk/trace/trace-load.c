// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The order in which stays come is nearly that of arrival, which suits the table; for the index by
// subject it is a random one, and each stay would cost a page.

#define G_LOG_DOMAIN "trace-load"

#include "kiosk/trace/trace-load.h"

#include <string.h>

#include "kiosk/trace/trace-conflict.h"
#include "kiosk/trace/trace-schema.h"
#include "kiosk/trace/trace-store-private.h"

#define BATCH         50000
#define WORTH_IT      50000 // stays, at least
#define TIMES_AS_MANY 20    // when not more than so many times are there already

struct TraceLoad {
  TraceStore *store;
  GArray *arrivals;    // of TraceArrival, without their names
  GArray *keys;        // of TraceStayKey
  TraceFaults *faults; // (nullable) borrowed
  TracePut put;
  GByteArray *touched;    // a bit for each subject's number
  gint64 first_s, last_s; // of what touched them
  gboolean without_index;
};

static gboolean
is_worth_it (TraceStore *store, gint64 n_expected, gboolean *ret_is_worth_it, GError **error)
{
  gint64 n_stays = 0;
  *ret_is_worth_it = FALSE;
  if (store->beside != NULL || n_expected < WORTH_IT)
    return TRUE;
  if (!trace_store_guess_stays (store, &n_stays, error))
    return FALSE;
  *ret_is_worth_it = n_stays <= n_expected * TIMES_AS_MANY;
  return TRUE;
}

TraceLoad *
trace_load_new (TraceStore *store, gint64 n_expected, TraceFaults *faults, GError **error)
{
  gboolean without_index = FALSE;
  g_return_val_if_fail (store->is_taking_in, NULL);
  if (!is_worth_it (store, n_expected, &without_index, error) ||
      (without_index && !trace_db_run_script (store->db, "DROP INDEX stay_of;", error)))
    return NULL;
  TraceLoad *load = g_new0 (TraceLoad, 1);
  load->store = store;
  load->faults = faults;
  load->put.clashes = faults != NULL ? g_array_new (FALSE, FALSE, sizeof (gint64)) : NULL;
  load->arrivals = g_array_sized_new (FALSE, FALSE, sizeof (TraceArrival), BATCH);
  load->keys = g_array_sized_new (FALSE, FALSE, sizeof (TraceStayKey), BATCH);
  load->touched = g_byte_array_new ();
  load->first_s = G_MAXINT64;
  load->without_index = without_index;
  return load;
}

void
trace_load_free (TraceLoad *load)
{
  g_array_unref (load->arrivals);
  g_array_unref (load->keys);
  g_clear_pointer (&load->put.clashes, g_array_unref);
  g_byte_array_unref (load->touched);
  g_free (load);
}

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *) a, other = *(const gint64 *) b;
  return (one > other) - (one < other);
}

static void
tell_clashes (TraceLoad *load)
{
  if (load->faults == NULL)
    return;
  g_array_sort (load->put.clashes, compare_rows);
  for (guint i = 0; i < load->put.clashes->len; i++)
    trace_faults_add (load->faults, g_array_index (load->put.clashes, gint64, i), NULL,
                      TRACE_FAULT_CLASH);
  g_array_set_size (load->put.clashes, 0);
}

static void
touch (TraceLoad *load)
{
  for (guint i = 0; i < load->arrivals->len; i++) {
    const TraceArrival *arrival = &g_array_index (load->arrivals, TraceArrival, i);
    guint32 subject = g_array_index (load->keys, TraceStayKey, i).subject;
    if (arrival->evidence == TRACE_EVIDENCE_BLE)
      continue;
    guint n_before = load->touched->len;
    if (subject / 8 >= n_before) {
      g_byte_array_set_size (load->touched, MAX (2 * n_before, subject / 8 + 1));
      memset (load->touched->data + n_before, 0, load->touched->len - n_before);
    }
    load->touched->data[subject / 8] |= (guint8) (1 << subject % 8);
    load->first_s = MIN (load->first_s, arrival->arrived_s);
    load->last_s = MAX (load->last_s, MAX (arrival->arrived_s, arrival->left_s));
  }
}

static gboolean
put (TraceLoad *load, GError **error)
{
  TraceArrival *arrivals = (TraceArrival *) (void *) load->arrivals->data;
  const TraceArrival *too_many = NULL;
  if (!trace_store_make_days (load->store, arrivals, load->arrivals->len, &too_many, error))
    return FALSE;
  if (too_many != NULL && load->faults != NULL) {
    trace_faults_add (load->faults, too_many->row, "arrived", TRACE_FAULT_DAYS);
    return TRUE;
  }
  if (too_many != NULL) {
    g_set_error (error, TRACE_ERROR, TRACE_ERROR_STORAGE, "more different days than it can have");
    return FALSE;
  }
  if (!trace_store_put_keys (load->store, arrivals, (TraceStayKey *) (void *) load->keys->data,
                             load->arrivals->len, &load->put, error))
    return FALSE;
  touch (load);
  return TRUE;
}

static gboolean
flush (TraceLoad *load, GError **error)
{
  gboolean ok = put (load, error);
  tell_clashes (load);
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
  *n_new += load->put.n_new;
  return TRUE;
}

// How long before them another one may have begun.
static gboolean
find_longest (TraceLoad *load, gint64 *ret_longest_s, GError **error)
{
  const TraceTables *tables = &load->store->tables;
  if (!trace_db_query_int (load->store->db, "SELECT longest_s + slack_s FROM bound",
                           TRACE_NO_VALUES, 0, ret_longest_s, error))
    return FALSE;
  *ret_longest_s = MAX (*ret_longest_s, tables->longest_s + tables->slack_s);
  return TRUE;
}

gboolean
trace_load_mark_conflicts (TraceLoad *load, gint64 *n_marked, GError **error)
{
  g_autoptr (GArray) subjects = g_array_new (FALSE, FALSE, sizeof (guint32));
  gint64 longest_s = 0;
  for (guint32 subject = 0; subject / 8 < load->touched->len; subject++)
    if ((load->touched->data[subject / 8] >> subject % 8 & 1) != 0)
      g_array_append_val (subjects, subject);
  return subjects->len == 0 ||
         (find_longest (load, &longest_s, error) &&
          trace_conflicts_mark (load->store, (const guint32 *) (void *) subjects->data,
                                subjects->len, load->first_s - longest_s - 1, load->last_s + 1,
                                n_marked, error));
}

gint64
trace_load_count_joined (const TraceLoad *load)
{
  return load->put.n_joined;
}
