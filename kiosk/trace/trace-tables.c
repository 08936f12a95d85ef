// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Both questions read a range of one index: a stay that touches a span did not arrive longer before
// it than the longest stay is long.

#define G_LOG_DOMAIN "trace-tables"

#include "kiosk/trace/trace-tables.h"

#include <stdlib.h>

#define STAFF_AGE_MAX_US (2 * G_USEC_PER_SEC) // others may write too

#define COLUMNS "subject, place, arrived_s, length_s, evidence, doubts, slack_s"
#define BETWEEN "arrived_s > $2 AND arrived_s < $3"

// In these many parts PostgreSQL, which sends an answer as a whole, is asked for many subjects.
#define SUBJECTS_AT_ONCE 500

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

// Of the stays that can touch a span, the arrivals; both ends are outside. They go into the
// questions as numbers, so that PostgreSQL opens the days between them only.
typedef struct {
  gint64 after_s, before_s;
} Arrivals;

static gboolean
find_arrivals (
    TraceTables *tables, gint64 from_s, gint64 to_s, Arrivals *ret_arrivals, GError **error)
{
  g_autoptr (GError) own_error = NULL;
  g_autoptr (TraceRows) rows =
      trace_db_query (tables->db, "SELECT longest_s, slack_s FROM bound", TRACE_NO_VALUES, error);
  if (rows == NULL)
    return FALSE;
  if (!trace_rows_next (rows, &own_error)) {
    if (own_error == NULL)
      g_set_error (&own_error, TRACE_ERROR, TRACE_ERROR_STORAGE, "no bound");
    g_propagate_error (error, g_steal_pointer (&own_error));
    return FALSE;
  }
  gint64 longest_s = MAX (trace_rows_get_int (rows, 0), tables->longest_s);
  gint64 slack_s = MAX (trace_rows_get_int (rows, 1), tables->slack_s);
  longest_s = MAX (longest_s, tables->open_stays.longest_stay_s);
  *ret_arrivals = (Arrivals){ from_s - longest_s - slack_s, to_s + slack_s };
  return TRUE;
}

// Those of the rows that touch.
static gboolean
take_rows (
    TraceTables *tables, TraceRows *rows, gint64 from_s, gint64 to_s, GArray *stays, GError **error)
{
  g_autoptr (GError) own_error = NULL;
  while (trace_rows_next (rows, &own_error)) {
    TraceStay stay;
    read_stay (tables, rows, &stay);
    if (stay.arrived_s < to_s && stay.left_s > from_s)
      g_array_append_val (stays, stay);
  }
  if (own_error != NULL)
    g_propagate_error (error, g_steal_pointer (&own_error));
  return own_error == NULL;
}

static gboolean
find (TraceTables *tables,
      const char *sql,
      guint32 number,
      const Arrivals *arrivals,
      gint64 from_s,
      gint64 to_s,
      GCompareFunc compare,
      GArray *stays,
      GError **error)
{
  guint n_before = stays->len;
  g_autoptr (TraceRows) rows =
      trace_db_query (tables->db, sql,
                      TRACE_VALUES (TRACE_INT (number), TRACE_INT (arrivals->after_s),
                                    TRACE_INT (arrivals->before_s)),
                      error);
  if (rows == NULL || !take_rows (tables, rows, from_s, to_s, stays, error))
    return FALSE;
  sort_new (stays, n_before, compare);
  return TRUE;
}

static int
compare_turns (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const TraceStay *one = a, *other = b;
  if (one->subject == other->subject)
    return compare_stays (a, b);
  guint turn = GPOINTER_TO_UINT (g_hash_table_lookup (user_data, GUINT_TO_POINTER (one->subject)));
  guint after =
      GPOINTER_TO_UINT (g_hash_table_lookup (user_data, GUINT_TO_POINTER (other->subject)));
  return (turn > after) - (turn < after);
}

static gboolean
find_of_many (TraceTables *tables,
              const guint32 *subjects,
              gsize n_subjects,
              const Arrivals *arrivals,
              gint64 from_s,
              gint64 to_s,
              GArray *stays,
              GError **error)
{
  g_autoptr (GString) list = g_string_new (NULL);
  g_autoptr (GHashTable) turns = g_hash_table_new (NULL, NULL);
  guint n_before = stays->len;
  for (gsize i = 0; i < n_subjects; i++) {
    g_string_append_printf (list, "%s%u", i > 0 ? "," : "", subjects[i]);
    g_hash_table_insert (turns, GUINT_TO_POINTER (subjects[i]), GUINT_TO_POINTER ((guint) i));
  }
  g_autoptr (TraceRows) rows =
      trace_db_query (tables->db,
                      "SELECT " COLUMNS " FROM stay_by_subject WHERE subject = ANY"
                      " (ARRAY (SELECT unnest (string_to_array ($1, ','))::integer)) AND " BETWEEN,
                      TRACE_VALUES (TRACE_TEXT (list->str), TRACE_INT (arrivals->after_s),
                                    TRACE_INT (arrivals->before_s)),
                      error);
  if (rows == NULL || !take_rows (tables, rows, from_s, to_s, stays, error))
    return FALSE;
  g_qsort_with_data (&g_array_index (stays, TraceStay, n_before), (gint) (stays->len - n_before),
                     sizeof (TraceStay), compare_turns, turns);
  return TRUE;
}

static gboolean
find_of_each (TraceTables *tables,
              const guint32 *subjects,
              gsize n_subjects,
              const Arrivals *arrivals,
              gint64 from_s,
              gint64 to_s,
              GArray *stays,
              GError **error)
{
  const char *sql = trace_db_is_postgres (tables->db)
                        ? "SELECT " COLUMNS " FROM stay_by_subject WHERE subject = $1 AND " BETWEEN
                          " ORDER BY arrived_s"
                        : "SELECT " COLUMNS " FROM stay WHERE subject = $1 AND " BETWEEN
                          " ORDER BY arrived_s";
  for (gsize i = 0; i < n_subjects; i++)
    if (!find (tables, sql, subjects[i], arrivals, from_s, to_s, compare_stays, stays, error))
      return FALSE;
  return TRUE;
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
  Arrivals arrivals;
  gboolean ok = find_arrivals (tables, from_s, to_s, &arrivals, error);
  for (gsize i = 0; ok && i < n_subjects; i += SUBJECTS_AT_ONCE)
    ok = (trace_db_is_postgres (tables->db) && n_subjects > 1 ? find_of_many : find_of_each) (
        tables, subjects + i, MIN (n_subjects - i, SUBJECTS_AT_ONCE), &arrivals, from_s, to_s,
        stays, error);
  if (ok)
    return TRUE;
  g_array_set_size (stays, n_before);
  g_prefix_error (error, "finding stays: ");
  return FALSE;
}

// What a wider question found, without what only presence windows need.
static void
drop_others (GArray *stays, guint n_before, const TracePlaceSpan *span)
{
  guint n = n_before;
  for (guint i = n_before; i < stays->len; i++) {
    const TraceStay *stay = &g_array_index (stays, TraceStay, i);
    if (stay->evidence == TRACE_EVIDENCE_BLE ||
        (stay->arrived_s < span->to_s && stay->left_s > span->from_s))
      g_array_index (stays, TraceStay, n++) = *stay;
  }
  g_array_set_size (stays, n);
}

static gboolean
find_at (TraceSource *source, const TracePlaceSpan *span, GArray *stays, GError **error)
{
  TraceTables *tables = (TraceTables *) source;
  gint64 from_s = span->from_s - TRACE_MERGE_GAP_S;
  gint64 to_s = span->to_s + TRACE_MERGE_GAP_S;
  guint n_before = stays->len;
  Arrivals arrivals;
  if (find_arrivals (tables, from_s, to_s, &arrivals, error) &&
      find (tables,
            "SELECT " COLUMNS " FROM stay WHERE place = $1 AND " BETWEEN " ORDER BY arrived_s",
            span->place, &arrivals, from_s, to_s, compare_arrivals, stays, error)) {
    drop_others (stays, n_before, span);
    return TRUE;
  }
  g_array_set_size (stays, n_before);
  g_prefix_error (error, "finding stays: ");
  return FALSE;
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
