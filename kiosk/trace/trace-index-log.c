// SPDX-FileCopyrightText: 2026 The Trạm Xanh authors
// SPDX-License-Identifier: GPL-3.0-or-later

#define G_LOG_DOMAIN "trace-index-log"

#include "kiosk/trace/trace-index-log.h"

#include <string.h>

#define NOTES_MIN    10000
#define STAYS_A_NOTE 20 // until as many percent of the stays have changed

static gboolean
read_number (TraceDb *db, const char *sql, gint64 *ret_number, GError **error)
{
  return trace_db_query_int (db, sql, TRACE_NO_VALUES, 0, ret_number, error);
}

// TRUE when the rows ended because there were no more. Frees nothing.
static gboolean
ended_well (GError **own_error, GError **error)
{
  if (*own_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (own_error));
  return FALSE;
}

gboolean
trace_index_log_begin (TraceDb *db, GError **error)
{
  return trace_db_run_script (db, "BEGIN;", error);
}

void
trace_index_log_end (TraceDb *db)
{
  trace_db_roll_back (db); // it has only read
}

static gint64
count_notes (gint64 n_stays)
{
  return MAX (NOTES_MIN, n_stays / STAYS_A_NOTE);
}

#define OF(row)                                                                                    \
  row ".place, " row ".subject, " row ".arrived_s, " row ".length_s, " row ".slack_s, " row        \
      ".evidence, " row ".doubts"
#define NOTE(is_gone, row)                                                                         \
  "INSERT INTO stay_change (is_gone, place, subject, arrived_s, length_s, slack_s, evidence,"      \
  " doubts) VALUES (" is_gone ", " OF (row) ");"
#define TRIGGER(name, event, notes)                                                                \
  "CREATE TRIGGER IF NOT EXISTS " name " AFTER " event " ON stay"                                  \
  " WHEN (SELECT limit_id FROM stay_index) > (SELECT max (id) FROM stay_change)"                   \
  " BEGIN " notes " END;"

// Made for the first index: without one they would only cost.
static const char triggers[] = TRIGGER ("stay_added", "INSERT", NOTE ("0", "new"))
    TRIGGER ("stay_removed", "DELETE", NOTE ("1", "old"))
        TRIGGER ("stay_changed", "UPDATE", NOTE ("1", "old") NOTE ("0", "new"));

gboolean
trace_index_log_start (TraceDb *db, GError **error)
{
  gint64 n_stays = 0;
  if (!read_number (db, "SELECT count (*) FROM stay", &n_stays, error) ||
      !trace_db_begin (db, error))
    return FALSE;
  if (trace_db_run_script (db, triggers, error) &&
      trace_db_run (db,
                    "UPDATE stay_index SET limit_id ="
                    " max (limit_id, (SELECT max (id) FROM stay_change) + $1)",
                    TRACE_VALUES (TRACE_INT (count_notes (n_stays))), NULL, error) &&
      trace_db_commit (db, error))
    return TRUE;
  trace_db_roll_back (db);
  return FALSE;
}

gboolean
trace_index_log_count (TraceDb *db, TraceIndexCounts *counts, GError **error)
{
  gint64 n_stays = 0, n_odd = 0, n_places = 0, n_subjects = 0;
  if (!read_number (db, "SELECT count (*) FROM stay", &n_stays, error) ||
      !read_number (db, "SELECT count (*) FROM stay WHERE " TRACE_INDEX_SQL_IS_ODD, &n_odd,
                    error) ||
      !read_number (db, "SELECT max (id) FROM place", &n_places, error) ||
      !read_number (db, "SELECT max (id) FROM subject", &n_subjects, error) ||
      !read_number (db, "SELECT max (id) FROM stay_change", &counts->built_at, error))
    return FALSE;
  counts->n_stays = (guint64) (n_stays - n_odd);
  counts->n_places = (guint32) n_places;
  counts->n_subjects = (guint32) n_subjects;
  counts->n_keys = (guint32) n_subjects;
  return TRUE;
}

#define COLUMNS "place, subject, arrived_s, length_s, slack_s, evidence, doubts"

static gboolean
read_placed (TraceRows *rows, TraceIndexPlaced *ret_placed)
{
  ret_placed->place = (guint32) trace_rows_get_int (rows, 0);
  return trace_index_stay_pack ((guint32) trace_rows_get_int (rows, 1),
                                trace_rows_get_int (rows, 2),
                                trace_rows_is_null (rows, 3) ? -1 : trace_rows_get_int (rows, 3),
                                trace_rows_get_int (rows, 4), (guint8) trace_rows_get_int (rows, 5),
                                (guint8) trace_rows_get_int (rows, 6), &ret_placed->stay);
}

static void
add_place (TraceIndexBuild *build, guint32 place, GArray *stays)
{
  if (stays->len > 0)
    trace_index_build_add (build, place, (TraceIndexStay *) (void *) stays->data, stays->len);
  g_array_set_size (stays, 0);
}

static gboolean
copy_stays (TraceDb *db, TraceIndexBuild *build, GError **error)
{
  g_autoptr (GError) own_error = NULL;
  g_autoptr (GArray) stays = g_array_new (FALSE, FALSE, sizeof (TraceIndexStay));
  g_autoptr (TraceRows) rows =
      trace_db_query (db, "SELECT " COLUMNS " FROM stay ORDER BY place", TRACE_NO_VALUES, error);
  guint32 place = 0;
  if (rows == NULL)
    return FALSE;
  while (trace_rows_next (rows, &own_error)) {
    TraceIndexPlaced placed;
    if (!read_placed (rows, &placed))
      continue; // an odd one
    if (placed.place != place)
      add_place (build, place, stays);
    place = placed.place;
    g_array_append_val (stays, placed.stay);
  }
  add_place (build, place, stays);
  return ended_well (&own_error, error);
}

static gboolean
copy_keys (TraceDb *db, TraceIndexBuild *build, GError **error)
{
  g_autoptr (GError) own_error = NULL;
  g_autoptr (TraceRows) rows =
      trace_db_query (db, "SELECT id, key FROM subject", TRACE_NO_VALUES, error);
  if (rows == NULL)
    return FALSE;
  while (trace_rows_next (rows, &own_error)) {
    gsize len = 0;
    const guint8 *key = trace_rows_get_bytes (rows, 1, &len);
    if (len == TRACE_SUBJECT_SIZE)
      trace_index_build_set_key (build, (guint32) trace_rows_get_int (rows, 0), key);
  }
  return ended_well (&own_error, error);
}

gboolean
trace_index_log_copy (TraceDb *db, TraceIndexBuild *build, GError **error)
{
  return copy_stays (db, build, error) && copy_keys (db, build, error);
}

// Up to @until. The last one's number stays, and nothing of what it said.
static gboolean
delete_notes (TraceDb *db, gint64 until, GError **error)
{
  return trace_db_run (db,
                       "DELETE FROM stay_change WHERE id <= $1"
                       " AND id < (SELECT max (id) FROM stay_change)",
                       TRACE_VALUES (TRACE_INT (until)), NULL, error) &&
         trace_db_run (db,
                       "UPDATE stay_change SET is_gone = 0, place = 0, subject = 0, arrived_s = 0,"
                       " length_s = 0, slack_s = 0, evidence = 0, doubts = 0 WHERE id <= $1",
                       TRACE_VALUES (TRACE_INT (until)), NULL, error);
}

static gboolean
set_build (TraceDb *db, const guint8 *id, gsize n_id, gint64 limit_id, gint64 until, GError **error)
{
  if (!trace_db_begin (db, error))
    return FALSE;
  if (trace_db_run (db, "UPDATE stay_index SET build_id = $1, limit_id = $2",
                    TRACE_VALUES (TRACE_BYTES (id, n_id), TRACE_INT (limit_id)), NULL, error) &&
      delete_notes (db, until, error) && trace_db_commit (db, error))
    return TRUE;
  trace_db_roll_back (db);
  return FALSE;
}

gboolean
trace_index_log_finish (TraceDb *db, const TraceIndexCounts *counts, GError **error)
{
  return set_build (db, counts->build_id, TRACE_INDEX_ID_SIZE,
                    counts->built_at + count_notes ((gint64) counts->n_stays), counts->built_at,
                    error);
}

gboolean
trace_index_log_stop (TraceDb *db, GError **error)
{
  return set_build (db, (const guint8 *) "", 0, 0, G_MAXINT64, error);
}

gboolean
trace_index_log_fits (TraceDb *db,
                      const TraceIndexCounts *counts,
                      gboolean *ret_fits,
                      GError **error)
{
  g_autoptr (GError) own_error = NULL;
  g_autoptr (TraceRows) rows =
      trace_db_query (db,
                      "SELECT build_id, limit_id, (SELECT max (id) FROM stay_change)"
                      " FROM stay_index",
                      TRACE_NO_VALUES, error);
  if (rows == NULL)
    return FALSE;
  *ret_fits = FALSE;
  if (trace_rows_next (rows, &own_error)) {
    gsize len = 0;
    const guint8 *build_id = trace_rows_get_bytes (rows, 0, &len);
    gint64 last = trace_rows_get_int (rows, 2);
    *ret_fits = len == TRACE_INDEX_ID_SIZE && memcmp (build_id, counts->build_id, len) == 0 &&
                counts->built_at <= last && last < trace_rows_get_int (rows, 1);
  }
  return ended_well (&own_error, error);
}

gboolean
trace_index_log_read (
    TraceDb *db, const TraceIndexCounts *counts, GArray *added, GArray *gone, GError **error)
{
  g_autoptr (GError) own_error = NULL;
  g_autoptr (TraceRows) rows =
      trace_db_query (db, "SELECT " COLUMNS ", is_gone FROM stay_change WHERE id > $1",
                      TRACE_VALUES (TRACE_INT (counts->built_at)), error);
  if (rows == NULL)
    return FALSE;
  while (trace_rows_next (rows, &own_error)) {
    TraceIndexPlaced placed;
    if (read_placed (rows, &placed))
      g_array_append_val (trace_rows_get_int (rows, 7) != 0 ? gone : added, placed);
  }
  return ended_well (&own_error, error);
}

gboolean
trace_index_log_read_odd (TraceDb *db,
                          const TraceOpenStays *open_stays,
                          GArray *stays,
                          GError **error)
{
  g_autoptr (GError) own_error = NULL;
  g_autoptr (TraceRows) rows = trace_db_query (
      db, "SELECT " COLUMNS " FROM stay WHERE " TRACE_INDEX_SQL_IS_ODD, TRACE_NO_VALUES, error);
  if (rows == NULL)
    return FALSE;
  while (trace_rows_next (rows, &own_error)) {
    gint64 arrived_s = trace_rows_get_int (rows, 2), slack_s = trace_rows_get_int (rows, 4);
    gint64 left_s = arrived_s + trace_rows_get_int (rows, 3);
    guint8 doubts = (guint8) trace_rows_get_int (rows, 6);
    if (trace_rows_is_null (rows, 3)) {
      left_s = MAX (arrived_s + 1, MIN (arrived_s + open_stays->longest_stay_s, open_stays->now_s));
      doubts |= TRACE_DOUBT_OPEN;
    }
    const TraceStay stay = {
      .subject = (guint32) trace_rows_get_int (rows, 1),
      .place = (guint32) trace_rows_get_int (rows, 0),
      .arrived_s = arrived_s - slack_s,
      .left_s = left_s + slack_s,
      .evidence = (guint8) trace_rows_get_int (rows, 5),
      .doubts = (guint8) (slack_s > 0 ? doubts | TRACE_DOUBT_CLOCK : doubts),
    };
    g_array_append_val (stays, stay);
  }
  return ended_well (&own_error, error);
}

static gboolean
read_keys (TraceDb *db, guint32 n_keys, GByteArray *keys, guint32 *ret_n_subjects, GError **error)
{
  g_autoptr (GError) own_error = NULL;
  g_autoptr (TraceRows) rows =
      trace_db_query (db, "SELECT id, key FROM subject WHERE id > $1 ORDER BY id",
                      TRACE_VALUES (TRACE_INT (n_keys)), error);
  if (rows == NULL)
    return FALSE;
  *ret_n_subjects = n_keys;
  while (trace_rows_next (rows, &own_error)) {
    gsize len = 0;
    const guint8 *key = trace_rows_get_bytes (rows, 1, &len);
    guint32 number = (guint32) trace_rows_get_int (rows, 0);
    guint n_before = keys->len, n_after = (number - n_keys) * TRACE_SUBJECT_SIZE;
    g_byte_array_set_size (keys, n_after);
    memset (keys->data + n_before, 0, n_after - n_before);
    if (len == TRACE_SUBJECT_SIZE)
      memcpy (keys->data + n_after - TRACE_SUBJECT_SIZE, key, len);
    *ret_n_subjects = number;
  }
  return ended_well (&own_error, error);
}

gboolean
trace_index_log_read_people (TraceDb *db,
                             guint32 n_keys,
                             GArray *staff,
                             GByteArray *keys,
                             guint32 *ret_n_subjects,
                             GError **error)
{
  g_autoptr (GError) own_error = NULL;
  g_autoptr (TraceRows) rows =
      trace_db_query (db, "SELECT id FROM subject WHERE is_staff = 1", TRACE_NO_VALUES, error);
  if (rows == NULL)
    return FALSE;
  while (trace_rows_next (rows, &own_error)) {
    guint32 number = (guint32) trace_rows_get_int (rows, 0);
    g_array_append_val (staff, number);
  }
  return ended_well (&own_error, error) && read_keys (db, n_keys, keys, ret_n_subjects, error);
}
