// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Both questions read a range of one index: a stay that touches a span did not arrive longer before
// it than the longest stay is long.

#define G_LOG_DOMAIN "trace-tables"

#include "kiosk/trace/trace-tables.h"

#include <stdlib.h>

#define STAFF_AGE_MAX_US (2 * G_USEC_PER_SEC) // others may write too

#define COLUMNS "SELECT subject, place, arrived_s, length_s, evidence, doubts, slack_s FROM stay"
// $2 from, $3 to, $4 the longest stay of an open visit, $5 the slack that is not noted yet.
#define LOWER_BOUND                                                                                \
  " AND arrived_s > $2 - (SELECT CASE WHEN longest_s > $4 THEN longest_s ELSE $4 END"              \
  " + CASE WHEN slack_s > $5 THEN slack_s ELSE $5 END FROM bound)"
#define UPPER_BOUND                                                                                \
  " AND arrived_s < $3 + (SELECT CASE WHEN slack_s > $5 THEN slack_s ELSE $5 END FROM bound)"

// Whatever else two stays have in common, what can be told of them is in one order.
static int
compare_rest (const TraceStay *one, const TraceStay *other)
{
  if (one->left_s != other->left_s)
    return one->left_s < other->left_s ? -1 : 1;
  if (one->evidence != other->evidence)
    return one->evidence < other->evidence ? -1 : 1;
  return one->doubts - other->doubts;
}

static int
compare_stays (gconstpointer a, gconstpointer b)
{
  const TraceStay *one = a, *other = b;
  if (one->arrived_s != other->arrived_s)
    return one->arrived_s < other->arrived_s ? -1 : 1;
  if (one->place != other->place)
    return one->place < other->place ? -1 : 1;
  return compare_rest (one, other);
}

static int
compare_arrivals (gconstpointer a, gconstpointer b)
{
  const TraceStay *one = a, *other = b;
  if (one->arrived_s != other->arrived_s)
    return one->arrived_s < other->arrived_s ? -1 : 1;
  if (one->subject != other->subject)
    return one->subject < other->subject ? -1 : 1;
  return compare_rest (one, other);
}

static void
read_stay (const TraceTables *tables, TraceRows *rows, TraceStay *ret_stay)
{
  gint64 arrived_s = trace_rows_get_int (rows, 2), slack_s = trace_rows_get_int (rows, 6);
  gint64 left_s = arrived_s + trace_rows_get_int (rows, 3);
  guint8 doubts = (guint8) trace_rows_get_int (rows, 5);
  if (trace_rows_is_null (rows, 3)) {
    const TraceOpenStays *open_stays = &tables->open_stays;
    left_s = MAX (arrived_s + 1, MIN (arrived_s + open_stays->longest_stay_s, open_stays->now_s));
    doubts |= TRACE_DOUBT_OPEN;
  }
  *ret_stay = (TraceStay){
    .subject = (guint32) trace_rows_get_int (rows, 0),
    .place = (guint32) trace_rows_get_int (rows, 1),
    .arrived_s = arrived_s - slack_s,
    .left_s = left_s + slack_s,
    .evidence = (guint8) trace_rows_get_int (rows, 4),
    .doubts = (guint8) (slack_s > 0 ? doubts | TRACE_DOUBT_CLOCK : doubts),
  };
}

// Slack may have changed the order, and the tables have none among equals.
static void
sort_new (GArray *stays, guint n_before, GCompareFunc compare)
{
  TraceStay *new_stays = &g_array_index (stays, TraceStay, n_before);
  guint n_new = stays->len - n_before;
  for (guint i = 1; i < n_new; i++)
    if (compare (&new_stays[i - 1], &new_stays[i]) > 0) {
      qsort (new_stays, n_new, sizeof *new_stays, compare);
      return;
    }
}

static gboolean
find (TraceTables *tables,
      const char *sql,
      guint32 number,
      gint64 from_s,
      gint64 to_s,
      GCompareFunc compare,
      GArray *stays,
      GError **error)
{
  g_autoptr (GError) own_error = NULL;
  gint64 longest_s = MAX (tables->longest_s, tables->open_stays.longest_stay_s);
  guint n_before = stays->len;
  g_autoptr (TraceRows) rows =
      trace_db_query (tables->db, sql,
                      TRACE_VALUES (TRACE_INT (number), TRACE_INT (from_s), TRACE_INT (to_s),
                                    TRACE_INT (longest_s), TRACE_INT (tables->slack_s)),
                      error);
  while (rows != NULL && trace_rows_next (rows, &own_error)) {
    TraceStay stay;
    read_stay (tables, rows, &stay);
    if (stay.arrived_s < to_s && stay.left_s > from_s)
      g_array_append_val (stays, stay);
  }
  if (rows == NULL)
    g_prefix_error (error, "finding stays: ");
  else if (own_error != NULL)
    g_propagate_prefixed_error (error, g_steal_pointer (&own_error), "finding stays: ");
  else {
    sort_new (stays, n_before, compare);
    return TRUE;
  }
  g_array_set_size (stays, n_before);
  return FALSE;
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
  TraceTables *tables = (TraceTables *) source;
  guint n_before = stays->len;
  for (gsize i = 0; i < n_subjects; i++)
    if (!find (tables, COLUMNS " WHERE subject = $1" LOWER_BOUND UPPER_BOUND " ORDER BY arrived_s",
               subjects[i], from_s, to_s, compare_stays, stays, error)) {
      g_array_set_size (stays, n_before);
      return FALSE;
    }
  return TRUE;
}

static gboolean
find_at (TraceSource *source, const TracePlaceSpan *span, GArray *stays, GError **error)
{
  // As wide as presence windows need it.
  return find ((TraceTables *) source,
               COLUMNS " WHERE place = $1" LOWER_BOUND UPPER_BOUND " ORDER BY arrived_s",
               span->place, span->from_s - TRACE_MERGE_GAP_S, span->to_s + TRACE_MERGE_GAP_S,
               compare_arrivals, stays, error);
}

static guint32
count_subjects (TraceSource *source)
{
  gint64 highest = 0; // also when it cannot be read: whoever asks next hears why
  (void) trace_db_query_int (((TraceTables *) source)->db, "SELECT max (id) FROM subject",
                             TRACE_NO_VALUES, 0, &highest, NULL);
  return (guint32) highest;
}

static void
read_staff (TraceTables *tables)
{
  gint64 now_us = g_get_monotonic_time ();
  if (tables->staff_read_us != 0 && now_us - tables->staff_read_us < STAFF_AGE_MAX_US)
    return;
  g_autoptr (TraceRows) rows = trace_db_query (
      tables->db, "SELECT id FROM subject WHERE is_staff = 1", TRACE_NO_VALUES, NULL);
  while (rows != NULL && trace_rows_next (rows, NULL)) // likewise
    g_hash_table_add (tables->staff, GUINT_TO_POINTER ((guint32) trace_rows_get_int (rows, 0)));
  tables->staff_read_us = MAX (now_us, 1);
}

static gboolean
is_staff (TraceSource *source, guint32 subject)
{
  TraceTables *tables = (TraceTables *) source;
  read_staff (tables);
  return g_hash_table_contains (tables->staff, GUINT_TO_POINTER (subject));
}

static gboolean
get_key (TraceSource *source, guint32 subject, guint8 ret_key[16], GError **error)
{
  return trace_names_get_key (((TraceTables *) source)->names, subject, ret_key, error);
}

void
trace_tables_init (TraceTables *tables,
                   TraceDb *db,
                   TraceNames *names,
                   const TraceOpenStays *open_stays)
{
  *tables = (TraceTables){
    .base = { .find_of = find_of,
              .find_at = find_at,
              .count_subjects = count_subjects,
              .is_staff = is_staff,
              .get_key = get_key },
    .db = db,
    .names = names,
    .open_stays = *open_stays,
    .staff = g_hash_table_new (NULL, NULL),
  };
}

void
trace_tables_clear (TraceTables *tables)
{
  g_hash_table_unref (tables->staff);
}
