// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Many stays at once. SQLite has them in the order of its table; PostgreSQL has them through COPY:
// straight into its table, or, when some are there already, into one beside it to choose from.

#define G_LOG_DOMAIN "trace-store"

#include <stdlib.h>
#include <string.h>

#include "kiosk/trace/trace-db-private.h"
#include "kiosk/trace/trace-store-private.h"

#define COPY_SIGNATURE "PGCOPY\n\377\r\n\0"
#define COPY_ROW_BYTES 86
#define N_KEY_COLUMNS  6
#define N_COLUMNS      10
#define NULL_LENGTH    (-1)
#define BYTES_PER_STAY 60 // of SQLite, about

#define KEY_COLUMNS "place, arrived_s, subject, source, seq, part"
#define COLUMNS     KEY_COLUMNS ", length_s, evidence, doubts, slack_s"

#define MAKE_ARRIVING                                                                              \
  "CREATE TEMPORARY TABLE IF NOT EXISTS arriving (LIKE stay) ON COMMIT DROP;"                      \
  "TRUNCATE arriving;"
#define TAKE                                                                                       \
  "WITH added AS (INSERT INTO stay (" COLUMNS ") SELECT " COLUMNS " FROM arriving"                 \
  " ORDER BY " KEY_COLUMNS " ON CONFLICT DO NOTHING RETURNING " KEY_COLUMNS ", length_s),"         \
  " opened AS (INSERT INTO open_visit (" KEY_COLUMNS ") SELECT " KEY_COLUMNS " FROM added"         \
  " WHERE length_s IS NULL) SELECT count (*) FROM added"
// Those that were there and say something else. Row by row: that takes the key's index.
#define MET                                                                                        \
  "SELECT a.place, a.arrived_s, a.subject, a.source, a.seq, a.part, s.length_s, s.evidence,"       \
  " s.doubts, s.slack_s FROM arriving a CROSS JOIN LATERAL (SELECT length_s, evidence, doubts,"    \
  " slack_s FROM stay WHERE place = a.place AND arrived_s = a.arrived_s AND subject = a.subject"   \
  " AND source = a.source AND seq = a.seq AND part = a.part LIMIT 1) s"                            \
  " WHERE a.length_s <> s.length_s OR (s.length_s IS NULL AND a.length_s IS NOT NULL)"             \
  " OR a.evidence <> s.evidence OR a.doubts | s.doubts <> s.doubts OR a.slack_s > s.slack_s"

static void
append_16 (GByteArray *bytes, gint16 number)
{
  number = GINT16_TO_BE (number);
  g_byte_array_append (bytes, (const guint8 *) &number, sizeof number);
}

static void
append_32 (GByteArray *bytes, gint64 number)
{
  gint32 both[2] = { GINT32_TO_BE (sizeof (gint32)), GINT32_TO_BE ((gint32) number) };
  g_byte_array_append (bytes, (const guint8 *) both, sizeof both);
}

static void
append_64 (GByteArray *bytes, gint64 number)
{
  gint32 len = GINT32_TO_BE (sizeof number);
  number = GINT64_TO_BE (number);
  g_byte_array_append (bytes, (const guint8 *) &len, sizeof len);
  g_byte_array_append (bytes, (const guint8 *) &number, sizeof number);
}

// PostgreSQL's manual, COPY, "Binary Format".
static void
append_key (GByteArray *bytes, const TraceStayKey *key, gint16 n_columns)
{
  append_16 (bytes, n_columns);
  append_32 (bytes, key->place);
  append_64 (bytes, key->arrived_s);
  append_32 (bytes, key->subject);
  append_32 (bytes, key->source);
  append_64 (bytes, key->seq);
  append_32 (bytes, key->part);
}

static void
append_row (GByteArray *bytes, const TraceArrival *arrival, const TraceStayKey *key)
{
  gint32 null = GINT32_TO_BE (NULL_LENGTH), short_len = GINT32_TO_BE (sizeof (gint16));
  append_key (bytes, key, N_COLUMNS);
  if (arrival->left_s == TRACE_OPEN_S)
    g_byte_array_append (bytes, (const guint8 *) &null, sizeof null);
  else
    append_32 (bytes, arrival->left_s - arrival->arrived_s);
  g_byte_array_append (bytes, (const guint8 *) &short_len, sizeof short_len);
  append_16 (bytes, (gint16) arrival->evidence);
  g_byte_array_append (bytes, (const guint8 *) &short_len, sizeof short_len);
  append_16 (bytes, arrival->doubts);
  append_32 (bytes, arrival->slack_s);
}

static int
compare_numbers (gint64 one, gint64 other)
{
  return (one > other) - (one < other);
}

static int
compare_two (const TraceStayKey *one, const TraceStayKey *other)
{
  int order = compare_numbers (one->place, other->place);
  if (order == 0)
    order = compare_numbers (one->arrived_s, other->arrived_s);
  if (order == 0)
    order = compare_numbers (one->subject, other->subject);
  if (order == 0)
    order = compare_numbers (one->source, other->source);
  if (order == 0)
    order = compare_numbers (one->seq, other->seq);
  return order != 0 ? order : compare_numbers (one->part, other->part);
}

static int
compare_keys (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const TraceStayKey *keys = user_data;
  guint32 one = *(const guint32 *) a, other = *(const guint32 *) b;
  int order = compare_two (&keys[one], &keys[other]);
  return order != 0 ? order : compare_numbers (one, other);
}

// Leaves one of each key in the order; returns how many that are.
static gsize
join_equals (TraceArrival *arrivals,
             const TraceStayKey *keys,
             guint32 *order,
             gsize n_arrivals,
             TracePut *put)
{
  gsize n = 0;
  for (gsize i = 0; i < n_arrivals; i++)
    if (n > 0 && compare_two (&keys[order[n - 1]], &keys[order[i]]) == 0)
      (void) trace_put_join (put, &keys[order[i]], &arrivals[order[n - 1]], &arrivals[order[i]]);
    else
      order[n++] = order[i];
  return n;
}

// Of one that is among them.
static guint32
find_one (const TraceStayKey *key, const TraceStayKey *keys, const guint32 *order, gsize n_arrivals)
{
  gsize from = 0, to = n_arrivals;
  while (from + 1 < to) {
    gsize middle = from + (to - from) / 2;
    if (compare_two (&keys[order[middle]], key) <= 0)
      from = middle;
    else
      to = middle;
  }
  return order[from];
}

static gboolean
join_met (TraceStore *store,
          const TraceArrival *arrivals,
          const TraceStayKey *keys,
          const guint32 *order,
          gsize n_arrivals,
          TracePut *put,
          GError **error)
{
  g_autoptr (GError) own_error = NULL;
  g_autoptr (TraceRows) rows = trace_db_query (store->db, MET, TRACE_NO_VALUES, error);
  if (rows == NULL)
    return FALSE;
  while (trace_rows_next (rows, &own_error)) {
    const TraceStayKey key = {
      .place = (guint32) trace_rows_get_int (rows, 0),
      .arrived_s = trace_rows_get_int (rows, 1),
      .subject = (guint32) trace_rows_get_int (rows, 2),
      .source = (guint32) trace_rows_get_int (rows, 3),
      .seq = trace_rows_get_int (rows, 4),
      .part = (guint32) trace_rows_get_int (rows, 5),
    };
    const TraceArrival *arrival = &arrivals[find_one (&key, keys, order, n_arrivals)];
    TraceArrival held;
    trace_store_read_held (rows, 6, &key, &held);
    if (!trace_store_join (store, arrival, &key, &held, put, error))
      return FALSE;
  }
  if (own_error != NULL)
    g_propagate_error (error, g_steal_pointer (&own_error));
  return own_error == NULL;
}

// All of them, or the keys of the open ones.
static GByteArray *
pack (const TraceArrival *arrivals,
      const TraceStayKey *keys,
      const guint32 *order,
      gsize n_arrivals,
      gboolean only_open)
{
  static const guint8 head[] = COPY_SIGNATURE "\0\0\0\0\0\0\0"; // no flags, nothing more
  GByteArray *bytes =
      g_byte_array_sized_new ((guint) (sizeof head + n_arrivals * COPY_ROW_BYTES + 2));
  g_byte_array_append (bytes, head, sizeof head);
  for (gsize i = 0; i < n_arrivals; i++) {
    const TraceArrival *arrival = &arrivals[order[i]];
    if (!only_open)
      append_row (bytes, arrival, &keys[order[i]]);
    else if (arrival->left_s == TRACE_OPEN_S)
      append_key (bytes, &keys[order[i]], N_KEY_COLUMNS);
  }
  append_16 (bytes, -1);
  return bytes;
}

#define COPY(table, columns) "COPY " table " (" columns ") FROM STDIN (FORMAT binary)"

static gboolean
send (TraceStore *store, const char *sql, GByteArray *bytes, GError **error)
{
  g_autoptr (GByteArray) own = bytes;
  return store->db->engine->copy (store->db, sql, own->data, own->len, error);
}

// Straight into the table, when nothing of it is there: usually so.
static gboolean
copy_new (TraceStore *store,
          const TraceArrival *arrivals,
          const TraceStayKey *keys,
          const guint32 *order,
          gsize n_arrivals,
          gboolean *ret_is_done,
          GError **error)
{
  g_autoptr (GError) own_error = NULL;
  *ret_is_done = FALSE;
  if (store->has_old)
    return TRUE;
  if (!trace_db_run_script (store->db, "SAVEPOINT copying;", error))
    return FALSE;
  if (send (store, COPY ("stay", COLUMNS), pack (arrivals, keys, order, n_arrivals, FALSE),
            &own_error) &&
      send (store, COPY ("open_visit", KEY_COLUMNS), pack (arrivals, keys, order, n_arrivals, TRUE),
            &own_error)) {
    *ret_is_done = TRUE;
    return trace_db_run_script (store->db, "RELEASE copying;", error);
  }
  store->has_old = TRUE; // or else the other way will say what is wrong
  return trace_db_run_script (store->db, "ROLLBACK TO copying; RELEASE copying;", error);
}

static gboolean
copy_beside (TraceStore *store,
             const TraceArrival *arrivals,
             const TraceStayKey *keys,
             const guint32 *order,
             gsize n_arrivals,
             TracePut *put,
             GError **error)
{
  gint64 n_new = 0;
  if (!trace_db_run_script (store->db, MAKE_ARRIVING, error) ||
      !send (store, COPY ("arriving", COLUMNS), pack (arrivals, keys, order, n_arrivals, FALSE),
             error) ||
      !trace_db_query_int (store->db, TAKE, TRACE_NO_VALUES, 0, &n_new, error))
    return FALSE;
  put->n_new += n_new;
  return n_new == (gint64) n_arrivals ||
         join_met (store, arrivals, keys, order, n_arrivals, put, error);
}

static gboolean
copy (TraceStore *store,
      const TraceArrival *arrivals,
      const TraceStayKey *keys,
      const guint32 *order,
      gsize n_arrivals,
      TracePut *put,
      GError **error)
{
  gboolean is_done = FALSE;
  for (gsize i = 0; i < n_arrivals; i++)
    trace_store_note (store, &arrivals[order[i]], keys[order[i]].subject);
  if (!copy_new (store, arrivals, keys, order, n_arrivals, &is_done, error))
    return FALSE;
  put->n_new += is_done ? (gint64) n_arrivals : 0;
  return is_done || copy_beside (store, arrivals, keys, order, n_arrivals, put, error);
}

static gboolean
put_each (TraceStore *store,
          const TraceArrival *arrivals,
          const TraceStayKey *keys,
          const guint32 *order,
          gsize n_arrivals,
          TracePut *put,
          GError **error)
{
  for (gsize i = 0; i < n_arrivals; i++)
    if (!trace_store_put_key (store, &arrivals[order[i]], &keys[order[i]], put, error))
      return FALSE;
  return TRUE;
}

gboolean
trace_store_guess_stays (TraceStore *store, gint64 *ret_n_stays, GError **error)
{
  gint64 n_bytes = 0;
  if (!trace_db_query_int (store->db,
                           "SELECT page_count * page_size FROM pragma_page_count,"
                           " pragma_page_size",
                           TRACE_NO_VALUES, 0, &n_bytes, error))
    return FALSE;
  *ret_n_stays = n_bytes / BYTES_PER_STAY;
  return TRUE;
}

gboolean
trace_store_put_keys (TraceStore *store,
                      TraceArrival *arrivals,
                      TraceStayKey *keys,
                      gsize n_arrivals,
                      TracePut *put,
                      GError **error)
{
  g_autofree guint32 *subjects = g_new (guint32, n_arrivals);
  if (n_arrivals == 0)
    return TRUE;
  if (!trace_names_find_subjects (store->names, arrivals->subject, sizeof *arrivals, n_arrivals,
                                  subjects, error))
    return FALSE;
  g_autofree guint32 *order = g_new (guint32, n_arrivals);
  for (gsize i = 0; i < n_arrivals; i++) {
    keys[i].subject = subjects[i];
    order[i] = (guint32) i;
  }
  g_qsort_with_data (order, (gint) n_arrivals, sizeof *order, compare_keys, keys);
  n_arrivals = join_equals (arrivals, keys, order, n_arrivals, put);
  return (store->beside != NULL ? copy : put_each) (store, arrivals, keys, order, n_arrivals, put,
                                                    error);
}

gboolean
trace_store_put_many (TraceStore *store,
                      const TraceArrival *arrivals,
                      gsize n_arrivals,
                      gint64 *ret_n_new,
                      GError **error)
{
  g_autofree TraceArrival *own = g_memdup2 (arrivals, n_arrivals * sizeof *arrivals);
  g_autofree TraceStayKey *keys = g_new (TraceStayKey, n_arrivals);
  TracePut put = { .clashes = NULL };
  g_return_val_if_fail (store->is_taking_in, FALSE);
  gboolean ok = TRUE;
  for (gsize i = 0; ok && i < n_arrivals; i++)
    ok = trace_store_make_day (store, arrivals[i].arrived_s, error) &&
         trace_store_find_key (store, &arrivals[i], &keys[i], error);
  ok = ok && trace_store_put_keys (store, own, keys, n_arrivals, &put, error);
  if (!ok)
    g_prefix_error (error, "writing stays: ");
  *ret_n_new += put.n_new;
  return ok;
}
